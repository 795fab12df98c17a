/* What went wrong in a run, by what the scenario says that the alarms really were. */
#include <stdlib.h>
#include <string.h>

#include <siaga/base/text.h>

#include "score_private.h"

/* --- agencies --- */

static bool is_among(const char (*list)[AGENCY_ID_SIZE], size_t len, const char *agency) {
	for (size_t i = 0; i < len; i++) {
		if (strcmp(list[i], agency) == 0) {
			return true;
		}
	}
	return false;
}

static bool truth_uses(const struct scenario_truth *truth, const char *agency) {
	return is_among(truth->needs, truth->needs_len, agency) ||
	       is_among(truth->may, truth->may_len, agency);
}

static bool report_uses(const struct report *report, const char *agency) {
	return truth_uses(report->truth, agency) || truth_uses(report->first, agency);
}

/* Taken back before it had said that it comes: nobody has moved. */
static bool has_moved(const struct dispatch *dispatch) {
	return dispatch->state != DISPATCH_CANCELLED || dispatch->at_ms[DISPATCH_ACCEPTED] != 0;
}

/* Asked and not taken back, unless it had been there. What it answered is not the trainee's. */
static bool is_sent(const struct track *track, const char *agency) {
	for (size_t i = 0; track != NULL && i < track->inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &track->inc->dispatches[i];
		if (strcmp(dispatch->agency, agency) == 0 &&
			(dispatch->state != DISPATCH_CANCELLED ||
				dispatch->at_ms[DISPATCH_ON_SCENE] != 0)) {
			return true;
		}
	}
	return false;
}

/* To any of the incidents that tell of it. */
static bool matter_has(const struct tally *t, const struct matter *matter, const char *agency) {
	for (size_t i = matter->reports; i != NONE; i = t->reports[i].next) {
		if (is_sent(t->reports[i].own, agency) || is_sent(t->reports[i].now, agency)) {
			return true;
		}
	}
	return false;
}

static bool matter_lacks(const struct tally *t, const struct report *report) {
	const struct matter *matter = &t->matters[report->matter];
	for (size_t i = 0; i < report->first->needs_len; i++) {
		if (!matter_has(t, matter, report->first->needs[i])) {
			return true;
		}
	}
	return false;
}

/* What an agency has to do at an incident. */
enum use { USE_SOME, USE_NONE, USE_WRONG };

static enum use use_of(const struct tally *t, const struct track *track, const char *agency) {
	enum use use = track->links == NONE ? USE_SOME : USE_NONE;
	for (size_t i = track->links; i != NONE; i = t->links[i].next) {
		const struct report *report = &t->reports[t->links[i].report];
		if (!report_is_known(report) || report_uses(report, agency)) {
			return USE_SOME;
		}
		if (report_is_real(report) && matter_lacks(t, report)) {
			use = USE_WRONG;
		}
	}
	return use;
}

/* --- faults --- */

static const char *key_of(const struct report *report) {
	return report->raised->line->key;
}

static struct score_fault *add_fault(
	struct tally *t, enum fault type, const struct report *report, int64_t at_ms) {
	struct score_fault *fault = score_add_fault(t->score);
	fault->fault = type;
	fault->number = report->own->inc->number;
	text_copy(fault->key, sizeof(fault->key), key_of(report));
	fault->at_ms = at_ms;
	return fault;
}

/* The first time that it was sent there and moved, since the start; NEVER. */
static int64_t moved_ms(const struct tally *t, const struct track *track, const char *agency) {
	for (size_t i = 0; i < track->inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &track->inc->dispatches[i];
		if (strcmp(dispatch->agency, agency) == 0 && has_moved(dispatch)) {
			return dispatch->at_ms[DISPATCH_REQUESTED] - t->start_ms;
		}
	}
	return NEVER;
}

static bool is_repeated(const struct incident *inc, size_t at) {
	for (size_t i = 0; i < at; i++) {
		if (strcmp(inc->dispatches[i].agency, inc->dispatches[at].agency) == 0) {
			return true;
		}
	}
	return false;
}

