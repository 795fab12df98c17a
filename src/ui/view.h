/* What the views share: each draws one part of the screen from the application's state. */
#ifndef SIAGA_UI_VIEW_H
#define SIAGA_UI_VIEW_H

#include <siaga/app/app.h>
#include <siaga/app/query.h>
#include <siaga/app/commands.h>
#include <siaga/ui/layout.h>
#include <siaga/ui/map.h>
#include <siaga/ui/surface.h>

#define VIEW_TIME_SIZE 32

/* What is drawn is right for so long at most. Said by all that depends on the clock; the functions
 * below that write ages do it themselves. */
void view_lasts(int64_t left_ms);
/* The timer that runs on it, as app_timer() has it; the same is said of that. */
struct timer_verdict view_timer(const struct app *app, const struct incident *inc);
/* As app_claim_is_stale(). */
bool view_claim_is_stale(const struct app *app, const struct incident *inc);

struct flow;

void view_status(const struct app *app, struct surface *s, struct rect area);
/* How many lines of what cannot be written; each in words, and all of them drawn. */
int view_alerts(const struct app *app);
void view_alert_text(const struct app *app, int which, char *out, size_t size);
void view_alert(const struct app *app, struct surface *s, struct rect area);
void view_queue(const struct app *app, struct surface *s, const struct layout *layout);
/* Returns how many lines it can be scrolled. */
int view_board(const struct app *app, struct surface *s, const struct layout *layout);
/* The same in lines of text. */
void view_board_text(const struct app *app, struct buf *out);
void view_history(const struct app *app, struct surface *s, const struct layout *layout);
/* How a closed incident ended, in a word. */
const char *view_outcome(const struct history_item *item);
/* The same. */
int view_detail(const struct app *app, struct surface *s, const struct layout *layout);
/* The same in lines of text, of any incident, without keys. */
void view_detail_text(const struct app *app, const struct incident *inc, struct buf *out);
/* Returns where a picture of the picked camera has its place; empty: nowhere. */
struct rect view_cameras(const struct app *app, struct surface *s, const struct layout *layout);
/* The camera on a row of the screen, inside the pane; SIZE_MAX: none. */
size_t view_cameras_row(const struct app *app, struct rect inner, int row);
void view_log(const struct app *app, struct surface *s, const struct layout *layout);
/* "14:31:25 #412 accepted DAMKAR regu-1: note" */
void view_log_line(const struct app *app, const struct app_log_line *line, struct buf *out);
void view_agencies(const struct app *app, struct surface *s, const struct layout *layout);
/* The agencies' keys, and what each of them does for the incident; an alarm that waits, where the
 * queue is not on the screen. */
void view_bar(const struct app *app, struct surface *s, struct rect area, bool queue_shown);
/* The commands that are most wanted where the focus is, COMMAND_COUNT at the end. */
const enum command_id *view_hint_ids(const struct app *app);
void view_hints(const struct app *app, struct surface *s, struct rect area);
/* The open modal, over everything else; nothing when there is none. */
/* False where the question of a strip had no room. */
bool view_modal(const struct app *app, struct surface *s, struct rect strip);

void view_help(const struct app *app, struct surface *s);
/* Is a training on the screen? */
bool view_is_training(const struct app *app);
/* What a training says: how many rows it has on a screen of that size, and these. */
int view_coach_rows(const struct app *app, int cols, int rows);
/* Who is trained at once, each with a word of how it stands, into an empty flow. */
void view_class_line(const struct app *app, struct flow *flow, int cols);
/* The same at length, over everything. */
void view_class(const struct app *app, struct surface *s);
void view_coach(const struct app *app, struct surface *s, struct rect area);
/* app.page, over everything but the status line. */
void view_page(const struct app *app, struct surface *s);
/* The keys that do a command where the focus is; where there are none and `any`, those of other
 * panes. Returns how many were put into out. */
size_t view_keys(const struct app *app, enum command_id id, bool any, uint32_t *out, size_t max);
void view_prompt(const struct app *app, struct surface *s, struct rect strip);
/* "#412 P1 FIRE, Jl. Slamet Riyadi, C4": what the open modal is about, whatever is selected. */
void view_subject(const struct app *app, char *out, size_t size);
/* What the open strip, menu or prompt for text asks, and about which incident. */
void view_question(const struct app *app, char *out, size_t size);
/* What y does besides: "takes it, verifies it by camera Gladag"; "" for nothing. */
void view_also(const struct app *app, char *out, size_t size);

