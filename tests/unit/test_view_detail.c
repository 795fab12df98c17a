/* What an operator reads of one incident, in panes as narrow as they come. */
#include "shown.h"

#define NARROW 50
#define WIDE   77

/* A new alarm: all that a decision needs is in sight in the smallest pane there is. */
static void test_a_new_alarm_at_a_glance(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	struct incident *inc = call_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0, "+62 800-555-0101");
	inc->mode = MODE_EXERCISE;
	inc->alarms[0].accuracy_m = 12;
	at(&t, 6);
	draw(&t, NARROW, 11);
	assert_shows(&t, "P1 #1 FIRE  NEW <1m   EXERCISE");
	assert_shows(&t, "not acknowledged 0:05 of 0:10");
	assert_shows(&t, "Gladag");
	assert_shows(&t, "G6  within 12 m  -7.57220, 110.82890");
	assert_shows(&t, "not verified, ring +62 800-555-0101");
	assert_shows(&t, "camera Balaikota 220 m N 000 ok");
	assert_shows(&t, "F2 DAMKAR     not sent");
	assert_shows(&t, "F3 PSC119     not sent");
	assert_shows(&t, "Sri +62 800-555-0101");
	assert_before(&t, "not acknowledged", "Gladag");
	at(&t, 71);
	draw(&t, NARROW, 11);
	assert_shows(&t, "OVERDUE 1:00  not acknowledged");
	end(&t);
}

/* Who goes, who was not asked, who said no and why; whom to ring where nobody sits. */
static void test_every_agency_has_its_line(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	raise_one(&t, 1, KIND_MEDICAL, PRIORITY_P1, 0);
	act(&t, ACTION_ACKNOWLEDGE, 1, "", 1);
	act(&t, ACTION_VERIFY, 1, "", 2);
	act(&t, ACTION_DISPATCH, 1, "psc119", 10);
	deliver(&t, "psc119", 11);
	at(&t, 52);
	draw(&t, NARROW, 20);
	assert_shows(&t, "verified 22:13 by call back  with rina");
	assert_shows(&t, "not accepted PSC119 0:40 of 1:00");
	assert_shows(&t, "F3 PSC119     delivered <1m");
	assert_shows(&t, "F4 POLRES     not sent  by phone 110");
	act_by(&t, ACTION_DECLINE, 1, "psc119", "meja", "semua unit keluar", 60);
	registry_agency(&t.app.world.registry, "damkar")->desk = DESK_OFFLINE;
	act(&t, ACTION_DISPATCH, 1, "damkar", 70);
	at(&t, 200);
	draw(&t, NARROW, 20);
	assert_shows(&t, "F3 PSC119     DECLINED 2m  semua unit keluar");
	assert_shows(&t, "F2 DAMKAR     requested 2m  OFFLINE 113");
	/* Asked again: the line says how it is now, the one below how it was. */
	act(&t, ACTION_DISPATCH, 1, "psc119", 190);
	draw(&t, NARROW, 20);
	assert_shows(&t, "F3 PSC119     requested <1m");
	assert_shows(&t, "before: DECLINED 22:14");
	assert_shows(&t, "semua unit keluar");
	/* Nobody is asked for what is over. */
	act(&t, ACTION_RESOLVE, 1, "", 210);
	draw(&t, NARROW, 20);
	assert_lacks(&t, "not sent");
	assert_shows(&t, "P1 #1 MEDICAL  RESOLVED");
	end(&t);
}

