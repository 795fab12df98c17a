/* Plays a script: struct app between its keys and a feed inside the process, drawn on a surface. */
#include "script.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/app.h>
#include <siaga/base/file.h>
#include <siaga/base/text.h>
#include <siaga/net/loop.h>
#include <siaga/train/sim.h>
#include <siaga/ui/draw.h>
#include <siaga/ui/theme.h>

#include "join.h"
#include "locale.h"
#include "play.h"
#include "replay.h"
#include "scenario_file.h"
#include "solo.h"
#include "token_file.h"

#define FILE_MAX ((size_t)4 * 1024 * 1024)

/* A script, and what it is played on. */
struct show {
	struct play play;
	const struct script *script;
	struct scenario scenario;
	struct loop *loop; /* a class's; or NULL, as the rest */
	struct join *join;
	bool meddled; /* it did something to the feed that is not on the tape */
};

static void tick(struct play *p) {
	play_step(p);
	if (p->dirty || p->now_ms % 1000 == 0) {
		play_draw(p);
	}
}

/* --- steps --- */

static bool fail(struct show *show, const struct script_step *step, struct err *err,
	const char *fmt, ...) ATTR_PRINTF(4, 5);

/* Says what went wrong, and shows the screen on which it did. */
static bool fail(
	struct show *show, const struct script_step *step, struct err *err, const char *fmt, ...) {
	struct buf screen = {0};
	char what[300];
	va_list args;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	surface_dump(&show->play.surface, &screen, false);
	fputs(screen.data, stderr);
	buf_finish(&screen);
	return err_set(err, "%s:%d: %s", show->script->name, step->line, what);
}

/* As fast as somebody reads and answers; a text is typed in one go. */
static void take_time(struct show *show) {
	for (int i = 0; i < 2 && !modal_is_text(show->play.app.modal.type); i++) {
		tick(&show->play);
	}
}

static bool press(struct show *show, const struct script_step *step, struct err *err) {
	for (size_t i = 0; i < step->keys_len && !show->play.left; i++) {
		if (step->verb == SCRIPT_KEYS) {
			take_time(show);
		}
		play_key(&show->play, step->keys[i]);
		if (!play_answer(&show->play, err)) {
			return false;
		}
		if (step->verb == SCRIPT_KEYS) {
			play_draw(&show->play);
		}
	}
	return true;
}

static void paste(struct show *show, const char *text) {
	struct buf clean = {0};
	size_t len = strlen(text);
	buf_reserve(&clean, 3 * len + 1); /* A byte that is no text becomes three. */
	text_clean(clean.data, 3 * len + 1, text, len);
	play_enter(&show->play, &(struct app_event){.type = APP_PASTE, .text = clean.data});
	buf_finish(&clean);
}

/* Into a file, or to standard output when it is "-". */
static bool write_text(struct show *show, const struct script_step *step, const char *path,
	const struct buf *text, struct err *err) {
	bool to_stdout = strcmp(path, "-") == 0;
	FILE *file = to_stdout ? stdout : fopen(path, "we");
	bool ok = file != NULL && fwrite(text->data, 1, text->len, file) == text->len;
	ok = file != NULL && (to_stdout ? fflush(file) : fclose(file)) == 0 && ok;
	return ok || fail(show, step, err, "%s: %s", path, strerror(errno));
}

static bool dump(struct show *show, const struct script_step *step, struct err *err) {
	struct buf out = {0};
	surface_dump(&show->play.surface, &out, step->flag);
	bool ok = write_text(show, step, step->text, &out, err);
	buf_finish(&out);
	return ok;
}

static bool print(struct show *show, const struct script_step *step, struct err *err) {
	struct buf out = {0};
	buf_printf(&out, "%s\n", step->text);
	bool ok = write_text(show, step, "-", &out, err);
	buf_finish(&out);
	return ok;
}

static bool expect(struct show *show, const struct script_step *step, struct err *err) {
	struct buf screen = {0};
	bool want = step->verb == SCRIPT_EXPECT;
	surface_dump(&show->play.surface, &screen, false);
	bool found = strstr(screen.data, step->text) != NULL;
	buf_finish(&screen);
	return found == want || fail(show, step, err, "expected \"%s\" %son the screen", step->text,
					want ? "" : "not to be ");
}

static bool act_as(struct show *show, const struct script_step *step, struct err *err) {
	const struct world *world = sim_get_world(show->play.sim);
	const struct incident *inc = world_by_number(world, step->number),
			      *other = world_by_number(world, step->other_number);
	struct sim_user user = {.role = ROLE_OPERATOR};
	struct command cmd;
	struct refusal no;
	int64_t seq;
	if (inc == NULL || (step->other_number != 0 && other == NULL)) {
		return fail(show, step, err, "no incident #%lld yet",
			(long long)(inc == NULL ? step->number : step->other_number));
	}
	text_copy(user.who.name, sizeof(user.who.name), step->who);
	command_copy(&cmd, &step->command);
	sim_make_id(cmd.id, show->play.cfg.seed, SIM_ID_COMMAND, ++show->play.ids);
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	text_copy(cmd.other, sizeof(cmd.other), other != NULL ? other->id : "");
	if (action_changes_state(cmd.action)) {
		cmd.has |= HAS_IF_REV;
		cmd.if_rev = inc->rev;
	}
	bool ok = sim_do(show->play.sim, &user, &cmd, &seq, &no);
	command_finish(&cmd);
	return ok || fail(show, step, err, "refused: %s", no.message);
}

