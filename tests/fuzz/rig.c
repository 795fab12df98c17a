#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#define LINK_TRIES 6 /* to settle; one is nearly always enough */

static unsigned ids;

/* Ids by counting, so that the same input does the same. */
static void make_id(char out[UUID_SIZE]) {
	snprintf(out, UUID_SIZE, "40000000-0000-4000-8000-%012u", ++ids);
}

static int64_t wall_ms(const struct rig *rig) {
	return T0 + rig->mono_ms;
}

void rig_init(struct rig *rig) {
	static const char *const themes[] = {"mono", "siaga-dark"};
	memset(rig, 0, sizeof(*rig));
	ids = 0;
	app_set_id_source(make_id);
	app_init(&rig->app);
	app_set_themes(&rig->app, themes, ARRAY_LEN(themes), "mono");
	rig->mono_ms = 1000;
	rig->role = ROLE_OPERATOR;
	city_fill(&rig->world.registry);
	text_copy(rig->feed, sizeof(rig->feed), "f0000000-0000-4000-8000-000000000001");
}

static void forget_way(struct rig *rig) {
	for (size_t i = 0; i < rig->way_len; i++) {
		buf_finish(&rig->way[i]);
	}
	rig->way_len = 0;
}

static void forget_log(struct rig *rig) {
	for (size_t i = 0; i < rig->log_len; i++) {
		buf_finish(&rig->log[i]);
	}
	rig->log_len = 0;
}

void rig_finish(struct rig *rig) {
	forget_way(rig);
	forget_log(rig);
	free(rig->way);
	free(rig->log);
	free(rig->done);
	app_finish(&rig->app);
	effects_finish(&rig->fx);
	world_finish(&rig->world);
	app_set_id_source(uuid_make);
}

/* --- the feed --- */

static struct buf *put_on_way(struct rig *rig) {
	rig->way = mem_resize(rig->way, rig->way_len + 1, sizeof(*rig->way));
	memset(&rig->way[rig->way_len], 0, sizeof(*rig->way));
	return &rig->way[rig->way_len++];
}

static void send_events(struct rig *rig, size_t first, size_t len, bool open) {
	struct buf *out = put_on_way(rig);
	bool more = false;
	buf_add_str(out, open ? WIRE_EVENTS_HEAD_OPEN : WIRE_EVENTS_HEAD);
	for (size_t i = first; i < first + len; i++) {
		struct event event;
		MUST(wire_get_event(&event, rig->log[i].data, rig->log[i].len, NULL));
		const struct incident *inc = world_incident(&rig->world, event.incident);
		if (!open || (inc != NULL && incident_is_open(inc))) {
			buf_add_str(out, more ? "," : "");
			buf_add(out, rig->log[i].data, rig->log[i].len);
			more = true;
		}
		event_finish(&event);
	}
	wire_put_events_tail(out, "");
}

static void take_events(struct rig *rig, struct events *events) {
	size_t first = rig->log_len;
	for (size_t i = 0; i < events->len; i++) {
		struct event *event = &events->items[i];
		event->seq = rig->world.head + 1;
		world_apply(&rig->world, event);
		rig->log = mem_resize(rig->log, rig->log_len + 1, sizeof(*rig->log));
		memset(&rig->log[rig->log_len], 0, sizeof(*rig->log));
		wire_put_event(&rig->log[rig->log_len++], event);
	}
	if (events->len > 0 && rig->up && rig->follows) {
		send_events(rig, first, events->len, false);
	}
}

static bool decide(struct rig *rig, const struct command *cmd, struct refusal *no) {
	struct events events = {0};
	bool ok = is_allowed(cmd);
	if (!ok) {
		*no = (struct refusal){.code = REFUSAL_FORBIDDEN, .message = "not this role's"};
	} else {
		ok = reduce(&rig->world, cmd, &events, no);
	}
	if (ok) {
		take_events(rig, &events);
	}
	events_finish(&events);
	return ok;
}

static bool was_done(struct rig *rig, const char *id) {
	for (size_t i = 0; i < rig->done_len; i++) {
		if (strcmp(rig->done[i], id) == 0) {
			return true;
		}
	}
	rig->done = mem_resize(rig->done, rig->done_len + 1, sizeof(*rig->done));
	text_copy(rig->done[rig->done_len++], UUID_SIZE, id);
	return false;
}

