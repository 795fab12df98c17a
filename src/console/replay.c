#include "replay.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/net/loop.h>
#include <siaga/train/score.h>
#include <siaga/ui/screen.h>
#include <siaga/ui/theme.h>

#include "join.h"
#include "locale.h"
#include "scenario_file.h"
#include "score_file.h"
#include "token_file.h"
#include "trainer.h"

#define TIMER_MS  PLAY_STEP_MS
#define BUSY_MS   80   /* of each time: the rest is for keys */
#define BEHIND_MS 2000 /* more than that is not made up for */

/* An exercise on a terminal. */
struct stage {
	const struct options *opt;
	struct scenario scenario;
	struct play play;
	struct loop *loop;
	struct loop_timer *timer;
	struct door *door; /* or NULL, as the trainer */
	struct trainer *trainer;
	struct join *join; /* a class; or NULL */
	struct err *err;
	int64_t clock_ms; /* mono, when time was given last */
	int64_t owed;     /* time that is still to be played, in hundredths of a millisecond */
	bool screen_up, gone, full, over;
	int exit_code;
};

/* --- what is shown --- */

static void draw(struct stage *stage) {
	if (stage->screen_up && !stage->gone) {
		play_draw(&stage->play);
		screen_present(&stage->play.surface, stage->play.surface.rows, stage->full);
		stage->full = false;
	}
}

static void notice(struct stage *stage, bool error, const char *text) {
	play_apply(&stage->play,
		&(struct app_event){.type = APP_NOTICE, .error = error, .text = text});
}

static void change_theme(struct stage *stage, const char *name) {
	struct theme theme;
	struct err err = {0};
	if (theme_find(&theme, name, theme_dirs(), &err)) {
		text_copy(stage->play.app.theme, sizeof(stage->play.app.theme), name);
		screen_set_theme(&theme);
	} else {
		notice(stage, true, err.text);
	}
}

static void on_effect(void *data, const struct effect *effect) {
	struct stage *stage = data;
	if (effect->type == EFFECT_THEME) {
		change_theme(stage, effect->text);
	} else if (effect->type == EFFECT_REDRAW) {
		stage->full = true;
	} else if (effect->type == EFFECT_CAMERA) {
		notice(stage, false, _("In a training no viewer is opened"));
	}
}

/* --- time --- */

/* What passed outside since the last time, at the speed of the replay. */
static void give_time(struct stage *stage) {
	struct play *p = &stage->play;
	int64_t now_ms = clock_mono_ms(), passed_ms = now_ms - stage->clock_ms;
	stage->clock_ms = now_ms;
	if (p->paused || p->app.training.over) {
		stage->owed = 0;
		return;
	}
	stage->owed += passed_ms * p->speed_percent;
	int64_t most = BEHIND_MS * p->speed_percent;
	stage->owed = stage->owed > most ? most : stage->owed;
	int64_t bells = p->bells;
	while (stage->owed >= PLAY_STEP_MS * 100 && !p->paused &&
		clock_mono_ms() - now_ms < BUSY_MS) {
		play_step(p);
		stage->owed -= PLAY_STEP_MS * 100;
	}
	if (p->bells > bells && stage->opt->config.bell && p->speed_percent <= 100) {
		screen_bell();
	}
}

/* At the end the score is put up, once: not over what somebody is writing, for the letters that
 * they meant for it would be keys. */
static void mind_end(struct stage *stage) {
	struct play *p = &stage->play;
	const struct modal *modal = &p->app.modal;
	bool busy = (modal_is_text(modal->type) || modal->typing) && !play_is_watched(p);
	if (!p->app.training.over) {
		stage->over = false;
	} else if (!stage->over && !busy) {
		stage->over = true;
		p->asked = (struct effect){.type = EFFECT_TRAINING, .ask = TRAINING_SCORE};
		p->has_asked = true;
	}
}

static void leave(struct stage *stage) {
	loop_stop(stage->loop);
}

static void answer(struct stage *stage) {
	struct err err = {0};
	if (!play_answer(&stage->play, &err)) {
		notice(stage, true, err.text);
	}
	if (stage->play.left) {
		leave(stage);
	}
}

static void get_subject(void *data, struct subject *out) {
	const struct stage *stage = data;
	play_subject(&stage->play, out);
}

/* By a trainer: of this trainee, or of the class. */
static bool on_asked(void *data, const struct train_frame *train, struct err *err) {
	struct stage *stage = data;
	bool ok = play_train(&stage->play, train, err);
	draw(stage);
	stage->clock_ms = clock_mono_ms();
	loop_timer_set(stage->timer, TIMER_MS);
	return ok;
}

static void on_class(void *data, enum training_class class, const char *text) {
	struct stage *stage = data;
	stage->play.class = class;
	play_tell(&stage->play, NULL);
	if (text != NULL) {
		notice(stage, true, text);
	}
	draw(stage);
}

static void on_entry(void *data, const struct tape_entry *entry) {
	struct stage *stage = data;
	if (stage->join != NULL) {
		join_note(stage->join, entry);
	}
}

