/* A spreadsheet's table: a header row that names the columns, then rows of texts. */
#ifndef SIAGA_WIRE_CSV_TABLE_H
#define SIAGA_WIRE_CSV_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include <siaga/base/err.h>

struct csv_row {
	int line; /* where it begins, from 1 */
	char **cells;
	size_t cells_len;
};

struct csv_table {
	const char *name; /* of the file, for errors; the caller's */
	char separator;   /* ',' or ';', as the header has it */
	struct csv_row header;
	struct csv_row *rows;
	size_t rows_len, rows_cap;
};

/*
 * Reads a table of valid UTF-8, with or without byte order mark, lines ending in LF or CRLF, fields
 * in quotes where they need it. Errors begin with "name:line: " and leave the table zero.
 */
bool csv_table_read(
	struct csv_table *table, const char *name, const char *data, size_t len, struct err *err);
void csv_table_finish(struct csv_table *table); /* zero is fine */

/* Every one of the columns is there; an error names the first that is not. */
bool csv_table_need(
	const struct csv_table *table, const char *const *columns, size_t len, struct err *err);
/* A cell by the name of its column; "" where the row has none. Borrowed. */
const char *csv_table_cell(
	const struct csv_table *table, const struct csv_row *row, const char *column);

#endif
