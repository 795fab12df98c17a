/* A trainer before several trainees: whom they look at, and of whom they ask something. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

static struct training told;

/* A trainer's console is told of so many trainees, t0, t1 ...; it looks at one. */
static void tell(struct bench *b, size_t count, const char *looks_at) {
	memset(&told, 0, sizeof(told));
	told = (struct training){
		.on = true, .followed = true, .speed_percent = 100, .several = true};
	for (size_t i = 0; i < count; i++) {
		snprintf(told.persons[i].name, TRAINING_NAME_SIZE, "t%zu", i);
		told.persons[i].linked = true;
	}
	told.persons_len = count;
	text_copy(told.trainee, sizeof(told.trainee), looks_at);
	bench_apply(b, (struct app_event){.type = APP_TRAINING, .training = &told});
}

static void begin(struct bench *b, size_t count, const char *looks_at) {
	bench_connect(b, ROLE_TRAINER);
	b->app.mode = MODE_EXERCISE;
	tell(b, count, looks_at);
}

static const struct effect *asked(const struct bench *b, enum training_ask ask, bool all) {
	const struct effect *effect = &b->last[EFFECT_TRAINING];
	assert_int_equal(effect->ask, ask);
	assert_true(effect->all == all);
	return effect;
}

static void one_is_chosen_out_of_the_list(void **state) {
	struct bench *b = *state;
	begin(b, 3, "t1");
	bench_key(b, 'L');
	assert_int_equal(b->app.modal.type, MODAL_CLASS);
	assert_int_equal(b->app.modal.scroll, 1);
	bench_type(b, "jjj");
	assert_int_equal(b->app.modal.scroll, 2);
	bench_type(b, "kkkk");
	assert_int_equal(b->app.modal.scroll, 0);
	bench_type(b, "G");
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_string_equal(asked(b, TRAINING_TRAINEE, false)->text, "t2");
	assert_int_equal(b->count[EFFECT_TRAINING], 1);
	bench_key(b, 'L');
	bench_key(b, KEY_CODE_ESCAPE);
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	bench_line(b, "class");
	bench_type(b, "q");
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_int_equal(b->count[EFFECT_TRAINING], 1);
}

static void who_is_chosen_is_one_of_those_who_are_there(void **state) {
	struct bench *b = *state;
	begin(b, 5, "t4");
	bench_key(b, 'L');
	assert_int_equal(b->app.modal.scroll, 4);
	tell(b, 2, "t0");
	assert_int_equal(b->app.modal.scroll, 1);
	tell(b, 0, "-");
	bench_key(b, KEY_CODE_ENTER);
	assert_int_equal(b->count[EFFECT_TRAINING], 0);
	/* It is looked at: it asks nothing, does not expire and holds no order. */
	assert_false(app_is_frozen(&b->app));
	bench_pass(b, 600000);
	assert_int_equal(b->app.modal.type, MODAL_CLASS);
}

static void something_is_asked_of_one_or_of_all(void **state) {
	struct bench *b = *state;
	begin(b, 2, "t0");
	bench_line(b, "say Halo semua");
	assert_string_equal(asked(b, TRAINING_SAY, false)->text, "Halo semua");
	bench_line(b, "say! Halo semua");
	assert_string_equal(asked(b, TRAINING_SAY, true)->text, "Halo semua");
	bench_line(b, "inject! flood");
	assert_string_equal(asked(b, TRAINING_RAISE, true)->text, "flood");
	bench_line(b, "pause!");
	asked(b, TRAINING_PAUSE, true);
	bench_key(b, 'P');
	asked(b, TRAINING_PAUSE, false);
	bench_line(b, "trainee t1 ");
	assert_string_equal(asked(b, TRAINING_TRAINEE, false)->text, "t1");
	int count = b->count[EFFECT_TRAINING];
	bench_line(b, "trainee");
	assert_non_null(strstr(b->app.notice.text, "training-trainee NAME"));
	bench_line(b, "trainee! t1");
	assert_non_null(strstr(b->app.notice.text, "no command \"trainee!\""));
	bench_line(b, "goto! C4");
	assert_non_null(strstr(b->app.notice.text, "no command \"goto!\""));
	bench_line(b, "!");
	assert_non_null(strstr(b->app.notice.text, "no command \"!\""));
	assert_int_equal(b->count[EFFECT_TRAINING], count);
	assert_false(b->quit);
	bench_line(b, "quit!");
	assert_true(b->quit);
}

static void names_are_completed(void **state) {
	struct bench *b = *state;
	struct candidate out[8];
	begin(b, 3, "t0");
	assert_int_equal(command_complete(&b->app, "trainee t", out, ARRAY_LEN(out)), 3);
	assert_string_equal(out[2].text, "t2");
	assert_int_equal(command_complete(&b->app, "inject! flo", out, ARRAY_LEN(out)), 1);
	assert_string_equal(out[0].text, "flood");
}

static void where_there_is_one_there_is_no_class(void **state) {
	struct bench *b = *state;
	begin(b, 0, "ayu");
	told.several = false;
	bench_apply(b, (struct app_event){.type = APP_TRAINING, .training = &told});
	bench_key(b, 'L');
	assert_int_equal(b->app.modal.type, MODAL_NONE);
	assert_non_null(strstr(b->app.notice.text, "no class"));
	bench_line(b, "pause!");
	assert_non_null(strstr(b->app.notice.text, "no command"));
	assert_int_equal(b->count[EFFECT_TRAINING], 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		BENCH_TEST(one_is_chosen_out_of_the_list),
		BENCH_TEST(who_is_chosen_is_one_of_those_who_are_there),
		BENCH_TEST(something_is_asked_of_one_or_of_all),
		BENCH_TEST(names_are_completed),
		BENCH_TEST(where_there_is_one_there_is_no_class),
	};
	return cmocka_run_group_tests_name("app_class", tests, NULL, NULL);
}
