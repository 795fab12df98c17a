/* Themes on disk; what is in them is theme.c's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/text.h>
#include <siaga/ui/theme.h>

#define SUFFIX ".theme"

/* The whole of an open file into text. */
static bool read_all(int fd, struct buf *text, const char *path, struct err *err) {
	char bytes[4096];
	ssize_t len;
	while ((len = read(fd, bytes, sizeof(bytes))) > 0) {
		buf_add(text, bytes, (size_t)len);
		if (text->len > THEME_FILE_MAX) {
			return err_set(err, _("%s: longer than %d bytes"), path, THEME_FILE_MAX);
		}
	}
	if (len < 0) {
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	buf_add(text, "", 0);
	return memchr(text->data, '\0', text->len) == NULL ||
	       err_set(err, _("%s: holds a zero byte"), path);
}

bool theme_load_file(struct theme *theme, const char *path, struct err *err) {
	struct buf text = {0};
	struct stat st;
	bool ok = false;
	/* A pipe must not make the console wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, _("%s: not a regular file"), path);
		goto out;
	}
	ok = read_all(fd, &text, path, err) && theme_parse(theme, path, text.data, err);
out:
	if (fd >= 0) {
		close(fd);
	}
	buf_finish(&text);
	return ok;
}

const char *const *theme_dirs(void) {
	static char user[PATH_MAX];
	static const char *dirs[3];
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	size_t count = 0;
	int len = 0;
	if (xdg != NULL && xdg[0] == '/') {
		len = snprintf(user, sizeof(user), "%s/siaga/themes", xdg);
	} else if (home != NULL && home[0] == '/') {
		len = snprintf(user, sizeof(user), "%s/.config/siaga/themes", home);
	}
	if (len > 0 && (size_t)len < sizeof(user)) {
		dirs[count++] = user;
	}
	dirs[count++] = SIAGA_THEMES_DIR;
	dirs[count] = NULL;
	return dirs;
}

bool theme_find(struct theme *theme, const char *name, const char *const *dirs, struct err *err) {
	char path[PATH_MAX];
	if (strchr(name, '/') != NULL) {
		return theme_load_file(theme, name, err);
	}
	if (!text_id_ok(name, THEME_NAME_SIZE - 1)) {
		return err_set(err, _("\"%s\" is no name of a theme"), name);
	}
	for (; *dirs != NULL; dirs++) {
		int len = snprintf(path, sizeof(path), "%s/%s" SUFFIX, *dirs, name);
		if (len > 0 && (size_t)len < sizeof(path) && access(path, F_OK) == 0) {
			bool ok = theme_load_file(theme, path, err);
			/* What it was found by is what finds it again. */
			text_copy(theme->name, sizeof(theme->name), name);
			return ok;
		}
	}
	return theme_builtin(theme, name, err);
}

static void add_name(struct theme_names *names, const char *name, size_t len) {
	char copy[THEME_NAME_SIZE];
	if (len == 0 || len >= sizeof(copy)) {
		return;
	}
	memcpy(copy, name, len);
	copy[len] = '\0';
	if (copy[0] == '.' || !text_id_ok(copy, sizeof(copy) - 1)) {
		return;
	}
	size_t at = 0;
	while (at < names->len && strcmp(names->names[at], copy) < 0) {
		at++;
	}
	if (at < names->len && strcmp(names->names[at], copy) == 0) {
		return;
	}
	names->names = mem_resize(names->names, names->len + 1, sizeof(*names->names));
	memmove(names->names + at + 1, names->names + at,
		(names->len - at) * sizeof(*names->names));
	memcpy(names->names[at], copy, sizeof(copy));
	names->len++;
}

static void list_dir(struct theme_names *names, const char *path) {
	DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t suffix = strlen(SUFFIX);
	/* A directory that is not there has no themes; whoever names one is told. */
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);
		if (len > suffix && strcmp(entry->d_name + len - suffix, SUFFIX) == 0) {
			add_name(names, entry->d_name, len - suffix);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
}

void theme_list(struct theme_names *names, const char *const *dirs) {
	*names = (struct theme_names){0};
	for (const char *const *name = theme_builtin_names(); *name != NULL; name++) {
		add_name(names, *name, strlen(*name));
	}
	for (; *dirs != NULL; dirs++) {
		list_dir(names, *dirs);
	}
}

void theme_names_finish(struct theme_names *names) {
	free(names->names);
	*names = (struct theme_names){0};
}
