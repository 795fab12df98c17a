#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/train/record.h>
#include <siaga/train/run.h>

#include "world.h"

#define HOUR   INT64_C(3600000)
#define CALLS  60
#define ROUNDS 3000

/* --- an evening, made with the reducer --- */

/* What happened, and how things stood in the end. */
static struct evening {
	struct world world;
	struct events log;
	int64_t now_ms;
	bool desks[2]; /* damkar, psc119: there */
	unsigned dice;
} ev;

static const char *const desk_ids[] = {"damkar", "psc119"};
static const char *const names[] = {
	"Wiryo Sudarmo", "Lestari Aminah", "Bo", "Élan D'Arc", "Pengguna 2207", "Ratna Ma'ruf"};
static const char *const phones[] = {"+62 800-555-0151", "0271 712345", "5512",
	"+62 800\xe2\x80\x91"
	"555\xe2\x80\x91"
	"0153"};
static const struct who people[] = {{"ayuningtyas", "TMC-1"}, {"bagaskara", "TMC-2"}};

static unsigned roll(unsigned sides) {
	ev.dice = ev.dice * 1103515245u + 12345u;
	return (ev.dice >> 16) % sides;
}

static bool happen(struct command *cmd) {
	struct events events = {0};
	struct refusal no;
	cmd->at_ms = ev.now_ms;
	bool ok = reduce(&ev.world, cmd, &events, &no);
	for (size_t i = 0; i < events.len; i++) {
		events.items[i].seq = ev.world.head + 1;
		world_apply(&ev.world, &events.items[i]);
		*events_add(&ev.log) = events.items[i];
	}
	free(events.items);
	command_finish(cmd);
	return ok;
}

/* A desk that is there has received what was written. */
static void deliver(void) {
	for (size_t i = 0; i < ARRAY_LEN(desk_ids); i++) {
		struct command cmd = {.action = ACTION_DELIVER,
			.role = ROLE_AGENCY,
			.seq = ev.world.head,
			.by = {.name = "meja"}};
		text_copy(cmd.own_agency, sizeof(cmd.own_agency), desk_ids[i]);
		if (ev.desks[i]) {
			happen(&cmd);
		}
	}
}

static void link_desk(size_t at, bool up) {
	struct command cmd = {
		.action = up ? ACTION_LINK_UP : ACTION_LINK_DOWN, .role = ROLE_AGENCY};
	snprintf(cmd.by.name, sizeof(cmd.by.name), "konsol-%zu-prastowo", at);
	text_copy(cmd.own_agency, sizeof(cmd.own_agency), desk_ids[at]);
	ev.desks[at] = up;
	happen(&cmd);
	deliver();
}

static void call(void) {
	struct command cmd = {.action = ACTION_RAISE, .role = ROLE_INTAKE};
	struct alarm *alarm = &cmd.alarm;
	int64_t number = ev.world.last_number + 1;
	cmd.kind = (enum kind)roll(KIND_COUNT);
	cmd.priority = (enum priority)roll(PRIORITY_COUNT);
	alarm->at = (struct position){-75700000 + (int32_t)roll(1000), 1108200000};
	alarm->accuracy_m = (int32_t)roll(50) - 1;
	alarm->received_at_ms = ev.now_ms;
	text_copy(alarm->id, sizeof(alarm->id), city_id((int)number + 500));
	text_copy(cmd.new_incident, sizeof(cmd.new_incident), city_id((int)number));
	text_copy(alarm->caller_name, sizeof(alarm->caller_name), names[roll(6)]);
	text_copy(alarm->caller_phone, sizeof(alarm->caller_phone), phones[roll(4)]);
	text_copy(alarm->place, sizeof(alarm->place), roll(2) ? "Warung Bu LESTARI, Gladag" : "");
	alarm->note = mem_dup_str("saya wiryo, hub. 0812-5550-1234; ayuningtyas sudah tahu");
	happen(&cmd);
}

