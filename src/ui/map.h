/* What the files of the map share and nobody else sees. */
#ifndef SIAGA_UI_MAP_PRIVATE_H
#define SIAGA_UI_MAP_PRIVATE_H

#include <siaga/app/app.h>
#include <siaga/ui/canvas.h>
#include <siaga/ui/surface.h>

#include "view.h"

/* map_marks.c: incidents that are shown by one mark, because they are in one cell or too close. */
struct map_mark {
	int col, row; /* of the digit */
	enum priority worst;
	int count; /* open incidents */
	bool fresh, selected;
};

#define MAP_MARK_SIZE 16

void map_mark_add(struct map_mark *mark, const struct incident *inc, bool selected);
/* "1", "1*", "1*+2"; "-" where none is open. What does not fit into `room` columns is left out from
 * the end. Returns the columns. */
int map_mark_text(const struct map_mark *mark, int room, char out[MAP_MARK_SIZE]);
void map_mark_draw(struct surface *s, int col, int row, int room, const struct map_mark *mark);

struct map_marks {
	struct map_mark *items;
	size_t len;
	int hidden_p1, hidden_new; /* out of view */
};

void map_marks_make(struct map_marks *marks, const struct app *app, const struct canvas *c,
	const struct projection *p);
void map_marks_finish(struct map_marks *marks);
/* Where a mark begins on its row and how many columns it takes, brackets and all. */
struct rect map_marks_extent(const struct map_mark *mark, struct rect area);
void map_marks_draw(const struct map_marks *marks, struct surface *s, struct rect area);

/* map_labels.c: texts that cover neither each other nor a mark. */
struct map_labels {
	struct surface *s;
	struct rect area;
	bool *taken; /* per cell */
	int room;    /* cells that names may still take */
	const char *names[64];
	size_t names_len;
};

void map_labels_init(struct map_labels *labels, struct surface *s, struct rect area);
void map_labels_finish(struct map_labels *labels);
bool map_labels_has(const struct map_labels *labels, int col, int row); /* it is taken */
void map_labels_take(struct map_labels *labels, struct rect rect);
/* Wipes the lines that touch the text from the left and the right; it could not be read. */
void map_labels_clear(struct map_labels *labels, struct rect rect);
/* Beside something `wide` columns wide; false when there is no room. */
bool map_labels_beside(
	struct map_labels *labels, int col, int row, int wide, enum ui_role role, const char *text);
/* In a corner, else in any row. */
bool map_labels_corner(struct map_labels *labels, enum ui_role role, const char *text);
/* A name of something on the map, over its place; each name once, while there is room for names. */
bool map_labels_name(struct map_labels *labels, int col, int row, const char *name);
/* The name is on the map already, as that of something else. Kept as long as the labels. */
void map_labels_know(struct map_labels *labels, const char *name);
/* The text as the surface can show it. */
#define MAP_TEXT_SIZE 512
void map_text(const struct surface *s, const char *text, char out[MAP_TEXT_SIZE]);

/* map_grid.c, map_street.c */
void map_grid(const struct app *app, struct surface *s, struct rect area);
void map_street(const struct app *app, struct surface *s, struct rect area);

/* Open and this console's business, or selected: then it is on the map. */
bool map_shows(const struct app *app, const struct incident *inc);
/* Where the selected incident is; NULL: there is none. Valid as long as the incident. */
const struct position *map_selected(const struct app *app);
/* The columns left of the map for the numbers of the rows. */
int map_gutter(const struct geo_grid *grid);
/* A letter over a column or a number beside a row; the chosen cell's stand out. */
void map_edge(struct surface *s, int col, int row, bool letter, int index, bool chosen);

#endif
