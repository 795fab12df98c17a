#include "test.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>
#include <siaga/base/uuid.h>

static void test_alloc_is_zero(void **state) {
	int *made = mem_alloc(4, sizeof(*made));
	char *copy = mem_dup_str("siaga");

	(void)state;
	assert_int_equal(made[3], 0);
	made = mem_resize(made, 8, sizeof(*made));
	made[7] = 1;
	assert_string_equal(copy, "siaga");
	free(made);
	free(copy);
	free(mem_alloc(0, 0));
	for (size_t size = 0; size < 300; size += 7) {
		char *line = mem_alloc_line(size), none[300] = {0};
		assert_int_equal((uintptr_t)line % MEM_LINE, 0);
		assert_memory_equal(line, none, size);
		memset(line, 'x', size);
		free(line);
	}
}

static void on_exhausted(void) {
	(void)!write(STDOUT_FILENO, "hook", 4);
}

static void test_exhausted(void **state) {
	struct buf buf = {0};
	char got[8] = "";
	int pipes[2], status;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		(void)dup2(pipes[1], STDOUT_FILENO);
		(void)close(STDERR_FILENO);
		mem_on_exhausted(on_exhausted);
		/* Refused before the allocator is asked, whose sanitized form would end by itself.
		 */
		buf_reserve(&buf, SIZE_MAX);
		_exit(0);
	}
	assert_true(child > 0);
	(void)close(pipes[1]);
	assert_int_equal(read(pipes[0], got, sizeof(got)), 4);
	assert_string_equal(got, "hook");
	(void)close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void test_buf(void **state) {
	struct buf buf = {0};

	(void)state;
	buf_drop_front(&buf, 3);
	buf_clear(&buf);
	buf_printf(&buf, "%d %s", 7, "x");
	buf_add_str(&buf, "");
	assert_string_equal(buf.data, "7 x");
	for (int i = 0; i < 1000; i++) {
		buf_add(&buf, "0123456789", 10);
	}
	assert_int_equal(buf.len, 10003);
	assert_int_equal(strlen(buf.data), 10003);
	buf_drop_front(&buf, 10001);
	assert_string_equal(buf.data, "89");
	buf_drop_front(&buf, 99);
	assert_string_equal(buf.data, "");
	buf_add(&buf, "a\0b", 3);
	assert_memory_equal(buf.data, "a\0b", 4);
	buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf.data, "");
	buf_finish(&buf);
	buf_finish(&buf);
	assert_null(buf.data);
}

static void test_err(void **state) {
	struct err err = {0};
	char many[ERR_TEXT_MAX + 10];

	(void)state;
	assert_false(err_set(NULL, "%d", 1));
	assert_false(err_prefix(NULL, "x"));
	assert_false(err_set(&err, "two\nlines"));
	assert_string_equal(err.text, "two lines");
	assert_false(err_prefix(&err, "%s:%d", "file", 3));
	assert_string_equal(err.text, "file:3: two lines");
	memset(many, 'a', sizeof(many));
	memcpy(many + ERR_TEXT_MAX - 3, "\xe2\x80\x94", 3);
	many[sizeof(many) - 1] = '\0';
	assert_false(err_set(&err, "%s", many));
	assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 3);
	/* A part of a message may have been cut before, and C1 controls are controls, too. */
	assert_false(err_set(&err, "no \"%.4s\" here", "abc\xc3\xa9"));
	assert_string_equal(err.text, "no \"abc\xef\xbf\xbd\" here");
	assert_false(err_set(&err, "a\x1b[2J\xc2\x9b"
				   "2Jb\xff"));
	assert_string_equal(err.text, "a\xef\xbf\xbd[2J\xef\xbf\xbd"
				      "2Jb\xef\xbf\xbd");
}

/* What came later is stored behind what came before, and is no easier to guess. */
static void test_uuid_of_a_time(void **state) {
	char one[UUID_SIZE], two[UUID_SIZE], later[UUID_SIZE];

	(void)state;
	uuid_make_at(one, INT64_C(0x0123456789ab));
	uuid_make_at(two, INT64_C(0x0123456789ab));
	uuid_make_at(later, INT64_C(0x0123456789ac));
	assert_true(uuid_ok(one));
	assert_memory_equal(one, "01234567-89ab-7", 15);
	assert_non_null(strchr("89ab", one[19]));
	assert_memory_equal(one, two, 15);
	assert_string_not_equal(one + 15, two + 15);
	assert_true(strcmp(one, later) < 0 && strcmp(two, later) < 0);
}

static void test_uuid(void **state) {
	char one[UUID_SIZE], two[UUID_SIZE];

	(void)state;
	uuid_make(one);
	uuid_make(two);
	assert_true(uuid_ok(one));
	assert_string_not_equal(one, two);
	assert_int_equal(one[14], '4');
	assert_non_null(strchr("89ab", one[19]));
	one[35] = 'g';
	assert_false(uuid_ok(one));
	one[35] = '\0';
	assert_false(uuid_ok(one));
	two[8] = '0';
	assert_false(uuid_ok(two));
	assert_false(uuid_ok(""));
	assert_false(uuid_ok("3f2504e0-4f89-41d3-9a0c-0305e82c33011"));
	assert_true(uuid_ok("3F2504E0-4F89-41D3-9A0C-0305E82C3301"));
}

static void test_buf_wipe(void **state) {
	struct buf buf = {0};
	(void)state;
	buf_wipe(&buf, 0);
	buf_add_str(&buf, "0812-1111");
	const char *was = buf.data;
	buf_wipe(&buf, 64);
	assert_ptr_equal(buf.data, was);
	assert_int_equal(buf.len, 0);
	for (size_t i = 0; i < strlen("0812-1111"); i++) {
		assert_int_equal(buf.data[i], 0);
	}
	buf_reserve(&buf, 1000);
	buf_wipe(&buf, 64);
	assert_null(buf.data);
	assert_int_equal(buf.cap, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_is_zero),
		cmocka_unit_test(test_exhausted),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_buf_wipe),
		cmocka_unit_test(test_err),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_uuid_of_a_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
