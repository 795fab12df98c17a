#include "private.h"

#include "tls_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/uuid.h>

#define CONNECT_MS       8000
#define REFUSED_RETRY_MS 60000 /* the token may be made, or made good, meanwhile */
#define OUT_MAX          (256 * 1024)
#define CLOSE_TOOBIG     1009
#define CLOSE_COME_BACK  4012 /* one of ours: the library lets none of the standard ones through */
#define PULSE_MIN_MS     50
#define PULSES           6    /* looks in a silence that is too long */
#define SLACK            20   /* such a part of it a look may be late */
#define ASK_PERCENT      55   /* of it, and the feed is asked whether it is there */
#define LIFE_MS          3000 /* after so long it is shown that we are */

#define RETRY_MS         500
#define RETRY_MAX_MS     15000
#define SETTLED_MS       5000 /* a link that does so well for so long was a good one */
#define INVITED_MS       500  /* between two times that it comes back at once, as the peer asks */
#define INVITED_RETRY_MS 50
#define SETTLED_TIMES    4 /* of the first wait: the longest after one that did well at all */

struct out_message {
	struct out_message *next;
	size_t len;
	unsigned char data[]; /* LWS_PRE bytes for the library, then the text */
};

struct link {
	struct client client; /* first */
	struct loop *loop;
	struct link_config cfg;
	char *token;
	char subprotocol[32];
	struct lws_vhost *vhost; /* of the newest try */
	struct lws *wsi;
	enum link_state state;
	int64_t wait_ms;    /* before the next try; doubles with each */
	int64_t invited_ms; /* when it came back at once, last */
	int64_t settled_ms; /* since when this link does what it should; 0: it does not */
	struct loop_timer *retry, *dog, *pulse;
	struct resolver *resolver;
	int64_t heard_ms;
	struct buf in;
	int64_t said_ms; /* when something was written last */
	bool ping, pong; /* is due */
	bool distrusted; /* the newest try failed for what somebody must repair */
	uint16_t close_code;
	char close_reason[128];
	struct out_message *out, **out_tail;
	size_t out_len;
};

static void attempt(struct link *link);

/* A quarter more or less, so that a hundred consoles do not come back in the same instant. */
static int64_t jitter(int64_t ms) {
	uint32_t dice;
	char id[UUID_SIZE];
	uuid_make(id);
	dice = (uint32_t)strtoul((char[]){id[0], id[1], id[2], id[3], '\0'}, NULL, 16);
	return ms * 3 / 4 + ms / 2 * dice / 65536;
}

static void drop_out(struct link *link) {
	while (link->out != NULL) {
		struct out_message *message = link->out;
		link->out = message->next;
		free(message);
	}
	link->out_tail = &link->out;
	link->out_len = 0;
}

/* The wait before the next try. What comes back only to break again is not looked for as often as
 * it breaks: a feed that falls over would never get up under a hundred consoles. */
static int64_t next_wait(struct link *link) {
	int64_t wait_ms = link->wait_ms, most_ms = SETTLED_TIMES * link->cfg.retry_ms;
	int64_t now_ms = clock_mono_ms();
	if (link->close_code == CLOSE_COME_BACK && link->settled_ms != 0) {
		int64_t since_ms = now_ms - link->invited_ms;
		wait_ms = INVITED_RETRY_MS + (since_ms < INVITED_MS ? INVITED_MS - since_ms : 0);
		link->invited_ms = now_ms + wait_ms;
		link->settled_ms = 0;
		return jitter(wait_ms);
	}
	if (link->settled_ms != 0 && now_ms - link->settled_ms >= SETTLED_MS) {
		wait_ms = link->cfg.retry_ms;
	} else if (link->settled_ms != 0 && wait_ms > most_ms) {
		wait_ms = most_ms;
	}
	link->settled_ms = 0;
	link->wait_ms = wait_ms < RETRY_MAX_MS / 2 ? wait_ms * 2 : RETRY_MAX_MS;
	return jitter(wait_ms);
}

