#include "book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/store/log_purge.h>

#include "lookup.h"

#define LOAD_SLICE 10000
#define TEXTS_KEPT 4096 /* bytes of memory for the next event of a job */

static void add_form(struct buf *texts, const char *text, size_t len) {
	buf_add(texts, text, len);
	buf_add(texts, "", 1);
}

/* masked: NULL where it is the same. */
static void set_texts(struct writer_event *event, const char *full, size_t full_len,
	const char *masked, size_t masked_len, const char *audience) {
	struct buf *texts = &event->texts;
	size_t need = full_len + (masked != NULL ? masked_len : 0) + strlen(audience) + 3;
	/* One long text does not keep the place of a short one large for ever. */
	buf_wipe(texts, need * 2);
	buf_reserve(texts, need);
	add_form(texts, full, full_len);
	if (masked != NULL) {
		add_form(texts, masked, masked_len);
	}
	add_form(texts, audience, strlen(audience));
	event->full = texts->data;
	event->full_len = full_len;
	event->masked = masked != NULL ? texts->data + full_len + 1 : NULL;
	event->masked_len = masked != NULL ? masked_len : 0;
	event->audience = texts->data + texts->len - strlen(audience) - 1;
}

void writer_event_copy(struct writer_event *to, const struct writer_event *from) {
	to->seq = from->seq;
	to->type = from->type;
	memcpy(to->hash, from->hash, sizeof(to->hash));
	set_texts(to, from->full, from->full_len, from->masked, from->masked_len, from->audience);
}

void writer_event_finish(struct writer_event *event) {
	buf_finish(&event->texts);
	memset(event, 0, sizeof(*event));
}

void job_clear(struct job *job) {
	struct writer_event *events = job->events;
	size_t cap = job->events_cap;
	/* What is said of persons stays nowhere but where it is looked for when it is forgotten. */
	for (size_t i = 0; i < cap; i++) {
		buf_wipe(&events[i].texts, TEXTS_KEPT);
	}
	command_finish(&job->cmd);
	if (job->registry != NULL) {
		registry_finish(job->registry);
		free(job->registry);
	}
	*job = (struct job){.events = events, .events_cap = cap};
}

void job_drop(struct job *job) {
	job_clear(job);
	for (size_t i = 0; i < job->events_cap; i++) {
		writer_event_finish(&job->events[i]);
	}
	free(job->events);
	free(job);
}

/* The next one of the job, with whatever memory an earlier one had there. */
static struct writer_event *next_event(struct job *job) {
	if (job->events_len == job->events_cap) {
		job->events = mem_resize(job->events, job->events_cap + 1, sizeof(*job->events));
		job->events[job->events_cap++] = (struct writer_event){0};
	}
	return &job->events[job->events_len++];
}

/* --- the world, from the log --- */

struct load {
	struct world *world;
	int64_t seq; /* read up to here */
	size_t skipped;
};

static bool load_event(void *data, const struct log_event *from) {
	struct load *load = data;
	load->seq = from->seq;
	load->skipped += !lookup_apply(load->world, from);
	return true;
}

static void say_skipped(struct book *book, size_t skipped) {
	if (skipped > 0 && skipped != book->skipped) {
		fprintf(stderr,
			"siagad: %zu events of open incidents cannot be read and are left out; "
			"siagad check names them\n",
			skipped);
	}
	book->skipped = skipped;
}

static bool load(struct book *book, struct err *err) {
	struct load load = {.world = &book->world};
	int64_t head, number, count;
	if (!log_head(book->log, &head, &number, err)) {
		return false;
	}
	do {
		count = log_read_open(
			book->log, NULL, load.seq, head, LOAD_SLICE, load_event, &load, err);
	} while (count == LOAD_SLICE);
	book->world.head = head;
	book->world.last_number = number;
	if (count >= 0) {
		say_skipped(book, load.skipped);
	}
	return count >= 0;
}

