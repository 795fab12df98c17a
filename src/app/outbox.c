#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

struct command outbox_command(
	const struct app *app, enum action action, const struct incident *inc) {
	struct command cmd = {.action = action, .role = app->role, .mode = app->mode};
	cmd.alarm.accuracy_m = -1;
	text_copy(cmd.by.name, sizeof(cmd.by.name), app->name);
	app_make_id(cmd.id);
	if (inc != NULL) {
		text_copy(cmd.incident, sizeof(cmd.incident), inc->id);
		if (action_changes_state(action)) {
			cmd.has |= HAS_IF_REV;
			cmd.if_rev = inc->rev;
		}
	}
	return cmd;
}

/* The feed takes so many a second with one token, and wants a pause when it was too much. */
#define AGAIN_MS  1500
#define AGAIN_MAX 10 /* in each second after it */

static struct app_pending *add_pending(struct app *app, struct command *cmd, int64_t made_ms) {
	struct app_pending *item = mem_alloc(1, sizeof(*item));
	item->command = *cmd;
	memset(cmd, 0, sizeof(*cmd));
	item->made_ms = made_ms;
	item->since_ms = app->now_ms;
	app->pending = mem_resize(app->pending, app->pending_len + 1, sizeof(*app->pending));
	app->pending[app->pending_len++] = item;
	return item;
}

/* Does the feed take what it is asked? */
static bool is_open(const struct app *app) {
	return app->link == APP_LINK_LIVE && app->feed_trouble == TROUBLE_NONE;
}

static void send(struct app *app, struct app_pending *item, struct effects *fx) {
	/* Nothing overtakes what the feed has put off. */
	bool live = is_open(app) && app->again_at_ms == 0;
	struct effect *effect = effects_add(fx, live ? EFFECT_SEND : EFFECT_HOLD);
	if (live) {
		text_copy(item->feed, sizeof(item->feed), app->feed);
		item->guessed = false;
	}
	effect->command = &item->command;
	effect->feed = item->feed;
	effect->made_ms = item->made_ms;
	item->sent = live;
	item->kept = item->kept || live; /* Or outbox_held() says at once that it is not. */
	item->tried = effect->tried = item->tried || live;
	item->ask = item->nameless = false;
}

void outbox_submit(struct app *app, struct command *cmd, struct effects *fx) {
	if (app->link == APP_LINK_NONE) {
		notice_add(app, true, "%s", _("OFFLINE: nothing can be sent; not done"));
		command_finish(cmd);
		return;
	}
	struct app_pending *item = add_pending(app, cmd, app->wall_ms);
	text_copy(item->feed, sizeof(item->feed), app->feed);
	item->ours = true;
	if (!app->named) {
		item->command.by.name[0] = '\0';
	}
	send(app, item, fx);
}

static size_t find(const struct app *app, const char *id) {
	size_t i = 0;
	while (i < app->pending_len && strcmp(app->pending[i]->command.id, id) != 0) {
		i++;
	}
	return i;
}

/* Only now is it as it says. */
static void tell_held(struct app *app, const struct app_pending *item, enum trouble trouble) {
	if (item->unkept) {
		notice_add(app, true,
			_("NOT SENT and NOT KEPT (%s): it is lost when this console ends"),
			app_trouble_word(trouble));
	} else if (app->link != APP_LINK_LIVE) {
		notice_add(app, true, "%s", _("NOT SENT: no link. Kept in the outbox"));
	} else if (app->feed_trouble != TROUBLE_NONE) {
		notice_add(
			app, true, "%s", _("NOT SENT: the feed cannot write. Kept in the outbox"));
	} else {
		notice_add(app, true, "%s",
			_("The feed takes no more at once: it is sent in a moment"));
	}
}

/* Another console may have it, too: so far as is known it may have sent it. */
static void lose(struct app_pending *item) {
	item->tried = item->tried || item->kept;
	item->kept = false;
}

