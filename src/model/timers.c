#include <siaga/model/timers.h>

#include <assert.h>
#include <string.h>

static const char *const timer_names[] = {
	[TIMER_NEW] = "new",
	[TIMER_DECIDE] = "decide",
	[TIMER_FIRST_DISPATCH] = "first_dispatch",
	[TIMER_UNDELIVERED] = "undelivered",
	[TIMER_UNACCEPTED] = "unaccepted",
	[TIMER_TURNOUT] = "turnout",
	[TIMER_TRAVEL] = "travel",
	[TIMER_SCENE] = "scene",
	[TIMER_STALE_CLAIM] = "stale_claim",
};
static_assert(ARRAY_LEN(timer_names) == TIMER_COUNT, "name every timer");

static const char *const timer_level_names[] = {
	[TIMER_LEVEL_NONE] = "none",
	[TIMER_LEVEL_WARN] = "warn",
	[TIMER_LEVEL_ALERT] = "alert",
	[TIMER_LEVEL_ESCALATED] = "escalated",
	[TIMER_LEVEL_ALL] = "all",
};
static_assert(ARRAY_LEN(timer_level_names) == TIMER_LEVEL_COUNT, "name every level");

#define SECONDS(n) (INT64_C(1000) * (n))
#define MINUTES(n) (INT64_C(60000) * (n))
#define ANY        TIMER_ANY

/* 80 % of the way to a target the operator is warned; a promise to the public that is not kept is
 * the supervisor's at once. */
#define TARGET(minutes)                                                                            \
	{ MINUTES(minutes) * 8 / 10, MINUTES(minutes), MINUTES(minutes), 0 }

/* In the order of the enumeration; first_dispatch is for P1 only because only it has a row. */
static const struct timer_row defaults[] = {
	{TIMER_NEW, ANY, ANY, {SECONDS(5), SECONDS(10), SECONDS(20), SECONDS(60)}},
	{TIMER_DECIDE, ANY, ANY, {SECONDS(60), SECONDS(120), SECONDS(240), 0}},
	{TIMER_FIRST_DISPATCH, ANY, PRIORITY_P1, {SECONDS(45), SECONDS(60), SECONDS(120), 0}},
	{TIMER_UNDELIVERED, ANY, ANY, {SECONDS(5), SECONDS(10), 0, 0}},
	{TIMER_UNACCEPTED, ANY, ANY, {SECONDS(30), SECONDS(60), SECONDS(120), 0}},
	{TIMER_TURNOUT, ANY, ANY, {MINUTES(2), MINUTES(4), 0, 0}},
	{TIMER_TRAVEL, ANY, ANY, TARGET(10)},
	{TIMER_TRAVEL, KIND_FIRE, ANY, TARGET(15)},
	{TIMER_TRAVEL, KIND_RESCUE, ANY, TARGET(15)},
	{TIMER_TRAVEL, KIND_HAZARD, ANY, TARGET(15)},
	{TIMER_SCENE, ANY, ANY, {MINUTES(20), MINUTES(30), 0, 0}},
	{TIMER_STALE_CLAIM, ANY, ANY, {SECONDS(20), SECONDS(60), 0, 0}},
};

const char *timer_name(enum timer timer) {
	return (unsigned)timer < TIMER_COUNT ? timer_names[timer] : "?";
}

bool timer_find(const char *name, enum timer *out) {
	for (size_t i = 0; i < TIMER_COUNT; i++) {
		if (strcmp(timer_names[i], name) == 0) {
			*out = (enum timer)i;
			return true;
		}
	}
	return false;
}

const char *timer_level_name(enum timer_level level) {
	return (unsigned)level < TIMER_LEVEL_COUNT ? timer_level_names[level] : "?";
}

/* The limit of a level; 0: the timer never gets there. */
static int64_t limit_of(const struct timer_limits *limits, enum timer_level level) {
	switch (level) {
	case TIMER_LEVEL_WARN: return limits->warn_ms;
	case TIMER_LEVEL_ALERT: return limits->alert_ms;
	case TIMER_LEVEL_ESCALATED: return limits->escalate_ms;
	case TIMER_LEVEL_ALL: return limits->all_ms;
	case TIMER_LEVEL_NONE:
	case TIMER_LEVEL_COUNT: break;
	}
	return 0;
}

