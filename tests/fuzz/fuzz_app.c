/*
 * The console's reducer, driven by keys, by time and by the feed's frames. The input is a list of
 * steps: a byte that says which, and what the step takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/ui/draw.h>
#include <siaga/ui/plain.h>

#include "rig.h"

#define SEQ_MAX   (INT64_C(1) << 53)
#define TIME_MAX  INT64_C(253402300799999) /* the last millisecond of the year 9999 */
#define STEPS_MAX 160
#define DRAWS_MAX 6 /* each costs as much as a hundred other steps */

static const uint32_t special_keys[] = {KEY_CODE_TAB, KEY_CODE_ENTER, KEY_CODE_ESCAPE, KEY_CODE_UP,
	KEY_CODE_DOWN, KEY_CODE_LEFT, KEY_CODE_RIGHT, KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN, KEY_CODE_BACKSPACE, KEY_CODE_DELETE, KEY_CODE_BACK_TAB, KEY_CODE_F0 + 1,
	KEY_CODE_F0 + 2, KEY_CODE_F0 + 3, KEY_CODE_F0 + 4, KEY_CODE_CTRL('C'), KEY_CODE_CTRL('L'),
	KEY_CODE_CTRL('U'), KEY_CODE_CTRL('W'), 0xe9, 0x301, 0x202e, 0x1f600};

enum step {
	STEP_KEY,
	STEP_SPECIAL,
	STEP_LINE_TYPED,
	STEP_LINE,
	STEP_PASTE,
	STEP_PASS,
	STEP_DELIVER,
	STEP_OTHER,
	STEP_RAISE,
	STEP_UP,
	STEP_DOWN,
	STEP_RAW,
	STEP_DRAWN,
	STEP_DRAW,
	STEP_MOUSE,
	STEP_LOSE_FRAME,
	STEP_TWICE,
	STEP_CACHE,
	STEP_OUTBOX,
	STEP_PRESENCE,
	STEP_BEAT,
	STEP_PLAIN,
	STEP_OTHER_LOG,
	STEP_HISTORY,
	STEP_OLD,
	STEP_PICTURE,
	STEP_COUNT
};

static bool is_wide(uint32_t code) {
	char text[5] = {(char)(0xf0 | code >> 18), (char)(0x80 | (code >> 12 & 0x3f)),
		(char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f))};
	int columns;
	if (code < 0x10000) {
		text[0] = (char)(0xe0 | code >> 12);
		text[1] = text[2];
		text[2] = text[3];
		text[3] = '\0';
	}
	(void)text_next(text, NULL, &columns);
	return code >= 0x800 && columns == 2;
}

