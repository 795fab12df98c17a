#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/filter.h>

#include "world.h"

#define MINUTE INT64_C(60000)
#define NOW    (T0 + 60 * MINUTE)

struct fixture {
	struct world world;
	struct timer_table timers;
	struct filter filter;
	const char *me;
};

static int setup(void **state) {
	struct fixture *fix = mem_alloc(1, sizeof(*fix));
	city_fill(&fix->world.registry);
	timer_table_defaults(&fix->timers);
	fix->me = "ayu";
	*state = fix;
	return 0;
}

static int teardown(void **state) {
	struct fixture *fix = *state;
	filter_finish(&fix->filter);
	world_finish(&fix->world);
	free(fix);
	return 0;
}

/* The next number: received `minutes` before NOW, north_m from Gladag. */
static struct incident *add(struct fixture *fix, enum kind kind, enum priority priority,
	enum incident_state state, int minutes, int north_m) {
	struct world *world = &fix->world;
	struct event event = {.type = EVENT_INCIDENT_RAISED, .rev = 1, .kind = kind};
	event.priority = priority;
	event.seq = world->head + 1;
	event.number = world->last_number + 1;
	event.at_ms = NOW - minutes * MINUTE;
	event.at = (struct position){-75722000 + north_m * 90, 1108289000};
	text_copy(event.place, sizeof(event.place), "Dekat Pasar Legi");
	text_copy(event.alarm.caller_name, sizeof(event.alarm.caller_name), "Sri Café");
	text_copy(event.alarm.caller_phone, sizeof(event.alarm.caller_phone), "+62 812-555-0101");
	event.alarm.note = mem_dup_str("kios terbakar, asap tebal");
	event.alarm.at = event.at;
	snprintf(event.incident, sizeof(event.incident), "00000000-0000-4000-8000-%012u",
		(unsigned)event.number);
	struct incident *inc = world_apply(world, &event);
	event_finish(&event);
	inc->state = state;
	inc->state_at_ms[state] = inc->state_at_ms[INCIDENT_NEW];
	return inc;
}

static void fill(struct fixture *fix) {
	add(fix, KIND_FIRE, PRIORITY_P1, INCIDENT_NEW, 2, 0);
	add(fix, KIND_MEDICAL, PRIORITY_P2, INCIDENT_ACKNOWLEDGED, 20, 200);
	add(fix, KIND_TRAFFIC, PRIORITY_P3, INCIDENT_VERIFIED, 30, 5000);
	add(fix, KIND_OTHER, PRIORITY_P4, INCIDENT_CLOSED, 50, 0);
}

/* An operator says better where it is. */
static void move(struct fixture *fix, const struct incident *inc, const char *place) {
	struct event event = {.type = EVENT_INCIDENT_UPDATED, .has = HAS_PLACE, .rev = inc->rev};
	event.seq = fix->world.head + 1;
	event.number = inc->number;
	text_copy(event.incident, sizeof(event.incident), inc->id);
	text_copy(event.place, sizeof(event.place), place);
	world_apply(&fix->world, &event);
}

/* Numbers of those that pass, "1 3"; an error stands there as it is. */
static const char *pass(struct fixture *fix, const char *text) {
	static char out[ERR_TEXT_MAX];
	struct err err;
	struct filter_ctx ctx = {&fix->world, &fix->timers, fix->me, NOW};
	out[0] = '\0';
	if (!filter_parse(&fix->filter, text, &err)) {
		snprintf(out, sizeof(out), "%s", err.text);
		return out;
	}
	for (const struct incident *inc = fix->world.incidents; inc != NULL; inc = inc->hh.next) {
		size_t len = strlen(out);
		if (filter_match(&fix->filter, inc, &ctx)) {
			snprintf(out + len, sizeof(out) - len, "%s%d", len > 0 ? " " : "",
				(int)inc->number);
		}
	}
	return out;
}

