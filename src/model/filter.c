#include "filter_private.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/duration.h>
#include <siaga/base/nearest.h>
#include <siaga/base/text.h>

#define NEAR_MAX_M   50000
#define SHOWN_MAX    24 /* columns of what was typed that an error repeats */
#define WORD_LETTERS 3  /* so many before a word can mean a kind or a state */
#define PHONE_DIGITS 4  /* so many before it can be part of a telephone number */

/* A text that is being compiled. */
struct scan {
	char text[FILTER_TEXT_MAX + 1]; /* clean */
	struct filter filter;           /* what there is of it so far */
	struct err *err;
};

static void finish_term(struct filter_term *term) {
	for (size_t i = 0; i < term->values_len; i++) {
		free(term->values[i].text);
		free(term->values[i].folded);
	}
	free(term->values);
}

void filter_finish(struct filter *filter) {
	for (size_t i = 0; i < filter->len; i++) {
		finish_term(&filter->terms[i]);
	}
	free(filter->terms);
	*filter = (struct filter){0};
}

bool filter_is_empty(const struct filter *filter) {
	return filter->len == 0;
}

static int column_of(const struct scan *scan, const char *at) {
	char before[FILTER_TEXT_MAX + 1];
	size_t len = (size_t)(at - scan->text);
	memcpy(before, scan->text, len);
	before[len] = '\0';
	return text_width(before) + 1;
}

static bool fail(const struct scan *scan, const char *at, const char *fmt, ...) ATTR_PRINTF(3, 4);

static bool fail(const struct scan *scan, const char *at, const char *fmt, ...) {
	char what[ERR_TEXT_MAX];
	va_list args;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return err_set(scan->err, _("column %d: %s"), column_of(scan, at), what);
}

/* What an error repeats of a value: short, whatever was typed. */
struct shown {
	char text[4 * SHOWN_MAX + 4];
};

static struct shown show(const char *text) {
	struct shown shown;
	size_t len = text_fit(text, SHOWN_MAX, NULL);
	bool cut = text[len] != '\0';
	snprintf(shown.text, sizeof(shown.text), "%.*s%s", (int)len, text, cut ? "..." : "");
	return shown;
}

static void add_word(struct buf *buf, const char *word) {
	buf_add_str(buf, buf->len > 0 ? ", " : "");
	buf_add_str(buf, word);
}

/* A value of KIND, STATE or IS that there is not: which there are, and which may be meant. */
static bool fail_word(const struct scan *scan, const char *at, enum filter_field field,
	const struct filter_value *value, bool several) {
	struct buf names = {0};
	struct nearest near;
	struct filter_word word;
	nearest_init(&near, value->folded);
	for (size_t i = 0; filter_word_at(field, i, &word); i++) {
		nearest_try(&near, word.name);
		if (several ? text_begins(word.name, value->folded) : !word.alias) {
			add_word(&names, word.name);
		}
	}
	const char *name = filter_fields[field].name;
	if (several) {
		fail(scan, at, _("\"%s\" may be %s"), show(value->text).text, names.data);
	} else if (near.best != NULL) {
		fail(scan, at, _("\"%s\" is nothing that %s: takes; did you mean %s? It takes %s"),
			show(value->text).text, name, near.best, names.data);
	} else {
		fail(scan, at, _("\"%s\" is nothing that %s: takes; it takes %s"),
			show(value->text).text, name, names.data);
	}
	buf_finish(&names);
	return false;
}

static bool fail_field(const struct scan *scan, const char *at, const char *name) {
	struct buf names = {0};
	struct nearest near;
	nearest_init(&near, name);
	for (size_t i = 0; i < FIELD_NAMED; i++) {
		nearest_try(&near, filter_fields[i].name);
		add_word(&names, filter_fields[i].name);
	}
	if (near.best != NULL) {
		fail(scan, at, _("\"%s\" is no field; did you mean %s? Fields are %s"),
			show(name).text, near.best, names.data);
	} else {
		fail(scan, at, _("\"%s\" is no field; fields are %s"), show(name).text, names.data);
	}
	buf_finish(&names);
	return false;
}

