#include <siaga/model/figures.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#define BAND_E7 22600 /* FIGURES_CAMERA_M to the north or south, and a little more */

/* A time that was taken, and what it is held against; limit 0: nothing. */
struct figures_sample {
	enum mode mode;
	enum figure_time time;
	int64_t ms, limit_ms;
};

static const char *const time_names[] = {
	[FIGURE_ANSWER] = "answer",
	[FIGURE_VERIFY] = "verify",
	[FIGURE_PROCESS] = "process",
	[FIGURE_ACCEPT] = "accept",
	[FIGURE_TURNOUT] = "turnout",
	[FIGURE_TRAVEL] = "travel",
	[FIGURE_RESPONSE] = "response",
	[FIGURE_CLEAR] = "clear",
};
static_assert(ARRAY_LEN(time_names) == FIGURE_TIME_COUNT, "name every time");

/* Whose alert is the target of a time; TIMER_COUNT: it has none. */
static const enum timer time_timers[] = {
	[FIGURE_ANSWER] = TIMER_NEW,
	[FIGURE_VERIFY] = TIMER_DECIDE,
	[FIGURE_PROCESS] = TIMER_FIRST_DISPATCH,
	[FIGURE_ACCEPT] = TIMER_UNACCEPTED,
	[FIGURE_TURNOUT] = TIMER_TURNOUT,
	[FIGURE_TRAVEL] = TIMER_TRAVEL,
	[FIGURE_RESPONSE] = TIMER_TRAVEL,
	[FIGURE_CLEAR] = TIMER_COUNT,
};
static_assert(ARRAY_LEN(time_timers) == FIGURE_TIME_COUNT, "say the target of every time");

const char *figure_time_name(enum figure_time time) {
	return (unsigned)time < FIGURE_TIME_COUNT ? time_names[time] : "?";
}

int64_t figure_target_ms(const struct timer_table *timers, enum figure_time time, enum kind kind,
	enum priority priority) {
	enum timer timer = time_timers[time];
	return timer != TIMER_COUNT ? timer_table_get(timers, timer, kind, priority).alert_ms : 0;
}

size_t figure_rank(size_t percent, size_t n) {
	return (percent * n + 99) / 100;
}

bool figure_is_missed(const struct figure *figure) {
	return figure->met < figure_rank(90, figure->judged);
}

void figures_init(struct figures *figures) {
	memset(figures, 0, sizeof(*figures));
}

void figures_finish(struct figures *figures) {
	free(figures->operators);
	free(figures->agencies);
	free(figures->samples);
	memset(figures, 0, sizeof(*figures));
}

/* Room for one more in a list that grows by doubling. */
static void *grow(void *items, size_t len, size_t *cap, size_t size) {
	if (len < *cap) {
		return items;
	}
	*cap = *cap > 0 ? *cap * 2 : 16;
	return mem_resize(items, *cap, size);
}

static bool is_older(int64_t number, int64_t since_ms, int64_t than_ms) {
	return number == 0 || since_ms < than_ms;
}

/* --- what is so now --- */

static void count_waiting(struct figures *f, const struct incident *inc) {
	struct figures_waiting *waiting = &f->waiting[inc->priority];
	int64_t since_ms = incident_received_ms(inc);
	waiting->count++;
	if (is_older(waiting->number, since_ms, waiting->since_ms)) {
		waiting->number = inc->number;
		waiting->since_ms = since_ms;
	}
}

static void count_overdue(
	struct figures *f, const struct timer_table *timers, const struct incident *inc) {
	struct timer_verdict verdict = timers_judge(timers, inc, f->now_ms);
	f->forgotten += verdict.expired;
	if (verdict.timer == TIMER_COUNT || verdict.level == TIMER_LEVEL_NONE) {
		return;
	}
	struct figures_overdue *overdue = &f->overdue[verdict.timer];
	struct timer_limits limits =
		timer_table_get(timers, verdict.timer, inc->kind, inc->priority);
	/* A timer may go from its warning to the supervisor without an alert. */
	int64_t limit_ms = limits.alert_ms != 0 ? limits.alert_ms : verdict.limit_ms;
	int64_t due_ms = verdict.since_ms + limit_ms;
	overdue->levels[verdict.level]++;
	if (verdict.level >= TIMER_LEVEL_ALERT &&
		is_older(overdue->number, due_ms, overdue->due_ms)) {
		overdue->number = inc->number;
		overdue->due_ms = due_ms;
	}
}

