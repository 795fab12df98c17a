/* What the files of feed/ share: the feed's parts on the loop's thread. */
#ifndef SIAGA_FEED_PRIVATE_H
#define SIAGA_FEED_PRIVATE_H

#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/feed/feed.h>
#include <siaga/feed/limits.h>
#include <siaga/feed/tokens.h>
#include <siaga/feed/turned.h>
#include <siaga/feed/writer.h>
#include <siaga/model/incident.h>
#include <siaga/net/loop.h>
#include <siaga/net/server.h>
#include <siaga/store/admin.h>
#include <siaga/store/log.h>
#include <siaga/wire/wire.h>

#define RING_SLOTS 8192 /* a power of two */
#define BEAT_MS    10000

/* The last events of the log, each encoded once, shared by all who read near the head. */
struct ring {
	struct writer_event slots[RING_SLOTS];
	int64_t head; /* seq of the youngest */
};

void ring_push(struct ring *ring, const struct writer_event *event);
/* NULL where the event is too old, or not there yet. */
const struct writer_event *ring_get(const struct ring *ring, int64_t seq);
void ring_finish(struct ring *ring);
/* The place in the chain, as consoles are told; NULL makes it "". */
void ring_mark(char out[MARK_SIZE], const unsigned char hash[LOG_HASH_LEN]);

enum session_phase { SESSION_HELLO, SESSION_SNAPSHOT, SESSION_FOLLOWING };

/* What has happened at one incident, on its way to one console. */
struct session_past {
	char incident[UUID_SIZE]; /* "": nothing is */
	int64_t after;            /* sent up to here */
	int64_t before;           /* the first event that is not part of it */
};

/* Who is shown as much as whom: all of one kind get the same bytes. */
enum session_kind {
	SESSION_ROOM,
	SESSION_OBSERVER,
	SESSION_TRAINER,
	SESSION_DESK,
	SESSION_KIND_COUNT
};

/* A message to those of one kind who are at one place, composed once. */
struct composed {
	enum session_kind kind;
	int64_t after, to;  /* its events: after < seq <= to */
	int64_t shown;      /* by the feed, when it was composed */
	bool full;          /* more was there already: it stays as it is, whatever comes */
	uint64_t forgotten; /* writer_forgotten() before any of it was read */
	struct buf out;     /* SERVER_HEADROOM bytes, then the message; empty: there is none */
};

#define COMPOSED_BEHIND 32 /* of 48 KiB: those who came back together are about so far apart */

struct composed_all {
	struct composed newest[SESSION_KIND_COUNT]; /* to those who have kept up */
	struct composed behind[COMPOSED_BEHIND];    /* and the last ones to who has not */
	size_t oldest;                              /* of those: goes next */
	bool asked;                                 /* for one of those, since somebody looked */
	struct buf room;                            /* for the next one */
};

/* A console. Its place in the log is a number: a slow one costs no memory and delays nobody. */
struct session {
	struct feed *feed;
	struct ws_conn *conn; /* NULL until it is open */
	uint64_t id;
	unsigned char token[TOKEN_HASH_LEN];
	struct who who;
	enum role role;
	char agency[AGENCY_ID_SIZE];
	char open[UUID_SIZE];
	int64_t open_ms;       /* mono since when; 0: told, or nothing is open */
	struct viewed *viewed; /* owned: of what it was told lately */
	size_t viewed_len;
	enum session_phase phase;
	int64_t cursor;           /* the last event that was sent, or was not for it */
	int64_t told;             /* an agency's desk knows that it has all up to here */
	struct session_past past; /* that of the incident to which the desk is asked next */
	struct session_past tell; /* that of one for which the console has asked */
	char (*tells)[UUID_SIZE]; /* those that it asked for, too */
	size_t tells_len;
	int64_t snapshot_head; /* the open incidents as of here */
	bool live_told, ending;
	bool later;          /* it catches up, and waits until it is told more */
	unsigned held;       /* how often it has waited for others since it was */
	int64_t got_seq;     /* the desk has received so much ... */
	bool got_unsaid;     /* ... which the writer was not told yet */
	bool got_waits;      /* the writer has one, and gets no other until that is done */
	uint64_t unanswered; /* messages that the desk has not said that it has received */
	int bad_frames;
	int heard;             /* messages that began the link */
	bool throttled;        /* nothing more is taken for a while ... */
	int64_t refused_ms;    /* ... from then, or from the last action that was not: mono */
	unsigned throttled_by; /* and this much was sent all the same */
	struct buf *out;       /* frames that wait, in order; each its own message */
	size_t out_len, out_bytes;
	bool owes_registry, owes_presence; /* told when it reads on, as they are then */
	UT_hash_handle hh;                 /* by id */
};

