/*
 * How long it takes from the text of a filter to the first page of the queue, with so many
 * incidents of five events each in memory, against SQLite's table of the same in memory:
 *
 *     filter_bench INCIDENTS [FILTER [TIMES]]
 *     filter_bench WORLDSxINCIDENTS
 *
 * prints a line MEDIAN_MS ALL_MS SQLITE_MS PASSED FILTER for each filter, or for that one
 * alone; 0 for SQLite where it is not asked or a table has no such question. ALL_MS is all rows in
 * order and a copy of their ids, as the console has them, not only a page. With TIMES it says
 * "asking", asks for the page so often and prints nothing else. One in ten is new, half are
 * worked, the rest have ended and are still in sight, so that all are asked. Both must give the
 * same page and count, or there is no figure.
 *
 * The table has a row for each incident with what is asked for in columns of its own, and one with
 * all texts in small letters to find words in; it is asked by prepared statements for the count and
 * the page in one go, as the queue tells both.
 *
 * In the second form so many worlds of so many incidents are asked in turn, and one world of as
 * many incidents as all of them have: however small it is, what is asked has been pushed out of the
 * processor's caches by the others, as far as those are larger. It prints a line EACH_MS ONE_MS
 * EACH_READ_MS ONE_READ_MS FILTER. READ is what the memory costs: the marks of all are read, and of
 * those incidents that the queue has to look at the same lines as by it, and nothing is done with
 * them.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/model/filter.h>
#include <siaga/model/queue.h>

#define PAGE     40
#define RUNS     7
#define START_MS INT64_C(1767225600000)
#define STEP_MS  2000 /* between two incidents */

static const char *const streets[] = {"Slamet Riyadi", "Adi Sucipto", "Veteran", "Kolonel Sutarto",
	"Ir. Sutami", "Honggowongso", "Gatot Subroto", "Yos Sudarso", "Kapten Mulyadi",
	"Urip Sumoharjo"};
static const char *const notes[] = {"asap tebal dari kios di pasar", "motor dan mobil bertabrakan",
	"orang pingsan di trotoar", "pohon tumbang menutup jalan", "air masuk ke rumah",
	"tiang listrik miring", "ular di dapur", "pencurian di toko", "anak terjepit pagar",
	"bau gas dari gudang", "dua korban, satu luka berat", "warga sudah berkumpul",
	"akses dari utara saja", "pelapor menunggu di depan masjid", "tidak ada korban",
	"api terlihat dari jalan besar", "pelapor minta segera"};
static const char *const agencies[] = {"damkar", "psc119", "polresta", "bpbd"};

/* What is typed, and the same as a question to the table. */
static const struct {
	const char *filter, *where;
} asked[] = {
	{"", "1"},
	{"p<=2", "priority <= 1"},
	{"kind:fire,hazard state:new", "kind IN ('fire', 'hazard') AND state = 'new'"},
	{"-kind:medical p<=2 age>10m",
		"kind <> 'medical' AND priority <= 1 AND received < :now - 600000"},
	{"is:open agency:damkar", "ended = 0 AND agency = 'damkar'"},
	{"claim:ayu", "claim = 'ayu'"},
	{"grid:C4", "cell = 'C4'"},
	{"near:412<500m", "near(lat, lon) <= 500"},
	{"pasar", "words LIKE '%pasar%'"},
	{"\"gatot subroto\" korban", "words LIKE '%gatot subroto%' AND words LIKE '%korban%'"},
	{"0855-0142", "words LIKE '%08550142%'"},
	{"kebakaran gudang",
		"(words LIKE '%kebakaran%' OR kind = 'fire') AND words LIKE '%gudang%'"},
	{"helikopter", "words LIKE '%helikopter%'"},
	{"is:overdue", NULL},
};

struct rig {
	struct world world;
	struct timer_table timers;
	sqlite3 *db;
	int64_t now_ms;
	bool all; /* rows are asked for, and not only a page */
	struct incident **found;
	char (*ids)[UUID_SIZE];
	size_t ids_len;
	struct queue_room room;
	int64_t numbers[PAGE]; /* of the page that was found last */
	size_t len, passed;
	struct sieve sieve; /* of what is read */
	bool words;         /* which have to be read, too */
};

