/* Between two events only the line with the clock is drawn: what else is on the screen must be as
 * right then as if all had been drawn. */
#include "bench.h"

#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/draw.h>

#define INCIDENTS 14
#define STEPS     6000

static const char *const names[] = {"ayu", "budi", "citra"};

struct twin {
	struct bench *b;
	struct surface shown, whole; /* drawn as little as may be; all of it, each time */
	int64_t until_ms;
	int rests;
	uint32_t dice;
};

static uint32_t roll(struct twin *t, uint32_t sides) {
	t->dice = t->dice * 1664525 + 1013904223;
	return (t->dice >> 8) % sides;
}

static void draw(struct twin *t) {
	const struct app *app = &t->b->app;
	app_settle(&t->b->app);
	if (app->still && app->now_ms < t->until_ms) {
		ui_draw_clock(app, &t->shown);
		t->rests++;
	} else {
		t->until_ms = app->now_ms + ui_draw(app, &t->shown).lasts_ms;
	}
}

static void compare(struct twin *t) {
	struct buf shown = {0}, whole = {0};
	ui_draw(&t->b->app, &t->whole);
	surface_dump(&t->shown, &shown, true);
	surface_dump(&t->whole, &whole, true);
	if (strcmp(shown.data, whole.data) != 0) {
		print_error("at %lld ms is shown:\n%s\nand should be:\n%s\n",
			(long long)t->b->mono_ms, shown.data, whole.data);
		fail();
	}
	buf_finish(&shown);
	buf_finish(&whole);
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

/* Whoever sits there looks about. */
static void press(struct twin *t) {
	static const uint32_t keys[] = {'j', 'k', 'G', 'g', '\t', 'f', 's', 'z', KEY_CODE_ESCAPE,
		KEY_CODE_ESCAPE, '1', '2', '3', '4'};
	bench_key(t->b, keys[roll(t, ARRAY_LEN(keys))]);
	bench_key(t->b, KEY_CODE_ESCAPE);
}

static void happen(struct twin *t) {
	switch (roll(t, 8)) {
	case 0:
	case 1: raise_one(t); break;
	case 2:
	case 3:
	case 4: act_one(t); break;
	case 5: press(t); break;
	case 6: bench_line(t->b, roll(t, 3) == 0 ? "filter overdue" : "filter"); break;
	default: meet(t); break;
	}
	t->until_ms = 0;
}

static void pass(struct twin *t) {
	t->b->mono_ms += 1 + (int64_t)roll(t, 1999);
	bench_apply(t->b, (struct app_event){.type = APP_TICK});
	draw(t);
	compare(t);
}

static void beat(struct twin *t) {
	bench_apply(t->b, (struct app_event){.type = APP_BEAT,
				  .head = t->b->feed.head,
				  .feed_now_ms = bench_wall(t->b)});
	t->until_ms = 0;
}

static void watch(struct bench *b, int cols, int rows, uint32_t seed) {
	struct twin t = {.b = b, .dice = seed};
	surface_init(&t.shown, cols, rows);
	surface_init(&t.whole, cols, rows);
	for (int step = 0; step < STEPS; step++) {
		/* Busy minutes, and calm hours. */
		if (roll(&t, step / 300 % 2 == 0 ? 6 : 90) == 0) {
			happen(&t);
		}
		if (step % 7 == 0) {
			beat(&t);
		}
		pass(&t);
	}
	assert_true(t.rests > STEPS / 10);
	surface_finish(&t.shown);
	surface_finish(&t.whole);
}

static void the_screen_is_right_each_second(void **state) {
	struct bench *b = *state;
	bench_connect(b, ROLE_OPERATOR);
	watch(b, 120, 40, 1);
	watch(b, 80, 24, 2);
	watch(b, 200, 60, 3);
}

static void the_screen_of_a_desk_is_right_each_second(void **state) {
	struct bench *b = *state;
	text_copy(b->app.agency, sizeof(b->app.agency), "damkar");
	bench_connect(b, ROLE_SUPERVISOR);
	watch(b, 120, 40, 4);
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
	int64_t lasts_ms = ui_draw(&b->app, &s).lasts_ms;
	int64_t age_ms = bench_wall(b) - bench_incident(b, 1)->alarms[0].received_at_ms;
	assert_int_equal(lasts_ms, 60000 - age_ms % 60000);
	surface_finish(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(the_screen_is_right_each_second),
		BENCH_TEST(the_screen_of_a_desk_is_right_each_second),
		BENCH_TEST(an_age_is_told_when_its_minute_is_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
