/* What happens on the console, in lines of text: its notices, the link, its questions. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <siaga/base/text.h>

#include "plain_private.h"

#define LINE_SIZE 1400

/* Strangers' text was cleaned on its way into the model. Should anything have slipped through all
 * the same, it neither reaches a terminal nor makes a line of its own. */
void plain_end(struct buf *out, size_t from) {
	for (size_t i = from; i < out->len; i++) {
		unsigned char byte = (unsigned char)out->data[i];
		bool c1 =
			byte == 0xc2 && i + 1 < out->len && (unsigned char)out->data[i + 1] < 0xa0;
		if (byte < ' ' || byte == 0x7f || c1) {
			out->data[i] = '?';
		}
		if (c1) {
			out->data[i + 1] = '?';
		}
	}
	buf_add(out, "\n", 1);
}

size_t plain_begin(const struct buf *out) {
	return out->len;
}

void plain_time(struct buf *out, int64_t at_ms, enum mode mode) {
	char time[VIEW_TIME_SIZE];
	view_time(time, at_ms, true);
	buf_printf(out, "%s ", time);
	if (mode != MODE_ACTUAL) {
		buf_printf(out, "%s ", word_mode(mode));
	}
}

void plain_place(const struct app *app, const char *place, struct position at, struct buf *out) {
	char cell[GEO_CELL_SIZE];
	view_cell(app, at, cell);
	buf_printf(out, "%s, %s", place[0] != '\0' ? place : _("place not said"), cell);
}

static void say(const struct app *app, struct buf *out, bool warn, const char *fmt, va_list args) {
	char whole[LINE_SIZE + 4], text[LINE_SIZE];
	size_t from = plain_begin(out);
	vsnprintf(whole, sizeof(whole), fmt, args);
	/* What was cut in the middle of a character is cut before it. */
	text_copy(text, sizeof(text), whole);
	plain_time(out, app_feed_now(app), app->mode);
	buf_printf(out, "%s%s", warn ? "! " : "", text);
	plain_end(out, from);
}

void plain_say(const struct app *app, struct buf *out, const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	say(app, out, false, fmt, args);
	va_end(args);
}

void plain_warn(const struct app *app, struct buf *out, const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	say(app, out, true, fmt, args);
	va_end(args);
}

void plain_notice(const struct app *app, const struct app_log_line *line, struct buf *out) {
	size_t from = plain_begin(out);
	if (line->number != 0 || line->type != EVENT_INCIDENT_RAISED) {
		return;
	}
	plain_time(out, line->wall_ms, app->mode);
	buf_printf(out, "%s%s", line->error ? "! " : "", line->text);
	plain_end(out, from);
}

void plain_day(const struct app *app, struct buf *out) {
	time_t at = (time_t)(app_feed_now(app) / 1000);
	char day[VIEW_TIME_SIZE];
	struct tm tm;
	if (localtime_r(&at, &tm) != NULL && strftime(day, sizeof(day), "%Y-%m-%d", &tm) > 0) {
		plain_say(app, out, _("It is %s"), day);
	}
}

/* --- the link --- */

static void add_counts(const struct app *app, struct buf *out) {
	if (!app->has_data) {
		buf_printf(out, "; %s", _("NO DATA YET"));
		return;
	}
	struct app_counts counts = app_count(app);
	buf_printf(out, _("; %zu open, %zu new"), counts.open, counts.fresh);
}

static void add_cached(const struct app *app, struct buf *out) {
	char time[VIEW_TIME_SIZE];
	if (app->cached) {
		view_time(time, app->cached_at_ms, false);
		buf_add_str(out, "; ");
		buf_printf(out, _("CACHED %s"), time);
	}
	add_counts(app, out);
}

static void add_retry(const struct app *app, struct buf *out) {
	if (app->retry_at_ms > app->now_ms) {
		buf_printf(out, _(", retry %lld s"),
			(long long)((app->retry_at_ms - app->now_ms + 999) / 1000));
	}
	if (app->link_why[0] != '\0') {
		buf_printf(out, ": %s", app->link_why);
	}
}

static void add_link(const struct app *app, struct buf *out) {
	char age[VIEW_TIME_SIZE];
	int64_t done, all;
	switch (app->link) {
	case APP_LINK_NONE: buf_add_str(out, _("OFFLINE: nothing can be sent")); break;
	case APP_LINK_CONNECTING:
		buf_add_str(out, _("CONNECTING"));
		add_retry(app, out);
		break;
	case APP_LINK_CATCHING_UP:
		if (app_catching_up(app, &done, &all)) {
			buf_printf(out, _("CATCHING UP %lld of %lld events"), (long long)done,
				(long long)all);
		} else {
			buf_add_str(out, _("CATCHING UP"));
		}
		break;
	case APP_LINK_LIVE:
		if (app_is_slow(app)) {
			buf_printf(out, _("SLOW: nothing was heard for %lld s"),
				(long long)(app_silence(app) / 1000));
		} else {
			buf_add_str(out, _("LIVE"));
		}
		break;
	case APP_LINK_LOST:
		if (app->lost_ms != 0) {
			view_age(age, app->now_ms - app->lost_ms);
			buf_printf(out, _("LOST %s"), age);
		} else {
			buf_add_str(out, _("NO LINK")); /* It never was up. */
		}
		add_retry(app, out);
		break;
	case APP_LINK_REFUSED:
	case APP_LINK_COUNT:
		buf_add_str(out, _("REFUSED"));
		add_retry(app, out);
		break;
	}
}