static unsigned dice(unsigned *seed, unsigned sides) {
	*seed = *seed * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)*seed * sides) >> 32);
}

static void put(struct rig *rig, struct event *event, int64_t at_ms) {
	event->seq = rig->world.head + 1;
	event->at_ms = at_ms;
	world_apply(&rig->world, event);
	event_finish(event);
}

static struct event event_of(int64_t number, enum event_type type, int64_t rev) {
	struct event event = {.type = type, .number = number, .rev = rev};
	(void)snprintf(event.incident, sizeof(event.incident), "%08x-0000-4000-8000-%012u",
		(unsigned)number * 2654435761u, (unsigned)number);
	text_copy(event.by.name, sizeof(event.by.name), number % 3 == 0 ? "ayu" : "budi");
	text_copy(event.by.position, sizeof(event.by.position), "meja 1");
	return event;
}

static void raise_one(struct rig *rig, int64_t number, int64_t at_ms, unsigned *seed) {
	struct event event = event_of(number, EVENT_INCIDENT_RAISED, 1);
	event.kind = (enum kind)dice(seed, KIND_COUNT);
	event.priority = (enum priority)dice(seed, PRIORITY_COUNT);
	event.at = (struct position){
		-75952000 + (int32_t)dice(seed, 731000), 1107692000 + (int32_t)dice(seed, 998000)};
	(void)snprintf(event.place, sizeof(event.place), "Jl. %s %u",
		streets[dice(seed, ARRAY_LEN(streets))], 1 + dice(seed, 400));
	(void)snprintf(event.alarm.caller_name, sizeof(event.alarm.caller_name), "Pelapor %u",
		dice(seed, 30000));
	(void)snprintf(event.alarm.caller_phone, sizeof(event.alarm.caller_phone), "+62 855-%04u",
		dice(seed, 10000));
	event.alarm.at = event.at;
	event.alarm.received_at_ms = at_ms;
	text_copy(event.alarm.place, sizeof(event.alarm.place), event.place);
	event.alarm.note = mem_dup_str(notes[dice(seed, ARRAY_LEN(notes))]);
	put(rig, &event, at_ms);
}

static void work(struct rig *rig, int64_t number, int64_t at_ms, unsigned *seed) {
	static const enum event_type is_new[] = {EVENT_INCIDENT_NOTED, EVENT_INCIDENT_NOTED,
		EVENT_INCIDENT_NOTED, EVENT_INCIDENT_NOTED};
	static const enum event_type open[] = {EVENT_INCIDENT_ACKNOWLEDGED, EVENT_INCIDENT_VERIFIED,
		EVENT_DISPATCH_REQUESTED, EVENT_INCIDENT_NOTED};
	static const enum event_type ended[] = {EVENT_INCIDENT_ACKNOWLEDGED,
		EVENT_INCIDENT_VERIFIED, EVENT_INCIDENT_RESOLVED, EVENT_INCIDENT_CLOSED};
	const enum event_type *types = number % 10 == 0 ? is_new : number % 10 < 6 ? open : ended;
	for (int i = 0; i < 4; i++) {
		struct event event = event_of(number, types[i], types == is_new ? 1 : 2 + i);
		if (types[i] == EVENT_INCIDENT_NOTED) {
			event.note = mem_dup_str(notes[dice(seed, ARRAY_LEN(notes))]);
		} else if (types[i] == EVENT_DISPATCH_REQUESTED) {
			text_copy(event.agency, sizeof(event.agency),
				agencies[dice(seed, ARRAY_LEN(agencies))]);
		}
		put(rig, &event, at_ms + 1000 * (i + 1));
	}
}

