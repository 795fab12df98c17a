/* The HTTP side: alarms in, what the citizen may know out, health and figures. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/feed/token.h>

#include "lookup.h"

#define JSON    "application/json"
#define RETRY   "Retry-After: 1"
#define KEY_MAX 128

static void reply(struct feed *feed, uint64_t id, int status, const struct buf *body) {
	const char *extra = status == 503 ? RETRY : NULL;
	feed->counters.intake[status / 100]++;
	server_reply(feed->server, id, status, JSON, extra, body->data, body->len);
}

static void fail(
	struct feed *feed, uint64_t id, int status, const char *code, const char *message) {
	struct buf body = {0};
	wire_put_error(&body, code, message);
	reply(feed, id, status, &body);
	buf_finish(&body);
}

static void fail_too_many(struct feed *feed, uint64_t id, int wait_s) {
	struct buf body = {0};
	char extra[40];
	snprintf(extra, sizeof(extra), "Retry-After: %d", wait_s);
	wire_put_error(&body, "too_many", "too many requests; try again after Retry-After");
	feed->counters.intake[4]++;
	server_reply(feed->server, id, 429, JSON, extra, body.data, body.len);
	buf_finish(&body);
}

struct token *intake_token(
	struct feed *feed, const struct http_request *req, int *status, int *wait_s) {
	const struct feed_limits *limits = &feed->limits;
	int64_t wait_ms, now_ms = clock_mono_ms();
	watch_look_once(feed); /* What was revoked or made before this is so already. */
	struct token *token = tokens_find(&feed->tokens, req->bearer);
	if (token != NULL) {
		struct rate rate = {limits->intake_rate, limits->intake_burst};
		wait_ms = bucket_take(&token->requests, rate, now_ms);
		feed->counters.limited_token += wait_ms > 0;
	} else {
		/* Only who has no token pays here: those who have one may share the address. */
		struct rate rate = {limits->bad_rate, limits->bad_burst};
		wait_ms = addresses_take(&feed->strangers, req->peer, rate, now_ms);
		if (wait_ms > 0) {
			feed->counters.limited_address++;
			feed_turned_away(feed, TURNED_GUESSES, req->peer);
		}
	}
	*status = wait_ms > 0 ? 429 : 401;
	*wait_s = (int)((wait_ms + 999) / 1000);
	return wait_ms > 0 ? NULL : token;
}

static bool key_ok(const char *key) {
	size_t len = strlen(key);
	for (size_t i = 0; i < len; i++) {
		if (key[i] < '!' || key[i] > '~') {
			return false;
		}
	}
	return len <= KEY_MAX;
}

static bool body_is_json(const struct http_request *req) {
	size_t len = strlen(JSON);
	return req->content_type[0] == '\0' ||
	       (strncasecmp(req->content_type, JSON, len) == 0 &&
		       (req->content_type[len] == '\0' ||
			       strchr("; ", req->content_type[len]) != NULL));
}

static void submit(struct feed *feed, const struct http_request *req, struct command *cmd,
	const struct token *token, bool raise) {
	char answer_id[80];
	struct waiter waiter = {.request = req->id, .raise = raise};
	bool keyed = req->idempotency_key[0] != '\0';
	uuid_make(cmd->id);
	if (keyed) {
		char scope[TOKEN_NAME_SIZE + 64];
		snprintf(scope, sizeof(scope), "%s %s %s", token->name, action_name(cmd->action),
			cmd->alarm.id);
		token_scope_key(raise ? token->name : scope, req->idempotency_key, answer_id,
			sizeof(answer_id));
	}
	text_copy(cmd->by.name, sizeof(cmd->by.name), token->name);
	cmd->role = ROLE_INTAKE;
	if (!feed_submit(feed, cmd, keyed ? answer_id : NULL, keyed, &waiter)) {
		fail(feed, req->id, 503, "unavailable", "too many are waiting");
		command_finish(cmd);
	}
}

