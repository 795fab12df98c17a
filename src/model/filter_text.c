#include "filter_private.h"

#include <string.h>

#include <siaga/base/duration.h>
#include <siaga/base/text.h>
#include <siaga/model/queue.h>

static void add_separator(struct buf *out, bool *more) {
	buf_add_str(out, *more ? "," : "");
	*more = true;
}

/* A value that would be read as something else without its quotes gets them back. */
static void add_quoted(struct buf *out, const char *text, const char *special, const char *first) {
	bool quote = strpbrk(text, special) != NULL || strchr(first, text[0]) != NULL;
	buf_printf(out, quote ? "\"%s\"" : "%s", text);
}

/* "p<=2" where the set reaches an end, else the list. */
static void add_priorities(struct buf *out, unsigned bits) {
	unsigned all = (1u << PRIORITY_COUNT) - 1;
	bool more = false, single = (bits & (bits - 1)) == 0;
	for (unsigned i = 1; i <= PRIORITY_COUNT && !single; i++) {
		unsigned up_to = (1u << i) - 1;
		if (bits == up_to || bits == (all & ~(up_to >> 1))) {
			buf_printf(out, "p%s%u", bits == up_to ? "<=" : ">=", i);
			return;
		}
	}
	buf_add_str(out, "p:");
	for (unsigned i = 0; i < PRIORITY_COUNT; i++) {
		if (bits & 1u << i) {
			add_separator(out, &more);
			buf_printf(out, "%u", i + 1);
		}
	}
}

static void add_words(struct buf *out, enum filter_field field, unsigned bits) {
	bool more = false;
	struct filter_word word;
	for (size_t i = 0; filter_word_at(field, i, &word) && !word.alias; i++) {
		if (bits & 1u << word.value) {
			add_separator(out, &more);
			buf_add_str(out, word.name);
		}
	}
}

static void add_value(struct buf *out, enum filter_field field, const struct filter_value *value) {
	if (field == FIELD_NEAR || field == FIELD_NUMBER) {
		buf_printf(out, "%lld", (long long)value->number);
	}
	if (field == FIELD_NEAR && value->radius_m != FILTER_NEAR_M) {
		buf_printf(out, "<%dm", (int)value->radius_m);
	} else if (field == FIELD_WORD) {
		add_quoted(out, value->text, " ,:=<>", "-!#");
	} else if (field == FIELD_AGENCY || field == FIELD_CLAIM || field == FIELD_GRID) {
		add_quoted(out, value->text, " ,", "");
	}
}

static void add_term(struct buf *out, const struct filter_term *term) {
	char age[DURATION_TEXT_SIZE];
	bool more = false;
	buf_add_str(out, term->negate ? "-" : "");
	if (term->field == FIELD_PRIORITY) {
		add_priorities(out, term->bits);
		return;
	}
	if (term->field < FIELD_NAMED) {
		buf_printf(out, "%s%s", filter_fields[term->field].name, filter_ops[term->op]);
	}
	if (term->field == FIELD_AGE) {
		duration_format(age, term->ms);
		buf_add_str(out, age);
		return;
	}
	if (term->field == FIELD_KIND || term->field == FIELD_STATE || term->field == FIELD_IS) {
		add_words(out, term->field, term->bits);
		return;
	}
	buf_add_str(out, term->field == FIELD_NUMBER ? "#" : "");
	for (size_t i = 0; i < term->values_len; i++) {
		add_separator(out, &more);
		add_value(out, term->field, &term->values[i]);
	}
}

void filter_text(const struct filter *filter, struct buf *out) {
	for (size_t i = 0; i < filter->len; i++) {
		buf_add_str(out, i > 0 ? " " : "");
		add_term(out, &filter->terms[i]);
	}
}

/* Candidates as they come together: those that go on from what is typed, each once. */
struct offers {
	char folded[4 * FILTER_TEXT_MAX + 1]; /* what is typed */
	struct filter_candidate *out;
	size_t len, max;
};

static void offer(struct offers *offers, const char *text, const char *help) {
	if (offers->len == offers->max || !text_begins(text, offers->folded)) {
		return;
	}
	for (size_t i = 0; i < offers->len; i++) {
		if (strcmp(offers->out[i].text, text) == 0) {
			return;
		}
	}
	struct filter_candidate *candidate = &offers->out[offers->len++];
	text_copy(candidate->text, sizeof(candidate->text), text);
	text_copy(candidate->help, sizeof(candidate->help), help != NULL ? help : "");
}

static void offer_words(struct offers *offers, enum filter_field field) {
	struct filter_word word, own;
	for (size_t i = 0; filter_word_at(field, i, &word); i++) {
		if (!word.alias) {
			offer(offers, word.name, word.help != NULL ? _(word.help) : NULL);
		} else if (offers->folded[0] != '\0' && filter_word_at(field, word.value, &own)) {
			offer(offers, word.name, own.name);
		}
	}
}

static void offer_agencies(struct offers *offers, const struct registry *reg) {
	for (size_t i = 0; i < reg->agencies_len; i++) {
		offer(offers, reg->agencies[i].id, reg->agencies[i].name);
	}
	offer(offers, "none", _("nobody is on it"));
}

