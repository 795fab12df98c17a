"""The console's own disk takes nothing: it stays live, says what that means, and keeps all again when it can,
without a gap and without being started anew."""

import os
import sqlite3
import time

from faultdisk import Disk
from plain_console import Plain
from siaga_test import Console, Feed, Screen, SIAGA, check, check_eq, eventually, figure, run, scope, start_feed

RED = "NOTHING IS KEPT HERE since "


def own_disk():
    return Disk(os.path.join(scope.folder(), "state"))


def rows(disk, sql):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(disk.folder, "cache.db"), uri=True)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def is_whole(feed, disk):
    """Every event of the log is in the cache."""
    head = feed.head()
    seqs = [row[0] for row in rows(disk, "SELECT seq FROM event ORDER BY seq")]
    return (seqs == list(range(1, head + 1)) and rows(disk, "SELECT last_seq FROM meta") == [(head,)]
            and rows(disk, "SELECT count(*) FROM behind") == [(0,)])


def outbox(disk):
    return [row[0] for row in rows(disk, "SELECT frame FROM outbox")]


def handled(feed, place):
    """An incident from its alarm to its end."""
    desk = Feed(feed, "budi", after=0)
    it = feed.alarm(kind="fire", place=place)["incident"]
    desk.do("acknowledge", it)
    desk.do("close", it, disposition="handled")
    desk.close()
    return it


def live(feed, disk, **options):
    console = Console(feed, "ayu", state=disk.folder, wrap=disk.env, cols=80, rows=24, **options)
    console.wait("LIVE")
    return console


def test_the_cache_becomes_whole_again_without_a_gap():
    feed = start_feed()
    for how, word in (("full", "disk full"), ("write error", "disk error"), ("read only", "read-only")):
        disk = own_disk()
        ayu = live(feed, disk)
        feed.alarm(place="Pasar Legi")
        ayu.wait("Pasar Legi")
        eventually(lambda: rows(disk, "SELECT last_seq FROM meta") == [(feed.head(),)], "it is kept")
        before = rows(disk, "SELECT seq FROM event ORDER BY seq")
        disk.fail(how)
        handled(feed, "Pasar Gede")
        line = ayu.wait(RED)[1]
        check(line.startswith(RED) and word in line and "link is not touched" in line, line)
        feed.alarm(kind="medical", place="Pasar Klewer " + how)
        ayu.wait("Pasar Klewer")
        check(ayu.has("LIVE"), "it is as live as before: " + ayu.text())
        check_eq(rows(disk, "SELECT seq FROM event ORDER BY seq"), before, "nothing behind a gap")
        disk.heal()
        ayu.wait_gone(RED)
        first = before[0][0]
        want = list(range(first, feed.head() + 1))
        got = lambda: [row[0] for row in rows(disk, "SELECT seq FROM event ORDER BY seq")]
        eventually(lambda: got() == want, lambda: "%r, wanted %r" % (got(), want))
        eventually(lambda: ("Pasar Gede", "closed") in rows(disk, "SELECT place, state FROM history"),
                   "what ended meanwhile can be looked up")
        handled(feed, "Alun-alun")
        eventually(lambda: rows(disk, "SELECT last_seq FROM meta") == [(feed.head(),)], "it goes on")
        check(not ayu.has("skipped"), ayu.text())
        ayu.quit()
        for incident in ("Pasar Legi", "Pasar Klewer"):
            clear(feed, incident)
    feed.stop()


def clear(feed, place):
    desk = Feed(feed, "budi", after=0)
    desk.until_seq(feed.head())
    for event in desk.events:
        if event["type"] == "incident.raised" and event["data"].get("place", "").startswith(place):
            if not any(e["type"] == "incident.closed" and e["incident"] == event["incident"]
                       for e in desk.events):
                desk.do("acknowledge", event["incident"])
                desk.do("close", event["incident"], disposition="handled")
    desk.close()


def test_what_cannot_be_kept_is_not_shown_as_kept():
    feed = start_feed()
    disk = own_disk()
    ayu = live(feed, disk)
    feed.alarm(place="Pasar Gede")
    ayu.wait("Pasar Gede")
    feed.kill()
    ayu.wait("LOST")
    disk.fail("full")
    ayu.keys("e").wait("Note")
    ayu.keys("tangki penuh", "Enter").wait("NOT SENT and NOT KEPT (disk full)")
    ayu.wait("OUTBOX 1 NOT KEPT")
    ayu.wait("1 not sent would be lost")
    check(not ayu.has("Kept in the outbox"), ayu.text())
    check_eq(outbox(disk), [], "and so it is")
    disk.heal()
    ayu.wait_gone("NOT KEPT")
    ayu.wait_gone(RED)
    check(ayu.has("OUTBOX 1"), ayu.text())
    check("tangki penuh" in outbox(disk)[0], "now it is on the disk")
    feed.start()
    ayu.wait("LIVE", 30)
    if ayu.has("NOT SENT for"):
        ayu.answer("y")
    ayu.wait_gone("OUTBOX")
    desk = Feed(feed, "sari", after=0)
    desk.event("incident.noted", note="tangki penuh")
    eventually(lambda: outbox(disk) == [], "it is no longer waiting")
    ayu.quit()
    feed.stop()


