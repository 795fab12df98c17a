#include "play.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/wire/wire.h>

#include "solo.h"
#include "tape.h"

static bool make(struct play *p, struct err *err);

/* --- the tape --- */

/* Where the last thing stands that somebody did. */
static void find_done(struct play *p) {
	p->tape_done = p->tape_len;
	while (p->tape_done > 0 && p->tape[p->tape_done - 1].type == APP_DRAWN) {
		p->tape_done--;
	}
}

static void add_input(struct play *p, const struct app_event *event) {
	if (p->tape_len == p->tape_cap) {
		p->tape_cap = p->tape_cap > 0 ? p->tape_cap * 2 : 64;
		p->tape = mem_resize(p->tape, p->tape_cap, sizeof(*p->tape));
	}
	struct play_input *input = &p->tape[p->tape_len++];
	*input = (struct play_input){.at_ms = p->now_ms,
		.type = event->type,
		.key = event->key,
		.text = event->text != NULL ? mem_dup_str(event->text) : NULL,
		.pane = event->pane,
		.by = event->by,
		.cut = event->cut,
		.detail_most = event->detail_most,
		.board_most = event->board_most};
	text_copy(input->id, sizeof(input->id), event->id != NULL ? event->id : "");
	p->tape_at = p->tape_len;
	find_done(p);
}

static void drop_inputs(struct play *p, size_t from) {
	for (size_t i = from; i < p->tape_len; i++) {
		free(p->tape[i].text);
		free(p->tape[i].train);
		if (p->tape[i].entry != NULL) {
			tape_entry_finish(p->tape[i].entry);
			free(p->tape[i].entry);
		}
	}
	p->tape_len = from;
	find_done(p);
}

/* Which command of the console the key is, for what waits for one; NULL: none. */
static const char *command_name(const struct app *app, uint32_t key) {
	char word[64];
	enum command_id id = COMMAND_COUNT;
	if (app->modal.type == MODAL_NONE || modal_makes_room(app, key)) {
		id = command_of_key(app, key);
	} else if (app->modal.type == MODAL_LINE && key == KEY_CODE_ENTER) {
		const char *text = app->modal.text + strspn(app->modal.text, " ");
		text_copy(word, sizeof(word), text);
		word[strcspn(word, " !")] = '\0';
		id = command_find(word);
	}
	return id < COMMAND_COUNT ? command_get(id)->name : NULL;
}

/* What the trainee does besides what reaches the feed. */
static void enter(struct play *p, const struct app_event *event) {
	struct app_event copy = *event;
	const char *name = event->type == APP_KEY ? command_name(&p->app, event->key) : NULL;
	bool free_before = p->app.modal.type == MODAL_NONE;
	if (event->type == APP_KEY) {
		run_key(p->run);
	}
	play_apply(p, &copy);
	if (name == NULL && free_before && p->app.modal.type == MODAL_ARM) {
		/* An agency's own key is none of the keymap; what it does is a dispatch. */
		name = command_get(p->app.modal.command)->name;
	}
	play_settle(p);
	run_select(p->run, p->app.selected);
	if (name != NULL) {
		run_command(p->run, name);
	}
	play_settle(p);
}

/* What a trainer changes in the exercise. */
static bool train(struct play *p, const struct train_frame *ask, struct err *err) {
	bool ok = run_train(p->run, ask, err);
	if (ok && ask->ask == TRAIN_DESK) {
		play_presence(p);
	}
	play_settle(p);
	return ok;
}

/* What had entered in another process. */
static void play_entry(struct play *p, const struct tape_entry *entry) {
	if (entry->command != NULL) {
		/* A command with an id that was used already would be that one once more. */
		play_use_id(p, entry->command->id);
	}
	tape_play(p->run, entry, NULL);
	play_settle(p);
}

static void play_input(struct play *p, const struct play_input *input) {
	if (input->train != NULL) {
		train(p, input->train, NULL);
		return;
	}
	if (input->entry != NULL) {
		play_entry(p, input->entry);
		return;
	}
	struct app_event event = {.type = input->type,
		.key = input->key,
		.text = input->text,
		.pane = input->pane,
		.by = input->by,
		.id = input->id,
		.cut = input->cut,
		.detail_most = input->detail_most,
		.board_most = input->board_most,
		.training = &p->app.training};
	enter(p, &event);
}

