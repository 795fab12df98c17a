#include "doctor_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/net/loop.h>
#include <siaga/net/probe.h>
#include <siaga/wire/wire.h>

#define LINK_MS      12000 /* longer than the link itself waits for a connection */
#define SILENCE_MS   20000
#define SKEW_WARN_MS 2000

/* The real link, as the console makes it: up to the feed's first word, and no further. */
struct hello {
	struct loop *loop;
	struct server_frame welcome;
	bool welcomed, down;
	int64_t came_ms; /* this machine's clock, at the welcome */
	int http_status;
	uint16_t close_code;
	char why[ERR_TEXT_MAX];
};

static void on_open(void *data) {
	UNUSED(data);
}

static void on_message(void *data, const char *text, size_t len) {
	struct hello *hello = data;
	struct err err = {0};
	hello->came_ms = clock_wall_ms();
	if (!wire_get_server_frame(&hello->welcome, text, len, &err)) {
		snprintf(hello->why, sizeof(hello->why), "%s", err.text);
	} else if (hello->welcome.type != FRAME_WELCOME) {
		snprintf(hello->why, sizeof(hello->why), "%s",
			hello->welcome.type == FRAME_BYE ? hello->welcome.reason
							 : _("the feed does not say welcome"));
		server_frame_finish(&hello->welcome);
	} else {
		hello->welcomed = true;
	}
	loop_stop(hello->loop);
}

static void on_down(
	void *data, const char *why, int http_status, uint16_t close_code, int64_t retry_ms) {
	struct hello *hello = data;
	UNUSED(retry_ms);
	hello->down = true;
	hello->http_status = http_status;
	hello->close_code = close_code;
	snprintf(hello->why, sizeof(hello->why), "%s", why);
	loop_stop(hello->loop);
}

static void on_proof(void *data) {
	UNUSED(data);
}

static void on_time(void *data) {
	struct hello *hello = data;
	snprintf(hello->why, sizeof(hello->why), _("no word of the feed within %d s"),
		LINK_MS / 1000);
	loop_stop(hello->loop);
}

static void say_hello(struct doctor *doc, const struct link_url *url, struct hello *hello) {
	static const struct link_ops ops = {.on_open = on_open,
		.on_message = on_message,
		.on_down = on_down,
		.on_proof = on_proof};
	struct err err = {0};
	struct link_config cfg = {.url = *url,
		.subprotocol = "siaga.v1",
		.token = doc->token,
		.message_max = WIRE_SERVER_MESSAGE_MAX,
		.silence_ms = SILENCE_MS,
		.ops = &ops,
		.data = hello};
	const struct tls_trust trust = options_trust(doc->opt);
	hello->loop = loop_create(LOOP_POLL, NULL, NULL, NULL, hello, &err);
	if (hello->loop != NULL) {
		loop_trust(hello->loop, &trust);
	}
	struct link *link = hello->loop != NULL ? link_create(hello->loop, &cfg, &err) : NULL;
	if (link == NULL) {
		snprintf(hello->why, sizeof(hello->why), "%s", err.text);
		loop_destroy(hello->loop);
		return;
	}
	struct loop_timer *timer = loop_timer_create(hello->loop, on_time, hello);
	loop_timer_set(timer, LINK_MS);
	loop_run(hello->loop);
	link_destroy(link);
	loop_timer_destroy(timer);
	loop_destroy(hello->loop);
}

/* --- what is said of it --- */

static void say_refused(struct doctor *doc, const struct hello *hello) {
	switch (hello->http_status) {
	case 401:
		report_say(&doc->report, REPORT_FAIL,
			_("token: the feed does not know it, or it was revoked: ask whoever runs "
			  "the feed for a new one"));
		break;
	case 403:
		report_say(&doc->report, REPORT_FAIL,
			_("token: it is no console's (its role takes alarms in): ask for one with "
			  "the role of your desk"));
		break;
	case 429:
		report_say(&doc->report, REPORT_FAIL,
			_("link: the feed has too many requests from here: wait a little, and "
			  "look for a program that asks all the time"));
		break;
	case 503:
		report_say(&doc->report, REPORT_FAIL,
			_("link: the feed cannot work now: whoever runs it finds the reason with "
			  "siagad doctor"));
		break;
	default:
		report_say(&doc->report, REPORT_FAIL,
			_("link: %s: see that the address is that of the feed, with its path "
			  "/v1/feed"),
			hello->why);
		break;
	}
}

static void say_clock(struct doctor *doc, const struct hello *hello, int64_t trip_ms) {
	/* Half of the way there and back has passed since the feed said what time it is. */
	int64_t ahead_ms = hello->came_ms - trip_ms / 2 - hello->welcome.now_ms;
	double ahead_s = (double)ahead_ms / 1000;
	if (ahead_ms > SKEW_WARN_MS) {
		report_say(&doc->report, REPORT_WARN,
			_("clock: this machine's is %.1f s ahead of the feed's: set it "
			  "(timedatectl set-ntp true)"),
			ahead_s);
	} else if (ahead_ms < -SKEW_WARN_MS) {
		report_say(&doc->report, REPORT_WARN,
			_("clock: this machine's is %.1f s behind the feed's: set it "
			  "(timedatectl set-ntp true)"),
			-ahead_s);
	} else {
		report_say(
			&doc->report, REPORT_OK, _("clock: %+.2f s against the feed's"), ahead_s);
	}
}