void outbox_held(struct app *app, const char *id, enum trouble trouble) {
	size_t i = find(app, id);
	if (i == app->pending_len) {
		return;
	}
	struct app_pending *item = app->pending[i];
	if (trouble != TROUBLE_NONE) {
		lose(item);
	}
	item->kept = trouble == TROUBLE_NONE;
	item->unkept = !item->kept;
	if (!item->sent && !item->told) {
		item->told = true;
		tell_held(app, item, trouble);
	}
	if (item->left && item->kept) {
		outbox_drop(app, id);
	}
}

static void hold(struct app_pending *item, struct effects *fx) {
	struct effect *effect = effects_add(fx, EFFECT_HOLD);
	effect->command = &item->command;
	effect->feed = item->feed;
	effect->made_ms = item->made_ms;
	effect->tried = item->tried;
	item->nameless = false;
}

void outbox_keep(struct app *app, struct effects *fx) {
	for (size_t i = 0; i < app->pending_len; i++) {
		if (app->pending[i]->unkept) {
			hold(app->pending[i], fx);
		}
	}
}

bool outbox_has(const struct app *app, enum action action, const struct incident *inc) {
	for (size_t i = 0; i < app->pending_len; i++) {
		const struct command *cmd = &app->pending[i]->command;
		if (cmd->action == action && cmd->if_rev == inc->rev &&
			strcmp(cmd->incident, inc->id) == 0) {
			return true;
		}
	}
	return false;
}

bool outbox_awaits(const struct app *app, const char *id) {
	return find(app, id) < app->pending_len;
}

void outbox_drop(struct app *app, const char *id) {
	size_t i = find(app, id);
	if (i == app->pending_len) {
		return;
	}
	modal_drop_resend(app, id);
	command_finish(&app->pending[i]->command);
	free(app->pending[i]);
	memmove(&app->pending[i], &app->pending[i + 1],
		(app->pending_len - i - 1) * sizeof(struct app_pending *));
	app->pending_len--;
}

void outbox_take(struct app *app, const struct app_event *event) {
	if (find(app, event->command->id) < app->pending_len) {
		outbox_seen(app, event->command->id, event->command->by.name, event->tried);
		command_finish(event->command);
		return;
	}
	struct app_pending *item = add_pending(app, event->command, event->made_ms);
	/* What an earlier console left: nobody is waiting to hear that it was not sent. */
	item->told = item->kept = item->there = true;
	item->tried = event->tried;
	item->guessed = event->guessed;
	text_copy(item->feed, sizeof(item->feed), event->feed);
}

void outbox_seen(struct app *app, const char *id, const char *name, bool tried) {
	size_t i = find(app, id);
	if (i == app->pending_len) {
		return;
	}
	struct app_pending *item = app->pending[i];
	item->kept = item->there = true;
	item->tried = item->tried || tried;
	/* Its own console knows by now who asked for it. */
	if (!item->ours && item->command.by.name[0] == '\0') {
		text_copy(item->command.by.name, sizeof(item->command.by.name), name);
	}
}

void outbox_gone(struct app *app) {
	for (size_t i = 0; i < app->pending_len; i++) {
		lose(app->pending[i]);
	}
}

void outbox_again(struct app *app, const char *id) {
	size_t i = find(app, id);
	if (i < app->pending_len) {
		app->pending[i]->sent = false;
	}
	app->again_at_ms = app->now_ms + AGAIN_MS;
}

/* Another user's, on the same cache: sent by us it would be ours. */
static bool is_by_another(const struct app *app, const struct app_pending *item) {
	const char *by = item->command.by.name;
	return by[0] != '\0' && strcmp(by, app->name) != 0;
}

/* About what another feed has: this one would refuse it, and then it were gone. */
static bool is_for_another(const struct app *app, const struct app_pending *item) {
	return item->feed[0] != '\0' && strcmp(item->feed, app->feed) != 0 &&
	       !(item->guessed && world_incident(&app->world, item->command.incident) != NULL);
}

