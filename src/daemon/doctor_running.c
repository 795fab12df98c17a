/* The siagad that runs, or would: its lock, its limits, its port. */
#include "doctor.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <siaga/base/clock.h>
#include <siaga/feed/feed.h>
#include <siaga/net/probe.h>
#include <siaga/wire/wire.h>

#include "command.h"
#include "listeners.h"
#include "settings.h"

#define FILES_MORE   128 /* beside one for each connection */
#define SKEW_WARN_MS 2000

/* --- the lock --- */

void doctor_lock(struct doctor *doc) {
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/lock", doc->dir);
	/* It is not tried: a siagad that starts at this moment would take it for another one. */
	pid_t pid = doc->has_dir ? listeners_locked_by(path) : 0;
	if (pid > 0) {
		doc->running = pid;
		report_say(&doc->report, REPORT_OK, "siagad: it runs on this folder (process %d)",
			(int)pid);
	} else if (pid == 0) {
		report_say(&doc->report, REPORT_OK, "siagad: none runs on this folder");
	} else {
		report_say(&doc->report, REPORT_WARN,
			"siagad: /proc/locks cannot be read, so it is not known whether one runs");
	}
}

/* --- the limits --- */

/* Of the one that runs, else what one that is started here would get. It raises its own as far as
 * it may before it listens. */
