/* An exercise, as the trainee's console shows it and steers it. What is played is not known here.
 */
#ifndef SIAGA_APP_TRAINING_H
#define SIAGA_APP_TRAINING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRAINING_SPEED_LEAST 25 /* percent of the time that passes outside */
#define TRAINING_SPEED_MOST  6400
#define TRAINING_SAID_SIZE   640
#define TRAINING_JUMP_MS     30000
#define TRAINING_KEY_SIZE    64
#define TRAINING_WHAT_SIZE   120
#define TRAINING_ITEMS_MAX   24
#define TRAINING_NAME_SIZE   48
#define TRAINING_PERSONS_MAX 32

/* What the operator asks of whoever plays. */
enum training_ask {
	TRAINING_PAUSE, /* stop, or go on */
	TRAINING_SPEED, /* number: percent */
	TRAINING_NEXT,  /* to the next thing that happens, and stop */
	TRAINING_SEEK,  /* number: milliseconds since the start */
	TRAINING_RESTART,
	TRAINING_TAKE,  /* what was done after this moment is forgotten: go on from here */
	TRAINING_SCORE, /* the score as it is now; answered by APP_TRAINING with a page */
	/* A trainer's, who watches the trainee's console from another one. */
	TRAINING_SAY,     /* text */
	TRAINING_RAISE,   /* text: an alarm of the scenario by its key, or a kind */
	TRAINING_DESK,    /* id: the agency; text: how its desk answers */
	TRAINING_DECLINE, /* id: the agency; number: of the incident */
	TRAINING_LINK,    /* text: up, down */
	TRAINING_TRAINEE, /* text: who is to be looked at */
	TRAINING_ASK_COUNT
};

/* Is it played in a class, whose trainer is told of all that is done here? */
enum training_class {
	TRAINING_ALONE,
	TRAINING_IN_CLASS,
	TRAINING_CLASS_LOST, /* it is looked for again; what is done meanwhile is told then */
	TRAINING_CLASS_LEFT  /* for good */
};

/* An alarm that a trainer can send. */
struct training_item {
	char key[TRAINING_KEY_SIZE];
	char what[TRAINING_WHAT_SIZE]; /* its kind and place */
};

/* One of those who are trained at once. */
struct training_person {
	char name[TRAINING_NAME_SIZE];
	int64_t at_ms, points, possible;
	int64_t fresh, open; /* incidents that nobody took yet; all that have not ended */
	bool linked;         /* their console is there */
	bool paused, over;
};

struct training {
	bool on;
	bool followed;         /* somebody else's, as a feed tells it: it ends with the link */
	int64_t at_ms, end_ms; /* since the start; end 0: none */
	int64_t speed_percent;
	bool paused;
	bool watched; /* what was done is done again: keys are for the replay */
	bool over;
	enum training_class class;
	bool recorded;                 /* the others do again what they did in the recording */
	char said[TRAINING_SAID_SIZE]; /* to the trainee, last; "": nothing yet */
	int64_t said_count;
	struct training_item items[TRAINING_ITEMS_MAX]; /* for a trainer: what is still to come */
	size_t items_len;
	/* For a trainer of several: who is looked at, and how it stands with all of them. */
	char trainee[TRAINING_NAME_SIZE];
	bool several;
	struct training_person persons[TRAINING_PERSONS_MAX];
	size_t persons_len;
};

/* "0.25" to "64", each half or twice the next; false when it is none of them. */
bool speed_parse(const char *text, int64_t *percent);
/* Is it one of these? */
bool speed_is_known(int64_t percent);
/* The next one up or down; the last one stays. */
int64_t speed_next(int64_t percent, int by);

#endif
