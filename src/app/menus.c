#include "private.h"

/* Each choice has a letter that stands for its word and, where that is elsewhere, one on the home
 * row: what is chosen a hundred times a day needs no reaching. */
static const struct app_menu_item methods[] = {
	{'c', 'k', METHOD_CAMERA, N_("camera")},
	{'b', 'l', METHOD_CALLBACK, N_("call back")},
	{'u', 'h', METHOD_UNIT, N_("unit on the radio (HT)")},
	{'o', 'a', METHOD_AGENCY, N_("another agency")},
	{'s', 0, METHOD_SECOND_REPORT, N_("second report")},
};

static const struct app_menu_item reasons[] = {
	{'p', 'j', REJECT_PRANK, N_("prank")},
	{'a', 0, REJECT_ACCIDENTAL, N_("accidental")},
	{'s', 0, REJECT_SILENT, N_("silent")},
	{'t', 'g', REJECT_TEST, N_("test")},
	{'u', 'h', REJECT_UNVERIFIABLE, N_("could not be verified")},
};

static const struct app_menu_item dispositions[] = {
	{'h', 0, DISPOSITION_HANDLED, N_("handled")},
	{'r', 0, DISPOSITION_REPORT_TAKEN, N_("report taken")},
	{'t', 0, DISPOSITION_TRANSPORTED, N_("taken to hospital")},
	{'f', 0, DISPOSITION_FIRE_OUT, N_("fire out")},
	{'g', 0, DISPOSITION_GONE_ON_ARRIVAL, N_("gone on arrival")},
	{'o', 0, DISPOSITION_REFERRED, N_("referred to another agency")},
	{'c', 0, DISPOSITION_CANCELLED_BY_CALLER, N_("cancelled by the caller")},
	{'i', 0, DISPOSITION_INFORMATION, N_("information")},
	{'u', 0, DISPOSITION_UNVERIFIABLE, N_("could not be verified")},
	{'x', 0, DISPOSITION_TEST, N_("test")},
};

static const struct app_menu_item kinds[] = {
	{'f', 0, KIND_FIRE, N_("fire")},
	{'m', 0, KIND_MEDICAL, N_("medical")},
	{'a', 0, KIND_ACCIDENT, N_("accident")},
	{'c', 0, KIND_CRIME, N_("crime")},
	{'r', 0, KIND_RESCUE, N_("rescue")},
	{'b', 0, KIND_FLOOD, N_("flood")},
	{'t', 0, KIND_TRAFFIC, N_("traffic")},
	{'h', 0, KIND_HAZARD, N_("hazard")},
	{'w', 0, KIND_CROWD, N_("crowd")},
	{'o', 0, KIND_OTHER, N_("other")},
	{'u', 0, KIND_UNKNOWN, N_("not known (PANIK)")},
};

static const struct app_menu_item priorities[] = {
	{'1', 'a', PRIORITY_P1, N_("P1 life in danger")},
	{'2', 's', PRIORITY_P2, N_("P2 urgent")},
	{'3', 'd', PRIORITY_P3, N_("P3 can wait a little")},
	{'4', 'f', PRIORITY_P4, N_("P4 for information")},
};

/* Minutes. */
static const struct app_menu_item holds[] = {
	{'1', 'a', 5, N_("5 minutes")},
	{'2', 's', 10, N_("10 minutes")},
	{'3', 'd', 15, N_("15 minutes")},
	{'4', 'f', 30, N_("30 minutes")},
	{'5', 'g', 60, N_("60 minutes")},
};

const struct app_menu_item *menu_of(enum modal_type type, size_t *len) {
	const struct app_menu_item *items = NULL;
	*len = 0;
	if (type == MODAL_METHOD) {
		items = methods;
		*len = ARRAY_LEN(methods);
	} else if (type == MODAL_REASON) {
		items = reasons;
		*len = ARRAY_LEN(reasons);
	} else if (type == MODAL_DISPOSITION) {
		items = dispositions;
		*len = ARRAY_LEN(dispositions);
	} else if (type == MODAL_KIND) {
		items = kinds;
		*len = ARRAY_LEN(kinds);
	} else if (type == MODAL_PRIORITY) {
		items = priorities;
		*len = ARRAY_LEN(priorities);
	} else if (type == MODAL_HOLD) {
		items = holds;
		*len = ARRAY_LEN(holds);
	}
	return items;
}

const struct app_menu_item *app_menu(const struct app *app, size_t *len) {
	return menu_of(app->modal.type, len);
}
