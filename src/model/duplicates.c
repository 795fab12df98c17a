#include <siaga/model/duplicates.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "private.h"

#define ENDED_MS         INT64_C(600000)
#define NEAR_MS          INT64_C(600000)
#define SAME_CALLER_MS   INT64_C(1800000)
#define NEAR_M           80
#define ACCURACY_MAX_M   1000   /* who does not know where they are is not near everything */
#define ACCURACY_MAX_E7  100000 /* a little more, to the north or south */

#define PHONE_DIGITS_MIN 7
#define PHONE_TAIL       4 /* digits that are looked at first */
#define COUNTRY_CODE     "62"

#define BIT(kind)        (1u << KIND_##kind)

/* What else a report of each kind may turn out to be; read in both directions. */
static const unsigned fits[KIND_COUNT] = {
	[KIND_FIRE] = BIT(HAZARD) | BIT(RESCUE) | BIT(ACCIDENT),
	[KIND_MEDICAL] = BIT(ACCIDENT) | BIT(TRAFFIC) | BIT(RESCUE) | BIT(CRIME),
	[KIND_ACCIDENT] = BIT(TRAFFIC) | BIT(RESCUE) | BIT(HAZARD),
	[KIND_CRIME] = BIT(CROWD),
	[KIND_RESCUE] = BIT(FLOOD) | BIT(HAZARD),
	[KIND_FLOOD] = BIT(HAZARD) | BIT(TRAFFIC),
	[KIND_TRAFFIC] = BIT(CROWD) | BIT(HAZARD),
};

bool duplicates_kinds_fit(enum kind a, enum kind b) {
	return a == b || a == KIND_UNKNOWN || b == KIND_UNKNOWN || (fits[a] & 1u << b) != 0 ||
	       (fits[b] & 1u << a) != 0;
}

/* Copies the digits; false when something is there that no telephone number has. */
static bool digits_of(char *out, size_t size, const char *phone) {
	size_t len = 0;
	for (const char *at = phone; *at != '\0'; at++) {
		if (*at >= '0' && *at <= '9') {
			if (len + 1 >= size) {
				return false;
			}
			out[len++] = *at;
		} else if (strchr(" +-.()/", *at) == NULL) {
			return false;
		}
	}
	out[len] = '\0';
	return true;
}

bool phone_key(char out[PHONE_KEY_SIZE], const char *phone) {
	char digits[PHONE_KEY_SIZE - 1] = ""; /* one less: a "+" may come before them */
	size_t country = strlen(COUNTRY_CODE);
	out[0] = '\0';
	phone += strspn(phone, " ");
	if (!digits_of(digits, sizeof(digits), phone)) {
		return false;
	}
	const char *rest = digits, *prefix = "";
	bool abroad = phone[0] == '+';
	if (strncmp(rest, "00", 2) == 0) {
		abroad = true;
		rest += 2;
	}
	/* Without "+" it is the country only where a whole number follows. */
	if (strncmp(rest, COUNTRY_CODE, country) == 0 &&
		(abroad || strlen(rest) >= country + PHONE_DIGITS_MIN)) {
		rest += country;
		abroad = false;
	}
	if (abroad) {
		prefix = "+";
	} else if (rest[0] == '0') {
		rest++;
	}
	if (strlen(rest) < PHONE_DIGITS_MIN) {
		return false;
	}
	size_t len = text_copy(out, PHONE_KEY_SIZE, prefix);
	text_copy(out + len, PHONE_KEY_SIZE - len, rest);
	return true;
}

static int64_t report_ms(const struct incident *inc, size_t i) {
	int64_t at_ms = inc->alarms[i].received_at_ms;
	return i > 0 && at_ms != 0 ? at_ms : incident_received_ms(inc);
}

/* Where a report is from; the first one is where the incident is, as an operator may have put it
 * right. */
static struct position report_at(const struct incident *inc, size_t i) {
	return i > 0 ? inc->alarms[i].at : inc->at;
}

static int64_t between(int64_t a, int64_t b) {
	return a > b ? a - b : b - a;
}

static double reach_m(const struct alarm *a, const struct alarm *b) {
	int32_t wide = a->accuracy_m > b->accuracy_m ? a->accuracy_m : b->accuracy_m;
	wide = wide > ACCURACY_MAX_M ? ACCURACY_MAX_M : wide;
	return wide > NEAR_M ? wide : NEAR_M;
}

/* May the telephone have this key? Told by its last digits, which no spelling changes, so that a
 * key is made of few of all telephones. */
