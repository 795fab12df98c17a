#include <siaga/feed/feed.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/feed/owner.h>

#include "private.h"

#define SECOND_MS 1000
#define WATCH_MS  250 /* a token that was revoked opens nothing after it */
#define BYE_MS    300 /* for the last words to consoles */
#define FILES_MAX 65536
#define FILES_OWN 64 /* that are no connections */

static bool submit(struct feed *feed, struct command *cmd, const char *answer_id, bool keep,
	const struct waiter *waiter) {
	uint64_t tag = ++feed->last_id;
	if (feed->cfg->mode != MODE_ACTUAL) {
		cmd->mode = feed->cfg->mode;
	}
	if (cmd->action == ACTION_RAISE) {
		cmd->alarm.received_at_ms = cmd->at_ms;
	}
	if (!writer_submit(feed->writer, cmd, answer_id, keep, tag)) {
		return false;
	}
	if (waiter != NULL) {
		struct waiter *copy = mem_alloc(1, sizeof(*copy));
		*copy = *waiter;
		copy->tag = tag;
		HASH_ADD(hh, feed->waiters, tag, sizeof(copy->tag), copy);
	}
	return true;
}

bool feed_submit(struct feed *feed, struct command *cmd, const char *answer_id, bool keep,
	const struct waiter *waiter) {
	cmd->at_ms = clock_wall_ms();
	return submit(feed, cmd, answer_id, keep, waiter);
}

bool feed_submit_late(struct feed *feed, struct command *cmd, const struct waiter *waiter) {
	return submit(feed, cmd, NULL, false, waiter);
}

/* --- what the writer did --- */

/* Whoever follows later gets the register with the camera as it is now. */
static void note_camera(struct feed *feed, const struct writer_event *text) {
	struct event event;
	if (!wire_get_event(&event, text->full, text->full_len, NULL)) {
		return;
	}
	struct camera *camera = registry_camera(&feed->registry, event.camera);
	if (camera != NULL) {
		camera->status = event.camera_status;
		camera->status_at_ms = event.at_ms;
		watch_put_registry(feed);
	}
	event_finish(&event);
}

/* What is in memory may be what is to be forgotten; from here on older events are read anew. */
static void note_purge(struct feed *feed, const struct writer_event *text) {
	struct event event;
	ring_finish(&feed->ring);
	composed_drop(feed);
	if (wire_get_event(&event, text->full, text->full_len, NULL)) {
		feed->purged_ms =
			event.before_ms > feed->purged_ms ? event.before_ms : feed->purged_ms;
		event_finish(&event);
	}
}

static void on_event(void *data, const struct writer_event *event) {
	struct feed *feed = data;
	if (event->type == EVENT_CAMERA_STATUS) {
		note_camera(feed, event);
	}
	if (event->type == EVENT_LOG_PURGED) {
		note_purge(feed, event);
	}
	ring_push(&feed->ring, event);
}

static void on_result(void *data, const struct writer_result *result) {
	struct feed *feed = data;
	struct waiter *waiter = NULL;
	struct session *session = NULL;
	HASH_FIND(hh, feed->waiters, &result->tag, sizeof(result->tag), waiter);
	if (waiter == NULL) {
		return;
	}
	if (waiter->deed != NULL) {
		witness_result(feed, waiter->deed, result);
	} else if (waiter->request != 0) {
		intake_result(feed, waiter, result);
	} else {
		HASH_FIND(hh, feed->sessions, &waiter->session, sizeof(waiter->session), session);
		if (session != NULL) {
			session_result(session, waiter, result);
		}
	}
	HASH_DEL(feed->waiters, waiter);
	free(waiter);
}

static void on_trouble(void *data, enum trouble trouble, const char *why) {
	trouble_change(data, trouble, why);
}

static const struct writer_ops writer_ops = {
	.on_event = on_event, .on_result = on_result, .on_trouble = on_trouble};

static void on_pace(void *data) {
	fan_on_pace(data);
}

static void on_later(void *data) {
	catchup_on_time(data);
}

static void on_wake(void *data) {
	struct feed *feed = data;
	int64_t head = feed->ring.head;
	writer_collect(feed->writer);
	if (feed->ring.head != head) {
		fan_soon(feed);
	}
}

/* --- what the server hears --- */

static void on_request(void *data, const struct http_request *req) {
	intake_request(data, req);
}

