#include "probe_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>

#define ANSWER_MAX 65536

struct probe *probe_create(const struct link_url *url) {
	struct probe *probe = mem_alloc(1, sizeof(*probe));
	probe->url = *url;
	probe->fd = -1;
	return probe;
}

void probe_destroy(struct probe *probe) {
	if (probe == NULL) {
		return;
	}
	probe_tls_finish(probe);
	if (probe->fd >= 0) {
		(void)close(probe->fd);
	}
	free(probe);
}

/* --- the name --- */

/* What the thread finds; whoever comes last of thread and asker frees it. */
struct lookup {
	pthread_mutex_t lock;
	pthread_cond_t found;
	int owners;
	bool done;
	int rc, system_errno;
	char host[256], port[8];
	struct sockaddr_storage to;
	socklen_t to_len;
};

static void lookup_release(struct lookup *lookup) {
	pthread_mutex_lock(&lookup->lock);
	int left = --lookup->owners;
	pthread_mutex_unlock(&lookup->lock);
	if (left == 0) {
		pthread_cond_destroy(&lookup->found);
		pthread_mutex_destroy(&lookup->lock);
		free(lookup);
	}
}

static void *look_up(void *data) {
	struct lookup *lookup = data;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *list = NULL;
	int rc = getaddrinfo(lookup->host, lookup->port, &hints, &list), wrong = errno;
	pthread_mutex_lock(&lookup->lock);
	lookup->rc = rc;
	lookup->system_errno = wrong;
	lookup->done = true;
	if (rc == 0) {
		memcpy(&lookup->to, list->ai_addr, list->ai_addrlen);
		lookup->to_len = list->ai_addrlen;
	}
	pthread_cond_signal(&lookup->found);
	pthread_mutex_unlock(&lookup->lock);
	if (rc == 0) {
		freeaddrinfo(list);
	}
	lookup_release(lookup);
	return NULL;
}

static struct lookup *lookup_start(const struct link_url *url) {
	struct lookup *lookup = mem_alloc(1, sizeof(*lookup));
	pthread_condattr_t attr;
	pthread_t thread;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&lookup->found, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&lookup->lock, NULL);
	memcpy(lookup->host, url->host, sizeof(lookup->host));
	snprintf(lookup->port, sizeof(lookup->port), "%u", (unsigned)url->port);
	lookup->owners = 2;
	if (pthread_create(&thread, NULL, look_up, lookup) != 0) {
		lookup->owners = 1;
		lookup_release(lookup);
		return NULL;
	}
	pthread_detach(thread);
	return lookup;
}

/* False: it was not there in time. */
static bool lookup_wait(struct lookup *lookup) {
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PROBE_MS / 1000;
	int rc = 0;
	pthread_mutex_lock(&lookup->lock);
	while (!lookup->done && rc == 0) {
		rc = pthread_cond_timedwait(&lookup->found, &lookup->lock, &until);
	}
	bool done = lookup->done;
	pthread_mutex_unlock(&lookup->lock);
	return done;
}

bool probe_resolve(
	struct probe *probe, char address[PROBE_ADDRESS_SIZE], int64_t *took_ms, struct err *err) {
	int64_t begun_ms = clock_mono_ms();
	struct lookup *lookup = lookup_start(&probe->url);
	bool ok = false;
	if (lookup == NULL) {
		return err_set(err, _("no thread to resolve the name"));
	}
	if (!lookup_wait(lookup)) {
		err_set(err, _("no answer within %d s"), PROBE_MS / 1000);
	} else if (lookup->rc != 0) {
		err_set(err, "%s",
			lookup->rc == EAI_SYSTEM ? strerror(lookup->system_errno)
						 : gai_strerror(lookup->rc));
	} else {
		ok = true;
		probe->to = lookup->to;
		probe->to_len = lookup->to_len;
		getnameinfo((const struct sockaddr *)&probe->to, probe->to_len, address,
			PROBE_ADDRESS_SIZE, NULL, 0, NI_NUMERICHOST);
	}
	*took_ms = clock_mono_ms() - begun_ms;
	lookup_release(lookup);
	return ok;
}

/* --- the connection --- */

bool probe_wait(int fd, short events, int64_t until_ms) {
	struct pollfd ready = {.fd = fd, .events = events};
	int64_t left_ms;
	while ((left_ms = until_ms - clock_mono_ms()) > 0) {
		int rc = poll(&ready, 1, (int)left_ms);
		if (rc > 0) {
			return true;
		}
		if (rc < 0 && errno != EINTR) {
			return false;
		}
	}
	errno = ETIMEDOUT;
	return false;
}

