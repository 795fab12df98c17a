/* Files compiled into the program; src/embed.py writes the tables. */
#ifndef SIAGA_BASE_EMBED_H
#define SIAGA_BASE_EMBED_H

#include <stddef.h>

struct embedded_file {
	const char *name;          /* without a folder */
	const unsigned char *data; /* a NUL follows, so a text can be used as it is */
	size_t len;
};

/* The file of that name, or NULL. Defined by the generated source that a program links. */
const struct embedded_file *embedded_find(const char *name);

#endif
