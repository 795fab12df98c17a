/*
 * A copy of a data folder that is one itself: made beside its place under another name, looked
 * over, and only then given its own, so that whoever finds it finds it whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>
#include <siaga/feed/check.h>
#include <siaga/store/admin.h>
#include <siaga/store/log_check.h>

#include "command.h"

static const char *const files[] = {"admin.db", "log.db"};

struct copy {
	char target[PATH_MAX], folder[PATH_MAX], parent[PATH_MAX];
	char first_fault[200];
};

static bool fail(struct err *err, const char *path) {
	return err_set(err, "%s: %s", path, strerror(errno));
}

static bool path_in(char out[PATH_MAX], const char *folder, const char *name, struct err *err) {
	int len = snprintf(out, PATH_MAX, "%s/%s", folder, name);
	return (len > 0 && len < PATH_MAX) || err_set(err, "%s: the path is too long", folder);
}

/* "x/backup" gets "x/.backup.XXXXXX", on the same disk. */
static bool make_folder(struct copy *copy, const char *target, struct err *err) {
	char name[PATH_MAX], base[PATH_MAX];
	struct stat st;
	text_copy(copy->target, sizeof(copy->target), target);
	text_copy(name, sizeof(name), target);
	text_copy(copy->parent, sizeof(copy->parent), dirname(name));
	text_copy(name, sizeof(name), target);
	if (snprintf(base, sizeof(base), ".%s.XXXXXX", basename(name)) >= (int)sizeof(base) ||
		!path_in(copy->folder, copy->parent, base, err)) {
		return err_set(err, "%s: the path is too long", target);
	}
	if (lstat(target, &st) == 0) {
		copy->folder[0] = '\0';
		return err_set(
			err, "%s: is there already; a backup never replaces anything", target);
	}
	if (mkdtemp(copy->folder) == NULL) {
		copy->folder[0] = '\0';
		return fail(err, copy->parent);
	}
	return true;
}

/* An empty file of 0600, which SQLite then fills: from the beginning nobody else may read it. */
static bool make_file(
	const struct copy *copy, const char *name, char path[PATH_MAX], struct err *err) {
	if (!path_in(path, copy->folder, name, err)) {
		return false;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return fail(err, path);
	}
	close(fd);
	return true;
}

static bool sync_path(const char *path, int flags, struct err *err) {
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (!ok) {
		fail(err, path);
	}
	if (fd >= 0) {
		close(fd);
	}
	return ok;
}

static bool copy_files(const struct copy *copy, const char *dir, struct err *err) {
	char path[PATH_MAX];
	struct log_store *log = log_open_look(dir, err);
	bool ok = log != NULL && make_file(copy, "log.db", path, err) && log_copy(log, path, err);
	log_close(log);
	struct admin_store *admin = ok ? admin_open_look(dir, err) : NULL;
	ok = admin != NULL && make_file(copy, "admin.db", path, err) &&
	     admin_copy(admin, path, err);
	admin_close(admin);
	for (size_t i = 0; ok && i < ARRAY_LEN(files); i++) {
		ok = path_in(path, copy->folder, files[i], err) && sync_path(path, 0, err);
	}
	return ok && sync_path(copy->folder, O_DIRECTORY, err);
}

static void note_fault(void *data, int64_t seq, const char *what) {
	struct copy *copy = data;
	if (copy->first_fault[0] == '\0') {
		snprintf(copy->first_fault, sizeof(copy->first_fault), "event %lld: %s",
			(long long)seq, what);
	}
}

static bool look_over(struct copy *copy, struct check_report *report, struct err *err) {
	struct check_report admin = {0};
	if (!check_log(copy->folder, NULL, note_fault, copy, report, err) ||
		!check_admin(copy->folder, note_fault, copy, &admin, err)) {
		return false;
	}
	int64_t faults = report->faults + admin.faults;
	return faults == 0 ||
	       err_set(err, "the copy has %lld faults, the first: %s; see siagad check",
		       (long long)faults, copy->first_fault);
}

/* Not over anything that came there meanwhile, not even an empty folder. */
static bool give_name(const struct copy *copy, struct err *err) {
	return (renameat2(AT_FDCWD, copy->folder, AT_FDCWD, copy->target, RENAME_NOREPLACE) == 0 ||
		       fail(err, copy->target)) &&
	       sync_path(copy->parent, O_DIRECTORY, err);
}

static void drop(const struct copy *copy) {
	static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		for (size_t j = 0; j < ARRAY_LEN(tails); j++) {
			char path[PATH_MAX + 32];
			snprintf(path, sizeof(path), "%s/%s%s", copy->folder, files[i], tails[j]);
			unlink(path);
		}
	}
	rmdir(copy->folder);
}

int backup_run(const struct daemon_options *opt) {
	struct copy copy = {0};
	struct check_report report;
	struct err err = {0};
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	if (opt->words_len != 2 || opt->words[1][0] == '\0') {
		return daemon_usage("backup FOLDER");
	}
	bool ok = make_folder(&copy, opt->words[1], &err) &&
		  copy_files(&copy, opt->given[DAEMON_DATA], &err) &&
		  look_over(&copy, &report, &err) && give_name(&copy, &err);
	if (!ok) {
		if (copy.folder[0] != '\0') {
			drop(&copy);
		}
		return daemon_fail(&err);
	}
	printf("%lld events, head %lld:%s\n", (long long)report.events, (long long)report.head,
		report.hash);
	return EXIT_SUCCESS;
}