static bool ascends(const struct timer_limits *limits) {
	int64_t before = 0;
	for (int level = TIMER_LEVEL_WARN; level < TIMER_LEVEL_COUNT; level++) {
		int64_t limit = limit_of(limits, (enum timer_level)level);
		if (limit < 0 || (limit > 0 && limit < before)) {
			return false;
		}
		before = limit > 0 ? limit : before;
	}
	return true;
}

/* By the most specific row. */
static struct timer_limits look_up(
	const struct timer_table *table, enum timer timer, enum kind kind, enum priority priority) {
	struct timer_limits found = {0};
	int best = -1;
	for (size_t i = 0; i < table->len; i++) {
		const struct timer_row *row = &table->rows[i];
		if (row->timer != timer || (row->kind != ANY && row->kind != (int)kind) ||
			(row->priority != ANY && row->priority != (int)priority)) {
			continue;
		}
		int weight = (row->kind != ANY ? 2 : 0) + (row->priority != ANY ? 1 : 0);
		if (weight > best) {
			best = weight;
			found = row->limits;
		}
	}
	return found;
}

/* Works out what is asked for with every incident that is judged. */
static void work_out(struct timer_table *table, enum timer timer) {
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		for (int priority = 0; priority < PRIORITY_COUNT; priority++) {
			table->limits[timer][kind][priority] =
				look_up(table, timer, (enum kind)kind, (enum priority)priority);
		}
	}
}

void timer_table_defaults(struct timer_table *table) {
	static_assert(ARRAY_LEN(defaults) <= TIMER_ROWS_MAX, "there is room for the defaults");
	memset(table, 0, sizeof(*table));
	memcpy(table->rows, defaults, sizeof(defaults));
	table->len = ARRAY_LEN(defaults);
	for (int timer = 0; timer < TIMER_COUNT; timer++) {
		work_out(table, (enum timer)timer);
	}
}

bool timer_table_set(struct timer_table *table, enum timer timer, int kind, int priority,
	struct timer_limits limits) {
	if (!ascends(&limits)) {
		return false;
	}
	for (size_t i = 0; i < table->len; i++) {
		struct timer_row *row = &table->rows[i];
		if (row->timer == timer && row->kind == kind && row->priority == priority) {
			row->limits = limits;
			work_out(table, timer);
			return true;
		}
	}
	if (table->len == TIMER_ROWS_MAX) {
		return false;
	}
	table->rows[table->len++] = (struct timer_row){timer, kind, priority, limits};
	work_out(table, timer);
	return true;
}

struct timer_limits timer_table_get(
	const struct timer_table *table, enum timer timer, enum kind kind, enum priority priority) {
	bool known = (unsigned)timer < TIMER_COUNT && (unsigned)kind < KIND_COUNT &&
		     (unsigned)priority < PRIORITY_COUNT;
	return known ? table->limits[timer][kind][priority] : (struct timer_limits){0};
}

static int64_t later(int64_t a, int64_t b) {
	return a > b ? a : b;
}

static struct timer_verdict nothing(void) {
	return (struct timer_verdict){.timer = TIMER_COUNT, .dispatch = -1, .until_ms = INT64_MAX};
}

