/* What the terminal is and can do, for siaga doctor: by its description, and by asking it. */
#ifndef SIAGA_UI_TERMINAL_H
#define SIAGA_UI_TERMINAL_H

#include <stdbool.h>

#include <siaga/base/err.h>

enum terminal_answer { TERMINAL_NOT_ASKED, TERMINAL_SILENT, TERMINAL_NO, TERMINAL_YES };

struct terminal {
	bool there;     /* /dev/tty is one, and ours */
	bool known;     /* its type has a description that can show a screen; else err says */
	int colours;    /* 0, 8, 16 or 256; 0 also where NO_COLOR says so */
	bool utf8;      /* the locale's characters */
	int cols, rows; /* 0: it does not say */
	/* Whether it holds a frame back until it is whole, and whether it reads UTF-8. It is asked
	 * only where its type is known to take that, and we have the terminal. */
	enum terminal_answer sync, reads_utf8;
};

/* Takes at most a second and a half; the terminal is as it was, and the cursor at the beginning of
 * its row. The type is that of TERM. */
void terminal_look(struct terminal *out, struct err *err);

#endif
