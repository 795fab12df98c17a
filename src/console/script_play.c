/* Plays a script: struct app between its keys and a feed inside the process, drawn on a surface. */
#include "script_play.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/app/app.h>
#include <siaga/base/embed.h>
#include <siaga/base/text.h>
#include <siaga/train/sim.h>
#include <siaga/ui/draw.h>
#include <siaga/ui/theme.h>

#include "solo.h"

#define SEED     1
#define FILE_MAX ((size_t)4 * 1024 * 1024)

static int64_t ids_made;

static void make_id(char out[UUID_SIZE]) {
	sim_make_id(out, SEED, SIM_ID_COMMAND, ++ids_made);
}

/* --- time --- */

static void tick(struct play *p) {
	p->now_ms += SCRIPT_STEP_MS;
	run_advance(p->run, p->now_ms);
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
	play_apply(p, &(struct app_event){.type = APP_TICK});
	play_settle(p);
	if (p->dirty || p->now_ms % 1000 == 0) {
		play_draw(p);
	}
}

/* --- steps --- */

static bool fail(struct play *p, const struct script_step *step, struct err *err, const char *fmt,
	...) ATTR_PRINTF(4, 5);

/* Says what went wrong, and shows the screen on which it did. */
static bool fail(
	struct play *p, const struct script_step *step, struct err *err, const char *fmt, ...) {
	struct buf screen = {0};
	char what[300];
	va_list args;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	surface_dump(&p->surface, &screen, false);
	fputs(screen.data, stderr);
	buf_finish(&screen);
	return err_set(err, "%s:%d: %s", p->script->name, step->line, what);
}

/* As fast as somebody reads and answers; a text is typed in one go. */
static void take_time(struct play *p) {
	for (int i = 0; i < 2 && !modal_is_text(p->app.modal.type); i++) {
		tick(p);
	}
}

static void press(struct play *p, const struct script_step *step) {
	for (size_t i = 0; i < step->keys_len && !p->left; i++) {
		if (step->verb == SCRIPT_KEYS) {
			take_time(p);
		}
		play_apply(p, &(struct app_event){.type = APP_KEY, .key = step->keys[i]});
		play_settle(p);
		if (step->verb == SCRIPT_KEYS) {
			play_draw(p);
		}
	}
}

static void paste(struct play *p, const char *text) {
	struct buf clean = {0};
	size_t len = strlen(text);
	buf_reserve(&clean, 3 * len + 1); /* A byte that is no text becomes three. */
	text_clean(clean.data, 3 * len + 1, text, len);
	play_apply(p, &(struct app_event){.type = APP_PASTE, .text = clean.data});
	buf_finish(&clean);
}

/* Into a file, or to standard output when it is "-". */
static bool write_text(struct play *p, const struct script_step *step, const char *path,
	const struct buf *text, struct err *err) {
	bool to_stdout = strcmp(path, "-") == 0;
	FILE *file = to_stdout ? stdout : fopen(path, "we");
	bool ok = file != NULL && fwrite(text->data, 1, text->len, file) == text->len;
	ok = file != NULL && (to_stdout ? fflush(file) : fclose(file)) == 0 && ok;
	return ok || fail(p, step, err, "%s: %s", path, strerror(errno));
}

static bool dump(struct play *p, const struct script_step *step, struct err *err) {
	struct buf out = {0};
	surface_dump(&p->surface, &out, step->flag);
	bool ok = write_text(p, step, step->text, &out, err);
	buf_finish(&out);
	return ok;
}

static bool print(struct play *p, const struct script_step *step, struct err *err) {
	struct buf out = {0};
	buf_printf(&out, "%s\n", step->text);
	bool ok = write_text(p, step, "-", &out, err);
	buf_finish(&out);
	return ok;
}

static bool expect(struct play *p, const struct script_step *step, struct err *err) {
	struct buf screen = {0};
	bool want = step->verb == SCRIPT_EXPECT;
	surface_dump(&p->surface, &screen, false);
	bool found = strstr(screen.data, step->text) != NULL;
	buf_finish(&screen);
	return found == want || fail(p, step, err, "expected \"%s\" %son the screen", step->text,
					want ? "" : "not to be ");
}

