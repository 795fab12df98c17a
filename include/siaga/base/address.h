/* Numeric network addresses, as far as strangers are told apart by them. */
#ifndef SIAGA_BASE_ADDRESS_H
#define SIAGA_BASE_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

#define ADDRESS_SIZE 48

/* An IPv4 address that came by IPv6 is written as what it is. False: neither; then "". */
bool address_text(char out[ADDRESS_SIZE], const struct sockaddr *from);
/* The text under which all are counted whom one house's line gives an address: IPv4 as it is, of
 * IPv6 the /64. Anything that is no address stays itself. */
void address_group(char out[ADDRESS_SIZE], const char *address);

#endif
