/*
 * What an incident surely has not, told by a few bits: whoever goes through many thousands of
 * incidents for few of them leaves most alone without looking at their memory. A mark that is there
 * may be there for another reason; one that is not there says no for certain.
 */
#ifndef SIAGA_MODEL_MARKS_H
#define SIAGA_MODEL_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/model/words.h>

#define MARKS_LETTERS 4

struct marks {
	uint64_t letters[MARKS_LETTERS]; /* pairs of letters in its words and telephone numbers */
	uint32_t asked;                  /* agencies that were ever asked to go */
	uint32_t facts; /* its state, kind, priority and claim: one bit of each at most */
};

#define MARKS_ASKED_ANY (UINT32_C(1) << 31) /* of `asked`: any agency at all */

/* One bit of `facts`. */
uint32_t marks_state(enum incident_state state);
uint32_t marks_kind(enum kind kind);
uint32_t marks_priority(enum priority priority);
/* By the first letter of whoever has claimed it, "" for nobody; no bit where that is not ASCII. */
uint32_t marks_claim(const char *name);
uint32_t marks_any_claim(void); /* all of these bits */
/* Bits of `asked` that a dispatch to this agency sets. */
uint32_t marks_agency(const char *id);
/* Adds the letters of a text as it is looked for: in small letters, a line each. */
void marks_add_text(struct marks *marks, const char *folded, size_t len);

/* What marks must have to be of any interest. Zero lets all pass. */
struct sieve {
	struct marks needs; /* all of `letters` and of `asked`; `facts` are not looked at */
	uint32_t shuns;     /* none of these facts */
	uint32_t spares;    /* one of these facts is enough, whatever else */
	bool dispatches;    /* those that pass will be asked about their dispatches */
};

static inline bool sieve_passes(const struct sieve *sieve, const struct marks *marks) {
	uint64_t lacks = (sieve->needs.asked & ~marks->asked) | (sieve->shuns & marks->facts);
	for (size_t i = 0; i < MARKS_LETTERS; i++) {
		lacks |= sieve->needs.letters[i] & ~marks->letters[i];
	}
	return lacks == 0 || (sieve->spares & marks->facts) != 0;
}

#endif
