/* Where what the trainee did is found again: nobody looks at all of it for each thing expected. */
#include <stdlib.h>

#include <siaga/base/text.h>

#include "run_private.h"

static void add_place(struct deed_places *places, size_t at) {
	if (places->len > 0 && places->items[places->len - 1] == at) {
		return;
	}
	if (places->len == places->cap) {
		places->cap = places->cap > 0 ? places->cap * 2 : 4;
		places->items = mem_resize(places->items, places->cap, sizeof(*places->items));
	}
	places->items[places->len++] = at;
}

static void add_about(struct run *run, const char *incident, size_t at) {
	struct deeds_about *about;
	if (incident[0] == '\0') {
		return;
	}
	HASH_FIND_STR(run->about, incident, about);
	if (about == NULL) {
		about = mem_alloc(1, sizeof(*about));
		text_copy(about->incident, sizeof(about->incident), incident);
		HASH_ADD_STR(run->about, incident, about);
	}
	add_place(&about->at, at);
}

void deeds_add(struct run *run) {
	size_t at = run->deeds_len - 1;
	const struct command *cmd = &run->deeds[at].command;
	add_about(run, cmd->incident, at);
	add_about(run, cmd->other, at);
	add_place(&run->by_action[cmd->action], at);
}

struct deed_places deeds_about(const struct run *run, const char *incident) {
	struct deeds_about *about = NULL;
	if (incident[0] != '\0') {
		HASH_FIND_STR(run->about, incident, about);
	}
	return about != NULL ? about->at : (struct deed_places){0};
}

void deeds_finish(struct run *run) {
	struct deeds_about *about, *next;
	HASH_ITER (hh, run->about, about, next) {
		HASH_DEL(run->about, about);
		free(about->at.items);
		free(about);
	}
	for (int action = 0; action < ACTION_COUNT; action++) {
		free(run->by_action[action].items);
	}
}
