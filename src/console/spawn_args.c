#include "spawn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>

bool spawn_url_ok(const char *url) {
	static const char *const schemes[] = {"http://", "https://", "rtsp://"};
	static const char allowed[] = "-._~:/?#[]@!$&'()*+,;=%";
	const char *host = NULL;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0) {
			host = url + strlen(schemes[i]);
		}
	}
	if (host == NULL || strlen(url) > SPAWN_URL_MAX) {
		return false;
	}
	for (const char *c = host; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c) && strchr(allowed, *c) == NULL) {
			return false;
		}
	}
	/* user:password@host:port */
	size_t len = strcspn(host, "/?#");
	for (size_t i = len; i > 0; i--) {
		if (host[i - 1] == '@') {
			host += i;
			len -= i;
			break;
		}
	}
	return len > 0 && (isalnum((unsigned char)host[0]) || host[0] == '[');
}

/* The value of a name, printed into `number` when it is one; NULL when it means nothing here. */
static const char *value_of(
	const char *name, size_t len, const struct spawn_vars *vars, char *number, size_t size) {
	const struct {
		const char *name;
		const char *text;
		int number;
	} all[] = {
		{"cols", NULL, vars->cols},
		{"height", NULL, 2 * vars->rows},
		{"id", vars->id, 0},
		{"rows", NULL, vars->rows},
		{"url", vars->url, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (strlen(all[i].name) != len || strncmp(all[i].name, name, len) != 0) {
			continue;
		}
		if (all[i].number > 0) {
			snprintf(number, size, "%d", all[i].number);
			return number;
		}
		return all[i].text;
	}
	return NULL;
}

static bool expand_word(
	struct buf *out, const char *word, const struct spawn_vars *vars, struct err *err) {
	char number[16];
	for (const char *c = word; *c != '\0';) {
		size_t len = *c == '{' ? strspn(c + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
		if (len == 0 || c[len + 1] != '}') {
			buf_add(out, c++, 1);
			continue;
		}
		const char *value = value_of(c + 1, len, vars, number, sizeof(number));
		if (value == NULL) {
			return err_set(
				err, _("%s: {%.*s} means nothing here"), word, (int)len, c + 1);
		}
		if (c == word && value[0] == '-') {
			return err_set(err, _("%s: %s would be taken for an option"), word, value);
		}
		buf_add_str(out, value);
		c += len + 2;
	}
	return true;
}

bool spawn_expand(struct spawn_args *out, const char *const *words, const struct spawn_vars *vars,
	struct err *err) {
	size_t len = 0;
	memset(out, 0, sizeof(*out));
	if (words[0] == NULL || words[0][0] == '\0') {
		return err_set(err, _("no program is configured"));
	}
	if (vars->url != NULL && !spawn_url_ok(vars->url)) {
		return err_set(err, _("the address is no http, https or rtsp URL"));
	}
	for (; words[len] != NULL; len++) {
		struct buf word = {0};
		if (len == SPAWN_ARGS_MAX) {
			spawn_args_finish(out);
			return err_set(err, _("%s: more than %d words"), words[0], SPAWN_ARGS_MAX);
		}
		if (!expand_word(&word, words[len], vars, err)) {
			buf_finish(&word);
			spawn_args_finish(out);
			return false;
		}
		out->items[len] = mem_dup_str(word.data != NULL ? word.data : "");
		buf_finish(&word);
	}
	return true;
}

void spawn_args_finish(struct spawn_args *args) {
	for (size_t i = 0; i < ARRAY_LEN(args->items); i++) {
		free(args->items[i]);
	}
	memset(args, 0, sizeof(*args));
}
