#include "locale.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <siaga/base/macros.h>

#include "config.h"

#define LANGUAGE_SIZE 16 /* "id", "zh_TW" */

static char catalogues[PATH_MAX]; /* holds LANGUAGE/LC_MESSAGES/siaga.mo */
static char spoken[LANGUAGE_SIZE] = "en";
static bool locale_found = true;

static bool has_catalogue(const char *dir, const char *language) {
	char path[PATH_MAX + 64];
	snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES/siaga.mo", dir, language);
	return access(path, R_OK) == 0;
}

/* The folder of this program's catalogues: beside it in the build, near it where an installed tree
 * was moved, else where it was installed to. Indonesian stands for all of them. */
static void find_catalogues(void) {
	static const char *const near[] = {"po", "../share/locale"};
	char self[PATH_MAX - 64];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	snprintf(catalogues, sizeof(catalogues), "%s", SIAGA_LOCALEDIR);
	if (len <= 0) {
		return;
	}
	self[len] = '\0';
	char *slash = strrchr(self, '/');
	if (slash == NULL) {
		return;
	}
	*slash = '\0';
	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		char dir[PATH_MAX];
		snprintf(dir, sizeof(dir), "%s/%s", self, near[i]);
		if (has_catalogue(dir, "id")) {
			memcpy(catalogues, dir, sizeof(dir));
			return;
		}
	}
}

static const char *first_set(const char *const *names) {
	for (; *names != NULL; names++) {
		const char *value = getenv(*names);
		if (value != NULL && value[0] != '\0') {
			return value;
		}
	}
	return "";
}

static const char *const character_names[] = {"LC_ALL", "LC_CTYPE", "LANG", NULL};

static bool is_plain_c(const char *locale) {
	return strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
}

/* The language of one wish, such as "id_ID.UTF-8": its country and all, else the language alone.
 * "en" needs no catalogue. */
static bool find_language(const char *wish, size_t len, char out[LANGUAGE_SIZE]) {
	size_t end = strcspn(wish, ".@:");
	size_t cut = strcspn(wish, "_.@:");
	if (end > len) {
		end = len;
	}
	if (cut > end) {
		cut = end;
	}
	if (end == 0 || end >= LANGUAGE_SIZE || memchr(wish, '/', end) != NULL) {
		return false;
	}
	memcpy(out, wish, end);
	out[end] = '\0';
	if (has_catalogue(catalogues, out)) {
		return true;
	}
	out[cut] = '\0';
	return strcmp(out, "en") == 0 || has_catalogue(catalogues, out);
}

/* What the environment asks for, as gettext reads it: LANGUAGE is a list and counts unless the
 * locale is plainly C. */
static void find_wished(char out[LANGUAGE_SIZE]) {
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG", NULL};
	static const char *const list_names[] = {"LANGUAGE", NULL};
	const char *locale = first_set(names);
	const char *list = first_set(list_names);
	if (!is_plain_c(locale)) {
		while (*list != '\0') {
			size_t len = strcspn(list, ":");
			if (find_language(list, len, out)) {
				return;
			}
			list += len + (list[len] == ':' ? 1 : 0);
		}
		if (find_language(locale, strlen(locale), out)) {
			return;
		}
	}
	memcpy(out, "en", sizeof("en"));
}

/* Characters in UTF-8 where the machine does not have the locale that was asked for, or none was.
 * Who says C means it. */
static void set_characters(void) {
	bool known = setlocale(LC_ALL, "") != NULL;
	bool ascii = strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0;
	const char *wish = first_set(character_names);
	locale_found = known;
	if (wish[0] == '\0' ? ascii : !known && !is_plain_c(wish)) {
		setlocale(LC_CTYPE, "C.UTF-8");
	}
}

/* gettext translates in no locale that is plain C, and otherwise does what LANGUAGE says. */
static void speak(const char *language) {
	if (strcmp(language, "en") == 0) {
		setlocale(LC_MESSAGES, "C");
		return;
	}
	setenv("LANGUAGE", language, 1);
	if (is_plain_c(setlocale(LC_MESSAGES, NULL))) {
		setlocale(LC_MESSAGES, "C.UTF-8");
	}
}

bool locale_init(const char *language, struct err *err) {
	char found[LANGUAGE_SIZE] = "en";
	bool ok = true;
	if (catalogues[0] == '\0') {
		find_catalogues();
		bindtextdomain("siaga", catalogues);
		textdomain("siaga");
	}
	set_characters();
	if (language == NULL || strcmp(language, "auto") == 0) {
		find_wished(found);
	} else if (!find_language(language, strlen(language), found)) {
		memcpy(found, "en", sizeof("en"));
		ok = err_set(err, _("%s: there is no such language; auto, id or en"), language);
	}
	speak(found);
	memcpy(spoken, found, sizeof(spoken));
	setlocale(LC_NUMERIC, "C");
	return ok;
}

const char *locale_language(void) {
	return spoken;
}

bool locale_is_known(const char **wish) {
	*wish = first_set(character_names);
	return locale_found;
}
