/*
 * Writes the log of a feed that has had INCIDENTS incidents of five events each, the last OPEN of
 * which are still open, by the same code that siagad decides and writes with:
 *
 *     make_log DIR INCIDENTS OPEN REGISTRY-DIR [EVENTS.jsonl [DAYS]]
 *
 * The last alarm came a minute ago, each other one so long before the next that they fill a year,
 * or so many days.
 * The events go into a file of JSON lines too, for programs that read such. Nothing in it is drawn
 * by chance: the same numbers make the same log, but for its id and times.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/feed/registry_load.h>

#include "book.h"

#define BATCH     500 /* incidents in one transaction */
#define YEAR_DAYS 365
#define DAY_MS    INT64_C(86400000)

static const char *const streets[] = {"Slamet Riyadi", "Adi Sucipto", "Veteran", "Kolonel Sutarto",
	"Ir. Sutami", "Honggowongso", "Gatot Subroto", "Yos Sudarso", "Kapten Mulyadi",
	"Urip Sumoharjo"};
static const char *const seen[] = {"asap tebal dari kios", "motor dan mobil bertabrakan",
	"orang pingsan di trotoar", "pohon tumbang menutup jalan", "air masuk ke rumah",
	"tiang listrik miring", "ular di dapur", "pencurian di toko", "anak terjepit pagar",
	"bau gas dari gudang"};
static const char *const more[] = {"dua korban, satu luka berat", "warga sudah berkumpul",
	"akses dari utara saja", "pelapor menunggu di depan masjid", "tidak ada korban",
	"api terlihat dari jalan besar", "pelapor minta segera"};

struct maker {
	struct book book;
	struct job *job;
	FILE *lines; /* or NULL */
	int incidents, open;
	int64_t start_ms, step_ms;
	unsigned commands;
};

static unsigned dice(unsigned *seed, size_t sides) {
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % (unsigned)sides;
}

static void die(const char *what, const struct err *err) {
	fprintf(stderr, "make_log: %s: %s\n", what, err->text);
	exit(EXIT_FAILURE);
}

static void make_id(char out[UUID_SIZE], unsigned kind, unsigned number) {
	(void)snprintf(
		out, UUID_SIZE, "%08x-0000-4000-8000-%012u", number * 2654435761u ^ kind, number);
}

/* Decides and writes it, as the feed does; what it is about is left in memory by its end. */
static void put(struct maker *m, struct command *cmd) {
	struct err err = {0};
	struct job *job = m->job;
	job->cmd = *cmd;
	make_id(job->cmd.id, 0x10u, ++m->commands);
	if (!book_bring(&m->book, job, &err) || !book_do(&m->book, job, &err)) {
		die("log", &err);
	}
	if (job->result.refused) {
		fprintf(stderr, "make_log: refused: %s\n", job->result.refusal.message);
		exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < job->events_len && m->lines != NULL; i++) {
		(void)fprintf(m->lines, "%s\n", job->events[i].full);
	}
	book_done_with(&m->book, job);
	job_clear(job);
}

static void raise_alarm(struct maker *m, int number, int64_t at_ms, unsigned *seed) {
	struct command cmd = {.action = ACTION_RAISE,
		.role = ROLE_INTAKE,
		.at_ms = at_ms,
		.has = HAS_KIND | HAS_PRIORITY,
		.kind = (enum kind)(1 + dice(seed, KIND_COUNT - 1)),
		.priority = (enum priority)dice(seed, PRIORITY_COUNT)};
	struct alarm *alarm = &cmd.alarm;
	char note[128];
	make_id(alarm->id, 0x20u, (unsigned)number);
	make_id(cmd.new_incident, 0x30u, (unsigned)number);
	alarm->at = (struct position){
		-75900000 + (int32_t)dice(seed, 600000), 1107700000 + (int32_t)dice(seed, 1000000)};
	alarm->accuracy_m = 5 + (int32_t)dice(seed, 40);
	alarm->received_at_ms = at_ms;
	alarm->occurred_at_ms = at_ms - 900;
	(void)snprintf(alarm->place, sizeof(alarm->place), "Jl. %s %u",
		streets[dice(seed, ARRAY_LEN(streets))], 1 + dice(seed, 400));
	(void)snprintf(
		alarm->caller_name, sizeof(alarm->caller_name), "Pelapor %u", dice(seed, 30000));
	(void)snprintf(alarm->caller_phone, sizeof(alarm->caller_phone), "+62 800-555-01%02u",
		dice(seed, 100));
	(void)snprintf(note, sizeof(note), "%s, %s", seen[dice(seed, ARRAY_LEN(seen))],
		more[dice(seed, ARRAY_LEN(more))]);
	alarm->note = mem_dup_str(note);
	put(m, &cmd);
}

