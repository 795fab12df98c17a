/* What a run was worth: counted, put into words, and held against other runs. */
#ifndef SIAGA_TRAIN_SCORE_H
#define SIAGA_TRAIN_SCORE_H

#include <siaga/train/run.h>
#include <siaga/wire/score.h>

#define SCORE_COLS 78 /* no line of a text below is wider */

struct score_about {
	const char *trainee; /* clean; NULL or "": as the run calls them */
	const char *lang;    /* "id" or "en": that of the process, for what is put into words */
};

/*
 * Counts what has come of the run so far; what happens after its end counts for nothing. Only what
 * the scenario says the truth of is held against it. `score` is overwritten; the caller finishes
 * it.
 */
void score_make(struct score *score, const struct run *run, const struct score_about *about);

/* A page to read, in the language of the process; texts of the scenario in `lang`. A heading begins
 * at the line's start and ends with a colon. */
void score_text(struct buf *out, const struct score *score, const char *lang);
/* Runs side by side in this order, and for who has several the change from the first to the last.
 */
void scores_compare_text(struct buf *out, const struct score *scores, size_t len);

#endif
