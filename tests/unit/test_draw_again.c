/* Between two events only the line with the clock is drawn, and those panes of which a time is
 * over, and no incident is looked at: what is on the screen must be as right then as if all had
 * been. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

#define INCIDENTS 14
#define STEPS     6000

static const char *const names[] = {"ayu", "budi", "citra"};

struct twin {
	struct bench *b;
	struct bench *tireless;      /* the same, but looks at every incident with every tick */
	struct surface shown, whole; /* drawn as little as may be; all of the other, each time */
	struct surface last;         /* the first of them, before */
	struct ui_drawn drawn;
	bool rests;
	int rested, parts; /* times that not all was drawn; that a pane was then */
	uint32_t dice;
};

static uint32_t roll(struct twin *t, uint32_t sides) {
	t->dice = t->dice * 1664525 + 1013904223;
	return (t->dice >> 8) % sides;
}

static size_t cells_size(const struct twin *t, int rows) {
	return (size_t)rows * (size_t)t->shown.cols * sizeof(*t->shown.cells);
}

/* Where it says that it drew nothing. */
static void assert_same_below(struct twin *t, int rows) {
	size_t from = cells_size(t, rows), end = cells_size(t, t->shown.rows);
	assert_int_equal(memcmp((const char *)t->last.cells + from,
				 (const char *)t->shown.cells + from, end - from),
		0);
}

static void draw(struct twin *t) {
	const struct app *app = &t->b->app;
	app_settle(&t->b->app);
	if (app->still && t->rests) {
		const struct ui_drawn before = t->drawn;
		int rows = ui_draw_again(app, &t->shown, &t->drawn);
		assert_same_below(t, rows);
		bool all = t->drawn.until[PANE_COUNT].mono_ms != before.until[PANE_COUNT].mono_ms;
		t->rested += !all;
		t->parts += !all && memcmp(t->drawn.until, before.until, sizeof(before.until)) != 0;
	} else {
		t->drawn = ui_draw(app, &t->shown);
	}
	t->rests = true;
	memcpy(t->last.cells, t->shown.cells, cells_size(t, t->last.rows));
}

static bool is_same(const struct cell *a, const struct cell *b) {
	return memcmp(a->glyph, b->glyph, sizeof(a->glyph)) == 0 && a->role == b->role &&
	       a->reverse == b->reverse && a->picture == b->picture && a->fg == b->fg &&
	       a->bg == b->bg;
}

static void fail_with_both(struct twin *t) {
	struct buf shown = {0}, whole = {0};
	surface_dump(&t->shown, &shown, true);
	surface_dump(&t->whole, &whole, true);
	fprintf(stderr, "at %lld ms is shown:\n%s\nand should be:\n%s\n", (long long)t->b->mono_ms,
		shown.data, whole.data);
	buf_finish(&shown);
	buf_finish(&whole);
	fail();
}

static void compare(struct twin *t) {
	ui_draw(&t->tireless->app, &t->whole);
	for (int i = 0; i < t->whole.cols * t->whole.rows; i++) {
		if (!is_same(&t->shown.cells[i], &t->whole.cells[i])) {
			fail_with_both(t);
		}
	}
}

static void raise_one(struct twin *t) {
	int n = 1 + (int)roll(t, INCIDENTS);
	if (bench_incident(t->b, n) == NULL) {
		bench_raise_at(t->b, n, (enum kind)roll(t, KIND_COUNT),
			(enum priority)roll(t, PRIORITY_COUNT),
			(struct position){-75700000 + (int32_t)roll(t, 40000),
				1108200000 + (int32_t)roll(t, 40000)},
			"+62 800-555-0100");
	}
}

