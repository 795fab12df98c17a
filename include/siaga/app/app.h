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

#include <siaga/app/board.h>
#include <siaga/app/config.h>
#include <siaga/app/input.h>
#include <siaga/app/key.h>
#include <siaga/app/map_view.h>
#include <siaga/app/modal.h>
#include <siaga/app/training.h>
#include <siaga/base/trouble.h>
#include <siaga/model/duplicates.h>
#include <siaga/model/filter.h>
#include <siaga/model/queue.h>
#include <siaga/model/timers.h>

#define APP_NEAR_MAX   12
#define APP_THEME_SIZE 64
#define APP_NOTICE_MS  8000
#define APP_LOG_MAX    300
#define APP_LINES_MAX  50 /* of the command line's history */
#define APP_DRAFTS_MAX 8
#define APP_JOIN_MAX   4 /* suggested duplicates that are shown */

enum app_link {
	APP_LINK_NONE,       /* --offline: there is no feed */
	APP_LINK_CONNECTING, /* never was up */
	APP_LINK_CATCHING_UP,
	APP_LINK_LIVE,
	APP_LINK_LOST,
	APP_LINK_REFUSED, /* the token was not accepted: no more tries */
	APP_LINK_COUNT
};

struct app_notice {
	char text[240];
	bool error;
	int64_t at_ms; /* mono */
};

/* A line of the log pane: what the console said, or what the feed did. */
struct app_log_line {
	char text[240];
	bool error;
	int64_t wall_ms; /* feed's clock */
	int64_t said; /* counts up with all that is said: a hint that is said again has a new one */
	/* Of an event, to be worded where it is drawn; number 0: it is text. */
	int64_t number;
	enum event_type type;
	char by[WHO_SIZE], agency[AGENCY_ID_SIZE];
};

/* An action that the feed has not confirmed. */
struct app_pending {
	struct command command; /* owned */
	int64_t made_ms;        /* wall, ours */
	int64_t since_ms;       /* mono: at least so old, whoever sets the wall's clock */
	char feed[UUID_SIZE];   /* the log that it is about; "": not known */
	bool guessed;           /* that is only what the cache was of: an older program kept it */
	bool ours;              /* asked for or confirmed here; by "": the feed has yet to say who
				   that is */
	bool nameless;          /* it was so, and on the disk may be so still */
	bool sent;              /* on this link */
	bool tried;             /* on whatever link: it may be done, though nobody has said so */
	bool unkept;            /* it is not on the disk: it ends with this console */
	bool kept;              /* it is on the disk, in the file that is open */
	bool there;             /* it was, when the disk was looked at last */
	bool left;              /* it was told that it is somebody else's */
	bool told;              /* that it was not sent */
	bool ask;               /* old: waits for the operator */
};

/* What follows when it is known what is still in the outbox. */
enum app_look {
	APP_LOOK_ALL,    /* all is sent, or asked about */
	APP_LOOK_AGAIN,  /* some of what was put off is sent */
	APP_LOOK_ANSWER, /* what the operator has said is done */
};

/* A note that was begun and left. */
struct app_draft {
	char incident[UUID_SIZE];
	char text[APP_TEXT_MAX];
};

/* Who has claims here and whose console is gone, since when (mono). */
struct app_absent {
	struct who who;
	int64_t since_ms;
};

/* What `u` takes back while its time runs. */
struct app_undo {
	enum action action; /* of what was done: dispatch or merge */
	char incident[UUID_SIZE];
	char agencies[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE];
	size_t agencies_len;
	int64_t at_ms; /* mono; 0: nothing */
};

/* Incidents that this console is shown, one as another. */
struct app_counts {
	size_t fresh;                       /* nobody has acknowledged them */
	size_t open;                        /* the fresh ones are among them */
	size_t by_priority[PRIORITY_COUNT]; /* of the open ones */
};

/* For so long a tick need not look at the incidents: neither the queue nor what is overdue changes
 * by the clock alone. */
struct app_rest {
	int64_t from_ms, until_ms; /* feed's clock; the same: no rest */
	struct app_counts counts;  /* all that time */
	size_t overdue;
};

