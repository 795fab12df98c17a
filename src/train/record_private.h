/* The recorder, between its files. */
#ifndef SIAGA_TRAIN_RECORD_PRIVATE_H
#define SIAGA_TRAIN_RECORD_PRIVATE_H

#include <siaga/base/table.h>
#include <siaga/model/incident.h>
#include <siaga/train/record.h>
#include <siaga/train/scenario.h>
#include <siaga/wire/persons.h>

/* Something that becomes a line. */
struct took {
	struct event event; /* owned; the incident of a caller's update is that of the alarm */
	bool lacks_note;    /* the feed wants one, and it was forgotten since */
};

/* Somebody with a token. */
struct doer {
	char name[WHO_SIZE];
	enum role role; /* as a link has told; ROLE_NONE: none has */
	char agency[AGENCY_ID_SIZE];
	bool room;     /* does what only the control room does */
	int64_t count; /* in what is written; 0: not yet */
	UT_hash_handle hh;
};

struct counter {
	char id[AGENCY_ID_SIZE];
	int64_t links;      /* that are up */
	bool seen, at_from; /* there was a desk; it was up when the recording begins */
	UT_hash_handle hh;
};

struct eye {
	char id[CAMERA_ID_SIZE];
	enum camera_status at_from;
	UT_hash_handle hh;
};

/* A text that stands for another: of an alarm the incident in which it came, of an incident that is
 * not recorded nothing, of a telephone number whose it is. */
struct pair {
	char name[64];
	char is[UUID_SIZE];
	int64_t number;
	UT_hash_handle hh;
};

/* What is written of an incident. */
struct call {
	char incident[UUID_SIZE];
	int64_t number;     /* a1, a2 ...; 0: it is left out */
	int64_t person;     /* who called */
	struct call *first; /* of all that were merged into it, whichever was raised first */
	struct scenario_truth truth;
	UT_hash_handle hh;
};

struct recorder {
	int64_t from_ms, to_ms, last_ms;
	char name[SCENARIO_KEY_SIZE];
	bool begun;         /* something of the recording was seen */
	struct world world; /* of what is recorded, and of what became of it after */
	struct took *items; /* owned */
	size_t len, cap;
	struct doer *doers;
	struct counter *desks;
	struct eye *eyes;
	struct pair *alarms, *earlier, *phones;
	int64_t left;
	struct persons *persons;
	struct call *calls;
};

/* The desk of an agency, made where it is not there yet. */
struct counter *record_find_desk(struct recorder *rec, const char *agency);
/* Or NULL. */
struct pair *record_pair(struct pair *pairs, const char *name);
struct pair *record_add_pair(struct pair **pairs, const char *name);

/* --- record_truth.c --- */

/* Numbers what is in it; what went into an incident that is not is left out. */
void record_find_calls(struct recorder *rec, struct recorder_counts *counts);
/* After that. */
void record_find_truths(struct recorder *rec);
struct call *record_call(const struct recorder *rec, const char *incident); /* or NULL */
void record_key(char out[SCENARIO_KEY_SIZE], const struct call *call);

#endif