static void add_agencies(struct registry *reg) {
	for (size_t i = 0; i < ARRAY_LEN(agencies); i++) {
		struct agency *agency = registry_add_agency(reg);
		text_copy(agency->id, sizeof(agency->id), agencies[i]);
		text_copy(agency->short_name, sizeof(agency->short_name), agencies[i]);
	}
	struct feature *outline = registry_add_feature(reg);
	outline->kind = FEATURE_OUTLINE;
	feature_add_point(outline, (struct position){-75952000, 1107692000});
	feature_add_point(outline, (struct position){-75221000, 1108690000});
	registry_index(reg);
}

/* Worlds with different seeds have nothing in common that a processor may learn by heart. */
static void fill(struct rig *rig, int64_t incidents, unsigned first_seed) {
	timer_table_defaults(&rig->timers);
	add_agencies(&rig->world.registry);
	for (int64_t number = 1; number <= incidents; number++) {
		unsigned seed = first_seed + (unsigned)number;
		raise_one(rig, number, START_MS + number * STEP_MS, &seed);
		work(rig, number, START_MS + number * STEP_MS, &seed);
	}
	rig->now_ms = START_MS + (incidents + 1) * STEP_MS;
	rig->found = mem_alloc((size_t)incidents, sizeof(*rig->found));
	rig->ids = mem_alloc((size_t)incidents, sizeof(*rig->ids));
}

/* --- the table --- */

static void check(const struct rig *rig, int rc) {
	if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
		(void)fprintf(stderr, "filter_bench: %s\n", sqlite3_errmsg(rig->db));
		exit(EXIT_FAILURE);
	}
}

static void sql_near(sqlite3_context *context, int argc, sqlite3_value **argv) {
	const struct incident *inc = sqlite3_user_data(context);
	UNUSED(argc);
	struct position at = {sqlite3_value_int(argv[0]), sqlite3_value_int(argv[1])};
	sqlite3_result_double(context, geo_distance_m(inc->at, at));
}

static void add_text(struct buf *buf, const char *text) {
	char folded[4096];
	if (text != NULL && text[0] != '\0') {
		text_fold(folded, sizeof(folded), text);
		buf_printf(buf, "%s|", folded);
	}
}

static void words_of(const struct incident *inc, struct buf *buf) {
	char phone[40];
	size_t len = 1;
	buf_clear(buf);
	add_text(buf, inc->place);
	for (size_t i = 0; i < inc->alarms_len; i++) {
		const struct alarm *alarm = &inc->alarms[i];
		add_text(buf, alarm->caller_name);
		add_text(buf, alarm->caller_phone);
		add_text(buf, alarm->note);
		/* As it is dialled here, without the blanks. */
		phone[0] = '0';
		for (const char *c = alarm->caller_phone + 3; *c != '\0'; c++) {
			if (*c >= '0' && *c <= '9') {
				phone[len++] = *c;
			}
		}
		phone[len] = '\0';
		add_text(buf, phone);
	}
	for (size_t i = 0; i < inc->entries_len; i++) {
		add_text(buf, inc->entries[i].note);
	}
}

