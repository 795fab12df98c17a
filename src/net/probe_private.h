/* What the two files of the probe share. */
#ifndef SIAGA_NET_PROBE_PRIVATE_H
#define SIAGA_NET_PROBE_PRIVATE_H

#include <siaga/net/probe.h>

#include <sys/socket.h>
#include <sys/types.h>

#include "tls_private.h"

struct probe {
	struct link_url url;
	struct sockaddr_storage to;
	socklen_t to_len;
	int fd;
	struct tls_client *tls; /* NULL: plain text */
	SSL *ssl;
};

/* Waits for the descriptor. False: errno says why; ETIMEDOUT when the time is over. */
bool probe_wait(int fd, short events, int64_t until_ms);
/* As send() and recv() on a socket that does not block; *events gets what EAGAIN waits for. */
ssize_t probe_tls_send(struct probe *probe, const char *data, size_t len, short *events);
ssize_t probe_tls_recv(struct probe *probe, char *out, size_t size, short *events);
/* Why TLS failed, for a person; false: it was not that. */
bool probe_explain(const struct probe *probe, struct err *err);
void probe_tls_finish(struct probe *probe);

#endif