static bool may_have_key(const char *phone, const char *key) {
	size_t at = strlen(phone), end = strlen(key);
	for (int matched = 0; matched < PHONE_TAIL && end > 0; at--) {
		if (at == 0) {
			return false;
		}
		char c = phone[at - 1];
		if (c >= '0' && c <= '9') {
			if (c != key[--end]) {
				return false;
			}
			matched++;
		}
	}
	return key[0] != '\0';
}

static bool has_key(const char *phone, const char *key) {
	char other[PHONE_KEY_SIZE];
	return may_have_key(phone, key) && phone_key(other, phone) && strcmp(key, other) == 0;
}

/* A bit for the last digits; none where there are too few for any key. */
static uint64_t phone_bit(const char *phone) {
	unsigned number = 0, digits = 0;
	for (size_t at = strlen(phone); at > 0 && digits < PHONE_TAIL; at--) {
		char c = phone[at - 1];
		if (c >= '0' && c <= '9') {
			number = number * 10 + (unsigned)(c - '0');
			digits++;
		}
	}
	return digits == PHONE_TAIL ? UINT64_C(1) << number % 64 : 0;
}

struct trace incident_trace(const struct incident *inc) {
	struct trace trace = {.when = {INT64_MAX, INT64_MIN},
		.south_e7 = inc->at.lat_e7,
		.north_e7 = inc->at.lat_e7};
	for (size_t i = 0; i < inc->alarms_len; i++) {
		int64_t at_ms = report_ms(inc, i);
		int32_t lat_e7 = report_at(inc, i).lat_e7;
		trace.when.first_ms = at_ms < trace.when.first_ms ? at_ms : trace.when.first_ms;
		trace.when.last_ms = at_ms > trace.when.last_ms ? at_ms : trace.when.last_ms;
		trace.south_e7 = lat_e7 < trace.south_e7 ? lat_e7 : trace.south_e7;
		trace.north_e7 = lat_e7 > trace.north_e7 ? lat_e7 : trace.north_e7;
		trace.phones |= phone_bit(inc->alarms[i].caller_phone);
	}
	return trace;
}

static bool within(const struct span *a, const struct span *b, int64_t most_ms) {
	return a->first_ms <= a->last_ms && b->first_ms <= b->last_ms &&
	       a->first_ms - b->last_ms <= most_ms && b->first_ms - a->last_ms <= most_ms;
}

/* May a report of the one and one of the other be of the same incident? */
static bool may_fit(const struct trace *a, const struct trace *b) {
	if (!within(&a->when, &b->when, SAME_CALLER_MS)) {
		return false;
	}
	if ((a->phones & b->phones) != 0) {
		return true;
	}
	return within(&a->when, &b->when, NEAR_MS) &&
	       (int64_t)a->south_e7 - b->north_e7 <= ACCURACY_MAX_E7 &&
	       (int64_t)b->south_e7 - a->north_e7 <= ACCURACY_MAX_E7;
}

/* Why two reports may be of the same incident, one of each, given the key of the first one's
 * telephone. */
static unsigned compare_reports(
	const struct incident *a, size_t i, const char *key, const struct incident *b, size_t j) {
	int64_t apart_ms = between(report_ms(a, i), report_ms(b, j));
	unsigned why = 0;
	if (apart_ms > SAME_CALLER_MS) {
		return 0;
	}
	if (has_key(b->alarms[j].caller_phone, key)) {
		why |= DUPLICATE_SAME_CALLER;
	}
	if (apart_ms <= NEAR_MS && duplicates_kinds_fit(a->kind, b->kind) &&
		between(report_at(a, i).lat_e7, report_at(b, j).lat_e7) <= ACCURACY_MAX_E7 &&
		geo_distance_m(report_at(a, i), report_at(b, j)) <=
			reach_m(&a->alarms[i], &b->alarms[j])) {
		why |= DUPLICATE_NEAR;
	}
	return why;
}

/* `keys` are the telephones of a's alarms, told once for all that it is compared with. */
static unsigned compare_incidents(
	const struct incident *a, const char (*keys)[PHONE_KEY_SIZE], const struct incident *b) {
	unsigned why = 0;
	for (size_t j = 0; j < b->alarms_len; j++) {
		for (size_t i = 0; i < a->alarms_len; i++) {
			why |= compare_reports(a, i, keys[i], b, j);
		}
	}
	return why;
}

/* Could it still be the one? What was merged is spoken for by what it was merged into. */
static bool is_candidate(const struct incident *other, const struct incident *inc, int64_t now_ms) {
	if (other == inc || other->state == INCIDENT_DUPLICATE || other->mode != inc->mode) {
		return false;
	}
	return incident_is_open(other) || now_ms - other->state_at_ms[other->state] < ENDED_MS;
}

