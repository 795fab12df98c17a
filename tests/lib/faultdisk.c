/*
 * A disk that fails, for the programs under test: preloaded, it stands before the calls that write
 * files below one folder.
 *
 *   FAULTDISK_DIR      the folder; files elsewhere are left alone
 *   FAULTDISK_CONTROL  a file of CONTROL_SIZE bytes that says what fails, now: a letter (see enum
 *                      mode) and, for 'n' and 'k', a count of bytes that still fit, as in "n
 * 70000", for 'p' the place in the file FAULTDISK_UNDO     a file that gets, for every write, what
 * was there before and what is there now, and for every sync what it made last. After a kill -9
 * powercut.py takes back from it what a power cut would have taken.
 *
 * With FAULTDISK_UNDO nothing is really synced: the journal knows what would be there.
 */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define CONTROL_SIZE 64
#define FILES_MAX    65536
#define LATE_LOOK_US 500

enum mode {
	MODE_FINE = '-',
	MODE_FULL = 'f',  /* ENOSPC for every write */
	MODE_GROW = 'g',  /* ENOSPC for what would make a file longer */
	MODE_ROOM = 'n',  /* so many bytes fit, then ENOSPC in the middle of a write */
	MODE_KILL = 'k',  /* so many bytes fit, then SIGKILL in the middle of a write */
	MODE_HALF = 'h',  /* half of each write, then ENOSPC */
	MODE_WRITE = 'w', /* EIO for every write */
	MODE_SYNC = 's',  /* EIO for every sync */
	MODE_LATE = 'l',  /* a sync takes as long as this stands here */
	MODE_READ = 'r',  /* EROFS for every write */
	MODE_PLACE = 'p'  /* EIO for every read that begins there */
};

enum record_type {
	RECORD_WRITE = 1,
	RECORD_CUT,
	RECORD_SYNC,
	RECORD_LOST,
	RECORD_NAME,
	RECORD_GONE /* the file is; another one may get its inode */
};

/* As faultdisk.py reads it: "=IIQqqII". */
struct record {
	uint32_t type, zero;
	uint64_t inode; /* name: of the folder that it is in */
	int64_t at; /* write: offset; cut: the new size; sync, lost: the journal's size before */
	int64_t old_size;          /* of the file */
	uint32_t old_len, new_len; /* bytes that follow */
};

struct known {
	enum { KNOWN_NOT, KNOWN_OTHER, KNOWN_OURS } kind;
	dev_t dev;
	ino_t inode;
};

static struct known files[FILES_MAX];
static char folder[PATH_MAX];
static size_t folder_len;
static char *control;
static int undo = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int real_open(const char *path, int flags, mode_t mode) {
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static ssize_t real_pwrite(int fd, const void *data, size_t len, off_t at) {
	return syscall(SYS_pwrite64, fd, data, len, at);
}

__attribute__((constructor)) static void start(void) {
	const char *dir = getenv("FAULTDISK_DIR");
	const char *path = getenv("FAULTDISK_CONTROL"), *journal = getenv("FAULTDISK_UNDO");
	if (dir == NULL || realpath(dir, folder) == NULL) {
		return;
	}
	folder_len = strlen(folder);
	if (path != NULL) {
		int fd = real_open(path, O_RDWR | O_CLOEXEC, 0);
		void *map = fd < 0 ? MAP_FAILED
				   : mmap(NULL, CONTROL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
					     fd, 0);
		control = map != MAP_FAILED ? map : NULL;
		(void)syscall(SYS_close, fd);
	}
	if (journal != NULL) {
		undo = real_open(journal, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	}
	if ((path != NULL && control == NULL) || (journal != NULL && undo < 0)) {
		static const char text[] = "faultdisk: no control file, or no journal\n";
		(void)!syscall(SYS_write, 2, text, sizeof(text) - 1);
		_exit(97);
	}
}

/* Is it a file below the folder? What SQLite shares between programs is memory, not a file. */
static bool is_ours(int fd, struct stat *st) {
	char link[64], path[PATH_MAX];
	if (folder_len == 0 || fd < 0 || fd >= FILES_MAX || files[fd].kind == KNOWN_OTHER) {
		return false;
	}
	if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
		return false;
	}
	if (files[fd].kind == KNOWN_OURS && files[fd].dev == st->st_dev &&
		files[fd].inode == st->st_ino) {
		return true;
	}
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, sizeof(path) - 1);
	if (len < 0) {
		return false;
	}
	path[len] = '\0';
	bool memory = len > 4 && strcmp(path + len - 4, "-shm") == 0;
	bool ours = !memory && strncmp(path, folder, folder_len) == 0 && path[folder_len] == '/';
	files[fd] = (struct known){ours ? KNOWN_OURS : KNOWN_OTHER, st->st_dev, st->st_ino};
	return ours;
}