static void put_row(
	struct rig *rig, sqlite3_stmt *stmt, const struct incident *inc, struct buf *buf) {
	char cell[GEO_CELL_SIZE];
	bool open = incident_is_open(inc);
	int group = !open                          ? 4
		    : inc->state != INCIDENT_NEW   ? 2
		    : inc->priority == PRIORITY_P1 ? 0
						   : 1;
	words_of(inc, buf);
	geo_grid_name(&rig->world.registry.grid, inc->at, cell);
	sqlite3_bind_int64(stmt, 1, inc->number);
	sqlite3_bind_int(stmt, 2, group);
	sqlite3_bind_text(stmt, 3, kind_name(inc->kind), -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 4, (int)inc->priority);
	sqlite3_bind_text(stmt, 5, incident_state_name(inc->state), -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 6, incident_received_ms(inc));
	sqlite3_bind_int64(stmt, 7, open ? 0 : inc->state_at_ms[inc->state]);
	sqlite3_bind_text(stmt, 8, inc->dispatches_len > 0 ? inc->dispatches[0].agency : "", -1,
		SQLITE_STATIC);
	sqlite3_bind_text(stmt, 9, inc->claim.name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 10, cell, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(stmt, 11, inc->at.lat_e7);
	sqlite3_bind_int(stmt, 12, inc->at.lon_e7);
	sqlite3_bind_text(stmt, 13, buf->data, (int)buf->len, SQLITE_TRANSIENT);
	check(rig, sqlite3_step(stmt));
	check(rig, sqlite3_reset(stmt));
}

static void make_table(struct rig *rig) {
	sqlite3_stmt *stmt;
	struct buf buf = {0};
	check(rig, sqlite3_open(":memory:", &rig->db));
	check(rig, sqlite3_create_function(rig->db, "near", 2, SQLITE_UTF8,
			   world_by_number(&rig->world, 412), sql_near, NULL, NULL));
	check(rig, sqlite3_exec(rig->db,
			   "PRAGMA case_sensitive_like = 1;"
			   "CREATE TABLE incident(number INTEGER PRIMARY KEY, grp INT, kind TEXT,"
			   " priority INT, state TEXT, received INT, ended INT, agency TEXT, claim "
			   "TEXT,"
			   " cell TEXT, lat INT, lon INT, words TEXT); BEGIN",
			   NULL, NULL, NULL));
	check(rig, sqlite3_prepare_v2(rig->db,
			   "INSERT INTO incident VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
			   " ?11, ?12, ?13)",
			   -1, &stmt, NULL));
	for (const struct incident *inc = rig->world.incidents; inc != NULL; inc = inc->hh.next) {
		put_row(rig, stmt, inc, &buf);
	}
	check(rig, sqlite3_finalize(stmt));
	check(rig, sqlite3_exec(rig->db, "COMMIT", NULL, NULL, NULL));
	buf_finish(&buf);
}

static sqlite3_stmt *prepare(struct rig *rig, const char *where) {
	char sql[1000];
	sqlite3_stmt *stmt;
	(void)snprintf(sql, sizeof(sql),
		"SELECT number, count(*) OVER () FROM incident WHERE %s ORDER BY grp,"
		" CASE grp WHEN 4 THEN -ended ELSE priority END, CASE grp WHEN 4 THEN 0 ELSE "
		"received"
		" END, number LIMIT %d",
		where, PAGE);
	check(rig, sqlite3_prepare_v2(rig->db, sql, -1, &stmt, NULL));
	int now = sqlite3_bind_parameter_index(stmt, ":now");
	if (now > 0) {
		sqlite3_bind_int64(stmt, now, rig->now_ms);
	}
	return stmt;
}

static void ask_table(struct rig *rig, sqlite3_stmt *stmt) {
	rig->len = 0;
	rig->passed = 0;
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		rig->numbers[rig->len++] = sqlite3_column_int64(stmt, 0);
		rig->passed = (size_t)sqlite3_column_int64(stmt, 1);
	}
	check(rig, sqlite3_reset(stmt));
}

/* --- the queue --- */

struct asking {
	struct filter filter;
	struct filter_ctx ctx;
};

static bool wants(void *data, const struct incident *inc) {
	struct asking *asking = data;
	return filter_match(&asking->filter, inc, &asking->ctx);
}

/* By a name of its own, under which its instructions can be counted. */
__attribute__((noinline)) static void ask_queue(struct rig *rig, const char *text) {
	struct err err;
	struct asking asking = {.ctx = {.world = &rig->world,
					.timers = &rig->timers,
					.me = "ayu",
					.now_ms = rig->now_ms}};
	struct queue_query query = {
		.now_ms = rig->now_ms, .keep_ms = INT64_MAX, .wants = wants, .data = &asking};
	if (!filter_parse(&asking.filter, text, &err)) {
		(void)fprintf(stderr, "filter_bench: %s: %s\n", text, err.text);
		exit(EXIT_FAILURE);
	}
	query.sieve = filter_sieve(&asking.filter, &rig->world);
	if (rig->all) {
		bool same;
		rig->ids_len =
			queue_list(&rig->world, &query, &rig->room, rig->ids, rig->ids_len, &same);
		filter_finish(&asking.filter);
		return;
	}
	rig->passed = queue_select(&rig->world, &query, rig->found, PAGE);
	rig->len = rig->passed < PAGE ? rig->passed : PAGE;
	for (size_t i = 0; i < rig->len; i++) {
		rig->numbers[i] = rig->found[i]->number;
	}
	filter_finish(&asking.filter);
}

