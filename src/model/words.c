#include <siaga/model/words.h>

#include <assert.h>
#include <string.h>

#include <siaga/base/macros.h>

static const char *const kind_names[] = {
	[KIND_UNKNOWN] = "unknown",
	[KIND_FIRE] = "fire",
	[KIND_MEDICAL] = "medical",
	[KIND_ACCIDENT] = "accident",
	[KIND_CRIME] = "crime",
	[KIND_RESCUE] = "rescue",
	[KIND_FLOOD] = "flood",
	[KIND_TRAFFIC] = "traffic",
	[KIND_HAZARD] = "hazard",
	[KIND_CROWD] = "crowd",
	[KIND_OTHER] = "other",
};
static_assert(ARRAY_LEN(kind_names) == KIND_COUNT, "name every kind");

static const char *const priority_names[] = {
	[PRIORITY_P1] = "P1",
	[PRIORITY_P2] = "P2",
	[PRIORITY_P3] = "P3",
	[PRIORITY_P4] = "P4",
};
static_assert(ARRAY_LEN(priority_names) == PRIORITY_COUNT, "name every priority");

static const char *const incident_state_names[] = {
	[INCIDENT_NEW] = "new",
	[INCIDENT_ACKNOWLEDGED] = "acknowledged",
	[INCIDENT_VERIFIED] = "verified",
	[INCIDENT_DISPATCHED] = "dispatched",
	[INCIDENT_ON_SCENE] = "on_scene",
	[INCIDENT_RESOLVED] = "resolved",
	[INCIDENT_CLOSED] = "closed",
	[INCIDENT_FALSE_ALARM] = "false_alarm",
	[INCIDENT_DUPLICATE] = "duplicate",
};
static_assert(ARRAY_LEN(incident_state_names) == INCIDENT_STATE_COUNT, "name every state");

static const char *const dispatch_state_names[] = {
	[DISPATCH_REQUESTED] = "requested",
	[DISPATCH_DELIVERED] = "delivered",
	[DISPATCH_ACCEPTED] = "accepted",
	[DISPATCH_EN_ROUTE] = "en_route",
	[DISPATCH_ON_SCENE] = "on_scene",
	[DISPATCH_CLEARED] = "cleared",
	[DISPATCH_DECLINED] = "declined",
	[DISPATCH_CANCELLED] = "cancelled",
	[DISPATCH_EXPIRED] = "expired",
};
static_assert(ARRAY_LEN(dispatch_state_names) == DISPATCH_STATE_COUNT, "name every step");

static const char *const desk_names[] = {
	[DESK_UNKNOWN] = "unknown",
	[DESK_ONLINE] = "online",
	[DESK_OFFLINE] = "offline",
	[DESK_PHONE] = "phone",
};
static_assert(ARRAY_LEN(desk_names) == DESK_COUNT, "name every desk state");

static const char *const method_names[] = {
	[METHOD_NONE] = "none",
	[METHOD_CAMERA] = "camera",
	[METHOD_CALLBACK] = "callback",
	[METHOD_UNIT] = "unit",
	[METHOD_AGENCY] = "agency",
	[METHOD_SECOND_REPORT] = "second_report",
};
static_assert(ARRAY_LEN(method_names) == METHOD_COUNT, "name every method");

static const char *const reject_reason_names[] = {
	[REJECT_NONE] = "none",
	[REJECT_PRANK] = "prank",
	[REJECT_ACCIDENTAL] = "accidental",
	[REJECT_SILENT] = "silent",
	[REJECT_TEST] = "test",
	[REJECT_UNVERIFIABLE] = "unverifiable",
};
static_assert(ARRAY_LEN(reject_reason_names) == REJECT_COUNT, "name every reason");

static const char *const disposition_names[] = {
	[DISPOSITION_NONE] = "none",
	[DISPOSITION_HANDLED] = "handled",
	[DISPOSITION_REPORT_TAKEN] = "report_taken",
	[DISPOSITION_TRANSPORTED] = "transported",
	[DISPOSITION_FIRE_OUT] = "fire_out",
	[DISPOSITION_GONE_ON_ARRIVAL] = "gone_on_arrival",
	[DISPOSITION_REFERRED] = "referred",
	[DISPOSITION_CANCELLED_BY_CALLER] = "cancelled_by_caller",
	[DISPOSITION_INFORMATION] = "information",
	[DISPOSITION_UNVERIFIABLE] = "unverifiable",
	[DISPOSITION_TEST] = "test",
};
static_assert(ARRAY_LEN(disposition_names) == DISPOSITION_COUNT, "name every disposition");

static const char *const mode_names[] = {
	[MODE_ACTUAL] = "actual",
	[MODE_EXERCISE] = "exercise",
	[MODE_TEST] = "test",
};
static_assert(ARRAY_LEN(mode_names) == MODE_COUNT, "name every mode");

static const char *const camera_owner_names[] = {
	[OWNER_POLICE] = "police",
	[OWNER_DISHUB] = "dishub",
	[OWNER_OTHER] = "other",
};
static_assert(ARRAY_LEN(camera_owner_names) == OWNER_COUNT, "name every owner");

static const char *const camera_status_names[] = {
	[CAMERA_OK] = "ok",
	[CAMERA_STALE] = "stale",
	[CAMERA_DOWN] = "down",
};
static_assert(ARRAY_LEN(camera_status_names) == CAMERA_STATUS_COUNT, "name every status");

static const char *const role_names[] = {
	[ROLE_NONE] = "none",
	[ROLE_INTAKE] = "intake",
	[ROLE_OPERATOR] = "operator",
	[ROLE_SUPERVISOR] = "supervisor",
	[ROLE_OBSERVER] = "observer",
	[ROLE_AGENCY] = "agency",
	[ROLE_TRAINER] = "trainer",
};
static_assert(ARRAY_LEN(role_names) == ROLE_COUNT, "name every role");