static void act_one(struct twin *t) {
	static const enum action actions[] = {ACTION_ACKNOWLEDGE, ACTION_VERIFY, ACTION_HOLD,
		ACTION_DISPATCH, ACTION_DISPATCH, ACTION_ACCEPT, ACTION_EN_ROUTE, ACTION_ON_SCENE,
		ACTION_NOTE, ACTION_RESOLVE, ACTION_CLOSE, ACTION_REOPEN};
	int n = 1 + (int)roll(t, INCIDENTS);
	enum action action = actions[roll(t, ARRAY_LEN(actions))];
	if (bench_incident(t->b, n) == NULL) {
		return;
	}
	struct command cmd =
		city_command(&t->b->feed, action, city_id(n), names[roll(t, ARRAY_LEN(names))]);
	cmd.until_ms = bench_wall(t->b) + 1000 * (int64_t)(30 + roll(t, 400));
	cmd.method = action == ACTION_VERIFY ? METHOD_CALLBACK : METHOD_NONE;
	cmd.disposition = action == ACTION_CLOSE ? DISPOSITION_HANDLED : DISPOSITION_NONE;
	text_copy(cmd.agency, sizeof(cmd.agency), roll(t, 2) == 0 ? "damkar" : "psc119");
	if (action == ACTION_NOTE) {
		cmd.note = mem_dup_str("asap tebal");
	}
	(void)bench_do(t->b, &cmd);
	command_finish(&cmd);
}

/* Consoles come and go. */
static void meet(struct twin *t) {
	struct viewer viewers[ARRAY_LEN(names)] = {0};
	size_t len = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (i == 0 || roll(t, 2) == 0) {
			text_copy(viewers[len++].who.name, WHO_SIZE, names[i]);
		}
	}
	bench_apply(t->b,
		(struct app_event){.type = APP_PRESENCE, .viewers = viewers, .viewers_len = len});
}

/* Whoever sits there looks about, and leaves a question open now and then. */
static void press(struct twin *t) {
	static const uint32_t keys[] = {'j', 'k', 'G', 'g', '\t', 'f', 's', 'z', 'd', 'd',
		KEY_CODE_ESCAPE, KEY_CODE_ESCAPE, '1', '2', '3', '4'};
	bench_key(t->b, keys[roll(t, ARRAY_LEN(keys))]);
	if (roll(t, 3) > 0) {
		bench_key(t->b, KEY_CODE_ESCAPE);
	}
}

static void show_picture(struct bench *b, int64_t taken_ms) {
	static const uint8_t rgb[3 * 4 * 4];
	struct app_picture picture = {0};
	if (b->app.near_len > 0) {
		const struct camera_near *near = &b->app.near[b->app.near_pick];
		picture.taken_ms = taken_ms;
		text_copy(picture.camera, sizeof(picture.camera), near->camera->id);
		picture.cols = picture.rows = 4;
		picture.rgb = (uint8_t *)(uintptr_t)rgb;
		bench_apply(b, (struct app_event){.type = APP_PICTURE, .picture = &picture});
	}
}

static void take_picture(struct twin *t) {
	show_picture(t->b, t->b->mono_ms - (int64_t)roll(t, 5000));
}

/* What chance has happen at one happens at the other. */
static void on_both(struct twin *t, void (*act)(struct twin *t)) {
	struct bench *b = t->b;
	uint32_t dice = t->dice;
	act(t);
	t->b = t->tireless;
	t->b->app.rest = (struct app_rest){0};
	t->dice = dice;
	act(t);
	t->b = b;
}

/* Its link comes and goes. */
static void link_or_lose(struct twin *t) {
	if (t->b->app.link == APP_LINK_LIVE) {
		bench_lose(t->b);
	} else {
		bench_connect(t->b, t->b->app.role);
	}
}

static void happen(struct twin *t) {
	switch (roll(t, 10)) {
	case 0:
	case 1: raise_one(t); break;
	case 2:
	case 3:
	case 4: act_one(t); break;
	case 5: press(t); break;
	case 6: bench_line(t->b, roll(t, 3) == 0 ? "filter is:overdue" : "filter"); break;
	case 7: take_picture(t); break;
	case 8: link_or_lose(t); break;
	default: meet(t); break;
	}
	t->rests = false;
}

