#include "test.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <siaga/base/address.h>

static void a_socket_address_is_written(void **state) {
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	char text[ADDRESS_SIZE];
	(void)state;
	assert_int_equal(inet_pton(AF_INET, "192.0.2.7", &v4.sin_addr), 1);
	assert_true(address_text(text, (const struct sockaddr *)&v4));
	assert_string_equal(text, "192.0.2.7");
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::7", &v6.sin6_addr), 1);
	assert_true(address_text(text, (const struct sockaddr *)&v6));
	assert_string_equal(text, "2001:db8::7");
	/* One that came to a socket for both is one address with what it is elsewhere. */
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.7", &v6.sin6_addr), 1);
	assert_true(address_text(text, (const struct sockaddr *)&v6));
	assert_string_equal(text, "192.0.2.7");
	assert_false(address_text(text, (const struct sockaddr *)&local));
	assert_string_equal(text, "");
}

static void one_house_is_one_group(void **state) {
	static const char *const cases[][2] = {
		{"192.0.2.7", "192.0.2.7"},
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"::1", "::1"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
		{"2001:db8:1:2::", "2001:db8:1:2::"},
		{"2001:db8:1:3::6", "2001:db8:1:3::"},
		{"", ""},
		{"no address", "no address"},
		{"2001:db8:1:2:3:4:5:6:7 and so on, far longer than any address is",
			"2001:db8:1:2:3:4:5:6:7 and so on, far longer th"},
	};
	char group[ADDRESS_SIZE];
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		address_group(group, cases[i][0]);
		assert_string_equal(group, cases[i][1]);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_address_is_written),
		cmocka_unit_test(one_house_is_one_group),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
