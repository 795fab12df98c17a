#include "map_city.h"

static void test_the_grid_shows_the_worst_of_each_cell(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	(void)raise_at(&t, 1, PRIORITY_P1, true, 130000, 230000);
	(void)raise_at(&t, 2, PRIORITY_P3, false, 140000, 220000);
	(void)raise_at(&t, 3, PRIORITY_P4, false, 10000, 10000);
	(void)raise_at(&t, 4, PRIORITY_P2, true, 350000, 700000);
	raise_at(&t, 5, PRIORITY_P1, false, 350000, 10000)->state = INCIDENT_CLOSED;
	choose(&t, 3);
	draw(&t, 34, 7, true);
	expect(&t, "+- 2 MAP ------------------------+\n"
		   "|  A  B  C  D  E  F  G  H        |\n"
		   "|1 .  .  .  .  .  .  .  2*       |\n"
		   "|2 .  .  .  .  .  .  .  .        |\n"
		   "|3 .  .  1* .  .  .  .  .        |\n"
		   "|4[4] .  .  .  .  .  .  .        |\n"
		   "+-A4: >#3 P4 FIRE ACK; no camera-+\n");
	draw(&t, 60, 9, false);
	expect(&t, "┌─ 2 MAP ──────────────────────────────────────────────────┐\n"
		   "│  A     B     C     D     E     F     G     H             │\n"
		   "│1 ·     ·     ·     ·     ·     ·     ·     2*            │\n"
		   "│2 ·     ·     ·     ·     ·     ·     ·     ·             │\n"
		   "│3 ·     ·     1*+1  ·     ·     ·     ·     ·             │\n"
		   "│4[4]    ·     ·     ·     ·     ·     ·     ·             │\n"
		   "│                                                          │\n"
		   "│A4: >#3 P4 FIRE ACK; no camera                            │\n"
		   "└──────────────────────────────────────────────────────────┘\n");
	t.app.map.all_cameras = true;
	draw(&t, 60, 9, true);
	expect(&t, "+- 2 MAP --------------------------------------------------+\n"
		   "|  A     B     C     D     E     F     G     H             |\n"
		   "|1 .     .     .     .     .     .     .     2*            |\n"
		   "|2 .     .     . x1  . x1  .     .     .     .             |\n"
		   "|3 .     .     1*+1  . o1  .     .     .     .             |\n"
		   "|4[4]    .     .     .     .     .     .     .             |\n"
		   "|                                                          |\n"
		   "|A4: >#3 P4 FIRE ACK; no camera                            |\n"
		   "+----------------------------------------------------------+\n");
	end(&t);
}

