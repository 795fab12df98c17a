/* Small messages to many sockets, given to the kernel in one call: io_uring(7). */
#ifndef SIAGA_NET_GATHER_H
#define SIAGA_NET_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#define GATHER_MESSAGE_MAX 4096 /* bytes; what is larger takes longer than a call */

struct gather;

/* `on_failed` is told the `data` of each message that the kernel did not take, or not all of, and
 * calls nothing of this. NULL where the kernel lets this process have no ring, or one that sends
 * nothing. */
struct gather *gather_create(void (*on_failed)(void *data));
void gather_destroy(struct gather *gather); /* NULL is fine; what was not sent is not */

/*
 * One message, copied; `data` names it to on_failed. Where there is no room left what has gathered
 * is sent first. False: it is too long, or the ring has failed, for good.
 */
bool gather_add(struct gather *gather, int fd, const void *message, size_t len, void *data);
/* Sends what has gathered, without waiting for anybody; two to the same socket in any order. */
void gather_send(struct gather *gather); /* NULL is fine */

#endif