static void check_cell(const struct cell *cell, const struct cell *before) {
	MUST(cell->role < UI_ROLE_COUNT);
	for (size_t i = 0; i < ARRAY_LEN(cell->glyph); i++) {
		uint32_t code = cell->glyph[i];
		MUST(code == 0 || (code >= 0x20 && !(code >= 0x7f && code < 0xa0)));
		MUST(code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
	}
	/* The right half of a wide one follows its left half, and nothing else does. */
	MUST((cell->glyph[0] == 0) == (before != NULL && is_wide(before->glyph[0])));
}

static void check_surface(const struct surface *s) {
	for (int row = 0; row < s->rows; row++) {
		for (int col = 0; col < s->cols; col++) {
			check_cell(surface_cell(s, col, row), surface_cell(s, col - 1, row));
		}
	}
}

static void draw(struct rig *rig, struct bytes *in) {
	struct surface s = {0};
	int cols = (int)take_below(in, 180) + 1, rows = (int)take_below(in, 60) + 1;
	char id[UUID_SIZE] = "";
	surface_init(&s, cols, rows);
	s.ascii = take_below(in, 2) != 0;
	surface_clear(&s);
	struct ui_drawn drawn = ui_draw(&rig->app, &s);
	check_surface(&s);
	MUST(drawn.detail_most >= 0 && drawn.board_most >= 0);
	MUST(s.cursor_col >= -1 && s.cursor_col < cols && s.cursor_row >= -1 &&
		s.cursor_row < rows);
	enum pane pane =
		ui_find(&rig->app, &s, (int)take_below(in, 180), (int)take_below(in, 60), id);
	MUST((unsigned)pane <= PANE_COUNT);
	surface_finish(&s);
	rig_apply(rig, (struct app_event){.type = APP_DRAWN,
			       .cut = drawn.cut,
			       .detail_most = drawn.detail_most,
			       .board_most = drawn.board_most});
}

/* Whole lines, and nothing in them that a screen reader or a pipe would stumble over. */
static void check_plain(const struct buf *out) {
	const char *line = out->data, *end;
	for (; line != NULL && *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		MUST_OF(end != NULL, line);
		char *one = dup_text((const uint8_t *)line, (size_t)(end - line));
		MUST_OF(is_clean(one, strlen(one) + 1), one);
		free(one);
	}
}

static void tell_plain(const struct rig *rig) {
	const struct app *app = &rig->app;
	const struct incident *inc = app_selected(app);
	struct buf out = {0};
	plain_status(app, &out);
	plain_queue(app, &out);
	plain_agencies(app, &out);
	plain_log(app, 20, &out);
	plain_question(app, &out);
	plain_unsent(app, &out);
	plain_link(app, &out);
	plain_map(app, NULL, &out);
	plain_history(app, 20, &out);
	if (inc != NULL) {
		plain_detail(app, inc, &out);
		plain_cameras(app, inc, &out);
	}
	if (app->board.on) {
		plain_board(app, &out);
	}
	check_plain(&out);
	buf_finish(&out);
}

static void hear_raw(struct rig *rig, struct bytes *in) {
	char *line = take_line(in);
	rig->lies = true;
	rig_hear(rig, line, strlen(line));
	free(line);
}

/* The first frame on the way is lost, or comes twice: nothing that TCP does, but a proxy may. */
static void spoil_way(struct rig *rig, bool twice) {
	if (rig->way_len == 0) {
		return;
	}
	rig->lies = true;
	if (twice) {
		struct buf copy = {0};
		buf_add(&copy, rig->way[0].data, rig->way[0].len);
		rig_hear(rig, copy.data, copy.len);
		buf_finish(&copy);
		return;
	}
	buf_finish(&rig->way[0]);
	rig->way_len--;
	memmove(rig->way, rig->way + 1, rig->way_len * sizeof(*rig->way));
}

/* A number from 0 to max; small ones are as likely as great ones. */
static int64_t take_number(struct bytes *in, int64_t max) {
	uint64_t number = (uint64_t)take_u32(in) << 32 | take_u32(in);
	return (int64_t)(number % (uint64_t)(take_below(in, 2) != 0 ? max : 100));
}

static void load_cache(struct rig *rig, struct bytes *in) {
	struct app_event event = {.type = APP_CACHE,
		.name = "ayu",
		.agency = "",
		.role = (enum role)take_below(in, ROLE_COUNT),
		.mark = "0123456789abcdef"};
	if (rig->app.feed[0] != '\0' || rig->app.welcomed || rig->up) {
		return; /* Only at the start. */
	}
	rig->lies = true;
	text_copy(event.feed, sizeof(event.feed), rig->feed);
	event.head = take_number(in, SEQ_MAX);
	event.feed_now_ms = take_number(in, TIME_MAX);
	rig_apply(rig, event);
	for (unsigned i = take_below(in, 4); i > 0; i--) {
		char *line = take_line(in);
		struct event item;
		if (wire_get_event(&item, line, strlen(line), NULL)) {
			rig_apply(rig,
				(struct app_event){
					.type = APP_CACHE_EVENT, .events = &item, .events_len = 1});
			event_finish(&item);
		}
		free(line);
	}
	rig_apply(rig, (struct app_event){.type = APP_CACHE_DONE});
}

/* As the disk has it: the frame that an earlier console wrote, read again. */
static void load_outbox(struct rig *rig, struct bytes *in) {
	int64_t made_ms =
		take_below(in, 2) != 0 ? take_number(in, TIME_MAX) : T0 + rig->mono_ms - 60000;
	struct command cmd = make_command(in, &rig->world, 0, ++rig->count);
	struct client_frame frame;
	struct buf text = {0};
	wire_put_do(&text, &cmd);
	if (wire_get_client_frame(&frame, text.data, text.len, NULL)) {
		rig->odd = true;
		rig_apply(rig,
			(struct app_event){
				.type = APP_OUTBOX, .command = &frame.command, .made_ms = made_ms});
		client_frame_finish(&frame);
	}
	command_finish(&cmd);
	buf_finish(&text);
}

static void raise_alarm(struct rig *rig, struct bytes *in) {
	struct command cmd = {.action = ACTION_RAISE,
		.role = ROLE_INTAKE,
		.at_ms = T0 + rig->mono_ms,
		.kind = (enum kind)take_below(in, KIND_COUNT),
		.priority = (enum priority)take_below(in, PRIORITY_COUNT)};
	cmd.alarm.received_at_ms = cmd.at_ms;
	cmd.alarm.accuracy_m = -1;
	cmd.alarm.at.lat_e7 = -75722000 + (int32_t)take_below(in, 16) * 500;
	cmd.alarm.at.lon_e7 = 1108289000;
	text_copy(cmd.alarm.caller_phone, sizeof(cmd.alarm.caller_phone), "+62 800-555-0101");
	text_copy(cmd.alarm.place, sizeof(cmd.alarm.place), "Gladag");
	const char *id = city_id((int)(++rig->count % 12) + 1);
	text_copy(cmd.alarm.id, sizeof(cmd.alarm.id), id);
	text_copy(cmd.new_incident, sizeof(cmd.new_incident), id);
	rig_other(rig, &cmd);
}

static void do_other(struct rig *rig, struct bytes *in) {
	struct command cmd = make_command(in, &rig->world, T0 + rig->mono_ms, 1000 + ++rig->count);
	rig_other(rig, &cmd);
	command_finish(&cmd);
}

static void answer_history(struct rig *rig, struct bytes *in) {
	struct history_item items[3] = {0};
	size_t len = take_below(in, 4);
	for (size_t i = 0; i < len; i++) {
		items[i].key = (int64_t)(100 - i);
		items[i].number = (int64_t)i + 1;
		items[i].state = (enum incident_state)take_below(in, INCIDENT_STATE_COUNT);
		text_copy(items[i].id, UUID_SIZE, city_id((int)take_below(in, 12) + 1));
	}
	rig_apply(rig, (struct app_event){.type = APP_HISTORY,
			       .items = items,
			       .items_len = len,
			       .whole = take_below(in, 2) != 0});
}

/* The events of one incident, as the cache would have them. */
static void answer_old(struct rig *rig, struct bytes *in) {
	struct events events = {0};
	const char *id = city_id((int)take_below(in, 12) + 1);
	for (size_t i = 0; i < rig->log_len; i++) {
		struct event event;
		MUST(wire_get_event(&event, rig->log[i].data, rig->log[i].len, NULL));
		if (strcmp(event.incident, id) == 0) {
			*events_add(&events) = event;
		} else {
			event_finish(&event);
		}
	}
	rig_apply(rig, (struct app_event){.type = APP_OLD,
			       .id = id,
			       .events = events.items,
			       .events_len = events.len});
	events_finish(&events);
}

/* A camera's picture came, or did not: of any shape, of a camera that may be gone. */
static void take_picture(struct rig *rig, struct bytes *in) {
	static const char *const cameras[] = {"Balaikota", "PasarGede", "gone", ""};
	struct app_picture picture = {.cols = (int)take_below(in, 40) + 1,
		.rows = (int)take_below(in, 40) + 1,
		.taken_ms = rig->mono_ms};
	text_copy(picture.camera, sizeof(picture.camera), cameras[take_below(in, 4)]);
	if (take_below(in, 4) == 0) {
		text_copy(picture.why, sizeof(picture.why), "the program ended with 1");
	} else {
		picture.rgb = mem_alloc((size_t)picture.cols * (size_t)picture.rows, 3);
		memset(picture.rgb, (int)take_byte(in), (size_t)picture.cols);
	}
	rig_apply(rig, (struct app_event){.type = APP_PICTURE, .picture = &picture});
	app_picture_finish(&picture);
}

static void use_mouse(struct rig *rig, struct bytes *in) {
	enum pane pane = (enum pane)take_below(in, PANE_COUNT + 1);
	unsigned what = take_below(in, 4);
	const char *id = what == 0   ? city_id((int)take_below(in, 12) + 1)
			 : what == 1 ? "Balaikota"
				     : NULL;
	rig_apply(rig, (struct app_event){.type = what == 3 ? APP_WHEEL : APP_PICK,
			       .pane = pane,
			       .id = id,
			       .by = take_below(in, 2) != 0 ? 3 : -3});
}

static void type_text(struct rig *rig, struct bytes *in, enum step step) {
	char *line = take_line(in);
	char clean[APP_TEXT_MAX];
	(void)text_clean(clean, sizeof(clean), line, strlen(line));
	if (step == STEP_LINE) {
		rig_apply(rig, (struct app_event){.type = APP_LINE, .text = clean});
	} else if (step == STEP_PASTE) {
		rig_apply(rig, (struct app_event){.type = APP_PASTE, .text = clean});
	} else {
		clean[text_fit(clean, 60, NULL)] = '\0';
		rig_key(rig, ':');
		rig_type(rig, clean);
		rig_key(rig, KEY_CODE_ENTER);
	}
	free(line);
}

static void do_step(struct rig *rig, enum step step, struct bytes *in, int *draws) {
	static const enum role roles[] = {ROLE_OPERATOR, ROLE_OPERATOR, ROLE_SUPERVISOR,
		ROLE_OBSERVER, ROLE_AGENCY, ROLE_TRAINER};
	switch (step) {
	case STEP_KEY: rig_key(rig, 0x20 + take_below(in, 0x5f)); break;
	case STEP_SPECIAL:
		rig_key(rig, special_keys[take_below(in, ARRAY_LEN(special_keys))]);
		break;
	case STEP_LINE_TYPED:
	case STEP_LINE:
	case STEP_PASTE: type_text(rig, in, step); break;
	case STEP_PASS: rig_pass(rig, (int64_t)take_byte(in) * take_byte(in)); break;
	case STEP_DELIVER: rig_deliver(rig, take_byte(in)); break;
	case STEP_OTHER: do_other(rig, in); break;
	case STEP_RAISE: raise_alarm(rig, in); break;
	case STEP_UP: rig_up(rig, roles[take_below(in, ARRAY_LEN(roles))]); break;
	case STEP_DOWN: rig_down(rig); break;
	case STEP_RAW: hear_raw(rig, in); break;
	case STEP_DRAWN:
		rig_apply(rig, (struct app_event){.type = APP_DRAWN,
				       .cut = take_below(in, 8) == 7,
				       .detail_most = (int)take_byte(in)});
		rig->mono_ms += 300;
		break;
	case STEP_DRAW:
		if ((*draws)++ < DRAWS_MAX) {
			draw(rig, in);
		}
		break;
	case STEP_MOUSE: use_mouse(rig, in); break;
	case STEP_LOSE_FRAME: spoil_way(rig, false); break;
	case STEP_TWICE: spoil_way(rig, true); break;
	case STEP_CACHE: load_cache(rig, in); break;
	case STEP_OUTBOX: load_outbox(rig, in); break;
	case STEP_PRESENCE:
		if (rig->follows) {
			rig_presence(rig, in);
		}
		break;
	case STEP_BEAT:
		if (rig->follows) {
			rig_beat(rig);
		}
		break;
	case STEP_PLAIN: tell_plain(rig); break;
	case STEP_OTHER_LOG:
		rig_down(rig);
		rig_other_log(rig);
		break;
	case STEP_HISTORY: answer_history(rig, in); break;
	case STEP_OLD: answer_old(rig, in); break;
	case STEP_PICTURE: take_picture(rig, in); break;
	case STEP_COUNT: break;
	}
}

static void configure(struct rig *rig, unsigned how) {
	static struct config cfg;
	config_defaults(&cfg);
	cfg.readonly = (how & 7) == 7;
	cfg.notify = (how & 8) != 0 ? CONFIG_NOTIFY_OSC9 : CONFIG_NOTIFY_NONE;
	cfg.map_style = (int)(how >> 4 & 3) % MAP_STYLE_COUNT;
	if ((how & 16) != 0) {
		MUST(config_command_parse(&cfg.snapshot, "snap {url}", NULL));
	}
	cfg.sort = (int)(how >> 5) % QUEUE_KEY_COUNT;
	app_configure(&rig->app, &cfg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static struct rig rig;
	struct bytes in = {data, size};
	int draws = 0;
	rig_init(&rig);
	configure(&rig, take_byte(&in));
	for (int i = 0; i < STEPS_MAX && in.left > 0; i++) {
		do_step(&rig, (enum step)take_below(&in, STEP_COUNT), &in, &draws);
	}
	if (!rig.lies) {
		rig_settle(&rig);
	}
	rig_finish(&rig);
	return 0;
}
