#include "doctor_private.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <siaga/ui/layout.h>
#include <siaga/ui/terminal.h>

#include "locale.h"

#define ZONES "/usr/share/zoneinfo"

static bool is_set(const char *name) {
	const char *value = getenv(name);
	return value != NULL && value[0] != '\0';
}

/* --- locale and time --- */

static void say_locale(struct doctor *doc) {
	const char *wish, *codes = nl_langinfo(CODESET);
	if (!locale_is_known(&wish)) {
		report_say(&doc->report, REPORT_WARN,
			_("locale: this machine does not have %s: install it, or set "
			  "LANG=C.UTF-8"),
			wish);
	}
	if (strcmp(codes, "UTF-8") == 0) {
		report_say(&doc->report, REPORT_OK, _("characters: UTF-8"));
	} else {
		report_say(&doc->report, REPORT_WARN,
			_("characters: the locale has %s, so frames are ASCII and names lose "
			  "letters: set LANG=C.UTF-8"),
			codes);
	}
	report_say(&doc->report, REPORT_OK, _("language: %s"), locale_language());
}

/* A name in TZ without its file means UTC to the C library, which does not say so. */
static bool zone_is_known(const char *zone) {
	char path[4096];
	zone += *zone == ':';
	if (zone[0] == '/') {
		return access(zone, R_OK) == 0;
	}
	snprintf(path, sizeof(path), ZONES "/%s", zone);
	/* Or a rule, such as WIB-7. */
	return access(path, R_OK) == 0 || zone[strcspn(zone, "+-0123456789")] != '\0';
}

static void say_zone(struct doctor *doc) {
	const char *zone = getenv("TZ");
	time_t now = time(NULL);
	struct tm local;
	char offset[16];
	if (zone != NULL && zone[0] != '\0' && !zone_is_known(zone)) {
		report_say(&doc->report, REPORT_WARN,
			_("time zone: TZ=%s is not known here, and times are in UTC: install "
			  "tzdata, or correct TZ"),
			zone);
		return;
	}
	if (localtime_r(&now, &local) == NULL ||
		strftime(offset, sizeof(offset), "%z", &local) == 0) {
		return;
	}
	if (zone == NULL && access("/etc/localtime", R_OK) != 0) {
		report_say(&doc->report, REPORT_WARN,
			_("time zone: none is set, and times are in UTC: set TZ=Asia/Jakarta, or "
			  "use timedatectl set-timezone"));
		return;
	}
	report_say(&doc->report, REPORT_OK, _("time zone: %s, UTC%s"), local.tm_zone, offset);
}

void doctor_locale(struct doctor *doc) {
	say_locale(doc);
	say_zone(doc);
}

/* --- the terminal --- */

static const char *tier_text(enum tier tier) {
	switch (tier) {
	case TIER_SMALL: return _("one pane at a time; 80x24 shows three");
	case TIER_NORMAL: return _("queue, map, and one of the others");
	case TIER_LARGE: return _("queue, map, detail, cameras, and one of the others");
	case TIER_WALL: return _("all panes at once");
	case TIER_STRIP:
	case TIER_COUNT: break;
	}
	return "";
}

static void say_size(struct doctor *doc, const struct terminal *term) {
	struct layout_options how = {0};
	struct layout layout;
	if (term->cols == 0 || term->rows == 0) {
		report_say(&doc->report, REPORT_WARN,
			_("size: the terminal does not say; 80x24 is taken: stty cols 80 rows 24 "
			  "tells it"));
		return;
	}
	layout_compute(&layout, term->cols, term->rows, &how);
	if (layout.tier == TIER_STRIP) {
		report_say(&doc->report, REPORT_WARN,
			_("size: %dx%d shows the counts and one alarm: make it 80x24 or larger"),
			term->cols, term->rows);
	} else {
		report_say(&doc->report, REPORT_OK, _("size: %dx%d, %s"), term->cols, term->rows,
			tier_text(layout.tier));
	}
}

static void say_colours(struct doctor *doc, const struct terminal *term, const char *name) {
	if (term->colours == 0) {
		report_say(&doc->report, REPORT_OK,
			_("terminal: %s, no colours; bold and reverse tell what is urgent"), name);
	} else {
		report_say(&doc->report, REPORT_OK, _("terminal: %s, %d colours"), name,
			term->colours);
	}
}

static void say_answers(struct doctor *doc, const struct terminal *term) {
	if (term->utf8 && term->reads_utf8 == TERMINAL_NO) {
		report_say(&doc->report, REPORT_FAIL,
			_("characters: the terminal does not read UTF-8 and the locale says so: "
			  "switch the terminal to UTF-8, or set LC_ALL=C"));
	}
	if (term->sync == TERMINAL_YES) {
		report_say(&doc->report, REPORT_OK,
			_("synchronized output: the terminal shows whole frames only"));
	} else if (term->sync == TERMINAL_NO) {
		report_say(&doc->report, REPORT_OK,
			_("synchronized output: the terminal does not have it, and none is "
			  "needed"));
	} else if (term->sync == TERMINAL_SILENT) {
		report_say(&doc->report, REPORT_WARN,
			_("terminal: no answer to a question within 1.5 s: the line is slow, or "
			  "TERM is not the type of this terminal"));
	}
}

static void say_multiplexer(struct doctor *doc, const char *term) {
	bool tmux = is_set("TMUX");
	const char *name = tmux ? "tmux" : "screen";
	if (!tmux && !is_set("STY")) {
		return;
	}
	if (strncmp(term, "tmux", 4) == 0 || strncmp(term, "screen", 6) == 0) {
		report_say(&doc->report, REPORT_OK, _("terminal: inside %s"), name);
	} else {
		report_say(&doc->report, REPORT_WARN,
			_("terminal: inside %s TERM is %s-256color or screen-256color, not %s: "
			  "take its setting out of the shell's files"),
			name, name, term);
	}
}

void doctor_terminal(struct doctor *doc) {
	struct terminal term;
	struct err err = {0};
	const char *name = getenv("TERM");
	name = name != NULL ? name : "";
	terminal_look(&term, &err);
	if (!term.there) {
		report_say(&doc->report, REPORT_WARN,
			_("terminal: there is none here: run this in the one that siaga is to "
			  "use"));
		return;
	}
	if (term.known) {
		say_colours(doc, &term, name);
	} else {
		report_say(&doc->report, REPORT_FAIL,
			_("terminal: %s: set TERM to what it is, or install ncurses-term"),
			err.text);
	}
	say_size(doc, &term);
	say_answers(doc, &term);
	say_multiplexer(doc, name);
}

/* --- the environment --- */

void doctor_environment(struct doctor *doc) {
	static const char *const folders[] = {"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"};
	if (is_set("NO_COLOR")) {
		report_say(&doc->report, REPORT_OK,
			_("environment: NO_COLOR is set, so the theme is mono"));
	}
	if (is_set("COLUMNS") || is_set("LINES")) {
		report_say(&doc->report, REPORT_OK,
			_("environment: COLUMNS and LINES are not read; the terminal tells its "
			  "size"));
	}
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const char *folder = getenv(folders[i]);
		if (folder != NULL && folder[0] != '\0' && folder[0] != '/') {
			report_say(&doc->report, REPORT_WARN,
				_("environment: %s does not begin with / and is not used: correct "
				  "it"),
				folders[i]);
		}
	}
}
