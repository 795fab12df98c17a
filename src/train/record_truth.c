/* Which of the incidents are in a recording, and what was really the matter with each. */
#include <stdio.h>
#include <string.h>

#include <siaga/base/text.h>
#include <siaga/model/duplicates.h>

#include "record_private.h"

/* --- which incidents --- */

struct call *record_call(const struct recorder *rec, const char *incident) {
	struct call *call;
	HASH_FIND_STR(rec->calls, incident, call);
	return call;
}

/* Where its alarms are in the end, or NULL: in an incident that is not recorded. */
static const struct incident *root_of(const struct recorder *rec, const struct incident *inc) {
	return world_merged(&rec->world, inc);
}

/* Who calls again is the same caller again: that is what a prank is known by. */
static int64_t person_of(struct recorder *rec, const char *phone, int64_t number) {
	char key[PHONE_KEY_SIZE];
	if (!phone_key(key, phone)) {
		return number;
	}
	struct pair *pair = record_add_pair(&rec->phones, key);
	pair->number = pair->number > 0 ? pair->number : number;
	return pair->number;
}

void record_find_calls(struct recorder *rec, struct recorder_counts *counts) {
	for (const struct incident *inc = rec->world.incidents; inc != NULL; inc = inc->hh.next) {
		struct call *call = mem_alloc(1, sizeof(*call));
		text_copy(call->incident, sizeof(call->incident), inc->id);
		HASH_ADD_STR(rec->calls, incident, call);
		if (root_of(rec, inc) == NULL) {
			counts->earlier++;
			continue;
		}
		call->number = ++counts->alarms;
		/* Of a log that was tampered with an incident may have lost its alarm. */
		const char *phone = inc->alarms_len > 0 ? inc->alarms[0].caller_phone : "";
		call->person = person_of(rec, phone, call->number);
	}
}

void record_key(char out[SCENARIO_KEY_SIZE], const struct call *call) {
	snprintf(out, SCENARIO_KEY_SIZE, "a%lld", (long long)call->number);
}

/* --- what was the matter --- */

static void add_agency(char list[][AGENCY_ID_SIZE], size_t *len, const char *agency) {
	for (size_t i = 0; i < *len; i++) {
		if (strcmp(list[i], agency) == 0) {
			return;
		}
	}
	if (*len < SCENARIO_NEEDS_MAX) {
		text_copy(list[(*len)++], AGENCY_ID_SIZE, agency);
	}
}

static bool has_gone(const struct dispatch *dispatch) {
	return dispatch->state != DISPATCH_DECLINED && dispatch->state != DISPATCH_CANCELLED &&
	       dispatch->state != DISPATCH_EXPIRED;
}

/* Who went is who was needed; who was asked and had nobody would have been right, too. */
static void add_agencies(const struct incident *inc, struct scenario_truth *truth) {
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		if (has_gone(&inc->dispatches[i])) {
			add_agency(truth->needs, &truth->needs_len, inc->dispatches[i].agency);
		}
	}
}

static void add_declined(const struct incident *inc, struct scenario_truth *truth) {
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		bool went = false;
		for (size_t j = 0; j < truth->needs_len; j++) {
			went = went || strcmp(truth->needs[j], dispatch->agency) == 0;
		}
		if (dispatch->state == DISPATCH_DECLINED && !went) {
			add_agency(truth->may, &truth->may_len, dispatch->agency);
		}
	}
}

/* Of those that are one, whichever was raised first stands for all of them. */
static struct call *first_of(const struct recorder *rec, const struct incident *root) {
	struct call *of = record_call(rec, root->id);
	return of->first != NULL ? of->first : of;
}

static void find_firsts(struct recorder *rec) {
	for (const struct incident *inc = rec->world.incidents; inc != NULL; inc = inc->hh.next) {
		const struct incident *root = root_of(rec, inc);
		struct call *of = root != NULL ? record_call(rec, root->id) : NULL;
		if (of != NULL && of->first == NULL) {
			of->first = record_call(rec, inc->id);
		}
	}
}

/* All that went before any that declined: an agency may have done both. */
static void find_agencies(struct recorder *rec,
	void (*add)(const struct incident *inc, struct scenario_truth *truth)) {
	for (const struct incident *inc = rec->world.incidents; inc != NULL; inc = inc->hh.next) {
		const struct incident *root = root_of(rec, inc);
		if (root != NULL && root->state != INCIDENT_FALSE_ALARM) {
			add(inc, &first_of(rec, root)->truth);
		}
	}
}

/* What is open still, and nobody was sent to, may be anything. */
void record_find_truths(struct recorder *rec) {
	find_firsts(rec);
	find_agencies(rec, add_agencies);
	find_agencies(rec, add_declined);
	for (const struct incident *inc = rec->world.incidents; inc != NULL; inc = inc->hh.next) {
		const struct incident *root = root_of(rec, inc);
		struct call *call = record_call(rec, inc->id);
		if (root == NULL) {
			continue;
		}
		const struct call *first = first_of(rec, root);
		struct scenario_truth *truth = &call->truth;
		truth->real = root->state != INCIDENT_FALSE_ALARM;
		truth->known = call != first || truth->needs_len > 0 || !incident_is_open(root);
		if (call != first) {
			record_key(truth->same_as, first);
		}
	}
}
