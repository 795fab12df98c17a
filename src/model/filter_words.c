#include "filter_private.h"

#include <assert.h>
#include <string.h>

#include <siaga/base/text.h>

const struct filter_field_info filter_fields[] = {
	[FIELD_PRIORITY] = {"p", true, true, "p<=", N_("priority: 1 to 4")},
	[FIELD_KIND] = {"kind", true, false, "kind:", N_("what it is: fire, medical ...")},
	[FIELD_STATE] = {"state", true, false, "state:", N_("how far it is: new, verified ...")},
	[FIELD_IS] = {"is", true, false, "is:", N_("open, overdue, mine, held ...")},
	[FIELD_AGENCY] = {"agency", true, false, "agency:", N_("an agency that was sent there")},
	[FIELD_CLAIM] = {"claim", true, false, "claim:", N_("who works it: a name, me, none")},
	[FIELD_AGE] = {"age", false, true, "age>", N_("how long ago it was received: 10m, 1h")},
	[FIELD_NEAR] = {"near", true, false, "near:", N_("close to another: 412, 412<200m")},
	[FIELD_GRID] = {"grid", true, false, "grid:", N_("cell of the map: C4")},
};
static_assert(ARRAY_LEN(filter_fields) == FIELD_NAMED, "describe every field");

const char *const filter_ops[] = {
	[OP_IS] = ":",
	[OP_BELOW] = "<",
	[OP_UP_TO] = "<=",
	[OP_ABOVE] = ">",
	[OP_FROM] = ">=",
};
static_assert(ARRAY_LEN(filter_ops) == OP_COUNT, "write every operator");

static const struct filter_word is_words[] = {
	{"new", IS_NEW, false, N_("nobody has acknowledged it")},
	{"open", IS_OPEN, false, N_("not ended")},
	{"ended", IS_ENDED, false, N_("closed, false alarm or duplicate")},
	{"held", IS_HELD, false, N_("put aside until its time")},
	{"overdue", IS_OVERDUE, false, N_("waits for longer than its timer allows")},
	{"mine", IS_MINE, false, N_("you work it")},
	{"late", IS_LATE, false, N_("its alarm came long after it was sent")},
	{"merged", IS_MERGED, false, N_("more than one report")},
	{"withdrawn", IS_WITHDRAWN, false, N_("a caller asks to cancel")},
};
static_assert(ARRAY_LEN(is_words) == IS_COUNT, "a word for every flag");

/* What operators say; one value may have several. Their order is that of the values. */
static const struct filter_word kind_aliases[] = {
	{"panik", KIND_UNKNOWN, true, NULL},
	{"kebakaran", KIND_FIRE, true, NULL},
	{"medis", KIND_MEDICAL, true, NULL},
	{"kecelakaan", KIND_ACCIDENT, true, NULL},
	{"laka", KIND_ACCIDENT, true, NULL},
	{"kriminal", KIND_CRIME, true, NULL},
	{"penyelamatan", KIND_RESCUE, true, NULL},
	{"banjir", KIND_FLOOD, true, NULL},
	{"lalu_lintas", KIND_TRAFFIC, true, NULL},
	{"lalin", KIND_TRAFFIC, true, NULL},
	{"bahaya", KIND_HAZARD, true, NULL},
	{"massa", KIND_CROWD, true, NULL},
	{"unjuk_rasa", KIND_CROWD, true, NULL},
	{"lain", KIND_OTHER, true, NULL},
};

static const struct filter_word state_aliases[] = {
	{"baru", INCIDENT_NEW, true, NULL},
	{"diterima", INCIDENT_ACKNOWLEDGED, true, NULL},
	{"ditangani", INCIDENT_ACKNOWLEDGED, true, NULL},
	{"terverifikasi", INCIDENT_VERIFIED, true, NULL},
	{"diteruskan", INCIDENT_DISPATCHED, true, NULL},
	{"di_lokasi", INCIDENT_ON_SCENE, true, NULL},
	{"lokasi", INCIDENT_ON_SCENE, true, NULL},
	{"tertangani", INCIDENT_RESOLVED, true, NULL},
	{"selesai", INCIDENT_CLOSED, true, NULL},
	{"ditutup", INCIDENT_CLOSED, true, NULL},
	{"palsu", INCIDENT_FALSE_ALARM, true, NULL},
	{"laporan_palsu", INCIDENT_FALSE_ALARM, true, NULL},
	{"ganda", INCIDENT_DUPLICATE, true, NULL},
};

/* The first alias of a value explains the protocol's word to whoever speaks the other language. */
static const char *explain(const struct filter_word *aliases, size_t len, unsigned value) {
	for (size_t i = 0; i < len; i++) {
		if (aliases[i].value == value) {
			return aliases[i].name;
		}
	}
	return NULL;
}

static bool word_at(size_t i, size_t names, const char *name, const struct filter_word *aliases,
	size_t aliases_len, struct filter_word *out) {
	if (i < names) {
		*out = (struct filter_word){
			name, (unsigned)i, false, explain(aliases, aliases_len, (unsigned)i)};
		return true;
	}
	if (i - names < aliases_len) {
		*out = aliases[i - names];
		return true;
	}
	return false;
}

bool filter_word_at(enum filter_field field, size_t i, struct filter_word *out) {
	if (field == FIELD_KIND) {
		return word_at(i, KIND_COUNT, kind_name((enum kind)i), kind_aliases,
			ARRAY_LEN(kind_aliases), out);
	}
	if (field == FIELD_STATE) {
		return word_at(i, INCIDENT_STATE_COUNT, incident_state_name((enum incident_state)i),
			state_aliases, ARRAY_LEN(state_aliases), out);
	}
	if (field == FIELD_IS && i < ARRAY_LEN(is_words)) {
		*out = is_words[i];
		return true;
	}
	return false;
}

enum filter_found filter_word_find(enum filter_field field, const char *folded, unsigned *value) {
	enum filter_found found = FOUND_NONE;
	struct filter_word word;
	for (size_t i = 0; filter_word_at(field, i, &word); i++) {
		if (strcmp(word.name, folded) == 0) {
			*value = word.value;
			return FOUND_ONE;
		}
	}
	for (size_t i = 0; filter_word_at(field, i, &word); i++) {
		if (!text_begins(word.name, folded) ||
			(found != FOUND_NONE && word.value == *value)) {
			continue;
		}
		if (found != FOUND_NONE) {
			return FOUND_SEVERAL;
		}
		found = FOUND_ONE;
		*value = word.value;
	}
	return found;
}

unsigned filter_word_bits(enum filter_field field, const char *folded) {
	unsigned bits = 0;
	struct filter_word word;
	for (size_t i = 0; filter_word_at(field, i, &word); i++) {
		if (text_begins(word.name, folded)) {
			bits |= 1u << word.value;
		}
	}
	return bits;
}
