#include "plain.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>

#include "plain_private.h"

#define READING_MS    200   /* a question is not read and answered in less */
#define OVERDUE_MS    2000  /* what the feed has not confirmed after that is told */
#define LINK_MS       60000 /* a link that stays down is told so often */
#define BEHIND_MS     10000 /* how far it is with what it missed is told so often */
#define LEAVE_MS      5000
#define LAST_MS       2000 /* for the last lines */
#define AGAIN_MS      3000 /* a second Ctrl-C within this ends */
#define LOOK_MS       3600000
#define LINES_AT_ONCE 20

void plain_put(struct plain *plain) {
	plain_out_add(&plain->out, &plain->lines);
	buf_clear(&plain->lines);
}

/* --- what happened --- */

static void tell_events(struct plain *plain, const struct app_event *event) {
	const struct app *app = &plain->rt->app;
	for (size_t i = 0; i < event->events_len; i++) {
		const struct event *one = &event->events[i];
		if (one->seq <= plain->head || one->seq > app->world.head || event_is_quiet(one) ||
			one->type == EVENT_UNREAD) {
			continue; /* Told already; or after a gap, and not applied. */
		}
		if (plain->silent) {
			plain->skipped += !event->open_only;
		} else {
			plain_event(app, one, &plain->lines);
		}
	}
}

static void tell_notices(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	size_t before = plain->lines.len, first = app->log_len;
	while (first > 0 && app->log[first - 1].said > plain->said) {
		first--;
	}
	for (size_t i = first; i < app->log_len; i++) {
		plain_notice(app, &app->log[i], &plain->lines);
	}
	plain->said = app->said;
	plain->noticed = plain->lines.len > before;
}

static void tell_waiting(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	for (size_t i = 0; i < app->rows_len; i++) {
		const struct incident *inc = app_row(app, i);
		if (inc != NULL && inc->state == INCIDENT_NEW) {
			plain_incident(app, inc, "", &plain->lines);
		}
	}
}

static void tell_link(struct plain *plain, const struct app_event *event) {
	const struct app *app = &plain->rt->app;
	bool slow = app_is_slow(app), down = event->type == APP_LINK_DOWN;
	bool again = down && app->now_ms - plain->link_ms >= LINK_MS;
	/* The first try that failed says why. */
	again = again || (down && plain->link == APP_LINK_CONNECTING && plain->link_ms == 0);
	bool behind = app->link == APP_LINK_CATCHING_UP && plain->link == app->link &&
		      app->now_ms - plain->link_ms >= BEHIND_MS;
	if (app->link == plain->link && slow == plain->slow && !again && !behind) {
		return;
	}
	bool back = app->link == APP_LINK_LIVE && plain->link != APP_LINK_LIVE;
	plain->link = app->link;
	plain->slow = slow;
	plain->link_ms = app->now_ms;
	if (app->link == APP_LINK_CATCHING_UP && plain->silent && !behind) {
		return;
	}
	plain_link(app, &plain->lines);
	if (back && plain->silent) {
		if (plain->skipped > 0) {
			plain_say(app, &plain->lines, _("%zu events of before were not told"),
				plain->skipped);
		}
		tell_waiting(plain);
		plain->silent = false;
		plain->skipped = 0;
	}
}

/* What waits for the feed for longer than it usually takes, or is not sent at all. */
static size_t count_unsent(const struct plain *plain) {
	const struct app *app = &plain->rt->app;
	size_t count = 0;
	for (size_t i = 0; i < app->pending_len; i++) {
		const struct app_pending *item = app->pending[i];
		count += !item->sent || app_pending_age(app, item) >= OVERDUE_MS;
	}
	return count;
}

static void tell_outbox(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	size_t unsent = count_unsent(plain);
	/* What is sent is not done: it is empty when the feed has answered. */
	if (unsent == plain->unsent || (unsent == 0 && app->pending_len > 0)) {
		return;
	}
	plain->unsent = unsent;
	if (unsent > 0) {
		plain_warn(app, &plain->lines, _("OUTBOX %zu, not confirmed by the feed"), unsent);
	} else {
		plain_say(app, &plain->lines, "%s", _("OUTBOX empty"));
	}
}

