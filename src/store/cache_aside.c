/* Files that are set aside: what is damaged, or of another feed, is given away and never lost. */
#include <siaga/store/cache.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "cache_private.h"

#define ASIDE_NAMES_MAX 100
/* A feed that says that it is another one each time must not fill the disk. */
#define ASIDES_KEPT 10

/* Beside a file in which somebody met damage. */
#define SUSPECT "cache.suspect"

bool cache_is_suspect(const char *dir) {
	char path[PATH_MAX];

	return db_path(path, dir, SUSPECT, NULL) && access(path, F_OK) == 0;
}

void cache_set_suspect(const char *dir, bool suspect) {
	char path[PATH_MAX];
	int fd;

	if (!db_path(path, dir, SUSPECT, NULL)) {
		return;
	}
	if (!suspect) {
		(void)unlink(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0) {
		(void)close(fd);
	}
}

bool cache_aside_path(const char *dir, const char *file, char path[PATH_MAX], struct err *err) {
	time_t now = (time_t)(clock_wall_ms() / 1000);
	char stamp[32], name[96];
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	for (int i = 1; i <= ASIDE_NAMES_MAX; i++) {
		struct stat st;

		(void)snprintf(name, sizeof(name), i == 1 ? "%s.aside-%s" : "%s.aside-%s-%d", file,
			stamp, i);
		if (!db_path(path, dir, name, err)) {
			return false;
		}
		if (lstat(path, &st) != 0 && errno == ENOENT) {
			return true;
		}
	}
	return err_set(err, _("%s/%s: too many files were set aside"), dir, file);
}

/* One that was set aside. */
struct aside {
	char path[PATH_MAX];
	struct timespec at;
};

bool cache_is_beside(const char *name, char of[NAME_MAX + 1]) {
	static const char *const tails[] = {"-journal", "-wal", "-shm"};
	size_t len = strlen(name);

	(void)text_copy(of, NAME_MAX + 1, name);
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		size_t tail = strlen(tails[i]);

		if (len > tail && strcmp(name + len - tail, tails[i]) == 0) {
			of[len - tail] = '\0';
			return true;
		}
	}
	return false;
}

static int by_time(const void *a, const void *b) {
	const struct aside *x = a, *y = b;
	int64_t seconds = (int64_t)x->at.tv_sec - (int64_t)y->at.tv_sec;
	int64_t order = seconds != 0 ? seconds : (int64_t)x->at.tv_nsec - (int64_t)y->at.tv_nsec;

	return order < 0 ? -1 : order > 0;
}

/* Oldest first; the caller frees them. */
static size_t list_asides(const char *dir, const char *file, struct aside **out) {
	DIR *folder = opendir(dir);
	const struct dirent *entry;
	size_t len = 0, prefix;
	char begin[96], of[NAME_MAX + 1];
	struct stat st;

	prefix = (size_t)snprintf(begin, sizeof(begin), "%s.aside-", file);
	*out = NULL;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		const char *name = entry->d_name;
		struct aside *one;

		/* That goes with its file. */
		if (strncmp(name, begin, prefix) != 0 || cache_is_beside(name, of)) {
			continue;
		}
		*out = mem_resize(*out, len + 1, sizeof(**out));
		one = &(*out)[len];
		if (db_path(one->path, dir, name, NULL) && lstat(one->path, &st) == 0) {
			one->at = st.st_mtim;
			len++;
		}
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
	if (len > 0) {
		qsort(*out, len, sizeof(**out), by_time);
	}
	return len;
}

void cache_drop_old_asides(const char *dir, const char *file, const char *spared) {
	struct aside *asides;
	size_t len = list_asides(dir, file, &asides), left = len;
	struct rescue_list list = {0};
	bool known = rescue_read(&list, dir, NULL);

	for (size_t i = 0; known && i < len && left > ASIDES_KEPT; i++) {
		const char *path = asides[i].path;

		/* What was not sent is still in it, or it was written long ago and is the last. */
		if (!rescue_has(&list, strrchr(path, '/') + 1) && strcmp(path, spared) != 0) {
			db_remove(path);
			left--;
		}
	}
	rescue_list_finish(&list);
	free(asides);
}

static const char *const moved_tails[] = {"", "-wal", "-shm"};

static bool is_there(const char *path, const char *tail) {
	char whole[PATH_MAX + 8];
	struct stat st;

	(void)snprintf(whole, sizeof(whole), "%s%s", path, tail);
	return lstat(whole, &st) == 0;
}

