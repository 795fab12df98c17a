#include "runtime.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/ui/draw.h>
#include <siaga/ui/screen.h>
#include <siaga/ui/theme.h>

#include "plain.h"

#define TICK_MS       1000
#define TICK_LATE_MS  10
#define SLOW_MS       10000
#define LONG_MS       60 /* a write to the terminal that takes so long: the line is slow */
#define FIRST_BEAT_MS 10000
#define SLEPT_MS      1000

static void present(struct runtime *rt, int rows) {
	int64_t begun_ms = clock_mono_ms();
	screen_present(&rt->surface, rows, rt->full);
	rt->full = false;
	/* Writing waits only while the line is full. */
	if (clock_mono_ms() - begun_ms >= LONG_MS) {
		rt->slow_until_ms = clock_mono_ms() + SLOW_MS;
	}
	rt->dirty = false;
	rt->why = PACE_TICK;
	saving_drawn(rt);
}

static int frames_per_s(const struct runtime *rt) {
	return clock_mono_ms() < rt->slow_until_ms ? rt->opt->config.slow_frames : PACE_MOST;
}

static void draw(struct runtime *rt) {
	if (!rt->screen_up || rt->gone) {
		return;
	}
	app_settle(&rt->app);
	pace_drawn(&rt->pace, rt->why, frames_per_s(rt), clock_mono_ms());
	int rows = rt->surface.rows;
	if (rt->full || !rt->untouched) {
		rt->drawn = ui_draw(&rt->app, &rt->surface);
	} else {
		/* Second by second little goes on but the clock, and then the console may sleep. */
		rows = ui_draw_again(&rt->app, &rt->surface, &rt->drawn);
	}
	const struct ui_drawn *drawn = &rt->drawn;
	rt->untouched = true;
	present(rt, rows);
	outside_look(rt, drawn->picture.cols, drawn->picture.rows);
	if ((rt->app.modal.type != MODAL_NONE && rt->app.modal.drawn == drawn->cut) ||
		rt->app.detail_most != drawn->detail_most ||
		rt->app.board.most != drawn->board_most) {
		runtime_apply(rt, &(struct app_event){.type = APP_DRAWN,
					  .cut = drawn->cut,
					  .detail_most = drawn->detail_most,
					  .board_most = drawn->board_most});
	}
	rt->dirty = false;
	rt->why = PACE_TICK;
}

void runtime_want_draw(struct runtime *rt) {
	if (!rt->dirty || !rt->screen_up) {
		return;
	}
	int64_t wait_ms = pace_wait(&rt->pace, rt->why, frames_per_s(rt), clock_mono_ms());
	if (wait_ms == 0) {
		draw(rt);
	} else {
		loop_timer_set(rt->frame, wait_ms);
	}
}

static void on_frame(void *data) {
	runtime_want_draw(data);
}

static void tick(struct runtime *rt) {
	bool receiving = rt->link != NULL && link_is_receiving(rt->link);
	runtime_apply(rt, &(struct app_event){.type = APP_TICK, .receiving = receiving});
}

static void on_soon(void *data) {
	struct runtime *rt = data;
	tick(rt);
	runtime_want_draw(rt);
}

/* The app wants to be woken before the next whole second. */
static void want_tick(struct runtime *rt) {
	int64_t at_ms = app_wants_tick(&rt->app), wait_ms = at_ms - clock_mono_ms();
	if (at_ms != 0) {
		loop_timer_set(rt->soon, wait_ms > 0 ? wait_ms : 0);
	}
}

/* A machine that was closed for an hour wakes up with a link that looks as young as before: what
 * became of it meanwhile nobody here knows. */
static void mind_sleep(struct runtime *rt) {
	int64_t slept_ms = clock_slept_ms(), more_ms = slept_ms - rt->slept_ms;
	rt->slept_ms = slept_ms;
	if (more_ms < SLEPT_MS) {
		return;
	}
	/* Else the feed's clock would have stood still, too. */
	rt->untouched = false;
	rt->app.feed_offset_ms += more_ms;
	rt->app.proof_ms -= more_ms;
	rt->app.heard_ms -= more_ms;
	if (rt->link != NULL) {
		link_drop(rt->link, _("this machine was asleep"));
	}
}

static void on_tick(void *data) {
	struct runtime *rt = data;
	bool waits = rt->dirty;
	enum pace_why why = rt->why;
	mind_sleep(rt);
	tick(rt);
	/* That the clock goes on is no reason to hold the next alarm back. */
	rt->why = waits ? why : PACE_TICK;
	runtime_want_draw(rt);
	/* Just after the second of the feed's clock, so that its digits do not stutter, and are not
	 * drawn twice where that clock turns out to be a little behind. */
	int64_t now_ms = app_feed_now(&rt->app);
	loop_timer_set(rt->tick, TICK_MS - now_ms % TICK_MS + TICK_LATE_MS);
	rt->ticked_s = now_ms / TICK_MS;
}