static void find_wrong(struct tally *t, const struct track *track) {
	const struct incident *inc = track->inc;
	for (size_t i = 0; i < inc->dispatches_len && track->raised != NONE; i++) {
		const char *agency = inc->dispatches[i].agency;
		int64_t at_ms = moved_ms(t, track, agency);
		enum use use = use_of(t, track, agency);
		if (use == USE_SOME || at_ms == NEVER || is_repeated(inc, i)) {
			continue;
		}
		struct score_fault *fault =
			add_fault(t, use == USE_WRONG ? FAULT_WRONG_AGENCY : FAULT_NEEDLESS_AGENCY,
				&t->reports[track->raised], at_ms);
		text_copy(fault->agency, sizeof(fault->agency), agency);
	}
}

static void find_missing(struct tally *t, const struct matter *matter) {
	const struct report *first = &t->reports[matter->first];
	if (!report_is_known(first) || !report_is_real(first)) {
		return;
	}
	for (size_t i = 0; i < first->first->needs_len; i++) {
		const char *agency = first->first->needs[i];
		if (!matter_has(t, matter, agency)) {
			struct score_fault *fault =
				add_fault(t, FAULT_MISSING_AGENCY, first, NEVER);
			text_copy(fault->agency, sizeof(fault->agency), agency);
		}
	}
}

static int64_t sooner(int64_t a, int64_t b) {
	return a == NEVER || (b != NEVER && b < a) ? b : a;
}

/* Where a real alarm was merged with it, what was done there was done for that one. */
static void find_believed(struct tally *t, const struct report *report) {
	const struct track *own = report->own;
	int64_t at_ms = own->verified_ms;
	for (size_t i = own->links; i != NONE; i = t->links[i].next) {
		if (report_is_real(&t->reports[t->links[i].report])) {
			return;
		}
	}
	for (size_t i = 0; i < own->inc->dispatches_len; i++) {
		const char *agency = own->inc->dispatches[i].agency;
		if (!report_uses(report, agency)) {
			at_ms = sooner(at_ms, moved_ms(t, own, agency));
		}
	}
	if (at_ms != NEVER) {
		add_fault(t, FAULT_BELIEVED, report, at_ms);
	}
}

static void add_with(struct score_fault *fault, const struct report *other) {
	fault->with_number = other->own->inc->number;
	text_copy(fault->with, sizeof(fault->with), key_of(other));
}

static void find_merges(struct tally *t, const struct report *report) {
	const struct report *first = &t->reports[t->matters[report->matter].first];
	if (first != report && first->now != report->now) {
		add_with(add_fault(t, FAULT_NOT_MERGED, report, NEVER), first);
	}
	if (report->now == report->own || report->now->raised == NONE) {
		return;
	}
	const struct report *host = &t->reports[report->now->raised];
	if (report_is_known(host) && host->matter != report->matter) {
		add_with(add_fault(t, FAULT_WRONGLY_MERGED, report, report->own->merged_ms), host);
	}
}

static void find_of_report(struct tally *t, const struct report *report) {
	if (report->own->inc->state == INCIDENT_NEW) {
		add_fault(t, FAULT_NEVER_TAKEN, report, NEVER);
	}
	if (!report_is_known(report)) {
		return;
	}
	if (!report_is_real(report)) {
		find_believed(t, report);
	} else if (report->now->inc->state == INCIDENT_FALSE_ALARM) {
		add_fault(t, FAULT_REJECTED, report, report->now->rejected_ms);
	}
	find_merges(t, report);
}

static int compare_fault(const void *a, const void *b) {
	const struct score_fault *x = a, *y = b;
	if (x->fault != y->fault) {
		return x->fault < y->fault ? -1 : 1;
	}
	if (x->number != y->number) {
		return x->number < y->number ? -1 : 1;
	}
	return strcmp(x->agency, y->agency);
}

void score_find_faults(struct tally *t) {
	for (size_t i = 0; i < t->tracks_len; i++) {
		if (t->tracks[i].inc != NULL) {
			find_wrong(t, &t->tracks[i]);
		}
	}
	for (size_t i = 0; i < t->reports_len; i++) {
		const struct report *report = &t->reports[i];
		if (report_is_first(t, report)) {
			find_missing(t, &t->matters[report->matter]);
		}
		find_of_report(t, report);
	}
	if (t->score->faults_len > 1) {
		qsort(t->score->faults, t->score->faults_len, sizeof(*t->score->faults),
			compare_fault);
	}
}
