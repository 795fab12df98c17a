#include "gather.h"

#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <siaga/base/mem.h>

#define MESSAGES 64          /* at once: more were no quicker, fewer wake more readers in vain */
#define ROOM     (64 * 1024) /* for their bytes */

struct message {
	void *data;
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

struct gather *gather_create(void (*on_failed)(void *data)) {
	struct gather *gather = mem_alloc(1, sizeof(*gather));
	gather->on_failed = on_failed;
	gather->works = open_ring(&gather->ring) == 0;
	if (!gather->works) {
		free(gather);
		return NULL;
	}
	return gather;
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

bool gather_add(struct gather *gather, int fd, const void *head, size_t head_len, const void *text,
	size_t len, void *data) {
	size_t whole = head_len + len;
	if (whole > GATHER_MESSAGE_MAX) {
		return false;
	}
	if (gather->count == MESSAGES || whole > ROOM - gather->used) {
		gather_send(gather);
	}
	struct io_uring_sqe *sqe = gather->works ? io_uring_get_sqe(&gather->ring) : NULL;
	if (sqe == NULL) {
		return false;
	}
	unsigned char *bytes = gather->room + gather->used;
	struct message *message = &gather->messages[gather->count];
	memcpy(bytes, head, head_len);
	memcpy(bytes + head_len, text, len);
	io_uring_prep_send(sqe, fd, bytes, whole, MSG_DONTWAIT | MSG_NOSIGNAL);
	io_uring_sqe_set_data(sqe, message);
	*message = (struct message){.data = data, .len = whole};
	gather->count++;
	gather->used += whole;
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

/* Those that were not answered have failed: nobody knows how much of them went out. */
void gather_send(struct gather *gather) {
	size_t count = gather != NULL ? gather->count : 0, done = 0;
	while (done < count) {
		int got = io_uring_submit_and_wait(&gather->ring, (unsigned)(count - done));
		done += take_answers(gather);
		if (got < 0 && got != -EINTR) {
			end(gather);
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
