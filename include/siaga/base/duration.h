/* Lengths of time as people write them: `500ms`, `5s`, `2m`, `1h30m`. */
#ifndef SIAGA_BASE_DURATION_H
#define SIAGA_BASE_DURATION_H

#include <stdbool.h>
#include <stdint.h>

#define DURATION_MAX_MS      INT64_C(604800000)     /* seven days */
#define DURATION_DAYS_MAX_MS INT64_C(3155760000000) /* a hundred years */
#define DURATION_TEXT_SIZE   32

/* Whole numbers with units h, m, s, ms, each at most once and in this order; or a bare 0. False
 * when it is anything else or longer than DURATION_MAX_MS. */
bool duration_parse(const char *text, int64_t *ms);
/* The same with days (d) before the hours, up to DURATION_DAYS_MAX_MS: for what is kept long. */
bool duration_parse_days(const char *text, int64_t *ms);
/* "0:45", "12:00", "1:02:03": minutes and seconds, perhaps hours, of up to three digits in front.
 */
bool duration_parse_clock(const char *text, int64_t *ms);
/* The shortest text that reads back as the same time; negative ones as 0s. */
void duration_format(char out[DURATION_TEXT_SIZE], int64_t ms);

#endif
