#include <stdlib.h>
#include <string.h>

#include <siaga/feed/feed.h>

#include "command.h"
#include "settings.h"

bool daemon_split_listen(const char *text, char *address, size_t size, uint16_t *port) {
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

int serve_run(const struct daemon_options *opt) {
	struct feed_config cfg = {
		.dir = opt->given[DAEMON_DATA],
		.user = opt->given[DAEMON_USER],
		.mode = MODE_ACTUAL,
	};
	struct err err = {0};
	struct tls_server_config tls;
	char address[64];
	int code = daemon_need_data(opt);
	if (code != 0) {
		return code;
	}
	if (opt->given[DAEMON_LISTEN] == NULL) {
		return daemon_usage("--listen ADDR:PORT is missing");
	}
	if (!daemon_split_listen(opt->given[DAEMON_LISTEN], address, sizeof(address), &cfg.port)) {
		return daemon_usage("--listen: not ADDR:PORT");
	}
	if (opt->given[DAEMON_MODE] != NULL && !mode_find(opt->given[DAEMON_MODE], &cfg.mode)) {
		return daemon_usage("--mode: actual, exercise or test");
	}
	cfg.address = address;
	cfg.limits = opt->settings->limits;
	if (daemon_settings_tls(opt->settings, &tls)) {
		cfg.tls = &tls;
	}
	return feed_run(&cfg, &err) ? EXIT_SUCCESS : daemon_fail(&err);
}