static void test_streets_in_each_style(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	(void)raise_at(&t, 1, PRIORITY_P1, true, 130000, 230000);
	(void)raise_at(&t, 2, PRIORITY_P3, false, 250000, 500000);
	choose(&t, 1);
	t.app.map.style = MAP_STYLE_BRAILLE;
	draw(&t, 44, 14, false);
	expect(&t, "┌─ 2 MAP ──────────────────────────────────┐\n"
		   "│  ╷ A  ╷ B  ╷ C  ╷ D  ╷ E ╷  F ╷  G ╷  H  │\n"
		   "│  ⢨⠁⠉⠉⠁⢹⠈⠁⠉⠉⠁⠉⠈⠁⠉⠉⠁⠉⠈⠁⠯⡈⠁⠉⠈⠁⠉⠈⠁⠉⠈⠁⠉⠈⠁⠉⠈⠁⠉⠆│\n"
		   "│1 ⢰    ⢠              ⠄⠘⢄                ⡃│\n"
		   "│  ⢘    ⠘              ⠄  ⠣⡀              ⡅│\n"
		   "│2 ⢨    ⢸            ✕ ⠄   ⠈⢆ 3           ⠆│\n"
		   "│  ⢰    ⢠        ◐     ⠄     ⠱⡀           ⡃│\n"
		   "│  ⢘⠉⠉⠉⠉ 500 m ⠉⠉⠙⠍⠉○ Gladag ⠉⢹⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⡅│\n"
		   "│3 ⢨    ⢸     [1*] #1 FIRE    ⢸           ⠆│\n"
		   "│  ⢰    ⢠     ⠑⠄⠔⠐     ⠄      ⢸           ⡃│\n"
		   "│4 ⢘    ⠘              ⠄      ⢸           ⡅│\n"
		   "│  ├────────┤ 2 km ⣀⣀⢀⡀⣄⢀⡀⣀⢀⡀⣀⢸⡀⣀⢀⡀⣀⢀⡀⣀⢀⡀⣀⠆│\n"
		   "│C3: >#1 P1 FIRE NEW; no camera            │\n"
		   "└──────────────────────────────────────────┘\n");
	t.app.map.style = MAP_STYLE_HALF;
	draw(&t, 44, 14, false);
	expect(&t, "┌─ 2 MAP ──────────────────────────────────┐\n"
		   "│   ╷ A ╷  B ╷ C  ╷ D  ╷ E ╷  F ╷ G  ╷ H   │\n"
		   "│   █▀▀▀ █▀ ▀▀ ▀▀▀▀▀ ▀▀█▀▀ ▀▀ ▀▀ ▀▀ ▀▀ ▀▀▄ │\n"
		   "│1  ▄                  ▀▀▄               ▀ │\n"
		   "│   ▀    █                █              █ │\n"
		   "│2  █    █           ✕ ▀   ▀▄ 3          ▄ │\n"
		   "│   ▄            ◐           █           ▀ │\n"
		   "│   █▀▀▀▀ Laweyan ▀▀○ Gladag ▀█▀▀▀▀▀▀▀▀▀▀█ │\n"
		   "│3  █    █   ▄ [1*] #1 FIRE   █          ▄ │\n"
		   "│   ▄         ▀▄▀ ▀    ▀      █          ▀ │\n"
		   "│4  ▀    █                    █          █ │\n"
		   "│  ├───────┤ 2 km  ▄▄ ▄█ ▄▄ ▄▄█▄▄ ▄▄ ▄▄ ▄▄ │\n"
		   "│C3: >#1 P1 FIRE NEW; no camera            │\n"
		   "└──────────────────────────────────────────┘\n");
	t.app.map.style = MAP_STYLE_ASCII;
	draw(&t, 44, 14, true);
	expect(&t, "+- 2 MAP ----------------------------------+\n"
		   "|    | A | B  | C | D  | E | F |  G | H    |\n"
		   "|    .....#............\\.................  |\n"
		   "|1   .    #            .\\               .  |\n"
		   "|    .    #            . \\\\             .  |\n"
		   "|2   .    #          x .   \\ 3          .  |\n"
		   "|    .    #      ~     .    \\\\          .  |\n"
		   "|    ----- Laweyan --o Gladag -----------  |\n"
		   "|3   .    #    [1*] #1 FIRE  |          .  |\n"
		   "|    .    #   :::::    .     |          .  |\n"
		   "|4   .    #            .     |          .  |\n"
		   "|  |-------| 2 km ...........|...........  |\n"
		   "|C3: >#1 P1 FIRE NEW; no camera            |\n"
		   "+------------------------------------------+\n");
	zoom_to(&t, 2);
	draw(&t, 44, 14, true);
	expect(&t, "+- 2 MAP x4 -------------------------------+\n"
		   "|       B    |        C       |     D      |\n"
		   "|  ------ Laweyan -::: 500 m --------------|\n"
		   "|               :::        :::             |\n"
		   "|              ::            ::            |\n"
		   "|             :                : Gladag o  |\n"
		   "|3            :                :           |\n"
		   "|             :       [1*] #1 FIRE         |\n"
		   "|             :                :           |\n"
		   "|              ::            ::            |\n"
		   "|               :::        :::      -------|\n"
		   "|4 |-------| 500 m ::::::::                |\n"
		   "|C3: >#1 P1 FIRE NEW; no camera            |\n"
		   "+------------------------------------------+\n");
	end(&t);
}