/* Woken just when the clock goes on, as by a beat: then it goes on now, and needs no waking. By
 * way of the timer, for whatever else waits for its company. */
static void tick_along(struct runtime *rt) {
	int64_t second = app_feed_now(&rt->app) / TICK_MS;
	if (second > rt->ticked_s) {
		rt->ticked_s = second;
		loop_timer_set(rt->tick, 0);
	}
}

static void mouse(struct runtime *rt, const struct input_event *in) {
	char id[UUID_SIZE];
	struct app_event event = {.type = in->button == INPUT_PRESS ? APP_PICK : APP_WHEEL,
		.by = in->button == INPUT_WHEEL_UP ? -1 : 1,
		.id = id};
	event.pane = ui_find(&rt->app, &rt->surface, in->col, in->row, id);
	if (event.pane != PANE_COUNT) {
		runtime_apply(rt, &event);
	}
}

static void on_tty(void *data, int fd, uint32_t events) {
	struct runtime *rt = data;
	struct input_event in;
	bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
	UNUSED(fd);
	while (!gone && screen_read(&in)) {
		gone = in.type == INPUT_GONE;
		rt->why = in.type == INPUT_KEY ? PACE_KEY : rt->why;
		if (in.type == INPUT_PASTE) {
			runtime_apply(rt, &(struct app_event){.type = APP_PASTE, .text = in.paste});
		} else if (in.type == INPUT_KEY) {
			runtime_apply(rt, &(struct app_event){.type = APP_KEY, .key = in.key});
		} else if (in.type == INPUT_MOUSE) {
			mouse(rt, &in);
		}
	}
	if (gone) {
		rt->gone = true;
		loop_unwatch_fd(rt->loop, screen_fd());
		screen_abandon();
		loop_stop(rt->loop);
		return;
	}
	want_tick(rt);
	runtime_want_draw(rt);
}

static void resize(struct runtime *rt) {
	int cols, rows;
	screen_size(&cols, &rows);
	surface_resize(&rt->surface, cols, rows);
	rt->dirty = rt->full = true;
}

static void on_signal(void *data, int signo) {
	struct runtime *rt = data;
	if (signo == SIGWINCH && rt->screen_up) {
		resize(rt);
		draw(rt);
	} else if (signo == SIGWINCH || (rt->plain != NULL && plain_signal(rt->plain, signo))) {
		return;
	} else if (signo != SIGTSTP) { /* An alarm console does not stop. */
		rt->exit_code = 128 + signo;
		loop_stop(rt->loop);
	}
}

static void on_open(void *data) {
	struct runtime *rt = data;
	runtime_apply(rt, &(struct app_event){.type = APP_LINK_UP});
	runtime_want_draw(rt);
}

static void on_message(void *data, const char *text, size_t len) {
	struct runtime *rt = data;
	runtime_message(rt, text, len);
	tick_along(rt);
	runtime_want_draw(rt);
}

static void on_down(
	void *data, const char *why, int http_status, uint16_t close_code, int64_t retry_ms) {
	struct runtime *rt = data;
	char clean[160];
	UNUSED(close_code);
	text_clean(clean, sizeof(clean), why, strlen(why));
	runtime_apply(rt, &(struct app_event){.type = APP_LINK_DOWN,
				  .text = clean,
				  .retry_ms = retry_ms,
				  .refused = http_status == 401 || http_status == 403,
				  .distrusted = link_is_distrusted(rt->link)});
	runtime_want_draw(rt);
}

static void on_proof(void *data) {
	struct runtime *rt = data;
	/* Not worth a frame by itself: the age is drawn with the next tick. */
	rt->app.proof_ms = clock_mono_ms();
}

static const struct link_ops link_ops = {
	.on_open = on_open,
	.on_message = on_message,
	.on_down = on_down,
	.on_proof = on_proof,
};

/* The link is of no use, or there was none for a while: make it anew, outside its own callbacks. */
static void on_relink(void *data) {
	struct runtime *rt = data;
	struct err err = {0};
	if (rt->link != NULL) {
		link_drop(rt->link, rt->relink_why);
		return;
	}
	rt->link = link_create(rt->loop, &rt->link_cfg, &err);
	if (rt->link == NULL) {
		runtime_notice(rt, true, err.text);
	}
	runtime_want_draw(rt);
}

void runtime_hold_link(struct runtime *rt, const char *why) {
	link_destroy(rt->link);
	rt->link = NULL;
	runtime_apply(rt, &(struct app_event){.type = APP_LINK_DOWN, .text = why, .retry_ms = -1});
}

