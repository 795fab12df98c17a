/* The tokens that count now, in memory: guesses never reach the disk, and what is revoked is known
 * to be so. */
#ifndef SIAGA_FEED_TOKENS_H
#define SIAGA_FEED_TOKENS_H

#include <siaga/base/table.h>
#include <siaga/feed/limits.h>
#include <siaga/model/registry.h>
#include <siaga/model/words.h>
#include <siaga/store/admin.h>

#define TOKEN_KEY_LEN 16 /* of the hash: finds it; the rest is compared in constant time */

struct token {
	unsigned char hash[TOKEN_HASH_LEN];
	char name[TOKEN_NAME_SIZE];
	enum role role;
	char agency[AGENCY_ID_SIZE]; /* "" for none */
	struct bucket requests;
	struct bucket messages; /* of all its consoles together */
	UT_hash_handle hh;      /* by the first TOKEN_KEY_LEN bytes of hash */
};

/* Zero is empty. */
struct tokens {
	struct token *all;
};

/* Reads them anew; those that were there keep their buckets. On an error all stays as it was. */
bool tokens_read(struct tokens *tokens, struct admin_store *admin, struct err *err);
void tokens_finish(struct tokens *tokens);
/* By its text; NULL: none, or revoked. Valid until the next tokens_read(). */
struct token *tokens_find(const struct tokens *tokens, const char *text);
/* By its hash; as tokens_find(). */
struct token *tokens_get(const struct tokens *tokens, const unsigned char hash[TOKEN_HASH_LEN]);
/* Does the one with this hash count, with this role and agency? */
bool tokens_has(const struct tokens *tokens, const unsigned char hash[TOKEN_HASH_LEN],
	enum role role, const char *agency);

#endif
