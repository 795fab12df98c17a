#include "doctor_private.h"

#include <siaga/net/probe.h>

/* Of this console's certificate, which the feed may ask for. */
static void say_own(struct doctor *doc, const struct tls_trust *trust, int64_t expires_s) {
	int64_t days = tls_days_left(expires_s);
	if (trust->certificate[0] == '\0') {
		return;
	}
	if (days < TLS_SOON_DAYS) {
		report_say(&doc->report, REPORT_WARN,
			_("certificate of this console: %s expires in %lld days: ask whoever runs "
			  "the feed for a new one"),
			trust->certificate, (long long)days);
	} else {
		report_say(&doc->report, REPORT_OK,
			_("certificate of this console: %s, good for %lld days"),
			trust->certificate, (long long)days);
	}
}

static void say_theirs(struct doctor *doc, const struct probe_tls *seen) {
	int64_t days = tls_days_left(seen->expires_s);
	if (days < TLS_SOON_DAYS) {
		report_say(&doc->report, REPORT_WARN,
			_("certificate of the feed: for %s, signed by %s, expires in %lld days: "
			  "tell whoever runs the feed"),
			seen->names, seen->issuer, (long long)days);
	} else {
		report_say(&doc->report, REPORT_OK,
			_("certificate of the feed: for %s, signed by %s, good for %lld days"),
			seen->names, seen->issuer, (long long)days);
	}
}

/* Of those that vouch for the feed's: one that ends is the end of them all. */
static void say_chain(struct doctor *doc, const struct probe_tls *seen) {
	int64_t days = tls_days_left(seen->chain_expires_s);
	if (seen->chain_expires_s != 0 && days < TLS_SOON_DAYS) {
		report_say(&doc->report, REPORT_WARN,
			_("certificate of %s, who vouches for the feed's, expires in %lld days: "
			  "tell whoever runs the feed"),
			seen->chain_name, (long long)days);
	} else if (seen->chain_expires_s != 0) {
		report_say(&doc->report, REPORT_OK,
			_("certificates up to the CA: the first to end is that of %s, in %lld "
			  "days"),
			seen->chain_name, (long long)days);
	}
}

bool doctor_tls(struct doctor *doc, struct probe *probe, const struct link_url *url) {
	const struct tls_trust trust = options_trust(doc->opt);
	struct probe_tls seen;
	struct err err = {0};
	int64_t took_ms, expires_s;
	if (!tls_trust_check(&trust, &expires_s, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			_("TLS: %s: correct ca, certificate and key under [feed]"), err.text);
		return false;
	}
	say_own(doc, &trust, expires_s);
	if (!probe_secure(probe, &trust, &seen, &took_ms, &err)) {
		if (seen.names[0] == '\0') {
			report_say(&doc->report, REPORT_FAIL, _("TLS: %s"), err.text);
		} else {
			report_say(&doc->report, REPORT_FAIL,
				_("TLS: %s (it is for %s, signed by %s): correct the address or "
				  "ca under [feed], or tell whoever runs the feed"),
				err.text, seen.names, seen.issuer);
		}
		return false;
	}
	report_say(&doc->report, REPORT_OK, _("TLS: %s, %s is who it says by %s, in %lld ms"),
		seen.protocol, url->host,
		trust.ca[0] != '\0' ? trust.ca : _("the CAs of this system"), (long long)took_ms);
	say_theirs(doc, &seen);
	say_chain(doc, &seen);
	return true;
}
