/*
 * Posts once and says what came of it: `post_probe URL CA [CERTIFICATE KEY]`, "" for no CA. Prints
 * how often it was told, and the status it was told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/net/client.h>
#include <siaga/net/loop.h>

#define WAIT_MS  15000
#define AFTER_MS 300 /* to be told a second time, should that happen */

struct told {
	struct loop *loop;
	struct loop_timer *timer;
	int count, status;
};

static void on_end(void *data) {
	struct told *told = data;
	loop_stop(told->loop);
}

static void on_done(void *data, int status, const char *body, size_t len) {
	struct told *told = data;
	UNUSED(body);
	UNUSED(len);
	told->count++;
	told->status = status;
	loop_timer_set(told->timer, AFTER_MS);
}

int main(int argc, char **argv) {
	struct told told = {0};
	struct link_url url;
	struct err err = {0};
	if (argc < 3 || !link_url_parse(&url, argv[1], &err)) {
		fprintf(stderr, "post_probe: %s\n", err.text);
		return 2;
	}
	const struct tls_trust trust = {.ca = argv[2],
		.certificate = argc > 3 ? argv[3] : "",
		.key = argc > 4 ? argv[4] : ""};
	told.loop = loop_create(LOOP_POLL, NULL, NULL, NULL, &told, &err);
	if (told.loop == NULL) {
		return 2;
	}
	told.timer = loop_timer_create(told.loop, on_end, &told);
	loop_timer_set(told.timer, WAIT_MS);
	loop_trust(told.loop, &trust);
	http_post(told.loop, &url, "siaga_token", "key", "{}", 2, on_done, &told, &err);
	loop_run(told.loop);
	loop_timer_destroy(told.timer);
	loop_destroy(told.loop);
	printf("%d %d\n", told.count, told.status);
	return EXIT_SUCCESS;
}
