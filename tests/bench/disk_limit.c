/*
 * What a disk and SQLite can do at best with so many rows of 400 bytes that have to stay: in FOLDER
 * for SECONDS each, in one thread, nothing else.
 *
 *     disk_limit FOLDER SECONDS [ROWS-A-BATCH...]
 *
 * "fdatasync": one page after the other is written over in a file that is already as long, and
 * synced. "sqlite": WAL, synchronous=FULL, one table, so many rows a transaction; the write-ahead
 * file is kept as long as it has become, which is the best that can be done for it.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

#define PAGE       4096
#define FILE_BYTES (16 << 20)

static char page[FILE_BYTES];

static void sync_pages(const char *folder, int64_t length_us) {
	static struct load_ages ages;
	char path[4096];
	snprintf(path, sizeof(path), "%s/pages", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	memset(page, 'x', sizeof(page));
	if (fd < 0 || write(fd, page, sizeof(page)) != sizeof(page) || fsync(fd) != 0) {
		load_die(path);
	}
	int64_t begun = load_now_us(), now = begun, at = 0;
	for (; now < begun + length_us; at = (at + PAGE) % FILE_BYTES) {
		int64_t last = now;
		if (pwrite(fd, page, PAGE, at) != PAGE || fdatasync(fd) != 0) {
			load_die(path);
		}
		now = load_now_us();
		load_ages_add(&ages, now - last);
	}
	close(fd);
	unlink(path);
	printf("{\"limit\":\"fdatasync\",\"per_s\":%.1f,\"p50_us\":%" PRId64 ",\"p99_us\":%" PRId64
	       "}\n",
		(double)ages.count * 1e6 / (double)(now - begun), load_ages_percentile(&ages, 0.5),
		load_ages_percentile(&ages, 0.99));
}

static void exec(sqlite3 *db, const char *sql) {
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "disk_limit: %s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
}

static void insert_rows(const char *folder, int64_t length_us, long batch) {
	char path[4096];
	sqlite3 *db;
	sqlite3_stmt *put;
	snprintf(path, sizeof(path), "%s/rows-%ld.db", folder, batch);
	if (sqlite3_open(path, &db) != SQLITE_OK) {
		load_die(path);
	}
	exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		 "CREATE TABLE row(seq INTEGER PRIMARY KEY, body TEXT)");
	if (sqlite3_prepare_v2(db, "INSERT INTO row(body) VALUES(?1)", -1, &put, NULL) !=
		SQLITE_OK) {
		load_die(path);
	}
	int64_t begun = load_now_us(), now = begun;
	uint64_t rows = 0;
	for (; now < begun + length_us; now = load_now_us()) {
		exec(db, "BEGIN IMMEDIATE");
		for (long i = 0; i < batch; i++, rows++) {
			sqlite3_bind_text(put, 1, page, LOAD_EVENT_BYTES, SQLITE_STATIC);
			if (sqlite3_step(put) != SQLITE_DONE) {
				load_die(path);
			}
			sqlite3_reset(put);
		}
		exec(db, "COMMIT");
	}
	sqlite3_finalize(put);
	sqlite3_close(db);
	unlink(path);
	printf("{\"limit\":\"sqlite\",\"batch\":%ld,\"per_s\":%.1f}\n", batch,
		(double)rows * 1e6 / (double)(now - begun));
}

int main(int argc, char **argv) {
	if (argc < 3) {
		fputs("disk_limit FOLDER SECONDS [ROWS-A-BATCH...]\n", stderr);
		return 2;
	}
	int64_t length_us = (int64_t)(strtod(argv[2], NULL) * 1e6);
	sync_pages(argv[1], length_us);
	for (int i = 3; i < argc; i++) {
		insert_rows(argv[1], length_us, strtol(argv[i], NULL, 10));
	}
	return 0;
}
