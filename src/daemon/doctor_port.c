/*
 * The port: who has it, and whether what listens there is the siagad of this folder and well. Whose
 * a socket is only root sees of a siagad, which hides its memory; everybody else asks it.
 */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/net/probe.h>
#include <siaga/wire/wire.h>

#include "command.h"
#include "settings.h"

#define SKEW_WARN_MS 2000

/* --- what is seen --- */

struct search {
	struct doctor *doc;
	const char *address; /* NULL: any that the process has */
	uint16_t port;
};

static bool is_any(const char *address) {
	return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static bool on_listener(void *data, const struct listener *one) {
	struct search *search = data;
	struct doctor *doc = search->doc;
	bool match = search->address == NULL
			     ? listeners_has(doc->running, one->inode)
			     : one->port == search->port &&
				       (strcmp(one->address, search->address) == 0 ||
					       is_any(one->address) || is_any(search->address));
	if (match) {
		doc->port.found = *one;
		doc->port.is_found = true;
	}
	return !match;
}

static enum port_owner see_owner(struct doctor *doc) {
	struct port_seen *port = &doc->port;
	if (doc->running > 0 && listeners_has(doc->running, port->found.inode)) {
		return PORT_OURS;
	}
	port->owner = listeners_owner(port->found.inode, port->name, sizeof(port->name));
	return port->owner != 0 || doc->running == 0 || listeners_may_look(doc->running)
		       ? PORT_TAKEN
		       : PORT_UNKNOWN;
}

void doctor_see_port(struct doctor *doc) {
	const char *listen = doc->opt->given[DAEMON_LISTEN];
	struct search search = {.doc = doc};
	char address[64];
	if (listen != NULL) {
		if (!daemon_split_listen(listen, address, sizeof(address), &search.port)) {
			return;
		}
		search.address = address;
	}
	if (listen != NULL || doc->running > 0) {
		listeners_read(on_listener, &search);
	}
	if (doc->port.is_found) {
		doc->port.whose = see_owner(doc);
	}
}

/* --- what it says of itself --- */

static void say_taken(struct doctor *doc) {
	const struct port_seen *port = &doc->port;
	if (port->owner != 0) {
		report_say(&doc->report, REPORT_FAIL,
			"port: %s port %u is taken by process %d (%s): end it, or say another port "
			"with --listen",
			port->found.address, (unsigned)port->found.port, (int)port->owner,
			port->name);
	} else {
		report_say(&doc->report, REPORT_FAIL,
			"port: %s port %u is taken by a process of somebody else: find it with ss "
			"-ltnp as root, or say another port with --listen",
			port->found.address, (unsigned)port->found.port);
	}
}

static void say_listens(struct doctor *doc) {
	report_say(&doc->report, REPORT_OK, "port: siagad listens on %s port %u",
		doc->port.found.address, (unsigned)doc->port.found.port);
}

/* It listens there, and does not do as a siagad does. */
static void say_silent(struct doctor *doc, const char *why) {
	const struct listener *found = &doc->port.found;
	if (doc->port.whose == PORT_UNKNOWN) {
		report_say(&doc->report, REPORT_FAIL,
			"port: %s port %u is somebody's who does not answer as siagad does: %s: "
			"see who has it with ss -ltnp as root; where it is siagad, see what it "
			"says on standard error, or start it anew; else say another port with "
			"--listen",
			found->address, (unsigned)found->port, why);
	} else {
		say_listens(doc);
		report_say(&doc->report, REPORT_FAIL,
			"siagad: %s port %u does not answer: %s: see what it says on standard "
			"error, or start it anew",
			found->address, (unsigned)found->port, why);
	}
}

static void say_clock(struct doctor *doc, int64_t ahead_ms) {
	if (llabs((long long)ahead_ms) > SKEW_WARN_MS) {
		report_say(&doc->report, REPORT_WARN,
			"clock: that of the running siagad is %.1f s off from ours: see to both "
			"(timedatectl set-ntp true)",
			(double)ahead_ms / 1000);
	}
}

static void say_health(struct doctor *doc, const struct wire_health *health, int64_t took_ms) {
	if (doc->port.whose == PORT_UNKNOWN && health->head < doc->log.events) {
		report_say(&doc->report, REPORT_FAIL,
			"port: %s port %u is that of a siagad with %lld events, and this folder "
			"has %lld: it is the siagad of another folder; say another port with "
			"--listen",
			doc->port.found.address, (unsigned)doc->port.found.port,
			(long long)health->head, (long long)doc->log.events);
		return;
	}
	say_listens(doc);
	if (health->trouble != TROUBLE_NONE) {
		report_say(&doc->report, REPORT_FAIL,
			"siagad: it cannot write its log (%s), so no alarm comes in: make room, or "
			"see to the disk; it goes on by itself",
			trouble_name(health->trouble));
	} else {
		report_say(&doc->report, REPORT_OK,
			"siagad: it is well, and says so in %lld ms; %lld events",
			(long long)took_ms, (long long)health->head);
	}
	say_clock(doc, health->now_ms - clock_wall_ms());
}

/* False: no more is to be asked, and it has been said why. */
static bool secure(struct doctor *doc, struct probe *probe, bool *ours) {
	struct tls_server_config tls;
	unsigned char print[TLS_PRINT_LEN];
	struct err err = {0};
	daemon_settings_tls(doc->opt->settings, &tls);
	if (!probe_secure_own(probe, print, &err)) {
		say_silent(doc, err.text);
		return false;
	}
	*ours = doc->has_print && memcmp(print, doc->print, sizeof(print)) == 0;
	if (*ours && doc->port.whose == PORT_UNKNOWN) {
		doc->port.whose = PORT_OURS;
	}
	if (!*ours && doc->has_print) {
		report_say(&doc->report, REPORT_WARN,
			"TLS: %s port %u shows another certificate than %s: send siagad SIGHUP, so "
			"that it reads that",
			doc->port.found.address, (unsigned)doc->port.found.port, tls.certificate);
	}
	if (tls.clients != TLS_CLIENTS_REQUIRE) {
		return true;
	}
	say_listens(doc);
	report_say(&doc->report, REPORT_OK,
		"siagad: it speaks TLS and lets nobody in without a certificate, so how it is says "
		"siaga doctor, where a console is");
	return false;
}

/* Does what listens there answer, and as the siagad of this folder? */
static void ask(struct doctor *doc) {
	const char *address = doc->port.found.address;
	struct link_url url = {.port = doc->port.found.port, .path = "/healthz"};
	struct wire_health health;
	char body[512] = "", found[PROBE_ADDRESS_SIZE];
	struct err err = {0};
	int64_t took_ms, begun_ms = clock_mono_ms();
	bool by_tls = doctor_has_tls(doc), ours = false;
	snprintf(url.host, sizeof(url.host), "%s",
		strcmp(address, "0.0.0.0") == 0 ? "127.0.0.1"
		: strcmp(address, "::") == 0    ? "::1"
						: address);
	struct probe *probe = probe_create(&url);
	if (!probe_resolve(probe, found, &took_ms, &err) || !probe_connect(probe, &took_ms, &err)) {
		say_silent(doc, err.text);
	} else if (!by_tls || secure(doc, probe, &ours)) {
		int status = probe_get(probe, "/healthz", NULL, body, sizeof(body), &err);
		if ((status == 200 || status == 503) &&
			wire_get_health(&health, body, strlen(body), &err)) {
			say_health(doc, &health, clock_mono_ms() - begun_ms);
		} else if (status == 401 && by_tls && ours) {
			say_listens(doc);
			report_say(&doc->report, REPORT_OK,
				"siagad: it is there; how it is it tells at %s only those with a "
				"good token",
				address);
		} else if (status != 0) {
			(void)err_set(&err, "/healthz answers %d", status);
			say_silent(doc, err.text);
		} else {
			say_silent(doc, err.text);
		}
	}
	probe_destroy(probe);
}

/* --- the findings --- */

static void say_free(struct doctor *doc, const char *listen) {
	if (doc->running > 0) {
		report_say(&doc->report, REPORT_WARN,
			"port: nobody listens on %s, though a siagad runs: it was told another "
			"--listen",
			listen);
	} else {
		report_say(&doc->report, REPORT_OK, "port: %s is free", listen);
	}
}

void doctor_port(struct doctor *doc) {
	const char *listen = doc->opt->given[DAEMON_LISTEN];
	char address[64], place[80];
	uint16_t port;
	if (listen != NULL && !daemon_split_listen(listen, address, sizeof(address), &port)) {
		report_say(&doc->report, REPORT_FAIL,
			"port: --listen %s is not ADDR:PORT, as in 127.0.0.1:7112", listen);
	} else if (doc->port.is_found && doc->port.whose == PORT_TAKEN) {
		say_taken(doc);
	} else if (doc->port.is_found) {
		ask(doc);
	} else if (listen != NULL) {
		snprintf(place, sizeof(place), "%s port %u", address, (unsigned)port);
		say_free(doc, place);
	} else if (doc->running > 0) {
		report_say(&doc->report, REPORT_WARN,
			"port: it cannot be seen where it listens: say --listen ADDR:PORT, or run "
			"doctor as root");
	}
}
