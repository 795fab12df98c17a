/*
 * What an incident is found by when somebody types a word: all its texts in small letters, one
 * behind the other. They lie all over the memory and take a while to fold, and somebody who types
 * wants an answer with every letter; so they are put together when they change.
 */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/duplicates.h>

#include "private.h"

#define BLOCK      32 /* places that are looked at together */
#define LIKELY_MAX 1000
#define FOLDED_MAX 4 /* bytes that one byte of a text may fold to, at most */

/* Texts are clean: no control character is in any of them. */
static void add(struct buf *out, const char *text) {
	if (text != NULL && text[0] != '\0') {
		size_t room = FOLDED_MAX * strlen(text) + 1;
		buf_reserve(out, room);
		out->len += text_fold(out->data + out->len, room, text);
		buf_add(out, "\n", 1);
	}
}

static void add_key(struct buf *out, const char *phone) {
	char key[PHONE_KEY_SIZE];
	if (phone[0] != '\0' && phone_key(key, phone)) {
		buf_add_str(out, key);
		buf_add(out, "\n", 1);
	}
}

void incident_free_words(struct incident *inc) {
	if (inc->words != inc->few) {
		free(inc->words);
	}
	inc->words = NULL;
	/* What was forgotten is not to lie about in memory. */
	memset(inc->few, 0, sizeof(inc->few));
}

void incident_make_findable(struct incident *inc) {
	struct buf out = {0};
	buf_reserve(&out, LIKELY_MAX);
	add(&out, inc->place);
	add(&out, inc->camera);
	for (size_t i = 0; i < inc->alarms_len; i++) {
		const struct alarm *alarm = &inc->alarms[i];
		add(&out, strcmp(alarm->place, inc->place) != 0 ? alarm->place : "");
		add(&out, alarm->caller_name);
		add(&out, alarm->caller_phone);
		add(&out, alarm->note);
	}
	for (size_t i = 0; i < inc->entries_len; i++) {
		const struct entry *entry = &inc->entries[i];
		add(&out, entry->note);
		add(&out, strcmp(entry->camera, inc->camera) != 0 ? entry->camera : "");
	}
	size_t phones = out.len;
	for (size_t i = 0; i < inc->alarms_len; i++) {
		add_key(&out, inc->alarms[i].caller_phone);
	}
	incident_free_words(inc);
	inc->words_len = (uint32_t)phones;
	inc->phones_len = (uint32_t)(out.len - phones);
	if (out.len <= sizeof(inc->few)) {
		inc->words = out.len > 0 ? memcpy(inc->few, out.data, out.len) : NULL;
		buf_finish(&out);
	} else {
		/* Only what it needs: there may be many. */
		inc->words = mem_resize(out.data, out.len, 1);
	}
}

/* --- finding --- */

static bool stands_at(const char *text, size_t from, size_t to, const char *what, size_t len) {
	for (size_t i = from; i < to; i++) {
		if (text[i] == what[0] && memcmp(text + i, what, len) == 0) {
			return true;
		}
	}
	return false;
}

/* As memmem(), which is made for longer texts: a few hundred bytes are looked through for the first
 * and the last letter at once, so many places together. */
static bool contains(const char *text, size_t text_len, const char *what, size_t len) {
	if (len == 0 || len > text_len) {
		return len == 0;
	}
	size_t at = 0, places = text_len - len + 1;
	const char *last = text + len - 1;
	char begins = what[0], ends = what[len - 1];
	for (; at + BLOCK <= places; at += BLOCK) {
		char any = 0;
		for (size_t i = 0; i < BLOCK; i++) {
			any |= (char)((text[at + i] == begins) & (last[at + i] == ends));
		}
		if (any != 0 && stands_at(text, at, at + BLOCK, what, len)) {
			return true;
		}
	}
	return stands_at(text, at, places, what, len);
}

bool incident_has_word(const struct incident *inc, const char *folded, size_t len) {
	return contains(inc->words, inc->words_len, folded, len);
}

bool incident_has_phone(const struct incident *inc, const char *digits, size_t len) {
	return contains(inc->words + inc->words_len, inc->phones_len, digits, len);
}
