#include "score_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/train/score.h>

#include "locale.h"
#include "options.h"
#include "score_file.h"

#define EXIT_USAGE 2

/* What is for a console that runs would be said for nothing. */
static bool check_options(const struct options *opt, struct err *err) {
	for (int i = 0; i < OPTION_COUNT; i++) {
		if (opt->given[i] != NULL && i != OPTION_LANGUAGE) {
			return err_set(err, _("--%s: score takes files, and --language"),
				options_rows()[i].name);
		}
	}
	return true;
}

int score_command(const struct options *opt, struct err *err) {
	size_t len = (size_t)opt->words_len, read = 0;
	struct score *scores = mem_alloc(len, sizeof(*scores));
	struct buf text = {0};
	int code = EXIT_USAGE;
	if (!check_options(opt, err)) {
		goto free_scores;
	}
	code = EXIT_FAILURE;
	for (; read < len; read++) {
		if (!score_read(&scores[read], opt->words[read], err)) {
			goto free_scores;
		}
	}
	if (len == 1) {
		score_text(&text, &scores[0], locale_language());
	} else {
		scores_compare_text(&text, scores, len);
	}
	if (fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0) {
		code = EXIT_SUCCESS;
	} else {
		err_set(err, "%s", strerror(errno));
	}
free_scores:
	for (size_t i = 0; i < read; i++) {
		score_finish(&scores[i]);
	}
	free(scores);
	buf_finish(&text);
	return code;
}
