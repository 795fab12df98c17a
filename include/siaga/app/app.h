/*
 * The console decides here. Keys, messages of the feed, the link's ups and downs and the ticking of
 * time all enter by app_apply(); what is to be done about it leaves as effects. No system call, no
 * clock, no drawing: so the full screen, scripts, replay and tests are the same program.
 */
#ifndef SIAGA_APP_APP_H
#define SIAGA_APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/app/key.h>
#include <siaga/app/map_view.h>
#include <siaga/model/incident.h>
#include <siaga/model/reduce.h>

#define APP_NEAR_MAX      12
#define APP_TEXT_MAX      400              /* bytes of what is typed in a prompt */
#define APP_ARM_MS        20000            /* an armed dispatch expires */
#define APP_RECALL_MS     10000            /* `u` takes the last dispatch back */
#define APP_OUTBOX_OLD_MS 30000            /* unsent and older: the operator is asked again */
#define APP_KEEP_ENDED_MS (30 * 60 * 1000) /* ended incidents stay in sight */
#define APP_BELL_AGAIN_MS 10000
#define APP_MUTE_MS       120000
#define APP_NOTICE_MS     8000
#define APP_LOG_MAX       200

enum app_link {
	APP_LINK_NONE,       /* --offline: there is no feed */
	APP_LINK_CONNECTING, /* never was up */
	APP_LINK_CATCHING_UP,
	APP_LINK_LIVE,
	APP_LINK_LOST,
	APP_LINK_REFUSED, /* the token was not accepted: no more tries */
	APP_LINK_COUNT
};

enum pane { PANE_QUEUE, PANE_MAP, PANE_DETAIL, PANE_CAMERAS, PANE_COUNT };

enum modal_type {
	MODAL_NONE,
	MODAL_HELP,
	MODAL_LETTER,      /* `d` was pressed: an agency's letter is awaited */
	MODAL_ARM,         /* the strip: y sends, Esc cancels, Enter does nothing */
	MODAL_RECALL,      /* the strip for taking a dispatch back */
	MODAL_METHOD,      /* how was it verified? a menu of letters */
	MODAL_REASON,      /* why is it false? a menu of letters */
	MODAL_DISPOSITION, /* how did it end? a menu of letters */
	MODAL_NOTE,        /* text */
	MODAL_CAUSE,       /* text: why the desk declines */
	MODAL_MERGE,       /* text: the number of the incident it belongs to */
	MODAL_LINE,        /* text: the `:` command line */
	MODAL_RESEND,      /* the outbox holds something old: y sends, d drops */
	MODAL_COUNT
};

struct app_menu_item {
	char letter;
	int value;        /* of the modal's enumeration */
	const char *text; /* translated where it is used */
};

struct modal {
	enum modal_type type;
	char incident[UUID_SIZE]; /* what it is about: never the row under the cursor later */
	int64_t number, rev;
	char agencies[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE]; /* arm: one, or the plan's */
	size_t agencies_len;
	int64_t opened_ms; /* mono */
	bool drawn;        /* keys typed before the strip was seen are dropped */
	char text[APP_TEXT_MAX];
	size_t text_len;
	int scroll;             /* help */
	char resend[UUID_SIZE]; /* resend: id of the outbox item */
	int arrived;            /* incidents raised while the order was frozen */
};

struct app_notice {
	char text[240];
	bool error;
	int64_t at_ms;   /* mono */
	int64_t wall_ms; /* feed's clock, for the log */
};

/* An action that the feed has not confirmed. */
struct app_pending {
	struct command command; /* owned */
	int64_t made_ms;        /* wall, ours */
	bool sent;              /* on this link */
	bool ask;               /* old: waits for the operator */
};

struct app {
	struct world world;
	char name[WHO_SIZE], position[WHO_SIZE];
	enum role role; /* ROLE_NONE until the feed or the cache said */
	char agency[AGENCY_ID_SIZE];
	enum mode mode;
	bool demo;

	enum app_link link;
	bool was_live;       /* since the start */
	int64_t proof_ms;    /* mono of the last byte from the feed */
	int64_t lost_ms;     /* mono */
	int64_t retry_at_ms; /* mono; 0: none planned */
	int64_t beat_ms;
	char link_why[160];
	int64_t now_ms;         /* mono of the last event that entered */
	int64_t wall_ms;        /* our clock, same moment */
	int64_t feed_offset_ms; /* feed's clock minus mono */
	bool feed_clock_known;

	char feed[UUID_SIZE]; /* the log that the world comes from; "" when none */
	bool has_data;        /* false: NO DATA YET, not an empty queue */
	bool cached;          /* what is shown comes from the cache, not proven by the feed since */
	int64_t cached_at_ms; /* feed's clock */

	char (*rows)[UUID_SIZE]; /* the queue's order */
	size_t rows_len;
	size_t hidden;            /* ended and no longer in sight */
	char selected[UUID_SIZE]; /* "" only when the queue is empty */
	enum pane focus;
	bool zoom;
	struct map_view map;
	int detail_scroll;
	struct camera_near near[APP_NEAR_MAX];
	size_t near_len, near_pick; /* pick: the first working one, or what the operator chose */
	bool near_chosen;           /* the operator did choose */
	bool resync;   /* something is missing here: the next `follow` asks for all that is open */
	bool snapshot; /* the open incidents are coming: seq may skip */

	struct modal modal;
	struct app_notice notice; /* text "" when there is none */
	struct app_notice *log;   /* the newest APP_LOG_MAX, oldest first */
	size_t log_len;

	struct app_pending **pending; /* each owned */
	size_t pending_len;
	char recall_incident[UUID_SIZE], recall_agency[AGENCY_ID_SIZE];
	int64_t recall_ms; /* mono when it was sent; 0: nothing to recall */

