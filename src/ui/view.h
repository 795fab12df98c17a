/* What the views share: each draws one part of the screen from the application's state. */
#ifndef SIAGA_UI_VIEW_H
#define SIAGA_UI_VIEW_H

#include <siaga/app/app.h>
#include <siaga/ui/layout.h>
#include <siaga/ui/map.h>
#include <siaga/ui/surface.h>

#define VIEW_TIME_SIZE 32

void view_status(const struct app *app, struct surface *s, struct rect area);
void view_queue(const struct app *app, struct surface *s, struct rect area, enum tier tier);
/* `tabbed`: detail and cameras share the place, and the title says so. */
void view_detail(const struct app *app, struct surface *s, struct rect area, bool tabbed);
void view_cameras(const struct app *app, struct surface *s, struct rect area, bool tabbed);
void view_agencies(const struct app *app, struct surface *s, struct rect area);
void view_hints(const struct app *app, struct surface *s, struct rect area);
/* The open modal, over everything else; nothing when there is none. */
void view_modal(const struct app *app, struct surface *s, struct rect strip);

/* Draws the frame of a pane and returns what is inside; without room there is no frame. */
struct rect view_frame(struct surface *s, struct rect area, const char *title, bool focus);
/* One blank row's area inside another. */
struct rect view_row(struct rect area, int row);

/* "0:07", "12:34", "1h05" */
void view_age(char out[VIEW_TIME_SIZE], int64_t age_ms);
/* Time of day where the console stands: "14:31:07" or "14:31"; "-" when there is none. */
void view_time(char out[VIEW_TIME_SIZE], int64_t wall_ms, bool seconds);
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

#endif
