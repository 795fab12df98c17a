/* A console with the small city on a live link, drawn as text. For tests of the views. */
#ifndef SIAGA_TEST_SHOWN_H
#define SIAGA_TEST_SHOWN_H

#include "test.h"

#include <stdio.h>
#include <string.h>

#include <siaga/app/query.h>
#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

#include "world.h"

struct shown {
	struct app app;
	struct surface s;
	struct buf out;
	struct ui_drawn drawn;
};

/* An operator's, with one pane on the whole screen. */
static inline void begin(struct shown *t, enum pane pane) {
	memset(t, 0, sizeof(*t));
	app_init(&t->app);
	city_fill(&t->app.world.registry);
	text_copy(t->app.name, WHO_SIZE, "rina");
	text_copy(t->app.position, WHO_SIZE, "desk1");
	t->app.role = ROLE_OPERATOR;
	t->app.link = APP_LINK_LIVE;
	t->app.welcomed = true;
	t->app.beat_ms = 5000;
	t->app.has_data = true;
	t->app.zoom = true;
	t->app.focus = pane;
	t->app.feed_clock_known = true;
	t->app.now_ms = t->app.wall_ms = t->app.proof_ms = t->app.heard_ms = T0;
}

static inline void end(struct shown *t) {
	surface_finish(&t->s);
	buf_finish(&t->out);
	app_finish(&t->app);
}

/* So many seconds after the beginning. */
static inline void at(struct shown *t, int64_t seconds) {
	t->app.now_ms = t->app.wall_ms = T0 + seconds * 1000;
	t->app.proof_ms = t->app.heard_ms = t->app.now_ms;
}

/* An alarm then, which is selected. */
static inline struct incident *call_one(struct shown *t, int n, enum kind kind,
	enum priority priority, int64_t seconds, const char *phone) {
	city_call(&t->app.world, city_id(n), kind, priority, T0 + seconds * 1000, phone);
	text_copy(t->app.selected, UUID_SIZE, city_id(n));
	text_copy(t->app.shown, UUID_SIZE, city_id(n));
	t->app.rows = mem_resize(t->app.rows, t->app.rows_len + 1, sizeof(*t->app.rows));
	text_copy(t->app.rows[t->app.rows_len++], UUID_SIZE, city_id(n));
	return world_incident(&t->app.world, city_id(n));
}

static inline struct incident *raise_one(
	struct shown *t, int n, enum kind kind, enum priority priority, int64_t seconds) {
	return call_one(t, n, kind, priority, seconds, "");
}

/* Something that somebody does then. */
static inline void act_by(struct shown *t, enum action action, int n, const char *agency,
	const char *name, const char *note, int64_t seconds) {
	struct command cmd = city_command(&t->app.world, action, city_id(n), name);
	struct refusal no;
	cmd.at_ms = T0 + seconds * 1000;
	cmd.method = action == ACTION_VERIFY ? METHOD_CALLBACK : METHOD_NONE;
	cmd.reason = action == ACTION_REJECT ? REJECT_PRANK : REJECT_NONE;
	cmd.note = note != NULL ? mem_dup_str(note) : NULL;
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	if (action == ACTION_HOLD) {
		cmd.has |= HAS_UNTIL;
		cmd.until_ms = cmd.at_ms + 600000;
	}
	if (!city_do(&t->app.world, &cmd, &no)) {
		print_error("refused: %s\n", no.message);
		fail();
	}
}

static inline void act(
	struct shown *t, enum action action, int n, const char *agency, int64_t seconds) {
	act_by(t, action, n, agency, "rina", NULL, seconds);
}

/* The desk of the agency has received all that there is. */
static inline void deliver(struct shown *t, const char *agency, int64_t seconds) {
	struct command cmd = {.action = ACTION_DELIVER, .role = ROLE_AGENCY, .seq = INT64_MAX};
	struct refusal no;
	cmd.at_ms = T0 + seconds * 1000;
	text_copy(cmd.own_agency, sizeof(cmd.own_agency), agency);
	assert_true(city_do(&t->app.world, &cmd, &no));
}

/* Draws the screen. */
static inline void draw_screen(struct shown *t, int cols, int rows) {
	const struct incident *inc = app_shown(&t->app);
	t->app.near_len = inc == NULL ? 0
				      : registry_near(&t->app.world.registry, inc->at, t->app.near,
						APP_NEAR_MAX);
	surface_finish(&t->s);
	surface_init(&t->s, cols, rows);
	t->drawn = ui_draw(&t->app, &t->s);
	buf_clear(&t->out);
	surface_dump(&t->s, &t->out, false);
}

/* Draws it so that the pane has that much room inside its frame. */
static inline void draw(struct shown *t, int cols, int rows) {
	draw_screen(t, cols + 2, rows + 5);
}

static inline void assert_shows(const struct shown *t, const char *text) {
	if (strstr(t->out.data, text) == NULL) {
		print_error("not on the screen: %s\n%s", text, t->out.data);
		fail();
	}
}

static inline void assert_lacks(const struct shown *t, const char *text) {
	if (strstr(t->out.data, text) != NULL) {
		print_error("on the screen: %s\n%s", text, t->out.data);
		fail();
	}
}

static inline void assert_before(const struct shown *t, const char *first, const char *second) {
	assert_shows(t, first);
	assert_shows(t, second);
	assert_true(strstr(t->out.data, first) < strstr(t->out.data, second));
}

#endif
