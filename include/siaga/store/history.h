/*
 * What the cache knows of every incident that ended, one short row each: read in windows by key, so
 * that a page of a million incidents costs what a page of forty does.
 */
#ifndef SIAGA_STORE_HISTORY_H
#define SIAGA_STORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/store/cache.h>

/* One incident in short. Words are those of the protocol; "" where there is nothing to say. */
struct history_row {
	int64_t key; /* its place in the order; set on reading, ignored on saving */
	const char *id;
	int64_t number;
	const char *kind, *priority, *state, *mode;
	const char *place;
	int32_t lat_e7, lon_e7;
	int64_t received_ms;
	int64_t ended_ms;              /* saving: 0 for one that is open, which has no row */
	const char *outcome;           /* disposition, or the reason of a false alarm */
	const char *caller, *phone;    /* of the first alarm, as this role may see them */
	const char *agencies, *camera; /* ids, apart by blanks; the camera that verified it */
	int64_t alarms, last_seq;      /* how many alarms; its last event in this row */
	const char *notes; /* saving: more text to be found by, also other callers; reading: "" */
};

/* Which rows are wanted. Zero: the newest. */
struct history_query {
	int64_t before;       /* rows older than this key; 0: from the newest */
	int64_t after;        /* instead: the rows just newer than this key, to page back */
	int limit;            /* at most so many; 0: HISTORY_PAGE */
	int64_t from_ms;      /* received then or later */
	int64_t to_ms;        /* received before; 0: no end */
	const char *words;    /* each must be there; the last may be the beginning of one */
	const char *kind;     /* NULL: any; so the next two */
	const char *priority; /* as in the row */
	const char *state;    /* "false_alarm": false alarms only */
};

#define HISTORY_PAGE 50

/* The texts live for the call; false ends the reading. */
typedef bool (*history_row_fn)(void *data, const struct history_row *row);

/* A window of rows, the newest received first, whichever way it was reached. */
bool cache_history(struct cache_store *cache, const struct history_query *query,
	history_row_fn on_row, void *data, struct err *err);
/* Every row of those received from then on and before then, in no order; also from a cache that was
 * opened to be looked at. Only id, kind, priority, state, mode, place on the map and times are
 * filled. */
bool cache_read_ended(struct cache_store *cache, int64_t from_ms, int64_t to_ms,
	history_row_fn on_row, void *data, struct err *err);
/* How many incidents have ended, without counting them; -1 on error. */
int64_t cache_history_count(struct cache_store *cache, struct err *err);
/* All events of one incident that the cache holds, in order. */
bool cache_read_incident(struct cache_store *cache, const char *id, cache_event_fn on_event,
	void *data, struct err *err);

/* Incidents that ended and whose row is missing or does not tell all of them: up to `max` ids. */
size_t cache_history_behind(struct cache_store *cache, char (*ids)[UUID_SIZE], size_t max);
/* Saves the row of one of them, or (NULL) gives it up: its events do not say enough. */
bool cache_history_mend(
	struct cache_store *cache, const char *id, const struct history_row *row, struct err *err);

#endif
