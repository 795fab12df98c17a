/* What passes between the app and the feed while a script is played. */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "play.h"

#define START_MONO_MS INT64_C(1000000)

/* Whoever is played now. */
static struct play *played;

static void make_id(char out[UUID_SIZE]) {
	sim_make_id(out, played->cfg.seed, SIM_ID_COMMAND, ++played->ids);
}

void play_count_ids(struct play *p) {
	played = p;
	app_set_id_source(make_id);
}

void play_use_id(struct play *p, const char *id) {
	char own[UUID_SIZE];
	const char *count = strrchr(id, '-');
	int64_t number = count != NULL ? strtoll(count + 1, NULL, 10) : 0;
	sim_make_id(own, p->cfg.seed, SIM_ID_COMMAND, number);
	if (number > p->ids && strcmp(own, id) == 0) {
		p->ids = number;
	}
}

/* How long the link waits between its tries; the last one again and again. */
static const int64_t retry_ms[] = {500, 1000, 2000, 4000, 8000, 15000};

/* --- what the app wants --- */

static void take_effect(struct play *p, const struct effect *effect) {
	enum effect_type type = effect->type;
	if (type == EFFECT_FOLLOW) {
		p->follow = *effect;
		p->asked_follow = true;
	} else if (type == EFFECT_SEND) {
		/* A copy: the app may be done with it before it is answered. */
		p->sent = mem_resize(p->sent, p->sent_len + 1, sizeof(*p->sent));
		command_copy(&p->sent[p->sent_len++], effect->command);
	} else if (type == EFFECT_GOT) {
		sim_got(p->sim, &p->user, effect->seq);
	} else if (type == EFFECT_BELL) {
		p->bells++;
	} else if (type == EFFECT_RECONNECT) {
		p->relink = true;
	} else if (type == EFFECT_TRAINING && !p->taped) {
		p->asked = *effect;
		p->has_asked = true;
	} else if (type == EFFECT_QUIT && !p->taped) {
		p->left = true;
	}
	/* The rest is for a cache, of which there is none, or for a terminal. */
	if (p->cfg.on_effect != NULL && !p->making) {
		p->cfg.on_effect(p->cfg.data, effect);
	}
}

/* Nobody else has anything to do with it: all of it is as it was. */
static void look_outbox(struct play *p) {
	for (size_t i = 0; i < p->app.pending_len; i++) {
		const struct command *cmd = &p->app.pending[i]->command;
		play_apply(
			p, &(struct app_event){
				   .type = APP_OUTBOX_SEEN, .id = cmd->id, .name = cmd->by.name});
	}
	play_apply(p, &(struct app_event){.type = APP_OUTBOX_READ, .whole = true});
}

void play_apply(struct play *p, struct app_event *event) {
	struct effects fx = {0};
	event->mono_ms = START_MONO_MS + p->now_ms;
	event->wall_ms = PLAY_WALL_MS + p->now_ms;
	app_apply(&p->app, event, &fx);
	for (size_t i = 0; i < fx.len; i++) {
		take_effect(p, &fx.items[i]);
	}
	for (size_t i = 0; i < fx.len; i++) {
		if (fx.items[i].type == EFFECT_HOLD) {
			app_apply(&p->app,
				&(struct app_event){.type = APP_HELD,
					.mono_ms = event->mono_ms,
					.wall_ms = event->wall_ms,
					.id = fx.items[i].command->id},
				&fx);
		}
	}
	bool look = false;
	for (size_t i = 0; i < fx.len; i++) {
		look = look || fx.items[i].type == EFFECT_OUTBOX;
	}
	effects_finish(&fx);
	if (look) {
		look_outbox(p);
	}
	p->dirty = p->dirty || event->type != APP_TICK;
}

/* --- what the feed says --- */

static bool is_masked(const struct play *p) {
	return p->user.role != ROLE_OPERATOR && p->user.role != ROLE_SUPERVISOR;
}

/* Through the wire and back, so that the console gets what it would get of a feed. */
static void send_events(struct play *p, const struct event *events, size_t len, bool open_only) {
	struct events got = {0};
	struct buf body = {0};
	for (size_t i = 0; i < len; i++) {
		struct event event;
		buf_clear(&body);
		if (is_masked(p)) {
			wire_put_event_masked(&body, &events[i],
				world_incident(sim_get_world(p->sim), events[i].incident));
		} else {
			wire_put_event(&body, &events[i]);
		}
		if (wire_get_event(&event, body.data, body.len, NULL)) {
			*events_add(&got) = event;
		}
	}
	play_apply(p, &(struct app_event){.type = APP_EVENTS,
			      .events = got.items,
			      .events_len = got.len,
			      .open_only = open_only});
	events_finish(&got);
	buf_finish(&body);
}

