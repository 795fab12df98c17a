#include "trainer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/net/server.h>
#include <siaga/wire/wire.h>

#include "token_file.h"

#define CONNECTIONS_MAX 16
#define FRAMES_MAX      256 /* that wait for who does not read */
#define EVENTS_MAX      200 /* in one frame */
#define BEAT_MS         5000
#define BAD_MAX         20
#define KIND_TEXT_SIZE  16
#define CLOSE_SLOW      4008
#define CLOSE_BAD       4400
#define CLOSE_MOVED     1012 /* service restart */

/* A console that follows. */
struct follower {
	struct trainer *trainer;
	struct ws_conn *conn;
	bool following;
	int bad; /* messages */
	int64_t cursor;
	struct buf *out; /* frames that wait */
	size_t out_len;
	struct follower *next;
};

struct trainer {
	struct trainer_config cfg;
	struct loop *loop;
	struct server *server;
	struct loop_timer *beat;
	char token[TOKEN_FILE_SIZE];
	struct follower *followers;
	char feed[UUID_SIZE]; /* of what they follow: each start and each seek makes another */
	int64_t made;         /* play's, when that was made */
	struct training_frame told;
	struct training_alarm *palette; /* owned: all that the scenario has */
	size_t palette_len;
	char selected[UUID_SIZE];
};

/* --- frames --- */

static void send(struct follower *f, struct buf *frame) {
	if (f->conn == NULL || f->out_len == FRAMES_MAX) {
		buf_finish(frame);
		if (f->conn != NULL) {
			ws_conn_close(f->conn, CLOSE_SLOW, "slow");
		}
		return;
	}
	f->out = mem_resize(f->out, f->out_len + 1, sizeof(*f->out));
	f->out[f->out_len++] = *frame;
	memset(frame, 0, sizeof(*frame));
	ws_conn_want_write(f->conn);
}

static void send_welcome(struct follower *f) {
	const struct trainer *t = f->trainer;
	const struct play *p = t->cfg.play;
	struct buf frame = {0};
	wire_put_welcome(&frame, t->feed, sim_head(p->sim), PLAY_WALL_MS + p->now_ms, "pelatih",
		ROLE_TRAINER, "", BEAT_MS, p->cfg.mode);
	send(f, &frame);
}

static void send_registry(struct follower *f) {
	struct buf frame = {0};
	wire_put_registry(&frame, &sim_get_world(f->trainer->cfg.play->sim)->registry);
	send(f, &frame);
}

static void send_events(struct follower *f, const struct event *events, size_t len, bool open) {
	for (size_t done = 0; done < len;) {
		struct buf frame = {0};
		buf_add_str(&frame, open ? WIRE_EVENTS_HEAD_OPEN : WIRE_EVENTS_HEAD);
		for (size_t i = 0; i < EVENTS_MAX && done < len; i++, done++) {
			buf_add_str(&frame, i > 0 ? "," : "");
			wire_put_event(&frame, &events[done]);
		}
		buf_add_str(&frame, WIRE_EVENTS_TAIL);
		send(f, &frame);
	}
}

static void send_presence(struct follower *f) {
	const struct play *p = f->trainer->cfg.play;
	size_t most = sim_get_world(p->sim)->registry.agencies_len;
	struct desk_state *desks = mem_alloc(most + 1, sizeof(*desks));
	struct presence who = {{0}, {0}, {0}};
	struct buf frame = {0};
	size_t len = sim_desks(p->sim, desks);
	text_copy(who.name, sizeof(who.name), p->user.who.name);
	text_copy(who.position, sizeof(who.position), p->user.who.position);
	text_copy(who.open, sizeof(who.open), p->app.selected);
	wire_put_presence(&frame, &who, 1, desks, len);
	send(f, &frame);
	free(desks);
}

static void send_beat(struct follower *f) {
	const struct play *p = f->trainer->cfg.play;
	struct buf frame = {0};
	wire_put_beat(&frame, sim_head(p->sim), PLAY_WALL_MS + p->now_ms, TROUBLE_NONE);
	send(f, &frame);
}

static void send_training(struct follower *f, const struct training_frame *training) {
	struct buf frame = {0};
	wire_put_training(&frame, training);
	send(f, &frame);
}

