/* The language of scripts: one step a line. */
#include "script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/key.h>
#include <siaga/base/duration.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/wire/wire.h>

#include "play.h"

/* A line being read: what is left of it, and what was known before. */
struct reading {
	struct script *script;
	struct script_step *step;
	char *rest;
	int line;
	int64_t now_ms; /* where the clock will be at least */
	bool link_up;
	struct err *err;
};

static bool fail(const struct reading *it, const char *fmt, ...) ATTR_PRINTF(2, 3);

static bool fail(const struct reading *it, const char *fmt, ...) {
	char what[300];
	va_list args;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return err_set(it->err, "%s:%d: %s", it->script->name, it->line, what);
}

/* The next word, or "" at the end of the line. */
static const char *next_word(struct reading *it) {
	char *word = it->rest + strspn(it->rest, " \t");
	it->rest = word + strcspn(word, " \t");
	if (*it->rest != '\0') {
		*it->rest++ = '\0';
	}
	it->rest += strspn(it->rest, " \t");
	return word;
}

static bool at_end(const struct reading *it) {
	return it->rest[0] == '\0' || fail(it, "\"%s\" is too much", it->rest);
}

/* A text in quotes; a backslash makes the next character plain, \n and \t are what they are in C.
 */
static bool read_quoted(struct reading *it, char **out) {
	char *from = it->rest + 1, *to = it->rest;
	*out = to;
	for (; *from != '"'; from++) {
		if (*from == '\\' && from[1] != '\0') {
			from++;
			*to++ = (char)(*from == 'n' ? '\n' : *from == 't' ? '\t' : *from);
		} else if (*from == '\0') {
			return fail(it, "a quote that is not closed");
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	it->rest = from + 1;
	it->rest += strspn(it->rest, " \t");
	return true;
}

static bool read_text(struct reading *it, char **out) {
	if (it->rest[0] != '"') {
		return fail(it, "a text in double quotes is missing");
	}
	return read_quoted(it, out) && at_end(it);
}

/* The text of the step, in quotes. */
static bool take_line(struct reading *it) {
	char *text = NULL;
	if (!read_text(it, &text)) {
		return false;
	}
	it->step->text = mem_dup_str(text);
	return true;
}

/* The same; an empty one says nothing. */
static bool take_text(struct reading *it) {
	return take_line(it) && (it->step->text[0] != '\0' || fail(it, "an empty text"));
}

/* --- keys --- */

static void add_key(struct script_step *step, uint32_t key) {
	step->keys = mem_resize(step->keys, step->keys_len + 1, sizeof(*step->keys));
	step->keys[step->keys_len++] = key;
}

static void add_typed(struct script_step *step, const char *text) {
	uint32_t code;
	for (size_t len; (len = text_next(text, &code, NULL)) > 0; text += len) {
		add_key(step, code == '\n' ? KEY_CODE_ENTER : code);
	}
}

static bool read_keys(struct reading *it) {
	uint32_t key;
	char *text = NULL;
	while (it->rest[0] != '\0') {
		if (it->rest[0] == '"') {
			if (!read_quoted(it, &text)) {
				return false;
			}
			add_typed(it->step, text);
			continue;
		}
		const char *word = next_word(it);
		if (!key_parse(word, &key)) {
			return fail(it, "no key \"%s\"; letters that run together stand in quotes",
				word);
		}
		add_key(it->step, key);
	}
	return it->step->keys_len > 0 || fail(it, "which keys?");
}

static bool read_type(struct reading *it) {
	char *text = NULL;
	if (!read_text(it, &text)) {
		return false;
	}
	it->step->verb = SCRIPT_KEYS;
	add_typed(it->step, text);
	return it->step->keys_len > 0 || fail(it, "an empty text");
}

/* ":command args", typed as an operator would; ":dump" is the script's own. */
static bool read_command(struct reading *it) {
	char *line = it->rest;
	if (strncmp(line, ":dump", 5) == 0 && (line[5] == ' ' || line[5] == '\0')) {
		it->rest += 5;
		it->rest += strspn(it->rest, " \t");
		it->step->verb = SCRIPT_DUMP;
		const char *file = next_word(it);
		it->step->flag = strcmp(file, "-r") == 0;
		if (it->step->flag) {
			file = next_word(it);
		}
		it->step->text = mem_dup_str(file);
		return file[0] != '\0' ? at_end(it) : fail(it, ":dump to which file?");
	}
	it->step->verb = SCRIPT_KEYS;
	add_typed(it->step, line);
	add_key(it->step, KEY_CODE_ENTER);
	return true;
}

/* --- time --- */

static bool read_wait(struct reading *it) {
	const char *word = next_word(it);
	int64_t ms;
	if (strcmp(word, "until") == 0) {
		word = next_word(it);
		if (!duration_parse_clock(word, &ms)) {
			return fail(it, "\"%s\": until minutes:seconds, such as 0:45", word);
		}
		if (ms < it->now_ms) {
			return fail(it, "%s is over: it is %lld:%02lld then", word,
				(long long)(it->now_ms / 60000),
				(long long)(it->now_ms / 1000 % 60));
		}
	} else if (!duration_parse(word, &ms) || ms % PLAY_STEP_MS != 0) {
		return fail(it, "\"%s\": how long, such as 500ms, 5s or 1m30s, in steps of %d ms",
			word, PLAY_STEP_MS);
	} else {
		it->step->flag = true; /* from when it is reached: keys take their time, too */
	}
	it->step->ms = ms;
	it->now_ms = it->step->flag ? it->now_ms + ms : ms;
	return at_end(it);
}

/* Backwards, too; what is done then is that of the tape until something else is. */
static bool read_seek(struct reading *it) {
	const char *word = next_word(it);
	if (!duration_parse_clock(word, &it->step->ms)) {
		return fail(it, "\"%s\": seek minutes:seconds, such as 0:45", word);
	}
	it->now_ms = it->step->ms;
	return at_end(it);
}

/* --- the rest --- */

static bool read_size(struct reading *it) {
	const char *word = next_word(it);
	if (!options_size(word, &it->step->cols, &it->step->rows)) {
		return fail(it, "\"%s\": a size such as 120x40", word);
	}
	return at_end(it);
}

static bool read_link(struct reading *it) {
	const char *word = next_word(it);
	it->step->flag = strcmp(word, "up") == 0;
	if (!it->step->flag && strcmp(word, "down") != 0) {
		return fail(it, "link up or link down");
	}
	if (it->step->flag == it->link_up) {
		return fail(it, "the link is %s already", word);
	}
	it->link_up = it->step->flag;
	return at_end(it);
}

static bool read_desk(struct reading *it) {
	text_copy(it->step->who, sizeof(it->step->who), next_word(it));
	const char *word = next_word(it);
	it->step->flag = strcmp(word, "online") == 0;
	if (!it->step->flag && strcmp(word, "offline") != 0) {
		return fail(it, "desk AGENCY online or desk AGENCY offline");
	}
	return at_end(it);
}

static bool read_bells(struct reading *it) {
	const char *word = next_word(it);
	if (word[0] == '\0' || strlen(word) > 6 || word[strspn(word, "0123456789")] != '\0') {
		return fail(it, "\"%s\": how often, as a number", word);
	}
	it->step->number = strtoll(word, NULL, 10);
	return at_end(it);
}

static bool read_event(struct reading *it) {
	struct err err = {0};
	return wire_get_event(&it->step->event, it->rest, strlen(it->rest), &err) ||
	       fail(it, "event: %s", err.text);
}

static bool read_raise(struct reading *it) {
	struct command cmd;
	struct err err = {0};
	if (!wire_get_alarm(&cmd, it->rest, strlen(it->rest), &err)) {
		return fail(it, "raise: %s", err.text);
	}
	command_finish(&cmd);
	it->step->text = mem_dup_str(it->rest);
	return true;
}

static bool read_number(struct reading *it, int64_t *out) {
	const char *word = next_word(it), *digits = word[0] == '#' ? word + 1 : word;
	if (digits[0] < '1' || digits[0] > '9' || strlen(digits) > 12 ||
		digits[strspn(digits, "0123456789")] != '\0') {
		return fail(it, "\"%s\": an incident's number", word);
	}
	*out = strtoll(digits, NULL, 10);
	return true;
}

/* What an action needs beyond the incident. */
static bool read_argument(struct reading *it, struct command *cmd) {
	const char *word;
	char *text;
	bool ok = true;
	if (it->rest[0] == '"') {
		if (!read_quoted(it, &text)) {
			return false;
		}
		cmd->note = mem_dup_str(text);
		return true;
	}
	word = next_word(it);
	if (cmd->action == ACTION_VERIFY) {
		ok = method_find(word, &cmd->method) && cmd->method != METHOD_NONE;
		text_copy(cmd->camera, sizeof(cmd->camera), next_word(it));
	} else if (cmd->action == ACTION_REJECT) {
		ok = reject_reason_find(word, &cmd->reason) && cmd->reason != REJECT_NONE;
	} else if (cmd->action == ACTION_CLOSE) {
		ok = disposition_find(word, &cmd->disposition) &&
		     cmd->disposition != DISPOSITION_NONE;
	} else {
		text_copy(cmd->agency, sizeof(cmd->agency), word);
	}
	if (it->rest[0] == '"') {
		return ok ? read_argument(it, cmd) : fail(it, "\"%s\": no such word", word);
	}
	return ok || fail(it, "\"%s\": %s what?", word, action_name(cmd->action));
}

/* as NAME ACTION NUMBER [WORD] ["note"]: a colleague, or a desk on the telephone. */
static bool read_as(struct reading *it) {
	struct command *cmd = &it->step->command;
	text_copy(it->step->who, sizeof(it->step->who), next_word(it));
	const char *word = next_word(it);
	if (!action_find(word, &cmd->action) || !action_allowed(ROLE_OPERATOR, cmd->action) ||
		cmd->action == ACTION_HOLD || cmd->action == ACTION_UPDATE ||
		cmd->action == ACTION_CAMERA_STATUS) {
		return fail(it, "\"%s\": no action of an operator", word);
	}
	if (!read_number(it, &it->step->number)) {
		return false;
	}
	if (cmd->action == ACTION_MERGE) {
		return read_number(it, &it->step->other_number) && at_end(it);
	}
	return (it->rest[0] == '\0' || read_argument(it, cmd)) && at_end(it);
}

/* --- what stands before the first step --- */

static bool read_role(struct reading *it) {
	static const enum role roles[] = {
		ROLE_OPERATOR, ROLE_SUPERVISOR, ROLE_OBSERVER, ROLE_AGENCY};
	const char *word = next_word(it);
	enum role role = ROLE_NONE;
	bool ok = false;
	for (size_t i = 0; i < ARRAY_LEN(roles) && role_find(word, &role); i++) {
		ok = ok || roles[i] == role;
	}
	if (!ok) {
		return fail(it, "\"%s\": operator, supervisor, observer or agency ID", word);
	}
	it->script->role = role;
	it->script->role_line = it->line;
	if (role == ROLE_AGENCY) {
		text_copy(it->script->agency, sizeof(it->script->agency), next_word(it));
		if (it->script->agency[0] == '\0') {
			return fail(it, "role agency ID: the agency is missing");
		}
	}
	return at_end(it);
}

static bool read_mode(struct reading *it) {
	const char *word = next_word(it);
	return mode_find(word, &it->script->mode)
		       ? at_end(it)
		       : fail(it, "\"%s\": actual, exercise or test", word);
}

static const struct {
	const char *word;
	enum script_verb verb;
	bool (*read)(struct reading *it);
} verbs[] = {
	{"ahead", SCRIPT_AHEAD, read_keys},
	{"as", SCRIPT_AS, read_as},
	{"bells", SCRIPT_BELLS, read_bells},
	{"desk", SCRIPT_DESK, read_desk},
	{"event", SCRIPT_EVENT, read_event},
	{"expect", SCRIPT_EXPECT, take_text},
	{"expect-not", SCRIPT_EXPECT_NOT, take_text},
	{"keys", SCRIPT_KEYS, read_keys},
	{"link", SCRIPT_LINK, read_link},
	{"mode", SCRIPT_VERB_COUNT, read_mode},
	{"paste", SCRIPT_PASTE, take_text},
	{"print", SCRIPT_PRINT, take_line},
	{"raise", SCRIPT_RAISE, read_raise},
	{"role", SCRIPT_VERB_COUNT, read_role},
	{"seek", SCRIPT_SEEK, read_seek},
	{"size", SCRIPT_SIZE, read_size},
	{"type", SCRIPT_KEYS, read_type},
	{"wait", SCRIPT_WAIT, read_wait},
};

static struct script_step *add_step(struct script *script, int line) {
	if ((script->len & (script->len - 1)) == 0) {
		size_t cap = script->len > 0 ? script->len * 2 : 8;
		script->steps = mem_resize(script->steps, cap, sizeof(*script->steps));
	}
	struct script_step *step = &script->steps[script->len++];
	memset(step, 0, sizeof(*step));
	step->line = line;
	return step;
}

static bool read_line(struct reading *it) {
	if (it->rest[0] == ':') {
		it->step = add_step(it->script, it->line);
		return read_command(it);
	}
	const char *word = next_word(it);
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i].word, word) != 0) {
			continue;
		}
		if (verbs[i].verb == SCRIPT_VERB_COUNT) {
			return it->script->len == 0 ? verbs[i].read(it)
						    : fail(it, "%s stands before all steps", word);
		}
		it->step = add_step(it->script, it->line);
		it->step->verb = verbs[i].verb;
		return verbs[i].read(it);
	}
	return fail(it, "\"%s\": no step of a script", word);
}