void plain_link(const struct app *app, struct buf *out) {
	size_t from = plain_begin(out);
	plain_time(out, app_feed_now(app), app->mode);
	add_link(app, out);
	if (app->link != APP_LINK_CATCHING_UP) {
		add_cached(app, out);
	}
	plain_end(out, from);
}

void plain_alerts(const struct app *app, struct buf *out) {
	char text[200];
	for (int i = 0; i < view_alerts(app); i++) {
		view_alert_text(app, i, text, sizeof(text));
		plain_warn(app, out, "%s", text);
	}
}

void plain_status(const struct app *app, struct buf *out) {
	char time[VIEW_TIME_SIZE], left[VIEW_TIME_SIZE];
	size_t from = plain_begin(out), unsent = app_count_unsent(app);
	view_time(time, app_feed_now(app), true);
	add_link(app, out);
	add_cached(app, out);
	buf_printf(out, _("; %zu overdue"), app_count_overdue(app));
	if (unsent > 0) {
		buf_add_str(out, "; ");
		buf_printf(out, _("OUTBOX %zu"), unsent);
		if (app_count_unkept(app) > 0) {
			buf_printf(out, _(", %zu NOT KEPT"), app_count_unkept(app));
		}
	}
	if (app->mute_until_ms > app->now_ms) {
		view_age(left, app->mute_until_ms - app->now_ms);
		buf_printf(out, _("; MUTED for %s"), left);
	}
	plain_end(out, from);
	from = plain_begin(out);
	buf_printf(out, "%s%s%s %s", app->name, view_at(app->position), app->position,
		word_role(app->role));
	buf_printf(out, "; %s%s%s; %s", word_mode(app->mode), app->demo ? " " : "",
		app->demo ? _("DEMO") : "", time);
	plain_end(out, from);
	plain_alerts(app, out);
	plain_unsent(app, out);
}

/* --- questions --- */

static void ask_strip(const struct app *app, struct buf *out) {
	const struct modal *modal = &app->modal;
	char text[900], also[240];
	long long left_s =
		(long long)((app->cfg.arm_ms - (app->now_ms - modal->opened_ms) + 999) / 1000);
	for (size_t i = 0; modal->type == MODAL_ARM && i < modal->agencies_len; i++) {
		app_desk_warning(
			app, modal->agencies[i], modal->targets[0].incident, also, sizeof(also));
		if (also[0] != '\0') {
			plain_warn(app, out, "%s: %s", view_agency(app, modal->agencies[i]), also);
		}
	}
	if (app_hold_reason(app) != NULL) {
		plain_say(app, out, "%s", app_hold_reason(app));
	}
	view_question(app, text, sizeof(text));
	size_t from = plain_begin(out);
	plain_time(out, app_feed_now(app), app->mode);
	buf_printf(out, "%s ", text);
	view_also(app, also, sizeof(also));
	if (also[0] != '\0') {
		buf_printf(out, _("y also %s"), also);
		buf_add_str(out, ". ");
	}
	buf_add_str(out, modal->type == MODAL_ARM ? _("y sends, anything else cancels")
						  : _("y does it, anything else does not"));
	buf_printf(out, _("; %lld s"), left_s > 0 ? left_s : 0);
	plain_end(out, from);
}

static void ask_menu(const struct app *app, struct buf *out) {
	size_t len, from;
	const struct app_menu_item *items = app_menu(app, &len);
	char text[900];
	view_question(app, text, sizeof(text));
	plain_say(app, out, "%s", text);
	for (size_t i = 0; i < len; i++) {
		from = plain_begin(out);
		buf_printf(out, "  %c  %s", items[i].letter, _(items[i].text));
		plain_end(out, from);
	}
}

static void ask_letter(const struct app *app, struct buf *out) {
	const struct registry *reg = &app->world.registry;
	char about[400];
	view_subject(app, about, sizeof(about));
	plain_say(app, out, _("Dispatch whom to %s"), about);
	for (size_t i = 0; i < reg->agencies_len; i++) {
		const struct agency *agency = &reg->agencies[i];
		size_t from = plain_begin(out);
		buf_printf(out, "  %s  %s, %s", agency->id, view_agency(app, agency->id),
			word_desk(agency->desk));
		plain_end(out, from);
	}
}