/* --- how it stands --- */

static void count_points(const struct run *run, int64_t *points, int64_t *possible) {
	size_t len;
	const struct expected *expected = run_expected(run, &len);
	*points = *possible = 0;
	for (size_t i = 0; i < len; i++) {
		*possible += expected[i].line->points;
		*points += expected[i].verdict == VERDICT_MET ? expected[i].line->points : 0;
	}
}

static struct training_frame compose(const struct trainer *t) {
	const struct play *p = t->cfg.play;
	struct training_frame now = {.at_ms = p->now_ms,
		.end_ms = run_end_ms(p->run),
		.speed_percent = p->speed_percent,
		.paused = p->paused,
		.watched = play_is_watched(p),
		.over = run_is_over(p->run)};
	size_t count;
	text_copy(now.said, sizeof(now.said), run_said(p->run, &count));
	text_copy(now.trainee, sizeof(now.trainee), p->user.who.name);
	count_points(p->run, &now.points, &now.possible);
	for (size_t i = 0; i < t->palette_len && now.alarms_len < TRAINING_ALARMS_MAX; i++) {
		if (run_find(p->run, t->palette[i].key) == NULL) {
			now.alarms[now.alarms_len++] = t->palette[i];
		}
	}
	return now;
}

/* Is it worth telling? The time alone is once in a second. */
static bool differs(const struct training_frame *a, const struct training_frame *b) {
	return a->at_ms / 1000 != b->at_ms / 1000 || a->speed_percent != b->speed_percent ||
	       a->paused != b->paused || a->watched != b->watched || a->over != b->over ||
	       a->points != b->points || a->possible != b->possible ||
	       strcmp(a->said, b->said) != 0;
}

static void send_new(struct follower *f) {
	struct sim *sim = f->trainer->cfg.play->sim;
	size_t len;
	const struct event *events = sim_events(sim, f->cursor, &len);
	bool desks = false;
	for (size_t i = 0; i < len; i++) {
		desks = desks || events[i].type == EVENT_LINK_UP ||
			events[i].type == EVENT_LINK_DOWN;
	}
	if (len > 0) {
		send_events(f, events, len, false);
		f->cursor = sim_head(sim);
	}
	if (desks) {
		send_presence(f);
	}
}

/* The moment was made anew: what they follow is gone. They come back by themselves. */
static void send_away(struct trainer *t) {
	for (struct follower *f = t->followers; f != NULL; f = f->next) {
		struct buf frame = {0};
		if (f->conn != NULL) {
			wire_put_bye(&frame, "the training is at another moment");
			send(f, &frame);
			ws_conn_close(f->conn, CLOSE_MOVED, "another moment");
			f->following = false;
		}
	}
}

void trainer_look(struct trainer *t) {
	const struct play *p = t->cfg.play;
	struct training_frame now = compose(t);
	bool tell = differs(&now, &t->told);
	bool moved = strcmp(t->selected, p->app.selected) != 0;
	if (t->made != p->made) {
		t->made = p->made;
		uuid_make(t->feed);
		send_away(t);
	}
	text_copy(t->selected, sizeof(t->selected), p->app.selected);
	for (struct follower *f = t->followers; f != NULL; f = f->next) {
		if (!f->following) {
			continue;
		}
		send_new(f);
		if (tell) {
			send_training(f, &now);
		}
		if (moved) {
			send_presence(f);
		}
	}
	t->told = tell ? now : t->told;
}

/* --- what they say --- */

/* What it does not have, or all that is open. */
static void send_past(struct follower *f, const struct client_frame *frame) {
	struct sim *sim = f->trainer->cfg.play->sim;
	size_t len;
	if (frame->has_after && frame->after <= sim_head(sim)) {
		f->cursor = frame->after;
		send_new(f);
		return;
	}
	struct event *open = sim_snapshot(sim, &len);
	send_events(f, open, len, true);
	free(open);
	f->cursor = sim_head(sim);
}

static void follow(struct follower *f, const struct client_frame *asked) {
	struct training_frame now = compose(f->trainer);
	struct buf frame = {0};
	send_registry(f);
	send_presence(f);
	send_past(f, asked);
	f->following = true;
	wire_put_live(&frame, f->cursor, "", 0);
	send(f, &frame);
	send_beat(f);
	send_training(f, &now);
}

