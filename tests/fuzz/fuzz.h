/*
 * What every fuzz target shares. A target takes any bytes, does with them what the programs would
 * do, and holds the result against what must always be true. It has no state between two calls.
 */
#ifndef SIAGA_FUZZ_H
#define SIAGA_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program where something that must hold does not: a crash, for the fuzzer. */
#define MUST(what) ((what) ? (void)0 : fuzz_broken(#what, "", __FILE__, __LINE__))
/* The same, and shows a text: what was read, or written. */
#define MUST_OF(what, text) ((what) ? (void)0 : fuzz_broken(#what, text, __FILE__, __LINE__))

ATTR_NORETURN void fuzz_broken(const char *what, const char *text, const char *file, int line);

/* The input, taken from the front; once it is used up everything is 0 or empty. */
struct bytes {
	const uint8_t *at;
	size_t left;
};

unsigned take_byte(struct bytes *in);
unsigned take_below(struct bytes *in, unsigned limit); /* 0 to limit - 1 */
uint32_t take_u32(struct bytes *in);                   /* big end first */
/* Up to `len` bytes. The copy is exactly as long, so that a sanitizer sees a read beyond it, and
 * the caller's to free(); *got is how many there were. */
char *take_data(struct bytes *in, size_t len, size_t *got);
/* The same with a NUL behind, and what comes after a NUL in it left out. */
char *take_text(struct bytes *in, size_t len);
/* Up to a line break, which is taken too. */
char *take_line(struct bytes *in);

/* All of it as a text: up to the first NUL, if there is one. */
char *dup_text(const uint8_t *data, size_t size);
/* The same bytes in memory of just their size. */
char *dup_exact(const void *data, size_t size);

/* Can this text be drawn: valid UTF-8, no control, nothing invisible, nothing that turns the order
 * round? `size` is that of the array it stands in. */
bool is_clean(const char *text, size_t size);
/* A message for a person: not empty, one line, valid UTF-8. */
bool is_message(const struct err *err);

#endif