static bool is_others(const struct app *app, const struct app_pending *item) {
	return is_by_another(app, item) || is_for_another(app, item);
}

void outbox_name(struct app *app) {
	for (size_t i = 0; i < app->pending_len; i++) {
		struct app_pending *item = app->pending[i];
		struct who *by = &item->command.by;
		/* Who we are at another feed is for that to say. */
		if (item->ours && by->name[0] == '\0' && !is_for_another(app, item)) {
			text_copy(by->name, sizeof(by->name), app->name);
			item->nameless = true;
		}
	}
}

/* Sends it where it is young enough, else puts it to the operator. True: sent. */
static bool send_or_ask(struct app *app, struct app_pending *item, struct effects *fx) {
	/* What an earlier console left is not for one that only looks. */
	if (is_others(app, item) || app->cfg.readonly) {
		item->ask = false;
		return false;
	}
	/* A clock that was set back makes an item look yet to come: ask then, too; and whose it is
	 * may not have been known when an earlier console ended. */
	item->ask = app->wall_ms < item->made_ms ||
		    app_pending_age(app, item) > app->cfg.resend_ms ||
		    (!item->ours && item->command.by.name[0] == '\0');
	if (!item->ask) {
		send(app, item, fx);
	}
	return !item->ask;
}

/* Another console of the same user may have sent or dropped some of it. */
static void look(struct app *app, enum app_look why, struct effects *fx) {
	for (size_t i = 0; i < app->pending_len; i++) {
		app->pending[i]->there = false;
	}
	app->look = why;
	struct effect *effect = effects_add(fx, EFFECT_OUTBOX);
	effect->anew = why == APP_LOOK_ALL && app->look_anew;
	app->look_anew = app->look_anew && !effect->anew;
}

void outbox_tick(struct app *app, struct effects *fx) {
	if (app->again_at_ms == 0 || app->now_ms < app->again_at_ms || !is_open(app)) {
		return;
	}
	app->again_at_ms = 0;
	lacks_ask(app, fx);
	trouble_refill(app, fx);
	/* What was not received of the place in the log may have been among it. */
	if (app->role == ROLE_AGENCY && !app->cfg.readonly) {
		effects_add(fx, EFFECT_GOT)->seq = app->world.head;
	}
	look(app, APP_LOOK_AGAIN, fx);
}

static void send_again(struct app *app, struct effects *fx) {
	size_t sent = 0, i = 0;
	for (; i < app->pending_len && sent < AGAIN_MAX; i++) {
		struct app_pending *item = app->pending[i];
		sent += !item->sent && !item->ask && send_or_ask(app, item, fx);
	}
	if (i < app->pending_len) {
		app->again_at_ms = app->now_ms + 1000;
	}
	outbox_ask(app);
}

/* What is not ours stays where it is kept; what is kept nowhere yet stays in memory until it is. */
static void leave_others(struct app *app, struct effects *fx) {
	char name[WHO_SIZE] = "";
	size_t users = 0, feeds = 0;
	for (size_t i = app->pending_len; i > 0; i--) {
		struct app_pending *item = app->pending[i - 1];
		bool told = item->left;
		item->left = is_others(app, item);
		if (item->left && !told && is_by_another(app, item)) {
			text_copy(name, sizeof(name), item->command.by.name);
			users++;
		} else if (item->left && !told) {
			feeds++;
		}
		if (item->left && item->guessed && is_for_another(app, item)) {
			/* The cache will be of this feed, and a guess another one then. */
			item->guessed = false;
			hold(item, fx);
		} else if (item->left && item->kept) {
			outbox_drop(app, item->command.id);
		}
	}
	if (users > 0) {
		notice_add(app, true, _("%zu unsent by %s: kept for them, and not sent as yours"),
			users, name);
	}
	if (feeds > 0) {
		notice_add(app, true,
			_("%zu unsent for another feed: kept for it, and not sent to this one"),
			feeds);
	}
}

