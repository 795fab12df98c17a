/* What an operator types after `:`, and how it completes. The first byte says who they are; then
 * lines. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <siaga/base/text.h>

#include "rig.h"

#define LINES_MAX 12

static void raise_alarms(struct rig *rig) {
	for (int i = 1; i <= 4; i++) {
		struct command cmd = {.action = ACTION_RAISE,
			.role = ROLE_INTAKE,
			.at_ms = T0 + rig->mono_ms,
			.kind = (enum kind)i,
			.priority = (enum priority)(i - 1)};
		cmd.alarm.at = (struct position){-75722000 + i * 1000, 1108289000};
		cmd.alarm.accuracy_m = -1;
		cmd.alarm.received_at_ms = cmd.at_ms;
		text_copy(cmd.alarm.id, UUID_SIZE, city_id(i));
		text_copy(cmd.new_incident, UUID_SIZE, city_id(i));
		rig_other(rig, &cmd);
	}
}

/* Each candidate is a word that could stand there. */
static void check_complete(const struct app *app, const char *line) {
	struct candidate found[64];
	size_t len = command_complete(app, line, found, ARRAY_LEN(found));
	MUST(len <= ARRAY_LEN(found));
	for (size_t i = 0; i < len; i++) {
		MUST(is_clean(found[i].text, sizeof(found[i].text)));
		MUST(is_clean(found[i].help, sizeof(found[i].help)));
		MUST(found[i].text[0] != '\0');
	}
}

static void check_prefixes(const struct app *app, const char *line) {
	char part[APP_TEXT_MAX];
	size_t len = strlen(line);
	for (size_t at = 0; at <= len && at < 24; at++) {
		(void)text_copy(part, at + 1, line);
		check_complete(app, part);
	}
	check_complete(app, line);
}

/* Typed key by key, with what Tab makes of it. */
static void type_line(struct rig *rig, const char *line) {
	uint32_t code;
	size_t used;
	rig_key(rig, KEY_CODE_ESCAPE);
	rig_key(rig, ':');
	for (int i = 0; i < 48 && (used = text_next(line, &code, NULL)) > 0; i++) {
		rig_key(rig, code == '\\' ? (uint32_t)KEY_CODE_TAB : code);
		line += used;
	}
	rig_key(rig, KEY_CODE_ENTER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const enum role roles[] = {
		ROLE_OPERATOR, ROLE_SUPERVISOR, ROLE_OBSERVER, ROLE_AGENCY, ROLE_TRAINER};
	static struct rig rig;
	struct bytes in = {data, size};
	rig_init(&rig);
	raise_alarms(&rig);
	rig_up(&rig, roles[take_below(&in, ARRAY_LEN(roles))]);
	rig_deliver(&rig, SIZE_MAX);
	for (int i = 0; i < LINES_MAX && in.left > 0; i++) {
		char *line = take_line(&in), clean[APP_TEXT_MAX];
		(void)text_clean(clean, sizeof(clean), line, strlen(line));
		check_prefixes(&rig.app, clean);
		if (i % 2 == 0) {
			rig_apply(&rig, (struct app_event){.type = APP_LINE, .text = clean});
		} else {
			type_line(&rig, clean);
		}
		rig_apply(&rig, (struct app_event){.type = APP_DRAWN});
		rig.mono_ms += 300;
		rig_deliver(&rig, SIZE_MAX);
		free(line);
	}
	rig_settle(&rig);
	rig_finish(&rig);
	return 0;
}