static void test_who_has_it_and_who_looks(void **state) {
	struct shown t;
	struct viewer there[2] = {{.who = {"budi", "desk3"}}, {.who = {"rina", "desk1"}}};
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	act_by(&t, ACTION_ACKNOWLEDGE, 1, "", "ayu", NULL, 1);
	text_copy(there[0].open, UUID_SIZE, city_id(1));
	text_copy(there[1].open, UUID_SIZE, city_id(1));
	at(&t, 10);
	draw(&t, NARROW, 20);
	assert_shows(&t, "with ayu");
	assert_lacks(&t, "also open");
	struct effects fx = {0};
	app_apply(&t.app,
		&(struct app_event){.type = APP_PRESENCE,
			.mono_ms = T0 + 10000,
			.wall_ms = T0 + 10000,
			.viewers = there,
			.viewers_len = 2},
		&fx);
	effects_finish(&fx);
	at(&t, 57);
	draw(&t, NARROW, 20);
	assert_shows(&t, "also open: budi@desk3");
	assert_shows(&t, "with ayu its console is gone 0:45");
	act_by(&t, ACTION_CLAIM, 1, "", "rina", "ayu pulang", 60);
	text_copy(world_incident(&t.app.world, city_id(1))->claim.position, WHO_SIZE, "desk1");
	draw(&t, NARROW, 20);
	assert_shows(&t, "with you");
	act(&t, ACTION_RELEASE, 1, "", 61);
	draw(&t, NARROW, 20);
	assert_shows(&t, "nobody has it");
	act(&t, ACTION_HOLD, 1, "", 70);
	at(&t, 190);
	draw(&t, NARROW, 20);
	assert_shows(&t, "on hold until 22:24, 8m left");
	end(&t);
}

/* The same fire, twice: the one that came first takes the other's callers in, each still told. */
static void test_likely_and_merged_duplicates(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	call_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0, "+62 812 555 0101");
	struct incident *inc = call_one(&t, 2, KIND_FIRE, PRIORITY_P1, 120, "0812-555-0101");
	inc->alarms[0].note = mem_dup_str("asap tebal");
	at(&t, 130);
	draw(&t, NARROW, 20);
	assert_shows(&t, "like #1 FIRE NEW, 0 m, 2m earlier, same caller");
	assert_shows(&t, "  = joins");
	/* What stands there as likely the same is not told again as the past. */
	assert_lacks(&t, "this phone:");
	struct command cmd = city_command(&t.app.world, ACTION_MERGE, city_id(2), "rina");
	struct refusal no;
	text_copy(cmd.other, sizeof(cmd.other), city_id(1));
	assert_true(city_do(&t.app.world, &cmd, &no));
	draw(&t, NARROW, 20);
	assert_shows(&t, "merged into #1");
	text_copy(t.app.selected, UUID_SIZE, city_id(1));
	draw(&t, NARROW, 20);
	assert_shows(&t, "CALLERS 2");
	assert_shows(&t, "0812-555-0101  of #2");
	assert_shows(&t, "asap tebal");
	end(&t);
}

static void test_what_is_known_of_caller_and_place(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	call_one(&t, 1, KIND_UNKNOWN, PRIORITY_P1, 0, "081255501 01");
	act(&t, ACTION_REJECT, 1, "", 5);
	raise_one(&t, 2, KIND_FLOOD, PRIORITY_P1, 60);
	act(&t, ACTION_ACKNOWLEDGE, 2, "", 61);
	call_one(&t, 3, KIND_FIRE, PRIORITY_P1, 7200, "0812 555 0101");
	at(&t, 7260);
	draw(&t, NARROW, 20);
	assert_shows(&t, "this phone: #1 prank 2h ago");
	assert_shows(&t, "this place: #2 FLOOD 2h ago #1 prank 2h ago");
	end(&t);
}

/* A caller whose telephone had no link for a while, who then pressed cancel. */
static void test_late_and_withdrawn_calls_say_so(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	struct incident *inc = raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 600);
	inc->alarms[0].occurred_at_ms = T0;
	inc->alarms[0].withdrawn = true;
	inc->alarms[0].accuracy_m = 1500;
	at(&t, 610);
	draw(&t, NARROW, 20);
	assert_shows(&t, "LATE: pressed 22:13:20,");
	assert_shows(&t, "received 22:23:20");
	assert_shows(&t, "asked to cancel");
	assert_shows(&t, "no number");
	assert_shows(&t, "within 1500 m");
	/* Whom callers are kept from is not told that there is none. */
	t.app.role = ROLE_OBSERVER;
	inc->alarms[0].caller_name[0] = '\0';
	draw(&t, NARROW, 20);
	assert_shows(&t, "22:23:20 - -");
	assert_lacks(&t, "no n");
	assert_lacks(&t, "F2 DAMKAR");
	assert_shows(&t, "   DAMKAR     not sent");
	end(&t);
}

