/* Conditions of a training scenario: what is waited for, expected or forbidden. */
#include "scenario_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/mem.h>
#include <siaga/base/text.h>

/* The member that says which it is. */
static const char *const cond_members[] = {
	[COND_ALL] = "all",
	[COND_ANY] = "any",
	[COND_COMMAND] = "command",
	[COND_DID] = "did",
	[COND_LINE] = "line",
	[COND_NOT] = "not",
	[COND_SELECTED] = "selected",
	[COND_STATE] = "state",
	[COND_STATUS] = "status",
};
static_assert(ARRAY_LEN(cond_members) == COND_TYPE_COUNT, "name every condition");

/* What may stand beside it. */
static const char *const beside[COND_TYPE_COUNT][12] = {
	[COND_DID] = {"key", "into", "agency", "camera", "method", "reason", "disposition", "kind",
		"priority"},
	[COND_STATE] = {"key"},
	[COND_STATUS] = {"key", "agency"},
};

#define MEMBERS_MAX 24

void cond_finish(struct cond *cond) {
	for (size_t i = 0; i < cond->parts_len; i++) {
		cond_finish(&cond->parts[i]);
	}
	free(cond->parts);
	memset(cond, 0, sizeof(*cond));
}

/* Which condition it is; COND_TYPE_COUNT where none or several are named, and that was said. */
static enum cond_type find_type(const struct reader *r) {
	enum cond_type type = COND_TYPE_COUNT;
	for (int i = 0; i < COND_TYPE_COUNT; i++) {
		if (!read_says(r, cond_members[i])) {
			continue;
		}
		if (type != COND_TYPE_COUNT) {
			read_fail(r, cond_members[i], "two conditions in one: %s stands there, too",
				cond_members[type]);
			return COND_TYPE_COUNT;
		}
		type = (enum cond_type)i;
	}
	if (type == COND_TYPE_COUNT) {
		read_fail(r, NULL,
			"none of all, any, command, did, line, not, selected, state, status");
	}
	return type;
}

/* What an operator can do about an incident, or about a camera. */
static bool is_deed(enum action action) {
	return action != ACTION_RAISE && action != ACTION_WITHDRAW && action != ACTION_DELIVER &&
	       action != ACTION_CAMERA_STATUS && action != ACTION_REGISTRY_CHANGED &&
	       action != ACTION_LINK_UP && action != ACTION_LINK_DOWN && action != ACTION_VIEW &&
	       action != ACTION_PURGE;
}

void read_deed(const struct reader *r, struct cond *cond, const char *action_member) {
	cond->type = COND_DID;
	if (read_action(r, action_member, REQUIRED, &cond->action) && !is_deed(cond->action)) {
		read_fail(r, action_member, "nothing that an operator does");
	}
	read_id(r, "key", OPTIONAL, cond->key, sizeof(cond->key));
	read_id(r, "into", OPTIONAL, cond->into, sizeof(cond->into));
	read_id(r, "agency", OPTIONAL, cond->agency, sizeof(cond->agency));
	read_id(r, "camera", OPTIONAL, cond->camera, sizeof(cond->camera));
	cond->has |= read_method(r, "method", OPTIONAL, &cond->method) ? COND_HAS_METHOD : 0u;
	cond->has |=
		read_reject_reason(r, "reason", OPTIONAL, &cond->reason) ? COND_HAS_REASON : 0u;
	cond->has |= read_disposition(r, "disposition", OPTIONAL, &cond->disposition)
			     ? COND_HAS_DISPOSITION
			     : 0u;
	cond->has |= read_kind(r, "kind", OPTIONAL, &cond->kind) ? COND_HAS_KIND : 0u;
	cond->has |=
		read_priority(r, "priority", OPTIONAL, &cond->priority) ? COND_HAS_PRIORITY : 0u;
}

static void read_level(
	const struct reader *r, struct cond *cond, int depth, const char *const *extra);

static void read_parts(const struct reader *r, struct cond *cond, int depth) {
	static const char *const none[] = {NULL};
	struct list list = read_list(r, cond_members[cond->type], REQUIRED, SCENARIO_COND_MAX);
	if (list.array != NULL && list.len == 0) {
		read_fail(r, list.name, "no condition in it");
	}
	cond->parts = mem_alloc(list.len + 1, sizeof(*cond->parts));
	for (size_t i = 0; i < list.len; i++) {
		struct reader item = read_item(r, &list, i);
		if (item.obj != NULL) {
			read_level(&item, &cond->parts[cond->parts_len++], depth + 1, none);
		}
	}
}

static void read_not(const struct reader *r, struct cond *cond, int depth) {
	static const char *const none[] = {NULL};
	struct reader part = read_object(r, "not", REQUIRED);
	cond->parts = mem_alloc(1, sizeof(*cond->parts));
	if (part.obj != NULL) {
		cond->parts_len = 1;
		read_level(&part, &cond->parts[0], depth + 1, none);
	}
}

static void read_state(const struct reader *r, struct cond *cond) {
	read_incident_state(r, "state", REQUIRED, &cond->state);
	read_id(r, "key", REQUIRED, cond->key, sizeof(cond->key));
}

static void read_status(const struct reader *r, struct cond *cond) {
	read_dispatch_state(r, "status", REQUIRED, &cond->status);
	read_id(r, "key", REQUIRED, cond->key, sizeof(cond->key));
	read_id(r, "agency", REQUIRED, cond->agency, sizeof(cond->agency));
}

static void read_members(
	const struct reader *r, const struct cond *cond, const char *const *extra) {
	const char *names[MEMBERS_MAX];
	size_t len = 0;
	names[len++] = cond_members[cond->type];
	for (size_t i = 0; beside[cond->type][i] != NULL; i++) {
		names[len++] = beside[cond->type][i];
	}
	for (size_t i = 0; extra[i] != NULL && len + 1 < MEMBERS_MAX; i++) {
		names[len++] = extra[i];
	}
	names[len] = NULL;
	read_only(r, names);
}

static void read_level(
	const struct reader *r, struct cond *cond, int depth, const char *const *extra) {
	if (depth > SCENARIO_COND_DEPTH) {
		read_fail(r, NULL, "more than %d conditions in each other", SCENARIO_COND_DEPTH);
		return;
	}
	cond->type = find_type(r);
	switch (cond->type) {
	case COND_ALL:
	case COND_ANY: read_parts(r, cond, depth); break;
	case COND_COMMAND:
	case COND_LINE:
		read_id(r, cond_members[cond->type], REQUIRED, cond->name, sizeof(cond->name));
		break;
	case COND_DID: read_deed(r, cond, "did"); break;
	case COND_NOT: read_not(r, cond, depth); break;
	case COND_SELECTED: read_id(r, "selected", REQUIRED, cond->key, sizeof(cond->key)); break;
	case COND_STATE: read_state(r, cond); break;
	case COND_STATUS: read_status(r, cond); break;
	case COND_TYPE_COUNT: return;
	}
	read_members(r, cond, extra);
}

void read_cond(const struct reader *r, struct cond *cond, const char *const *extra) {
	read_level(r, cond, 1, extra);
}
