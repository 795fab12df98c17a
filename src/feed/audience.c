/* Who may see an event: found out once, when it is written, and kept in the log beside it. */
#include <string.h>

#include "forms.h"

static bool is_dispatch(enum event_type type) {
	return type >= EVENT_DISPATCH_REQUESTED && type <= EVENT_DISPATCH_EXPIRED;
}

static void add(struct buf *out, const char *word) {
	if (out->len > 0) {
		buf_add_str(out, " ");
	}
	buf_add_str(out, word);
}

void audience_of(struct buf *out, const struct event *event, const struct incident *inc) {
	buf_clear(out);
	if (event->incident[0] == '\0') {
		add(out, "*");
		return;
	}
	if (is_dispatch(event->type)) {
		add(out, event->agency);
		return;
	}
	/* An empty text is one, too: nobody but the control room. */
	buf_add_str(out, "");
	for (size_t i = 0; inc != NULL && i < inc->dispatches_len; i++) {
		bool said = false;
		for (size_t j = 0; j < i && !said; j++) {
			said = strcmp(inc->dispatches[j].agency, inc->dispatches[i].agency) == 0;
		}
		if (!said) {
			add(out, inc->dispatches[i].agency);
		}
	}
}
