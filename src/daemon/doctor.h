/* What the parts of siagad doctor share. Nothing here changes anything, nothing shows a secret. */
#ifndef SIAGA_DAEMON_DOCTOR_H
#define SIAGA_DAEMON_DOCTOR_H

#include <sys/types.h>

#include <siaga/base/report.h>
#include <siaga/model/registry.h>
#include <siaga/store/look.h>

#include "options.h"

struct doctor {
	const struct daemon_options *opt;
	struct report report;
	const char *dir;
	bool has_dir; /* it is there, and a folder */
	uid_t owner;  /* of the folder */
	struct log_look log;
	struct registry registry;
	bool has_registry; /* one that could be read */
	pid_t running;     /* the siagad that has the folder; 0: none */
};

/* doctor_folder.c */
void doctor_folder(struct doctor *doc);
void doctor_disk(struct doctor *doc);
void doctor_files(struct doctor *doc);

/* doctor_store.c */
void doctor_log(struct doctor *doc);
void doctor_admin(struct doctor *doc);

/* doctor_tls.c */
bool doctor_has_tls(const struct doctor *doc);
void doctor_tls(struct doctor *doc);

/* doctor_running.c */
void doctor_lock(struct doctor *doc);
void doctor_limits(struct doctor *doc);
void doctor_port(struct doctor *doc);

#endif
