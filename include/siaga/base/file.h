/* Small files that people write: configuration. */
#ifndef SIAGA_BASE_FILE_H
#define SIAGA_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/base/err.h>
#include <siaga/base/mem.h>

#define FILE_READ_MAX  (1 << 20) /* a larger one is no file of ours */
#define FILE_PATH_SIZE 4096

/*
 * The whole of a file, added to `out`. 1: it was read, 0: there is none, -1: an error, without the
 * name. A pipe that nobody writes does not hold the caller up: only files are read, and /dev/null.
 * *open_to_others: somebody else than the owner may change it, or the owner is neither we nor root.
 */
int file_read(const char *path, struct buf *out, bool *open_to_others, struct err *err);
/* The whole of whatever is named, a pipe too, of at most `max` bytes, added to `out`. The error
 * names it. */
bool file_read_any(const char *path, size_t max, struct buf *out, struct err *err);
/* The folder that a file is in: "." where the name has none. */
void file_dir(const char *path, char *out, size_t size);
/* Makes a path absolute, in place: "~/" is $HOME, a relative one begins at `dir`. "" stays. */
bool file_resolve(const char *dir, char *path, size_t size, struct err *err);

#endif