/* What the console sends goes by the wire, and the feed must be able to read it. */
static void hear_console(struct rig *rig, const struct command *cmd) {
	struct buf frame = {0};
	struct client_frame got;
	struct refusal no = {0};
	struct err err;
	wire_put_do(&frame, cmd);
	MUST_OF(wire_get_client_frame(&got, frame.data, frame.len, &err), frame.data);
	MUST(got.type == FRAME_DO && strcmp(got.command.id, cmd->id) == 0);
	got.command.role = rig->role;
	got.command.at_ms = wall_ms(rig);
	text_copy(got.command.by.name, WHO_SIZE, "ayu");
	text_copy(got.command.own_agency, AGENCY_ID_SIZE, rig->role == ROLE_AGENCY ? "damkar" : "");
	if (was_done(rig, cmd->id) || decide(rig, &got.command, &no)) {
		wire_put_done(put_on_way(rig), cmd->id, rig->world.head);
	} else {
		/* Somebody may have been faster, but what is offered is whole, and this role's. A
		 * claim may have become another's to give a reason for. */
		bool whole = no.code != REFUSAL_INVALID && no.code != REFUSAL_FORBIDDEN;
		MUST_OF(whole || rig->lies || rig->odd || cmd->action == ACTION_CLAIM, frame.data);
		wire_put_refused(put_on_way(rig), cmd->id, &no);
	}
	client_frame_finish(&got);
	buf_finish(&frame);
}

static void follow(struct rig *rig, const struct effect *effect) {
	size_t head = rig->log_len;
	rig->follows = true;
	wire_put_registry(put_on_way(rig), &rig->world.registry);
	if (!effect->has_after) {
		send_events(rig, 0, head, true);
	} else if (effect->seq < (int64_t)head) {
		size_t after = effect->seq > 0 ? (size_t)effect->seq : 0;
		send_events(rig, after, head - after, false);
	}
	wire_put_live(put_on_way(rig), rig->world.head, "", 0);
}

/* Whatever the console asks for is an incident of the log, or of one that it has just left. */
static void tell(struct rig *rig, const char *incident) {
	struct buf *out = put_on_way(rig);
	bool more = false;
	MUST(rig->up && uuid_ok(incident));
	buf_add_str(out, WIRE_EVENTS_HEAD_PAST);
	for (size_t i = 0; i < rig->log_len; i++) {
		struct event event;
		MUST(wire_get_event(&event, rig->log[i].data, rig->log[i].len, NULL));
		if (strcmp(event.incident, incident) == 0) {
			buf_add_str(out, more ? "," : "");
			buf_add(out, rig->log[i].data, rig->log[i].len);
			more = true;
		}
		event_finish(&event);
	}
	wire_put_events_tail(out, "");
}

void rig_other(struct rig *rig, struct command *cmd) {
	struct refusal no;
	bool taken = world_incident(&rig->world, cmd->new_incident) != NULL;
	if (cmd->action != ACTION_RAISE || !taken) {
		(void)decide(rig, cmd, &no);
	}
}

void rig_other_log(struct rig *rig) {
	struct registry registry = rig->world.registry;
	memset(&rig->world.registry, 0, sizeof(registry));
	world_finish(&rig->world);
	rig->world.registry = registry;
	forget_log(rig);
	rig->feed[35] = (char)('0' + (rig->feed[35] - '0' + 1) % 10);
}

void rig_presence(struct rig *rig, struct bytes *in) {
	struct presence who[3] = {0};
	struct desk_state desks[2] = {{"damkar", DESK_ONLINE}, {"psc119", DESK_OFFLINE}};
	size_t len = take_below(in, 4);
	for (size_t i = 0; i < len; i++) {
		snprintf(who[i].name, WHO_SIZE, "%s", i == 0 ? "ayu" : i == 1 ? "budi" : "citra");
		text_copy(who[i].open, UUID_SIZE, city_id((int)take_below(in, 10) + 1));
	}
	desks[0].desk = (enum desk)take_below(in, DESK_COUNT);
	wire_put_presence(put_on_way(rig), who, len, desks, ARRAY_LEN(desks));
}

void rig_beat(struct rig *rig) {
	wire_put_beat(put_on_way(rig), rig->world.head, wall_ms(rig), TROUBLE_NONE);
}

/* --- the console --- */

static void check_send(const struct rig *rig, const struct effect *effect) {
	const struct command *cmd = effect->command;
	MUST(cmd != NULL && uuid_ok(cmd->id));
	MUST(effect->type != EFFECT_SEND || rig->app.link == APP_LINK_LIVE);
	MUST(!action_changes_state(cmd->action) || (cmd->has & HAS_IF_REV) != 0);
	MUST(cmd->note == NULL || is_clean(cmd->note, NOTE_MAX + 1));
}

