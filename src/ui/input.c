#include <siaga/ui/input.h>

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <siaga/app/key.h>
#include <siaga/base/text.h>

#define ESCAPE           0x1b
#define SEQUENCE_WAIT_MS 500  /* a sequence whose end does not come is dropped */
#define LATE_MS          1000 /* the rest of a sequence may come so long after its escape */
#define PASTE_WAIT_MS    1000 /* a paste whose end never came is over after this silence */
#define SEQUENCE_LIMIT   64   /* longer is no sequence of a terminal */
#define X10_MOUSE_LEN    6
#define PARAMS_MAX       4

static const char paste_end[] = "\033[201~";

/* What the common terminals send, in either mode of the cursor keys. */
static const struct input_key common_keys[] = {
	{"\033[A", KEY_CODE_UP},
	{"\033[B", KEY_CODE_DOWN},
	{"\033[C", KEY_CODE_RIGHT},
	{"\033[D", KEY_CODE_LEFT},
	{"\033OA", KEY_CODE_UP},
	{"\033OB", KEY_CODE_DOWN},
	{"\033OC", KEY_CODE_RIGHT},
	{"\033OD", KEY_CODE_LEFT},
	{"\033[H", KEY_CODE_HOME},
	{"\033[F", KEY_CODE_END},
	{"\033OH", KEY_CODE_HOME},
	{"\033OF", KEY_CODE_END},
	{"\033[1~", KEY_CODE_HOME},
	{"\033[4~", KEY_CODE_END},
	{"\033[7~", KEY_CODE_HOME},
	{"\033[8~", KEY_CODE_END},
	{"\033[3~", KEY_CODE_DELETE},
	{"\033[5~", KEY_CODE_PAGE_UP},
	{"\033[6~", KEY_CODE_PAGE_DOWN},
	{"\033[Z", KEY_CODE_BACK_TAB},
	{"\033OM", KEY_CODE_ENTER},
	{"\033OP", KEY_CODE_F0 + 1},
	{"\033OQ", KEY_CODE_F0 + 2},
	{"\033OR", KEY_CODE_F0 + 3},
	{"\033OS", KEY_CODE_F0 + 4},
	{"\033[[A", KEY_CODE_F0 + 1},
	{"\033[[B", KEY_CODE_F0 + 2},
	{"\033[[C", KEY_CODE_F0 + 3},
	{"\033[[D", KEY_CODE_F0 + 4},
	{"\033[[E", KEY_CODE_F0 + 5},
	{"\033[11~", KEY_CODE_F0 + 1},
	{"\033[12~", KEY_CODE_F0 + 2},
	{"\033[13~", KEY_CODE_F0 + 3},
	{"\033[14~", KEY_CODE_F0 + 4},
	{"\033[15~", KEY_CODE_F0 + 5},
	{"\033[17~", KEY_CODE_F0 + 6},
	{"\033[18~", KEY_CODE_F0 + 7},
	{"\033[19~", KEY_CODE_F0 + 8},
	{"\033[20~", KEY_CODE_F0 + 9},
	{"\033[21~", KEY_CODE_F0 + 10},
	{"\033[23~", KEY_CODE_F0 + 11},
	{"\033[24~", KEY_CODE_F0 + 12},
};

/* What the front of the bytes turned out to be. */
enum found { FOUND_EVENT, FOUND_NOTHING, FOUND_PART };

void input_init(struct input *in, bool utf8) {
	memset(in, 0, sizeof(*in));
	in->utf8 = utf8;
	for (size_t i = 0; i < ARRAY_LEN(common_keys); i++) {
		input_define(in, common_keys[i].sequence, common_keys[i].key);
	}
}

void input_finish(struct input *in) {
	buf_finish(&in->bytes);
	buf_finish(&in->paste);
	in->keys_len = 0;
}

void input_define(struct input *in, const char *sequence, uint32_t key) {
	size_t len = strlen(sequence);
	if (len < 2 || len >= INPUT_SEQUENCE_MAX || sequence[0] != ESCAPE) {
		return;
	}
	for (size_t i = 0; i < in->keys_len; i++) {
		if (strcmp(in->keys[i].sequence, sequence) == 0) {
			in->keys[i].key = key;
			return;
		}
	}
	if (in->keys_len < INPUT_KEYS_MAX) {
		struct input_key *item = &in->keys[in->keys_len++];
		memcpy(item->sequence, sequence, len + 1);
		item->key = key;
	}
}

void input_feed(struct input *in, const void *bytes, size_t len, int64_t now_ms) {
	const char *text = bytes;
	if (!in->pasting && now_ms - in->last_ms > SEQUENCE_WAIT_MS) {
		in->swallowing = false;
		if (in->bytes.len > 1) {
			buf_clear(&in->bytes);
		}
	}
	/* A slow line may part an escape from the rest. Nobody types two characters at once. */
	if (in->late_escape && now_ms - in->last_ms <= LATE_MS && in->bytes.len == 0 && len > 1 &&
		(text[0] == '[' || (text[0] == 'O' && len == 2))) {
		buf_add(&in->bytes, "\033", 1);
	}
	if (in->pasting && now_ms - in->last_ms > PASTE_WAIT_MS) {
		buf_add_str(&in->bytes, paste_end);
	}
	in->late_escape = false;
	in->last_ms = now_ms;
	buf_add(&in->bytes, text, len);
}

