/*
 * What nobody who keeps a log as the console does can be quicker than, in one thread: reads a file
 * of JSON lines, parses each with json-c and writes it, and what follows from it, into tables like
 * the console's with prepared statements, so many events to a transaction:
 *
 *     cache_limit CACHE.db EVENTS.jsonl BATCH
 *
 * CACHE.db is a console's own, made by it and empty, so that tables, indexes and the index of words
 * are the very same. Nothing is checked, nothing is looked up, nothing is shown and nobody is
 * asked: each incident gets its row once, and its words once, when it has ended. Says the seconds
 * it took.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>
#include <sqlite3.h>

#define INCIDENTS_MAX 64 /* at once: in a made log one follows the other, but for a few */

enum sql { BEGIN, COMMIT, EVENT, OPEN, END, HISTORY, WORDS, META, SQL_COUNT };

static const char *const sql[SQL_COUNT] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[EVENT] = "INSERT INTO event(seq, at_ms, incident, body, personal) VALUES(?1, ?2, ?3, ?4, "
		  "?5)",
	[OPEN] = "INSERT INTO incident(id, state_seq, ended_at_ms) VALUES(?1, ?2, NULL)",
	[END] = "UPDATE incident SET state_seq = ?2, ended_at_ms = ?3 WHERE id = ?1",
	[HISTORY] =
		"INSERT INTO history(key, id, number, kind, priority, state, mode, place, lat_e7,"
		" lon_e7, received_ms, ended_ms, outcome, caller, phone, agencies, camera, alarms,"
		" last_seq, words) VALUES(?1, ?2, ?3, ?4, ?5, 'closed', 'actual', ?6, 0, 0, ?7, ?8,"
		" 'handled', ?9, ?10, '', '', 1, ?11, ?12)",
	[WORDS] = "INSERT INTO history_words(rowid, words) VALUES(?1, ?2)",
	[META] = "UPDATE meta SET last_seq = ?1, saved_at_ms = ?2",
};

/* Words that wait for the end of the transaction. */
struct words {
	int64_t key;
	char *text;
};

static sqlite3 *db;
static sqlite3_stmt *stmts[SQL_COUNT];
/* The first event of what has not ended. */
static struct json_object *raised[INCIDENTS_MAX];
static struct words *waiting;
static size_t waiting_len;

