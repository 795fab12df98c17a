#include "private.h"

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

/* A prompt that nobody finishes does not freeze the queue for ever. */
#define PROMPT_MS 120000

static const struct app_menu_item methods[] = {
	{'c', METHOD_CAMERA, N_("camera")},
	{'b', METHOD_CALLBACK, N_("call back")},
	{'u', METHOD_UNIT, N_("unit on the radio (HT)")},
	{'o', METHOD_AGENCY, N_("another agency")},
	{'s', METHOD_SECOND_REPORT, N_("second report")},
};

static const struct app_menu_item reasons[] = {
	{'p', REJECT_PRANK, N_("prank")},
	{'a', REJECT_ACCIDENTAL, N_("accidental")},
	{'s', REJECT_SILENT, N_("silent")},
	{'t', REJECT_TEST, N_("test")},
	{'u', REJECT_UNVERIFIABLE, N_("could not be verified")},
};

static const struct app_menu_item dispositions[] = {
	{'h', DISPOSITION_HANDLED, N_("handled")},
	{'r', DISPOSITION_REPORT_TAKEN, N_("report taken")},
	{'t', DISPOSITION_TRANSPORTED, N_("taken to hospital")},
	{'f', DISPOSITION_FIRE_OUT, N_("fire out")},
	{'g', DISPOSITION_GONE_ON_ARRIVAL, N_("gone on arrival")},
	{'o', DISPOSITION_REFERRED, N_("referred to another agency")},
	{'c', DISPOSITION_CANCELLED_BY_CALLER, N_("cancelled by the caller")},
	{'i', DISPOSITION_INFORMATION, N_("information")},
	{'u', DISPOSITION_UNVERIFIABLE, N_("could not be verified")},
	{'x', DISPOSITION_TEST, N_("test")},
};

const struct app_menu_item *app_menu(const struct app *app, size_t *len) {
	switch (app->modal.type) {
	case MODAL_METHOD: *len = ARRAY_LEN(methods); return methods;
	case MODAL_REASON: *len = ARRAY_LEN(reasons); return reasons;
	case MODAL_DISPOSITION: *len = ARRAY_LEN(dispositions); return dispositions;
	case MODAL_NONE:
	case MODAL_HELP:
	case MODAL_LETTER:
	case MODAL_ARM:
	case MODAL_RECALL:
	case MODAL_NOTE:
	case MODAL_CAUSE:
	case MODAL_MERGE:
	case MODAL_LINE:
	case MODAL_RESEND:
	case MODAL_COUNT: break;
	}
	*len = 0;
	return NULL;
}

bool modal_is_text(enum modal_type type) {
	return type == MODAL_NOTE || type == MODAL_CAUSE || type == MODAL_MERGE ||
	       type == MODAL_LINE;
}

void modal_open(struct app *app, enum modal_type type, const struct incident *inc) {
	memset(&app->modal, 0, sizeof(app->modal));
	app->modal.type = type;
	app->modal.opened_ms = app->now_ms;
	if (inc != NULL) {
		text_copy(app->modal.incident, sizeof(app->modal.incident), inc->id);
		app->modal.number = inc->number;
		app->modal.rev = inc->rev;
	}
}

void modal_close(struct app *app, struct effects *fx) {
	UNUSED(fx);
	memset(&app->modal, 0, sizeof(app->modal));
	rows_refresh(app);
}

void modal_tick(struct app *app, struct effects *fx) {
	int64_t open_ms = app->now_ms - app->modal.opened_ms;
	bool strip = app->modal.type == MODAL_ARM || app->modal.type == MODAL_RECALL;
	if (strip && open_ms > APP_ARM_MS) {
		modal_close(app, fx);
		notice_add(app, true, "%s", _("Nothing was sent: the strip expired"));
	} else if (app->modal.type == MODAL_LETTER && open_ms > APP_ARM_MS) {
		modal_close(app, fx);
	} else if (app_is_frozen(app) && !modal_is_text(app->modal.type) && open_ms > PROMPT_MS) {
		modal_close(app, fx);
	}
}

void modal_check(struct app *app, struct effects *fx) {
	if (app->modal.incident[0] == '\0' || app->modal.type == MODAL_LINE ||
		app->modal.type == MODAL_NOTE || app->modal.type == MODAL_RESEND) {
		return;
	}
	const struct incident *inc = world_incident(&app->world, app->modal.incident);
	if (inc == NULL || !incident_is_open(inc)) {
		long long number = (long long)app->modal.number;
		modal_close(app, fx);
		notice_add(app, true, _("#%lld has ended meanwhile: nothing was sent"), number);
	}
}

