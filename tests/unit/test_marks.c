/* Marks may let too much pass, but never keep back what a filter wants. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/filter.h>
#include <siaga/model/queue.h>

#include "world.h"

#define INCIDENTS 120
#define EVENTS    3000
#define MINUTE    INT64_C(60000)

struct fixture {
	struct world world;
	struct timer_table timers;
	struct filter filter;
	struct filter_ctx ctx;
	unsigned seed;
};

static int setup(void **state) {
	struct fixture *fix = mem_alloc(1, sizeof(*fix));
	city_fill(&fix->world.registry);
	timer_table_defaults(&fix->timers);
	fix->ctx = (struct filter_ctx){&fix->world, &fix->timers, "ayu", T0};
	fix->seed = 1;
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

static unsigned dice(struct fixture *fix, unsigned sides) {
	fix->seed = fix->seed * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)fix->seed * sides) >> 32);
}

static const char *const places[] = {
	"Pasar Legi", "Terminal Tirtonadi", "Jl. Ir. Sutami 36", "Café Ünal"};
static const char *const notes[] = {"asap tebal dari gudang", "dua korban", "ÉCLAIRAGE padam", "x"};
static const char *const agencies[] = {"damkar", "psc119", "polresta", "pln"};
static const char *const names[] = {"ayu", "Budi", "Élise", "ısmail"};
static const char *const phones[] = {"+62 812-555-0101", "0271-664224", ""};

#define ANY_OF(fix, list) (list)[dice(fix, ARRAY_LEN(list))]

/* Anything that may befall an incident, sensible or not: the log is believed. */
static void happen(struct fixture *fix, int number, enum event_type type) {
	struct event event = {.type = type, .number = number};
	event.seq = fix->world.head + 1;
	event.rev = event.seq;
	event.at_ms = fix->ctx.now_ms += 1000;
	text_copy(event.incident, sizeof(event.incident), city_id(number));
	text_copy(event.by.name, sizeof(event.by.name), ANY_OF(fix, names));
	event.kind = (enum kind)dice(fix, KIND_COUNT);
	event.priority = (enum priority)dice(fix, PRIORITY_COUNT);
	event.has = dice(fix, 16);
	event.until_ms = event.at_ms + (int64_t)dice(fix, 60) * MINUTE;
	event.before_ms = event.at_ms - (int64_t)dice(fix, 60) * MINUTE;
	text_copy(event.place, sizeof(event.place), ANY_OF(fix, places));
	text_copy(event.agency, sizeof(event.agency), ANY_OF(fix, agencies));
	text_copy(event.other, sizeof(event.other), city_id(1 + (int)dice(fix, INCIDENTS)));
	text_copy(event.alarm.from, sizeof(event.alarm.from), event.other);
	text_copy(event.alarm.caller_phone, sizeof(event.alarm.caller_phone), ANY_OF(fix, phones));
	text_copy(event.alarm.caller_name, sizeof(event.alarm.caller_name), "Sri Wahyuni");
	event.alarm.note = mem_dup_str(ANY_OF(fix, notes));
	event.note = dice(fix, 2) == 0 ? mem_dup_str(ANY_OF(fix, notes)) : NULL;
	world_apply(&fix->world, &event);
	event_finish(&event);
}

static bool wants(void *data, const struct incident *inc) {
	struct fixture *fix = data;
	return filter_match(&fix->filter, inc, &fix->ctx);
}

static void parse(struct fixture *fix, const char *text) {
	struct err err;
	if (!filter_parse(&fix->filter, text, &err)) {
		fail_msg("%s: %s", text, err.text);
	}
}

static size_t kept_back(const struct world *world, const struct sieve *sieve) {
	size_t count = 0;
	for (size_t i = 0; i < world->list_len; i++) {
		count += world->list[i].inc != NULL && !sieve_passes(sieve, &world->list[i].marks);
	}
	return count;
}

/* The same rows with a sieve and without; returns how many the sieve kept back. */
static size_t compare(struct fixture *fix, const char *text) {
	struct incident *rows[INCIDENTS], *slow[INCIDENTS];
	struct queue_query query = {.now_ms = fix->ctx.now_ms, .keep_ms = INT64_MAX / 2};
	query.wants = wants;
	query.data = fix;
	parse(fix, text);
	size_t len = queue_select(&fix->world, &query, slow, INCIDENTS);
	query.sieve = filter_sieve(&fix->filter, &fix->world);
	if (queue_select(&fix->world, &query, rows, INCIDENTS) != len ||
		memcmp(rows, slow, len * sizeof(rows[0])) != 0) {
		fail_msg("%s: not the same with a sieve", text);
	}
	return kept_back(&fix->world, &query.sieve);
}

