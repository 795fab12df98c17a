#include "tape.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/app/commands.h>
#include <siaga/base/mem.h>

#define FRAME_BYTES_MAX ((size_t)48 * 1024) /* of entries in one frame */

void tape_finish(struct tape *tape) {
	buf_finish(&tape->text);
	free(tape->marks);
	memset(tape, 0, sizeof(*tape));
}

void tape_clear(struct tape *tape) {
	buf_clear(&tape->text);
	tape->len = 0;
}

bool tape_add(struct tape *tape, const struct tape_entry *entry) {
	if (tape->text.len >= TAPE_BYTES_MAX) {
		return false;
	}
	if (tape->len == tape->cap) {
		tape->cap = tape->cap > 0 ? tape->cap * 2 : 256;
		tape->marks = mem_resize(tape->marks, tape->cap, sizeof(*tape->marks));
	}
	wire_put_tape_entry(&tape->text, entry);
	tape->marks[tape->len++] = (struct tape_mark){.at_ms = entry->at_ms, .end = tape->text.len};
	return true;
}

size_t tape_put(const struct tape *tape, size_t from, int64_t until_ms, struct buf *out) {
	size_t at = from, start = from > 0 ? tape->marks[from - 1].end : 0, begin = start;
	while (at < tape->len && at - from < CLASS_ENTRIES_MAX &&
		tape->marks[at].at_ms <= until_ms &&
		(at == from || tape->marks[at].end - begin <= FRAME_BYTES_MAX)) {
		buf_add_str(out, at > from ? "," : "");
		buf_add(out, tape->text.data + start, tape->marks[at].end - start);
		start = tape->marks[at++].end;
	}
	return at;
}

static bool use_command(struct run *run, const char *word, struct err *err) {
	enum command_id id = command_find(word);
	/* A name may be cut short by who types it; here it was written by a program. */
	if (id == COMMAND_COUNT || strcmp(command_get(id)->name, word) != 0) {
		return err_set(err, "no command \"%s\"", word);
	}
	run_command(run, command_get(id)->name);
	return true;
}

bool tape_play(struct run *run, const struct tape_entry *entry, struct err *err) {
	struct refusal no;
	int64_t seq;
	switch (entry->type) {
	case TAPE_KEY: run_key(run); break;
	case TAPE_COMMAND: return use_command(run, entry->word, err);
	case TAPE_SELECT: run_select(run, entry->word); break;
	case TAPE_DO: run_do(run, entry->command, &seq, &no); break;
	case TAPE_TRAIN: run_train(run, entry->train, NULL); break;
	case TAPE_TYPE_COUNT: break;
	}
	return true;
}
