#include <siaga/model/geo.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <siaga/base/macros.h>

#define EARTH_RADIUS_M 6371000.0
#define E7             10000000
#define CELL_M         1000.0
#define GRID_COLS_MAX  26
#define GRID_ROWS_MAX  20

static double radians(int32_t value_e7) {
	return (double)value_e7 / E7 * (3.14159265358979323846 / 180.0);
}

bool geo_parse_degrees(const char *text, int limit_deg, int32_t *out_e7) {
	const char *p = text;
	bool negative = *p == '-';
	if (*p == '-' || *p == '+') {
		p++;
	}
	if (*p < '0' || *p > '9') {
		return false;
	}
	int64_t value = 0;
	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (*p - '0');
		if (value > 1000) {
			return false;
		}
	}
	value *= E7;
	if (*p == '.') {
		p++;
		int64_t unit = E7 / 10;
		bool round_up = false, seen_last = false;
		if (*p < '0' || *p > '9') {
			return false;
		}
		for (; *p >= '0' && *p <= '9'; p++) {
			if (unit > 0) {
				value += (*p - '0') * unit;
				unit /= 10;
			} else if (!seen_last) {
				round_up = *p >= '5';
				seen_last = true;
			}
		}
		value += round_up ? 1 : 0;
	}
	if (*p != '\0' || value > (int64_t)limit_deg * E7) {
		return false;
	}
	*out_e7 = (int32_t)(negative ? -value : value);
	return true;
}

void geo_format_degrees(char out[GEO_DEGREES_SIZE], int32_t value_e7) {
	int64_t value = value_e7;
	const char *sign = value < 0 ? "-" : "";
	if (value < 0) {
		value = -value;
	}
	snprintf(out, GEO_DEGREES_SIZE, "%s%d.%07d", sign, (int)(value / E7), (int)(value % E7));
}

/* East and north components in metres, on a plane that touches the earth between the two. */
static void plane(struct position from, struct position to, double *east, double *north) {
	double lat1 = radians(from.lat_e7), lat2 = radians(to.lat_e7);
	*north = (lat2 - lat1) * EARTH_RADIUS_M;
	*east = (radians(to.lon_e7) - radians(from.lon_e7)) * cos((lat1 + lat2) / 2) *
		EARTH_RADIUS_M;
}

double geo_distance_m(struct position from, struct position to) {
	double east, north;
	plane(from, to, &east, &north);
	return sqrt(east * east + north * north);
}

double geo_narrowing(int32_t lat_e7, int32_t other_lat_e7) {
	return cos((radians(lat_e7) + radians(other_lat_e7)) / 2);
}

int geo_bearing_deg(struct position from, struct position to) {
	double east, north;
	plane(from, to, &east, &north);
	if (east == 0.0 && north == 0.0) {
		return 0;
	}
	double degrees = atan2(east, north) * (180.0 / 3.14159265358979323846);
	int whole = (int)lround(degrees);
	return (whole + 360) % 360;
}

const char *geo_compass(int bearing_deg) {
	/* TRANSLATORS: N to NW are the points of the compass. */
	static const char *const names[] = {
		N_("N"), N_("NE"), N_("E"), N_("SE"), N_("S"), N_("SW"), N_("W"), N_("NW")};
	return names[((bearing_deg % 360 + 360) * 2 + 45) / 90 % 8];
}

struct geo_box geo_box_empty(void) {
	return (struct geo_box){
		.min = {INT32_MAX, INT32_MAX},
		.max = {INT32_MIN, INT32_MIN},
	};
}

void geo_box_add(struct geo_box *box, struct position at) {
	if (at.lat_e7 < box->min.lat_e7) {
		box->min.lat_e7 = at.lat_e7;
	}
	if (at.lon_e7 < box->min.lon_e7) {
		box->min.lon_e7 = at.lon_e7;
	}
	if (at.lat_e7 > box->max.lat_e7) {
		box->max.lat_e7 = at.lat_e7;
	}
	if (at.lon_e7 > box->max.lon_e7) {
		box->max.lon_e7 = at.lon_e7;
	}
}

static int cells(double length_m, int max) {
	int count = (int)lround(length_m / CELL_M);
	return count < 1 ? 1 : count > max ? max : count;
}

struct geo_grid geo_grid_make(struct geo_box box) {
	struct geo_grid grid = {.box = box};
	if (box.min.lat_e7 > box.max.lat_e7 || box.min.lon_e7 > box.max.lon_e7) {
		return grid;
	}
	struct position north_west = {box.max.lat_e7, box.min.lon_e7};
	grid.cols = cells(geo_distance_m(north_west, box.max), GRID_COLS_MAX);
	grid.rows = cells(geo_distance_m(north_west, box.min), GRID_ROWS_MAX);
	return grid;
}

/* Which of `count` equal parts of [min, max] a value is in; the upper border belongs to the last.
 */
static int part(int32_t value, int32_t min, int32_t max, int count) {
	int64_t span = (int64_t)max - min;
	if (span == 0) {
		return 0;
	}
	int64_t index = ((int64_t)value - min) * count / span;
	return index >= count ? count - 1 : (int)index;
}

bool geo_grid_find(const struct geo_grid *grid, struct position at, int *col, int *row) {
	const struct geo_box *box = &grid->box;
	if (grid->cols == 0 || at.lat_e7 < box->min.lat_e7 || at.lat_e7 > box->max.lat_e7 ||
		at.lon_e7 < box->min.lon_e7 || at.lon_e7 > box->max.lon_e7) {
		return false;
	}
	*col = part(at.lon_e7, box->min.lon_e7, box->max.lon_e7, grid->cols);
	*row = grid->rows - 1 - part(at.lat_e7, box->min.lat_e7, box->max.lat_e7, grid->rows);
	return true;
}

void geo_grid_cell_name(int col, int row, char out[GEO_CELL_SIZE]) {
	if (col >= 0 && row >= 0) {
		snprintf(out, GEO_CELL_SIZE, "%c%d", 'A' + col % GRID_COLS_MAX, (row + 1) % 100);
	} else {
		snprintf(out, GEO_CELL_SIZE, "-");
	}
}

void geo_grid_name(const struct geo_grid *grid, struct position at, char out[GEO_CELL_SIZE]) {
	int col = -1, row = -1;
	(void)geo_grid_find(grid, at, &col, &row);
	geo_grid_cell_name(col, row, out);
}
