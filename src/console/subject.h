/* One trainee, as a trainer is shown them: whoever plays the exercise says so. */
#ifndef SIAGA_CONSOLE_SUBJECT_H
#define SIAGA_CONSOLE_SUBJECT_H

#include <siaga/train/run.h>

#define PLAY_WALL_MS INT64_C(1767596400000) /* of the start: 2026-01-05T07:00:00Z */
#define PLAY_STEP_MS 100

/* Borrowed until whoever said it moves on. */
struct subject {
	const void *whose; /* whoever it is: another one is another trainee */
	const struct run *run;
	const struct who *who;
	const char *selected; /* the incident on their console, or "" */
	int64_t now_ms, speed_percent;
	int64_t made; /* how often all was made anew from the start */
	bool paused, watched;
};

#endif
