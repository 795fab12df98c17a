#include "private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool url_is_loopback(const char *host) {
	struct in_addr v4;
	struct in6_addr v6;
	if (strcmp(host, "localhost") == 0) {
		return true;
	}
	if (inet_pton(AF_INET, host, &v4) == 1) {
		return ntohl(v4.s_addr) >> 24 == 127;
	}
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool parse_port(const char *text, size_t len, uint16_t *port) {
	unsigned value = 0;
	if (len == 0 || len > 5) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return false;
		}
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	*port = (uint16_t)value;
	return value >= 1 && value <= 65535;
}

static const struct {
	const char *prefix;
	bool tls;
	uint16_t port;
} schemes[] = {
	{"http://", false, 80},
	{"https://", true, 443},
	{"ws://", false, 80},
	{"wss://", true, 443},
};

/* It goes into the first lines of a request, so nothing in it may end one. */
static bool has_blank(const char *text) {
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text <= ' ' || *text == 0x7f) {
			return true;
		}
	}
	return false;
}

bool link_url_parse(struct link_url *url, const char *text, struct err *err) {
	const char *p = NULL;
	memset(url, 0, sizeof(*url));
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t len = strlen(schemes[i].prefix);
		if (strncmp(text, schemes[i].prefix, len) == 0) {
			p = text + len;
			url->tls = schemes[i].tls;
			url->port = schemes[i].port;
		}
	}
	if (p == NULL) {
		return err_set(err, _("%s: not a ws:// or wss:// address"), text);
	}
	size_t rest = strcspn(p, "/");
	if (memchr(p, '@', rest) != NULL || strpbrk(p, "?#") != NULL || has_blank(p)) {
		/* Not shown: somebody may have thought that a secret goes there. */
		return err_set(
			err, _("user names, queries and blanks do not belong in an address"));
	}
	const char *host = p, *host_end, *path = p + rest;
	if (*p == '[') {
		host++;
		host_end = memchr(p, ']', rest);
	} else {
		host_end = memchr(p, ':', rest);
		host_end = host_end != NULL ? host_end : path;
	}
	if (host_end == NULL || host_end == host ||
		(size_t)(host_end - host) >= sizeof(url->host)) {
		return err_set(err, _("%s: no host"), text);
	}
	memcpy(url->host, host, (size_t)(host_end - host));
	const char *after = *p == '[' ? host_end + 1 : host_end;
	if (after < path &&
		(*after != ':' || !parse_port(after + 1, (size_t)(path - after - 1), &url->port))) {
		return err_set(err, _("%s: the port is not a number from 1 to 65535"), text);
	}
	if (snprintf(url->path, sizeof(url->path), "%s", *path != '\0' ? path : "/") >=
		(int)sizeof(url->path)) {
		return err_set(err, _("%s: the path is too long"), text);
	}
	if (!url->tls && !url_is_loopback(url->host)) {
		return err_set(err, _("%s: plain text is for this machine only; use wss://"), text);
	}
	return true;
}
