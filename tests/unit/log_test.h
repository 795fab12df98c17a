/* A log for the tests of the store: rows, what is read of them, and what must not fail. */
#ifndef SIAGA_TEST_LOG_H
#define SIAGA_TEST_LOG_H

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/store/log.h>

#include "test_dir.h"

#define FIRE       "11111111-1111-4111-8111-111111111111"
#define FLOOD      "22222222-2222-4222-8222-222222222222"
#define CRASH      "33333333-3333-4333-8333-333333333333"

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)

struct seen {
	int64_t seqs[64];
	char last[256];
	size_t len, stop_at;
	bool masked;
	char audience[64];
	bool caller;
};

static TEST_UNUSED bool on_event(void *data, const struct log_event *event) {
	struct seen *seen = data;
	const char *body = seen->masked ? event->masked : event->body;
	size_t len = seen->masked ? event->masked_len : event->len;

	assert_true(seen->len < ARRAY_LEN(seen->seqs) && len < sizeof(seen->last));
	seen->seqs[seen->len++] = event->seq;
	memcpy(seen->last, body, len);
	seen->last[len] = '\0';
	seen->caller = event->caller;
	(void)snprintf(seen->audience, sizeof(seen->audience), "%s", event->audience);
	return seen->len != seen->stop_at;
}

static TEST_UNUSED struct log_store *open_log(struct test_dir *dir) {
	struct err err = {0};
	struct log_store *log = log_open_writer(dir->path, &err);

	if (log == NULL) {
		fail_msg("%s", err.text);
	}
	return log;
}

static TEST_UNUSED struct log_row make_row(int64_t seq, const char *incident, int64_t number) {
	return (struct log_row){
		.seq = seq,
		.at_ms = 1000 * seq,
		.incident = incident,
		.number = number,
		.type = "incident.noted",
		.alarm = "",
		.body = "{\"phone\":\"+62 271\"}",
		.body_len = 19,
		.masked = "{\"phone\":\"+62 271\"}",
		.masked_len = 19,
	};
}

static TEST_UNUSED bool append(struct log_store *log, const struct log_row *row, struct err *err) {
	return log_begin(log, err) && log_append(log, row, err) && log_commit(log, err);
}

static TEST_UNUSED void put(
	struct log_store *log, int64_t seq, const char *incident, int64_t number, char what) {
	struct log_row row = make_row(seq, incident, number);
	struct err err = {0};

	row.opens = what == 'o';
	row.ends = what == 'e';
	if (!append(log, &row, &err)) {
		fail_msg("%s", err.text);
	}
}

static TEST_UNUSED void hash_of(
	struct log_store *log, int64_t seq, unsigned char out[LOG_HASH_LEN]) {
	assert_int_equal(log_hash(log, seq, out, NULL), 1);
}

static TEST_UNUSED struct log_row make_personal(int64_t seq) {
	struct log_row row = make_row(seq, FIRE, 1);

	row.bare = "{}";
	row.bare_len = 2;
	row.audience = "damkar +psc119";
	return row;
}

#endif
