#include <siaga/train/chance.h>

/* The finisher of splitmix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit. */
static uint64_t mix(uint64_t x) {
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t chance_draw(uint64_t seed, enum chance what, const char *name, int64_t number) {
	uint64_t x = mix(mix(seed) ^ (uint64_t)what);
	for (; *name != '\0'; name++) {
		x = mix(x ^ (unsigned char)*name);
	}
	return mix(x ^ (uint64_t)number);
}

double chance_share(uint64_t seed, enum chance what, const char *name, int64_t number) {
	return (double)(chance_draw(seed, what, name, number) >> 11) / 9007199254740992.0;
}

int64_t chance_between(uint64_t seed, enum chance what, const char *name, int64_t number,
	int64_t least, int64_t most) {
	uint64_t span = most > least ? (uint64_t)(most - least) + 1 : 1;
	return least + (int64_t)(chance_draw(seed, what, name, number) % span);
}
