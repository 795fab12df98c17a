/* What is configured: which file it is, and each line of it that is wrong. */
#include "doctor.h"

#include <string.h>

#include "settings.h"

static void say_lines(struct doctor *doc, enum report_level level, const struct buf *lines) {
	const char *at = lines->len > 0 ? lines->data : "";
	while (*at != '\0') {
		int len = (int)strcspn(at, "\n");
		report_say(&doc->report, level,
			level == REPORT_FAIL
				? "config: %.*s: correct it; with it siagad does not start"
				: "config: %.*s",
			len, at);
		at += len + (at[len] == '\n');
	}
}

void doctor_config(struct doctor *doc) {
	const struct daemon_config *config = &doc->opt->config;
	if (config->found == 1) {
		report_say(&doc->report, REPORT_OK, "config: %s", config->path);
	} else if (config->found == 0 && config->errors.len == 0) {
		report_say(&doc->report, REPORT_OK,
			"config: all is as it comes or was said; there is no %s", config->path);
	}
	say_lines(doc, REPORT_FAIL, &config->errors);
	say_lines(doc, REPORT_WARN, &config->warnings);
}
