/*
 * The trainer of a training, at another console: it follows one trainee's feed, inside the process,
 * and asks for this and that.
 */
#ifndef SIAGA_CONSOLE_TRAINER_H
#define SIAGA_CONSOLE_TRAINER_H

#include "door.h"
#include "subject.h"

struct trainer;

struct trainer_config {
	const struct scenario *scenario; /* borrowed, as all of it */
	enum mode mode;
	/* Who is looked at now. */
	void (*get_subject)(void *data, struct subject *out);
	/* Of all that are trained; may be NULL: there is one. */
	void (*fill_class)(void *data, struct training_frame *frame);
	/* Something is asked. False: *err says why it was not done. */
	bool (*on_asked)(void *data, const struct train_frame *train, struct err *err);
	void *data;
};

struct trainer *trainer_create(struct loop *loop, const struct trainer_config *cfg);
void trainer_destroy(struct trainer *trainer); /* NULL is fine; after the door */
/* Whoever has this token is a trainer. */
struct door_key trainer_key(struct trainer *trainer, const char *token_file);
/* Something may be new: who follows is told. */
void trainer_look(struct trainer *trainer);
/* Something that all of them should know. */
void trainer_tell(struct trainer *trainer, const char *text);

#endif
