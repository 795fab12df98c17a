#include <siaga/feed/tokens.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/feed/token.h>

static struct token *find(const struct tokens *tokens, const unsigned char *hash) {
	struct token *token = NULL;
	HASH_FIND(hh, tokens->all, hash, TOKEN_KEY_LEN, token);
	return token != NULL && CRYPTO_memcmp(token->hash, hash, TOKEN_HASH_LEN) == 0 ? token
										      : NULL;
}

static void add(void *data, const struct token_row *row) {
	struct tokens *tokens = data;
	enum role role;
	/* A role of a later version opens nothing here. */
	if (row->revoked_at_ms != 0 || !role_find(row->role, &role) || role == ROLE_NONE) {
		return;
	}
	struct token *token = mem_alloc(1, sizeof(*token));
	memcpy(token->hash, row->hash, sizeof(token->hash));
	text_copy(token->name, sizeof(token->name), row->name);
	text_copy(token->agency, sizeof(token->agency), row->agency);
	token->role = role;
	HASH_ADD(hh, tokens->all, hash, TOKEN_KEY_LEN, token);
}

bool tokens_read(struct tokens *tokens, struct admin_store *admin, struct err *err) {
	struct tokens fresh = {0};
	if (!admin_list_tokens(admin, add, &fresh, err)) {
		tokens_finish(&fresh);
		return false;
	}
	for (struct token *token = fresh.all; token != NULL; token = token->hh.next) {
		const struct token *old = find(tokens, token->hash);
		if (old != NULL) {
			token->requests = old->requests;
			token->messages = old->messages;
		}
	}
	tokens_finish(tokens);
	*tokens = fresh;
	return true;
}

void tokens_finish(struct tokens *tokens) {
	struct token *token, *next;
	HASH_ITER (hh, tokens->all, token, next) {
		HASH_DEL(tokens->all, token);
		free(token);
	}
	tokens->all = NULL;
}

struct token *tokens_find(const struct tokens *tokens, const char *text) {
	unsigned char hash[TOKEN_HASH_LEN];
	if (text[0] == '\0') {
		return NULL;
	}
	token_hash(text, hash);
	return find(tokens, hash);
}

struct token *tokens_get(const struct tokens *tokens, const unsigned char hash[TOKEN_HASH_LEN]) {
	return find(tokens, hash);
}

bool tokens_has(const struct tokens *tokens, const unsigned char hash[TOKEN_HASH_LEN],
	enum role role, const char *agency) {
	const struct token *token = find(tokens, hash);
	return token != NULL && token->role == role && strcmp(token->agency, agency) == 0;
}
