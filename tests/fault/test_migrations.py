"""Files that older programs have left: brought up to date whole, or not at all; newer ones are not touched."""

import hashlib
import os
import signal
import sqlite3
import subprocess

from faultdisk import Disk
from siaga_test import (SIAGA, SIAGAD, SLOW, Siagad, check, check_eq, environment, eventually, figure, run,
                        scope, takes)

DATA = os.environ.get("SIAGA_TEST_DATA", os.path.join(os.path.dirname(__file__), "..", "data"))


def rows(path, sql):
    link = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        return link.execute(sql).fetchall()
    finally:
        link.close()


class Kind:
    """A file, the program that opens it for writing, and what must be in it whatever its schema."""

    def __init__(self, name, fixtures, argv, kept):
        self.name = name
        self.fixtures = fixtures
        self.argv = argv
        self.kept = kept

    def unpack(self, fixture, folder):
        os.makedirs(folder, 0o700, exist_ok=True)
        path = os.path.join(folder, self.name)
        with open(os.path.join(DATA, fixture), encoding="utf-8") as text:
            link = sqlite3.connect(path)
            link.executescript(text.read())
            link.execute("PRAGMA journal_mode=WAL")
            link.close()
        os.chmod(path, 0o600)
        return path

    def open(self, home, folder, env=None):
        """Starts the program on the folder and ends it: (exit status, what it said)."""
        child = scope.start(self.argv(folder), env=env or environment(home), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(child.stdout.fileno(), False)
        said = b""

        def is_over():
            nonlocal said
            said += child.stdout.read() or b""
            if b"siagad: listening" in said:
                child.send_signal(signal.SIGTERM)
            return child.poll() is not None

        eventually(is_over, "it ends", 20)
        said += child.stdout.read() or b""
        return child.returncode, said.decode()

    def content(self, path):
        return [rows(path, sql) for sql in self.kept]

    def schema(self, path):
        return sorted(rows(path, "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"))

    def version(self, path):
        return rows(path, "PRAGMA user_version")[0][0]

    def new(self):
        """The schema of a file that the program makes itself."""
        home = scope.folder()
        folder = os.path.join(home, "new")
        status, said = self.open(home, folder)
        check_eq(status, 0, said)
        path = os.path.join(folder, self.name)
        return self.version(path), self.schema(path)


KINDS = (
    Kind("log.db", ("log-v1.sql", "log-v2.sql"), lambda folder: [SIAGAD, "--data", folder, "--listen", "127.0.0.1:0"],
         ("SELECT seq, at_ms, incident, number, type, body, masked FROM event ORDER BY seq",
          "SELECT * FROM incident ORDER BY id", "SELECT * FROM alarm ORDER BY id",
          "SELECT id, seq FROM answer ORDER BY id", "SELECT value FROM meta WHERE key = 'feed'")),
    Kind("admin.db", ("admin-v1.sql",), lambda folder: [SIAGAD, "token", "list", "--data", folder],
         ("SELECT name, role, agency, hash, made_at_ms, revoked_at_ms FROM token ORDER BY name",
          "SELECT rev, json FROM registry")),
    Kind("cache.db", ("cache-v1.sql", "cache-v2.sql"),
         lambda folder: [SIAGA, "--plain", "--offline", "--state", folder],
         ("SELECT seq, at_ms, incident, body FROM event ORDER BY seq", "SELECT id, at_ms, frame FROM outbox",
          "SELECT id, ended_at_ms FROM incident ORDER BY id", "SELECT json FROM registry",
          "SELECT feed, last_seq, saved_at_ms, name, role, agency FROM meta")),
)


def check_whole(path):
    check_eq(rows(path, "PRAGMA integrity_check"), [("ok",)], path)


def without_masked(content):
    """The log's forms for others are filled in; what was written stays."""
    return [[row[:-1] if len(row) == 7 else row for row in part] for part in content]


def same(kind, path, before, what):
    now = kind.content(path)
    if kind.name == "log.db":
        now, before = without_masked(now), without_masked(before)
    check_eq(now, before, what)


def each_fixture():
    for kind in KINDS:
        for fixture in kind.fixtures:
            yield kind, fixture


def test_every_schema_that_ever_shipped_comes_forward():
    for kind, fixture in each_fixture():
        newest, schema = kind.new()
        home = scope.folder()
        folder = os.path.join(home, "old")
        path = kind.unpack(fixture, folder)
        before = kind.content(path)
        first = kind.version(path)
        check_eq("-v%d." % first in fixture, True, fixture)
        status, said = kind.open(home, folder)
        check_eq(status, 0, fixture + ": " + said)
        check_eq(kind.version(path), newest, fixture)
        check_eq(kind.schema(path), schema, "it is as one that is made today")
        check_whole(path)
        same(kind, path, before, fixture)
        status, said = kind.open(home, folder)
        check_eq(status, 0, "and again: " + said)
        figure("%s, schema %d to" % (kind.name, first), newest)
    # Every schema below the newest has its fixture.
    for kind in KINDS:
        newest, _ = kind.new()
        have = {int(name.split("-v")[1].split(".")[0]) for name in kind.fixtures}
        missing = sorted(set(range(1, newest)) - have)
        check(not missing, "no fixture of %s with schema %r" % (kind.name, missing))


def test_a_cache_of_an_older_console_is_used():
    for fixture in KINDS[2].fixtures:
        home = scope.folder()
        folder = os.path.join(home, "old")
        path = KINDS[2].unpack(fixture, folder)
        status, said = KINDS[2].open(home, folder)
        check_eq(status, 0, said)
        check("1 open" in said or "#2" in said, said)
        check_eq(rows(path, "SELECT number, place, state, phone FROM history"),
                 [(1, "Pasar Gede", "closed", "+62 271 555 0117")], fixture)
        check_eq(rows(path, "SELECT rowid IS NOT NULL FROM history_words WHERE history_words MATCH 'tebal*'"),
                 [(1,)], "and is found by its words")


def test_tokens_of_an_older_siagad_still_open():
    feed = Siagad(registry=False)
    KINDS[1].unpack("admin-v1.sql", feed.dir)
    with open(os.path.join(DATA, "admin-v1.sql"), encoding="utf-8") as text:
        feed.tokens["ayu"] = [word for word in text.read().split() if word.startswith("siaga_")][0]
    feed.start()
    check_eq(feed.http("POST", "/v1/alarms", "ayu", {}).status, 403, "an operator's, and known")
    feed.stop()


def broken_off(kind, fixture, how, room):
    """The program is stopped by the disk after so many bytes; False: it was through before that."""
    home = scope.folder()
    disk = Disk(os.path.join(home, "old"))
    path = kind.unpack(fixture, disk.folder)
    before, first = kind.content(path), kind.version(path)
    disk.fail(how, room)
    status, said = kind.open(home, disk.folder, disk.env(environment(home)))
    what = "%s, %s after %d bytes" % (fixture, how, room)
    check("not an error" not in said, what, said)
    if status != 0:
        check_eq(status, -signal.SIGKILL if how == "kill" else 1, what + ": " + said)
        if how != "kill":
            check("full" in said and "damaged" not in said, what, said)
    check_whole(path)
    check(kind.version(path) >= first, what)
    same(kind, path, before, what)
    check(not [name for name in os.listdir(disk.folder) if "aside" in name], what)
    disk.heal()
    newest, schema = kind.newest
    again, said_then = kind.open(home, disk.folder)
    check_eq(again, 0, what + ", then: " + said_then)
    check_eq((kind.version(path), kind.schema(path)), (newest, schema), what)
    check_whole(path)
    same(kind, path, before, what + ", then")
    return status != 0


# Bytes after which the disk is full, or the program dead.
ROOMS = (1, 4120, 20000, 33000, 60000)
if os.environ.get("SIAGA_ROOMS") == "all":
    ROOMS = tuple(sorted((0, 1, *range(4000, 60000, 4000), *range(4120, 60000, 8240), 100000, 170000)))


@takes(600)
def test_a_migration_that_is_broken_off_is_finished_by_the_next_start():
    for kind in KINDS:
        kind.newest = kind.new()
    stopped = {"room": 0, "kill": 0}
    for kind, fixture in each_fixture():
        if kind.version(kind.unpack(fixture, os.path.join(scope.folder(), "look"))) == kind.newest[0]:
            continue  # There is nothing to migrate yet.
        for how in stopped:
            for room in ROOMS:
                done = broken_off(kind, fixture, how, room)
                stopped[how] += done
                if not done:
                    break
    figure("migrations on a disk that was full", stopped["room"])
    figure("migrations that were killed", stopped["kill"])
    check(min(stopped.values()) >= 4, "hardly any was stopped: %r" % stopped)


@takes(600)
def test_a_new_file_is_whole_or_not_there():
    stopped = {"room": 0, "kill": 0}
    for kind in KINDS:
        newest, schema = kind.new()
        for how in stopped:
            for room in ROOMS:
                home = scope.folder()
                disk = Disk(os.path.join(home, "new"))
                disk.fail(how, room)
                status, said = kind.open(home, disk.folder, disk.env(environment(home)))
                what = "%s, %s after %d bytes: %s" % (kind.name, how, room, said)
                check(status in (0, 1, -signal.SIGKILL) and "damaged" not in said, what)
                stopped[how] += status != 0
                disk.heal()
                again, said = kind.open(home, disk.folder)
                check_eq(again, 0, what + ", then: " + said)
                path = os.path.join(disk.folder, kind.name)
                check_whole(path)
                check_eq((kind.version(path), kind.schema(path)), (newest, schema), what)
                check(not [name for name in os.listdir(disk.folder) if "aside" in name], what)
    figure("new files on a disk that was full", stopped["room"])
    figure("new files whose program was killed", stopped["kill"])


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def test_a_newer_schema_is_refused_and_not_touched():
    for kind in KINDS:
        fixture = kind.fixtures[-1]
        home = scope.folder()
        folder = os.path.join(home, "new")
        path = kind.unpack(fixture, folder)
        link = sqlite3.connect(path)
        link.execute("PRAGMA user_version=99")
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.close()
        before = digest(path), os.stat(path).st_mtime_ns
        doctor = ([SIAGA, "doctor", "--offline", "--state", folder] if kind.name == "cache.db"
                  else [SIAGAD, "doctor", "--data", folder])
        for argv in (kind.argv(folder), doctor):
            done = subprocess.run(argv, env=environment(home), stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=20 * SLOW, check=False)
            said = " ".join((done.stdout + done.stderr).split())
            check_eq(done.returncode, 1, said)
            check("written by a newer siaga (schema 99, this one knows" in said, said)
            check_eq((digest(path), os.stat(path).st_mtime_ns), before, argv)
        check(not [name for name in os.listdir(folder) if "aside" in name], "nothing is set aside")


run(globals())
