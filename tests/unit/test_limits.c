#include "test.h"

#include <stdio.h>

#include <siaga/feed/limits.h>

#define T0 1000

static const struct rate rate = {.per_s = 10, .burst = 50};

static int take_all(struct bucket *bucket, int64_t now_ms) {
	int taken = 0;
	while (taken < 1000 && bucket_take(bucket, rate, now_ms) == 0) {
		taken++;
	}
	return taken;
}

static void a_burst_passes_and_then_so_many_a_second(void **state) {
	struct bucket bucket = {0};
	(void)state;
	assert_int_equal(take_all(&bucket, T0), 50);
	assert_int_equal(take_all(&bucket, T0 + 1000), 10);
	assert_int_equal(take_all(&bucket, T0 + 1050), 0);
	assert_int_equal(take_all(&bucket, T0 + 1100), 1);
	/* However long it was quiet, no more than the burst. */
	assert_int_equal(take_all(&bucket, T0 + 3600000), 50);
}

static void whoever_is_refused_hears_how_long_to_wait(void **state) {
	struct bucket bucket = {0};
	(void)state;
	take_all(&bucket, T0);
	int64_t wait_ms = bucket_take(&bucket, rate, T0);
	assert_int_equal(wait_ms, 100);
	assert_int_not_equal(bucket_take(&bucket, rate, T0 + wait_ms - 1), 0);
	assert_int_equal(bucket_take(&bucket, rate, T0 + wait_ms), 0);
}

static void a_clock_that_stands_or_goes_back_gives_nothing(void **state) {
	struct bucket bucket = {0};
	(void)state;
	take_all(&bucket, T0);
	assert_int_equal(take_all(&bucket, T0 - 500), 0);
	assert_int_equal(take_all(&bucket, T0), 0);
}

static int64_t take(struct addresses *addresses, const char *peer, int times) {
	int64_t wait_ms = 0;
	for (int i = 0; i < times; i++) {
		wait_ms = addresses_take(addresses, peer, rate, T0);
	}
	return wait_ms;
}

static void one_address_does_not_pay_for_another(void **state) {
	struct addresses addresses = {0};
	(void)state;
	assert_int_not_equal(take(&addresses, "192.0.2.7", 51), 0);
	assert_int_equal(take(&addresses, "192.0.2.8", 1), 0);
	assert_int_equal(take(&addresses, "::ffff:192.0.2.9", 50), 0);
	assert_int_equal(take(&addresses, "::ffff:192.0.2.10", 1), 0);
	assert_int_equal(take(&addresses, "", 1), 0);
	addresses_finish(&addresses);
}

static void a_house_with_many_v6_addresses_is_one(void **state) {
	struct addresses addresses = {0};
	(void)state;
	assert_int_not_equal(take(&addresses, "2001:db8:1:2::7", 51), 0);
	assert_int_not_equal(take(&addresses, "2001:db8:1:2:ffff::8", 1), 0);
	assert_int_equal(take(&addresses, "2001:db8:1:3::7", 1), 0);
	addresses_finish(&addresses);
}

static void more_addresses_than_there_is_room_for_share_one_bucket(void **state) {
	struct addresses addresses = {0};
	char peer[32];
	int taken = 0;
	(void)state;
	for (int i = 0; i < 2 * LIMITS_ADDRESSES_MAX; i++) {
		snprintf(peer, sizeof(peer), "10.%d.%d.1", i / 256, i % 256);
		taken += addresses_take(&addresses, peer, rate, T0) == 0;
	}
	assert_int_equal(taken, LIMITS_ADDRESSES_MAX + 50);
	/* When the others have been quiet for long enough, there is room again. */
	for (int i = 0; i < 2 * LIMITS_ADDRESSES_MAX; i++) {
		snprintf(peer, sizeof(peer), "11.%d.%d.1", i / 256, i % 256);
		taken -= addresses_take(&addresses, peer, rate, T0 + 5000) == 0;
	}
	assert_int_equal(taken, 0);
	addresses_finish(&addresses);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_passes_and_then_so_many_a_second),
		cmocka_unit_test(whoever_is_refused_hears_how_long_to_wait),
		cmocka_unit_test(a_clock_that_stands_or_goes_back_gives_nothing),
		cmocka_unit_test(one_address_does_not_pay_for_another),
		cmocka_unit_test(a_house_with_many_v6_addresses_is_one),
		cmocka_unit_test(more_addresses_than_there_is_room_for_share_one_bucket),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
