/*
 * An event on its whole way, many times over, for who counts instructions: the feed decides,
 * applies and encodes it, a console parses the message, takes it and draws its screen. Each step is
 * a function step_NAME of its own, so that
 *
 *     valgrind --tool=callgrind --toggle-collect=step_parse counts
 *
 * counts that step and no other. 40 incidents are open all the while; the events are those of
 * incidents from the alarm to the end, EVENTS of them. `counts --made-with` says what the counts
 * depend on beside this program's sources.
 */
#include <gnu/libc-version.h>
#include <json-c/json_c_version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include <siaga/app/app.h>
#include <siaga/base/text.h>
#include <siaga/ui/draw.h>
#include <siaga/wire/wire.h>

#include "forms.h"
#include "world.h"

#define OPEN      40
#define INCIDENTS 40
#define EVENTS    (INCIDENTS * 5)
#define FEED      "f0000000-0000-4000-8000-000000000001"

struct rig {
	struct world world; /* the feed's */
	struct app app;
	struct surface surface;
	struct effects fx;
	struct events decided;
	struct forms forms;
	struct buf message;
	struct server_frame frame;
	int64_t at_ms;
};

static void decide(struct rig *rig, struct command *cmd) {
	struct refusal no;
	if (!reduce(&rig->world, cmd, &rig->decided, &no) || rig->decided.len != 1) {
		(void)fprintf(stderr, "counts: refused: %s\n", no.message);
		exit(EXIT_FAILURE);
	}
	rig->decided.items[0].seq = rig->world.head + 1;
}

static void encode(struct rig *rig) {
	const struct event *event = &rig->decided.items[0];
	forms_make(&rig->forms, event, world_incident(&rig->world, event->incident),
		&rig->world.registry);
}

static void parse(struct rig *rig) {
	struct err err;
	if (!wire_get_server_frame(&rig->frame, rig->message.data, rig->message.len, &err)) {
		(void)fprintf(stderr, "counts: %s\n", err.text);
		exit(EXIT_FAILURE);
	}
}

static void take(struct rig *rig, struct app_event *event) {
	event->mono_ms = rig->at_ms - T0;
	event->wall_ms = rig->at_ms;
	rig->fx.len = 0;
	app_apply(&rig->app, event, &rig->fx);
}

static void take_events(struct rig *rig) {
	take(rig, &(struct app_event){.type = APP_EVENTS,
			  .events = rig->frame.events.items,
			  .events_len = rig->frame.events.len,
			  .mark = ""});
}

/* What callgrind is told to count; none is called but for an event that counts. */
__attribute__((noinline)) static void step_decide(struct rig *rig, struct command *cmd) {
	decide(rig, cmd);
}

__attribute__((noinline)) static void step_apply(struct rig *rig) {
	world_apply(&rig->world, &rig->decided.items[0]);
}

__attribute__((noinline)) static void step_encode(struct rig *rig) {
	encode(rig);
}

__attribute__((noinline)) static void step_parse(struct rig *rig) {
	parse(rig);
}

__attribute__((noinline)) static void step_take(struct rig *rig) {
	take_events(rig);
}

__attribute__((noinline)) static void step_draw(struct rig *rig) {
	ui_draw(&rig->app, &rig->surface);
}

static void put(struct rig *rig, struct command *cmd, bool counts) {
	rig->at_ms += 1000;
	counts ? step_decide(rig, cmd) : decide(rig, cmd);
	counts ? step_apply(rig) : (void)world_apply(&rig->world, &rig->decided.items[0]);
	counts ? step_encode(rig) : encode(rig);
	buf_clear(&rig->message);
	buf_add_str(&rig->message, WIRE_EVENTS_HEAD);
	buf_add(&rig->message, rig->forms.full.data, rig->forms.full.len);
	buf_add_str(&rig->message, WIRE_EVENTS_TAIL);
	counts ? step_parse(rig) : parse(rig);
	counts ? step_take(rig) : take_events(rig);
	counts ? step_draw(rig) : (void)ui_draw(&rig->app, &rig->surface);
	if (rig->app.world.head != rig->world.head) {
		(void)fprintf(stderr, "counts: the console did not take the event\n");
		exit(EXIT_FAILURE);
	}
	server_frame_finish(&rig->frame);
	forms_finish(&rig->forms);
	rig->forms = (struct forms){0};
	events_clear(&rig->decided);
	command_finish(cmd);
}

