/* Text on its way to the desktop, through the terminal. */
#include <stdlib.h>
#include <string.h>

#include <siaga/ui/osc.h>

#include "fuzz.h"

/* The frame around the text must be all that the terminal takes for a command. */
static void check_notify(enum osc_kind kind, const char *text, bool utf8, bool tmux) {
	static const char *const heads[] = {
		[OSC_9] = "\033]9;", [OSC_777] = "\033]777;notify;Siaga;"};
	char out[OSC_NOTIFY_SIZE];
	osc_notify(out, kind, text, utf8, tmux);
	size_t len = strnlen(out, sizeof(out));
	MUST(len < sizeof(out));
	const char *at = out;
	if (tmux) {
		MUST(strncmp(at, "\033Ptmux;\033", 8) == 0);
		at += 8;
		MUST(strcmp(out + len - 3, "\a\033\\") == 0);
		len -= 2;
	}
	MUST(strncmp(at, heads[kind], strlen(heads[kind])) == 0);
	at += strlen(heads[kind]);
	MUST(out[len - 1] == '\a');
	char inner[OSC_NOTIFY_SIZE];
	size_t inner_len = (size_t)(out + len - 1 - at);
	memcpy(inner, at, inner_len);
	inner[inner_len] = '\0';
	MUST_OF(inner_len <= OSC_TEXT_MAX && is_clean(inner, sizeof(inner)), inner);
	MUST_OF(strchr(inner, ';') == NULL, inner);
	for (size_t i = 0; i < inner_len && !utf8; i++) {
		MUST((inner[i] & 0x80) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	char *text = dup_text(data, size);
	for (int way = 0; way < 8; way++) {
		check_notify(
			(way & 1) != 0 ? OSC_777 : OSC_9, text, (way & 2) != 0, (way & 4) != 0);
	}
	free(text);
	return 0;
}