static int on_upgrade(void *data, const struct http_request *req, void **session, int *wait_s) {
	struct feed *feed = data;
	int status = 503;
	*wait_s = 1;
	const struct token *token = feed->ending ? NULL : intake_token(feed, req, &status, wait_s);
	if (token == NULL) {
		return status;
	}
	if (token->role == ROLE_INTAKE) {
		return 403;
	}
	*session = session_create(feed, token);
	return 0;
}

static void on_open(void *data, void *session, struct ws_conn *conn) {
	UNUSED(data);
	session_open(session, conn);
}

static void on_message(void *data, void *session, const char *text, size_t len) {
	UNUSED(data);
	session_message(session, text, len);
}

static bool on_writable(void *data, void *session) {
	UNUSED(data);
	return session_writable(session);
}

static void on_close(void *data, void *session, struct ws_conn *conn) {
	struct session *s = session;
	s->conn = NULL;
	session_close(s);
	if (conn != NULL && session_is_present(s)) {
		presence_link(data, s, false);
	}
	session_destroy(s);
}

static void say_turned(const char *line) {
	fprintf(stderr, "siagad: %s\n", line);
}

void feed_turned_away(struct feed *feed, enum turned_why why, const char *address) {
	turned_note(&feed->turned, why, address, clock_mono_ms(), say_turned);
}

static void on_turned_away(void *data, const char *address, bool by_address) {
	feed_turned_away(data, by_address ? TURNED_ADDRESS_FULL : TURNED_ALL_FULL, address);
}

static const struct server_ops server_ops = {
	.on_request = on_request,
	.on_upgrade = on_upgrade,
	.on_open = on_open,
	.on_message = on_message,
	.on_writable = on_writable,
	.on_close = on_close,
	.on_turned_away = on_turned_away,
};

/* --- timers --- */

/* On a whole second of the clock that the consoles show: just then they are awake anyway. */
static void want_beat(struct feed *feed) {
	loop_timer_set(feed->beat, BEAT_MS - clock_wall_ms() % SECOND_MS);
}

static void on_beat(void *data) {
	struct feed *feed = data;
	trouble_beat(feed, NULL);
	composed_look(feed);
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		session_got_again(s);
	}
	want_beat(feed);
}

static void on_presence(void *data) {
	presence_tell(data);
}

static void on_watch(void *data) {
	struct feed *feed = data;
	watch_tick(feed);
	turned_look(&feed->turned, clock_mono_ms(), say_turned);
	viewed_look(feed);
	witness_look(feed);
	loop_timer_set(feed->watch, WATCH_MS);
}

static void on_bye(void *data) {
	struct feed *feed = data;
	loop_stop(feed->loop);
}

static void on_signal(void *data, int signo) {
	struct feed *feed = data;
	if (signo == SIGHUP) {
		certificate_reload(feed);
		return;
	}
	if (feed->ending) {
		return;
	}
	feed->ending = true;
	for (struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		session_bye(s, 1001, "the feed is stopping");
	}
	loop_timer_set(feed->bye, BYE_MS);
}

/* --- start and end --- */

static void complete(unsigned *limit, unsigned initial) {
	*limit = *limit != 0 ? *limit : initial;
}

void feed_limits_complete(struct feed_limits *limits) {
	complete(&limits->connections, 4096);
	complete(&limits->per_address, 512);
	complete(&limits->intake_rate, 500);
	complete(&limits->intake_burst, 2000);
	complete(&limits->session_rate, 20);
	complete(&limits->session_burst, 100);
	complete(&limits->bad_rate, 10);
	complete(&limits->bad_burst, 50);
}

/* A connection for which there is no descriptor would not be refused: it would be tried without
 * end.
 */
static void fit_file_limit(unsigned *connections) {
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
		return;
	}
	limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
	limit.rlim_max = limit.rlim_cur;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < *connections + FILES_OWN) {
		*connections =
			limit.rlim_cur > FILES_OWN ? (unsigned)limit.rlim_cur - FILES_OWN : 1;
		fprintf(stderr, "siagad: %u connections at most: the limit of open files is %llu\n",
			*connections, (unsigned long long)limit.rlim_cur);
	}
}

static bool open_port(struct feed *feed, struct err *err) {
	struct server_config server = {
		.address = feed->cfg->address,
		.port = feed->cfg->port,
		.ws_path = "/v1/feed",
		.subprotocol = "siaga.v1",
		.body_max = WIRE_CLIENT_MESSAGE_MAX,
		.message_max = WIRE_CLIENT_MESSAGE_MAX,
		.connections_max = feed->limits.connections,
		.tls = feed->cfg->tls,
		.per_address_max = feed->limits.per_address,
		.ops = &server_ops,
		.data = feed,
	};
	feed->server = server_create(feed->loop, &server, err);
	return feed->server != NULL;
}

