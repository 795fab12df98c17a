#include "class.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <siaga/app/training.h>
#include <siaga/base/file.h>
#include <siaga/base/text.h>
#include <siaga/train/score.h>

#include "class_private.h"
#include "locale.h"
#include "scenario_file.h"
#include "score_file.h"

#define LOOK_MS 100

void class_say(const char *fmt, ...) {
	va_list args;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* --- what a trainer asks --- */

static void get_subject(void *data, struct subject *out) {
	const struct class *class = data;
	pupil_subject(class->watched, out);
	out->paused = class->watched == class->nobody ? class->paused : out->paused;
}

static void fill_class(void *data, struct training_frame *frame) {
	const struct class *class = data;
	frame->class = true;
	for (size_t i = 0; i < class->pupils_len; i++) {
		pupil_fill(class->pupils[i], &frame->trainees[frame->trainees_len++]);
	}
}

static void send_asked(struct pupil *p, const struct train_frame *train) {
	struct guest *g = p->link;
	struct buf frame = {0};
	wire_put_asked(&frame, train);
	visitor_send(g->visitor, &frame);
}

static bool watch(struct class *class, const char *name, struct err *err) {
	for (size_t i = 0; i < class->pupils_len; i++) {
		if (strcmp(class->pupils[i]->who.name, name) == 0) {
			class->watched = class->pupils[i];
			return true;
		}
	}
	return err_set(err, _("no trainee \"%s\""), name);
}

/* All stop where one goes on, so that a class of some that do and some that do not stands still. */
static bool all_stop(const struct class *class) {
	bool go = class->pupils_len == 0 && !class->paused;
	for (size_t i = 0; i < class->pupils_len; i++) {
		const struct pupil *p = class->pupils[i];
		go = go || (p->link != NULL && !p->paused && !run_is_over(p->run));
	}
	return go;
}

static bool ask_all(struct class *class, const struct train_frame *asked, struct err *err) {
	struct train_frame train = *asked;
	size_t count = 0;
	if (train.ask == TRAIN_SPEED) {
		class->speed_percent = train.number;
	} else if (train.ask == TRAIN_PAUSE) {
		train.number = all_stop(class) ? TRAIN_STOP : TRAIN_GO;
		class->paused = train.number == TRAIN_STOP;
	}
	for (size_t i = 0; i < class->pupils_len; i++) {
		if (class->pupils[i]->link != NULL) {
			send_asked(class->pupils[i], &train);
			count++;
		}
	}
	/* These hold for those who come later, too. */
	return count > 0 || train.ask == TRAIN_SPEED || train.ask == TRAIN_PAUSE ||
	       err_set(err, _("no trainee is there"));
}

static bool on_asked(void *data, const struct train_frame *asked, struct err *err) {
	struct class *class = data;
	struct train_frame train = *asked;
	train.all = false;
	if (train.ask == TRAIN_WATCH) {
		return watch(class, train.text, err);
	}
	if (train.ask == TRAIN_SPEED && !speed_is_known(train.number)) {
		return err_set(err, _("a speed of 0.25, 0.5, 1, 2, 4, 8, 16, 32 or 64"));
	}
	if (asked->all) {
		return ask_all(class, &train, err);
	}
	if (class->watched->link == NULL) {
		return class->watched == class->nobody
			       ? err_set(err, _("no trainee is there"))
			       : err_set(err, _("%s is not there"), class->watched->who.name);
	}
	send_asked(class->watched, &train);
	return true;
}

/* --- scores --- */

/* A name that can be one of a file. */
static void file_name(char *out, size_t size, const char *name) {
	static const char fit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t len = 0;
	for (; name[len] != '\0' && len + 1 < size; len++) {
		out[len] = strchr(fit, name[len]) != NULL ? name[len] : '_';
	}
	out[len] = '\0';
}

/* DIR/NAME where it is a folder, else OUT-NAME; with a number where another has that already. */
static bool score_path(const struct class *class, const struct pupil *pupil, char *out, size_t size,
	struct err *err) {
	const char *path = class->opt->given[OPTION_SCORE];
	char name[WHO_SIZE], other[WHO_SIZE], number[24] = "";
	struct stat st;
	bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	size_t same = 1;
	file_name(name, sizeof(name), pupil->who.name);
	for (size_t i = 0; class->pupils[i] != pupil; i++) {
		file_name(other, sizeof(other), class->pupils[i]->who.name);
		same += strcmp(name, other) == 0;
	}
	if (same > 1) {
		snprintf(number, sizeof(number), ".%zu", same);
	}
	int width = snprintf(out, size, "%s%s%s%s", path, folder ? "/" : "-", name, number);
	return (size_t)width < size || err_set(err, _("%s: the name is too long"), path);
}

/* As their own console would write it, in its language. */
bool class_keep_score(const struct class *class, const struct pupil *p, struct err *err) {
	char lang[16], path[FILE_PATH_SIZE];
	struct score score;
	if (class->opt->given[OPTION_SCORE] == NULL || !pupil_has_begun(p)) {
		return true;
	}
	if (!score_path(class, p, path, sizeof(path), err)) {
		return false;
	}
	text_copy(lang, sizeof(lang), locale_language());
	locale_init(pupil_lang(p), NULL);
	score_make(&score, p->run,
		&(struct score_about){.trainee = p->who.name, .lang = pupil_lang(p)});
	bool ok = score_write(&score, path, pupil_lang(p), err);
	score_finish(&score);
	locale_init(lang, NULL);
	return ok;
}

/* All of them, also where one cannot be written. */
static bool write_scores(const struct class *class, struct err *err) {
	bool ok = true;
	for (size_t i = 0; i < class->pupils_len; i++) {
		struct err later = {{0}};
		ok = class_keep_score(class, class->pupils[i], ok ? err : &later) && ok;
	}
	return ok;
}

/* --- beginning and end --- */

static void on_timer(void *data) {
	struct class *class = data;
	class_guest_look(class);
	trainer_look(class->trainer);
	loop_timer_set(class->timer, LOOK_MS);
}

static void on_end(void *data) {
	loop_stop(data);
}

static void on_signal(void *data, int signo) {
	struct class *class = data;
	UNUSED(signo);
	loop_stop(class->loop);
}

static bool load(struct class *class, struct err *err) {
	const char *name = class->opt->words[0];
	const struct who nobody = {"-", ""};
	if (!scenario_find(name, &class->text, err)) {
		return false;
	}
	buf_reserve(&class->text, 1);
	class->text.data[class->text.len] = '\0';
	if (!scenario_read(&class->scenario, class->text.data, class->text.len, err)) {
		return err_prefix(err, "%s", name);
	}
	class_sum(class->sum, class->text.data, class->text.len);
	class->lesson = (struct pupil_lesson){
		.scenario = &class->scenario, .seed = class->opt->seed, .mode = MODE_EXERCISE};
	class->speed_percent = class->opt->speed_percent;
	bool english = strcmp(locale_language(), "id") != 0;
	class->nobody = class->watched = pupil_create(&class->lesson, &nobody, english, err);
	return class->nobody != NULL;
}

static bool open_door(struct class *class, struct err *err) {
	const struct options *opt = class->opt;
	class->trainer =
		trainer_create(class->loop, &(struct trainer_config){.scenario = &class->scenario,
						    .mode = class->lesson.mode,
						    .get_subject = get_subject,
						    .fill_class = fill_class,
						    .on_asked = on_asked,
						    .data = class});
	struct door_key keys[DOOR_KEYS_MAX] = {
		trainer_key(class->trainer, opt->given[OPTION_TRAINER_TOKEN]),
		class_guest_key(class, opt->given[OPTION_CLASS])};
	class->door = door_create(class->loop, opt->given[OPTION_LISTEN], keys, DOOR_KEYS_MAX, err);
	if (class->door != NULL) {
		class_say(_("A class of %s may come: port %u"), opt->words[0],
			door_port(class->door));
	}
	return class->door != NULL;
}

/* Whoever is there hears that it is over. */
static void end_all(struct class *class) {
	struct loop_timer *timer = loop_timer_create(class->loop, on_end, class->loop);
	for (struct guest *g = class->guests; g != NULL; g = g->next) {
		class_guest_end(g, CLASS_OVER);
	}
	loop_timer_set(timer, LOOK_MS);
	loop_run(class->loop);
	loop_timer_destroy(timer);
	for (size_t i = 0; i < class->pupils_len; i++) {
		pupil_leave(class->pupils[i]);
	}
}

static void finish(struct class *class) {
	door_destroy(class->door);
	trainer_destroy(class->trainer);
	loop_timer_destroy(class->timer);
	loop_destroy(class->loop);
	for (size_t i = 0; i < class->pupils_len; i++) {
		pupil_destroy(class->pupils[i]);
	}
	pupil_destroy(class->nobody);
	scenario_finish(&class->scenario);
	buf_finish(&class->text);
}

int class_run(const struct options *opt, struct err *err) {
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT, 0};
	struct class class = {.opt = opt};
	bool ok = load(&class, err);
	class.loop = ok ? loop_create(LOOP_POLL, signals, on_signal, NULL, &class, err) : NULL;
	ok = class.loop != NULL && open_door(&class, err);
	if (ok) {
		class.timer = loop_timer_create(class.loop, on_timer, &class);
		on_timer(&class);
		loop_run(class.loop);
		end_all(&class);
		ok = write_scores(&class, err);
	}
	finish(&class);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
