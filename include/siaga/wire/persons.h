/* Whose names are to be found in no text that leaves the house: all of them at once, so that a long
 * export asks each word only once. */
#ifndef SIAGA_WIRE_PERSONS_H
#define SIAGA_WIRE_PERSONS_H

#include <siaga/base/mem.h>

struct persons;

struct persons *persons_create(void);
void persons_destroy(struct persons *persons); /* NULL is fine */

/* The words of a caller's name, and the numbers in it; of one that has only short words, those. */
void persons_add(struct persons *persons, const char *name);
/* A number to ring, however short it is. */
void persons_add_phone(struct persons *persons, const char *phone);
/* A word that is no person's where it is part of a token's name, such as `damkar`. */
void persons_spare(struct persons *persons, const char *word);
/* The name of a token: an operator's, or a desk's. After all that is to be spared. */
void persons_add_token(struct persons *persons, const char *name);

/* Overwrites *out with the text, without what looks like a telephone number and without the words
 * of those names, in whatever case they are written. */
void persons_mask(const struct persons *persons, const char *text, struct buf *out);

#endif