static bool open_link(struct runtime *rt, const char *token, struct err *err) {
	rt->link_cfg = (struct link_config){
		.subprotocol = "siaga.v1",
		.token = token,
		.message_max = WIRE_SERVER_MESSAGE_MAX,
		.silence_ms = 2 * FIRST_BEAT_MS,
		.retry_ms = rt->opt->config.retry_ms,
		.ops = &link_ops,
		.data = rt,
	};
	struct tls_trust trust = options_trust(rt->opt);
	if (!link_url_parse(&rt->link_cfg.url, rt->opt->feed, err) ||
		(rt->link_cfg.url.tls && !tls_trust_check(&trust, NULL, err))) {
		return false;
	}
	loop_trust(rt->loop, &trust);
	rt->link = link_create(rt->loop, &rt->link_cfg, err);
	return rt->link != NULL;
}

void runtime_theme(struct runtime *rt, const char *name) {
	struct theme theme;
	struct err err = {0};
	if (!theme_find(&theme, name, theme_dirs(), &err)) {
		runtime_notice(rt, true, err.text);
		return;
	}
	text_copy(rt->app.theme, sizeof(rt->app.theme), name);
	screen_set_theme(&theme);
	rt->dirty = true;
}

static void list_themes(struct runtime *rt, const char *shown) {
	struct theme_names names = {0};
	theme_list(&names, theme_dirs());
	const char **list = mem_alloc(names.len + 1, sizeof(*list));
	for (size_t i = 0; i < names.len; i++) {
		list[i] = names.names[i];
	}
	app_set_themes(&rt->app, list, names.len, shown);
	free(list);
	theme_names_finish(&names);
}

static bool open_screen(struct runtime *rt, struct err *err) {
	struct theme theme;
	int cols, rows;
	if (!theme_find(&theme, rt->opt->theme, theme_dirs(), err) || !screen_open(&theme, err)) {
		return false;
	}
	rt->screen_up = true;
	list_themes(rt, rt->opt->theme);
	screen_set_mouse(rt->opt->config.mouse);
	screen_size(&cols, &rows);
	surface_init(&rt->surface, cols, rows);
	rt->surface.ascii = rt->opt->ascii || !screen_is_utf8();
	rt->full = rt->dirty = true;
	return loop_watch_fd(rt->loop, screen_fd(), on_tty, rt, err);
}

static enum screen_notify_kind notify_kind(const struct config *cfg) {
	return cfg->notify == CONFIG_NOTIFY_OSC9     ? SCREEN_NOTIFY_OSC9
	       : cfg->notify == CONFIG_NOTIFY_OSC777 ? SCREEN_NOTIFY_OSC777
						     : SCREEN_NOTIFY_OFF;
}

int runtime_run(const struct options *opt, const char *token, struct err *err) {
	static const int signals[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, 0};
	struct runtime rt = {.opt = opt};
	int code = 1;
	app_init(&rt.app);
	app_configure(&rt.app, &opt->config);
	rt.notify = notify_kind(&opt->config);
	rt.slept_ms = clock_slept_ms();
	rt.app.demo = opt->demo;
	rt.app.proof_ms = clock_mono_ms();
	text_clean(rt.app.position, sizeof(rt.app.position), opt->position, strlen(opt->position));
	rt.loop = loop_create(LOOP_POLL, signals, on_signal, NULL, &rt, err);
	if (rt.loop == NULL) {
		goto out;
	}
	rt.tick = loop_timer_create(rt.loop, on_tick, &rt);
	rt.frame = loop_timer_create(rt.loop, on_frame, &rt);
	rt.relink = loop_timer_create(rt.loop, on_relink, &rt);
	rt.soon = loop_timer_create(rt.loop, on_soon, &rt);
	if (opt->offline) {
		rt.app.link = APP_LINK_NONE;
	}
	outside_open(&rt);
	if (!keep_open(&rt, err)) {
		goto out;
	}
	if (opt->warning[0] != '\0') {
		runtime_notice(&rt, true, opt->warning);
	}
	if (!opt->offline && !open_link(&rt, token, err)) {
		goto out;
	}
	if (opt->plain) {
		plain_create(&rt);
	} else if (!open_screen(&rt, err)) {
		goto out;
	}
	on_tick(&rt);
	draw(&rt);
	loop_run(rt.loop);
	saving_flush(&rt);
	code = plain_finish(rt.plain, rt.exit_code, err);
out:
	if (rt.screen_up && !rt.gone) {
		screen_close();
	}
	link_destroy(rt.link);
	outside_close(&rt);
	loop_timer_destroy(rt.tick);
	loop_timer_destroy(rt.frame);
	loop_timer_destroy(rt.relink);
	loop_timer_destroy(rt.soon);
	keep_close(&rt);
	loop_timer_destroy(rt.forget_timer);
	loop_destroy(rt.loop);
	app_finish(&rt.app);
	effects_finish(&rt.fx);
	if (rt.screen_up) {
		surface_finish(&rt.surface);
	}
	return code;
}
