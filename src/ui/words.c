#include "view.h"

/* Index inside the table, or an own mark: a value that a newer feed might have. An empty text must
 * not be handed to gettext, which answers it with the catalogue's header. */
static const char *word(const char *const *table, int len, int value) {
	if (value < 0 || value >= len || table[value] == NULL) {
		return "?";
	}
	return table[value][0] != '\0' ? _(table[value]) : "";
}

const char *word_kind(enum kind value) {
	static const char *const words[KIND_COUNT] = {
		[KIND_UNKNOWN] = N_("PANIK"),
		[KIND_FIRE] = N_("FIRE"),
		[KIND_MEDICAL] = N_("MEDICAL"),
		[KIND_ACCIDENT] = N_("ACCIDENT"),
		[KIND_CRIME] = N_("CRIME"),
		[KIND_RESCUE] = N_("RESCUE"),
		[KIND_FLOOD] = N_("FLOOD"),
		[KIND_TRAFFIC] = N_("TRAFFIC"),
		[KIND_HAZARD] = N_("HAZARD"),
		[KIND_CROWD] = N_("CROWD"),
		[KIND_OTHER] = N_("OTHER"),
	};

	return word(words, KIND_COUNT, (int)value);
}

const char *word_state(enum incident_state value) {
	static const char *const words[INCIDENT_STATE_COUNT] = {
		[INCIDENT_NEW] = N_("NEW"),
		[INCIDENT_ACKNOWLEDGED] = N_("ACK"),
		[INCIDENT_VERIFIED] = N_("VERIFIED"),
		[INCIDENT_DISPATCHED] = N_("SENT"),
		[INCIDENT_ON_SCENE] = N_("ON SCENE"),
		[INCIDENT_RESOLVED] = N_("RESOLVED"),
		[INCIDENT_CLOSED] = N_("CLOSED"),
		[INCIDENT_FALSE_ALARM] = N_("FALSE"),
		[INCIDENT_DUPLICATE] = N_("MERGED"),
	};

	return word(words, INCIDENT_STATE_COUNT, (int)value);
}

const char *word_step(enum dispatch_state value) {
	static const char *const words[DISPATCH_STATE_COUNT] = {
		[DISPATCH_REQUESTED] = N_("requested"),
		[DISPATCH_DELIVERED] = N_("delivered"),
		[DISPATCH_ACCEPTED] = N_("accepted"),
		[DISPATCH_EN_ROUTE] = N_("en route"),
		[DISPATCH_ON_SCENE] = N_("on scene"),
		[DISPATCH_CLEARED] = N_("cleared"),
		[DISPATCH_DECLINED] = N_("DECLINED"),
		[DISPATCH_CANCELLED] = N_("cancelled"),
		[DISPATCH_EXPIRED] = N_("EXPIRED"),
	};

	return word(words, DISPATCH_STATE_COUNT, (int)value);
}

const char *word_step_short(enum dispatch_state value) {
	static const char *const words[DISPATCH_STATE_COUNT] = {
		[DISPATCH_REQUESTED] = N_("req"),
		[DISPATCH_DELIVERED] = N_("del"),
		[DISPATCH_ACCEPTED] = N_("acc"),
		[DISPATCH_EN_ROUTE] = N_("way"),
		[DISPATCH_ON_SCENE] = N_("scn"),
		[DISPATCH_CLEARED] = N_("clr"),
		[DISPATCH_DECLINED] = N_("DEC"),
		[DISPATCH_CANCELLED] = N_("can"),
		[DISPATCH_EXPIRED] = N_("EXP"),
	};

	return word(words, DISPATCH_STATE_COUNT, (int)value);
}

