/* Plays a scenario against a feed: callers by HTTP, desks by websocket. A process of its own. */
#ifndef SIAGA_CONSOLE_PLAYER_H
#define SIAGA_CONSOLE_PLAYER_H

#include <stddef.h>
#include <stdint.h>

#include <siaga/model/registry.h>

#define PLAYER_DESKS_MAX  16
#define PLAYER_TOKEN_SIZE 128

struct player_desk {
	char agency[AGENCY_ID_SIZE];
	char token[PLAYER_TOKEN_SIZE];
};

struct player_config {
	uint16_t port;
	char intake_token[PLAYER_TOKEN_SIZE], trainer_token[PLAYER_TOKEN_SIZE];
	struct player_desk desks[PLAYER_DESKS_MAX];
	size_t desks_len;
	const char *scenario;
	size_t scenario_len;
};

/* Runs until SIGTERM. Returns the exit code. */
int player_run(const struct player_config *cfg);

#endif
