#include "player.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/net/client.h>
#include <siaga/net/loop.h>
#include <siaga/train/desk.h>
#include <siaga/train/director.h>
#include <siaga/train/scenario.h>
#include <siaga/wire/wire.h>

#define SEED                                                                                       \
	20220218u /* any number; the same every time, so that the demo can be told beforehand */

struct player;

/* Something a desk will do. */
struct todo {
	struct player *player;
	struct link *link;
	struct loop_timer *timer;
	char incident[UUID_SIZE], agency[AGENCY_ID_SIZE];
	enum action action;
	struct todo *next;
};

struct desk_link {
	struct player *player;
	const struct player_desk *desk;
	struct link *link;
	int64_t head;
};

/* What the feed called an alarm that the scenario calls by a key. */
struct known {
	char key[64], alarm[UUID_SIZE];
	struct player *player;
	struct known *next;
};

struct player {
	const struct player_config *cfg;
	struct loop *loop;
	struct loop_timer *timer;
	struct scenario scenario;
	struct director *director;
	struct desk_link desks[PLAYER_DESKS_MAX + 1]; /* the last one is the trainer's */
	struct todo *todos;
	struct known *known;
	int64_t start_ms;
};

static void send_do(struct link *link, struct command *cmd) {
	struct buf frame = {0};
	uuid_make(cmd->id);
	wire_put_do(&frame, cmd);
	link_send(link, frame.data, frame.len);
	buf_finish(&frame);
}

static void on_todo(void *data) {
	struct todo *todo = data;
	struct command cmd = {.action = todo->action};
	text_copy(cmd.incident, sizeof(cmd.incident), todo->incident);
	text_copy(cmd.agency, sizeof(cmd.agency), todo->agency);
	if (todo->action == ACTION_DECLINE) {
		cmd.note = mem_dup_str("semua armada sedang bertugas");
	}
	send_do(todo->link, &cmd);
	command_finish(&cmd);
}

static void plan_answer(struct desk_link *desk, const struct event *event) {
	struct player *player = desk->player;
	const struct scenario_line *line = scenario_desk(&player->scenario, desk->desk->agency);
	enum action action;
	int64_t wait_ms;
	if (line == NULL || strcmp(event->agency, desk->desk->agency) != 0 ||
		!desk_answer(
			line, MOOD_NORMAL, SEED, event->number, event->type, &action, &wait_ms)) {
		return;
	}
	struct todo *todo = mem_alloc(1, sizeof(*todo));
	todo->player = player;
	todo->link = desk->link;
	todo->action = action;
	text_copy(todo->incident, sizeof(todo->incident), event->incident);
	text_copy(todo->agency, sizeof(todo->agency), desk->desk->agency);
	todo->timer = loop_timer_create(player->loop, on_todo, todo);
	todo->next = player->todos;
	player->todos = todo;
	loop_timer_set(todo->timer, wait_ms);
}

static void on_message(void *data, const char *text, size_t len) {
	struct desk_link *desk = data;
	struct server_frame frame;
	struct buf out = {0};
	if (!wire_get_server_frame(&frame, text, len, NULL)) {
		return;
	}
	if (frame.type == FRAME_WELCOME) {
		wire_put_follow(&out, true, frame.head, "", "");
	} else if (frame.type == FRAME_EVENTS && desk->desk != NULL && frame.partial) {
		for (size_t i = 0; i < frame.events.len; i++) {
			plan_answer(desk, &frame.events.items[i]);
		}
		wire_put_got(&out, frame.to);
	}
	if (out.len > 0) {
		link_send(desk->link, out.data, out.len);
	}
	buf_finish(&out);
	server_frame_finish(&frame);
}

static void on_open(void *data) {
	UNUSED(data);
}

static void on_proof(void *data) {
	UNUSED(data);
}

static void on_down(void *data, const char *why, int status, uint16_t code, int64_t retry_ms) {
	UNUSED(data);
	UNUSED(why);
	UNUSED(status);
	UNUSED(code);
	UNUSED(retry_ms);
}

static const struct link_ops link_ops = {
	.on_open = on_open, .on_message = on_message, .on_down = on_down, .on_proof = on_proof};

static void on_posted(void *data, int status, const char *body, size_t len) {
	static const char member[] = "\"alarm\":\"";
	struct known *known = data;
	const char *at = body != NULL && status == 201 ? strstr(body, member) : NULL;
	if (at != NULL && strlen(at) >= sizeof(member) + UUID_SIZE - 2) {
		memcpy(known->alarm, at + sizeof(member) - 1, UUID_SIZE - 1);
		if (!uuid_ok(known->alarm)) {
			known->alarm[0] = '\0';
		}
	}
	UNUSED(len);
}