static void pass(struct twin *t) {
	t->b->mono_ms += 1 + (int64_t)roll(t, 1999);
	bench_apply(t->b, (struct app_event){.type = APP_TICK});
}

/* Its clock is never quite the same, and set now and then. */
static void beat(struct twin *t) {
	static const enum trouble troubles[] = {TROUBLE_FULL, TROUBLE_IO};
	int64_t ahead_ms = (int64_t)roll(t, roll(t, 20) == 0 ? 10000 : 40);
	bool trouble = roll(t, 10) == 0;
	bench_apply(t->b, (struct app_event){.type = APP_BEAT,
				  .head = t->b->feed.head,
				  .trouble = trouble ? troubles[roll(t, 2)] : TROUBLE_NONE,
				  .feed_now_ms = bench_wall(t->b) + ahead_ms});
	t->rests = t->rests && t->b->app.still;
}

static void watch(struct bench *b, struct bench *tireless, int cols, int rows, uint32_t seed) {
	struct twin t = {.b = b, .tireless = tireless, .dice = seed};
	int idle = 0;
	surface_init(&t.shown, cols, rows);
	surface_init(&t.whole, cols, rows);
	surface_init(&t.last, cols, rows);
	for (int step = 0; step < STEPS; step++) {
		/* Busy minutes, and calm hours. */
		if (roll(&t, step / 300 % 2 == 0 ? 6 : 90) == 0) {
			on_both(&t, happen);
		}
		if (step % 7 == 0) {
			on_both(&t, beat);
		}
		on_both(&t, pass);
		int64_t now_ms = app_feed_now(&b->app);
		idle += b->app.rest.from_ms < now_ms && now_ms < b->app.rest.until_ms;
		draw(&t);
		compare(&t);
	}
	assert_int_equal(b->bells, tireless->bells);
	assert_int_equal(b->notified, tireless->notified);
	assert_true(idle > STEPS / 10);
	assert_true(t.rested > STEPS / 10);
	/* A desk has too few incidents for that. */
	assert_true(b->app.role == ROLE_AGENCY || t.parts > STEPS / 200);
	surface_finish(&t.shown);
	surface_finish(&t.whole);
	surface_finish(&t.last);
}

static void watch_sizes(struct bench *b, enum role role, const char *agency) {
	static const struct {
		int cols, rows;
	} sizes[] = {{120, 40}, {80, 24}, {200, 60}, {100, 15}, {50, 20}};
	void *tireless = NULL;
	bench_setup(&tireless);
	struct bench *both[] = {b, tireless};
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		text_copy(both[i]->app.agency, sizeof(both[i]->app.agency), agency);
		assert_true(
			config_command_parse(&both[i]->app.cfg.snapshot, "picture {url}", NULL));
		bench_connect(both[i], role);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		watch(b, tireless, sizes[i].cols, sizes[i].rows, (uint32_t)i + 1);
	}
	bench_teardown(&tireless);
}

static void the_screen_is_right_each_second(void **state) {
	watch_sizes(*state, ROLE_OPERATOR, "");
}

static void the_screen_of_a_supervisor_is_right_each_second(void **state) {
	watch_sizes(*state, ROLE_SUPERVISOR, "");
}

static void the_screen_of_a_desk_is_right_each_second(void **state) {
	watch_sizes(*state, ROLE_AGENCY, "damkar");
}

/* For these ten seconds only the clock goes on, and then a minute is over. */
static void an_age_is_told_when_its_minute_is_over(void **state) {
	struct bench *b = *state;
	struct surface s;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	bench_act(b, 1, ACTION_VERIFY, "ayu");
	surface_init(&s, 120, 40);
	bench_pass(b, 115000);
	b->mono_ms += 500;
	bench_apply(b, (struct app_event){.type = APP_TICK});
	assert_true(b->app.still);
	struct ui_drawn drawn = ui_draw(&b->app, &s);
	int64_t age_ms = bench_wall(b) - bench_incident(b, 1)->alarms[0].received_at_ms;
	assert_int_equal(drawn.until[PANE_QUEUE].feed_ms, bench_wall(b) + 60000 - age_ms % 60000);
	surface_finish(&s);
}

