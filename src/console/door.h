/*
 * A door into a training: a websocket on this machine, and who has which token comes in as what.
 * Further away it is reached by an SSH tunnel.
 */
#ifndef SIAGA_CONSOLE_DOOR_H
#define SIAGA_CONSOLE_DOOR_H

#include <siaga/base/mem.h>
#include <siaga/net/loop.h>

#define DOOR_KEYS_MAX    2

#define DOOR_CLOSE_GONE  1001
#define DOOR_CLOSE_MOVED 4012 /* it is worth while to come back at once */
#define DOOR_CLOSE_SLOW  4008
#define DOOR_CLOSE_BAD   4400

struct door;
struct visitor; /* lives from on_enter until on_leave returns */

/* Those who come with one token. */
struct door_key {
	const char *token_file; /* its token; made where there is none */
	/* Somebody is here; returns what the others are given. */
	void *(*on_enter)(void *data, struct visitor *visitor);
	void (*on_message)(void *own, const char *text, size_t len);
	/* All that was sent is out. May be NULL. */
	void (*on_idle)(void *own);
	void (*on_leave)(void *own);
	void *data;
};

/* `listen` is an address of this machine and a port, such as 127.0.0.1:7113; port 0 picks one. The
 * keys are copied, and have different tokens. NULL: *err says why not. */
struct door *door_create(struct loop *loop, const char *listen, const struct door_key *keys,
	size_t len, struct err *err);
void door_destroy(struct door *door); /* NULL is fine; before the loop's end */
unsigned door_port(const struct door *door);

/* Takes the frame, left zero. Who does not read is sent away. */
void visitor_send(struct visitor *visitor, struct buf *frame);
/* What was sent before goes out first. */
void visitor_close(struct visitor *visitor, uint16_t code, const char *reason);
/* They have sent something that is nothing. False: that was too often, and they are sent away. */
bool visitor_bears(struct visitor *visitor);

#endif