static void add_text(struct app *app, const char *text, size_t len) {
	struct modal *modal = &app->modal;
	if (modal->text_len + len < sizeof(modal->text)) {
		memcpy(modal->text + modal->text_len, text, len);
		modal->text_len += len;
		modal->text[modal->text_len] = '\0';
	}
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

static void text_key(struct app *app, uint32_t key, struct effects *fx) {
	if (key == KEY_CODE_ENTER) {
		action_text(app, fx);
	} else if (key == KEY_CODE_BACKSPACE) {
		if (app->modal.text_len == 0 && app->modal.type == MODAL_LINE) {
			modal_close(app, fx);
		} else {
			drop_last(&app->modal);
		}
	} else if (key == KEY_CODE_CTRL('U')) {
		app->modal.text_len = 0;
		app->modal.text[0] = '\0';
	} else if (key >= ' ' && key < KEY_CODE_SPECIAL && key != 0x7f) {
		char raw[4], clean[16];
		size_t len = encode(key, raw);
		len = text_clean(clean, sizeof(clean), raw, len);
		add_text(app, clean, len);
	}
}

static void letter_key(struct app *app, uint32_t key, struct effects *fx) {
	for (size_t i = 0; i < app->world.registry.agencies_len; i++) {
		const struct agency *agency = &app->world.registry.agencies[i];
		bool fkey = agency->fkey != 0 && key == KEY_CODE_F0 + (uint32_t)agency->fkey;
		if (fkey || (agency->letter != '\0' && key == (uint32_t)agency->letter)) {
			char id[AGENCY_ID_SIZE], incident[UUID_SIZE];
			text_copy(id, sizeof(id), agency->id);
			text_copy(incident, sizeof(incident), app->modal.incident);
			modal_close(app, fx);
			/* The order may have moved on closing; the strip is for the incident that
			 * was seen. */
			rows_select(app, incident, fx);
			action_arm(app, id);
			return;
		}
	}
}

static void menu_key(struct app *app, uint32_t key, struct effects *fx) {
	size_t len;
	const struct app_menu_item *items = app_menu(app, &len);
	for (size_t i = 0; i < len; i++) {
		if (key == (uint32_t)items[i].letter) {
			action_choose(app, &items[i], fx);
			return;
		}
	}
}

static void help_key(struct app *app, uint32_t key, struct effects *fx) {
	if (key == 'j' || key == KEY_CODE_DOWN) {
		app->modal.scroll++;
	} else if (key == 'k' || key == KEY_CODE_UP) {
		app->modal.scroll -= app->modal.scroll > 0;
	} else if (key == KEY_CODE_PAGE_DOWN || key == ' ') {
		app->modal.scroll += 10;
	} else if (key == KEY_CODE_PAGE_UP) {
		app->modal.scroll = app->modal.scroll > 10 ? app->modal.scroll - 10 : 0;
	} else if (key == 'q' || key == '?') {
		modal_close(app, fx);
	}
}

void modal_key(struct app *app, uint32_t key, struct effects *fx) {
	enum modal_type type = app->modal.type;
	if (key == KEY_CODE_ESCAPE || key == KEY_CODE_CTRL('C')) {
		bool strip = type == MODAL_ARM || type == MODAL_RECALL;
		modal_close(app, fx);
		if (strip) {
			notice_add(app, false, "%s", _("Cancelled: nothing was sent"));
		}
		outbox_ask(app);
		return;
	}
	if (key == KEY_CODE_CTRL('L')) {
		effects_add(fx, EFFECT_REDRAW);
	} else if (type == MODAL_HELP) {
		help_key(app, key, fx);
	} else if (modal_is_text(type)) {
		text_key(app, key, fx);
	} else if (!app->modal.drawn) {
		return; /* Typed before the strip was on the screen: not an answer to it. */
	} else if (type == MODAL_LETTER) {
		letter_key(app, key, fx);
	} else if (type == MODAL_ARM || type == MODAL_RECALL) {
		if (key == 'y') {
			action_send_armed(app, fx);
		}
	} else if (type == MODAL_RESEND) {
		if (key == 'y' || key == 'd') {
			outbox_answer(app, key == 'y', fx);
		}
	} else {
		menu_key(app, key, fx);
	}
}
