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

enum outbox_stmt { OUTBOX_PUT, OUTBOX_PUT_BACK, OUTBOX_DROP, OUTBOX_READ, OUTBOX_STMT_COUNT };

/* What the index of words is told at the end of a transaction. */
struct history_words {
	struct history_word {
		enum cache_stmt which;
		int64_t key;
		char *words; /* owned */
	} * items;
	size_t len, cap;
};

#define CACHE_KIB 256 /* of pages; what is read again the system keeps, too */

struct cache_store {
	struct db db;
	size_t rush;      /* events that were saved in large saves, one behind the other */
	struct db outbox; /* the same file, synchronous=FULL */
	struct db_kind history_kind;
	struct db history; /* the same file, to be read only: a page never waits for a save */
	struct history_words words;
	char dir[PATH_MAX];
};

extern const struct db_kind cache_kind;

/* Takes cache.lock, as db_lock() does, and waits at most so long for who has it: he was perhaps
 * stopped, and never gives it back. */
int cache_lock(const char *dir, int wait_ms, bool *taken, struct err *err);

/* Has the file still its name? */
bool cache_is_there(struct cache_store *cache, struct err *err);
bool cache_begin(struct cache_store *cache, struct err *err);
/* Ends the transaction: with what was written in it when `done`, else as if it had not been. */
bool cache_end(struct cache_store *cache, bool done, struct err *err);

/* From here on history.c may read; the file has its schema. */
bool history_open(struct cache_store *cache, struct err *err);
void history_close(struct cache_store *cache);
/* The last thing in a transaction: what was put in it goes into the index of words, or is forgotten
 * where it is not `done`. */
bool history_end(struct cache_store *cache, bool done, struct err *err);
/* One incident's row; the caller has begun the transaction. */
bool history_put(struct cache_store *cache, const struct history_row *row, struct err *err);

/* What its row tells of persons goes, from the index of words, too; in an open transaction. */
bool history_forget(struct cache_store *cache, const char *id, struct err *err);

/* Unsent actions out of damaged files. */
struct outbox_rescue {
	struct outbox_item {
		char *id, *frame;
		int64_t at_ms;
	} * items;
	size_t len;
	bool lossy; /* not all could be read */
};

/* Adds what can be read; none is fine. False: it may be read later, when others or the disk let
 * us. */
bool outbox_rescue(struct outbox_rescue *rescue, const char *path, struct err *err);
/* What is there already stays as it is. */
bool outbox_put_back(
	const struct outbox_rescue *rescue, struct cache_store *cache, struct err *err);
void outbox_rescue_finish(struct outbox_rescue *rescue); /* frees; zero is fine */

/*
 * Files that were moved aside, or are about to be, and whose unsent actions are not in the new file
 * yet: their names, on the disk before anything is moved, so that whoever opens next goes on with
 * it. All of it with cache.lock taken.
 */
struct rescue_list {
	char (*names)[NAME_MAX + 1]; /* oldest first */
	size_t len;
};

bool rescue_read(struct rescue_list *list, const char *dir, struct err *err);
bool rescue_has(const struct rescue_list *list, const char *name);
/* `name` may be on the list already; it is on the disk when this returns true. */
bool rescue_add(struct rescue_list *list, const char *dir, const char *name, struct err *err);
/* All is done: there is no list any more. */
bool rescue_end(const char *dir, struct err *err);
void rescue_list_finish(struct rescue_list *list); /* zero is fine */

/* Has somebody met damage in the file of this folder while it was in use? */
bool cache_is_suspect(const char *dir);
void cache_set_suspect(const char *dir, bool suspect);
/* FILE.aside-TIME in the folder, a name that is free. */
bool cache_aside_path(const char *dir, const char *file, char path[PATH_MAX], struct err *err);
/* Is it what SQLite keeps, or has left, beside a file? `of` gets the name of that file, else its
 * own. */
bool cache_is_beside(const char *name, char of[NAME_MAX + 1]);
/* Of all that was set aside the newest ones stay, those of which something is still to be taken
 * out, and `spared`, the path of the last one ("": none). With cache.lock taken. */
void cache_drop_old_asides(const char *dir, const char *file, const char *spared);
/* Gives the file and what SQLite keeps beside it a new name, which is on the list before. On
 * failure errno says why. */
bool cache_move_aside(const char *dir, const char *file, struct rescue_list *list, struct err *err);
/* Somebody was killed while he moved it: what is left of it follows. */
void cache_finish_move(const char *dir, const char *file, const struct rescue_list *list);

#endif