static bool open_door(struct stage *stage, struct err *err) {
	const struct options *opt = stage->opt;
	char text[160];
	if (opt->given[OPTION_LISTEN] == NULL) {
		return true;
	}
	stage->trainer =
		trainer_create(stage->loop, &(struct trainer_config){.scenario = &stage->scenario,
						    .mode = MODE_EXERCISE,
						    .get_subject = get_subject,
						    .on_asked = on_asked,
						    .data = stage});
	struct door_key key = trainer_key(stage->trainer, opt->given[OPTION_TRAINER_TOKEN]);
	stage->door = door_create(stage->loop, opt->given[OPTION_LISTEN], &key, 1, err);
	if (stage->door != NULL) {
		snprintf(text, sizeof(text), _("A trainer may come: port %u"),
			door_port(stage->door));
		notice(stage, false, text);
	}
	return stage->door != NULL;
}

static void on_timer(void *data) {
	struct stage *stage = data;
	give_time(stage);
	mind_end(stage);
	answer(stage);
	draw(stage);
	if (stage->trainer != NULL) {
		trainer_look(stage->trainer);
	}
	if (!stage->play.paused) {
		loop_timer_set(stage->timer, TIMER_MS);
	}
}

/* --- what enters --- */

static void mouse(struct stage *stage, const struct input_event *in) {
	struct play *p = &stage->play;
	char id[UUID_SIZE];
	struct app_event event = {.type = in->button == INPUT_PRESS ? APP_PICK : APP_WHEEL,
		.by = in->button == INPUT_WHEEL_UP ? -1 : 1,
		.id = id};
	event.pane = ui_find(&p->app, &p->surface, in->col, in->row, id);
	if (event.pane != PANE_COUNT && !play_is_watched(p)) {
		play_enter(p, &event);
	}
}

static void take_input(struct stage *stage, const struct input_event *in) {
	struct play *p = &stage->play;
	if (in->type == INPUT_KEY) {
		play_key(p, in->key);
	} else if (in->type == INPUT_PASTE && !play_is_watched(p)) {
		play_enter(p, &(struct app_event){.type = APP_PASTE, .text = in->paste});
	} else if (in->type == INPUT_MOUSE) {
		mouse(stage, in);
	}
	answer(stage);
	if (stage->trainer != NULL) {
		trainer_look(stage->trainer);
	}
}

static void on_tty(void *data, int fd, uint32_t events) {
	struct stage *stage = data;
	struct input_event in;
	bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
	UNUSED(fd);
	give_time(stage);
	while (!gone && screen_read(&in)) {
		gone = in.type == INPUT_GONE;
		if (!gone) {
			take_input(stage, &in);
			/* A strip takes no key before it was seen. */
			draw(stage);
		}
	}
	if (gone) {
		stage->gone = true;
		loop_unwatch_fd(stage->loop, screen_fd());
		screen_abandon();
		leave(stage);
		return;
	}
	stage->clock_ms = clock_mono_ms();
	loop_timer_set(stage->timer, TIMER_MS);
}

static void on_signal(void *data, int signo) {
	struct stage *stage = data;
	int cols, rows;
	if (signo == SIGWINCH) {
		screen_size(&cols, &rows);
		surface_resize(&stage->play.surface, cols, rows);
		stage->full = true;
		draw(stage);
	} else if (signo != SIGTSTP) {
		stage->exit_code = 128 + signo;
		leave(stage);
	}
}

/* --- beginning and end --- */

/* A text of the command line, fit for the screen. */
static void copy_said(char *out, size_t size, const char *said) {
	text_clean(out, size, said, strlen(said));
}

void replay_user(const struct options *opt, struct sim_user *user) {
	const char *name = opt->given[OPTION_TRAINEE];
	copy_said(user->who.name, sizeof(user->who.name), name != NULL ? name : "operator");
	copy_said(user->who.position, sizeof(user->who.position), opt->position);
}

static void make_score(const struct play *p, struct score *score) {
	score_make(score, p->run,
		&(struct score_about){.trainee = p->user.who.name, .lang = p->cfg.lang});
}

void play_score_text(const struct play *p, struct buf *out) {
	struct score score;
	make_score(p, &score);
	score_text(out, &score, p->cfg.lang);
	score_finish(&score);
}

bool replay_score(const struct play *p, const struct options *opt, struct err *err) {
	const char *path = opt->given[OPTION_SCORE];
	struct score score;
	if (path == NULL) {
		return true;
	}
	make_score(p, &score);
	bool ok = score_write(&score, path, p->cfg.lang, err);
	score_finish(&score);
	return ok;
}

static bool load(struct stage *stage, const char *name, struct err *err) {
	struct buf text = {0};
	bool ok = scenario_find(name, &text, err) &&
		  (scenario_read(
			   &stage->scenario, text.data != NULL ? text.data : "", text.len, err) ||
			  err_prefix(err, "%s", name));
	buf_finish(&text);
	return ok;
}

