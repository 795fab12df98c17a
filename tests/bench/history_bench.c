/*
 * Fills a cache with incidents and says how long a page of its history takes: history_bench DIR
 * [INCIDENTS]. A folder that has them already is only read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/store/history.h>

#define BATCH   1000
#define EVENTS  3 /* of each incident */
#define RUNS    20
#define FEED    "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define START   INT64_C(1577836800000)
#define STEP_MS 150000 /* between two incidents */

static const char *const streets[] = {"Slamet Riyadi", "Adi Sucipto", "Veteran", "Kolonel Sutarto",
	"Ir Sutami", "Honggowongso", "Gatot Subroto", "Yos Sudarso", "Kapten Mulyadi", "Urip"};
static const char *const kinds[] = {"unknown", "fire", "medical", "accident", "crime", "rescue",
	"flood", "traffic", "hazard", "crowd", "other"};
static const char *const words[] = {"asap", "tebal", "korban", "luka", "kios", "motor", "mobil",
	"anak", "pingsan", "banjir", "pohon", "tumbang", "ular", "pencurian", "tawuran", "listrik"};

struct sample {
	char id[UUID_SIZE], place[96], phone[32], caller[32], notes[200], bodies[EVENTS][400];
};

static unsigned dice(unsigned *seed, unsigned sides) {
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

static void make(struct sample *s, int number, struct history_row *row, struct cache_event *event) {
	unsigned seed = (unsigned)number * 2654435761u;
	int64_t at_ms = START + (int64_t)number * STEP_MS;

	(void)snprintf(s->id, sizeof(s->id), "%08x-0000-4000-8000-%012d", seed, number);
	(void)snprintf(s->place, sizeof(s->place), "Jl. %s %u",
		streets[dice(&seed, ARRAY_LEN(streets))], dice(&seed, 400));
	(void)snprintf(s->phone, sizeof(s->phone), "+62 8%02u-%04u-%04u", dice(&seed, 100),
		dice(&seed, 10000), dice(&seed, 10000));
	(void)snprintf(s->caller, sizeof(s->caller), "Pelapor%u", dice(&seed, 30000));
	s->notes[0] = '\0';
	for (int i = 0; i < 12; i++) {
		(void)strcat(s->notes, words[dice(&seed, ARRAY_LEN(words))]);
		(void)strcat(s->notes, " ");
	}
	if (number % 100000 == 77777) {
		(void)strcat(s->notes, "pesawat");
	}
	for (int i = 0; i < EVENTS; i++) {
		(void)snprintf(s->bodies[i], sizeof(s->bodies[i]),
			"{\"seq\":%d,\"incident\":\"%s\",\"data\":{\"place\":\"%s\",\"note\":\"%"
			"s\"}}",
			number * EVENTS + i, s->id, s->place, s->notes);
		event[i] = (struct cache_event){
			.seq = (int64_t)number * EVENTS + i + 1,
			.at_ms = at_ms + 1000 * i,
			.incident = s->id,
			.body = s->bodies[i],
			.opens = i == 0,
			.ends = i == EVENTS - 1,
		};
	}
	*row = (struct history_row){
		.id = s->id,
		.number = number,
		.kind = kinds[number % 100 == 0 ? 5 : dice(&seed, 4)],
		.priority = dice(&seed, 2) == 0 ? "P2" : "P3",
		.state = dice(&seed, 5) == 0 ? "false_alarm" : "closed",
		.mode = "actual",
		.place = s->place,
		.lat_e7 = -75701000,
		.lon_e7 = 1108300000,
		.received_ms = at_ms,
		.ended_ms = at_ms + 2000,
		.outcome = "handled",
		.caller = s->caller,
		.phone = s->phone,
		.agencies = "damkar psc119",
		.camera = "",
		.alarms = 1,
		.last_seq = (int64_t)number * EVENTS + EVENTS,
		.notes = s->notes,
	};
}

static bool fill(struct cache_store *cache, int from, int to, struct err *err) {
	static struct sample samples[BATCH];
	static struct history_row rows[BATCH];
	static struct cache_event events[BATCH * EVENTS];
	struct cache_meta meta = {.feed = FEED, .name = "bench", .role = "operator"};
	int len = 0;

	for (int number = from; number <= to; number++) {
		make(&samples[len], number, &rows[len], &events[EVENTS * len]);
		meta.last_seq = rows[len].last_seq;
		meta.saved_at_ms = rows[len].ended_ms;
		len++;
		if (len == BATCH || number == to) {
			if (!cache_save(cache, &meta, events, (size_t)(EVENTS * len), rows,
				    (size_t)len, err)) {
				return false;
			}
			len = 0;
		}
	}
	return true;
}

struct seen {
	int64_t last;
	int len;
};

static bool on_row(void *data, const struct history_row *row) {
	struct seen *seen = data;

	seen->last = row->key;
	seen->len++;
	return true;
}

static int by_time(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void measure(
	struct cache_store *cache, const char *what, const struct history_query *query) {
	int64_t took[RUNS];
	struct seen seen = {0};
	struct err err = {0};

	for (int i = 0; i < RUNS; i++) {
		int64_t start = clock_mono_ms();

		seen = (struct seen){0};
		if (!cache_history(cache, query, on_row, &seen, &err)) {
			(void)printf("%-44s %s\n", what, err.text);
			return;
		}
		took[i] = clock_mono_ms() - start;
	}
	int64_t first = took[0];

	qsort(took, RUNS, sizeof(took[0]), by_time);
	(void)printf("%-44s first %4lld ms, median %4lld ms, %2d rows\n", what, (long long)first,
		(long long)took[RUNS / 2], seen.len);
}

int main(int argc, char **argv) {
	int wanted = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1000000;
	char notice[200];
	struct cache_meta meta;
	struct err err = {0};
	int64_t start = clock_mono_ms();
	struct cache_store *cache =
		argc > 1 ? cache_open(argv[1], notice, sizeof(notice), &err) : NULL;

	if (cache == NULL || !cache_get_meta(cache, &meta, &err)) {
		(void)fprintf(stderr, "history_bench DIR [INCIDENTS]: %s\n", err.text);
		return 1;
	}
	(void)printf("opened in %lld ms\n", (long long)(clock_mono_ms() - start));
	start = clock_mono_ms();
	if (!fill(cache, (int)(meta.last_seq / EVENTS) + 1, wanted, &err)) {
		(void)fprintf(stderr, "%s\n", err.text);
		cache_close(cache);
		return 1;
	}
	(void)printf("filled in %lld ms\n", (long long)(clock_mono_ms() - start));
	(void)printf("%lld have ended\n", (long long)cache_history_count(cache, NULL));

	int64_t middle = START + (int64_t)wanted / 2 * STEP_MS;
	measure(cache, "first page", &(struct history_query){0});
	measure(cache, "page in the middle", &(struct history_query){.to_ms = middle});
	measure(cache, "page in the middle, back",
		&(struct history_query){.after = middle << 20, .limit = 50});
	measure(cache, "last page", &(struct history_query){.to_ms = START + 100 * STEP_MS});
	measure(cache, "kind of one in a hundred", &(struct history_query){.kind = "rescue"});
	measure(cache, "kind in the middle",
		&(struct history_query){.kind = "rescue", .to_ms = middle});
	measure(cache, "kind that never was", &(struct history_query){.kind = "crowd"});
	measure(cache, "word of one in 100 000", &(struct history_query){.words = "pesawat"});
	measure(cache, "word of half of all", &(struct history_query){.words = "korban "});
	measure(cache, "the same, in the middle",
		&(struct history_query){.words = "korban ", .to_ms = middle});
	measure(cache, "the same, back from the middle",
		&(struct history_query){.words = "korban ", .after = middle << 20});
	measure(cache, "the same, the oldest",
		&(struct history_query){.words = "korban ", .to_ms = START + 100 * STEP_MS});
	measure(cache, "word in all", &(struct history_query){.words = "jl "});
	measure(cache, "two common words", &(struct history_query){.words = "korban slamet "});
	measure(cache, "common and rare word", &(struct history_query){.words = "jl pesawat "});
	measure(cache, "common words that never meet",
		&(struct history_query){.words = "slamet sucipto "});
	measure(cache, "common word and rare kind",
		&(struct history_query){.words = "jl ", .kind = "rescue"});
	measure(cache, "beginning of a word, 1 letter", &(struct history_query){.words = "k"});
	measure(cache, "beginning of a word, 2 letters", &(struct history_query){.words = "ko"});
	measure(cache, "beginning of a word, 3 letters", &(struct history_query){.words = "kor"});
	measure(cache, "beginning of a word, 4 letters", &(struct history_query){.words = "korb"});
	measure(cache, "a whole word, still typing", &(struct history_query){.words = "korban"});
	measure(cache, "telephone number", &(struct history_query){.words = "+62 877-1234-5678"});
	measure(cache, "beginning of a telephone number",
		&(struct history_query){.words = "08771234"});
	measure(cache, "number", &(struct history_query){.words = "#123456 "});
	cache_close(cache);
	return 0;
}
