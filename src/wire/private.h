/* What the files of this layer share besides reading and writing JSON. */
#ifndef SIAGA_WIRE_PRIVATE_H
#define SIAGA_WIRE_PRIVATE_H

#include <siaga/model/event.h>
#include <siaga/model/registry.h>
#include <siaga/wire/wire.h>

#include "read.h"

/* Reads an event into a zeroed one; the caller looks at read_ok() and finishes the event. */
void wire_read_event(const struct reader *r, struct event *event);
/* The same for a registry, which is indexed afterwards. */
void wire_read_registry(const struct reader *r, struct registry *reg);

/* The bodies of intake into a zeroed command. */
void wire_read_alarm(const struct reader *r, struct command *cmd);
void wire_read_alarm_update(const struct reader *r, struct command *cmd);
void wire_read_alarm_cancel(const struct reader *r, struct command *cmd);

/* A console's command: the members behind an open bracket, which is closed. */
void wire_put_command(struct buf *out, const struct command *cmd);
void wire_read_command(const struct reader *r, struct command *cmd);

/* Frames of a training. */
void wire_put_train_members(struct buf *out, const struct train_frame *train);
void wire_read_train(const struct reader *r, struct train_frame *train);
void wire_read_training(const struct reader *r, struct training_frame *training);

#endif
