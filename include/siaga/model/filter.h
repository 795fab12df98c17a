/*
 * The language that picks incidents:
 *
 *     p<=2 kind:fire,hazard state:new agency:damkar grid:C4 near:412<500m claim:ayu is:overdue
 *     age>10m -kind:medical #412,413 pasar "jl slamet riyadi"
 *
 * All terms must hold; "-" or "!" turns one round; a comma inside a term means "or". Names of
 * fields and values are those of the protocol or, for kinds and states, the Indonesian ones; large
 * letters are small ones, and a beginning that leaves no doubt is enough (kind:med). Words are
 * looked for in number, place, notes, callers' names and telephones, cameras, and the words for
 * kind and state.
 */
#ifndef SIAGA_MODEL_FILTER_H
#define SIAGA_MODEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/model/incident.h>
#include <siaga/model/timers.h>

#define FILTER_TEXT_MAX 512 /* bytes of a filter */
#define FILTER_NEAR_M   500 /* how near near:412 is, where nothing else is said */

struct filter_term;

/* Compiled; owns its terms. Zero is the empty filter, which everything passes. */
struct filter {
	struct filter_term *terms;
	size_t len;
};

/* What a filter is asked about beside the incident. */
struct filter_ctx {
	const struct world *world;
	const struct timer_table *timers; /* for is:overdue; NULL: nothing is */
	const char *me;                   /* own name, for is:mine and claim:me; NULL: nobody */
	int64_t now_ms;
};

/*
 * Compiles any text, a stranger's too. False: *err names the column and what is wrong with it, and
 * *filter is left as it was, so that one that was typed half stays in force. True: *filter, which
 * must be zero or a filter, is replaced.
 */
bool filter_parse(struct filter *filter, const char *text, struct err *err);
void filter_finish(struct filter *filter); /* leaves it zero */
bool filter_is_empty(const struct filter *filter);

/* False: part of it can match nothing here, and *err says which: an agency, an incident or a cell
 * of the map that is not known. The filter can be used all the same. */
bool filter_check(const struct filter *filter, const struct world *world, struct err *err);

/* Does the incident pass? Remembers, inside the filter, where the incidents of near: are. */
bool filter_match(struct filter *filter, const struct incident *inc, const struct filter_ctx *ctx);

/* What keeps back incidents of the world that surely do not pass. */
struct sieve filter_sieve(const struct filter *filter, const struct world *world);

/* Adds the filter as text to `out`, every name in full; up to FILTER_TEXT_MAX it reads back as the
 * same filter. */
void filter_text(const struct filter *filter, struct buf *out);

/* One way to go on. */
struct filter_candidate {
	char text[64];  /* stands in for text[from..cursor): "kind:", "fire", "damkar" */
	char help[128]; /* one line, translated; or a name of the registry, or "" */
};

/* Ways to complete what stands before `cursor` (a byte offset): fields, then the values of a field.
 * Returns how many of `out` were filled, and in *from where what they replace begins. */
size_t filter_complete(const struct world *world, const char *text, size_t cursor, size_t *from,
	struct filter_candidate *out, size_t max);

#endif