/* A caller moves, says more or asks to cancel, wherever the alarm is now. */
static void call_again(void) {
	int64_t number = roll((unsigned)ev.world.last_number) + 1;
	struct command cmd = {.role = ROLE_INTAKE, .accuracy_m = -1};
	const struct incident *inc = world_by_number(&ev.world, number);
	while (inc->merged_into[0] != '\0') {
		inc = world_incident(&ev.world, inc->merged_into);
	}
	bool cancel = roll(4) == 0;
	cmd.action = cancel ? ACTION_WITHDRAW : ACTION_UPDATE;
	cmd.has = cancel ? HAS_WITHDRAWN : roll(2) ? HAS_AT : 0;
	cmd.at = (struct position){-75600000 + (int32_t)roll(1000), 1108200000};
	cmd.note = mem_dup_str("ini Élan, api di rumah D'Arc");
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), city_id((int)number + 500));
	happen(&cmd);
}

static void act(void) {
	static const enum action actions[] = {ACTION_UPDATE, ACTION_ACKNOWLEDGE, ACTION_CLAIM,
		ACTION_RELEASE, ACTION_VERIFY, ACTION_REJECT, ACTION_MERGE, ACTION_SPLIT,
		ACTION_NOTE, ACTION_HOLD, ACTION_RESOLVE, ACTION_CLOSE, ACTION_REOPEN,
		ACTION_DISPATCH, ACTION_ACCEPT, ACTION_DECLINE, ACTION_EN_ROUTE, ACTION_ON_SCENE,
		ACTION_CLEAR, ACTION_CANCEL, ACTION_CAMERA_VIEWED};
	static const char *const agencies[] = {"damkar", "psc119", "polresta"};
	const struct incident *inc =
		world_by_number(&ev.world, roll((unsigned)ev.world.last_number) + 1);
	const struct incident *other =
		world_by_number(&ev.world, roll((unsigned)ev.world.last_number) + 1);
	size_t agency = roll(3);
	struct command cmd = {.action = actions[roll(ARRAY_LEN(actions))],
		.role = ROLE_OPERATOR,
		.by = people[roll(2)],
		.has = HAS_IF_REV,
		.if_rev = inc->rev,
		.method = (enum method)(1 + roll(METHOD_COUNT - 1)),
		.reason = (enum reject_reason)(1 + roll(REJECT_COUNT - 1)),
		.disposition = (enum disposition)(1 + roll(DISPOSITION_COUNT - 1)),
		.kind = (enum kind)roll(KIND_COUNT),
		.priority = (enum priority)roll(PRIORITY_COUNT),
		.at = {-75500000, 1108300000}};
	/* Most of what ends something would leave too little to do. */
	bool ends = cmd.action == ACTION_REJECT || cmd.action == ACTION_MERGE ||
		    cmd.action == ACTION_CLOSE || cmd.action == ACTION_CANCEL;
	cmd.action = ends && roll(8) ? ACTION_DISPATCH : cmd.action;
	bool step = cmd.action >= ACTION_ACCEPT && cmd.action <= ACTION_CLEAR;
	if ((step || cmd.action == ACTION_NOTE) && agency < 2 && ev.desks[agency] && roll(3)) {
		cmd.role = ROLE_AGENCY;
		snprintf(cmd.by.name, sizeof(cmd.by.name), "konsol-%zu-prastowo", agency);
		cmd.by.position[0] = '\0';
		text_copy(cmd.own_agency, sizeof(cmd.own_agency), agencies[agency]);
	}
	if (cmd.action == ACTION_UPDATE) {
		cmd.has = roll(2) ? HAS_KIND | HAS_PLACE : HAS_PRIORITY | HAS_AT;
		text_copy(cmd.place, sizeof(cmd.place), roll(4) ? "rumah Ratna Ma'ruf" : "");
	}
	cmd.until_ms = roll(3) ? ev.now_ms + 1000 * (int64_t)roll(5000) + 1 : 0;
	if (roll(2) || cmd.action == ACTION_DECLINE) {
		cmd.note = mem_dup_str("Lestari Aminah (0271) 712345 di 5512, kata bagaskara");
	}
	text_copy(cmd.camera, sizeof(cmd.camera), "Balaikota");
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	text_copy(cmd.other, sizeof(cmd.other), other->id);
	text_copy(cmd.agency, sizeof(cmd.agency),
		step || cmd.action == ACTION_DISPATCH || cmd.action == ACTION_CANCEL
			? agencies[agency]
			: "");
	happen(&cmd);
	deliver();
}

