/*
 * What one event costs a console that has so many incidents open, of which one came each APART
 * milliseconds, all over the city or with "here" in one place: app_bench OPEN APART [here]. Nothing
 * but the app and its lines of --plain;
 * prints the microseconds of a note, of an alarm that comes as long after the one before, and of a
 * look at all that there is, as a tick and a frame have it: the middle of many each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siaga/app/app.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/ui/plain.h>

#define FEED  "f0000000-0000-4000-8000-000000000001"
#define START INT64_C(1767225600000)
#define RUNS  301
#define PAGE  100 /* events of a message, while it fills */

struct console {
	struct app app;
	struct effects fx;
	struct buf lines;
	int64_t mono_ms, seq;
	int64_t apart_ms; /* of two alarms */
	bool here;
	int number;
};

static int64_t now_ns(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void apply(struct console *c, struct app_event event) {
	event.mono_ms = c->mono_ms;
	event.wall_ms = START + c->mono_ms;
	c->fx.len = 0;
	app_apply(&c->app, &event, &c->fx);
}

static struct event raised(struct console *c) {
	struct event event = {.type = EVENT_INCIDENT_RAISED,
		.seq = ++c->seq,
		.at_ms = START + c->mono_ms,
		.number = ++c->number,
		.rev = 1,
		.kind = (enum kind)(1 + c->number % (KIND_COUNT - 1)),
		.priority = (enum priority)(c->number % PRIORITY_COUNT)};
	(void)snprintf(event.incident, UUID_SIZE, "00000000-0000-4000-8000-%012d", c->number);
	(void)snprintf(event.place, sizeof(event.place), "Jl. Slamet Riyadi %d", c->number);
	/* The next one is far from this one, as from all of the last hours; or all are within some
	 * forty metres. */
	event.at = event.alarm.at =
		c->here ? (struct position){-75722000 + c->number * 37 % 4000,
				  1108289000 + c->number * 53 % 4000}
			: (struct position){
				  (int32_t)(-75900000 + c->number * INT64_C(370759) % 600000),
				  (int32_t)(1107700000 + c->number * INT64_C(569841) % 1000000)};
	event.alarm.received_at_ms = event.at_ms;
	(void)snprintf(
		event.alarm.caller_phone, sizeof(event.alarm.caller_phone), "08%09d", c->number);
	return event;
}

static struct event noted(struct console *c) {
	int number = 1 + (int)(c->seq * 7919 % c->number);
	const struct incident *inc;
	struct event event = {.type = EVENT_INCIDENT_NOTED,
		.seq = ++c->seq,
		.at_ms = START + c->mono_ms,
		.number = number};
	(void)snprintf(event.incident, UUID_SIZE, "00000000-0000-4000-8000-%012d", number);
	inc = world_incident(&c->app.world, event.incident);
	event.rev = inc->rev;
	text_copy(event.by.name, sizeof(event.by.name), "budi");
	event.note = mem_dup_str("warga sudah berkumpul");
	return event;
}

/* As a message of its own, and told. */
static int64_t take(struct console *c, struct event event) {
	int64_t start = now_ns();
	apply(c, (struct app_event){.type = APP_EVENTS, .events = &event, .events_len = 1});
	plain_event(&c->app, &event, &c->lines);
	int64_t took = now_ns() - start;
	buf_clear(&c->lines);
	event_finish(&event);
	return took;
}

static int64_t look(struct console *c) {
	c->mono_ms += 1000;
	apply(c, (struct app_event){
			 .type = APP_BEAT, .head = c->seq, .feed_now_ms = START + c->mono_ms});
	/* As after any event: where nothing came it would look at none. */
	apply(c, (struct app_event){.type = APP_PROOF});
	int64_t start = now_ns();
	apply(c, (struct app_event){.type = APP_TICK});
	return now_ns() - start;
}

static void fill(struct console *c, int open) {
	static struct event page[PAGE];
	apply(c, (struct app_event){.type = APP_LINK_UP});
	apply(c, (struct app_event){.type = APP_WELCOME,
			 .feed = FEED,
			 .name = "ayu",
			 .agency = "",
			 .role = ROLE_OPERATOR,
			 .beat_ms = 10000,
			 .feed_now_ms = START + c->mono_ms});
	apply(c, (struct app_event){.type = APP_CAUGHT_UP});
	while (c->number < open) {
		size_t len = 0;
		while (len < PAGE && c->number < open) {
			c->mono_ms += c->apart_ms;
			page[len++] = raised(c);
		}
		apply(c, (struct app_event){.type = APP_EVENTS, .events = page, .events_len = len});
	}
}

static int by_time(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static double middle_us(int64_t *took) {
	qsort(took, RUNS, sizeof(*took), by_time);
	return (double)took[RUNS / 2] / 1000;
}

int main(int argc, char **argv) {
	static int64_t notes[RUNS], alarms[RUNS], looks[RUNS];
	struct console c = {.mono_ms = 1000};
	int open = argc >= 3 ? atoi(argv[1]) : 0;
	c.apart_ms = argc >= 3 ? atoi(argv[2]) : 0;
	c.here = argc == 4 && strcmp(argv[3], "here") == 0;
	if (open < 1 || c.apart_ms < 1 || argc > 3 + c.here) {
		fprintf(stderr, "usage: app_bench OPEN APART [here]\n");
		return 2;
	}
	app_init(&c.app);
	fill(&c, open);
	for (int i = 0; i < RUNS; i++) {
		c.mono_ms += 5;
		notes[i] = take(&c, noted(&c));
	}
	for (int i = 0; i < RUNS; i++) {
		c.mono_ms += c.apart_ms;
		alarms[i] = take(&c, raised(&c));
	}
	for (int i = 0; i < RUNS; i++) {
		looks[i] = look(&c);
	}
	printf("%.2f %.2f %.2f\n", middle_us(notes), middle_us(alarms), middle_us(looks));
	if (c.app.bad_messages > 0 || c.app.link != APP_LINK_LIVE ||
		(int)HASH_COUNT(c.app.world.incidents) != c.number) {
		fprintf(stderr, "app_bench: %s\n", c.app.bad_text);
		return EXIT_FAILURE;
	}
	buf_finish(&c.lines);
	effects_finish(&c.fx);
	app_finish(&c.app);
	return EXIT_SUCCESS;
}