static void nothing_typed_hides_nothing(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	assert_string_equal(pass(fix, ""), "1 2 3 4");
	assert_true(filter_is_empty(&fix->filter));
	assert_string_equal(pass(fix, "  \t "), "1 2 3 4");
	assert_string_equal(pass(fix, "p:1"), "1");
	assert_false(filter_is_empty(&fix->filter));
}

static void priorities_are_listed_or_compared(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	assert_string_equal(pass(fix, "p:1,3"), "1 3");
	assert_string_equal(pass(fix, "p<=2"), "1 2");
	assert_string_equal(pass(fix, "p<P2"), "1");
	assert_string_equal(pass(fix, "P>=3"), "3 4");
	assert_string_equal(pass(fix, "p>3"), "4");
	assert_string_equal(pass(fix, "p=4"), "4");
	assert_string_equal(pass(fix, "p>4"), "column 3: no priority is > 4");
	assert_string_equal(
		pass(fix, "p:5"), "column 3: \"5\" is no priority; they are 1, 2, 3, 4");
	assert_string_equal(pass(fix, "p<=1,2"), "column 4: p<= takes one value");
}

static void kinds_and_states_go_by_both_languages(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	assert_string_equal(pass(fix, "kind:fire"), "1");
	assert_string_equal(pass(fix, "KIND:Kebakaran"), "1");
	assert_string_equal(pass(fix, "kind:medis,lalin"), "2 3");
	assert_string_equal(pass(fix, "kind:med"), "2");
	assert_string_equal(pass(fix, "state:new,ack"), "1 2");
	assert_string_equal(pass(fix, "state:baru"), "1");
	assert_string_equal(pass(fix, "state:selesai"), "4");
	assert_string_equal(pass(fix, "state:acknowledged kind:fire"), "");
	assert_string_equal(pass(fix, "kind:f"), "column 6: \"f\" may be fire, flood");
	assert_string_equal(pass(fix, "kind<fire"), "column 5: kind takes :, not <");
}

static void a_minus_or_an_exclamation_mark_turns_a_term_round(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	assert_string_equal(pass(fix, "-kind:fire"), "2 3 4");
	assert_string_equal(pass(fix, "!kind:fire,medical -is:ended"), "3");
	assert_string_equal(pass(fix, "-pasar"), "");
	assert_string_equal(pass(fix, "-"), "column 2: a word is missing here");
}

static void numbers_and_words_are_found_where_they_stand(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	struct incident *third = world_by_number(&fix->world, 3);
	text_copy(third->alarms[0].caller_phone, sizeof(third->alarms[0].caller_phone), "0271 64");
	text_copy(third->camera, sizeof(third->camera), "Gladag");
	move(fix, third, "Jl. Slamet Riyadi, Purwosari");
	assert_string_equal(pass(fix, "LEGI"), "1 2 4");
	assert_string_equal(pass(fix, "\"slamet riyadi\""), "3");
	assert_string_equal(pass(fix, "riyadi slamet"), "3");
	assert_string_equal(pass(fix, "purwosari,legi"), "1 2 3 4");
	assert_string_equal(pass(fix, "cafe terbakar"), "1 2 3 4");
	assert_string_equal(pass(fix, "gladag"), "3");
	assert_string_equal(pass(fix, "0812"), "1 2 4");
	assert_string_equal(pass(fix, "5550101"), "1 2 4");
	assert_string_equal(pass(fix, "08125550101"), "1 2 4");
	assert_string_equal(pass(fix, "kebakaran"), "1");
	assert_string_equal(pass(fix, "verif"), "3");
	assert_string_equal(pass(fix, "#2,4"), "2 4");
	assert_string_equal(pass(fix, "-#2"), "1 3 4");
	assert_string_equal(pass(fix, "3"), "3");
	assert_string_equal(pass(fix, "10:30"), "");
	assert_string_equal(pass(fix, "\"kind:fire\""), "");
	assert_string_equal(
		pass(fix, "#x"), "column 2: \"x\" is no incident's number, such as #412");
	assert_string_equal(pass(fix, "#"), "column 2: a word is missing here");
}

