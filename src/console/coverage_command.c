#include "coverage_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/file.h>
#include <siaga/base/text.h>
#include <siaga/store/history.h>
#include <siaga/wire/registry_files.h>
#include <siaga/wire/wire.h>

#include "xdg.h"

#define EXIT_USAGE   2
#define REGISTRY_MAX (8 * 1024 * 1024)
#define PLACES       10
#define LAT_MAX_E7   900000000
#define LON_MAX_E7   1800000000

/* What is asked for, and what was found. */
struct study {
	struct coverage_span span;
	size_t places_max;
	const char *folder; /* of the registry; NULL: the one that is kept */
	struct world world; /* what is open, and the registry */
	struct coverage_incident *incidents;
	size_t len, cap;
	size_t unread; /* rows and events that mean nothing to us */
};

/* --- incidents --- */

/* Of what was really reported, and once: what was joined to another is that other one. */
static void add(struct study *study, struct position at, enum priority priority,
	enum incident_state state, enum mode mode, int64_t received_ms) {
	if (mode != MODE_ACTUAL || state == INCIDENT_DUPLICATE ||
		received_ms < study->span.from_ms || received_ms >= study->span.to_ms) {
		return;
	}
	if (study->len == study->cap) {
		study->cap = study->cap > 0 ? study->cap * 2 : 1024;
		study->incidents =
			mem_resize(study->incidents, study->cap, sizeof(*study->incidents));
	}
	study->incidents[study->len++] = (struct coverage_incident){at, priority};
}

static bool take_row(void *data, const struct history_row *row) {
	struct study *study = data;
	enum priority priority;
	enum incident_state state;
	enum mode mode;
	/* It was open when that was read, and has ended since. */
	if (world_incident(&study->world, row->id) != NULL) {
		return true;
	}
	/* The file may have been written into, or be of a newer program. */
	if (abs(row->lat_e7) <= LAT_MAX_E7 && abs(row->lon_e7) <= LON_MAX_E7 &&
		priority_find(row->priority, &priority) &&
		incident_state_find(row->state, &state) && mode_find(row->mode, &mode)) {
		add(study, (struct position){row->lat_e7, row->lon_e7}, priority, state, mode,
			row->received_ms);
	} else {
		study->unread++;
	}
	return true;
}

static bool take_event(void *data, const char *body, size_t len) {
	struct study *study = data;
	struct event event;
	if (wire_get_event(&event, body, len, NULL)) {
		world_apply(&study->world, &event);
	} else {
		study->unread++;
	}
	event_finish(&event);
	return true;
}

/* What happened to cameras is of no incident; what is open has no row of the history yet. */
static bool read_open(struct study *study, struct cache_store *cache, struct err *err) {
	if (!cache_read_since(cache, INT64_MAX, take_event, study, err) ||
		!cache_read(cache, INT64_MAX, take_event, study, err)) {
		return false;
	}
	for (const struct incident *inc = study->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (incident_is_open(inc)) {
			add(study, inc->at, inc->priority, inc->state, inc->mode,
				incident_received_ms(inc));
		}
	}
	return true;
}

/* --- the registry --- */

static bool read_folder(struct registry *reg, const char *folder, struct err *err) {
	char path[FILE_PATH_SIZE];
	struct buf data = {0};
	const char *name;
	bool ok = true;
	for (size_t i = 0; ok && (name = registry_file_name(i)) != NULL; i++) {
		buf_clear(&data);
		ok = snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) ||
		     err_set(err, _("%s: the path is too long"), name);
		ok = ok && file_read_any(path, REGISTRY_MAX, &data, err) &&
		     registry_file_read(
			     reg, name, data.data != NULL ? data.data : "", data.len, err);
	}
	buf_finish(&data);
	return ok && registry_files_end(reg, err);
}

static bool read_kept(struct registry *reg, struct cache_store *cache, struct err *err) {
	struct buf json = {0};
	int rc = cache_get_registry(cache, &json, err);
	bool ok = rc == 1 && wire_get_registry(reg, json.data, json.len, err);
	if (rc == 0) {
		err_set(err, _("no registry was ever kept there; --registry takes a folder"));
	}
	buf_finish(&json);
	return ok;
}

/* --- what is said beside it --- */

static void say(const struct study *study, const struct cache_meta *meta, int64_t whole_ms) {
	char at[CLOCK_RFC3339_SIZE];
	if (study->unread > 0) {
		fprintf(stderr, _("siaga: what cannot be read, and is not counted: %zu\n"),
			study->unread);
	}
	if (meta->agency[0] != '\0') {
		fprintf(stderr, _("siaga: it holds only what %s may see\n"), meta->agency);
	}
	if (study->span.from_ms < whole_ms) {
		clock_format(at, whole_ms);
		fprintf(stderr, _("siaga: what is kept there is whole from %s on\n"), at);
	}
	if (study->len == 0) {
		fprintf(stderr, _("siaga: no incident was received then\n"));
	}
}

