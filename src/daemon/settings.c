#include "settings.h"

#include <string.h>

#include <siaga/base/file.h>
#include <siaga/base/ini.h>
#include <siaga/base/text.h>

#define OF(member)                                                                                 \
	offsetof(struct daemon_settings, member), sizeof(((struct daemon_settings *)NULL)->member)

static const char *const clients[] = {
	[TLS_CLIENTS_NO] = "no",
	[TLS_CLIENTS_ASK] = "ask",
	[TLS_CLIENTS_REQUIRE] = "require",
	[TLS_CLIENTS_COUNT] = NULL,
};
/* In the order of enum mode. */
static const char *const modes[] = {"actual", "exercise", "test", NULL};

/* In the order of the manual. */
static const struct setting rows[] = {
	{"feed", "data", SETTING_FILE, OF(data), .initial = "",
		.help = "The folder of log, tokens and registry"},
	{"feed", "listen", SETTING_TEXT, OF(listen), .initial = "",
		.help = "The address and port to listen on, such as 127.0.0.1:7112"},
	{"feed", "mode", SETTING_WORD, OF(mode), .words = modes, .initial = "actual",
		.help = "What the work is: it goes into every event"},
	{"feed", "user", SETTING_TEXT, OF(user), .initial = "",
		.help = "Whom the feed runs as when it is started by root"},

	{"tls", "certificate", SETTING_FILE, OF(certificate), .initial = "",
		.help = "The server's certificate and what is between it and the CA, PEM"},
	{"tls", "key", SETTING_FILE, OF(key), .initial = "",
		.help = "The key of the certificate, PEM, without a password"},
	{"tls", "client_ca", SETTING_FILE, OF(client_ca), .initial = "",
		.help = "The CA that signs the certificates of clients, PEM"},
	{"tls", "clients", SETTING_WORD, OF(clients), .words = clients, .initial = "no",
		.help = "Are clients asked for a certificate, or must they have one?"},

	{"limits", "connections", SETTING_NUMBER, OF(limits.connections), 1, 60000,
		.initial = "4096", .help = "Connections at once"},
	{"limits", "per_address", SETTING_NUMBER, OF(limits.per_address), 1, 60000,
		.initial = "512", .help = "Connections at once from one address"},
	{"limits", "intake_rate", SETTING_NUMBER, OF(limits.intake_rate), 1, 100000,
		.initial = "500", .help = "Requests a second with one token"},
	{"limits", "intake_burst", SETTING_NUMBER, OF(limits.intake_burst), 1, 100000,
		.initial = "2000", .help = "Requests at once with one token"},
	{"limits", "session_rate", SETTING_NUMBER, OF(limits.session_rate), 1, 100000,
		.initial = "20", .help = "Messages a second with one token"},
	{"limits", "session_burst", SETTING_NUMBER, OF(limits.session_burst), 1, 100000,
		.initial = "100", .help = "Messages at once with one token"},
	{"limits", "bad_rate", SETTING_NUMBER, OF(limits.bad_rate), 1, 100000, .initial = "10",
		.help = "Requests a second without a good token, from one address"},
	{"limits", "bad_burst", SETTING_NUMBER, OF(limits.bad_burst), 1, 100000, .initial = "50",
		.help = "Requests at once without a good token, from one address"},
};

struct reader {
	struct daemon_settings *settings;
	struct buf *errors;
	char dir[FILE_PATH_SIZE]; /* of the file */
};

const struct setting *daemon_settings_rows(size_t *len) {
	*len = ARRAY_LEN(rows);
	return rows;
}

void daemon_settings_defaults(struct daemon_settings *settings) {
	memset(settings, 0, sizeof(*settings));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		setting_set(settings, &rows[i], rows[i].initial, NULL);
	}
}

static bool on_section(void *data, const char *section, int line, struct err *err) {
	static const char *const more[] = {NULL};
	UNUSED(data);
	UNUSED(line);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].section, section) == 0) {
			return true;
		}
	}
	return setting_unknown_section(rows, ARRAY_LEN(rows), more, section, err);
}

