/* Closed incidents as the cache has them: a window of rows, never all of them. */
#ifndef SIAGA_APP_HISTORY_H
#define SIAGA_APP_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/model/incident.h>

struct history_item {
	int64_t key; /* its place in the cache's order: older rows come before it */
	char id[UUID_SIZE];
	int64_t number, received_ms, ended_ms;
	enum kind kind;
	enum priority priority;
	enum incident_state state;
	enum disposition disposition;
	enum reject_reason reason;
	char place[PLACE_SIZE];
	char agencies[120]; /* ids, joined by a blank */
};

struct history {
	bool on;      /* the queue pane shows it */
	bool waiting; /* rows were asked for */
	bool whole;   /* there are no more */
	char words[200];
	struct history_item *rows; /* owned; newest first */
	size_t len, at;            /* at: the row with the cursor */
	struct world old;          /* the incident that was opened, and nothing else */
	char opened[UUID_SIZE];    /* "" when none is */
};

#endif