static void on_answered(void *data, int status, const char *body, size_t len) {
	UNUSED(data);
	UNUSED(status);
	UNUSED(body);
	UNUSED(len);
}

static void post(struct player *player, const struct scenario_line *line) {
	struct link_url url = {.port = player->cfg->port};
	struct known *known = player->known;
	char idempotency[96];
	text_copy(url.host, sizeof(url.host), "127.0.0.1");
	while (known != NULL && strcmp(known->key, line->key) != 0) {
		known = known->next;
	}
	if (line->type == LINE_RAISE) {
		known = mem_alloc(1, sizeof(*known));
		text_copy(known->key, sizeof(known->key), line->key);
		known->player = player;
		known->next = player->known;
		player->known = known;
		text_copy(url.path, sizeof(url.path), "/v1/alarms");
	} else if (known == NULL || known->alarm[0] == '\0') {
		return;
	} else {
		snprintf(url.path, sizeof(url.path), "/v1/alarms/%s/%s", known->alarm,
			line->type == LINE_UPDATE ? "updates" : "cancel");
	}
	snprintf(idempotency, sizeof(idempotency), "%s-%d", line->key, line->number);
	http_post(player->loop, &url, player->cfg->intake_token, idempotency, line->body.data,
		line->body.len, line->type == LINE_RAISE ? on_posted : on_answered, known, NULL);
}

static void play(struct player *player, const struct scenario_line *line) {
	struct command cmd = {.action = ACTION_CAMERA_STATUS, .has = HAS_CAMERA_STATUS};
	if (line->type == LINE_RAISE || line->type == LINE_UPDATE || line->type == LINE_CANCEL) {
		post(player, line);
	} else if (line->type == LINE_CAMERA) {
		text_copy(cmd.camera, sizeof(cmd.camera), line->camera);
		cmd.camera_status = line->camera_status;
		send_do(player->desks[player->cfg->desks_len].link, &cmd);
	}
}

static void on_time(void *data) {
	struct player *player = data;
	const struct scenario_line *line;
	int64_t now = clock_mono_ms() - player->start_ms;
	while ((line = director_due(player->director, now)) != NULL) {
		play(player, line);
	}
	int64_t next = director_next_ms(player->director);
	if (next >= 0) {
		loop_timer_set(player->timer, next - now);
	}
}

static void on_signal(void *data, int signo) {
	struct player *player = data;
	UNUSED(signo);
	loop_stop(player->loop);
}

static bool open_links(struct player *player) {
	const struct player_config *cfg = player->cfg;
	for (size_t i = 0; i <= cfg->desks_len; i++) {
		struct desk_link *desk = &player->desks[i];
		bool trainer = i == cfg->desks_len;
		struct link_config link = {
			.url = {.port = cfg->port, .host = "127.0.0.1", .path = "/v1/feed"},
			.subprotocol = "siaga.v1",
			.token = trainer ? cfg->trainer_token : cfg->desks[i].token,
			.message_max = WIRE_SERVER_MESSAGE_MAX,
			.silence_ms = 30000,
			.ops = &link_ops,
			.data = desk,
		};
		desk->player = player;
		desk->desk = trainer ? NULL : &cfg->desks[i];
		desk->link = link_create(player->loop, &link, NULL);
		if (desk->link == NULL) {
			return false;
		}
	}
	return true;
}

static void finish(struct player *player) {
	for (size_t i = 0; i <= player->cfg->desks_len; i++) {
		link_destroy(player->desks[i].link);
	}
	while (player->todos != NULL) {
		struct todo *todo = player->todos;
		player->todos = todo->next;
		loop_timer_destroy(todo->timer);
		free(todo);
	}
	loop_timer_destroy(player->timer);
	loop_destroy(player->loop);
	while (player->known != NULL) {
		struct known *known = player->known;
		player->known = known->next;
		free(known);
	}
	director_destroy(player->director);
	scenario_finish(&player->scenario);
}

int player_run(const struct player_config *cfg) {
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, 0};
	struct player player = {.cfg = cfg, .start_ms = clock_mono_ms()};
	int code = 1;
	player.loop = loop_create(LOOP_POLL, signals, on_signal, NULL, &player, NULL);
	if (player.loop == NULL) {
		return 1;
	}
	player.timer = loop_timer_create(player.loop, on_time, &player);
	if (scenario_read(&player.scenario, cfg->scenario, cfg->scenario_len, NULL) &&
		open_links(&player)) {
		player.director = director_create(
			&(struct director_config){.scenario = &player.scenario, .seed = SEED});
		loop_timer_set(player.timer, 0);
		loop_run(player.loop);
		code = 0;
	}
	finish(&player);
	return code;
}
