/* What the parts of the cache share: the file itself, its outbox, and setting a damaged one aside.
 */
#ifndef SIAGA_STORE_CACHE_PRIVATE_H
#define SIAGA_STORE_CACHE_PRIVATE_H

#include <siaga/store/cache.h>
#include <siaga/store/history.h>

#include "db.h"

/* On the connection that writes. */
enum cache_stmt {
	CACHE_BEGIN,
	CACHE_COMMIT,
	CACHE_META_GET,
	CACHE_META_PUT,
	CACHE_EVENT_PUT,
	CACHE_INCIDENT_PUT,
	CACHE_BEHIND_PUT,
	CACHE_BEHIND_DROP,
	CACHE_HISTORY_GET,
	CACHE_HISTORY_ROW,
	CACHE_HISTORY_BARE,
	CACHE_FORGOTTEN,
	CACHE_HISTORY_DROP,
	CACHE_HISTORY_PUT,
	CACHE_WORDS_PUT,
	CACHE_WORDS_DROP,
	CACHE_REGISTRY_PUT,
	CACHE_REGISTRY_GET,
	CACHE_READ,
	CACHE_COPY,
	CACHE_STMT_COUNT
};

enum outbox_stmt { OUTBOX_PUT, OUTBOX_DROP, OUTBOX_READ, OUTBOX_STMT_COUNT };

struct cache_store {
	struct db db;
	struct db outbox; /* the same file, synchronous=FULL */
	struct db_kind history_kind;
	struct db history; /* the same file, to be read only: a page never waits for a save */
	char dir[PATH_MAX];
};

extern const struct db_kind cache_kind;

/* Has the file still its name? */
bool cache_is_there(struct cache_store *cache, struct err *err);
bool cache_begin(struct cache_store *cache, struct err *err);
/* Ends the transaction: with what was written in it when `done`, else as if it had not been. */
bool cache_end(struct cache_store *cache, bool done, struct err *err);

/* From here on history.c may read; the file has its schema. */
bool history_open(struct cache_store *cache, struct err *err);
/* One incident's row; the caller has begun the transaction. */
bool history_put(struct cache_store *cache, const struct history_row *row, struct err *err);

/* What its row tells of persons goes, from the index of words, too; in an open transaction. */
bool history_forget(struct cache_store *cache, const char *id, struct err *err);

/* Unsent actions out of a damaged file. */
struct outbox_rescue {
	struct outbox_item {
		char *id, *frame;
		int64_t at_ms;
	} * items;
	size_t len;
	bool whole; /* all of it could be read */
};

/* Reads what can be read; none is fine. */
void outbox_rescue(struct outbox_rescue *rescue, const char *path);
bool outbox_put_back(
	const struct outbox_rescue *rescue, struct cache_store *cache, struct err *err);
void outbox_rescue_finish(struct outbox_rescue *rescue); /* frees; zero is fine */

/* Has somebody met damage in the file of this folder while it was in use? */
bool cache_is_suspect(const char *dir);
void cache_set_suspect(const char *dir, bool suspect);
/* FILE.aside-TIME in the folder, a name that is free. */
bool cache_aside_path(const char *dir, const char *file, char path[PATH_MAX], struct err *err);
/* Of all that was set aside the newest ones stay. */
void cache_drop_old_asides(const char *dir, const char *file);
/* Gives the file and what SQLite keeps beside it a new name, written to `aside`. */
bool cache_move_aside(const char *dir, const char *file, char *aside, size_t size, struct err *err);

#endif
