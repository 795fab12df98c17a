#include "filter_private.h"
#include "private.h"

#include <string.h>

#include <siaga/base/text.h>

static bool has(unsigned bits, unsigned value) {
	return value < 32 && (bits & 1u << value) != 0;
}

static bool is_withdrawn(const struct incident *inc) {
	for (size_t i = 0; i < inc->alarms_len; i++) {
		if (inc->alarms[i].withdrawn) {
			return true;
		}
	}
	return false;
}

/* What is too old to ring for is still overdue. */
static bool is_overdue(const struct incident *inc, const struct filter_ctx *ctx) {
	if (ctx->timers == NULL) {
		return false;
	}
	struct timer_verdict verdict = timers_judge(ctx->timers, inc, ctx->now_ms);
	return verdict.expired || verdict.level >= TIMER_LEVEL_ALERT;
}

static bool is(enum filter_is what, const struct incident *inc, const struct filter_ctx *ctx) {
	switch (what) {
	case IS_NEW: return inc->state == INCIDENT_NEW;
	case IS_OPEN: return incident_is_open(inc);
	case IS_ENDED: return !incident_is_open(inc);
	case IS_HELD: return incident_is_held(inc, ctx->now_ms);
	case IS_OVERDUE: return is_overdue(inc, ctx);
	case IS_MINE:
		return ctx->me != NULL && ctx->me[0] != '\0' &&
		       strcmp(inc->claim.name, ctx->me) == 0;
	case IS_LATE: return incident_is_late(inc);
	case IS_MERGED: return inc->alarms_len > 1;
	case IS_WITHDRAWN: return is_withdrawn(inc);
	case IS_COUNT: break;
	}
	return false;
}

static bool match_is(unsigned bits, const struct incident *inc, const struct filter_ctx *ctx) {
	for (unsigned i = 0; i < IS_COUNT; i++) {
		if (has(bits, i) && is((enum filter_is)i, inc, ctx)) {
			return true;
		}
	}
	return false;
}

static bool match_age(const struct filter_term *term, int64_t age_ms) {
	switch (term->op) {
	case OP_BELOW: return age_ms < term->ms;
	case OP_UP_TO: return age_ms <= term->ms;
	case OP_ABOVE: return age_ms > term->ms;
	case OP_FROM: return age_ms >= term->ms;
	case OP_IS:
	case OP_COUNT: break;
	}
	return false;
}

/* Was it sent, and did it not say no? A beginning is enough where it is not an agency by itself. */
static bool match_agency(
	const struct filter_value *value, const struct incident *inc, const struct registry *reg) {
	if (strcmp(value->folded, "none") == 0) {
		return !incident_has_live_dispatch(inc);
	}
	for (size_t i = 0; i < inc->dispatches_len; i++) {
		const struct dispatch *dispatch = &inc->dispatches[i];
		if (dispatch->state > DISPATCH_CLEARED) {
			continue;
		}
		if (registry_agency(reg, value->folded) != NULL) {
			if (strcmp(dispatch->agency, value->folded) == 0) {
				return true;
			}
			continue;
		}
		const struct agency *agency = registry_agency(reg, dispatch->agency);
		if (text_begins(dispatch->agency, value->folded) ||
			(agency != NULL && text_begins(agency->short_name, value->folded))) {
			return true;
		}
	}
	return false;
}

static bool match_claim(const struct filter_value *value, const struct incident *inc,
	const struct filter_ctx *ctx) {
	if (strcmp(value->folded, "none") == 0) {
		return inc->claim.name[0] == '\0';
	}
	if (strcmp(value->folded, "me") == 0) {
		return is(IS_MINE, inc, ctx);
	}
	return inc->claim.name[0] != '\0' && text_begins(inc->claim.name, value->folded);
}

static bool match_grid(const struct filter_value *value, const struct incident *inc,
	const struct filter_ctx *ctx) {
	int col, row;
	return geo_grid_find(&ctx->world->registry.grid, inc->at, &col, &row) &&
	       col == value->col && row == value->row;
}

