/* What a folder's disk is like: where it is, how full, and how long it takes to be sure. */
#ifndef SIAGA_BASE_DISK_H
#define SIAGA_BASE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/base/trouble.h>

enum disk_kind {
	DISK_LOCAL,
	DISK_MEMORY,  /* what is in it is gone with the power */
	DISK_NETWORK, /* locks and shared memory of databases do not work as they should */
	DISK_KIND_COUNT
};

/* `name` ("nfs", "tmpfs") is valid for ever; NULL for a kind that has no name here. */
bool disk_kind(const char *dir, enum disk_kind *kind, const char **name, struct err *err);
/* Bytes that may still be written by whoever asks. */
bool disk_free(const char *dir, int64_t *bytes, struct err *err);

/* Is there room for so many bytes more? Writes them to a file without a name, which is gone when it
 * returns. */
bool disk_try(const char *dir, int64_t bytes, enum trouble *trouble, struct err *err);

/* Brings to the disk which names are in a folder: a file that is new in it, or was renamed, could
 * else be gone with the power. As far as the file system does that; there is nothing to do about it
 * where it does not. */
void disk_sync_names(const char *dir);
/* mkdir(), with the folder's name on the disk. False: errno is that of mkdir(). */
bool disk_make_dir(const char *path, unsigned mode);

#define DISK_SYNC_ROUNDS 20

/* Microseconds that adding 4 KiB to a file and bringing them to the disk takes. */
struct disk_sync {
	int rounds; /* fewer than DISK_SYNC_ROUNDS where they took too long */
	int64_t median_us, max_us;
};

/* Writes to a file without a name, which is gone when it returns, and for some seconds at most.
 * False: nothing can be written there. */
bool disk_measure_sync(const char *dir, struct disk_sync *out, struct err *err);

#endif
