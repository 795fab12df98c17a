/*
 * One picture of a camera at a time: the configured program prints raw rgb24, two pixels for each
 * cell, and ends. Never blocks; a camera that does not answer costs one killed program.
 */
#ifndef SIAGA_CONSOLE_SNAPSHOT_H
#define SIAGA_CONSOLE_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include <siaga/base/err.h>
#include <siaga/model/registry.h>

#define SNAPSHOT_COLS_MAX 400
#define SNAPSHOT_ROWS_MAX 200
#define SNAPSHOT_LIMIT_MS 8000 /* as long as a camera may take */

struct loop;
struct snapshot_taker;

struct snapshot {
	char camera[CAMERA_ID_SIZE];
	int cols, rows;           /* cells; the picture is cols x 2 * rows pixels */
	const uint8_t *pixels;    /* rgb24, row by row; NULL when there never was one */
	int64_t taken_at_ms;      /* of the pixels, monotonic */
	char error[ERR_TEXT_MAX]; /* why there is no newer one; "" when this is it */
};

struct snapshot_taker *snapshot_create(struct loop *loop, int64_t limit_ms,
	void (*on_done)(void *data, const struct snapshot *shot), void *data);
void snapshot_destroy(struct snapshot_taker *taker); /* NULL is fine; before the loop */

/*
 * Asks for a picture; `words` is the configured command, see spawn_expand(). The same picture is
 * not taken twice at once; another one waits until the running one, which is of no use now, is
 * gone, and takes the place of one that waits. False, and nothing asked for, when the command, the
 * URL or the size will not do. on_done comes from the loop, never from here.
 */
bool snapshot_request(struct snapshot_taker *taker, const char *const *words, const char *camera,
	const char *url, int cols, int rows, struct err *err);
/* Nobody looks any more: ends what runs, forgets what waits and the picture; on_done will not come.
 */
void snapshot_cancel(struct snapshot_taker *taker);
/* Is one being taken, or waiting? */
bool snapshot_is_busy(const struct snapshot_taker *taker);

#endif