static bool move(const char *from, const char *to, const char *tail, struct err *err) {
	char old[PATH_MAX + 8], new[PATH_MAX + 8];
	int wrong;

	(void)snprintf(old, sizeof(old), "%s%s", from, tail);
	(void)snprintf(new, sizeof(new), "%s%s", to, tail);
	if (rename(old, new) != 0 && errno != ENOENT) {
		wrong = errno;
		(void)err_set(err, "%s: %s", old, strerror(wrong));
		errno = wrong;
		return false;
	}
	return true;
}

/* The name that was listed last, where nothing has it yet: somebody was killed before he moved
 * anything. Else a new one. */
static bool choose(const char *dir, const char *file, const struct rescue_list *list,
	char path[PATH_MAX], struct err *err) {
	return (list->len > 0 && db_path(path, dir, list->names[list->len - 1], NULL) &&
		       !is_there(path, "") && !is_there(path, "-wal")) ||
	       cache_aside_path(dir, file, path, err);
}

bool cache_move_aside(
	const char *dir, const char *file, struct rescue_list *list, struct err *err) {
	char from[PATH_MAX], to[PATH_MAX];

	errno = 0;
	if (!db_path(from, dir, file, err) || !choose(dir, file, list, to, err) ||
		!rescue_add(list, dir, strrchr(to, '/') + 1, err)) {
		return false;
	}
	/* The main file first: what is left without it is known to be damaged. */
	for (size_t i = 0; i < ARRAY_LEN(moved_tails); i++) {
		if (!move(from, to, moved_tails[i], err)) {
			return false;
		}
	}
	return true;
}

void cache_finish_move(const char *dir, const char *file, const struct rescue_list *list) {
	char from[PATH_MAX], to[PATH_MAX];

	if (list->len == 0 || !db_path(from, dir, file, NULL) ||
		!db_path(to, dir, list->names[list->len - 1], NULL) || !is_there(to, "")) {
		return;
	}
	/* It is not the file in which damage was met. */
	cache_set_suspect(dir, false);
	if (is_there(from, "")) {
		return;
	}
	for (size_t i = 1; i < ARRAY_LEN(moved_tails); i++) {
		if (!is_there(to, moved_tails[i])) {
			(void)move(from, to, moved_tails[i], NULL);
		}
	}
}

/* An empty file (0600) under a name with the time that nothing has yet. */
static bool reserve_aside(const char *dir, const char *file, char path[PATH_MAX], struct err *err) {
	int fd;

	if (!cache_aside_path(dir, file, path, err)) {
		return false;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	(void)close(fd);
	return true;
}

/* The file stays in its place, because another console may have it open: a copy goes aside. */
static bool copy_aside(struct cache_store *cache, char path[PATH_MAX], struct err *err) {
	sqlite3_stmt *stmt;

	if (!reserve_aside(cache->dir, cache_kind.file, path, err)) {
		return false;
	}
	stmt = db_stmt(&cache->db, CACHE_COPY);
	db_bind_str(&cache->db, stmt, 1, path);
	if (!db_run(&cache->db, stmt, err)) {
		db_remove(path);
		return false;
	}
	return true;
}

static bool begin_anew(struct cache_store *cache, struct err *err) {
	return cache_begin(cache, err) &&
	       cache_end(cache,
		       db_exec(&cache->db,
			       "DELETE FROM event; DELETE FROM incident; DELETE FROM registry;"
			       "DELETE FROM meta; DELETE FROM history; DELETE FROM behind;"
			       "INSERT INTO history_words(history_words) VALUES('delete-all')",
			       err),
		       err);
}

bool cache_set_aside(struct cache_store *cache, char *aside, size_t size, struct err *err) {
	char path[PATH_MAX];
	bool taken, done;
	/* Who forgets would take a copy that is not finished for a damaged file. */
	int lock = cache_lock(cache->dir, cache->db.busy_ms, &taken, err);

	if (lock < 0) {
		cache->db.trouble = taken ? cache->db.trouble : trouble_of_errno(errno);
		return false;
	}
	done = copy_aside(cache, path, err);
	if (done && !begin_anew(cache, err)) {
		/* All that is in it is still where it was. */
		db_remove(path);
		done = false;
	}
	if (done) {
		cache_drop_old_asides(cache->dir, cache_kind.file, path);
		text_copy(aside, size, path);
	}
	(void)close(lock);
	return done;
}