/* A strip over the bottom is filled from the top; its last row is kept for the keys that answer it.
 */

struct strip {
	struct surface *s;
	struct rect area;
	int row;
};

struct strip view_strip(struct surface *s, struct rect area, int rows);
/* The same, under a line that tells of an alarm that came while it is open, where there is room. */
struct strip view_strip_told(const struct app *app, struct surface *s, struct rect area, int rows);
void view_say(struct strip *strip, enum ui_role role, const char *text);
void view_say_keys(struct strip *strip, const char *text);

/* Draws the frame of a pane with its number and title, and returns what is inside; without room
 * there is no frame. Panes that share the place are named beside it. */
struct rect view_frame(struct surface *s, const struct app *app, const struct layout *layout,
	enum pane pane, const char *title);
/* A frame of no pane. */
struct rect view_box(struct surface *s, struct rect area, const char *title, bool focus);
/* A word or number on the lower edge of a frame, on the right. */
void view_foot(struct surface *s, struct rect area, const char *fmt, ...) ATTR_PRINTF(3, 4);
/* The selected row: its cells in reverse video. */
void view_reverse(struct surface *s, struct rect area);
/* The first row of the page that `at` is on. */
size_t view_first(size_t at, int rows);
/* The row of the queue on a row of the screen, inside the queue's pane; SIZE_MAX: none. */
size_t view_queue_row(
	const struct app *app, const struct layout *layout, struct rect inner, int row);
/* The first alarm that nobody took, or NULL. */
const struct incident *view_first_new(const struct app *app);
/* An incident in one line: "#412 P1 FIRE Jl. Slamet Riyadi 0:42". */
void view_alarm(
	const struct app *app, struct surface *s, struct rect row, const struct incident *inc);
/* The same, marked: a whole line for an alarm that nobody took. */
void view_new(
	const struct app *app, struct surface *s, struct rect row, const struct incident *inc);
/* One blank row's area inside another. */
struct rect view_row(struct rect area, int row);

/* "0:07", "12:34", "1h05" */
void view_age(char out[VIEW_TIME_SIZE], int64_t age_ms);
/* The same of a time that does not go on. */
void view_length(char out[VIEW_TIME_SIZE], int64_t length_ms);
/* Time of day where the console stands: "14:31:07" or "14:31"; "-" when there is none. */
void view_time(char out[VIEW_TIME_SIZE], int64_t wall_ms, bool seconds);
/* An age that changes once a minute: "<1m", "12m", "1h05", "3d". */
void view_minutes(char out[VIEW_TIME_SIZE], int64_t age_ms);
/* A limit in one unit: "10s", "2m", "1h". */
void view_span(char out[VIEW_TIME_SIZE], int64_t span_ms);
/* An age, told like that. */
void view_since(char out[VIEW_TIME_SIZE], int64_t age_ms);
/* Day and time where the console stands: "25-11 14:31". */
void view_day(char out[VIEW_TIME_SIZE], int64_t wall_ms);
void view_distance(char out[VIEW_TIME_SIZE], double metres);
/* The grid cell of a place; "-" outside or without a grid. */
void view_cell(const struct app *app, struct position at, char out[GEO_CELL_SIZE]);
/* An agency's short name, or its id when the registry does not know it. */
const char *view_agency(const struct app *app, const char *id);

/* What stands between a name and a position: "@", or nothing where the position is not known. */
const char *view_at(const char *position);

enum ui_role role_of_priority(enum priority priority);
enum ui_role role_of_camera(enum camera_status status);

/* What the screen says; all translated. */
const char *word_kind(enum kind kind);
const char *word_state(enum incident_state state);
const char *word_step(enum dispatch_state state);       /* a whole word */
const char *word_step_short(enum dispatch_state state); /* three letters */
const char *word_event(enum event_type type);
const char *word_method(enum method method);
const char *word_reason(enum reject_reason reason);
const char *word_disposition(enum disposition disposition);
const char *word_mode(enum mode mode);
const char *word_owner(enum camera_owner owner);
const char *word_camera(enum camera_status status);
const char *word_desk(enum desk desk);
const char *word_role(enum role role);
const char *word_order(enum queue_key key);
const char *word_pane(enum pane pane);
const char *word_timer(enum timer timer);
const char *word_time(enum figure_time time);

#endif