static void say_log(struct doctor *doc, const struct server_frame *welcome) {
	const struct cache_meta *meta = &doc->cache.meta;
	report_say(&doc->report, REPORT_OK, _("feed: %s, mode %s, %lld events"), welcome->feed,
		mode_name(welcome->mode), (long long)welcome->head);
	if (meta->feed[0] == '\0') {
		return;
	}
	if (strcmp(meta->feed, welcome->feed) != 0) {
		report_say(&doc->report, REPORT_WARN,
			_("cache: it is of another feed (%s): siaga keeps it aside and starts "
			  "anew; ask why the feed changed"),
			meta->feed);
	} else if (welcome->head < meta->last_seq) {
		report_say(&doc->report, REPORT_WARN,
			_("cache: the feed has %lld events and the cache saw %lld: the log was "
			  "rolled back; siaga keeps the cache aside, ask whoever runs the feed"),
			(long long)welcome->head, (long long)meta->last_seq);
	}
}

static void say_welcome(struct doctor *doc, const struct hello *hello, int64_t trip_ms) {
	const struct server_frame *welcome = &hello->welcome;
	bool desk = welcome->agency[0] != '\0';
	report_say(&doc->report, REPORT_OK, _("token: the feed knows you as %s, %s%s%s"),
		welcome->name, role_name(welcome->role), desk ? ", " : "", welcome->agency);
	say_log(doc, welcome);
	say_clock(doc, hello, trip_ms);
}

static void check_link(struct doctor *doc, const struct link_url *url, int64_t trip_ms) {
	struct hello hello = {0};
	if (doc->token[0] == '\0') {
		return;
	}
	say_hello(doc, url, &hello);
	if (hello.welcomed) {
		say_welcome(doc, &hello, trip_ms);
		server_frame_finish(&hello.welcome);
	} else {
		say_refused(doc, &hello);
	}
}

/* --- the way there --- */

/* False: nobody there speaks HTTP, and to try more would only take time. */
static bool check_health(struct doctor *doc, struct probe *probe, const struct link_url *url) {
	char body[256] = "";
	struct err err = {0};
	int64_t begun_ms = clock_mono_ms();
	int status = probe_get(
		probe, "/healthz", url->tls ? doc->token : NULL, body, sizeof(body), &err);
	if (status == 0) {
		report_say(&doc->report, REPORT_FAIL,
			_("feed: no answer to /healthz: %s: see that the port is that of siagad"),
			err.text);
	} else if (status == 503) {
		report_say(&doc->report, REPORT_FAIL,
			_("feed: it says that it cannot keep anything now: whoever runs it finds "
			  "the reason with siagad doctor"));
	} else if (status == 401 && url->tls) {
		report_say(&doc->report, REPORT_OK,
			_("feed: it is there; how it is it tells those with a good token"));
	} else if (status != 200) {
		report_say(&doc->report, REPORT_FAIL,
			_("feed: /healthz answers %d: see that the address is that of siagad"),
			status);
	} else {
		report_say(&doc->report, REPORT_OK, _("feed: it is well, and says so in %lld ms"),
			(long long)(clock_mono_ms() - begun_ms));
	}
	return status != 0;
}

static void check_way(struct doctor *doc, struct probe *probe, const struct link_url *url) {
	char address[PROBE_ADDRESS_SIZE];
	struct err err = {0};
	int64_t took_ms, trip_ms;
	if (!probe_resolve(probe, address, &took_ms, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			_("name: %s: %s: correct the address, or see to the resolver "
			  "(/etc/resolv.conf)"),
			url->host, err.text);
		return;
	}
	report_say(&doc->report, REPORT_OK, _("name: %s is %s, found in %lld ms"), url->host,
		address, (long long)took_ms);
	if (!probe_connect(probe, &trip_ms, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			_("connection: %s port %u: %s: see that siagad (or the tunnel to it) runs, "
			  "and that no firewall is between"),
			address, (unsigned)url->port, err.text);
		return;
	}
	report_say(&doc->report, REPORT_OK, _("connection: %s port %u, made in %lld ms"), address,
		(unsigned)url->port, (long long)trip_ms);
	if (url->tls && !doctor_tls(doc, probe, url)) {
		return;
	}
	if (check_health(doc, probe, url)) {
		check_link(doc, url, trip_ms);
	}
}

void doctor_link(struct doctor *doc) {
	struct link_url url;
	struct err err = {0};
	if (doc->opt->feed == NULL) {
		report_say(&doc->report, REPORT_FAIL,
			_("feed: none is named: say url under [feed] in siaga.conf, or --feed "
			  "URL"));
		return;
	}
	if (!link_url_parse(&url, doc->opt->feed, &err)) {
		report_say(&doc->report, REPORT_FAIL, _("feed: %s"), err.text);
		return;
	}
	report_say(&doc->report, REPORT_OK, _("feed: %s"), doc->opt->feed);
	struct probe *probe = probe_create(&url);
	check_way(doc, probe, &url);
	probe_destroy(probe);
}
