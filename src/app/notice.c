#include "private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/mem.h>

void notice_add(struct app *app, bool error, const char *fmt, ...) {
	struct app_notice *notice = &app->notice;
	va_list args;
	va_start(args, fmt);
	vsnprintf(notice->text, sizeof(notice->text), fmt, args);
	va_end(args);
	notice->error = error;
	notice->at_ms = app->now_ms;
	notice->wall_ms = app_feed_now(app);
	if (app->log == NULL) {
		app->log = mem_alloc(APP_LOG_MAX, sizeof(*app->log));
	}
	if (app->log_len == APP_LOG_MAX) {
		memmove(app->log, app->log + 1, (APP_LOG_MAX - 1) * sizeof(*app->log));
		app->log_len--;
	}
	app->log[app->log_len++] = *notice;
}

void notice_tick(struct app *app) {
	if (app->notice.text[0] != '\0' && !app->notice.error &&
		app->now_ms - app->notice.at_ms > APP_NOTICE_MS) {
		app->notice.text[0] = '\0';
	}
}
