#include <siaga/base/clock.h>

#include <time.h>

/* 9999-12-31T23:59:59.999Z */
#define LAST_MS       INT64_C(253402300799999)

#define SAME_MS       50 /* so far apart two clocks may be read */

#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)

static int64_t read_clock(clockid_t id) {
	struct timespec now = {0};

	/* Both clocks always exist on Linux, so there is no error to report. */
	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + (int64_t)now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void) {
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void) {
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_mono_us(void) {
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + (int64_t)now.tv_nsec / 1000;
}

int64_t clock_slept_ms(void) {
	int64_t before_ms, boot_ms, after_ms;

	/* Between the two anything may come in, and would look like sleep. */
	do {
		before_ms = read_clock(CLOCK_MONOTONIC);
		boot_ms = read_clock(CLOCK_BOOTTIME);
		after_ms = read_clock(CLOCK_MONOTONIC);
	} while (after_ms - before_ms > SAME_MS);
	return boot_ms - after_ms;
}

/* Writes `value` as exactly `digits` digits. */
static char *put_number(char *out, int value, int digits) {
	for (int i = digits - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return out + digits;
}

void clock_format(char out[CLOCK_RFC3339_SIZE], int64_t at_ms) {
	struct tm tm;
	time_t seconds;
	char *p = out;

	if (at_ms < 0) {
		at_ms = 0;
	}
	if (at_ms > LAST_MS) {
		at_ms = LAST_MS;
	}
	seconds = (time_t)(at_ms / MS_PER_SECOND);
	(void)gmtime_r(&seconds, &tm);
	p = put_number(p, tm.tm_year + 1900, 4);
	*p++ = '-';
	p = put_number(p, tm.tm_mon + 1, 2);
	*p++ = '-';
	p = put_number(p, tm.tm_mday, 2);
	*p++ = 'T';
	p = put_number(p, tm.tm_hour, 2);
	*p++ = ':';
	p = put_number(p, tm.tm_min, 2);
	*p++ = ':';
	p = put_number(p, tm.tm_sec, 2);
	*p++ = '.';
	p = put_number(p, (int)(at_ms % MS_PER_SECOND), 3);
	*p++ = 'Z';
	*p = '\0';
}

/* Reads exactly `digits` digits; on success *text stands behind them. */
static bool take_number(const char **text, int digits, int low, int high, int *value) {
	int got = 0;

	for (int i = 0; i < digits; i++) {
		char c = (*text)[i];

		if (c < '0' || c > '9') {
			return false;
		}
		got = got * 10 + (c - '0');
	}
	*text += digits;
	*value = got;
	return got >= low && got <= high;
}

static bool take_char(const char **text, char want) {
	if (**text != want) {
		return false;
	}
	(*text)++;
	return true;
}

static int days_in_month(int year, int month) {
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* A fraction of a second of any length; what is finer than a millisecond is cut off. */
static bool take_fraction(const char **text, int *ms) {
	int scale = 100;

	*ms = 0;
	if (!take_char(text, '.')) {
		return true;
	}
	if (**text < '0' || **text > '9') {
		return false;
	}
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		*ms += (**text - '0') * scale;
		scale /= 10;
	}
	return true;
}

static bool take_offset(const char **text, int64_t *offset_ms) {
	int sign, hours, minutes;

	*offset_ms = 0;
	if (take_char(text, 'Z') || take_char(text, 'z')) {
		return true;
	}
	if (take_char(text, '+')) {
		sign = 1;
	} else if (take_char(text, '-')) {
		sign = -1;
	} else {
		return false;
	}
	if (!take_number(text, 2, 0, 23, &hours) || !take_char(text, ':') ||
		!take_number(text, 2, 0, 59, &minutes)) {
		return false;
	}
	*offset_ms = sign * (hours * 60 + minutes) * MS_PER_MINUTE;
	return true;
}

bool clock_parse(const char *text, int64_t *at_ms) {
	struct tm tm = {0};
	int year, month, ms;
	int64_t offset_ms, got_ms;

	if (!take_number(&text, 4, 1969, 9999, &year) || !take_char(&text, '-') ||
		!take_number(&text, 2, 1, 12, &month) || !take_char(&text, '-') ||
		!take_number(&text, 2, 1, days_in_month(year, month), &tm.tm_mday) ||
		!(take_char(&text, 'T') || take_char(&text, 't')) ||
		!take_number(&text, 2, 0, 23, &tm.tm_hour) || !take_char(&text, ':') ||
		!take_number(&text, 2, 0, 59, &tm.tm_min) || !take_char(&text, ':') ||
		!take_number(&text, 2, 0, 60, &tm.tm_sec) || !take_fraction(&text, &ms) ||
		!take_offset(&text, &offset_ms) || *text != '\0') {
		return false;
	}
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	got_ms = (int64_t)timegm(&tm) * MS_PER_SECOND + ms - offset_ms;
	if (got_ms < 0 || got_ms > LAST_MS) {
		return false;
	}
	*at_ms = got_ms;
	return true;
}

bool clock_parse_local(const char *text, int64_t *at_ms) {
	struct tm tm = {.tm_isdst = -1};
	int year, month;

	if (clock_parse(text, at_ms)) {
		return true;
	}
	if (!take_number(&text, 4, 1970, 9999, &year) || !take_char(&text, '-') ||
		!take_number(&text, 2, 1, 12, &month) || !take_char(&text, '-') ||
		!take_number(&text, 2, 1, days_in_month(year, month), &tm.tm_mday) ||
		!take_char(&text, ' ') || !take_number(&text, 2, 0, 23, &tm.tm_hour) ||
		!take_char(&text, ':') || !take_number(&text, 2, 0, 59, &tm.tm_min)) {
		return false;
	}
	if (take_char(&text, ':') && !take_number(&text, 2, 0, 60, &tm.tm_sec)) {
		return false;
	}
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	int64_t got_ms = *text == '\0' ? (int64_t)mktime(&tm) * MS_PER_SECOND : -1;

	if (got_ms < 0 || got_ms > LAST_MS) {
		return false;
	}
	*at_ms = got_ms;
	return true;
}
