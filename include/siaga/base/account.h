/* Whom a program becomes that was started as root, and what it gives up then. */
#ifndef SIAGA_BASE_ACCOUNT_H
#define SIAGA_BASE_ACCOUNT_H

#include <stdbool.h>

#include <sys/types.h>

#include <siaga/base/err.h>

#define ACCOUNT_NAME_SIZE 64

struct account {
	uid_t uid;
	gid_t gid;                    /* its first group; it gets no other */
	char name[ACCOUNT_NAME_SIZE]; /* its number where it has no name */
};

bool account_find(struct account *out, const char *name, struct err *err);
/* By its number; one that the system has no name for gets `gid`. */
void account_of(struct account *out, uid_t uid, gid_t gid);
/* Who this process is. */
void account_self(struct account *out);

/* Root of a user namespace that has this one user only: there is nobody to become. */
bool account_is_alone(void);

/*
 * Becomes it for ever: users, groups, capabilities, and nothing that is started later gets more. Of
 * a process that is not root only the last two are taken, and `to` has to be who it is. Call it
 * while there is one thread: capabilities are each thread's own.
 */
bool account_become(const struct account *to, struct err *err);

/* No core of this process is written, whatever the limits say, and no other program of the same
 * user looks into its memory: tokens and callers are in it. */
void account_hide_memory(void);

#endif
