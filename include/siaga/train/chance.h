/*
 * Chance that can be repeated. Each draw is a hash of the seed and of what it is for, not the next
 * one of a stream: so what the trainee does changes nothing about what was drawn for the rest.
 */
#ifndef SIAGA_TRAIN_CHANCE_H
#define SIAGA_TRAIN_CHANCE_H

#include <stdint.h>

/* What is drawn for; a number each that only has to differ. */
enum chance {
	CHANCE_HAPPENS, /* does a line happen at all */
	CHANCE_AT,      /* when */
	CHANCE_WHERE,
	CHANCE_ONE_OF,
	CHANCE_DECLINE, /* a desk */
	CHANCE_SILENT,
	CHANCE_STEP /* and one more for each step */
};

/* `name` may be ""; it and the number are what the draw is about. */
uint64_t chance_draw(uint64_t seed, enum chance what, const char *name, int64_t number);
/* The same as 0 <= x < 1. */
double chance_share(uint64_t seed, enum chance what, const char *name, int64_t number);
/* The same as least <= x <= most. */
int64_t chance_between(uint64_t seed, enum chance what, const char *name, int64_t number,
	int64_t least, int64_t most);

#endif
