#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/base/text.h>
#include <siaga/feed/token.h>
#include <siaga/model/words.h>
#include <siaga/store/admin.h>

#include "command.h"

static int token_add(
	const struct daemon_options *opt, struct admin_store *admin, const char *name) {
	struct token_row row = {.made_at_ms = clock_wall_ms()};
	struct err err = {0};
	char token[TOKEN_TEXT_SIZE];
	const char *role_word = opt->given[DAEMON_ROLE], *agency = opt->given[DAEMON_AGENCY];
	enum role role;
	if (!text_id_ok(name, TOKEN_NAME_SIZE - 1)) {
		return daemon_usage("token add: NAME takes letters, digits, _ . -, 47 at most");
	}
	if (role_word == NULL || !role_find(role_word, &role) || role == ROLE_NONE) {
		return daemon_usage(
			"token add: --role intake, operator, supervisor, observer, agency or "
			"trainer");
	}
	if ((role == ROLE_AGENCY) != (agency != NULL)) {
		return daemon_usage(
			"token add: --agency ID goes with --role agency, and only with it");
	}
	if (agency != NULL && !text_id_ok(agency, sizeof(row.agency) - 1)) {
		return daemon_usage("token add: --agency: not an id");
	}
	token_make(token);
	token_hash(token, row.hash);
	text_copy(row.name, sizeof(row.name), name);
	text_copy(row.role, sizeof(row.role), role_word);
	text_copy(row.agency, sizeof(row.agency), agency != NULL ? agency : "");
	if (!admin_add_token(admin, &row, &err)) {
		return daemon_fail(&err);
	}
	puts(token);
	return EXIT_SUCCESS;
}

static void print_token(void *data, const struct token_row *row) {
	char made[CLOCK_RFC3339_SIZE];
	UNUSED(data);
	clock_format(made, row->made_at_ms);
	printf("%-24s %-10s %-12s %s%s\n", row->name, row->role,
		row->agency[0] != '\0' ? row->agency : "-", made,
		row->revoked_at_ms != 0 ? " revoked" : "");
}

int token_run(const struct daemon_options *opt) {
	struct err err = {0};
	const char *verb = opt->words_len > 1 ? opt->words[1] : "";
	bool named = strcmp(verb, "add") == 0 || strcmp(verb, "revoke") == 0;
	bool list = strcmp(verb, "list") == 0;
	if ((!named && !list) || opt->words_len != (named ? 3 : 2)) {
		return daemon_usage("token add NAME, token list or token revoke NAME");
	}
	int code = daemon_enter_data(opt);
	if (code != 0) {
		return code;
	}
	struct admin_store *admin = admin_open(opt->given[DAEMON_DATA], &err);
	if (admin == NULL) {
		return daemon_fail(&err);
	}
	if (strcmp(verb, "add") == 0) {
		code = token_add(opt, admin, opt->words[2]);
	} else if (list ? !admin_list_tokens(admin, print_token, NULL, &err)
			: !admin_revoke_token(admin, opt->words[2], clock_wall_ms(), &err)) {
		code = daemon_fail(&err);
	}
	admin_close(admin);
	return code;
}
