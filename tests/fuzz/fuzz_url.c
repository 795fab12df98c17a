/* The feed's address. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/net/client.h>

#include "fuzz.h"

static bool is_loopback(const char *host) {
	return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
	       strspn(host, "0:") + 1 == strlen(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct link_url url, again;
	struct err err = {0};
	char *text = dup_text(data, size), made[640];
	if (!link_url_parse(&url, text, &err)) {
		MUST(err.text[0] != '\0');
		free(text);
		return 0;
	}
	MUST(url.host[0] != '\0' && strnlen(url.host, sizeof(url.host)) < sizeof(url.host));
	MUST(url.path[0] == '/' && strnlen(url.path, sizeof(url.path)) < sizeof(url.path));
	MUST(url.port > 0);
	/* Plain text never leaves the machine. */
	MUST_OF(url.tls || is_loopback(url.host), url.host);
	/* They go into a request's first lines: nothing in them may end one. */
	for (const char *at = text; *at != '\0'; at++) {
		MUST_OF((unsigned char)*at > ' ' && *at != 0x7f, text);
	}
	snprintf(made, sizeof(made), "%s://%s%s%s:%u%s", url.tls ? "wss" : "ws",
		strchr(url.host, ':') != NULL ? "[" : "", url.host,
		strchr(url.host, ':') != NULL ? "]" : "", url.port, url.path);
	MUST_OF(link_url_parse(&again, made, &err), made);
	MUST(strcmp(url.host, again.host) == 0 && strcmp(url.path, again.path) == 0);
	MUST(url.port == again.port && url.tls == again.tls);
	free(text);
	return 0;
}
