/* The embedded demo: a private feed on loopback with the city of Solo and a scenario that plays on
 * it. */
#ifndef SIAGA_CONSOLE_DEMO_H
#define SIAGA_CONSOLE_DEMO_H

#include <stdbool.h>
#include <sys/types.h>

#include <siaga/base/err.h>

struct demo {
	char dir[512];   /* all that it writes; removed by demo_finish() */
	char data[600];  /* the feed's own folder below it */
	char feed[128];  /* URL */
	char token[128]; /* the operator's */
	char state[600]; /* the console's cache */
	pid_t siagad, player;
};

/* Starts siagad (found beside siaga, or in PATH) and the player. Call before any thread or loop. */
bool demo_init(struct demo *demo, struct err *err);
/* Ends both by pid and removes every file. Zero is fine. */
void demo_finish(struct demo *demo);

#endif
