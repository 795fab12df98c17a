/* A theme's file. */
#include <stdlib.h>
#include <string.h>

#include <siaga/ui/theme.h>

#include "fuzz.h"

static void check_colour(const struct theme_colour *colour) {
	MUST(colour->rgb <= 0xffffff);
	if (colour->set) {
		MUST(colour->index_256 >= -1 && colour->index_256 <= 255);
		MUST(colour->index_16 >= -1 && colour->index_16 <= 15);
	}
	int index = theme_nearest_256(colour->rgb);
	MUST(index >= 16 && index <= 255);
	index = theme_nearest_8(colour->rgb);
	MUST(index >= 0 && index < 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct theme theme, again;
	struct err err = {0};
	char *text = dup_text(data, size);
	if (!theme_parse(&theme, "own", text, &err)) {
		MUST(is_message(&err));
		MUST_OF(strncmp(err.text, "own:", 4) == 0 && err.text[4] >= '1' &&
				err.text[4] <= '9',
			err.text);
		free(text);
		return 0;
	}
	MUST(is_clean(theme.name, sizeof(theme.name)));
	for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
		check_colour(&theme.styles[i].fg);
		check_colour(&theme.styles[i].bg);
	}
	MUST(theme_parse(&again, "own", text, &err));
	MUST(memcmp(theme.name, again.name, sizeof(theme.name)) == 0);
	free(text);
	return 0;
}
