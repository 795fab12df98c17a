/* What is left of texts that would tell who the caller is. */
#ifndef SIAGA_WIRE_MASK_H
#define SIAGA_WIRE_MASK_H

#include <siaga/base/mem.h>
#include <siaga/model/incident.h>

#define MASK_SIZE 16

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

#endif
