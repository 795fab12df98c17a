/* The end of this process's io_uring, as if the kernel had taken it away. */
#ifndef SIAGA_TEST_BREAK_RING_H
#define SIAGA_TEST_BREAK_RING_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ring_fd(void) {
	char path[300], to[64];
	int found = -1;
	DIR *files = opendir("/proc/self/fd");
	assert_non_null(files);
	for (struct dirent *file; (file = readdir(files)) != NULL;) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%s", file->d_name);
		ssize_t len = readlink(path, to, sizeof(to) - 1);
		to[len > 0 ? len : 0] = '\0';
		if (strstr(to, "io_uring") != NULL) {
			found = atoi(file->d_name);
		}
	}
	closedir(files);
	return found;
}

static void break_ring(void) {
	int null = open("/dev/null", O_RDWR);
	assert_true(dup2(null, ring_fd()) >= 0);
	close(null);
}

#endif