/* One row for each incident; fold_operators() makes one of each operator. */
static void add_operator(struct figures *f, const struct incident *inc) {
	f->operators =
		grow(f->operators, f->operators_len, &f->operators_cap, sizeof(*f->operators));
	f->operators[f->operators_len++] = (struct figures_operator){
		.who = inc->claim,
		.open = 1,
		.urgent = inc->priority <= PRIORITY_P2,
		.number = inc->number,
		.since_ms = inc->state_at_ms[inc->state],
	};
}

static void count_open(
	struct figures *f, const struct timer_table *timers, const struct incident *inc) {
	f->open++;
	f->held += incident_is_held(inc, f->now_ms);
	if (inc->state == INCIDENT_NEW) {
		count_waiting(f, inc);
	} else if (inc->claim.name[0] == '\0') {
		f->unclaimed++;
	}
	if (inc->claim.name[0] != '\0') {
		add_operator(f, inc);
	}
	count_overdue(f, timers, inc);
}

/* One row for each dispatch that is live or went wrong; fold_agencies() makes one of each agency.
 */
static void add_agency(
	struct figures *f, const struct incident *inc, const struct dispatch *dispatch) {
	enum dispatch_state state = dispatch->state;
	bool live = dispatch_is_live(dispatch);
	bool lately = dispatch->at_ms[state] >= f->from_ms;
	struct figures_agency row = {
		.live = live,
		.declined = state == DISPATCH_DECLINED && lately,
		.expired = state == DISPATCH_EXPIRED && lately,
	};
	if (!live && row.declined + row.expired == 0) {
		return;
	}
	text_copy(row.id, sizeof(row.id), dispatch->agency);
	if (live) {
		row.steps[state] = 1;
	}
	if (state <= DISPATCH_DELIVERED) {
		row.number = inc->number;
		row.since_ms = dispatch->at_ms[DISPATCH_REQUESTED];
	}
	f->agencies = grow(f->agencies, f->agencies_len, &f->agencies_cap, sizeof(*f->agencies));
	f->agencies[f->agencies_len++] = row;
}

static int compare_who(const void *a, const void *b) {
	const struct figures_operator *x = a, *y = b;
	int order = strcmp(x->who.name, y->who.name);
	return order != 0 ? order : strcmp(x->who.position, y->who.position);
}

