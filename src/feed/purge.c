#include <siaga/feed/purge.h>

#include <string.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/model/reduce.h>

#include "forms.h"

#define FAILED_MS  1000 /* a full disk, say */
#define READERS_MS 100  /* somebody reads what is to go */

bool purge_resume(struct purge *purge, struct log_store *log, struct err *err) {
	struct log_purge what;
	int pending = log_purge_pending(log, &what, err);
	*purge = (struct purge){.log = log};
	if (pending == 1) {
		purge->what = what;
		purge->pending = true;
	}
	return pending >= 0;
}

int purge_some(struct purge *purge, struct err *err) {
	int rc;
	if (!purge->pending) {
		return -1;
	}
	if (!purge->steps_done) {
		rc = log_purge_step(purge->log, &purge->what, &purge->cursor, clock_wall_ms(), err);
		purge->steps_done = rc == 0;
		return rc < 0 ? FAILED_MS : 0;
	}
	rc = log_purge_finish(purge->log, err);
	purge->pending = rc != 1;
	return rc < 0 ? FAILED_MS : rc == 0 ? READERS_MS : -1;
}

/* The event that says so, as the running feed would write it. */
static bool begin(struct log_store *log, int64_t before_ms, struct err *err) {
	struct command cmd = {
		.action = ACTION_PURGE, .at_ms = clock_wall_ms(), .before_ms = before_ms};
	struct log_purge what = {.before_ms = before_ms};
	struct world world = {0};
	struct events events = {0};
	struct refusal no;
	struct forms forms = {0};
	struct log_row row;
	int64_t head, number;
	text_copy(cmd.by.name, sizeof(cmd.by.name), "siagad");
	if (!log_head(log, &head, &number, err) || !log_begin(log, err)) {
		return false;
	}
	reduce(&world, &cmd, &events, &no);
	events.items[0].seq = what.seq = head + 1;
	forms_make(&forms, &events.items[0], NULL, &world.registry);
	forms_row(&row, &forms, &events.items[0], NULL);
	bool ok = log_append(log, &row, err) && log_purge_begin(log, &what, err);
	forms_finish(&forms);
	events_finish(&events);
	if (!ok) {
		log_rollback(log);
		return false;
	}
	return log_commit(log, err);
}

bool purge_run_all(struct log_store *log, int64_t before_ms, struct err *err) {
	struct purge purge;
	struct err why = {0};
	int64_t purged_ms = log_purged_ms(log, err);
	int wait_ms;
	if (purged_ms < 0 || (purged_ms < before_ms && !begin(log, before_ms, err)) ||
		!purge_resume(&purge, log, err)) {
		return false;
	}
	/* Whoever only reads ends soon; whatever else is wrong is the caller's to hear. */
	while ((wait_ms = purge_some(&purge, &why)) >= 0) {
		if (wait_ms == FAILED_MS) {
			return err_set(err, "%s", why.text);
		}
		usleep((useconds_t)wait_ms * 1000);
	}
	return true;
}