/* What is found is what there is now: a place that was corrected, and nobody who was forgotten. */
static void what_changed_is_found_as_it_is_now(void **state) {
	struct fixture *fix = *state;
	char note[NOTE_MAX];
	fill(fix);
	struct incident *last = world_by_number(&fix->world, 4);
	move(fix, last, "Terminal Tirtonadi");
	assert_string_equal(pass(fix, "tirtonadi"), "4");
	assert_string_equal(pass(fix, "\"pasar legi\""), "1 2 3");
	move(fix, last, "Jl. Ir. Sutami");
	assert_string_equal(pass(fix, "tirtonadi"), "");
	/* However long it is, from its first letter to its last. */
	memset(note, 'x', sizeof(note));
	memcpy(note, "awal", 4);
	memcpy(note + sizeof(note) - 6, " akhir", 6);
	free(last->alarms[0].note);
	last->alarms[0].note = mem_alloc(sizeof(note) + 1, 1);
	memcpy(last->alarms[0].note, note, sizeof(note));
	move(fix, last, "Jl. Ir. Sutami");
	assert_string_equal(pass(fix, "awalx"), "4");
	assert_string_equal(pass(fix, "\"x akhir\""), "4");
	assert_string_equal(pass(fix, "\"akhirsutami\""), "");
	assert_string_equal(pass(fix, "sutami"), "4");
	assert_string_equal(pass(fix, "+628125550101"), "1 2 3 4");
	world_forget_persons(&fix->world, NOW);
	assert_string_equal(pass(fix, "+628125550101"), "1 2 3");
	assert_string_equal(pass(fix, "sri"), "1 2 3");
	assert_string_equal(pass(fix, "awalx"), "");
	assert_string_equal(pass(fix, "sutami"), "4");
	assert_null(memmem(last, sizeof(*last), "sri", 3));
}

static void notes_of_operators_are_searched_too(void **state) {
	struct fixture *fix = *state;
	struct refusal no;
	fill(fix);
	struct command cmd =
		city_command(&fix->world, ACTION_NOTE, world_by_number(&fix->world, 2)->id, "ayu");
	cmd.note = mem_dup_str("korban dua orang");
	assert_true(city_do(&fix->world, &cmd, &no));
	assert_string_equal(pass(fix, "KORBAN"), "2");
}

static void agencies_that_were_sent_are_found(void **state) {
	struct fixture *fix = *state;
	struct refusal no;
	fill(fix);
	struct incident *inc = world_by_number(&fix->world, 1);
	struct command cmd = city_command(&fix->world, ACTION_ACKNOWLEDGE, inc->id, "ayu");
	assert_true(city_do(&fix->world, &cmd, &no));
	cmd = city_command(&fix->world, ACTION_DISPATCH, inc->id, "ayu");
	text_copy(cmd.agency, sizeof(cmd.agency), "damkar");
	assert_true(city_do(&fix->world, &cmd, &no));
	assert_string_equal(pass(fix, "agency:damkar"), "1");
	assert_string_equal(pass(fix, "agency:DAM"), "1");
	assert_string_equal(pass(fix, "agency:psc119,damkar"), "1");
	assert_string_equal(pass(fix, "agency:psc119"), "");
	assert_string_equal(pass(fix, "agency:none"), "2 3 4");
	inc->dispatches[0].state = DISPATCH_DECLINED;
	assert_string_equal(pass(fix, "agency:damkar"), "");
	assert_string_equal(pass(fix, "agency:none"), "1 2 3 4");
}

static void claims_are_found_by_name_and_by_me(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	text_copy(world_by_number(&fix->world, 2)->claim.name, WHO_SIZE, "ayu");
	text_copy(world_by_number(&fix->world, 3)->claim.name, WHO_SIZE, "Budi Santoso");
	assert_string_equal(pass(fix, "claim:ayu"), "2");
	assert_string_equal(pass(fix, "claim:me"), "2");
	assert_string_equal(pass(fix, "is:mine"), "2");
	assert_string_equal(pass(fix, "claim:\"budi s\""), "3");
	assert_string_equal(pass(fix, "claim:none"), "1 4");
	fix->me = NULL;
	assert_string_equal(pass(fix, "claim:me"), "");
}

