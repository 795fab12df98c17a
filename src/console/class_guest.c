/* Consoles that join a class: who they are, what they are sent, what they tell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "class_private.h"

#define JOIN_MS 10000 /* for them to say who they are */
#define ROOM_MS 15000 /* of the class's time that may be taken at once, see class_cost_ms() */
#define NOTE_MS 25

void class_guest_end(struct guest *g, enum class_end why) {
	struct buf frame = {0};
	wire_put_class_bye(&frame, why);
	visitor_send(g->visitor, &frame);
	visitor_close(g->visitor, why == CLASS_OVER ? DOOR_CLOSE_GONE : DOOR_CLOSE_BAD,
		class_end_name(why));
}

/* --- what they are sent --- */

static void send_lesson(struct guest *g) {
	const struct class *class = g->class;
	struct buf frame = {0};
	struct class_frame lesson = {.version = CLASS_VERSION,
		.size = (int64_t) class->text.len,
		.speed_percent = class->speed_percent,
		.paused = class->paused};
	snprintf(lesson.seed, sizeof(lesson.seed), "%llu", (unsigned long long)class->lesson.seed);
	text_copy(lesson.sum, sizeof(lesson.sum), class->sum);
	wire_put_lesson(&frame, &lesson);
	visitor_send(g->visitor, &frame);
}

/* How much of their tape is here: they go on from there. */
static void send_had(struct guest *g) {
	const struct pupil *p = g->pupil;
	bool anew = p->made == 0;
	struct buf frame = {0};
	wire_put_had(&frame, p->made, anew ? 0 : (int64_t)p->tape.len, anew ? 0 : p->now_ms);
	visitor_send(g->visitor, &frame);
}

static void send_part(struct guest *g) {
	const struct buf *text = &g->class->text;
	struct buf part = {0}, frame = {0};
	size_t len = class_part(text->data + g->text_sent, text->len - g->text_sent);
	buf_add(&part, text->data + g->text_sent, len);
	wire_put_part(&frame, (int64_t)g->text_sent, part.data);
	buf_finish(&part);
	g->text_sent += len;
	g->wants_text = g->text_sent < text->len;
	visitor_send(g->visitor, &frame);
}

static void send_past(struct guest *g) {
	const struct pupil *p = g->pupil;
	struct buf frame = {0}, entries = {0};
	size_t next = tape_put(&p->tape, g->past_sent, INT64_MAX, &entries);
	bool last = next == p->tape.len;
	wire_put_past(&frame, p->now_ms, last);
	buf_add(&frame, entries.data, entries.len);
	buf_add_str(&frame, CLASS_TAPE_TAIL);
	buf_finish(&entries);
	g->past_sent = next;
	g->wants_past = !last;
	visitor_send(g->visitor, &frame);
	if (last) {
		send_had(g);
	}
}

/* A piece at a time, so that a long scenario waits here and not in memory once for each. */
static void on_idle(void *own) {
	struct guest *g = own;
	if (g->wants_text) {
		send_part(g);
	} else if (g->wants_past) {
		send_past(g);
	}
}

/* --- who they are --- */

static struct pupil *find(const struct class *class, const char *name) {
	for (size_t i = 0; i < class->pupils_len; i++) {
		if (strcmp(class->pupils[i]->who.name, name) == 0) {
			return class->pupils[i];
		}
	}
	return NULL;
}

/* Somebody who came and went without having done anything makes room. */
static bool make_room(struct class *class) {
	for (size_t i = 0; i < class->pupils_len; i++) {
		struct pupil *p = class->pupils[i];
		if (p->link == NULL && p->tape.len == 0) {
			class->watched = class->watched == p ? class->nobody : class->watched;
			trainer_look(class->trainer);
			pupil_destroy(p);
			/* The others keep their order, and with it the names of their files. */
			class->pupils_len--;
			memmove(&class->pupils[i], &class->pupils[i + 1],
				(class->pupils_len - i) * sizeof(class->pupils[0]));
			return true;
		}
	}
	return false;
}

static struct pupil *add(
	struct class *class, const struct trainee_frame *join, enum class_end *why) {
	struct who who;
	text_copy(who.name, sizeof(who.name), join->name);
	text_copy(who.position, sizeof(who.position), join->position);
	*why = CLASS_FULL;
	if (class->pupils_len == TRAINING_CLASS_MAX && !make_room(class)) {
		return NULL;
	}
	struct pupil *p = pupil_create(&class->lesson, &who, join->english, NULL);
	if (p != NULL) {
		p->room_ms = ROOM_MS;
		p->room_at_ms = clock_mono_ms();
		class->pupils[class->pupils_len++] = p;
	}
	return p;
}

/* They have the name, or get it; NULL: *why says why not. */
static struct pupil *take_place(
	struct class *class, const struct trainee_frame *join, enum class_end *why) {
	struct pupil *p = find(class, join->name);
	struct guest *there = p != NULL ? p->link : NULL;
	bool same = p != NULL && strcmp(p->process, join->run) == 0;
	if (there != NULL && !same) {
		*why = CLASS_TAKEN;
		return NULL;
	}
	if (there != NULL) {
		/* A link that broke for them, and is still thought to be there. */
		there->pupil = NULL;
		p->link = NULL;
		class_guest_end(there, CLASS_OVER);
	}
	p = p != NULL ? p : add(class, join, why);
	if (p != NULL && !same) {
		text_copy(p->process, sizeof(p->process), join->run);
		text_copy(p->who.position, sizeof(p->who.position), join->position);
		p->english = join->english;
		p->made = 0;
	}
	return p;
}

