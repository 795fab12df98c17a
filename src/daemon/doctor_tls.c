#include "doctor.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <siaga/base/macros.h>
#include <siaga/net/tls.h>

#include "settings.h"

bool doctor_has_tls(const struct doctor *doc) {
	struct tls_server_config tls;
	return doc->opt->settings != NULL && daemon_settings_tls(doc->opt->settings, &tls);
}

static void say_clients(struct doctor *doc, const struct tls_server_config *tls) {
	switch (tls->clients) {
	case TLS_CLIENTS_ASK:
		report_say(&doc->report, REPORT_OK,
			"TLS: clients are asked for a certificate signed by %s", tls->client_ca);
		break;
	case TLS_CLIENTS_REQUIRE:
		report_say(&doc->report, REPORT_OK,
			"TLS: nobody gets in without a certificate signed by %s", tls->client_ca);
		break;
	case TLS_CLIENTS_NO:
	case TLS_CLIENTS_COUNT: break;
	}
}

struct chain {
	struct doctor *doc;
	const char *path;
};

/* Each certificate: does the next vouch for it, and for how long is it good? */
static void on_link(void *data, const struct tls_link *link) {
	struct chain *chain = data;
	struct report *report = &chain->doc->report;
	int64_t days = tls_days_left(link->expires_s);
	if (link->place == 1) {
		memcpy(chain->doc->print, link->print, sizeof(link->print));
		chain->doc->has_print = true;
	}
	if (link->signer == TLS_SIGNER_WRONG) {
		report_say(report, REPORT_FAIL,
			"TLS: certificate %d of %s, %s, is not signed by the one behind it, but by "
			"%s: put the server's own first, and behind each the one that signed it",
			link->place, chain->path, link->name, link->issuer);
	} else if (days < 0) {
		report_say(report, REPORT_FAIL,
			"TLS: certificate %d of %s, %s, has expired %lld days ago: get a new one, "
			"and send siagad SIGHUP",
			link->place, chain->path, link->name, (long long)-days);
	} else if (days < TLS_SOON_DAYS) {
		report_say(report, REPORT_WARN,
			"TLS: certificate %d of %s, %s, expires in %lld days: get a new one, and "
			"send siagad SIGHUP",
			link->place, chain->path, link->name, (long long)days);
	} else {
		report_say(report, REPORT_OK,
			"TLS: certificate %d, %s, signed by %s%s, good for %lld days", link->place,
			link->name, link->signer == TLS_SIGNER_SELF ? "itself" : link->issuer,
			link->signer == TLS_SIGNER_NEXT   ? " behind it"
			: link->signer == TLS_SIGNER_AWAY ? ", the CA that consoles have to know"
							  : "",
			(long long)days);
	}
}

static bool is_hidden(const char *path) {
	return access(path, R_OK) != 0 && errno == EACCES;
}

/* A siagad that runs has read it, and we may not: nothing is known against it. */
static bool is_roots_own(const struct doctor *doc, const char *path) {
	return doc->running > 0 && is_hidden(path);
}

void doctor_tls(struct doctor *doc) {
	struct tls_server_config tls;
	struct err err = {0};
	struct chain chain = {.doc = doc};
	if (!doctor_has_tls(doc)) {
		report_say(&doc->report, REPORT_OK,
			"TLS: none, so siagad listens on this machine only; [tls] in siagad.conf "
			"opens it to others");
		return;
	}
	daemon_settings_tls(doc->opt->settings, &tls);
	chain.path = tls.certificate;
	if (tls.key[0] == '\0') {
		return; /* Of which the configuration's lines tell. */
	}
	const char *hidden = is_roots_own(doc, tls.certificate) ? tls.certificate
			     : is_roots_own(doc, tls.key)       ? tls.key
								: NULL;
	if (hidden != NULL) {
		report_say(&doc->report, REPORT_WARN,
			"TLS: %s may not be read by this user: siagad was given it by root, and "
			"cannot read a new one on SIGHUP; chgrp it to siagad's group and chmod "
			"640, or start siagad anew then; run doctor as root to have it looked at",
			hidden);
	} else if (!tls_server_check(&tls, NULL, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			"TLS: %s: correct it under [tls] in siagad.conf; siagad does not start so",
			err.text);
	} else {
		report_say(&doc->report, REPORT_OK, "TLS: the key %s belongs to the certificate %s",
			tls.key, tls.certificate);
	}
	/* Where the file cannot be read that has been said. */
	(void)tls_chain_look(tls.certificate, on_link, &chain, NULL);
	say_clients(doc, &tls);
}

void doctor_tls_again(struct doctor *doc) {
	struct tls_server_config tls;
	if (!doc->has_print || !doctor_has_tls(doc)) {
		return; /* It has been said what is wrong with them. */
	}
	daemon_settings_tls(doc->opt->settings, &tls);
	const char *files[] = {tls.certificate, tls.key, tls.client_ca};
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (files[i] != NULL && is_hidden(files[i])) {
			report_say(&doc->report, REPORT_WARN,
				"TLS: %s may not be read by siagad's user: it takes in no new one "
				"on SIGHUP; chgrp it to siagad's group and chmod 640, or start "
				"siagad anew then",
				files[i]);
		}
	}
}