struct app {
	struct world world;
	struct config cfg;
	char theme[APP_THEME_SIZE];     /* the one that is shown */
	char (*themes)[APP_THEME_SIZE]; /* owned: those that there are, for `t` and completion */
	size_t themes_len;
	char name[WHO_SIZE], position[WHO_SIZE];
	enum role role; /* ROLE_NONE until the feed or the cache said */
	char agency[AGENCY_ID_SIZE];
	enum mode mode;
	bool demo;
	struct training training;
	char *page; /* owned; lines of text that MODAL_PAGE shows, or NULL */

	enum app_link link;
	bool was_live;       /* since the start */
	int64_t proof_ms;    /* mono of the last byte from the feed */
	int64_t lost_ms;     /* mono */
	int64_t retry_at_ms; /* mono; 0: none planned */
	int64_t beat_ms;
	char link_why[160];
	bool welcomed;          /* the feed has said who it is, on this link */
	bool named;             /* and who we are, on any: the cache may be another user's */
	bool relinking;         /* the link is to be made anew: nothing on it is heard */
	bool bye_said;          /* the feed has said that it ends this link */
	bool distrusted;        /* it was, and no beat has come since */
	bool receiving;         /* a part of a message is there, the rest of it still to come */
	int64_t heard_ms;       /* mono of the last whole message that was right */
	int64_t feed_head;      /* the highest that the feed told of on this link */
	int64_t behind_ms;      /* mono since when it has more than it sent; 0: it has not */
	bool still;             /* a tick or a beat was newest, and changed nothing but the time */
	bool called;            /* what was newest calls somebody here: an alarm, say */
	int64_t key_ms;         /* mono of the last key or paste */
	int64_t now_ms;         /* mono of the last event that entered */
	int64_t wall_ms;        /* our clock, same moment */
	int64_t feed_offset_ms; /* feed's clock minus mono */
	bool feed_clock_known;

	enum trouble feed_trouble;      /* why the feed cannot write; NONE when nobody knows */
	int64_t feed_trouble_since_ms;  /* feed's clock */
	enum trouble cache_trouble;     /* why our own cache cannot be written */
	int64_t cache_trouble_since_ms; /* feed's clock */
	int64_t kept_seq;   /* the cache has every event up to here, once what was asked is done */
	bool refill;        /* what the cache lacks was asked for, and is coming */
	unsigned lives;     /* how often the feed may say so: that this was all of it */
	bool refill_again;  /* the disk failed under it: what is lacking then is asked for after it
			     */
	bool snapshot_kept; /* all that has come of the snapshot is in the cache */

	char mark[MARK_SIZE]; /* the place of mark_seq in the log's chain, as the feed said */
	int64_t mark_seq;
	char feed[UUID_SIZE]; /* the log that the world comes from; "" when none */
	bool has_data;        /* false: NO DATA YET, not an empty queue */
	bool cached;          /* what is shown comes from the cache, not proven by the feed since */
	int64_t cached_at_ms; /* feed's clock */
	bool resync;          /* the next `follow` asks for all that is open */
	bool broken; /* something of the cache could not be read: it is no base to follow from */
	size_t forget_at; /* incidents in memory: with so many those that ended long ago are dropped
			   */
	struct lack *lacks; /* owned: what is missing of which incident */
	size_t lacks_len;
	int64_t lacks_ms;       /* mono: when it was counted how many may be asked for */
	int64_t lacks_may;      /* so many, in thousandths */
	int64_t follow_seq;     /* what this link began with */
	bool snapshot;          /* the open incidents are coming: seq may skip */
	int64_t whole_since_ms; /* feed's clock: what had ended before is not known; 0: nothing is
				   missing that we know of */

