/* A scenario's file, and the simulated feed that plays it. */
#include <stdlib.h>
#include <string.h>

#include <siaga/train/scenario.h>
#include <siaga/train/sim.h>

#include "fuzz.h"

#define START_MS  INT64_C(1700000000000)
#define STEPS_MAX 200 /* of the sim, which may go on for a week */

static void add_agency(struct registry *reg, const char *id) {
	struct agency *agency = registry_add_agency(reg);
	strcpy(agency->id, id);
	strcpy(agency->name, id);
	strcpy(agency->short_name, id);
}

/* All lines come, in order of time, and each once. */
static void check_order(struct scenario *sc) {
	const struct scenario_line *line;
	int64_t last_ms = 0, next_ms;
	size_t count = 0, timed = 0;
	for (size_t i = 0; i < sc->len; i++) {
		timed += sc->lines[i].type != LINE_HEAD && sc->lines[i].type != LINE_AGENCY;
		MUST(is_clean(sc->lines[i].text, sizeof(sc->lines[i].text)));
	}
	while ((next_ms = scenario_next_ms(sc)) >= 0) {
		MUST(next_ms >= last_ms);
		MUST(next_ms == 0 || scenario_due(sc, next_ms - 1) == NULL);
		line = scenario_due(sc, next_ms);
		MUST(line != NULL && line->at_ms == next_ms);
		last_ms = next_ms;
		count++;
	}
	MUST(count == timed);
	sc->next = 0;
}

/* The posts were held against the intake's rules when they were read. */
static void check_bodies(const struct scenario *sc) {
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		struct command cmd;
		struct err err;
		if (line->type == LINE_RAISE) {
			MUST_OF(wire_get_alarm(&cmd, line->body.data, line->body.len, &err),
				err.text);
			command_finish(&cmd);
		}
	}
}

static void play(struct scenario *sc) {
	struct registry reg = {0};
	size_t len;
	add_agency(&reg, "damkar");
	add_agency(&reg, "psc119");
	registry_index(&reg);
	struct sim *sim = sim_create(&(struct sim_config){
		.registry = &reg, .scenario = sc, .seed = 7, .start_ms = START_MS});
	for (int i = 0; i < STEPS_MAX && sim_next_ms(sim) >= 0; i++) {
		int64_t next_ms = sim_next_ms(sim);
		sim_advance(sim, next_ms);
		MUST(sim_now_ms(sim) >= next_ms);
	}
	const struct event *events = sim_events(sim, 0, &len);
	MUST((int64_t)len == sim_head(sim));
	for (size_t i = 0; i < len; i++) {
		MUST(events[i].seq == (int64_t)i + 1);
	}
	sim_destroy(sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct scenario sc;
	struct err err = {0};
	if (!scenario_parse(&sc, (const char *)data, size, 1, &err)) {
		MUST(is_message(&err));
		MUST_OF(strncmp(err.text, "line ", 5) == 0, err.text);
		MUST(sc.lines == NULL && sc.len == 0);
		return 0;
	}
	MUST(is_clean(sc.title, sizeof(sc.title)));
	check_order(&sc);
	check_bodies(&sc);
	play(&sc);
	return 0;
}
