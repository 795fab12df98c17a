/* What a terminal sends. The first byte says how; then come chunks: a byte of how long, one of how
 * much later, and the bytes. */
#include <stdlib.h>
#include <string.h>

#include <siaga/app/key.h>
#include <siaga/ui/input.h>

#include "fuzz.h"

#define EVENTS_MAX 4096

/* One event in a form that two can be compared in. */
struct seen {
	enum input_type type;
	uint32_t key;
	int a, b, c;
	size_t paste_len;
};

struct list {
	struct seen *items;
	size_t len;
};

static void check_event(const struct input_event *event) {
	switch (event->type) {
	case INPUT_KEY:
		MUST(event->key != 0);
		MUST(event->key < 0xd800 || event->key > 0xdfff);
		MUST(event->key <= 0x10ffff ||
			(event->key > KEY_CODE_SPECIAL && event->key <= KEY_CODE_LAST));
		/* C1 controls are nobody's keys. */
		MUST(event->key < 0x80 || event->key > 0x9f);
		break;
	case INPUT_PASTE:
		MUST(is_clean(event->paste, sizeof(((struct input *)NULL)->clean)));
		break;
	case INPUT_MOUSE: MUST(event->col >= 0 && event->row >= 0); break;
	case INPUT_ANSWER: MUST(event->mode >= 0 && event->value >= 0); break;
	case INPUT_GONE: MUST(false); break;
	}
}

static void drain(struct input *in, int64_t now_ms, struct list *list) {
	struct input_event event = {0};
	while (input_next(in, now_ms, &event)) {
		check_event(&event);
		if (list->len < EVENTS_MAX) {
			list->items[list->len++] = (struct seen){.type = event.type,
				.key = event.key,
				.a = event.type == INPUT_ANSWER ? event.mode : event.col,
				.b = event.type == INPUT_ANSWER ? event.value : event.row,
				.c = event.type == INPUT_MOUSE ? (int)event.button : 0,
				.paste_len = event.type == INPUT_PASTE ? strlen(event.paste) : 0};
		}
		event = (struct input_event){0};
	}
	int64_t wait = input_wait_ms(in, now_ms);
	MUST(wait >= 0 && wait <= INPUT_ESC_DELAY_MS);
	/* A stranger's terminal does not make it grow. */
	MUST(in->paste.len <= INPUT_PASTE_MAX);
}

static void run_chunks(struct input *in, struct bytes bytes, struct list *list) {
	int64_t now_ms = 1000;
	while (bytes.left > 0) {
		size_t len = take_byte(&bytes), got;
		now_ms += (int64_t)take_byte(&bytes) * 10;
		drain(in, now_ms, list);
		char *data = take_data(&bytes, len, &got);
		input_feed(in, data, got, now_ms);
		free(data);
		drain(in, now_ms, list);
	}
	drain(in, now_ms + 5000, list);
}

/* How a slow line cuts the bytes must not change what they mean, as long as they come in time. */
static void check_cuts(bool utf8, const char *data, size_t len) {
	static struct input whole, cut;
	struct list a = {mem_alloc(EVENTS_MAX, sizeof(*a.items)), 0};
	struct list b = {mem_alloc(EVENTS_MAX, sizeof(*b.items)), 0};
	input_init(&whole, utf8);
	input_init(&cut, utf8);
	input_feed(&whole, data, len, 1000);
	drain(&whole, 1000, &a);
	for (size_t i = 0; i < len; i++) {
		input_feed(&cut, data + i, 1, 1000);
		drain(&cut, 1000, &b);
	}
	MUST(a.len == b.len);
	MUST(memcmp(a.items, b.items, a.len * sizeof(*a.items)) == 0);
	free(a.items);
	free(b.items);
	input_finish(&whole);
	input_finish(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static struct input in;
	struct bytes bytes = {data, size};
	unsigned how = take_byte(&bytes);
	struct list list = {mem_alloc(EVENTS_MAX, sizeof(*list.items)), 0};
	input_init(&in, (how & 1) != 0);
	run_chunks(&in, bytes, &list);
	input_finish(&in);
	free(list.items);
	char *raw = dup_exact(bytes.at, bytes.left);
	check_cuts((how & 1) != 0, raw, bytes.left);
	free(raw);
	return 0;
}
