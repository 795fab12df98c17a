/* A scenario's file, what is said of it, and the exercise that plays it. */
#include <stdlib.h>
#include <string.h>

#include <siaga/train/check.h>
#include <siaga/train/ideal.h>
#include <siaga/train/record.h>
#include <siaga/train/run.h>

#include "fuzz.h"

#define START_MS  INT64_C(1700000000000)
#define STEPS_MAX 300 /* of the run, which may go on for a week */

static void add_agency(struct registry *reg, const char *id) {
	struct agency *agency = registry_add_agency(reg);
	strcpy(agency->id, id);
	strcpy(agency->name, id);
	strcpy(agency->short_name, id);
}

static bool is_text_clean(const char *text) {
	return text == NULL || is_clean(text, strlen(text) + 1);
}

/* What is written of it is read as the same. */
static void check_written(const struct scenario_line *line) {
	struct buf out = {0}, again = {0}, wrong = {0};
	struct scenario_line read;
	wire_put_scenario_line(&out, line);
	if (out.len <= SCENARIO_LINE_MAX) {
		MUST_OF(wire_get_scenario_line(&read, out.data, out.len, &wrong), wrong.data);
		wire_put_scenario_line(&again, &read);
		MUST(again.len == out.len && memcmp(again.data, out.data, out.len) == 0);
		scenario_line_finish(&read);
	}
	buf_finish(&out);
	buf_finish(&again);
	buf_finish(&wrong);
}

/* The posts were held against the intake's rules when they were read. */
static void check_lines(const struct scenario *sc) {
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		struct command cmd;
		struct err err;
		MUST(i == 0 || line->number > sc->lines[i - 1].number);
		MUST(line->at_ms[0] >= 0 && line->at_ms[0] <= line->at_ms[1]);
		MUST(is_text_clean(line->text.id) && is_text_clean(line->text.en));
		MUST(is_text_clean(line->note) && is_text_clean(line->place));
		check_written(line);
		if (line->type == LINE_RAISE) {
			MUST_OF(wire_get_alarm(&cmd, line->body.data, line->body.len, &err),
				err.text);
			command_finish(&cmd);
		}
	}
}

/* The trainee takes whatever comes, so that what waits for it happens. */
static void take_all(struct run *run) {
	const struct world *world = sim_get_world(run_sim(run));
	struct refusal no;
	int64_t seq, number = world->last_number;
	const struct incident *inc = number > 0 ? world_by_number(world, number) : NULL;
	if (inc != NULL && inc->state == INCIDENT_NEW) {
		struct command cmd = {
			.action = ACTION_ACKNOWLEDGE, .has = HAS_IF_REV, .if_rev = inc->rev};
		sim_make_id(cmd.id, 7, SIM_ID_COMMAND, number);
		strcpy(cmd.incident, inc->id);
		run_select(run, inc->id);
		run_key(run);
		MUST(run_do(run, &cmd, &seq, &no));
	}
	run_command(run, "help");
}

/* What comes of it can be recorded, and what was recorded can be played. */
static void record(const struct event *events, size_t len, int64_t last_ms) {
	struct recorder *rec = recorder_create(START_MS + last_ms / 4, START_MS + last_ms + 1, "x");
	struct recorder_counts counts;
	struct scenario again;
	struct buf out = {0};
	struct err err = {0};
	for (size_t i = 0; i < len && recorder_add(rec, &events[i]); i++) {
	}
	if (recorder_write(rec, &out, &counts, NULL)) {
		MUST_OF(scenario_read(&again, out.data, out.len, &err), err.text);
		scenario_finish(&again);
	}
	buf_finish(&out);
	recorder_destroy(rec);
}

static void fill_registry(struct registry *reg) {
	memset(reg, 0, sizeof(*reg));
	add_agency(reg, "damkar");
	add_agency(reg, "psc119");
	registry_index(reg);
}