	/* The queue: which incidents, in which order. */
	char (*rows)[UUID_SIZE];
	size_t rows_len;
	struct queue_room room; /* to put them in order */
	bool rows_due;          /* they are not worked out since the feed's last word */
	size_t hidden;          /* not in the queue: ended long ago, or filtered out */
	struct queue_order order;
	struct filter filter;
	size_t outside;           /* new alarms that do not pass it and are shown all the same */
	bool frozen;              /* by `f` */
	char (*marks)[UUID_SIZE]; /* marked for a group action, at most APP_MARKS_MAX */
	size_t marks_len;
	char selected[UUID_SIZE]; /* "" only when the queue is empty */
	char shown[UUID_SIZE];    /* that detail, map and cameras show: follows the selection */
	char looked[UUID_SIZE];   /* that the others were told of as open here */
	int64_t show_at_ms;       /* mono when it will, after moves with the keys; 0: it has */
	struct history history;
	struct board board;
	enum pane focus;
	enum pane tab; /* of the panes that share a place, the one that was used last */
	bool zoom;
	struct map_view map;
	int detail_scroll, log_scroll, agency_pick;
	int detail_most; /* lines that the detail can be scrolled, as it was drawn last */
	struct camera_near near[APP_NEAR_MAX];
	size_t near_len, near_pick; /* pick: the first working one, or what the operator chose */
	bool near_chosen;           /* the operator did choose */
	struct app_picture picture;

	struct viewer *viewers; /* owned: consoles that are there */
	size_t viewers_len;
	struct app_absent *absent; /* owned */
	size_t absent_len;

	struct modal modal;
	/* What was selected and went out of sight by itself, or "", and what was selected then. */
	char slid_from[UUID_SIZE], slid_to[UUID_SIZE];
	int64_t slid_ms;          /* when: mono */
	enum modal_type fallen;   /* the last one that closed by itself, until a key comes ... */
	int64_t fell_ms;          /* ... and when: mono */
	struct app_notice notice; /* text "" when there is none */
	struct app_log_line *log; /* owned; at most APP_LOG_MAX, oldest first */
	size_t log_len;
	int64_t said;                /* the last one of the log's */
	int64_t log_dropped;         /* older lines that are no longer kept */
	char (*lines)[APP_TEXT_MAX]; /* owned; typed command lines, oldest first */
	size_t lines_len;
	struct app_draft drafts[APP_DRAFTS_MAX];

	struct app_pending **pending; /* each owned */
	size_t pending_len;
	enum app_look look;       /* why the disk is being looked at for them */
	bool look_anew;           /* what was left there may be for the feed that is here now */
	char answered[UUID_SIZE]; /* the one that the operator has decided on ... */
	bool answer;              /* ... and whether it is to be sent */
	struct app_undo undo;
	int64_t again_at_ms; /* mono; until then the feed wants nothing more; 0: it takes all */
	int64_t ask_at_ms; /* mono; until then the operator was asked often enough about old ones */

	bool bell_due;         /* an unacknowledged alarm that came live */
	bool call_due;         /* a hold that ended, a timer that ran out: one ring */
	int64_t bell_ms;       /* mono of the last ring */
	int64_t mute_until_ms; /* mono; 0: not muted */
	int64_t checked_ms;    /* feed's clock: holds and escalations are told up to then */
	struct app_rest rest;
	int64_t bad_messages; /* from the feed, skipped */
	int64_t bad_untold;   /* of these, not yet told the operator */
	int64_t bad_told_ms;  /* mono; 0: never */
	char bad_text[160];   /* what was wrong with the last one */
	bool quit;
};

void app_init(struct app *app);
void app_finish(struct app *app); /* zero is fine */
/* What was configured; before the first event. */
void app_configure(struct app *app, const struct config *cfg);
/* The themes that there are. */
void app_set_themes(struct app *app, const char *const *names, size_t len, const char *shown);

/* What was left undone until somebody looks: before the app is drawn. */
void app_settle(struct app *app);
/* When app_apply() wants a tick before the next whole second: mono, or 0. */
int64_t app_wants_tick(const struct app *app);

/* The one door. Effects are added to *fx, which the caller cleared. Ids come from `make_id`, so
 * that a script can fix them. */
void app_apply(struct app *app, const struct app_event *event, struct effects *fx);
/* Is what the feed says on this link taken? */
bool app_hears(const struct app *app);
/* What a command that steers a replay asks of whoever plays it; false: it is none, or its arguments
 * are wrong. */
bool training_asks(const struct app *app, enum command_id id, const char *args, struct effect *out);
void app_set_id_source(void (*make_id)(char out[UUID_SIZE]));

#endif
