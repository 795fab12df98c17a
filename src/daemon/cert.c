/* A CA for tests, and certificates that it signs. Each says of itself what it is. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <siaga/base/macros.h>
#include <siaga/base/text.h>

#include "command.h"

#define OWNER      "Siaga TEST, not for a control room"
#define CA_NAME    "Siaga test CA, not for a control room"
#define DAYS       90
#define DAYS_MAX   3650
#define DAY_S      86400
#define EARLIER_S  3600 /* another machine's clock may be a little behind */
#define SERIAL_LEN 16
#define NAME_MAX_  64 /* of a common name, by X.520 */
#define HOST_MAX   253

/* A certificate that is being made, or was. */
struct made {
	X509 *certificate;
	EVP_PKEY *key;
};

struct request {
	const struct daemon_options *opt;
	const char *dir;
	long days;
	struct made ca;
};

static bool failed(struct err *err) {
	return err_set(err, "OpenSSL makes no certificate");
}

/* --- names --- */

static bool is_address(const char *name) {
	unsigned char bytes[16];
	return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

/* A name as DNS has it, `*.` in front included. */
static bool is_host(const char *name) {
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	size_t star = strncmp(name, "*.", 2) == 0 ? 2 : 0, len = strlen(name);
	return len > star && len <= HOST_MAX && name[star] != '.' && name[star] != '-' &&
	       strstr(name, "..") == NULL && strspn(name + star, letters) == len - star;
}

static bool add_host(GENERAL_NAMES *names, const char *host) {
	GENERAL_NAME *name = NULL;
	if (is_address(host)) {
		name = a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_IPADD, host, 0);
	} else {
		name = a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_DNS, host, 0);
	}
	return name != NULL && sk_GENERAL_NAME_push(names, name) > 0;
}

/* --- making --- */

static bool set_name(X509_NAME *name, const char *common) {
	char cut[NAME_MAX_ + 1];
	text_copy(cut, sizeof(cut), common);
	return X509_NAME_add_entry_by_txt(
		       name, "O", MBSTRING_UTF8, (const unsigned char *)OWNER, -1, -1, 0) == 1 &&
	       X509_NAME_add_entry_by_txt(
		       name, "CN", MBSTRING_UTF8, (const unsigned char *)cut, -1, -1, 0) == 1;
}

static bool set_serial(X509 *certificate) {
	unsigned char bytes[SERIAL_LEN];
	BIGNUM *number = NULL;
	if (RAND_bytes(bytes, sizeof(bytes)) == 1) {
		bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40); /* positive, of one length */
		number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	}
	bool ok = number != NULL &&
		  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
	BN_free(number);
	return ok;
}