/* As a link that is lost: when it begins, and again as long as it is so. Its end is a notice. */
static void tell_trouble(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	bool same = app->feed_trouble == plain->feed_trouble &&
		    app->cache_trouble == plain->cache_trouble;
	if (same && app->now_ms - plain->trouble_ms < LINK_MS) {
		return;
	}
	plain->feed_trouble = app->feed_trouble;
	plain->cache_trouble = app->cache_trouble;
	plain->trouble_ms = app->now_ms;
	plain_alerts(app, &plain->lines);
}

static void tell_mute(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	int64_t until_ms = app->mute_until_ms > app->now_ms ? app->mute_until_ms : 0;
	if (until_ms > plain->mute_until_ms) {
		plain_say(app, &plain->lines, _("MUTED for %lld s"),
			(long long)((until_ms - app->now_ms + 999) / 1000));
	} else if (until_ms == 0 && plain->mute_until_ms != 0 && app->mute_until_ms != 0) {
		plain_say(app, &plain->lines, "%s", _("The bell rings again"));
	}
	plain->mute_until_ms = until_ms;
}

static void tell_day(struct plain *plain) {
	time_t at = (time_t)(app_feed_now(&plain->rt->app) / 1000);
	struct tm tm;
	if (localtime_r(&at, &tm) != NULL && tm.tm_yday != plain->day) {
		plain->day = tm.tm_yday;
		plain_day(&plain->rt->app, &plain->lines);
	}
}

static void tell_question(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	enum modal_type type = app->modal.type;
	enum modal_type asked = plain->asked;
	bool open = type != MODAL_NONE && !modal_is_page(type) && type != MODAL_LINE;
	plain->asked = open ? type : MODAL_NONE;
	if (!open) {
		/* Whoever was about to answer must know. */
		if (asked != MODAL_NONE && !plain->answering && !plain->noticed) {
			plain_warn(app, &plain->lines, "%s",
				_("The question is over: nothing was sent"));
		}
		return;
	}
	if (app->modal.drawn) {
		return;
	}
	if (asked == type && !plain->answering) {
		plain_warn(app, &plain->lines, "%s", _("It has changed:"));
	}
	plain_question(app, &plain->lines);
	/* A text that was typed ahead is a text; nothing else can be meant for what was not read.
	 */
	plain->early = !modal_is_text(type) && type != MODAL_RESEND;
	runtime_apply(plain->rt, &(struct app_event){.type = APP_DRAWN});
	/* What comes by itself stops nobody who is typing something else. */
	if (type != MODAL_RESEND || !plain->in.tty) {
		int64_t read_ms = app->now_ms + READING_MS, answer_ms = app_answer_at(app);
		plain->read_at_ms = answer_ms > read_ms ? answer_ms : read_ms;
	}
}

void plain_tell(struct plain *plain, const struct app_event *event) {
	const struct app *app = &plain->rt->app;
	if (event->type == APP_WELCOME && !app->has_data) {
		plain->silent = true;
	}
	if (event->type == APP_DONE) {
		plain->done_seq = event->seq;
	}
	if (event->type == APP_TICK) {
		tell_day(plain);
	}
	if (event->type == APP_EVENTS) {
		tell_events(plain, event);
	}
	plain->head = app->world.head;
	tell_notices(plain);
	tell_link(plain, event);
	tell_trouble(plain);
	tell_outbox(plain);
	tell_mute(plain);
	tell_question(plain);
	if (!plain->answering) {
		plain_put(plain);
	}
	if (plain->blocked || plain->out.full) {
		loop_timer_set(plain->timer, 0);
	}
}

void plain_ring(struct plain *plain, bool heard) {
	plain_say(&plain->rt->app, &plain->lines, "%s", _("BELL"));
	plain_put(plain);
	if (heard) {
		plain_out_bell(&plain->out);
	}
}

