#include <siaga/train/scenario.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#define PASS_PERCENT 80

bool scenario_is_timed(const struct scenario_line *line) {
	return line->type != LINE_HEAD && line->type != LINE_AGENCY;
}

static bool is_blank(const char *line, size_t len) {
	for (size_t i = 0; i < len; i++) {
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
			return false;
		}
	}
	return true;
}

static struct scenario_line *add_line(struct scenario *sc) {
	if (sc->len == sc->cap) {
		sc->cap = sc->cap > 0 ? sc->cap * 2 : 64;
		sc->lines = mem_resize(sc->lines, sc->cap, sizeof(*sc->lines));
	}
	return &sc->lines[sc->len++];
}

/* Puts the line's number before each mistake of `from`. */
static void add_wrong(struct buf *wrong, int number, const struct buf *from) {
	const char *text = from->data, *end = from->data + from->len;
	while (text < end) {
		size_t len = strcspn(text, "\n");
		buf_printf(wrong, "%d: %.*s\n", number, (int)len, text);
		text += len + 1;
	}
}

static size_t count_parts(const struct cond *cond) {
	size_t count = 1;
	for (size_t i = 0; i < cond->parts_len; i++) {
		count += count_parts(&cond->parts[i]);
	}
	return count;
}

/* Each of them is looked at again and again while it is played. */
static size_t count_conds(const struct scenario_line *line) {
	return (line->has_after ? count_parts(&line->after) : 0) +
	       (line->has_when ? count_parts(&line->when) : 0) +
	       (line->has_cond && line->type != LINE_GHOST ? count_parts(&line->cond) : 0);
}

static bool read_line(
	struct scenario *sc, const char *text, size_t len, int number, struct buf *wrong) {
	struct buf mistakes = {0};
	struct scenario_line line;
	bool ok = wire_get_scenario_line(&line, text, len, &mistakes);
	sc->conds += ok ? count_conds(&line) : 0;
	if (ok && sc->conds > SCENARIO_CONDS_MAX) {
		buf_printf(&mistakes, "more than %d conditions up to here\n", SCENARIO_CONDS_MAX);
		scenario_line_finish(&line);
		ok = false;
	}
	if (ok && line.type == LINE_HEAD && sc->len > 0) {
		buf_add_str(&mistakes, "scenario: the head stands before all other lines\n");
		scenario_line_finish(&line);
		ok = false;
	}
	if (ok) {
		struct scenario_line *added = add_line(sc);
		*added = line;
		added->number = number;
	} else {
		add_wrong(wrong, number, &mistakes);
	}
	buf_finish(&mistakes);
	return ok;
}

/* The lines have found their place: what points to them can be told now. */
static void settle(struct scenario *sc) {
	int64_t last_ms = 0;
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		int64_t until_ms = line->at_ms[1];
		if (line->type == LINE_HEAD) {
			sc->head = line;
			continue;
		}
		if (line->type == LINE_EXPECT && line->within_ms > 0) {
			until_ms += line->within_ms;
		}
		last_ms = until_ms > last_ms ? until_ms : last_ms;
	}
	sc->end_ms = sc->head != NULL && sc->head->end_ms >= 0 ? sc->head->end_ms
							       : last_ms + SCENARIO_REST_MS;
}

bool scenario_parse(struct scenario *sc, const char *text, size_t len, struct buf *wrong) {
	const char *end = text + len;
	bool ok = true;
	int number = 0;
	memset(sc, 0, sizeof(*sc));
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t width = stop != NULL ? (size_t)(stop - text) : (size_t)(end - text);
		number++;
		if (sc->len == SCENARIO_LINES_MAX) {
			buf_printf(wrong, "%d: more than %d lines\n", number, SCENARIO_LINES_MAX);
			ok = false;
			break;
		}
		if (!is_blank(text, width) && text[0] != '#') {
			ok = read_line(sc, text, width, number, wrong) && ok;
		}
		text += width + 1;
	}
	if (!ok) {
		scenario_finish(sc);
		return false;
	}
	settle(sc);
	return true;
}

bool scenario_read(struct scenario *sc, const char *text, size_t len, struct err *err) {
	struct buf wrong = {0};
	bool ok = scenario_parse(sc, text, len, &wrong);
	if (!ok) {
		err_set(err, "line %.*s", (int)strcspn(wrong.data, "\n"), wrong.data);
	}
	buf_finish(&wrong);
	return ok;
}

void scenario_finish(struct scenario *sc) {
	for (size_t i = 0; i < sc->len; i++) {
		scenario_line_finish(&sc->lines[i]);
	}
	free(sc->lines);
	memset(sc, 0, sizeof(*sc));
}

const char *scenario_name(const struct scenario *sc) {
	return sc->head != NULL ? sc->head->id : "";
}

const char *scenario_title(const struct scenario *sc, const char *lang) {
	return sc->head != NULL ? scenario_text_get(&sc->head->text, lang) : "";
}

int64_t scenario_pass(const struct scenario *sc) {
	return sc->head != NULL && sc->head->pass > 0 ? sc->head->pass : PASS_PERCENT;
}

static const struct scenario_line *find(const struct scenario *sc, enum scenario_line_type type,
	const char *agency, const char *key) {
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		if (line->type == type && (agency == NULL || strcmp(line->agency, agency) == 0) &&
			(key == NULL || strcmp(line->key, key) == 0)) {
			return line;
		}
	}
	return NULL;
}

const struct scenario_line *scenario_desk(const struct scenario *sc, const char *agency) {
	return find(sc, LINE_AGENCY, agency, NULL);
}

const struct scenario_line *scenario_alarm(const struct scenario *sc, const char *key) {
	return find(sc, LINE_RAISE, NULL, key);
}