/* A number of at most nine digits, and nothing behind it but *end. */
static bool parse_number(const char *text, char end, int64_t *out, const char **rest) {
	int64_t number = 0;
	size_t len = strspn(text, "0123456789");
	if (len == 0 || len > 9 || (text[len] != '\0' && text[len] != end)) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		number = number * 10 + (text[i] - '0');
	}
	*out = number;
	*rest = text + len;
	return true;
}

/* "412", "412<500m", "412<2km" */
static bool parse_near(struct filter_value *value) {
	const char *rest;
	int64_t radius;
	value->radius_m = FILTER_NEAR_M;
	if (!parse_number(value->folded, '<', &value->number, &rest)) {
		return false;
	}
	if (rest[0] == '\0') {
		return true;
	}
	rest += rest[1] == '=' ? 2 : 1;
	char unit = strstr(rest, "km") != NULL ? 'k' : 'm';
	if (!parse_number(rest, unit, &radius, &rest)) {
		return false;
	}
	if (strcmp(rest, "km") == 0) {
		radius *= 1000;
	} else if (strcmp(rest, "m") != 0 && rest[0] != '\0') {
		return false;
	}
	if (radius < 1 || radius > NEAR_MAX_M) {
		return false;
	}
	value->radius_m = (int32_t)radius;
	return true;
}

/* "c4"; kept in large letters, as the map has it. */
static bool parse_cell(struct filter_value *value) {
	const char *cell = value->folded;
	size_t digits = cell[0] != '\0' ? strspn(cell + 1, "0123456789") : 0;
	if (cell[0] < 'a' || cell[0] > 'z' || digits < 1 || digits > 2 ||
		cell[1 + digits] != '\0' || cell[1] == '0') {
		return false;
	}
	text_copy(value->text, strlen(value->text) + 1, cell);
	value->text[0] = (char)(cell[0] - 'a' + 'A');
	value->col = cell[0] - 'a';
	value->row = atoi(cell + 1) - 1;
	return true;
}

static bool parse_priority(const char *folded, unsigned *out) {
	folded += folded[0] == 'p' ? 1 : 0;
	if (folded[0] < '1' || folded[0] >= '1' + PRIORITY_COUNT || folded[1] != '\0') {
		return false;
	}
	*out = (unsigned)(folded[0] - '1');
	return true;
}

static unsigned compare_bits(enum filter_op op, unsigned priority) {
	unsigned all = (1u << PRIORITY_COUNT) - 1, below = (1u << priority) - 1;
	unsigned up_to = below | 1u << priority;
	switch (op) {
	case OP_BELOW: return below;
	case OP_UP_TO: return up_to;
	case OP_ABOVE: return all & ~up_to;
	case OP_FROM: return all & ~below;
	case OP_IS:
	case OP_COUNT: break;
	}
	return 1u << priority;
}

/* What a word may mean beside its letters. */
static void prepare_word(struct filter_value *value) {
	size_t digits = 0;
	if (strlen(value->folded) >= WORD_LETTERS) {
		value->kinds = filter_word_bits(FIELD_KIND, value->folded);
		value->states = filter_word_bits(FIELD_STATE, value->folded);
	}
	if (phone_key(value->digits, value->folded)) {
		return;
	}
	for (const char *at = value->folded; *at != '\0'; at++) {
		bool digit = *at >= '0' && *at <= '9';
		if (digit && digits < sizeof(value->digits) - 1) {
			value->digits[digits++] = *at;
		} else if (digit || strchr("+-.()/ ", *at) == NULL) {
			digits = 0;
			break;
		}
	}
	value->digits[digits >= PHONE_DIGITS ? digits : 0] = '\0';
	/* As the keys of the numbers it is looked for in: without the zero in front. */
	if (value->digits[0] == '0') {
		memmove(value->digits, value->digits + 1, digits);
	}
}

