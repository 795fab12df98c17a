#include "listeners.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <siaga/base/text.h>

#define LINE_SIZE    512
#define STATE_LISTEN 0x0a

/* The kernel writes an address as words of the machine's own order. */
static bool read_address(const char *hex, char out[LISTENER_ADDRESS_SIZE]) {
	uint32_t words[4] = {0};
	size_t len = strlen(hex) / 8;
	for (size_t i = 0; i < len && i < 4; i++) {
		char word[9];
		text_copy(word, sizeof(word), hex + 8 * i);
		words[i] = (uint32_t)strtoul(word, NULL, 16);
	}
	return (len == 1 || len == 4) &&
	       inet_ntop(len == 1 ? AF_INET : AF_INET6, words, out, LISTENER_ADDRESS_SIZE) != NULL;
}

static bool read_table(const char *path, listener_fn on_listener, void *data) {
	FILE *file = fopen(path, "re");
	char line[LINE_SIZE];
	bool more = true;
	while (more && file != NULL && fgets(line, sizeof(line), file) != NULL) {
		struct listener one;
		char hex[40];
		unsigned port, state;
		if (sscanf(line, " %*d: %39[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %lu", hex, &port,
			    &state, &one.inode) == 4 &&
			state == STATE_LISTEN && read_address(hex, one.address)) {
			one.port = (uint16_t)port;
			more = on_listener(data, &one);
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return more;
}

void listeners_read(listener_fn on_listener, void *data) {
	if (read_table("/proc/net/tcp", on_listener, data)) {
		read_table("/proc/net/tcp6", on_listener, data);
	}
}

bool listeners_has(pid_t pid, unsigned long inode) {
	char path[64], wanted[48];
	bool found = false;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	DIR *dir = opendir(path);
	const struct dirent *entry;
	while (!found && dir != NULL && (entry = readdir(dir)) != NULL) {
		char to[64];
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, to, sizeof(to) - 1);
		to[len > 0 ? len : 0] = '\0';
		found = strcmp(to, wanted) == 0;
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return found;
}

bool listeners_may_look(pid_t pid) {
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *dir = opendir(path);
	if (dir != NULL) {
		closedir(dir);
	}
	return dir != NULL;
}

static void read_name(pid_t pid, char *name, size_t size) {
	char path[64], text[64] = "";
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	FILE *file = fopen(path, "re");
	if (file != NULL) {
		if (fgets(text, sizeof(text), file) == NULL) {
			text[0] = '\0';
		}
		fclose(file);
	}
	text[strcspn(text, "\n")] = '\0';
	text_copy(name, size, text);
}

pid_t listeners_owner(unsigned long inode, char *name, size_t size) {
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	pid_t owner = 0;
	text_copy(name, size, "");
	while (owner == 0 && dir != NULL && (entry = readdir(dir)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid > 0 && listeners_has(pid, inode)) {
			owner = pid;
			read_name(pid, name, size);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return owner;
}

pid_t listeners_locked_by(const char *path) {
	FILE *file = fopen("/proc/locks", "re");
	char line[LINE_SIZE];
	struct stat st;
	pid_t owner = file != NULL ? 0 : -1;
	bool there = stat(path, &st) == 0;
	while (there && owner == 0 && file != NULL && fgets(line, sizeof(line), file) != NULL) {
		unsigned high, low;
		unsigned long inode;
		int pid;
		/* "1: FLOCK  ADVISORY  WRITE 708 08:01:8585 0 EOF" */
		if (sscanf(line, " %*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &high, &low, &inode) ==
				4 &&
			inode == (unsigned long)st.st_ino && high == major(st.st_dev) &&
			low == minor(st.st_dev)) {
			owner = (pid_t)pid;
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	return owner;
}