static double now_ms(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(double *took) {
	qsort(took, RUNS, sizeof(took[0]), compare);
	return took[RUNS / 2];
}

static double took_ms(void (*act)(struct rig *rigs, size_t worlds, const char *filter),
	struct rig *rigs, size_t worlds, const char *filter) {
	double start = now_ms();
	act(rigs, worlds, filter);
	return now_ms() - start;
}

/* Of the one that is asked: the filter's text, for a page or all, or the table's statement. */
static double median_ms(struct rig *rig, const char *filter, bool all, sqlite3_stmt *stmt) {
	double took[RUNS];
	rig->all = all;
	for (int i = 0; i < RUNS; i++) {
		double start = now_ms();
		if (stmt != NULL) {
			ask_table(rig, stmt);
		} else {
			ask_queue(rig, filter);
		}
		took[i] = now_ms() - start;
	}
	return median(took);
}

/* --- the memory --- */

#define AHEAD 16 /* incidents that are fetched meanwhile */

/* So that what is read is not left out. */
static volatile int64_t read_sum;

static int64_t read_lines(const void *from, size_t len) {
	const char *at = from;
	int64_t sum = 0;
	for (size_t i = 0; i < len; i += MEM_LINE) {
		sum += at[i];
	}
	return sum;
}

static void read_all(struct incident *const *incs, size_t len, bool words) {
	int64_t sum = 0;
	for (size_t i = 0; i < len; i++) {
		const char *next = (const char *)incs[i + AHEAD < len ? i + AHEAD : i];
		for (size_t line = 0; line < INCIDENT_FRONT_SIZE; line += MEM_LINE) {
			PREFETCH(next + line);
		}
		sum += read_lines(incs[i], INCIDENT_FRONT_SIZE);
		sum += words ? read_lines(incs[i]->words, incs[i]->words_len) : 0;
	}
	read_sum = sum;
}

/* Those that the filter cannot tell by their marks. */
static size_t pick(const struct rig *rig, const struct sieve *sieve, struct incident **out) {
	size_t len = 0;
	for (size_t slot = 0; slot < rig->world.list_len; slot++) {
		const struct listed *listed = &rig->world.list[slot];
		if (listed->inc != NULL && sieve_passes(sieve, &listed->marks)) {
			out[len++] = listed->inc;
		}
	}
	return len;
}

static void prepare_reading(struct rig *rig, const char *text) {
	struct filter filter = {0};
	if (!filter_parse(&filter, text, NULL)) {
		exit(EXIT_FAILURE);
	}
	rig->sieve = filter_sieve(&filter, &rig->world);
	rig->words = false;
	for (size_t i = 0; i < MARKS_LETTERS; i++) {
		rig->words = rig->words || rig->sieve.needs.letters[i] != 0;
	}
	filter_finish(&filter);
}

static void read_each(struct rig *rigs, size_t worlds, const char *text) {
	UNUSED(text);
	for (struct rig *rig = rigs; rig < rigs + worlds; rig++) {
		read_all(rig->found, pick(rig, &rig->sieve, rig->found), rig->words);
	}
}

/* --- all of it --- */

static bool measure(struct rig *rig, const char *filter, const char *where) {
	double all = median_ms(rig, filter, true, NULL);
	double ours = median_ms(rig, filter, false, NULL), theirs = 0;
	int64_t numbers[PAGE];
	size_t len = rig->len, passed = rig->passed;
	bool same = true;
	memcpy(numbers, rig->numbers, sizeof(numbers));
	if (where != NULL) {
		sqlite3_stmt *stmt = prepare(rig, where);
		theirs = median_ms(rig, NULL, false, stmt);
		sqlite3_finalize(stmt);
		same = len == rig->len && passed == rig->passed &&
		       memcmp(numbers, rig->numbers, len * sizeof(numbers[0])) == 0;
	}
	if (!same) {
		(void)fprintf(stderr, "filter_bench: %s: the queue has %zu, the table %zu\n",
			filter, passed, rig->passed);
	}
	printf("%.5f %.5f %.5f %zu %s\n", ours, all, theirs, passed, filter);
	return same;
}

static void ask_each(struct rig *rigs, size_t worlds, const char *filter) {
	for (size_t i = 0; i < worlds; i++) {
		ask_queue(&rigs[i], filter);
	}
}

/* The first is one of all, the others are the same in small. */
static void measure_in_turn(struct rig *rigs, size_t worlds, const char *filter) {
	double each[RUNS], one[RUNS], each_read[RUNS], one_read[RUNS];
	for (size_t i = 0; i <= worlds; i++) {
		prepare_reading(&rigs[i], filter);
	}
	for (int i = 0; i < RUNS; i++) {
		one[i] = took_ms(ask_each, rigs, 1, filter);
		each[i] = took_ms(ask_each, rigs + 1, worlds, filter) / (double)worlds;
		one_read[i] = took_ms(read_each, rigs, 1, filter);
		each_read[i] = took_ms(read_each, rigs + 1, worlds, filter) / (double)worlds;
	}
	printf("%.5f %.5f %.5f %.5f %s\n", median(each), median(one), median(each_read),
		median(one_read), filter);
}

static void ask_often(struct rig *rig, const char *filter, long times) {
	puts("asking");
	(void)fflush(stdout);
	for (long i = 0; i < times; i++) {
		ask_queue(rig, filter);
	}
}

/* "2000" is one world of so many; "100x2000" are a hundred of so many, and one of all. */
static bool read_sizes(const char *text, size_t *worlds, long *incidents) {
	char *end;
	long first = strtol(text, &end, 10);
	*worlds = 0;
	*incidents = first;
	if (*end == 'x' && first > 0) {
		*worlds = (size_t)first;
		*incidents = strtol(end + 1, &end, 10);
	}
	return *end == '\0' && *worlds <= 10000 && *incidents >= 412 && *incidents <= 10000000;
}

static bool measure_all(struct rig *rig) {
	bool same = true;
	make_table(rig);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		same = measure(rig, asked[i].filter, asked[i].where) && same;
	}
	(void)sqlite3_close(rig->db);
	return same;
}

