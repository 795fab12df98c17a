/*
 * A console and the feed that it follows, both inside the process. The feed decides with the real
 * reducer and speaks in real frames, which wait on the way until they are let through. As long as
 * nobody makes it lie, what the console shows in the end must be what the feed has.
 */
#ifndef SIAGA_FUZZ_RIG_H
#define SIAGA_FUZZ_RIG_H

#include <siaga/app/app.h>
#include <siaga/app/query.h>
#include <siaga/wire/wire.h>

#include "../unit/world.h"
#include "worlds.h"

struct rig {
	struct app app;
	struct effects fx;
	int64_t mono_ms;

	struct world world; /* the feed's */
	struct buf *log;    /* its events as they are sent, from seq 1 on */
	size_t log_len;
	char feed[UUID_SIZE];
	enum role role;          /* of this console */
	unsigned count;          /* of commands made, for ids */
	char (*done)[UUID_SIZE]; /* ids that were answered */
	size_t done_len;

	bool up;         /* the websocket is open */
	bool follows;    /* and the console has asked for events */
	bool lies;       /* something came that a feed in its right mind does not say */
	bool odd;        /* the outbox held what no console of ours would ask for */
	struct buf *way; /* frames on their way to the console, the first first */
	size_t way_len;
	bool drop_link; /* the console wants the link to be made anew */
	bool look;      /* at the outbox */
};

/* Plain memory, made ready; rig_finish() frees what it owns. */
void rig_init(struct rig *rig);
void rig_finish(struct rig *rig);

/* One event enters the app; what it asks for is done, and what must hold is looked at. */
void rig_apply(struct rig *rig, struct app_event event);
void rig_key(struct rig *rig, uint32_t key);
void rig_type(struct rig *rig, const char *text); /* each character a key */
void rig_pass(struct rig *rig, int64_t ms);

void rig_up(struct rig *rig, enum role role); /* link and welcome */
void rig_down(struct rig *rig);
void rig_deliver(struct rig *rig, size_t frames);
/* Bytes as if they came by the link. */
void rig_hear(struct rig *rig, const char *json, size_t len);
/* Somebody else asks the feed for something. */
void rig_other(struct rig *rig, struct command *cmd);
/* The feed is set up anew: another log. */
void rig_other_log(struct rig *rig);
void rig_presence(struct rig *rig, struct bytes *in);
void rig_beat(struct rig *rig);

/* All that is on the way arrives, the link is made anew where it must be; the two agree then. */
void rig_settle(struct rig *rig);

/* What must hold of a console at any time. */
void rig_check(const struct rig *rig);

#endif