/* Of what is told by our own clock the feed's says nothing, and may stand still. */
static void what_is_told_by_our_clock_is_drawn_by_it(void **state) {
	struct bench *b = *state;
	struct surface s;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	surface_init(&s, 120, 40);
	bench_pass(b, 500);
	struct ui_drawn drawn = ui_draw(&b->app, &s);
	struct ui_until before = drawn.until[PANE_QUEUE];
	b->mono_ms = before.mono_ms;
	bench_apply(b, (struct app_event){.type = APP_BEAT,
			       .head = b->feed.head,
			       .feed_now_ms = before.feed_ms - 100});
	ui_draw_again(&b->app, &s, &drawn);
	assert_true(drawn.until[PANE_QUEUE].mono_ms > before.mono_ms);
	surface_finish(&s);
}

static void assert_as_whole(struct bench *b, const struct surface *s) {
	struct surface whole;
	surface_init(&whole, s->cols, s->rows);
	ui_draw(&b->app, &whole);
	for (int i = 0; i < s->cols * s->rows; i++) {
		assert_true(is_same(&s->cells[i], &whole.cells[i]));
	}
	surface_finish(&whole);
}

static void a_picture_looks_old_from_when_it_is(void **state) {
	struct bench *b = *state;
	struct surface s;
	bench_connect(b, ROLE_OPERATOR);
	assert_true(config_command_parse(&b->app.cfg.snapshot, "picture {url}", NULL));
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P3);
	surface_init(&s, 200, 60);
	show_picture(b, b->mono_ms);
	b->mono_ms += 2 * b->app.cfg.snapshot_every_ms;
	bench_apply(b, (struct app_event){.type = APP_TICK});
	struct ui_drawn drawn = ui_draw(&b->app, &s);
	assert_true(drawn.picture.rows > 0);
	b->mono_ms += 500;
	bench_apply(b, (struct app_event){.type = APP_TICK});
	ui_draw_again(&b->app, &s, &drawn);
	assert_as_whole(b, &s);
	surface_finish(&s);
}

/* A list without a frame is as much a pane as any. */
static void nothing_of_what_was_there_is_left(void **state) {
	struct bench *b = *state;
	struct surface s;
	bench_connect(b, ROLE_OPERATOR);
	bench_raise(b, 1, KIND_MEDICAL, PRIORITY_P3);
	bench_act(b, 1, ACTION_ACKNOWLEDGE, "ayu");
	struct command hold = city_command(&b->feed, ACTION_HOLD, city_id(1), "ayu");
	hold.until_ms = bench_wall(b) + 60000;
	assert_true(bench_do(b, &hold));
	command_finish(&hold);
	bench_lose(b); /* Or a notice would tell of it, and all be drawn. */
	surface_init(&s, 100, 15);
	b->mono_ms += 59000;
	bench_apply(b, (struct app_event){.type = APP_TICK});
	b->mono_ms += 500;
	bench_apply(b, (struct app_event){.type = APP_TICK});
	struct ui_drawn drawn = ui_draw(&b->app, &s);
	b->mono_ms += 1000;
	bench_apply(b, (struct app_event){.type = APP_TICK});
	assert_true(b->app.still);
	ui_draw_again(&b->app, &s, &drawn);
	assert_as_whole(b, &s);
	surface_finish(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(the_screen_is_right_each_second),
		BENCH_TEST(the_screen_of_a_supervisor_is_right_each_second),
		BENCH_TEST(the_screen_of_a_desk_is_right_each_second),
		BENCH_TEST(an_age_is_told_when_its_minute_is_over),
		BENCH_TEST(what_is_told_by_our_clock_is_drawn_by_it),
		BENCH_TEST(a_picture_looks_old_from_when_it_is),
		BENCH_TEST(nothing_of_what_was_there_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
