/*
 * The console as a running program: the loop, the terminal, the link and the cache around struct
 * app. What app_apply() asks for is done here, and nowhere else.
 */
#ifndef SIAGA_CONSOLE_RUNTIME_H
#define SIAGA_CONSOLE_RUNTIME_H

#include <siaga/app/query.h>
#include <siaga/net/client.h>
#include <siaga/net/loop.h>
#include <siaga/store/cache.h>
#include <siaga/store/cache_forget.h>
#include <siaga/ui/draw.h>
#include <siaga/ui/screen.h>
#include <siaga/ui/surface.h>
#include <siaga/wire/wire.h>

#include "keep.h"
#include "options.h"
#include "pace.h"
#include "saving.h"

struct plain;
struct programs;
struct watch;

struct runtime {
	const struct options *opt;
	struct app app;
	struct effects fx;
	struct loop *loop;
	struct link *link;
	struct link_config link_cfg;
	char relink_why[EFFECT_TEXT_SIZE];
	struct cache_store *cache; /* NULL while it cannot be opened */
	struct keep keep;
	struct saving saving;
	struct plain *plain; /* lines instead of a screen, or NULL */
	struct surface surface;
	struct loop_timer *tick, *frame, *relink, *soon;
	struct loop_timer *forget_timer; /* NULL until something is to be forgotten */
	struct cache_forget forget;
	struct programs *programs;
	struct watch *watch;
	const struct server_frame *current; /* the message being applied, for EFFECT_STORE */
	enum screen_notify_kind notify;
	int64_t slept_ms; /* the machine, until the last tick */
	int64_t ticked_s; /* of the feed's clock: the second of the last tick */
	struct pace pace;
	enum pace_why why;     /* of what is to be drawn */
	int64_t slow_until_ms; /* the line to the terminal took its time */
	bool dirty, full, screen_up, gone;
	bool untouched;        /* nothing has happened since that was drawn */
	struct ui_drawn drawn; /* what is on the screen */
	int exit_code;
};

/* Runs until the operator leaves or the terminal does. Returns the exit code. */
int runtime_run(const struct options *opt, const char *token, struct err *err);

/* --- frames.c --- */

void runtime_apply(struct runtime *rt, struct app_event *event);
void runtime_message(struct runtime *rt, const char *text, size_t len);
/* Only events of which nothing on the screen comes: they are not worth a frame. */
bool runtime_is_quiet(const struct server_frame *frame);
/* What the cache holds, into the app. */
void runtime_load_cache(struct runtime *rt);
void runtime_effects(struct runtime *rt, const struct app_event *event);

/* --- unsent.c --- */

/* What the outbox holds, into the app. */
void runtime_load_outbox(struct runtime *rt);
/* What is still in it of what the app has: other consoles share it. */
void runtime_look_outbox(struct runtime *rt);

/* --- runtime.c --- */

/* Draws what changed, now or when the frame time is over. */
void runtime_want_draw(struct runtime *rt);
/* Closes the link until rt->relink fires. */
void runtime_hold_link(struct runtime *rt, const char *why);
/* Changes the theme, or says why not. */
void runtime_theme(struct runtime *rt, const char *name);

/* --- outside.c: the bell, the sound, the viewers, the pictures --- */

void outside_open(struct runtime *rt);
void outside_close(struct runtime *rt);
/* Rings. `told`: somebody listens, and wants to know when it fails. */
void outside_ring(struct runtime *rt, bool told);
void outside_view(struct runtime *rt, const char *camera);
/* The cells that a picture of the picked camera has on the screen; 0: it has no place there. */
void outside_look(struct runtime *rt, int cols, int rows);

/* --- forget.c --- */

/* Goes on with what the cache has still to forget. */
void forget_soon(struct runtime *rt);
/* The feed has forgotten persons of incidents that ended before. */
void forget_told(struct runtime *rt, int64_t before_ms);

/* --- history_read.c: what the app asked of the cache --- */

void history_read(struct runtime *rt, const char *words, int64_t before);
void history_read_one(struct runtime *rt, const char *incident);

void runtime_notice(struct runtime *rt, bool error, const char *text);

#endif