static void send_new(struct play *p) {
	size_t len;
	const struct event *events = sim_events(p->sim, p->cursor, &len);
	bool desks = false;
	for (size_t i = 0; i < len; i++) {
		desks = desks || events[i].type == EVENT_LINK_UP ||
			events[i].type == EVENT_LINK_DOWN;
	}
	p->cursor = sim_head(p->sim);
	send_events(p, events, len, false);
	if (desks) {
		play_presence(p);
	}
}

void play_presence(struct play *p) {
	size_t most = sim_get_world(p->sim)->registry.agencies_len;
	struct desk_state *states = mem_alloc(most + 1, sizeof(*states));
	struct desk_now *desks = mem_alloc(most + 1, sizeof(*desks));
	size_t len = sim_desks(p->sim, states);
	for (size_t i = 0; i < len; i++) {
		text_copy(desks[i].agency, sizeof(desks[i].agency), states[i].agency);
		desks[i].desk = states[i].desk;
	}
	play_apply(p, &(struct app_event){.type = APP_PRESENCE, .desks = desks, .desks_len = len});
	free(states);
	free(desks);
}

static void send_registry(struct play *p) {
	struct buf json = {0};
	struct registry registry;
	wire_put_registry(&json, &sim_get_world(p->sim)->registry);
	if (wire_get_registry(&registry, json.data, json.len, NULL)) {
		play_apply(p, &(struct app_event){.type = APP_REGISTRY, .registry = &registry});
		registry_finish(&registry);
	}
	buf_finish(&json);
}

/* The console asked for what it does not have. */
static void answer_follow(struct play *p) {
	struct effect follow = p->follow;
	p->asked_follow = false;
	send_registry(p);
	play_presence(p);
	if (follow.has_after && follow.seq <= sim_head(p->sim)) {
		p->cursor = follow.seq;
	} else {
		size_t len;
		struct event *open = sim_snapshot(p->sim, &len);
		p->cursor = sim_head(p->sim);
		if (len > 0) {
			send_events(p, open, len, true);
		}
		free(open);
	}
	p->following = true;
	if (sim_head(p->sim) > p->cursor) {
		send_new(p);
	}
	play_apply(p, &(struct app_event){.type = APP_CAUGHT_UP, .head = sim_head(p->sim)});
}

static void answer_command(struct play *p) {
	struct command cmd = p->sent[0];
	struct refusal no;
	int64_t seq;
	memmove(p->sent, p->sent + 1, --p->sent_len * sizeof(*p->sent));
	if (run_do(p->run, &cmd, &seq, &no)) {
		play_apply(p, &(struct app_event){.type = APP_DONE, .id = cmd.id, .seq = seq});
	} else {
		play_apply(
			p, &(struct app_event){.type = APP_REFUSED, .id = cmd.id, .refusal = &no});
	}
	command_finish(&cmd);
}

/* Until neither side has anything more to say. */
void play_settle(struct play *p) {
	bool heard = false;
	for (;;) {
		if (p->asked_follow) {
			answer_follow(p);
		} else if (p->sent_len > 0) {
			answer_command(p);
		} else if (p->following && sim_head(p->sim) > p->cursor) {
			send_new(p);
		} else {
			break;
		}
		heard = true;
	}
	if (heard) {
		play_apply(p, &(struct app_event){.type = APP_PROOF});
	}
}

void play_link_open(struct play *p) {
	struct app_event welcome = {.type = APP_WELCOME,
		.head = sim_head(p->sim),
		.feed_now_ms = PLAY_WALL_MS + p->now_ms,
		.beat_ms = PLAY_BEAT_MS,
		.name = p->user.who.name,
		.agency = p->user.agency,
		.role = p->user.role,
		.mode = p->cfg.mode};
	text_copy(welcome.feed, sizeof(welcome.feed), sim_feed_id(p->sim));
	if (p->user.role == ROLE_AGENCY) {
		sim_set_desk(p->sim, p->user.agency, SIM_DESK_TAKEN);
	}
	p->link_up = true;
	p->tries = 0;
	play_apply(p, &(struct app_event){.type = APP_LINK_UP});
	play_apply(p, &welcome);
	play_settle(p);
}

void play_link_fail(struct play *p, const char *why) {
	int64_t wait = retry_ms[p->tries];
	p->tries += p->tries + 1 < ARRAY_LEN(retry_ms);
	p->retry_at_ms = p->now_ms + wait;
	play_apply(p, &(struct app_event){.type = APP_LINK_DOWN, .text = why, .retry_ms = wait});
}

void play_link_close(struct play *p) {
	p->link_up = p->following = p->asked_follow = false;
	if (p->user.role == ROLE_AGENCY) {
		sim_set_desk(p->sim, p->user.agency, SIM_DESK_EMPTY);
	}
	play_link_fail(p, "closed");
}