static void break_camera(void) {
	struct command cmd = {.action = ACTION_CAMERA_STATUS,
		.role = ROLE_TRAINER,
		.has = HAS_CAMERA_STATUS,
		.camera_status = (enum camera_status)roll(CAMERA_STATUS_COUNT)};
	text_copy(cmd.camera, sizeof(cmd.camera), "Gladag");
	happen(&cmd);
}

static void live(unsigned seed) {
	memset(&ev, 0, sizeof(ev));
	ev.dice = seed;
	ev.now_ms = T0 - HOUR;
	city_fill(&ev.world.registry);
	link_desk(0, true);
	break_camera();
	ev.now_ms = T0;
	for (int i = 0; i < ROUNDS; i++) {
		unsigned what = roll(100);
		ev.now_ms += roll(2400);
		if (ev.world.last_number == 0 || (what < 4 && ev.world.last_number < CALLS)) {
			call();
		} else if (what < 8) {
			call_again();
		} else if (what < 9) {
			size_t desk = roll(2);
			link_desk(desk, !ev.desks[desk]);
		} else if (what < 10) {
			break_camera();
		} else {
			act();
		}
	}
}

static void die(void) {
	events_finish(&ev.log);
	world_finish(&ev.world);
}

/* --- the recording --- */

static char *record(int64_t from_ms, int64_t to_ms, struct recorder_counts *counts) {
	struct recorder *rec = recorder_create(from_ms, to_ms, "");
	struct buf out = {0};
	struct err err = {0};
	for (size_t i = 0; i < ev.log.len && recorder_add(rec, &ev.log.items[i]); i++) {
	}
	if (!recorder_write(rec, &out, counts, &err)) {
		fail_msg("%s", err.text);
	}
	recorder_destroy(rec);
	return out.data;
}

static struct run *watch(struct scenario *sc, const char *text) {
	struct registry reg = {0};
	struct err err = {0};
	if (!scenario_read(sc, text, strlen(text), &err)) {
		fail_msg("%s", err.text);
	}
	city_fill(&reg);
	struct run *run = run_create(&(struct run_config){.scenario = sc,
		.registry = &reg,
		.trainee = {.who = {"ayu", ""}, .role = ROLE_OPERATOR},
		.seed = 1,
		.start_ms = T0,
		.mode = MODE_EXERCISE,
		.lang = "id",
		.watch = true});
	run_advance(run, run_end_ms(run));
	return run;
}

static void same_number(
	const struct world *a, const char *x, const struct world *b, const char *y) {
	const struct incident *p = world_incident(a, x), *q = world_incident(b, y);
	assert_int_equal(p != NULL ? p->number : 0, q != NULL ? q->number : 0);
}

static void same_dispatches(const struct incident *a, const struct incident *b) {
	assert_int_equal(a->dispatches_len, b->dispatches_len);
	for (size_t i = 0; i < a->dispatches_len; i++) {
		assert_string_equal(a->dispatches[i].agency, b->dispatches[i].agency);
		assert_int_equal(a->dispatches[i].state, b->dispatches[i].state);
		assert_int_equal(a->dispatches[i].caller, b->dispatches[i].caller);
		for (int j = 0; j < DISPATCH_STATE_COUNT; j++) {
			assert_int_equal(a->dispatches[i].at_ms[j], b->dispatches[i].at_ms[j]);
		}
	}
}

