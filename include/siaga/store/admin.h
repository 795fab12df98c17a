/*
 * What the administrator sets beside the log: tokens and the registry, in DIR/admin.db. Written by
 * the siagad commands, read by the running feed, so it has many writers, each for a moment.
 */
#ifndef SIAGA_STORE_ADMIN_H
#define SIAGA_STORE_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>

#define TOKEN_NAME_SIZE 48
#define TOKEN_HASH_LEN  32

struct admin_store;

struct token_row {
	char name[TOKEN_NAME_SIZE];
	char role[16];
	char agency[25]; /* "" for none */
	unsigned char hash[TOKEN_HASH_LEN];
	int64_t made_at_ms, revoked_at_ms; /* 0: not revoked */
};

struct admin_store *admin_open(const char *dir, struct err *err);
/* Only to look at: nothing is made or changed, and a file that is not there is an error. */
struct admin_store *admin_open_look(const char *dir, struct err *err);
void admin_close(struct admin_store *admin); /* NULL is fine */
/* Writes a whole copy of it as it is now, to a file that does not exist. */
bool admin_copy(struct admin_store *admin, const char *path, struct err *err);

/* A live token of that name exists: error. A revoked one is replaced. */
bool admin_add_token(struct admin_store *admin, const struct token_row *row, struct err *err);
bool admin_revoke_token(
	struct admin_store *admin, const char *name, int64_t at_ms, struct err *err);
/* All tokens by name. */
bool admin_list_tokens(struct admin_store *admin,
	void (*on_token)(void *data, const struct token_row *), void *data, struct err *err);

/* The registry as one JSON text; rev counts up from 1. 1 found, 0 none, -1 error. */
bool admin_put_registry(struct admin_store *admin, const char *json, size_t len, int64_t at_ms,
	int64_t *rev, struct err *err);
int admin_get_registry(struct admin_store *admin, struct buf *json, int64_t *rev, struct err *err);
/* Asks the running feed to forget persons of before; a later time replaces an earlier one. */
bool admin_ask_purge(struct admin_store *admin, int64_t before_ms, struct err *err);
/* 0: never; -1 and *err: it cannot be read. */
int64_t admin_purge_asked_ms(struct admin_store *admin, struct err *err);
/* Changes when another process has written; cheap enough for every second. */
int64_t admin_version(struct admin_store *admin);

#endif
