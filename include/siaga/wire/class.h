/*
 * What a class and its trainees say to each other: several trainees play one scenario, each in a
 * console of their own, and send what enters their exercise to whoever keeps the class. Read as
 * everything else of this layer: nobody is believed.
 */
#ifndef SIAGA_WIRE_CLASS_H
#define SIAGA_WIRE_CLASS_H

#include <siaga/wire/wire.h>

#define CLASS_VERSION     1
#define CLASS_ENTRIES_MAX 400         /* in one frame */
#define CLASS_PART_MAX    (32 * 1024) /* bytes of a scenario in one frame */
#define CLASS_SPAN_MS     60000       /* that one frame moves the time by, at most */
#define CLASS_SEED_SIZE   24
#define CLASS_SUM_SIZE    17

/* --- what enters an exercise --- */

enum tape_type {
	TAPE_KEY,     /* one was pressed */
	TAPE_COMMAND, /* word: a command of the console was used */
	TAPE_SELECT,  /* word: the incident that is selected now, or "" */
	TAPE_DO,      /* command: was asked of the feed */
	TAPE_TRAIN,   /* train: what a trainer changed */
	TAPE_TYPE_COUNT
};

/* Something that entered an exercise, and when: since its start. The same entries at the same times
 * make the same exercise. */
struct tape_entry {
	enum tape_type type;
	int64_t at_ms;
	char word[64];
	struct command *command;   /* owned */
	struct train_frame *train; /* owned */
};

void tape_entry_finish(struct tape_entry *entry); /* zero is fine */

/* Appends it as one JSON object. */
void wire_put_tape_entry(struct buf *out, const struct tape_entry *entry);
/* Reads one. On false the entry is zero. */
bool wire_get_tape_entry(struct tape_entry *entry, const char *json, size_t len, struct err *err);

/* --- frames of a trainee --- */

enum trainee_frame_type {
	TRAINEE_JOIN,
	TRAINEE_TAPE,
	TRAINEE_NOTE, /* text: why something that was asked was not done */
	TRAINEE_FRAME_COUNT
};

struct trainee_frame {
	enum trainee_frame_type type;
	/* join */
	int64_t version;
	char name[WHO_SIZE], position[WHO_SIZE];
	bool english;        /* what the scenario says is shown in English, else in Indonesian */
	char run[UUID_SIZE]; /* of the process: it comes back under the same */
	bool has;            /* it has the scenario already */
	/* tape */
	int64_t made; /* how often its exercise was made anew: entries begin anew with it */
	int64_t from; /* how many entries came before these */
	struct tape_entry *entries; /* owned; by time */
	size_t entries_len;
	int64_t at_ms;  /* until then that is all */
	bool whole;     /* that is its now: head and points are of it */
	int64_t head;   /* of its log */
	int64_t points; /* so far */
	int64_t speed_percent;
	bool paused, watched;
	char text[200]; /* note */
};

void wire_put_join(struct buf *out, const struct trainee_frame *join);
/* The head of a tape; entries joined by commas and CLASS_TAPE_TAIL come after it. */
void wire_put_tape(struct buf *out, const struct trainee_frame *tape);
#define CLASS_TAPE_TAIL "]}"
void wire_put_note(struct buf *out, const char *text);
/* On false the frame is zero. */
bool wire_get_trainee_frame(
	struct trainee_frame *frame, const char *json, size_t len, struct err *err);
void trainee_frame_finish(struct trainee_frame *frame);

/* --- frames of the class --- */

/* Why a class ends the link; a trainee does not come back after those behind CLASS_OVER. */
enum class_end {
	CLASS_OVER,  /* whoever kept it has left */
	CLASS_TAKEN, /* another trainee has that name */
	CLASS_FULL,  /* there are as many as it takes */
	CLASS_VERSION_OTHER,
	CLASS_DIFFERS, /* what was sent does not make the same exercise here */
	CLASS_TOO_MUCH,
	CLASS_BAD,
	CLASS_END_COUNT
};

const char *class_end_name(enum class_end end);

enum class_frame_type {
	CLASS_LESSON, /* what is played */
	CLASS_PART,   /* of the scenario's text */
	CLASS_PAST,   /* what entered when this trainee was here before */
	CLASS_HAD,    /* how much of the tape has arrived */
	CLASS_ASKED,  /* by a trainer */
	CLASS_BYE,
	CLASS_FRAME_COUNT
};

struct class_frame {
	enum class_frame_type type;
	/* lesson */
	int64_t version;
	char seed[CLASS_SEED_SIZE]; /* decimal digits */
	int64_t size;               /* of the scenario's text, bytes */
	char sum[CLASS_SUM_SIZE];   /* of it, see class_sum() */
	int64_t speed_percent;
	bool paused;
	/* part */
	int64_t from;
	char *text; /* owned; as it stands in the file */
	/* past */
	struct tape_entry *entries; /* owned; by time */
	size_t entries_len;
	bool last;
	/* past: until then; had */
	int64_t at_ms;
	int64_t made, count; /* had */
	struct train_frame train;
	enum class_end end; /* bye */
};

void wire_put_lesson(struct buf *out, const struct class_frame *lesson);
void wire_put_part(struct buf *out, int64_t from, const char *text);
/* The head of what was before, as of a tape. */
void wire_put_past(struct buf *out, int64_t at_ms, bool last);
void wire_put_had(struct buf *out, int64_t made, int64_t count, int64_t at_ms);
void wire_put_asked(struct buf *out, const struct train_frame *train);
void wire_put_class_bye(struct buf *out, enum class_end end);
/* On false the frame is zero. */
bool wire_get_class_frame(struct class_frame *frame, const char *json, size_t len, struct err *err);
void class_frame_finish(struct class_frame *frame);

/*
 * How much of the class's time a tape frame takes, in milliseconds and on the safe side: so long a
 * trainee waits before the next, and whoever keeps on sending more is sent away.
 */
int64_t class_cost_ms(int64_t span_ms, size_t entries, bool anew);
/* Tells one text from another; no secret. */
void class_sum(char out[CLASS_SUM_SIZE], const char *text, size_t len);
/* How many of so many bytes fit into a part, no character cut in two. */
size_t class_part(const char *text, size_t len);

#endif
