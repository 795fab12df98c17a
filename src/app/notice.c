#include "private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#define LINES_DROPPED (APP_LOG_MAX / 10)

static struct app_log_line *add_line(struct app *app) {
	if (app->log == NULL) {
		app->log = mem_alloc(APP_LOG_MAX, sizeof(*app->log));
	}
	if (app->log_len == APP_LOG_MAX) {
		/* Some at once: to move all the others costs more than the line. */
		app->log_len -= LINES_DROPPED;
		memmove(app->log, app->log + LINES_DROPPED, app->log_len * sizeof(*app->log));
		app->log_dropped += LINES_DROPPED;
	}
	/* Who has scrolled back goes on seeing the same lines. */
	if (app->log_scroll > 0 && app->log_scroll < APP_LOG_MAX) {
		app->log_scroll++;
	}
	struct app_log_line *line = &app->log[app->log_len++];
	memset(line, 0, sizeof(*line));
	return line;
}

void notice_add(struct app *app, bool error, const char *fmt, ...) {
	struct app_notice *notice = &app->notice;
	char text[2 * sizeof(notice->text)];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_copy(notice->text, sizeof(notice->text), text);
	notice->error = error;
	notice->at_ms = app->now_ms;
	struct app_log_line *line = app->log_len > 0 ? &app->log[app->log_len - 1] : NULL;
	/* A hint that comes again and again is one line of the log. */
	if (error || line == NULL || line->number != 0 || strcmp(line->text, notice->text) != 0) {
		line = add_line(app);
	}
	text_copy(line->text, sizeof(line->text), text);
	line->error = error;
	line->wall_ms = app_feed_now(app);
	line->said = ++app->said;
}

void log_event(struct app *app, const struct event *event) {
	struct app_log_line *line = add_line(app);
	line->wall_ms = event->at_ms;
	line->said = ++app->said;
	line->number = event->number;
	line->type = event->type;
	text_copy(line->by, sizeof(line->by), event->by.name);
	text_copy(line->agency, sizeof(line->agency), event->agency);
	if (event->type == EVENT_CAMERA_STATUS || event->type == EVENT_CAMERA_VIEWED) {
		text_copy(line->text, sizeof(line->text), event->camera);
	} else if (event->note != NULL) {
		text_copy(line->text, sizeof(line->text), event->note);
	}
}

void notice_tick(struct app *app) {
	if (app->notice.text[0] != '\0' && !app->notice.error &&
		app->now_ms - app->notice.at_ms > APP_NOTICE_MS) {
		app->notice.text[0] = '\0';
	}
}