static void ask_text(const struct app *app, struct buf *out) {
	char text[900];
	view_question(app, text, sizeof(text));
	if (app->modal.type == MODAL_FILTER) {
		plain_say(app, out, "%s", _("Filter? An empty line takes it away"));
	} else {
		plain_say(app, out, _("%s; an empty line leaves it"), text);
	}
	if (app->modal.text[0] != '\0') {
		plain_say(app, out, _("It was begun: %s"), app->modal.text);
	}
}

/* "dispatch DAMKAR #412: two trapped" */
static void add_command(const struct app *app, const struct command *cmd, struct buf *out) {
	const struct incident *inc = world_incident(&app->world, cmd->incident);
	buf_add_str(out, action_name(cmd->action));
	if (cmd->agency[0] != '\0') {
		buf_printf(out, " %s", view_agency(app, cmd->agency));
	}
	if (inc != NULL) {
		buf_printf(out, " #%lld", (long long)inc->number);
	}
	if (cmd->note != NULL) {
		buf_printf(out, ": %s", cmd->note);
	}
}

void plain_unsent(const struct app *app, struct buf *out) {
	for (size_t i = 0; i < app->pending_len; i++) {
		char age[VIEW_TIME_SIZE];
		size_t from = plain_begin(out);
		view_age(age, app_pending_age(app, app->pending[i]));
		buf_printf(out, _("NOT CONFIRMED for %s: "), age);
		add_command(app, &app->pending[i]->command, out);
		plain_end(out, from);
	}
}

static void ask_resend(const struct app *app, struct buf *out) {
	for (size_t i = 0; i < app->pending_len; i++) {
		const struct app_pending *item = app->pending[i];
		char about[400], age[VIEW_TIME_SIZE];
		size_t from = plain_begin(out);
		if (strcmp(item->command.id, app->modal.resend) != 0) {
			continue;
		}
		view_subject(app, about, sizeof(about));
		view_age(age, app_pending_age(app, item));
		plain_time(out, app_feed_now(app), app->mode);
		buf_printf(out,
			item->tried ? _("! NOT CONFIRMED for %s, may be done: ")
				    : _("! NOT SENT for %s: "),
			age);
		add_command(app, &item->command, out);
		buf_printf(out, "; %s. %s", about, _("Is it still right? send or drop"));
		plain_end(out, from);
	}
}

void plain_question(const struct app *app, struct buf *out) {
	switch (app->modal.type) {
	case MODAL_ARM:
	case MODAL_RECALL:
	case MODAL_JOIN:
	case MODAL_GROUP: ask_strip(app, out); break;
	case MODAL_LETTER: ask_letter(app, out); break;
	case MODAL_METHOD:
	case MODAL_REASON:
	case MODAL_DISPOSITION:
	case MODAL_KIND:
	case MODAL_PRIORITY:
	case MODAL_HOLD: ask_menu(app, out); break;
	case MODAL_NOTE:
	case MODAL_CAUSE:
	case MODAL_MERGE:
	case MODAL_FILTER: ask_text(app, out); break;
	case MODAL_RESEND: ask_resend(app, out); break;
	case MODAL_NONE:
	case MODAL_HELP:
	case MODAL_PAGE:
	case MODAL_CLASS:
	case MODAL_LINE:
	case MODAL_COUNT: break;
	}
}

static const char *name_of(enum modal_type type, int value) {
	switch ((int)type) {
	case MODAL_METHOD: return method_name((enum method)value);
	case MODAL_REASON: return reject_reason_name((enum reject_reason)value);
	case MODAL_DISPOSITION: return disposition_name((enum disposition)value);
	case MODAL_KIND: return kind_name((enum kind)value);
	case MODAL_PRIORITY: return priority_name((enum priority)value);
	default: return "";
	}
}

uint32_t plain_choice(const struct app *app, const char *word) {
	size_t len, found = 0, matches = 0;
	const struct app_menu_item *items = app_menu(app, &len);
	char folded[APP_TEXT_MAX * 2];
	text_fold(folded, sizeof(folded), word);
	for (size_t i = 0; i < len; i++) {
		bool letter = word[0] != '\0' && word[1] == '\0' &&
			      (word[0] == items[i].letter || word[0] == items[i].home);
		if (letter || strcasecmp(word, name_of(app->modal.type, items[i].value)) == 0) {
			return (uint32_t)items[i].letter;
		}
		if (folded[0] != '\0' && folded[1] != '\0' &&
			text_begins(_(items[i].text), folded)) {
			found = i;
			matches++;
		}
	}
	return matches == 1 ? (uint32_t)items[found].letter : 0;
}
