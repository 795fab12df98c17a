#include "screen_private.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <siaga/base/clock.h>
#include <siaga/ui/osc.h>

#define SYNC_MODE 2026

static bool can_hold_back(int value) {
	return value == 1 || value == 2;
}

/* Takes what is there; false when that is nothing. */
static bool take_bytes(int64_t wait_ms, bool *gone) {
	struct screen *scr = &screen_self;
	struct pollfd fd = {.fd = scr->fd, .events = POLLIN};
	char bytes[4096];
	if (poll(&fd, 1, (int)wait_ms) <= 0) {
		return false;
	}
	if ((fd.revents & (POLLERR | POLLNVAL)) != 0 ||
		(fd.revents & (POLLHUP | POLLIN)) == POLLHUP) {
		*gone = true;
		return false;
	}
	ssize_t len = read(scr->fd, bytes, sizeof(bytes));
	*gone = len == 0 || (len < 0 && (fd.revents & POLLHUP) != 0);
	if (len > 0) {
		input_feed(&scr->input, bytes, (size_t)len, clock_mono_ms());
	}
	return len > 0;
}

bool screen_read(struct input_event *event) {
	struct screen *scr = &screen_self;
	bool gone = false;
	while (true) {
		while (input_next(&scr->input, clock_mono_ms(), event)) {
			if (event->type != INPUT_ANSWER) {
				return true;
			}
			if (event->mode == SYNC_MODE) {
				scr->sync = can_hold_back(event->value);
			}
		}
		int64_t wait_ms = input_wait_ms(&scr->input, clock_mono_ms());
		if (!take_bytes(wait_ms, &gone) && (gone || wait_ms == 0)) {
			break;
		}
	}
	*event = (struct input_event){.type = INPUT_GONE};
	return gone;
}

void screen_bell(void) {
	screen_say("\a");
}

void screen_notify(enum screen_notify_kind kind, const char *text) {
	char sequence[OSC_NOTIFY_SIZE];
	const char *tmux = getenv("TMUX");
	enum osc_kind osc = kind == SCREEN_NOTIFY_OSC777 ? OSC_777 : OSC_9;
	if (kind != SCREEN_NOTIFY_OFF && screen_self.can.modern) {
		osc_notify(sequence, osc, text, screen_self.utf8, tmux != NULL && tmux[0] != '\0');
		screen_say(sequence);
	}
}
