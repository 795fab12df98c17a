/*
 * Messages of the log, for all of one kind who are at the same place. Those who follow are told the
 * same at once; those who come back together are soon some pieces apart, and each piece takes much
 * longer to read than to send.
 */
#include "private.h"

static bool is_for(const struct composed *message, enum session_kind kind, int64_t after) {
	return message->out.len > 0 && message->kind == kind && message->after == after;
}

/* Is it still what would be read now? */
static bool holds(const struct feed *feed, const struct composed *message) {
	return message->forgotten == writer_forgotten(feed->writer) &&
	       (message->full || message->shown == feed->shown);
}

struct composed *composed_find(struct feed *feed, enum session_kind kind, int64_t after) {
	struct composed_all *all = &feed->composed;
	if (is_for(&all->newest[kind], kind, after) && holds(feed, &all->newest[kind])) {
		return &all->newest[kind];
	}
	for (size_t i = 0; i < COMPOSED_BEHIND; i++) {
		if (is_for(&all->behind[i], kind, after) && holds(feed, &all->behind[i])) {
			all->asked = true;
			return &all->behind[i];
		}
	}
	return NULL;
}

struct buf composed_room(struct feed *feed) {
	struct buf room = feed->composed.room;
	feed->composed.room = (struct buf){0};
	return room;
}

void composed_spare(struct feed *feed, struct buf *room) {
	buf_finish(&feed->composed.room);
	feed->composed.room = *room;
	*room = (struct buf){0};
	buf_clear(&feed->composed.room);
}

void composed_keep(struct feed *feed, const struct composed *message) {
	struct composed_all *all = &feed->composed;
	struct composed *to = &all->newest[message->kind];
	if (message->full) {
		to = &all->behind[all->oldest];
		all->oldest = (all->oldest + 1) % COMPOSED_BEHIND;
		all->asked = true;
	}
	composed_spare(feed, &to->out);
	*to = *message;
}

static void drop_behind(struct composed_all *all) {
	for (size_t i = 0; i < COMPOSED_BEHIND; i++) {
		buf_finish(&all->behind[i].out);
	}
	buf_finish(&all->room);
}

void composed_look(struct feed *feed) {
	if (!feed->composed.asked) {
		drop_behind(&feed->composed);
	}
	feed->composed.asked = false;
}

void composed_drop(struct feed *feed) {
	for (size_t i = 0; i < SESSION_KIND_COUNT; i++) {
		buf_finish(&feed->composed.newest[i].out);
	}
	drop_behind(&feed->composed);
}
