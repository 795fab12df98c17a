/*
 * A door for the trainer of a training: another console follows this one's feed, inside the
 * process, and asks for this and that. On this machine only; further away it is reached by an SSH
 * tunnel.
 */
#ifndef SIAGA_CONSOLE_TRAINER_H
#define SIAGA_CONSOLE_TRAINER_H

#include <siaga/net/loop.h>

#include "play.h"

struct trainer;

struct trainer_config {
	const char *listen;     /* "127.0.0.1:7113"; port 0 picks one */
	const char *token_file; /* its token; made where there is none */
	struct play *play;
	/* Something was asked and done, or not. */
	void (*on_asked)(void *data);
	void *data;
};

/* NULL: *err says why not. */
struct trainer *trainer_create(
	struct loop *loop, const struct trainer_config *cfg, struct err *err);
void trainer_destroy(struct trainer *trainer); /* NULL is fine; before the loop's end */
unsigned trainer_port(const struct trainer *trainer);
/* Something may be new: who follows is told. */
void trainer_look(struct trainer *trainer);

#endif
