#include "doctor.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/disk.h>
#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#define MIB          (INT64_C(1) << 20)
#define FREE_FAIL    (50 * MIB)
#define FREE_WARN    (1024 * MIB)
#define SYNC_WARN_US 50000
#define OTHERS       (S_IRWXG | S_IRWXO)

/* --- the folder --- */

/* The folder misses: can it be made? */
static void say_missing(struct doctor *doc) {
	char parent[PATH_MAX];
	struct stat st;
	text_copy(parent, sizeof(parent), doc->dir);
	while (stat(parent, &st) != 0 && errno == ENOENT) {
		char *slash = strrchr(parent, '/');
		if (slash == NULL) {
			text_copy(parent, sizeof(parent), ".");
		} else {
			slash[slash == parent] = '\0';
		}
	}
	if (access(parent, W_OK | X_OK) == 0) {
		report_say(&doc->report, REPORT_OK,
			"folder: %s is not there yet; siagad makes it, and a new log in it",
			doc->dir);
	} else {
		report_say(&doc->report, REPORT_FAIL,
			"folder: %s cannot be made: %s: %s: make it for siagad's user, or name "
			"another with --data",
			doc->dir, parent, strerror(errno));
	}
}

void doctor_folder(struct doctor *doc) {
	struct stat st;
	if (stat(doc->dir, &st) != 0) {
		if (errno == ENOENT) {
			say_missing(doc);
		} else {
			report_say(&doc->report, REPORT_FAIL,
				"folder: %s: %s: correct it, or name another with --data", doc->dir,
				strerror(errno));
		}
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		report_say(&doc->report, REPORT_FAIL,
			"folder: %s is no folder: name another with --data", doc->dir);
		return;
	}
	doc->has_dir = true;
	doc->owner = st.st_uid;
	if (geteuid() != 0 && st.st_uid != geteuid()) {
		report_say(&doc->report, REPORT_WARN,
			"folder: %s belongs to user %u, and you are %u: run doctor, and siagad, as "
			"its owner",
			doc->dir, (unsigned)st.st_uid, (unsigned)geteuid());
	} else if ((st.st_mode & OTHERS) != 0) {
		report_say(&doc->report, REPORT_WARN,
			"folder: others may look into %s, where callers' names are: chmod 700 %s",
			doc->dir, doc->dir);
	} else {
		report_say(&doc->report, REPORT_OK, "folder: %s, its owner's alone", doc->dir);
	}
}

/* --- the disk below it --- */

static void say_kind(struct doctor *doc) {
	enum disk_kind kind;
	const char *name;
	if (!disk_kind(doc->dir, &kind, &name, NULL)) {
		return;
	}
	if (kind == DISK_NETWORK) {
		report_say(&doc->report, REPORT_WARN,
			"disk: %s is on %s, where locks and syncs may not mean what they say: put "
			"it on a disk of this machine",
			doc->dir, name);
	} else if (kind == DISK_MEMORY) {
		report_say(&doc->report, REPORT_WARN,
			"disk: %s is on %s, and the log goes with the power: put it on a real disk",
			doc->dir, name);
	}
}

static void say_free(struct doctor *doc) {
	int64_t room;
	if (!disk_free(doc->dir, &room, NULL)) {
		return;
	}
	enum report_level level = room < FREE_FAIL   ? REPORT_FAIL
				  : room < FREE_WARN ? REPORT_WARN
						     : REPORT_OK;
	if (level == REPORT_OK) {
		report_say(&doc->report, level, "disk: %lld MiB free", (long long)(room / MIB));
	} else {
		report_say(&doc->report, level,
			"disk: only %lld MiB free at %s: make room; when it is full, no alarm "
			"comes in",
			(long long)(room / MIB), doc->dir);
	}
}

static void say_sync(struct doctor *doc) {
	struct disk_sync sync;
	struct err err = {0};
	if (!disk_measure_sync(doc->dir, &sync, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			"disk: nothing can be written: %s: correct it; until then no alarm comes "
			"in",
			err.text);
		return;
	}
	bool slow = sync.median_us > SYNC_WARN_US;
	report_say(&doc->report, slow ? REPORT_WARN : REPORT_OK,
		slow ? "disk: 4 KiB are safe after %.1f ms, %.1f ms at most: every alarm waits so "
		       "long for its 201; a faster disk helps"
		     : "disk: 4 KiB are safe after %.1f ms, %.1f ms at most",
		(double)sync.median_us / 1000, (double)sync.max_us / 1000);
}

void doctor_disk(struct doctor *doc) {
	if (doc->has_dir) {
		say_kind(doc);
		say_free(doc);
		say_sync(doc);
	}
}

/* --- the files in it --- */

/* "log.db.a1B2c3": a file that was being made when the power or the program went. */
static bool is_left_over(const char *name) {
	static const char *const made[] = {"log.db.", "admin.db."};
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		size_t len = strlen(made[i]);
		if (strncmp(name, made[i], len) == 0 && strlen(name + len) == 6) {
			return true;
		}
	}
	return false;
}

/* True: nothing is the matter with it. */
static bool look_at(struct doctor *doc, const char *name, const char *path, const struct stat *st) {
	bool fine = true;
	if ((st->st_mode & OTHERS) != 0) {
		report_say(&doc->report, REPORT_WARN,
			"files: others may read or write %s: chmod %s %s", path,
			S_ISDIR(st->st_mode) ? "700" : "600", path);
		fine = false;
	}
	if (st->st_uid != doc->owner) {
		report_say(&doc->report, REPORT_WARN,
			"files: %s belongs to user %u, the folder to %u: chown %u %s (a command of "
			"siagad was run as somebody else)",
			path, (unsigned)st->st_uid, (unsigned)doc->owner, (unsigned)doc->owner,
			path);
		fine = false;
	}
	if (is_left_over(name)) {
		report_say(&doc->report, REPORT_WARN,
			"files: %s was left by a start that was cut off: remove it while no "
			"siagad runs",
			path);
		fine = false;
	}
	return fine;
}

void doctor_files(struct doctor *doc) {
	DIR *dir = doc->has_dir ? opendir(doc->dir) : NULL;
	const struct dirent *entry;
	size_t count = 0, fine = 0;
	if (dir == NULL) {
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		char path[PATH_MAX];
		struct stat st;
		int wanted = snprintf(path, sizeof(path), "%s/%s", doc->dir, entry->d_name);
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			wanted >= (int)sizeof(path) || lstat(path, &st) != 0) {
			continue;
		}
		count++;
		fine += look_at(doc, entry->d_name, path, &st);
	}
	closedir(dir);
	if (fine == count) {
		report_say(&doc->report, REPORT_OK, "files: %zu, their owner's alone", count);
	}
}
