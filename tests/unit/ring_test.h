/* What tests know of io_uring: whether this kernel lets anybody have it, and how it is taken away.
 */
#ifndef SIAGA_TEST_RING_H
#define SIAGA_TEST_RING_H

#include <dirent.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Some kernels, and most containers, do not; asked without anything of ours. */
static bool kernel_has_ring(void) {
	struct io_uring ring;
	struct io_uring_cqe *cqe;
	int pair[2];
	char got;
	if (io_uring_queue_init(1, &ring, 0) != 0) {
		return false;
	}
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
	bool has = sqe != NULL;
	if (has) {
		io_uring_prep_send(sqe, pair[0], "?", 1, MSG_DONTWAIT);
		has = io_uring_submit_and_wait(&ring, 1) == 1 &&
		      io_uring_peek_cqe(&ring, &cqe) == 0 && recv(pair[1], &got, 1, 0) == 1;
	}
	io_uring_queue_exit(&ring);
	close(pair[0]);
	close(pair[1]);
	return has;
}

/* The only one of this process: neither libwebsockets nor libuv 1.44 have any. */
static int ring_fd(void) {
	char path[300], to[64];
	int found = -1, rings = 0;
	DIR *files = opendir("/proc/self/fd");
	assert_non_null(files);
	for (struct dirent *file; (file = readdir(files)) != NULL;) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%s", file->d_name);
		ssize_t len = readlink(path, to, sizeof(to) - 1);
		to[len > 0 ? len : 0] = '\0';
		if (strstr(to, "io_uring") != NULL) {
			found = atoi(file->d_name);
			rings++;
		}
	}
	closedir(files);
	assert_int_equal(rings, 1);
	return found;
}

static void break_ring(void) {
	int null = open("/dev/null", O_RDWR);
	assert_true(dup2(null, ring_fd()) >= 0);
	close(null);
}

#endif
