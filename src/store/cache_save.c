/* What is kept for viewing without a feed: who it is of, events, incidents' rows, the registry. */
#include <siaga/store/cache.h>

#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "cache_private.h"

/* Whoever has much to catch up with writes all over the file, and is quicker with more of its pages
 * at hand: so many events later, in saves of so many at least. */
#define RUSH_KIB    2048
#define RUSH_EVENTS 10000
#define RUSH_SAVE   32

/* An id as it stands in a column; "" for anything that is none. */
static void get_id(sqlite3_stmt *stmt, int at, char *out, size_t size) {
	const char *text = db_column(stmt, at, NULL);

	text_copy(out, size, text_id_ok(text, size - 1) ? text : "");
}

/* The file may be damaged where no check sees it: its words are a stranger's. */
bool cache_get_meta(struct cache_store *cache, struct cache_meta *meta, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_META_GET);
	int rc = db_step(&cache->db, stmt, err);

	*meta = (struct cache_meta){0};
	if (rc == 1) {
		const char *feed = db_column(stmt, 0, NULL), *name;

		text_clean(meta->feed, sizeof(meta->feed), feed, strlen(feed));
		meta->last_seq = db_column_number(stmt, 1, DB_SEQ_MAX);
		meta->saved_at_ms = db_column_number(stmt, 2, DB_MS_MAX);
		name = db_column(stmt, 3, NULL);
		text_clean(meta->name, sizeof(meta->name), name, strlen(name));
		get_id(stmt, 4, meta->role, sizeof(meta->role));
		get_id(stmt, 5, meta->agency, sizeof(meta->agency));
		get_id(stmt, 6, meta->mark, sizeof(meta->mark));
		db_reset(stmt);
	}
	return rc >= 0;
}

bool cache_begin(struct cache_store *cache, struct err *err) {
	return db_run(&cache->db, db_stmt(&cache->db, CACHE_BEGIN), err);
}

bool cache_end(struct cache_store *cache, bool done, struct err *err) {
	if (history_end(cache, done, err) &&
		db_run(&cache->db, db_stmt(&cache->db, CACHE_COMMIT), err)) {
		return true;
	}
	if (sqlite3_get_autocommit(cache->db.handle) == 0) {
		(void)db_exec(&cache->db, "ROLLBACK", NULL);
	}
	return false;
}

static bool put_meta(struct cache_store *cache, const struct cache_meta *meta, struct err *err) {
	struct cache_meta old;
	sqlite3_stmt *stmt;

	if (!cache_get_meta(cache, &old, err)) {
		return false;
	}
	if (old.feed[0] != '\0' && strcmp(old.feed, meta->feed) != 0) {
		return err_set(err, _("%s: holds what another feed said"), cache->db.path);
	}
	if (old.feed[0] != '\0' && meta->goes_on != NULL && !meta->goes_on(&old, meta)) {
		return err_set(err, _("%s: holds what another role may see"), cache->db.path);
	}
	if (old.last_seq < meta->after) {
		return err_set(err, _("%s: another console has begun it anew"), cache->db.path);
	}
	stmt = db_stmt(&cache->db, CACHE_META_PUT);
	db_bind_str(&cache->db, stmt, 1, meta->feed);
	db_bind_int(&cache->db, stmt, 2, meta->last_seq);
	db_bind_int(&cache->db, stmt, 3, meta->saved_at_ms);
	db_bind_str(&cache->db, stmt, 4, meta->name);
	db_bind_str(&cache->db, stmt, 5, meta->role);
	db_bind_str(&cache->db, stmt, 6, meta->agency);
	db_bind_str(&cache->db, stmt, 7, meta->mark);
	db_bind_int(&cache->db, stmt, 8, meta->forget_ms);
	return db_run(&cache->db, stmt, err);
}

/* The incident of the event before: those of one often follow each other, and what was just found
 * to be so is not asked for again. */
struct last {
	const char *incident;
	bool behind; /* it is noted that its row does not tell all */
};