static void post_alarm(
	struct feed *feed, const struct http_request *req, const struct token *token) {
	struct command cmd = {.action = ACTION_RAISE};
	struct err err = {0};
	if (!wire_get_alarm(&cmd, req->body, req->body_len, &err)) {
		fail(feed, req->id, 400, "invalid", err.text);
		return;
	}
	cmd.action = ACTION_RAISE;
	int64_t now_ms = clock_wall_ms();
	uuid_make_at(cmd.alarm.id, now_ms);
	uuid_make_at(cmd.new_incident, now_ms);
	submit(feed, req, &cmd, token, true);
}

/* Path below /v1/alarms/: "ID", "ID/updates" or "ID/cancel"; the alarm's incident is looked up. */
static bool find_alarm(struct feed *feed, const struct http_request *req, const char *rest,
	char *alarm, char *incident) {
	struct err err = {0};
	text_copy(alarm, UUID_SIZE, rest);
	int found = uuid_ok(rest) ? log_find_alarm(feed->reader, alarm, incident, &err) : 0;
	if (found < 0) {
		fail(feed, req->id, 503, "unavailable", err.text);
	} else if (found == 0) {
		fail(feed, req->id, 404, "unknown", "no such alarm");
	}
	return found == 1;
}

static void post_about(struct feed *feed, const struct http_request *req, const struct token *token,
	const char *rest, bool cancel) {
	struct command cmd = {0};
	struct err err = {0};
	char alarm[UUID_SIZE], incident[UUID_SIZE];
	if (!find_alarm(feed, req, rest, alarm, incident)) {
		return;
	}
	bool ok = cancel ? wire_get_alarm_cancel(&cmd, req->body, req->body_len, &err)
			 : wire_get_alarm_update(&cmd, req->body, req->body_len, &err);
	if (!ok) {
		fail(feed, req->id, 400, "invalid", err.text);
		return;
	}
	cmd.action = cancel ? ACTION_WITHDRAW : ACTION_UPDATE;
	cmd.has |= cancel ? (unsigned)HAS_WITHDRAWN : 0u;
	text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), alarm);
	text_copy(cmd.incident, sizeof(cmd.incident), incident);
	submit(feed, req, &cmd, token, false);
}

static void get_alarm(struct feed *feed, const struct http_request *req, const char *rest) {
	struct world world = {0};
	struct buf body = {0};
	char alarm[UUID_SIZE], incident[UUID_SIZE];
	if (!find_alarm(feed, req, rest, alarm, incident)) {
		return;
	}
	bool read = lookup_merged(&world, feed->reader, incident, NULL) &&
		    lookup_incident(&world, feed->reader, incident, NULL);
	const struct incident *inc = read ? world_incident(&world, incident) : NULL;
	if (inc != NULL) {
		wire_put_alarm_state(&body, alarm, inc, &feed->registry);
		reply(feed, req->id, 200, &body);
	} else {
		fail(feed, req->id, 503, "unavailable", "the log cannot be read now");
	}
	buf_finish(&body);
	world_finish(&world);
}

static void get_health(struct feed *feed, const struct http_request *req) {
	struct buf body = {0};
	bool well = feed->trouble == TROUBLE_NONE;
	wire_put_health(&body, &(struct wire_health){.head = feed->ring.head,
				       .now_ms = clock_wall_ms(),
				       .trouble = feed->trouble,
				       .since_ms = feed->trouble_since_ms});
	server_reply(feed->server, req->id, well ? 200 : 503, JSON, well ? NULL : RETRY, body.data,
		body.len);
	buf_finish(&body);
}

