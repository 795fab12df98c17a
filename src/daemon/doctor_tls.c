#include "doctor.h"

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

void doctor_tls(struct doctor *doc) {
	struct tls_server_config tls;
	struct err err = {0};
	int64_t expires_s;
	if (!doctor_has_tls(doc)) {
		report_say(&doc->report, REPORT_OK,
			"TLS: none, so siagad listens on this machine only; [tls] in siagad.conf "
			"opens it to others");
		return;
	}
	daemon_settings_tls(doc->opt->settings, &tls);
	if (!tls_server_check(&tls, &expires_s, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			"TLS: %s: correct it under [tls] in siagad.conf; siagad does not start so",
			err.text);
		return;
	}
	int64_t days = tls_days_left(expires_s);
	if (days < TLS_SOON_DAYS) {
		report_say(&doc->report, REPORT_WARN,
			"TLS: the certificate %s expires in %lld days: get a new one, and send "
			"siagad SIGHUP",
			tls.certificate, (long long)days);
	} else {
		report_say(&doc->report, REPORT_OK,
			"TLS: the certificate %s belongs to its key and is good for %lld days",
			tls.certificate, (long long)days);
	}
	say_clients(doc, &tls);
}
