/* What the files of app/ share and nobody else sees. */
#ifndef SIAGA_APP_PRIVATE_H
#define SIAGA_APP_PRIVATE_H

#include <siaga/app/app.h>
#include <siaga/app/commands.h>
#include <siaga/app/query.h>
#include <siaga/base/macros.h>

/* A command on its way: which, about which incident, with what. */
struct call {
	enum command_id id;
	const struct incident *inc; /* NULL: none */
	const char *args;           /* the rest of the line; "" from a key */
	uint32_t key;               /* 0 from the line */
	bool named;                 /* by its number: it is the one that is meant */
	bool all;                   /* ":say! ...": of all who are trained */
};

struct effect *effects_add(struct effects *fx, enum effect_type type);

/* notice.c */
void notice_add(struct app *app, bool error, const char *fmt, ...) ATTR_PRINTF(3, 4);
void notice_tick(struct app *app);
void log_event(struct app *app, const struct event *event);

/* rows.c: the queue */
void rows_refresh(struct app *app);
/* The feed has said something. Where very much is open the rows are worked out when somebody looks,
 * see app_settle(), and not as often as it says something. */
void rows_changed(struct app *app);
/* Selects it again where it has a row. */
void rows_keep(struct app *app, const char *incident);
/* Also where the order is held: the operator has asked for other rows, or for another order. */
void rows_renew(struct app *app);
bool rows_has(const struct app *app, const char *incident);
/* The selected one; or the one that was until a moment ago, where the selection went on by itself:
 * a key that asks before it does anything asks about what was seen. NULL: none. */
const struct incident *rows_seen(const struct app *app);
/* Did the selection go to another incident by itself, so lately that a key may still be meant for
 * the one before? Then that is said: what would be done at once is not done. */
bool rows_slid(struct app *app);
/* It may soon be shown otherwise, by the clock alone, what the keys are for. */
bool rows_slide_soon(const struct app *app);
void rows_select(struct app *app, const char *incident, struct effects *fx);
/* Detail, map and cameras follow the selection now. */
void rows_show(struct app *app, struct effects *fx);
/* The incident that is open here: the one that was looked up, or the selected one. */
const char *rows_open(const struct app *app);
/* Tells the others of it. */
void rows_look(struct app *app, struct effects *fx);
void rows_move(struct app *app, int by, struct effects *fx);
/* Next (+1) or previous (-1) unacknowledged one, going round. */
void rows_move_new(struct app *app, int by, struct effects *fx);
void near_refresh(struct app *app);
bool rows_set_filter(struct app *app, const char *text, struct err *err);
void rows_sort(struct app *app, const char *key);
void marks_toggle(struct app *app, const char *incident);
void marks_clear(struct app *app);

/* counts.c */
/* From this tick on, when all has been looked at. Whatever enters but a tick or a beat ends it. */
void rest_begin(struct app *app);
bool rest_lasts(const struct app *app);

/* past.c: closed incidents from the cache */
void past_open(struct app *app, const char *words, struct effects *fx);
void past_leave(struct app *app);
void past_move(struct app *app, int by, struct effects *fx);
void past_enter(struct app *app, struct effects *fx);
void past_rows(struct app *app, const struct app_event *event);
void past_old(struct app *app, const struct app_event *event);
void past_finish(struct app *app);

/* board.c */
/* `span` says how far back, "" for a shift. */
void board_open(struct app *app, const char *span);
void board_leave(struct app *app);
/* Does the board stay open when this command is done? */
bool board_keeps(enum command_id id);
void board_tick(struct app *app);
void board_drawn(struct app *app, int most);

/* outbox.c */
/* A command about an incident, made now; `if_rev` where the action needs it. Fill in the rest, then
 * submit. */
struct command outbox_command(
	const struct app *app, enum action action, const struct incident *inc);
/* Takes the command (left zero): sends it, keeps it, or says why not. */
void outbox_submit(struct app *app, struct command *cmd, struct effects *fx);
/* Is it on its way already, decided on what is known of the incident now? */
bool outbox_has(const struct app *app, enum action action, const struct incident *inc);
/* Is it one of those that the feed has not answered? */
bool outbox_awaits(const struct app *app, const char *id);
void outbox_drop(struct app *app, const char *id);
/* It is on the disk, or could not be brought there. */
void outbox_held(struct app *app, const char *id, enum trouble trouble);
/* The disk takes it now: what is not on it goes there. */
void outbox_keep(struct app *app, struct effects *fx);
/* The link is live again, or the feed can write: once the disk was looked at it goes on. */
void outbox_resume(struct app *app, struct effects *fx);
/* The feed wants it later, or, with an id that is none of ours, less of everything. */
void outbox_again(struct app *app, const char *id);
void outbox_tick(struct app *app, struct effects *fx);
void outbox_ask(struct app *app); /* opens the question about an old item, if there is one */
void outbox_answer(struct app *app, bool send, struct effects *fx);
/* The feed has said who we are: what was asked of it before that is ours. The disk is told once it
 * was looked at. */