static bool put_out(const struct study *study, const struct options *opt, struct err *err) {
	const struct registry *reg = &study->world.registry;
	struct coverage coverage = {0};
	struct buf out = {0};
	coverage_compute(&coverage, reg, study->incidents, study->len, study->span.radius_m,
		study->places_max);
	if (opt->given[OPTION_JSON] != NULL) {
		wire_put_coverage(&out, &coverage, &study->span, reg);
	} else if (opt->given[OPTION_CSV] != NULL) {
		wire_put_coverage_csv(&out, &coverage);
	} else {
		coverage_text(&out, &coverage, &study->span, reg);
	}
	bool ok = (fwrite(out.data, 1, out.len, stdout) == out.len && fflush(stdout) == 0) ||
		  err_set(err, _("standard output: %s"), strerror(errno));
	buf_finish(&out);
	coverage_finish(&coverage);
	return ok;
}

/* Without an end it is all that is kept; without a beginning since nothing is missing: of what was
 * before, a console knows only what was still open when it came. */
static bool bound(struct study *study, const struct cache_meta *meta, int64_t first_ms) {
	if (study->span.to_ms == 0) {
		study->span.to_ms = meta->saved_at_ms + 1;
	}
	if (study->span.from_ms < 0) {
		study->span.from_ms = first_ms;
	}
	return study->span.from_ms < study->span.to_ms;
}

static int run(struct study *study, const char *dir, const struct options *opt, struct err *err) {
	struct registry *reg = &study->world.registry;
	struct cache_meta meta;
	int64_t seq, whole_ms = 0;
	int code = EXIT_FAILURE;
	struct cache_store *cache = cache_open_look(dir, err);
	if (cache == NULL || !cache_get_meta(cache, &meta, err)) {
		goto close_cache;
	}
	int rc = cache_whole_since(cache, &seq, &whole_ms, err);
	if (rc == 0) {
		err_set(err, _("no event was ever kept there"));
	}
	if (rc != 1) {
		goto close_cache;
	}
	if (!bound(study, &meta, whole_ms)) {
		err_set(err, _("coverage: --from is not before --to, or behind all that is kept"));
		goto close_cache;
	}
	bool ok = study->folder != NULL ? read_folder(reg, study->folder, err)
					: read_kept(reg, cache, err);
	ok = ok && read_open(study, cache, err) &&
	     cache_read_ended(cache, study->span.from_ms, study->span.to_ms, take_row, study, err);
	if (ok && put_out(study, opt, err)) {
		say(study, &meta, seq == 1 ? 0 : whole_ms);
		code = EXIT_SUCCESS;
	}
close_cache:
	cache_close(cache);
	world_finish(&study->world);
	free(study->incidents);
	return code;
}

/* --- what is asked for --- */

/* What is for a console that runs would be said for nothing. */
static bool check_options(const struct options *opt, struct err *err) {
	const unsigned long more =
		OPTION_BIT(OPTION_STATE) | OPTION_BIT(OPTION_LANGUAGE) | OPTION_BIT(OPTION_CONFIG);
	unsigned long own = options_commands()[OPTION_COMMAND_COVERAGE].options;
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (opt->given[i] != NULL && ((own | more) & OPTION_BIT(i)) == 0) {
			return err_set(err,
				_("--%s: coverage reads what is kept, and nothing else"),
				options_rows()[i].name);
		}
	}
	return (opt->given[OPTION_JSON] == NULL || opt->given[OPTION_CSV] == NULL) ||
	       err_set(err, _("--json and --csv exclude each other"));
}

static bool read_number(const char *text, int least, int most, int *out) {
	char *end;
	errno = 0;
	long value = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : -1;
	*out = (int)value;
	return value >= least && value <= most && *end == '\0';
}

static bool read_time(
	const struct options *opt, enum option_id id, int64_t *at_ms, struct err *err) {
	return opt->given[id] == NULL || clock_parse_local(opt->given[id], at_ms) ||
	       err_set(err,
		       _("--%s: a time such as 2026-01-31T08:00:00Z, or \"2026-01-31 15:00\" in "
			 "the "
			 "time zone of this machine"),
		       options_rows()[id].name);
}

static bool read_options(struct study *study, const struct options *opt, struct err *err) {
	int places = PLACES;
	if (opt->given[OPTION_RADIUS] != NULL &&
		!read_number(opt->given[OPTION_RADIUS], 1, COVERAGE_RADIUS_MAX_M,
			&study->span.radius_m)) {
		return err_set(err, _("--radius: whole metres, 1 to %d"), COVERAGE_RADIUS_MAX_M);
	}
	if (opt->given[OPTION_PLACES] != NULL &&
		!read_number(opt->given[OPTION_PLACES], 0, COVERAGE_PLACES_MAX, &places)) {
		return err_set(err, _("--places: a number, 0 to %d"), COVERAGE_PLACES_MAX);
	}
	study->places_max = (size_t)places;
	study->folder = opt->given[OPTION_REGISTRY];
	return read_time(opt, OPTION_FROM, &study->span.from_ms, err) &&
	       read_time(opt, OPTION_TO, &study->span.to_ms, err);
}

int coverage_command(const struct options *opt, struct err *err) {
	struct study study = {.span = {.from_ms = -1, .radius_m = COVERAGE_RADIUS_M}};
	char dir[FILE_PATH_SIZE];
	if (!check_options(opt, err) || !read_options(&study, opt, err)) {
		return EXIT_USAGE;
	}
	if (opt->state != NULL) {
		text_copy(dir, sizeof(dir), opt->state);
	} else if (!xdg_state_dir(dir, sizeof(dir), err)) {
		return EXIT_FAILURE;
	}
	return run(&study, dir, opt, err);
}
