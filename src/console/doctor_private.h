/* What the parts of siaga doctor share. */
#ifndef SIAGA_CONSOLE_DOCTOR_PRIVATE_H
#define SIAGA_CONSOLE_DOCTOR_PRIVATE_H

#include <siaga/base/report.h>
#include <siaga/store/look.h>

#include "options.h"
#include "token_file.h"

struct doctor {
	struct options *opt;
	struct report report;
	char token[TOKEN_FILE_SIZE]; /* "" when there is none that could be used; never shown */
	struct cache_look cache;
};

/* doctor_place.c: who reads the screen, and where. */
void doctor_locale(struct doctor *doc);
void doctor_terminal(struct doctor *doc);
void doctor_environment(struct doctor *doc);

/* doctor_state.c: what is kept. */
void doctor_token(struct doctor *doc);
void doctor_state(struct doctor *doc);

/* doctor_tls.c: what can be trusted there; false: nothing, and no more is to be tried. */
struct probe;
struct link_url;
bool doctor_tls(struct doctor *doc, struct probe *probe, const struct link_url *url);

/* doctor_link.c: the way to the feed, and the feed. */
void doctor_link(struct doctor *doc);

#endif
