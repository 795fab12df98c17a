"""siagad purge: who called and what was typed is gone from every byte that is kept, in the feed and on
every console, and all the rest stays.

SIAGA_KILLS says how often it is killed in the middle.
"""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import uuid

from faultdisk import Disk
from old_days import (
    DAY_S,
    OLD,
    YOUNG,
    cached_seq,
    clean,
    ended_rows,
    found,
    lived_long_ago,
    purge,
    words_in,
)
from plain_console import Plain
from siaga_test import (
    SIAGAD,
    SLOW,
    Console,
    Feed,
    Siagad,
    check,
    check_eq,
    environment,
    eventually,
    figure,
    run,
    scope,
)

KILLS = int(os.environ.get("SIAGA_KILLS", "4"))


def test_nothing_of_a_caller_is_left_anywhere():
    feed, states, (fire, second, open_one) = lived_long_ago()
    check_eq(words_in(feed.dir, OLD), set(OLD) - {"5550117"}, "it was there")
    check("Aminah" in words_in(states["ayu"], OLD), "and on the console")
    feed.start()
    first_head = feed.head()
    ayu = Console(feed, "ayu", state=states["ayu"])
    ayu.wait("LIVE")
    budi = Feed(feed, "budi")
    young = feed.alarm(kind="crime", place="Gladag", caller={"name": "Barusari"}, note="lari")["incident"]
    budi.do("acknowledge", young)
    budi.do("close", young, disposition="handled")
    budi.until_seq(feed.head())
    # What was set aside lately and tells nothing, long ago, and lately with no more to be read in it.
    harmless, long_gone, broken = (
        os.path.join(ayu.state_dir, "cache.db.aside-2020010%dT000000Z" % day) for day in (1, 2, 4)
    )
    alone = Plain(args=("--offline",))
    alone.quit()
    shutil.copyfile(os.path.join(alone.state, "cache.db"), harmless)
    shutil.copyfile(harmless, long_gone)
    with open(broken, "wb") as file:
        file.write(b"Aminah")
    for path, days in ((harmless, 2), (long_gone, 95), (broken, 2)):
        os.utime(path, (time.time() - days * DAY_S,) * 2)
    # A whole one, set aside a moment ago, with what is in the cache.
    told_of = os.path.join(ayu.state_dir, "cache.db.aside-20200103T000000Z")
    with sqlite3.connect(os.path.join(ayu.state_dir, "cache.db")) as db:
        db.execute("VACUUM INTO ?", (told_of,))
    db.close()
    check("Aminah" in words_in(states["ayu"], OLD), "in it, too")
    # What would be forgotten; nothing is.
    said = purge(feed, "--dry-run")
    check(said.startswith("would forget 2 incidents that ended before ") and "2 callers" in said, said)
    check_eq(feed.head(), budi.seen, "a dry run writes nothing")
    check("Aminah" in words_in(feed.dir, OLD), "a dry run forgets nothing")
    said = purge(feed)
    check(said.startswith("forgot 2 incidents"), said)
    # The feed.
    check_eq(found(feed.dir, OLD), set(), "left in the feed's files")
    check_eq(words_in(feed.dir, YOUNG), set(YOUNG), "what is young stays")
    clean(feed)
    # A console that is there.
    eventually(lambda: found(states["ayu"], OLD) == set(), lambda: "ayu: %r" % found(states["ayu"], OLD), 20)
    check_eq(words_in(states["ayu"], YOUNG), set(YOUNG), "what is young stays")
    check_eq([os.path.exists(path) for path in (harmless, long_gone, broken, told_of)], [True] + [False] * 3, "asides")
    check_eq(
        ended_rows(states["ayu"]),
        [
            (1, "fire", "Pasar Legi", "fire_out", "", ""),
            (2, "fire", "", "prank", "", ""),
            (4, "crime", "Gladag", "handled", "Barusari", ""),
        ],
        "what is left of the history",
    )
    ayu.keys("H")
    ayu.wait("Pasar Legi")
    ayu.wait("#1")
    ayu.keys("Esc")
    ayu.quit()
    # A console that was away.
    tamu = Plain(feed, "tamu", state=states["tamu"])
    tamu.wait("LIVE")
    eventually(lambda: found(states["tamu"], OLD) == set(), lambda: "tamu: %r" % found(states["tamu"], OLD), 20)
    tamu.quit()
    check_eq(found(states["tamu"], OLD), set(), "after it ended, too")
    # One that begins now.
    for name in ("sari", "tamu", "damkar"):
        anew = Feed(feed, name, after=0)
        anew.until_seq(feed.head())
        text = json.dumps(anew.events)
        check_eq([word for word in OLD if word in text], [], name)
        check("Barusari" in text or name != "sari", text)
        raised = anew.event("incident.raised", incident=fire)
        check_eq((raised["data"]["place"], raised["data"]["kind"]), ("Pasar Legi", "fire"))
        check_eq(anew.event("incident.closed", incident=fire)["by"]["name"], "ayu", "who did it stays")
        anew.event("log.purged")
        anew.close()
    fresh = Plain(feed, "sari")
    fresh.wait("LIVE")
    check_eq(fresh.told("skipped"), [], "a bare event is no bad message")
    fresh.quit()
    # What is said about it later goes with the next one, and nothing of the rest comes back.
    budi.do("note", fire, note="tambahan")
    fresh = Plain(feed, "sari", state=fresh.state)
    fresh.wait("LIVE")
    eventually(lambda: cached_seq(fresh.state) >= feed.head(), "the console has it", 20)
    check_eq(words_in(feed.dir, ("tambahan",)), {"tambahan"})
    purge(feed)
    check_eq(found(feed.dir, ("tambahan",)), set(), "left of what was said later")
    eventually(lambda: found(fresh.state, ("tambahan",)) == set(), "the console forgets it, too", 20)
    fresh.quit()
    feed.stop()
    check_eq(found(feed.dir, OLD), set(), "left after a stop")
    feed.start()
    check_eq(feed.alarm("app", key="press-new", caller={"name": "Barusari"})["number"], 5)
    feed.stop()
    check(feed.head is not None and first_head > 0, "it was there")
    check_eq(found(feed.dir, OLD), set(), "left after a restart")
    clean(feed)


