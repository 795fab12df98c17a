/*
 * The server's doors: how many may be inside, in all and from one address, and how long each may
 * take. What libwebsockets does about time is by silence: one byte now and then keeps a connection
 * for ever. Here a request has an end.
 */
#include "private.h"

#include <sys/socket.h>
#include <netinet/in.h>

#include <siaga/base/clock.h>

#define US_PER_S 1000000

struct server_guest {
	struct lws *wsi;
	char address[ADDRESS_SIZE];
	enum server_wait wait;
	int64_t due_us;    /* mono: it is waited until then */
	int64_t rings_us;  /* mono: the timer is set for then; 0: it is not */
	UT_hash_handle hh; /* by wsi */
};

struct server_house {
	char address[ADDRESS_SIZE];
	unsigned guests;
	UT_hash_handle hh; /* by address */
};

/* "": who cannot be told apart. */
static void peer_of(int fd, char out[ADDRESS_SIZE]) {
	struct sockaddr_storage peer = {0};
	socklen_t size = sizeof(peer);
	char address[ADDRESS_SIZE];
	out[0] = '\0';
	if (getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
		address_text(address, (const struct sockaddr *)&peer)) {
		address_group(out, address);
	}
}

/* A proxy or the end of tunnels on this machine stands for many: only all together are counted
 * there. */
static bool stands_for_many(const char *address) {
	return strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0;
}

static struct server_house *find_house(struct server *server, const char *address) {
	struct server_house *house;
	HASH_FIND_STR(server->houses, address, house);
	return house;
}

static struct server_guest *find_guest(struct server *server, const struct lws *wsi) {
	struct server_guest *guest;
	HASH_FIND_PTR(server->guests, &wsi, guest);
	return guest;
}

bool doors_may_enter(struct server *server, int fd) {
	char address[ADDRESS_SIZE];
	peer_of(fd, address);
	const struct server_house *house = find_house(server, address);
	bool house_full = house != NULL && house->guests >= server->cfg.per_address_max &&
			  !stands_for_many(address);
	if (HASH_COUNT(server->guests) < server->cfg.connections_max && !house_full) {
		return true;
	}
	*(house_full ? &server->stats.refused_address : &server->stats.refused_all) += 1;
	if (!server->destroying && server->cfg.ops->on_turned_away != NULL) {
		server->cfg.ops->on_turned_away(server->cfg.data, address, house_full);
	}
	return false;
}

void doors_enter(struct server *server, struct lws *wsi) {
	struct server_guest *guest = mem_alloc(1, sizeof(*guest));
	guest->wsi = wsi;
	peer_of(lws_get_socket_fd(wsi), guest->address);
	HASH_ADD_PTR(server->guests, wsi, guest);
	struct server_house *house = find_house(server, guest->address);
	if (house == NULL) {
		house = mem_alloc(1, sizeof(*house));
		memcpy(house->address, guest->address, sizeof(house->address));
		HASH_ADD_STR(server->houses, address, house);
	}
	house->guests++;
	doors_wait(server, wsi, SERVER_WAIT_HEADER);
}

void doors_leave(struct server *server, struct lws *wsi) {
	struct server_guest *guest = find_guest(server, wsi);
	if (guest == NULL) {
		return;
	}
	struct server_house *house = find_house(server, guest->address);
	if (house != NULL && --house->guests == 0) {
		HASH_DEL(server->houses, house);
		free(house);
	}
	HASH_DEL(server->guests, guest);
	free(guest);
}

/* To set a timer the library looks through those of all connections, and a request has three waits.
 * So one that rings too early is left, and set anew only then. */
static void ring_at(struct server_guest *guest, int64_t at_us) {
	int64_t left_us = at_us - clock_mono_us();
	guest->rings_us = at_us;
	lws_set_timer_usecs(guest->wsi, left_us > 1 ? left_us : 1);
}

void doors_wait(struct server *server, struct lws *wsi, enum server_wait wait) {
	const struct server_times *times = &server->cfg.times;
	const unsigned seconds[SERVER_WAIT_COUNT] = {
		[SERVER_WAIT_HEADER] = times->header_s,
		[SERVER_WAIT_BODY] = times->body_s,
		[SERVER_WAIT_IDLE] = times->idle_s,
	};
	struct server_guest *guest = find_guest(server, wsi);
	if (guest == NULL) {
		return;
	}
	guest->wait = wait;
	guest->due_us = clock_mono_us() + (int64_t)seconds[wait] * US_PER_S;
	if (wait != SERVER_WAIT_NONE && (guest->rings_us == 0 || guest->rings_us > guest->due_us)) {
		ring_at(guest, guest->due_us);
	}
}

void doors_pass(struct server *server, struct lws *wsi) {
	struct server_guest *guest = find_guest(server, wsi);
	if (guest != NULL) {
		guest->wait = SERVER_WAIT_NONE;
		guest->rings_us = 0;
		lws_set_timer_usecs(wsi, LWS_SET_TIMER_USEC_CANCEL);
	}
}

int doors_late(struct server *server, struct lws *wsi) {
	struct server_guest *guest = find_guest(server, wsi);
	if (guest == NULL) {
		return 0;
	}
	guest->rings_us = 0;
	if (guest->wait != SERVER_WAIT_NONE && guest->due_us > clock_mono_us()) {
		ring_at(guest, guest->due_us);
	} else if (guest->wait != SERVER_WAIT_NONE) {
		server->stats.late[guest->wait]++;
		/* Nothing is flushed, and no farewell is waited for. */
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	}
	return 0;
}

void server_get_stats(const struct server *server, struct server_stats *out) {
	*out = server->stats;
	out->open = HASH_COUNT(server->guests);
}
