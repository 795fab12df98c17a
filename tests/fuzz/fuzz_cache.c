/*
 * The console's cache on a disk that spoils files. The input is a list of what happened to a cache
 * that was whole: a byte that says what, and where, and the bytes that stand there now.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/text.h>
#include <siaga/store/cache.h>
#include <siaga/store/history.h>
#include <siaga/store/look.h>

#include "fuzz.h"

#define FEED     "f0000000-0000-4000-8000-000000000001"
#define FIRE     "11111111-1111-4111-8111-111111111111"
#define FLOOD    "22222222-2222-4222-8222-222222222222"
#define ASK      "33333333-3333-4333-8333-333333333333"
#define NEW      "44444444-4444-4444-8444-444444444444"
#define FRAME    "{\"t\":\"do\"}"
#define PAGE     4096
#define TIME_MAX INT64_C(253402300799999) /* the last millisecond of the year 9999 */

/* Where it all happens: memory where there is such a folder, because a run writes a file or two. */
static char dir[64];
/* A whole cache, and one whose last changes are still in the file beside it. */
static struct buf whole, main_part, wal_part;

static void path_of(char out[160], const char *name) {
	(void)snprintf(out, 160, "%s/%s", dir, name);
}

static void empty_dir(void) {
	DIR *open = opendir(dir);
	struct dirent *entry;
	char path[400];

	MUST(open != NULL);
	while ((entry = readdir(open)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			(void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
			MUST(unlink(path) == 0);
		}
	}
	(void)closedir(open);
}

static void remove_dir(void) {
	empty_dir();
	(void)rmdir(dir);
}

static void read_file(const char *name, struct buf *out) {
	char path[160], part[8192];
	FILE *file;
	size_t got;

	path_of(path, name);
	buf_clear(out);
	file = fopen(path, "rb");
	while (file != NULL && (got = fread(part, 1, sizeof(part), file)) > 0) {
		buf_add(out, part, got);
	}
	if (file != NULL) {
		(void)fclose(file);
	}
}

static void write_file(const char *name, const struct buf *data) {
	char path[160];
	FILE *file;

	path_of(path, name);
	file = fopen(path, "wb");
	MUST(file != NULL);
	MUST(data->len == 0 || fwrite(data->data, 1, data->len, file) == data->len);
	MUST(fclose(file) == 0);
}

static struct history_row make_row(const char *id, int64_t number, int64_t last_seq) {
	return (struct history_row){.id = id,
		.number = number,
		.kind = "fire",
		.priority = "P1",
		.state = "closed",
		.mode = "actual",
		.place = "Pasar Legi",
		.received_ms = 1700000000000 + number,
		.ended_ms = 1700000100000,
		.outcome = "handled",
		.caller = "Sri",
		.phone = "+62 800-555-0101",
		.agencies = "damkar psc119",
		.camera = "Gladag",
		.alarms = 1,
		.last_seq = last_seq,
		.notes = "kios terbakar"};
}

static bool save(struct cache_store *cache, int64_t first, struct err *err) {
	struct cache_meta meta = {.feed = FEED,
		.last_seq = first + 3,
		.mark = "0123456789abcdef",
		.saved_at_ms = 1700000000000,
		.name = "ayu",
		.role = "operator"};
	const struct cache_event events[] = {
		{first, 1000, FIRE, "{\"seq\":1}", true, false, true},
		{first + 1, 2000, FLOOD, "{\"seq\":2}", true, false, true},
		{first + 2, 3000, "", "{\"seq\":3}", false, false, true},
		{first + 3, 4000, FIRE, "{\"seq\":4}", false, true, true},
	};
	struct history_row row = make_row(FIRE, 1, first + 3);
	return cache_save(cache, &meta, events, ARRAY_LEN(events), &row, 1, err);
}

/* Once: what is spoiled later. */
static void make_base(void) {
	struct stat st;
	struct err err;
	const char *tmp = getenv("TMPDIR");
	bool shm = tmp == NULL && stat("/dev/shm", &st) == 0;
	(void)snprintf(dir, sizeof(dir), "%s/siaga-fuzz-XXXXXX",
		shm           ? "/dev/shm"
		: tmp != NULL ? tmp
			      : "/tmp");
	MUST(mkdtemp(dir) != NULL);
	MUST(atexit(remove_dir) == 0);
	struct cache_store *cache = cache_open(dir, NULL, 0, &err);
	MUST_OF(cache != NULL, err.text);
	MUST(save(cache, 1, &err));
	MUST(cache_save_registry(cache, "{}", 2, &err));
	MUST(cache_outbox_put(cache, ASK, 1700000000000, FRAME, &err));
	cache_close(cache);
	read_file("cache.db", &whole);
	cache = cache_open(dir, NULL, 0, &err);
	MUST(cache != NULL && save(cache, 5, &err));
	read_file("cache.db", &main_part);
	read_file("cache.db-wal", &wal_part);
	cache_close(cache);
	MUST(whole.len > PAGE && main_part.len > PAGE && wal_part.len > PAGE);
}

enum step {
	STEP_WRITE,
	STEP_WRITE_WAL,
	STEP_CUT,
	STEP_ZERO_PAGE,
	STEP_COPY_PAGE,
	STEP_HEADER,
	STEP_RAW,
	STEP_NO_FILE,
	STEP_COUNT
};

static void write_at(struct buf *to, size_t at, struct bytes *in, size_t len) {
	size_t got;
	char *data = take_data(in, len, &got);
	if (to->len > 0) {
		at %= to->len;
		memcpy(to->data + at, data, got < to->len - at ? got : to->len - at);
	}
	free(data);
}

static void copy_page(struct buf *file, size_t to, size_t from) {
	size_t pages = file->len / PAGE;
	if (pages > 0) {
		memmove(file->data + to % pages * PAGE, file->data + from % pages * PAGE, PAGE);
	}
}

static void spoil(struct buf *file, struct buf *wal, struct bytes *in) {
	enum step step = (enum step)take_below(in, STEP_COUNT);
	size_t at = (take_byte(in) << 16 | take_byte(in) << 8) + take_byte(in);
	switch (step) {
	case STEP_WRITE: write_at(file, at, in, take_below(in, 24) + 1); break;
	case STEP_WRITE_WAL: write_at(wal, at, in, take_below(in, 24) + 1); break;
	case STEP_CUT: file->len = file->len > 0 ? at % file->len : 0; break;
	case STEP_ZERO_PAGE:
		if (file->len >= PAGE) {
			memset(file->data + at % (file->len / PAGE) * PAGE, 0, PAGE);
		}
		break;
	case STEP_COPY_PAGE: copy_page(file, at, take_byte(in)); break;
	/* The first 100 bytes say what kind of file it is. */
	case STEP_HEADER: write_at(file, at % 100, in, take_below(in, 4) + 1); break;
	case STEP_RAW:
		buf_clear(file);
		buf_add(file, in->at, in->left);
		in->left = 0;
		break;
	case STEP_NO_FILE: file->len = 0; break;
	case STEP_COUNT: break;
	}
}

static bool on_event(void *data, const char *body, size_t len) {
	MUST(strlen(body) <= len);
	*(size_t *)data += 1;
	return true;
}

struct outbox_seen {
	size_t count;
	bool has_new;
};

static bool on_item(void *data, const char *id, int64_t at_ms, const char *frame) {
	struct outbox_seen *seen = data;
	MUST(id != NULL && frame != NULL && at_ms >= 0 && at_ms <= TIME_MAX);
	seen->count++;
	seen->has_new |= strcmp(id, NEW) == 0 && strcmp(frame, FRAME) == 0;
	return true;
}

static bool on_row(void *data, const struct history_row *row) {
	MUST(row->id != NULL && row->place != NULL && row->kind != NULL && row->notes != NULL);
	MUST(row->received_ms >= 0 && row->received_ms <= TIME_MAX);
	MUST(row->ended_ms >= 0 && row->ended_ms <= TIME_MAX);
	*(size_t *)data += 1;
	return true;
}

/* What the disk says of itself is no more than what a stranger says. */
static void check_meta(struct cache_store *cache) {
	struct cache_meta meta;
	struct err err = {0};
	if (!cache_get_meta(cache, &meta, &err)) {
		MUST(is_message(&err));
		return;
	}
	MUST(meta.last_seq >= 0 && meta.last_seq <= INT64_C(1) << 53);
	MUST(meta.saved_at_ms >= 0 && meta.saved_at_ms <= TIME_MAX);
	MUST(is_clean(meta.name, sizeof(meta.name)) && is_clean(meta.role, sizeof(meta.role)));
	MUST(meta.agency[0] == '\0' || text_id_ok(meta.agency, sizeof(meta.agency) - 1));
	MUST(meta.mark[0] == '\0' || text_id_ok(meta.mark, sizeof(meta.mark) - 1));
	MUST(meta.feed[0] == '\0' || is_clean(meta.feed, sizeof(meta.feed)));
}

/* Everything that is read can be read, or it is said why not. */
static void read_all(struct cache_store *cache) {
	static const struct history_query queries[] = {{0}, {.words = "pasar kios"},
		{.words = "08005550101", .kind = "fire"}, {.before = INT64_MAX, .limit = 3},
		{.after = 1, .words = "sri"}};
	struct buf json = {0};
	char ids[4][UUID_SIZE];
	size_t count = 0;
	struct err err = {0};
	struct outbox_seen seen = {0};
	check_meta(cache);
	MUST(cache_get_registry(cache, &json, &err) >= 0 || is_message(&err));
	buf_finish(&json);
	MUST(cache_read(cache, 0, on_event, &count, &err) || is_message(&err));
	MUST(cache_outbox_read(cache, on_item, &seen, &err) || is_message(&err));
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		MUST(cache_history(cache, &queries[i], on_row, &count, &err) || is_message(&err));
	}
	MUST(cache_history_count(cache, &err) >= -1);
	MUST(cache_read_incident(cache, FIRE, on_event, &count, &err) || is_message(&err));
	size_t behind = cache_history_behind(cache, ids, ARRAY_LEN(ids));
	MUST(behind <= ARRAY_LEN(ids));
	for (size_t i = 0; i < behind; i++) {
		struct history_row row = make_row(ids[i], 2, 9);
		MUST(cache_history_mend(cache, ids[i], i % 2 == 0 ? &row : NULL, &err) ||
			is_message(&err));
	}
}

