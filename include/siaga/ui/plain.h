/*
 * The console in words, for those who do not look at a screen: screen readers, logs, pipes. Each
 * function adds whole lines to `out`, without a control character but the end of each line. What
 * happened begins with the time of day; what was asked for does not.
 */
#ifndef SIAGA_UI_PLAIN_H
#define SIAGA_UI_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/app/app.h>
#include <siaga/app/commands.h>
#include <siaga/base/mem.h>

/* --- what happened --- */

/* Any line of ours, with the time first. */
void plain_say(const struct app *app, struct buf *out, const char *fmt, ...) ATTR_PRINTF(3, 4);
/* The same about something that wants attention. */
void plain_warn(const struct app *app, struct buf *out, const char *fmt, ...) ATTR_PRINTF(3, 4);
/* An event that the app has applied: one line. None where it is not this console's business. */
void plain_event(const struct app *app, const struct event *event, struct buf *out);
/* What the console had to say; none for a line of the log that stands for an event. */
void plain_notice(const struct app *app, const struct app_log_line *line, struct buf *out);
/* The state of the link, and how much of what is known is proven. */
void plain_link(const struct app *app, struct buf *out);
/* What cannot be written, a line each; none where all can. */
void plain_alerts(const struct app *app, struct buf *out);
/* The day, at the beginning and at midnight. */
void plain_day(const struct app *app, struct buf *out);
/* The open question and how it is answered; none where there is none. */
void plain_question(const struct app *app, struct buf *out);
/* Actions that the feed has not confirmed, a line each. */
void plain_unsent(const struct app *app, struct buf *out);

/* --- what was asked for --- */

/* One incident in one line, after `lead` ("3. ", or ""). */
void plain_incident(
	const struct app *app, const struct incident *inc, const char *lead, struct buf *out);
void plain_queue(const struct app *app, struct buf *out);
/* All there is to know of it, in the order of the detail pane. */
void plain_detail(const struct app *app, const struct incident *inc, struct buf *out);
/* The cameras nearest to it. */
void plain_cameras(const struct app *app, const struct incident *inc, struct buf *out);
/* One of them: "Gladag 90 m NE ok". */
void plain_near(const struct camera_near *near, struct buf *out);
/* A cell of the map; NULL: the chosen one, else that of the selected incident. */
void plain_map(const struct app *app, const char *cell, struct buf *out);
void plain_agencies(const struct app *app, struct buf *out);
/* The last lines of the log. */
void plain_log(const struct app *app, size_t lines, struct buf *out);
void plain_status(const struct app *app, struct buf *out);
/* The closed incidents that were found, at most so many. */
void plain_history(const struct app *app, size_t most, struct buf *out);
/* The figures of the board that is open. */
void plain_board(const struct app *app, struct buf *out);
/* A command of the table: what may follow it, what it does, and what stands against it now. */
void plain_command(const struct app *app, enum command_id id, struct buf *out);

/* The key that answers the open menu, for a letter of it or a word: the protocol's, or what the
 * menu says. 0: it is none of them. */
uint32_t plain_choice(const struct app *app, const char *word);

#endif
