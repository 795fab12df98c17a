/*
 * Draws on the real screen what a test asks for, by keys, and says in the first row what it got:
 *
 *   a, w    changes some cells at random; w also wide and combining characters
 *   F       paints everything anew
 *   t       the next theme
 *   p       a picture
 *   m       the mouse on or off
 *   n, N    a notification of either kind
 *   b       the bell
 *   i       shows the cursor in row 2
 *   c       crashes
 *   q       ends
 *
 * After every frame the text that should be there is in the file that is its argument.
 */
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/ui/screen.h>

#define PICTURE_COLS 12
#define PICTURE_ROWS 6

struct probe {
	struct surface surface;
	struct theme theme;
	size_t theme_at;
	uint32_t seed;
	bool full, mouse;
	const char *path;
	unsigned events;
	char said[200];
};

static uint32_t next_random(struct probe *probe, uint32_t below) {
	probe->seed = probe->seed * 1664525u + 1013904223u;
	return (probe->seed >> 8) % below;
}

static void change_cells(struct probe *probe, bool wide) {
	static const char *const narrow[] = {"a", "Z", "0", " ", "  ", "          ", "─", "│", "⣿",
		"▀", "é", "…", "hello", "P1"};
	static const char *const more[] = {"火", "e\xcc\x81", "ꦱ", "日本", "→", "●"};
	struct surface *s = &probe->surface;
	uint32_t count = s->rows > 1 ? 1 + next_random(probe, 60) : 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t pick = next_random(probe, wide ? 20 : 14);
		int col = (int)next_random(probe, (uint32_t)s->cols);
		int row = 1 + (int)next_random(probe, (uint32_t)s->rows - 1);
		enum ui_role role = (enum ui_role)next_random(probe, UI_ROLE_COUNT);
		surface_text(
			s, col, row, s->cols, role, pick < 14 ? narrow[pick] : more[pick - 14]);
		if (next_random(probe, 20) == 0) {
			struct rect area = {0, row, s->cols, 1};
			surface_mark(s, area, role, next_random(probe, 2) == 0);
		}
	}
}

static void draw_picture(struct probe *probe) {
	uint8_t rgb[PICTURE_COLS * PICTURE_ROWS * 2 * 3];
	for (size_t i = 0; i < sizeof(rgb); i++) {
		rgb[i] = (uint8_t)next_random(probe, 256);
	}
	surface_picture(&probe->surface, (struct rect){4, 4, PICTURE_COLS, PICTURE_ROWS}, rgb,
		PICTURE_COLS, PICTURE_ROWS * 2);
}

static void next_theme(struct probe *probe) {
	const char *const *names = theme_builtin_names();
	probe->theme_at = names[probe->theme_at + 1] != NULL ? probe->theme_at + 1 : 0;
	theme_builtin(&probe->theme, names[probe->theme_at], NULL);
	screen_set_theme(&probe->theme);
}

static void save(const struct probe *probe) {
	struct buf text = {0};
	FILE *file = fopen(probe->path, "w");
	surface_dump(&probe->surface, &text, false);
	if (file != NULL) {
		fputs(text.data, file);
		fclose(file);
	}
	buf_finish(&text);
}

static void draw(struct probe *probe) {
	struct surface *s = &probe->surface;
	surface_fill(s, (struct rect){0, 0, s->cols, 1}, UI_TEXT, ' ');
	surface_text(s, 0, 0, s->cols, UI_TEXT, probe->said);
	screen_present(s, s->rows, probe->full);
	probe->full = false;
	save(probe);
}

/* False: it is over. */
static bool obey(struct probe *probe, uint32_t key) {
	switch (key) {
	case 'a':
	case 'w': change_cells(probe, key == 'w'); break;
	case 'F': probe->full = true; break;
	case 't': next_theme(probe); break;
	case 'p': draw_picture(probe); break;
	case 'm':
		probe->mouse = !probe->mouse;
		screen_set_mouse(probe->mouse);
		break;
	case 'n': screen_notify(SCREEN_NOTIFY_OSC9, "P1 \033FIRE; \a E5"); break;
	case 'N': screen_notify(SCREEN_NOTIFY_OSC777, "P1 FIRE"); break;
	case 'b': screen_bell(); break;
	case 'i': probe->surface.cursor_col = probe->surface.cursor_row = 2; break;
	case 'c': abort();
	case 'q': return false;
	default: break;
	}
	snprintf(probe->said, sizeof(probe->said), "%u key %x.", ++probe->events, (unsigned)key);
	return true;
}

static bool take_input(struct probe *probe) {
	static const char *const buttons[] = {"press", "up", "down"};
	struct input_event event;
	while (screen_read(&event)) {
		switch (event.type) {
		case INPUT_KEY:
			if (!obey(probe, event.key)) {
				return false;
			}
			break;
		case INPUT_PASTE:
			snprintf(probe->said, sizeof(probe->said), "paste %s", event.paste);
			break;
		case INPUT_MOUSE:
			snprintf(probe->said, sizeof(probe->said), "mouse %s %d,%d",
				buttons[event.button], event.col, event.row);
			break;
		case INPUT_ANSWER: break;
		case INPUT_GONE: return false;
		}
	}
	int cols, rows;
	screen_size(&cols, &rows);
	if (cols != probe->surface.cols || rows != probe->surface.rows) {
		surface_resize(&probe->surface, cols, rows);
	}
	draw(probe);
	return true;
}

int main(int argc, char **argv) {
	struct probe probe = {.path = argc > 1 ? argv[1] : "/dev/null", .seed = 7};
	struct err err = {0};
	int cols, rows;
	setlocale(LC_ALL, "");
	theme_builtin(&probe.theme, "siaga-dark", NULL);
	probe.theme_at = 3;
	if (!screen_open(&probe.theme, &err)) {
		fprintf(stderr, "screen_probe: %s\n", err.text);
		return 1;
	}
	screen_size(&cols, &rows);
	surface_init(&probe.surface, cols, rows);
	probe.surface.ascii = !screen_is_utf8();
	snprintf(probe.said, sizeof(probe.said), "ready");
	draw(&probe);
	struct pollfd fd = {.fd = screen_fd(), .events = POLLIN};
	while (poll(&fd, 1, -1) > 0 && take_input(&probe)) {
	}
	screen_close();
	surface_finish(&probe.surface);
	return 0;
}
