/*
 * What a terminal sends, taken apart: keys, pastes, the mouse, answers to what it was asked. Knows
 * no terminal itself. A sequence that nobody knows is swallowed whole, so that its end is never a
 * key.
 */
#ifndef SIAGA_UI_INPUT_H
#define SIAGA_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/mem.h>

#define INPUT_ESC_DELAY_MS 50   /* an escape alone for so long is the key */
#define INPUT_PASTE_MAX    4096 /* kept; the rest of a longer one is swallowed */
#define INPUT_KEYS_MAX     112
#define INPUT_SEQUENCE_MAX 12

enum input_type {
	INPUT_KEY,
	INPUT_PASTE,
	INPUT_MOUSE,
	INPUT_ANSWER, /* about a mode of the terminal */
	INPUT_GONE    /* the terminal hung up */
};

enum input_button { INPUT_PRESS, INPUT_WHEEL_UP, INPUT_WHEEL_DOWN };

struct input_event {
	enum input_type type;
	uint32_t key;             /* a code point or one of enum key */
	const char *paste;        /* clean text, valid until the next call */
	enum input_button button; /* the mouse: what, and in which cell */
	int col, row;
	int mode, value; /* an answer: 0 unknown, 1 on, 2 off, 3 always on, 4 never on */
};

struct input_key {
	char sequence[INPUT_SEQUENCE_MAX];
	uint32_t key;
};

/* Zero is not ready: input_init() fills it. */
struct input {
	bool utf8; /* else one byte is one character of the locale */
	bool pasting;
	bool swallowing;  /* a sequence that is too long to be one */
	bool late_escape; /* an escape was taken for the key because nothing followed in time */
	int64_t last_ms;  /* when bytes came last */
	struct buf bytes, paste;
	struct input_key keys[INPUT_KEYS_MAX];
	size_t keys_len;
	char clean[INPUT_PASTE_MAX * 3 + 1];
};

void input_init(struct input *in, bool utf8);
void input_finish(struct input *in);
/* Makes a sequence (an escape first) known as a key; one that does not fit is passed over. */
void input_define(struct input *in, const char *sequence, uint32_t key);
void input_feed(struct input *in, const void *bytes, size_t len, int64_t now_ms);
/* Takes the next event; false when there is none, or its end has yet to come. */
bool input_next(struct input *in, int64_t now_ms, struct input_event *out);
/* How long to wait before asking again although nothing comes; 0: not at all. */
int64_t input_wait_ms(const struct input *in, int64_t now_ms);

#endif
