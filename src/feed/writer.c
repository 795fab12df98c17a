#include <siaga/feed/writer.h>

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siaga/base/clock.h>
#include <siaga/base/macros.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/feed/purge.h>
#include <siaga/net/loop.h>
#include <siaga/store/log.h>
#include <siaga/wire/wire.h>

#include "book.h"
#include "forms.h"

#define WAITING_MAX 10000
#define SPARE_MAX   256
#define PROBE_MS    1000 /* so often it is tried whether a log that failed can be written again */

struct job_list {
	struct job *first, **last;
	size_t len;
};

struct writer {
	struct log_store *log;
	struct book book;   /* the thread's own */
	struct purge purge; /* so is what is being forgotten */
	struct loop *loop;
	const struct writer_ops *ops;
	void *data;
	char feed_id[UUID_SIZE];
	int64_t first_head, purged_ms;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job_list waiting, done; /* under the lock */
	struct job_list spare;         /* the loop's: jobs for what comes next */
	struct writer_stats stats;     /* under the lock */
	bool quit;                     /* under the lock */
	atomic_ullong forgotten;       /* how often something was */
	/* The thread's own. */
	enum trouble trouble; /* why nothing can be written */
	int64_t probe_at_ms;  /* mono */
	char unread_why[ERR_TEXT_MAX];
	/* Under the lock: what the loop is to be told of it. */
	enum trouble told;
	char why[ERR_TEXT_MAX];
	bool news;
};

static void list_init(struct job_list *list) {
	*list = (struct job_list){.last = &list->first};
}

static void list_add(struct job_list *list, struct job *job) {
	job->next = NULL;
	*list->last = job;
	list->last = &job->next;
	list->len++;
}

static struct job *list_pop(struct job_list *list) {
	struct job *job = list->first;
	if (job != NULL) {
		list->first = job->next;
		list->last = list->first != NULL ? list->last : &list->first;
		list->len--;
	}
	return job;
}

/* Takes the whole list. */
static struct job *list_take(struct job_list *list) {
	struct job *first = list->first;
	list_init(list);
	return first;
}

/* --- when it cannot be written --- */

static const char *const trouble_texts[] = {
	[TROUBLE_NONE] = "",
	[TROUBLE_FULL] = "the feed's disk is full",
	[TROUBLE_READ_ONLY] = "the feed's log may not be written",
	[TROUBLE_IO] = "the feed's disk fails",
	[TROUBLE_DAMAGED] = "the feed's log is damaged",
	[TROUBLE_OTHER] = "the feed's log cannot be written",
};
static_assert(ARRAY_LEN(trouble_texts) == TROUBLE_COUNT, "a text for every trouble");

static void refuse(struct job *job, const char *why) {
	job->events_len = 0;
	job->result.refused = true;
	job->result.refusal.code = REFUSAL_UNAVAILABLE;
	text_copy(job->result.refusal.message, sizeof(job->result.refusal.message), why);
}

/* What stands in the log of the machine is not for strangers: they get the kind of it. */
static void refuse_batch(struct job *batch, enum trouble trouble) {
	for (struct job *job = batch; job != NULL; job = job->next) {
		refuse(job, trouble_texts[trouble]);
	}
}

static void set_trouble(struct writer *writer, enum trouble trouble, const char *why) {
	writer->probe_at_ms = clock_mono_ms() + PROBE_MS;
	if (trouble == writer->trouble) {
		return;
	}
	writer->trouble = trouble;
	pthread_mutex_lock(&writer->lock);
	writer->news = true;
	writer->told = trouble;
	text_copy(writer->why, sizeof(writer->why), why);
	pthread_mutex_unlock(&writer->lock);
	loop_wake(writer->loop);
}

static void probe(struct writer *writer) {
	struct err err = {0};
	if (log_probe(writer->log, &err)) {
		set_trouble(writer, TROUBLE_NONE, "");
	} else {
		set_trouble(writer, log_trouble(writer->log), err.text);
	}
}

