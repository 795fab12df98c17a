/* One event of the log, as the cache and the feed keep it. */
#include <stdlib.h>
#include <string.h>

#include <siaga/wire/wire.h>

#include "fuzz.h"

static void check_texts(const struct event *event) {
	const struct alarm *alarm = &event->alarm;
	MUST(is_clean(event->by.name, sizeof(event->by.name)));
	MUST(is_clean(event->by.position, sizeof(event->by.position)));
	MUST(is_clean(event->place, sizeof(event->place)));
	MUST(is_clean(alarm->caller_name, sizeof(alarm->caller_name)));
	MUST(is_clean(alarm->caller_phone, sizeof(alarm->caller_phone)));
	MUST(is_clean(alarm->source, sizeof(alarm->source)));
	MUST(is_clean(alarm->place, sizeof(alarm->place)));
	MUST(event->note == NULL || is_clean(event->note, NOTE_MAX + 1));
	MUST(alarm->note == NULL || is_clean(alarm->note, NOTE_MAX + 1));
}

/* What the event says without the persons in it must not say anything of them. */
static void check_forgotten(const struct event *event) {
	struct buf masked = {0}, bare = {0};
	struct event again;
	struct err err;
	wire_put_event_masked(&masked, event, NULL);
	MUST_OF(wire_get_event(&again, masked.data, masked.len, &err), masked.data);
	MUST(strlen(again.alarm.caller_phone) <= strlen("***99"));
	MUST(strlen(again.alarm.caller_name) <= 4 + strlen("***"));
	event_finish(&again);
	wire_put_event_bare(&bare, event);
	MUST_OF(wire_get_event(&again, bare.data, bare.len, &err), bare.data);
	MUST_OF(again.note == NULL && again.alarm.note == NULL, bare.data);
	MUST_OF(again.alarm.caller_name[0] == '\0' && again.alarm.caller_phone[0] == '\0',
		bare.data);
	event_finish(&again);
	buf_finish(&masked);
	buf_finish(&bare);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct event event, again;
	struct buf first = {0}, second = {0};
	struct err err = {0};
	if (!wire_get_event(&event, (const char *)data, size, &err)) {
		MUST(is_message(&err));
		MUST(event.note == NULL && event.alarm.note == NULL && event.seq == 0);
		return 0;
	}
	check_texts(&event);
	wire_put_event(&first, &event);
	MUST_OF(wire_get_event(&again, first.data, first.len, &err), first.data);
	wire_put_event(&second, &again);
	MUST_OF(first.len == second.len && memcmp(first.data, second.data, first.len) == 0,
		first.data);
	check_forgotten(&event);
	event_finish(&event);
	event_finish(&again);
	buf_finish(&first);
	buf_finish(&second);
	return 0;
}
