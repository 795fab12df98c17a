/*
 * The console as lines: typed commands in, a line for each thing that happens out. For screen
 * readers, logs and pipes. It drives the same struct app as the full screen does.
 */
#ifndef SIAGA_CONSOLE_PLAIN_H
#define SIAGA_CONSOLE_PLAIN_H

#include <stdbool.h>

#include <siaga/app/input.h>
#include <siaga/base/err.h>

struct plain;
struct runtime;

/* Says what is known already, and reads commands from then on. */
struct plain *plain_create(struct runtime *rt);
/* Says the last words; returns the exit code, and in *err why standard output is gone. NULL is
 * fine. */
int plain_finish(struct plain *plain, int code, struct err *err);

/* The app has applied an event; its effects come after. */
void plain_tell(struct plain *plain, const struct app_event *event);
/* It rings; `heard`: also as the terminal's bell. */
void plain_ring(struct plain *plain, bool heard);
/* True when the signal was no reason to end. */
bool plain_signal(struct plain *plain, int signo);

#endif
