/* A class before its trainer: a line of all, and the list. */
#include "shown.h"

static struct training_person *add(struct shown *t, const char *name, int64_t points) {
	struct training *training = &t->app.training;
	struct training_person *person = &training->persons[training->persons_len++];
	*person = (struct training_person){
		.at_ms = 754000, .points = points, .possible = 100, .linked = true};
	text_copy(person->name, sizeof(person->name), name);
	return person;
}

static void begin_class(struct shown *t) {
	begin(t, PANE_QUEUE);
	t->app.role = ROLE_TRAINER;
	t->app.mode = MODE_EXERCISE;
	t->app.training = (struct training){
		.on = true, .followed = true, .several = true, .speed_percent = 100};
	text_copy(t->app.training.trainee, TRAINING_NAME_SIZE, "ayu");
	text_copy(t->app.training.said, TRAINING_SAID_SIZE, "ayu, 40 of 100 points: Halo");
}

static void how_it_stands_with_each_is_below_the_first_line(void **state) {
	struct shown t;
	UNUSED(state);
	begin_class(&t);
	draw_screen(&t, 80, 24);
	assert_shows(&t, "Nobody has joined yet");
	add(&t, "ayu", 40);
	add(&t, "budi", 0)->fresh = 2;
	add(&t, "citra", 7)->linked = false;
	add(&t, "dewi", 100)->over = true;
	draw_screen(&t, 80, 24);
	assert_shows(
		&t, "\n >ayu 40/100   budi 0/100 NEW 2   citra 7/100 GONE   dewi 100/100 OVER");
	assert_shows(&t, "\n ayu, 40 of 100 points: Halo");
	/* It has a line of its own as long as anything is said at all. */
	draw_screen(&t, 60, 16);
	assert_shows(&t, "\n >ayu 40/100");
	draw_screen(&t, 40, 8);
	assert_lacks(&t, "budi");
	end(&t);
}

static void many_have_two_lines_and_the_list(void **state) {
	struct shown t;
	char name[16];
	UNUSED(state);
	begin_class(&t);
	for (int i = 0; i < TRAINING_PERSONS_MAX; i++) {
		snprintf(name, sizeof(name), "trainee-%d", i);
		add(&t, name, i);
	}
	draw_screen(&t, 80, 24);
	assert_shows(&t, "~\n ayu, 40 of 100 points");
	draw_screen(&t, 120, 40);
	assert_shows(&t, "~\n ayu, 40 of 100 points");
	t.app.modal.type = MODAL_CLASS;
	draw_screen(&t, 80, 24);
	assert_shows(&t, "TRAINEE            TIME    POINTS     NEW    OPEN   STATE");
	assert_shows(&t, " trainee-0 ");
	assert_shows(&t, " 12 more ");
	t.app.modal.scroll = TRAINING_PERSONS_MAX - 1;
	draw_screen(&t, 80, 24);
	assert_lacks(&t, " trainee-0 ");
	assert_shows(&t, " trainee-31 ");
	assert_lacks(&t, " more ");
	/* The smallest there is: no more than it can. */
	for (int rows = 1; rows < 6; rows++) {
		draw_screen(&t, 8, rows);
	}
	end(&t);
}

static void the_list_tells_time_points_and_what_waits(void **state) {
	struct shown t;
	UNUSED(state);
	begin_class(&t);
	add(&t, "ayu", 40)->open = 3;
	struct training_person *budi = add(&t, "budi", 5);
	budi->paused = true;
	budi->fresh = budi->open = 1;
	t.app.modal.type = MODAL_CLASS;
	draw_screen(&t, 80, 24);
	assert_shows(&t, ">ayu                12:34   40/100     0      3");
	assert_shows(&t, " budi               12:34   5/100      1      1      PAUSED");
	end(&t);
}

static void a_trainee_sees_that_they_are_in_a_class(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_QUEUE);
	t.app.mode = MODE_EXERCISE;
	t.app.training =
		(struct training){.on = true, .speed_percent = 100, .class = TRAINING_IN_CLASS};
	draw_screen(&t, 80, 24);
	assert_shows(&t, "TRAINING  0:00 CLASS LIVE");
	t.app.training.class = TRAINING_CLASS_LOST;
	draw_screen(&t, 80, 24);
	assert_shows(&t, "CLASS LOST");
	t.app.training.class = TRAINING_CLASS_LEFT;
	draw_screen(&t, 60, 16);
	assert_shows(&t, "TRAINING");
	assert_shows(&t, "CLASS LEFT");
	t.app.training.class = TRAINING_ALONE;
	draw_screen(&t, 80, 24);
	assert_lacks(&t, "CLASS");
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_it_stands_with_each_is_below_the_first_line),
		cmocka_unit_test(many_have_two_lines_and_the_list),
		cmocka_unit_test(the_list_tells_time_points_and_what_waits),
		cmocka_unit_test(a_trainee_sees_that_they_are_in_a_class),
	};
	return cmocka_run_group_tests_name("view_class", tests, NULL, NULL);
}