/* Somebody who waits for the writer's answer. */
struct waiter {
	uint64_t tag;
	uint64_t request; /* HTTP, or 0 */
	uint64_t session; /* websocket, or 0 */
	char id[UUID_SIZE];
	bool raise;
	struct deed *deed; /* owned: nobody waits, but it is to be said again if it is not taken */
	bool got;          /* nobody but the feed itself asked */
	UT_hash_handle hh; /* by tag */
};

/* Who came, went and looked, where the log has not taken it yet. */
struct witness {
	struct deed **waiting; /* owned, in order */
	size_t len;
	struct deed *asked; /* those that the writer has, by session; owned by their waiters */
	size_t lost;        /* and not told yet */
	bool alone;         /* the log was writable and did not take them: one by one */
	int64_t again_ms;   /* mono: not before */
};

/* A round through all who follow, to tell them that there is more. */
struct fan {
	bool goes;            /* a round does, to its end also where nobody is left to be told */
	struct session *next; /* who is told next in it */
	int64_t from;         /* the head of the log when it began */
	bool again;           /* more came in the middle of it */
	bool waits;           /* the next one begins when the timer rings */
	int64_t ended_us;     /* mono: the last one */
	int64_t round_us;     /* how long it took, or has taken */
};

/* Those who catch up. */
struct catchup {
	uint64_t turn;    /* of the loop, in which they began to be told more ... */
	int64_t since_us; /* ... and when: mono */
	/* Places in the log: of those of each kind who wait, nobody is further behind. */
	int64_t last[SESSION_KIND_COUNT];
	uint64_t told; /* the session that was told last when the timer rang */
	bool waits;    /* somebody does: the timer runs */
};

struct feed_counters {
	uint64_t intake[6]; /* by the hundreds of the status */
	uint64_t refused, frames_bad, sessions_total;
	uint64_t limited_token, limited_address, limited_session; /* asked too much */
	uint64_t revoked; /* links that ended with their token */
};

struct feed {
	const struct feed_config *cfg;
	struct feed_limits limits; /* of cfg, with the defaults filled in */
	struct loop *loop;
	struct server *server;
	struct writer *writer;
	struct log_store *reader;
	struct admin_store *admin;
	struct tokens tokens;
	struct addresses strangers;
	struct turned turned;
	int64_t admin_version, registry_rev;
	uint64_t looked_turn;      /* of the loop, when somebody's request had it looked at */
	int64_t admin_told;        /* the version of which it was said that it cannot be read */
	int64_t registry_again_ms; /* mono: it could not be read, and is tried again; else 0 */
	int64_t purged_ms;         /* persons of before were forgotten, or are being so; 0: never */
	int64_t purge_asked_ms;    /* the administrator wants it so */
	int64_t purge_try_ms;      /* mono: it was handed to the writer */
	int64_t purge_again_ms;    /* mono: it could not be read, and is tried again; else 0 */
	struct registry registry;
	struct buf registry_frame; /* SERVER_HEADROOM bytes, then the message: all are sent this */
	struct buf presence_frame; /* the same, for those who see everybody */
	bool presence_stale;       /* somebody came, went or looked since it was composed */
	bool presence_waits;       /* the timer runs */
	int64_t presence_next_ms;  /* mono: not sooner are all told again */
	struct ring ring;
	struct composed_all composed;
	struct catchup catchup;
	struct session *sessions;
	struct waiter *waiters;
	struct witness witness;
	uint64_t last_id;
	char feed_id[UUID_SIZE];
	bool seen_desk[64]; /* by place in the registry: was online since the start */
	struct loop_timer *beat, *watch, *presence, *bye, *pace, *later;
	bool unread_said; /* that something asked for cannot be read */
	int64_t shown;    /* the event up to which those who follow are told */
	struct fan fan;
	struct loop_timer *certificate; /* NULL without TLS */
	struct feed_counters counters;
	enum trouble trouble;     /* why the log cannot be written */
	int64_t trouble_since_ms; /* wall */
	bool ending;
};

/* fan.c */
/* There is more: those who follow are told now or soon. */
void fan_soon(struct feed *feed);
void fan_on_pace(struct feed *feed); /* the timer rang */
/* A session goes. */
void fan_without(struct feed *feed, const struct session *session);

/* catchup.c */
/* False: it may be told more now. True: it catches up, that has had its share of the time, and it
 * is told later. */
bool catchup_has_to_wait(struct session *session);
void catchup_on_time(struct feed *feed); /* the timer rang */
/* Nobody waits. */
void catchup_forget_places(struct catchup *catchup);

/* session.c */
struct session *session_create(struct feed *feed, const struct token *token);
void session_destroy(struct session *session);
void session_open(struct session *session, struct ws_conn *conn);
void session_message(struct session *session, const char *text, size_t len);
void session_send(struct session *session, const char *text, size_t len);
void session_bye(struct session *session, uint16_t code, const char *reason);
/* Ends the link where its token counts no more, or not as the same role and agency. */
void session_check_token(struct session *session);
void session_result(
	struct session *session, const struct waiter *waiter, const struct writer_result *result);