static void same_alarms(const struct world *x, const struct incident *a, const struct world *y,
	const struct incident *b) {
	assert_int_equal(a->alarms_len, b->alarms_len);
	for (size_t i = 0; i < a->alarms_len; i++) {
		assert_int_equal(a->alarms[i].withdrawn, b->alarms[i].withdrawn);
		assert_int_equal(a->alarms[i].at.lat_e7, b->alarms[i].at.lat_e7);
		assert_int_equal(a->alarms[i].accuracy_m, b->alarms[i].accuracy_m);
		same_number(x, a->alarms[i].from, y, b->alarms[i].from);
	}
}

static void same_incident(const struct world *x, const struct incident *a, const struct world *y,
	const struct incident *b) {
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->priority, b->priority);
	assert_int_equal(a->at.lat_e7, b->at.lat_e7);
	assert_int_equal(a->at.lon_e7, b->at.lon_e7);
	assert_int_equal(a->rev, b->rev);
	assert_int_equal(a->verified_at_ms, b->verified_at_ms);
	assert_int_equal(a->method, b->method);
	assert_string_equal(a->camera, b->camera);
	assert_int_equal(a->reason, b->reason);
	assert_int_equal(a->disposition, b->disposition);
	assert_int_equal(a->held_until_ms, b->held_until_ms);
	assert_int_equal(a->claim_at_ms, b->claim_at_ms);
	assert_int_equal(a->claim.name[0] != '\0', b->claim.name[0] != '\0');
	assert_string_equal(a->claim.position, b->claim.position);
	assert_int_equal(a->entries_len, b->entries_len);
	for (int i = 0; i < INCIDENT_STATE_COUNT; i++) {
		assert_int_equal(a->state_at_ms[i], b->state_at_ms[i]);
	}
	same_number(x, a->merged_into, y, b->merged_into);
	same_dispatches(a, b);
	same_alarms(x, a, y, b);
}

static void what_is_watched_is_as_it_was(void **state) {
	UNUSED(state);
	for (unsigned seed = 1; seed <= 20; seed++) {
		struct recorder_counts counts;
		struct scenario sc;
		live(seed);
		char *text = record(T0, T0 + 2 * HOUR, &counts);
		assert_int_equal(counts.alarms, ev.world.last_number);
		assert_int_equal(counts.earlier, 0);
		assert_int_equal(counts.left, 0);
		struct run *run = watch(&sc, text);
		const struct world *world = sim_get_world(run_sim(run));
		assert_int_equal(world->last_number, ev.world.last_number);
		for (int64_t n = 1; n <= ev.world.last_number; n++) {
			same_incident(&ev.world, world_by_number(&ev.world, n), world,
				world_by_number(world, n));
		}
		assert_int_equal(registry_camera(&world->registry, "Gladag")->status,
			registry_camera(&ev.world.registry, "Gladag")->status);
		run_destroy(run);
		scenario_finish(&sc);
		free(text);
		die();
	}
}

/* Else the test above would say little. */
static void the_evening_has_something_of_all(void **state) {
	size_t seen[EVENT_TYPE_COUNT] = {0};
	UNUSED(state);
	for (unsigned seed = 1; seed <= 20; seed++) {
		live(seed);
		for (size_t i = 0; i < ev.log.len; i++) {
			seen[ev.log.items[i].type]++;
		}
		die();
	}
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		bool never = type == EVENT_INCIDENT_VIEWED || type == EVENT_DISPATCH_EXPIRED ||
			     type == EVENT_REGISTRY_CHANGED || type == EVENT_LOG_PURGED;
		if (!never && seen[type] == 0) {
			fail_msg("%s", event_type_name((enum event_type)type));
		}
	}
}

static bool has_word(const char *text, const char *word) {
	char folded[200];
	text_fold(folded, sizeof(folded), word);
	return text_contains(text, folded);
}