static void play_tape(struct play *p) {
	p->taped = true;
	while (p->tape_at < p->tape_len && p->tape[p->tape_at].at_ms <= p->now_ms) {
		play_input(p, &p->tape[p->tape_at++]);
	}
	p->taped = false;
}

void play_enter(struct play *p, const struct app_event *event) {
	drop_inputs(p, p->tape_at);
	add_input(p, event);
	play_input(p, &p->tape[p->tape_len - 1]);
}

/* A key that leads to another moment is no part of what was done at this one. */
static void forget_key(struct play *p, uint32_t key) {
	const struct play_input *last = p->tape_len > 0 ? &p->tape[p->tape_len - 1] : NULL;
	if (p->has_asked && p->asked.ask == TRAINING_SEEK && last != NULL &&
		last->type == APP_KEY && last->key == key) {
		drop_inputs(p, p->tape_len - 1);
		p->tape_at = p->tape_len;
	}
}

void play_key(struct play *p, uint32_t key) {
	enum command_id id = command_of_key(&p->app, key);
	bool steers = id < COMMAND_COUNT && (command_get(id)->flags & COMMAND_TRAINING) != 0 &&
		      p->cfg.training;
	if (!play_is_watched(p)) {
		bool at_once = steers && p->app.modal.type == MODAL_NONE;
		play_enter(p, &(struct app_event){.type = APP_KEY, .key = key});
		if (at_once) {
			forget_key(p, key);
		}
	} else if (steers) {
		p->has_asked = training_asks(&p->app, id, "", &p->asked);
	} else {
		play_apply(p, &(struct app_event){.type = APP_NOTICE,
				      .text = _("You see what was done; T takes over from here")});
	}
}

/* What steers the replay, as a key would. */
static bool steers(const struct train_frame *ask, struct effect *out) {
	static const struct {
		enum train_ask ask;
		enum training_ask as;
	} table[] = {
		{TRAIN_PAUSE, TRAINING_PAUSE},
		{TRAIN_SPEED, TRAINING_SPEED},
		{TRAIN_NEXT, TRAINING_NEXT},
		{TRAIN_SEEK, TRAINING_SEEK},
		{TRAIN_RESTART, TRAINING_RESTART},
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].ask == ask->ask) {
			*out = (struct effect){
				.type = EFFECT_TRAINING, .ask = table[i].as, .seq = ask->number};
			return true;
		}
	}
	return false;
}

bool play_train(struct play *p, const struct train_frame *ask, struct err *err) {
	if (ask->ask == TRAIN_SPEED && !speed_is_known(ask->number)) {
		return err_set(err, _("a speed of 0.25, 0.5, 1, 2, 4, 8, 16, 32 or 64"));
	}
	if (ask->ask == TRAIN_WATCH) {
		return err_set(err, _("there is one trainee here"));
	}
	if (steers(ask, &p->asked)) {
		p->has_asked = true;
		return play_answer(p, err);
	}
	if (play_is_watched(p)) {
		return err_set(err, _("the trainee looks back; what was done is not changed"));
	}
	bool ok = train(p, ask, err);
	if (ok) {
		/* As it was asked, so that it is done again at its time. */
		add_input(p, &(struct app_event){.type = APP_TICK});
		p->tape[p->tape_len - 1].train = mem_alloc(1, sizeof(*ask));
		*p->tape[p->tape_len - 1].train = *ask;
	}
	if (p->cfg.training) {
		play_tell(p, NULL);
	}
	return ok;
}

/* What is selected here is no matter while it is done again what was done at another console. */
static bool is_resumed(const struct play *p) {
	return p->tape_at < p->tape_len && p->tape[p->tape_at].entry != NULL;
}

void play_subject(const struct play *p, struct subject *out) {
	*out = (struct subject){.whose = p,
		.run = p->run,
		.who = &p->user.who,
		.selected = p->app.selected,
		.now_ms = p->now_ms,
		.speed_percent = p->speed_percent,
		.made = p->made,
		.paused = p->paused,
		.watched = play_is_watched(p)};
}

bool play_is_watched(const struct play *p) {
	return p->tape_at < p->tape_done;
}

/* --- time --- */