/* --- lines --- */

bool plain_is_settled(const struct plain *plain) {
	const struct app *app = &plain->rt->app;
	if (app->link != APP_LINK_LIVE || clock_mono_ms() >= plain->confirm_at_ms) {
		return true;
	}
	for (size_t i = 0; i < app->pending_len; i++) {
		if (app->pending[i]->sent) {
			return false;
		}
	}
	return app->world.head >= plain->done_seq;
}

/* A file of commands begins when there is something to command: with the feed, or when it is known
 * that there is none. */
static bool is_ready(const struct plain *plain) {
	const struct app *app = &plain->rt->app;
	return plain->in.tty || app->was_live || app->link == APP_LINK_NONE ||
	       app->link == APP_LINK_LOST || app->link == APP_LINK_REFUSED ||
	       (app->link == APP_LINK_CONNECTING && app->link_why[0] != '\0');
}

/* Milliseconds until the next line may be taken; 0 now, -1 when something happens. */
static int64_t rest_ms(const struct plain *plain) {
	int64_t now_ms = clock_mono_ms();
	if (plain->out.full || !is_ready(plain)) {
		return -1;
	}
	if (now_ms < plain->read_at_ms) {
		return plain->read_at_ms - now_ms;
	}
	return plain_is_settled(plain) ? 0 : plain->confirm_at_ms - now_ms;
}

/* On a terminal: what was typed before a question could be read does not answer it. In a file there
 * is no before. */
static void drop_early(struct plain *plain) {
	char line[PLAIN_LINE_SIZE];
	while (plain->early && plain->in.tty && plain_in_take(&plain->in, line) == PLAIN_GOT_LINE) {
		plain_warn(&plain->rt->app, &plain->lines,
			_("Not taken, typed before the question: %s"), line);
	}
	plain->early = false;
	plain_put(plain);
}

static bool is_remark(const char *line) {
	return line[0] == '#' && (line[1] == ' ' || line[1] == '\0' || line[1] == '#');
}

static void take(struct plain *plain, const char *line) {
	const struct app *app = &plain->rt->app;
	if (app->modal.type == MODAL_NONE && is_remark(line)) {
		return;
	}
	if (!plain->in.tty && line[0] != '\0') {
		plain_say(app, &plain->lines, "> %s", line);
	}
	plain_run(plain, line);
}

static void begin_leaving(struct plain *plain) {
	const struct app *app = &plain->rt->app;
	plain->leave_ms = clock_mono_ms();
	if (plain_in_is_cut(&plain->in)) {
		plain_warn(app, &plain->lines, "%s",
			_("The last line has no end: it may be part of one, and was not taken"));
	}
	if (modal_is_strip(app->modal.type)) {
		plain_leave(plain);
	}
	plain_put(plain);
}

/* The input has ended: what was sent is waited for, but not for ever. */
static void leave(struct plain *plain) {
	struct runtime *rt = plain->rt;
	bool unsent = app_count_unsent(&rt->app) > 0 && rt->app.link != APP_LINK_NONE;
	if (unsent && clock_mono_ms() - plain->leave_ms < LEAVE_MS) {
		loop_timer_set(plain->timer, 50);
		return;
	}
	if (unsent) {
		plain_warn(&rt->app, &plain->lines, "%s", _("Left with this in the outbox:"));
		plain_unsent(&rt->app, &plain->lines);
		rt->exit_code = EXIT_FAILURE;
	}
	plain_put(plain);
	loop_stop(rt->loop);
}

/* While nobody takes our lines the feed is left to itself: it keeps them all, and sends them when
 * we come back. */
static void mind_link(struct plain *plain) {
	struct runtime *rt = plain->rt;
	if (plain->out.full && rt->link != NULL) {
		plain->held = true;
		runtime_hold_link(rt, _("standard output takes no more"));
	} else if (plain->held && !plain->out.full) {
		plain->held = false;
		loop_timer_set(rt->relink, 0);
	}
}