static int open_count(const struct shown *t) {
	int count = 0;
	const struct incident *inc = t->app.world.incidents;
	for (; inc != NULL; inc = inc->hh.next) {
		count += incident_is_open(inc);
	}
	return count;
}

/* Adds up what the marks say: "1*+2" are three incidents. *fresh: some mark has its star. */
static int count_marks(const struct shown *t, bool *fresh) {
	int count = 0;
	*fresh = false;
	for (int row = 0; row < t->s.rows; row++) {
		int more = -1;
		for (int col = 0; col < t->s.cols; col++) {
			const struct cell *cell = surface_cell(&t->s, col, row);
			uint32_t glyph = cell->glyph[0];
			bool mark = cell->role >= UI_P1 && cell->role <= UI_P4;
			if (mark && glyph == '+') {
				more = 0;
			} else if (mark && more >= 0 && glyph >= '0' && glyph <= '9') {
				more = more * 10 + (int)(glyph - '0');
			} else if (mark) {
				count++;
			} else if (cell->role == UI_UNACK) {
				assert_int_equal(glyph, '*');
				*fresh = true;
			}
			if ((!mark || col + 1 == t->s.cols) && more >= 0) {
				count += more;
				more = -1;
			}
		}
	}
	return count;
}

/* Many incidents, some on one spot, among cameras and names: none is covered or left out. */
static void test_no_incident_is_ever_covered(void **state) {
	static const struct rect sizes[] = {{0, 0, 30, 11}, {0, 0, 46, 21}, {0, 0, 120, 40}};
	struct shown t;
	uint32_t dice = 7;
	bool fresh;
	UNUSED(state);
	begin(&t);
	for (int n = 1; n <= 40; n++) {
		dice = dice * 1664525u + 1013904223u;
		(void)raise_at(&t, n, (enum priority)(dice >> 8 & 3), (dice >> 12 & 7) == 0,
			(int32_t)(dice >> 16 & 0xff) * 1400, (int32_t)(dice >> 24) * 2800);
		add_place(&t.app.world.registry, "Nama tempat", (int32_t)(dice >> 16 & 0xff) * 1400,
			(int32_t)(dice >> 24) * 2800);
		add_camera(&t.app.world.registry, "kamera", CAMERA_OK,
			(int32_t)(dice >> 16 & 0xff) * 1400, (int32_t)(dice >> 24) * 2800);
	}
	choose(&t, 5);
	t.app.map.all_cameras = true;
	for (int style = MAP_STYLE_BRAILLE; style < MAP_STYLE_COUNT; style++) {
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			t.app.map.style = (enum map_style)style;
			draw(&t, sizes[i].cols, sizes[i].rows, false);
			assert_int_equal(count_marks(&t, &fresh), open_count(&t));
			assert_true(fresh);
		}
	}
	t.app.map.style = MAP_STYLE_GRID;
	draw(&t, 120, 40, false);
	assert_int_equal(count_marks(&t, &fresh), open_count(&t));
	assert_true(fresh);
	end(&t);
}

/* Wherever it is, whatever is pressed: while the map follows, the selected incident is on it. */
static void test_the_selected_incident_is_always_visible(void **state) {
	static const struct position places[] = {
		{0, 0}, {360000, 720000}, {180000, 360000}, {359999, 1}, {900000, -500000}};
	static const struct rect sizes[] = {{0, 0, 24, 8}, {0, 0, 46, 21}, {0, 0, 150, 30}};
	struct shown t;
	UNUSED(state);
	begin(&t);
	struct incident *inc = raise_at(&t, 1, PRIORITY_P4, false, 0, 0);
	(void)raise_at(&t, 2, PRIORITY_P1, true, 170000, 350000);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		inc->at = places[i];
		choose(&t, 1);
		for (int zoom = 0; zoom <= 5; zoom++) {
			for (int style = 1; style < MAP_STYLE_COUNT; style++) {
				t.app.map.style = (enum map_style)style;
				zoom_to(&t, zoom);
				draw(&t, sizes[zoom % 3].cols, sizes[zoom % 3].rows, false);
				if (zoom > 0 || i + 1 < ARRAY_LEN(places)) {
					bool alone = strstr(t.out.data, "[4]") != NULL;
					assert_true(alone || strstr(t.out.data, "[1*+1]") != NULL);
					continue;
				}
				/* Off the map there is no place for it: the words say where. */
				draw(&t, 80, 20, false);
				assert_shows(&t, ">#1 P4 FIRE ACK: off the map, 12.5 km NW of "
						 "its middle");
			}
		}
	}
	end(&t);
}