/* True: an action was put into the outbox, and it was said that it is there for good. */
static bool write_all(struct cache_store *cache) {
	struct err err = {0};
	bool put = cache_outbox_put(cache, NEW, 1700000000001, FRAME, &err);
	MUST(put || is_message(&err));
	MUST(save(cache, 9, &err) || is_message(&err));
	MUST(cache_save_registry(cache, "{}", 2, &err) || is_message(&err));
	return put;
}

static struct cache_store *open_cache(void) {
	char notice[300] = "?";
	struct cache_look look;
	struct err err = {0};
	struct buf before = {0}, after = {0};
	read_file("cache.db", &before);
	cache_look(dir, &look, &err);
	MUST((unsigned)look.state < LOOK_STATE_COUNT);
	MUST(look.state == LOOK_FINE || look.state == LOOK_MISSING || is_message(&err));
	read_file("cache.db", &after);
	MUST(before.len == after.len &&
		(before.len == 0 || memcmp(before.data, after.data, before.len) == 0));
	buf_finish(&before);
	buf_finish(&after);
	err = (struct err){0};
	struct cache_store *cache = cache_open(dir, notice, sizeof(notice), &err);
	/* Damage is no reason to leave an operator without a cache: only a newer file is. */
	MUST_OF(cache != NULL || look.state == LOOK_NEWER, err.text);
	MUST(cache != NULL || is_message(&err));
	return cache;
}

