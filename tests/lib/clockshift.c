/*
 * A program that lives at another time: SIAGA_TEST_CLOCK_S seconds are added to the wall's clock,
 * and to no other. Or on a machine that sleeps: as many seconds as the file SIAGA_TEST_SLEPT has
 * bytes pass for it on the wall's clock and since the start, and are not counted by the clock that
 * stands meanwhile. Loaded with LD_PRELOAD.
 */
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t shift(void) {
	const char *text = getenv("SIAGA_TEST_CLOCK_S");
	return text != NULL ? (time_t)strtoll(text, NULL, 10) : 0;
}

static time_t slept(void) {
	const char *path = getenv("SIAGA_TEST_SLEPT");
	struct stat st;
	return path != NULL && stat(path, &st) == 0 ? (time_t)st.st_size : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
	int rc = (int)syscall(SYS_clock_gettime, clock, now);
	if (rc == 0 && clock == CLOCK_REALTIME) {
		now->tv_sec += shift();
	}
	if (rc == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME)) {
		now->tv_sec += slept();
	}
	return rc;
}

time_t time(time_t *out) {
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL) {
		*out = now.tv_sec;
	}
	return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
	struct timespec at;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &at);
	now->tv_sec = at.tv_sec;
	now->tv_usec = at.tv_nsec / 1000;
	return 0;
}
