#include <siaga/wire/csv_table.h>

#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

#define COLUMNS_MAX 64
#define ROWS_MAX    10000

/* The library knows fields and ends of rows; lines are counted here, byte by byte. */
struct csv_reading {
	struct csv_table *table;
	struct csv_row row; /* being read */
	int line, row_line;
	bool in_row, ok;
	struct err *err;
};

static void finish_row(struct csv_row *row) {
	for (size_t i = 0; i < row->cells_len; i++) {
		free(row->cells[i]);
	}
	free(row->cells);
	memset(row, 0, sizeof(*row));
}

void csv_table_finish(struct csv_table *table) {
	finish_row(&table->header);
	for (size_t i = 0; i < table->rows_len; i++) {
		finish_row(&table->rows[i]);
	}
	free(table->rows);
	memset(table, 0, sizeof(*table));
}

static bool fail(struct csv_reading *it, int line, const char *what) {
	if (it->ok) {
		it->ok = false;
		err_set(it->err, "%s:%d: %s", it->table->name, line, what);
	}
	return false;
}

static void on_field(void *field, size_t len, void *data) {
	struct csv_reading *it = data;
	struct csv_row *row = &it->row;
	if (memchr(field, '\0', len) != NULL) {
		fail(it, it->row_line, "a NUL byte");
		return;
	}
	if (row->cells_len == COLUMNS_MAX) {
		fail(it, it->row_line, "too many fields");
		return;
	}
	char *cell = mem_alloc(len + 1, 1);
	memcpy(cell, field, len);
	row->cells = mem_resize(row->cells, row->cells_len + 1, sizeof(*row->cells));
	row->cells[row->cells_len++] = cell;
}

/* A spreadsheet saves rows that were once used as rows of empty fields. */
static bool is_blank(const struct csv_row *row) {
	for (size_t i = 0; i < row->cells_len; i++) {
		if (row->cells[i][0] != '\0') {
			return false;
		}
	}
	return true;
}

static void on_row(int end, void *data) {
	struct csv_reading *it = data;
	struct csv_table *table = it->table;
	(void)end;
	it->in_row = false;
	it->row.line = it->row_line;
	if (is_blank(&it->row)) {
		finish_row(&it->row);
		return;
	}
	if (table->header.cells_len == 0) {
		table->header = it->row;
	} else if (it->row.cells_len > table->header.cells_len) {
		fail(it, it->row_line, "more fields than the header has");
		finish_row(&it->row);
		return;
	} else if (table->rows_len == ROWS_MAX) {
		fail(it, it->row_line, "too many rows");
		finish_row(&it->row);
		return;
	} else {
		if (table->rows_len == table->rows_cap) {
			table->rows_cap = table->rows_cap > 0 ? table->rows_cap * 2 : 16;
			table->rows =
				mem_resize(table->rows, table->rows_cap, sizeof(*table->rows));
		}
		table->rows[table->rows_len++] = it->row;
	}
	memset(&it->row, 0, sizeof(it->row));
}

/* Whichever of the two the header has more of. */
static char find_separator(const char *data, size_t len) {
	int commas = 0, semicolons = 0;
	for (size_t i = 0; i < len && data[i] != '\n'; i++) {
		commas += data[i] == ',';
		semicolons += data[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

static void read_bytes(
	struct csv_reading *it, struct csv_parser *parser, const char *data, size_t len) {
	for (size_t i = 0; i < len && it->ok; i++) {
		char byte = data[i];
		if (!it->in_row && byte != '\r' && byte != '\n') {
			it->in_row = true;
			it->row_line = it->line;
		}
		if (csv_parse(parser, &byte, 1, on_field, on_row, it) != 1) {
			fail(it, it->line, csv_strerror(csv_error(parser)));
		}
		it->line += byte == '\n';
	}
	if (it->ok && csv_fini(parser, on_field, on_row, it) != 0) {
		fail(it, it->row_line, "a quote that is not closed");
	}
}

static bool check_header(struct csv_reading *it) {
	const struct csv_row *header = &it->table->header;
	if (header->cells_len == 0) {
		return fail(it, 1, "no header row");
	}
	for (size_t i = 0; i < header->cells_len; i++) {
		for (size_t j = 0; j < i && header->cells[i][0] != '\0'; j++) {
			if (strcmp(header->cells[i], header->cells[j]) == 0) {
				return fail(it, header->line, "two columns of one name");
			}
		}
	}
	return true;
}

/* The line of the first byte that is no UTF-8; the bytes before it may be a part of a character. */
static int bad_line(const char *data, size_t len) {
	int line = 1;
	size_t start = 0;
	for (size_t i = 0; i <= len; i++) {
		if (i == len || data[i] == '\n') {
			if (!text_utf8_ok(data + start, i - start)) {
				return line;
			}
			start = i + 1;
			line++;
		}
	}
	return line;
}

bool csv_table_read(
	struct csv_table *table, const char *name, const char *data, size_t len, struct err *err) {
	struct csv_reading it = {.table = table, .line = 1, .row_line = 1, .ok = true, .err = err};
	struct csv_parser parser;
	memset(table, 0, sizeof(*table));
	table->name = name;
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		len -= 3;
	}
	if (!text_utf8_ok(data, len)) {
		return fail(&it, bad_line(data, len), "not valid UTF-8: save the table as UTF-8");
	}
	table->separator = find_separator(data, len);
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		return fail(&it, 1, "cannot be read");
	}
	csv_set_delim(&parser, (unsigned char)table->separator);
	read_bytes(&it, &parser, data, len);
	csv_free(&parser);
	finish_row(&it.row);
	if (it.ok) {
		check_header(&it);
	}
	if (!it.ok) {
		csv_table_finish(table);
	}
	return it.ok;
}

static bool find_column(const struct csv_table *table, const char *column, size_t *out) {
	for (size_t i = 0; i < table->header.cells_len; i++) {
		if (strcmp(table->header.cells[i], column) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

bool csv_table_need(
	const struct csv_table *table, const char *const *columns, size_t len, struct err *err) {
	size_t at;
	for (size_t i = 0; i < len; i++) {
		if (!find_column(table, columns[i], &at)) {
			return err_set(err, "%s:%d: %s: no such column", table->name,
				table->header.line, columns[i]);
		}
	}
	return true;
}

const char *csv_table_cell(
	const struct csv_table *table, const struct csv_row *row, const char *column) {
	size_t at;
	return find_column(table, column, &at) && at < row->cells_len ? row->cells[at] : "";
}
