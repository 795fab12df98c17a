/* What is left of texts that would tell who the caller is. */
#ifndef SIAGA_WIRE_MASK_H
#define SIAGA_WIRE_MASK_H

#include <siaga/base/mem.h>
#include <siaga/model/incident.h>

#define MASK_SIZE 16
/* A shorter part of a name is too often another word: "Pak", that is all right, "di" is not. */
#define MASK_WORD_MIN 3

/* First letter and stars: enough to tell two callers apart, too little to know one. */
void mask_name(char out[MASK_SIZE], const char *name);
/* Stars and the last two digits; of what is too short to be a number, only stars. */
void mask_phone(char out[MASK_SIZE], const char *phone);
/*
 * A note without what looks like a telephone number, and without the words of the names of those
 * who called: that of `alarm` and (where it is not NULL) those of the incident. Overwrites *out.
 */
void mask_note(
	struct buf *out, const char *note, const struct alarm *alarm, const struct incident *inc);

/* Does the word tell who somebody is, or the number? A number begins and ends with a digit, and may
 * have anything but letters in between. */
typedef bool (*mask_tells)(const void *data, const char *part, size_t len);
/* A text without what looks like a telephone number, and without the parts that tell. Overwrites
 * *out. */
void mask_text(struct buf *out, const char *text, mask_tells tells, const void *data);
/* Bytes of the word that `text` begins with, an apostrophe within it included; 0: none. */
size_t mask_word_len(const char *text);
/* The same, up to an apostrophe. */
size_t mask_letters_len(const char *text);
/* Bytes of the apostrophe that `text` begins with, in any of the ways they are typed; 0: none. */
size_t mask_apostrophe_len(const char *text);
/* The digit that `text` begins with, in any script; -1: none. *len (may be NULL) gets its bytes. */
int mask_digit(const char *text, size_t *len);

#endif
