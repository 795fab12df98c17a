#include <siaga/model/marks.h>

#include <assert.h>
#include <string.h>

/* Where the bits of each kind of fact begin. */
#define FACTS_STATE    0
#define FACTS_KIND     (FACTS_STATE + INCIDENT_STATE_COUNT)
#define FACTS_PRIORITY (FACTS_KIND + KIND_COUNT)
#define FACTS_CLAIM    (FACTS_PRIORITY + PRIORITY_COUNT)
#define CLAIMS         8 /* the first: nobody */
static_assert(FACTS_CLAIM + CLAIMS <= 32, "all facts have a bit");

uint32_t marks_state(enum incident_state state) {
	return UINT32_C(1) << (FACTS_STATE + state);
}

uint32_t marks_kind(enum kind kind) {
	return UINT32_C(1) << (FACTS_KIND + kind);
}

uint32_t marks_priority(enum priority priority) {
	return UINT32_C(1) << (FACTS_PRIORITY + priority);
}

uint32_t marks_claim(const char *name) {
	unsigned first = (unsigned char)name[0];
	first |= first >= 'A' && first <= 'Z' ? 0x20u : 0;
	if (first >= 0x80) {
		return 0;
	}
	return UINT32_C(1) << (FACTS_CLAIM + (first != 0 ? 1 + first % (CLAIMS - 1) : 0));
}

uint32_t marks_any_claim(void) {
	return ((UINT32_C(1) << CLAIMS) - 1) << FACTS_CLAIM;
}

uint32_t marks_agency(const char *id) {
	uint32_t hash = 0;
	for (const char *at = id; *at != '\0'; at++) {
		hash = hash * 31 + (unsigned char)*at;
	}
	return MARKS_ASKED_ANY | UINT32_C(1) << hash % 31;
}

void marks_add_text(struct marks *marks, const char *folded, size_t len) {
	for (size_t i = 0; i + 1 < len; i++) {
		/* Nothing that is looked for goes over the end of a line. */
		if (folded[i] == '\n' || folded[i + 1] == '\n') {
			continue;
		}
		/* The upper bits of the product spread the few letters that there are over all. */
		uint32_t pair =
			(uint32_t)(unsigned char)folded[i] << 8 | (unsigned char)folded[i + 1];
		uint32_t bit = pair * UINT32_C(2654435761) >> 24;
		marks->letters[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}