static void places_are_found_by_cell_and_by_nearness(void **state) {
	struct fixture *fix = *state;
	char cell[GEO_CELL_SIZE], text[32];
	fill(fix);
	geo_grid_name(&fix->world.registry.grid, world_by_number(&fix->world, 3)->at, cell);
	snprintf(text, sizeof(text), "grid:%s", cell);
	assert_string_equal(pass(fix, text), "3");
	text[5] = (char)(text[5] - 'A' + 'a');
	assert_string_equal(pass(fix, text), "3");
	assert_string_equal(pass(fix, "near:1"), "1 2 4");
	assert_string_equal(pass(fix, "near:1<100m"), "1 4");
	assert_string_equal(pass(fix, "near:1<=100"), "1 4");
	assert_string_equal(pass(fix, "near:1<6km"), "1 2 3 4");
	assert_string_equal(pass(fix, "near:1<100m,3"), "1 3 4");
	assert_string_equal(pass(fix, "near:99"), "");
	/* As soon as there is such a number, it is looked up again; and when it moves. */
	struct filter_ctx ctx = {&fix->world, &fix->timers, fix->me, NOW};
	struct incident *first = world_by_number(&fix->world, 1);
	first->number = 99;
	fix->world.head++;
	assert_true(filter_match(&fix->filter, first, &ctx));
	assert_string_equal(
		pass(fix, "grid:44"), "column 6: \"44\" is no cell of the map, such as C4");
	assert_string_equal(
		pass(fix, "grid:C0"), "column 6: \"C0\" is no cell of the map, such as C4");
	static const char *const wrong[] = {"near:x", "near:1<", "near:1<0", "near:1<51km",
		"near:1<2miles", "near:1<2kmx", "near:1234567890"};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const char *said = pass(fix, wrong[i]);
		assert_non_null(strstr(said, "column 6: "));
		assert_non_null(strstr(said, "is no incident's number, such as 412, or 412<500m"));
	}
}

static void ages_are_compared(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	assert_string_equal(pass(fix, "age>20m"), "3 4");
	assert_string_equal(pass(fix, "age>=20m"), "2 3 4");
	assert_string_equal(pass(fix, "age<20m"), "1");
	assert_string_equal(pass(fix, "age<=20m is:open"), "1 2");
	assert_string_equal(pass(fix, "age:10m"), "column 4: age takes <, <=, >, >=, not :");
	assert_string_equal(pass(fix, "age>soon"),
		"column 5: \"soon\" is no length of time, such as 90s, 10m, 1h30m");
}

static void what_it_is_can_be_asked(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	struct incident *second = world_by_number(&fix->world, 2);
	struct incident *third = world_by_number(&fix->world, 3);
	assert_string_equal(pass(fix, "is:new"), "1");
	assert_string_equal(pass(fix, "is:open"), "1 2 3");
	assert_string_equal(pass(fix, "is:ended"), "4");
	assert_string_equal(pass(fix, "is:overdue"), "1 2");
	assert_string_equal(pass(fix, "is:held"), "");
	second->held_until_ms = NOW + MINUTE;
	assert_string_equal(pass(fix, "is:held"), "2");
	assert_string_equal(pass(fix, "is:overdue,held"), "1 2");
	assert_string_equal(pass(fix, "is:overdue"), "1");
	/* Too old to ring, it is overdue all the same. */
	second->held_until_ms = 0;
	second->state_at_ms[INCIDENT_ACKNOWLEDGED] = NOW - 300 * MINUTE;
	assert_string_equal(pass(fix, "is:overdue"), "1 2");
	third->alarms[0].withdrawn = true;
	third->alarms[0].received_at_ms = NOW;
	third->alarms[0].occurred_at_ms = NOW - 10 * MINUTE;
	assert_string_equal(pass(fix, "is:withdrawn"), "3");
	assert_string_equal(pass(fix, "is:late"), "3");
	assert_string_equal(pass(fix, "is:merged"), "");
	/* Without a table of timers nothing is overdue. */
	struct filter_ctx ctx = {&fix->world, NULL, fix->me, NOW};
	assert_string_equal(pass(fix, "is:overdue"), "1 2");
	assert_false(filter_match(&fix->filter, second, &ctx));
}

