/* The list of files that were moved aside and whose unsent actions are still to be taken out. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <siaga/base/disk.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "cache_private.h"

/* A name on each line. Lines are only added: the last one may be cut off, and counts for nothing.
 */
#define LIST           "cache.rescue"
#define LIST_BYTES_MAX (1 << 20)

/* Of a file in this folder, as cache_aside_path() makes it. */
static bool is_name(const char *name, size_t len) {
	static const char begin[] = "cache.db.aside-";

	return len >= sizeof(begin) && len <= NAME_MAX &&
	       strncmp(name, begin, sizeof(begin) - 1) == 0 && memchr(name, '/', len) == NULL &&
	       memchr(name, '\0', len) == NULL;
}

static void append(struct rescue_list *list, const char *name, size_t len) {
	list->names = mem_resize(list->names, list->len + 1, sizeof(*list->names));
	memcpy(list->names[list->len], name, len);
	list->names[list->len++][len] = '\0';
}

static void parse(struct rescue_list *list, const char *text, size_t len) {
	const char *end;

	for (; (end = memchr(text, '\n', len)) != NULL; text = end + 1) {
		size_t part = (size_t)(end - text);

		if (is_name(text, part)) {
			append(list, text, part);
		}
		len -= part + 1;
	}
}

bool rescue_read(struct rescue_list *list, const char *dir, struct err *err) {
	struct buf text = {0};
	char path[PATH_MAX], part[1024];
	ssize_t got = 0;
	int fd, wrong;

	if (!db_path(path, dir, LIST, err)) {
		return false;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		return errno == ENOENT || err_set(err, "%s: %s", path, strerror(errno));
	}
	while (text.len < LIST_BYTES_MAX && (got = read(fd, part, sizeof(part))) > 0) {
		buf_add(&text, part, (size_t)got);
	}
	wrong = errno;
	(void)close(fd);
	if (got >= 0 && text.len > 0) {
		parse(list, text.data, text.len);
	}
	buf_finish(&text);
	errno = wrong;
	return got >= 0 || err_set(err, "%s: %s", path, strerror(wrong));
}

bool rescue_has(const struct rescue_list *list, const char *name) {
	bool found = false;

	for (size_t i = 0; i < list->len; i++) {
		found = found || strcmp(list->names[i], name) == 0;
	}
	return found;
}

bool rescue_add(struct rescue_list *list, const char *dir, const char *name, struct err *err) {
	char path[PATH_MAX], line[NAME_MAX + 3];
	bool known = rescue_has(list, name), done;
	/* The line before may be cut off. */
	size_t len = known ? 0 : (size_t)snprintf(line, sizeof(line), "\n%s\n", name);
	int fd, wrong;

	if (!db_path(path, dir, LIST, err)) {
		return false;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		wrong = errno;
		(void)err_set(err, "%s: %s", path, strerror(wrong));
		errno = wrong;
		return false;
	}
	errno = ENOSPC; /* what it means when less than all was written */
	done = (known || write(fd, line, len) == (ssize_t)len) && fsync(fd) == 0;
	wrong = errno;
	(void)close(fd);
	if (!done) {
		(void)err_set(err, "%s: %s", path, strerror(wrong));
		errno = wrong;
		return false;
	}
	disk_sync_names(dir);
	if (!known) {
		append(list, name, strlen(name));
	}
	return true;
}

bool rescue_end(const char *dir, struct err *err) {
	char path[PATH_MAX];

	if (!db_path(path, dir, LIST, err)) {
		return false;
	}
	if (unlink(path) == 0) {
		/* With the power it would come back, and what was sent since with it. */
		disk_sync_names(dir);
	} else if (errno != ENOENT) {
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	return true;
}

void rescue_list_finish(struct rescue_list *list) {
	free(list->names);
	*list = (struct rescue_list){0};
}
