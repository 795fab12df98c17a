/* Clocks and times. All times are milliseconds; nothing in model/ or app/ reads a clock by itself.
 */
#ifndef SIAGA_BASE_CLOCK_H
#define SIAGA_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_RFC3339_SIZE 25 /* "2026-01-31T12:34:56.789Z" and NUL */

int64_t clock_wall_ms(void);  /* since 1970-01-01T00:00Z */
int64_t clock_mono_ms(void);  /* only differences mean something; stands while the machine sleeps */
int64_t clock_mono_us(void);  /* the same in microseconds, for how long something took */
int64_t clock_slept_ms(void); /* for how long it slept since it was started */

/* RFC 3339, UTC, milliseconds, years 1970 to 9999. */
void clock_format(char out[CLOCK_RFC3339_SIZE], int64_t at_ms);
/* Any RFC 3339 time with offset; false when malformed or out of range. */
bool clock_parse(const char *text, int64_t *at_ms);
/* The same, or "2026-01-31 12:34" or "2026-01-31 12:34:56" in the time zone of this machine. */
bool clock_parse_local(const char *text, int64_t *at_ms);

#endif