static struct timer_verdict judge(const struct timer_table *table, const struct incident *inc,
	enum timer timer, int64_t since_ms, int dispatch, int64_t now_ms) {
	const struct timer_limits *limits = &table->limits[timer][inc->kind][inc->priority];
	struct timer_verdict verdict = nothing();
	int64_t age_ms = now_ms - since_ms, due_ms = 0, next_ms = 0;
	for (int level = TIMER_LEVEL_WARN; level < TIMER_LEVEL_COUNT; level++) {
		int64_t limit = limit_of(limits, (enum timer_level)level);
		if (limit == 0) {
			continue;
		}
		/* Overdue counts from the alert; a timer that only warns, from its warning. */
		if (level <= TIMER_LEVEL_ALERT || due_ms == 0) {
			due_ms = limit;
		}
		if (age_ms >= limit) {
			verdict.level = (enum timer_level)level;
			verdict.limit_ms = limit;
		} else if (next_ms == 0) {
			next_ms = limit;
			verdict.until_ms = since_ms + limit;
		}
	}
	if (due_ms == 0) {
		return verdict; /* The table switches it off. */
	}
	verdict.timer = timer;
	verdict.since_ms = since_ms;
	verdict.dispatch = dispatch;
	if (verdict.level == TIMER_LEVEL_NONE) {
		verdict.limit_ms = next_ms;
		return verdict;
	}
	int64_t old_ms = since_ms + due_ms + TIMER_OLD_MS + 1;
	if (now_ms < old_ms && old_ms < verdict.until_ms) {
		verdict.until_ms = old_ms;
	}
	if (age_ms - due_ms > TIMER_OLD_MS) {
		verdict.level = TIMER_LEVEL_NONE;
		verdict.expired = true;
	}
	return verdict;
}

/* What is running counts more than what has expired, and that more than nothing. */
static int rank(const struct timer_verdict *verdict) {
	if (verdict->timer == TIMER_COUNT) {
		return 0;
	}
	return verdict->expired ? 1 : 2 + (int)verdict->level;
}

struct timer_verdict timer_worse(struct timer_verdict a, struct timer_verdict b, int64_t now_ms) {
	struct timer_verdict worse = rank(&a) > rank(&b) ? a : b;
	if (rank(&a) == rank(&b)) {
		/* For passed limits the longest ago, for those to come the next: both are the
		 * earliest. */
		int64_t due_a = a.since_ms + a.limit_ms - now_ms;
		int64_t due_b = b.since_ms + b.limit_ms - now_ms;
		worse = due_b < due_a ? b : a;
	}
	worse.until_ms = a.until_ms < b.until_ms ? a.until_ms : b.until_ms;
	return worse;
}

/*
 * When the present work on an incident began: as it was received, or after its last end, as it came
 * back. What was left over from before counts no more.
 */
static int64_t began_ms(const struct incident *inc) {
	int64_t ended_ms = 0, back_ms = INT64_MAX;
	for (int state = INCIDENT_CLOSED; state < INCIDENT_STATE_COUNT; state++) {
		ended_ms = later(ended_ms, inc->state_at_ms[state]);
	}
	if (ended_ms == 0) {
		return incident_received_ms(inc);
	}
	for (int state = INCIDENT_NEW; state < INCIDENT_CLOSED; state++) {
		if (inc->state_at_ms[state] >= ended_ms && inc->state_at_ms[state] < back_ms) {
			back_ms = inc->state_at_ms[state];
		}
	}
	return back_ms != INT64_MAX ? back_ms : inc->state_at_ms[inc->state];
}

/* The end of the last hold: as it was set, or earlier when somebody lifted it. 0: never held. */
static int64_t hold_end_ms(const struct incident *inc) {
	if (inc->held_until_ms != 0) {
		return inc->held_until_ms;
	}
	/* Nearly none ever was, and its history is long. */
	for (size_t i = inc->was_held ? inc->entries_len : 0; i > 0; i--) {
		if (inc->entries[i - 1].type == EVENT_INCIDENT_HELD) {
			return inc->entries[i - 1].at_ms;
		}
	}
	return 0;
}

/* When anybody last said something after an agency arrived: a note, or a step of that agency. */
static int64_t last_word_ms(const struct incident *inc, const struct dispatch *dispatch) {
	int64_t arrived_ms = dispatch->at_ms[DISPATCH_ON_SCENE];
	for (size_t i = inc->entries_len; i > 0 && inc->entries[i - 1].at_ms > arrived_ms; i--) {
		const struct entry *entry = &inc->entries[i - 1];
		if (entry->type == EVENT_INCIDENT_NOTED ||
			strcmp(entry->agency, dispatch->agency) == 0) {
			return entry->at_ms;
		}
	}
	return arrived_ms;
}

