/* What the files of app/ share and nobody else sees. */
#ifndef SIAGA_APP_PRIVATE_H
#define SIAGA_APP_PRIVATE_H

#include <siaga/app/app.h>
#include <siaga/app/commands.h>

struct effect *effects_add(struct effects *fx, enum effect_type type);

/* notice.c */
void notice_add(struct app *app, bool error, const char *fmt, ...) ATTR_PRINTF(3, 4);
void notice_tick(struct app *app);

/* rows.c */
/* Is it this console's business? A desk sees what its agency was sent to. */
bool rows_is_ours(const struct app *app, const struct incident *inc);
void rows_refresh(struct app *app);
void rows_select(struct app *app, const char *incident, struct effects *fx);
void rows_move(struct app *app, int by, struct effects *fx);
/* Next (+1) or previous (-1) unacknowledged one, going round. */
void rows_move_new(struct app *app, int by, struct effects *fx);
void near_refresh(struct app *app);

/* outbox.c */
/* A command about an incident, made now; `if_rev` where the action needs it. Fill in the rest, then
 * submit. */
struct command outbox_command(
	const struct app *app, enum action action, const struct incident *inc);
/* Takes the command (left zero): sends it, keeps it, or says why not. */
void outbox_submit(struct app *app, struct command *cmd, struct effects *fx);
void outbox_drop(struct app *app, const char *id);
void outbox_resume(struct app *app, struct effects *fx); /* the link is live again */
void outbox_ask(struct app *app); /* opens the question about an old item, if there is one */
void outbox_answer(struct app *app, bool send, struct effects *fx);
void outbox_take(struct app *app, struct command *cmd, int64_t made_ms);

/* modal.c */
void modal_open(struct app *app, enum modal_type type, const struct incident *inc);
void modal_close(struct app *app, struct effects *fx);
bool modal_is_text(enum modal_type type);
void modal_key(struct app *app, uint32_t key, struct effects *fx);
void modal_paste(struct app *app, const char *text);
void modal_tick(struct app *app, struct effects *fx);
/* Closes a strip or prompt whose incident has ended meanwhile, and says so. */
void modal_check(struct app *app, struct effects *fx);

/* keys.c: commands by key and by line */
void keys_press(struct app *app, uint32_t key, struct effects *fx);
void keys_run(struct app *app, enum command_id id, uint32_t key, struct effects *fx);
void keys_line(struct app *app, const char *line, struct effects *fx);

/* actions.c: what commands do to the selected incident */
void action_arm(struct app *app, const char *agency);
void action_arm_plan(struct app *app);
void action_recall(struct app *app, struct effects *fx);
void action_simple(struct app *app, enum action action, struct effects *fx);
void action_send_armed(struct app *app, struct effects *fx);
void action_step(struct app *app, enum action action, const char *agency, const char *note,
	struct effects *fx);
void action_choose(struct app *app, const struct app_menu_item *item, struct effects *fx);
void action_text(struct app *app, struct effects *fx); /* the text of the open prompt */

/* feedmsg.c */
void feed_welcome(struct app *app, const struct app_event *event, struct effects *fx);
void feed_events(struct app *app, const struct app_event *event, struct effects *fx);
void feed_caught_up(struct app *app, const struct app_event *event, struct effects *fx);
void feed_registry(struct app *app, struct registry *registry);
void feed_refused(struct app *app, const struct app_event *event, struct effects *fx);
void feed_link_down(struct app *app, const struct app_event *event);
void feed_cache(struct app *app, const struct app_event *event);
void feed_cache_done(struct app *app);
/* The bell: rings for what is new, again while it waits, never while muted. */
void feed_bell(struct app *app, struct effects *fx);

void app_make_id(char out[UUID_SIZE]);

#endif