bool book_open(struct book *book, struct log_store *log, struct err *err) {
	book->log = log;
	return load(book, err);
}

void book_finish(struct book *book) {
	free(book->cameras);
	forms_finish(&book->forms);
	events_finish(&book->events);
	world_finish(&book->world);
}

static void keep_camera(struct book *book, const char *id) {
	const struct camera *camera = registry_camera(&book->world.registry, id);
	if (camera != NULL) {
		book->cameras =
			mem_resize(book->cameras, book->cameras_len + 1, sizeof(*book->cameras));
		struct camera_was *was = &book->cameras[book->cameras_len++];
		*was = (struct camera_was){.status = camera->status, .at_ms = camera->status_at_ms};
		text_copy(was->id, sizeof(was->id), id);
	}
}

/* The registry is not read again, so its cameras go back step by step. */
static void put_cameras_back(struct book *book) {
	while (book->cameras_len > 0) {
		const struct camera_was *was = &book->cameras[--book->cameras_len];
		struct camera *camera = registry_camera(&book->world.registry, was->id);
		if (camera != NULL) {
			camera->status = was->status;
			camera->status_at_ms = was->at_ms;
		}
	}
}

static bool read_again(struct book *book, struct err *err) {
	struct registry registry = book->world.registry;
	memset(&book->world.registry, 0, sizeof(registry));
	world_finish(&book->world);
	book->world.registry = registry;
	book->stale = !load(book, err);
	return !book->stale;
}

void book_read_again(struct book *book) {
	put_cameras_back(book);
	read_again(book, NULL);
}

bool book_is_good(struct book *book, struct err *err) {
	book->unread = false;
	book->cameras_len = 0;
	return !book->stale || read_again(book, err);
}

/* --- deciding and writing --- */

static bool append(struct book *book, struct job *job, struct event *event, struct err *err) {
	struct forms *forms = &book->forms;
	struct log_row row;
	event->seq = book->world.head + 1;
	if (event->type == EVENT_CAMERA_STATUS) {
		keep_camera(book, event->camera);
	}
	const struct incident *inc = world_apply(&book->world, event);
	forms_make(forms, event, inc, &book->world.registry);
	forms_row(&row, forms, event, inc);
	bool ok = log_append(book->log, &row, err);
	if (event->type == EVENT_LOG_PURGED) {
		struct log_purge what = {.before_ms = event->before_ms, .seq = event->seq};
		ok = ok && log_purge_begin(book->log, &what, err);
	}
	struct writer_event *out = next_event(job);
	out->seq = event->seq;
	out->type = event->type;
	const struct buf *full = &forms->full, *masked = &forms->masked;
	bool same = full->len == masked->len && memcmp(full->data, masked->data, full->len) == 0;
	set_texts(out, full->data, full->len, same ? NULL : masked->data, masked->len,
		forms->audience.data);
	log_last_hash(book->log, out->hash);
	return ok;
}

static void recall(struct job *job, const struct log_answer *answer) {
	struct writer_result *result = &job->result;
	result->refused = answer->refused;
	result->seq = answer->seq;
	result->number = answer->number;
	text_copy(result->incident, sizeof(result->incident), answer->incident);
	text_copy(result->alarm, sizeof(result->alarm), answer->alarm);
	refusal_code_find(answer->code, &result->refusal.code);
	text_copy(result->refusal.message, sizeof(result->refusal.message), answer->message);
}

static bool remember(struct book *book, const struct job *job, struct err *err) {
	const struct writer_result *result = &job->result;
	struct log_answer answer = {
		.refused = result->refused, .seq = result->seq, .number = result->number};
	text_copy(answer.id, sizeof(answer.id), job->answer_id);
	text_copy(answer.incident, sizeof(answer.incident), result->incident);
	text_copy(answer.alarm, sizeof(answer.alarm), result->alarm);
	if (result->refused) {
		text_copy(
			answer.code, sizeof(answer.code), refusal_code_name(result->refusal.code));
		text_copy(answer.message, sizeof(answer.message), result->refusal.message);
	}
	return log_put_answer(book->log, &answer, job->cmd.at_ms, err);
}

