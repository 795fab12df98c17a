#include <siaga/base/address.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include <siaga/base/text.h>

#define HOUSE_BYTES  8  /* of an IPv6 address */
#define MAPPED_BYTES 12 /* before an IPv4 address in one of IPv6 */

static bool write_v6(char out[ADDRESS_SIZE], const struct in6_addr *v6) {
	if (IN6_IS_ADDR_V4MAPPED(v6)) {
		return inet_ntop(AF_INET, v6->s6_addr + MAPPED_BYTES, out, ADDRESS_SIZE) != NULL;
	}
	return inet_ntop(AF_INET6, v6, out, ADDRESS_SIZE) != NULL;
}

bool address_text(char out[ADDRESS_SIZE], const struct sockaddr *from) {
	out[0] = '\0';
	if (from->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)from;
		return inet_ntop(AF_INET, &v4->sin_addr, out, ADDRESS_SIZE) != NULL;
	}
	return from->sa_family == AF_INET6 &&
	       write_v6(out, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr);
}

void address_group(char out[ADDRESS_SIZE], const char *address) {
	struct in6_addr v6;
	if (inet_pton(AF_INET6, address, &v6) != 1) {
		text_copy(out, ADDRESS_SIZE, address);
		return;
	}
	if (!IN6_IS_ADDR_V4MAPPED(&v6) && !IN6_IS_ADDR_LOOPBACK(&v6)) {
		memset(v6.s6_addr + HOUSE_BYTES, 0, sizeof(v6.s6_addr) - HOUSE_BYTES);
	}
	(void)write_v6(out, &v6);
}
