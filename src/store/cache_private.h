/* What the parts of the cache share: the file itself, its outbox, and setting a damaged one aside.
 */
#ifndef SIAGA_STORE_CACHE_PRIVATE_H
#define SIAGA_STORE_CACHE_PRIVATE_H

#include <siaga/store/cache.h>

#include "db.h"

enum outbox_stmt { OUTBOX_PUT, OUTBOX_DROP, OUTBOX_READ, OUTBOX_STMT_COUNT };

struct cache_store {
	struct db db;
	struct db outbox; /* the same file, synchronous=FULL */
	char dir[PATH_MAX];
};

/* Unsent actions out of a damaged file. */
struct outbox_rescue {
	struct outbox_item {
		char *id, *frame;
		int64_t at_ms;
	} * items;
	size_t len;
};

/* Reads what can be read; none is fine. */
void outbox_rescue(struct outbox_rescue *rescue, const char *dir, const char *file);
bool outbox_put_back(
	const struct outbox_rescue *rescue, struct cache_store *cache, struct err *err);
void outbox_rescue_finish(struct outbox_rescue *rescue); /* frees; zero is fine */

/* FILE.aside-TIME in the folder, a name that is free. */
bool cache_aside_path(const char *dir, const char *file, char path[PATH_MAX], struct err *err);
/* Gives the file and what SQLite keeps beside it a new name, written to `aside`. */
bool cache_move_aside(const char *dir, const char *file, char *aside, size_t size, struct err *err);

#endif
