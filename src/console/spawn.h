/*
 * Programs that the configuration names, started without a shell and watched by the loop: the
 * alarm's sound, a camera's viewer, a snapshot. Such a program sees no terminal, no descriptor of
 * ours and no signal setting of ours; it leads a session of its own, which ends with it.
 */
#ifndef SIAGA_CONSOLE_SPAWN_H
#define SIAGA_CONSOLE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>

#define SPAWN_ARGS_MAX 64
#define SPAWN_URL_MAX  1000

struct loop;
struct spawn;
struct spawn_pool;

struct spawn_result {
	char error[ERR_TEXT_MAX]; /* for a person; "" when it ended by itself with 0 */
	bool started;
	const char *output; /* valid during the call */
	size_t output_len;
};

struct spawn_config {
	const char *const *argv; /* NULL ends; [0] is looked up in PATH */
	size_t output_max; /* bytes of standard output to keep, more is an error; 0: none is read */
	int64_t limit_ms;  /* killed after that; 0: never */
	int nice;          /* added to our own */
	bool outlives;     /* goes on when the console ends, and may leave others running */
	/* Comes once, from the loop, when it is gone; not after spawn_pool_destroy(). */
	void (*on_end)(void *data, const struct spawn_result *result);
	void *data;
};

/* At most `max` programs at once. The loop must outlive the pool. */
struct spawn_pool *spawn_pool_create(struct loop *loop, size_t max);
/* Kills what does not outlive us and waits for it, a second at most. NULL is fine. */
void spawn_pool_destroy(struct spawn_pool *pool);
size_t spawn_pool_len(const struct spawn_pool *pool);

/* NULL when there are as many as may be, or the system has no process left. That a program cannot
 * be executed is said by on_end. The result is valid until then. */
struct spawn *spawn_start(struct spawn_pool *pool, const struct spawn_config *cfg, struct err *err);
/* Kills it and all that it started. on_end comes when it is gone. */
void spawn_stop(struct spawn *spawn);

/* --- spawn_args.c --- */

/* May it be handed to a program: http, https or rtsp, a host, characters of RFC 3986 only. */
bool spawn_url_ok(const char *url);

/* What stands for {url} {id} {cols} {rows} {height}; `height` is two pixels for each row. A NULL or
 * 0 means that the word has no meaning here. */
struct spawn_vars {
	const char *url, *id;
	int cols, rows;
};

struct spawn_args {
	char *items[SPAWN_ARGS_MAX + 1];
};

/* Puts the values into each word of its own; a word stays one argument whatever the value holds.
 * False for a {name} that is unknown or means nothing here, for a URL that is not spawn_url_ok(),
 * and where a value would make an option of its argument. */
bool spawn_expand(struct spawn_args *out, const char *const *words, const struct spawn_vars *vars,
	struct err *err);
void spawn_args_finish(struct spawn_args *args); /* zero is fine */

#endif
