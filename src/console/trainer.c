#include "trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/base/uuid.h>
#include <siaga/wire/wire.h>

#define EVENTS_MAX     200 /* in one frame */
#define BEAT_MS        5000
#define KIND_TEXT_SIZE 16

/* A console that follows. */
struct follower {
	struct trainer *trainer;
	struct visitor *visitor;
	bool following;
	int64_t cursor;
	struct follower *next;
};

struct trainer {
	struct trainer_config cfg;
	struct loop_timer *beat;
	struct follower *followers;
	char feed[UUID_SIZE]; /* of what they follow: each start, seek and trainee makes another */
	struct subject was;   /* when that was made; only whose and made are looked at */
	struct training_frame told;
	struct training_alarm *palette; /* owned: all that the scenario has */
	size_t palette_len;
	char selected[UUID_SIZE];
};

static struct subject subject_of(const struct trainer *t) {
	struct subject now = {0};
	t->cfg.get_subject(t->cfg.data, &now);
	return now;
}

/* --- frames --- */

static void send_welcome(struct follower *f) {
	const struct trainer *t = f->trainer;
	struct subject now = subject_of(t);
	struct buf frame = {0};
	wire_put_welcome(&frame, t->feed, sim_head(run_sim(now.run)), PLAY_WALL_MS + now.now_ms,
		"pelatih", ROLE_TRAINER, "", BEAT_MS, t->cfg.mode);
	visitor_send(f->visitor, &frame);
}

static void send_registry(struct follower *f) {
	struct subject now = subject_of(f->trainer);
	struct buf frame = {0};
	wire_put_registry(&frame, &sim_get_world(run_sim(now.run))->registry);
	visitor_send(f->visitor, &frame);
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
		visitor_send(f->visitor, &frame);
	}
}

static void send_presence(struct follower *f) {
	struct subject now = subject_of(f->trainer);
	size_t most = sim_get_world(run_sim(now.run))->registry.agencies_len;
	struct desk_state *desks = mem_alloc(most + 1, sizeof(*desks));
	struct presence who = {{0}, {0}, {0}};
	struct buf frame = {0};
	size_t len = sim_desks(run_sim(now.run), desks);
	text_copy(who.name, sizeof(who.name), now.who->name);
	text_copy(who.position, sizeof(who.position), now.who->position);
	text_copy(who.open, sizeof(who.open), now.selected);
	wire_put_presence(&frame, &who, 1, desks, len);
	visitor_send(f->visitor, &frame);
	free(desks);
}

static void send_beat(struct follower *f) {
	struct subject now = subject_of(f->trainer);
	struct buf frame = {0};
	wire_put_beat(&frame, sim_head(run_sim(now.run)), PLAY_WALL_MS + now.now_ms, TROUBLE_NONE);
	visitor_send(f->visitor, &frame);
}

static void send_training(struct follower *f, const struct training_frame *training) {
	struct buf frame = {0};
	wire_put_training(&frame, training);
	visitor_send(f->visitor, &frame);
}

/* --- how it stands --- */

static struct training_frame compose(const struct trainer *t) {
	struct subject subject = subject_of(t);
	struct training_frame now = {.at_ms = subject.now_ms,
		.end_ms = run_end_ms(subject.run),
		.speed_percent = subject.speed_percent,
		.paused = subject.paused,
		.watched = subject.watched,
		.over = run_is_over(subject.run)};
	size_t count;
	text_copy(now.said, sizeof(now.said), run_said(subject.run, &count));
	text_copy(now.trainee, sizeof(now.trainee), subject.who->name);
	run_points(subject.run, &now.points, &now.possible);
	for (size_t i = 0; i < t->palette_len && now.alarms_len < TRAINING_ALARMS_MAX; i++) {
		if (run_find(subject.run, t->palette[i].key) == NULL) {
			now.alarms[now.alarms_len++] = t->palette[i];
		}
	}
	if (t->cfg.fill_class != NULL) {
		t->cfg.fill_class(t->cfg.data, &now);
	}
	return now;
}

static bool trainee_differs(const struct training_trainee *a, const struct training_trainee *b) {
	return a->at_ms / 1000 != b->at_ms / 1000 || a->points != b->points ||
	       a->possible != b->possible || a->fresh != b->fresh || a->open != b->open ||
	       a->linked != b->linked || a->paused != b->paused || a->over != b->over ||
	       strcmp(a->name, b->name) != 0;
}