static int compare_size(size_t a, size_t b) {
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare_operator(const void *a, const void *b) {
	const struct figures_operator *x = a, *y = b;
	int order = compare_size(x->open, y->open);
	order = order != 0 ? order : compare_size(x->urgent, y->urgent);
	return order != 0 ? order : compare_who(a, b);
}

static void sort(void *items, size_t len, size_t size, int (*compare)(const void *, const void *)) {
	if (len > 1) {
		qsort(items, len, size, compare);
	}
}

static void fold_operators(struct figures *f) {
	size_t kept = 0;
	sort(f->operators, f->operators_len, sizeof(*f->operators), compare_who);
	for (size_t i = 0; i < f->operators_len; i++) {
		const struct figures_operator *from = &f->operators[i];
		if (kept == 0 || compare_who(&f->operators[kept - 1], from) != 0) {
			f->operators[kept++] = *from;
			continue;
		}
		struct figures_operator *to = &f->operators[kept - 1];
		to->open += from->open;
		to->urgent += from->urgent;
		if (from->since_ms < to->since_ms) {
			to->number = from->number;
			to->since_ms = from->since_ms;
		}
	}
	f->operators_len = kept;
	sort(f->operators, kept, sizeof(*f->operators), compare_operator);
}

static int compare_id(const void *a, const void *b) {
	return strcmp(
		((const struct figures_agency *)a)->id, ((const struct figures_agency *)b)->id);
}

static int compare_agency(const void *a, const void *b) {
	const struct figures_agency *x = a, *y = b;
	int order = compare_size(x->live, y->live);
	return order != 0 ? order : compare_id(a, b);
}

static void fold_agencies(struct figures *f) {
	size_t kept = 0;
	sort(f->agencies, f->agencies_len, sizeof(*f->agencies), compare_id);
	for (size_t i = 0; i < f->agencies_len; i++) {
		const struct figures_agency *from = &f->agencies[i];
		if (kept == 0 || compare_id(&f->agencies[kept - 1], from) != 0) {
			f->agencies[kept++] = *from;
			continue;
		}
		struct figures_agency *to = &f->agencies[kept - 1];
		to->live += from->live;
		to->declined += from->declined;
		to->expired += from->expired;
		for (size_t step = 0; step < ARRAY_LEN(to->steps); step++) {
			to->steps[step] += from->steps[step];
		}
		if (from->number != 0 && is_older(to->number, from->since_ms, to->since_ms)) {
			to->number = from->number;
			to->since_ms = from->since_ms;
		}
	}
	f->agencies_len = kept;
	sort(f->agencies, kept, sizeof(*f->agencies), compare_agency);
}

/* --- what was achieved --- */

/* When something was said of it for the first time; 0: never. The times of states will not do: a
 * reopening sets them anew. */
static int64_t first_ms(const struct incident *inc, enum event_type type) {
	for (size_t i = 0; i < inc->entries_len; i++) {
		if (inc->entries[i].type == type) {
			return inc->entries[i].at_ms;
		}
	}
	return 0;
}

/* A split sets the time of the state new anew; its own first line stands. */
static int64_t received_ms(const struct incident *inc) {
	int64_t at_ms = first_ms(inc, EVENT_INCIDENT_RAISED);
	return at_ms != 0 ? at_ms : incident_received_ms(inc);
}

struct count {
	struct figures *f;
	const struct timer_table *timers;
	const struct camera **cameras; /* those that work, from south to north */
	size_t cameras_len;
};

/* Takes a time between two moments; 0: that one never came. */
static void add_time(const struct count *c, const struct incident *inc, enum figure_time time,
	int64_t from_ms, int64_t to_ms) {
	struct figures *f = c->f;
	if (from_ms == 0 || to_ms == 0) {
		return;
	}
	if (to_ms < from_ms) {
		f->skewed++;
		return;
	}
	int64_t limit_ms = figure_target_ms(c->timers, time, inc->kind, inc->priority);
	f->samples = grow(f->samples, f->samples_len, &f->samples_cap, sizeof(*f->samples));
	f->samples[f->samples_len++] =
		(struct figures_sample){inc->mode, time, to_ms - from_ms, limit_ms};
}

static int64_t earlier(int64_t a, int64_t b) {
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static void add_times(const struct count *c, const struct incident *inc, int64_t since_ms) {
	int64_t answered_ms = first_ms(inc, EVENT_INCIDENT_ACKNOWLEDGED);
	int64_t asked_ms = 0, there_ms = 0;
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const int64_t *at_ms = inc->dispatches[i].at_ms;
		asked_ms = earlier(asked_ms, at_ms[DISPATCH_REQUESTED]);
		there_ms = earlier(there_ms, at_ms[DISPATCH_ON_SCENE]);
		add_time(
			c, inc, FIGURE_ACCEPT, at_ms[DISPATCH_DELIVERED], at_ms[DISPATCH_ACCEPTED]);
		add_time(
			c, inc, FIGURE_TURNOUT, at_ms[DISPATCH_ACCEPTED], at_ms[DISPATCH_EN_ROUTE]);
		add_time(c, inc, FIGURE_TRAVEL, at_ms[DISPATCH_EN_ROUTE], at_ms[DISPATCH_ON_SCENE]);
	}
	add_time(c, inc, FIGURE_ANSWER, since_ms, answered_ms);
	add_time(c, inc, FIGURE_VERIFY, answered_ms, first_ms(inc, EVENT_INCIDENT_VERIFIED));
	add_time(c, inc, FIGURE_PROCESS, since_ms, asked_ms);
	add_time(c, inc, FIGURE_RESPONSE, since_ms, there_ms);
	if (inc->state == INCIDENT_CLOSED) {
		add_time(c, inc, FIGURE_CLEAR, since_ms, inc->state_at_ms[INCIDENT_CLOSED]);
	}
}

static int compare_north(const void *a, const void *b) {
	int32_t x = (*(const struct camera *const *)a)->at.lat_e7;
	int32_t y = (*(const struct camera *const *)b)->at.lat_e7;
	return x < y ? -1 : x > y ? 1 : 0;
}

static void collect_cameras(struct count *c, const struct registry *reg) {
	c->cameras = mem_alloc(reg->cameras_len + 1, sizeof(const struct camera *));
	for (size_t i = 0; i < reg->cameras_len; i++) {
		if (reg->cameras[i].status != CAMERA_DOWN) {
			c->cameras[c->cameras_len++] = &reg->cameras[i];
		}
	}
	sort(c->cameras, c->cameras_len, sizeof(const struct camera *), compare_north);
}

/* Does a working camera stand near? Only those in a band of latitude are measured. */
static bool is_seen(const struct count *c, struct position at) {
	size_t low = 0, high = c->cameras_len;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if ((int64_t)c->cameras[middle]->at.lat_e7 < (int64_t)at.lat_e7 - BAND_E7) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	for (; low < c->cameras_len; low++) {
		if ((int64_t)c->cameras[low]->at.lat_e7 > (int64_t)at.lat_e7 + BAND_E7) {
			return false;
		}
		if (geo_distance_m(at, c->cameras[low]->at) <= FIGURES_CAMERA_M) {
			return true;
		}
	}
	return false;
}

static void count_received(const struct count *c, const struct incident *inc, int64_t since_ms) {
	struct figures_received *received = &c->f->received[inc->mode];
	received->count++;
	received->states[inc->state]++;
	received->kinds[inc->kind]++;
	received->priorities[inc->priority]++;
	if (inc->state == INCIDENT_FALSE_ALARM) {
		received->false_alarms++;
		received->reasons[inc->reason]++;
	}
	received->verified += inc->verified_at_ms != 0;
	received->by_camera += inc->verified_at_ms != 0 && inc->method == METHOD_CAMERA;
	received->unseen += !is_seen(c, inc->at);
	add_times(c, inc, since_ms);
}

static int compare_sample(const void *a, const void *b) {
	const struct figures_sample *x = a, *y = b;
	if (x->mode != y->mode) {
		return x->mode < y->mode ? -1 : 1;
	}
	if (x->time != y->time) {
		return x->time < y->time ? -1 : 1;
	}
	return x->ms < y->ms ? -1 : x->ms > y->ms ? 1 : 0;
}

/* The figure of n times of the same sort in ascending order. */
static struct figure make_figure(const struct figures_sample *samples, size_t n) {
	struct figure figure = {
		.count = n,
		.median_ms = samples[figure_rank(50, n) - 1].ms,
		.p90_ms = samples[figure_rank(90, n) - 1].ms,
	};
	for (size_t i = 0; i < n; i++) {
		int64_t limit_ms = samples[i].limit_ms;
		if (limit_ms == 0) {
			continue;
		}
		figure.judged++;
		figure.met += samples[i].ms <= limit_ms;
		figure.target_ms = earlier(figure.target_ms, limit_ms);
		figure.target_to = limit_ms > figure.target_to ? limit_ms : figure.target_to;
	}
	return figure;
}

static void make_figures(struct figures *f) {
	const struct figures_sample *samples = f->samples;
	size_t first = 0;
	sort(f->samples, f->samples_len, sizeof(*f->samples), compare_sample);
	for (size_t i = 1; i <= f->samples_len; i++) {
		if (i < f->samples_len && samples[i].mode == samples[first].mode &&
			samples[i].time == samples[first].time) {
			continue;
		}
		f->received[samples[first].mode].times[samples[first].time] =
			make_figure(&samples[first], i - first);
		first = i;
	}
}

void figures_compute(struct figures *figures, const struct world *world,
	const struct timer_table *timers, int64_t from_ms, int64_t now_ms) {
	struct figures kept = *figures;
	struct count c = {.f = figures, .timers = timers};
	int64_t lowest = INT64_MAX;
	size_t known = 0, all = 0;
	*figures = (struct figures){.from_ms = from_ms,
		.now_ms = now_ms,
		.operators = kept.operators,
		.operators_cap = kept.operators_cap,
		.agencies = kept.agencies,
		.agencies_cap = kept.agencies_cap,
		.samples = kept.samples,
		.samples_cap = kept.samples_cap};
	collect_cameras(&c, &world->registry);
	for (const struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		int64_t since_ms = received_ms(inc);
		all++;
		if (incident_is_open(inc)) {
			count_open(figures, timers, inc);
		}
		for (size_t i = 0; i < inc->dispatches_len; i++) {
			add_agency(figures, inc, &inc->dispatches[i]);
		}
		for (size_t i = 0; i < inc->alarms_len; i++) {
			figures->recent +=
				inc->alarms[i].from[0] == '\0' &&
				now_ms - inc->alarms[i].received_at_ms <= FIGURES_RECENT_MS;
		}
		if (since_ms >= from_ms) {
			count_received(&c, inc, since_ms);
			lowest = inc->number < lowest ? inc->number : lowest;
			known++;
		}
	}
	fold_operators(figures);
	fold_agencies(figures);
	make_figures(figures);
	if ((size_t)world->last_number > all) {
		figures->unknown = (size_t)world->last_number - all;
	}
	if (known > 0) {
		size_t range = (size_t)(world->last_number - lowest + 1);
		figures->missing = range > known ? range - known : 0;
	}
	free(c.cameras);
}
