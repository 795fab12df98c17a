/*
 * Messages of `siaga.v1` to structs and back; the only json-c user beside the registry's and the
 * scenario's readers in this layer. Everything read here is untrusted: bytes are checked before the
 * parser, members by type, range and length after it, texts go through text_clean(). An error names
 * the member.
 */
#ifndef SIAGA_WIRE_WIRE_H
#define SIAGA_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/base/trouble.h>
#include <siaga/model/event.h>
#include <siaga/model/incident.h>
#include <siaga/model/reduce.h>
#include <siaga/model/registry.h>

#define WIRE_CLIENT_MESSAGE_MAX (64 * 1024)   /* to the feed */
#define WIRE_SERVER_MESSAGE_MAX (1024 * 1024) /* to a console; only `registry` comes near */
#define WIRE_DEPTH_MAX          8
#define WIRE_PRESENCE_MAX       1000 /* persons in one frame */

/* --- events --- */

/* Appends the event as one JSON object. */
void wire_put_event(struct buf *out, const struct event *event);
/* The same without what tells who the caller is, in notes too; `inc` is the event's incident, which
 * knows all who called about it, or NULL. */
void wire_put_event_masked(struct buf *out, const struct event *event, const struct incident *inc);
/* Appends what is left of it when persons are forgotten: no caller and nothing that was typed
 * freely; times, places, kinds and who did it stay. */
void wire_put_event_bare(struct buf *out, const struct event *event);
/* Reads one EVENT object. On false the event is zero. */
bool wire_get_event(struct event *event, const char *json, size_t len, struct err *err);

/* --- frames to the console --- */

struct presence {
	char name[WHO_SIZE], position[WHO_SIZE];
	char open[UUID_SIZE];
};

enum server_frame_type {
	FRAME_WELCOME,
	FRAME_REGISTRY,
	FRAME_EVENTS,
	FRAME_LIVE,
	FRAME_DONE,
	FRAME_REFUSED,
	FRAME_PRESENCE,
	FRAME_BYE,
	FRAME_BEAT,
	FRAME_DIVERGED,
	FRAME_TRAINING,
	SERVER_FRAME_COUNT
};

struct desk_state {
	char agency[AGENCY_ID_SIZE];
	enum desk desk;
};

#define TRAINING_ALARMS_MAX 24 /* that are told of */

/* An alarm of an exercise that has not come yet. */
struct training_alarm {
	char key[64];
	char what[120]; /* kind and place */
};

#define TRAINING_CLASS_MAX 32 /* trainees at once */

/* How it stands with one of several who are trained at once. */
struct training_trainee {
	char name[WHO_SIZE];
	int64_t at_ms, points, possible;
	int64_t fresh, open; /* incidents that nobody took yet; all that have not ended */
	bool linked;         /* their console is there */
	bool paused, over;
};

/* How an exercise stands, for its trainer. Times are since its start. */
struct training_frame {
	int64_t at_ms, end_ms, speed_percent;
	bool paused, watched, over;
	char said[640]; /* to the trainee, last */
	char trainee[WHO_SIZE];
	int64_t points, possible; /* so far */
	char note[200];           /* to the trainer: what became of what was asked; "" nothing */
	struct training_alarm alarms[TRAINING_ALARMS_MAX];
	size_t alarms_len;
	bool class; /* there may be several trainees: these */
	struct training_trainee trainees[TRAINING_CLASS_MAX];
	size_t trainees_len;
};