static bool likelier(const struct duplicate *a, const struct duplicate *b) {
	if (a->why != b->why) {
		return a->why > b->why;
	}
	if (a->distance_m < b->distance_m || a->distance_m > b->distance_m) {
		return a->distance_m < b->distance_m;
	}
	return a->incident->number < b->incident->number;
}

/* From this place in the list on, the first one that is not in a span of another time. */
static size_t skip(const struct world *world, const struct trace *trace, size_t slot) {
	while (slot % WORLD_SPAN_LEN == 0 && slot < world->list_len &&
		!within(&trace->when, &world->spans[slot / WORLD_SPAN_LEN], SAME_CALLER_MS)) {
		slot += WORLD_SPAN_LEN;
	}
	return slot;
}

size_t duplicates_find(const struct world *world, const struct incident *inc, int64_t now_ms,
	struct duplicate *out, size_t max) {
	char(*keys)[PHONE_KEY_SIZE] = mem_alloc(inc->alarms_len + 1, sizeof(*keys));
	size_t len = 0;
	for (size_t i = 0; i < inc->alarms_len; i++) {
		phone_key(keys[i], inc->alarms[i].caller_phone);
	}
	const struct trace trace = incident_trace(inc);
	/* There may be many thousands, of which few came about the same time. */
	for (size_t slot = skip(world, &trace, 0); slot < world->list_len && max > 0;
		slot = skip(world, &trace, slot + 1)) {
		const struct incident *other = world->list[slot].inc;
		if (!may_fit(&trace, &world->traces[slot]) || other == NULL ||
			!is_candidate(other, inc, now_ms)) {
			continue;
		}
		struct duplicate found = {.incident = other,
			.why = compare_incidents(inc, (const char(*)[PHONE_KEY_SIZE])keys, other)};
		if (found.why == 0) {
			continue;
		}
		found.distance_m = geo_distance_m(inc->at, other->at);
		found.apart_ms = incident_received_ms(inc) - incident_received_ms(other);
		if (len == max && !likelier(&found, &out[max - 1])) {
			continue;
		}
		size_t place = len < max ? len++ : max - 1;
		for (; place > 0 && likelier(&found, &out[place - 1]); place--) {
			out[place] = out[place - 1];
		}
		out[place] = found;
	}
	free(keys);
	return len;
}

/* Is it counted already, as part of the incident that it was merged into? */
static bool is_merged_away(const struct world *world, const struct incident *inc) {
	return inc->state == INCIDENT_DUPLICATE && world_incident(world, inc->merged_into) != NULL;
}

/* Puts an incident among the latest ones. */
static void keep_latest(
	const struct incident *inc, const struct incident **out, size_t *len, size_t max) {
	size_t place = *len < max ? (*len)++ : max;
	for (; place > 0 && inc->number > out[place - 1]->number; place--) {
		if (place < max) {
			out[place] = out[place - 1];
		}
	}
	if (place < max) {
		out[place] = inc;
	}
}

static bool called(const struct incident *inc, const char *key) {
	for (size_t i = 0; i < inc->alarms_len; i++) {
		if (has_key(inc->alarms[i].caller_phone, key)) {
			return true;
		}
	}
	return false;
}

size_t history_of_phone(const struct world *world, const char *phone, const struct incident *except,
	const struct incident **out, size_t max) {
	char key[PHONE_KEY_SIZE];
	size_t total = 0, len = 0;
	if (!phone_key(key, phone)) {
		return 0;
	}
	uint64_t bit = phone_bit(key);
	for (size_t slot = 0; slot < world->list_len; slot++) {
		const struct incident *inc = world->list[slot].inc;
		if ((world->traces[slot].phones & bit) != 0 && inc != NULL && inc != except &&
			called(inc, key) && !is_merged_away(world, inc)) {
			total++;
			keep_latest(inc, out, &len, max);
		}
	}
	return total;
}

size_t history_of_place(const struct world *world, struct position at, double radius_m,
	const struct incident *except, const struct incident **out, size_t max) {
	size_t total = 0, len = 0;
	/* A little more, to the north or south. */
	double reach_e7 = radius_m / GEO_METRES_PER_E7 * 1.01 + 1;
	for (size_t slot = 0; slot < world->list_len; slot++) {
		const struct trace *trace = &world->traces[slot];
		const struct incident *inc = world->list[slot].inc;
		if ((double)at.lat_e7 - trace->north_e7 <= reach_e7 &&
			(double)trace->south_e7 - at.lat_e7 <= reach_e7 && inc != NULL &&
			inc != except && geo_distance_m(at, inc->at) <= radius_m &&
			!is_merged_away(world, inc)) {
			total++;
			keep_latest(inc, out, &len, max);
		}
	}
	return total;
}