static enum found found_key(struct input_event *out, uint32_t key) {
	*out = (struct input_event){.type = INPUT_KEY, .key = key};
	return FOUND_EVENT;
}

/* Keys with sequences of their own. *part: a longer one may be on its way. */
static size_t match_key(const struct input *in, uint32_t *key, bool *part) {
	size_t best = 0;
	*part = false;
	for (size_t i = 0; i < in->keys_len; i++) {
		const char *sequence = in->keys[i].sequence;
		size_t len = strlen(sequence);
		if (len > in->bytes.len) {
			*part |= memcmp(sequence, in->bytes.data, in->bytes.len) == 0;
		} else if (len > best && memcmp(sequence, in->bytes.data, len) == 0) {
			best = len;
			*key = in->keys[i].key;
		}
	}
	return best;
}

static bool mouse_event(struct input_event *out, int button, int col, int row, bool released) {
	/* Shift, Alt and Ctrl do not matter; movement is not asked for. */
	static const enum input_button wheel[] = {INPUT_WHEEL_UP, INPUT_WHEEL_DOWN};
	int what = button & ~0x1c;
	if (released || (what != 0 && what != 64 && what != 65) || col < 1 || row < 1) {
		return false;
	}
	*out = (struct input_event){
		.type = INPUT_MOUSE,
		.button = what == 0 ? INPUT_PRESS : wheel[what - 64],
		.col = col - 1,
		.row = row - 1,
	};
	return true;
}

/* The numbers of a sequence, apart by semicolons. */
static size_t read_params(const char *text, size_t len, int params[PARAMS_MAX]) {
	size_t count = 0;
	int value = 0;
	for (size_t i = 0; i <= len && count < PARAMS_MAX; i++) {
		if (i < len && text[i] >= '0' && text[i] <= '9') {
			value = value < 100000 ? value * 10 + (text[i] - '0') : value;
		} else {
			params[count++] = value;
			value = 0;
		}
	}
	return count;
}

/* A whole sequence of `len` bytes that begins with ESC [ and is no key. */
static enum found read_sequence(struct input *in, size_t len, struct input_event *out) {
	const char *text = in->bytes.data;
	char end = text[len - 1];
	int params[PARAMS_MAX] = {0};
	if (len == sizeof(paste_end) - 1 && memcmp(text, "\033[200~", len) == 0) {
		in->pasting = true;
		buf_clear(&in->paste);
	} else if (text[2] == '<' && (end == 'M' || end == 'm') &&
		   read_params(text + 3, len - 4, params) == 3) {
		if (mouse_event(out, params[0], params[1], params[2], end == 'm')) {
			return FOUND_EVENT;
		}
	} else if (text[2] == '?' && end == 'y' && text[len - 2] == '$' &&
		   read_params(text + 3, len - 5, params) == 2) {
		*out = (struct input_event){
			.type = INPUT_ANSWER, .mode = params[0], .value = params[1]};
		return FOUND_EVENT;
	}
	return FOUND_NOTHING;
}

/* Behind ESC [: parameters, intermediates, one final byte. *used bytes are dealt with. */
static enum found read_control(struct input *in, size_t *used, struct input_event *out) {
	const unsigned char *text = (const unsigned char *)in->bytes.data;
	size_t at = 2;
	while (at < in->bytes.len && text[at] >= 0x20 && text[at] < 0x40) {
		at++;
	}
	*used = at;
	if (at > SEQUENCE_LIMIT) {
		in->swallowing = true;
		return FOUND_NOTHING;
	}
	if (at == in->bytes.len) {
		return FOUND_PART;
	}
	if (text[at] < 0x40 || text[at] > 0x7e) {
		return FOUND_NOTHING; /* Broken off; what broke it is looked at next. */
	}
	if (at == 2 && text[at] == 'M') {
		*used = X10_MOUSE_LEN;
		if (in->bytes.len < X10_MOUSE_LEN) {
			return FOUND_PART;
		}
		return mouse_event(out, text[3] - 32, text[4] - 32, text[5] - 32, false)
			       ? FOUND_EVENT
			       : FOUND_NOTHING;
	}
	*used = at + 1;
	return read_sequence(in, at + 1, out);
}