static bool files_max(const struct doctor *doc, unsigned long *most) {
	char path[64], line[256];
	bool got = false;
	if (doc->running == 0) {
		struct rlimit limit;
		got = getrlimit(RLIMIT_NOFILE, &limit) == 0;
		*most = got ? (unsigned long)limit.rlim_max : 0;
		return got;
	}
	/* prlimit() tells nobody of a process that hides its memory; this does. */
	snprintf(path, sizeof(path), "/proc/%d/limits", (int)doc->running);
	FILE *file = fopen(path, "re");
	while (file != NULL && !got && fgets(line, sizeof(line), file) != NULL) {
		got = sscanf(line, "Max open files %*s %lu", most) == 1;
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	return got;
}

void doctor_limits(struct doctor *doc) {
	struct feed_limits limits = {0};
	unsigned long most;
	if (doc->opt->settings != NULL) {
		limits = doc->opt->settings->limits;
	}
	feed_limits_complete(&limits);
	if (!files_max(doc, &most)) {
		return;
	}
	if (most < limits.connections + FILES_MORE) {
		report_say(&doc->report, REPORT_WARN,
			"limits: %lu open files are allowed, too few for %u connections: raise "
			"LimitNOFILE of the service, or ulimit -Hn",
			most, limits.connections);
	} else {
		report_say(&doc->report, REPORT_OK, "limits: %lu open files, for %u connections",
			most, limits.connections);
	}
}

/* --- the port --- */

struct search {
	const struct doctor *doc;
	const char *address; /* NULL: any that the process has */
	uint16_t port;
	struct listener found;
	bool is_found;
};

static bool is_any(const char *address) {
	return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static bool on_listener(void *data, const struct listener *one) {
	struct search *search = data;
	bool match = search->address == NULL
			     ? listeners_has(search->doc->running, one->inode)
			     : one->port == search->port &&
				       (strcmp(one->address, search->address) == 0 ||
					       is_any(one->address) || is_any(search->address));
	if (match) {
		search->found = *one;
		search->is_found = true;
	}
	return !match;
}

static void say_health(struct doctor *doc, int status, const char *body, int64_t took_ms) {
	struct wire_health health;
	struct err err = {0};
	if ((status != 200 && status != 503) ||
		!wire_get_health(&health, body, strlen(body), &err)) {
		report_say(&doc->report, REPORT_FAIL,
			"siagad: /healthz answers %d and not as a siagad: see who listens there",
			status);
		return;
	}
	int64_t ahead_ms = health.now_ms - clock_wall_ms();
	if (health.trouble != TROUBLE_NONE) {
		report_say(&doc->report, REPORT_FAIL,
			"siagad: it cannot write its log (%s), so no alarm comes in: make room, or "
			"see to the disk; it goes on by itself",
			trouble_name(health.trouble));
	} else {
		report_say(&doc->report, REPORT_OK,
			"siagad: it is well, and says so in %lld ms; %lld events",
			(long long)took_ms, (long long)health.head);
	}
	if (llabs((long long)ahead_ms) > SKEW_WARN_MS) {
		report_say(&doc->report, REPORT_WARN,
			"clock: that of the running siagad is %.1f s off from ours: see to both "
			"(timedatectl set-ntp true)",
			(double)ahead_ms / 1000);
	}
}

/* Does what listens there answer? */
static void ask(struct doctor *doc, const char *address, uint16_t port) {
	struct link_url url = {.port = port, .path = "/healthz"};
	char body[512] = "", found[PROBE_ADDRESS_SIZE];
	struct err err = {0};
	int64_t took_ms, begun_ms = clock_mono_ms();
	snprintf(url.host, sizeof(url.host), "%s",
		strcmp(address, "0.0.0.0") == 0 ? "127.0.0.1"
		: strcmp(address, "::") == 0    ? "::1"
						: address);
	struct probe *probe = probe_create(&url);
	int status = 0;
	bool connected =
		probe_resolve(probe, found, &took_ms, &err) && probe_connect(probe, &took_ms, &err);
	if (connected && doctor_has_tls(doc)) {
		/* Its certificate is for the name by which others know it, not for this address. */
		report_say(&doc->report, REPORT_OK,
			"siagad: %s port %u takes connections, by TLS; what comes over them says "
			"siaga doctor where a console is",
			address, (unsigned)port);
		probe_destroy(probe);
		return;
	}
	if (connected) {
		status = probe_get(probe, "/healthz", NULL, body, sizeof(body), &err);
	}
	probe_destroy(probe);
	if (status == 0) {
		report_say(&doc->report, REPORT_FAIL,
			"siagad: %s port %u does not answer: %s: see what it says on standard "
			"error, or start it anew",
			address, (unsigned)port, err.text);
	} else {
		say_health(doc, status, body, clock_mono_ms() - begun_ms);
	}
}

static void say_taken(struct doctor *doc, const struct listener *one) {
	char name[64];
	pid_t owner = listeners_owner(one->inode, name, sizeof(name));
	if (owner != 0) {
		report_say(&doc->report, REPORT_FAIL,
			"port: %s port %u is taken by process %d (%s): end it, or say another port "
			"with --listen",
			one->address, (unsigned)one->port, (int)owner, name);
	} else {
		report_say(&doc->report, REPORT_FAIL,
			"port: %s port %u is taken by a process of somebody else: find it with ss "
			"-ltnp as root, or say another port with --listen",
			one->address, (unsigned)one->port);
	}
}

static void say_listen(struct doctor *doc, struct search *search) {
	if (!search->is_found) {
		report_say(&doc->report, doc->running != 0 ? REPORT_WARN : REPORT_OK,
			doc->running != 0 ? "port: nobody listens on %s port %u, though a siagad "
					    "runs: it was told another --listen"
					  : "port: %s port %u is free",
			search->address, (unsigned)search->port);
		return;
	}
	if (doc->running == 0 || !listeners_has(doc->running, search->found.inode)) {
		say_taken(doc, &search->found);
		return;
	}
	report_say(&doc->report, REPORT_OK, "port: siagad listens on %s port %u",
		search->found.address, (unsigned)search->found.port);
	ask(doc, search->found.address, search->found.port);
}

void doctor_port(struct doctor *doc) {
	const char *listen = doc->opt->given[DAEMON_LISTEN];
	struct search search = {.doc = doc};
	char address[64];
	if (listen != NULL) {
		if (!daemon_split_listen(listen, address, sizeof(address), &search.port)) {
			report_say(&doc->report, REPORT_FAIL,
				"port: --listen %s is not ADDR:PORT, as in 127.0.0.1:7112", listen);
			return;
		}
		search.address = address;
	} else if (doc->running == 0) {
		return;
	}
	listeners_read(on_listener, &search);
	if (listen != NULL) {
		say_listen(doc, &search);
	} else if (search.is_found) {
		report_say(&doc->report, REPORT_OK, "port: siagad listens on %s port %u",
			search.found.address, (unsigned)search.found.port);
		ask(doc, search.found.address, search.found.port);
	} else {
		report_say(&doc->report, REPORT_WARN,
			"port: it cannot be seen where it listens: say --listen ADDR:PORT, or run "
			"doctor as its user");
	}
}