/*
 * Between the port, which only root may have, and the files, which are to be the user's with all
 * that SQLite makes beside them. Whoever has connected by now waits: nothing is read from them
 * before the loop runs. The writer's thread is not there yet, so this thread's rights are all there
 * are.
 */
static bool give_up_root(struct feed *feed, struct err *err) {
	struct account self;
	bool was_root = geteuid() == 0;
	if (!owner_become(&self, feed->cfg->dir, feed->cfg->user, err)) {
		return false;
	}
	if (was_root) {
		fprintf(stderr, "siagad: runs as %s\n", self.name);
	}
	return true;
}

static bool start(struct feed *feed, struct err *err) {
	struct registry copy = {0};
	if (!open_port(feed, err) || !give_up_root(feed, err) || !watch_open(feed, &copy, err)) {
		return false;
	}
	feed->writer = writer_create(feed->cfg->dir, &copy, feed->loop, &writer_ops, feed, err);
	if (feed->writer == NULL) {
		registry_finish(&copy);
		return false;
	}
	feed->reader = log_open_reader(feed->cfg->dir, err);
	if (feed->reader == NULL) {
		return false;
	}
	feed->ring.head = feed->shown = feed->fan.from = writer_head(feed->writer);
	catchup_forget_places(&feed->catchup);
	feed->purged_ms = writer_purged_ms(feed->writer);
	writer_feed_id(feed->writer, feed->feed_id);
	watch_cameras(feed);
	loop_on_wake(feed->loop, on_wake, feed);
	feed->beat = loop_timer_create(feed->loop, on_beat, feed);
	feed->pace = loop_timer_create(feed->loop, on_pace, feed);
	feed->later = loop_timer_create(feed->loop, on_later, feed);
	feed->watch = loop_timer_create(feed->loop, on_watch, feed);
	feed->presence = loop_timer_create(feed->loop, on_presence, feed);
	feed->bye = loop_timer_create(feed->loop, on_bye, feed);
	return true;
}

static void finish(struct feed *feed) {
	/* The writer first: everything that was taken is on disk before anything else goes. */
	loop_on_wake(feed->loop, NULL, NULL);
	writer_destroy(feed->writer);
	loop_timer_destroy(feed->beat);
	loop_timer_destroy(feed->pace);
	loop_timer_destroy(feed->later);
	loop_timer_destroy(feed->watch);
	loop_timer_destroy(feed->presence);
	loop_timer_destroy(feed->bye);
	loop_timer_destroy(feed->certificate);
	server_destroy(feed->server);
	loop_destroy(feed->loop);
	struct session *s, *next;
	HASH_ITER (hh, feed->sessions, s, next) {
		session_destroy(s);
	}
	witness_finish(&feed->witness);
	struct waiter *waiter, *after;
	HASH_ITER (hh, feed->waiters, waiter, after) {
		HASH_DEL(feed->waiters, waiter);
		free(waiter->deed);
		free(waiter);
	}
	log_close(feed->reader);
	watch_close(feed);
	addresses_finish(&feed->strangers);
	ring_finish(&feed->ring);
	composed_drop(feed);
	buf_finish(&feed->presence_frame);
	free(feed);
}

bool feed_run(const struct feed_config *cfg, struct err *err) {
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, 0};
	struct feed *feed = mem_alloc(1, sizeof(*feed));
	feed->cfg = cfg;
	feed->limits = cfg->limits;
	feed_limits_complete(&feed->limits);
	fit_file_limit(&feed->limits.connections);
	feed->loop = loop_create(LOOP_UV, signals, on_signal, NULL, feed, err);
	if (feed->loop == NULL) {
		free(feed);
		return false;
	}
	bool ok = start(feed, err);
	if (ok) {
		bool v6 = strchr(cfg->address, ':') != NULL;
		fprintf(stderr, "siagad: listening on %s%s%s:%u\n", v6 ? "[" : "", cfg->address,
			v6 ? "]" : "", (unsigned)server_port(feed->server));
		want_beat(feed);
		loop_timer_set(feed->watch, WATCH_MS);
		certificate_watch(feed);
		loop_run(feed->loop);
	}
	finish(feed);
	return ok;
}