static const char *const sifted[] = {"p<=2", "-p:1", "kind:fire,flood", "-kind:medical",
	"state:new", "-state:closed,new", "is:open", "is:ended,new", "is:held", "is:overdue",
	"agency:damkar", "agency:dam", "agency:psc119,pln", "sutami", "\"pasar legi\"",
	"korban gudang", "ÉCLAIRAGE", "café", "legi,legian", "0271-664224", "+628125550101",
	"helikopter", "claim:ayu", "claim:BU", "claim:none", "claim:ayu,none",
	"p:1 kind:fire state:new agency:damkar korban"};
static const char *const open[] = {"", "-is:open", "-is:new", "is:mine,open", "agency:none",
	"-agency:damkar", "agency:none,damkar", "-korban", "kebakaran", "baru", "12", "5550101",
	"x", "x,korban", "-claim:ayu", "claim:me", "claim:me,none", "claim:él", "claim:ı",
	"claim:e"};

static void no_sieve_keeps_back_what_a_filter_wants(void **state) {
	struct fixture *fix = *state;
	size_t kept[ARRAY_LEN(sifted)] = {0};
	for (int i = 1; i <= INCIDENTS; i++) {
		happen(fix, i, EVENT_INCIDENT_RAISED);
	}
	for (int i = 0; i < EVENTS; i++) {
		enum event_type type = (enum event_type)dice(fix, EVENT_TYPE_COUNT);
		/* Some days much happens to one. */
		int number = dice(fix, 4) == 0 ? 7 : 1 + (int)dice(fix, INCIDENTS);
		if (type != EVENT_LOG_PURGED || dice(fix, 10) == 0) {
			happen(fix, number, type);
		}
		if (i % 50 == 49) {
			world_forget(&fix->world, city_id(number));
			happen(fix, number, EVENT_INCIDENT_RAISED);
		}
		for (size_t t = 0; i % 20 == 0 && t < ARRAY_LEN(sifted); t++) {
			kept[t] += compare(fix, sifted[t]);
		}
		for (size_t t = 0; i % 20 == 0 && t < ARRAY_LEN(open); t++) {
			compare(fix, open[t]);
		}
	}
	/* And each is good for something. */
	for (size_t t = 0; t < ARRAY_LEN(sifted); t++) {
		if (kept[t] == 0) {
			fail_msg("%s: its sieve keeps nothing back", sifted[t]);
		}
	}
}

static void who_is_forgotten_leaves_no_mark(void **state) {
	struct fixture *fix = *state;
	static const struct marks none = {0};
	happen(fix, 1, EVENT_INCIDENT_RAISED);
	struct incident *inc = world_incident(&fix->world, city_id(1));
	happen(fix, 1, EVENT_INCIDENT_CLOSED);
	parse(fix, "wahyuni");
	struct sieve sieve = filter_sieve(&fix->filter, &fix->world);
	assert_true(sieve_passes(&sieve, &fix->world.list[inc->slot].marks));
	inc->place[0] = '\0';
	inc->alarms[0].place[0] = '\0';
	world_forget_persons(&fix->world, INT64_MAX);
	assert_false(sieve_passes(&sieve, &fix->world.list[inc->slot].marks));
	assert_memory_equal(
		fix->world.list[inc->slot].marks.letters, none.letters, sizeof(none.letters));
}

/* A queue that never hides some of them says so to the sieve. */
static void what_is_spared_passes_whatever_else(void **state) {
	struct fixture *fix = *state;
	happen(fix, 1, EVENT_INCIDENT_RAISED);
	happen(fix, 2, EVENT_INCIDENT_RAISED);
	happen(fix, 2, EVENT_INCIDENT_CLOSED);
	parse(fix, "helikopter p:1,2,3 -p:1,2,3");
	struct sieve sieve = filter_sieve(&fix->filter, &fix->world);
	assert_int_equal(kept_back(&fix->world, &sieve), 2);
	sieve.spares = marks_state(INCIDENT_NEW);
	assert_int_equal(kept_back(&fix->world, &sieve), 1);
	assert_true(sieve_passes(&sieve, &fix->world.list[0].marks));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(no_sieve_keeps_back_what_a_filter_wants),
		TEST(who_is_forgotten_leaves_no_mark),
		TEST(what_is_spared_passes_whatever_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