static void raise_one(struct rig *rig, int n, bool counts) {
	struct command cmd = {.action = ACTION_RAISE,
		.role = ROLE_INTAKE,
		.at_ms = rig->at_ms,
		.has = HAS_KIND | HAS_PRIORITY,
		.kind = (enum kind)(n % KIND_COUNT),
		.priority = (enum priority)(n % PRIORITY_COUNT)};
	struct alarm *alarm = &cmd.alarm;
	text_copy(cmd.new_incident, UUID_SIZE, city_id(n));
	text_copy(alarm->id, UUID_SIZE, city_id(n));
	alarm->at = (struct position){-75722000 + 700 * n, 1108289000 - 900 * n};
	alarm->accuracy_m = 12;
	alarm->received_at_ms = rig->at_ms;
	alarm->occurred_at_ms = rig->at_ms - 900;
	(void)snprintf(alarm->place, sizeof(alarm->place), "Jl. Slamet Riyadi %d", n);
	(void)snprintf(alarm->caller_name, sizeof(alarm->caller_name), "Pelapor %d", n);
	(void)snprintf(
		alarm->caller_phone, sizeof(alarm->caller_phone), "+62 800-555-01%02d", n % 100);
	alarm->note = mem_dup_str("asap tebal dari kios, warga sudah berkumpul");
	put(rig, &cmd, counts);
}

static void act(struct rig *rig, int n, enum action action, bool counts) {
	struct command cmd = city_command(&rig->world, action, city_id(n), "ayu");
	cmd.at_ms = rig->at_ms;
	cmd.method = action == ACTION_VERIFY ? METHOD_CALLBACK : METHOD_NONE;
	cmd.disposition = action == ACTION_CLOSE ? DISPOSITION_HANDLED : DISPOSITION_NONE;
	put(rig, &cmd, counts);
}

static void begin(struct rig *rig) {
	struct app_event welcome = {.type = APP_WELCOME,
		.beat_ms = 10000,
		.name = "ayu",
		.agency = "",
		.feed_now_ms = T0};
	struct registry reg = {0};
	rig->at_ms = T0 + 1000;
	welcome.role = ROLE_OPERATOR;
	text_copy(welcome.feed, sizeof(welcome.feed), FEED);
	city_fill(&rig->world.registry);
	city_fill(&reg);
	app_init(&rig->app);
	surface_init(&rig->surface, 120, 40);
	take(rig, &(struct app_event){.type = APP_LINK_UP});
	take(rig, &welcome);
	take(rig, &(struct app_event){.type = APP_REGISTRY, .registry = &reg});
	take(rig, &(struct app_event){.type = APP_CAUGHT_UP, .mark = ""});
	for (int n = 0; n < OPEN; n++) {
		raise_one(rig, n, false);
		act(rig, n, ACTION_ACKNOWLEDGE, false);
	}
}

static void say_made_with(void) {
#ifdef __OPTIMIZE__
	const char *optimized = "optimized";
#else
	const char *optimized = "not optimized";
#endif
#ifdef __clang__
	printf("clang %s", __clang_version__);
#else
	printf("gcc %s", __VERSION__);
#endif
	printf(" (%s, %s), glibc %s, json-c %s, utf8proc %s\n", optimized, COUNTS_BUILD,
		gnu_get_libc_version(), json_c_version(), utf8proc_version());
}

int main(int argc, char **argv) {
	static const enum action steps[] = {
		ACTION_ACKNOWLEDGE, ACTION_VERIFY, ACTION_RESOLVE, ACTION_CLOSE};
	static struct rig rig;
	if (argc == 2 && strcmp(argv[1], "--made-with") == 0) {
		say_made_with();
		return EXIT_SUCCESS;
	}
	begin(&rig);
	for (int n = OPEN; n < OPEN + INCIDENTS; n++) {
		raise_one(&rig, n, true);
		for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
			act(&rig, n, steps[i], true);
		}
		rig.at_ms += 60000;
	}
	printf("%d\n", EVENTS);
	effects_finish(&rig.fx);
	surface_finish(&rig.surface);
	app_finish(&rig.app);
	buf_finish(&rig.message);
	events_finish(&rig.decided);
	world_finish(&rig.world);
	return EXIT_SUCCESS;
}