static void test_another_selection_moves_a_following_view(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	(void)raise_at(&t, 1, PRIORITY_P1, true, 300000, 60000);
	(void)raise_at(&t, 2, PRIORITY_P2, false, 40000, 650000);
	t.app.map.style = MAP_STYLE_BRAILLE;
	choose(&t, 1);
	zoom_to(&t, 3);
	draw(&t, 60, 20, false);
	assert_shows(&t, "[1*]");
	choose(&t, 2);
	draw(&t, 60, 20, false);
	assert_shows(&t, "[2]");
	/* What is left behind is said, as it waits for somebody. */
	assert_shows(&t, "out of view: P1 1, new 1");
	map_view_pan(&t.app.map, -1, 0, &t.app.world.registry.grid, &app_selected(&t.app)->at);
	choose(&t, 1);
	draw(&t, 60, 20, false);
	assert_lacks(&t, "[1*]");
	map_view_centre(&t.app.map, &app_selected(&t.app)->at);
	draw(&t, 60, 20, false);
	assert_shows(&t, "[1*]");
	end(&t);
}

/* Names give way to each other and to marks; the selected incident's goes first. */
static void test_labels_do_not_overlap(void **state) {
	static const char *const names[] = {"AAAAAAAA", "BBBBBBBB", "CCCCCCCC", "DDDDDDDD"};
	struct shown t;
	UNUSED(state);
	begin(&t);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		add_place(&t.app.world.registry, names[i], 180000, 340000 + (int32_t)i * 9000);
	}
	(void)raise_at(&t, 1, PRIORITY_P1, true, 180000, 350000);
	(void)raise_at(&t, 2, PRIORITY_P2, false, 180000, 370000);
	choose(&t, 1);
	for (int style = MAP_STYLE_BRAILLE; style < MAP_STYLE_COUNT; style++) {
		t.app.map.style = (enum map_style)style;
		for (int zoom = 0; zoom < 5; zoom++) {
			zoom_to(&t, zoom);
			draw(&t, 70, 22, false);
			assert_shows(&t, "#1 FIRE");
			for (size_t i = 0; i < ARRAY_LEN(names); i++) {
				const char letter[] = {names[i][0], names[i][1], '\0'};
				if (strstr(t.out.data, letter) != NULL) {
					assert_shows(&t, names[i]);
				}
			}
		}
	}
	/* The same name twice is written once. */
	zoom_to(&t, 0);
	add_place(&t.app.world.registry, "Keraton", 320000, 600000);
	draw(&t, 100, 40, false);
	const char *first = strstr(t.out.data, "Keraton");
	assert_non_null(first);
	assert_null(strstr(first + 1, "Keraton"));
	end(&t);
}

static void test_streets_have_names_when_it_is_close(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	struct incident *inc = raise_at(&t, 1, PRIORITY_P1, true, 110000, 400000);
	choose(&t, 1);
	t.app.map.style = MAP_STYLE_ASCII;
	draw(&t, 80, 30, true);
	assert_shows(&t, "Laweyan");
	assert_lacks(&t, "Jl. Kecil");
	zoom_to(&t, 3);
	draw(&t, 80, 30, true);
	assert_shows(&t, "Jl. Kecil");
	inc->at.lat_e7 = 150000;
	zoom_to(&t, 2);
	draw(&t, 80, 30, true);
	assert_shows(&t, "Jl. Slamet Riyadi");
	end(&t);
}