struct server_frame {
	enum server_frame_type type;
	char feed[UUID_SIZE];          /* welcome */
	int64_t head, now_ms, beat_ms; /* welcome, live, beat */
	char name[WHO_SIZE];           /* welcome: you */
	enum role role;
	char agency[AGENCY_ID_SIZE];
	enum mode mode;
	struct registry registry; /* registry; owned */
	struct events events;     /* events; owned */
	char **bodies;  /* events: each in our words, for the cache, NULL where it is EVENT_UNREAD;
			   owned */
	bool open_only; /* events: the open incidents, seq may skip */
	bool past;      /* events: what was before this desk was asked, seq may skip */
	bool partial;   /* events: only what this desk may see of after < seq <= to */
	int64_t after, to;
	char mark[MARK_SIZE];   /* events, live: of the last seq; "" where it was not said */
	int64_t purged_ms;      /* live: persons of before are forgotten; 0: never */
	char id[UUID_SIZE];     /* done, refused */
	int64_t seq;            /* done */
	struct refusal refusal; /* refused */
	struct presence *who;   /* presence; owned */
	size_t who_len;
	struct desk_state *desks; /* presence; owned */
	size_t desks_len;
	char reason[200];     /* bye */
	enum trouble trouble; /* beat: why the feed cannot write its log */
	/* Training; large, last and in no other frame: the others leave it as it was. */
	struct training_frame training;
};

/* Unknown frame types are an error with text "t"; the caller counts and skips them. */
bool wire_get_server_frame(
	struct server_frame *frame, const char *json, size_t len, struct err *err);
void server_frame_finish(struct server_frame *frame);

void wire_put_welcome(struct buf *out, const char *feed, int64_t head, int64_t now_ms,
	const char *name, enum role role, const char *agency, int64_t beat_ms, enum mode mode);
void wire_put_registry(struct buf *out, const struct registry *reg);
/* Reads a registry as wire_put_registry() wrote it (frame, or the feed's own store). */
bool wire_get_registry(struct registry *reg, const char *json, size_t len, struct err *err);
/* `mark` is the head's place in the log's chain, or ""; purged_ms 0: nobody was forgotten yet. */
void wire_put_live(struct buf *out, int64_t head, const char *mark, int64_t purged_ms);
void wire_put_beat(struct buf *out, int64_t head, int64_t now_ms, enum trouble trouble);
void wire_put_done(struct buf *out, const char *id, int64_t seq);
void wire_put_refused(struct buf *out, const char *id, const struct refusal *no);
/* The log is not the one that the client followed. */
void wire_put_diverged(struct buf *out, int64_t head);
void wire_put_bye(struct buf *out, const char *reason);
void wire_put_training(struct buf *out, const struct training_frame *training);
void wire_put_presence(struct buf *out, const struct presence *who, size_t who_len,
	const struct desk_state *desks, size_t desks_len);
/* "{"t":"events","events":[" and "]}" go around encoded events joined by commas. */
#define WIRE_EVENTS_HEAD      "{\"t\":\"events\",\"events\":["
#define WIRE_EVENTS_HEAD_OPEN "{\"t\":\"events\",\"open\":true,\"events\":["
#define WIRE_EVENTS_HEAD_PAST "{\"t\":\"events\",\"past\":true,\"events\":["
#define WIRE_EVENTS_TAIL      "]}"
/* The tail with the mark of the last event; "" is none. */
void wire_put_events_tail(struct buf *out, const char *mark);
/* The tail of a message to somebody who does not see all: it tells of everything in after < seq <=
 * to that they may see, and the mark is that of `to`. */
void wire_put_events_part(struct buf *out, int64_t after, int64_t to, const char *mark);

/* --- frames to the feed --- */

enum client_frame_type {
	FRAME_FOLLOW,
	FRAME_DO,
	FRAME_GOT,
	FRAME_LOOK,
	FRAME_TELL,
	FRAME_TRAIN,
	CLIENT_FRAME_COUNT
};

/* What a trainer asks of whoever plays an exercise. */
enum train_ask {
	TRAIN_PAUSE, /* number: TRAIN_STOP, TRAIN_GO, or 0 for the other one */
	TRAIN_SPEED, /* number: percent */
	TRAIN_NEXT,
	TRAIN_SEEK, /* number: milliseconds since the start */
	TRAIN_RESTART,
	TRAIN_SAY,     /* text: to the trainee */
	TRAIN_RAISE,   /* word: an alarm of the scenario by its key, or a kind */
	TRAIN_DESK,    /* word: the agency; text: how its desk answers from now on */
	TRAIN_DECLINE, /* word: the agency; number: of the incident */
	TRAIN_LINK,    /* word: up, down */
	TRAIN_WATCH,   /* text: the trainee to be looked at from now on */
	TRAIN_ASK_COUNT
};