static void go_on(struct app *app, struct effects *fx) {
	for (size_t i = 0; i < app->pending_len; i++) {
		struct app_pending *item = app->pending[i];
		bool sent = item->sent || send_or_ask(app, item, fx);
		/* What another console has finished is not put back for its name. */
		if (!sent && item->there && item->nameless) {
			hold(item, fx);
		}
	}
	outbox_ask(app);
}

void outbox_resume(struct app *app, struct effects *fx) {
	if (!app->cfg.readonly) {
		app->ask_at_ms = app->again_at_ms = 0;
	}
	look(app, APP_LOOK_ALL, fx);
}

/* What was kept and is not there was finished elsewhere; what is on its way is answered here. */
static void drop_finished(struct app *app, bool whole) {
	size_t count = 0;
	for (size_t i = app->pending_len; i > 0; i--) {
		struct app_pending *item = app->pending[i - 1];
		if (!item->kept || item->there || item->sent) {
			continue;
		}
		if (whole) {
			count += !is_others(app, item);
			outbox_drop(app, item->command.id);
		} else {
			item->tried = true;
		}
	}
	if (count > 0) {
		notice_add(app, true,
			ngettext("%zu unsent action was finished by another console here: sent, "
				 "refused or dropped there",
				"%zu unsent actions were finished by another console here: sent, "
				"refused or dropped there",
				count),
			count);
	}
}

static void carry_out_answer(struct app *app, struct effects *fx) {
	const char *id = app->answered;
	size_t i = find(app, id);
	if (i < app->pending_len && !is_others(app, app->pending[i])) {
		struct app_pending *item = app->pending[i];
		if (app->answer) {
			/* Whoever asked for it: it is done by who says so now. */
			item->ours = true;
			text_copy(item->command.by.name, sizeof(item->command.by.name), app->name);
			item->made_ms = app->wall_ms;
			item->since_ms = app->now_ms;
			item->told = false;
			send(app, item, fx);
		} else {
			notice_add(app, false, "%s",
				item->tried ? _("Dropped: it is not sent again, but may be done")
					    : _("Dropped: it was never sent"));
			text_copy(effects_add(fx, EFFECT_FORGET)->id, UUID_SIZE, id);
			outbox_drop(app, id);
		}
	}
	outbox_ask(app);
}

void outbox_read(struct app *app, bool whole, struct effects *fx) {
	enum app_look why = app->look;
	app->look = APP_LOOK_ALL;
	drop_finished(app, whole);
	if (why != APP_LOOK_ANSWER && app->link != APP_LINK_LIVE) {
		return;
	}
	leave_others(app, fx);
	if (why == APP_LOOK_ANSWER) {
		carry_out_answer(app, fx);
	} else if (why == APP_LOOK_AGAIN) {
		send_again(app, fx);
	} else {
		go_on(app, fx);
	}
}

void outbox_ask(struct app *app) {
	if (app->modal.type != MODAL_NONE || !is_open(app) || app->now_ms < app->ask_at_ms ||
		app->cfg.readonly) {
		return;
	}
	for (size_t i = 0; i < app->pending_len; i++) {
		const struct command *cmd = &app->pending[i]->command;
		if (app->pending[i]->ask) {
			modal_open(app, MODAL_RESEND, COMMAND_COUNT,
				world_incident(&app->world, cmd->incident));
			text_copy(app->modal.resend, sizeof(app->modal.resend), cmd->id);
			return;
		}
	}
}

void outbox_answer(struct app *app, bool send_it, struct effects *fx) {
	text_copy(app->answered, sizeof(app->answered), app->modal.resend);
	app->answer = send_it;
	modal_close(app);
	look(app, APP_LOOK_ANSWER, fx);
}