static void nobody_is_known_by_it(void **state) {
	static const char *const secret[] = {"wiryo", "sudarmo", "lestari", "aminah", "élan",
		"d'arc", "ratna", "ma'ruf", "555-0151", "712345", "5512", "0153", "ayuningtyas",
		"bagaskara", "prastowo", "0812", "konsol"};
	struct recorder_counts counts;
	UNUSED(state);
	live(7);
	char *text = record(T0, T0 + 2 * HOUR, &counts);
	for (size_t i = 0; i < ARRAY_LEN(secret); i++) {
		if (has_word(text, secret[i])) {
			fail_msg("%s is in it", secret[i]);
		}
	}
	assert_non_null(strstr(text, "\"name\":\"Pelapor 1\",\"phone\":\"+62 800-555-0001\""));
	assert_non_null(strstr(text, "\"by\":\"operator-1\",\"position\":\"TMC-"));
	assert_non_null(strstr(text, "\"by\":\"meja-damkar\",\"role\":\"agency\""));
	assert_non_null(strstr(text, "\"place\":\"Warung Bu ***, Gladag\""));
	assert_non_null(strstr(text, "\"note\":\"*** *** (*** di ***, kata ***\""));
	free(text);
	die();
}

/* What began before is not in it, and neither is what went into it; it stands by itself. */
static void a_part_of_an_evening_stands_by_itself(void **state) {
	struct recorder_counts counts;
	struct scenario sc;
	UNUSED(state);
	for (unsigned seed = 1; seed <= 20; seed++) {
		live(seed);
		char *text = record(T0 + HOUR / 4, T0 + HOUR / 2, &counts);
		struct run *run = watch(&sc, text);
		const struct world *world = sim_get_world(run_sim(run));
		assert_true(counts.alarms > 0 && counts.earlier > 0 && counts.left > 0);
		assert_int_equal(world->last_number, counts.alarms);
		assert_int_equal(run_end_ms(run), HOUR / 4);
		run_destroy(run);
		scenario_finish(&sc);
		free(text);
		die();
	}
}

/* --- small evenings --- */

static void begin(void) {
	memset(&ev, 0, sizeof(ev));
	ev.dice = 3;
	ev.now_ms = T0;
	city_fill(&ev.world.registry);
}

/* Somebody does it a second later. */
static void does(
	enum role role, const char *name, enum action action, int64_t number, const char *agency) {
	const struct incident *inc = world_by_number(&ev.world, number);
	struct command cmd = {.action = action,
		.role = role,
		.has = HAS_IF_REV,
		.if_rev = inc->rev,
		.method = METHOD_CALLBACK,
		.reason = REJECT_PRANK,
		.disposition = DISPOSITION_HANDLED};
	ev.now_ms += 1000;
	text_copy(cmd.by.name, sizeof(cmd.by.name), name);
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	text_copy(cmd.agency, sizeof(cmd.agency), agency);
	text_copy(cmd.own_agency, sizeof(cmd.own_agency), role == ROLE_AGENCY ? agency : "");
	text_copy(cmd.other, sizeof(cmd.other), city_id(1));
	cmd.note = mem_dup_str("x");
	assert_true(happen(&cmd));
}

static void merge(int64_t number, int64_t into) {
	const struct incident *inc = world_by_number(&ev.world, number);
	struct command cmd = {.action = ACTION_MERGE,
		.role = ROLE_OPERATOR,
		.by = people[0],
		.has = HAS_IF_REV,
		.if_rev = inc->rev};
	ev.now_ms += 1000;
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	text_copy(cmd.other, sizeof(cmd.other), world_by_number(&ev.world, into)->id);
	assert_true(happen(&cmd));
}

static void room(enum action action, int64_t number, const char *agency) {
	does(ROLE_OPERATOR, "ayu", action, number, agency);
}

static void desk(enum action action, int64_t number, const char *agency) {
	does(ROLE_AGENCY, "konsol", action, number, agency);
}

static const struct scenario_line *agency_line(const struct scenario *sc, const char *agency) {
	const struct scenario_line *line = scenario_desk(sc, agency);
	assert_non_null(line);
	return line;
}