void outbox_name(struct app *app);
void outbox_take(struct app *app, const struct app_event *event);
/* It is on the disk now, by that name or "", and was sent by whoever has it there, or was not. */
void outbox_seen(struct app *app, const char *id, const char *name, bool tried);
/* The disk was looked at. Whole: what is kept and was not seen was finished by another console.
 * Where the link is live the rest is sent, or asked about. */
void outbox_read(struct app *app, bool whole, struct effects *fx);
/* What was kept is so no more, and whether another console has sent it is not to be known. */
void outbox_gone(struct app *app);

/* modal.c */
void modal_open(
	struct app *app, enum modal_type type, enum command_id command, const struct incident *inc);
/* About the marked incidents that the command can be done to; false and a notice: none. */
bool modal_open_marked(struct app *app, enum modal_type type, enum command_id command);
void modal_close(struct app *app);
/* It was shown on the screen: from a moment later on keys answer it. Cut: its question has no room
 * there, and nothing answers it. */
void modal_drawn(struct app *app, bool cut);
/* Can a key of now be an answer? Nobody reads and answers faster, nor types so fast: what comes so
 * soon was typed for something else, or pasted. */
bool modal_is_answered(const struct app *app);
void modal_tick(struct app *app);
/* Closes a strip or menu whose incident has ended meanwhile, and says so. */
void modal_check(struct app *app);
/* The same of any; false: it was closed. */
bool modal_drop_ended(struct app *app);
/* Closes the question about this item of the outbox: there is no such any more. */
void modal_drop_resend(struct app *app, const char *id);
/* Was the key an answer to one that has closed by itself a moment ago? */
bool modal_was_meant(struct app *app, uint32_t key);
void modal_set_text(struct app *app, const char *text);
/* The incident it is about (the first one), or NULL. */
struct incident *modal_incident(const struct app *app);

/* modal_keys.c */
void modal_key(struct app *app, uint32_t key, struct effects *fx);
/* One step out of it; of a strip it is said that nothing was sent. */
void modal_leave(struct app *app);
void modal_paste(struct app *app, const char *text);

/* menus.c */
const struct app_menu_item *menu_of(enum modal_type type, size_t *len);

/* look.c: what never reaches the feed */
void look_focus(struct app *app, enum pane pane);
/* True where the command was one of these. */
bool look_run(struct app *app, const struct call *call, struct effects *fx);

/* keys.c: what a key or a typed command does */
void keys_press(struct app *app, uint32_t key, struct effects *fx);
/* A whole line that was typed elsewhere than in the prompt: answers nothing that is asked. */
void keys_line(struct app *app, const char *line, struct effects *fx);
void keys_run(struct app *app, const struct call *call, struct effects *fx);

/* line.c: the command line */
void line_run(struct app *app, const char *line, struct effects *fx);
void line_remember(struct app *app, const char *line);
/* Splits off the first word of *rest; false at the end. */
bool line_word(const char **rest, char *out, size_t size);
/* Says what the command wants after it. */
void line_usage(struct app *app, enum command_id id);
/* Does a command that was typed with arguments; false: it takes none. */
bool line_incident(struct app *app, const struct call *call, struct effects *fx);

/* actions.c: what commands do to incidents */
/* Opens the strip for some agencies; false and a notice when it cannot be. */
bool action_arm(struct app *app, const struct incident *inc, const char (*agencies)[AGENCY_ID_SIZE],
	size_t len);
void action_arm_plan(struct app *app, const struct incident *inc);
void action_undo(struct app *app, struct effects *fx);
void action_simple(
	struct app *app, enum action action, const struct incident *inc, struct effects *fx);
void action_step(struct app *app, enum action action, const struct incident *inc,
	const char *agency, const char *note, struct effects *fx);
void action_join(struct app *app, const struct incident *inc);
/* y on the open strip. */
void action_confirm(struct app *app, struct effects *fx);
/* A value of the open menu. */
void action_choose(struct app *app, int value, struct effects *fx);
void action_text(struct app *app, struct effects *fx); /* the text of the open prompt */

