/* What does not change from alarm to alarm: agencies, response plans, cameras, the map. */
#ifndef SIAGA_MODEL_REGISTRY_H
#define SIAGA_MODEL_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siaga/model/geo.h>
#include <siaga/model/words.h>

#define AGENCY_ID_SIZE    25
#define CAMERA_ID_SIZE    33
#define PLAN_AGENCIES_MAX 8
/* All observers, in a plan's list of who is shown the caller; no agency's id. */
#define PLAN_OBSERVERS "observers"

struct agency {
	char id[AGENCY_ID_SIZE];
	char name[128];
	char short_name[32];
	char phone[40];
	int fkey;       /* 2 to 9, or 0 */
	char letter;    /* for `d` and a letter, or 0 */
	bool by_phone;  /* has no desk that connects */
	enum desk desk; /* presence, as the feed last said; not part of the registry's files */
};

struct camera {
	char id[CAMERA_ID_SIZE];
	enum camera_owner owner;
	char name[96];
	struct position at;
	enum camera_status status;
	int64_t status_at_ms; /* feed's clock; 0 when only the register says so */
	bool fictional;
	char stream[160];
	char snapshot[160];
};

/* The run card of a kind and priority. */
struct plan {
	enum kind kind;
	bool any_priority;
	enum priority priority;
	bool dispatch_first; /* dispatch before verification */
	char agencies[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE];
	size_t agencies_len;
	/* Who beside the control room is shown the caller's name and telephone number. */
	char callers[PLAN_AGENCIES_MAX][AGENCY_ID_SIZE];
	size_t callers_len;
};

enum feature_kind {
	FEATURE_OUTLINE,
	FEATURE_KECAMATAN,
	FEATURE_ROAD,
	FEATURE_RIVER,
	FEATURE_RAIL,
	FEATURE_PLACE,
	FEATURE_KIND_COUNT
};

const char *feature_kind_name(enum feature_kind kind);
bool feature_kind_find(const char *name, enum feature_kind *out);

/* One line (or, for a place, one point) of the map. */
struct feature {
	enum feature_kind kind;
	bool arterial;
	char name[64];
	struct position *points; /* owned by the registry */
	size_t points_len;
};

struct registry {
	int64_t rev; /* 0: nothing loaded */
	struct agency *agencies;
	size_t agencies_len;
	struct camera *cameras;
	size_t cameras_len;
	struct plan *plans;
	size_t plans_len;
	struct feature *features;
	size_t features_len;
	char credit[256];
	struct geo_grid grid;        /* set by registry_index() */
	struct camera_index *lookup; /* so is this; owned, for registry_near() and _camera() */
};

void registry_finish(struct registry *reg); /* zero is fine; leaves it zero */

/* Growing; each returns a zeroed element that the caller fills. Pointers live until the next add.
 */
struct agency *registry_add_agency(struct registry *reg);
struct camera *registry_add_camera(struct registry *reg);
struct plan *registry_add_plan(struct registry *reg);
struct feature *registry_add_feature(struct registry *reg);
void feature_add_point(struct feature *feature, struct position at);

/* Computes the grid, over the outline, or all features, or all cameras, and makes cameras quick to
 * find. Until it is called once more the ids and places of cameras must stay as they are; what is
 * added meanwhile is found all the same, only slower. */
void registry_index(struct registry *reg);

struct agency *registry_agency(const struct registry *reg, const char *id); /* or NULL */
struct camera *registry_camera(const struct registry *reg, const char *id); /* or NULL */
/* The plan for kind and priority, else for the kind at any priority, else NULL. */
const struct plan *registry_plan(
	const struct registry *reg, enum kind kind, enum priority priority);
/* Is an agency, or PLAN_OBSERVERS, shown the caller? NULL is no plan: nobody is. */
bool plan_shows_caller(const struct plan *plan, const char *id);

#define REGISTRY_NEAR_MAX 32 /* cameras that are asked for at once */

/* A camera near a place. */
struct camera_near {
	const struct camera *camera;
	double distance_m;
	int bearing_deg;
};

/* The k cameras nearest to `at`, at most REGISTRY_NEAR_MAX, nearest first, whatever their status;
 * returns how many were found.
 */
size_t registry_near(
	const struct registry *reg, struct position at, struct camera_near *out, size_t k);
/* Index in such a list of the first that works (ok before stale), or the list's length. */
size_t registry_first_working(const struct camera_near *near, size_t len);

#endif
