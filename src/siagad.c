/* The feed's command line: serves, and manages tokens and the registry. */
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/text.h>
#include <siaga/feed/feed.h>
#include <siaga/feed/registry_load.h>
#include <siaga/feed/token.h>
#include <siaga/store/admin.h>
#include <siaga/wire/wire.h>

#include "config.h"

#define EXIT_USAGE 2

static const char help[] =
	"Usage: siagad --data DIR --listen ADDR:PORT [--mode MODE]\n"
	"       siagad token add NAME --role ROLE [--agency ID] --data DIR\n"
	"       siagad token list --data DIR\n"
	"       siagad token revoke NAME --data DIR\n"
	"       siagad registry load PATH --data DIR\n"
	"\n"
	"The alarm feed: takes alarms in by HTTP, keeps them in a log, sends them to consoles.\n"
	"\n"
	"  --data DIR          where log and tokens are kept\n"
	"  --listen ADDR:PORT  loopback address to listen on; port 0 picks one\n"
	"  --mode MODE         actual (default), exercise or test\n"
	"  --role ROLE         intake, operator, supervisor, observer, agency or trainer\n"
	"  --agency ID         the agency of a token with the role agency\n"
	"  --help              this text\n"
	"  --version           the version\n"
	"\n"
	"See siagad(8) and siaga-feed(7).\n";

enum { OPT_DATA = 256, OPT_LISTEN, OPT_MODE, OPT_ROLE, OPT_AGENCY, OPT_HELP, OPT_VERSION };