static bool bring(struct book *book, struct job *job, size_t at, const char *id, struct err *err) {
	text_copy(job->brought[at], UUID_SIZE, id);
	return lookup_incident(&book->world, book->log, id, err);
}

/* Brings into memory what the command is about; a caller's update goes to where the alarm is now.
 */
static bool prepare(struct book *book, struct job *job, struct err *err) {
	struct command *cmd = &job->cmd;
	bool callers = cmd->action == ACTION_UPDATE || cmd->action == ACTION_WITHDRAW;
	if ((callers && !lookup_merged(&book->world, book->log, cmd->incident, err)) ||
		!bring(book, job, 0, cmd->incident, err) || !bring(book, job, 1, cmd->other, err)) {
		return false;
	}
	const struct incident *inc = world_incident(&book->world, cmd->incident);
	return inc == NULL || bring(book, job, 2, inc->merged_into, err);
}

bool book_bring(struct book *book, struct job *job, struct err *err) {
	struct log_answer answer;
	char incident[UUID_SIZE];
	text_copy(incident, sizeof(incident), job->cmd.incident);
	bool ready = prepare(book, job, err);
	/* Where it goes is decided in its turn: what is before it may move the alarm. */
	text_copy(job->cmd.incident, sizeof(job->cmd.incident), incident);
	if (ready) {
		return true;
	}
	/* What was answered once is answered so again, and nothing has to be read for it. */
	return job->keep && log_get_answer(book->log, job->answer_id, &answer, NULL) > 0;
}

bool book_do(struct book *book, struct job *job, struct err *err) {
	struct events *events = &book->events;
	struct log_answer answer;
	struct writer_result *result = &job->result;
	int known = job->keep ? log_get_answer(book->log, job->answer_id, &answer, err) : 0;
	if (known != 0) {
		if (known > 0) {
			recall(job, &answer);
		}
		return known > 0;
	}
	/* What was not read is not unknown: no answer may be made of that, and none remembered. */
	if (!prepare(book, job, err)) {
		book->unread = true;
		return false;
	}
	events_clear(events);
	result->refused = !reduce(&book->world, &job->cmd, events, &result->refusal);
	bool ok = true;
	for (size_t i = 0; i < events->len && ok; i++) {
		ok = append(book, job, &events->items[i], err);
	}
	result->seq = book->world.head;
	if (job->cmd.action == ACTION_RAISE && events->len > 0) {
		text_copy(result->incident, sizeof(result->incident), events->items[0].incident);
		text_copy(result->alarm, sizeof(result->alarm), events->items[0].alarm.id);
		result->number = events->items[0].number;
	}
	return ok && (!job->keep || remember(book, job, err));
}

void book_take_registry(struct book *book, struct registry *registry) {
	struct registry *old = &book->world.registry;
	for (size_t i = 0; i < registry->cameras_len; i++) {
		const struct camera *known = registry_camera(old, registry->cameras[i].id);
		if (known != NULL && known->status_at_ms != 0) {
			registry->cameras[i].status = known->status;
			registry->cameras[i].status_at_ms = known->status_at_ms;
		}
	}
	registry_finish(old);
	*old = *registry;
	memset(registry, 0, sizeof(*registry));
}

/* What has ended is read again when somebody asks for it; else memory would hold all that ever was,
 * and persons that the log has forgotten. */
static void drop_ended(struct book *book, const char *id) {
	const struct incident *inc = id[0] != '\0' ? world_incident(&book->world, id) : NULL;
	if (inc != NULL && !incident_is_open(inc)) {
		world_forget(&book->world, id);
	}
}

void book_done_with(struct book *book, const struct job *job) {
	for (size_t i = 0; i < ARRAY_LEN(job->brought); i++) {
		drop_ended(book, job->brought[i]);
	}
}