static void run_effect(struct rig *rig, const struct effect *effect) {
	switch (effect->type) {
	case EFFECT_FOLLOW:
		MUST(rig->up);
		follow(rig, effect);
		break;
	case EFFECT_SEND:
		check_send(rig, effect);
		if (rig->up) {
			hear_console(rig, effect->command);
		}
		break;
	case EFFECT_HOLD: check_send(rig, effect); break;
	case EFFECT_OUTBOX: rig->look = true; break;
	case EFFECT_RECONNECT: rig->drop_link = true; break;
	case EFFECT_BELL: MUST(rig->app.link == APP_LINK_LIVE); break;
	case EFFECT_LOOK: MUST(effect->id[0] == '\0' || uuid_ok(effect->id)); break;
	case EFFECT_TELL: tell(rig, effect->id); break;
	case EFFECT_NOTIFY:
	case EFFECT_CAMERA:
	case EFFECT_THEME:
	case EFFECT_HISTORY: MUST(is_clean(effect->text, sizeof(effect->text))); break;
	case EFFECT_STORE:
	case EFFECT_SET_ASIDE:
	case EFFECT_FORGET:
	case EFFECT_GOT:
	case EFFECT_OLD:
	case EFFECT_REDRAW:
	case EFFECT_TRAINING:
	case EFFECT_QUIT:
	case EFFECT_TYPE_COUNT: break;
	}
}

/* Was this command asked for by the event that was just applied, and not before? */
static bool is_among(const char (*known)[UUID_SIZE], size_t len, const char *id) {
	for (size_t i = 0; i < len; i++) {
		if (strcmp(known[i], id) == 0) {
			return true;
		}
	}
	return false;
}

/* Nothing is dispatched but by y on a strip that was seen; Esc and Enter outside of a text send
 * nothing at all. */
static void check_key(const struct rig *rig, const struct modal *before, uint32_t key,
	const char (*known)[UUID_SIZE], size_t known_len) {
	for (size_t i = 0; i < rig->fx.len; i++) {
		const struct effect *effect = &rig->fx.items[i];
		if ((effect->type != EFFECT_SEND && effect->type != EFFECT_HOLD) ||
			is_among(known, known_len, effect->command->id)) {
			continue;
		}
		MUST(key != KEY_CODE_ESCAPE && key != KEY_CODE_CTRL('C'));
		MUST(key != KEY_CODE_ENTER || modal_is_text(before->type));
		if (effect->command->action == ACTION_DISPATCH) {
			MUST(key == 'y' && before->type == MODAL_ARM && before->drawn);
			MUST(strcmp(before->targets[0].incident, effect->command->incident) == 0);
		}
	}
}

void rig_apply(struct rig *rig, struct app_event event) {
	struct modal before = rig->app.modal;
	size_t known_len = rig->app.pending_len;
	char(*known)[UUID_SIZE] = mem_alloc(known_len + 1, sizeof(*known));
	for (size_t i = 0; i < known_len; i++) {
		text_copy(known[i], UUID_SIZE, rig->app.pending[i]->command.id);
	}
	event.mono_ms = rig->mono_ms;
	event.wall_ms = wall_ms(rig);
	rig->fx.len = 0;
	app_apply(&rig->app, &event, &rig->fx);
	if (event.type == APP_KEY) {
		check_key(rig, &before, event.key, (const char(*)[UUID_SIZE])known, known_len);
	}
	free(known);
	for (size_t i = 0; i < rig->fx.len; i++) {
		run_effect(rig, &rig->fx.items[i]);
	}
	rig_check(rig);
	if (rig->look) {
		rig->look = false;
		rig_apply(rig, (struct app_event){.type = APP_OUTBOX_READ});
	}
	if (rig->drop_link) {
		rig->drop_link = false;
		rig_down(rig);
	}
}

void rig_key(struct rig *rig, uint32_t key) {
	rig->mono_ms += 20;
	rig_apply(rig, (struct app_event){.type = APP_KEY, .key = key});
}

void rig_type(struct rig *rig, const char *text) {
	uint32_t code;
	size_t used;
	while ((used = text_next(text, &code, NULL)) > 0) {
		rig_key(rig, code);
		text += used;
	}
}

void rig_pass(struct rig *rig, int64_t ms) {
	rig->mono_ms += ms;
	rig_apply(rig, (struct app_event){.type = APP_TICK});
}

