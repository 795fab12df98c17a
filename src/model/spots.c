#include <siaga/model/spots.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <siaga/base/mem.h>

#define FAN             8  /* places in a leaf, boxes in a box */
#define LEVELS_MAX      12 /* FAN to this is more than there can be */
#define SQUARE_M_PER_E7 (GEO_METRES_PER_E7 * GEO_METRES_PER_E7)
/* What seems to be out of reach by less than this is looked at all the same: how far it is is
 * worked out in another way than by geo_distance_m(), and rounded differently. */
#define ROUNDING_M 1e-6

struct spot {
	struct position at;
	uint32_t index;
};

struct spots {
	struct spot *items; /* along the curve */
	size_t len;
	struct geo_box *boxes; /* of FAN items each, then of FAN boxes each, up to a single one */
	size_t first[LEVELS_MAX +
		     1]; /* where the boxes of a level begin, those of the places at 0 */
	int levels;      /* 0: there is nothing */
};

struct keyed {
	uint64_t key;
	struct spot spot;
};

/* Every other bit of the result. */
static uint64_t spread(int32_t value_e7) {
	uint64_t bits = (uint32_t)value_e7 ^ 0x80000000u;
	bits = (bits | bits << 16) & UINT64_C(0x0000ffff0000ffff);
	bits = (bits | bits << 8) & UINT64_C(0x00ff00ff00ff00ff);
	bits = (bits | bits << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	bits = (bits | bits << 2) & UINT64_C(0x3333333333333333);
	return (bits | bits << 1) & UINT64_C(0x5555555555555555);
}

static int compare_keyed(const void *a, const void *b) {
	const struct keyed *x = a, *y = b;
	if (x->key != y->key) {
		return x->key < y->key ? -1 : 1;
	}
	return x->spot.index < y->spot.index ? -1 : x->spot.index > y->spot.index;
}

static void put_in_order(struct spots *spots, const struct position *places, size_t len) {
	struct keyed *keyed = mem_alloc(len, sizeof(*keyed));
	for (size_t i = 0; i < len; i++) {
		keyed[i].key = spread(places[i].lat_e7) << 1 | spread(places[i].lon_e7);
		keyed[i].spot = (struct spot){places[i], (uint32_t)i};
	}
	qsort(keyed, len, sizeof(*keyed), compare_keyed);
	for (size_t i = 0; i < len; i++) {
		spots->items[i] = keyed[i].spot;
	}
	free(keyed);
}

static size_t count_boxes(size_t len) {
	size_t count = 0;
	do {
		len = (len + FAN - 1) / FAN;
		count += len;
	} while (len > 1);
	return count;
}

/* What a box of this level holds: a box of the level below, or a place. */
static struct geo_box part_of(const struct spots *spots, int level, size_t i) {
	if (level > 0) {
		return spots->boxes[spots->first[level - 1] + i];
	}
	return (struct geo_box){spots->items[i].at, spots->items[i].at};
}

static size_t parts_count(const struct spots *spots, int level) {
	return level > 0 ? spots->first[level] - spots->first[level - 1] : spots->len;
}

static void make_boxes(struct spots *spots) {
	size_t count = spots->len, made = 0;
	spots->boxes = mem_alloc(count_boxes(count), sizeof(*spots->boxes));
	do {
		count = parts_count(spots, spots->levels);
		for (size_t i = 0; i < count; i++) {
			struct geo_box part = part_of(spots, spots->levels, i);
			if (i % FAN == 0) {
				spots->boxes[made++] = geo_box_empty();
			}
			geo_box_add(&spots->boxes[made - 1], part.min);
			geo_box_add(&spots->boxes[made - 1], part.max);
		}
		spots->first[++spots->levels] = made;
	} while (count > FAN);
}

struct spots *spots_create(const struct position *places, size_t len) {
	struct spots *spots = mem_alloc(1, sizeof(*spots));
	if (len > 0) {
		spots->len = len;
		spots->items = mem_alloc(len, sizeof(*spots->items));
		put_in_order(spots, places, len);
		make_boxes(spots);
	}
	return spots;
}

void spots_destroy(struct spots *spots) {
	if (spots != NULL) {
		free(spots->items);
		free(spots->boxes);
		free(spots);
	}
}

/* One question, on its way through the tree. */
struct search {
	const struct spots *spots;
	struct position at;
	double narrow; /* metres of a degree of longitude over those of latitude, at the least */
	double reach_m, reach_square; /* what is further away is of no use any more */
	void (*take)(struct search *search, const struct spot *spot, double distance_m);

	struct spot_near *out; /* of spots_near() */
	size_t len, k;

	spots_fn on_spot; /* of spots_within() */
	void *data;
};

/* Nothing that is so far to the north and to the east, by latitude and longitude, is nearer than
 * the root of this. */
static double least_square(const struct search *search, double north_e7, double east_e7) {
	east_e7 *= search->narrow;
	return (north_e7 * north_e7 + east_e7 * east_e7) * SQUARE_M_PER_E7;
}

/* How far a value is from a range; 0 inside. */
static double beyond(int32_t value, int32_t min, int32_t max) {
	double below = (double)min - value, above = (double)value - max;
	double most = below > above ? below : above;
	return most > 0 ? most : 0;
}

static void look_at_places(struct search *search, size_t box) {
	const struct spots *spots = search->spots;
	struct position at = search->at;
	for (size_t i = box * FAN; i < (box + 1) * FAN && i < spots->len; i++) {
		struct position to = spots->items[i].at;
		double square = least_square(
			search, (double)to.lat_e7 - at.lat_e7, (double)to.lon_e7 - at.lon_e7);
		/* Most are out of reach, and need no cosine to be known to be. */
		if (square > search->reach_square) {
			continue;
		}
		double distance_m = geo_distance_m(at, to);
		if (distance_m <= search->reach_m) {
			search->take(search, &spots->items[i], distance_m);
		}
	}
}

/* Goes into a box of a level, into what is nearest first. */
static void look_into(struct search *search, int level, size_t box) {
	struct {
		size_t box;
		double square;
	} parts[FAN];
	struct position at = search->at;
	size_t len = 0, end = parts_count(search->spots, level);
	if (level == 0) {
		look_at_places(search, box);
		return;
	}
	const struct geo_box *boxes = search->spots->boxes + search->spots->first[level - 1];
	for (size_t i = box * FAN; i < (box + 1) * FAN && i < end; i++) {
		const struct geo_box *part = &boxes[i];
		double square =
			least_square(search, beyond(at.lat_e7, part->min.lat_e7, part->max.lat_e7),
				beyond(at.lon_e7, part->min.lon_e7, part->max.lon_e7));
		if (square > search->reach_square) {
			continue;
		}
		size_t place = len++;
		for (; place > 0 && parts[place - 1].square > square; place--) {
			parts[place] = parts[place - 1];
		}
		parts[place].box = i;
		parts[place].square = square;
	}
	for (size_t i = 0; i < len && parts[i].square <= search->reach_square; i++) {
		look_into(search, level - 1, parts[i].box);
	}
}

static void set_reach(struct search *search, double reach_m) {
	search->reach_m = reach_m;
	search->reach_square = (reach_m + ROUNDING_M) * (reach_m + ROUNDING_M) * (1 + 1e-9);
}

static void run(struct search *search) {
	const struct spots *spots = search->spots;
	if (spots->levels == 0) {
		return;
	}
	/* Degrees of longitude are the narrower the further they are from the equator, and the
	 * distance takes them where it is half way. */
	const struct geo_box *all = &spots->boxes[spots->first[spots->levels] - 1];
	double low = geo_narrowing(search->at.lat_e7, all->min.lat_e7);
	double high = geo_narrowing(search->at.lat_e7, all->max.lat_e7);
	search->narrow = low < high ? low : high;
	look_into(search, spots->levels - 1, 0);
}

static void take_near(struct search *search, const struct spot *spot, double distance_m) {
	struct spot_near *out = search->out;
	struct spot_near found = {spot->index, distance_m, spot->at};
	size_t place = search->len;
	while (place > 0 && (out[place - 1].distance_m > distance_m ||
				    (out[place - 1].distance_m == distance_m &&
					    out[place - 1].index > spot->index))) {
		place--;
	}
	if (place == search->k) {
		return;
	}
	search->len += search->len < search->k;
	for (size_t i = search->len - 1; i > place; i--) {
		out[i] = out[i - 1];
	}
	out[place] = found;
	if (search->len == search->k) {
		set_reach(search, out[search->k - 1].distance_m);
	}
}

size_t spots_near(const struct spots *spots, struct position at, struct spot_near *out, size_t k) {
	struct search search = {.spots = spots, .at = at, .take = take_near, .out = out, .k = k};
	set_reach(&search, INFINITY);
	if (k > 0) {
		run(&search);
	}
	return search.len;
}

bool spots_nearest(
	const struct spots *spots, struct position at, double reach_m, struct spot_near *out) {
	struct search search = {.spots = spots, .at = at, .take = take_near, .out = out, .k = 1};
	set_reach(&search, reach_m);
	run(&search);
	return search.len > 0;
}

static void take_within(struct search *search, const struct spot *spot, double distance_m) {
	search->on_spot(search->data, spot->index, distance_m);
}

void spots_within(const struct spots *spots, struct position at, double radius_m, spots_fn on_spot,
	void *data) {
	struct search search = {
		.spots = spots, .at = at, .take = take_within, .on_spot = on_spot, .data = data};
	set_reach(&search, radius_m);
	run(&search);
}