/* A claim's name with a blank or comma in it needs its quotes, which a beginning does not have. */
static void offer_claim(struct offers *offers, const char *name) {
	if (name[0] != '\0' && strpbrk(name, " ,\"") == NULL) {
		offer(offers, name, NULL);
	}
}

static void offer_open(struct offers *offers, enum filter_field field, const struct world *world) {
	char cell[GEO_CELL_SIZE];
	for (const struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		if (!incident_is_open(inc)) {
			continue;
		}
		if (field == FIELD_CLAIM) {
			offer_claim(offers, inc->claim.name);
			continue;
		}
		geo_grid_name(&world->registry.grid, inc->at, cell);
		if (cell[0] != '-') {
			offer(offers, cell, inc->place);
		}
	}
}

#define NUMBERS_MAX 64

/* What is open, in the order of the queue: the numbers that are wanted are likely near its top. */
static void offer_numbers(struct offers *offers, const struct world *world, const char *prefix) {
	struct incident *rows[NUMBERS_MAX];
	size_t len = queue_collect(world, INT64_MAX / 2, 0, rows, NUMBERS_MAX);
	for (size_t i = 0; i < len && i < NUMBERS_MAX; i++) {
		struct buf number = {0};
		buf_printf(&number, "%s%lld", prefix, (long long)rows[i]->number);
		offer(offers, number.data, rows[i]->place);
		buf_finish(&number);
	}
}

static void offer_values(
	struct offers *offers, enum filter_field field, const struct world *world) {
	static const char *const ages[] = {"5m", "10m", "30m", "1h"};
	static const char *const priorities[] = {"1", "2", "3", "4"};
	switch (field) {
	case FIELD_PRIORITY:
		for (size_t i = 0; i < ARRAY_LEN(priorities); i++) {
			offer(offers, priorities[i], NULL);
		}
		break;
	case FIELD_AGE:
		for (size_t i = 0; i < ARRAY_LEN(ages); i++) {
			offer(offers, ages[i], NULL);
		}
		break;
	case FIELD_KIND:
	case FIELD_STATE:
	case FIELD_IS: offer_words(offers, field); break;
	case FIELD_AGENCY: offer_agencies(offers, &world->registry); break;
	case FIELD_CLAIM:
		offer(offers, "me", _("you work it"));
		offer(offers, "none", _("nobody works it"));
		offer_open(offers, field, world);
		break;
	case FIELD_NEAR: offer_numbers(offers, world, ""); break;
	case FIELD_GRID: offer_open(offers, field, world); break;
	case FIELD_NUMBER: offer_numbers(offers, world, "#"); break;
	case FIELD_WORD:
	case FIELD_COUNT: break;
	}
}

/* Which field's value is being typed in [at, end), and from where; FIELD_WORD: none, yet. */
static enum filter_field field_at(const char *at, const char *end, const char **value) {
	char folded[FILTER_TEXT_MAX + 1];
	size_t len = 0;
	while (at + len < end && strchr(":=<>", at[len]) == NULL) {
		len++;
	}
	*value = at;
	if (at < end && *at == '#') {
		return FIELD_NUMBER;
	}
	if (at + len == end || len >= 16) {
		return FIELD_WORD;
	}
	char name[16];
	memcpy(name, at, len);
	name[len] = '\0';
	text_fold(folded, sizeof(folded), name);
	for (size_t i = 0; i < FIELD_NAMED; i++) {
		if (strcmp(filter_fields[i].name, folded) == 0) {
			at += len + 1;
			at += at < end && *at == '=' ? 1 : 0;
			for (*value = at; at < end; at++) {
				*value = *at == ',' ? at + 1 : *value;
			}
			return (enum filter_field)i;
		}
	}
	return FIELD_COUNT;
}

size_t filter_complete(const struct world *world, const char *text, size_t cursor, size_t *from,
	struct filter_candidate *out, size_t max) {
	struct offers offers = {.out = out, .max = max};
	char typed[FILTER_TEXT_MAX + 1];
	*from = cursor;
	if (cursor > FILTER_TEXT_MAX || strnlen(text, cursor) < cursor) {
		return 0;
	}
	const char *at = text, *end = text + cursor;
	bool quoted = false;
	for (const char *c = text; c < end; c++) {
		quoted = *c == '"' ? !quoted : quoted;
		at = *c == ' ' && !quoted ? c + 1 : at;
	}
	if (quoted) {
		return 0;
	}
	at += at < end && (*at == '-' || *at == '!') ? 1 : 0;
	enum filter_field field = field_at(at, end, &at);
	size_t len = (size_t)(end - at);
	memcpy(typed, at, len);
	typed[len] = '\0';
	text_fold(offers.folded, sizeof(offers.folded), typed);
	*from = (size_t)(at - text);
	if (field == FIELD_WORD) {
		for (size_t i = 0; i < FIELD_NAMED; i++) {
			offer(&offers, filter_fields[i].opens, _(filter_fields[i].help));
		}
	} else {
		offer_values(&offers, field, world);
	}
	return offers.len;
}
