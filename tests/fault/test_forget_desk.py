"""What the feed has forgotten goes from a console's folder, too: from the cache, and from what was set aside."""

import fcntl
import os
import shutil
import sqlite3

from old_days import OLD, found, lived_long_ago, purge, words_in
from plain_console import Plain
from siaga_test import check, check_eq, eventually, run, scope


def test_what_was_set_aside_and_is_damaged_in_one_place_tells_of_nobody_either():
    feed, states, _ = lived_long_ago(("ayu",))
    state = states["ayu"]
    path = os.path.join(state, "cache.db")
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = dict(db.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0"))
    db.close()
    copies = []
    for at, table in enumerate(("event_personal", "event", "history", "incident", "outbox")):
        copies.append("%s.aside-20260101T00000%dZ" % (path, at))
        shutil.copyfile(path, copies[-1])
        with open(copies[-1], "r+b") as file:
            file.seek(4096 * (pages[table] - 1))
            file.write(b"\xff" * 4096)
    nobody = path + ".aside-20260101T000009Z"
    shutil.copyfile(path, nobody)
    db = sqlite3.connect(nobody)
    with db:
        db.execute("DELETE FROM event")
        db.execute("UPDATE history SET caller = '', phone = ''")
    db.close()
    feed.start()
    purge(feed)
    ayu = Plain(feed, "ayu", state=state)
    ayu.wait("LIVE")
    eventually(lambda: not any(os.path.exists(copy) for copy in copies),
               lambda: "%r" % [os.path.exists(copy) for copy in copies], 20)
    check(os.path.exists(nobody), "one that tells of nobody stays")
    os.unlink(nobody)
    eventually(lambda: found(state, OLD) == set(), lambda: "left: %r" % found(state, OLD), 20)
    ayu.quit()
    feed.stop()


def test_what_is_set_aside_at_the_start_tells_of_nobody_whatever_is_broken_in_it():
    def header(path):
        with open(path, "r+b") as file:
            file.write(b"\xa5" * 100)

    def schema(path):
        with open(path, "r+b") as file:
            file.seek(100)
            file.write(b"\0" * 500)

    def cut_off(path):
        os.truncate(path, os.path.getsize(path) // 4096 * 4096 - 4096)

    feed, states, _ = lived_long_ago(names=("ayu",))
    whole = states["ayu"]
    db = sqlite3.connect(os.path.join(whole, "cache.db"))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    feed.start()
    purge(feed)
    for spoil in (header, schema, cut_off):
        state = os.path.join(scope.folder(), "state")
        shutil.copytree(whole, state)
        spoil(os.path.join(state, "cache.db"))
        check("Aminah" in words_in(state, OLD), spoil.__name__, "it is there")
        ayu = Plain(feed, "ayu", state=state)
        ayu.wait("are set aside as")
        ayu.wait("LIVE")
        eventually(lambda: found(state, OLD) == set(), lambda: "%s: %r" % (spoil.__name__, found(state, OLD)), 20)
        ayu.quit()
    feed.stop()


def test_a_console_killed_while_it_forgets_goes_on_with_it():
    feed, states, _ = lived_long_ago(names=("ayu",))
    feed.start()
    purge(feed)
    for _ in range(3):
        ayu = Plain(feed, "ayu", state=states["ayu"])
        ayu.wait("LIVE")
        ayu.child.kill()
        ayu.child.wait()
    alone = Plain(None, state=states["ayu"], args=("--offline",))
    eventually(lambda: found(states["ayu"], OLD) == set(), lambda: "ayu: %r" % found(states["ayu"], OLD), 20)
    alone.quit()
    feed.stop()


def test_what_could_not_be_noted_when_it_was_told_is_forgotten_on_the_same_link():
    feed, states, _ = lived_long_ago(names=("ayu",))
    feed.start()
    purge(feed)
    for number, held in enumerate(("opening", "writing")):
        state = os.path.join(scope.folder(), "held-%d" % number)
        shutil.copytree(states["ayu"], state)
        check("Aminah" in words_in(state, OLD), "it is there")
        stopped = sqlite3.connect(os.path.join(state, "cache.db"), isolation_level=None)
        # Nothing else will be missing in it: the feed has no reason to say anything again. When it is only opened
        # later, that this console has come is a step of the log that it need not ask for.
        stopped.execute("UPDATE meta SET last_seq = ?, mark = ''", (feed.head() + (held == "opening"),))
        with open(os.path.join(state, "cache.lock"), "r+b") as lock:
            if held == "opening":
                fcntl.flock(lock, fcntl.LOCK_EX)
            else:
                stopped.execute("BEGIN IMMEDIATE")
            ayu = Plain(feed, "ayu", state=state)
            ayu.wait("LIVE")
            eventually(lambda: ayu.read(0) or ayu.told("Nothing can be kept on this machine"), "it is said")
            if held == "writing":
                stopped.execute("ROLLBACK")
            stopped.close()
        eventually(lambda: found(state, OLD) == set(), lambda: "%s: %r" % (held, found(state, OLD)), 25)
        check_eq(ayu.told("LOST|LIVE.*LIVE"), [], "another link")
        ayu.quit()
    feed.stop()


def test_two_consoles_on_one_cache():
    feed, states, _ = lived_long_ago(names=("ayu",))
    feed.start()
    both = [Plain(feed, "ayu", state=states["ayu"]) for _ in range(2)]
    for plain in both:
        plain.wait("LIVE")
    purge(feed)
    eventually(lambda: found(states["ayu"], OLD) == set(), lambda: "ayu: %r" % found(states["ayu"], OLD), 25)
    for plain in both:
        plain.quit()
    check_eq(found(states["ayu"], OLD), set(), "after they ended")
    feed.stop()

run(globals())
