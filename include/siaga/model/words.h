/*
 * The words of the trade: enumerations with their stable names in files and protocol. The names are
 * never translated; what the screen says is a matter of the views.
 */
#ifndef SIAGA_MODEL_WORDS_H
#define SIAGA_MODEL_WORDS_H

#include <stdbool.h>

enum kind {
	KIND_UNKNOWN, /* a bare press: "PANIK" */
	KIND_FIRE,
	KIND_MEDICAL,
	KIND_ACCIDENT,
	KIND_CRIME,
	KIND_RESCUE,
	KIND_FLOOD,
	KIND_TRAFFIC,
	KIND_HAZARD,
	KIND_CROWD,
	KIND_OTHER,
	KIND_COUNT
};

enum priority { PRIORITY_P1, PRIORITY_P2, PRIORITY_P3, PRIORITY_P4, PRIORITY_COUNT };

enum incident_state {
	INCIDENT_NEW,
	INCIDENT_ACKNOWLEDGED,
	INCIDENT_VERIFIED,
	INCIDENT_DISPATCHED,
	INCIDENT_ON_SCENE,
	INCIDENT_RESOLVED,
	INCIDENT_CLOSED,
	INCIDENT_FALSE_ALARM,
	INCIDENT_DUPLICATE,
	INCIDENT_STATE_COUNT
};

enum dispatch_state {
	DISPATCH_REQUESTED,
	DISPATCH_DELIVERED,
	DISPATCH_ACCEPTED,
	DISPATCH_EN_ROUTE,
	DISPATCH_ON_SCENE,
	DISPATCH_CLEARED,
	DISPATCH_DECLINED,
	DISPATCH_CANCELLED,
	DISPATCH_EXPIRED,
	DISPATCH_STATE_COUNT
};

enum desk { DESK_UNKNOWN, DESK_ONLINE, DESK_OFFLINE, DESK_PHONE, DESK_COUNT };
enum method {
	METHOD_NONE,
	METHOD_CAMERA,
	METHOD_CALLBACK,
	METHOD_UNIT,
	METHOD_AGENCY,
	METHOD_SECOND_REPORT,
	METHOD_COUNT
};
enum reject_reason {
	REJECT_NONE,
	REJECT_PRANK,
	REJECT_ACCIDENTAL,
	REJECT_SILENT,
	REJECT_TEST,
	REJECT_UNVERIFIABLE,
	REJECT_COUNT
};
enum disposition {
	DISPOSITION_NONE,
	DISPOSITION_HANDLED,
	DISPOSITION_REPORT_TAKEN,
	DISPOSITION_TRANSPORTED,
	DISPOSITION_FIRE_OUT,
	DISPOSITION_GONE_ON_ARRIVAL,
	DISPOSITION_REFERRED,
	DISPOSITION_CANCELLED_BY_CALLER,
	DISPOSITION_INFORMATION,
	DISPOSITION_UNVERIFIABLE,
	DISPOSITION_TEST,
	DISPOSITION_COUNT
};
enum mode { MODE_ACTUAL, MODE_EXERCISE, MODE_TEST, MODE_COUNT };
enum camera_owner { OWNER_POLICE, OWNER_DISHUB, OWNER_OTHER, OWNER_COUNT };
enum camera_status { CAMERA_OK, CAMERA_STALE, CAMERA_DOWN, CAMERA_STATUS_COUNT };
enum role {
	ROLE_NONE,
	ROLE_INTAKE,
	ROLE_OPERATOR,
	ROLE_SUPERVISOR,
	ROLE_OBSERVER,
	ROLE_AGENCY,
	ROLE_TRAINER,
	ROLE_COUNT
};

