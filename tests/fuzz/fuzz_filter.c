/* The language that picks incidents: what is typed after `/`. */
#include <stdlib.h>
#include <string.h>

#include <siaga/model/filter.h>
#include <siaga/base/text.h>

#include "../unit/world.h"
#include "fuzz.h"

#define NOW_MS (T0 + 600000)

/* A city with incidents of every sort; made once, and never changed. */
static const struct world *get_world(void) {
	static struct world world;
	struct command cmd;
	struct refusal no;
	if (world.head > 0) {
		return &world;
	}
	city_fill(&world.registry);
	for (int i = 1; i <= 8; i++) {
		city_raise(&world, city_id(i), (enum kind)(i % KIND_COUNT),
			(enum priority)(i % PRIORITY_COUNT), T0 + 1000 * i);
	}
	for (int i = 1; i <= 4; i++) {
		cmd = city_command(&world, ACTION_ACKNOWLEDGE, city_id(i), "ayu");
		MUST(city_do(&world, &cmd, &no));
	}
	cmd = city_command(&world, ACTION_NOTE, city_id(1), "budi");
	cmd.note = mem_dup_str("asap tebal, kios \xc3\x89"
			       "mak");
	MUST(city_do(&world, &cmd, &no));
	cmd = city_command(&world, ACTION_DISPATCH, city_id(1), "ayu");
	strcpy(cmd.agency, "damkar");
	MUST(city_do(&world, &cmd, &no));
	cmd = city_command(&world, ACTION_HOLD, city_id(2), "ayu");
	cmd.until_ms = NOW_MS + 1000;
	MUST(city_do(&world, &cmd, &no));
	cmd = city_command(&world, ACTION_MERGE, city_id(8), "ayu");
	strcpy(cmd.other, city_id(1));
	MUST(city_do(&world, &cmd, &no));
	return &world;
}

static struct filter_ctx make_ctx(const struct timer_table *timers) {
	return (struct filter_ctx){
		.world = get_world(), .timers = timers, .me = "ayu", .now_ms = NOW_MS};
}

/* Both let the same incidents through. */
static void check_same(struct filter *a, struct filter *b) {
	static struct timer_table timers;
	timer_table_defaults(&timers);
	struct filter_ctx ctx = make_ctx(&timers);
	for (const struct incident *inc = ctx.world->incidents; inc != NULL; inc = inc->hh.next) {
		MUST(filter_match(a, inc, &ctx) == filter_match(b, inc, &ctx));
	}
}

static void check_text(struct filter *filter) {
	struct buf text = {0}, again = {0};
	struct filter copy = {0};
	struct err err = {0};
	filter_text(filter, &text);
	buf_add_str(&text, "");
	MUST((text.len == 0) == filter_is_empty(filter));
	if (text.len <= FILTER_TEXT_MAX) {
		MUST_OF(filter_parse(&copy, text.data, &err), text.data);
		filter_text(&copy, &again);
		buf_add_str(&again, "");
		MUST_OF(strcmp(text.data, again.data) == 0, text.data);
		check_same(filter, &copy);
	}
	filter_finish(&copy);
	buf_finish(&text);
	buf_finish(&again);
}

static void check_complete(const char *text, size_t cursor) {
	struct filter_candidate found[32];
	size_t from, len = filter_complete(get_world(), text, cursor, &from, found, 32);
	MUST(len <= 32 && from <= cursor);
	for (size_t i = 0; i < len; i++) {
		MUST(found[i].text[0] != '\0');
		MUST(is_clean(found[i].text, sizeof(found[i].text)));
		MUST(is_clean(found[i].help, sizeof(found[i].help)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct filter filter = {0}, before;
	struct err err = {0};
	char *text = dup_text(data, size);
	size_t len = strlen(text);
	MUST(filter_parse(&filter, "p<=2 kind:fire", &err));
	before = filter;
	if (filter_parse(&filter, text, &err)) {
		check_text(&filter);
		MUST(filter_check(&filter, get_world(), &err) || is_message(&err));
	} else {
		MUST(is_message(&err));
		/* What was in force stays in force. */
		MUST(memcmp(&before, &filter, sizeof(filter)) == 0);
	}
	for (size_t cursor = 0; cursor <= len && cursor <= 64; cursor++) {
		check_complete(text, cursor);
	}
	check_complete(text, len);
	filter_finish(&filter);
	free(text);
	return 0;
}