static void act(struct maker *m, int number, enum action action, int64_t at_ms, unsigned *seed) {
	struct command cmd = {.action = action, .role = ROLE_OPERATOR, .at_ms = at_ms};
	make_id(cmd.incident, 0x30u, (unsigned)number);
	text_copy(cmd.by.name, sizeof(cmd.by.name), number % 2 == 0 ? "ayu" : "budi");
	text_copy(cmd.by.position, sizeof(cmd.by.position), number % 2 == 0 ? "meja 1" : "meja 2");
	const struct incident *inc = world_incident(&m->book.world, cmd.incident);
	if (action_changes_state(action)) {
		cmd.has |= HAS_IF_REV;
		cmd.if_rev = inc->rev;
	}
	if (action == ACTION_VERIFY) {
		cmd.method = METHOD_CALLBACK;
	} else if (action == ACTION_CLOSE) {
		cmd.disposition = DISPOSITION_HANDLED;
	} else if (action == ACTION_NOTE) {
		cmd.note = mem_dup_str(more[dice(seed, ARRAY_LEN(more))]);
	}
	put(m, &cmd);
}

static void make_incident(struct maker *m, int number) {
	static const enum action ended[] = {
		ACTION_ACKNOWLEDGE, ACTION_VERIFY, ACTION_RESOLVE, ACTION_CLOSE};
	static const enum action still[] = {
		ACTION_ACKNOWLEDGE, ACTION_VERIFY, ACTION_NOTE, ACTION_NOTE};
	bool open = number > m->incidents - m->open;
	unsigned seed = (unsigned)number;
	int64_t at_ms = m->start_ms + (int64_t)(number - 1) * m->step_ms;
	raise_alarm(m, number, at_ms, &seed);
	for (size_t i = 0; i < ARRAY_LEN(ended); i++) {
		at_ms += 1000 + dice(&seed, 9000);
		act(m, number, open ? still[i] : ended[i], at_ms, &seed);
	}
}

static void make_all(struct maker *m) {
	struct err err = {0};
	for (int done = 0; done < m->incidents;) {
		if (!log_begin(m->book.log, &err)) {
			die("log", &err);
		}
		for (int i = 0; i < BATCH && done < m->incidents; i++) {
			make_incident(m, ++done);
		}
		if (!log_commit(m->book.log, &err)) {
			die("log", &err);
		}
	}
}

int main(int argc, char **argv) {
	struct maker m = {.job = mem_alloc(1, sizeof(*m.job))};
	struct err err = {0};
	struct registry registry;
	if (argc < 5 || argc > 7) {
		fprintf(stderr,
			"usage: make_log DIR INCIDENTS OPEN REGISTRY-DIR [EVENTS.jsonl [DAYS]]\n");
		return 2;
	}
	m.incidents = atoi(argv[2]);
	m.open = atoi(argv[3]);
	int days = argc > 6 ? atoi(argv[6]) : YEAR_DAYS;
	m.step_ms = m.incidents > 0 ? days * DAY_MS / m.incidents : 0;
	m.start_ms = clock_wall_ms() - 60000 - (m.incidents - 1) * m.step_ms;
	if (!registry_load(&registry, argv[4], &err)) {
		die(argv[4], &err);
	}
	struct log_store *log = log_open_writer(argv[1], &err);
	if (log == NULL || !book_open(&m.book, log, &err)) {
		die(argv[1], &err);
	}
	book_take_registry(&m.book, &registry);
	if (argc >= 6 && (m.lines = fopen(argv[5], "w")) == NULL) {
		perror(argv[5]);
		return EXIT_FAILURE;
	}
	make_all(&m);
	if (m.lines != NULL && fclose(m.lines) != 0) {
		perror(argv[5]);
		return EXIT_FAILURE;
	}
	printf("%" PRId64 "\n", m.book.world.head);
	job_drop(m.job);
	book_finish(&m.book);
	log_close(log);
	return EXIT_SUCCESS;
}