static void check_new_is_there(void) {
	struct outbox_seen seen = {0};
	struct err err = {0};
	struct cache_store *cache = open_cache();
	MUST(cache != NULL);
	MUST_OF(cache_outbox_read(cache, on_item, &seen, &err), err.text);
	MUST(seen.has_new);
	cache_close(cache);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct bytes in = {data, size};
	struct buf file = {0}, wal = {0};
	if (whole.len == 0) {
		make_base();
	}
	empty_dir();
	bool with_wal = take_below(&in, 2) != 0;
	buf_add(&file, with_wal ? main_part.data : whole.data,
		with_wal ? main_part.len : whole.len);
	buf_add(&wal, wal_part.data, wal_part.len);
	for (int i = 0; i < 8 && in.left > 0; i++) {
		spoil(&file, &wal, &in);
	}
	write_file("cache.db", &file);
	if (with_wal) {
		write_file("cache.db-wal", &wal);
	}
	struct cache_store *cache = open_cache();
	if (cache != NULL) {
		char aside[300];
		struct err err;
		read_all(cache);
		bool put = write_all(cache);
		cache_close(cache);
		if (put) {
			check_new_is_there();
		}
		if (size % 4 == 0) {
			cache = open_cache();
			MUST(cache != NULL);
			MUST(cache_set_aside(cache, aside, sizeof(aside), &err) ||
				is_message(&err));
			read_all(cache);
			cache_close(cache);
		}
	}
	buf_finish(&file);
	buf_finish(&wal);
	return 0;
}