static void test_cameras_show_their_status(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	t.app.map.style = MAP_STYLE_BRAILLE;
	/* Nothing is selected: no camera is near, and they are drawn only when asked for. */
	draw(&t, 60, 20, false);
	assert_lacks(&t, "○");
	t.app.map.all_cameras = true;
	draw(&t, 60, 20, false);
	assert_shows(&t, "○");
	assert_shows(&t, "◐");
	assert_shows(&t, "✕");
	/* An incident on the camera's place hides it, never the other way round. */
	(void)raise_at(&t, 1, PRIORITY_P3, false, 150000, 320000);
	draw(&t, 60, 20, false);
	assert_lacks(&t, "○");
	assert_shows(&t, "3");
	end(&t);
}

static void test_the_grid_comes_closer_too(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	(void)raise_at(&t, 1, PRIORITY_P3, true, 130000, 230000);
	(void)raise_at(&t, 2, PRIORITY_P1, false, 140000, 220000);
	choose(&t, 1);
	zoom_to(&t, 1);
	draw(&t, 60, 16, true);
	assert_shows(&t, "1*+1");
	assert_shows(&t, "1 #2 FIRE");
	assert_shows(&t, "3*#1 FIRE");
	zoom_to(&t, 5);
	draw(&t, 60, 16, true);
	assert_shows(&t, "3*#1 FIRE");
	end(&t);
}

static void test_an_ascii_screen_gets_nothing_else(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	add_place(&t.app.world.registry, "Caf\xc3\xa9 \xe7\x81\xab", 300000, 300000);
	struct incident *inc = raise_at(&t, 1, PRIORITY_P1, true, 130000, 230000);
	UNUSED(inc);
	choose(&t, 1);
	for (int all = 0; all < 2; all++) {
		t.app.map.all_cameras = all == 1;
		for (int style = 0; style < MAP_STYLE_COUNT; style++) {
			for (int zoom = 0; zoom < 5; zoom++) {
				t.app.map.style = (enum map_style)style;
				zoom_to(&t, zoom);
				draw(&t, 90, 24, true);
				for (const char *p = t.out.data; *p != '\0'; p++) {
					assert_true((unsigned char)*p < 0x80);
				}
			}
		}
	}
	t.app.map.style = MAP_STYLE_HALF;
	zoom_to(&t, 0);
	draw(&t, 90, 24, true);
	assert_shows(&t, "Caf? ??");
	end(&t);
}

/* With sanitizers: nothing is written outside, whatever the pane's size. */
static void test_any_size_can_be_drawn(void **state) {
	struct shown t;
	UNUSED(state);
	begin(&t);
	for (int n = 1; n < 20; n++) {
		(void)raise_at(&t, n, (enum priority)(n % 4), n % 3 == 0, 19000 * n, 37000 * n);
	}
	choose(&t, 1);
	for (int cols = 1; cols <= 60; cols += cols < 30 ? 1 : 15) {
		for (int rows = 1; rows <= 30; rows += rows < 14 ? 1 : 8) {
			for (int style = 0; style < MAP_STYLE_COUNT; style++) {
				t.app.map.style = (enum map_style)style;
				zoom_to(&t, (cols + rows) % 6);
				draw(&t, cols, rows, cols % 2 == 0);
			}
		}
	}
	end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_grid_shows_the_worst_of_each_cell),
		cmocka_unit_test(test_streets_in_each_style),
		cmocka_unit_test(test_no_incident_is_ever_covered),
		cmocka_unit_test(test_the_selected_incident_is_always_visible),
		cmocka_unit_test(test_another_selection_moves_a_following_view),
		cmocka_unit_test(test_labels_do_not_overlap),
		cmocka_unit_test(test_streets_have_names_when_it_is_close),
		cmocka_unit_test(test_cameras_show_their_status),
		cmocka_unit_test(test_the_grid_comes_closer_too),
		cmocka_unit_test(test_an_ascii_screen_gets_nothing_else),
		cmocka_unit_test(test_any_size_can_be_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
