/* Loaded into a program under test: names are looked up for ever, as with a resolver that is there
 * and says nothing. */
#include <netdb.h>
#include <unistd.h>

int getaddrinfo(const char *restrict node, const char *restrict service,
	const struct addrinfo *restrict hints, struct addrinfo **restrict found) {
	(void)node;
	(void)service;
	(void)hints;
	(void)found;
	for (;;) {
		pause();
	}
}