static bool parse_value(const struct scan *scan, const char *at, struct filter_term *term,
	struct filter_value *value) {
	enum filter_found found;
	unsigned which = 0;
	const char *rest;
	switch (term->field) {
	case FIELD_PRIORITY:
		if (!parse_priority(value->folded, &which)) {
			return fail(scan, at, _("\"%s\" is no priority; they are 1, 2, 3, 4"),
				show(value->text).text);
		}
		term->bits |= compare_bits(term->op, which);
		return term->bits != 0 || fail(scan, at, _("no priority is %s %s"),
						  filter_ops[term->op], show(value->text).text);
	case FIELD_KIND:
	case FIELD_STATE:
	case FIELD_IS:
		found = filter_word_find(term->field, value->folded, &which);
		if (found != FOUND_ONE) {
			return fail_word(scan, at, term->field, value, found == FOUND_SEVERAL);
		}
		term->bits |= 1u << which;
		return true;
	case FIELD_AGE:
		if (!duration_parse(value->folded, &term->ms)) {
			return fail(scan, at,
				_("\"%s\" is no length of time, such as 90s, 10m, 1h30m"),
				show(value->text).text);
		}
		return true;
	case FIELD_NEAR:
		if (!parse_near(value)) {
			return fail(scan, at,
				_("\"%s\" is no incident's number, such as 412, or 412<500m"),
				show(value->text).text);
		}
		return true;
	case FIELD_GRID:
		if (!parse_cell(value)) {
			return fail(scan, at, _("\"%s\" is no cell of the map, such as C4"),
				show(value->text).text);
		}
		return true;
	case FIELD_NUMBER:
		if (!parse_number(value->folded, '\0', &value->number, &rest)) {
			return fail(scan, at, _("\"%s\" is no incident's number, such as #412"),
				show(value->text).text);
		}
		return true;
	case FIELD_WORD:
		prepare_word(value);
		value->digits_len = strlen(value->digits);
		if (value->folded[0] == '0' ||
			!parse_number(value->folded, '\0', &value->number, &rest)) {
			value->number = 0;
		}
		return true;
	case FIELD_AGENCY:
	case FIELD_CLAIM:
	case FIELD_COUNT: break;
	}
	return true;
}

/* Takes [at, end) without its quotes as one more value of the term. */
static bool add_value(
	const struct scan *scan, struct filter_term *term, const char *at, const char *end) {
	char text[FILTER_TEXT_MAX + 1], folded[4 * FILTER_TEXT_MAX + 1];
	size_t len = 0;
	for (const char *from = at; from < end; from++) {
		if (*from != '"') {
			text[len++] = *from;
		}
	}
	/* Once more: a mark that stood on a blank or a quote has nothing to stand on now. */
	if (text_clean(text, sizeof(text), text, len) == 0) {
		return true; /* Between two commas, or what comes next is not typed yet. */
	}
	text_fold(folded, sizeof(folded), text);
	term->values = mem_resize(term->values, term->values_len + 1, sizeof(*term->values));
	struct filter_value *value = &term->values[term->values_len++];
	*value = (struct filter_value){.text = mem_dup_str(text),
		.folded = mem_dup_str(folded),
		.folded_len = strlen(folded),
		.column = column_of(scan, at)};
	return parse_value(scan, at, term, value);
}

/* Where a run of text ends: at one of `stops` outside of quotes, or at the end. */
static const char *skip(const char *at, const char *end, const char *stops) {
	bool quoted = false;
	for (; at < end && (quoted || strchr(stops, *at) == NULL); at++) {
		quoted = *at == '"' ? !quoted : quoted;
	}
	return at;
}

static bool parse_values(
	const struct scan *scan, struct filter_term *term, const char *at, const char *end) {
	const char *begin = at;
	while (at < end) {
		const char *stop = skip(at, end, ",");
		if (!add_value(scan, term, at, stop)) {
			return false;
		}
		at = stop < end ? stop + 1 : end;
	}
	if (term->values_len > 0) {
		return true;
	}
	if (term->field < FIELD_NAMED) {
		return fail(scan, begin, _("%s lacks a value: %s"), filter_fields[term->field].name,
			_(filter_fields[term->field].help));
	}
	return fail(scan, begin, _("a word is missing here"));
}