static bool is_our_path(const char *path) {
	return strncmp(path, folder, folder_len) == 0 &&
	       (path[folder_len] == '/' || path[folder_len] == '\0');
}

static bool is_our_folder(int fd, struct stat *st) {
	char link[64], path[PATH_MAX];
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = folder_len > 0 ? readlink(link, path, sizeof(path) - 1) : -1;
	if (len < 0 || fstat(fd, st) != 0 || !S_ISDIR(st->st_mode)) {
		return false;
	}
	path[len] = '\0';
	return is_our_path(path);
}

static void forget(int fd) {
	if (fd >= 0 && fd < FILES_MAX) {
		files[fd].kind = KNOWN_NOT;
	}
}

static char mode_now(void) {
	return control != NULL ? *(volatile char *)control : MODE_FINE;
}

/* How many bytes of a write go through; *why is what comes after them, 0 where all do. */
static size_t room(const struct stat *st, int64_t at, size_t len, int *why) {
	char mode = mode_now();
	*why = mode == MODE_WRITE ? EIO : mode == MODE_READ ? EROFS : ENOSPC;
	if (mode == MODE_FULL || mode == MODE_WRITE || mode == MODE_READ ||
		(mode == MODE_GROW && at + (int64_t)len > st->st_size)) {
		return 0;
	}
	if (mode == MODE_HALF) {
		return len / 2;
	}
	if (mode == MODE_ROOM || mode == MODE_KILL) {
		size_t left = strtoul(control + 1, NULL, 10);
		size_t fits = len < left ? len : left;
		(void)snprintf(control + 1, CONTROL_SIZE - 1, " %zu", left - fits);
		return fits;
	}
	*why = 0;
	return len;
}

/* One call, so that records of several programs do not mix. */
static void note(const struct record *record, const void *old, const void *new) {
	struct iovec parts[] = {
		{(void *)(uintptr_t)record, sizeof(*record)},
		{(void *)(uintptr_t)old, record->old_len},
		{(void *)(uintptr_t) new, record->new_len},
	};
	size_t len = sizeof(*record) + record->old_len + record->new_len;
	if (writev(undo, parts, 3) != (ssize_t)len) {
		static const char text[] = "faultdisk: the journal takes no more\n";
		(void)!syscall(SYS_write, 2, text, sizeof(text) - 1);
		_exit(97);
	}
}

static void note_write(int fd, const struct stat *st, const void *data, size_t len, int64_t at) {
	struct record record = {.type = RECORD_WRITE,
		.inode = st->st_ino,
		.at = at,
		.old_size = st->st_size,
		.new_len = (uint32_t)len};
	char *old = malloc(len);
	ssize_t got = old != NULL ? syscall(SYS_pread64, fd, old, len, at) : 0;
	record.old_len = got > 0 ? (uint32_t)got : 0;
	note(&record, old, data);
	free(old);
}

static void note_cut(int fd, const struct stat *st, int64_t size) {
	struct record record = {
		.type = RECORD_CUT, .inode = st->st_ino, .at = size, .old_size = st->st_size};
	char *old = NULL;
	if (size < st->st_size) {
		size_t len = (size_t)(st->st_size - size);
		old = malloc(len);
		ssize_t got = old != NULL ? syscall(SYS_pread64, fd, old, len, size) : 0;
		record.old_len = got > 0 ? (uint32_t)got : 0;
	}
	note(&record, old, NULL);
	free(old);
}

/* A new name in a folder is on the disk when the folder is. */
static void note_name(const char *name) {
	char path[PATH_MAX];
	struct stat st;
	int why = errno;
	if (undo >= 0 && realpath(name, path) != NULL && is_our_path(path)) {
		struct record record = {.type = RECORD_NAME, .new_len = (uint32_t)strlen(path)};
		char *end = strrchr(path, '/');
		*end = '\0';
		record.inode = stat(path, &st) == 0 ? st.st_ino : 0;
		*end = '/';
		note(&record, NULL, path);
	}
	errno = why;
}

static ssize_t put(int fd, const struct stat *st, const void *data, size_t len, int64_t at) {
	int why = 0;
	pthread_mutex_lock(&lock);
	size_t fits = room(st, at, len, &why);
	ssize_t done = -1;
	if (fits > 0 || why == 0) {
		if (undo >= 0) {
			note_write(fd, st, data, fits, at);
		}
		done = real_pwrite(fd, data, fits, at);
		why = done < 0 ? errno : 0;
	}
	if (fits < len && mode_now() == MODE_KILL) {
		(void)kill(getpid(), SIGKILL);
	}
	pthread_mutex_unlock(&lock);
	if (done < 0) {
		errno = why;
	}
	return done;
}

