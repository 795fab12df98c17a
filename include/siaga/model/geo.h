/* Positions on the earth, the distance and bearing between them, and the letter grid. Pure. */
#ifndef SIAGA_MODEL_GEO_H
#define SIAGA_MODEL_GEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/base/err.h>

/* WGS 84, in 1e-7 degrees. */
struct position {
	int32_t lat_e7, lon_e7;
};

/* A box; empty when min is over max. */
struct geo_box {
	struct position min, max;
};

/* A decimal number of degrees such as "-7.5755"; false when it is not one or |value| > limit_deg.
 */
bool geo_parse_degrees(const char *text, int limit_deg, int32_t *out_e7);
/* "-7.5755000" */
#define GEO_DEGREES_SIZE 16
void geo_format_degrees(char out[GEO_DEGREES_SIZE], int32_t value_e7);

#define GEO_METRES_PER_E7 0.011119492664455874 /* of latitude */

/* Metres on a sphere of 6 371 km; equirectangular, good to 0.1 % within 50 km. */
double geo_distance_m(struct position from, struct position to);
/* Metres of a degree of longitude over those of one of latitude, half way between the two. */
double geo_narrowing(int32_t lat_e7, int32_t other_lat_e7);
/* Degrees clockwise from north, 0 to 359. */
int geo_bearing_deg(struct position from, struct position to);
/* "N", "NE", ... for a bearing, translated where it is shown. */
const char *geo_compass(int bearing_deg);

struct geo_box geo_box_empty(void);
void geo_box_add(struct geo_box *box, struct position at);

/*
 * The letter grid over a box: columns A, B, C ... from the west, rows 1, 2, 3 ... from the north,
 * cells of about one kilometre, at most 26 columns and 20 rows.
 */
struct geo_grid {
	struct geo_box box;
	int cols, rows;
};

#define GEO_CELL_SIZE 8 /* "C4", or "-" outside */

struct geo_grid geo_grid_make(struct geo_box box);
/* Column and row from 0; false when outside. */
bool geo_grid_find(const struct geo_grid *grid, struct position at, int *col, int *row);
/* Of a column and row from 0; "-" for less. */
void geo_grid_cell_name(int col, int row, char out[GEO_CELL_SIZE]);
void geo_grid_name(const struct geo_grid *grid, struct position at, char out[GEO_CELL_SIZE]);

#endif