/* The timer of a step of a dispatch; TIMER_COUNT when it has ended. */
static enum timer timer_of_step(enum dispatch_state state) {
	switch (state) {
	case DISPATCH_REQUESTED: return TIMER_UNDELIVERED;
	case DISPATCH_DELIVERED: return TIMER_UNACCEPTED;
	case DISPATCH_ACCEPTED: return TIMER_TURNOUT;
	case DISPATCH_EN_ROUTE: return TIMER_TRAVEL;
	case DISPATCH_ON_SCENE: return TIMER_SCENE;
	case DISPATCH_CLEARED:
	case DISPATCH_DECLINED:
	case DISPATCH_CANCELLED:
	case DISPATCH_EXPIRED:
	case DISPATCH_STATE_COUNT: break;
	}
	return TIMER_COUNT;
}

static bool dispatched_since(const struct incident *inc, int64_t since_ms) {
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		if (inc->dispatches[i].at_ms[DISPATCH_REQUESTED] >= since_ms) {
			return true;
		}
	}
	return false;
}

/* Since when an incident that agencies were sent to has nobody on it, because all said no or were
 * taken back; 0: it has. Then there is something to decide again. */
static int64_t deserted_ms(const struct incident *inc) {
	int64_t since_ms = 0;
	for (size_t i = 0; i < inc->dispatches_len && inc->state == INCIDENT_DISPATCHED; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		if (dispatch->state <= DISPATCH_CLEARED) {
			return 0;
		}
		since_ms = later(since_ms, dispatch->at_ms[dispatch->state]);
	}
	return since_ms;
}

struct timer_verdict timers_judge(
	const struct timer_table *table, const struct incident *inc, int64_t now_ms) {
	struct timer_verdict worst = nothing();
	if (incident_is_held(inc, now_ms)) {
		worst.until_ms = inc->held_until_ms;
	}
	if (inc->state >= INCIDENT_RESOLVED || incident_is_held(inc, now_ms)) {
		return worst;
	}
	int64_t state_ms = inc->state_at_ms[inc->state], start_ms = began_ms(inc);
	if (inc->state == INCIDENT_NEW) {
		/* A hold does not hide what nobody has taken. */
		worst = judge(table, inc, TIMER_NEW, state_ms, -1, now_ms);
	}
	int64_t hold_ms = inc->state != INCIDENT_NEW ? hold_end_ms(inc) : 0;
	int64_t undecided_ms = inc->state == INCIDENT_ACKNOWLEDGED ? state_ms : deserted_ms(inc);
	if (undecided_ms != 0) {
		worst = judge(table, inc, TIMER_DECIDE, later(undecided_ms, hold_ms), -1, now_ms);
	}
	if (inc->state <= INCIDENT_VERIFIED && !dispatched_since(inc, start_ms)) {
		worst = timer_worse(worst,
			judge(table, inc, TIMER_FIRST_DISPATCH, later(start_ms, hold_ms), -1,
				now_ms),
			now_ms);
	}
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		enum timer timer = timer_of_step(dispatch->state);
		if (timer == TIMER_COUNT) {
			continue;
		}
		int64_t since_ms = timer == TIMER_SCENE ? last_word_ms(inc, dispatch)
							: dispatch->at_ms[dispatch->state];
		worst = timer_worse(worst,
			judge(table, inc, timer, later(since_ms, hold_ms), (int)i, now_ms), now_ms);
	}
	return worst;
}

struct timer_verdict timers_judge_claim(const struct timer_table *table, const struct incident *inc,
	int64_t gone_ms, int64_t now_ms) {
	struct timer_verdict none = nothing();
	if (gone_ms == 0 || inc->claim.name[0] == '\0' || !incident_is_open(inc)) {
		return none;
	}
	if (incident_is_held(inc, now_ms)) {
		none.until_ms = inc->held_until_ms;
		return none;
	}
	return judge(table, inc, TIMER_STALE_CLAIM, later(gone_ms, inc->claim_at_ms), -1, now_ms);
}