static bool act_as(struct play *p, const struct script_step *step, struct err *err) {
	const struct world *world = sim_get_world(p->sim);
	const struct incident *inc = world_by_number(world, step->number),
			      *other = world_by_number(world, step->other_number);
	struct sim_user user = {.role = ROLE_OPERATOR};
	struct command cmd;
	struct refusal no;
	int64_t seq;
	if (inc == NULL || (step->other_number != 0 && other == NULL)) {
		return fail(p, step, err, "no incident #%lld yet",
			(long long)(inc == NULL ? step->number : step->other_number));
	}
	text_copy(user.who.name, sizeof(user.who.name), step->who);
	command_copy(&cmd, &step->command);
	make_id(cmd.id);
	text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
	text_copy(cmd.other, sizeof(cmd.other), other != NULL ? other->id : "");
	if (action_changes_state(cmd.action)) {
		cmd.has |= HAS_IF_REV;
		cmd.if_rev = inc->rev;
	}
	bool ok = sim_do(p->sim, &user, &cmd, &seq, &no);
	command_finish(&cmd);
	return ok || fail(p, step, err, "refused: %s", no.message);
}

static bool set_desk(struct play *p, const struct script_step *step, struct err *err) {
	if (registry_agency(&sim_get_world(p->sim)->registry, step->who) == NULL) {
		return fail(p, step, err, "no agency \"%s\"", step->who);
	}
	sim_set_desk(p->sim, step->who, step->flag ? SIM_DESK_PLAYED : SIM_DESK_EMPTY);
	if (p->following) {
		play_presence(p);
	}
	return true;
}

static void put_event(struct play *p, const struct script_step *step) {
	struct event event = step->event;
	event.note = event.note != NULL ? mem_dup_str(event.note) : NULL;
	alarm_copy(&event.alarm, &step->event.alarm);
	sim_put(p->sim, &event);
}

static bool wait_for(struct play *p, const struct script_step *step, struct err *err) {
	int64_t until_ms = step->flag ? p->now_ms + step->ms : step->ms;
	if (until_ms < p->now_ms) {
		return fail(p, step, err, "the time is over: it is %lld:%02lld",
			(long long)(p->now_ms / 60000), (long long)(p->now_ms / 1000 % 60));
	}
	while (p->now_ms < until_ms && !p->left) {
		tick(p);
	}
	return true;
}

static bool run_step(struct play *p, const struct script_step *step, struct err *err) {
	struct sim_alarm alarm;
	bool ok = true;
	switch (step->verb) {
	case SCRIPT_AHEAD:
	case SCRIPT_KEYS: press(p, step); break;
	case SCRIPT_AS: ok = act_as(p, step, err); break;
	case SCRIPT_BELLS:
		ok = p->bells == step->number ||
		     fail(p, step, err, "it rang %lld times, not %lld", (long long)p->bells,
			     (long long)step->number);
		break;
	case SCRIPT_DESK: ok = set_desk(p, step, err); break;
	case SCRIPT_DUMP: ok = dump(p, step, err); break;
	case SCRIPT_EVENT: put_event(p, step); break;
	case SCRIPT_EXPECT:
	case SCRIPT_EXPECT_NOT: ok = expect(p, step, err); break;
	case SCRIPT_LINK:
		p->held = !step->flag;
		if (step->flag) {
			play_link_open(p);
		} else {
			play_link_close(p);
		}
		break;
	case SCRIPT_PASTE: paste(p, step->text); break;
	case SCRIPT_PRINT: ok = print(p, step, err); break;
	case SCRIPT_RAISE:
		/* It was read once already: nothing is wrong with it. */
		sim_raise(p->sim, step->text, strlen(step->text), 0, &alarm, err);
		break;
	case SCRIPT_SIZE: surface_resize(&p->surface, step->cols, step->rows); break;
	case SCRIPT_WAIT: ok = wait_for(p, step, err); break;
	case SCRIPT_VERB_COUNT: break;
	}
	play_settle(p);
	play_draw(p);
	return ok;
}

