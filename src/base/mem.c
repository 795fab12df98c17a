#include <siaga/base/mem.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*exhausted_hook)(void);

void mem_on_exhausted(void (*hook)(void)) {
	exhausted_hook = hook;
}

static void die(void) ATTR_NORETURN;

static void die(void) {
	void (*hook)(void) = exhausted_hook;

	/* The hook may itself run out of memory. */
	exhausted_hook = NULL;
	if (hook != NULL) {
		hook();
	}
	(void)fputs("siaga: out of memory\n", stderr);
	abort();
}

void *mem_alloc(size_t count, size_t size) {
	void *made = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (made == NULL) {
		die();
	}
	return made;
}

void *mem_alloc_line(size_t size) {
	void *made = NULL;

	if (posix_memalign(&made, MEM_LINE, size > 0 ? size : 1) != 0) {
		die();
	}
	memset(made, 0, size);
	return made;
}

void *mem_resize(void *old, size_t count, size_t size) {
	void *made;

	if (count == 0 || size == 0) {
		count = 1;
		size = 1;
	}
	made = reallocarray(old, count, size);
	if (made == NULL) {
		die();
	}
	return made;
}

char *mem_dup_str(const char *text) {
	char *made = strdup(text);

	if (made == NULL) {
		die();
	}
	return made;
}

void buf_finish(struct buf *buf) {
	if (buf == NULL) {
		return;
	}
	free(buf->data);
	*buf = (struct buf){0};
}

void buf_clear(struct buf *buf) {
	buf->len = 0;
	if (buf->data != NULL) {
		buf->data[0] = '\0';
	}
}

void buf_wipe(struct buf *buf, size_t keep) {
	if (buf->data != NULL) {
		explicit_bzero(buf->data, buf->len);
	}
	buf->len = 0;
	if (buf->cap > keep) {
		buf_finish(buf);
	}
}

void buf_reserve(struct buf *buf, size_t more) {
	size_t need, cap;

	if (more > SIZE_MAX / 2 - 1 - buf->len) {
		die();
	}
	need = buf->len + more + 1;
	if (need <= buf->cap) {
		return;
	}
	cap = buf->cap > 0 ? buf->cap : 64;
	while (cap < need) {
		cap *= 2;
	}
	buf->data = mem_resize(buf->data, cap, 1);
	buf->cap = cap;
	buf->data[buf->len] = '\0';
}

void buf_add(struct buf *buf, const void *data, size_t len) {
	buf_reserve(buf, len);
	if (len > 0) {
		memcpy(buf->data + buf->len, data, len);
	}
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_add_str(struct buf *buf, const char *text) {
	buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *fmt, ...) {
	va_list args, again;
	size_t room;
	int wanted;

	va_start(args, fmt);
	va_copy(again, args);
	buf_reserve(buf, 0);
	room = buf->cap - buf->len;
	wanted = vsnprintf(buf->data + buf->len, room, fmt, args);
	va_end(args);
	if (wanted > 0 && (size_t)wanted >= room) {
		buf_reserve(buf, (size_t)wanted);
		(void)vsnprintf(buf->data + buf->len, (size_t)wanted + 1, fmt, again);
	}
	buf->len += wanted > 0 ? (size_t)wanted : 0;
	va_end(again);
}

void buf_drop_front(struct buf *buf, size_t len) {
	if (buf->data == NULL) {
		return;
	}
	if (len > buf->len) {
		len = buf->len;
	}
	buf->len -= len;
	memmove(buf->data, buf->data + len, buf->len);
	buf->data[buf->len] = '\0';
}
