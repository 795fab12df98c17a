#include <siaga/feed/owner.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/disk.h>
#include <siaga/base/macros.h>

/* --- who --- */

static bool choose(struct account *out, const char *dir, const char *user, struct err *err) {
	struct stat st;
	if (user != NULL) {
		return account_find(out, user, err) || err_prefix(err, "--user");
	}
	if (stat(dir, &st) == 0 && st.st_uid != 0) {
		account_of(out, st.st_uid, st.st_gid);
		return true;
	}
	return account_find(out, "siaga", NULL) || account_find(out, "nobody", NULL) ||
	       err_set(err, "there is neither a user siaga nor nobody to become; --user NAME");
}

/* --- giving --- */

static bool is_ours(const char *name) {
	static const char *const databases[] = {"admin.db", "log.db"};
	for (size_t i = 0; i < ARRAY_LEN(databases); i++) {
		size_t len = strlen(databases[i]);
		/* With what SQLite has beside it, and a file that is being made. */
		if (strncmp(name, databases[i], len) == 0 &&
			(name[len] == '\0' || name[len] == '-' || name[len] == '.')) {
			return true;
		}
	}
	return strcmp(name, "lock") == 0;
}

/* A folder of the feed's, or one that nobody uses yet: anything else of root's that was named by
 * mistake, such as /var/lib, stays root's. */
static bool may_be_given(DIR *entries) {
	const struct dirent *entry;
	bool empty = true, ours = false;
	while ((entry = readdir(entries)) != NULL) {
		const char *name = entry->d_name;
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
			strcmp(name, "lost+found") != 0) {
			empty = false;
			ours = ours || strcmp(name, "log.db") == 0 || strcmp(name, "admin.db") == 0;
		}
	}
	rewinddir(entries);
	return empty || ours;
}

/*
 * The folder may be somebody's who is not to be trusted: what is given is what was opened and
 * looked at, never what a name leads to, and no file that has a second name elsewhere.
 */
static bool give_file(
	const struct account *to, int dir_fd, const char *dir, const char *name, struct err *err) {
	struct stat st;
	int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT || err_set(err, "%s/%s: %s", dir, name, strerror(errno));
	}
	bool ok = fstat(fd, &st) == 0;
	if (ok && S_ISREG(st.st_mode) && st.st_uid == 0) {
		ok = st.st_nlink == 1 && fchownat(fd, "", to->uid, to->gid, AT_EMPTY_PATH) == 0;
		if (st.st_nlink != 1) {
			(void)err_set(err,
				"%s/%s: belongs to root and has other names, too; chown it", dir,
				name);
		}
	}
	if (!ok && st.st_nlink == 1) {
		(void)err_set(err, "%s/%s: cannot be given to %s: %s", dir, name, to->name,
			strerror(errno));
	}
	(void)close(fd);
	return ok;
}

static bool give(const struct account *to, DIR *entries, const char *dir, struct err *err) {
	const struct dirent *entry;
	struct stat st;
	int fd = dirfd(entries);
	if (fstat(fd, &st) != 0) {
		return err_set(err, "%s: %s", dir, strerror(errno));
	}
	if (st.st_uid == 0 && !may_be_given(entries)) {
		return err_set(err,
			"%s: belongs to root and is no folder of the feed's; choose another, or "
			"chown "
			"it to %s",
			dir, to->name);
	}
	while ((entry = readdir(entries)) != NULL) {
		if (is_ours(entry->d_name) && !give_file(to, fd, dir, entry->d_name, err)) {
			return false;
		}
	}
	if (st.st_uid == 0 && fchown(fd, to->uid, to->gid) != 0) {
		return err_set(
			err, "%s: cannot be given to %s: %s", dir, to->name, strerror(errno));
	}
	return true;
}