static void an_error_says_where_and_what_and_what_is_meant(void **state) {
	struct fixture *fix = *state;
	fill(fix);
	assert_string_equal(pass(fix, "pasar knd:fire"),
		"column 7: \"knd\" is no field; did you mean kind? Fields are p, kind, state, is, "
		"agency, claim, age, near, grid");
	assert_string_equal(pass(fix, "xyzzy:fire"),
		"column 1: \"xyzzy\" is no field; fields are p, kind, state, is, agency, claim, "
		"age, near, grid");
	assert_string_equal(
		pass(fix, "kind:"), "column 6: kind lacks a value: what it is: fire, medical ...");
	assert_string_equal(
		pass(fix, "kind:,"), "column 6: kind lacks a value: what it is: fire, medical ...");
	assert_string_equal(pass(fix, "kind:fier"),
		"column 6: \"fier\" is nothing that kind: takes; did you mean fire? It takes "
		"unknown, fire, medical, accident, crime, rescue, flood, traffic, hazard, crowd, "
		"other");
	assert_string_equal(pass(fix, "is:zzzzzz"),
		"column 4: \"zzzzzz\" is nothing that is: takes; it takes new, open, ended, held, "
		"overdue, mine, late, merged, withdrawn");
	assert_string_equal(pass(fix, "kind:fire \"pasar"), "column 11: this quote is not closed");
	/* Columns are those of the screen, and what is repeated is short. */
	assert_string_equal(pass(fix, "caf\xc3\xa9 \xe7\x81\xab p:\xe7\x81\xab"),
		"column 11: \"\xe7\x81\xab\" is no priority; they are 1, 2, 3, 4");
	assert_non_null(strstr(pass(fix, "p:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		"\"aaaaaaaaaaaaaaaaaaaaaaaa...\""));
}

static void what_was_typed_half_leaves_the_last_filter_in_force(void **state) {
	struct fixture *fix = *state;
	struct buf text = {0};
	fill(fix);
	assert_string_equal(pass(fix, "kind:fire"), "1");
	assert_false(filter_parse(&fix->filter, "kind:fire state:", NULL));
	filter_text(&fix->filter, &text);
	assert_string_equal(text.data, "kind:fire");
	buf_finish(&text);
}

static void a_filter_reads_back_as_it_was_meant(void **state) {
	struct fixture *fix = *state;
	static const struct {
		const char *typed, *text;
	} cases[] = {
		{"P:1,2 kind:Kebakaran,fire", "p<=2 kind:fire"}, {"p>2", "p>=3"},
		{"p:2,3", "p:2,3"}, {"p:1", "p:1"}, {"p>3", "p:4"}, {"p:1,2,3,4", "p>=1"},
		{"!state:baru,ack", "-state:new,acknowledged"},
		{"is:mine,overdue", "is:overdue,mine"}, {"age>90m  AGE<=2h", "age>1h30m age<=2h"},
		{"near:412<500m,7<2km", "near:412,7<2000m"}, {"grid:c4,D5", "grid:C4,D5"},
		{"agency:damkar,psc119", "agency:damkar,psc119"},
		{"claim:\"Ayu L\"", "claim:\"Ayu L\""}, {"#412,007", "#412,7"},
		{"Pasar,Legi \"slamet riyadi\"", "Pasar,Legi \"slamet riyadi\""},
		{"\"-x\" \"#4\" \"kind:fire\" \"a,b\"", "\"-x\" \"#4\" \"kind:fire\" \"a,b\""},
		{"\"!\"", "\"!\""},
		{"a \xdc\xb0z \"\xdc\xb0y\"", "a z y"}, /* marks without a letter to stand on */
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf once = {0}, twice = {0};
		struct err err = {""};
		bool ok = filter_parse(&fix->filter, cases[i].typed, &err);
		assert_string_equal(err.text, "");
		assert_true(ok);
		filter_text(&fix->filter, &once);
		assert_string_equal(once.data, cases[i].text);
		assert_true(filter_parse(&fix->filter, once.data, &err));
		filter_text(&fix->filter, &twice);
		assert_string_equal(twice.data, once.data);
		buf_finish(&once);
		buf_finish(&twice);
	}
}

static void what_can_match_nothing_here_is_said(void **state) {
	struct fixture *fix = *state;
	static const struct {
		const char *text, *said;
	} cases[] = {
		{"agency:damkar,none,POL near:2 grid:A1 #3 kind:flood pasar claim:x", ""},
		{"kind:fire agency:damkra", "column 18: there is no agency \"damkra\""},
		{"near:1,99", "column 8: incident #99 is not known here"},
		{"#99", "column 2: incident #99 is not known here"},
		{"grid:Z9", "column 6: the map has no cell Z9"},
		{"grid:A9", "column 6: the map has no cell A9"},
		{"grid:A18", "column 6: the map has no cell A18"},
	};
	fill(fix);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = {""};
		assert_true(filter_parse(&fix->filter, cases[i].text, &err));
		assert_int_equal(
			filter_check(&fix->filter, &fix->world, &err), cases[i].said[0] == '\0');
		assert_string_equal(err.text, cases[i].said);
	}
}

