#include <siaga/ui/osc.h>

#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

void osc_notify(
	char out[OSC_NOTIFY_SIZE], enum osc_kind kind, const char *text, bool utf8, bool tmux) {
	/* tmux wants each escape inside twice. */
	const char *begin = tmux ? "\033Ptmux;\033" : "", *end = tmux ? "\033\\" : "";
	char clean[OSC_TEXT_MAX + 1];
	text_clean(clean, sizeof(clean), text, strlen(text));
	/* A semicolon parts the fields, and after a digit some terminals see a progress bar. */
	for (char *at = strchr(clean, ';'); at != NULL; at = strchr(at, ';')) {
		*at = ',';
	}
	/* Bytes of UTF-8 are control characters to a terminal that does not read it. */
	for (char *at = clean; !utf8 && *at != '\0'; at++) {
		*at = (*at & 0x80) != 0 ? '?' : *at;
	}
	snprintf(out, OSC_NOTIFY_SIZE, "%s\033]%s;%s\a%s", begin,
		kind == OSC_777 ? "777;notify;Siaga" : "9", clean, end);
}