static void put_doors(const struct feed *feed, struct buf *out) {
	struct server_stats stats;
	server_get_stats(feed->server, &stats);
	buf_printf(out, "# TYPE siaga_connections gauge\nsiaga_connections %zu\n", stats.open);
	buf_printf(out,
		"# TYPE siaga_messages_together_total counter\n"
		"siaga_messages_together_total %llu\n",
		(unsigned long long)stats.together);
	buf_printf(out,
		"# TYPE siaga_connections_refused_total counter\n"
		"siaga_connections_refused_total{of=\"address\"} %llu\n"
		"siaga_connections_refused_total{of=\"all\"} %llu\n",
		(unsigned long long)stats.refused_address, (unsigned long long)stats.refused_all);
	buf_printf(out,
		"# TYPE siaga_connections_late_total counter\n"
		"siaga_connections_late_total{in=\"header\"} %llu\n"
		"siaga_connections_late_total{in=\"body\"} %llu\n"
		"siaga_connections_late_total{in=\"idle\"} %llu\n"
		"siaga_connections_late_total{in=\"pong\"} %llu\n",
		(unsigned long long)stats.late[SERVER_WAIT_HEADER],
		(unsigned long long)stats.late[SERVER_WAIT_BODY],
		(unsigned long long)stats.late[SERVER_WAIT_IDLE],
		(unsigned long long)stats.late[SERVER_WAIT_PONG]);
}

static void get_metrics(struct feed *feed, const struct http_request *req) {
	struct writer_stats stats;
	struct buf out = {0};
	size_t by_role[ROLE_COUNT] = {0};
	writer_get_stats(feed->writer, &stats);
	for (const struct session *s = feed->sessions; s != NULL; s = s->hh.next) {
		by_role[s->role]++;
	}
	buf_printf(&out, "# TYPE siaga_head_seq gauge\nsiaga_head_seq %lld\n",
		(long long)feed->ring.head);
	buf_printf(&out, "# TYPE siaga_queue_depth gauge\nsiaga_queue_depth %zu\n", stats.waiting);
	buf_printf(&out, "# TYPE siaga_log_writable gauge\nsiaga_log_writable %d\n",
		feed->trouble == TROUBLE_NONE);
	buf_printf(&out, "# TYPE siaga_sessions gauge\n");
	for (int i = ROLE_OPERATOR; i < ROLE_COUNT; i++) {
		buf_printf(&out, "siaga_sessions{role=\"%s\"} %zu\n", role_name((enum role)i),
			by_role[i]);
	}
	buf_printf(&out, "# TYPE siaga_intake_total counter\n");
	for (int i = 2; i <= 5; i++) {
		buf_printf(&out, "siaga_intake_total{status=\"%dxx\"} %llu\n", i,
			(unsigned long long)feed->counters.intake[i]);
	}
	buf_printf(&out, "# TYPE siaga_refused_total counter\nsiaga_refused_total %llu\n",
		(unsigned long long)feed->counters.refused);
	buf_printf(&out, "# TYPE siaga_bad_frames_total counter\nsiaga_bad_frames_total %llu\n",
		(unsigned long long)feed->counters.frames_bad);
	buf_printf(&out,
		"# TYPE siaga_limited_total counter\nsiaga_limited_total{of=\"token\"} %llu\n"
		"siaga_limited_total{of=\"address\"} %llu\n"
		"siaga_limited_total{of=\"session\"} %llu\n",
		(unsigned long long)feed->counters.limited_token,
		(unsigned long long)feed->counters.limited_address,
		(unsigned long long)feed->counters.limited_session);
	buf_printf(&out, "# TYPE siaga_revoked_total counter\nsiaga_revoked_total %llu\n",
		(unsigned long long)feed->counters.revoked);
	buf_printf(&out, "# TYPE siaga_commands_total counter\nsiaga_commands_total %llu\n",
		(unsigned long long)stats.commands);
	buf_printf(&out,
		"# TYPE siaga_commit_failures_total counter\nsiaga_commit_failures_total %llu\n",
		(unsigned long long)stats.failures);
	buf_printf(&out, "# TYPE siaga_commit_seconds summary\nsiaga_commit_seconds_sum %.3f\n",
		stats.commit_s);
	buf_printf(&out, "siaga_commit_seconds_count %llu\n", (unsigned long long)stats.commits);
	if (feed->cfg->tls != NULL) {
		buf_printf(&out,
			"# TYPE siaga_certificate_expires_seconds gauge\n"
			"siaga_certificate_expires_seconds %lld\n",
			(long long)server_tls_expires(feed->server));
	}
	put_doors(feed, &out);
	server_reply(
		feed->server, req->id, 200, "text/plain; version=0.0.4", NULL, out.data, out.len);
	buf_finish(&out);
}