void rig_up(struct rig *rig, enum role role) {
	if (rig->up) {
		rig_down(rig);
	}
	rig->up = true;
	/* What one role has left in the outbox, another may not be allowed to ask for. */
	rig->odd |= rig->app.role != ROLE_NONE && rig->app.role != role;
	rig->role = role;
	rig_apply(rig, (struct app_event){.type = APP_LINK_UP});
	wire_put_welcome(put_on_way(rig), rig->feed, rig->world.head, wall_ms(rig), "ayu", role,
		role == ROLE_AGENCY ? "damkar" : "", 10000, MODE_ACTUAL);
}

void rig_down(struct rig *rig) {
	forget_way(rig);
	rig->up = rig->follows = false;
	rig_apply(rig, (struct app_event){.type = APP_LINK_DOWN, .text = "gone", .retry_ms = 500});
}

static void hear_presence(const struct server_frame *frame, struct app_event *event) {
	struct desk_now *desks = mem_alloc(frame->desks_len + 1, sizeof(*desks));
	struct viewer *viewers = mem_alloc(frame->who_len + 1, sizeof(*viewers));
	for (size_t i = 0; i < frame->who_len; i++) {
		text_copy(viewers[i].who.name, WHO_SIZE, frame->who[i].name);
		text_copy(viewers[i].who.position, WHO_SIZE, frame->who[i].position);
		text_copy(viewers[i].open, UUID_SIZE, frame->who[i].open);
	}
	for (size_t i = 0; i < frame->desks_len; i++) {
		text_copy(desks[i].agency, AGENCY_ID_SIZE, frame->desks[i].agency);
		desks[i].desk = frame->desks[i].desk;
	}
	event->desks = desks;
	event->desks_len = frame->desks_len;
	event->viewers = viewers;
	event->viewers_len = frame->who_len;
}

/* As the console's runtime does it. */
static void hear_frame(struct rig *rig, struct server_frame *frame) {
	static const enum app_event_type types[] = {
		[FRAME_WELCOME] = APP_WELCOME,
		[FRAME_REGISTRY] = APP_REGISTRY,
		[FRAME_EVENTS] = APP_EVENTS,
		[FRAME_LIVE] = APP_CAUGHT_UP,
		[FRAME_DONE] = APP_DONE,
		[FRAME_REFUSED] = APP_REFUSED,
		[FRAME_PRESENCE] = APP_PRESENCE,
		[FRAME_BYE] = APP_BYE,
		[FRAME_BEAT] = APP_BEAT,
		[FRAME_DIVERGED] = APP_DIVERGED,
		[FRAME_TRAINING] = APP_TRAINING,
	};
	struct training training = {.on = true,
		.at_ms = frame->training.at_ms,
		.end_ms = frame->training.end_ms,
		.speed_percent = frame->training.speed_percent,
		.paused = frame->training.paused,
		.over = frame->training.over};
	struct app_event event = {.type = types[frame->type],
		.training = &training,
		.head = frame->head,
		.feed_now_ms = frame->now_ms,
		.beat_ms = frame->beat_ms,
		.name = frame->name,
		.agency = frame->agency,
		.role = frame->role,
		.mode = frame->mode,
		.registry = &frame->registry,
		.events = frame->events.items,
		.events_len = frame->events.len,
		.open_only = frame->open_only,
		.mark = frame->mark,
		.id = frame->id,
		.seq = frame->seq,
		.refusal = &frame->refusal,
		.text = frame->reason};
	text_copy(event.feed, sizeof(event.feed), frame->feed);
	text_copy(training.said, sizeof(training.said), frame->training.said);
	if (frame->type == FRAME_PRESENCE) {
		hear_presence(frame, &event);
	}
	rig_apply(rig, event);
	free((void *)(uintptr_t)event.desks);
	free((void *)(uintptr_t)event.viewers);
}

void rig_hear(struct rig *rig, const char *json, size_t len) {
	struct server_frame frame;
	struct err err = {0};
	if (!rig->up) {
		return;
	}
	rig_apply(rig, (struct app_event){.type = APP_PROOF});
	if (!wire_get_server_frame(&frame, json, len, &err)) {
		rig_apply(rig, (struct app_event){.type = APP_BAD_MESSAGE, .text = err.text});
		return;
	}
	hear_frame(rig, &frame);
	server_frame_finish(&frame);
}

void rig_deliver(struct rig *rig, size_t frames) {
	for (size_t i = 0; i < frames && rig->way_len > 0; i++) {
		struct buf first = rig->way[0];
		rig->way_len--;
		memmove(rig->way, rig->way + 1, rig->way_len * sizeof(*rig->way));
		rig_hear(rig, first.data, first.len);
		buf_finish(&first);
	}
}

