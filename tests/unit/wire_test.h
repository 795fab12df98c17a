/* What the tests of the wire layer share. */
#ifndef TESTS_UNIT_WIRE_TEST_H
#define TESTS_UNIT_WIRE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/wire/wire.h>

#define ID_A "0b0e7c1e-6d1f-4c39-9a53-1f2d3c4b5a60"
#define ID_B "1c1e7c1e-6d1f-4c39-9a53-1f2d3c4b5a61"
#define ID_C "2d2e7c1e-6d1f-4c39-9a53-1f2d3c4b5a62"
#define ID_D "3e3e7c1e-6d1f-4c39-9a53-1f2d3c4b5a63"

/* A text and the error that reading it gives; `error` NULL where it is fine. */
struct hostile {
	const char *json;
	const char *error;
};

/* Bytes that no reader of this layer takes, whatever it reads. */
static const struct {
	const char *json;
	size_t len; /* 0: a string */
} hostile_bytes[] = {
	{"", 0},
	{"   ", 0},
	{"{", 0},
	{"[]", 0},
	{"1", 0},
	{"null", 0},
	{"\"text\"", 0},
	{"{} {}", 0},
	{"{},", 0},
	{"{\"a\":1,}", 0},
	{"{\"a\":007}", 0},
	{"{\"a\":True}", 0},
	{"{\"a\":nan}", 0},
	{"{\"a\":NaN}", 0},
	{"{\"a\":Infinity}", 0},
	{"{\"a\":-Infinity}", 0},
	{"{'a':1}", 0},
	{"{\"a\":'x'}", 0},
	{"{/* */\"a\":1}", 0},
	{"{\"a\":\"line\nbreak\"}", 0},
	{"{\"a\":\"\033[2J\"}", 0},
	{"{\"a\":\"\xff\xfe\"}", 0},
	{"{\"\xff\xfe\":1}", 0},
	{"{\"a\":\"\xc0\xaf\"}", 0},
	{"{\"a\":\"\xed\xa0\x80\"}", 0},
	{"{\"a\":\"\xf5\x80\x80\x80\"}", 0},
	{"{\"a\":\"x\\u0000y\"}", 0},
	{"{\"a\\u0000y\":1}", 0},
	{"{\"a\":1}\0", 8},
	{"{\"a\":\"x\0y\"}", 11},
	{"{\"a\":1,\"a\":2}", 0},
	{"{\"a\":{\"b\":1,\"b\":1}}", 0},
	{"{\"a\":[[[[[[[[[[1]]]]]]]]]]}", 0},
	{"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}", 0},
	{"{\"a\":\"\\", 0},
	{"{\"a\":\"\\u00", 0},
	{"{\"a\":\"\\x\"}", 0},
};

static inline size_t hostile_len(size_t i) {
	return hostile_bytes[i].len > 0 ? hostile_bytes[i].len : strlen(hostile_bytes[i].json);
}

/* Exact copy on the heap, so that a read over the end is found. */
static inline char *dup_exact(const char *text, size_t len) {
	char *copy = malloc(len > 0 ? len : 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static inline char *repeat(const char *head, const char *unit, size_t count, const char *tail) {
	struct buf out = {0};
	buf_add_str(&out, head);
	for (size_t i = 0; i < count; i++) {
		buf_add_str(&out, unit);
	}
	buf_add_str(&out, tail);
	return out.data;
}

#endif
