#include "private.h"

#include <stdio.h>

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* Told at the start, with each new certificate, and once a day: a log that is read is enough. */
static void look(void *data) {
	struct feed *feed = data;
	int64_t days = tls_days_left(server_tls_expires(feed->server));
	if (days < 0) {
		fprintf(stderr, "siagad: the certificate %s has expired: no console trusts it\n",
			feed->cfg->tls->certificate);
	} else if (days < TLS_SOON_DAYS) {
		fprintf(stderr, "siagad: the certificate %s expires in %lld days\n",
			feed->cfg->tls->certificate, (long long)days);
	}
	loop_timer_set(feed->certificate, DAY_MS);
}

void certificate_watch(struct feed *feed) {
	if (feed->cfg->tls != NULL) {
		feed->certificate = loop_timer_create(feed->loop, look, feed);
		look(feed);
	}
}

void certificate_reload(struct feed *feed) {
	struct err err = {0};
	if (feed->cfg->tls == NULL || feed->server == NULL) {
		return;
	}
	if (!server_reload_tls(feed->server, &err)) {
		fprintf(stderr, "siagad: %s; the certificate of before stays\n", err.text);
		return;
	}
	fputs("siagad: certificate and key were read again\n", stderr);
	look(feed);
}
