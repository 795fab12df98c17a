#include "doctor_private.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <siaga/base/disk.h>
#include <siaga/base/text.h>

#include "xdg.h"

#define MIB          (INT64_C(1) << 20)
#define FREE_FAIL    (10 * MIB)
#define FREE_WARN    (200 * MIB)
#define SYNC_WARN_US 100000

/* --- the token --- */

void doctor_token(struct doctor *doc) {
	const char *path = doc->opt->token_file;
	struct err err = {0};
	struct stat st;
	if (path == NULL) {
		report_say(&doc->report, REPORT_FAIL,
			_("token: no file is named: ask whoever runs the feed for one, and say "
			  "token_file under [feed] in siaga.conf"));
		return;
	}
	if (!token_file_read(path, doc->token, sizeof(doc->token), &err)) {
		doc->token[0] = '\0';
		report_say(&doc->report, REPORT_FAIL, _("token: %s"), err.text);
		return;
	}
	if (stat(path, &st) == 0 && st.st_uid != geteuid() && st.st_uid != 0) {
		report_say(&doc->report, REPORT_WARN,
			_("token: %s belongs to somebody else (user %u): make it your own"), path,
			(unsigned)st.st_uid);
	}
	if (token_file_looks_right(doc->token)) {
		report_say(&doc->report, REPORT_OK, _("token: %s, for your eyes only"), path);
	} else {
		report_say(&doc->report, REPORT_WARN,
			_("token: what %s holds is not as siagad makes them: copy it again, the "
			  "whole line and nothing else"),
			path);
	}
}

/* --- the folder --- */