static void die(const char *what) {
	fprintf(stderr, "cache_limit: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "");
	exit(EXIT_FAILURE);
}

static void run(enum sql which) {
	if (sqlite3_step(stmts[which]) != SQLITE_DONE) {
		die(sql[which]);
	}
	sqlite3_reset(stmts[which]);
}

static void bind(enum sql which, int at, const char *text) {
	sqlite3_bind_text(stmts[which], at, text, -1, SQLITE_STATIC);
}

static void bind_int(enum sql which, int at, int64_t number) {
	sqlite3_bind_int64(stmts[which], at, number);
}

static struct json_object *get(struct json_object *of, const char *name) {
	struct json_object *member = NULL;
	json_object_object_get_ex(of, name, &member);
	return member;
}

static const char *text(struct json_object *of, const char *name) {
	const char *value = json_object_get_string(get(of, name));
	return value != NULL ? value : "";
}

/* Of "2025-11-29T04:00:25.086Z"; all that is wanted of it is that it costs what it must. */
static int64_t time_ms(const char *at) {
	struct tm tm = {0};
	int ms = 0;
	if (sscanf(at, "%d-%d-%dT%d:%d:%d.%dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		    &tm.tm_min, &tm.tm_sec, &ms) != 7) {
		die(at);
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm) * 1000 + ms;
}

static size_t slot_of(const char *incident) {
	size_t i = 0;
	while (i < INCIDENTS_MAX &&
		(raised[i] == NULL || strcmp(text(raised[i], "incident"), incident) != 0)) {
		i++;
	}
	return i;
}

static void keep_raised(struct json_object *event) {
	size_t i = 0;
	while (i < INCIDENTS_MAX && raised[i] != NULL) {
		i++;
	}
	if (i == INCIDENTS_MAX) {
		die("too many are open at once");
	}
	raised[i] = json_object_get(event);
	bind(OPEN, 1, text(event, "incident"));
	bind_int(OPEN, 2, json_object_get_int64(get(event, "seq")));
	run(OPEN);
}

static void end(struct json_object *event, int64_t at_ms) {
	const char *id = text(event, "incident");
	int64_t seq = json_object_get_int64(get(event, "seq"));
	int64_t number = json_object_get_int64(get(event, "number"));
	size_t slot = slot_of(id);
	struct json_object *first = slot < INCIDENTS_MAX ? raised[slot] : NULL;
	struct json_object *data = get(first, "data"), *alarm = get(data, "alarm"),
			   *caller = get(alarm, "caller");
	int64_t received_ms = time_ms(text(first, "at"));
	int64_t key = received_ms << 20 | number;
	char words[2048];
	if (first == NULL) {
		die("ended, and never raised");
	}
	snprintf(words, sizeof(words), "kind=%s priority=%s state=closed %lld %s %s %s %s %s %s %s",
		text(data, "kind"), text(data, "priority"), (long long)number, text(caller, "name"),
		text(caller, "phone"), text(data, "place"), text(caller, "name"),
		text(caller, "phone"), text(alarm, "place"), text(alarm, "note"));
	bind(END, 1, id);
	bind_int(END, 2, seq);
	bind_int(END, 3, at_ms);
	run(END);
	bind_int(HISTORY, 1, key);
	bind(HISTORY, 2, id);
	bind_int(HISTORY, 3, number);
	bind(HISTORY, 4, text(data, "kind"));
	bind(HISTORY, 5, text(data, "priority"));
	bind(HISTORY, 6, text(data, "place"));
	bind_int(HISTORY, 7, received_ms);
	bind_int(HISTORY, 8, at_ms);
	bind(HISTORY, 9, text(caller, "name"));
	bind(HISTORY, 10, text(caller, "phone"));
	bind_int(HISTORY, 11, seq);
	bind(HISTORY, 12, words);
	run(HISTORY);
	waiting[waiting_len++] = (struct words){key, strdup(words)};
	json_object_put(raised[slot]);
	raised[slot] = NULL;
}

static int64_t put(struct json_object *event, const char *body) {
	int64_t seq = json_object_get_int64(get(event, "seq")), at_ms = time_ms(text(event, "at"));
	const char *type = text(event, "type");
	bool first = strcmp(type, "incident.raised") == 0;
	bind_int(EVENT, 1, seq);
	bind_int(EVENT, 2, at_ms);
	bind(EVENT, 3, text(event, "incident"));
	bind(EVENT, 4, body);
	bind_int(EVENT, 5, first || strcmp(type, "incident.noted") == 0);
	run(EVENT);
	if (first) {
		keep_raised(event);
	} else if (strcmp(type, "incident.closed") == 0) {
		end(event, at_ms);
	}
	return seq;
}

static void open_cache(const char *path) {
	if (sqlite3_open(path, &db) != SQLITE_OK ||
		sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", NULL, NULL,
			NULL) != SQLITE_OK) {
		die(path);
	}
	for (int i = 0; i < SQL_COUNT; i++) {
		if (sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &stmts[i],
			    NULL) != SQLITE_OK) {
			die(sql[i]);
		}
	}
}

static double now_s(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void commit(int64_t seq) {
	for (size_t i = 0; i < waiting_len; i++) {
		bind_int(WORDS, 1, waiting[i].key);
		bind(WORDS, 2, waiting[i].text);
		run(WORDS);
		free(waiting[i].text);
	}
	waiting_len = 0;
	bind_int(META, 1, seq);
	bind_int(META, 2, seq);
	run(META);
	run(COMMIT);
}

int main(int argc, char **argv) {
	FILE *file = argc == 4 ? fopen(argv[2], "r") : NULL;
	long batch = argc == 4 ? strtol(argv[3], NULL, 10) : 0, len = 0;
	struct json_tokener *tokener = json_tokener_new();
	char *line = NULL;
	size_t size = 0;
	ssize_t got;
	int64_t seq = 0;
	double start = now_s();
	if (file == NULL || batch < 1) {
		fprintf(stderr, "usage: cache_limit CACHE.db EVENTS.jsonl BATCH\n");
		return 2;
	}
	open_cache(argv[1]);
	waiting = calloc((size_t)batch, sizeof(*waiting));
	while ((got = getline(&line, &size, file)) > 0) {
		line[--got] = '\0';
		json_tokener_reset(tokener);
		struct json_object *event = json_tokener_parse_ex(tokener, line, (int)got + 1);
		if (event == NULL) {
			die("a line that is no JSON");
		}
		if (len++ % batch == 0) {
			run(BEGIN);
		}
		seq = put(event, line);
		if (len % batch == 0) {
			commit(seq);
		}
		json_object_put(event);
	}
	if (len % batch != 0) {
		commit(seq);
	}
	printf("%.6f\n", now_s() - start);
	for (size_t i = 0; i < INCIDENTS_MAX; i++) {
		json_object_put(raised[i]);
	}
	for (int i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(stmts[i]);
	}
	sqlite3_close(db);
	json_tokener_free(tokener);
	free(waiting);
	free(line);
	fclose(file);
	return EXIT_SUCCESS;
}
