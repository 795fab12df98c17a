/* Everything that can happen to the console, and what it asks to be done. */
#ifndef SIAGA_APP_INPUT_H
#define SIAGA_APP_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/app/history.h>
#include <siaga/app/pane.h>
#include <siaga/app/picture.h>
#include <siaga/app/training.h>
#include <siaga/base/trouble.h>
#include <siaga/model/incident.h>
#include <siaga/model/reduce.h>

enum app_event_type {
	APP_TICK,    /* time passed */
	APP_KEY,     /* a key */
	APP_LINE,    /* a whole command line, from where there are no keys; leaves what is open */
	APP_PASTE,   /* pasted text: only text prompts take it */
	APP_PICK,    /* the mouse: a pane, and an incident or camera in it */
	APP_WHEEL,   /* the mouse: scroll the pane by `by` */
	APP_DRAWN,   /* the last state was shown on the screen */
	APP_PICTURE, /* a picture of a camera was taken, or could not be */
	APP_CACHE, /* start: meta of the cache, then its registry, its events, and that this was all
		    */
	APP_CACHE_REGISTRY,
	APP_CACHE_EVENT,
	APP_CACHE_DONE,
	APP_HISTORY, /* rows of closed incidents that were asked for */
	APP_OLD,     /* the events of one closed incident that was asked for */
	APP_LINK_UP, /* the websocket is open; `welcome` will follow */
	APP_LINK_DOWN,
	APP_PROOF,
	APP_WELCOME,
	APP_REGISTRY, /* takes the registry */
	APP_EVENTS,
	APP_CAUGHT_UP, /* `live` */
	APP_DIVERGED,  /* the log is not the one that we followed */
	APP_DONE,
	APP_REFUSED,
	APP_PRESENCE,
	APP_BYE,
	APP_BEAT,
	APP_BAD_MESSAGE,
	APP_OUTBOX, /* start, or when the cache could be opened at last: an item of the outbox */
	APP_OUTBOX_SEEN, /* an item is on the disk now, as EFFECT_OUTBOX has asked */
	APP_OUTBOX_READ, /* these were all */
	APP_OUTBOX_GONE, /* the file is gone in which the items are kept */
	APP_HELD,        /* an item of the outbox is on the disk, or could not be brought there */
	APP_KEPT,        /* the cache cannot be written, or it can be again */
	APP_NOTICE,      /* something the runtime has to say */
	APP_TRAINING,    /* how the replay stands; with a text: a page to be shown */
	APP_EVENT_TYPE_COUNT
};

struct desk_now {
	char agency[AGENCY_ID_SIZE];
	enum desk desk;
};

/* A console that is there, and the incident that is open on it. */
struct viewer {
	struct who who;
	char open[UUID_SIZE];
};

