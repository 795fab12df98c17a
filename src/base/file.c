#include <siaga/base/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/text.h>

/* The whole of a descriptor. */
static bool read_all(int fd, struct buf *out, struct err *err) {
	char part[4096];
	ssize_t got;
	buf_reserve(out, 1);
	while ((got = read(fd, part, sizeof(part))) != 0) {
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return err_set(err, "%s", strerror(errno));
		}
		buf_add(out, part, (size_t)got);
		if (out->len > FILE_READ_MAX) {
			return err_set(err, _("larger than 1 MiB"));
		}
	}
	return true;
}

int file_read(const char *path, struct buf *out, bool *open_to_others, struct err *err) {
	struct stat st;
	/* Without O_NONBLOCK a pipe that nobody writes would hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int result = -1;
	*open_to_others = false;
	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR) {
			return 0;
		}
		err_set(err, "%s", strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) != 0) {
		err_set(err, "%s", strerror(errno));
	} else if (!S_ISREG(st.st_mode) && strcmp(path, "/dev/null") != 0) {
		err_set(err, _("not a file"));
	} else if (read_all(fd, out, err)) {
		bool strange = st.st_uid != geteuid() && st.st_uid != 0;
		*open_to_others =
			S_ISREG(st.st_mode) && (strange || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0);
		result = 1;
	}
	close(fd);
	return result;
}

bool file_read_any(const char *path, size_t max, struct buf *out, struct err *err) {
	FILE *file = fopen(path, "re");
	size_t before = out->len, got = 1;
	if (file == NULL) {
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	buf_reserve(out, 1);
	while (got > 0 && out->len - before <= max) {
		char part[16384];
		got = fread(part, 1, sizeof(part), file);
		buf_add(out, part, got);
	}
	bool ok = ferror(file) == 0 || err_set(err, "%s: %s", path, strerror(errno));
	if (ok && out->len - before > max) {
		ok = err_set(err, _("%s: longer than %zu bytes"), path, max);
	}
	fclose(file);
	return ok;
}

void file_dir(const char *path, char *out, size_t size) {
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
	snprintf(out, size, "%.*s", len > 0 ? (int)len : 1, len > 0 ? path : ".");
}

bool file_resolve(const char *dir, char *path, size_t size, struct err *err) {
	const char *home = getenv("HOME");
	char full[FILE_PATH_SIZE];
	int len;
	if (path[0] == '\0' || path[0] == '/') {
		return true;
	}
	if (path[0] == '~' && path[1] == '/') {
		if (home == NULL || home[0] != '/') {
			return err_set(err, _("%s: HOME is not set"), path);
		}
		len = snprintf(full, sizeof(full), "%s%s", home, path + 1);
	} else {
		len = snprintf(full, sizeof(full), "%s/%s", dir, path);
	}
	if (len <= 0 || (size_t)len >= sizeof(full) || (size_t)len >= size) {
		return err_set(err, _("%s: the name is too long"), path);
	}
	text_copy(path, size, full);
	return true;
}
