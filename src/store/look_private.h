/* What the looks at the three files share. */
#ifndef SIAGA_STORE_LOOK_PRIVATE_H
#define SIAGA_STORE_LOOK_PRIVATE_H

#include <siaga/store/look.h>

#include "db.h"

/* Opens the file of this kind for a look and reads all of it once. True: it is fine, and open;
 * db_close() is to be called either way. */
bool look_open(struct db *db, const char *dir, const struct db_kind *kind, enum look_state *state,
	int *schema, int64_t *bytes, struct err *err);
/* What a query that failed means. */
enum look_state look_failure(struct db *db);
/* The first row of a query; 1, 0 or -1, and the statement is to be finalized. */
int look_query(struct db *db, const char *sql, sqlite3_stmt **stmt, struct err *err);

extern const struct db_kind log_kind, admin_kind;

struct admin_store {
	struct db db;
};

#endif