bool script_parse(
	struct script *script, const char *name, const char *text, size_t len, struct err *err) {
	struct reading it = {.script = script, .link_up = true, .err = err};
	const char *end = text + len;
	memset(script, 0, sizeof(*script));
	script->name = name;
	script->role = ROLE_OPERATOR;
	script->mode = MODE_EXERCISE;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t width = stop != NULL ? (size_t)(stop - text) : (size_t)(end - text);
		char *line = mem_alloc(width + 1, 1);
		it.line++;
		memcpy(line, text, width);
		line[width > 0 && line[width - 1] == '\r' ? width - 1 : width] = '\0';
		it.rest = line + strspn(line, " \t");
		bool ok = text_utf8_ok(text, width) || fail(&it, "not valid UTF-8");
		ok = ok && (it.rest[0] == '\0' || it.rest[0] == '#' || read_line(&it));
		free(line);
		if (!ok) {
			script_finish(script);
			return false;
		}
		text += width + 1;
	}
	return true;
}

void script_finish(struct script *script) {
	for (size_t i = 0; i < script->len; i++) {
		free(script->steps[i].text);
		free(script->steps[i].keys);
		event_finish(&script->steps[i].event);
		command_finish(&script->steps[i].command);
	}
	free(script->steps);
	memset(script, 0, sizeof(*script));
}
