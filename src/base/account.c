#include <siaga/base/account.h>

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fill(struct account *out, const struct passwd *row) {
	*out = (struct account){.uid = row->pw_uid, .gid = row->pw_gid};
	snprintf(out->name, sizeof(out->name), "%s", row->pw_name);
}

bool account_find(struct account *out, const char *name, struct err *err) {
	const struct passwd *row = getpwnam(name);
	if (row == NULL) {
		return err_set(err, "there is no user %s", name);
	}
	fill(out, row);
	return true;
}

void account_of(struct account *out, uid_t uid, gid_t gid) {
	const struct passwd *row = getpwuid(uid);
	if (row != NULL) {
		fill(out, row);
		return;
	}
	*out = (struct account){.uid = uid, .gid = gid};
	snprintf(out->name, sizeof(out->name), "%lu", (unsigned long)uid);
}

void account_self(struct account *out) {
	account_of(out, geteuid(), getegid());
}

bool account_is_alone(void) {
	unsigned long inside, outside, count = 0;
	FILE *map = fopen("/proc/self/uid_map", "re");
	if (map == NULL) {
		return false;
	}
	bool alone = fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 && count == 1 &&
		     fscanf(map, "%lu", &inside) != 1;
	(void)fclose(map);
	return alone;
}

/* 1 where it cannot be seen. */
static int count_threads(void) {
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *entry;
	int count = 0;
	while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
		count += entry->d_name[0] != '.';
	}
	if (tasks != NULL) {
		closedir(tasks);
	}
	return count > 0 ? count : 1;
}

static bool no_capabilities_left(void) {
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
	if (syscall(SYS_capget, &head, data) != 0) {
		return false;
	}
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		if ((data[i].effective | data[i].permitted | data[i].inheritable) != 0) {
			return false;
		}
	}
	return true;
}

/* Also those that a service manager lends to who is not root, such as for a low port. */
static bool drop_capabilities(void) {
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return no_capabilities_left() ||
	       (syscall(SYS_capset, &head, none) == 0 && no_capabilities_left());
}

/* What is out of the bounding set can never come back, by no file. It takes a capability of its
 * own, which a container's root may not have: no_new_privs holds then, too. */
static void drop_bounds(void) {
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	}
}

static bool is_only(const struct account *to) {
	uid_t uids[3];
	gid_t gids[3];
	if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 ||
		getresgid(&gids[0], &gids[1], &gids[2]) != 0) {
		return false;
	}
	for (int i = 0; i < 3; i++) {
		if (uids[i] != to->uid || gids[i] != to->gid) {
			return false;
		}
	}
	/* Asked for, not believed. */
	return setresuid((uid_t)-1, 0, (uid_t)-1) != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) != 0 &&
	       getgroups(0, NULL) == 0;
}

/* A new user forgets that it was to end with its parent. */
static void watch_parent(int signo, pid_t parent) {
	if (signo != 0) {
		(void)prctl(PR_SET_PDEATHSIG, (unsigned long)signo, 0, 0, 0);
		if (getppid() != parent) {
			(void)raise(signo);
		}
	}
}

static bool change_user(const struct account *to, struct err *err) {
	pid_t parent = getppid();
	int signo = 0;
	if (to->gid == 0) {
		return err_set(err, "cannot become %s, whose group is root's", to->name);
	}
	(void)prctl(PR_GET_PDEATHSIG, &signo, 0, 0, 0);
	drop_bounds();
	/* Groups first: who is nobody any more cannot give them back. */
	if (setgroups(0, NULL) != 0 || setresgid(to->gid, to->gid, to->gid) != 0 ||
		setresuid(to->uid, to->uid, to->uid) != 0) {
		return err_set(err, "cannot become %s: %s", to->name, strerror(errno));
	}
	account_hide_memory(); /* It is the system's choice again after a change of user. */
	watch_parent(signo, parent);
	return is_only(to) || err_set(err, "cannot become %s for good", to->name);
}

bool account_become(const struct account *to, struct err *err) {
	int threads = count_threads();
	if (threads != 1) {
		return err_set(err, "cannot become %s: %d threads run already", to->name, threads);
	}
	if (geteuid() != to->uid && !change_user(to, err)) {
		return false;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !drop_capabilities()) {
		return err_set(
			err, "%s: some of root's rights stay: %s", to->name, strerror(errno));
	}
	return true;
}

void account_hide_memory(void) {
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
