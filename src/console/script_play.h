/* A script that is played: struct app, and a feed inside the process that it is linked to. */
#ifndef SIAGA_CONSOLE_SCRIPT_PLAY_H
#define SIAGA_CONSOLE_SCRIPT_PLAY_H

#include <siaga/app/app.h>
#include <siaga/train/run.h>
#include <siaga/ui/draw.h>

#include "script.h"

#define PLAY_WALL_MS INT64_C(1767596400000) /* of the start: 2026-01-05T07:00:00Z */
#define PLAY_BEAT_MS 10000

struct play {
	const struct script *script;
	struct app app;
	struct scenario scenario;
	struct run *run;
	struct sim *sim; /* the run's */
	struct sim_user user;
	struct surface surface;
	int64_t now_ms; /* since the start */
	bool link_up;
	bool held; /* the script cut the link: it comes back when the script says so */
	size_t tries;
	int64_t retry_at_ms;
	bool following;       /* the feed sends what is new */
	int64_t cursor;       /* the last event that the console was sent */
	struct command *sent; /* owned; not answered yet */
	size_t sent_len;
	struct effect follow; /* asked for when its type is EFFECT_FOLLOW */
	bool asked_follow, relink, dirty, left;
	int64_t bells;
};

/* Hands it to the app at the time of now, and does what the app then wants. */
void play_apply(struct play *p, struct app_event *event);
void play_draw(struct play *p);
/* Feed and app say to each other all that they have to say now. */
void play_settle(struct play *p);
void play_presence(struct play *p); /* who is there is told anew */
void play_link_open(struct play *p);
void play_link_fail(struct play *p, const char *why); /* and when it is tried again */
void play_link_close(struct play *p);

#endif