/* drafts.c */
void draft_keep(struct app *app);
void draft_take(struct app *app);

/* presence.c */
void presence_set(struct app *app, const struct app_event *event);
void presence_forget(struct app *app);

/* alert.c: the bell, holds that end, timers that run out */
void alert_bell(struct app *app, struct effects *fx);
/* Tells the desktop of an alarm, where that is wanted. */
void alert_notify(struct app *app, const struct event *event, struct effects *fx);
void alert_tick(struct app *app, bool rests, struct effects *fx);

/* trust.c: what the feed may say when, and what becomes of a feed that does not keep to it */
/* Another link, or none: what was said on the old one counts no more. */
void trust_link(struct app *app);
/* Counts a message that was skipped and tells of it, in words now and then. */
void trust_bad(struct app *app, const char *fmt, ...) ATTR_PRINTF(2, 3);
void trust_tell(struct app *app);
/* The link is of no use any more: nothing that comes on it is heard. */
void trust_relink(struct app *app, struct effects *fx, const char *why);
/* False where the event is something that the feed says out of turn, and to be skipped. */
bool trust_expects(struct app *app, const struct app_event *event);
/* The feed says how far its log goes. */
void trust_head(struct app *app, int64_t head, struct effects *fx);
/* Events were applied: are they all that it told of? */
void trust_behind(struct app *app);
bool trust_is_behind(const struct app *app);
void trust_tick(struct app *app, struct effects *fx);

/* lacks.c: what is not here of an incident, and that the feed is asked for */
bool lacks_has(const struct app *app, const char *incident);
/* It lacks what happened there up to `seq`; false: there is too much that is lacking. */
bool lacks_add(struct app *app, const char *incident, int64_t seq);
void lacks_drop(struct app *app, const char *incident);
/* It has ended again, and nobody was asked for it yet: the cache has all of it. */
void lacks_ended(struct app *app, const char *incident);
/* All that is open here, and may have ended. */
bool lacks_add_open(struct app *app);
/* What is known here of the incident is not how it is now. */
bool lacks_some(const struct app *app, const char *incident);
/* Asks for each once on a link, where the link is live; no faster than the feed takes. */
void lacks_ask(struct app *app, struct effects *fx);
void lacks_again(struct app *app); /* what was asked was not taken */
void lacks_link(struct app *app);  /* the link has ended */
void lacks_finish(struct app *app);

/* trouble.c: what cannot be written, there or here */
void trouble_feed(struct app *app, enum trouble trouble, struct effects *fx);
void trouble_cache(struct app *app, const struct app_event *event, struct effects *fx);
/* Asks the feed for what the cache lacks, where it can be asked and kept. */
void trouble_refill(struct app *app, struct effects *fx);

/* forget.c */
/* Nothing that is in memory tells of persons that the feed has forgotten. */
void app_forget_persons(struct app *app, int64_t before_ms);
/* Drops from memory what had ended a day ago and nobody here is at, now and then: before what the
 * feed says is taken, because what the last events did is to be kept first. */
void app_forget_ended(struct app *app);

/* feedmsg.c */
void feed_welcome(struct app *app, const struct app_event *event, struct effects *fx);
void feed_diverged(struct app *app, struct effects *fx);
void feed_events(struct app *app, const struct app_event *event, struct effects *fx);
void feed_caught_up(struct app *app, const struct app_event *event, struct effects *fx);
void feed_registry(struct app *app, struct registry *registry);
void feed_bye(struct app *app, const struct app_event *event);
void feed_done(struct app *app, const struct app_event *event, struct effects *fx);
void feed_refused(struct app *app, const struct app_event *event, struct effects *fx);
void feed_link_down(struct app *app, const struct app_event *event);
void feed_cache(struct app *app, const struct app_event *event);
void feed_cached(struct app *app, const struct event *event);
void feed_cache_done(struct app *app);

void app_make_id(char out[UUID_SIZE]);

/* --- training.c --- */

void training_set(struct app *app, const struct app_event *event);
/* The link, or what the feed said that it is, is another one: whatever it told is over. */
void training_leave(struct app *app);
/* Can it be asked of all who are trained at once? */
bool training_has_all(const struct app *app, enum command_id id);
/* A key while the class is before the trainer. */
void training_class_key(struct app *app, uint32_t key, struct effects *fx);
/* True where the command steers a replay. */
bool training_run(struct app *app, const struct call *call, struct effects *fx);

#endif
