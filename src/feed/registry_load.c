#include <siaga/feed/registry_load.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/mem.h>
#include <siaga/wire/registry_files.h>

#define FILE_MAX (8 * 1024 * 1024)

static bool read_file(struct buf *out, const char *dir, const char *name, struct err *err) {
	char path[4096];
	struct stat st;
	ssize_t got = 1;
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path)) {
		return err_set(err, "%s: the path is too long", name);
	}
	/* Not to wait for a writer where somebody put a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		errno = 0;
		err_set(err, "%s: not a file of at most %d bytes", path, FILE_MAX);
	} else {
		buf_clear(out);
		while (got > 0 && out->len <= FILE_MAX) {
			buf_reserve(out, 65536);
			got = read(fd, out->data + out->len, 65536);
			out->len += got > 0 ? (size_t)got : 0;
		}
		if (got < 0) {
			err_set(err, "%s: %s", path, strerror(errno));
		}
		close(fd);
		return got == 0 || (got > 0 && err_set(err, "%s: too large", path));
	}
	if (fd >= 0) {
		close(fd);
	}
	return false;
}

bool registry_load(struct registry *reg, const char *dir, struct err *err) {
	struct buf data = {0};
	const char *name;
	bool ok = true;
	memset(reg, 0, sizeof(*reg));
	for (size_t i = 0; ok && (name = registry_file_name(i)) != NULL; i++) {
		ok = read_file(&data, dir, name, err) &&
		     registry_file_read(reg, name, data.data, data.len, err);
	}
	buf_finish(&data);
	ok = ok && registry_files_end(reg, err);
	if (!ok) {
		registry_finish(reg);
	}
	return ok;
}