/* Was the link never up? A script says so by cutting it before anything else. */
static bool begins_alone(const struct script *script) {
	return script->len > 0 && script->steps[0].verb == SCRIPT_LINK;
}

static bool run(struct play *p, struct err *err) {
	const struct script *script = p->script;
	if (begins_alone(script)) {
		play_draw(p);
	} else {
		play_link_open(p);
	}
	run_advance(p->run, 0);
	play_settle(p);
	play_draw(p);
	for (size_t i = 0; i < script->len; i++) {
		if (p->left) {
			return fail(p, &script->steps[i], err, "the console was left before");
		}
		if (!run_step(p, &script->steps[i], err)) {
			return false;
		}
	}
	return true;
}

/* --- beginning and end --- */

static bool read_file(struct buf *out, const char *path, struct err *err) {
	FILE *file = fopen(path, "re");
	size_t got = 1;
	while (file != NULL && got > 0 && out->len <= FILE_MAX) {
		buf_reserve(out, 65536);
		got = fread(out->data + out->len, 1, 65535, file);
		out->len += got;
		out->data[out->len] = '\0';
	}
	bool ok = file != NULL && !ferror(file);
	if (!ok) {
		err_set(err, "%s: %s", path, strerror(errno));
	} else if (out->len > FILE_MAX) {
		ok = err_set(err, _("%s: longer than %zu bytes"), path, FILE_MAX);
	}
	if (file != NULL) {
		fclose(file);
	}
	return ok;
}

static bool load_scenario(struct scenario *sc, const char *path, struct err *err) {
	struct buf text = {0};
	const struct embedded_file *demo = embedded_find("demo.jsonl");
	bool ok;
	if (path == NULL) {
		return scenario_read(sc, (const char *)demo->data, demo->len, err);
	}
	ok = read_file(&text, path, err) &&
	     (scenario_read(sc, text.data, text.len, err) || err_prefix(err, "%s", path));
	buf_finish(&text);
	return ok;
}

static bool prepare(struct play *p, const struct options *opt, struct err *err) {
	const struct script *script = p->script;
	struct registry registry = {0};
	struct theme theme;
	if (!theme_find(&theme, opt->theme, theme_dirs(), err) || !solo_registry(&registry, err) ||
		!load_scenario(&p->scenario, opt->scenario, err)) {
		registry_finish(&registry);
		return false;
	}
	if (script->role == ROLE_AGENCY && registry_agency(&registry, script->agency) == NULL) {
		err_set(err, _("%s:%d: no agency \"%s\""), script->name, script->role_line,
			script->agency);
		registry_finish(&registry);
		return false;
	}
	p->user.role = script->role;
	text_copy(p->user.who.name, sizeof(p->user.who.name), role_name(script->role));
	text_clean(p->user.who.position, sizeof(p->user.who.position), opt->position,
		strlen(opt->position));
	text_copy(p->user.agency, sizeof(p->user.agency), script->agency);
	text_copy(p->app.position, sizeof(p->app.position), p->user.who.position);
	p->run = run_create(&(struct run_config){.scenario = &p->scenario,
		.registry = &registry,
		.trainee = p->user,
		.seed = SEED,
		.start_ms = PLAY_WALL_MS,
		.mode = script->mode,
		.lang = "id"});
	p->sim = run_sim(p->run);
	surface_init(&p->surface, opt->cols, opt->rows);
	p->surface.ascii = opt->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	return true;
}

static void finish(struct play *p) {
	for (size_t i = 0; i < p->sent_len; i++) {
		command_finish(&p->sent[i]);
	}
	free(p->sent);
	run_destroy(p->run);
	scenario_finish(&p->scenario);
	app_finish(&p->app);
	surface_finish(&p->surface);
}

int script_run(const struct options *opt, struct err *err) {
	struct script script = {0};
	struct play play = {.script = &script};
	struct buf text = {0};
	app_init(&play.app);
	app_configure(&play.app, &opt->config);
	app_set_id_source(make_id);
	bool ok = read_file(&text, opt->script, err) &&
		  script_parse(&script, opt->script, text.data, text.len, err) &&
		  prepare(&play, opt, err) && run(&play, err);
	finish(&play);
	script_finish(&script);
	buf_finish(&text);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
