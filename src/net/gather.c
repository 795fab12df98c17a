#include "gather.h"

#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <siaga/base/mem.h>

#define MESSAGES 64          /* at once: more were no quicker, fewer wake more readers in vain */
#define ROOM     (64 * 1024) /* for their bytes */

struct message {
	void *data; /* NULL: it went out */
	int fd;
	const unsigned char *bytes;
	size_t len;
};

struct gather {
	struct io_uring ring;
	bool works;
	void (*on_failed)(void *data);
	struct message messages[MESSAGES]; /* by what the kernel calls them when it is done */
	size_t count;
	size_t used; /* bytes of room */
	unsigned char room[ROOM];
};

/* One thread asks, and nothing is done for it before it does; kernels before 6.1 do not know how.
 */
static int open_ring(struct io_uring *ring) {
	int got = io_uring_queue_init(
		MESSAGES, ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
	return got == -EINVAL ? io_uring_queue_init(MESSAGES, ring, 0) : got;
}

static void end(struct gather *gather) {
	if (gather->works) {
		io_uring_queue_exit(&gather->ring);
	}
	gather->works = false;
}

void gather_destroy(struct gather *gather) {
	if (gather != NULL) {
		end(gather);
		free(gather);
	}
}

bool gather_add(struct gather *gather, int fd, const void *message, size_t len, void *data) {
	if (len > GATHER_MESSAGE_MAX) {
		return false;
	}
	if (gather->count == MESSAGES || len > ROOM - gather->used) {
		gather_send(gather);
	}
	struct io_uring_sqe *sqe = gather->works ? io_uring_get_sqe(&gather->ring) : NULL;
	if (sqe == NULL) {
		return false;
	}
	unsigned char *bytes = gather->room + gather->used;
	struct message *kept = &gather->messages[gather->count];
	memcpy(bytes, message, len);
	io_uring_prep_send(sqe, fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	io_uring_sqe_set_data(sqe, kept);
	*kept = (struct message){.data = data, .fd = fd, .bytes = bytes, .len = len};
	gather->count++;
	gather->used += len;
	return true;
}

/* Of what the kernel says that it is done with; returns how many those are. */
static size_t take_answers(struct gather *gather) {
	struct io_uring_cqe *cqe;
	size_t count = 0;
	while (io_uring_peek_cqe(&gather->ring, &cqe) == 0) {
		struct message *message = io_uring_cqe_get_data(cqe);
		if (cqe->res == (int)message->len) {
			message->data = NULL;
		}
		io_uring_cqe_seen(&gather->ring, cqe);
		count++;
	}
	return count;
}

static void send_alone(struct message *message) {
	ssize_t sent = send(message->fd, message->bytes, message->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent == (ssize_t)message->len) {
		message->data = NULL;
	}
}

/* The last ones are those that the kernel did not even look at; of others without an answer nobody
 * knows what became, and they have failed. */
static void break_off(struct gather *gather) {
	size_t left = io_uring_sq_ready(&gather->ring);
	end(gather);
	for (size_t i = gather->count - left; i < gather->count; i++) {
		send_alone(&gather->messages[i]);
	}
}

void gather_send(struct gather *gather) {
	size_t count = gather != NULL ? gather->count : 0, done = 0;
	while (done < count) {
		int got = io_uring_submit_and_wait(&gather->ring, (unsigned)(count - done));
		done += take_answers(gather);
		if (got < 0 && got != -EINTR) {
			break_off(gather);
			break;
		}
	}
	if (count > 0) {
		gather->count = gather->used = 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (gather->messages[i].data != NULL) {
			gather->on_failed(gather->messages[i].data);
		}
	}
}

/* There are kernels, and sandboxes, that give a ring and do not send. */
static bool can_send(struct gather *gather) {
	int pair[2];
	char got = 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
		return false;
	}
	bool sent = gather_add(gather, pair[0], "?", 1, NULL);
	gather_send(gather);
	sent = sent && gather->works && recv(pair[1], &got, 1, 0) == 1;
	close(pair[0]);
	close(pair[1]);
	return sent;
}

struct gather *gather_create(void (*on_failed)(void *data)) {
	struct gather *gather = mem_alloc(1, sizeof(*gather));
	gather->on_failed = on_failed;
	gather->works = open_ring(&gather->ring) == 0;
	if (!gather->works || !can_send(gather)) {
		gather_destroy(gather);
		return NULL;
	}
	return gather;
}
