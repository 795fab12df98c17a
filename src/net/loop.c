#include "private.h"
#include "tls_private.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void (*log_sink)(void *data, const char *line);
static void *log_data;

static void emit_log(int level, const char *line) {
	UNUSED(level);
	if (log_sink != NULL) {
		log_sink(log_data, line);
	}
}

static void read_signals(struct loop *loop) {
	struct signalfd_siginfo info;
	while (read(loop->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		loop->on_signal(loop->signal_data, (int)info.ssi_signo);
	}
}

/* The epoll set is readable: tell whoever watches what is ready. */
static void dispatch(struct loop *loop) {
	struct epoll_event ready[16];
	int count = epoll_wait(loop->epoll_fd, ready, ARRAY_LEN(ready), 0);
	for (int i = 0; i < count; i++) {
		int fd = ready[i].data.fd;
		if (fd == loop->signal_fd) {
			read_signals(loop);
			continue;
		}
		for (struct watch *watch = loop->watches; watch != NULL; watch = watch->next) {
			if (watch->fd == fd) {
				watch->on_ready(watch->data, fd, ready[i].events);
				break; /* The callback may have taken it off the list. */
			}
		}
	}
}

static int watch_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
	struct loop *loop = lws_context_user(lws_get_context(wsi));
	UNUSED(user);
	UNUSED(in);
	UNUSED(len);
	if (why == LWS_CALLBACK_RAW_RX_FILE) {
		dispatch(loop);
	}
	return 0;
}

/* The timers' descriptor is the library's own to wait for: no second call to learn which it was. */
static int timer_callback(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t len) {
	struct loop *loop = lws_context_user(lws_get_context(wsi));
	UNUSED(user);
	UNUSED(in);
	UNUSED(len);
	if (why == LWS_CALLBACK_RAW_RX_FILE) {
		timer_fire_due(loop);
	} else if (why == LWS_CALLBACK_RAW_CLOSE_FILE) {
		loop->timer_fd = -1; /* What is set now, while all ends, wakes nobody. */
	}
	return 0;
}

void loop_woken(struct loop *loop) {
	if (loop->on_wake != NULL) {
		loop->on_wake(loop->wake_data);
	}
}

const struct lws_protocols loop_protocols[] = {
	{.name = "link", .callback = link_callback, .rx_buffer_size = 4096},
	{.name = "http-client", .callback = http_client_callback, .rx_buffer_size = 4096},
	{.name = "watch", .callback = watch_callback},
	{.name = "timer", .callback = timer_callback},
	{0},
};

static bool make_context(struct loop *loop, enum loop_kind kind, bool uv) {
	struct lws_context_creation_info info = {0};
	void *foreign[1] = {&loop->uv};
	/* What listens may do so over TLS; who only connects starts it where it must. */
	bool starts_tls = kind == LOOP_UV && !loop_tls_is_started();
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.user = loop;
	info.pt_serv_buf_size = 16384;
	/* Bytes of one request's head: a token in it may be long. How many are read at once is left
	 * to the library, which then takes as many as there may be connections, so that nobody who
	 * is slow takes another's place. */
	info.max_http_header_data2 = 8192;
	if (starts_tls) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	}
	if (uv) {
		info.options |= LWS_SERVER_OPTION_LIBUV;
		info.timeout_secs = SERVER_BODY_S + 1;
		info.foreign_loops = foreign;
		info.pcontext = &loop->cx;
	} else {
		info.fd_limit_per_thread = 1024;
	}
	loop->cx = lws_create_context(&info);
	if (loop->cx != NULL && starts_tls) {
		loop_tls_set_started();
	}
	return loop->cx != NULL;
}

/* The library waits for the descriptor, and closes it in the end. */
static bool give_away(struct loop *loop, int fd, const char *protocol) {
	lws_adopt_desc_t adopt = {0};
	adopt.vh = loop->vhost;
	adopt.type = LWS_ADOPT_RAW_FILE_DESC;
	adopt.fd.filefd = fd;
	adopt.vh_prot_name = protocol;
	return lws_adopt_descriptor_vhost_via_info(&adopt) != NULL;
}

static bool make_vhost(struct loop *loop) {
	struct lws_context_creation_info info = {0};
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = loop_protocols;
	info.vhost_name = "local";
	loop->vhost = lws_create_vhost(loop->cx, &info);
	if (loop->vhost == NULL) {
		return false;
	}
	loop->set_given = give_away(loop, loop->epoll_fd, "watch");
	loop->timer_given = give_away(loop, loop->timer_fd, "timer");
	return loop->set_given && loop->timer_given;
}

