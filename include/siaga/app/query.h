/* What may be asked of the console's state; nothing here changes it. */
#ifndef SIAGA_APP_QUERY_H
#define SIAGA_APP_QUERY_H

#include <siaga/app/app.h>

/* The feed's clock now, or ours while it is unknown. */
int64_t app_feed_now(const struct app *app);
/* Milliseconds since the last proof that the link lives. */
int64_t app_proof_age(const struct app *app);
/* Of the events that this console missed: so many are here, and so many there are. False: it misses
 * none, or it is not known how many. */
bool app_catching_up(const struct app *app, int64_t *done, int64_t *all);
struct app_pending;
/* Since the operator asked for it. */
int64_t app_pending_age(const struct app *app, const struct app_pending *item);
/* Milliseconds since the last proof that what is shown is new: bytes of a message that is not whole
 * yet are none. */
int64_t app_silence(const struct app *app);
/* Live, but nothing was heard for more than a beat and a half. */
bool app_is_slow(const struct app *app);
/* What commands are about; NULL while the board covers the queue: nobody acts on what they do not
 * see. */
struct incident *app_selected(const struct app *app);
/* The incident that detail, map and cameras are about: the selected one, a moment later where the
 * selection is moving, or the old one that was opened from the history. */
const struct incident *app_shown(const struct app *app);
struct incident *app_row(const struct app *app, size_t row); /* NULL where it is no longer known */
int app_selected_row(const struct app *app);                 /* -1: none */
/* Is it this console's business? A desk sees what its agency was sent to. */
bool app_is_ours(const struct app *app, const struct incident *inc);
bool app_is_marked(const struct app *app, const char *incident);
/* Of those that this console is shown, how many are of each sort. */
struct app_counts app_count(const struct app *app);
/* How many incidents are overdue (alert or worse). */
size_t app_count_overdue(const struct app *app);
size_t app_count_unsent(const struct app *app);
/* Of these, how many are nowhere but in this console's memory. */
size_t app_count_unkept(const struct app *app);
/* Why what is asked for now would not go out at once (translated, a whole sentence); NULL: it
 * would. */
const char *app_hold_reason(const struct app *app);
/* What keeps a file from being written, in a word or two (translated). */
const char *app_trouble_word(enum trouble trouble);
struct timer_verdict app_timer(const struct app *app, const struct incident *inc);
/* Put on hold, and its time has not come yet. */
bool app_is_held(const struct app *app, const struct incident *inc);
/* From when on (mono) a key answers the open strip or menu; never before it was drawn. */
int64_t app_answer_at(const struct app *app);
/* The menu of the open modal; NULL when it has none. */
const struct app_menu_item *app_menu(const struct app *app, size_t *len);
/* The order of the queue stands still (a prompt or an armed dispatch is open, or `f`). */
bool app_is_frozen(const struct app *app);
/* Something of this incident waits for the feed's confirmation. */
bool app_is_pending(const struct app *app, const char *incident);
/* Incidents that look like the same event as this one, likeliest first; only those it can be merged
 * into. Returns how many of `out` were filled. */
size_t app_joins(
	const struct app *app, const struct incident *inc, struct duplicate *out, size_t max);
/* The timer of its claim, which runs while the console is gone that claimed it. */
struct timer_verdict app_claim_timer(const struct app *app, const struct incident *inc);
/* Its claim's console is gone, for longer than the timer says. */
bool app_claim_is_stale(const struct app *app, const struct incident *inc);
/* The others who have it open now, "ayu@2, budi": "" when nobody has. */
void app_viewers(const struct app *app, const char *incident, char *out, size_t size);
/* What a dispatch of the agency would meet: "" or e.g. "desk OFFLINE, ring 113" (translated). */
void app_desk_warning(
	const struct app *app, const char *agency, const char *incident, char *out, size_t size);

#endif