bool probe_connect(struct probe *probe, int64_t *took_ms, struct err *err) {
	int64_t begun_ms = clock_mono_ms();
	int wrong = 0, one = 1;
	socklen_t len = sizeof(wrong);
	probe->fd = socket(
		probe->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (probe->fd < 0) {
		return err_set(err, "%s", strerror(errno));
	}
	/* What is timed is the way and the feed, not who waits for whose receipt. */
	setsockopt(probe->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(probe->fd, (const struct sockaddr *)&probe->to, probe->to_len) != 0 &&
		(errno != EINPROGRESS || !probe_wait(probe->fd, POLLOUT, begun_ms + PROBE_MS))) {
		wrong = errno;
	} else if (getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &wrong, &len) != 0) {
		wrong = errno;
	}
	*took_ms = clock_mono_ms() - begun_ms;
	return wrong == 0 || err_set(err, "%s", strerror(wrong));
}

/* --- one request --- */

/* In plain text or not; *events gets what EAGAIN waits for. */
static ssize_t put(struct probe *probe, const char *text, size_t len, short *events) {
	*events = POLLOUT;
	return probe->ssl != NULL ? probe_tls_send(probe, text, len, events)
				  : send(probe->fd, text, len, MSG_NOSIGNAL);
}

static ssize_t get(struct probe *probe, char *out, size_t size, short *events) {
	*events = POLLIN;
	return probe->ssl != NULL ? probe_tls_recv(probe, out, size, events)
				  : recv(probe->fd, out, size, 0);
}

static bool send_all(struct probe *probe, const char *text, size_t len, int64_t until_ms) {
	while (len > 0) {
		short events;
		ssize_t sent = put(probe, text, len, &events);
		if (sent < 0 && errno != EINTR && errno != EAGAIN) {
			return false;
		}
		if (sent < 0) {
			if (errno == EAGAIN && !probe_wait(probe->fd, events, until_ms)) {
				return false;
			}
			continue;
		}
		text += sent;
		len -= (size_t)sent;
	}
	return true;
}

/* Everything until the peer closes. */
static bool read_all(struct probe *probe, struct buf *out, int64_t until_ms) {
	char part[4096];
	while (out->len < ANSWER_MAX) {
		short events;
		ssize_t got = get(probe, part, sizeof(part), &events);
		if (got == 0) {
			return true;
		}
		if (got > 0) {
			buf_add(out, part, (size_t)got);
		} else if (errno == EAGAIN && !probe_wait(probe->fd, events, until_ms)) {
			return false;
		} else if (errno != EAGAIN && errno != EINTR) {
			return false;
		}
	}
	return true;
}

static int read_status(const struct buf *answer, char *body, size_t size) {
	int status = 0;
	if (answer->len == 0 || sscanf(answer->data, "HTTP/1.%*1[01] %3d", &status) != 1) {
		return 0;
	}
	const char *end = strstr(answer->data, "\r\n\r\n");
	snprintf(body, size, "%s", end != NULL ? end + 4 : "");
	return status;
}

int probe_get(struct probe *probe, const char *path, const char *token, char *body, size_t size,
	struct err *err) {
	int64_t until_ms = clock_mono_ms() + PROBE_MS;
	bool v6 = strchr(probe->url.host, ':') != NULL;
	struct buf ask = {0}, answer = {0};
	int status = 0;
	buf_printf(&ask, "GET %s HTTP/1.1\r\nHost: %s%s%s:%u\r\nConnection: close\r\n", path,
		v6 ? "[" : "", probe->url.host, v6 ? "]" : "", (unsigned)probe->url.port);
	if (token != NULL && token[0] != '\0') {
		buf_printf(&ask, "Authorization: Bearer %s\r\n", token);
	}
	buf_add_str(&ask, "\r\n");
	bool sent = send_all(probe, ask.data, ask.len, until_ms);
	int wrong = errno;
	/* Who takes no more may have said why. */
	bool heard = read_all(probe, &answer, until_ms);
	if (!sent || !heard) {
		wrong = sent ? errno : wrong;
		if (!probe_explain(probe, err)) {
			err_set(err, "%s", strerror(wrong));
		}
	} else {
		status = read_status(&answer, body, size);
		if (status == 0) {
			err_set(err, _("what answers there does not speak HTTP"));
		}
	}
	buf_finish(&ask);
	buf_finish(&answer);
	return status;
}