static bool extend(X509 *certificate, X509 *issuer, int nid, const char *value) {
	X509V3_CTX ctx;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool ok = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

/* Everything but what it is for. */
static bool begin(const struct request *rq, struct made *made, const char *common, long days) {
	const struct made *ca = rq->ca.certificate != NULL ? &rq->ca : made;
	made->certificate = X509_new();
	made->key = EVP_EC_gen("P-256");
	if (made->certificate == NULL || made->key == NULL) {
		return false;
	}
	X509 *x = made->certificate;
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       X509_gmtime_adj(X509_getm_notBefore(x), -EARLIER_S) != NULL &&
	       X509_gmtime_adj(X509_getm_notAfter(x), days * DAY_S) != NULL &&
	       set_name(X509_get_subject_name(x), common) &&
	       X509_set_issuer_name(x, X509_get_subject_name(ca->certificate)) == 1 &&
	       X509_set_pubkey(x, made->key) == 1 &&
	       extend(x, ca->certificate, NID_subject_key_identifier, "hash");
}

static bool end(const struct request *rq, struct made *made) {
	const struct made *ca = rq->ca.certificate != NULL ? &rq->ca : made;
	return extend(made->certificate, ca->certificate, NID_authority_key_identifier, "keyid") &&
	       X509_sign(made->certificate, ca->key, EVP_sha256()) > 0;
}

static bool make_ca(struct request *rq) {
	struct made made = {0};
	bool ok = begin(rq, &made, CA_NAME, rq->days) &&
		  extend(made.certificate, made.certificate, NID_basic_constraints,
			  "critical,CA:TRUE,pathlen:0") &&
		  extend(made.certificate, made.certificate, NID_key_usage,
			  "critical,keyCertSign,cRLSign") &&
		  end(rq, &made);
	rq->ca = made;
	return ok;
}

static bool make_leaf(const struct request *rq, struct made *made, const char *common,
	GENERAL_NAMES *hosts, const char *purpose) {
	return begin(rq, made, common, rq->days) &&
	       extend(made->certificate, rq->ca.certificate, NID_basic_constraints,
		       "critical,CA:FALSE") &&
	       extend(made->certificate, rq->ca.certificate, NID_key_usage,
		       "critical,digitalSignature") &&
	       extend(made->certificate, rq->ca.certificate, NID_ext_key_usage, purpose) &&
	       (hosts == NULL || X509_add1_ext_i2d(made->certificate, NID_subject_alt_name, hosts,
					 0, X509V3_ADD_DEFAULT) == 1) &&
	       end(rq, made);
}

static void finish(struct made *made) {
	X509_free(made->certificate);
	EVP_PKEY_free(made->key);
	*made = (struct made){0};
}

/* --- writing --- */

static bool file_path(
	const struct request *rq, const char *name, const char *kind, char *out, size_t size) {
	return snprintf(out, size, "%s/%s.%s", rq->dir, name, kind) < (int)size;
}

static FILE *create(const char *path, mode_t mode, struct err *err) {
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (file == NULL) {
		err_set(err, "%s: %s", path, strerror(errno));
		if (fd >= 0) {
			close(fd);
		}
	}
	return file;
}

static bool close_file(FILE *file, const char *path, bool ok, struct err *err) {
	ok = fflush(file) == 0 && ok;
	ok = fclose(file) == 0 && ok;
	return ok || err_set(err, "%s: it cannot be written", path);
}

static bool write_made(
	const struct request *rq, const struct made *made, const char *name, struct err *err) {
	char pem[4096], key[4096];
	if (!file_path(rq, name, "pem", pem, sizeof(pem)) ||
		!file_path(rq, name, "key", key, sizeof(key))) {
		return err_set(err, "%s: the name is too long", name);
	}
	FILE *file = create(key, 0600, err);
	if (file == NULL ||
		!close_file(file, key,
			PEM_write_PKCS8PrivateKey(file, made->key, NULL, NULL, 0, NULL, NULL) == 1,
			err)) {
		return false;
	}
	file = create(pem, 0644, err);
	return file != NULL &&
	       close_file(file, pem, PEM_write_X509(file, made->certificate) == 1, err);
}

/* --- what was asked for --- */

static void client_file(const char *client, char *out, size_t size) {
	snprintf(out, size, "client-%s", client);
}

/* Nothing is made where only part of it could be. */
static bool is_free(const struct request *rq, const char *name, struct err *err) {
	static const char *const kinds[] = {"pem", "key"};
	char path[4096];
	struct stat st;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (file_path(rq, name, kinds[i], path, sizeof(path)) && lstat(path, &st) == 0) {
			return err_set(err, "%s is there already, and is not overwritten", path);
		}
	}
	return true;
}

static bool are_free(const struct request *rq, struct err *err) {
	char name[128];
	bool ok = is_free(rq, "ca", err) && is_free(rq, "server", err);
	for (size_t i = 0; ok && i < rq->opt->said_len; i++) {
		if (rq->opt->said[i].option == DAEMON_CLIENT) {
			client_file(rq->opt->said[i].value, name, sizeof(name));
			ok = is_free(rq, name, err);
		}
	}
	return ok;
}