/* Pointers are borrowed for the call unless it says "takes". */
struct app_event {
	enum app_event_type type;
	int64_t mono_ms, wall_ms;
	uint32_t key; /* key */
	const char
		*text; /* line, paste, link_down (why), bye, notice, bad_message, training (page) */
	bool error;    /* notice */
	bool receiving;  /* tick: a part of a message is there, and not yet the rest */
	enum pane pane;  /* pick, wheel */
	int by;          /* wheel */
	bool cut;        /* drawn: too little room for the strip's question */
	int detail_most; /* drawn: lines that the detail can be scrolled */
	int board_most;  /* drawn: the same of the board */
	const struct app_picture *picture;
	const struct training *training;
	char feed[UUID_SIZE];       /* welcome, cache; outbox: what it is about, or "" */
	int64_t head, feed_now_ms;  /* welcome, caught_up, beat; cache: last_seq, saved_at */
	int64_t beat_ms;            /* welcome */
	int64_t purged_ms;          /* caught_up: persons of before are forgotten; 0: never */
	const char *name;           /* welcome, cache; outbox_seen: who asked for it, or "" */
	const char *agency;         /* welcome, cache */
	enum role role;             /* welcome, cache */
	enum mode mode;             /* welcome */
	struct registry *registry;  /* registry, cache_registry: taken, left zero */
	const struct event *events; /* events, cache_event, old */
	size_t events_len;
	bool open_only;   /* events */
	bool past;        /* events: of before this desk was asked */
	bool partial;     /* events: what this desk may see of after < seq <= head */
	int64_t after;    /* events, partial */
	const char *mark; /* events, caught_up, cache: of the last seq in the chain; may be "" */
	const char
		*id; /* done, refused, held, outbox_seen; pick: incident or camera; old: incident */
	int64_t seq; /* done; kept: the last one that is in the cache */
	const struct refusal *refusal;
	const struct desk_now *desks; /* presence */
	size_t desks_len;
	const struct viewer *viewers; /* presence */
	size_t viewers_len;
	const struct history_item *items; /* history */
	size_t items_len;
	bool whole;              /* history: there are no older ones; outbox_read: all that is kept
				    was seen */
	int64_t retry_ms;        /* link_down: -1 none */
	bool refused;            /* link_down: 401 or 403 */
	enum trouble trouble;    /* beat; held, kept: NONE where it is well */
	bool distrusted;         /* link_down: a certificate, or what belongs to it, is no good */
	struct command *command; /* outbox: taken, left zero */
	int64_t made_ms;         /* outbox */
	bool tried;              /* outbox, outbox_seen: it was sent once */
	bool guessed;            /* outbox: it does not say itself which feed it is about */
};

enum effect_type {
	EFFECT_FOLLOW, /* has_after, seq; text: its mark, or "" */
	EFFECT_STORE,  /* keep events[first..] of the app_event being applied, last_seq = seq; text:
			  its mark, or "" */
	EFFECT_SET_ASIDE, /* the feed is another log: keep the old cache aside */
	EFFECT_SEND,      /* command: put into the outbox, then send when the link is live */
	EFFECT_HOLD,      /* command: put into the outbox only; APP_HELD answers it */
	EFFECT_FORGET,    /* id: out of the outbox */
	EFFECT_OUTBOX, /* what is in the outbox? APP_OUTBOX_SEEN for each answers at once, then READ
			*/
	EFFECT_GOT,    /* seq: a desk says what it has */
	EFFECT_LOOK,   /* id: the incident that is open here */
	EFFECT_TELL,   /* id: an incident of which something is missing here */
	EFFECT_BELL,   /* the terminal's bell and the configured sound */
	EFFECT_NOTIFY, /* text: for the desktop, where the operator wants that */
	EFFECT_CAMERA, /* text: the camera to show in the viewer */
	EFFECT_THEME,  /* text: the theme to change to */
	EFFECT_HISTORY,   /* text: words; seq: key of the oldest row that is there, 0 none */
	EFFECT_OLD,       /* id: read a closed incident's events from the cache */
	EFFECT_REDRAW,    /* the terminal may be garbled: paint all */
	EFFECT_RECONNECT, /* text: why the link is of no use: drop it, and try again in a while */
	EFFECT_TRAINING,  /* ask; seq: its number; all */
	EFFECT_QUIT,
	EFFECT_TYPE_COUNT
};

#define EFFECT_TEXT_SIZE 200

struct effect {
	enum effect_type type;
	const struct command *command; /* borrowed from app->pending until the next app_apply() */
	char id[UUID_SIZE];
	char text[EFFECT_TEXT_SIZE];
	bool has_after;
	bool told; /* bell: somebody listens for it, and wants to know when it fails */
	int64_t seq;
	int64_t after;    /* store: it follows on what is kept up to here; 0: on nothing */
	int64_t made_ms;  /* send, hold: when the operator asked for it, by our clock */
	bool anew;        /* outbox: all of it, what is not in memory, too */
	bool tried;       /* send, hold: it goes out, or has gone out once */
	const char *feed; /* send, hold: the log that it is about, or ""; borrowed as the command */
	size_t first;
	enum training_ask ask;
	bool all; /* training: it is asked of all who are trained */
};

struct effects {
	struct effect *items;
	size_t len, cap;
};

void effects_finish(struct effects *fx);

#endif