def test_without_a_feed_the_command_does_it_itself():
    feed, states, (fire, _, _) = lived_long_ago(names=("ayu",))
    purge(feed)
    check_eq(found(feed.dir, OLD), set(), "left")
    check_eq(words_in(feed.dir, YOUNG), set(YOUNG) - {"Barusari"}, "what is open stays")
    clean(feed)
    said = purge(feed)
    check("forgot 0 incidents" in said, said)
    # Answers that young are still given; those of then are gone with it.
    feed.start()
    same = feed.alarm(key="press-1")
    check_eq(feed.alarm(key="press-1"), same)
    ayu = Plain(feed, "ayu", state=states["ayu"])
    ayu.wait("LIVE")
    eventually(lambda: found(states["ayu"], OLD) == set(), lambda: "ayu: %r" % found(states["ayu"], OLD), 20)
    ayu.quit()
    feed.stop()
    clean(feed)


def test_a_slip_of_the_hand_forgets_nothing():
    feed, _, _ = lived_long_ago(names=())
    for words in ((), ("--older-than", "90"), ("--older-than", "90m"), ("--older-than", "23h"),
                  ("--older-than", "-1d"), ("--older-than", "99999999d"), ("--older-than", "36500d")):
        status, _, errors = feed.admin("purge", *words)
        check_eq(status, 2, "%r: %s" % (words, errors))
    status, out, errors = feed.admin("purge", "--older-than", "365d")
    check_eq(status, 0, errors)
    check("forgot 0 incidents" in out, out)
    check("Aminah" in words_in(feed.dir, OLD), "nothing was that old")


def test_a_copy_and_a_secret_change_of_what_was_forgotten():
    feed, _, _ = lived_long_ago(names=())
    purge(feed)
    copy = os.path.join(feed.home, "copy")
    status, out, errors = feed.admin("backup", copy)
    check_eq(status, 0, errors)
    check_eq(found(copy, OLD), set(), "left in the copy")
    # What was forgotten without a purge that says so shows.
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    db.execute(
        "UPDATE event SET body = bare, bare = NULL, masked = NULL, salt = NULL, purged_at_ms = 1"
        " WHERE body LIKE '%masihjalan%'"
    )
    db.commit()
    db.close()
    status, out, _ = feed.admin("check")
    check_eq(status, 1, out)
    check("no purge says so" in out, out)