static bool make_server(const struct request *rq, struct err *err) {
	GENERAL_NAMES *hosts = sk_GENERAL_NAME_new_null();
	struct made made = {0};
	const char *first = NULL;
	bool ok = hosts != NULL;
	for (size_t i = 0; ok && i < rq->opt->said_len; i++) {
		if (rq->opt->said[i].option == DAEMON_HOST) {
			first = first != NULL ? first : rq->opt->said[i].value;
			ok = add_host(hosts, rq->opt->said[i].value);
		}
	}
	ok = (ok && make_leaf(rq, &made, first, hosts, "serverAuth")) || failed(err);
	ok = ok && write_made(rq, &made, "server", err);
	sk_GENERAL_NAME_pop_free(hosts, GENERAL_NAME_free);
	finish(&made);
	return ok;
}

static bool make_clients(const struct request *rq, struct err *err) {
	bool ok = true;
	for (size_t i = 0; ok && i < rq->opt->said_len; i++) {
		struct made made = {0};
		char name[128];
		if (rq->opt->said[i].option != DAEMON_CLIENT) {
			continue;
		}
		client_file(rq->opt->said[i].value, name, sizeof(name));
		ok = make_leaf(rq, &made, rq->opt->said[i].value, NULL, "clientAuth") ||
		     failed(err);
		ok = ok && write_made(rq, &made, name, err);
		finish(&made);
	}
	return ok;
}

static bool make_all(struct request *rq, struct err *err) {
	if (mkdir(rq->dir, 0700) != 0 && errno != EEXIST) {
		return err_set(err, "%s: %s", rq->dir, strerror(errno));
	}
	bool ok = are_free(rq, err) && (make_ca(rq) || failed(err)) &&
		  write_made(rq, &rq->ca, "ca", err) && make_server(rq, err) &&
		  make_clients(rq, err);
	finish(&rq->ca);
	return ok;
}

static bool read_days(const char *text, long *days) {
	char *after;
	*days = text != NULL ? strtol(text, &after, 10) : DAYS;
	return text == NULL || (text[0] >= '0' && text[0] <= '9' && *after == '\0' && *days >= 1 &&
				       *days <= DAYS_MAX);
}

/* NULL, or what is wrong. */
static const char *check(struct request *rq) {
	const struct daemon_options *opt = rq->opt;
	bool has_host = false;
	if (opt->words_len != 1) {
		return "cert --out DIR --host NAME";
	}
	if (rq->dir == NULL) {
		return "--out DIR is missing";
	}
	if (!read_days(opt->given[DAEMON_DAYS], &rq->days)) {
		return "--days: a number from 1 to 3650";
	}
	for (size_t i = 0; i < opt->said_len; i++) {
		const char *value = opt->said[i].value;
		if (opt->said[i].option == DAEMON_HOST) {
			has_host = true;
			if (!is_host(value) && !is_address(value)) {
				return "--host: a name such as feed.example, or an address";
			}
		}
		if (opt->said[i].option == DAEMON_CLIENT && !text_id_ok(value, NAME_MAX_)) {
			return "--client: letters, digits, _ . -, 64 at most";
		}
	}
	return has_host ? NULL : "--host NAME is missing: the name that consoles call it by";
}

int cert_run(const struct daemon_options *opt) {
	struct request rq = {.opt = opt, .dir = opt->given[DAEMON_OUT]};
	struct err err = {0};
	const char *wrong = check(&rq);
	if (wrong != NULL) {
		return daemon_usage(wrong);
	}
	if (!make_all(&rq, &err)) {
		return daemon_fail(&err);
	}
	fprintf(stderr,
		"siagad: %s has a TEST CA now, and what it signed, good for %ld days.\n"
		"siagad: It is NOT for a control room: whoever has %s/ca.key can be any server.\n",
		rq.dir, rq.days, rq.dir);
	return EXIT_SUCCESS;
}
