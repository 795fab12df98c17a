#include <string.h>

#include <siaga/base/text.h>

#include "private.h"

#define LATER_MS 60000 /* so long nothing is asked again that was put off */

static void add_text(struct app *app, const char *text, size_t len) {
	struct modal *modal = &app->modal;
	if (modal->text_len + len < sizeof(modal->text)) {
		memcpy(modal->text + modal->text_len, text, len);
		modal->text_len += len;
		modal->text[modal->text_len] = '\0';
	}
}

static void drop_last(struct modal *modal) {
	while (modal->text_len > 0) {
		unsigned char byte = (unsigned char)modal->text[--modal->text_len];
		modal->text[modal->text_len] = '\0';
		if ((byte & 0xc0) != 0x80) {
			return;
		}
	}
}

static void drop_word(struct modal *modal) {
	while (modal->text_len > 0 && modal->text[modal->text_len - 1] == ' ') {
		drop_last(modal);
	}
	while (modal->text_len > 0 && modal->text[modal->text_len - 1] != ' ') {
		drop_last(modal);
	}
}

static size_t encode(uint32_t code, char out[4]) {
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* The queue while a filter is typed. What half a word hides comes back selected with the whole. */
static void filter_live(struct app *app, const char *text) {
	rows_set_filter(app, text, NULL);
	if (app->modal.targets_len > 0) {
		rows_keep(app, app->modal.targets[0].incident);
	}
}

/* What follows from a change of the text. */
static void text_changed(struct app *app) {
	struct modal *modal = &app->modal;
	modal->candidate = -1;
	if (modal->type == MODAL_FILTER) {
		/* Live while typing; what is not whole yet leaves the queue as it was. */
		filter_live(app, modal->text);
	}
}

static void complete(struct app *app, int by) {
	struct candidate found[64];
	struct modal *modal = &app->modal;
	if (modal->candidate < 0) {
		text_copy(modal->stem, sizeof(modal->stem), modal->text);
	}
	size_t len = command_complete(app, modal->stem, found, ARRAY_LEN(found));
	if (len == 0) {
		return;
	}
	int count = (int)len;
	int next = modal->candidate < 0 ? (by > 0 ? 0 : count - 1)
					: (modal->candidate + by + count) % count;
	size_t keep = strlen(modal->stem);
	while (keep > 0 && modal->stem[keep - 1] != ' ') {
		keep--;
	}
	char text[APP_TEXT_MAX];
	memcpy(text, modal->stem, keep);
	text[keep] = '\0';
	text_copy(text + keep, sizeof(text) - keep, found[next].text);
	modal_set_text(app, text);
	/* The only one: it is meant, and the next word can follow. */
	if (count == 1) {
		add_text(app, " ", 1);
		modal->candidate = -1;
	} else {
		modal->candidate = next;
	}
}

/* Up and Down go through the lines typed before. */
static void recall_line(struct app *app, int by) {
	struct modal *modal = &app->modal;
	int at = modal->history + by;
	if (at < 0 || at > (int)app->lines_len) {
		return;
	}
	modal->history = at;
	modal->candidate = -1;
	modal_set_text(app, at == 0 ? "" : app->lines[app->lines_len - (size_t)at]);
}

static bool line_key(struct app *app, uint32_t key) {
	if (key == KEY_CODE_TAB) {
		complete(app, 1);
	} else if (key == KEY_CODE_BACK_TAB) {
		complete(app, -1);
	} else if (key == KEY_CODE_UP && app->modal.type == MODAL_LINE) {
		recall_line(app, 1);
	} else if (key == KEY_CODE_DOWN && app->modal.type == MODAL_LINE) {
		recall_line(app, -1);
	} else {
		return false;
	}
	return true;
}

static void text_key(struct app *app, uint32_t key, struct effects *fx) {
	struct modal *modal = &app->modal;
	bool line = modal->type == MODAL_LINE || modal->type == MODAL_FILTER;
	if (line && line_key(app, key)) {
		if (modal->type == MODAL_FILTER) {
			filter_live(app, modal->text);
		}
		return;
	}
	if (key == KEY_CODE_ENTER) {
		action_text(app, fx);
		return;
	}
	if (key == KEY_CODE_BACKSPACE) {
		if (modal->text_len == 0 && modal->type == MODAL_LINE) {
			modal_close(app);
			return;
		}
		drop_last(modal);
	} else if (key == KEY_CODE_CTRL('W')) {
		drop_word(modal);
	} else if (key == KEY_CODE_CTRL('U')) {
		modal_set_text(app, "");
	} else if (key >= ' ' && key < KEY_CODE_SPECIAL && key != 0x7f) {
		char raw[4], clean[16];
		size_t len = encode(key, raw);
		len = text_clean(clean, sizeof(clean), raw, len);
		add_text(app, clean, len);
	} else {
		return;
	}
	text_changed(app);
}

void modal_paste(struct app *app, const char *text) {
	uint32_t code;
	int columns;
	size_t len;
	if (!modal_is_text(app->modal.type)) {
		notice_add(app, true, "%s", _("Paste ignored: no text is being typed"));
		return;
	}
	for (; (len = text_next(text, &code, &columns)) > 0; text += len) {
		add_text(app, text, len);
	}
	text_changed(app);
}

static void letter_key(struct app *app, uint32_t key) {
	for (size_t i = 0; i < app->world.registry.agencies_len; i++) {
		const struct agency *agency = &app->world.registry.agencies[i];
		bool fkey = agency->fkey != 0 && key == KEY_CODE_F0 + (uint32_t)agency->fkey;
		if (fkey || (agency->letter != '\0' && key == (uint32_t)agency->letter)) {
			char id[1][AGENCY_ID_SIZE], incident[UUID_SIZE];
			text_copy(id[0], AGENCY_ID_SIZE, agency->id);
			text_copy(incident, sizeof(incident), app->modal.targets[0].incident);
			/* The strip is for the incident that was seen, whatever moves meanwhile. */
			memset(&app->modal, 0, sizeof(app->modal));
			if (!action_arm(app, world_incident(&app->world, incident),
				    (const char(*)[AGENCY_ID_SIZE])id, 1)) {
				modal_close(app);
			}
			return;
		}
	}
}

static void menu_key(struct app *app, uint32_t key, struct effects *fx) {
	size_t len;
	const struct app_menu_item *items = app_menu(app, &len);
	for (size_t i = 0; i < len; i++) {
		if (key == (uint32_t)items[i].letter ||
			(items[i].home != 0 && key == (uint32_t)items[i].home)) {
			action_choose(app, items[i].value, fx);
			return;
		}
	}
}

static int page_lines(const struct app *app) {
	int lines = 0;
	for (const char *at = app->page; at != NULL && *at != '\0'; at++) {
		lines += *at == '\n';
	}
	return lines;
}

static void help_key(struct app *app, uint32_t key) {
	struct modal *modal = &app->modal;
	if (modal->typing) {
		if (key == KEY_CODE_ENTER) {
			modal->typing = false;
		} else if (key == KEY_CODE_BACKSPACE) {
			drop_last(modal);
		} else if (key >= ' ' && key < 0x7f) {
			char byte = (char)key;
			add_text(app, &byte, 1);
		}
		modal->scroll = 0;
		return;
	}
	if (key == '/' && modal->type == MODAL_HELP) {
		modal->typing = true;
	} else if (key == 'j' || key == KEY_CODE_DOWN) {
		modal->scroll++;
	} else if (key == 'k' || key == KEY_CODE_UP) {
		modal->scroll -= modal->scroll > 0;
	} else if (key == KEY_CODE_PAGE_DOWN || key == ' ') {
		modal->scroll += 10;
	} else if (key == KEY_CODE_PAGE_UP) {
		modal->scroll = modal->scroll > 10 ? modal->scroll - 10 : 0;
	} else if (key == 'g' || key == KEY_CODE_HOME) {
		modal->scroll = 0;
	} else if (key == 'q' || key == '?' || key == KEY_CODE_F0 + 1) {
		modal_close(app);
	}
	int most = modal->type == MODAL_PAGE ? page_lines(app) : COMMAND_COUNT;
	modal->scroll = modal->scroll > most ? most : modal->scroll;
}

void modal_leave(struct app *app) {
	struct modal *modal = &app->modal;
	bool strip = modal_is_strip(modal->type);
	if (modal->type == MODAL_FILTER) {
		filter_live(app, modal->before);
	}
	modal_close(app);
	if (strip) {
		notice_add(app, false, "%s", _("Cancelled: nothing was sent"));
	}
}

void modal_key(struct app *app, uint32_t key, struct effects *fx) {
	enum modal_type type = app->modal.type;
	if (key == KEY_CODE_ESCAPE || key == KEY_CODE_CTRL('C')) {
		if (type == MODAL_RESEND) {
			app->ask_at_ms = app->now_ms + LATER_MS;
		}
		modal_leave(app);
		outbox_ask(app);
		return;
	}
	if (key == KEY_CODE_CTRL('L')) {
		effects_add(fx, EFFECT_REDRAW);
	} else if (type == MODAL_HELP || type == MODAL_PAGE) {
		help_key(app, key);
	} else if (type == MODAL_CLASS) {
		training_class_key(app, key, fx);
	} else if (modal_is_text(type)) {
		text_key(app, key, fx);
	} else if (!modal_is_answered(app)) {
		return; /* Typed before the strip was on the screen: not an answer to it. */
	} else if (type == MODAL_LETTER) {
		letter_key(app, key);
	} else if (modal_is_strip(type)) {
		if (key == 'y') {
			action_confirm(app, fx);
		}
	} else if (type == MODAL_RESEND) {
		if (key == 'y' || key == 'd') {
			outbox_answer(app, key == 'y', fx);
		}
	} else {
		menu_key(app, key, fx);
	}
}