static void list_themes(struct stage *stage) {
	struct theme_names names = {0};
	theme_list(&names, theme_dirs());
	const char **list = mem_alloc(names.len + 1, sizeof(*list));
	for (size_t i = 0; i < names.len; i++) {
		list[i] = names.names[i];
	}
	app_set_themes(&stage->play.app, list, names.len, stage->opt->theme);
	free(list);
	theme_names_finish(&names);
}

static bool open_screen(struct stage *stage, struct err *err) {
	struct theme theme;
	int cols, rows;
	if (!theme_find(&theme, stage->opt->theme, theme_dirs(), err) ||
		!screen_open(&theme, err)) {
		return false;
	}
	stage->screen_up = stage->full = true;
	list_themes(stage);
	screen_set_mouse(stage->opt->config.mouse);
	screen_size(&cols, &rows);
	surface_init(&stage->play.surface, cols, rows);
	stage->play.surface.ascii = stage->opt->ascii || !screen_is_utf8();
	return loop_watch_fd(stage->loop, screen_fd(), on_tty, stage, err);
}

static struct play_config play_config(struct stage *stage) {
	const struct options *opt = stage->opt;
	struct play_config cfg = {.scenario = &stage->scenario,
		.config = &opt->config,
		.user = {.role = ROLE_OPERATOR},
		.mode = MODE_EXERCISE,
		.seed = opt->seed,
		.lang = locale_language(),
		.training = true,
		.watch = opt->given[OPTION_WATCH] != NULL,
		.on_effect = on_effect,
		.on_entry = on_entry,
		.data = stage};
	replay_user(opt, &cfg.user);
	return cfg;
}

static bool begin(struct stage *stage, struct err *err) {
	const struct options *opt = stage->opt;
	struct play_config cfg = play_config(stage);
	stage->play.speed_percent = opt->speed_percent;
	return load(stage, opt->words[0], err) && play_begin(&stage->play, &cfg, err) &&
	       play_seek(&stage->play, opt->seek_ms, err);
}

/* What the class plays, from where this trainee has come to. */
static bool begin_class(struct stage *stage, struct err *err) {
	const struct options *opt = stage->opt;
	struct play_config cfg = play_config(stage);
	char token[TOKEN_FILE_SIZE];
	if (!token_file_read(opt->given[OPTION_TOKEN_FILE], token, sizeof(token), err)) {
		return false;
	}
	stage->join = join_create(stage->loop,
		&(struct join_config){.url = opt->given[OPTION_JOIN],
			.token = token,
			.who = cfg.user.who,
			.english = strcmp(cfg.lang, "id") != 0,
			.play = &stage->play,
			.on_asked = on_asked,
			.on_class = on_class,
			.data = stage},
		err);
	if (stage->join == NULL) {
		return false;
	}
	struct join_lesson *lesson = join_get_lesson(stage->join);
	if (!scenario_read(&stage->scenario, lesson->text.data != NULL ? lesson->text.data : "",
		    lesson->text.len, err)) {
		return err_prefix(err, "%s", opt->given[OPTION_JOIN]);
	}
	cfg.seed = lesson->seed;
	stage->play.speed_percent = lesson->speed_percent;
	stage->play.paused = lesson->paused;
	return play_begin(&stage->play, &cfg, err) &&
	       play_resume(&stage->play, lesson->entries, lesson->entries_len, lesson->at_ms, err);
}

static void finish(struct stage *stage) {
	door_destroy(stage->door);
	trainer_destroy(stage->trainer);
	join_destroy(stage->join);
	loop_timer_destroy(stage->timer);
	loop_destroy(stage->loop);
	play_finish(&stage->play);
	scenario_finish(&stage->scenario);
}

int replay_run(const struct options *opt, struct err *err) {
	static const int signals[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, 0};
	struct stage stage = {.opt = opt, .err = err, .exit_code = EXIT_SUCCESS};
	struct err unheard = {{0}};
	bool join = opt->given[OPTION_JOIN] != NULL;
	bool ok = join || begin(&stage, err);
	stage.loop = ok ? loop_create(LOOP_POLL, signals, on_signal, NULL, &stage, err) : NULL;
	ok = stage.loop != NULL && (!join || begin_class(&stage, err)) && open_door(&stage, err) &&
	     open_screen(&stage, err);
	if (ok) {
		stage.timer = loop_timer_create(stage.loop, on_timer, &stage);
		stage.clock_ms = clock_mono_ms();
		if (join) {
			join_begin(stage.join);
		}
		on_timer(&stage);
		loop_run(stage.loop);
	}
	if (stage.screen_up && !stage.gone) {
		screen_close();
		stage.screen_up = false;
	}
	if (ok && !join_leave(stage.join, &unheard)) {
		fprintf(stderr, "siaga: %s\n", unheard.text);
	}
	ok = ok && replay_score(&stage.play, opt, err);
	finish(&stage);
	return ok ? stage.exit_code : EXIT_FAILURE;
}