int main(int argc, char **argv) {
	size_t worlds = 0;
	long incidents = 0;
	bool same = true;
	if (argc < 2 || argc > 4 || !read_sizes(argv[1], &worlds, &incidents) ||
		(worlds > 0 && argc > 2)) {
		(void)fprintf(stderr, "usage: filter_bench INCIDENTS [FILTER [TIMES]]\n"
				      "       filter_bench WORLDSxINCIDENTS\n"
				      "at least 412 incidents\n");
		return 2;
	}
	struct rig *rigs = mem_alloc(worlds + 1, sizeof(*rigs));
	for (size_t i = 0; i <= worlds; i++) {
		bool all = i == 0 && worlds > 0;
		fill(&rigs[i], all ? incidents * (long)worlds : incidents,
			i == 0 ? 0 : (unsigned)((long)(i - 1) * incidents));
	}
	for (size_t i = 0; worlds > 0 && i < ARRAY_LEN(asked); i++) {
		measure_in_turn(rigs, worlds, asked[i].filter);
	}
	if (argc == 4) {
		ask_often(rigs, argv[2], strtol(argv[3], NULL, 10));
	} else if (argc == 3) {
		(void)measure(rigs, argv[2], NULL);
	} else if (worlds == 0) {
		same = measure_all(rigs);
	}
	for (size_t i = 0; i <= worlds; i++) {
		free(rigs[i].found);
		free(rigs[i].ids);
		queue_room_finish(&rigs[i].room);
		world_finish(&rigs[i].world);
	}
	free(rigs);
	return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