static void on_timer(void *data) {
	struct plain *plain = data;
	char line[PLAIN_LINE_SIZE];
	mind_link(plain);
	if (plain->out.error != 0) {
		plain->rt->exit_code = EXIT_FAILURE;
		loop_stop(plain->rt->loop);
		return;
	}
	for (int i = 0; i < LINES_AT_ONCE && plain->leave_ms == 0; i++) {
		int64_t wait_ms = rest_ms(plain);
		plain->blocked = wait_ms != 0;
		if (wait_ms != 0) {
			plain_in_rest(&plain->in);
			if (wait_ms > 0) {
				loop_timer_set(plain->timer, wait_ms < LOOK_MS ? wait_ms : LOOK_MS);
			}
			return;
		}
		drop_early(plain);
		switch (plain_in_take(&plain->in, line)) {
		case PLAIN_GOT_NOTHING: plain_in_watch(&plain->in); return;
		case PLAIN_GOT_LINE: take(plain, line); break;
		case PLAIN_GOT_TOO_LONG:
			plain_warn(&plain->rt->app, &plain->lines, "%s",
				_("A line that is too long was not taken"));
			plain_put(plain);
			break;
		case PLAIN_GOT_END: begin_leaving(plain); break;
		}
		if (plain->rt->app.quit) {
			return;
		}
	}
	if (plain->leave_ms != 0) {
		leave(plain);
	} else {
		loop_timer_set(plain->timer, 0);
	}
}

static void on_change(void *data) {
	struct plain *plain = data;
	loop_timer_set(plain->timer, 0);
}

bool plain_signal(struct plain *plain, int signo) {
	struct app *app = &plain->rt->app;
	int64_t now_ms = clock_mono_ms();
	if (signo != SIGINT || !plain->in.tty) {
		return false;
	}
	if (now_ms - plain->interrupt_ms < AGAIN_MS && plain->interrupt_ms != 0) {
		return false;
	}
	plain->interrupt_ms = now_ms;
	plain->read_at_ms = now_ms;
	if (app->modal.type != MODAL_NONE && app->modal.type != MODAL_RESEND) {
		plain_leave(plain);
		plain->interrupt_ms = 0;
	} else {
		plain_say(app, &plain->lines, "%s",
			_("quit leaves the console; so does Ctrl-C once more"));
	}
	plain_put(plain);
	loop_timer_set(plain->timer, 0);
	return true;
}

struct plain *plain_create(struct runtime *rt) {
	struct plain *plain = mem_alloc(1, sizeof(*plain));
	plain->rt = rt;
	plain->head = rt->app.world.head;
	plain->link = APP_LINK_COUNT;
	plain->silent = true;
	plain->day = -1;
	plain->timer = loop_timer_create(rt->loop, on_timer, plain);
	plain_out_init(&plain->out, rt->loop, on_change, plain);
	plain_in_init(&plain->in, rt->loop, on_change, plain);
	tell_day(plain);
	rt->plain = plain;
	plain_tell(plain, &(struct app_event){.type = APP_TICK});
	plain->link_ms = 0;
	loop_timer_set(plain->timer, 0);
	return plain;
}

int plain_finish(struct plain *plain, int code, struct err *err) {
	if (plain == NULL) {
		return code;
	}
	plain_say(&plain->rt->app, &plain->lines, "%s", _("END"));
	plain_put(plain);
	if (!plain_out_flush(&plain->out, LAST_MS)) {
		err_set(err, _("standard output: %s"),
			plain->out.error != 0 ? strerror(plain->out.error)
					      : _("it took not all that was to be said"));
		code = code == EXIT_SUCCESS ? EXIT_FAILURE : code;
	}
	plain->rt->plain = NULL;
	plain_in_finish(&plain->in);
	plain_out_finish(&plain->out);
	loop_timer_destroy(plain->timer);
	buf_finish(&plain->lines);
	free(plain);
	return code;
}