static void what_was_the_matter_is_how_it_ended(void **state) {
	struct recorder_counts counts;
	struct scenario sc;
	struct err err = {0};
	UNUSED(state);
	begin();
	for (int i = 0; i < 4; i++) {
		call();
	}
	link_desk(0, true);
	room(ACTION_ACKNOWLEDGE, 1, "");
	room(ACTION_VERIFY, 1, "");
	room(ACTION_DISPATCH, 1, "damkar");
	room(ACTION_DISPATCH, 1, "psc119");
	room(ACTION_DISPATCH, 1, "polresta");
	desk(ACTION_ACCEPT, 1, "damkar");
	desk(ACTION_DECLINE, 1, "psc119");
	room(ACTION_CANCEL, 1, "polresta");
	room(ACTION_ACKNOWLEDGE, 2, "");
	room(ACTION_MERGE, 2, "");
	int64_t end_ms = ev.now_ms + 1;
	room(ACTION_REJECT, 3, ""); /* After the end, and it is known all the same. */
	char *text = record(T0, end_ms, &counts);
	assert_true(scenario_read(&sc, text, strlen(text), &err));
	const struct scenario_truth *fire = &scenario_alarm(&sc, "a1")->truth;
	assert_true(fire->known && fire->real);
	assert_int_equal(fire->needs_len, 1);
	assert_string_equal(fire->needs[0], "damkar");
	assert_int_equal(fire->may_len, 1);
	assert_string_equal(fire->may[0], "psc119");
	assert_string_equal(scenario_alarm(&sc, "a2")->truth.same_as, "a1");
	assert_true(scenario_alarm(&sc, "a3")->truth.known);
	assert_false(scenario_alarm(&sc, "a3")->truth.real);
	assert_false(scenario_alarm(&sc, "a4")->truth.known);
	/* Asked in the third second, and it took three; the rest is guessed. */
	assert_int_equal(agency_line(&sc, "damkar")->step_ms[0][0], 3000);
	assert_int_equal(agency_line(&sc, "damkar")->step_ms[0][1], 3000);
	assert_true(agency_line(&sc, "damkar")->step_ms[3][1] > 60000);
	assert_true(agency_line(&sc, "psc119")->decline > 0.99);
	/* Nobody was there, and nobody has answered. */
	assert_null(scenario_desk(&sc, "polresta"));
	assert_string_equal(scenario_name(&sc), "rekaman-20231114-2213");
	assert_string_equal(scenario_title(&sc, "en"), "Recorded 2023-11-14 22:13 to 22:13 UTC");
	scenario_finish(&sc);
	free(text);
	die();
}

/* The log of a feed has no such thing; a broken one, or a made one, may. */
static void a_circle_of_merges_comes_to_an_end(void **state) {
	struct recorder *rec = recorder_create(T0, T0 + HOUR, "x");
	struct recorder_counts counts;
	struct buf out = {0};
	UNUSED(state);
	begin();
	for (int i = 0; i < 4; i++) {
		call();
	}
	for (size_t i = 0; i < ev.log.len; i++) {
		assert_true(recorder_add(rec, &ev.log.items[i]));
	}
	for (int i = 1; i <= 3; i++) {
		struct event event = {.type = EVENT_INCIDENT_MERGED,
			.seq = ev.world.head + i,
			.rev = 2,
			.at_ms = ev.now_ms};
		text_copy(event.incident, sizeof(event.incident), city_id(i));
		text_copy(event.other, sizeof(event.other), city_id(i == 3 ? 3 : 3 - i));
		assert_true(recorder_add(rec, &event));
	}
	assert_true(recorder_write(rec, &out, &counts, NULL));
	assert_int_equal(counts.alarms, 1);
	assert_int_equal(counts.earlier, 3);
	buf_finish(&out);
	recorder_destroy(rec);
	die();
}

