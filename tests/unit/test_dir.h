/* A folder for one test, and raw access to the files that a test spoils on purpose. */
#ifndef SIAGA_TEST_DIR_H
#define SIAGA_TEST_DIR_H

#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#define TEST_UNUSED __attribute__((unused))

struct test_dir {
	char path[64];
	char file[128];
};

static int TEST_UNUSED dir_setup(void **state) {
	struct test_dir *dir = calloc(1, sizeof(*dir));

	if (dir == NULL) {
		return -1;
	}
	(void)snprintf(dir->path, sizeof(dir->path), "/tmp/siaga-test-XXXXXX");
	if (mkdtemp(dir->path) == NULL) {
		free(dir);
		return -1;
	}
	*state = dir;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int TEST_UNUSED dir_teardown(void **state) {
	struct test_dir *dir = *state;
	int rc = nftw(dir->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	free(dir);
	return rc;
}

static TEST_UNUSED const char *dir_file(struct test_dir *dir, const char *name) {
	(void)snprintf(dir->file, sizeof(dir->file), "%s/%s", dir->path, name);
	return dir->file;
}

/* Replaces the file's bytes from `at` on by `text`; cuts it to `cut` bytes first when that is >= 0.
 */
static bool TEST_UNUSED spoil(const char *path, long cut, long at, const char *text) {
	FILE *f;
	bool done;

	if (cut >= 0 && truncate(path, cut) != 0) {
		return false;
	}
	f = fopen(path, "r+");
	if (f == NULL) {
		f = fopen(path, "w");
	}
	if (f == NULL) {
		return false;
	}
	done = fseek(f, at, SEEK_SET) == 0 && fputs(text, f) >= 0;
	return fclose(f) == 0 && done;
}

static bool TEST_UNUSED run_sql(const char *path, const char *sql) {
	sqlite3 *db = NULL;
	bool done = sqlite3_open(path, &db) == SQLITE_OK &&
		    sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

	(void)sqlite3_close(db);
	return done;
}

static long TEST_UNUSED file_size(const char *path) {
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static unsigned TEST_UNUSED file_mode(const char *path) {
	struct stat st;

	return stat(path, &st) == 0 ? (unsigned)st.st_mode & 0777u : 0;
}

#endif
