#include <stdarg.h>
#include <stdio.h>

#include <siaga/base/text.h>

#include "view.h"

#define PARTS_MAX 16

/* A word of the status line. When the line is too narrow the one with the lowest rank goes first.
 */
struct part {
	char text[96];
	enum ui_role role;
	int rank;
	bool gone;
};

struct line {
	struct part parts[PARTS_MAX];
	size_t len;
};

static void add(struct line *line, int rank, enum ui_role role, const char *fmt, ...)
	ATTR_PRINTF(4, 5);

static void add(struct line *line, int rank, enum ui_role role, const char *fmt, ...) {
	char text[160];
	va_list args;
	struct part *part;

	if (line->len == PARTS_MAX) {
		return;
	}
	part = &line->parts[line->len++];
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)text_copy(part->text, sizeof(part->text), text);
	part->role = role;
	part->rank = rank;
	part->gone = false;
}

static int width(const struct line *line) {
	int sum = 0;

	for (size_t i = 0; i < line->len; i++) {
		if (!line->parts[i].gone) {
			sum += text_width(line->parts[i].text) + 1;
		}
	}
	return sum > 0 ? sum - 1 : 0;
}

static void shrink(struct line *line, int cols) {
	while (width(line) > cols) {
		struct part *least = NULL;
		size_t left = 0;

		for (size_t i = 0; i < line->len; i++) {
			struct part *part = &line->parts[i];

			if (part->gone) {
				continue;
			}
			left++;
			if (least == NULL || part->rank <= least->rank) {
				least = part;
			}
		}
		if (left <= 1 || least == NULL) {
			return; /* the last one is cut instead */
		}
		least->gone = true;
	}
}

static void add_link(const struct app *app, struct line *line) {
	char age[VIEW_TIME_SIZE];
	double proof_s = (double)app_proof_age(app) / 1000.0;

	switch (app->link) {
	case APP_LINK_NONE: add(line, 90, UI_CACHED, "%s", _("OFFLINE")); break;
	case APP_LINK_CONNECTING: add(line, 90, UI_CACHED, "%s", _("CONNECTING")); break;
	case APP_LINK_CATCHING_UP: add(line, 90, UI_CACHED, "%s", _("CATCHING UP")); break;
	case APP_LINK_LIVE:
		if (app_is_slow(app)) {
			add(line, 90, UI_WARN, _("SLOW %.0fs"), proof_s);
		} else {
			add(line, 90, UI_LINK_OK, _("LIVE %.1fs"), proof_s);
		}
		break;
	case APP_LINK_LOST:
		view_age(age, app->now_ms - app->lost_ms);
		if (app->retry_at_ms > app->now_ms) {
			add(line, 90, UI_LINK_LOST, _("LOST %s retry %llds"), age,
				(long long)((app->retry_at_ms - app->now_ms + 999) / 1000));
		} else {
			add(line, 90, UI_LINK_LOST, _("LOST %s"), age);
		}
		break;
	case APP_LINK_REFUSED:
	case APP_LINK_COUNT: add(line, 90, UI_LINK_LOST, "%s", _("REFUSED")); break;
	}
}

static void add_counts(const struct app *app, struct line *line) {
	size_t counts[PRIORITY_COUNT] = {0};
	size_t fresh = app_count_new(app);

	for (const struct incident *inc = app->world.incidents; inc != NULL; inc = inc->hh.next) {
		if (incident_is_open(inc) && inc->priority < PRIORITY_COUNT) {
			counts[inc->priority]++;
		}
	}
	if (!app->has_data) {
		return; /* no number is known: a zero would be a lie */
	}
	add(line, 100, fresh > 0 ? UI_UNACK : UI_MUTED, _("NEW %zu"), fresh);
	for (int i = 0; i < PRIORITY_COUNT; i++) {
		enum ui_role role = counts[i] > 0 ? role_of_priority((enum priority)i) : UI_MUTED;

		add(line, 60 - i, role, "P%d:%zu", i + 1, counts[i]);
	}
}

void view_status(const struct app *app, struct surface *s, struct rect area) {
	struct line line = {.len = 0};
	char time[VIEW_TIME_SIZE];
	size_t unsent = app_count_unsent(app);
	int col = area.col;

	add(&line, 10, UI_TITLE, "SIAGA");
	if (app->name[0] != '\0') {
		add(&line, 20, UI_TEXT, "%s%s%s %s", app->name, view_at(app->position),
			app->position, word_role(app->role));
	}
	if (app->mode != MODE_ACTUAL) {
		add(&line, 95, UI_MODE, " %s ", word_mode(app->mode));
	}
	if (app->demo) {
		add(&line, 80, UI_MODE, " %s ", _("DEMO"));
	}
	add_link(app, &line);
	if (app->cached) {
		view_time(time, app->cached_at_ms, false);
		add(&line, 70, UI_CACHED, _("CACHED %s"), time);
	}
	if (unsent > 0) {
		add(&line, 75, UI_WARN, _("OUTBOX %zu"), unsent);
	}
	if (app->mute_until_ms > app->now_ms) {
		add(&line, 40, UI_WARN, "%s", _("MUTED"));
	}
	add_counts(app, &line);
	view_time(time, app_feed_now(app), true);
	add(&line, 30, UI_TEXT, "%s", time);
	shrink(&line, area.cols);
	for (size_t i = 0; i < line.len; i++) {
		const struct part *part = &line.parts[i];
		int room = area.col + area.cols - col;

		if (!part->gone && room > 0) {
			/* The clock, the last one, stands on the right. */
			if (i + 1 == line.len && text_width(part->text) <= room) {
				col = area.col + area.cols - text_width(part->text);
				room = text_width(part->text);
			}
			col += surface_text(s, col, area.row, room, part->role, part->text) + 1;
		}
	}
}