/* Which one goes into which is the operator's choice. */
static void the_first_of_those_that_are_one_stands_for_them(void **state) {
	struct recorder_counts counts;
	struct scenario sc;
	struct err err = {0};
	UNUSED(state);
	begin();
	for (int i = 0; i < 3; i++) {
		call();
	}
	for (int i = 3; i > 1; i--) {
		room(ACTION_ACKNOWLEDGE, i, "");
		room(ACTION_VERIFY, i, "");
		room(ACTION_DISPATCH, i, "damkar");
		if (i == 3) {
			does(ROLE_OPERATOR, "ayu", ACTION_DECLINE, i, "damkar");
		}
	}
	room(ACTION_ACKNOWLEDGE, 1, "");
	merge(3, 2);
	merge(1, 2);
	char *text = record(T0, ev.now_ms + 1, &counts);
	assert_true(scenario_read(&sc, text, strlen(text), &err));
	const struct scenario_truth *first = &scenario_alarm(&sc, "a1")->truth;
	assert_string_equal(first->same_as, "");
	assert_int_equal(first->needs_len, 1);
	assert_string_equal(first->needs[0], "damkar");
	assert_int_equal(first->may_len, 0);
	assert_string_equal(scenario_alarm(&sc, "a2")->truth.same_as, "a1");
	assert_string_equal(scenario_alarm(&sc, "a3")->truth.same_as, "a1");
	scenario_finish(&sc);
	free(text);
	die();
}

static void what_went_into_a_later_one_is_still_there(void **state) {
	struct recorder_counts counts;
	UNUSED(state);
	begin();
	call();
	room(ACTION_ACKNOWLEDGE, 1, "");
	int64_t end_ms = ev.now_ms + 1;
	ev.now_ms += 5000;
	call();
	merge(1, 2);
	char *text = record(T0, end_ms, &counts);
	assert_int_equal(counts.alarms, 1);
	assert_int_equal(counts.actions, 1);
	assert_int_equal(counts.earlier, 0);
	free(text);
	die();
}

/* Of a log that has no links in it, the roles are guessed. */
static void who_is_a_desk_is_seen_by_what_they_do(void **state) {
	struct recorder_counts counts;
	UNUSED(state);
	begin();
	call();
	room(ACTION_ACKNOWLEDGE, 1, "");
	room(ACTION_VERIFY, 1, "");
	room(ACTION_DISPATCH, 1, "damkar");
	room(ACTION_DISPATCH, 1, "polresta");
	desk(ACTION_ACCEPT, 1, "damkar");
	room(ACTION_ACCEPT, 1, "polresta");
	char *text = record(T0, ev.now_ms + 1, &counts);
	assert_non_null(strstr(text, "\"by\":\"meja-damkar\",\"role\":\"agency\",\"action\":"
				     "\"accept\",\"key\":\"a1\",\"agency\":\"damkar\""));
	assert_non_null(strstr(text, "\"by\":\"operator-1\",\"action\":\"accept\",\"key\":\"a1\","
				     "\"agency\":\"polresta\""));
	free(text);
	die();
}

/* Whoever calls again with the same telephone is the same caller. */
static void who_calls_again_is_known_again(void **state) {
	static const char *const telephones[] = {"+62 800-555-0151", "***", "0800.555.0151"};
	struct recorder *rec = recorder_create(T0, T0 + HOUR, "malam");
	struct recorder_counts counts;
	struct buf out = {0};
	UNUSED(state);
	for (int i = 1; i <= 3; i++) {
		struct event event = {.type = EVENT_INCIDENT_RAISED,
			.seq = i,
			.at_ms = T0 + i,
			.number = i,
			.rev = 1,
			.accuracy_m = -1};
		event.alarm.accuracy_m = -1;
		text_copy(event.incident, sizeof(event.incident), city_id(i));
		text_copy(event.alarm.id, sizeof(event.alarm.id), city_id(100 + i));
		text_copy(event.alarm.caller_phone, sizeof(event.alarm.caller_phone),
			telephones[i - 1]);
		assert_true(recorder_add(rec, &event));
	}
	assert_true(recorder_write(rec, &out, &counts, NULL));
	assert_non_null(
		strstr(out.data, "\"key\":\"a1\",\"kind\":\"unknown\",\"priority\":\"P1\","
				 "\"lat\":0.0000000,\"lon\":0.0000000,\"caller\":{\"phone\":"
				 "\"+62 800-555-0001\"}"));
	assert_non_null(strstr(out.data, "+62 800-555-0002"));
	assert_null(strstr(out.data, "+62 800-555-0003"));
	assert_non_null(strstr(out.data, "{\"scenario\":\"malam\""));
	buf_finish(&out);
	recorder_destroy(rec);
}