/* The candidates for a text with the cursor at its end, "fire flood", and where they would go. */
static const char *complete(struct fixture *fix, const char *text, size_t *from) {
	static char out[1024];
	struct filter_candidate found[12];
	size_t len =
		filter_complete(&fix->world, text, strlen(text), from, found, ARRAY_LEN(found));
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < len; i++) {
		used += text_copy(out + used, sizeof(out) - used, used > 0 ? " " : "");
		used += text_copy(out + used, sizeof(out) - used, found[i].text);
	}
	return out;
}

static void the_word_that_is_typed_can_be_completed(void **state) {
	struct fixture *fix = *state;
	size_t from;
	fill(fix);
	text_copy(world_by_number(&fix->world, 2)->claim.name, WHO_SIZE, "melati");
	assert_string_equal(
		complete(fix, "", &from), "p<= kind: state: is: agency: claim: age> near: grid:");
	assert_string_equal(complete(fix, "p:1 -a", &from), "agency: age>");
	assert_int_equal(from, 5);
	assert_string_equal(complete(fix, "KIND:F", &from), "fire flood");
	assert_int_equal(from, 5);
	assert_string_equal(complete(fix, "kind:fire,ke", &from), "kebakaran kecelakaan");
	assert_int_equal(from, 10);
	assert_string_equal(complete(fix, "state:di", &from),
		"dispatched diterima ditangani diteruskan di_lokasi ditutup");
	assert_string_equal(complete(fix, "is:o", &from), "open overdue");
	assert_string_equal(complete(fix, "agency:p", &from), "psc119 polresta");
	assert_string_equal(complete(fix, "agency:", &from), "damkar psc119 polresta none");
	assert_string_equal(complete(fix, "claim:m", &from), "me melati");
	assert_string_equal(complete(fix, "near:", &from), "1 2 3");
	assert_string_equal(complete(fix, "#2", &from), "#2");
	assert_int_equal(from, 0);
	assert_string_equal(complete(fix, "p<=", &from), "1 2 3 4");
	assert_int_equal(from, 3);
	assert_string_equal(complete(fix, "age>1", &from), "10m 1h");
	assert_string_equal(complete(fix, "grid:", &from), "G6 G1");
	assert_string_equal(complete(fix, "pasar", &from), "");
	assert_string_equal(complete(fix, "knd:", &from), "");
	assert_string_equal(complete(fix, "averyveryverylongname:", &from), "");
	assert_string_equal(complete(fix, "claim:\"m", &from), "");
	struct filter_candidate one[1];
	assert_int_equal(filter_complete(&fix->world, "agency:d", 8, &from, one, 1), 1);
	assert_string_equal(one[0].help, "damkar");
	assert_int_equal(filter_complete(&fix->world, "kind:ke", 7, &from, one, 1), 1);
	assert_string_equal(one[0].help, "fire");
	/* The cursor may stand in the middle; never behind the end. */
	assert_int_equal(filter_complete(&fix->world, "kind:fire", 6, &from, one, 1), 1);
	assert_string_equal(one[0].text, "fire");
	assert_int_equal(filter_complete(&fix->world, "k", 2, &from, one, 1), 0);
	assert_int_equal(filter_complete(&fix->world, "k", 100000, &from, one, 1), 0);
}

