/* Memory that is there or the program ends, and a byte buffer that grows. */
#ifndef SIAGA_BASE_MEM_H
#define SIAGA_BASE_MEM_H

#include <stddef.h>

#include <siaga/base/macros.h>

/* As calloc, realloc and strdup, but end the program with a message when memory is out. */
void *mem_alloc(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_dup_str(const char *text);
/* As mem_alloc(), at the beginning of a line of the processor's cache. */
void *mem_alloc_line(size_t size);
#define MEM_LINE 64 /* bytes */

/* Called once before the program ends for lack of memory, so that a terminal can be put right. */
void mem_on_exhausted(void (*hook)(void));

/* Bytes that grow. Zero-initialised is empty; `data` is always NUL-terminated once anything was
 * added. */
struct buf {
	char *data;
	size_t len, cap;
};

void buf_finish(struct buf *buf); /* frees; zero is fine */
void buf_clear(struct buf *buf);  /* keeps the memory */
/* Writes over what was in it, and keeps the memory where that is no more than `keep` bytes. */
void buf_wipe(struct buf *buf, size_t keep);
void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_str(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *fmt, ...) ATTR_PRINTF(2, 3);
void buf_drop_front(struct buf *buf, size_t len);

#endif
