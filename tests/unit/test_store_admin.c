#include "test.h"

#include <siaga/store/admin.h>

#include "test_dir.h"

static struct admin_store *open_admin(struct test_dir *dir) {
	struct err err = {0};
	struct admin_store *admin = admin_open(dir->path, &err);

	if (admin == NULL) {
		fail_msg("%s", err.text);
	}
	return admin;
}

static struct token_row make_token(const char *name, unsigned char byte) {
	struct token_row row = {.role = "agency", .agency = "damkar", .made_at_ms = 5};

	(void)snprintf(row.name, sizeof(row.name), "%s", name);
	memset(row.hash, byte, sizeof(row.hash));
	return row;
}

static void refused_with(struct test_dir *dir, const char *part) {
	struct err err = {0};

	assert_null(admin_open(dir->path, &err));
	if (strstr(err.text, part) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", err.text, part);
	}
}

struct listed {
	char names[64];
	struct token_row live; /* the last of those that count */
};

static void list_token(void *data, const struct token_row *row) {
	struct listed *listed = data;

	(void)strcat(listed->names, row->name);
	(void)strcat(listed->names, row->revoked_at_ms != 0 ? "- " : " ");
	if (row->revoked_at_ms == 0) {
		listed->live = *row;
	}
}

static struct listed list_tokens(struct admin_store *admin) {
	struct listed listed = {.names = ""};

	assert_true(admin_list_tokens(admin, list_token, &listed, NULL));
	return listed;
}

static void test_tokens(void **state) {
	struct test_dir *dir = *state;
	struct admin_store *admin = open_admin(dir);
	struct token_row ayu = make_token("ayu", 0), budi = make_token("budi", 2);
	struct listed listed;
	struct err err = {0};

	assert_int_equal(file_mode(dir_file(dir, "admin.db")), 0600);
	assert_true(admin_add_token(admin, &ayu, NULL));
	assert_false(admin_add_token(admin, &ayu, &err));
	assert_non_null(strstr(err.text, "ayu"));
	listed = list_tokens(admin);
	assert_string_equal(listed.live.name, "ayu");
	assert_string_equal(listed.live.role, "agency");
	assert_string_equal(listed.live.agency, "damkar");
	assert_memory_equal(listed.live.hash, ayu.hash, TOKEN_HASH_LEN);
	assert_int_equal(listed.live.made_at_ms, 5);
	assert_true(admin_add_token(admin, &budi, NULL));
	assert_true(admin_revoke_token(admin, "ayu", 77, NULL));
	assert_false(admin_revoke_token(admin, "ayu", 78, &err));
	assert_false(admin_revoke_token(admin, "nobody", 78, &err));
	assert_string_equal(list_tokens(admin).names, "ayu- budi ");
	assert_true(admin_revoke_token(admin, "budi", 79, NULL));
	/* A name that is free again gets a new token; the old one stays dead. */
	memset(ayu.hash, 9, sizeof(ayu.hash));
	assert_true(admin_add_token(admin, &ayu, NULL));
	admin_close(admin);
	admin_close(NULL);

	admin = open_admin(dir);
	listed = list_tokens(admin);
	assert_string_equal(listed.names, "ayu budi- ");
	assert_memory_equal(listed.live.hash, ayu.hash, TOKEN_HASH_LEN);
	admin_close(admin);
}

static void test_registry(void **state) {
	struct test_dir *dir = *state;
	struct admin_store *admin = open_admin(dir), *other = open_admin(dir);
	int64_t rev = -1, version = admin_version(admin);
	struct buf json = {0};

	assert_int_equal(admin_get_registry(admin, &json, &rev, NULL), 0);
	assert_true(admin_put_registry(admin, "{\"a\":1}", 7, 10, &rev, NULL));
	assert_int_equal(rev, 1);
	/* One's own writing is no news. */
	assert_true(admin_version(admin) == version);
	assert_true(admin_put_registry(other, "{}", 2, 11, &rev, NULL));
	assert_int_equal(rev, 2);
	assert_true(admin_version(admin) != version);
	version = admin_version(admin);
	assert_true(admin_version(admin) == version);
	assert_int_equal(admin_get_registry(admin, &json, &rev, NULL), 1);
	assert_int_equal(rev, 2);
	assert_string_equal(json.data, "{}");
	buf_finish(&json);
	admin_close(other);
	admin_close(admin);
}

static void test_refused_files(void **state) {
	struct test_dir *dir = *state;

	admin_close(open_admin(dir));
	assert_true(run_sql(dir_file(dir, "admin.db"), "PRAGMA user_version=99"));
	refused_with(dir, "newer");
	assert_true(run_sql(dir->file, "PRAGMA user_version=1; DROP TABLE token"));
	refused_with(dir, "admin.db");
	assert_int_equal(truncate(dir->file, 0), 0);
	refused_with(dir, "empty");
	assert_true(
		spoil(dir->file, -1, 0, "this is not a database, whatever its name says it is"));
	refused_with(dir, "admin.db: damaged");
	assert_int_equal(file_size(dir->file), 52);
}

/* The log's file under this name is not taken for one of ours. */
static void test_other_kind(void **state) {
	struct test_dir *dir = *state;

	admin_close(open_admin(dir));
	assert_true(run_sql(dir_file(dir, "admin.db"), "PRAGMA application_id=1397309772"));
	refused_with(dir, "not the admin.db of a siaga");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, dir_setup, dir_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(test_tokens),
		TEST(test_registry),
		TEST(test_refused_files),
		TEST(test_other_kind),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