def test_a_copy_on_a_disk_that_fails_is_none():
    feed, _, _ = lived_long_ago(names=())
    shelf = os.path.join(feed.home, "shelf")
    disk = Disk(shelf)
    sizes = sum(os.path.getsize(os.path.join(feed.dir, name)) for name in ("log.db", "admin.db"))
    for how, room in (("full", None), ("room", 4096), ("room", sizes // 2), ("write error", None), ("sync error", None)):
        disk.fail(how, room)
        done = subprocess.run(
            [SIAGAD, "backup", os.path.join(shelf, "copy"), "--data", feed.dir],
            env=disk.env(environment(feed.home)),
            capture_output=True,
            text=True,
            timeout=20 * SLOW,
            check=False,
        )
        check_eq((done.returncode, done.stdout), (1, ""), "%s: %s" % (how, done.stderr))
        check(done.stderr.startswith("siagad: "), done.stderr)
        check_eq(os.listdir(shelf), [], "%s: left over" % how)
    disk.heal()
    status, _, errors = feed.admin("backup", os.path.join(shelf, "copy"))
    check_eq(status, 0, errors)


def test_on_a_full_disk_it_waits_until_there_is_room():
    feed = big_feed(300)
    disk = Disk(feed.dir)
    feed.wrap = disk.env
    feed.start()
    disk.fail("full")
    child = scope.start(
        [SIAGAD, "purge", "--older-than", "90d", "--data", feed.dir],
        env=environment(feed.home),
        stdout=subprocess.PIPE,
        text=True,
    )
    asked = lambda: sqlite3.connect(os.path.join(feed.dir, "admin.db")).execute("SELECT * FROM purge").fetchone()
    eventually(asked, "it is asked")
    check_eq(feed.http("POST", "/v1/alarms", "app", {"lat": -7.5, "lon": 110.8}).status, 503)
    disk.heal()
    out, _ = child.communicate(timeout=30 * SLOW)
    check("forgot 300 incidents" in out, out)
    check_eq(found(feed.dir, OLD), set(), "left")
    feed.alarm()
    feed.stop()
    clean(feed)


def test_a_wish_that_cannot_be_read_at_once_is_not_forgotten():
    feed = big_feed(20)
    disk = Disk(feed.dir)
    feed.wrap = disk.env
    feed.start()
    feed.child.send_signal(signal.SIGSTOP)
    child = scope.start(
        [SIAGAD, "purge", "--older-than", "90d", "--data", feed.dir],
        env=environment(feed.home),
        stdout=subprocess.PIPE,
        text=True,
    )
    admin = sqlite3.connect(os.path.join(feed.dir, "admin.db"))
    eventually(lambda: admin.execute("SELECT * FROM purge").fetchone(), "it is asked")
    admin.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = admin.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'purge'").fetchone()[0]
    disk.fail("read error", (page - 1) * admin.execute("PRAGMA page_size").fetchone()[0])
    admin.close()
    feed.child.send_signal(signal.SIGCONT)
    eventually(lambda: b"the wish to forget persons cannot be read now" in feed.read_errors(), "it is said")
    disk.heal()
    out, _ = child.communicate(timeout=30 * SLOW)
    check("forgot 20 incidents" in out, out)
    check_eq(found(feed.dir, OLD), set(), "left")
    feed.stop()


# --- large logs, made as an older siagad would have left them ---


def stamp(at_ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms // 1000)) + ".%03dZ" % (at_ms % 1000)


def write_years(feed, count):
    """A log of the first schema with so many incidents that ended 100 days ago."""
    feed.admin("token", "list")
    os.makedirs(feed.dir, 0o700, exist_ok=True)
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    db.executescript(
        "PRAGMA application_id=1397309772; PRAGMA user_version=1;"
        "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
        "CREATE TABLE event(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, incident TEXT, number INTEGER"
        " NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, masked TEXT) STRICT;"
        "CREATE INDEX event_by_incident ON event(incident, seq) WHERE incident IS NOT NULL;"
        "CREATE TABLE incident(id TEXT PRIMARY KEY, number INTEGER UNIQUE, first_seq INTEGER NOT NULL,"
        " last_seq INTEGER NOT NULL, ended_seq INTEGER) STRICT, WITHOUT ROWID;"
        "CREATE INDEX incident_by_end ON incident(ended_seq);"
        "CREATE TABLE alarm(id TEXT PRIMARY KEY, incident TEXT NOT NULL) STRICT, WITHOUT ROWID;"
        "CREATE TABLE answer(id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, refused INTEGER NOT NULL,"
        " seq INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, incident TEXT NOT NULL,"
        " alarm TEXT NOT NULL, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    )
    db.execute("INSERT INTO meta VALUES('feed', ?)", (str(uuid.uuid4()),))
    at_ms = int((time.time() - 100 * DAY_S) * 1000)
    seq = 0
    for number in range(1, count + 1):
        it, alarm = str(uuid.uuid4()), str(uuid.uuid4())
        caller = {"name": "Aminah %d" % number, "phone": "+62 9988776%04d" % number}
        data = {
            "kind": "fire",
            "priority": "P1",
            "lat": -7.57,
            "lon": 110.83,
            "alarm": {
                "id": alarm,
                "received_at": stamp(at_ms),
                "lat": -7.57,
                "lon": 110.83,
                "caller": caller,
                "note": "terbakar " * (number % 40 + 1),
            },
        }
        first = seq + 1
        for kind, rev, more in (
            ("incident.raised", 1, data),
            ("incident.noted", 1, {"note": "menelepon %d" % number}),
            ("incident.rejected", 2, {"reason": "prank", "note": "di belakang"}),
        ):
            seq += 1
            body = {
                "seq": seq,
                "at": stamp(at_ms),
                "incident": it,
                "number": number,
                "rev": rev,
                "type": kind,
                "by": {"name": "ayu"},
                "data": more,
            }
            db.execute(
                "INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, NULL)",
                (seq, at_ms, it, number, kind, json.dumps(body, separators=(",", ":"))),
            )
        db.execute("INSERT INTO incident VALUES(?, ?, ?, ?, ?)", (it, number, first, seq, seq))
        db.execute("INSERT INTO alarm VALUES(?, ?)", (alarm, it))
        db.execute(
            "INSERT INTO answer VALUES(?, ?, 0, ?, '', '', ?, ?, ?)",
            ("k:%s" % uuid.uuid4().hex, at_ms, first, it, alarm, number),
        )
    db.commit()
    db.close()


def big_feed(count):
    feed = Siagad()
    for name, role in (("app", "intake"), ("ayu", "operator")):
        feed.token(name, role)
    write_years(feed, count)
    feed.start()
    feed.stop()
    clean(feed)
    return feed


def test_killed_in_the_middle_it_is_whole_and_goes_on():
    whole = big_feed(3000)
    rested = 0
    for turn in range(KILLS):
        feed = Siagad(registry=False)
        feed.dir = os.path.join(feed.home, "again")
        shutil.copytree(whole.dir, feed.dir)
        feed.tokens = whole.tokens
        words = [SIAGAD, "purge", "--older-than", "90d", "--data", feed.dir]
        if turn % 2 == 0:
            feed.start()
        child = scope.start(words, env=environment(feed.home), stdout=subprocess.DEVNULL)
        path = os.path.join(feed.dir, "log.db")
        left_of = lambda: sqlite3.connect("file:%s?mode=ro" % path, uri=True).execute(
            "SELECT count(*) FROM event WHERE salt IS NOT NULL"
        ).fetchone()[0]
        limit = random.randrange(500, 8900)
        eventually(lambda: left_of() <= limit, "some are forgotten", 30)
        if turn % 2 == 0:
            feed.kill()
            child.kill()
        else:
            child.kill()
        child.wait()
        rest = left_of()
        rested += rest > 0
        clean(feed)
        if turn % 4 == 0:
            feed.start()  # It goes on by itself.
            eventually(lambda: found(feed.dir, OLD) == set(), "all is forgotten after a start", 30)
            feed.stop()
        else:
            purge(feed)
        check_eq(found(feed.dir, OLD), set(), "left after turn %d" % turn)
        clean(feed)
    figure("kills", KILLS)
    figure("of them with something still to forget", rested)


def test_command_ends_and_the_feed_does_it_all_the_same():
    feed = big_feed(2000)
    feed.start()
    child = scope.start(
        [SIAGAD, "purge", "--older-than", "90d", "--data", feed.dir],
        env=environment(feed.home),
        stdout=subprocess.DEVNULL,
    )
    asked = lambda: sqlite3.connect(os.path.join(feed.dir, "admin.db")).execute("SELECT * FROM purge").fetchone()
    eventually(asked, "it is asked")
    child.send_signal(signal.SIGINT)
    child.wait()
    eventually(lambda: found(feed.dir, OLD) == set(), "all is forgotten", 30)
    feed.stop()
    clean(feed)


def test_alarms_do_not_wait_for_it():
    feed = big_feed(3000)
    feed.start()
    over = threading.Event()
    took = []

    def post():
        while not over.is_set():
            started = time.monotonic()
            feed.alarm(caller={"name": "Barusari"})
            took.append(time.monotonic() - started)

    threads = [threading.Thread(target=post, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    try:
        purge(feed)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    took.sort()
    figure("the purge of 9000 events", "%.1f s" % (time.monotonic() - started))
    figure("alarms meanwhile", len(took))
    figure("an alarm, p99 and longest", "%.0f ms, %.0f ms" % (1000 * took[len(took) * 99 // 100], 1000 * took[-1]))
    check(took[-1] < 1.0 * SLOW, "an alarm waited %.1f s" % took[-1])
    check_eq(found(feed.dir, OLD), set(), "left")
    feed.stop()
    clean(feed)


def test_nobody_is_told_after_it_what_was_read_in_the_middle_of_it():
    """What many are told is read once and kept for a while."""
    feed = big_feed(600)
    disk = Disk(feed.dir)
    feed.wrap = disk.env
    feed.start()
    ask = lambda sql: sqlite3.connect(os.path.join(feed.dir, "log.db")).execute(sql).fetchone()
    kept = lambda: ask("SELECT count(*) FROM event WHERE salt IS NOT NULL")[0]
    events = kept()
    # What it writes in its pauses takes room, too: it is to be done with that, but for the last thousand.
    eventually(lambda: ask("SELECT count(*) FROM answer_new")[0] < 1024, "answers are put in order")
    moved = lambda busy, pages, done: busy == 0 and pages == done
    eventually(lambda: moved(*ask("PRAGMA wal_checkpoint(PASSIVE)")), "all is in the main file")
    disk.fail("room", 1300000)  # for the first of its steps
    child = scope.start([SIAGAD, "purge", "--older-than", "90d", "--data", feed.dir], env=environment(feed.home),
                        stdout=subprocess.DEVNULL)
    eventually(lambda: 0 < kept() < events, "some are forgotten", 30)
    eventually(lambda: feed.http("POST", "/v1/alarms", "app", {"lat": -7.5, "lon": 110.8}).status == 503, "full", 30)
    meanwhile = Feed(feed, "ayu", after=0)
    first, last = meanwhile.events[0], meanwhile.events[1700]
    check("Aminah" not in json.dumps(first) and "menelepon" in json.dumps(meanwhile.events), "it is in the middle")
    check_eq(last["seq"], 1701)
    disk.heal()
    check_eq(child.wait(timeout=30 * SLOW), 0)
    anew = Feed(feed, "ayu", after=0)
    text = json.dumps(anew.events[:1800])
    check_eq([word for word in OLD if word in text], [], "told after it")
    check_eq([event["seq"] for event in anew.events[:1800]], list(range(1, 1801)), "and yet all of it")
    feed.stop()


def test_who_asks_meanwhile_is_told_no_more_than_will_be_left():
    feed = big_feed(3)
    feed.start()
    ayu = Feed(feed, "ayu")
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"), isolation_level=None)
    its = [row[0] for row in db.execute("SELECT id FROM incident ORDER BY number")]

    def told(it):
        ayu.send({"t": "tell", "incident": it})
        frame = ayu.wait("events", lambda frame: frame.get("past"))
        check_eq([event["incident"] for event in frame["events"][:3]], [it] * 3, "all of it")
        return json.dumps(frame)

    check("Aminah" in told(its[0]), "before, the caller")
    # A purge that is not at its end, and does not come nearer to it.
    before_ms = int((time.time() - 90 * DAY_S) * 1000)
    db.execute("INSERT INTO meta VALUES('purge', ?)", ("%d %d" % (before_ms, feed.head()),))
    text = told(its[1])
    check_eq([word for word in ("Aminah", "9988776", "menelepon", "terbakar", "di belakang") if word in text], [],
             "told, though it is to be forgotten")
    db.execute("UPDATE meta SET value = ? WHERE key = 'purge'", ("%d %d" % (before_ms - 20 * DAY_S * 1000, feed.head()),))
    check("Aminah" in told(its[2]), "what ended later than that stays")
    db.close()
    feed.stop()


def test_somebody_who_reads_only_delays_the_end():
    feed = big_feed(200)
    feed.start()
    reader = sqlite3.connect(os.path.join(feed.dir, "log.db"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM event").fetchone()
    child = scope.start(
        [SIAGAD, "purge", "--older-than", "90d", "--data", feed.dir],
        env=environment(feed.home),
        stdout=subprocess.PIPE,
        text=True,
    )
    left_of = lambda: sqlite3.connect(os.path.join(feed.dir, "log.db")).execute(
        "SELECT count(*) FROM event WHERE salt IS NOT NULL"
    ).fetchone()[0]
    eventually(lambda: left_of() == 0, "it is forgotten for whoever reads now")
    feed.alarm()
    check(child.poll() is None, "it does not say done while the old pages are kept")
    reader.execute("COMMIT")
    reader.close()
    out, _ = child.communicate(timeout=20 * SLOW)
    check(re.match(r"forgot 200 incidents", out), out)
    check_eq(found(feed.dir, OLD), set(), "left")
    feed.stop()


run(globals())