static enum found read_escape(
	struct input *in, int64_t now_ms, size_t *used, struct input_event *out) {
	const char *text = in->bytes.data;
	uint32_t key = 0;
	bool part;
	size_t known = match_key(in, &key, &part);
	bool old = now_ms - in->last_ms >= INPUT_ESC_DELAY_MS;
	if (known > 0 && (!part || old)) {
		*used = known;
		return found_key(out, key);
	}
	if (in->bytes.len > 1 && text[1] == '[') {
		return part ? FOUND_PART : read_control(in, used, out);
	}
	if (!old && (in->bytes.len == 1 || part)) {
		return FOUND_PART;
	}
	if (in->bytes.len > 2 && text[1] == 'O' && text[2] >= 0x40 && text[2] < 0x7f) {
		*used = 3;
		return FOUND_NOTHING;
	}
	*used = 1;
	in->late_escape = in->bytes.len == 1;
	return found_key(out, KEY_CODE_ESCAPE);
}

/* One character of several bytes. */
static enum found read_wide(struct input *in, size_t *used, struct input_event *out) {
	const unsigned char *text = (const unsigned char *)in->bytes.data;
	size_t len = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	*used = 1;
	if (!in->utf8) {
		wint_t wide = btowc(text[0]);
		return wide != WEOF && wide >= 0xa0 ? found_key(out, (uint32_t)wide)
						    : FOUND_NOTHING;
	}
	if (text[0] < 0xc2 || text[0] > 0xf4) {
		return FOUND_NOTHING;
	}
	for (size_t i = 1; i < len && i < in->bytes.len; i++) {
		if ((text[i] & 0xc0) != 0x80) {
			return FOUND_NOTHING;
		}
	}
	if (in->bytes.len < len) {
		return FOUND_PART;
	}
	if (!text_utf8_ok(in->bytes.data, len)) {
		return FOUND_NOTHING;
	}
	uint32_t code = text[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		code = code << 6 | (text[i] & 0x3f);
	}
	*used = len;
	return code >= 0xa0 ? found_key(out, code) : FOUND_NOTHING;
}

static enum found read_plain(unsigned char byte, struct input_event *out) {
	switch (byte) {
	case '\0': return FOUND_NOTHING;
	case '\n':
	case '\r': return found_key(out, KEY_CODE_ENTER);
	case 0x08:
	case 0x7f: return found_key(out, KEY_CODE_BACKSPACE);
	default: return found_key(out, byte);
	}
}

static void keep_paste(struct input *in, size_t len) {
	size_t room = INPUT_PASTE_MAX - in->paste.len;
	buf_add(&in->paste, in->bytes.data, len < room ? len : room);
	buf_drop_front(&in->bytes, len);
}

static bool read_paste(struct input *in, struct input_event *out) {
	size_t mark = sizeof(paste_end) - 1;
	if (in->bytes.len < mark) {
		return false;
	}
	const char *end = memmem(in->bytes.data, in->bytes.len, paste_end, mark);
	if (end == NULL) {
		keep_paste(in, in->bytes.len - mark + 1);
		return false;
	}
	keep_paste(in, (size_t)(end - in->bytes.data));
	buf_drop_front(&in->bytes, mark);
	in->pasting = false;
	text_clean(in->clean, sizeof(in->clean), in->paste.len > 0 ? in->paste.data : "",
		in->paste.len);
	buf_clear(&in->paste);
	*out = (struct input_event){.type = INPUT_PASTE, .paste = in->clean};
	return true;
}

/* The rest of a sequence that was too long, up to the byte that ends it or breaks it off. */
static void swallow(struct input *in) {
	size_t at = 0;
	while (at < in->bytes.len && in->bytes.data[at] >= 0x20 && in->bytes.data[at] < 0x40) {
		at++;
	}
	if (at < in->bytes.len) {
		in->swallowing = false;
		at += in->bytes.data[at] >= 0x40 && in->bytes.data[at] <= 0x7e;
	}
	buf_drop_front(&in->bytes, at);
}

bool input_next(struct input *in, int64_t now_ms, struct input_event *out) {
	while (in->bytes.len > 0) {
		unsigned char first = (unsigned char)in->bytes.data[0];
		enum found found;
		size_t used = 1;
		if (in->pasting) {
			return read_paste(in, out);
		}
		if (in->swallowing) {
			swallow(in);
			continue;
		}
		if (first == ESCAPE) {
			found = read_escape(in, now_ms, &used, out);
		} else {
			found = first < 0x80 ? read_plain(first, out) : read_wide(in, &used, out);
		}
		if (found == FOUND_PART) {
			return false;
		}
		buf_drop_front(&in->bytes, used);
		if (found == FOUND_EVENT) {
			return true;
		}
	}
	return false;
}

int64_t input_wait_ms(const struct input *in, int64_t now_ms) {
	int64_t left = in->last_ms + INPUT_ESC_DELAY_MS - now_ms;
	bool escape = !in->pasting && in->bytes.len > 0 && in->bytes.data[0] == ESCAPE &&
		      (in->bytes.len == 1 || in->bytes.data[1] != '[');
	return escape && left > 0 ? left : 0;
}
