#include "token_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <siaga/base/clock.h>

#define WAIT_MS 10000

/* Up to the end, a line break or the size. */
static size_t read_line(int fd, char *out, size_t size) {
	int64_t until_ms = clock_mono_ms() + WAIT_MS, left_ms;
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t len = 0;
	while (len + 1 < size && memchr(out, '\n', len) == NULL &&
		(left_ms = until_ms - clock_mono_ms()) > 0) {
		if (poll(&ready, 1, (int)left_ms) <= 0) {
			continue;
		}
		ssize_t got = read(fd, out + len, size - 1 - len);
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
			break;
		}
		len += got > 0 ? (size_t)got : 0;
	}
	out[len] = '\0';
	return len;
}

bool token_file_read(const char *path, char *out, size_t size, struct err *err) {
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		return err_set(err, "%s: %s", path, strerror(errno));
	}
	bool open_to_others = fstat(fd, &st) != 0 || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
	size_t len = open_to_others ? 0 : read_line(fd, out, size);
	close(fd);
	if (open_to_others) {
		return err_set(err, _("%s: others may read it; chmod 600 %s"), path, path);
	}
	out[strcspn(out, "\r\n")] = '\0';
	return (len > 0 && out[0] != '\0') || err_set(err, _("%s: holds no token"), path);
}

static const char lead[] = "siaga_";
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool token_file_looks_right(const char *token) {
	size_t len = sizeof(lead) - 1;
	return strncmp(token, lead, len) == 0 && strlen(token) == len + 44 &&
	       strspn(token + len, digits) == 44;
}

bool token_file_is_in(const char *text) {
	size_t len = sizeof(lead) - 1;
	for (const char *at = text; (at = strstr(at, lead)) != NULL; at += len) {
		if (strspn(at + len, digits) >= 44) {
			return true;
		}
	}
	return false;
}
