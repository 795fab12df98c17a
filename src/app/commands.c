#include <siaga/app/commands.h>

#include <assert.h>
#include <string.h>

#include <siaga/app/app.h>

#define CTRL(letter) KEY_CODE_CTRL(letter)

/* In the order of enum command_id, which is that of the names. */
static const struct command_entry entries[] = {
	[COMMAND_ACCEPT] = {"accept", {'a'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_DESK | COMMAND_HINT, N_("accept"),
		N_("Accept the dispatch: your agency goes")},
	[COMMAND_ACKNOWLEDGE] = {"acknowledge", {'a'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_HINT, N_("ack"),
		N_("Take the alarm: you work on it")},
	[COMMAND_ARM] = {"dispatch", {'d'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_HINT, N_("dispatch"),
		N_("Arm a dispatch: d and the agency's letter, or F2 to F9; then y sends")},
	[COMMAND_ARM_PLAN] = {"dispatch-plan", {'D'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_HINT, N_("plan"),
		N_("Arm the whole response plan; then y sends")},
	[COMMAND_BACK] = {"back", {KEY_CODE_ESCAPE, 'q', CTRL('C')}, 0, N_("back"),
		N_("One step out; leaving the console is :quit")},
	[COMMAND_BOTTOM] = {"bottom", {'G', KEY_CODE_END}, 0, N_("last"),
		N_("To the last incident")},
	[COMMAND_CAMERA_NEXT] = {"camera-next", {'c'}, COMMAND_INCIDENT, N_("camera"),
		N_("Next camera near the incident")},
	[COMMAND_CLAIM] = {"claim", {'C'}, COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM,
		N_("claim"), N_("Take the incident over from who has it")},
	[COMMAND_CLEAR] = {"clear", {'r'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_DESK | COMMAND_HINT, N_("clear"),
		N_("Your agency is done there")},
	[COMMAND_CLOSE] = {"close", {'K'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_HINT, N_("close"),
		N_("Close the incident with a disposition")},
	[COMMAND_DECLINE] = {"decline", {'x'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_DESK | COMMAND_HINT, N_("decline"),
		N_("Decline the dispatch and say why")},
	[COMMAND_DOWN] = {"down", {'j', KEY_CODE_DOWN}, 0, N_("down"),
		N_("Next incident; scrolls the detail")},
	[COMMAND_EN_ROUTE] = {"en-route", {'w'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_DESK | COMMAND_HINT, N_("en route"),
		N_("Your agency is on its way")},
	[COMMAND_HELP] = {"help", {'?', KEY_CODE_F0 + 1}, COMMAND_HINT, N_("help"),
		N_("This page")},
	[COMMAND_LINE] = {"line", {':'}, COMMAND_HINT, N_("command"), N_("Type a command by name")},
	[COMMAND_MERGE] = {"merge", {'m'}, COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM,
		N_("merge"), N_("It is the same event as another incident: join them")},
	[COMMAND_MUTE] = {"mute", {'o'}, 0, N_("mute"),
		N_("Silence the bell for two minutes, or end that")},
	[COMMAND_NEXT_NEW] = {"next-new", {'n'}, COMMAND_HINT, N_("next new"),
		N_("Next unacknowledged incident")},
	[COMMAND_NEXT_PANE] = {"next-pane", {KEY_CODE_TAB}, 0, N_("pane"), N_("Next pane")},
	[COMMAND_NOTE] = {"note", {'e'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_DESK | COMMAND_HINT,
		N_("note"), N_("Write a note on the incident")},
	[COMMAND_ON_SCENE] = {"on-scene", {'s'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_DESK | COMMAND_HINT, N_("on scene"),
		N_("Your agency has arrived")},
	[COMMAND_OPEN] = {"open", {KEY_CODE_ENTER}, COMMAND_INCIDENT, N_("open"),
		N_("Open the detail; never confirms anything")},
	[COMMAND_PAGE_DOWN] = {"page-down", {KEY_CODE_PAGE_DOWN, CTRL('D')}, 0, N_("page"),
		N_("Ten down")},
	[COMMAND_PAGE_UP] = {"page-up", {KEY_CODE_PAGE_UP, CTRL('U')}, 0, N_("page"), N_("Ten up")},
	[COMMAND_PREVIOUS_NEW] = {"previous-new", {'N'}, 0, N_("previous new"),
		N_("Previous unacknowledged incident")},
	[COMMAND_QUIT] = {"quit", {0}, 0, N_("quit"), N_("Leave the console; only as :quit")},
	[COMMAND_RECALL] = {"recall", {'u'}, COMMAND_WRITES | COMMAND_ROOM, N_("recall"),
		N_("Take the last dispatch back (10 s), or ask which to cancel")},
	[COMMAND_REDRAW] = {"redraw", {CTRL('L')}, 0, N_("redraw"), N_("Paint the screen anew")},
	[COMMAND_REJECT] = {"reject", {'x'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_HINT, N_("false"),
		N_("Mark as a false alarm, with the reason")},
	[COMMAND_REOPEN] = {"reopen", {'R'}, COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM,
		N_("reopen"), N_("Open a closed or false incident again")},
	[COMMAND_RESOLVE] = {"resolve", {'r'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_HINT, N_("resolve"),
		N_("The event is dealt with; closing comes after")},
	[COMMAND_SPLIT] = {"split", {'M'}, COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM,
		N_("split"), N_("Undo a merge")},
	[COMMAND_TOP] = {"top", {'g', KEY_CODE_HOME}, 0, N_("first"), N_("To the first incident")},
	[COMMAND_UP] = {"up", {'k', KEY_CODE_UP}, 0, N_("up"),
		N_("Previous incident; scrolls the detail")},
	[COMMAND_VERIFY] = {"verify", {'v'},
		COMMAND_INCIDENT | COMMAND_WRITES | COMMAND_ROOM | COMMAND_HINT, N_("verify"),
		N_("Verified: say by which means")},
};
static_assert(ARRAY_LEN(entries) == COMMAND_COUNT, "describe every command");

const struct command_entry *command_get(enum command_id id) {
	return &entries[id];
}

enum command_id command_find(const char *name) {
	size_t len = strlen(name);
	enum command_id found = COMMAND_COUNT;
	for (size_t i = 0; i < COMMAND_COUNT && len > 0; i++) {
		if (strncmp(entries[i].name, name, len) != 0) {
			continue;
		}
		if (entries[i].name[len] == '\0') {
			return (enum command_id)i;
		}
		if (found != COMMAND_COUNT) {
			return COMMAND_COUNT;
		}
		found = (enum command_id)i;
	}
	return found;
}

bool command_for_role(const struct app *app, enum command_id id) {
	unsigned flags = entries[id].flags;
	if ((flags & (COMMAND_ROOM | COMMAND_DESK)) == 0) {
		return true;
	}
	return (app->role == ROLE_AGENCY ? flags & COMMAND_DESK : flags & COMMAND_ROOM) != 0;
}

enum command_id command_of_key(const struct app *app, uint32_t key) {
	for (size_t i = 0; i < COMMAND_COUNT && key != 0; i++) {
		for (size_t k = 0; k < COMMAND_KEYS_MAX && entries[i].keys[k] != 0; k++) {
			if (entries[i].keys[k] == key &&
				command_for_role(app, (enum command_id)i)) {
				return (enum command_id)i;
			}
		}
	}
	return COMMAND_COUNT;
}

/* What an incident's state says against a command; NULL when nothing. */
static const char *state_against(
	const struct app *app, enum command_id id, const struct incident *inc) {
	bool open = incident_is_open(inc);
	const struct dispatch *own =
		app->role == ROLE_AGENCY ? incident_dispatch(inc, app->agency) : NULL;
	switch (id) {
	case COMMAND_ACKNOWLEDGE:
		return inc->state != INCIDENT_NEW ? _("acknowledged already") : NULL;
	case COMMAND_VERIFY:
		if (inc->state == INCIDENT_NEW) {
			return _("acknowledge it first");
		}
		return inc->verified_at_ms != 0 ? _("verified already")
		       : open                   ? NULL
						: _("it has ended");
	case COMMAND_ARM:
	case COMMAND_ARM_PLAN: {
		const struct plan *plan =
			registry_plan(&app->world.registry, inc->kind, inc->priority);
		if (!open) {
			return _("it has ended");
		}
		if (inc->state == INCIDENT_NEW) {
			return _("acknowledge it first");
		}
		if (inc->verified_at_ms == 0 && (plan == NULL || !plan->dispatch_first)) {
			return _("verify it first");
		}
		return id == COMMAND_ARM_PLAN && plan == NULL ? _("no plan for this kind") : NULL;
	}
	case COMMAND_CLAIM:
	case COMMAND_CLOSE:
		if (inc->state == INCIDENT_NEW) {
			return _("acknowledge it first");
		}
		return open ? NULL : _("it has ended");
	case COMMAND_RESOLVE:
		return inc->state < INCIDENT_VERIFIED   ? _("verify it first")
		       : inc->state > INCIDENT_ON_SCENE ? _("resolved already")
							: NULL;
	case COMMAND_REJECT:
	case COMMAND_MERGE: return open ? NULL : _("it has ended");
	case COMMAND_SPLIT: return inc->state == INCIDENT_DUPLICATE ? NULL : _("it was not merged");
	case COMMAND_REOPEN:
		return inc->state == INCIDENT_CLOSED || inc->state == INCIDENT_FALSE_ALARM
			       ? NULL
			       : _("it has not ended");
	case COMMAND_ACCEPT:
		return own != NULL && own->state <= DISPATCH_DELIVERED ? NULL
								       : _("nothing to accept");
	case COMMAND_DECLINE:
		return own != NULL && own->state <= DISPATCH_ACCEPTED ? NULL
								      : _("too late to decline");
	case COMMAND_EN_ROUTE:
		return own != NULL && own->state == DISPATCH_ACCEPTED ? NULL : _("accept it first");
	case COMMAND_ON_SCENE:
		return own != NULL && (own->state == DISPATCH_ACCEPTED ||
					      own->state == DISPATCH_EN_ROUTE)
			       ? NULL
			       : _("accept it first");
	case COMMAND_CLEAR:
		return own != NULL && own->state >= DISPATCH_ACCEPTED && dispatch_is_live(own)
			       ? NULL
			       : _("nothing to clear");
	case COMMAND_BACK:
	case COMMAND_BOTTOM:
	case COMMAND_CAMERA_NEXT:
	case COMMAND_DOWN:
	case COMMAND_HELP:
	case COMMAND_LINE:
	case COMMAND_MUTE:
	case COMMAND_NEXT_NEW:
	case COMMAND_NEXT_PANE:
	case COMMAND_NOTE:
	case COMMAND_OPEN:
	case COMMAND_PAGE_DOWN:
	case COMMAND_PAGE_UP:
	case COMMAND_PREVIOUS_NEW:
	case COMMAND_QUIT:
	case COMMAND_RECALL:
	case COMMAND_REDRAW:
	case COMMAND_TOP:
	case COMMAND_UP:
	case COMMAND_COUNT: break;
	}
	return NULL;
}

bool command_enabled(const struct app *app, enum command_id id, const char **why) {
	const struct command_entry *entry = &entries[id];
	const char *against = NULL;
	if (!command_for_role(app, id)) {
		against = _("not for your role");
	} else if ((entry->flags & COMMAND_WRITES) != 0 && app->link == APP_LINK_NONE) {
		against = _("OFFLINE: nothing can be sent");
	} else if ((entry->flags & COMMAND_WRITES) != 0 && app->role != ROLE_OPERATOR &&
		   app->role != ROLE_SUPERVISOR && app->role != ROLE_AGENCY) {
		against = _("your role only looks");
	} else if ((entry->flags & COMMAND_INCIDENT) != 0) {
		const struct incident *inc = app_selected(app);
		against = inc == NULL ? _("no incident is selected") : state_against(app, id, inc);
	}
	if (why != NULL) {
		*why = against;
	}
	return against == NULL;
}
