/* A loop for tests with real processes: runs until something holds, never longer than a deadline.
 */
#ifndef SIAGA_TEST_LOOP_H
#define SIAGA_TEST_LOOP_H

#include <ctype.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/net/loop.h>

#define LOOP_DEADLINE_MS 20000
#define LOOP_LOOK_MS     5
#define LOOP_UNUSED      __attribute__((unused))

struct loop_until {
	struct loop *loop;
	struct loop_timer *timer;
	bool (*holds)(void *data);
	void *data;
	int64_t deadline_ms;
	bool held;
};

static void loop_look(void *data) {
	struct loop_until *until = data;
	until->held = until->holds(until->data);
	if (until->held || clock_mono_ms() > until->deadline_ms) {
		loop_stop(until->loop);
		return;
	}
	loop_timer_set(until->timer, LOOP_LOOK_MS);
}

/* Runs the loop until holds(data); false when it did not in time. */
static bool LOOP_UNUSED loop_run_until(struct loop *loop, bool (*holds)(void *data), void *data) {
	struct loop_until until = {.loop = loop, .holds = holds, .data = data};
	until.deadline_ms = clock_mono_ms() + LOOP_DEADLINE_MS;
	until.timer = loop_timer_create(loop, loop_look, &until);
	loop_timer_set(until.timer, 0);
	loop_run(loop);
	loop_timer_destroy(until.timer);
	return until.held;
}

/* Does the process run? One that only waits to be reaped does not. */
static bool LOOP_UNUSED process_runs(pid_t pid) {
	char path[64], line[256] = "";
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		return false;
	}
	char *got = fgets(line, sizeof(line), file);
	(void)fclose(file);
	const char *state = got != NULL ? strrchr(line, ')') : NULL;
	return state != NULL && state[2] != 'Z' && state[2] != 'X';
}

static bool LOOP_UNUSED process_is_gone(void *data) {
	return !process_runs(*(pid_t *)data);
}

/* The process numbers that a program wrote, each on a line; how many. */
static size_t LOOP_UNUSED read_pids(const char *text, pid_t *pids, size_t max) {
	size_t len = 0;
	while (len < max && isdigit((unsigned char)*text)) {
		char *end;
		pids[len++] = (pid_t)strtol(text, &end, 10);
		text = end + (*end == '\n' ? 1 : 0);
	}
	return len;
}

#endif