static void say_mode(struct doctor *doc, const char *dir, const struct stat *st) {
	if (st->st_uid != geteuid()) {
		report_say(&doc->report, REPORT_WARN,
			_("state: %s belongs to somebody else (user %u): name another with "
			  "--state, or chown it"),
			dir, (unsigned)st->st_uid);
	} else if ((st->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		report_say(&doc->report, REPORT_WARN,
			_("state: others may look into %s, where callers' names are: chmod 700 "
			  "%s"),
			dir, dir);
	} else {
		report_say(&doc->report, REPORT_OK, _("state: %s, yours alone"), dir);
	}
}

static void say_disk(struct doctor *doc, const char *dir) {
	enum disk_kind kind;
	const char *name;
	int64_t room;
	if (disk_kind(dir, &kind, &name, NULL) && kind == DISK_NETWORK) {
		report_say(&doc->report, REPORT_WARN,
			_("state: it is on %s, where two consoles may not see each other's "
			  "locks: name a folder of this machine with --state"),
			name);
	} else if (kind == DISK_MEMORY) {
		report_say(&doc->report, REPORT_WARN,
			_("state: it is on %s, and what was not sent goes with the power: name "
			  "another folder with --state"),
			name);
	}
	if (!disk_free(dir, &room, NULL)) {
		return;
	}
	enum report_level level = room < FREE_FAIL   ? REPORT_FAIL
				  : room < FREE_WARN ? REPORT_WARN
						     : REPORT_OK;
	if (level == REPORT_OK) {
		report_say(&doc->report, level, _("disk: %lld MiB free"), (long long)(room / MIB));
	} else {
		report_say(&doc->report, level,
			_("disk: only %lld MiB free at %s: make room, or nothing can be kept"),
			(long long)(room / MIB), dir);
	}
}

static void say_sync(struct doctor *doc, const char *dir) {
	struct disk_sync sync;
	struct err err = {0};
	if (!disk_measure_sync(dir, &sync, &err)) {
		report_say(&doc->report, REPORT_FAIL,
			_("state: nothing can be written: %s: correct it, or name another folder "
			  "with --state"),
			err.text);
		return;
	}
	bool slow = sync.median_us > SYNC_WARN_US;
	report_say(&doc->report, slow ? REPORT_WARN : REPORT_OK,
		slow ? _("disk: 4 KiB are safe after %.1f ms, %.1f ms at most: every action waits "
			 "so long; name a faster one with --state")
		     : _("disk: 4 KiB are safe after %.1f ms, %.1f ms at most"),
		(double)sync.median_us / 1000, (double)sync.max_us / 1000);
}

/* The folder misses: can it be made? */
static void say_missing(struct doctor *doc, const char *dir) {
	char parent[PATH_MAX];
	struct stat st;
	text_copy(parent, sizeof(parent), dir);
	while (stat(parent, &st) != 0 && errno == ENOENT) {
		char *slash = strrchr(parent, '/');
		if (slash == NULL) {
			text_copy(parent, sizeof(parent), ".");
		} else {
			slash[slash == parent] = '\0';
		}
	}
	if (access(parent, W_OK | X_OK) == 0) {
		report_say(&doc->report, REPORT_OK, _("state: %s is not there yet; siaga makes it"),
			dir);
	} else {
		report_say(&doc->report, REPORT_FAIL,
			_("state: %s cannot be made: %s: %s: name another folder with --state"),
			dir, parent, strerror(errno));
	}
}

/* --- the cache --- */

static void format_time(char *out, size_t size, int64_t at_ms) {
	time_t at = (time_t)(at_ms / 1000);
	struct tm local;
	if (localtime_r(&at, &local) == NULL ||
		strftime(out, size, "%Y-%m-%d %H:%M:%S", &local) == 0) {
		text_copy(out, size, "?");
	}
}

static void say_cache_content(struct doctor *doc) {
	const struct cache_look *cache = &doc->cache;
	char when[32];
	report_say(&doc->report, REPORT_OK,
		_("cache: whole, schema %d, %lld KiB, %lld events, %lld incidents to look up"),
		cache->schema, (long long)(cache->bytes / 1024), (long long)cache->events,
		(long long)cache->ended);
	if (cache->meta.feed[0] != '\0') {
		format_time(when, sizeof(when), cache->meta.saved_at_ms);
		report_say(&doc->report, REPORT_OK,
			_("cache: saved at %s for %s (%s), feed %s up to event %lld"), when,
			cache->meta.name, cache->meta.role, cache->meta.feed,
			(long long)cache->meta.last_seq);
	}
	if (cache->outbox == 0) {
		report_say(&doc->report, REPORT_OK, _("outbox: everything is sent"));
	} else {
		format_time(when, sizeof(when), cache->outbox_since_ms);
		report_say(&doc->report, REPORT_WARN,
			ngettext("outbox: %lld action is not sent, since %s: start siaga, which "
				 "sends it or asks about it",
				"outbox: %lld actions are not sent, the oldest since %s: start "
				"siaga, which sends them or asks about them",
				(unsigned long)cache->outbox),
			(long long)cache->outbox, when);
	}
}

static void say_cache(struct doctor *doc, const char *dir) {
	struct cache_look *cache = &doc->cache;
	struct err err = {0};
	cache_look(dir, cache, &err);
	switch (cache->state) {
	case LOOK_FINE: say_cache_content(doc); break;
	case LOOK_OLDER:
		report_say(&doc->report, REPORT_OK,
			_("cache: %s; siaga brings it up to date at its next start"), err.text);
		break;
	case LOOK_MISSING:
		report_say(&doc->report, REPORT_OK, _("cache: there is none yet"));
		break;
	case LOOK_UNREADABLE:
		report_say(&doc->report, REPORT_FAIL,
			_("cache: it cannot be read: %s: correct its owner and mode"), err.text);
		break;
	case LOOK_DAMAGED:
		report_say(&doc->report, REPORT_FAIL,
			_("cache: %s: at its next start siaga sets it aside, saves what was not "
			  "sent, and has the feed fill a new one; look at the disk, too"),
			err.text);
		break;
	case LOOK_NEWER:
		report_say(&doc->report, REPORT_FAIL,
			_("cache: %s: use that siaga, or another folder with --state"), err.text);
		break;
	case LOOK_STATE_COUNT: break;
	}
}

static void say_cache_mode(struct doctor *doc, const char *dir) {
	char path[PATH_MAX + 16];
	struct stat st;
	snprintf(path, sizeof(path), "%s/cache.db", dir);
	if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		report_say(&doc->report, REPORT_WARN,
			_("cache: others may read it, and callers' names are in it: chmod 600 "
			  "%s"),
			path);
	}
}

void doctor_state(struct doctor *doc) {
	char dir[PATH_MAX];
	struct err err = {0};
	struct stat st;
	if (doc->opt->state != NULL) {
		text_copy(dir, sizeof(dir), doc->opt->state);
	} else if (!xdg_state_dir(dir, sizeof(dir), &err)) {
		report_say(&doc->report, REPORT_FAIL, _("state: %s"), err.text);
		return;
	}
	if (stat(dir, &st) != 0) {
		if (errno == ENOENT) {
			say_missing(doc, dir);
		} else {
			report_say(&doc->report, REPORT_FAIL,
				_("state: %s: %s: name another folder with --state"), dir,
				strerror(errno));
		}
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		report_say(&doc->report, REPORT_FAIL,
			_("state: %s is no folder: name another with --state"), dir);
		return;
	}
	say_mode(doc, dir, &st);
	say_disk(doc, dir);
	say_sync(doc, dir);
	say_cache(doc, dir);
	say_cache_mode(doc, dir);
}
