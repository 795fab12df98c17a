#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

int64_t bench_wall(const struct bench *b) {
	return T0 + b->mono_ms;
}

/* What the runtime does of it: the disk has it now, or has not. */
static void hold(struct bench *b, const struct app_event *event) {
	size_t len = b->fx.len;
	for (size_t i = 0; i < len; i++) {
		if (b->fx.items[i].type == EFFECT_HOLD) {
			app_apply(&b->app,
				&(struct app_event){.type = APP_HELD,
					.mono_ms = event->mono_ms,
					.wall_ms = event->wall_ms,
					.trouble = b->disk,
					.id = b->fx.items[i].command->id},
				&b->fx);
		}
	}
}

/* The disk has all of it still, but for what another console has finished. */
static void look(struct bench *b, const struct app_event *event) {
	struct app_event seen = {.type = APP_OUTBOX_SEEN,
		.mono_ms = event->mono_ms,
		.wall_ms = event->wall_ms,
		.name = b->elsewhere_name,
		.tried = b->elsewhere_tried};
	for (size_t i = 0; !b->elsewhere_done && i < b->app.pending_len; i++) {
		if (!b->app.pending[i]->unkept) {
			seen.id = b->app.pending[i]->command.id;
			app_apply(&b->app, &seen, &b->fx);
		}
	}
	seen.type = APP_OUTBOX_READ;
	seen.whole = !b->unread;
	app_apply(&b->app, &seen, &b->fx);
}

void bench_apply(struct bench *b, struct app_event event) {
	event.mono_ms = b->mono_ms;
	event.wall_ms = bench_wall(b) + b->set_ms;
	b->fx.len = 0;
	app_apply(&b->app, &event, &b->fx);
	for (size_t i = 0; i < b->fx.len; i++) {
		if (b->fx.items[i].type == EFFECT_OUTBOX) {
			look(b, &event);
		}
	}
	hold(b, &event);
	for (size_t i = 0; i < b->fx.len; i++) {
		const struct effect *fx = &b->fx.items[i];
		b->last[fx->type] = *fx;
		b->count[fx->type]++;
		b->bells += fx->type == EFFECT_BELL;
		b->notified += fx->type == EFFECT_NOTIFY;
		b->stored += fx->type == EFFECT_STORE;
		b->aside += fx->type == EFFECT_SET_ASIDE;
		b->quit |= fx->type == EFFECT_QUIT;
		b->reconnect |= fx->type == EFFECT_RECONNECT;
		b->forgotten += fx->type == EFFECT_FORGET;
		b->held_len += fx->type == EFFECT_HOLD;
		if (fx->type == EFFECT_FOLLOW) {
			b->follows++;
			b->follow_has_after = fx->has_after;
			b->follow_after = fx->seq;
			text_copy(b->follow_mark, sizeof(b->follow_mark), fx->text);
		}
		if (fx->type == EFFECT_SEND && b->sent_len < BENCH_SENT_MAX) {
			command_copy(&b->sent[b->sent_len++], fx->command);
		}
	}
}

/* As fast as somebody types. */
void bench_key(struct bench *b, uint32_t code) {
	b->mono_ms += 20;
	bench_apply(b, (struct app_event){.type = APP_KEY, .key = code});
}

void bench_type(struct bench *b, const char *text) {
	for (; *text != '\0'; text++) {
		bench_key(b, (uint32_t)*text);
	}
}

void bench_line(struct bench *b, const char *text) {
	bench_key(b, ':');
	bench_type(b, text);
	bench_key(b, KEY_CODE_ENTER);
}

void bench_drawn(struct bench *b) {
	bench_apply(b, (struct app_event){.type = APP_DRAWN});
	b->mono_ms += 200; /* it is read */
}

void bench_pass(struct bench *b, int64_t ms) {
	b->mono_ms += ms;
	if (app_hears(&b->app)) {
		bench_apply(b, (struct app_event){.type = APP_BEAT,
				       .head = b->feed.head,
				       .feed_now_ms = bench_wall(b)});
	}
	bench_apply(b, (struct app_event){.type = APP_TICK});
}

