#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#include "view.h"

#define PARTS_MAX 20
#define RANK_KEPT 90    /* from here on nothing is left out as long as its short form fits */
#define BEAT_MS   10000 /* where the feed did not say */

/* A word of the status line. When the line is too narrow the one with the lowest rank goes first.
 */
struct part {
	char text[96], brief[48];
	enum ui_role role;
	int rank;
	bool gone;
};

struct line {
	struct part parts[PARTS_MAX];
	size_t len;
};

static struct part *add(struct line *line, int rank, enum ui_role role, const char *fmt, ...)
	ATTR_PRINTF(4, 5);

static struct part *add(struct line *line, int rank, enum ui_role role, const char *fmt, ...) {
	char text[160];
	va_list args;
	struct part *part = &line->parts[line->len < PARTS_MAX ? line->len++ : PARTS_MAX - 1];
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_copy(part->text, sizeof(part->text), text);
	part->brief[0] = '\0';
	part->role = role;
	part->rank = rank;
	part->gone = false;
	return part;
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

static struct part *least_of(struct line *line) {
	struct part *least = NULL;
	for (size_t i = 0; i < line->len; i++) {
		struct part *part = &line->parts[i];
		if (!part->gone && (least == NULL || part->rank <= least->rank)) {
			least = part;
		}
	}
	return least;
}

/* False where it has no shorter form, or has it already. */
static bool use_brief(struct part *part) {
	if (part->brief[0] == '\0' || strcmp(part->brief, part->text) == 0) {
		return false;
	}
	text_copy(part->text, sizeof(part->text), part->brief);
	return true;
}

static bool use_all_briefs(struct line *line) {
	bool any = false;
	for (size_t i = 0; i < line->len; i++) {
		any = use_brief(&line->parts[i]) || any;
	}
	return any;
}

static void shrink(struct line *line, int cols) {
	while (width(line) > cols) {
		struct part *least = least_of(line);
		if (least == NULL) {
			return;
		}
		bool kept = least->rank >= RANK_KEPT;
		if (kept ? use_all_briefs(line) : use_brief(least)) {
			continue;
		}
		if (least->rank >= 100) {
			return; /* the last one is cut instead */
		}
		least->gone = true;
	}
}

/* The age of the last proof. While it is younger than the feed's beat it says just that: a number
 * that goes on each second would draw the eye, and the line to the terminal may be slow. */
static void add_live(const struct app *app, struct line *line) {
	int64_t beat_ms = app->beat_ms > 0 ? app->beat_ms : BEAT_MS;
	int64_t age_ms = app_proof_age(app);
	struct part *part;
	if (app_is_slow(app)) {
		part = add(
			line, 90, UI_WARN, _("SLOW %llds"), (long long)(app_silence(app) / 1000));
		text_copy(part->brief, sizeof(part->brief), _("SLOW"));
	} else if (age_ms < beat_ms) {
		part = add(line, 90, UI_LINK_OK, _("LIVE <%llds"),
			(long long)((beat_ms + 999) / 1000));
		text_copy(part->brief, sizeof(part->brief), _("LIVE"));
	} else {
		part = add(line, 90, UI_LINK_OK, _("LIVE %llds"), (long long)(age_ms / 1000));
		text_copy(part->brief, sizeof(part->brief), _("LIVE"));
	}
}

static void add_lost(const struct app *app, struct line *line) {
	char age[VIEW_TIME_SIZE];
	struct part *part;
	view_age(age, app->now_ms - app->lost_ms);
	if (app->retry_at_ms > app->now_ms) {
		part = add(line, 90, UI_LINK_LOST, _("LOST %s retry %llds"), age,
			(long long)((app->retry_at_ms - app->now_ms + 999) / 1000));
	} else {
		part = add(line, 90, UI_LINK_LOST, _("LOST %s"), age);
	}
	snprintf(part->brief, sizeof(part->brief), _("LOST %s"), age);
}

static void add_catching_up(const struct app *app, struct line *line) {
	int64_t done, all;
	if (!app_catching_up(app, &done, &all)) {
		add(line, 90, UI_CACHED, "%s", _("CATCHING UP"));
		return;
	}
	struct part *part = add(line, 90, UI_CACHED, _("CATCHING UP %lld of %lld events"),
		(long long)done, (long long)all);
	snprintf(part->brief, sizeof(part->brief), _("CATCHING UP %lld%%"),
		(long long)(done * 100 / all));
}

static void add_link(const struct app *app, struct line *line) {
	switch (app->link) {
	case APP_LINK_NONE: add(line, 90, UI_CACHED, "%s", _("OFFLINE")); break;
	case APP_LINK_CONNECTING: add(line, 90, UI_CACHED, "%s", _("CONNECTING")); break;
	case APP_LINK_CATCHING_UP: add_catching_up(app, line); break;
	case APP_LINK_LIVE: add_live(app, line); break;
	case APP_LINK_LOST: add_lost(app, line); break;
	case APP_LINK_REFUSED:
	case APP_LINK_COUNT: add(line, 90, UI_LINK_LOST, "%s", _("REFUSED")); break;
	}
}

static void add_counts(const struct app *app, struct line *line) {
	if (!app->has_data) {
		return; /* no number is known: a zero would be a lie */
	}
	struct app_counts counts = app_count(app);
	size_t overdue = app_count_overdue(app);
	add(line, 100, counts.fresh > 0 ? UI_UNACK : UI_MUTED, _("NEW %zu"), counts.fresh);
	if (overdue > 0) {
		add(line, 85, UI_OVERDUE_ALERT, _("OVERDUE %zu"), overdue);
	}
	for (int i = 0; i < PRIORITY_COUNT; i++) {
		bool some = counts.by_priority[i] > 0;
		enum ui_role role = some ? role_of_priority((enum priority)i) : UI_MUTED;
		add(line, 60 - i, role, "P%d:%zu", i + 1, counts.by_priority[i]);
	}
}

/* What is unusual about this console, apart from its link. */
static void add_marks(const struct app *app, struct line *line) {
	char left[VIEW_TIME_SIZE];
	if (app->mute_until_ms > app->now_ms) {
		view_age(left, app->mute_until_ms - app->now_ms + 999);
		add(line, 78, UI_WARN, _("MUTED %s"), left);
	}
	if (app->cfg.readonly) {
		add(line, 65, UI_WARN, "%s", _("READ ONLY"));
	}
}

/* There is no line for them: at least that it is so. */
static void add_alerts(const struct app *app, struct line *line) {
	if (app->feed_trouble != TROUBLE_NONE) {
		struct part *part = add(line, 92, UI_ALERT, "%s", _("FEED CANNOT WRITE"));
		text_copy(part->brief, sizeof(part->brief), _("NO WRITES"));
	}
	if (app->cache_trouble != TROUBLE_NONE) {
		struct part *part = add(line, 91, UI_ALERT, "%s", _("NOTHING KEPT HERE"));
		text_copy(part->brief, sizeof(part->brief), _("NOT KEPT"));
	}
}

bool view_is_training(const struct app *app) {
	/* What a feed says of one counts where nothing there is of the street. */
	return app->training.on && (!app->training.followed || app->mode != MODE_ACTUAL);
}

/* Nobody ever takes it for the street. */
static void add_training(const struct app *app, struct line *line) {
	const struct training *training = &app->training;
	char at[VIEW_TIME_SIZE], speed[32] = "";
	int64_t percent = training->speed_percent;
	view_age(at, training->at_ms);
	if (percent != 100) {
		snprintf(speed, sizeof(speed),
			percent % 100 == 0 ? " x%lld"
			: percent == 50    ? " x0.5"
					   : " x0.25",
			(long long)(percent / 100));
	}
	struct part *part = add(line, 101, UI_MODE, " %s ", _("TRAINING"));
	text_copy(part->brief, sizeof(part->brief), _("TRAINING"));
	add(line, 88, UI_MODE, "%s%s", at, speed);
	const char *how = training->over ? _("OVER") : training->paused ? _("PAUSED") : "";
	if (how[0] != '\0') {
		add(line, 89, UI_WARN, "%s", how);
	}
	if (training->class == TRAINING_IN_CLASS) {
		add(line, 60, UI_MODE, "%s", _("CLASS"));
	} else if (training->class != TRAINING_ALONE) {
		bool lost = training->class == TRAINING_CLASS_LOST;
		add(line, 86, UI_WARN, "%s", lost ? _("CLASS LOST") : _("CLASS LEFT"));
	}
	if (training->watched || training->recorded) {
		add(line, 87, UI_WARN, "%s", _("AS IT WAS"));
	}
}

static void fill(const struct app *app, int rows, struct line *line) {
	char time[VIEW_TIME_SIZE];
	size_t unsent = app_count_unsent(app);
	add(line, 10, UI_TITLE, "SIAGA");
	if (app->name[0] != '\0') {
		struct part *me = add(line, 20, UI_TEXT, "%s%s%s %s", app->name,
			view_at(app->position), app->position, word_role(app->role));
		text_copy(me->brief, sizeof(me->brief), app->name);
	}
	if (view_is_training(app)) {
		add_training(app, line);
	} else if (app->mode != MODE_ACTUAL) {
		struct part *mode = add(line, 95, UI_MODE, " %s ", word_mode(app->mode));
		text_copy(mode->brief, sizeof(mode->brief), word_mode(app->mode));
	}
	if (app->demo) {
		add(line, 80, UI_MODE, " %s ", _("DEMO"));
	}
	add_link(app, line);
	if (rows < LAYOUT_ALERT_ROWS) {
		add_alerts(app, line);
	}
	if (app->cached) {
		view_time(time, app->cached_at_ms, false);
		add(line, 70, UI_CACHED, _("CACHED %s"), time);
	}
	add_counts(app, line);
	/* It comes and goes with every action, and moves nothing that people look at. */
	if (unsent > 0) {
		bool kept = app_count_unkept(app) == 0;
		add(line, 75, kept ? UI_WARN : UI_ALERT,
			kept ? _("OUTBOX %zu") : _("OUTBOX %zu NOT KEPT"), unsent);
	}
	add_marks(app, line);
	view_time(time, app_feed_now(app), true);
	add(line, 30, UI_TEXT, "%s", time);
}

/* Returns the column behind the last word. The clock stands on the right. */
static int draw(struct surface *s, struct rect area, const struct line *line) {
	int col = area.col, right = area.col + area.cols;
	for (size_t i = 0; i < line->len; i++) {
		const struct part *part = &line->parts[i];
		int room = right - col, cols = text_width(part->text);
		if (part->gone || room <= 0) {
			continue;
		}
		if (i + 1 == line->len && cols <= room) {
			col = right - cols;
		}
		col += surface_text(s, col, area.row, room, part->role, part->text) + 1;
	}
	return col;
}

void view_status(const struct app *app, struct surface *s, struct rect area) {
	struct line line = {.len = 0};
	const struct incident *fresh = s->rows == 1 ? view_first_new(app) : NULL;
	fill(app, s->rows, &line);
	if (fresh == NULL) {
		shrink(&line, area.cols);
		draw(s, area, &line);
		return;
	}
	/* There is no other row: the alarm that waits goes before all that can be done without. */
	for (size_t i = 0; i < line.len; i++) {
		line.parts[i].gone = line.parts[i].rank < RANK_KEPT;
	}
	shrink(&line, area.cols);
	int col = draw(s, area, &line);
	if (col < area.col + area.cols) {
		view_alarm(
			app, s, (struct rect){col, area.row, area.col + area.cols - col, 1}, fresh);
	}
}