static void a_strangers_text_is_refused_and_harms_nobody(void **state) {
	struct fixture *fix = *state;
	struct err err;
	char *huge = mem_alloc(10001, 1);
	memset(huge, 'a', 10000);
	fill(fix);
	assert_false(filter_parse(&fix->filter, huge, &err));
	assert_string_equal(err.text, "the filter is longer than 512 bytes");
	huge[FILTER_TEXT_MAX] = '\0';
	assert_true(filter_parse(&fix->filter, huge, &err));
	free(huge);
	assert_string_equal(pass(fix, "pasar \xff"), "the filter is not UTF-8 text");
	assert_string_equal(pass(fix, "\xc0\x80"), "the filter is not UTF-8 text");
	/* Every text of bytes that mean something, by a generator that always says the same. */
	static const char bytes[] = "pkind:<>=!-#\",. 1249cCmk\xc3\xa9\x01\x7f_aeio";
	uint32_t dice = 1;
	for (int round = 0; round < 20000; round++) {
		char text[48];
		size_t len = 0, from;
		struct filter_candidate found[4];
		struct buf once = {0}, twice = {0};
		struct filter_ctx ctx = {&fix->world, &fix->timers, fix->me, NOW};
		for (; len < (size_t)(round % 40); len++) {
			dice = dice * 1664525 + 1013904223;
			text[len] = bytes[(dice >> 16) % (sizeof(bytes) - 1)];
		}
		text[len] = '\0';
		assert_true(filter_complete(&fix->world, text, len, &from, found, 4) <= 4);
		assert_true(from <= len);
		if (!filter_parse(&fix->filter, text, &err)) {
			continue;
		}
		filter_match(&fix->filter, fix->world.incidents, &ctx);
		filter_check(&fix->filter, &fix->world, &err);
		filter_text(&fix->filter, &once);
		if (once.len > 0) {
			assert_true(filter_parse(&fix->filter, once.data, &err));
			filter_text(&fix->filter, &twice);
			assert_string_equal(once.data, twice.data);
		}
		buf_finish(&once);
		buf_finish(&twice);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(nothing_typed_hides_nothing),
		TEST(priorities_are_listed_or_compared),
		TEST(kinds_and_states_go_by_both_languages),
		TEST(a_minus_or_an_exclamation_mark_turns_a_term_round),
		TEST(numbers_and_words_are_found_where_they_stand),
		TEST(what_changed_is_found_as_it_is_now),
		TEST(notes_of_operators_are_searched_too),
		TEST(agencies_that_were_sent_are_found),
		TEST(claims_are_found_by_name_and_by_me),
		TEST(places_are_found_by_cell_and_by_nearness),
		TEST(ages_are_compared),
		TEST(what_it_is_can_be_asked),
		TEST(an_error_says_where_and_what_and_what_is_meant),
		TEST(what_was_typed_half_leaves_the_last_filter_in_force),
		TEST(a_filter_reads_back_as_it_was_meant),
		TEST(what_can_match_nothing_here_is_said),
		TEST(the_word_that_is_typed_can_be_completed),
		TEST(a_strangers_text_is_refused_and_harms_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