static bool watch_own(struct loop *loop, int fd) {
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
	return fd >= 0 && epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* The epoll set, with signals in it, and the timers' descriptor. */
static bool make_set(struct loop *loop, const int *signals) {
	sigset_t set;
	sigemptyset(&set);
	for (; signals != NULL && *signals != 0; signals++) {
		sigaddset(&set, *signals);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	loop->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return loop->epoll_fd >= 0 && loop->timer_fd >= 0 && watch_own(loop, loop->signal_fd);
}

static void on_before_wait(uv_prepare_t *handle) {
	struct loop *loop = handle->data;
	loop->turn++;
}

/* It keeps nobody waiting, and the loop does not wait for it. */
static void count_turns(struct loop *loop) {
	uv_prepare_init(&loop->uv, &loop->before_wait);
	loop->before_wait.data = loop;
	uv_prepare_start(&loop->before_wait, on_before_wait);
	uv_unref((uv_handle_t *)&loop->before_wait);
}

uint64_t loop_turn(const struct loop *loop) {
	return loop->turn;
}

struct loop *loop_create(enum loop_kind kind, const int *signals, loop_signal_fn on_signal,
	void (*on_log)(void *data, const char *line), void *data, struct err *err) {
	struct loop *loop = mem_alloc(1, sizeof(*loop));
	loop->on_signal = on_signal;
	loop->signal_data = data;
	loop->signal_fd = loop->timer_fd = loop->epoll_fd = -1;
	log_sink = on_log;
	log_data = data;
	loop->tls = tls_client_create();
	lws_set_log_level(LLL_ERR | LLL_WARN, emit_log);
	signal(SIGPIPE, SIG_IGN);
	if (!make_set(loop, signals)) {
		err_set(err, _("event loop: %s"), strerror(errno));
		loop_destroy(loop);
		return NULL;
	}
	if (kind == LOOP_UV && uv_loop_init(&loop->uv) == 0) {
		loop->is_uv = make_context(loop, kind, true);
		if (loop->is_uv) {
			count_turns(loop);
		} else {
			uv_loop_close(&loop->uv);
		}
	}
	if (!loop->is_uv && !make_context(loop, kind, false)) {
		err_set(err, _("event loop: libwebsockets makes no context"));
		loop_destroy(loop);
		return NULL;
	}
	if (!make_vhost(loop)) {
		err_set(err, _("event loop: libwebsockets makes no vhost"));
		loop_destroy(loop);
		return NULL;
	}
	return loop;
}

void loop_destroy(struct loop *loop) {
	if (loop == NULL) {
		return;
	}
	loop->on_wake = NULL;
	if (loop->cx != NULL) {
		lws_context_destroy(loop->cx);
		if (loop->is_uv) {
			/* The first call asks libuv to close the handles; the second frees what is
			 * left. */
			uv_close((uv_handle_t *)&loop->before_wait, NULL);
			uv_run(&loop->uv, UV_RUN_DEFAULT);
			if (loop->cx != NULL) {
				lws_context_destroy(loop->cx);
			}
		}
	}
	server_free(loop->server);
	tls_client_destroy(loop->tls);
	if (loop->is_uv) {
		uv_loop_close(&loop->uv);
	}
	if (!loop->set_given && loop->epoll_fd >= 0) {
		close(loop->epoll_fd);
	}
	if (loop->signal_fd >= 0) {
		close(loop->signal_fd);
	}
	if (!loop->timer_given && loop->timer_fd >= 0) {
		close(loop->timer_fd);
	}
	while (loop->watches != NULL) {
		struct watch *watch = loop->watches;
		loop->watches = watch->next;
		free(watch);
	}
	free(loop);
}

void loop_run(struct loop *loop) {
	loop->stopped = false;
	if (loop->is_uv) {
		while (!loop->stopped) {
			uv_run(&loop->uv, UV_RUN_ONCE);
		}
		return;
	}
	while (!loop->stopped && lws_service(loop->cx, 0) >= 0) {
		loop->turn++;
	}
}

void loop_stop(struct loop *loop) {
	loop->stopped = true;
	lws_cancel_service(loop->cx);
}

bool loop_watch_fd(struct loop *loop, int fd, loop_fd_fn on_ready, void *data, struct err *err) {
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
	loop_unwatch_fd(loop, fd);
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
		return err_set(err, _("event loop: descriptor %d: %s"), fd, strerror(errno));
	}
	struct watch *watch = mem_alloc(1, sizeof(*watch));
	*watch =
		(struct watch){.fd = fd, .on_ready = on_ready, .data = data, .next = loop->watches};
	loop->watches = watch;
	return true;
}

void loop_unwatch_fd(struct loop *loop, int fd) {
	for (struct watch **at = &loop->watches; *at != NULL; at = &(*at)->next) {
		if ((*at)->fd == fd) {
			struct watch *watch = *at;
			*at = watch->next;
			free(watch);
			epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
			return;
		}
	}
}

void loop_on_wake(struct loop *loop, void (*on_wake)(void *data), void *data) {
	loop->on_wake = on_wake;
	loop->wake_data = data;
}

void loop_wake(struct loop *loop) {
	lws_cancel_service(loop->cx);
}
