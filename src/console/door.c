#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <siaga/base/uuid.h>
#include <siaga/net/server.h>
#include <siaga/wire/wire.h>

#include "token_file.h"

#define CONNECTIONS_MAX 64
#define FRAMES_MAX      256 /* that wait for who does not read */
#define BAD_MAX         20

struct visitor {
	struct door *door;
	const struct door_key *key;
	struct ws_conn *conn;
	void *own;
	int bad; /* messages */
	bool closing;
	struct buf *out; /* frames that wait */
	size_t out_len;
	struct visitor *next;
};

struct door {
	struct server *server;
	struct door_key keys[DOOR_KEYS_MAX];
	char tokens[DOOR_KEYS_MAX][TOKEN_FILE_SIZE];
	size_t len;
	struct visitor *visitors;
};

/* --- who is there --- */

void visitor_send(struct visitor *v, struct buf *frame) {
	if (v->closing || v->out_len == FRAMES_MAX) {
		buf_finish(frame);
		visitor_close(v, DOOR_CLOSE_SLOW, "slow");
		return;
	}
	v->out = mem_resize(v->out, v->out_len + 1, sizeof(*v->out));
	v->out[v->out_len++] = *frame;
	memset(frame, 0, sizeof(*frame));
	ws_conn_want_write(v->conn);
}

void visitor_close(struct visitor *v, uint16_t code, const char *reason) {
	if (!v->closing) {
		v->closing = true;
		ws_conn_close(v->conn, code, reason);
	}
}

bool visitor_bears(struct visitor *v) {
	if (++v->bad > BAD_MAX) {
		visitor_close(v, DOOR_CLOSE_BAD, "bad messages");
	}
	return v->bad <= BAD_MAX;
}

/* --- what the server asks --- */

/* Takes the same time wherever they differ. */
static bool is_token(const char *token, const char *said) {
	size_t len = strlen(token), said_len = strlen(said);
	unsigned differ = len != said_len;
	for (size_t i = 0; i < said_len; i++) {
		differ |= (unsigned)((unsigned char)said[i] ^ (unsigned char)token[i % len]);
	}
	return differ == 0;
}

static void on_request(void *data, const struct http_request *req) {
	const struct door *door = data;
	static const char nothing[] = "{\"error\":\"not_found\",\"message\":\"a training\"}";
	server_reply(
		door->server, req->id, 404, "application/json", NULL, nothing, sizeof(nothing) - 1);
}

static int on_upgrade(void *data, const struct http_request *req, void **session, int *wait_s) {
	struct door *door = data;
	const struct door_key *key = NULL;
	UNUSED(wait_s);
	for (size_t i = 0; i < door->len; i++) {
		key = is_token(door->tokens[i], req->bearer) ? &door->keys[i] : key;
	}
	if (key == NULL) {
		return 401;
	}
	struct visitor *v = mem_alloc(1, sizeof(*v));
	v->door = door;
	v->key = key;
	v->next = door->visitors;
	door->visitors = v;
	*session = v;
	return 0;
}

static void on_open(void *data, void *session, struct ws_conn *conn) {
	struct visitor *v = session;
	UNUSED(data);
	v->conn = conn;
	v->own = v->key->on_enter(v->key->data, v);
}

static void on_message(void *data, void *session, const char *text, size_t len) {
	struct visitor *v = session;
	UNUSED(data);
	if (!v->closing) {
		v->key->on_message(v->own, text, len);
	}
}

static bool on_writable(void *data, void *session) {
	struct visitor *v = session;
	UNUSED(data);
	if (v->out_len == 0) {
		return false;
	}
	struct buf frame = v->out[0];
	memmove(v->out, v->out + 1, --v->out_len * sizeof(*v->out));
	bool ok = ws_conn_send(v->conn, frame.data, frame.len);
	buf_finish(&frame);
	if (ok && v->out_len == 0 && !v->closing && v->key->on_idle != NULL) {
		v->key->on_idle(v->own);
	}
	return ok && v->out_len > 0;
}

