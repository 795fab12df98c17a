#include <siaga/base/ini.h>

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/table.h>
#include <siaga/base/text.h>

#define BLANKS "\t\r "
/* Cleaning may make one byte three. */
#define CLEAN_MAX (3 * INI_LINE_MAX + 1)

/* Where a key stood first; the name is "section", a line break, "key": neither part holds one. */
struct seen {
	UT_hash_handle hh;
	int line;
	char name[];
};

struct reader {
	const char *name;
	const struct ini_ops *ops;
	void *data;
	struct err *err;
	char section[INI_LINE_MAX + 1];
	bool skip; /* the section was refused */
	bool failed;
	int line;
	struct seen *seen;
};

/* Takes note of an error; false: stop reading. */
static bool report(struct reader *rd, struct err *what) {
	err_prefix(what, "%s:%d", rd->name, rd->line);
	if (!rd->failed && rd->err != NULL) {
		*rd->err = *what;
	}
	rd->failed = true;
	return rd->ops->on_error != NULL && rd->ops->on_error(rd->data, what->text);
}

/* Cuts blanks off both ends. */
static char *trim(char *text) {
	text += strspn(text, BLANKS);
	size_t len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL) {
		text[--len] = '\0';
	}
	return text;
}

/* The line where the key stood first, or 0 when it is here. */
static int first_line(struct reader *rd, const char *key) {
	size_t section_len = strlen(rd->section), key_len = strlen(key);
	size_t len = section_len + 1 + key_len;
	struct seen *made = mem_alloc(1, sizeof(*made) + len + 1), *old = NULL;
	memcpy(made->name, rd->section, section_len);
	made->name[section_len] = '\n';
	memcpy(made->name + section_len + 1, key, key_len);
	HASH_FIND(hh, rd->seen, made->name, len, old);
	if (old != NULL) {
		free(made);
		return old->line;
	}
	made->line = rd->line;
	HASH_ADD_KEYPTR(hh, rd->seen, made->name, len, made);
	return 0;
}

static bool read_section(struct reader *rd, char *line) {
	struct err err = {0};
	size_t len = strlen(line);
	rd->skip = true;
	if (line[len - 1] != ']') {
		err_set(&err, _("\"%s\": the ] of the section is missing"), line);
		return report(rd, &err);
	}
	line[len - 1] = '\0';
	char *section = trim(line + 1);
	if (section[0] == '\0') {
		err_set(&err, _("the section has no name"));
		return report(rd, &err);
	}
	if (rd->ops->on_section != NULL &&
		!rd->ops->on_section(rd->data, section, rd->line, &err)) {
		return report(rd, &err);
	}
	text_copy(rd->section, sizeof(rd->section), section);
	rd->skip = false;
	return true;
}

static bool read_item(struct reader *rd, char *line) {
	struct err err = {0};
	char *equals = strchr(line, '=');
	if (equals == NULL) {
		err_set(&err, _("\"%s\" is neither [section] nor NAME = VALUE"), line);
		return report(rd, &err);
	}
	*equals = '\0';
	struct ini_item item = {
		.section = rd->section,
		.key = trim(line),
		.value = trim(equals + 1),
		.line = rd->line,
	};
	if (item.key[0] == '\0') {
		err_set(&err, _("the name before the = is missing"));
		return report(rd, &err);
	}
	item.first_line = first_line(rd, item.key);
	return rd->ops->on_item(rd->data, &item, &err) || report(rd, &err);
}

static bool read_line(struct reader *rd, const char *text, size_t len) {
	struct err err = {0};
	char line[CLEAN_MAX];
	if (len > INI_LINE_MAX) {
		err_set(&err, _("the line is longer than %d bytes"), INI_LINE_MAX);
		return report(rd, &err);
	}
	if (!text_utf8_ok(text, len)) {
		err_set(&err, _("the line is not UTF-8"));
		return report(rd, &err);
	}
	/* Clean at once: parts of it come back in messages. */
	text_clean(line, sizeof(line), text, len);
	char *begin = trim(line);
	if (begin[0] == '\0' || begin[0] == ';' || begin[0] == '#') {
		return true;
	}
	if (begin[0] == '[') {
		return read_section(rd, begin);
	}
	return rd->skip || read_item(rd, begin);
}

bool ini_parse(const char *name, const char *text, size_t len, const struct ini_ops *ops,
	void *data, struct err *err) {
	static const char mark[] = "\xef\xbb\xbf";
	struct reader rd = {.name = name, .ops = ops, .data = data, .err = err};
	size_t at = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
	bool more = true;
	while (at < len && more) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line_len = end != NULL ? (size_t)(end - text) - at : len - at;
		rd.line++;
		more = read_line(&rd, text + at, line_len);
		at += line_len + 1;
	}
	struct seen *item, *next;
	HASH_ITER (hh, rd.seen, item, next) {
		HASH_DEL(rd.seen, item);
		free(item);
	}
	return !rd.failed;
}