	bool bell_due;         /* an unacknowledged alarm that came live */
	int64_t bell_ms;       /* mono of the last ring */
	int64_t mute_until_ms; /* mono; 0: not muted */
	int64_t bad_messages;  /* from the feed, skipped */
	bool quit;
};

enum app_event_type {
	APP_TICK,  /* time passed */
	APP_KEY,   /* a key */
	APP_PASTE, /* pasted text: only text prompts take it */
	APP_DRAWN, /* the last state was shown on the screen */
	APP_CACHE, /* start: meta of the cache, then its events as APP_CACHE_EVENT */
	APP_CACHE_EVENT,
	APP_CACHE_DONE,
	APP_LINK_UP, /* the websocket is open; `welcome` will follow */
	APP_LINK_DOWN,
	APP_PROOF,
	APP_WELCOME,
	APP_REGISTRY, /* takes the registry */
	APP_EVENTS,
	APP_CAUGHT_UP, /* `live` */
	APP_DONE,
	APP_REFUSED,
	APP_PRESENCE,
	APP_BYE,
	APP_BEAT,
	APP_BAD_MESSAGE,
	APP_OUTBOX, /* start: an item of the outbox */
	APP_NOTICE, /* something the runtime has to say */
	APP_EVENT_TYPE_COUNT
};

struct desk_now {
	char agency[AGENCY_ID_SIZE];
	enum desk desk;
};

/* Everything that can happen. Pointers are borrowed for the call unless it says "takes". */
struct app_event {
	enum app_event_type type;
	int64_t mono_ms, wall_ms;
	uint32_t key;               /* key */
	const char *text;           /* paste, link_down (why), bye, notice, bad_message */
	bool error;                 /* notice */
	char feed[UUID_SIZE];       /* welcome, cache */
	int64_t head, feed_now_ms;  /* welcome, caught_up, beat; cache: last_seq, saved_at */
	int64_t beat_ms;            /* welcome */
	const char *name;           /* welcome, cache */
	const char *agency;         /* welcome, cache */
	enum role role;             /* welcome, cache */
	enum mode mode;             /* welcome */
	struct registry *registry;  /* registry: taken, left zero */
	const struct event *events; /* events, cache_event */
	size_t events_len;
	bool open_only; /* events */
	const char *id; /* done, refused */
	int64_t seq;    /* done */
	const struct refusal *refusal;
	const struct desk_now *desks; /* presence */
	size_t desks_len;
	int64_t retry_ms;        /* link_down: -1 none */
	bool refused;            /* link_down: 401 or 403 */
	struct command *command; /* outbox: taken, left zero */
	int64_t made_ms;         /* outbox */
};

enum effect_type {
	EFFECT_FOLLOW,    /* has_after, seq */
	EFFECT_STORE,     /* keep events[first..] of the app_event being applied, last_seq = seq */
	EFFECT_SET_ASIDE, /* the feed is another log: keep the old cache aside */
	EFFECT_SEND,      /* command: put into the outbox, then send when the link is live */
	EFFECT_HOLD,      /* command: put into the outbox only */
	EFFECT_FORGET,    /* id: out of the outbox */
	EFFECT_GOT,       /* seq: a desk says what it has */
	EFFECT_LOOK,      /* id: the incident that is open here */
	EFFECT_BELL,
	EFFECT_REDRAW,    /* the terminal may be garbled: paint all */
	EFFECT_RECONNECT, /* the link is of no use: close it and try again */
	EFFECT_QUIT,
	EFFECT_TYPE_COUNT
};

struct effect {
	enum effect_type type;
	const struct command *command; /* borrowed from app->pending until the next app_apply() */
	char id[UUID_SIZE];
	bool has_after;
	int64_t seq;
	int64_t made_ms; /* send, hold: when the operator asked for it, by our clock */
	size_t first;
};

struct effects {
	struct effect *items;
	size_t len, cap;
};

void effects_finish(struct effects *fx);

void app_init(struct app *app);
void app_finish(struct app *app); /* zero is fine */

/* The one door. Effects are added to *fx, which the caller cleared. Ids come from `make_id`, so
 * that a script can fix them. */
void app_apply(struct app *app, const struct app_event *event, struct effects *fx);
void app_set_id_source(void (*make_id)(char out[UUID_SIZE]));

/* --- what views ask --- */

/* The feed's clock now, or ours while it is unknown. */
int64_t app_feed_now(const struct app *app);
/* Milliseconds since the last proof that the link lives. */
int64_t app_proof_age(const struct app *app);
/* Live, but nothing was heard for more than a beat and a half. */
bool app_is_slow(const struct app *app);
struct incident *app_selected(const struct app *app);
struct incident *app_row(const struct app *app, size_t row); /* NULL where it is no longer known */
int app_selected_row(const struct app *app);                 /* -1: none */
/* Is it this console's business? A desk sees what its agency was sent to. */
bool app_is_ours(const struct app *app, const struct incident *inc);
size_t app_count_new(const struct app *app);
size_t app_count_open(const struct app *app);
size_t app_count_unsent(const struct app *app);
/* The menu of the open modal; NULL when it has none. */
const struct app_menu_item *app_menu(const struct app *app, size_t *len);
/* The order of the queue stands still (a prompt or an armed dispatch is open). */
bool app_is_frozen(const struct app *app);
/* Something of this incident waits for the feed's confirmation. */
bool app_is_pending(const struct app *app, const char *incident);
/* What a dispatch of the agency would meet: "" or e.g. "desk OFFLINE, ring 113" (translated). */
void app_desk_warning(
	const struct app *app, const char *agency, const char *incident, char *out, size_t size);

#endif
