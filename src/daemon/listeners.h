/* Who listens where on this machine, and who holds a lock: from /proc, as far as it may be read. */
#ifndef SIAGA_DAEMON_LISTENERS_H
#define SIAGA_DAEMON_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LISTENER_ADDRESS_SIZE 64

struct listener {
	char address[LISTENER_ADDRESS_SIZE]; /* numeric; IPv6 without brackets */
	uint16_t port;
	unsigned long inode; /* of its socket */
};

/* Called for each; false stops. */
typedef bool (*listener_fn)(void *data, const struct listener *listener);
void listeners_read(listener_fn on_listener, void *data);
/* Whose socket is it? 0: nobody's that may be seen; `name` gets the program's. */
pid_t listeners_owner(unsigned long inode, char *name, size_t size);
/* Has this process that socket open? */
bool listeners_has(pid_t pid, unsigned long inode);
/* May we see what it has open? */
bool listeners_may_look(pid_t pid);
/* Who holds a flock() on the file? 0: nobody, -1: it cannot be known. */
pid_t listeners_locked_by(const char *path);

#endif
