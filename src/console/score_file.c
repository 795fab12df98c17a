#include "score_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/disk.h>
#include <siaga/base/file.h>
#include <siaga/base/mem.h>
#include <siaga/train/score.h>

#define DRAFTS_MAX 100 /* that others may have left behind */

/* --- reading --- */

static bool read_all(int fd, struct buf *out, struct err *err) {
	char part[16384];
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
		if (out->len > SCORE_FILE_MAX) {
			return err_set(err, _("larger than %zu MiB"), SCORE_FILE_MAX >> 20);
		}
	}
	return true;
}

/* A pipe that nobody writes does not hold us up: only files are read. */
static bool read_file(const char *path, struct buf *out, struct err *err) {
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		return err_set(err, "%s", strerror(errno));
	}
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read_all(fd, out, err)
							     : err_set(err, _("not a file"));
	close(fd);
	return ok;
}

bool score_read(struct score *score, const char *path, struct err *err) {
	struct buf json = {0};
	bool ok = read_file(path, &json, err) && wire_get_score(score, json.data, json.len, err);
	buf_finish(&json);
	return ok || err_prefix(err, "%s", path);
}

/* --- writing --- */

/* A file beside the one that it is to become. */
struct draft {
	char path[FILE_PATH_SIZE];
	char name[FILE_PATH_SIZE + 16]; /* as yet; "": there is none */
};

static bool write_all(int fd, const struct buf *text) {
	for (size_t done = 0; done < text->len;) {
		ssize_t got = write(fd, text->data + done, text->len - done);
		if (got < 0 && errno != EINTR) {
			return false;
		}
		done += got > 0 ? (size_t)got : 0;
	}
	return true;
}

/* A device or a folder of that name is not put aside for it. */
static bool is_free(const char *path) {
	struct stat st;
	return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

/* A new file with a name of its own in the same folder; below 0: *err says why there is none. */
static int draft_open(struct draft *draft, struct err *err) {
	char name[FILE_PATH_SIZE + 16];
	int fd = -1;
	for (int i = 0; i < DRAFTS_MAX && fd < 0; i++) {
		snprintf(name, sizeof(name), "%s.part%d", draft->path, i);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
		if (fd < 0 && errno != EEXIST) {
			break;
		}
	}
	if (fd < 0) {
		err_set(err, "%s: %s", name, strerror(errno));
	} else {
		memcpy(draft->name, name, sizeof(name));
	}
	return fd;
}

static bool draft_write(struct draft *draft, const char *path, const char *end,
	const struct buf *text, struct err *err) {
	int width = snprintf(draft->path, sizeof(draft->path), "%s%s", path, end);
	if (width < 0 || (size_t)width >= sizeof(draft->path)) {
		return err_set(err, _("%s: the name is too long"), path);
	}
	if (!is_free(draft->path)) {
		return err_set(err, _("%s: not a file"), draft->path);
	}
	int fd = draft_open(draft, err);
	if (fd < 0) {
		return false;
	}
	bool ok = write_all(fd, text) && fsync(fd) == 0;
	int error = errno;
	if (close(fd) != 0 && ok) {
		error = errno;
		ok = false;
	}
	return ok || err_set(err, "%s: %s", draft->name, strerror(error));
}

static bool draft_settle(struct draft *draft, struct err *err) {
	if (rename(draft->name, draft->path) != 0) {
		return err_set(err, "%s: %s", draft->path, strerror(errno));
	}
	draft->name[0] = '\0';
	return true;
}

static void draft_drop(struct draft *draft) {
	if (draft->name[0] != '\0') {
		unlink(draft->name);
	}
}

bool score_write(const struct score *score, const char *path, const char *lang, struct err *err) {
	struct draft page = {0}, data = {0};
	struct buf text = {0}, json = {0};
	char dir[FILE_PATH_SIZE];
	score_text(&text, score, lang);
	wire_put_score(&json, score);
	buf_add_str(&json, "\n");
	bool ok = draft_write(&page, path, "", &text, err) &&
		  draft_write(&data, path, ".json", &json, err) && draft_settle(&page, err) &&
		  draft_settle(&data, err);
	draft_drop(&page);
	draft_drop(&data);
	if (ok) {
		file_dir(path, dir, sizeof(dir));
		disk_sync_names(dir);
	}
	buf_finish(&text);
	buf_finish(&json);
	return ok;
}