static void mind_link(struct play *p) {
	if (p->link_up && !run_link_is_up(p->run)) {
		play_link_close(p);
	}
	play_settle(p);
	if (p->relink && p->link_up) {
		play_link_close(p);
		play_link_open(p);
	}
	p->relink = false;
	if (p->link_up && p->now_ms % PLAY_BEAT_MS == 0) {
		play_apply(p, &(struct app_event){.type = APP_BEAT,
				      .head = sim_head(p->sim),
				      .feed_now_ms = PLAY_WALL_MS + p->now_ms});
		play_apply(p, &(struct app_event){.type = APP_PROOF});
	} else if (!p->link_up && p->now_ms >= p->retry_at_ms) {
		if (p->held || !run_link_is_up(p->run)) {
			play_link_fail(p, "no answer");
		} else {
			play_link_open(p);
		}
	}
}

void play_step(struct play *p) {
	p->now_ms += PLAY_STEP_MS;
	run_advance(p->run, p->now_ms);
	mind_link(p);
	play_apply(p, &(struct app_event){.type = APP_TICK});
	play_settle(p);
	if (!is_resumed(p)) {
		run_select(p->run, p->app.selected);
	}
	play_tape(p);
	if (p->cfg.training) {
		play_tell(p, NULL);
	}
}

/* To where something happens next, by itself or by what was done before. */
static void step_on(struct play *p) {
	int64_t next_ms = run_next_ms(p->run);
	if (play_is_watched(p) && (next_ms < 0 || p->tape[p->tape_at].at_ms < next_ms)) {
		next_ms = p->tape[p->tape_at].at_ms;
	}
	do {
		play_step(p);
	} while (p->now_ms < next_ms);
	p->paused = true;
}

bool play_answer(struct play *p, struct err *err) {
	struct effect asked = p->asked;
	struct buf page = {0};
	bool ok = true;
	if (!p->has_asked) {
		return true;
	}
	p->has_asked = false;
	switch (asked.ask) {
	case TRAINING_PAUSE:
		p->paused = asked.seq == TRAIN_STOP || (asked.seq != TRAIN_GO && !p->paused);
		break;
	case TRAINING_SPEED: p->speed_percent = asked.seq; break;
	case TRAINING_NEXT: step_on(p); break;
	case TRAINING_SEEK: ok = play_seek(p, asked.seq, err); break;
	case TRAINING_RESTART:
		drop_inputs(p, 0);
		ok = make(p, err);
		break;
	case TRAINING_TAKE: drop_inputs(p, p->tape_at); break; /* What came after is forgotten. */
	case TRAINING_SCORE: play_score_text(p, &page); break;
	case TRAINING_SAY:
	case TRAINING_RAISE:
	case TRAINING_DESK:
	case TRAINING_DECLINE:
	case TRAINING_LINK:
	case TRAINING_TRAINEE: /* A trainer's, by play_train(). */
	case TRAINING_ASK_COUNT: break;
	}
	play_tell(p, page.data);
	buf_finish(&page);
	return ok;
}

/* --- what is shown --- */

void play_draw(struct play *p) {
	app_settle(&p->app);
	struct ui_drawn drawn = ui_draw(&p->app, &p->surface);
	bool news = (p->app.modal.type != MODAL_NONE && p->app.modal.drawn == drawn.cut) ||
		    p->app.detail_most != drawn.detail_most ||
		    p->app.board.most != drawn.board_most;
	p->dirty = false;
	/* What was drawn then is on the tape. */
	if (news && !play_is_watched(p)) {
		play_enter(p, &(struct app_event){.type = APP_DRAWN,
				      .cut = drawn.cut,
				      .detail_most = drawn.detail_most,
				      .board_most = drawn.board_most});
		p->dirty = false;
	}
}

void play_tell(struct play *p, const char *page) {
	size_t count;
	const char *said = run_said(p->run, &count);
	struct training training = {.on = true,
		.at_ms = p->now_ms,
		.end_ms = run_end_ms(p->run),
		.speed_percent = p->speed_percent,
		.paused = p->paused,
		.watched = play_is_watched(p),
		.over = run_is_over(p->run),
		.class = p->class,
		.recorded = p->cfg.watch,
		.said_count = (int64_t)count};
	text_copy(training.said, sizeof(training.said), said);
	const struct training *now = &p->app.training;
	if (page != NULL && !play_is_watched(p)) {
		p->app.training = training;
		play_enter(p, &(struct app_event){.type = APP_TRAINING, .text = page});
	} else if (now->at_ms / 1000 != training.at_ms / 1000 ||
		   now->said_count != training.said_count || now->paused != training.paused ||
		   now->speed_percent != training.speed_percent ||
		   now->watched != training.watched || now->over != training.over ||
		   now->class != training.class || !now->on) {
		play_apply(p, &(struct app_event){.type = APP_TRAINING, .training = &training});
	}
}