/* A desk is told who goes; sending is not for it. */
static void test_a_desk_sees_who_goes(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	act(&t, ACTION_ACKNOWLEDGE, 1, "", 1);
	act(&t, ACTION_DISPATCH, 1, "damkar", 2);
	t.app.role = ROLE_AGENCY;
	text_copy(t.app.agency, AGENCY_ID_SIZE, "damkar");
	at(&t, 3);
	draw(&t, NARROW, 20);
	assert_shows(&t, "DAMKAR     requested");
	assert_lacks(&t, "not sent");
	assert_lacks(&t, "F2");
	end(&t);
}

static void test_a_note_that_was_begun_is_there(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	text_copy(t.app.drafts[2].incident, UUID_SIZE, city_id(1));
	text_copy(t.app.drafts[2].text, APP_TEXT_MAX, "pintu belakang");
	draw(&t, NARROW, 20);
	assert_shows(&t, "note begun: pintu belakang  e goes on");
	end(&t);
}

/* The newest line is the lowest; the end can be reached, and one step back is one step back. */
static void test_scrolling_stops_at_the_end(void **state) {
	struct shown t;
	struct effects fx = {0};
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	for (int i = 0; i < 30; i++) {
		char note[32];
		snprintf(note, sizeof(note), "catatan %d.", i);
		act_by(&t, ACTION_NOTE, 1, "", "rina", note, 10 + i);
	}
	draw(&t, NARROW, 12);
	assert_true(t.drawn.detail_most > 20);
	for (int i = 0; i < 200; i++) {
		app_apply(&t.app,
			&(struct app_event){.type = APP_DRAWN,
				.mono_ms = T0,
				.detail_most = t.drawn.detail_most},
			&fx);
		app_apply(&t.app, &(struct app_event){.type = APP_KEY, .mono_ms = T0, .key = 'j'},
			&fx);
	}
	draw(&t, NARROW, 12);
	assert_shows(&t, "catatan 29.");
	assert_lacks(&t, "more");
	app_apply(&t.app, &(struct app_event){.type = APP_KEY, .mono_ms = T0, .key = 'k'}, &fx);
	draw(&t, NARROW, 12);
	assert_lacks(&t, "catatan 29.");
	assert_shows(&t, "catatan 28.");
	assert_shows(&t, " 1 more ");
	/* What grew shorter is scrolled to its end, not past it. */
	app_apply(&t.app, &(struct app_event){.type = APP_DRAWN, .mono_ms = T0, .detail_most = 3},
		&fx);
	assert_int_equal(t.app.detail_scroll, 3);
	effects_finish(&fx);
	end(&t);
}

/* Long words, wide characters, narrow panes: nothing is lost between the lines. */
static void test_long_texts_are_broken_not_cut(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t, PANE_DETAIL);
	struct incident *inc = raise_one(&t, 1, KIND_FIRE, PRIORITY_P1, 0);
	inc->alarms[0].note = mem_dup_str("satu dua tiga empat lima enam tujuh delapan sembilan "
					  "sepuluh sebelas dua belas tiga belas empat belas");
	text_copy(inc->place, sizeof(inc->place),
		"火火火火火火火火火火火火火火火火火火火火火火火火火火火火火 ujung");
	draw(&t, WIDE, 30);
	assert_shows(
		&t, "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua");
	assert_shows(&t, "  belas tiga belas empat belas");
	draw(&t, 30, 40);
	assert_shows(&t, "ujung");
	assert_shows(&t, "empat belas");
	for (int cols = 1; cols < 30; cols++) {
		draw(&t, cols, 60);
	}
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_alarm_at_a_glance),
		cmocka_unit_test(test_every_agency_has_its_line),
		cmocka_unit_test(test_who_has_it_and_who_looks),
		cmocka_unit_test(test_likely_and_merged_duplicates),
		cmocka_unit_test(test_what_is_known_of_caller_and_place),
		cmocka_unit_test(test_late_and_withdrawn_calls_say_so),
		cmocka_unit_test(test_a_desk_sees_who_goes),
		cmocka_unit_test(test_a_note_that_was_begun_is_there),
		cmocka_unit_test(test_scrolling_stops_at_the_end),
		cmocka_unit_test(test_long_texts_are_broken_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
