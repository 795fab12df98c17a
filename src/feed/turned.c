#include <siaga/feed/turned.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#define MINUTE_MS 60000

static const char *const whats[] = {
	[TURNED_GUESSES] = "requests without a good token",
	[TURNED_ADDRESS_FULL] = "connections over what one address may have",
	[TURNED_ALL_FULL] = "connections over what all may have",
};
static_assert(ARRAY_LEN(whats) == TURNED_WHY_COUNT, "words for every reason");

static struct turned_row *find_row(
	struct turned *turned, enum turned_why why, const char *address) {
	for (size_t i = 0; i < turned->rows_len; i++) {
		if (turned->rows[i].why == why && strcmp(turned->rows[i].address, address) == 0) {
			return &turned->rows[i];
		}
	}
	if (turned->rows_len == TURNED_ROWS_MAX) {
		return NULL;
	}
	struct turned_row *row = &turned->rows[turned->rows_len++];
	*row = (struct turned_row){.why = why};
	text_copy(row->address, sizeof(row->address), address);
	return row;
}

void turned_note(struct turned *turned, enum turned_why why, const char *address, int64_t now_ms,
	turned_say_fn say) {
	char group[ADDRESS_SIZE], line[160];
	address_group(group, address);
	turned_look(turned, now_ms, say);
	if (turned->since_ms == 0) {
		turned->since_ms = now_ms;
		snprintf(line, sizeof(line), "%s: turned away: %s", group, whats[why]);
		say(line);
		return;
	}
	struct turned_row *row = find_row(turned, why, group);
	*(row != NULL ? &row->count : &turned->others) += 1;
}

void turned_look(struct turned *turned, int64_t now_ms, turned_say_fn say) {
	char line[160];
	if (turned->since_ms == 0 || now_ms - turned->since_ms < MINUTE_MS) {
		return;
	}
	for (size_t i = 0; i < turned->rows_len; i++) {
		const struct turned_row *row = &turned->rows[i];
		snprintf(line, sizeof(line), "%s: turned away within a minute: %llu %s",
			row->address, (unsigned long long)row->count, whats[row->why]);
		say(line);
	}
	if (turned->others > 0) {
		snprintf(line, sizeof(line), "other addresses: turned away within a minute: %llu",
			(unsigned long long)turned->others);
		say(line);
	}
	/* While it goes on, what comes next is part of it and not the first. */
	bool went_on = turned->rows_len > 0;
	*turned = (struct turned){.since_ms = went_on ? now_ms : 0};
}
