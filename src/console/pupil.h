/*
 * One trainee of a class, as the class has them: their exercise is made anew here of what they
 * send, so that queue, deeds and score are what they have before them. Nothing they send is
 * believed but what it makes.
 */
#ifndef SIAGA_CONSOLE_PUPIL_H
#define SIAGA_CONSOLE_PUPIL_H

#include "subject.h"
#include "tape.h"

struct pupil_lesson {
	const struct scenario *scenario; /* borrowed for as long as there are pupils */
	uint64_t seed;
	enum mode mode;
};

/* An exercise as far as it has come. */
struct pupil_state {
	struct tape tape;
	struct run *run;
	char selected[UUID_SIZE];
	int64_t now_ms;
};

struct pupil {
	const struct pupil_lesson *lesson;
	struct who who;
	char process[UUID_SIZE]; /* of theirs: it may come back */
	bool english;
	struct tape tape;
	struct run *run;
	char selected[UUID_SIZE];
	int64_t now_ms, speed_percent;
	int64_t made;      /* as they say; 0: what comes next begins anew */
	int64_t made_here; /* how often it was */
	bool paused, watched;
	/* What was here before they came back, kept until they have told all again; run may be NULL
	 */
	struct pupil_state before;
	/* How much of the class's time they may still take, see class_cost_ms(); mono, of then. It
	 * is theirs and not the link's: who is sent away does not come back with more. */
	int64_t room_ms, room_at_ms;
	void *link; /* whoever has the connection; NULL: they are not there */
};

/* NULL: the registry that is built in is broken. */
struct pupil *pupil_create(
	const struct pupil_lesson *lesson, const struct who *who, bool english, struct err *err);
void pupil_destroy(struct pupil *pupil); /* NULL is fine */
/* What a tape frame tells. False: *why says what is wrong with it. */
bool pupil_take(struct pupil *pupil, const struct trainee_frame *tape, enum class_end *why);
/* They are gone. Whoever had not told all again has done what they had done before. */
void pupil_leave(struct pupil *pupil);
/* As far as it has come; is there anything to have a score of? */
bool pupil_has_begun(const struct pupil *pupil);
void pupil_subject(const struct pupil *pupil, struct subject *out);
void pupil_fill(const struct pupil *pupil, struct training_trainee *out);
const char *pupil_lang(const struct pupil *pupil);

#endif