/* Every way a link can die ends here, once: several callbacks may report the same death. */
static void down(struct link *link, const char *why, int http_status) {
	if (link->state == LINK_WAITING || link->state == LINK_REFUSED) {
		return;
	}
	struct lws *wsi = link->wsi;
	bool refused = http_status == 401 || http_status == 403;
	int64_t wait = refused ? REFUSED_RETRY_MS : next_wait(link);
	link->wsi = NULL;
	if (wsi != NULL) {
		lws_set_opaque_user_data(wsi, NULL);
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	}
	resolver_drop(link->resolver);
	link->resolver = NULL;
	loop_timer_cancel(link->dog);
	loop_timer_cancel(link->pulse);
	buf_clear(&link->in);
	drop_out(link);
	link->state = refused ? LINK_REFUSED : LINK_WAITING;
	loop_timer_set(link->retry, wait);
	link->cfg.ops->on_down(link->cfg.data, why, http_status, link->close_code, wait);
}

/* The connection ended before it was a link. TLS often knows why, where the library does not. */
static void fail(struct link *link, const char *why, int http_status) {
	char text[ERR_TEXT_MAX];
	const struct tls_client *tls = link->loop->tls;
	if (link->state == LINK_CONNECTING && link->cfg.url.tls && http_status == 0) {
		link->distrusted = tls_client_explain(tls, link->cfg.url.host, text, sizeof(text));
		if (link->distrusted) {
			why = text;
		} else if (tls->fault.begun && !tls->fault.shaken) {
			why = _("the connection ended before TLS was agreed on");
		}
	}
	down(link, why, http_status);
}

static void on_retry(void *data) {
	attempt(data);
}

static void on_dog(void *data) {
	struct link *link = data;
	down(link, _("no answer"), 0);
}

static void heard(struct link *link) {
	link->heard_ms = clock_mono_ms();
	link->cfg.ops->on_proof(link->cfg.data);
}

/* When to look again: often enough for the pings, and soon after the silence is too long. Whoever
 * has a clock of its own is awake once in a while: then this costs no waking. */
static void want_pulse(struct link *link, int64_t silent_ms) {
	int64_t part_ms = link->cfg.silence_ms / PULSES, left_ms = link->cfg.silence_ms - silent_ms;
	int64_t wait_ms = part_ms < left_ms ? part_ms : left_ms;
	loop_timer_set_lax(link->pulse, wait_ms > PULSE_MIN_MS ? wait_ms : PULSE_MIN_MS,
		link->cfg.silence_ms / SLACK);
}

static void on_pulse(void *data) {
	struct link *link = data;
	int64_t now = clock_mono_ms(), silent = now - link->heard_ms;
	if (link->state != LINK_OPEN) {
		return;
	}
	if (silent >= link->cfg.silence_ms) {
		down(link, _("the feed fell silent"), 0);
		return;
	}
	/* The beat that says it all comes in the first half. */
	link->ping = silent >= link->cfg.silence_ms * ASK_PERCENT / 100;
	/* Whoever shows life is not asked for it, and woken. */
	link->pong = !link->ping && now - link->said_ms >= LIFE_MS;
	if (link->ping || link->pong) {
		lws_callback_on_writable(link->wsi);
	}
	want_pulse(link, silent);
}

static void on_resolved(void *data, const char *address) {
	struct link *link = data;
	struct lws_client_connect_info info = {0};
	link->resolver = NULL;
	if (address == NULL) {
		down(link, _("the name is not known"), 0);
		return;
	}
	info.context = link->loop->cx;
	info.vhost = link->vhost;
	info.address = address;
	info.host = link->cfg.url.host;
	info.origin = link->cfg.url.host;
	info.port = link->cfg.url.port;
	info.path = link->cfg.url.path;
	info.protocol = link->subprotocol;
	info.local_protocol_name = "link";
	info.alpn = "http/1.1";
	info.opaque_user_data = link;
	info.pwsi = &link->wsi;
	/* The address is the operator's: no answer takes us, and the token, to another. */
	info.ssl_connection =
		LCCSCF_HTTP_NO_FOLLOW_REDIRECT | (link->cfg.url.tls ? LCCSCF_USE_SSL : 0);
	/* The error may come as a callback inside this call, or not at all. */
	if (lws_client_connect_via_info(&info) == NULL && link->state == LINK_CONNECTING) {
		link->wsi = NULL;
		down(link, _("cannot connect"), 0);
	}
}