static const struct option longs[] = {
	{"agency", required_argument, NULL, OPT_AGENCY},
	{"data", required_argument, NULL, OPT_DATA},
	{"help", no_argument, NULL, OPT_HELP},
	{"listen", required_argument, NULL, OPT_LISTEN},
	{"mode", required_argument, NULL, OPT_MODE},
	{"role", required_argument, NULL, OPT_ROLE},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

struct options {
	const char *data, *listen, *mode, *role, *agency;
	char **words;
	int words_len;
};

static int usage(const char *text) {
	fprintf(stderr, "siagad: %s; siagad --help lists the options\n", text);
	return EXIT_USAGE;
}

static int fail(const struct err *err) {
	fprintf(stderr, "siagad: %s\n", err->text);
	return EXIT_FAILURE;
}

/* "127.0.0.1:7112" or "[::1]:7112". */
static bool split_listen(const char *text, char *address, size_t size, uint16_t *port) {
	const char *colon = strrchr(text, ':');
	char *end;
	if (colon == NULL || colon[1] < '0' || colon[1] > '9') {
		return false;
	}
	unsigned long value = strtoul(colon + 1, &end, 10);
	const char *start = text, *stop = colon;
	if (*start == '[' && stop > start && stop[-1] == ']') {
		start++;
		stop--;
	}
	if (*end != '\0' || value > 65535 || stop <= start || (size_t)(stop - start) >= size) {
		return false;
	}
	memcpy(address, start, (size_t)(stop - start));
	address[stop - start] = '\0';
	*port = (uint16_t)value;
	return true;
}

static int serve(const struct options *opt) {
	struct feed_config cfg = {.dir = opt->data, .mode = MODE_ACTUAL};
	struct err err = {0};
	char address[64];
	if (opt->listen == NULL) {
		return usage("--listen ADDR:PORT is missing");
	}
	if (!split_listen(opt->listen, address, sizeof(address), &cfg.port)) {
		return usage("--listen: not ADDR:PORT");
	}
	if (opt->mode != NULL && !mode_find(opt->mode, &cfg.mode)) {
		return usage("--mode: actual, exercise or test");
	}
	cfg.address = address;
	return feed_run(&cfg, &err) ? EXIT_SUCCESS : fail(&err);
}

static int token_add(const struct options *opt, struct admin_store *admin, const char *name) {
	struct token_row row = {.made_at_ms = clock_wall_ms()};
	struct err err = {0};
	char token[TOKEN_TEXT_SIZE];
	enum role role;
	if (!text_id_ok(name, TOKEN_NAME_SIZE - 1)) {
		return usage("token add: NAME takes letters, digits, _ . -, 47 at most");
	}
	if (opt->role == NULL || !role_find(opt->role, &role) || role == ROLE_NONE) {
		return usage("token add: --role intake, operator, supervisor, observer, agency or "
			     "trainer");
	}
	if ((role == ROLE_AGENCY) != (opt->agency != NULL)) {
		return usage("token add: --agency ID goes with --role agency, and only with it");
	}
	if (opt->agency != NULL && !text_id_ok(opt->agency, sizeof(row.agency) - 1)) {
		return usage("token add: --agency: not an id");
	}
	token_make(token);
	token_hash(token, row.hash);
	text_copy(row.name, sizeof(row.name), name);
	text_copy(row.role, sizeof(row.role), opt->role);
	text_copy(row.agency, sizeof(row.agency), opt->agency != NULL ? opt->agency : "");
	if (!admin_add_token(admin, &row, &err)) {
		return fail(&err);
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

static int token(const struct options *opt) {
	struct err err = {0};
	const char *verb = opt->words_len > 1 ? opt->words[1] : "";
	bool named = strcmp(verb, "add") == 0 || strcmp(verb, "revoke") == 0;
	bool list = strcmp(verb, "list") == 0;
	if ((!named && !list) || opt->words_len != (named ? 3 : 2)) {
		return usage("token add NAME, token list or token revoke NAME");
	}
	struct admin_store *admin = admin_open(opt->data, &err);
	if (admin == NULL) {
		return fail(&err);
	}
	int code = EXIT_SUCCESS;
	if (strcmp(verb, "add") == 0) {
		code = token_add(opt, admin, opt->words[2]);
	} else if (list ? !admin_list_tokens(admin, print_token, NULL, &err)
			: !admin_revoke_token(admin, opt->words[2], clock_wall_ms(), &err)) {
		code = fail(&err);
	}
	admin_close(admin);
	return code;
}

/* Stored only as it can be read again: a console will get exactly this. */
static bool store_registry(
	const char *dir, const struct registry *reg, int64_t *rev, struct err *err) {
	struct buf json = {0};
	struct registry again = {0};
	wire_put_registry(&json, reg);
	bool ok = json.len <= WIRE_SERVER_MESSAGE_MAX ||
		  err_set(err, "the registry is larger than %d bytes as a message",
			  WIRE_SERVER_MESSAGE_MAX);
	ok = ok && wire_get_registry(&again, json.data, json.len, err);
	struct admin_store *admin = ok ? admin_open(dir, err) : NULL;
	ok = admin != NULL &&
	     admin_put_registry(admin, json.data, json.len, clock_wall_ms(), rev, err);
	admin_close(admin);
	registry_finish(&again);
	buf_finish(&json);
	return ok;
}

static int registry(const struct options *opt) {
	struct registry reg = {0};
	struct err err = {0};
	int64_t rev = 0;
	if (opt->words_len != 3 || strcmp(opt->words[1], "load") != 0) {
		return usage("registry load PATH");
	}
	if (!registry_load(&reg, opt->words[2], &err) ||
		!store_registry(opt->data, &reg, &rev, &err)) {
		registry_finish(&reg);
		return fail(&err);
	}
	fprintf(stderr,
		"siagad: registry %lld: %zu agencies, %zu plans, %zu cameras, %zu lines of map\n",
		(long long)rev, reg.agencies_len, reg.plans_len, reg.cameras_len, reg.features_len);
	registry_finish(&reg);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
	struct options opt = {0};
	int c;
	setlocale(LC_CTYPE, "C.UTF-8");
	/* A file size limit is an error to be told, not a reason to die. */
	signal(SIGXFSZ, SIG_IGN);
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case OPT_AGENCY: opt.agency = optarg; break;
		case OPT_DATA: opt.data = optarg; break;
		case OPT_LISTEN: opt.listen = optarg; break;
		case OPT_MODE: opt.mode = optarg; break;
		case OPT_ROLE: opt.role = optarg; break;
		case OPT_HELP: fputs(help, stdout); return EXIT_SUCCESS;
		case OPT_VERSION: printf("siagad %s\n", SIAGA_VERSION); return EXIT_SUCCESS;
		default: return usage("unknown option, or one without its value");
		}
	}
	opt.words = argv + optind;
	opt.words_len = argc - optind;
	if (opt.data == NULL) {
		return usage("--data DIR is missing");
	}
	if (opt.words_len == 0) {
		return serve(&opt);
	}
	if (strcmp(opt.words[0], "token") == 0) {
		return token(&opt);
	}
	if (strcmp(opt.words[0], "registry") == 0) {
		return registry(&opt);
	}
	return usage("not a command");
}
