/* Small messages to many sockets, given to the kernel in one call: io_uring(7). */
#ifndef SIAGA_NET_GATHER_H
#define SIAGA_NET_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#define GATHER_MESSAGE_MAX 4096 /* bytes; what is larger takes longer than a call */

struct gather;

/* `on_failed` is told the `data` of each message that the kernel did not take, or not all of. NULL
 * where the kernel lets this process have no ring. */
struct gather *gather_create(void (*on_failed)(void *data));
void gather_destroy(struct gather *gather); /* NULL is fine; what was not sent is not */

/*
 * One message, in two parts, both copied; `data` names it to on_failed. Where there is no room left
 * what has gathered is sent first. False: it was not taken, and never will be where the ring has
 * failed.
 */
bool gather_add(struct gather *gather, int fd, const void *head, size_t head_len, const void *text,
	size_t len, void *data);
/* Sends what has gathered, in the order in which it was added, without waiting for anybody. */
void gather_send(struct gather *gather); /* NULL is fine */

#endif
