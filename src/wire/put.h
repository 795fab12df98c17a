/* Writing JSON into a buffer by hand: what we send most is what must be quick. */
#ifndef SIAGA_WIRE_PUT_H
#define SIAGA_WIRE_PUT_H

#include <stdint.h>

#include <siaga/base/mem.h>
#include <siaga/model/geo.h>

/*
 * `name` is a member's name of ours (never a stranger's text), or NULL for an item of a list.
 * Commas come by themselves. Strings are escaped so that no control character (C0, DEL, C1) and no
 * broken UTF-8 leaves us, whatever was in them.
 */
void put_open(struct buf *out, const char *name, char bracket);
void put_close(struct buf *out, char bracket);
void put_text(struct buf *out, const char *name, const char *text);
/* Only when it is neither NULL nor empty. */
void put_some(struct buf *out, const char *name, const char *text);
void put_int(struct buf *out, const char *name, int64_t value);
void put_literal(struct buf *out, const char *name, const char *literal); /* true, false, null */
void put_time(struct buf *out, const char *name, int64_t at_ms);
/* Milliseconds as seconds; the fraction only where there is one. */
void put_seconds(struct buf *out, const char *name, int64_t value_ms);
/* `lat` and `lon` in decimal degrees, exact. */
void put_position(struct buf *out, struct position at);

#endif
