/* A program on a pseudo terminal, and the screen it draws, by libvterm. For tests only. */
#ifndef SIAGA_TESTS_VT_H
#define SIAGA_TESTS_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include <vterm.h>

#define VT_COLS_MAX 500
#define VT_ROWS_MAX 200
#define VT_RAW_MAX  (4u << 20) /* bytes of output that are kept for vt_raw */

struct vt {
	int master;  /* -1: hung up */
	int slave;   /* stays open here: the modes that a program leaves can be read after its end */
	int signals; /* signalfd of SIGCHLD */
	pid_t pid;   /* 0: none runs */
	bool ended;
	int status; /* of waitpid(), when ended */
	struct termios before;

	VTerm *term;
	VTermScreen *screen;
	int cols, rows;
	bool altscreen, cursor_visible;
	uint64_t bytes, bells;
	char *raw; /* owned; what came since it was last cleared, as far as it fits */
	size_t raw_len;
};

/* Takes a zero struct. Blocks SIGCHLD in this process. */
bool vt_init(struct vt *vt);
/* Kills what still runs. */
void vt_finish(struct vt *vt);

/* Starts argv on a new terminal, as leader of its own session. False: errno says why. */
bool vt_spawn(struct vt *vt, int cols, int rows, const char *term, char *const argv[]);
bool vt_write(struct vt *vt, const char *data, size_t len);
bool vt_resize(struct vt *vt, int cols, int rows);
/* Closes the terminal's other end, as a lost connection does. */
void vt_hangup(struct vt *vt);

/* Takes what the program wrote and whether it ended; never waits. True: something happened. */
bool vt_pump(struct vt *vt);
/* Waits for output, the end or bytes on other_fd (-1: none), at most until the deadline. */
void vt_poll(struct vt *vt, int other_fd, int64_t deadline_ms);

/* Text of a row without the blanks at its end, in a buffer that the next call overwrites. */
const char *vt_row(const struct vt *vt, int row);
/* Some row holds the text. */
bool vt_has(const struct vt *vt, const char *text);
/* Names what the program left different in the terminal's modes; "" when nothing. */
const char *vt_modes_left(const struct vt *vt);

int64_t vt_now_ms(void);

#endif