const char *word_event(enum event_type value) {
	static const char *const words[EVENT_TYPE_COUNT] = {
		[EVENT_INCIDENT_RAISED] = N_("alarm"),
		[EVENT_INCIDENT_ALARM_ADDED] = N_("another alarm"),
		[EVENT_INCIDENT_UPDATED] = N_("changed"),
		[EVENT_INCIDENT_ACKNOWLEDGED] = N_("acknowledged"),
		[EVENT_INCIDENT_CLAIMED] = N_("taken over"),
		[EVENT_INCIDENT_RELEASED] = N_("released"),
		[EVENT_INCIDENT_VERIFIED] = N_("verified"),
		[EVENT_INCIDENT_REJECTED] = N_("false alarm"),
		[EVENT_INCIDENT_MERGED] = N_("merged"),
		[EVENT_INCIDENT_SPLIT] = N_("split"),
		[EVENT_INCIDENT_NOTED] = N_("note"),
		[EVENT_INCIDENT_HELD] = N_("on hold"),
		[EVENT_INCIDENT_RESOLVED] = N_("resolved"),
		[EVENT_INCIDENT_CLOSED] = N_("closed"),
		[EVENT_INCIDENT_REOPENED] = N_("reopened"),
		[EVENT_INCIDENT_VIEWED] = N_("seen"),
		[EVENT_DISPATCH_REQUESTED] = N_("dispatched"),
		[EVENT_DISPATCH_DELIVERED] = N_("delivered"),
		[EVENT_DISPATCH_ACCEPTED] = N_("accepted"),
		[EVENT_DISPATCH_DECLINED] = N_("DECLINED"),
		[EVENT_DISPATCH_EN_ROUTE] = N_("en route"),
		[EVENT_DISPATCH_ON_SCENE] = N_("on scene"),
		[EVENT_DISPATCH_CLEARED] = N_("cleared"),
		[EVENT_DISPATCH_CANCELLED] = N_("cancelled"),
		[EVENT_DISPATCH_EXPIRED] = N_("EXPIRED"),
		[EVENT_CAMERA_STATUS] = N_("camera state"),
		[EVENT_CAMERA_VIEWED] = N_("camera viewed"),
		[EVENT_REGISTRY_CHANGED] = N_("registry changed"),
		[EVENT_LINK_UP] = N_("link up"),
		[EVENT_LINK_DOWN] = N_("link down"),
		[EVENT_LOG_PURGED] = N_("persons forgotten"),
	};

	return word(words, EVENT_TYPE_COUNT, (int)value);
}

const char *word_method(enum method value) {
	static const char *const words[METHOD_COUNT] = {
		[METHOD_NONE] = N_("not verified"),
		[METHOD_CAMERA] = N_("camera"),
		[METHOD_CALLBACK] = N_("call back"),
		[METHOD_UNIT] = N_("unit on the radio (HT)"),
		[METHOD_AGENCY] = N_("another agency"),
		[METHOD_SECOND_REPORT] = N_("second report"),
	};

	return word(words, METHOD_COUNT, (int)value);
}

const char *word_reason(enum reject_reason value) {
	static const char *const words[REJECT_COUNT] = {
		[REJECT_NONE] = "",
		[REJECT_PRANK] = N_("prank"),
		[REJECT_ACCIDENTAL] = N_("accidental"),
		[REJECT_SILENT] = N_("silent"),
		[REJECT_TEST] = N_("test"),
		[REJECT_UNVERIFIABLE] = N_("could not be verified"),
	};

	return word(words, REJECT_COUNT, (int)value);
}

const char *word_disposition(enum disposition value) {
	static const char *const words[DISPOSITION_COUNT] = {
		[DISPOSITION_NONE] = "",
		[DISPOSITION_HANDLED] = N_("handled"),
		[DISPOSITION_REPORT_TAKEN] = N_("report taken"),
		[DISPOSITION_TRANSPORTED] = N_("taken to hospital"),
		[DISPOSITION_FIRE_OUT] = N_("fire out"),
		[DISPOSITION_GONE_ON_ARRIVAL] = N_("gone on arrival"),
		[DISPOSITION_REFERRED] = N_("referred to another agency"),
		[DISPOSITION_CANCELLED_BY_CALLER] = N_("cancelled by the caller"),
		[DISPOSITION_INFORMATION] = N_("information"),
		[DISPOSITION_UNVERIFIABLE] = N_("could not be verified"),
		[DISPOSITION_TEST] = N_("test"),
	};

	return word(words, DISPOSITION_COUNT, (int)value);
}

const char *word_mode(enum mode value) {
	static const char *const words[MODE_COUNT] = {
		[MODE_ACTUAL] = N_("ACTUAL"),
		[MODE_EXERCISE] = N_("EXERCISE"),
		[MODE_TEST] = N_("TEST"),
	};

	return word(words, MODE_COUNT, (int)value);
}

