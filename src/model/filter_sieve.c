/* What of a filter can be told by marks, without looking at an incident. */
#include "filter_private.h"

#include <string.h>

/* States in which IS may hold. */
static unsigned states_of(enum filter_is what) {
	const unsigned all = (1u << INCIDENT_STATE_COUNT) - 1, open = (1u << INCIDENT_CLOSED) - 1;
	const unsigned fresh = 1u << INCIDENT_NEW;
	switch (what) {
	case IS_NEW: return fresh;
	case IS_OPEN: return open;
	case IS_ENDED: return all & ~open;
	case IS_HELD: return open & ~fresh;
	case IS_OVERDUE: return (1u << INCIDENT_RESOLVED) - 1;
	case IS_MINE:
	case IS_LATE:
	case IS_MERGED:
	case IS_WITHDRAWN:
	case IS_COUNT: break;
	}
	return all;
}

/* States in which a term of IS may hold; one that is turned round may in any. */
static unsigned states_of_term(const struct filter_term *term) {
	unsigned states = term->negate ? ~0u : 0;
	for (unsigned i = 0; i < IS_COUNT && !term->negate; i++) {
		states |= term->bits & 1u << i ? states_of((enum filter_is)i) : 0;
	}
	return states;
}

static void shun_states(struct sieve *sieve, unsigned states) {
	for (unsigned i = 0; i < INCIDENT_STATE_COUNT; i++) {
		sieve->shuns |= states & 1u << i ? 0 : marks_state((enum incident_state)i);
	}
}

static void shun_kinds(struct sieve *sieve, unsigned kinds) {
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		sieve->shuns |= kinds & 1u << i ? 0 : marks_kind((enum kind)i);
	}
}

static void shun_priorities(struct sieve *sieve, unsigned priorities) {
	for (unsigned i = 0; i < PRIORITY_COUNT; i++) {
		sieve->shuns |= priorities & 1u << i ? 0 : marks_priority((enum priority)i);
	}
}

/* Claims with which one of the values may hold. */
static uint32_t claims_of(const struct filter_term *term) {
	uint32_t claims = 0;
	for (size_t v = 0; v < term->values_len; v++) {
		const char *name = term->values[v].folded;
		if (strcmp(name, "none") == 0) {
			claims |= marks_claim("");
		} else if (strcmp(name, "me") == 0 || name[0] == '\0' || marks_claim(name) == 0) {
			return marks_any_claim();
		} else {
			claims |= marks_claim(name);
		}
	}
	return claims;
}

/* The beginning of an agency may be one of any name, also of one that the registry lacks. */
static uint32_t asked_for(const struct filter_value *value, const struct registry *reg) {
	if (strcmp(value->folded, "none") == 0) {
		return 0;
	}
	return registry_agency(reg, value->folded) != NULL ? marks_agency(value->folded)
							   : MARKS_ASKED_ANY;
}

/* Letters of a word, however it is found: as a text or as a telephone number. None where it can be
 * found by something else. */
static struct marks letters_of(const struct filter_value *value) {
	struct marks marks = {0}, phone = {0};
	if (value->kinds != 0 || value->states != 0 || value->number > 0) {
		return marks;
	}
	marks_add_text(&marks, value->folded, value->folded_len);
	marks_add_text(&phone, value->digits, value->digits_len);
	for (size_t i = 0; i < MARKS_LETTERS && value->digits_len > 0; i++) {
		marks.letters[i] &= phone.letters[i];
	}
	return marks;
}

/* One of the values must hold: what all of them need is needed. */
static void need_values(
	struct sieve *sieve, const struct filter_term *term, const struct registry *reg) {
	struct marks needs;
	memset(&needs, 0xff, sizeof(needs));
	for (size_t v = 0; v < term->values_len; v++) {
		const struct filter_value *value = &term->values[v];
		struct marks letters = {0};
		if (term->field == FIELD_WORD) {
			letters = letters_of(value);
		}
		needs.asked &= term->field == FIELD_AGENCY ? asked_for(value, reg) : 0;
		for (size_t i = 0; i < MARKS_LETTERS; i++) {
			needs.letters[i] &= letters.letters[i];
		}
	}
	sieve->needs.asked |= needs.asked;
	for (size_t i = 0; i < MARKS_LETTERS; i++) {
		sieve->needs.letters[i] |= needs.letters[i];
	}
}

struct sieve filter_sieve(const struct filter *filter, const struct world *world) {
	struct sieve sieve = {0};
	for (size_t t = 0; t < filter->len; t++) {
		const struct filter_term *term = &filter->terms[t];
		unsigned bits = term->negate ? ~term->bits : term->bits;
		if (term->field == FIELD_PRIORITY) {
			shun_priorities(&sieve, bits);
		} else if (term->field == FIELD_KIND) {
			shun_kinds(&sieve, bits);
		} else if (term->field == FIELD_STATE) {
			shun_states(&sieve, bits);
		} else if (term->field == FIELD_IS) {
			shun_states(&sieve, states_of_term(term));
		} else if (term->field == FIELD_CLAIM && !term->negate) {
			sieve.shuns |= marks_any_claim() & ~claims_of(term);
		} else if ((term->field == FIELD_WORD || term->field == FIELD_AGENCY) &&
			   !term->negate) {
			need_values(&sieve, term, &world->registry);
		}
		sieve.dispatches = sieve.dispatches || term->field == FIELD_AGENCY ||
				   (term->field == FIELD_IS && term->bits & 1u << IS_OVERDUE);
	}
	return sieve;
}
