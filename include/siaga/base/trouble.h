/* What keeps a file from being written. The names are words of the protocol. */
#ifndef SIAGA_BASE_TROUBLE_H
#define SIAGA_BASE_TROUBLE_H

#include <stdbool.h>

enum trouble {
	TROUBLE_NONE,
	TROUBLE_FULL,      /* no room on the disk, or no more for this user */
	TROUBLE_READ_ONLY, /* the file or its file system may not be written */
	TROUBLE_IO,        /* the disk fails */
	TROUBLE_DAMAGED,   /* the file is broken */
	TROUBLE_OTHER,     /* locked, no memory, or whatever it is */
	TROUBLE_COUNT
};

const char *trouble_name(enum trouble trouble); /* "none", "full", "read_only", ... */
bool trouble_find(const char *name, enum trouble *out);
/* What a system call's error number means. */
enum trouble trouble_of_errno(int number);

#endif