static void play(const struct scenario *sc) {
	struct registry reg;
	int64_t last_ms = 0, next_ms;
	size_t len;
	fill_registry(&reg);
	struct run *run = run_create(&(struct run_config){.registry = &reg,
		.scenario = sc,
		.trainee = {.who = {.name = "ayu"}, .role = ROLE_OPERATOR},
		.seed = 7,
		.start_ms = START_MS,
		.mode = MODE_EXERCISE,
		.lang = "en",
		.watch = sc->len % 2 == 1});
	for (int i = 0; i < STEPS_MAX && (next_ms = run_next_ms(run)) >= 0; i++) {
		next_ms = next_ms > last_ms ? next_ms : last_ms;
		run_advance(run, next_ms);
		MUST(run_now_ms(run) >= last_ms);
		last_ms = run_now_ms(run);
		take_all(run);
	}
	run_advance(run, last_ms > sc->end_ms ? last_ms : sc->end_ms);
	const struct expected *expected = run_expected(run, &len);
	for (size_t i = 0; i < len && run_is_over(run); i++) {
		MUST(expected[i].verdict != VERDICT_OPEN);
	}
	const struct event *events = sim_events(run_sim(run), 0, &len);
	MUST((int64_t)len == sim_head(run_sim(run)));
	for (size_t i = 0; i < len; i++) {
		MUST(events[i].seq == (int64_t)i + 1);
	}
	record(events, len, run_now_ms(run));
	run_destroy(run);
}

/* "LINE: what": where the next one begins, or NULL. */
static const char *after_mistake(const char *text) {
	char *rest;
	const char *end = strchr(text, '\n');
	return strtol(text, &rest, 10) > 0 && rest[0] == ':' && rest[1] == ' ' && end != NULL
		       ? end + 1
		       : NULL;
}

/* By line, and each can be shown. */
static void check_said(const struct buf *said) {
	const char *at = said->len > 0 ? said->data : "";
	for (long last = 0; *at != '\0'; last = strtol(at, NULL, 10), at = after_mistake(at)) {
		MUST(after_mistake(at) != NULL);
		MUST(strtol(at, NULL, 10) >= last);
		char *line = dup_exact(at, (size_t)(after_mistake(at) - at));
		line[after_mistake(at) - at - 1] = '\0';
		MUST(is_clean(line, strlen(line) + 1));
		free(line);
	}
}

static bool is_command(const char *name) {
	return strcmp(name, "help") == 0;
}

static void check_worth(const struct ideal_result *result, size_t lines) {
	MUST(result->got >= 0 && result->got <= result->possible);
	MUST(result->losses_len <= lines);
	MUST((result->losses_len == 0) == (result->got == result->possible));
}

/* The trainee who makes no mistakes does not have to score all of it: what is written may not be
 * possible. But it is the same each time. */
static void weigh(const struct scenario *sc) {
	struct registry reg;
	struct check_result said;
	struct ideal_result ideal, again, silent;
	fill_registry(&reg);
	MUST(check_scenario(sc, &reg, is_command, &said) == (said.errors.len == 0));
	check_said(&said.errors);
	check_said(&said.warnings);
	check_result_finish(&said);
	struct ideal_config cfg = {
		.scenario = sc, .registry = &reg, .seed = 7, .steps_max = STEPS_MAX};
	MUST(ideal_play(&cfg, &ideal));
	MUST(ideal_play(&cfg, &again));
	MUST(silent_play(&cfg, &silent));
	check_worth(&ideal, sc->len);
	check_worth(&silent, sc->len);
	MUST(ideal.got == again.got && ideal.possible == again.possible);
	ideal_result_finish(&ideal);
	ideal_result_finish(&again);
	ideal_result_finish(&silent);
	registry_finish(&reg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct scenario sc;
	struct buf wrong = {0};
	if (!scenario_parse(&sc, (const char *)data, size, &wrong)) {
		MUST(wrong.len > 0 && wrong.data[wrong.len - 1] == '\n');
		check_said(&wrong);
		MUST(sc.lines == NULL && sc.len == 0);
		buf_finish(&wrong);
		return 0;
	}
	check_lines(&sc);
	play(&sc);
	weigh(&sc);
	scenario_finish(&sc);
	return 0;
}