/* The operator at *at, which is moved behind it; OP_COUNT: there is none. */
static enum filter_op parse_op(const char **at, const char *end) {
	char first = *at < end ? (*at)[0] : '\0';
	bool equal = *at + 1 < end && (*at)[1] == '=';
	if (first == ':' || first == '=') {
		*at += 1;
		return OP_IS;
	}
	if (first == '<' || first == '>') {
		*at += equal ? 2 : 1;
		return first == '<' ? (equal ? OP_UP_TO : OP_BELOW) : (equal ? OP_FROM : OP_ABOVE);
	}
	return OP_COUNT;
}

/* "kind:" and the like: sets the field and the operator, and moves *at behind them. Without a field
 * the term is of words. */
static bool parse_field(
	const struct scan *scan, struct filter_term *term, const char **at, const char *end) {
	char name[FILTER_TEXT_MAX + 1], folded[FILTER_TEXT_MAX + 1];
	const char *op = *at;
	while (op < end &&
		((*op >= 'a' && *op <= 'z') || (*op >= 'A' && *op <= 'Z') || *op == '_')) {
		op++;
	}
	size_t len = (size_t)(op - *at);
	const char *begin = *at, *rest = op;
	enum filter_op which = parse_op(&rest, end);
	if (len == 0 || which == OP_COUNT) {
		term->field = FIELD_WORD;
		return true;
	}
	memcpy(name, begin, len);
	name[len] = '\0';
	text_fold(folded, sizeof(folded), name);
	for (size_t i = 0; i < FIELD_NAMED; i++) {
		const struct filter_field_info *field = &filter_fields[i];
		if (strcmp(field->name, folded) != 0) {
			continue;
		}
		if (which == OP_IS ? !field->lists : !field->compares) {
			return fail(scan, op, _("%s takes %s, not %s"), field->name,
				field->lists ? ":" : "<, <=, >, >=", filter_ops[which]);
		}
		term->field = (enum filter_field)i;
		term->op = which;
		*at = rest;
		return true;
	}
	return fail_field(scan, begin, folded);
}

static bool parse_term(struct scan *scan, const char *at, const char *end) {
	struct filter *filter = &scan->filter;
	filter->terms = mem_resize(filter->terms, filter->len + 1, sizeof(*filter->terms));
	struct filter_term *term = &filter->terms[filter->len++];
	*term = (struct filter_term){.negate = *at == '-' || *at == '!'};
	at += term->negate ? 1 : 0;
	if (at < end && *at == '#') {
		term->field = FIELD_NUMBER;
		at++;
	} else if (!parse_field(scan, term, &at, end)) {
		return false;
	}
	if (term->op != OP_IS && skip(at, end, ",") != end) {
		return fail(scan, at, _("%s%s takes one value"), filter_fields[term->field].name,
			filter_ops[term->op]);
	}
	return parse_values(scan, term, at, end);
}

static bool parse_text(struct scan *scan) {
	const char *at = scan->text, *end = at + strlen(at), *quote = NULL;
	for (const char *c = at; c < end; c++) {
		quote = *c != '"' ? quote : quote != NULL ? NULL : c;
	}
	if (quote != NULL) {
		return fail(scan, quote, _("this quote is not closed"));
	}
	for (at += strspn(at, " "); at < end; at += strspn(at, " ")) {
		const char *stop = skip(at, end, " ");
		if (!parse_term(scan, at, stop)) {
			return false;
		}
		at = stop;
	}
	return true;
}

bool filter_parse(struct filter *filter, const char *text, struct err *err) {
	struct scan scan = {.err = err};
	size_t len = strnlen(text, FILTER_TEXT_MAX + 1);
	if (len > FILTER_TEXT_MAX) {
		return err_set(err, _("the filter is longer than %d bytes"), FILTER_TEXT_MAX);
	}
	if (!text_utf8_ok(text, len)) {
		return err_set(err, _("the filter is not UTF-8 text"));
	}
	/* One byte that nobody can see may become a replacement of three, so it may be cut off. */
	text_clean(scan.text, sizeof(scan.text), text, len);
	if (!parse_text(&scan)) {
		filter_finish(&scan.filter);
		return false;
	}
	filter_finish(filter);
	*filter = scan.filter;
	return true;
}
