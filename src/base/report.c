#include <siaga/base/report.h>

#include <assert.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>

#define INDENT   5
#define TEXT_MAX 4096

static const char *const names[] = {
	[REPORT_OK] = "OK",
	[REPORT_WARN] = "WARN",
	[REPORT_FAIL] = "FAIL",
};
static_assert(ARRAY_LEN(names) == REPORT_LEVEL_COUNT, "name every level");

/* Where one byte is one character, others than those of ASCII may be controls of the terminal. */
static void make_ascii(char *text) {
	char *out = text;
	for (const char *at = text; *at != '\0';) {
		uint32_t code;
		int columns;
		size_t len = text_next(at, &code, &columns);
		*out++ = code < 0x80 ? *at : '?';
		at += len > 0 ? len : 1;
	}
	*out = '\0';
}

/* How much of the text goes into this row: up to a blank, or part of a word that has no end. */
static size_t row_len(const char *text) {
	size_t len = text_fit(text, REPORT_COLUMNS - INDENT, NULL), words;
	if (text[len] == '\0') {
		return len;
	}
	words = text_fit_words(text, REPORT_COLUMNS - INDENT);
	return words > 0 ? words : len;
}

void report_say(struct report *report, enum report_level level, const char *fmt, ...) {
	char raw[TEXT_MAX], clean[TEXT_MAX];
	const char *at = clean, *lead = names[level];
	va_list args;
	va_start(args, fmt);
	int wanted = vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	text_clean(clean, sizeof(clean), raw, wanted > 0 ? strlen(raw) : 0);
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		make_ascii(clean);
	}
	do {
		size_t len = row_len(at);
		printf("%-*s%.*s\n", INDENT, lead, (int)len, at);
		at += len;
		at += strspn(at, " ");
		lead = "";
	} while (*at != '\0');
	report->count[level]++;
	/* What comes next may take a while. */
	fflush(stdout);
}

int report_end(const struct report *report) {
	printf("\n%zu OK, %zu WARN, %zu FAIL\n", report->count[REPORT_OK],
		report->count[REPORT_WARN], report->count[REPORT_FAIL]);
	return report->count[REPORT_FAIL] > 0 ? 1 : 0;
}