static void join(struct guest *g, const struct trainee_frame *join) {
	struct class *class = g->class;
	enum class_end why = CLASS_VERSION_OTHER;
	struct pupil *p = join->version == CLASS_VERSION ? take_place(class, join, &why) : NULL;
	if (p == NULL) {
		class_say("%s: %s", join->name, class_end_name(why));
		class_guest_end(g, why);
		return;
	}
	g->pupil = p;
	p->link = g;
	class->watched = class->watched == class->nobody ? p : class->watched;
	class_say(_("%s is there"), p->who.name);
	send_lesson(g);
	if (join->has) {
		send_had(g);
	} else {
		g->wants_text = class->text.len > 0;
		g->wants_past = true;
	}
}

/* --- what they tell --- */

/* Whoever sends more than a console ever does would keep the others from being heard. */
static bool bears(struct pupil *p, int64_t cost_ms) {
	int64_t now_ms = clock_mono_ms();
	int64_t room_ms = p->room_ms + now_ms - p->room_at_ms;
	p->room_ms = (room_ms < ROOM_MS ? room_ms : ROOM_MS) - cost_ms;
	p->room_at_ms = now_ms;
	/* A debt is soon forgotten: theirs is not the only name. */
	p->room_ms = p->room_ms > -ROOM_MS ? p->room_ms : -ROOM_MS;
	return p->room_ms >= 0;
}

static void tell(struct guest *g, const struct trainee_frame *tape) {
	struct pupil *p = g->pupil;
	enum class_end why = CLASS_TOO_MUCH;
	bool over = run_is_over(p->run), anew = tape->made != p->made;
	int64_t span_ms = tape->at_ms - (anew ? 0 : p->now_ms);
	/* More than a frame may tell is refused before it costs anything. */
	span_ms = span_ms < 0 ? 0 : span_ms > CLASS_SPAN_MS ? CLASS_SPAN_MS : span_ms;
	if (!bears(p, class_cost_ms(span_ms, tape->entries_len, anew)) ||
		!pupil_take(p, tape, &why)) {
		class_say("%s: %s", p->who.name, class_end_name(why));
		class_guest_end(g, why);
		return;
	}
	if (run_is_over(p->run) && !over) {
		int64_t points, possible;
		run_points(p->run, &points, &possible);
		class_say(_("%s has come to the end, %lld of %lld points"), p->who.name,
			(long long)points, (long long)possible);
	}
	send_had(g);
}

static void on_message(void *own, const char *text, size_t len) {
	struct guest *g = own;
	struct trainee_frame frame;
	struct err err = {{0}};
	char note[200];
	bool ok = wire_get_trainee_frame(&frame, text, len, &err);
	bool begun = g->pupil != NULL && !g->wants_text && !g->wants_past;
	if (!ok || (frame.type == TRAINEE_JOIN) != (g->pupil == NULL) ||
		(frame.type == TRAINEE_TAPE && !begun)) {
		class_guest_end(g, CLASS_BAD);
	} else if (frame.type == TRAINEE_JOIN) {
		join(g, &frame);
	} else if (frame.type == TRAINEE_TAPE) {
		tell(g, &frame);
	} else if (frame.type == TRAINEE_NOTE && bears(g->pupil, NOTE_MS)) {
		snprintf(note, sizeof(note), "%s: %.*s", g->pupil->who.name, 140, frame.text);
		trainer_tell(g->class->trainer, note);
	}
	if (ok) {
		trainee_frame_finish(&frame);
	}
}

/* --- who is there --- */

static void *on_enter(void *data, struct visitor *visitor) {
	struct class *class = data;
	struct guest *g = mem_alloc(1, sizeof(*g));
	g->class = class;
	g->visitor = visitor;
	g->came_ms = clock_mono_ms();
	g->next = class->guests;
	class->guests = g;
	return g;
}

static void on_leave(void *own) {
	struct err err = {{0}};
	struct guest *g = own, **place = &g->class->guests;
	while (*place != g) {
		place = &(*place)->next;
	}
	*place = g->next;
	if (g->pupil != NULL) {
		g->pupil->link = NULL;
		pupil_leave(g->pupil);
		/* Whoever reads that they are gone finds their score. */
		bool kept = class_keep_score(g->class, g->pupil, &err);
		class_say(_("%s is gone"), g->pupil->who.name);
		if (!kept) {
			class_say("%s", err.text);
		}
	}
	free(g);
}

void class_guest_look(struct class *class) {
	struct guest *next;
	for (struct guest *g = class->guests; g != NULL; g = next) {
		next = g->next;
		if (g->pupil == NULL && clock_mono_ms() - g->came_ms > JOIN_MS) {
			visitor_close(g->visitor, DOOR_CLOSE_BAD, "silent");
		}
	}
}

struct door_key class_guest_key(struct class *class, const char *token_file) {
	return (struct door_key){.token_file = token_file,
		.on_enter = on_enter,
		.on_message = on_message,
		.on_idle = on_idle,
		.on_leave = on_leave,
		.data = class};
}