/* Why something was not done. */
static void send_note(struct follower *f, const char *text) {
	struct training_frame now = compose(f->trainer);
	text_copy(now.note, sizeof(now.note), text);
	send_training(f, &now);
}

static void ask(struct follower *f, const struct train_frame *train) {
	struct trainer *t = f->trainer;
	struct err err = {{0}};
	bool ok = play_train(t->cfg.play, train, &err);
	trainer_look(t);
	t->cfg.on_asked(t->cfg.data);
	if (!ok) {
		send_note(f, err.text);
	}
}

/* A trainer looks and asks; the trainee alone acts. */
static void refuse(struct follower *f, const char *id) {
	struct refusal no = {.code = REFUSAL_FORBIDDEN};
	struct buf frame = {0};
	text_copy(no.message, sizeof(no.message), "action: not for your role");
	wire_put_refused(&frame, id, &no);
	send(f, &frame);
}

static void on_message(void *data, void *session, const char *text, size_t len) {
	struct follower *f = session;
	struct client_frame frame;
	struct err err = {{0}};
	UNUSED(data);
	if (!wire_get_client_frame(&frame, text, len, &err)) {
		if (++f->bad > BAD_MAX) {
			ws_conn_close(f->conn, CLOSE_BAD, "bad messages");
		} else {
			send_note(f, err.text);
		}
		return;
	}
	if (frame.type == FRAME_FOLLOW && !f->following) {
		follow(f, &frame);
	} else if (frame.type == FRAME_TRAIN && f->following) {
		ask(f, &frame.train);
	} else if (frame.type == FRAME_DO) {
		refuse(f, frame.command.id);
	}
	client_frame_finish(&frame);
}

/* --- doors --- */

/* Takes the same time wherever they differ. */
static bool is_token(const char *token, const char *said) {
	size_t len = strlen(token), said_len = strlen(said);
	unsigned differ = len != said_len;
	for (size_t i = 0; i < said_len; i++) {
		differ |= (unsigned)((unsigned char)said[i] ^ (unsigned char)token[i % len]);
	}
	return differ == 0;
}

static void on_request(void *data, const struct http_request *req) {
	const struct trainer *t = data;
	static const char nothing[] = "{\"error\":\"not_found\",\"message\":\"a training\"}";
	server_reply(
		t->server, req->id, 404, "application/json", NULL, nothing, sizeof(nothing) - 1);
}

static int on_upgrade(void *data, const struct http_request *req, void **session, int *wait_s) {
	struct trainer *t = data;
	UNUSED(wait_s);
	if (!is_token(t->token, req->bearer)) {
		return 401;
	}
	struct follower *f = mem_alloc(1, sizeof(*f));
	f->trainer = t;
	f->next = t->followers;
	t->followers = f;
	*session = f;
	return 0;
}

static void on_open(void *data, void *session, struct ws_conn *conn) {
	struct follower *f = session;
	UNUSED(data);
	f->conn = conn;
	send_welcome(f);
}

static bool on_writable(void *data, void *session) {
	struct follower *f = session;
	UNUSED(data);
	if (f->out_len == 0) {
		return false;
	}
	struct buf frame = f->out[0];
	memmove(f->out, f->out + 1, --f->out_len * sizeof(*f->out));
	bool ok = ws_conn_send(f->conn, frame.data, frame.len);
	buf_finish(&frame);
	return ok && f->out_len > 0;
}

static void on_close(void *data, void *session, struct ws_conn *conn) {
	struct trainer *t = data;
	struct follower *f = session, **place = &t->followers;
	UNUSED(conn);
	while (*place != f) {
		place = &(*place)->next;
	}
	*place = f->next;
	for (size_t i = 0; i < f->out_len; i++) {
		buf_finish(&f->out[i]);
	}
	free(f->out);
	free(f);
}

static const struct server_ops ops = {
	.on_request = on_request,
	.on_upgrade = on_upgrade,
	.on_open = on_open,
	.on_message = on_message,
	.on_writable = on_writable,
	.on_close = on_close,
};