bool bench_do(struct bench *b, struct command *cmd) {
	struct events events = {0};
	struct refusal no;
	cmd->at_ms = bench_wall(b);
	bool ok = reduce(&b->feed, cmd, &events, &no);
	for (size_t i = 0; i < events.len; i++) {
		events.items[i].seq = b->feed.head + 1;
		world_apply(&b->feed, &events.items[i]);
	}
	if (events.len > 0) {
		bench_apply(b, (struct app_event){.type = APP_EVENTS,
				       .events = events.items,
				       .events_len = events.len});
	}
	for (size_t i = 0; i < events.len; i++) {
		*events_add(&b->log) = events.items[i];
	}
	free(events.items);
	bool own = false;
	for (size_t i = 0; i < b->app.pending_len; i++) {
		own |= strcmp(b->app.pending[i]->command.id, cmd->id) == 0;
	}
	if (!own) {
		return ok; /* somebody else's: they are told */
	}
	if (ok) {
		bench_apply(b, (struct app_event){.type = APP_DONE, .id = cmd->id});
	} else {
		bench_apply(
			b, (struct app_event){.type = APP_REFUSED, .id = cmd->id, .refusal = &no});
	}
	return ok;
}

void bench_settle(struct bench *b, const char *name) {
	for (size_t i = 0; i < b->sent_len; i++) {
		text_copy(b->sent[i].by.name, WHO_SIZE, name);
		bench_do(b, &b->sent[i]);
		command_finish(&b->sent[i]);
	}
	b->sent_len = 0;
}

void bench_raise_at(struct bench *b, int n, enum kind kind, enum priority priority,
	struct position at, const char *phone) {
	struct command cmd = {
		.action = ACTION_RAISE, .role = ROLE_INTAKE, .kind = kind, .priority = priority};
	cmd.alarm.at = at;
	cmd.alarm.received_at_ms = bench_wall(b);
	text_copy(cmd.alarm.caller_phone, sizeof(cmd.alarm.caller_phone), phone);
	text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), city_id(n));
	text_copy(cmd.new_incident, sizeof(cmd.new_incident), city_id(n));
	assert_true(bench_do(b, &cmd));
}

void bench_raise(struct bench *b, int n, enum kind kind, enum priority priority) {
	bench_raise_at(b, n, kind, priority, (struct position){-75722000, 1108289000}, "");
}

void bench_act(struct bench *b, int n, enum action action, const char *name) {
	struct command cmd = city_command(&b->feed, action, city_id(n), name);
	cmd.method = METHOD_CALLBACK;
	cmd.reason = REJECT_PRANK;
	cmd.disposition = DISPOSITION_HANDLED;
	assert_true(bench_do(b, &cmd));
}

void bench_welcome(struct bench *b, const char *feed, enum role role, int64_t head) {
	struct app_event event = {
		.type = APP_WELCOME, .head = head, .feed_now_ms = bench_wall(b), .beat_ms = 10000};
	text_copy(event.feed, sizeof(event.feed), feed);
	event.name = "ayu";
	event.agency = role == ROLE_AGENCY ? "damkar" : "";
	event.role = role;
	bench_apply(b, (struct app_event){.type = APP_LINK_UP});
	bench_apply(b, event);
}

void bench_connect(struct bench *b, enum role role) {
	struct registry reg = {0};
	bench_welcome(b, FEED, role, b->feed.head);
	city_fill(&reg);
	bench_apply(b, (struct app_event){.type = APP_REGISTRY, .registry = &reg});
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
}

static void send_some(struct bench *b, const char *incident, bool open) {
	struct events some = {0};
	for (size_t i = 0; i < b->log.len; i++) {
		const struct event *event = &b->log.items[i];
		const struct incident *inc = world_incident(&b->feed, event->incident);
		if (open ? inc != NULL && incident_is_open(inc)
			 : strcmp(event->incident, incident) == 0) {
			*events_add(&some) = *event;
		}
	}
	bench_apply(b, (struct app_event){.type = APP_EVENTS,
			       .open_only = open,
			       .past = !open,
			       .events = some.items,
			       .events_len = some.len});
	free(some.items);
}

void bench_snapshot(struct bench *b) {
	send_some(b, "", true);
	bench_apply(b, (struct app_event){.type = APP_CAUGHT_UP, .head = b->feed.head});
}

void bench_tell(struct bench *b, int n) {
	send_some(b, city_id(n), false);
}

void bench_lose(struct bench *b) {
	bench_apply(b, (struct app_event){.type = APP_LINK_DOWN, .text = "gone", .retry_ms = 500});
}

struct incident *bench_incident(struct bench *b, int n) {
	return world_incident(&b->app.world, city_id(n));
}

int bench_setup(void **state) {
	struct bench *b = mem_alloc(1, sizeof(*b));
	b->mono_ms = 1000;
	app_init(&b->app);
	city_fill(&b->feed.registry);
	*state = b;
	return 0;
}

int bench_teardown(void **state) {
	struct bench *b = *state;
	for (size_t i = 0; i < b->sent_len; i++) {
		command_finish(&b->sent[i]);
	}
	app_finish(&b->app);
	world_finish(&b->feed);
	events_finish(&b->log);
	effects_finish(&b->fx);
	free(b);
	return 0;
}
