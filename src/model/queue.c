#include <siaga/model/queue.h>

#include <stdlib.h>

static int64_t ended_ms(const struct incident *inc) {
	return inc->state_at_ms[inc->state];
}

static int compare_times(int64_t a, int64_t b) {
	return a < b ? -1 : a > b;
}

int queue_compare(const struct incident *a, const struct incident *b) {
	bool open_a = incident_is_open(a), open_b = incident_is_open(b);
	if (open_a != open_b) {
		return open_a ? -1 : 1;
	}
	int order = 0;
	if (open_a) {
		bool new_a = a->state == INCIDENT_NEW, new_b = b->state == INCIDENT_NEW;
		if (new_a != new_b) {
			return new_a ? -1 : 1;
		}
		order = (int)a->priority - (int)b->priority;
		if (order == 0) {
			order = compare_times(incident_received_ms(a), incident_received_ms(b));
		}
	} else {
		order = compare_times(ended_ms(b), ended_ms(a));
	}
	return order != 0 ? order : compare_times(a->number, b->number);
}

static int compare_pointers(const void *a, const void *b) {
	const struct incident *const *x = a, *const *y = b;
	return queue_compare(*x, *y);
}

size_t queue_collect(const struct world *world, int64_t now_ms, int64_t keep_ms,
	struct incident **out, size_t max) {
	size_t total = 0, len = 0;
	for (struct incident *inc = world->incidents; inc != NULL; inc = inc->hh.next) {
		if (!incident_is_open(inc) && now_ms - ended_ms(inc) > keep_ms) {
			continue;
		}
		total++;
		if (len < max) {
			out[len++] = inc;
		}
	}
	qsort(out, len, sizeof(*out), compare_pointers);
	return total;
}
