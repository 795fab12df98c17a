/* Scores as files. */
#ifndef SIAGA_CONSOLE_SCORE_FILE_H
#define SIAGA_CONSOLE_SCORE_FILE_H

#include <stdbool.h>

#include <siaga/base/err.h>
#include <siaga/wire/score.h>

/* Reads the JSON. False: the score is zero, *err names the file, and the member where one is wrong.
 */
bool score_read(struct score *score, const char *path, struct err *err);

/* The text into `path`, the JSON into `path`.json: each whole, or as it was before. `lang` is of
 * the scenario's texts. */
bool score_write(const struct score *score, const char *path, const char *lang, struct err *err);

#endif