static int sync_file(int fd, long call) {
	struct stat st;
	if (!is_ours(fd, &st) && !is_our_folder(fd, &st)) {
		return (int)syscall(call, fd);
	}
	struct record record = {.type = RECORD_SYNC, .inode = st.st_ino};
	bool fails = mode_now() == MODE_SYNC;
	while (mode_now() == MODE_LATE) {
		(void)usleep(LATE_LOOK_US);
	}
	if (undo >= 0) {
		/* What is written while it runs is not in it. */
		record.at = lseek(undo, 0, SEEK_END);
		record.type = fails ? RECORD_LOST : RECORD_SYNC;
		note(&record, NULL, NULL);
	} else if (!fails) {
		return (int)syscall(call, fd);
	}
	errno = EIO;
	return fails ? -1 : 0;
}

static int cut(int fd, int64_t size) {
	struct stat st;
	if (is_ours(fd, &st)) {
		int why = 0;
		char mode = mode_now();
		/* A file that gets shorter wants no room. */
		if (mode == MODE_WRITE || mode == MODE_READ || size > st.st_size) {
			(void)room(&st, size, size > st.st_size ? 1 : 0, &why);
		}
		if (why != 0) {
			errno = why;
			return -1;
		}
		if (undo >= 0) {
			pthread_mutex_lock(&lock);
			note_cut(fd, &st, size);
			int rc = (int)syscall(SYS_ftruncate, fd, size);
			pthread_mutex_unlock(&lock);
			return rc;
		}
	}
	return (int)syscall(SYS_ftruncate, fd, size);
}

/* --- what the programs call --- */

#define SHOWN __attribute__((visibility("default")))

SHOWN ssize_t write(int fd, const void *data, size_t len) {
	struct stat st;
	if (!is_ours(fd, &st)) {
		return syscall(SYS_write, fd, data, len);
	}
	off_t at = lseek(fd, 0, (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
	ssize_t done = put(fd, &st, data, len, at);
	if (done > 0) {
		(void)lseek(fd, at + done, SEEK_SET);
	}
	return done;
}

SHOWN ssize_t pwrite(int fd, const void *data, size_t len, off_t at) {
	struct stat st;
	return is_ours(fd, &st) ? put(fd, &st, data, len, at) : real_pwrite(fd, data, len, at);
}

SHOWN ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at) {
	return pwrite(fd, data, len, at);
}

SHOWN ssize_t pread(int fd, void *data, size_t len, off_t at) {
	struct stat st;
	if (mode_now() == MODE_PLACE && is_ours(fd, &st) && at == atoll(control + 1)) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pread64, fd, data, len, at);
}

SHOWN ssize_t pread64(int fd, void *data, size_t len, off64_t at) {
	return pread(fd, data, len, at);
}

SHOWN int ftruncate(int fd, off_t size) {
	return cut(fd, size);
}

SHOWN int ftruncate64(int fd, off64_t size) {
	return cut(fd, size);
}

SHOWN int fsync(int fd) {
	return sync_file(fd, SYS_fsync);
}

SHOWN int fdatasync(int fd) {
	return sync_file(fd, SYS_fdatasync);
}

SHOWN int mkdir(const char *path, mode_t mode) {
	int rc = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
	if (rc == 0) {
		note_name(path);
	}
	return rc;
}

SHOWN int link(const char *path, const char *name) {
	int rc = (int)syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0);
	if (rc == 0) {
		note_name(name);
	}
	return rc;
}

SHOWN int unlink(const char *path) {
	char real[PATH_MAX];
	struct stat st;
	bool last = undo >= 0 && lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
		    realpath(path, real) != NULL && is_our_path(real);
	int rc = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	if (rc == 0 && last) {
		struct record record = {.type = RECORD_GONE, .inode = st.st_ino};
		note(&record, NULL, NULL);
	}
	return rc;
}

/* Numbers of descriptors are used again. */
static int opened(int folder_fd, const char *path, int flags, va_list args) {
	bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
	int fd = (int)syscall(SYS_openat, folder_fd, path, flags, makes ? va_arg(args, mode_t) : 0);
	forget(fd);
	return fd;
}

SHOWN int open(const char *path, int flags, ...) {
	va_list args;
	va_start(args, flags);
	int fd = opened(AT_FDCWD, path, flags, args);
	va_end(args);
	return fd;
}

SHOWN int open64(const char *path, int flags, ...) {
	va_list args;
	va_start(args, flags);
	int fd = opened(AT_FDCWD, path, flags, args);
	va_end(args);
	return fd;
}

SHOWN int openat(int folder_fd, const char *path, int flags, ...) {
	va_list args;
	va_start(args, flags);
	int fd = opened(folder_fd, path, flags, args);
	va_end(args);
	return fd;
}

SHOWN int openat64(int folder_fd, const char *path, int flags, ...) {
	va_list args;
	va_start(args, flags);
	int fd = opened(folder_fd, path, flags, args);
	va_end(args);
	return fd;
}

SHOWN int close(int fd) {
	forget(fd);
	return (int)syscall(SYS_close, fd);
}