/* --- what must hold --- */

static void check_rows(const struct app *app) {
	for (size_t i = 0; i < app->rows_len; i++) {
		MUST(uuid_ok(app->rows[i]));
		for (size_t j = 0; j < i && j < 8; j++) {
			MUST(strcmp(app->rows[i], app->rows[j]) != 0);
		}
	}
	MUST(app->rows_len == 0 || app->selected[0] != '\0');
	MUST(app->marks_len <= APP_MARKS_MAX);
}

static void check_near(const struct app *app) {
	const struct registry *reg = &app->world.registry;
	MUST(app->near_len <= APP_NEAR_MAX && app->near_pick <= app->near_len);
	for (size_t i = 0; i < app->near_len; i++) {
		MUST(app->near[i].camera >= reg->cameras &&
			app->near[i].camera < reg->cameras + reg->cameras_len);
	}
}

static void check_modal(const struct app *app) {
	const struct modal *modal = &app->modal;
	MUST((unsigned)modal->type < MODAL_COUNT);
	MUST(modal->text_len < sizeof(modal->text) && modal->text[modal->text_len] == '\0');
	MUST(is_clean(modal->text, sizeof(modal->text)));
	MUST(modal->targets_len <= APP_MARKS_MAX && modal->agencies_len <= PLAN_AGENCIES_MAX);
	/* A strip says what it does and to whom. */
	MUST(!modal_is_strip(modal->type) || modal->targets_len > 0);
	MUST(modal->type != MODAL_ARM || modal->agencies_len > 0);
}

static void check_said(const struct app *app) {
	MUST_OF(is_clean(app->notice.text, sizeof(app->notice.text)), app->notice.text);
	MUST(app->log_len <= APP_LOG_MAX && app->lines_len <= APP_LINES_MAX);
	if (app->log_len > 0) {
		const struct app_log_line *line = &app->log[app->log_len - 1];
		MUST(is_clean(line->text, sizeof(line->text)));
		MUST(is_clean(line->by, sizeof(line->by)));
	}
	if (app->lines_len > 0) {
		MUST(is_clean(app->lines[app->lines_len - 1], APP_TEXT_MAX));
	}
}

static void check_pending(const struct app *app) {
	for (size_t i = 0; i < app->pending_len; i++) {
		for (size_t j = 0; j < i; j++) {
			MUST(strcmp(app->pending[i]->command.id, app->pending[j]->command.id) != 0);
		}
	}
}

void rig_check(const struct rig *rig) {
	const struct app *app = &rig->app;
	MUST((unsigned)app->link < APP_LINK_COUNT && (unsigned)app->focus < PANE_COUNT);
	MUST((unsigned)app->tab < PANE_COUNT && (unsigned)app->role < ROLE_COUNT);
	check_rows(app);
	check_near(app);
	check_modal(app);
	check_said(app);
	check_pending(app);
	/* Old data never looks like new. */
	MUST(app->link != APP_LINK_LIVE || (app->has_data && !app->cached));
	MUST(rig->lies || app->bad_messages == 0);
	if (app->history.len > 0) {
		MUST(app->history.at < app->history.len);
	}
}

void rig_settle(struct rig *rig) {
	struct buf feed = {0}, console = {0};
	for (int i = 0; i < LINK_TRIES; i++) {
		if (!rig->up || !app_hears(&rig->app)) {
			rig->mono_ms += 1000;
			rig_up(rig, rig->role);
		}
		rig_beat(rig);
		rig_deliver(rig, SIZE_MAX);
		rig_pass(rig, 1000);
		rig_deliver(rig, SIZE_MAX);
		if (rig->up && rig->app.link == APP_LINK_LIVE && rig->way_len == 0) {
			break;
		}
	}
	MUST(rig->app.link == APP_LINK_LIVE);
	dump_world(&feed, &rig->world, true);
	dump_world(&console, &rig->app.world, true);
	MUST_OF(strcmp(feed.data, console.data) == 0, feed.data);
	/* Each alarm that nobody took is on the screen. */
	for (const struct incident *inc = rig->world.incidents;
		inc != NULL && !app_is_frozen(&rig->app); inc = inc->hh.next) {
		bool shown = inc->state != INCIDENT_NEW || !app_is_ours(&rig->app, inc);
		for (size_t i = 0; i < rig->app.rows_len && !shown; i++) {
			shown = strcmp(rig->app.rows[i], inc->id) == 0;
		}
		MUST_OF(shown, inc->id);
	}
	buf_finish(&feed);
	buf_finish(&console);
}
