#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#include "spawn.h"

#define NICE 10

/* A picture that somebody wants. */
struct wish {
	char camera[CAMERA_ID_SIZE];
	int cols, rows;
	struct spawn_args args;
};

struct snapshot_taker {
	struct spawn_pool *pool;
	int64_t limit_ms;
	void (*on_done)(void *data, const struct snapshot *shot);
	void *data;
	struct snapshot last;
	uint8_t *pixels; /* of `last` */
	struct spawn *running;
	struct wish now, next; /* without a camera: nothing */
	bool unwanted;         /* what runs was stopped; its end is only waited for */
};

static size_t bytes_of(const struct wish *wish) {
	return (size_t)wish->cols * 2 * (size_t)wish->rows * 3;
}

static bool is_same(const struct wish *wish, const char *camera, int cols, int rows) {
	return wish->cols == cols && wish->rows == rows && strcmp(wish->camera, camera) == 0;
}

static void drop_wish(struct wish *wish) {
	spawn_args_finish(&wish->args);
	memset(wish, 0, sizeof(*wish));
}

static void drop_picture(struct snapshot_taker *taker) {
	free(taker->pixels);
	taker->pixels = NULL;
	memset(&taker->last, 0, sizeof(taker->last));
}

/* A picture of the same camera and size stays when no newer one came: it has its age. */
static void keep(struct snapshot_taker *taker, const struct spawn_result *result) {
	struct snapshot *last = &taker->last;
	const struct wish *wish = &taker->now;
	struct err err = {0};
	size_t want = bytes_of(wish);
	if (last->cols != wish->cols || last->rows != wish->rows ||
		strcmp(last->camera, wish->camera) != 0) {
		drop_picture(taker);
		memcpy(last->camera, wish->camera, sizeof(last->camera));
		last->cols = wish->cols;
		last->rows = wish->rows;
	}
	if (result->error[0] != '\0') {
		memcpy(last->error, result->error, sizeof(last->error));
		return;
	}
	if (result->output == NULL || result->output_len != want) {
		err_set(&err, _("the picture is not whole: %zu of %zu bytes"), result->output_len,
			want);
		memcpy(last->error, err.text, sizeof(last->error));
		return;
	}
	free(taker->pixels);
	taker->pixels = mem_alloc(want, 1);
	memcpy(taker->pixels, result->output, want);
	last->pixels = taker->pixels;
	last->taken_at_ms = clock_mono_ms();
	last->error[0] = '\0';
}

static bool start(struct snapshot_taker *taker, struct err *err);

static void on_end(void *data, const struct spawn_result *result) {
	struct snapshot_taker *taker = data;
	struct err err = {0};
	bool unwanted = taker->unwanted;
	taker->running = NULL;
	taker->unwanted = false;
	if (!unwanted) {
		keep(taker, result);
	}
	drop_wish(&taker->now);
	if (taker->next.camera[0] != '\0') {
		taker->now = taker->next;
		memset(&taker->next, 0, sizeof(taker->next));
		if (!start(taker, &err)) {
			struct spawn_result none = {0};
			memcpy(none.error, err.text, sizeof(none.error));
			keep(taker, &none);
			drop_wish(&taker->now);
			unwanted = false;
		}
	}
	if (!unwanted) {
		taker->on_done(taker->data, &taker->last);
	}
}

static bool start(struct snapshot_taker *taker, struct err *err) {
	/* The pointers of the array are only read. */
	const struct spawn_config cfg = {
		.argv = (const char *const *)taker->now.args.items,
		.output_max = bytes_of(&taker->now),
		.limit_ms = taker->limit_ms,
		.nice = NICE,
		.on_end = on_end,
		.data = taker,
	};
	taker->running = spawn_start(taker->pool, &cfg, err);
	return taker->running != NULL;
}

static void stop(struct snapshot_taker *taker) {
	if (taker->running != NULL) {
		taker->unwanted = true;
		spawn_stop(taker->running);
	}
}

struct snapshot_taker *snapshot_create(struct loop *loop, int64_t limit_ms,
	void (*on_done)(void *data, const struct snapshot *shot), void *data) {
	struct snapshot_taker *taker = mem_alloc(1, sizeof(*taker));
	taker->pool = spawn_pool_create(loop, 1);
	taker->limit_ms = limit_ms;
	taker->on_done = on_done;
	taker->data = data;
	return taker;
}

void snapshot_destroy(struct snapshot_taker *taker) {
	if (taker == NULL) {
		return;
	}
	spawn_pool_destroy(taker->pool);
	drop_wish(&taker->now);
	drop_wish(&taker->next);
	drop_picture(taker);
	free(taker);
}

bool snapshot_request(struct snapshot_taker *taker, const char *const *words, const char *camera,
	const char *url, int cols, int rows, struct err *err) {
	const struct spawn_vars vars = {.url = url, .id = camera, .cols = cols, .rows = rows};
	struct wish wish = {.cols = cols, .rows = rows};
	if (cols < 1 || rows < 1 || cols > SNAPSHOT_COLS_MAX || rows > SNAPSHOT_ROWS_MAX) {
		return err_set(err, _("no room for a picture"));
	}
	if (url == NULL || url[0] == '\0') {
		return err_set(err, _("no address for a picture is known"));
	}
	if (!text_id_ok(camera, sizeof(wish.camera) - 1)) {
		return err_set(err, _("no such camera"));
	}
	if (taker->running != NULL && !taker->unwanted &&
		is_same(&taker->now, camera, cols, rows)) {
		drop_wish(&taker->next);
		return true;
	}
	if (!spawn_expand(&wish.args, words, &vars, err)) {
		return false;
	}
	text_copy(wish.camera, sizeof(wish.camera), camera);
	if (taker->running != NULL) {
		drop_wish(&taker->next);
		taker->next = wish;
		stop(taker);
		return true;
	}
	taker->now = wish;
	if (!start(taker, err)) {
		drop_wish(&taker->now);
		return false;
	}
	return true;
}

void snapshot_cancel(struct snapshot_taker *taker) {
	stop(taker);
	drop_wish(&taker->next);
	drop_picture(taker);
}

bool snapshot_is_busy(const struct snapshot_taker *taker) {
	return taker->running != NULL && (!taker->unwanted || taker->next.camera[0] != '\0');
}