/* What an event says; the names are those of the protocol, "incident.raised" and so on. */
enum event_type {
	EVENT_INCIDENT_RAISED,
	EVENT_INCIDENT_ALARM_ADDED,
	EVENT_INCIDENT_UPDATED,
	EVENT_INCIDENT_ACKNOWLEDGED,
	EVENT_INCIDENT_CLAIMED,
	EVENT_INCIDENT_RELEASED,
	EVENT_INCIDENT_VERIFIED,
	EVENT_INCIDENT_REJECTED,
	EVENT_INCIDENT_MERGED,
	EVENT_INCIDENT_SPLIT,
	EVENT_INCIDENT_NOTED,
	EVENT_INCIDENT_HELD,
	EVENT_INCIDENT_RESOLVED,
	EVENT_INCIDENT_CLOSED,
	EVENT_INCIDENT_REOPENED,
	EVENT_INCIDENT_VIEWED, /* it was open on a console for a while */
	EVENT_DISPATCH_REQUESTED,
	EVENT_DISPATCH_DELIVERED,
	EVENT_DISPATCH_ACCEPTED,
	EVENT_DISPATCH_DECLINED,
	EVENT_DISPATCH_EN_ROUTE,
	EVENT_DISPATCH_ON_SCENE,
	EVENT_DISPATCH_CLEARED,
	EVENT_DISPATCH_CANCELLED,
	EVENT_DISPATCH_EXPIRED,
	EVENT_CAMERA_STATUS,
	EVENT_CAMERA_VIEWED,
	EVENT_REGISTRY_CHANGED,
	EVENT_LINK_UP,
	EVENT_LINK_DOWN,
	EVENT_LOG_PURGED, /* persons were forgotten */
	EVENT_TYPE_COUNT,
	EVENT_UNREAD =
		EVENT_TYPE_COUNT /* of this one the console knows its place in the log only */
};

/* What somebody asks for; the names are the `action` of a `do` frame. */
enum action {
	ACTION_RAISE,    /* intake: a new alarm */
	ACTION_UPDATE,   /* intake: the caller moved or says more; an operator: kind, priority or
			    place */
	ACTION_WITHDRAW, /* intake: the caller asks to cancel */
	ACTION_ACKNOWLEDGE,
	ACTION_CLAIM,
	ACTION_RELEASE,
	ACTION_VERIFY,
	ACTION_REJECT,
	ACTION_MERGE,
	ACTION_SPLIT,
	ACTION_NOTE,
	ACTION_HOLD,
	ACTION_RESOLVE,
	ACTION_CLOSE,
	ACTION_REOPEN,
	ACTION_DISPATCH,
	ACTION_DELIVER, /* the desk's `got` */
	ACTION_ACCEPT,
	ACTION_DECLINE,
	ACTION_EN_ROUTE,
	ACTION_ON_SCENE,
	ACTION_CLEAR,
	ACTION_CANCEL, /* takes a dispatch back */
	ACTION_EXPIRE,
	ACTION_CAMERA_STATUS,
	ACTION_CAMERA_VIEWED,
	ACTION_REGISTRY_CHANGED,
	ACTION_LINK_UP,
	ACTION_LINK_DOWN,
	ACTION_VIEW,  /* a console has it open */
	ACTION_PURGE, /* of the administrator: forget persons */
	ACTION_COUNT
};

/* Name of a value; "?" outside the range. */
const char *kind_name(enum kind kind);
const char *priority_name(enum priority priority);
const char *incident_state_name(enum incident_state state);
const char *dispatch_state_name(enum dispatch_state state);
const char *desk_name(enum desk desk);
const char *method_name(enum method method);
const char *reject_reason_name(enum reject_reason reason);
const char *disposition_name(enum disposition disposition);
const char *mode_name(enum mode mode);
const char *camera_owner_name(enum camera_owner owner);
const char *camera_status_name(enum camera_status status);
const char *role_name(enum role role);
const char *event_type_name(enum event_type type);
const char *action_name(enum action action);

/* Value of a name; false when there is none. */
bool kind_find(const char *name, enum kind *out);
bool priority_find(const char *name, enum priority *out);
bool incident_state_find(const char *name, enum incident_state *out);
bool dispatch_state_find(const char *name, enum dispatch_state *out);
bool desk_find(const char *name, enum desk *out);
bool method_find(const char *name, enum method *out);
bool reject_reason_find(const char *name, enum reject_reason *out);
bool disposition_find(const char *name, enum disposition *out);
bool mode_find(const char *name, enum mode *out);
bool camera_owner_find(const char *name, enum camera_owner *out);
bool camera_status_find(const char *name, enum camera_status *out);
bool role_find(const char *name, enum role *out);
bool event_type_find(const char *name, enum event_type *out);
bool action_find(const char *name, enum action *out);

#endif
