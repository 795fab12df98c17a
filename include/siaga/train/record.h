/*
 * A recorder: it is given the events of a log in order and makes a scenario of a part of it. Times
 * become relative, callers and whoever worked get other names, and what was done is kept as ghosts,
 * see siaga-scenario(5). It knows no file and no clock.
 */
#ifndef SIAGA_TRAIN_RECORD_H
#define SIAGA_TRAIN_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/model/event.h>

/* So much of a log fits into one scenario. */
#define RECORD_SPAN_MAX_MS INT64_C(604800000)
/* So much of the log before it tells who is there. */
#define RECORD_BEFORE_MS INT64_C(86400000)

struct recorder;

/* What is in it, and what is not. */
struct recorder_counts {
	int64_t alarms, actions;
	int64_t earlier; /* incidents that began before, or went into such a one */
	int64_t left;    /* events of those */
};

/* from_ms <= at < to_ms is recorded. `name` is an id; "": one is made of the date. */
struct recorder *recorder_create(int64_t from_ms, int64_t to_ms, const char *name);
void recorder_destroy(struct recorder *recorder); /* NULL is fine */

/* Takes what it needs of the next event of the log, from before the recording on. False: nothing
 * that comes later is of use. */
bool recorder_add(struct recorder *recorder, const struct event *event);
/* Whoever called or acted in any other event, before or after, is not to be found in what is
 * written either. */
void recorder_know(struct recorder *recorder, const struct event *event);
/* The same of a token; `agency` is the one that it is of, or "". */
void recorder_know_token(struct recorder *recorder, const char *name, const char *agency);
/* The feed was started anew: nobody is connected to it. */
void recorder_restart(struct recorder *recorder, int64_t at_ms);

/* Appends the scenario. False: *err says why there is none. */
bool recorder_write(struct recorder *recorder, struct buf *out, struct recorder_counts *counts,
	struct err *err);

#endif
