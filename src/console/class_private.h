/* A class, between its files. */
#ifndef SIAGA_CONSOLE_CLASS_PRIVATE_H
#define SIAGA_CONSOLE_CLASS_PRIVATE_H

#include "class.h"
#include "door.h"
#include "pupil.h"
#include "trainer.h"

struct class;

/* A console that joined, or wants to. */
struct guest {
	struct class *class;
	struct visitor *visitor;
	struct pupil *pupil; /* NULL: they have not said who they are */
	int64_t came_ms;     /* mono */
	/* What is still to be sent before they begin. */
	bool wants_text, wants_past;
	size_t text_sent, past_sent;
	struct guest *next;
};

struct class {
	const struct options *opt;
	struct loop *loop;
	struct loop_timer *timer;
	struct door *door;
	struct trainer *trainer;
	struct buf text; /* of the scenario */
	char sum[CLASS_SUM_SIZE];
	struct scenario scenario;
	struct pupil_lesson lesson;
	struct pupil *nobody; /* the exercise at its start, looked at while nobody is there */
	struct pupil *pupils[TRAINING_CLASS_MAX];
	size_t pupils_len;
	struct pupil *watched;
	struct guest *guests;
	/* Of those who come later, too. */
	bool paused;
	int64_t speed_percent;
};

/* Something has happened that whoever keeps the class reads. */
void class_say(const char *fmt, ...) ATTR_PRINTF(1, 2);

/* What has come of a pupil is kept, where that was asked for: whatever becomes of the class. */
bool class_keep_score(const struct class *class, const struct pupil *pupil, struct err *err);

/* --- class_guest.c --- */

struct door_key class_guest_key(struct class *class, const char *token_file);
/* Who has been silent for too long is sent away. */
void class_guest_look(struct class *class);
/* The link ends, and they hear why. */
void class_guest_end(struct guest *guest, enum class_end why);

#endif