static void desks_are_where_they_were_at_the_start(void **state) {
	struct recorder_counts counts;
	struct recorder *rec = recorder_create(T0 + 60000, T0 + HOUR, "x");
	struct buf out = {0};
	UNUSED(state);
	begin();
	link_desk(0, true);
	link_desk(1, true);
	link_desk(1, false);
	ev.now_ms = T0 + 61000;
	call();
	ev.now_ms = T0 + 62000;
	link_desk(0, true); /* A second console of the same agency. */
	ev.now_ms = T0 + 64000;
	link_desk(1, true);
	for (size_t i = 0; i < ev.log.len; i++) {
		assert_true(recorder_add(rec, &ev.log.items[i]));
		if (ev.log.items[i].at_ms == T0 + 62000) {
			recorder_restart(rec, T0 + 63000);
		}
	}
	assert_true(recorder_write(rec, &out, &counts, NULL));
	assert_non_null(strstr(out.data, "{\"at\":0,\"agency\":\"psc119\",\"desk\":\"offline\"}"));
	assert_null(strstr(out.data, "{\"at\":0,\"agency\":\"damkar\""));
	assert_non_null(strstr(out.data, "{\"at\":3,\"agency\":\"damkar\",\"desk\":\"offline\"}\n"
					 "{\"at\":4,\"agency\":\"psc119\",\"desk\":\"normal\"}"));
	assert_null(strstr(out.data, "{\"at\":2,\"agency\""));
	buf_finish(&out);
	recorder_destroy(rec);
	die();
}

/* The order is that of the log, whatever the clock does. */
static void a_clock_that_goes_back_changes_no_order(void **state) {
	struct recorder_counts counts;
	UNUSED(state);
	begin();
	ev.now_ms = T0 + 5000;
	call();
	ev.now_ms = T0 - 60000;
	room(ACTION_ACKNOWLEDGE, 1, "");
	ev.now_ms = T0 + 5500;
	room(ACTION_VERIFY, 1, "");
	char *text = record(T0, T0 + 60000, &counts);
	assert_int_equal(counts.actions, 2);
	assert_non_null(strstr(text, "{\"at\":5,\"ghost\":{\"by\":\"operator-1\",\"action\":"
				     "\"acknowledge\""));
	assert_non_null(strstr(text, "{\"at\":6.500,\"ghost\""));
	free(text);
	die();
}

static void nothing_there_is_said(void **state) {
	struct recorder *rec = recorder_create(T0, T0 + HOUR, "x");
	struct recorder_counts counts;
	struct buf out = {0};
	struct err err = {0};
	UNUSED(state);
	assert_false(recorder_write(rec, &out, &counts, &err));
	assert_string_equal(err.text, "no alarm was raised in that time");
	buf_finish(&out);
	recorder_destroy(rec);
	recorder_destroy(NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_watched_is_as_it_was),
		cmocka_unit_test(the_evening_has_something_of_all),
		cmocka_unit_test(nobody_is_known_by_it),
		cmocka_unit_test(a_part_of_an_evening_stands_by_itself),
		cmocka_unit_test(what_was_the_matter_is_how_it_ended),
		cmocka_unit_test(a_circle_of_merges_comes_to_an_end),
		cmocka_unit_test(the_first_of_those_that_are_one_stands_for_them),
		cmocka_unit_test(what_went_into_a_later_one_is_still_there),
		cmocka_unit_test(who_is_a_desk_is_seen_by_what_they_do),
		cmocka_unit_test(who_calls_again_is_known_again),
		cmocka_unit_test(desks_are_where_they_were_at_the_start),
		cmocka_unit_test(a_clock_that_goes_back_changes_no_order),
		cmocka_unit_test(nothing_there_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