/*
 * Is it the disk, or was it only what this batch wanted to write? A disk that takes the probe and
 * did not take the batch is no good either, but where nobody knows what was wrong with the batch.
 */
static void find_trouble(struct writer *writer, enum trouble trouble, const char *why) {
	probe(writer);
	if (writer->trouble == TROUBLE_NONE && trouble != TROUBLE_OTHER) {
		set_trouble(writer, trouble, why);
	}
}

/* An incident that has ended cannot be read: that is for the administrator to know. */
static void say_unread(struct writer *writer, const char *why) {
	if (strcmp(writer->unread_why, why) != 0) {
		text_copy(writer->unread_why, sizeof(writer->unread_why), why);
		fprintf(stderr, "siagad: the log cannot be read: %s\n", why);
	}
}

/* --- a batch --- */

/*
 * Who asks for what cannot be read is refused alone: alarms can be taken all the same, and are,
 * however often somebody asks for it.
 */
static void bring_batch(struct writer *writer, struct job *batch) {
	for (struct job *job = batch; job != NULL; job = job->next) {
		struct err err = {0};
		job->unread = job->registry == NULL && !book_bring(&writer->book, job, &err);
		if (job->unread) {
			refuse(job, "the feed's log cannot be read there");
			say_unread(writer, err.text);
		}
	}
}

/* False: nothing of it is in the log, and *err says why. */
static bool try_batch(struct writer *writer, struct job *batch, struct err *err) {
	bool ok = book_is_good(&writer->book, err);
	if (ok) {
		bring_batch(writer, batch);
		ok = log_begin(writer->log, err);
	}
	for (struct job *job = batch; job != NULL && ok; job = job->next) {
		ok = job->registry != NULL || job->unread || book_do(&writer->book, job, err);
	}
	return ok && log_commit(writer->log, err);
}

static bool write_batch(struct writer *writer, struct job *batch) {
	struct err err = {0};
	if (try_batch(writer, batch, &err)) {
		return true;
	}
	enum trouble trouble = log_trouble(writer->log);
	bool unread = writer->book.unread;
	log_rollback(writer->log);
	book_read_again(&writer->book);
	if (unread) {
		say_unread(writer, err.text);
		probe(writer);
	} else {
		find_trouble(writer, trouble, err.text);
	}
	refuse_batch(batch, writer->trouble != TROUBLE_NONE ? writer->trouble : trouble);
	return false;
}

static void do_batch(struct writer *writer, struct job *batch) {
	int64_t start = clock_mono_ms();
	bool tried = writer->trouble == TROUBLE_NONE, ok = true;
	size_t count = 0;
	bool purges = false;
	for (struct job *job = batch; job != NULL; job = job->next, count++) {
		if (job->registry != NULL) {
			book_take_registry(&writer->book, job->registry);
		} else {
			purges = purges || job->cmd.action == ACTION_PURGE;
		}
	}
	if (tried) {
		ok = write_batch(writer, batch);
	} else {
		refuse_batch(batch, writer->trouble);
	}
	if (tried && ok && purges) {
		purge_resume(&writer->purge, writer->log, NULL);
	}
	for (const struct job *job = batch; job != NULL; job = job->next) {
		book_done_with(&writer->book, job);
	}
	pthread_mutex_lock(&writer->lock);
	writer->stats.commits += tried;
	writer->stats.commands += count;
	writer->stats.failures += !ok;
	writer->stats.commit_s += tried ? (double)(clock_mono_ms() - start) / 1000.0 : 0.0;
	while (batch != NULL) {
		struct job *next = batch->next;
		list_add(&writer->done, batch);
		batch = next;
	}
	pthread_mutex_unlock(&writer->lock);
	loop_wake(writer->loop);
}

/*
 * What waits, or NULL when it is time for something else: a probe while nothing can be written, or,
 * after `wait_ms` (-1: there is nothing), more of what is to be forgotten or what the log does in a
 * pause.
 */
