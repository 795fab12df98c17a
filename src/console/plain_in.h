/* Lines of standard input, whatever it is: a terminal, a pipe, a file. */
#ifndef SIAGA_CONSOLE_PLAIN_IN_H
#define SIAGA_CONSOLE_PLAIN_IN_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/app/modal.h>
#include <siaga/base/mem.h>
#include <siaga/net/loop.h>

#define PLAIN_LINE_SIZE APP_TEXT_MAX /* with its NUL */

enum plain_got {
	PLAIN_GOT_NOTHING, /* no whole line has come yet */
	PLAIN_GOT_LINE,
	PLAIN_GOT_TOO_LONG, /* a line that was longer than any command is */
	PLAIN_GOT_END
};

struct plain_in {
	struct loop *loop;
	void (*on_ready)(void *data);
	void *data;
	struct buf read; /* and not taken yet */
	bool tty;
	bool polled;  /* it can be waited for; a file is always ready */
	bool watched; /* the loop waits for it */
	bool skipping, ended;
};

void plain_in_init(
	struct plain_in *in, struct loop *loop, void (*on_ready)(void *data), void *data);
void plain_in_finish(struct plain_in *in); /* zero is fine */

/* on_ready() is called when there is something to take. */
void plain_in_watch(struct plain_in *in);
/* Not now: what comes waits. */
void plain_in_rest(struct plain_in *in);
/* Takes a line, fit to be shown, without its end. */
enum plain_got plain_in_take(struct plain_in *in, char line[PLAIN_LINE_SIZE]);
/* After the end: was there a last line without an end? It may be part of one. */
bool plain_in_is_cut(const struct plain_in *in);

#endif