static bool set_desk(struct show *show, const struct script_step *step, struct err *err) {
	if (registry_agency(&sim_get_world(show->play.sim)->registry, step->who) == NULL) {
		return fail(show, step, err, "no agency \"%s\"", step->who);
	}
	sim_set_desk(show->play.sim, step->who, step->flag ? SIM_DESK_PLAYED : SIM_DESK_EMPTY);
	if (show->play.following) {
		play_presence(&show->play);
	}
	return true;
}

static void put_event(struct show *show, const struct script_step *step) {
	struct event event = step->event;
	event.note = event.note != NULL ? mem_dup_str(event.note) : NULL;
	alarm_copy(&event.alarm, &step->event.alarm);
	sim_put(show->play.sim, &event);
}

static bool wait_for(struct show *show, const struct script_step *step, struct err *err) {
	int64_t until_ms = step->flag ? show->play.now_ms + step->ms : step->ms;
	if (until_ms < show->play.now_ms) {
		return fail(show, step, err, "the time is over: it is %lld:%02lld",
			(long long)(show->play.now_ms / 60000),
			(long long)(show->play.now_ms / 1000 % 60));
	}
	while (show->play.now_ms < until_ms && !show->play.left) {
		tick(&show->play);
	}
	return true;
}

/* What the script does itself to the feed or the link is not on the tape. */
static bool meddles(enum script_verb verb) {
	return verb == SCRIPT_AS || verb == SCRIPT_DESK || verb == SCRIPT_EVENT ||
	       verb == SCRIPT_LINK || verb == SCRIPT_RAISE;
}

static bool seek(struct show *show, const struct script_step *step, struct err *err) {
	if (show->meddled) {
		return fail(show, step, err,
			"what a script does to the feed or the link cannot be done again");
	}
	return play_seek(&show->play, step->ms, err);
}

static bool run_step(struct show *show, const struct script_step *step, struct err *err) {
	struct sim_alarm alarm;
	bool ok = true;
	show->meddled = show->meddled || meddles(step->verb);
	if (show->join != NULL && meddles(step->verb)) {
		return fail(show, step, err,
			"what a script does to the feed or the link cannot be told to a class");
	}
	switch (step->verb) {
	case SCRIPT_AHEAD:
	case SCRIPT_KEYS: ok = press(show, step, err); break;
	case SCRIPT_AS: ok = act_as(show, step, err); break;
	case SCRIPT_BELLS:
		ok = show->play.bells == step->number ||
		     fail(show, step, err, "it rang %lld times, not %lld",
			     (long long)show->play.bells, (long long)step->number);
		break;
	case SCRIPT_DESK: ok = set_desk(show, step, err); break;
	case SCRIPT_DUMP: ok = dump(show, step, err); break;
	case SCRIPT_EVENT: put_event(show, step); break;
	case SCRIPT_EXPECT:
	case SCRIPT_EXPECT_NOT: ok = expect(show, step, err); break;
	case SCRIPT_LINK:
		show->play.held = !step->flag;
		if (step->flag) {
			play_link_open(&show->play);
		} else {
			play_link_close(&show->play);
		}
		break;
	case SCRIPT_PASTE: paste(show, step->text); break;
	case SCRIPT_PRINT: ok = print(show, step, err); break;
	case SCRIPT_RAISE:
		/* It was read once already: nothing is wrong with it. */
		sim_raise(show->play.sim, step->text, strlen(step->text), 0, &alarm, err);
		break;
	case SCRIPT_SEEK: ok = seek(show, step, err); break;
	case SCRIPT_SIZE: surface_resize(&show->play.surface, step->cols, step->rows); break;
	case SCRIPT_WAIT: ok = wait_for(show, step, err); break;
	case SCRIPT_VERB_COUNT: break;
	}
	play_settle(&show->play);
	play_draw(&show->play);
	return ok;
}

/* Was the link never up? A script says so by cutting it before anything else. */
static bool begins_alone(const struct script *script) {
	return script->len > 0 && script->steps[0].verb == SCRIPT_LINK;
}

static bool run(struct show *show, struct err *err) {
	const struct script *script = show->script;
	play_draw(&show->play);
	for (size_t i = 0; i < script->len; i++) {
		if (show->play.left) {
			return fail(show, &script->steps[i], err, "the console was left before");
		}
		if (!run_step(show, &script->steps[i], err)) {
			return false;
		}
	}
	return true;
}

/* --- beginning and end --- */