static struct job *wait_batch(struct writer *writer, int wait_ms, bool *quit) {
	int64_t until_ms = wait_ms >= 0 ? clock_mono_ms() + wait_ms : INT64_MAX;
	int rc = 0;
	if (writer->trouble != TROUBLE_NONE && writer->probe_at_ms < until_ms) {
		until_ms = writer->probe_at_ms;
	}
	struct timespec until = {
		.tv_sec = (time_t)(until_ms / 1000), .tv_nsec = (long)(until_ms % 1000) * 1000000};
	pthread_mutex_lock(&writer->lock);
	while (writer->waiting.first == NULL && !writer->quit && rc == 0) {
		rc = until_ms == INT64_MAX
			     ? pthread_cond_wait(&writer->wake, &writer->lock)
			     : pthread_cond_timedwait(&writer->wake, &writer->lock, &until);
	}
	struct job *batch = list_take(&writer->waiting);
	*quit = writer->quit && batch == NULL;
	pthread_mutex_unlock(&writer->lock);
	return batch;
}

/* What is to be forgotten goes in pieces between the batches, so that no alarm waits for it. */
static void *run(void *data) {
	struct writer *writer = data;
	int wait_ms = 0;
	/* A disk that is full already is told before the first alarm meets it. */
	probe(writer);
	for (;;) {
		bool quit, is_well = writer->trouble == TROUBLE_NONE;
		int rest_ms = is_well && wait_ms != 0 ? log_rest_after_ms(writer->log) : -1;
		/* Also while what is to be forgotten waits for somebody who reads it. */
		bool rests = rest_ms >= 0 && (wait_ms < 0 || rest_ms < wait_ms);
		struct job *batch = wait_batch(writer, rests ? rest_ms : wait_ms, &quit);
		if (quit) {
			return NULL;
		}
		if (batch == NULL && rests) {
			log_rest(writer->log);
		}
		if (writer->trouble != TROUBLE_NONE && clock_mono_ms() >= writer->probe_at_ms) {
			probe(writer);
		}
		if (batch != NULL) {
			do_batch(writer, batch);
		}
		wait_ms = -1;
		if (writer->trouble == TROUBLE_NONE && writer->purge.pending) {
			wait_ms = purge_some(&writer->purge, NULL);
			/* Where it has to wait for something, nothing was. */
			atomic_fetch_add(&writer->forgotten, wait_ms <= 0);
		}
	}
}

/* --- the loop's side --- */

/* As clock_mono_ms() counts. */
static void init_wake(pthread_cond_t *wake) {
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(wake, &attr);
	pthread_condattr_destroy(&attr);
}

struct writer *writer_create(const char *dir, struct registry *registry, struct loop *loop,
	const struct writer_ops *ops, void *data, struct err *err) {
	struct writer *writer = mem_alloc(1, sizeof(*writer));
	writer->loop = loop;
	writer->ops = ops;
	writer->data = data;
	list_init(&writer->waiting);
	list_init(&writer->done);
	list_init(&writer->spare);
	writer->log = log_open_writer(dir, err);
	if (writer->log == NULL) {
		free(writer);
		return NULL;
	}
	book_take_registry(&writer->book, registry);
	log_feed_id(writer->log, writer->feed_id);
	if (!forms_fill_log(writer->log, err) || !book_open(&writer->book, writer->log, err) ||
		!purge_resume(&writer->purge, writer->log, err)) {
		book_finish(&writer->book);
		log_close(writer->log);
		free(writer);
		return NULL;
	}
	writer->first_head = writer->book.world.head;
	writer->purged_ms = log_purged_ms(writer->log, NULL);
	log_tidy(writer->log);
	log_note_start(writer->log, clock_wall_ms());
	pthread_mutex_init(&writer->lock, NULL);
	init_wake(&writer->wake);
	if (pthread_create(&writer->thread, NULL, run, writer) != 0) {
		err_set(err, "the writer's thread does not start");
		book_finish(&writer->book);
		log_close(writer->log);
		free(writer);
		return NULL;
	}
	return writer;
}

