#include <siaga/ui/picture.h>

#include <stdlib.h>
#include <string.h>

#define CHANNELS 3
/* Larger comes from no camera; the sums of a whole picture still fit into 64 bits. */
#define SIDE_MAX 16384

void picture_finish(struct picture *picture) {
	free(picture->rgb);
	*picture = (struct picture){0};
}

static int at_least_one(int64_t value) {
	return value > 0 ? (int)value : 1;
}

/* The largest size of the same shape that the room has, or its own. */
static void fit_size(int cols, int rows, int room_cols, int room_rows, struct picture *out) {
	out->cols = cols < room_cols ? cols : room_cols;
	out->rows = rows < room_rows ? rows : room_rows;
	int64_t wide = (int64_t)out->cols * rows, high = (int64_t)out->rows * cols;
	if (wide > high) {
		out->cols = at_least_one((high + rows / 2) / rows);
	} else {
		out->rows = at_least_one((wide + cols / 2) / cols);
	}
}

/* How much of source pixel `at` lies in part `to` of `parts` parts of a side of `size` pixels: the
 * side is cut into size * parts pieces, of which a source pixel has `parts` and a part has `size`.
 */
static int64_t overlap(int at, int to, int size, int parts) {
	int64_t begin = (int64_t)at * parts, end = begin + parts;
	int64_t first = (int64_t)to * size, last = first + size;
	begin = begin > first ? begin : first;
	end = end < last ? end : last;
	return end > begin ? end - begin : 0;
}

static void mean(const uint8_t *rgb, int cols, int rows, const struct picture *out, int col,
	int row, uint8_t *pixel) {
	int64_t sums[CHANNELS] = {0}, area = (int64_t)cols * rows;
	int left = (int)((int64_t)col * cols / out->cols),
	    top = (int)((int64_t)row * rows / out->rows);
	for (int y = top; y < rows && overlap(y, row, rows, out->rows) > 0; y++) {
		int64_t high = overlap(y, row, rows, out->rows);
		for (int x = left; x < cols && overlap(x, col, cols, out->cols) > 0; x++) {
			const uint8_t *from =
				rgb + CHANNELS * ((size_t)y * (size_t)cols + (size_t)x);
			int64_t weight = high * overlap(x, col, cols, out->cols);
			for (size_t i = 0; i < CHANNELS; i++) {
				sums[i] += weight * from[i];
			}
		}
	}
	for (size_t i = 0; i < CHANNELS; i++) {
		pixel[i] = (uint8_t)((sums[i] + area / 2) / area);
	}
}

bool picture_fit(struct picture *out, const uint8_t *rgb, int cols, int rows, struct rect area) {
	*out = (struct picture){0};
	if (rgb == NULL || cols <= 0 || rows <= 0 || cols > SIDE_MAX || rows > SIDE_MAX ||
		area.cols <= 0 || area.rows <= 0 || area.cols > SIDE_MAX || area.rows > SIDE_MAX) {
		return false;
	}
	fit_size(cols, rows, area.cols, 2 * area.rows, out);
	out->rgb = mem_alloc((size_t)out->cols * (size_t)out->rows, CHANNELS);
	for (int row = 0; row < out->rows; row++) {
		for (int col = 0; col < out->cols; col++) {
			size_t at = CHANNELS * ((size_t)row * (size_t)out->cols + (size_t)col);
			mean(rgb, cols, rows, out, col, row, out->rgb + at);
		}
	}
	return true;
}

/* An area all of one black, as a letterbox. */
static void blacken(struct surface *s, struct rect area) {
	uint8_t *black = mem_alloc((size_t)area.cols, 2 * CHANNELS);
	for (int row = 0; row < area.rows; row++) {
		surface_picture(s, (struct rect){area.col, area.row + row, area.cols, 1}, black,
			area.cols, 2);
	}
	free(black);
}

struct rect picture_draw(
	struct surface *s, struct rect area, const uint8_t *rgb, int cols, int rows) {
	struct picture small;
	if (!picture_fit(&small, rgb, cols, rows, area)) {
		return (struct rect){area.col, area.row, 0, 0};
	}
	int high = (small.rows + 1) / 2;
	struct rect place = {area.col + (area.cols - small.cols) / 2,
		area.row + (area.rows - high) / 2, small.cols, high};
	blacken(s, area);
	surface_picture(s, place, small.rgb, small.cols, small.rows);
	picture_finish(&small);
	return place;
}
