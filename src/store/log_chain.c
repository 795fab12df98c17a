#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <siaga/base/mem.h>
#include <siaga/store/digest.h>

#include "log_private.h"

static_assert(LOG_HASH_LEN == DIGEST_LEN, "a place in the chain is a digest");

/* Says which kind of chain it is, so that another kind can follow one day. */
static const char mark[] = "siaga1";

static void add_number(struct buf *out, uint64_t value) {
	unsigned char bytes[8];

	for (int i = 7; i >= 0; i--) {
		bytes[i] = (unsigned char)(value & 0xff);
		value >>= 8;
	}
	buf_add(out, bytes, sizeof(bytes));
}

/* With its length before it, so that nothing moves from one text into the next unseen. */
static void add_text(struct buf *out, const char *text, size_t len) {
	add_number(out, len);
	buf_add(out, text, len);
}

static void finish_hash(struct buf *all, unsigned char out[LOG_HASH_LEN]) {
	digest_make(all->data, all->len, out);
	buf_finish(all);
}

void log_chain_first(const char *feed, unsigned char out[LOG_HASH_LEN]) {
	struct buf all = {0};

	buf_add_str(&all, mark);
	add_text(&all, feed, strlen(feed));
	finish_hash(&all, out);
}

void log_chain_digest(const unsigned char *salt, size_t salt_len, const char *body, size_t len,
	unsigned char out[LOG_HASH_LEN]) {
	struct buf all = {0};

	buf_add(&all, salt, salt_len);
	buf_add(&all, body, len);
	finish_hash(&all, out);
}

void log_chain_hash(const unsigned char last[LOG_HASH_LEN], int64_t seq, const char *bare,
	size_t bare_len, const char *audience, const unsigned char *digest,
	unsigned char out[LOG_HASH_LEN]) {
	struct buf all = {0};

	buf_add_str(&all, mark);
	buf_add(&all, last, LOG_HASH_LEN);
	add_number(&all, (uint64_t)seq);
	add_text(&all, bare, bare_len);
	add_text(&all, audience, strlen(audience));
	if (digest != NULL) {
		buf_add(&all, digest, LOG_HASH_LEN);
	}
	finish_hash(&all, out);
}

static void make_salt(unsigned char salt[LOG_SALT_LEN]) {
	while (getrandom(salt, LOG_SALT_LEN, 0) != LOG_SALT_LEN) {
		if (errno != EINTR) {
			abort();
		}
	}
}

void log_chain_link(
	struct log_link *out, const unsigned char last[LOG_HASH_LEN], const struct log_row *row) {
	const char *bare = row->bare != NULL ? row->bare : row->body;
	size_t len = row->bare != NULL ? row->bare_len : row->body_len;

	out->salted = len != row->body_len || memcmp(bare, row->body, len) != 0;
	if (out->salted) {
		make_salt(out->salt);
		log_chain_digest(
			out->salt, sizeof(out->salt), row->body, row->body_len, out->digest);
	}
	log_chain_hash(last, row->seq, bare, len, row->audience != NULL ? row->audience : "",
		out->salted ? out->digest : NULL, out->hash);
}
