/*
 * Strangers' text. Every text from outside passes text_clean() on its way into the model, once, and
 * nothing else does: what is in the model can be drawn.
 */
#ifndef SIAGA_BASE_TEXT_H
#define SIAGA_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 by RFC 3629 (no overlong forms, no surrogates, nothing over U+10FFFF), no NUL.
 */
bool text_utf8_ok(const char *text, size_t len);

/*
 * Copies `len` bytes of src into dst (size bytes, always terminated), making it fit for a terminal:
 * tab and line breaks become a space; C0, DEL, C1, private-use, unassigned and undecodable bytes
 * become U+FFFD; bidi controls, zero-width and other invisible characters are dropped; at most two
 * combining marks follow a base, none stands alone. Never splits a character. Returns the bytes
 * written.
 */
size_t text_clean(char *dst, size_t size, const char *src, size_t len);

/* Columns that a clean text takes, as a terminal counts (wide characters 2, combining 0). */
int text_width(const char *text);
/* Decodes one character at text: its bytes (0 at the end), code point and columns. */
size_t text_next(const char *text, uint32_t *code, int *columns);
/* Bytes of the longest prefix that fits into `columns`; *used (may be NULL) gets its columns. */
size_t text_fit(const char *text, int columns, int *used);
/* The same, cut at a blank where the whole text does not fit; 0 when there is no blank to cut at.
 */
size_t text_fit_words(const char *text, int columns);
/* Like strlcpy, but never cuts inside a character. Returns the bytes written. */
size_t text_copy(char *dst, size_t size, const char *src);

/*
 * Case folding, for comparing as people read: "GLADAG" and "gladag", "Straße" and "STRASSE" fold to
 * the same bytes, letters with marks to the letter and its marks. Returns the bytes written, never
 * part of a character.
 */
size_t text_fold(char *dst, size_t size, const char *src);
/* Whether text contains, or begins with, what folds to `folded`; "" is in everything. */
bool text_contains(const char *text, const char *folded);
bool text_begins(const char *text, const char *folded);

/* Bytes of the letters, with their marks, that text begins with; 0: it begins with none. */
size_t text_word(const char *text);
/* A letter, or a mark on one. */
bool text_is_letter(uint32_t code);

/* An id of ours: 1 to max bytes of [A-Za-z0-9_.-]. */
bool text_id_ok(const char *text, size_t max);

#endif