/* That of the demo, where none is named. */
static bool load_scenario(struct scenario *sc, const char *path, struct err *err) {
	struct buf text = {0};
	bool ok = scenario_find(path != NULL ? path : "demo", &text, err) &&
		  (scenario_read(sc, text.data != NULL ? text.data : "", text.len, err) ||
			  err_prefix(err, "%s", path));
	buf_finish(&text);
	return ok;
}

static bool has_agency(const char *agency) {
	struct registry registry;
	bool has = solo_registry(&registry, NULL) && registry_agency(&registry, agency) != NULL;
	registry_finish(&registry);
	return has;
}

/* --- in a class --- */

static void on_entry(void *data, const struct tape_entry *entry) {
	struct show *show = data;
	join_note(show->join, entry);
}

static void on_signal(void *data, int signo) {
	struct show *show = data;
	UNUSED(signo);
	loop_stop(show->loop);
}

/* A script's trainee waits for nobody. */
static bool on_asked(void *data, const struct train_frame *train, struct err *err) {
	UNUSED(data);
	UNUSED(train);
	return err_set(err, _("a script is played; nothing can be asked of it"));
}

static void on_class(void *data, enum training_class class, const char *text) {
	UNUSED(data);
	UNUSED(class);
	UNUSED(text);
}

static bool enter_class(
	struct show *show, const struct options *opt, struct play_config *cfg, struct err *err) {
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT, 0};
	char token[TOKEN_FILE_SIZE];
	if (show->script->role != ROLE_OPERATOR) {
		return err_set(err, _("%s:%d: in a class one is an operator"), show->script->name,
			show->script->role_line);
	}
	if (!token_file_read(opt->given[OPTION_TOKEN_FILE], token, sizeof(token), err)) {
		return false;
	}
	show->loop = loop_create(LOOP_POLL, signals, on_signal, NULL, show, err);
	show->join = show->loop == NULL
			     ? NULL
			     : join_create(show->loop,
				       &(struct join_config){.url = opt->given[OPTION_JOIN],
					       .token = token,
					       .who = cfg->user.who,
					       .english = strcmp(cfg->lang, "id") != 0,
					       .play = &show->play,
					       .on_asked = on_asked,
					       .on_class = on_class,
					       .data = show},
				       err);
	if (show->join == NULL) {
		return false;
	}
	/* A script begins at the beginning, whoever was here before. */
	const struct join_lesson *lesson = join_get_lesson(show->join);
	cfg->seed = lesson->seed;
	cfg->mode = MODE_EXERCISE;
	cfg->on_entry = on_entry;
	cfg->data = show;
	return scenario_read(&show->scenario, lesson->text.data != NULL ? lesson->text.data : "",
		       lesson->text.len, err) ||
	       err_prefix(err, "%s", opt->given[OPTION_JOIN]);
}

static bool prepare(struct show *show, const struct options *opt, struct err *err) {
	const struct script *script = show->script;
	bool replay = opt->command == OPTION_COMMAND_REPLAY;
	struct play_config cfg = {.scenario = &show->scenario,
		.config = &opt->config,
		.user = {.role = script->role},
		.mode = script->mode,
		.seed = opt->seed,
		.lang = locale_language(),
		.training = replay,
		.watch = opt->given[OPTION_WATCH] != NULL,
		.alone = begins_alone(script)};
	struct theme theme;
	bool join = opt->given[OPTION_JOIN] != NULL;
	replay_user(opt, &cfg.user);
	if (!theme_find(&theme, opt->theme, theme_dirs(), err) ||
		(join && !enter_class(show, opt, &cfg, err)) ||
		(!join && !load_scenario(
				  &show->scenario, replay ? opt->words[0] : opt->scenario, err))) {
		return false;
	}
	if (script->role == ROLE_AGENCY && !has_agency(script->agency)) {
		return err_set(err, _("%s:%d: no agency \"%s\""), script->name, script->role_line,
			script->agency);
	}
	if (!replay) {
		text_copy(cfg.user.who.name, sizeof(cfg.user.who.name), role_name(script->role));
	}
	text_copy(cfg.user.agency, sizeof(cfg.user.agency), script->agency);
	surface_init(&show->play.surface, opt->cols, opt->rows);
	show->play.surface.ascii = opt->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	return play_begin(&show->play, &cfg, err);
}

int script_run(const struct options *opt, struct err *err) {
	struct script script = {0};
	struct show show = {.script = &script};
	struct buf text = {0};
	bool ok = file_read_any(opt->script, FILE_MAX, &text, err) &&
		  script_parse(&script, opt->script, text.data, text.len, err) &&
		  prepare(&show, opt, err) && run(&show, err);
	bool heard = true;
	if (ok && show.join != NULL) {
		join_begin(show.join);
		heard = join_leave(show.join, err);
	}
	ok = ok && replay_score(&show.play, opt, heard ? err : NULL) && heard;
	join_destroy(show.join);
	loop_destroy(show.loop);
	play_finish(&show.play);
	scenario_finish(&show.scenario);
	script_finish(&script);
	buf_finish(&text);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
