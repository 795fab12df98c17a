"""Started as root, siagad is root no longer when the first stranger is heard: who it becomes, what it
gives up, and that nothing of root's stays in its folder."""

import os
import pwd
import shutil
import signal
import socket
import subprocess

from siaga_test import (
    SIAGA,
    SIAGAD,
    SLOW,
    Failure,
    Feed,
    Siagad,
    check,
    check_eq,
    environment,
    eventually,
    has_sanitizer,
    need,
    run,
    scope,
    start_feed,
    stats_of,
)


def as_root(test):
    """Marks what only root can try."""

    def skipped():
        need(False, "only root can give up being root")

    return test if os.geteuid() == 0 else skipped


def heir():
    """Whom root becomes on a folder that is nobody's yet."""
    for name in ("siaga", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    raise Failure("this system knows neither siaga nor nobody")


def someone_else():
    """Another user that every Debian has."""
    return pwd.getpwnam("daemon")


def rights(pid):
    """What /proc says of every thread: {thread: {field: words}}."""
    found = {}
    for thread in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/status" % (pid, thread), encoding="ascii") as file:
            found[thread] = dict(
                (line.split(":", 1)[0], line.split(":", 1)[1].split()) for line in file if ":" in line
            )
    return found


def check_rights(pid, uid, gid):
    threads = rights(pid)
    check(len(threads) >= 2, "the loop and the writer at least:", len(threads))
    for thread, has in threads.items():
        check_eq(has["Uid"], [str(uid)] * 4, "Uid of thread " + thread)
        check_eq(has["Gid"], [str(gid)] * 4, "Gid of thread " + thread)
        check_eq(has["Groups"], [], "Groups of thread " + thread)
        for field in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            check_eq(int(has[field][0], 16), 0, "%s of thread %s" % (field, thread))
        check_eq(has["NoNewPrivs"], ["1"], "NoNewPrivs of thread " + thread)


def owners(folder):
    return {os.path.relpath(path, folder): (st.st_uid, st.st_gid) for path, st in stats_of(folder).items()}


def serves(feed):
    """All of it works: an alarm is taken, a console hears of it and acts."""
    ayu = Feed(feed, "ayu")
    it = feed.alarm(kind="fire")["incident"]
    ayu.event("incident.raised", incident=it)
    ayu.do("acknowledge", it)


def refused(feed, *options):
    """Starts where it cannot; what it says."""
    done = subprocess.run(
        [SIAGAD, "--data", feed.dir, "--listen", "127.0.0.1:0", *options],
        env=environment(feed.home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20 * SLOW,
        check=False,
    )
    check_eq(done.returncode, 1, "exit status: " + done.stderr)
    return done.stderr


@as_root
def test_every_thread_gives_up_all_of_root():
    feed = start_feed()
    me = heir()
    check_rights(feed.child.pid, me.pw_uid, me.pw_gid)
    for thread, has in rights(feed.child.pid).items():
        check_eq(int(has["CapBnd"][0], 16), 0, "CapBnd of thread " + thread)
    check(b"siagad: runs as %s\n" % me.pw_name.encode() in feed.read_errors(), feed.errors)
    serves(feed)
    check_rights(feed.child.pid, me.pw_uid, me.pw_gid)
    for name, owner in owners(feed.dir).items():
        check_eq(owner, (me.pw_uid, me.pw_gid), name)
    st = os.stat(feed.dir)
    check_eq((st.st_uid, st.st_gid, st.st_mode & 0o777), (me.pw_uid, me.pw_gid, 0o700), "the folder")
    feed.stop()


@as_root
def test_what_was_said_on_the_command_line_counts_most():
    feed = Siagad(registry=False)
    other = someone_else()
    os.mkdir(feed.dir, 0o700)
    feed.args = ["--user", other.pw_name]
    feed.start()
    check_rights(feed.child.pid, other.pw_uid, other.pw_gid)
    check_eq(set(owners(feed.dir).values()), {(other.pw_uid, other.pw_gid)}, "files")
    feed.stop()


@as_root
def test_the_owner_of_the_folder_is_who_it_becomes():
    feed = Siagad(registry=False)
    other = someone_else()
    os.mkdir(feed.dir, 0o750)
    os.chown(feed.dir, other.pw_uid, other.pw_gid)
    feed.token("ayu", "operator")
    feed.token("app", "intake")
    check_eq(set(owners(feed.dir).values()), {(other.pw_uid, other.pw_gid)}, "what token add made")
    feed.start()
    check_rights(feed.child.pid, other.pw_uid, other.pw_gid)
    # Beside a feed that runs, too.
    feed.token("budi", "operator")
    feed.load_registry(os.environ["SIAGA_DATA"])
    serves(feed)
    check_eq(set(owners(feed.dir).values()), {(other.pw_uid, other.pw_gid)}, "files")
    check_eq(os.stat(feed.dir).st_mode & 0o777, 0o750, "the folder's mode is the owner's")
    feed.stop()


@as_root
def test_a_user_of_a_number_only_is_one_too():
    feed = Siagad(registry=False)
    os.mkdir(feed.dir, 0o700)
    os.chown(feed.dir, 61234, 61235)
    feed.start()
    check_rights(feed.child.pid, 61234, 61235)
    check(b"siagad: runs as 61234\n" in feed.read_errors(), feed.errors)
    feed.stop()


@as_root
def test_files_that_root_left_in_the_folder_are_given():
    feed = start_feed()
    me = heir()
    first = feed.alarm()["alarm"]
    feed.stop()
    # As a copy looks that root has put back.
    for name in os.listdir(feed.dir):
        os.chown(os.path.join(feed.dir, name), 0, 0)
    os.chown(feed.dir, 0, 0)
    with open(os.path.join(feed.dir, "notes.txt"), "w", encoding="ascii") as file:
        file.write("root's own\n")
    os.chmod(os.path.join(feed.dir, "notes.txt"), 0o600)
    feed.start()
    serves(feed)
    check_eq(feed.http("GET", "/v1/alarms/" + first, "app").status, 200, "what was there")
    found = owners(feed.dir)
    check_eq(found.pop("notes.txt"), (0, 0), "what is not the feed's")
    check_eq(set(found.values()), {(me.pw_uid, me.pw_gid)}, found)
    feed.stop()


@as_root
def test_links_are_not_followed():
    feed = start_feed()
    feed.stop()
    me = heir()
    victim = os.path.join(scope.folder(), "shadow")
    for kind in ("symbolic", "hard"):
        with open(victim, "w", encoding="ascii") as file:
            file.write("root:secret\n")
        link = os.path.join(feed.dir, "log.db.old")
        (os.symlink if kind == "symbolic" else os.link)(victim, link)
        if kind == "hard":
            check("other names" in refused(feed), "it is said")
        else:
            feed.start()
            feed.stop()
        check_eq(os.lstat(victim).st_uid, 0, "the file that a %s link leads to" % kind)
        if os.path.lexists(link):
            check(kind == "hard" or os.lstat(link).st_uid == 0, "the link itself")
            os.unlink(link)
    os.rename(feed.dir, feed.dir + ".real")
    os.symlink(feed.dir + ".real", feed.dir)
    feed.start()  # the folder's own name may be a link: root named it
    check_rights(feed.child.pid, me.pw_uid, me.pw_gid)
    feed.stop()


@as_root
def test_a_folder_that_was_named_by_mistake_stays_roots():
    feed = Siagad(registry=False)
    os.mkdir(feed.dir, 0o755)
    os.mkdir(os.path.join(feed.dir, "dpkg"))
    for said in (refused(feed), feed.admin("token", "list")[2]):
        check("%s: belongs to root and is no folder of the feed's" % feed.dir in said, said)
    check_eq(owners(feed.dir), {"dpkg": (0, 0)}, "nothing was made in it")
    check_eq(os.stat(feed.dir).st_uid, 0, "the folder")


@as_root
def test_a_folder_that_it_could_not_reach_is_named():
    feed = Siagad(registry=False)
    me = heir()
    closed = os.path.join(feed.home, "closed")
    os.mkdir(closed, 0o700)
    feed.dir = os.path.join(closed, "deep", "feed")
    want = "%s: %s may not pass through this folder, on the way to %s" % (closed, me.pw_name, feed.dir)
    said = refused(feed)
    check(want in said, said)
    status, _, said = feed.admin("token", "list")
    check_eq(status, 1, "token list")
    check(want in said, said)
    os.chmod(closed, 0o711)
    feed.start()  # the folders between were made so that it can pass
    feed.stop()


@as_root
def test_somebody_elses_folder_is_not_taken_over():
    feed = Siagad(registry=False)
    other = someone_else()
    os.mkdir(feed.dir, 0o700)
    os.chown(feed.dir, other.pw_uid, other.pw_gid)
    said = refused(feed, "--user", "nobody")
    check("%s: nobody may not write in this folder" % feed.dir in said, said)
    check_eq(os.stat(feed.dir).st_uid, other.pw_uid, "the folder")
    said = refused(feed, "--user", "tidak-ada")
    check("--user: there is no user tidak-ada" in said, said)


@as_root
def test_root_stays_root_only_when_told():
    feed = Siagad(registry=False)
    os.mkdir(feed.dir, 0o700)
    feed.args = ["--user", "root"]
    feed.start()
    check(b"siagad: runs as root\n" in feed.read_errors(), feed.errors)
    check_eq(rights(feed.child.pid)[str(feed.child.pid)]["Uid"], ["0"] * 4, "Uid")
    feed.stop()


def low_port():
    """One that only root may have and nobody has."""
    for port in range(1023, 512, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise Failure("no low port is free")


@as_root
def test_a_port_of_roots_is_bound_before():
    feed = Siagad(registry=False)
    feed.port = low_port()
    feed.token("ayu", "operator")
    feed.token("app", "intake")
    feed.start()
    me = heir()
    check(feed.port < 1024, feed.port)
    check_rights(feed.child.pid, me.pw_uid, me.pw_gid)
    serves(feed)
    feed.stop()


@as_root
def test_rights_that_a_service_manager_lends_are_given_up():
    need(shutil.which("setpriv"), "there is no setpriv")
    feed = Siagad(registry=False)
    other = someone_else()
    os.mkdir(feed.dir, 0o700)
    os.chown(feed.dir, other.pw_uid, other.pw_gid)
    feed.port = low_port()
    feed.prefix = [
        "setpriv", "--reuid", str(other.pw_uid), "--regid", str(other.pw_gid), "--clear-groups",
        "--inh-caps=-all,+net_bind_service", "--ambient-caps=-all,+net_bind_service", "--",
    ]
    feed.start()
    check_rights(feed.child.pid, other.pw_uid, other.pw_gid)
    check(b"runs as" not in feed.read_errors(), "it was not root:", feed.errors)
    feed.stop()


@as_root
def test_a_registry_that_only_root_may_read_is_loaded():
    feed = Siagad(registry=False)
    secret = os.path.join(feed.home, "registry")
    shutil.copytree(os.environ["SIAGA_DATA"], secret)
    os.chmod(secret, 0o700)
    feed.load_registry(secret)
    check_eq(owners(feed.dir)["admin.db"][0], heir().pw_uid, "admin.db")
    done = feed.admin("registry", "load", os.path.join(secret, "tidak-ada"))
    check_eq(done[0], 1, "exit status")


def traced(words, feed):
    """What a command did with users and files: the calls, in order."""
    trace = os.path.join(scope.folder(), "trace")
    done = subprocess.run(
        ["strace", "-f", "-o", trace, "-e", "trace=setresuid,openat,open,unlink,rename", SIAGAD, *words,
         "--data", feed.dir],
        env=environment(feed.home), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=40 * SLOW, check=False)
    check(done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr)
    with open(trace, encoding="utf-8") as file:
        return done, file.read().splitlines()


@as_root
def test_commands_that_only_look_become_the_owner_before_they_open_anything():
    need(shutil.which("strace"), "there is no strace")
    need(not has_sanitizer(), "a sanitizer and strace do not go together")
    feed = Siagad()
    other = someone_else()
    os.chmod(feed.home, 0o755)
    for name in [feed.dir, *(os.path.join(feed.dir, name) for name in os.listdir(feed.dir))]:
        os.chown(name, other.pw_uid, other.pw_gid)
    for name, role in (("app", "intake"), ("ayu", "operator")):
        feed.token(name, role)
    feed.start()
    feed.alarm()
    for stopped in (False, True):
        if stopped:
            feed.stop()
        for words in (("check",), ("who", "--since", "7d"), ("purge", "--older-than", "1d", "--dry-run"),
                      ("purge", "--older-than", "1d"), ("doctor",), ("token", "list")):
            done, calls = traced(words, feed)
            check_eq(done.returncode, 0, "%s: %s%s" % (words, done.stdout, done.stderr))
            became = [at for at, call in enumerate(calls) if "setresuid(%d, %d, %d)" % ((other.pw_uid,) * 3) in call]
            opened = [at for at, call in enumerate(calls) if feed.dir + "/" in call]
            check(became and opened, words, calls)
            check(became[0] < opened[0], words, "opened as root:", calls[opened[0]])
        check_eq(set(owners(feed.dir).values()), {(other.pw_uid, other.pw_gid)}, owners(feed.dir))


@as_root
def test_looking_gives_nothing_away_and_makes_nothing():
    feed = Siagad()
    for name in os.listdir(feed.dir):
        os.chown(os.path.join(feed.dir, name), 0, 0)
    os.chown(feed.dir, 0, 0)
    for words in (("check",), ("who", "--since", "7d"), ("doctor",)):
        feed.admin(*words)
        check_eq(set(owners(feed.dir).values()), {(0, 0)}, owners(feed.dir))
        check_eq(os.stat(feed.dir).st_uid, 0, "the folder")
    none = Siagad(registry=False)
    for words in (("check",), ("who", "--since", "7d"), ("purge", "--older-than", "1d"), ("doctor",)):
        none.admin(*words)
        check(not os.path.exists(none.dir), words)


@as_root
def test_a_folder_that_its_owner_cannot_reach_is_named_to_who_looks():
    feed = Siagad(registry=False)
    closed, other = os.path.join(feed.home, "closed"), someone_else()
    feed.dir = os.path.join(closed, "feed")
    os.makedirs(feed.dir, 0o700)
    os.chmod(closed, 0o700)
    os.chmod(feed.home, 0o755)
    os.chown(feed.dir, other.pw_uid, other.pw_gid)
    want = "%s: %s may not pass through this folder, on the way to %s" % (closed, other.pw_name, feed.dir)
    for words in (("check",), ("who", "--since", "7d")):
        status, _, said = feed.admin(*words)
        check_eq(status, 1, words)
        check(want in said, said)


@as_root
def test_a_backup_that_root_takes_is_roots_and_leaves_nothing_of_roots_behind():
    feed = start_feed()
    me = heir()
    feed.alarm()
    private = os.path.join(feed.home, "private")
    os.mkdir(private, 0o700)
    for stopped in (False, True):
        if stopped:
            feed.stop()
        copy = os.path.join(private, "copy-%d" % stopped)
        status, _, errors = feed.admin("backup", copy)
        check_eq(status, 0, errors)
        check_eq(set(owners(copy).values()), {(0, 0)}, "the copy")
        check_eq(set(owners(feed.dir).values()), {(me.pw_uid, me.pw_gid)}, owners(feed.dir))


def test_who_is_not_root_stays_who_it_is():
    if os.geteuid() == 0:
        need(shutil.which("setpriv"), "there is no setpriv")
        feed = Siagad(registry=False)
        other = someone_else()
        os.mkdir(feed.dir, 0o700)
        os.chown(feed.dir, other.pw_uid, other.pw_gid)
        feed.prefix = ["setpriv", "--reuid", str(other.pw_uid), "--regid", str(other.pw_gid),
                       "--clear-groups", "--"]
        feed.start()
        check_rights(feed.child.pid, other.pw_uid, other.pw_gid)
        words = [*feed.prefix, SIAGAD, "--data", feed.dir, "--listen", "127.0.0.1:0", "--user", "root"]
    else:
        feed = start_feed()
        for thread, has in rights(feed.child.pid).items():
            check_eq(has["NoNewPrivs"], ["1"], "NoNewPrivs of thread " + thread)
        words = [SIAGAD, "--data", feed.dir, "--listen", "127.0.0.1:0", "--user", "root"]
    done = subprocess.run(words, env=environment(feed.home), capture_output=True, text=True,
                          timeout=20 * SLOW, check=False)
    check_eq((done.returncode, done.stderr), (1, "siagad: --user: only root can become root\n"))
    feed.stop()


def children(pid):
    """(pid, name) of those whose parent it is."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % entry, encoding="utf-8") as file:
                text = file.read()
        except (OSError, ValueError):
            continue
        if int(text.rsplit(")", 1)[1].split()[1]) == pid:
            found.append((int(entry), text[text.index("(") + 1 : text.rindex(")")]))
    return found


@as_root
def test_the_demo_of_root_is_nobodys_and_ends_with_it():
    for number in (signal.SIGTERM, signal.SIGKILL):
        home = scope.folder()
        child = scope.start(
            [SIAGA, "--plain", "--demo"],
            env=environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        line = child.stdout.readline()
        check(line, "the demo says something")
        feed = eventually(
            lambda: [pid for pid, name in children(child.pid) if name == "siagad"], "its siagad runs"
        )[0]
        eventually(lambda: len(rights(feed)) >= 2, "it serves")
        check_rights(feed, heir().pw_uid, heir().pw_gid)
        with open("/proc/%d/cmdline" % feed, "rb") as file:
            folder = os.path.dirname(file.read().split(b"--data\0")[1].split(b"\0")[0].decode())
        child.send_signal(number)
        child.wait(timeout=20 * SLOW)
        eventually(lambda: not os.path.exists("/proc/%d" % feed), "the feed ends with the console")
        if number == signal.SIGTERM:
            check(not os.path.exists(folder), "nothing of it is left")
        else:
            shutil.rmtree(folder)


run(globals())
