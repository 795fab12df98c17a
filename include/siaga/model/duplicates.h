/*
 * Which incidents are likely the same one reported twice, and what else is known of a caller or a
 * place. Suggestions only: merging is for a person. Pure.
 *
 * The rule: an incident that is open, or ended less than 10 minutes ago, of the same mode, where a
 * report of each came within 10 minutes and within 80 m or the wider of their accuracies, of
 * compatible kinds; or where the same telephone called within 30 minutes, whatever it said. Ten
 * minutes and some 80 m are what alerting services use; both are to be tried in replay.
 */
#ifndef SIAGA_MODEL_DUPLICATES_H
#define SIAGA_MODEL_DUPLICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/model/incident.h>

/* Why an incident is suggested; both may hold. */
enum duplicate_why { DUPLICATE_NEAR = 1 << 0, DUPLICATE_SAME_CALLER = 1 << 1 };

struct duplicate {
	const struct incident *incident;
	unsigned why;
	double distance_m; /* between the two incidents */
	int64_t apart_ms;  /* between their first reports; positive: the suggested one came first */
};

/*
 * Incidents that are likely the same as `inc`, the likeliest first: same caller and near, same
 * caller, near; then the nearest. Returns how many of `out` were filled.
 */
size_t duplicates_find(const struct world *world, const struct incident *inc, int64_t now_ms,
	struct duplicate *out, size_t max);

/* May two reports of these kinds be of one incident? A bare press goes with everything. */
bool duplicates_kinds_fit(enum kind a, enum kind b);

#define PHONE_KEY_SIZE 24

/*
 * The digits that tell one telephone from another: "+62 812-55", "0812 55" and "62812.55" come to
 * the same, a foreign number keeps a "+". Empty (and false) when it is masked, too short to be one
 * person's, or no number at all.
 */
bool phone_key(char out[PHONE_KEY_SIZE], const char *phone);

/*
 * Other incidents that a telephone called about, or that were within radius_m of a place: fills
 * `out` with the latest of them, latest first, and returns how many there are. `except` (or NULL)
 * is left out, and so is what was merged into another that is counted anyway.
 */
size_t history_of_phone(const struct world *world, const char *phone, const struct incident *except,
	const struct incident **out, size_t max);
size_t history_of_place(const struct world *world, struct position at, double radius_m,
	const struct incident *except, const struct incident **out, size_t max);

#endif
