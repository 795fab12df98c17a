#include "test.h"

#include <string.h>

#include "../../src/feed/book.h"
#include "../../src/feed/private.h"

static struct ring *ring;

static int setup(void **state) {
	(void)state;
	ring = mem_alloc(1, sizeof(*ring));
	return 0;
}

static int teardown(void **state) {
	(void)state;
	ring_finish(ring);
	free(ring);
	return 0;
}

static void push(int64_t seq, const char *full, const char *masked, const char *audience) {
	struct writer_event event = {.seq = seq,
		.full = full,
		.full_len = strlen(full),
		.masked = masked,
		.masked_len = masked != NULL ? strlen(masked) : 0,
		.audience = audience};
	ring_push(ring, &event);
}

static void an_event_is_found_until_another_has_its_place(void **state) {
	(void)state;
	push(5, "Sri Lestari", "S.", "damkar");
	const struct writer_event *event = ring_get(ring, 5);
	assert_string_equal(event->full, "Sri Lestari");
	assert_string_equal(event->masked, "S.");
	assert_int_equal(event->masked_len, 2);
	assert_string_equal(event->audience, "damkar");
	push(5 + RING_SLOTS, "{}", NULL, "");
	assert_null(ring_get(ring, 5));
	event = ring_get(ring, 5 + RING_SLOTS);
	assert_string_equal(event->full, "{}");
	assert_null(event->masked);
	assert_string_equal(event->audience, "");
	assert_null(ring_get(ring, 6));
	assert_null(ring_get(ring, 0));
}

/* Otherwise every place grew, in the months that a feed runs, to the longest note that it ever had.
 */
static void a_long_text_does_not_keep_its_place_large(void **state) {
	char note[4000];
	(void)state;
	memset(note, 'x', sizeof(note) - 1);
	note[sizeof(note) - 1] = '\0';
	push(7, note, note, "");
	push(7 + RING_SLOTS, "{\"type\":\"event\"}", NULL, "");
	assert_in_range(ring->slots[7].texts.cap, 1, 200);
}

/* What it says of somebody is gone with it. */
static void what_was_there_before_is_written_over(void **state) {
	static const char before[] = "Sri Lestari, 0812-3456-7890, Jalan Slamet Riyadi 12";
	static const char after[] = "somebody, somewhere, without a number";
	(void)state;
	push(9, before, NULL, "");
	const char *was = ring->slots[9].texts.data;
	push(9 + RING_SLOTS, after, NULL, "");
	assert_ptr_equal(ring->slots[9].texts.data, was);
	for (size_t i = strlen(after); i < strlen(before); i++) {
		assert_int_equal(was[i], 0);
	}
}

/* Also of a job that was refused after its events were made. */
static void a_job_that_is_used_again_holds_nothing_of_before(void **state) {
	struct job job = {.events = mem_alloc(1, sizeof(struct writer_event)), .events_cap = 1};
	struct buf *texts = &job.events[0].texts;
	(void)state;
	buf_add_str(texts, "Sri Lestari");
	const char *was = texts->data;
	job_clear(&job);
	assert_int_equal(texts->len, 0);
	for (size_t i = 0; i < strlen("Sri Lestari"); i++) {
		assert_int_equal(was[i], 0);
	}
	buf_finish(texts);
	free(job.events);
}

#define WITH_RING(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_RING(an_event_is_found_until_another_has_its_place),
		WITH_RING(a_long_text_does_not_keep_its_place_large),
		WITH_RING(what_was_there_before_is_written_over),
		cmocka_unit_test(a_job_that_is_used_again_holds_nothing_of_before),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