static void drop_jobs(struct job_list *list) {
	for (struct job *job = list_take(list), *next; job != NULL; job = next) {
		next = job->next;
		job_drop(job);
	}
}

void writer_destroy(struct writer *writer) {
	if (writer == NULL) {
		return;
	}
	pthread_mutex_lock(&writer->lock);
	writer->quit = true;
	pthread_cond_signal(&writer->wake);
	pthread_mutex_unlock(&writer->lock);
	pthread_join(writer->thread, NULL);
	drop_jobs(&writer->done);
	drop_jobs(&writer->spare);
	log_checkpoint(writer->log);
	log_close(writer->log);
	book_finish(&writer->book);
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->wake);
	free(writer);
}

int64_t writer_head(const struct writer *writer) {
	return writer->first_head;
}

uint64_t writer_forgotten(struct writer *writer) {
	return atomic_load(&writer->forgotten);
}

int64_t writer_purged_ms(const struct writer *writer) {
	return writer->purged_ms > 0 ? writer->purged_ms : 0;
}

void writer_feed_id(const struct writer *writer, char out[UUID_SIZE]) {
	memcpy(out, writer->feed_id, UUID_SIZE);
}

static struct job *take_job(struct writer *writer) {
	struct job *job = list_pop(&writer->spare);
	return job != NULL ? job : mem_alloc(1, sizeof(*job));
}

static void put_back(struct writer *writer, struct job *job) {
	if (writer->spare.len < SPARE_MAX) {
		job_clear(job);
		list_add(&writer->spare, job);
	} else {
		job_drop(job);
	}
}

/* The thread is woken when it can have the lock, and only where it waits for a job. */
static void put(struct writer *writer, struct job *job) {
	pthread_mutex_lock(&writer->lock);
	bool first = writer->waiting.first == NULL;
	list_add(&writer->waiting, job);
	pthread_mutex_unlock(&writer->lock);
	if (first) {
		pthread_cond_signal(&writer->wake);
	}
}

bool writer_submit(struct writer *writer, struct command *cmd, const char *answer_id, bool keep,
	uint64_t tag) {
	pthread_mutex_lock(&writer->lock);
	bool full = writer->waiting.len >= WAITING_MAX;
	pthread_mutex_unlock(&writer->lock);
	if (full) {
		return false;
	}
	struct job *job = take_job(writer);
	job->cmd = *cmd;
	memset(cmd, 0, sizeof(*cmd));
	text_copy(job->answer_id, sizeof(job->answer_id),
		answer_id != NULL ? answer_id : job->cmd.id);
	job->keep = keep;
	job->result.tag = tag;
	put(writer, job);
	return true;
}

void writer_set_registry(struct writer *writer, struct registry *registry) {
	struct job *job = take_job(writer);
	job->registry = mem_alloc(1, sizeof(*registry));
	*job->registry = *registry;
	memset(registry, 0, sizeof(*registry));
	put(writer, job);
}

void writer_collect(struct writer *writer) {
	char why[ERR_TEXT_MAX];
	pthread_mutex_lock(&writer->lock);
	struct job *job = list_take(&writer->done), *next;
	enum trouble trouble = writer->told;
	bool news = writer->news;
	writer->news = false;
	text_copy(why, sizeof(why), writer->why);
	pthread_mutex_unlock(&writer->lock);
	if (news) {
		writer->ops->on_trouble(writer->data, trouble, why);
	}
	for (; job != NULL; job = next) {
		next = job->next;
		for (size_t i = 0; i < job->events_len; i++) {
			writer->ops->on_event(writer->data, &job->events[i]);
		}
		if (job->registry == NULL) {
			writer->ops->on_result(writer->data, &job->result);
		}
		put_back(writer, job);
	}
}

void writer_get_stats(struct writer *writer, struct writer_stats *out) {
	pthread_mutex_lock(&writer->lock);
	*out = writer->stats;
	out->waiting = writer->waiting.len;
	pthread_mutex_unlock(&writer->lock);
}