def test_what_the_feed_has_confirmed_is_not_asked_about_later():
    feed = start_feed()
    disk = own_disk()
    ayu = live(feed, disk)
    feed.alarm(place="Pasar Gede")
    ayu.wait("Pasar Gede")
    disk.fail("room", 14000)
    # It goes out, whether it can be kept or not; what cannot be done is to forget it.
    for number in range(4):
        ayu.keys("e").wait("Note")
        ayu.keys("catatan %d" % number, "Enter")
    ayu.wait(RED)
    ayu.wait_gone("OUTBOX")
    desk = Feed(feed, "sari", after=0)
    for number in range(4):
        desk.event("incident.noted", note="catatan %d" % number)
    disk.heal()
    ayu.wait_gone(RED)
    eventually(lambda: outbox(disk) == [], lambda: "left: %r" % outbox(disk))
    eventually(lambda: is_whole(feed, disk), "the cache is whole")
    ayu.quit()
    feed.stop()


def test_what_cannot_be_set_aside_for_lack_of_room_is_not_copied_again_and_again():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    ayu = Console(feed, "ayu")
    ayu.wait("Pasar Legi")
    ayu.quit()
    feed.stop()
    state = ayu.state_dir
    db = sqlite3.connect(os.path.join(state, "cache.db"), isolation_level=None)
    db.execute("BEGIN")
    db.executemany("INSERT INTO event(seq, at_ms, body, personal) VALUES(?, 0, ?, 0)",
                   ((100000 + number, "x" * 3900) for number in range(8000)))
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    other = start_feed()
    other.alarm(place="Pasar Gede")
    # No file may become as large as this one.
    small = ["/bin/bash", "-c", "trap '' XFSZ; ulimit -f 16384; exec \"$@\"", "small"]
    start = [SIAGA, "--feed", other.url, "--token-file", other.token_file("ayu"), "--state", state]
    ayu = Screen(small + start, 80, 24)
    ayu.wait(RED)
    began, copies = time.monotonic(), set()

    def passes():
        copies.update(name[: len("cache.db.aside-20260101T000000Z")] for name in os.listdir(state) if ".aside-" in name)
        return time.monotonic() - began > 9

    eventually(passes, "time passes", 15)
    figure("copies begun in 9 s", len(copies))
    check(len(copies) <= 5, "copied again and again:", sorted(copies))
    check(ayu.has("LIVE"), ayu.text())
    ayu.keys(":quit!", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    other.stop()


def test_a_console_starts_on_a_full_disk():
    feed = start_feed()
    handled(feed, "Pasar Gede")
    feed.alarm(place="Pasar Legi")
    disk = own_disk()
    disk.fail("full")
    ayu = live(feed, disk)
    ayu.wait("Pasar Legi")
    ayu.wait(RED)
    ayu.keys("a").wait_gone("OUTBOX")
    disk.heal()
    ayu.wait_gone(RED)
    ayu.wait("LIVE")
    # It begins with what is open, as on any new desk.
    eventually(lambda: rows(disk, "SELECT last_seq FROM meta") == [(feed.head(),)], "it is kept", 20)
    check_eq(rows(disk, "SELECT count(*) FROM incident"), [(1,)], "incidents")
    ayu.quit()
    # What was wrong at the start is not what it ends with.
    disk = own_disk()
    disk.fail("full")
    plain = Plain(feed, "ayu", state=disk.folder, env=disk.env({}))
    plain.wait(RED)
    disk.heal()
    plain.wait("kept on this machine again", 20)
    plain.quit()
    check_eq(plain.child.stderr.read(), b"", "at the end")
    # Where there is no feed either there is nothing to show.
    disk = own_disk()
    disk.fail("full")
    alone = Screen([SIAGA, "--offline", "--state", disk.folder], wrap=disk.env)
    check_eq(alone.exited(), (1, None), "exit")
    feed.stop()


def test_a_cache_that_cannot_be_set_aside_for_want_of_room_leaves_nothing_behind():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    disk = own_disk()
    ayu = live(feed, disk)
    eventually(lambda: is_whole(feed, disk), "whole", 20)
    ayu.quit()
    feed.stop()
    other = start_feed()
    other.alarm(place="Alun-alun Utara")
    # More than SQLite keeps in memory while it makes a copy.
    db = sqlite3.connect(os.path.join(disk.folder, "cache.db"))
    with db:
        db.executemany("INSERT INTO event(seq, at_ms, incident, body, personal) VALUES(?, 1, NULL, ?, 0)",
                       ((1000 + number, "x" * 3900) for number in range(3000)))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    disk.fail("room", 6000000)
    budi = Plain(other, "budi", state=disk.folder, env=disk.env({}))
    budi.wait("NOTHING IS KEPT HERE", 20)
    eventually(lambda: budi.read(1) or [n for n in os.listdir(disk.folder) if "aside" in n] == [],
               lambda: "left: %r" % sorted(os.listdir(disk.folder)), 5)
    disk.heal()
    budi.wait("kept on this machine again", 30)
    eventually(lambda: rows(disk, "SELECT last_seq FROM meta") == [(other.head(),)], "it has all", 20)
    asides = [name for name in os.listdir(disk.folder) if "aside" in name]
    check_eq(len(asides), 1, "one: %r" % asides)
    budi.quit()
    other.stop()


run(globals())