static bool has_suffix(const char *text, const char *suffix) {
	size_t a = strlen(text), b = strlen(suffix);
	return a >= b && strcmp(text + a - b, suffix) == 0;
}

static void post(struct feed *feed, const struct http_request *req, const struct token *token,
	const char *rest) {
	if (!body_is_json(req)) {
		fail(feed, req->id, 415, "type", "Content-Type: application/json is understood");
	} else if (!key_ok(req->idempotency_key)) {
		fail(feed, req->id, 400, "invalid",
			"Idempotency-Key: 1 to 128 printable characters");
	} else if (rest == NULL) {
		post_alarm(feed, req, token);
	} else if (has_suffix(rest, "/updates") || has_suffix(rest, "/cancel")) {
		bool cancel = has_suffix(rest, "/cancel");
		char id[SERVER_PATH_MAX];
		snprintf(id, sizeof(id), "%.*s",
			(int)(strlen(rest) - strlen(cancel ? "/cancel" : "/updates")), rest);
		post_about(feed, req, token, id, cancel);
	} else {
		fail(feed, req->id, 404, "unknown", "no such path");
	}
}

void intake_request(struct feed *feed, const struct http_request *req) {
	static const char below[] = "/v1/alarms/";
	bool get = strcmp(req->method, "GET") == 0;
	bool one = strncmp(req->path, below, sizeof(below) - 1) == 0;
	const char *rest = one ? req->path + sizeof(below) - 1 : NULL;
	int status = 401, wait_s = 0;
	bool health = get && strcmp(req->path, "/healthz") == 0;
	bool metrics = get && strcmp(req->path, "/metrics") == 0;
	bool open = (health || metrics) && server_peer_is_local(req->peer);
	const struct token *token = open ? NULL : intake_token(feed, req, &status, &wait_s);
	/* From another machine with any good token. */
	if (health && (open || token != NULL)) {
		get_health(feed, req);
		return;
	}
	if (metrics && (open || token != NULL)) {
		get_metrics(feed, req);
		return;
	}
	if (token == NULL && status == 429) {
		fail_too_many(feed, req->id, wait_s);
	} else if (!one && !health && !metrics && strcmp(req->path, "/v1/alarms") != 0) {
		fail(feed, req->id, 404, "unknown", "no such path");
	} else if (token == NULL) {
		fail(feed, req->id, 401, "unauthorized", "Authorization: a bearer token is needed");
	} else if (token->role != ROLE_INTAKE) {
		fail(feed, req->id, 403, "forbidden", "this token's role takes in no alarms");
	} else if (!get) {
		post(feed, req, token, rest);
	} else if (one) {
		get_alarm(feed, req, rest);
	} else {
		fail(feed, req->id, 405, "method", "POST is the method here");
	}
}

void intake_result(
	struct feed *feed, const struct waiter *waiter, const struct writer_result *result) {
	struct buf body = {0};
	if (result->refused) {
		bool down = result->refusal.code == REFUSAL_UNAVAILABLE;
		fail(feed, waiter->request, down ? 503 : 400,
			refusal_code_name(result->refusal.code), result->refusal.message);
		return;
	}
	if (waiter->raise) {
		wire_put_alarm_answer(
			&body, result->alarm, result->incident, result->number, result->seq);
	} else {
		buf_printf(&body, "{\"seq\":%lld}", (long long)result->seq);
	}
	reply(feed, waiter->request, waiter->raise ? 201 : 200, &body);
	buf_finish(&body);
}