static bool class_differs(const struct training_frame *a, const struct training_frame *b) {
	bool differs = a->trainees_len != b->trainees_len;
	for (size_t i = 0; i < a->trainees_len && !differs; i++) {
		differs = trainee_differs(&a->trainees[i], &b->trainees[i]);
	}
	return differs;
}

/* Is it worth telling? The time alone is once in a second. */
static bool differs(const struct training_frame *a, const struct training_frame *b) {
	return a->at_ms / 1000 != b->at_ms / 1000 || a->speed_percent != b->speed_percent ||
	       a->paused != b->paused || a->watched != b->watched || a->over != b->over ||
	       a->points != b->points || a->possible != b->possible ||
	       strcmp(a->said, b->said) != 0 || class_differs(a, b);
}

static void send_new(struct follower *f) {
	struct sim *sim = run_sim(subject_of(f->trainer).run);
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

/* The moment was made anew, or another trainee is looked at: what they follow is gone. They come
 * back by themselves. */
static void send_away(struct trainer *t) {
	for (struct follower *f = t->followers; f != NULL; f = f->next) {
		struct buf frame = {0};
		wire_put_bye(&frame, "the training is at another moment");
		visitor_send(f->visitor, &frame);
		visitor_close(f->visitor, DOOR_CLOSE_MOVED, "another moment");
		f->following = false;
	}
}

void trainer_look(struct trainer *t) {
	struct subject subject = subject_of(t);
	struct training_frame now = compose(t);
	bool tell = differs(&now, &t->told);
	bool moved = strcmp(t->selected, subject.selected) != 0;
	if (t->was.whose != subject.whose || t->was.made != subject.made) {
		t->was = subject;
		uuid_make(t->feed);
		send_away(t);
	}
	text_copy(t->selected, sizeof(t->selected), subject.selected);
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
	struct sim *sim = run_sim(subject_of(f->trainer).run);
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
	visitor_send(f->visitor, &frame);
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
	if (!t->cfg.on_asked(t->cfg.data, train, &err)) {
		send_note(f, err.text);
	}
	trainer_look(t);
}

void trainer_tell(struct trainer *t, const char *text) {
	for (struct follower *f = t->followers; f != NULL; f = f->next) {
		if (f->following) {
			send_note(f, text);
		}
	}
}

/* A trainer looks and asks; the trainee alone acts. */
static void refuse(struct follower *f, const char *id) {
	struct refusal no = {.code = REFUSAL_FORBIDDEN};
	struct buf frame = {0};
	text_copy(no.message, sizeof(no.message), "action: not for your role");
	wire_put_refused(&frame, id, &no);
	visitor_send(f->visitor, &frame);
}

static void on_message(void *own, const char *text, size_t len) {
	struct follower *f = own;
	struct client_frame frame;
	struct err err = {{0}};
	if (!wire_get_client_frame(&frame, text, len, &err)) {
		if (visitor_bears(f->visitor)) {
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

/* --- who is there --- */

static void *on_enter(void *data, struct visitor *visitor) {
	struct trainer *t = data;
	struct follower *f = mem_alloc(1, sizeof(*f));
	f->trainer = t;
	f->visitor = visitor;
	f->next = t->followers;
	t->followers = f;
	send_welcome(f);
	return f;
}

static void on_leave(void *own) {
	struct follower *f = own, **place = &f->trainer->followers;
	while (*place != f) {
		place = &(*place)->next;
	}
	*place = f->next;
	free(f);
}

struct door_key trainer_key(struct trainer *t, const char *token_file) {
	return (struct door_key){.token_file = token_file,
		.on_enter = on_enter,
		.on_message = on_message,
		.on_leave = on_leave,
		.data = t};
}

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
	const struct scenario *sc = t->cfg.scenario;
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

struct trainer *trainer_create(struct loop *loop, const struct trainer_config *cfg) {
	struct trainer *t = mem_alloc(1, sizeof(*t));
	t->cfg = *cfg;
	t->was = subject_of(t);
	uuid_make(t->feed);
	fill_palette(t);
	t->beat = loop_timer_create(loop, on_beat, t);
	loop_timer_set(t->beat, BEAT_MS);
	return t;
}

void trainer_destroy(struct trainer *t) {
	if (t == NULL) {
		return;
	}
	loop_timer_destroy(t->beat);
	free(t->palette);
	free(t);
}