static void attempt(struct link *link) {
	struct err err = {0};
	if (link->state == LINK_CONNECTING || link->state == LINK_OPEN) {
		return;
	}
	link->state = LINK_CONNECTING;
	link->close_code = 0;
	link->close_reason[0] = '\0';
	loop_timer_cancel(link->retry);
	loop_timer_set(link->dog, CONNECT_MS);
	link->vhost = loop_vhost(link->loop, link->cfg.url.tls, &link->distrusted, &err);
	if (link->vhost == NULL) {
		down(link, err.text, 0);
		return;
	}
	link->resolver = resolver_start(link->cfg.url.host, link->loop, on_resolved, link);
	if (link->resolver == NULL) {
		down(link, _("no thread to resolve the name"), 0);
	}
}

struct link *link_create(struct loop *loop, const struct link_config *cfg, struct err *err) {
	struct link *link = mem_alloc(1, sizeof(*link));
	link->loop = loop;
	link->cfg = *cfg;
	link->client = (struct client){CLIENT_LINK, loop, link->cfg.url.host};
	link->token = mem_dup_str(cfg->token != NULL ? cfg->token : "");
	snprintf(link->subprotocol, sizeof(link->subprotocol), "%s", cfg->subprotocol);
	link->state = LINK_WAITING;
	link->out_tail = &link->out;
	link->cfg.retry_ms = cfg->retry_ms > 0 ? cfg->retry_ms : RETRY_MS;
	link->wait_ms = link->cfg.retry_ms;
	link->retry = loop_timer_create(loop, on_retry, link);
	link->dog = loop_timer_create(loop, on_dog, link);
	link->pulse = loop_timer_create(loop, on_pulse, link);
	if (strpbrk(link->token, "\r\n") != NULL) {
		err_set(err, _("the token has a line break in it"));
		link_destroy(link);
		return NULL;
	}
	loop_timer_set(link->retry, 0);
	return link;
}

void link_destroy(struct link *link) {
	if (link == NULL) {
		return;
	}
	if (link->wsi != NULL) {
		lws_set_opaque_user_data(link->wsi, NULL);
		lws_set_timeout(link->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	}
	resolver_drop(link->resolver);
	loop_timer_destroy(link->retry);
	loop_timer_destroy(link->dog);
	loop_timer_destroy(link->pulse);
	drop_out(link);
	buf_finish(&link->in);
	free(link->token);
	free(link);
}

void link_retry(struct link *link) {
	if (link->state == LINK_REFUSED) {
		link->state = LINK_WAITING;
	}
	attempt(link);
}

bool link_is_distrusted(const struct link *link) {
	return link->distrusted;
}

enum link_state link_get_state(const struct link *link) {
	return link->state;
}

bool link_is_receiving(const struct link *link) {
	return link->state == LINK_OPEN && link->in.len > 0;
}

void link_drop(struct link *link, const char *why) {
	if (link->state == LINK_CONNECTING || link->state == LINK_OPEN) {
		down(link, why, 0);
	}
}

void link_settle(struct link *link) {
	if (link->settled_ms == 0) {
		link->settled_ms = clock_mono_ms();
	}
}

void link_set_silence(struct link *link, int64_t silence_ms) {
	link->cfg.silence_ms = silence_ms;
}

bool link_send(struct link *link, const char *text, size_t len) {
	if (link->state != LINK_OPEN || link->out_len + len > OUT_MAX) {
		return false;
	}
	struct out_message *message = mem_alloc(1, sizeof(*message) + LWS_PRE + len);
	message->len = len;
	memcpy(message->data + LWS_PRE, text, len);
	*link->out_tail = message;
	link->out_tail = &message->next;
	link->out_len += len;
	lws_callback_on_writable(link->wsi);
	return true;
}

static int write_out(struct link *link) {
	/* libwebsockets 4.1.6 does not tell of a pong that holds nothing. */
	unsigned char sign[LWS_PRE + 1] = {[LWS_PRE] = '!'};
	link->said_ms = clock_mono_ms();
	if (link->ping || link->pong) {
		bool ask = link->ping;
		link->ping = link->pong = false;
		if (lws_write(link->wsi, sign + LWS_PRE, 1, ask ? LWS_WRITE_PING : LWS_WRITE_PONG) <
			0) {
			return -1;
		}
		if (link->out != NULL) {
			lws_callback_on_writable(link->wsi);
		}
		return 0;
	}
	struct out_message *message = link->out;
	if (message == NULL) {
		return 0;
	}
	int sent = lws_write(link->wsi, message->data + LWS_PRE, message->len, LWS_WRITE_TEXT);
	if (sent < (int)message->len) {
		return -1;
	}
	link->out = message->next;
	link->out_tail = link->out == NULL ? &link->out : link->out_tail;
	link->out_len -= message->len;
	free(message);
	if (link->out != NULL) {
		lws_callback_on_writable(link->wsi);
	}
	return 0;
}

/*
 * Ends a link only by down(), never by what it returns: told to close from within this callback,
 * libwebsockets 4.1.6 goes on to read what the peer sends, past the end of its buffer.
 */
static void receive(struct link *link, const char *in, size_t len) {
	struct lws *wsi = link->wsi;
	heard(link);
	if (lws_is_first_fragment(wsi)) {
		buf_clear(&link->in);
	}
	if (link->in.len + len + lws_remaining_packet_payload(wsi) > link->cfg.message_max) {
		link->close_code = CLOSE_TOOBIG;
		down(link, _("a message of the feed is too long"), 0);
		return;
	}
	buf_add(&link->in, in, len);
	if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
		/* The callback may end the link, and with it the buffer. */
		struct buf whole = link->in;
		memset(&link->in, 0, sizeof(link->in));
		link->cfg.ops->on_message(
			link->cfg.data, whole.data != NULL ? whole.data : "", whole.len);
		buf_finish(&whole);
	}
}

