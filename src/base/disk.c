#include <siaga/base/disk.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <siaga/base/file.h>
#include <siaga/base/macros.h>

#define BLOCK       4096
#define SYNC_MAX_US INT64_C(5000000)

/* Kinds of file systems that <linux/magic.h> has no name for. */
#define CIFS_MAGIC   0xff534d42u
#define CEPH_MAGIC   0x00c36400u
#define LUSTRE_MAGIC 0x0bd00bd0u
#define NFS_MAGIC    0x6969u
#define SMB2_MAGIC   0xfe534d42u

static const struct {
	unsigned long magic;
	enum disk_kind kind;
	const char *name;
} kinds[] = {
	{AFS_SUPER_MAGIC, DISK_NETWORK, "afs"},
	{CEPH_MAGIC, DISK_NETWORK, "ceph"},
	{CIFS_MAGIC, DISK_NETWORK, "cifs"},
	{CODA_SUPER_MAGIC, DISK_NETWORK, "coda"},
	{FUSE_SUPER_MAGIC, DISK_NETWORK, "fuse"},
	{LUSTRE_MAGIC, DISK_NETWORK, "lustre"},
	{NCP_SUPER_MAGIC, DISK_NETWORK, "ncp"},
	{NFS_MAGIC, DISK_NETWORK, "nfs"},
	{RAMFS_MAGIC, DISK_MEMORY, "ramfs"},
	{SMB_SUPER_MAGIC, DISK_NETWORK, "smb"},
	{SMB2_MAGIC, DISK_NETWORK, "smb2"},
	{TMPFS_MAGIC, DISK_MEMORY, "tmpfs"},
	{V9FS_MAGIC, DISK_NETWORK, "9p"},
};

bool disk_kind(const char *dir, enum disk_kind *kind, const char **name, struct err *err) {
	struct statfs fs;
	*kind = DISK_LOCAL;
	*name = NULL;
	if (statfs(dir, &fs) != 0) {
		return err_set(err, "%s: %s", dir, strerror(errno));
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		/* The type of f_type differs between machines, and so does its sign. */
		if (kinds[i].magic == ((unsigned long)fs.f_type & 0xffffffffu)) {
			*kind = kinds[i].kind;
			*name = kinds[i].name;
		}
	}
	return true;
}

bool disk_free(const char *dir, int64_t *bytes, struct err *err) {
	struct statvfs fs;
	if (statvfs(dir, &fs) != 0) {
		return err_set(err, "%s: %s", dir, strerror(errno));
	}
	*bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	return true;
}

static int64_t now_us(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b) {
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
	return left < right ? -1 : left > right;
}

/* As a log grows: each round makes the file longer, and that has to be on the disk, too. */
static bool measure(int fd, struct disk_sync *out) {
	static const char block[BLOCK];
	int64_t took[DISK_SYNC_ROUNDS], started = now_us();
	int rounds = 0;
	while (rounds < DISK_SYNC_ROUNDS && now_us() - started < SYNC_MAX_US) {
		int64_t begun = now_us();
		errno = ENOSPC; /* what it means when less than all was written */
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block) ||
			fdatasync(fd) != 0) {
			return false;
		}
		took[rounds++] = now_us() - begun;
	}
	qsort(took, (size_t)rounds, sizeof(*took), compare);
	*out = (struct disk_sync){
		.rounds = rounds, .median_us = took[rounds / 2], .max_us = took[rounds - 1]};
	return true;
}

/* A file in the folder that has no name any more, so that nothing is left whatever happens. */
static int open_unnamed(const char *dir, struct err *err) {
	char path[4096];
	int fd;
	if (snprintf(path, sizeof(path), "%s/.siaga-probe.XXXXXX", dir) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		(void)err_set(err, _("%s: the path is too long"), dir);
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0) {
		(void)err_set(err, "%s: %s", dir, strerror(errno));
		return -1;
	}
	(void)unlink(path);
	return fd;
}

/* Real bytes: a file with holes in it takes no room. */
static bool fill(int fd, int64_t bytes) {
	static const char block[BLOCK];
	for (; bytes > 0; bytes -= (int64_t)sizeof(block)) {
		errno = ENOSPC; /* what it means when less than all was written */
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block)) {
			return false;
		}
	}
	return fdatasync(fd) == 0;
}

bool disk_try(const char *dir, int64_t bytes, enum trouble *trouble, struct err *err) {
	int fd = open_unnamed(dir, err), wrong = errno;
	bool done = false;
	if (fd >= 0) {
		done = fill(fd, bytes);
		wrong = errno;
		(void)close(fd);
		if (!done) {
			(void)err_set(err, "%s: %s", dir, strerror(wrong));
		}
	}
	*trouble = done ? TROUBLE_NONE : trouble_of_errno(wrong);
	return done;
}

bool disk_measure_sync(const char *dir, struct disk_sync *out, struct err *err) {
	int fd = open_unnamed(dir, err), wrong;
	bool done;
	*out = (struct disk_sync){0};
	if (fd < 0) {
		return false;
	}
	done = measure(fd, out);
	wrong = errno;
	(void)close(fd);
	return done || err_set(err, "%s: %s", dir, strerror(wrong));
}

void disk_sync_names(const char *dir) {
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
}

bool disk_make_dir(const char *path, unsigned mode) {
	char parent[PATH_MAX];
	if (mkdir(path, (mode_t)mode) != 0) {
		return false;
	}
	file_dir(path, parent, sizeof(parent));
	disk_sync_names(parent);
	return true;
}
