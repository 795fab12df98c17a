/*
 * One line of a training scenario, as siaga-scenario(5) describes it. Read from JSON; whatever is
 * wrong in it is named by its member, all of it at once. What lines mean to each other is train/'s.
 */
#ifndef SIAGA_WIRE_SCENARIO_H
#define SIAGA_WIRE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/mem.h>
#include <siaga/model/event.h>

#define SCENARIO_KEY_SIZE   64
#define SCENARIO_TEXT_MAX   600 /* bytes of a text, clean */
#define SCENARIO_NEEDS_MAX  8
#define SCENARIO_COND_DEPTH 4
#define SCENARIO_COND_MAX   16  /* parts of an `all` or `any` */
#define SCENARIO_POINTS_MAX 100 /* of one expectation */
#define SCENARIO_LINE_MAX   (64 * 1024)

/* A text in the two languages of the console; where one is not there the other stands for it. */
struct scenario_text {
	char *id, *en; /* owned, or NULL */
};

/* "id" or anything else; never NULL. */
const char *scenario_text_get(const struct scenario_text *text, const char *lang);

enum cond_type {
	COND_ALL,
	COND_ANY,
	COND_COMMAND,  /* the trainee used a command of the console */
	COND_DID,      /* the trainee did it, and the feed took it */
	COND_LINE,     /* another line has happened */
	COND_NOT,      /* the one part is not so */
	COND_SELECTED, /* the alarm's incident is selected on the trainee's console */
	COND_STATE,    /* the alarm's incident has been in the state */
	COND_STATUS,   /* an agency has reached a step at the alarm's incident */
	COND_TYPE_COUNT
};

/* Which optional members of COND_DID are asked for. */
enum cond_has {
	COND_HAS_METHOD = 1 << 0,
	COND_HAS_REASON = 1 << 1,
	COND_HAS_DISPOSITION = 1 << 2,
	COND_HAS_KIND = 1 << 3,
	COND_HAS_PRIORITY = 1 << 4
};

/* Something that is so or not yet so. */
struct cond {
	enum cond_type type;
	char key[SCENARIO_KEY_SIZE];  /* did, selected, state, status: the alarm, or "": any */
	char into[SCENARIO_KEY_SIZE]; /* did merge: the alarm whose incident it goes to, or "" */
	char name[SCENARIO_KEY_SIZE]; /* command, line */
	char agency[AGENCY_ID_SIZE];  /* did, status; did: "" is any */
	char camera[CAMERA_ID_SIZE];  /* did verify, camera-viewed, or "": any */
	enum action action;
	unsigned has;
	enum method method;
	enum reject_reason reason;
	enum disposition disposition;
	enum kind kind;
	enum priority priority;
	enum incident_state state;
	enum dispatch_state status;
	struct cond *parts; /* owned: all, any, not */
	size_t parts_len;
};

enum scenario_line_type {
	LINE_AGENCY, /* how a simulated desk behaves */
	LINE_CAMERA,
	LINE_CANCEL,
	LINE_DESK,   /* from now on a simulated desk behaves otherwise */
	LINE_EXPECT, /* the condition is to come true in time */
	LINE_FORBID, /* it is not to come true */
	LINE_GHOST,  /* what somebody did in the evening that was recorded */
	LINE_HEAD,
	LINE_LINK,
	LINE_NOTE, /* from the field: by an agency that is there */
	LINE_RAISE,
	LINE_SAY,
	LINE_STATUS, /* an agency reaches a step at once, whatever its desk would do */
	LINE_UPDATE,
	LINE_TYPE_COUNT
};

/* How a simulated desk answers from a moment on. */
enum desk_mood {
	MOOD_NORMAL,
	MOOD_DECLINE, /* declines all that is asked */
	MOOD_LATE,    /* takes four times as long to accept */
	MOOD_OFFLINE, /* is not there */
	MOOD_SILENT,  /* receives, and never answers */
	MOOD_COUNT
};

const char *desk_mood_name(enum desk_mood mood);
bool desk_mood_find(const char *name, enum desk_mood *out);

/* What is really the matter with an alarm, which the trainee is to find out. */
struct scenario_truth {
	bool known;                                     /* the line says something of it */
	bool real;                                      /* else it is a false alarm */
	char same_as[SCENARIO_KEY_SIZE];                /* the alarm that told of it first, or "" */
	char needs[SCENARIO_NEEDS_MAX][AGENCY_ID_SIZE]; /* who has to be sent */
	size_t needs_len;
	char may[SCENARIO_NEEDS_MAX][AGENCY_ID_SIZE]; /* who may be, as well */
	size_t may_len;
};

struct scenario_line {
	enum scenario_line_type type;
	int number;       /* in the file, from 1 */
	int64_t at_ms[2]; /* least and most: of the start, or of when `after` came true */
	bool has_after, has_when;
	struct cond after, when;        /* owned */
	double chance;                  /* 0 to 1 that it happens at all */
	char one_of[SCENARIO_KEY_SIZE]; /* of the lines with this name one happens, or "" */
	char id[SCENARIO_KEY_SIZE];     /* the line's own name, or "" */
	char key[SCENARIO_KEY_SIZE];    /* the alarm that it is about */
	struct buf body;                /* raise, update, cancel: the JSON to post; owned */
	int32_t spread_m; /* raise: the position is moved by up to so much, by the seed */
	struct scenario_truth truth;
	char agency[AGENCY_ID_SIZE];
	int64_t step_ms[4][2];  /* agency: accept, en_route, on_scene, clear: least, most */
	double decline, silent; /* agency: probability 0 to 1 */
	int64_t units;          /* agency: dispatches at a time; more are declined; 0: no limit */
	enum desk_mood mood;
	enum action action; /* status: accept, decline, en_route, on_scene, clear */
	char *note;         /* status, note; owned */
	char camera[CAMERA_ID_SIZE];
	enum camera_status camera_status;
	bool up;                   /* link */
	struct scenario_text text; /* say; head: title; expect, forbid: what it is about; owned */
	struct cond cond;          /* expect, forbid; owned */
	bool has_cond;
	int64_t within_ms; /* expect, forbid; -1: until the end */
	int64_t points;
	int64_t end_ms,
		pass;  /* head: when it is over, -1: not said; percent to pass, 0: not said */
	struct who by; /* ghost */
	enum role role;
	bool has_where;
	struct position where; /* ghost: update */
	char *place;           /* ghost: update; owned, NULL: not said */
	int64_t until_ms;      /* ghost: hold: from then on; 0: no longer */
};

/*
 * Reads one line. False: *wrong has a text line for each mistake, "member: what"; the line is zero.
 * A mistake in the form of the JSON hides those in its members.
 */
bool wire_get_scenario_line(
	struct scenario_line *line, const char *json, size_t len, struct buf *wrong);
void scenario_line_finish(struct scenario_line *line); /* zero is fine */

/* Appends the line as JSON, without its end; read again it is the same line. */
void wire_put_scenario_line(struct buf *out, const struct scenario_line *line);

#endif