static bool on_item(void *data, const struct ini_item *item, struct err *err) {
	struct reader *rd = data;
	const struct setting *row = setting_find(rows, ARRAY_LEN(rows), item->section, item->key);
	char value[SETTINGS_TEXT_SIZE];
	if (item->section[0] == '\0') {
		return err_set(err, "\"%.64s\" stands before the first [section]", item->key);
	}
	if (item->first_line != 0) {
		return err_set(err, "\"%.64s\" is in line %d already", item->key, item->first_line);
	}
	if (row == NULL) {
		return setting_unknown_key(rows, ARRAY_LEN(rows), item, err);
	}
	/* First as it is written: so the message shows what stands in the file. */
	if (!setting_set(rd->settings, row, item->value, err)) {
		return false;
	}
	if (row->type != SETTING_FILE) {
		return true;
	}
	text_copy(value, sizeof(value), item->value);
	return (file_resolve(rd->dir, value, sizeof(value), err) ||
		       err_prefix(err, "%s", row->key)) &&
	       setting_set(rd->settings, row, value, err);
}

static bool on_error(void *data, const char *text) {
	struct reader *rd = data;
	buf_printf(rd->errors, "%s\n", text);
	return true;
}

/* What no single line shows. */
static bool check_tls(const struct daemon_settings *settings, struct err *err) {
	bool certificate = settings->certificate[0] != '\0', key = settings->key[0] != '\0';
	bool ca = settings->client_ca[0] != '\0', asks = settings->clients != TLS_CLIENTS_NO;
	if (certificate != key) {
		return err_set(err, "[tls] certificate and key go together: there is no %s",
			certificate ? "key" : "certificate");
	}
	if (!certificate && (ca || asks)) {
		return err_set(err, "[tls] %s is of no use without certificate and key",
			ca ? "client_ca" : "clients");
	}
	if (asks && !ca) {
		return err_set(err,
			"[tls] clients = %s needs client_ca: whose certificates are good",
			clients[settings->clients]);
	}
	return !ca || asks ||
	       err_set(err, "[tls] client_ca is of no use with clients = no: say ask or require");
}

int daemon_settings_read(struct daemon_settings *settings, const char *path, struct buf *errors,
	struct buf *warnings) {
	static const struct ini_ops ops = {on_section, on_item, on_error};
	struct reader rd = {.settings = settings, .errors = errors};
	struct buf text = {0};
	struct err err = {0};
	bool open_to_others;
	int found = file_read(path, &text, &open_to_others, &err);
	if (found < 0) {
		buf_printf(errors, "%s: %s\n", path, err.text);
	}
	if (found == 1) {
		file_dir(path, rd.dir, sizeof(rd.dir));
		if (open_to_others) {
			buf_printf(
				warnings, "%s: others may change it; chmod go-w %s\n", path, path);
		}
		if (!ini_parse(path, text.data, text.len, &ops, &rd, NULL)) {
			found = -1;
		} else if (!check_tls(settings, &err)) {
			buf_printf(errors, "%s: %s\n", path, err.text);
			found = -1;
		}
	}
	buf_finish(&text);
	return found;
}

bool daemon_settings_fill(
	const struct daemon_settings *settings, struct daemon_options *opt, struct err *err) {
	for (size_t i = 0; i < ARRAY_LEN(rows) && strcmp(rows[i].section, "feed") == 0; i++) {
		const char *value = (const char *)settings + rows[i].offset;
		int which;
		if (rows[i].type == SETTING_WORD) {
			memcpy(&which, value, sizeof(which));
			value = rows[i].words[which];
		}
		if (value[0] != '\0' && !daemon_options_fill(opt, rows[i].key, value)) {
			return err_set(err, "[feed] %s: there is no option --%s", rows[i].key,
				rows[i].key);
		}
	}
	return true;
}

bool daemon_settings_tls(const struct daemon_settings *settings, struct tls_server_config *tls) {
	*tls = (struct tls_server_config){
		.certificate = settings->certificate,
		.key = settings->key,
		.client_ca = settings->client_ca[0] != '\0' ? settings->client_ca : NULL,
		.clients = (enum tls_clients)settings->clients,
	};
	return settings->certificate[0] != '\0';
}

bool daemon_settings_check(const struct daemon_settings *settings, struct err *err) {
	struct tls_server_config tls;
	return !daemon_settings_tls(settings, &tls) || tls_server_check(&tls, NULL, err);
}
