#include "scenario_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/commands.h>
#include <siaga/train/check.h>
#include <siaga/train/ideal.h>

#include "scenario_file.h"
#include "solo.h"

#define EXIT_USAGE 2

/* A file that is looked at. */
struct look {
	struct err shown; /* its name, as it can be shown */
	const struct registry *registry;
	uint64_t seed;
	struct scenario scenario;
};

static bool is_command(const char *name) {
	for (int i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(command_get((enum command_id)i)->name, name) == 0) {
			return true;
		}
	}
	return false;
}

/* --- what is said --- */

/* "LINE: member: what" for each line of the text. */
static void say_mistakes(const struct look *look, const struct buf *text, bool warning) {
	const char *at = text->len > 0 ? text->data : "";
	while (*at != '\0') {
		size_t number = strcspn(at, ":"), len = strcspn(at, "\n");
		fprintf(stderr, "%s:%.*s: %s%.*s\n", look->shown.text, (int)number, at,
			warning ? "warning: " : "", (int)(len - number - 2), at + number + 2);
		at += len + (at[len] == '\n');
	}
}

static void say_losses(const struct look *look, const struct ideal_result *ideal) {
	for (size_t i = 0; i < ideal->losses_len; i++) {
		const struct ideal_loss *loss = &ideal->losses[i];
		fprintf(stderr, "%s:%d: %s%s: ", look->shown.text, loss->line->number,
			"warning: ", loss->line->type == LINE_FORBID ? "forbid" : "expect");
		fprintf(stderr, _("a perfect run loses these points, with seed %llu\n"),
			(unsigned long long)look->seed);
	}
}

static size_t count_lines(
	const struct scenario *sc, enum scenario_line_type a, enum scenario_line_type b) {
	size_t count = 0;
	for (size_t i = 0; i < sc->len; i++) {
		count += sc->lines[i].type == a || sc->lines[i].type == b;
	}
	return count;
}

static void say_clock(int64_t ms) {
	long long s = (long long)(ms / 1000);
	if (s >= 3600) {
		printf("%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	} else {
		printf("%lld:%02lld", s / 60, s % 60);
	}
}

static long long percent(const struct ideal_result *result) {
	return (long long)(result->got * 100 / result->possible);
}

static void say_worth(const struct ideal_result *ideal, const struct ideal_result *silent) {
	if (ideal->possible == 0 || silent->possible == 0) {
		return;
	}
	printf(_(", a perfect run scores %lld of %lld points (%lld %%)"), (long long)ideal->got,
		(long long)ideal->possible, percent(ideal));
	if (silent->possible == ideal->possible) {
		printf(_(", doing nothing %lld (%lld %%)"), (long long)silent->got,
			percent(silent));
	} else {
		/* Other branches, other expectations. */
		printf(_(", doing nothing %lld of %lld (%lld %%)"), (long long)silent->got,
			(long long)silent->possible, percent(silent));
	}
}

static void say_fine(const struct look *look) {
	const struct scenario *sc = &look->scenario;
	struct ideal_config cfg = {.scenario = sc, .registry = look->registry, .seed = look->seed};
	struct ideal_result ideal = {0}, silent = {0};
	size_t alarms = count_lines(sc, LINE_RAISE, LINE_RAISE);
	size_t expected = count_lines(sc, LINE_EXPECT, LINE_FORBID);
	bool played = expected > 0 && ideal_play(&cfg, &ideal) && silent_play(&cfg, &silent);
	if (played) {
		say_losses(look, &ideal);
	} else if (expected > 0) {
		fprintf(stderr, "%s: %s%s\n", look->shown.text, "warning: ",
			_("too much to be played here: nobody knows what it is worth"));
	}
	printf("%s: OK, ", look->shown.text);
	printf(ngettext("%zu alarm", "%zu alarms", alarms), alarms);
	printf(", ");
	printf(ngettext("%zu expectation", "%zu expectations", expected), expected);
	printf(", ");
	say_clock(sc->end_ms);
	if (played) {
		say_worth(&ideal, &silent);
	}
	printf("\n");
	ideal_result_finish(&ideal);
	ideal_result_finish(&silent);
}

/* --- what is done --- */

static bool check_text(struct look *look, const struct buf *text) {
	struct buf wrong = {0};
	struct check_result result = {0};
	bool ok =
		scenario_parse(&look->scenario, text->len > 0 ? text->data : "", text->len, &wrong);
	if (!ok) {
		say_mistakes(look, &wrong, false);
	} else {
		ok = check_scenario(&look->scenario, look->registry, is_command, &result);
		say_mistakes(look, &result.errors, false);
		say_mistakes(look, &result.warnings, true);
		if (ok) {
			say_fine(look);
		}
		scenario_finish(&look->scenario);
	}
	check_result_finish(&result);
	buf_finish(&wrong);
	return ok;
}

static bool check_file(const char *name, const struct registry *reg, uint64_t seed) {
	struct look look = {.registry = reg, .seed = seed};
	struct buf text = {0};
	struct err err = {0};
	err_set(&look.shown, "%s", name);
	bool ok = scenario_find(name, &text, &err);
	if (ok) {
		ok = check_text(&look, &text);
	} else {
		fprintf(stderr, "%s\n", err.text);
	}
	buf_finish(&text);
	return ok;
}

/* It reads files and nothing else: what is said of feeds and screens does not go with it. */
static bool check_options(const struct options *opt, struct err *err) {
	const struct option_row *rows = options_rows();
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (opt->given[i] != NULL && i != OPTION_SEED && i != OPTION_LANGUAGE) {
			return err_set(
				err, _("--%s does not go with siaga scenario check"), rows[i].name);
		}
	}
	return strcmp(opt->words[0], "check") == 0 ||
	       err_set(err, _("scenario %s: say siaga scenario check FILE..."), opt->words[0]);
}

int scenario_command(const struct options *opt, struct err *err) {
	struct registry registry;
	bool fine = true;
	if (!check_options(opt, err)) {
		return EXIT_USAGE;
	}
	bool ok = solo_registry(&registry, err);
	for (int i = 1; i < opt->words_len && ok; i++) {
		fine = check_file(opt->words[i], &registry, opt->seed) && fine;
		fflush(stdout);
	}
	registry_finish(&registry);
	return ok && fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