const char *word_owner(enum camera_owner value) {
	static const char *const words[OWNER_COUNT] = {
		[OWNER_POLICE] = N_("police"),
		[OWNER_DISHUB] = N_("DISHUB"),
		[OWNER_OTHER] = N_("other"),
	};

	return word(words, OWNER_COUNT, (int)value);
}

const char *word_camera(enum camera_status value) {
	static const char *const words[CAMERA_STATUS_COUNT] = {
		[CAMERA_OK] = N_("ok"),
		[CAMERA_STALE] = N_("STALE"),
		[CAMERA_DOWN] = N_("DOWN"),
	};

	return word(words, CAMERA_STATUS_COUNT, (int)value);
}

const char *word_desk(enum desk value) {
	static const char *const words[DESK_COUNT] = {
		[DESK_UNKNOWN] = N_("unknown"),
		[DESK_ONLINE] = N_("online"),
		[DESK_OFFLINE] = N_("OFFLINE"),
		[DESK_PHONE] = N_("by phone"),
	};

	return word(words, DESK_COUNT, (int)value);
}

const char *word_role(enum role value) {
	static const char *const words[ROLE_COUNT] = {
		[ROLE_NONE] = "",
		[ROLE_INTAKE] = N_("intake"),
		[ROLE_OPERATOR] = N_("operator"),
		[ROLE_SUPERVISOR] = N_("supervisor"),
		[ROLE_OBSERVER] = N_("observer"),
		[ROLE_AGENCY] = N_("agency"),
		[ROLE_TRAINER] = N_("trainer"),
	};

	return word(words, ROLE_COUNT, (int)value);
}

const char *word_order(enum queue_key value) {
	static const char *const words[QUEUE_KEY_COUNT] = {
		[QUEUE_BY_PRIORITY] = N_("priority"),
		[QUEUE_BY_AGE] = N_("age"),
		[QUEUE_BY_STATE] = N_("state"),
		[QUEUE_BY_DISTANCE] = N_("distance"),
		[QUEUE_BY_NUMBER] = N_("number"),
	};

	return word(words, QUEUE_KEY_COUNT, (int)value);
}

const char *word_pane(enum pane value) {
	static const char *const words[PANE_COUNT] = {
		[PANE_QUEUE] = N_("QUEUE"),
		[PANE_MAP] = N_("MAP"),
		[PANE_DETAIL] = N_("DETAIL"),
		[PANE_CAMERAS] = N_("CAMERAS"),
		[PANE_LOG] = N_("LOG"),
		[PANE_AGENCIES] = N_("AGENCIES"),
	};

	return word(words, PANE_COUNT, (int)value);
}

const char *word_time(enum figure_time value) {
	static const char *const words[FIGURE_TIME_COUNT] = {
		[FIGURE_ANSWER] = N_("answer"),
		[FIGURE_VERIFY] = N_("verify"),
		[FIGURE_PROCESS] = N_("process"),
		[FIGURE_ACCEPT] = N_("accept"),
		[FIGURE_TURNOUT] = N_("turnout"),
		[FIGURE_TRAVEL] = N_("travel"),
		[FIGURE_RESPONSE] = N_("response"),
		[FIGURE_CLEAR] = N_("clear"),
	};

	return word(words, FIGURE_TIME_COUNT, (int)value);
}

const char *word_timer(enum timer value) {
	static const char *const words[TIMER_COUNT] = {
		[TIMER_NEW] = N_("not acknowledged"),
		[TIMER_DECIDE] = N_("not decided"),
		[TIMER_FIRST_DISPATCH] = N_("nobody was sent"),
		[TIMER_UNDELIVERED] = N_("not delivered: telephone"),
		[TIMER_UNACCEPTED] = N_("not accepted"),
		[TIMER_TURNOUT] = N_("has not left"),
		[TIMER_TRAVEL] = N_("has not arrived"),
		[TIMER_SCENE] = N_("no word from the scene"),
		[TIMER_STALE_CLAIM] = N_("its console is gone"),
	};

	return word(words, TIMER_COUNT, (int)value);
}
