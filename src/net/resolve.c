/* Names are resolved on a thread of their own: a dead resolver must not freeze the screen. */
#include "private.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>

/* A resolver that says nothing holds its thread for ever: so many are asked, and no more. */
#define ASKING_MAX 4

static atomic_int asking;

struct resolver {
	struct loop *loop;
	char host[256], address[64];
	int event_fd;
	void (*on_done)(void *data, const char *address);
	void *data;
	/* Two owners, the thread and the loop; whoever comes last frees. */
	pthread_mutex_t lock;
	int owners;
};

static void release(struct resolver *r) {
	pthread_mutex_lock(&r->lock);
	int left = --r->owners;
	pthread_mutex_unlock(&r->lock);
	if (left == 0) {
		close(r->event_fd);
		pthread_mutex_destroy(&r->lock);
		free(r);
	}
}

static void *work(void *data) {
	struct resolver *r = data;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG},
			*found = NULL;
	if (getaddrinfo(r->host, NULL, &hints, &found) == 0) {
		getnameinfo(found->ai_addr, found->ai_addrlen, r->address, sizeof(r->address), NULL,
			0, NI_NUMERICHOST);
		freeaddrinfo(found);
	}
	uint64_t one = 1;
	if (write(r->event_fd, &one, sizeof(one)) < 0) {
		r->address[0] = '\0'; /* Cannot happen with an event descriptor; the watchdog would
					 notice. */
	}
	release(r);
	atomic_fetch_sub(&asking, 1);
	return NULL;
}

static void on_ready(void *data, int fd, uint32_t events) {
	struct resolver *r = data;
	void (*on_done)(void *, const char *) = r->on_done;
	void *user = r->data;
	char address[64];
	UNUSED(events);
	memcpy(address, r->address, sizeof(address));
	loop_unwatch_fd(r->loop, fd);
	release(r);
	on_done(user, address[0] != '\0' ? address : NULL);
}

struct resolver *resolver_start(const char *host, struct loop *loop,
	void (*on_done)(void *data, const char *address), void *data) {
	struct resolver *r;
	pthread_t thread;
	if (atomic_load(&asking) >= ASKING_MAX) {
		return NULL;
	}
	r = mem_alloc(1, sizeof(*r));
	r->loop = loop;
	strncpy(r->host, host, sizeof(r->host) - 1);
	r->on_done = on_done;
	r->data = data;
	r->owners = 2;
	r->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&r->lock, NULL);
	if (r->event_fd < 0 || !loop_watch_fd(loop, r->event_fd, on_ready, r, NULL)) {
		r->owners = 1;
		release(r);
		return NULL;
	}
	atomic_fetch_add(&asking, 1);
	if (pthread_create(&thread, NULL, work, r) != 0) {
		atomic_fetch_sub(&asking, 1);
		loop_unwatch_fd(loop, r->event_fd);
		r->owners = 1;
		release(r);
		return NULL;
	}
	pthread_detach(thread);
	return r;
}

void resolver_drop(struct resolver *r) {
	if (r != NULL) {
		loop_unwatch_fd(r->loop, r->event_fd);
		release(r);
	}
}