void session_wake(struct session *session); /* there is something new for it */
/* The same for one of many, where it has kept up: with server_send_together(). Not from what a
 * connection asks for. */
void session_tell(struct session *session);
/* What its desk said that it has, when that could not be written: says it again for it. */
void session_got_again(struct session *session);
/* The link has ended: what is still to be said of it is. */
void session_close(struct session *session);
/* It follows. A link that only says hello is nobody at a desk: no agency is online by it. */
bool session_is_present(const struct session *session);

/* composed.c: messages that are the same for many, kept for a while */
/* One to this kind at this place that is as it would be composed now, or NULL. Lives until the next
 * is kept. */
struct composed *composed_find(struct feed *feed, enum session_kind kind, int64_t after);
/* Room for the next one, empty; the caller owns it. */
struct buf composed_room(struct feed *feed);
/* Takes the message. */
void composed_keep(struct feed *feed, const struct composed *message);
void composed_spare(struct feed *feed, struct buf *room); /* it is not kept; the room is */
void composed_look(struct feed *feed); /* now and then: drops what nobody asked for lately */
void composed_drop(struct feed *feed); /* all of it */

/* session_send.c */
enum session_kind session_kind(const struct session *session);
/* Room in front of a message that is sent in place; what was in it goes. */
void session_begin_frame(struct buf *frame);
bool session_writable(struct session *session);
/* Tells an agency's desk that there was nothing for it up to where it is now. */
void session_advance(struct session *session);
/* The mark of an event; "" where it cannot be read now. */
void session_mark(struct feed *feed, int64_t seq, char mark[MARK_SIZE]);

/* presence.c */
void presence_soon(struct feed *feed);
/* It is time: all are told when they read on. */
void presence_tell(struct feed *feed);
/* As one console may see it now: SERVER_HEADROOM bytes, then the message. The feed's, or *own. */
struct buf *presence_frame(struct feed *feed, const struct session *to, struct buf *own);
void presence_link(struct feed *feed, const struct session *session, bool up);

/* viewed.c: which incidents a console had open for a while, or asked for, goes into the log */
void viewed_open(struct session *session, const char *incident); /* "" closes */
/* What has been open for long enough is told, also where it is open no more when somebody looks. */
void viewed_settle(struct session *session);
void viewed_look(struct feed *feed);
/* It is about to be told of the incident: if that has ended, to be told is a look at it. False:
 * it cannot be found out now. */
bool viewed_ended(struct session *session, const char *incident);
void viewed_finish(struct session *session);

/* witness.c */
/* The log is to hold that somebody came, went, or had an incident open (else ""). */
void witness_say(
	struct feed *feed, const struct session *session, enum action action, const char *incident);
void witness_result(struct feed *feed, struct deed *deed, const struct writer_result *result);
void witness_again(struct feed *feed); /* the log can be written again */
void witness_look(struct feed *feed);
void witness_finish(struct witness *witness);

/* intake.c */
void intake_request(struct feed *feed, const struct http_request *req);
void intake_result(
	struct feed *feed, const struct waiter *waiter, const struct writer_result *result);
/* Who asks? NULL: nobody who may, or too often; then *status is 401 or 429 (and *wait_s the seconds
 * after which to try again). */
struct token *intake_token(
	struct feed *feed, const struct http_request *req, int *status, int *wait_s);

/* watch.c: what other processes change in admin.db */
bool watch_open(struct feed *feed, struct registry *copy, struct err *err);
/* At the start: the cameras are as the log has them, for consoles and for the writer. */
void watch_cameras(struct feed *feed);
/* Takes in what has changed since. */
void watch_look(struct feed *feed);
/* The same, once for all who ask in one turn of the loop. */
void watch_look_once(struct feed *feed);
void watch_tick(struct feed *feed); /* now and then: the same, and what could not be read */
/* Composes the frame of the registry anew. */
void watch_put_registry(struct feed *feed);
void watch_close(struct feed *feed);

/* trouble.c: the log cannot be written, or can again */
void trouble_change(struct feed *feed, enum trouble trouble, const char *why);
/* Something that a console has asked for cannot be read: said once. */
void trouble_unread(struct feed *feed, const struct err *err);
/* A beat says how far the log goes, and whether it can be written. */
void trouble_beat(struct feed *feed, struct session *only);
/* certificate.c: how long the certificate is good, and a new one while the feed runs */
void certificate_watch(struct feed *feed);
void certificate_reload(struct feed *feed);

/* feed.c */
/* The log hears of it, now or together with others. */
void feed_turned_away(struct feed *feed, enum turned_why why, const char *address);
/* Hands a command to the writer; who waits is told by tag. False: too many are waiting. */
bool feed_submit(struct feed *feed, struct command *cmd, const char *answer_id, bool keep,
	const struct waiter *waiter);
/* The same, of something that happened at cmd->at_ms. */
bool feed_submit_late(struct feed *feed, struct command *cmd, const struct waiter *waiter);

#endif
