#include "map_city.h"

static void test_an_incident_that_ended_is_shown_while_selected(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	raise_at(&t, 1, PRIORITY_P1, false, 180000, 360000)->state = INCIDENT_CLOSED;
	t.app.map.style = MAP_STYLE_BRAILLE;
	draw(&t, 60, 20, false);
	assert_lacks(&t, "[");
	choose(&t, 1);
	draw(&t, 60, 20, false);
	assert_shows(&t, "[-]");
	assert_shows(&t, "E2: >#1 P1 FIRE CLOSED");
	end(&t);
}

static void test_a_chosen_cell_is_marked_and_told(void **state) {
	struct shown t;
	struct err err;
	UNUSED(state);
	begin(&t);
	(void)raise_at(&t, 1, PRIORITY_P1, true, 130000, 230000);
	choose(&t, 1);
	assert_true(map_view_goto_cell(&t.app.map, &t.app.world.registry.grid, "d3", &err));
	for (int style = 0; style < MAP_STYLE_COUNT; style++) {
		t.app.map.style = (enum map_style)style;
		draw(&t, 70, 24, true);
		assert_shows(&t, "D3: nothing open; cameras 1");
		bool marked = false;
		for (int col = 0; col < 70; col++) {
			const struct cell *cell = surface_cell(&t.s, col, 1);
			marked = marked || (cell->reverse && cell->glyph[0] == 'D');
		}
		assert_true(marked);
	}
	end(&t);
}

static void test_a_cell_in_words(void **state) {
	char text[400], narrow[12];
	struct shown t;
	UNUSED(state);
	begin(&t);
	assert_false(map_words(&t.app, NULL, text, sizeof(text)));
	assert_string_equal(text, "no cell chosen");
	(void)raise_at(&t, 1, PRIORITY_P3, false, 130000, 230000);
	(void)raise_at(&t, 2, PRIORITY_P1, false, 130000, 230000);
	(void)raise_at(&t, 3, PRIORITY_P1, true, 130000, 230000);
	choose(&t, 1);
	assert_true(map_words(&t.app, NULL, text, sizeof(text)));
	assert_string_equal(text, "C3: #3 P1 FIRE NEW, #2 P1 FIRE ACK, >#1 P3 FIRE ACK; no camera");
	for (int n = 4; n < 12; n++) {
		(void)raise_at(&t, n, PRIORITY_P4, false, 130000, 230000);
	}
	assert_true(map_words(&t.app, "c3", text, sizeof(text)));
	assert_non_null(strstr(text, "C3: #3 P1 FIRE NEW, "));
	assert_non_null(strstr(text, " and 5 more; no camera"));
	for (size_t i = 0; i < 3; i++) {
		t.app.world.registry.cameras[i].at = (struct position){10000, 10000};
	}
	assert_true(map_words(&t.app, "A4", text, sizeof(text)));
	assert_string_equal(text, "A4: nothing open; cameras 3, stale 1, down 1");
	assert_false(map_words(&t.app, "Z9", text, sizeof(text)));
	assert_string_equal(text, "no cell \"Z9\"; the map goes from A1 to H4");
	assert_true(map_words(&t.app, "A4", narrow, sizeof(narrow)));
	assert_string_equal(narrow, "A4: nothing");
	end(&t);
}

static void test_no_map_says_so(void **state) {
	struct shown t;
	char text[100];
	UNUSED(state);
	memset(&t, 0, sizeof(t));
	app_init(&t.app);
	for (int style = 0; style < MAP_STYLE_COUNT; style++) {
		t.app.map.style = (enum map_style)style;
		draw(&t, 40, 10, false);
		assert_shows(&t, "No map yet");
	}
	assert_false(map_words(&t.app, NULL, text, sizeof(text)));
	assert_string_equal(text, "No map yet");
	assert_false(map_words(&t.app, "C4", text, sizeof(text)));
	/* Cameras alone make a grid, but no streets. */
	add_camera(&t.app.world.registry, "Gladag", CAMERA_OK, 0, 0);
	registry_index(&t.app.world.registry);
	t.app.map.style = MAP_STYLE_BRAILLE;
	draw(&t, 40, 10, false);
	assert_shows(&t, "no streets in the registry");
	end(&t);
}

static void test_an_incident_off_the_map_is_told_with_its_distance(void **state) {
	struct shown t;
	char text[200];
	UNUSED(state);
	begin(&t);
	(void)raise_at(&t, 1, PRIORITY_P4, false, 900000, -500000);
	choose(&t, 1);
	assert_true(map_words(&t.app, NULL, text, sizeof(text)));
	assert_string_equal(text, ">#1 P4 FIRE ACK: off the map, 12.5 km NW of its middle");
	end(&t);
}

static void test_a_desk_sees_what_its_agency_was_sent_to(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	struct incident *inc = raise_at(&t, 1, PRIORITY_P2, false, 130000, 230000);
	(void)raise_at(&t, 2, PRIORITY_P1, true, 130000, 240000);
	inc->dispatches = mem_alloc(1, sizeof(*inc->dispatches));
	inc->dispatches_len = 1;
	(void)text_copy(inc->dispatches[0].agency, AGENCY_ID_SIZE, "damkar");
	t.app.role = ROLE_AGENCY;
	(void)text_copy(t.app.agency, AGENCY_ID_SIZE, "damkar");
	choose(&t, 1);
	for (int style = 0; style < MAP_STYLE_COUNT; style++) {
		t.app.map.style = (enum map_style)style;
		draw(&t, 70, 24, false);
		assert_shows(&t, "C3: >#1 P2 FIRE ACK; no camera");
		assert_lacks(&t, "1*");
		zoom_to(&t, 1);
		draw(&t, 70, 24, false);
		assert_lacks(&t, "#2");
		zoom_to(&t, 5);
		draw(&t, 70, 24, false);
		assert_lacks(&t, "out of view");
		zoom_to(&t, 0);
	}
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_incident_that_ended_is_shown_while_selected),
		cmocka_unit_test(test_a_chosen_cell_is_marked_and_told),
		cmocka_unit_test(test_a_cell_in_words),
		cmocka_unit_test(test_no_map_says_so),
		cmocka_unit_test(test_an_incident_off_the_map_is_told_with_its_distance),
		cmocka_unit_test(test_a_desk_sees_what_its_agency_was_sent_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