static void note_close(struct link *link, const unsigned char *in, size_t len) {
	if (len >= 2) {
		link->close_code = (uint16_t)(in[0] << 8 | in[1]);
		snprintf(link->close_reason, sizeof(link->close_reason), "%.*s", (int)(len - 2),
			in + 2);
	}
}

static int add_auth(struct lws *wsi, const char *token, unsigned char **at, size_t room) {
	struct buf value = {0};
	int bad = 0;
	if (token[0] != '\0') {
		buf_printf(&value, "Bearer %s", token);
		bad = lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_AUTHORIZATION,
			(const unsigned char *)value.data, (int)value.len, at, *at + room);
		buf_finish(&value);
	}
	return bad ? -1 : 0;
}

int link_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
	if (why == LWS_CALLBACK_EVENT_WAIT_CANCELLED) {
		loop_woken(lws_context_user(lws_get_context(wsi)));
		return 0;
	}
	if (why == LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION) {
		return client_judge(wsi, user, len != 0);
	}
	struct client *client = wsi != NULL ? lws_get_opaque_user_data(wsi) : NULL;
	/* The first protocol also hears of other connections' ends. */
	if (client != NULL && client->kind != CLIENT_LINK && why == LWS_CALLBACK_WSI_DESTROY) {
		http_client_gone(wsi, client);
	}
	struct link *link =
		client != NULL && client->kind == CLIENT_LINK ? (struct link *)client : NULL;
	if (link == NULL || (why == LWS_CALLBACK_WSI_DESTROY && wsi != link->wsi)) {
		return 0;
	}
	switch ((int)why) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return add_auth(wsi, link->token, in, len);
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		link->wsi = wsi;
		link->state = LINK_OPEN;
		loop_timer_cancel(link->dog);
		heard(link);
		want_pulse(link, 0);
		link->cfg.ops->on_open(link->cfg.data);
		return 0;
	case LWS_CALLBACK_CLIENT_RECEIVE: receive(link, in, len); return 0;
	/* It proves the way to the feed and back, not that the feed has anything to say: no pong
	 * keeps a link on which nothing else comes. */
	case LWS_CALLBACK_CLIENT_RECEIVE_PONG: link->cfg.ops->on_proof(link->cfg.data); return 0;
	case LWS_CALLBACK_CLIENT_WRITEABLE: return write_out(link);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: note_close(link, in, len); return 0;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		link->wsi = NULL;
		fail(link, in != NULL ? in : _("cannot connect"),
			(int)lws_http_client_http_response(wsi));
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_WSI_DESTROY:
		link->wsi = NULL;
		fail(link,
			link->close_reason[0] != '\0' ? link->close_reason
						      : _("the link was closed"),
			0);
		return 0;
	default: return 0;
	}
}
