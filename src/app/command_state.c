/* When a command can be done, and what stands against it. */
#include <siaga/app/app.h>
#include <siaga/app/commands.h>
#include <siaga/app/query.h>

/* What an incident's state says against a command; NULL when nothing. */
static const char *state_against(
	const struct app *app, enum command_id id, const struct incident *inc) {
	bool open = incident_is_open(inc);
	const struct dispatch *own =
		app->role == ROLE_AGENCY ? incident_dispatch(inc, app->agency) : NULL;
	switch ((int)id) {
	case COMMAND_ACKNOWLEDGE:
		return inc->state != INCIDENT_NEW ? _("acknowledged already") : NULL;
	case COMMAND_VERIFY: /* of a new one takes it, too */
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
		return id == COMMAND_ARM_PLAN && plan == NULL ? _("no plan for this kind") : NULL;
	}
	case COMMAND_CLAIM:
	case COMMAND_HOLD:
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
	case COMMAND_KIND:
	case COMMAND_PRIORITY:
	case COMMAND_PLACE:
	case COMMAND_JOIN: return open ? NULL : _("it has ended");
	case COMMAND_RESUME: return inc->held_until_ms != 0 ? NULL : _("it is not on hold");
	case COMMAND_RELEASE: return inc->claim.name[0] != '\0' ? NULL : _("nobody has it");
	default: return NULL; /* The others do not depend on the state. */
	}
}

bool command_allowed(
	const struct app *app, enum command_id id, const struct incident *inc, const char **why) {
	unsigned flags = command_get(id)->flags;
	const char *against = NULL;
	if ((flags & COMMAND_TRAINING) != 0 && !app->training.on) {
		against = _("only in a training");
	} else if (!command_for_role(app, id)) {
		against = _("not for your role");
	} else if ((flags & COMMAND_WRITES) != 0 && app->cfg.readonly) {
		against = _("READ ONLY: this console only looks");
	} else if ((flags & COMMAND_WRITES) != 0 && app->link == APP_LINK_NONE) {
		against = _("OFFLINE: nothing can be sent");
	} else if ((flags & COMMAND_WRITES) != 0 && app->role != ROLE_OPERATOR &&
		   app->role != ROLE_SUPERVISOR && app->role != ROLE_AGENCY) {
		against = _("your role only looks");
	} else if ((flags & COMMAND_INCIDENT) != 0) {
		against = inc != NULL     ? state_against(app, id, inc)
			  : app->board.on ? _("the board covers the queue")
					  : _("no incident is selected");
	}
	if (why != NULL) {
		*why = against;
	}
	return against == NULL;
}

bool command_enabled(const struct app *app, enum command_id id, const char **why) {
	return command_allowed(app, id, app_selected(app), why);
}