enum { TRAIN_STOP = 1, TRAIN_GO = 2 };

const char *train_ask_name(enum train_ask ask);

struct train_frame {
	enum train_ask ask;
	int64_t number;
	char word[64];
	char text[640];
	bool all; /* of all trainees, not only of the one who is looked at */
};

struct client_frame {
	enum client_frame_type type;
	bool has_after;
	int64_t after;            /* follow */
	char mark[MARK_SIZE];     /* follow: of `after`, as the client was told; or "" */
	char position[WHO_SIZE];  /* follow */
	int64_t seq;              /* got */
	char open[UUID_SIZE];     /* look: the incident this console has open, or "" */
	char incident[UUID_SIZE]; /* tell: of which it lacks something */
	struct train_frame train; /* train */
	struct command command;   /* do; owned; by, role, at_ms are not in the frame */
	char as[WHO_SIZE];        /* do, out of an outbox: who asked for it, or "" */
	char feed[UUID_SIZE];     /* do, out of an outbox: the log that it is about, or "" */
	bool tried;               /* do, out of an outbox: it was sent once, or may have been */
};

/* On false the frame is zero, but for the type and command.id of a `do` whose id could be read: it
 * wants a `refused`. Actions that are not a console's to ask are an error. */
bool wire_get_client_frame(
	struct client_frame *frame, const char *json, size_t len, struct err *err);
void client_frame_finish(struct client_frame *frame);
void wire_put_follow(
	struct buf *out, bool has_after, int64_t after, const char *mark, const char *position);
void wire_put_do(struct buf *out, const struct command *cmd);
/* For the outbox: with the name of who it is by, which the feed takes from the token, the log that
 * it is about ("": not known), and whether it was ever sent. */
void wire_put_kept_do(struct buf *out, const struct command *cmd, const char *feed, bool tried);
void wire_put_got(struct buf *out, int64_t seq);
void wire_put_look(struct buf *out, const char *incident);
void wire_put_tell(struct buf *out, const char *incident);
void wire_put_train(struct buf *out, const struct train_frame *train);

/* --- intake --- */

/* Body of POST /v1/alarms into a raise command (kind, priority, position, alarm, mode). */
bool wire_get_alarm(struct command *cmd, const char *json, size_t len, struct err *err);
/* Body of POST /v1/alarms/ID/updates: position, accuracy, note (one of them at least). */
bool wire_get_alarm_update(struct command *cmd, const char *json, size_t len, struct err *err);
/* Body of POST /v1/alarms/ID/cancel: {"note"?}; an empty body is fine. */
bool wire_get_alarm_cancel(struct command *cmd, const char *json, size_t len, struct err *err);
/* Those bodies, so that they are read as the same command. */
void wire_put_alarm(struct buf *out, const struct command *cmd);
void wire_put_alarm_update(struct buf *out, const struct command *cmd);
void wire_put_alarm_cancel(struct buf *out, const struct command *cmd);
void wire_put_alarm_answer(
	struct buf *out, const char *alarm, const char *incident, int64_t number, int64_t seq);
/* What GET /healthz says. */
struct wire_health {
	int64_t head, now_ms;
	enum trouble trouble;
	int64_t since_ms; /* of the trouble */
};

void wire_put_health(struct buf *out, const struct wire_health *health);
bool wire_get_health(struct wire_health *health, const char *json, size_t len, struct err *err);
/* {"error":CODE,"message":TEXT} */
void wire_put_error(struct buf *out, const char *code, const char *message);
/* What the citizen may know: state, and each agency on its way. */
void wire_put_alarm_state(
	struct buf *out, const char *alarm, const struct incident *inc, const struct registry *reg);

/* --- files --- */

/* Adds the features of a GeoJSON FeatureCollection to the registry, and its credit; a polygon's
 * rings and the parts of multi-geometries become features of their own. Errors name feature and
 * member, and leave the registry as it was. The caller indexes it afterwards. */
bool wire_get_geojson(struct registry *reg, const char *json, size_t len, struct err *err);

#endif