static const char *const event_type_names[] = {
	[EVENT_INCIDENT_RAISED] = "incident.raised",
	[EVENT_INCIDENT_ALARM_ADDED] = "incident.alarm_added",
	[EVENT_INCIDENT_UPDATED] = "incident.updated",
	[EVENT_INCIDENT_ACKNOWLEDGED] = "incident.acknowledged",
	[EVENT_INCIDENT_CLAIMED] = "incident.claimed",
	[EVENT_INCIDENT_RELEASED] = "incident.released",
	[EVENT_INCIDENT_VERIFIED] = "incident.verified",
	[EVENT_INCIDENT_REJECTED] = "incident.rejected",
	[EVENT_INCIDENT_MERGED] = "incident.merged",
	[EVENT_INCIDENT_SPLIT] = "incident.split",
	[EVENT_INCIDENT_NOTED] = "incident.noted",
	[EVENT_INCIDENT_HELD] = "incident.held",
	[EVENT_INCIDENT_RESOLVED] = "incident.resolved",
	[EVENT_INCIDENT_CLOSED] = "incident.closed",
	[EVENT_INCIDENT_REOPENED] = "incident.reopened",
	[EVENT_INCIDENT_VIEWED] = "incident.viewed",
	[EVENT_DISPATCH_REQUESTED] = "dispatch.requested",
	[EVENT_DISPATCH_DELIVERED] = "dispatch.delivered",
	[EVENT_DISPATCH_ACCEPTED] = "dispatch.accepted",
	[EVENT_DISPATCH_DECLINED] = "dispatch.declined",
	[EVENT_DISPATCH_EN_ROUTE] = "dispatch.en_route",
	[EVENT_DISPATCH_ON_SCENE] = "dispatch.on_scene",
	[EVENT_DISPATCH_CLEARED] = "dispatch.cleared",
	[EVENT_DISPATCH_CANCELLED] = "dispatch.cancelled",
	[EVENT_DISPATCH_EXPIRED] = "dispatch.expired",
	[EVENT_CAMERA_STATUS] = "camera.status",
	[EVENT_CAMERA_VIEWED] = "camera.viewed",
	[EVENT_REGISTRY_CHANGED] = "registry.changed",
	[EVENT_LINK_UP] = "link.up",
	[EVENT_LINK_DOWN] = "link.down",
	[EVENT_LOG_PURGED] = "log.purged",
};
static_assert(ARRAY_LEN(event_type_names) == EVENT_TYPE_COUNT, "name every event");

static const char *const action_names[] = {
	[ACTION_RAISE] = "raise",
	[ACTION_UPDATE] = "update",
	[ACTION_WITHDRAW] = "withdraw",
	[ACTION_ACKNOWLEDGE] = "acknowledge",
	[ACTION_CLAIM] = "claim",
	[ACTION_RELEASE] = "release",
	[ACTION_VERIFY] = "verify",
	[ACTION_REJECT] = "reject",
	[ACTION_MERGE] = "merge",
	[ACTION_SPLIT] = "split",
	[ACTION_NOTE] = "note",
	[ACTION_HOLD] = "hold",
	[ACTION_RESOLVE] = "resolve",
	[ACTION_CLOSE] = "close",
	[ACTION_REOPEN] = "reopen",
	[ACTION_DISPATCH] = "dispatch",
	[ACTION_DELIVER] = "deliver",
	[ACTION_ACCEPT] = "accept",
	[ACTION_DECLINE] = "decline",
	[ACTION_EN_ROUTE] = "en_route",
	[ACTION_ON_SCENE] = "on_scene",
	[ACTION_CLEAR] = "clear",
	[ACTION_CANCEL] = "cancel",
	[ACTION_EXPIRE] = "expire",
	[ACTION_CAMERA_STATUS] = "camera_status",
	[ACTION_CAMERA_VIEWED] = "camera_viewed",
	[ACTION_REGISTRY_CHANGED] = "registry_changed",
	[ACTION_LINK_UP] = "link_up",
	[ACTION_LINK_DOWN] = "link_down",
	[ACTION_VIEW] = "view",
	[ACTION_PURGE] = "purge",
};
static_assert(ARRAY_LEN(action_names) == ACTION_COUNT, "name every action");

static const char *name_of(const char *const *names, size_t len, unsigned value) {
	return value < len ? names[value] : "?";
}

static bool find(const char *const *names, size_t len, const char *name, unsigned *out) {
	for (size_t i = 0; i < len; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (unsigned)i;
			return true;
		}
	}
	return false;
}

/* Both directions of one enumeration; a macro because C has no other way to say "for every enum".
 */
#define WORD(stem, type)                                                                           \
	const char *stem##_name(enum type value) {                                                 \
		return name_of(stem##_names, ARRAY_LEN(stem##_names), (unsigned)value);            \
	}                                                                                          \
	bool stem##_find(const char *name, enum type *out) {                                       \
		unsigned value;                                                                    \
		if (!find(stem##_names, ARRAY_LEN(stem##_names), name, &value)) {                  \
			return false;                                                              \
		}                                                                                  \
		*out = (enum type)value;                                                           \
		return true;                                                                       \
	}

WORD(kind, kind)
WORD(priority, priority)
WORD(incident_state, incident_state)
WORD(dispatch_state, dispatch_state)
WORD(desk, desk)
WORD(method, method)
WORD(reject_reason, reject_reason)
WORD(disposition, disposition)
WORD(mode, mode)
WORD(camera_owner, camera_owner)
WORD(camera_status, camera_status)
WORD(role, role)
WORD(event_type, event_type)
WORD(action, action)

#undef WORD