static void on_beat(void *data) {
	struct trainer *t = data;
	for (struct follower *f = t->followers; f != NULL; f = f->next) {
		if (f->following) {
			send_beat(f);
		}
	}
	loop_timer_set(t->beat, BEAT_MS);
}

/* --- beginning and end --- */

/* What may be sent: the alarms of the scenario, each once. */
static void fill_palette(struct trainer *t) {
	const struct scenario *sc = t->cfg.play->cfg.scenario;
	struct command cmd;
	t->palette = mem_alloc(sc->len + 1, sizeof(*t->palette));
	for (size_t i = 0; i < sc->len; i++) {
		const struct scenario_line *line = &sc->lines[i];
		if (line->type != LINE_RAISE || scenario_alarm(sc, line->key) != line ||
			!wire_get_alarm(&cmd, line->body.data, line->body.len, NULL)) {
			continue;
		}
		struct training_alarm *alarm = &t->palette[t->palette_len++];
		text_copy(alarm->key, sizeof(alarm->key), line->key);
		char what[KIND_TEXT_SIZE + PLACE_SIZE];
		snprintf(what, sizeof(what), "%s %s", kind_name(cmd.kind), cmd.place);
		text_copy(alarm->what, sizeof(alarm->what), what);
		command_finish(&cmd);
	}
}

/* One of its own, as siagad makes them, for whoever may read this user's files. */
static bool make_token(const char *path, struct err *err) {
	char a[UUID_SIZE], b[UUID_SIZE];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return errno == EEXIST || err_set(err, "%s: %s", path, strerror(errno));
	}
	uuid_make(a);
	uuid_make(b);
	bool ok = dprintf(fd, "training-%s%s\n", a, b) > 0;
	ok = close(fd) == 0 && ok;
	return ok || err_set(err, "%s: %s", path, strerror(errno));
}

/* "127.0.0.1:7113", "[::1]:0" */
static bool split_address(const char *text, char *address, size_t size, uint16_t *port) {
	const char *colon = strrchr(text, ':');
	char *rest;
	bool bracket = text[0] == '[';
	if (colon == NULL || colon == text || (bracket && colon[-1] != ']')) {
		return false;
	}
	unsigned long number = strtoul(colon + 1, &rest, 10);
	size_t len = (size_t)(colon - text) - (bracket ? 2 : 0);
	if (colon[1] < '0' || colon[1] > '9' || *rest != '\0' || number > 65535 || len >= size) {
		return false;
	}
	memcpy(address, text + bracket, len);
	address[len] = '\0';
	*port = (uint16_t)number;
	return true;
}

struct trainer *trainer_create(
	struct loop *loop, const struct trainer_config *cfg, struct err *err) {
	struct trainer *t = mem_alloc(1, sizeof(*t));
	char address[64];
	struct server_config server = {.address = address,
		.ws_path = "/v1/feed",
		.subprotocol = "siaga.v1",
		.body_max = 1024,
		.message_max = WIRE_CLIENT_MESSAGE_MAX,
		.connections_max = CONNECTIONS_MAX,
		.per_address_max = CONNECTIONS_MAX,
		.ops = &ops,
		.data = t};
	t->cfg = *cfg;
	t->loop = loop;
	t->made = cfg->play->made;
	uuid_make(t->feed);
	if (!split_address(cfg->listen, address, sizeof(address), &server.port)) {
		err_set(err, _("--listen: address and port, such as 127.0.0.1:7113"));
		goto fail;
	}
	if (!make_token(cfg->token_file, err) ||
		!token_file_read(cfg->token_file, t->token, sizeof(t->token), err)) {
		goto fail;
	}
	t->server = server_create(loop, &server, err);
	if (t->server == NULL) {
		goto fail;
	}
	fill_palette(t);
	t->beat = loop_timer_create(loop, on_beat, t);
	loop_timer_set(t->beat, BEAT_MS);
	return t;
fail:
	free(t);
	return NULL;
}

void trainer_destroy(struct trainer *t) {
	if (t == NULL) {
		return;
	}
	server_destroy(t->server);
	loop_timer_destroy(t->beat);
	free(t->palette);
	free(t);
}

unsigned trainer_port(const struct trainer *t) {
	return server_port(t->server);
}