/* Until its row has come, in this save or later. */
static bool put_behind(struct cache_store *cache, const struct cache_event *event, bool same,
	struct last *last, struct err *err) {
	sqlite3_stmt *stmt;
	bool done;

	if (same && !last->behind && !event->ends) {
		return true;
	}
	stmt = db_stmt(&cache->db, CACHE_BEHIND_PUT);
	db_bind_str(&cache->db, stmt, 1, event->incident);
	db_bind_int(&cache->db, stmt, 2, event->seq);
	db_bind_int(&cache->db, stmt, 3, event->ends ? 1 : 0);
	done = db_run(&cache->db, stmt, err);
	last->behind = done && sqlite3_changes(cache->db.handle) > 0;
	return done;
}

static bool put_incident(
	struct cache_store *cache, const struct cache_event *event, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_INCIDENT_PUT);

	db_bind_str(&cache->db, stmt, 1, event->incident);
	db_bind_int(&cache->db, stmt, 2, event->seq);
	if (event->ends) {
		db_bind_int(&cache->db, stmt, 3, event->at_ms);
	}
	db_bind_int(&cache->db, stmt, 4, event->ends || event->opens ? 1 : 0);
	return db_run(&cache->db, stmt, err);
}

static bool put_event(struct cache_store *cache, const struct cache_event *event, struct last *last,
	struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_EVENT_PUT);
	bool same = strcmp(last->incident, event->incident) == 0, done = true;

	db_bind_int(&cache->db, stmt, 1, event->seq);
	db_bind_int(&cache->db, stmt, 2, event->at_ms);
	db_bind_str(&cache->db, stmt, 3, event->incident);
	db_bind_str(&cache->db, stmt, 4, event->body);
	db_bind_int(&cache->db, stmt, 5, event->personal ? 1 : 0);
	if (!db_run(&cache->db, stmt, err)) {
		return false;
	}
	if (event->incident[0] == '\0') {
		return true;
	}
	if (sqlite3_changes(cache->db.handle) > 0) {
		done = put_behind(cache, event, same, last, err);
		last->incident = event->incident;
	} else {
		last->incident = ""; /* It was here: what of it is behind was not asked. */
	}
	return done && ((same && !event->ends && !event->opens) || put_incident(cache, event, err));
}

static void make_room(struct cache_store *cache, size_t len) {
	size_t rush = len >= RUSH_SAVE ? cache->rush + len : 0;
	bool rushed = cache->rush >= RUSH_EVENTS, rushes = rush >= RUSH_EVENTS;

	cache->rush = rush;
	if (rushed != rushes) {
		db_set_room(&cache->db, rushes ? RUSH_KIB : CACHE_KIB);
	}
}

bool cache_save(struct cache_store *cache, const struct cache_meta *meta,
	const struct cache_event *events, size_t len, const struct history_row *rows,
	size_t rows_len, struct err *err) {
	struct last last = {.incident = ""};
	bool done;

	make_room(cache, len);
	if (!cache_is_there(cache, err) || !cache_begin(cache, err)) {
		return false;
	}
	done = put_meta(cache, meta, err);
	for (size_t i = 0; done && i < len; i++) {
		done = put_event(cache, &events[i], &last, err);
	}
	for (size_t i = 0; done && i < rows_len; i++) {
		done = history_put(cache, &rows[i], err);
	}
	return cache_end(cache, done, err);
}

bool cache_save_registry(struct cache_store *cache, const char *json, size_t len, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_REGISTRY_PUT);

	db_bind_text(&cache->db, stmt, 1, json, len);
	return db_run(&cache->db, stmt, err);
}

int cache_get_registry(struct cache_store *cache, struct buf *json, struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_REGISTRY_GET);
	int rc = db_step(&cache->db, stmt, err);

	if (rc == 1) {
		size_t len;
		const char *text = db_column(stmt, 0, &len);

		buf_clear(json);
		buf_add(json, text, len);
		db_reset(stmt);
	}
	return rc;
}

bool cache_read(struct cache_store *cache, int64_t since_ms, cache_event_fn on_event, void *data,
	struct err *err) {
	sqlite3_stmt *stmt = db_stmt(&cache->db, CACHE_READ);
	int rc;

	db_bind_int(&cache->db, stmt, 1, since_ms);
	while ((rc = db_step(&cache->db, stmt, err)) == 1) {
		size_t len;
		const char *body = db_column(stmt, 0, &len);

		if (!on_event(data, body, len)) {
			db_reset(stmt);
			break;
		}
	}
	return rc >= 0;
}