/* The folder is private, but on the way to it others may pass. */
static bool make(const char *dir, struct err *err) {
	char part[PATH_MAX];
	size_t len = strlen(dir);
	if (len == 0 || len >= sizeof(part)) {
		return err_set(err, "the folder's path is empty or too long");
	}
	memcpy(part, dir, len + 1);
	while (len > 1 && part[len - 1] == '/') {
		part[--len] = '\0';
	}
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0') {
			continue;
		}
		part[i] = '\0';
		if (!disk_make_dir(part, i == len ? 0700 : 0755) && errno != EEXIST) {
			return err_set(err, "%s: %s", part, strerror(errno));
		}
		part[i] = i < len ? '/' : '\0';
	}
	return true;
}

static bool prepare(const struct account *to, const char *dir, struct err *err) {
	if (!make(dir, err)) {
		return false;
	}
	DIR *entries = opendir(dir);
	if (entries == NULL) {
		return err_set(err, "%s: %s", dir, strerror(errno));
	}
	bool ok = give(to, entries, dir, err);
	(void)closedir(entries);
	return ok;
}

/* --- can it work there? --- */

static bool can_pass(const struct account *me, const char *dir, struct err *err) {
	char part[PATH_MAX];
	for (size_t i = 1; dir[i] != '\0' && i < sizeof(part); i++) {
		if (dir[i] != '/') {
			continue;
		}
		memcpy(part, dir, i);
		part[i] = '\0';
		if (access(part, X_OK) != 0) {
			return err_set(err,
				"%s: %s may not pass through this folder, on the way to %s", part,
				me->name, dir);
		}
	}
	return true;
}

static bool can_work(const struct account *me, const char *dir, const char *real, struct err *err) {
	if (!can_pass(me, real, err) || !can_pass(me, dir, err)) {
		return false;
	}
	return access(dir, R_OK | W_OK | X_OK) == 0 ||
	       err_set(err, "%s: %s may not write in this folder: %s", dir, me->name,
		       strerror(errno));
}

static bool can_look(const struct account *me, const char *dir, const char *real, struct err *err) {
	if (!can_pass(me, real, err) || !can_pass(me, dir, err)) {
		return false;
	}
	return access(dir, R_OK | X_OK) == 0 ||
	       err_set(err, "%s: %s may not look into this folder: %s", dir, me->name,
		       strerror(errno));
}

static bool is_free_to_choose(void) {
	return geteuid() == 0 && !account_is_alone();
}

bool owner_look(struct account *out, const char *dir, const char *user, struct err *err) {
	struct account to;
	char real[PATH_MAX];
	struct stat st;
	account_self(out);
	/* What cannot be found is told by who opens it. */
	if (!is_free_to_choose() || stat(dir, &st) != 0 || realpath(dir, real) == NULL ||
		st.st_uid == 0) {
		return true;
	}
	if (!choose(&to, dir, user, err)) {
		return false;
	}
	if (to.uid != 0 && !account_become(&to, err)) {
		return err_set(err, "%s; --user root stays root", err != NULL ? err->text : "");
	}
	*out = to;
	return can_look(&to, dir, real, err);
}

bool owner_become(struct account *out, const char *dir, const char *user, struct err *err) {
	struct account to;
	char real[PATH_MAX];
	account_self(out);
	if (!is_free_to_choose()) {
		if (user != NULL && strcmp(user, out->name) != 0) {
			return err_set(err, "--user: only root can become %s", user);
		}
		return account_become(out, err);
	}
	if (!choose(&to, dir, user, err)) {
		return false;
	}
	*out = to;
	if (to.uid == 0) {
		return true;
	}
	if (!prepare(&to, dir, err)) {
		return false;
	}
	if (realpath(dir, real) == NULL) {
		return err_set(err, "%s: %s", dir, strerror(errno));
	}
	if (!account_become(&to, err)) {
		return err_set(err, "%s; --user root stays root", err != NULL ? err->text : "");
	}
	return can_work(&to, dir, real, err);
}