static void finish(struct visitor *v) {
	v->closing = true;
	if (v->own != NULL) {
		v->key->on_leave(v->own);
	}
	for (size_t i = 0; i < v->out_len; i++) {
		buf_finish(&v->out[i]);
	}
	free(v->out);
	free(v);
}

static void on_close(void *data, void *session, struct ws_conn *conn) {
	struct door *door = data;
	struct visitor *v = session, **place = &door->visitors;
	UNUSED(conn);
	while (*place != v) {
		place = &(*place)->next;
	}
	*place = v->next;
	finish(v);
}

static const struct server_ops ops = {
	.on_request = on_request,
	.on_upgrade = on_upgrade,
	.on_open = on_open,
	.on_message = on_message,
	.on_writable = on_writable,
	.on_close = on_close,
};

/* --- beginning and end --- */

/* One of its own, as siagad makes them, for whoever may read this user's files. */
static bool make_token(const char *path, struct err *err) {
	char a[UUID_SIZE], b[UUID_SIZE];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return errno == EEXIST || err_set(err, "%s: %s", path, strerror(errno));
	}
	uuid_make(a);
	uuid_make(b);
	bool ok = dprintf(fd, "training-%s%s\n", a, b) > 0;
	ok = close(fd) == 0 && ok;
	return ok || err_set(err, "%s: %s", path, strerror(errno));
}

/* "127.0.0.1:7113", "[::1]:0" */
static bool split_address(const char *text, char *address, size_t size, uint16_t *port) {
	const char *colon = strrchr(text, ':');
	char *rest;
	bool bracket = text[0] == '[';
	if (colon == NULL || colon == text || (bracket && colon[-1] != ']')) {
		return false;
	}
	unsigned long number = strtoul(colon + 1, &rest, 10);
	size_t len = (size_t)(colon - text) - (bracket ? 2 : 0);
	if (colon[1] < '0' || colon[1] > '9' || *rest != '\0' || number > 65535 || len >= size) {
		return false;
	}
	memcpy(address, text + bracket, len);
	address[len] = '\0';
	*port = (uint16_t)number;
	return true;
}

static bool read_tokens(struct door *door, struct err *err) {
	for (size_t i = 0; i < door->len; i++) {
		const char *file = door->keys[i].token_file;
		if (!make_token(file, err) ||
			!token_file_read(file, door->tokens[i], sizeof(door->tokens[i]), err)) {
			return false;
		}
		for (size_t before = 0; before < i; before++) {
			if (strcmp(door->tokens[before], door->tokens[i]) == 0) {
				return err_set(err, _("%s: the token of %s, too"), file,
					door->keys[before].token_file);
			}
		}
	}
	return true;
}

struct door *door_create(struct loop *loop, const char *listen, const struct door_key *keys,
	size_t len, struct err *err) {
	struct door *door = mem_alloc(1, sizeof(*door));
	char address[64];
	struct server_config server = {.address = address,
		.ws_path = "/v1/feed",
		.subprotocol = "siaga.v1",
		.body_max = 1024,
		.message_max = WIRE_CLIENT_MESSAGE_MAX,
		.connections_max = CONNECTIONS_MAX,
		.per_address_max = CONNECTIONS_MAX,
		.ops = &ops,
		.data = door};
	door->len = len;
	memcpy(door->keys, keys, len * sizeof(*keys));
	if (!split_address(listen, address, sizeof(address), &server.port)) {
		err_set(err, _("--listen: address and port, such as 127.0.0.1:7113"));
	} else if (read_tokens(door, err)) {
		door->server = server_create(loop, &server, err);
	}
	if (door->server == NULL) {
		free(door);
		return NULL;
	}
	return door;
}

void door_destroy(struct door *door) {
	if (door != NULL) {
		server_destroy(door->server);
		while (door->visitors != NULL) {
			struct visitor *v = door->visitors;
			door->visitors = v->next;
			finish(v);
		}
		free(door);
	}
}

unsigned door_port(const struct door *door) {
	return server_port(door->server);
}
