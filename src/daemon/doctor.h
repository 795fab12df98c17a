/* What the parts of siagad doctor share. Nothing here changes anything, nothing shows a secret. */
#ifndef SIAGA_DAEMON_DOCTOR_H
#define SIAGA_DAEMON_DOCTOR_H

#include <sys/types.h>

#include <siaga/base/report.h>
#include <siaga/model/registry.h>
#include <siaga/net/tls.h>
#include <siaga/store/look.h>

#include "listeners.h"
#include "options.h"

enum port_owner {
	PORT_TAKEN,  /* by somebody else */
	PORT_OURS,   /* by the siagad that runs on the folder */
	PORT_UNKNOWN /* who may look at the siagad's sockets is not us */
};

/* Who listens where the feed does, or would. */
struct port_seen {
	struct listener found;
	bool is_found;
	enum port_owner whose;
	pid_t owner; /* of PORT_TAKEN; 0: it cannot be seen */
	char name[64];
};

struct doctor {
	const struct daemon_options *opt;
	struct report report;
	const char *dir;
	bool has_dir; /* it is there, and a folder */
	uid_t owner;  /* of the folder */
	struct log_look log;
	struct registry registry;
	bool has_registry; /* one that could be read */
	bool has_print;    /* that of our own certificate, read while it may be */
	unsigned char print[TLS_PRINT_LEN];
	pid_t running; /* the siagad that has the folder; 0: none, -1: it cannot be known */
	struct port_seen port;
};

/* doctor_config.c */
void doctor_config(struct doctor *doc);

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
/* What root could read, as siagad's user. */
void doctor_tls_again(struct doctor *doc);

/* doctor_running.c */
void doctor_see_lock(struct doctor *doc);
void doctor_lock(struct doctor *doc);
void doctor_limits(struct doctor *doc);

/* doctor_port.c */
void doctor_see_port(struct doctor *doc);
void doctor_port(struct doctor *doc);

#endif
