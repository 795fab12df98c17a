/* Standard output as a stream of lines that never makes the loop wait. */
#ifndef SIAGA_CONSOLE_PLAIN_OUT_H
#define SIAGA_CONSOLE_PLAIN_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/mem.h>
#include <siaga/net/loop.h>

/* More than this waits only while the feed is left to itself. */
#define PLAIN_WAITING_MAX ((size_t)4 * 1024 * 1024)

enum plain_out_way {
	PLAIN_OUT_OWN,    /* the same file, opened once more by us so that it does not block */
	PLAIN_OUT_FILE,   /* a regular file: writing does not wait for a reader */
	PLAIN_OUT_SOCKET, /* sent without blocking */
	PLAIN_OUT_ASKED   /* asked before each short write */
};

struct plain_out {
	struct loop *loop;
	struct loop_timer *retry;
	void (*on_change)(void *data); /* it is gone, or what waited is much less now */
	void *data;
	struct buf waiting;
	enum plain_out_way way;
	int fd;
	bool tty, ascii, full;
	int error; /* errno of what ended it; 0: it is there */
};

void plain_out_init(
	struct plain_out *out, struct loop *loop, void (*on_change)(void *data), void *data);
void plain_out_finish(struct plain_out *out); /* zero is fine */

/* Adds whole lines; they are written as fast as they are taken. */
void plain_out_add(struct plain_out *out, const struct buf *lines);
/* The terminal's bell, where it is a terminal. */
void plain_out_bell(struct plain_out *out);
/* Waits until all is written, but not longer; false when something is left. */
bool plain_out_flush(struct plain_out *out, int64_t wait_ms);

#endif
