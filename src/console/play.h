/*
 * The console without a terminal, a network or a disk: struct app, linked to an exercise inside the
 * process. Its time stands still until it is moved, a step at a time, and all that enters is on a
 * tape: so any moment can be made anew from the start, and the same makes the same.
 */
#ifndef SIAGA_CONSOLE_PLAY_H
#define SIAGA_CONSOLE_PLAY_H

#include <siaga/app/app.h>
#include <siaga/train/run.h>
#include <siaga/ui/draw.h>

#include "subject.h"

#define PLAY_BEAT_MS 10000

struct play_config {
	const struct scenario *scenario; /* borrowed, as the rest, for as long as it is played */
	const struct config *config;
	struct sim_user user;
	enum mode mode;
	uint64_t seed;
	const char *lang; /* of what the scenario says */
	bool training;    /* it is one to whoever sits there: the screen says so */
	bool watch;       /* what was recorded is done again */
	bool alone;       /* there is no link at the start */
	/* What is for a terminal: a bell, a theme, to paint all; may be NULL. */
	void (*on_effect)(void *data, const struct effect *effect);
	/* As run_config's; may be NULL. */
	void (*on_entry)(void *data, const struct tape_entry *entry);
	void *data;
};

/* Something that entered from outside, and when. */
struct play_input {
	int64_t at_ms;
	enum app_event_type type;
	uint32_t key;
	char *text; /* owned */
	enum pane pane;
	int by;
	char id[UUID_SIZE];
	bool cut;
	int detail_most, board_most;
	struct train_frame *train; /* owned: what a trainer asked, instead of the rest; or NULL */
	struct tape_entry *entry; /* owned: what entered elsewhere before, instead of it; or NULL */
};

struct play {
	struct play_config cfg;
	struct app app;
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
	int64_t bells, ids;
	int64_t made; /* how often all was made from the start */

	struct play_input *tape; /* owned; by time */
	size_t tape_len, tape_cap;
	size_t tape_at;   /* what stands there and after is still to come */
	size_t tape_done; /* behind the last of what somebody did: the rest was only drawn */
	bool making;      /* a moment is being made anew: nobody sees it */
	bool taped;       /* what enters comes from the tape */
	/* How it is played; for the screen. */
	int64_t speed_percent;
	bool paused;
	enum training_class class;
	struct effect asked; /* of whoever plays, where has_asked */
	bool has_asked;
};

/* --- play.c --- */

/* From nothing, or anew with an empty tape. False: the registry that is built in is broken. */
bool play_begin(struct play *p, const struct play_config *cfg, struct err *err);
void play_finish(struct play *p); /* zero is fine */
/* One step of PLAY_STEP_MS; what is on the tape for it happens. */
void play_step(struct play *p);
/* A key, a paste, the mouse: onto the tape, and to the app. Only where nothing is to come. */
void play_enter(struct play *p, const struct app_event *event);
/* A key: steers the replay, or is the trainee's. */
void play_key(struct play *p, uint32_t key);
/* Does what was asked of whoever plays. */
bool play_answer(struct play *p, struct err *err);
/* What a trainer asks, from another console. False: *err says why not. */
bool play_train(struct play *p, const struct train_frame *train, struct err *err);
/* Goes to a moment that was reached in another process: this had entered there, by time, and is
 * done again at its time. Takes what the entries own. For a play that has only begun. */
bool play_resume(
	struct play *p, struct tape_entry *entries, size_t len, int64_t to_ms, struct err *err);
/* As a trainer is shown it. */
void play_subject(const struct play *p, struct subject *out);
/* Is what happens what was done before? */
bool play_is_watched(const struct play *p);
/* To a moment before or after; what was done until then is done again. */
bool play_seek(struct play *p, int64_t to_ms, struct err *err);
void play_draw(struct play *p);
/* How the replay stands, to the app; a page (may be NULL) is shown over everything. */
void play_tell(struct play *p, const char *page);
/* The score as it is now, as a page. */
void play_score_text(const struct play *p, struct buf *out);

/* --- play_feed.c --- */

/* Hands it to the app at the time of now, and does what the app then wants. */
void play_apply(struct play *p, struct app_event *event);
/* Feed and app say to each other all that they have to say now. */
void play_settle(struct play *p);
void play_presence(struct play *p); /* who is there is told anew */
void play_link_open(struct play *p);
void play_link_fail(struct play *p, const char *why); /* and when it is tried again */
void play_link_close(struct play *p);
/* Ids of what the app makes are counted, from the seed. */
void play_count_ids(struct play *p);
/* This one of them was used: the next comes after it. */
void play_use_id(struct play *p, const char *id);

#endif
