"""What the feed has forgotten goes from a console's folder, too: from the cache, and from what was set aside."""

import fcntl
import os
import shutil
import sqlite3

from old_days import OLD, cached_seq, ended_rows, found, lived_long_ago, long_ago, purge, words_in
from plain_console import Plain
from siaga_test import Feed, check, check_eq, environment, eventually, run, scope, start_feed


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

def unsent(state):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True)
    try:
        return db.execute("SELECT frame FROM outbox").fetchall()
    finally:
        db.close()


def many_callers_long_ago(callers):
    """A feed and a console's folder with so many incidents that ended then."""
    feed = start_feed()
    feed.stop()
    feed.wrap = long_ago
    feed.start()
    env = long_ago(environment(feed.home))
    ayu = Plain(feed, "ayu", env={k: env[k] for k in ("LD_PRELOAD", "SIAGA_TEST_CLOCK_S", "ASAN_OPTIONS")})
    ayu.wait("LIVE")
    desk = Feed(feed, "ayu")
    for caller in callers:
        it = feed.alarm(kind="fire", place="Pasar", caller={"name": caller}, note="terbakar " * 20)["incident"]
        desk.do("acknowledge", it)
        desk.do("close", it, disposition="handled")
    desk.close()
    eventually(lambda: cached_seq(ayu.state) >= feed.head(), "the console has it", 20)
    eventually(lambda: len(ended_rows(ayu.state)) == len(callers), "rows", 20)
    ayu.quit()
    feed.stop()
    feed.wrap = lambda env: env
    return feed, ayu.state


def spoil_events_of(state, caller):
    """A page with what was said of that one; the console that has the file open reads it again."""
    path = os.path.join(state, "cache.db")
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(path, "r+b") as file:
        data = file.read()
        of_table = b'"type":"incident.raised"'
        pages = [at for at in range(0, len(data), 4096)
                 if data[at] == 13 and of_table in data[at:at + 4096] and caller in data[at:at + 4096]]
        check(pages, "a leaf of the table of events")
        file.seek(pages[0])
        file.write(b"\xff" * 4096)
    with db:
        db.execute("UPDATE meta SET saved_at_ms = saved_at_ms + 1")
    db.close()


def test_damage_that_is_met_while_it_forgets_is_told_and_the_next_start_forgets():
    callers = ["Aminah%02d" % number for number in range(30)]
    feed, state = many_callers_long_ago(callers)
    feed.start()
    ayu = Plain(feed, "ayu", state=state)
    ayu.wait("LIVE")
    spoil_events_of(state, b"Aminah02")
    purge(feed)
    ayu.wait("Nothing can be kept on this machine: file damaged: .*malformed", 20)
    check(os.path.exists(os.path.join(state, "cache.suspect")), "noted beside it")
    # What was not sent is no less safe for that.
    it = feed.alarm(place="Gladag")["number"]
    ayu.wait("Gladag")
    feed.kill()
    ayu.wait("LOST")
    ayu.say('note %d "belum terkirim"' % it)
    ayu.wait("outbox")
    ayu.child.kill()
    ayu.child.wait()
    feed.start()
    again = Plain(feed, "ayu", state=state)
    again.wait("are set aside as", 20)
    again.wait("LIVE", 20)
    asked = []

    def is_sent():
        again.read()
        if not asked and again.told("NOT SENT for"):
            asked.append(again.say("send"))
        return not unsent(state)

    eventually(is_sent, "sent", 20)
    eventually(lambda: found(state, callers) == set(), lambda: "left: %r" % found(state, callers), 20)
    again.quit()
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(feed.head())
    notes = [event for event in desk.events if event["data"].get("note") == "belum terkirim"]
    check_eq([note["by"]["name"] for note in notes], ["ayu"], "sent once")
    desk.close()
    feed.stop()


run(globals())