/* Looking a number up means going through the world, so the answer is kept until that changes. */
static bool match_near(
	struct filter_value *value, const struct incident *inc, const struct world *world) {
	unsigned count = HASH_COUNT(world->incidents);
	if (value->seen != world || value->seen_head != world->head || value->seen_count != count) {
		const struct incident *other = world_by_number(world, value->number);
		value->seen = world;
		value->seen_head = world->head;
		value->seen_count = count;
		value->found = other != NULL;
		value->at = other != NULL ? other->at : (struct position){0, 0};
	}
	return value->found && geo_distance_m(value->at, inc->at) <= value->radius_m;
}

/* Does the incident's number begin with these digits? */
static bool begins_with(int64_t number, int64_t digits) {
	while (number > digits) {
		number /= 10;
	}
	return number == digits;
}

static bool match_word(const struct filter_value *value, const struct incident *inc) {
	if (has(value->kinds, inc->kind) || has(value->states, inc->state) ||
		(value->number > 0 && begins_with(inc->number, value->number))) {
		return true;
	}
	return incident_has_word(inc, value->folded, value->folded_len) ||
	       (value->digits_len > 0 && incident_has_phone(inc, value->digits, value->digits_len));
}

static bool match_value(enum filter_field field, struct filter_value *value,
	const struct incident *inc, const struct filter_ctx *ctx) {
	switch (field) {
	case FIELD_AGENCY: return match_agency(value, inc, &ctx->world->registry);
	case FIELD_CLAIM: return match_claim(value, inc, ctx);
	case FIELD_NEAR: return match_near(value, inc, ctx->world);
	case FIELD_GRID: return match_grid(value, inc, ctx);
	case FIELD_NUMBER: return inc->number == value->number;
	case FIELD_WORD: return match_word(value, inc);
	case FIELD_PRIORITY:
	case FIELD_KIND:
	case FIELD_STATE:
	case FIELD_IS:
	case FIELD_AGE:
	case FIELD_COUNT: break;
	}
	return false;
}

static bool match_term(
	struct filter_term *term, const struct incident *inc, const struct filter_ctx *ctx) {
	if (term->field == FIELD_PRIORITY) {
		return has(term->bits, inc->priority);
	}
	if (term->field == FIELD_KIND) {
		return has(term->bits, inc->kind);
	}
	if (term->field == FIELD_STATE) {
		return has(term->bits, inc->state);
	}
	if (term->field == FIELD_IS) {
		return match_is(term->bits, inc, ctx);
	}
	if (term->field == FIELD_AGE) {
		return match_age(term, ctx->now_ms - incident_received_ms(inc));
	}
	for (size_t i = 0; i < term->values_len; i++) {
		if (match_value(term->field, &term->values[i], inc, ctx)) {
			return true;
		}
	}
	return false;
}

bool filter_match(struct filter *filter, const struct incident *inc, const struct filter_ctx *ctx) {
	for (size_t i = 0; i < filter->len; i++) {
		if (match_term(&filter->terms[i], inc, ctx) == filter->terms[i].negate) {
			return false;
		}
	}
	return true;
}

static bool agency_known(const struct registry *reg, const char *folded) {
	for (size_t i = 0; i < reg->agencies_len; i++) {
		if (text_begins(reg->agencies[i].id, folded) ||
			text_begins(reg->agencies[i].short_name, folded)) {
			return true;
		}
	}
	return strcmp(folded, "none") == 0;
}

static bool check_value(enum filter_field field, const struct filter_value *value,
	const struct world *world, struct err *err) {
	if (field == FIELD_AGENCY && !agency_known(&world->registry, value->folded)) {
		return err_set(
			err, _("column %d: there is no agency \"%s\""), value->column, value->text);
	}
	const struct geo_grid *grid = &world->registry.grid;
	if (field == FIELD_GRID && (value->col >= grid->cols || value->row >= grid->rows)) {
		return err_set(
			err, _("column %d: the map has no cell %s"), value->column, value->text);
	}
	if ((field == FIELD_NEAR || field == FIELD_NUMBER) &&
		world_by_number(world, value->number) == NULL) {
		return err_set(err, _("column %d: incident #%lld is not known here"), value->column,
			(long long)value->number);
	}
	return true;
}

bool filter_check(const struct filter *filter, const struct world *world, struct err *err) {
	for (size_t i = 0; i < filter->len; i++) {
		const struct filter_term *term = &filter->terms[i];
		for (size_t v = 0; v < term->values_len; v++) {
			if (!check_value(term->field, &term->values[v], world, err)) {
				return false;
			}
		}
	}
	return true;
}