/* --- beginning and end --- */

static void finish_made(struct play *p) {
	for (size_t i = 0; i < p->sent_len; i++) {
		command_finish(&p->sent[i]);
	}
	free(p->sent);
	p->sent = NULL;
	p->sent_len = 0;
	run_destroy(p->run);
	p->run = NULL;
	app_finish(&p->app);
}

/* The state at the start. What is on the tape stays there. */
static bool make(struct play *p, struct err *err) {
	const struct play_config *cfg = &p->cfg;
	struct registry registry = {0};
	char(*themes)[APP_THEME_SIZE] = p->app.themes;
	size_t themes_len = p->app.themes_len;
	char theme[APP_THEME_SIZE];
	if (!solo_registry(&registry, err)) {
		registry_finish(&registry);
		return false;
	}
	/* What was chosen of the screen is no part of what is played. */
	text_copy(theme, sizeof(theme), p->app.theme);
	p->app.themes = NULL;
	p->app.themes_len = 0;
	finish_made(p);
	app_init(&p->app);
	app_configure(&p->app, cfg->config);
	p->app.themes = themes;
	p->app.themes_len = themes_len;
	if (theme[0] != '\0') {
		text_copy(p->app.theme, sizeof(p->app.theme), theme);
	}
	text_copy(p->app.position, sizeof(p->app.position), cfg->user.who.position);
	p->user = cfg->user;
	p->run = run_create(&(struct run_config){.scenario = cfg->scenario,
		.registry = &registry,
		.trainee = cfg->user,
		.seed = cfg->seed,
		.start_ms = PLAY_WALL_MS,
		.mode = cfg->mode,
		.lang = cfg->lang,
		.watch = cfg->watch,
		.on_entry = cfg->on_entry,
		.data = cfg->data});
	p->sim = run_sim(p->run);
	p->made++;
	p->now_ms = p->cursor = p->bells = p->ids = p->retry_at_ms = 0;
	p->tries = p->tape_at = 0;
	p->link_up = p->held = p->following = p->asked_follow = p->relink = p->left = false;
	play_count_ids(p);
	if (cfg->training) {
		play_tell(p, NULL);
	}
	if (!cfg->alone) {
		play_link_open(p);
	}
	run_advance(p->run, 0);
	play_settle(p);
	play_tape(p);
	p->dirty = true;
	return true;
}

bool play_begin(struct play *p, const struct play_config *cfg, struct err *err) {
	p->cfg = *cfg;
	drop_inputs(p, 0);
	p->speed_percent = p->speed_percent > 0 ? p->speed_percent : 100;
	return make(p, err);
}

bool play_seek(struct play *p, int64_t to_ms, struct err *err) {
	int64_t end_ms = run_end_ms(p->run) + PLAY_STEP_MS;
	/* Behind the end there is nothing more to be seen. */
	to_ms = to_ms > end_ms ? end_ms : to_ms;
	p->making = true;
	bool ok = to_ms >= p->now_ms || make(p, err);
	while (ok && p->now_ms < to_ms) {
		play_step(p);
	}
	p->making = false;
	if (ok && p->cfg.training) {
		play_tell(p, NULL);
	}
	return ok;
}

bool play_resume(
	struct play *p, struct tape_entry *entries, size_t len, int64_t to_ms, struct err *err) {
	for (size_t i = 0; i < len; i++) {
		add_input(p, &(struct app_event){.type = APP_TICK});
		struct play_input *input = &p->tape[p->tape_len - 1];
		input->at_ms = entries[i].at_ms;
		input->entry = mem_alloc(1, sizeof(*input->entry));
		*input->entry = entries[i];
		memset(&entries[i], 0, sizeof(entries[i]));
	}
	/* Some may have entered before any time had passed. */
	p->making = true;
	bool ok = make(p, err);
	p->making = false;
	return ok && play_seek(p, to_ms, err);
}

void play_finish(struct play *p) {
	finish_made(p);
	drop_inputs(p, 0);
	free(p->tape);
	surface_finish(&p->surface);
	memset(p, 0, sizeof(*p));
}
