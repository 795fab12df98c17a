"""The log over the years: what is kept, what is looked over, what is forgotten, what an older siagad
left."""

import json
import os
import sqlite3

from siaga_test import Feed, Siagad, check, check_eq, eventually, run, start_feed

HERE = os.environ.get("SIAGA_TEST_DATA", os.path.join(os.path.dirname(__file__), "..", "data"))


def unpack(feed, name, file):
    """A data folder as an older siagad left it, from the SQL text of the fixture."""
    os.makedirs(feed.dir, 0o700, exist_ok=True)
    with open(os.path.join(HERE, name), encoding="utf-8") as text:
        db = sqlite3.connect(os.path.join(feed.dir, file))
        db.executescript(text.read())
        db.close()


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def rows(feed, sql, *values):
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    found = db.execute(sql, values).fetchall()
    db.close()
    return found


def test_when_nothing_is_to_be_done_what_was_written_is_moved_to_the_main_file():
    """Or else the alarm that makes it too much waits for all of it."""
    feed = start_feed()
    log = os.path.join(feed.dir, "log.db")
    sizes = []
    for turn in range(3):
        for number in range(120):
            feed.alarm(note="yang ke %d, %d" % (turn, number))
        eventually(lambda: b"yang ke %d, 40" % turn in read_bytes(log), "it is in the main file")
        sizes.append(os.path.getsize(log + "-wal"))
    check(sizes[2] < 1.5 * sizes[0], "and the other is written over: %r" % sizes)
    feed.stop()


def test_much_is_moved_in_a_short_pause():
    """Where alarms come all the time there is no long one, and it would come to the alarm that makes it too much."""
    feed = start_feed()
    for _ in range(30):
        for _ in range(20):
            feed.alarm()
        for _ in range(30):  # the log has nothing to do meanwhile
            check_eq(feed.http("GET", "/healthz").status, 200, "it is well")
    pages = os.path.getsize(os.path.join(feed.dir, "log.db-wal")) / 4120
    check(pages < 3300, "pages that gathered, of four thousand that were written:", pages)
    feed.stop()


def test_older_log_goes_on_where_it_was():
    feed = Siagad()
    unpack(feed, "log-v1.sql", "log.db")
    before = rows(feed, "SELECT seq, at_ms, incident, number, type, body FROM event ORDER BY seq")
    check("Aminah" in "".join(row[5] for row in before), "the fixture has persons in it")
    for name, role, agency in (("app", "intake", None), ("ayu", "operator", None)):
        feed.token(name, role, agency)
    feed.start()
    desk = Feed(feed, "ayu", after=0)
    desk.until_seq(before[-1][0])
    check_eq(
        [event["seq"] for event in desk.events][: len(before)],
        [row[0] for row in before],
        "all of it is there",
    )
    feed.alarm()
    feed.stop()
    after = rows(
        feed,
        "SELECT seq, at_ms, incident, number, type, body FROM event WHERE seq <= ? ORDER BY seq",
        before[-1][0],
    )
    check_eq(after, before, "what was written is as it was written")
    for seq, body, bare, salt, digest, chain in rows(
        feed, "SELECT seq, body, bare, salt, digest, hash FROM event"
    ):
        check_eq(len(chain), 32, "hash of %d" % seq)
        personal = "caller" in body or "note\"" in body
        check_eq((bare is not None, salt is not None, digest is not None), (personal,) * 3, body)
        if personal:
            check("Aminah" not in bare and "Darmo" not in bare and "0813" not in bare, bare)
            check_eq(json.loads(bare)["at"], json.loads(body)["at"])
    fire = [row[2] for row in before if row[3] == 1][0]
    check_eq(
        rows(feed, "SELECT agency FROM sent WHERE incident = ? ORDER BY seq", fire),
        [("damkar",), ("psc119",)],
        "who was asked",
    )
    audience = dict(rows(feed, "SELECT seq, audience FROM event"))
    for seq, _, incident, _, kind, body in before:
        if kind.startswith("link."):
            check_eq(audience[seq], json.loads(body)["data"].get("agency", ""), kind)
        elif incident is None:
            check_eq(audience[seq], "*", kind)
        elif kind.startswith("dispatch."):
            check_eq(audience[seq], json.loads(body)["data"]["agency"], kind)
        elif kind == "incident.raised":
            check_eq(audience[seq], "", kind)
        elif kind == "incident.closed":
            check_eq(audience[seq], "damkar psc119", kind)


def test_chain_of_a_new_log_is_what_the_manual_says():
    import hashlib

    feed = start_feed()
    feed.alarm(caller={"name": "Siti Aminah", "phone": "+62 271 555 0117"}, note="asap")
    feed.alarm()
    feed.stop()
    (uuid,) = rows(feed, "SELECT value FROM meta WHERE key = 'feed'")[0]

    def text(value):
        return len(value).to_bytes(8, "big") + value

    last = hashlib.sha256(b"siaga1" + text(uuid.encode())).digest()
    seen = rows(feed, "SELECT seq, body, bare, salt, digest, hash, audience FROM event ORDER BY seq")
    check(len(seen) >= 2, seen)
    for seq, body, bare, salt, digest, chain, audience in seen:
        if salt is not None:
            check_eq(digest, hashlib.sha256(salt + body.encode()).digest(), "digest")
        kept = (bare if bare is not None else body).encode()
        last = hashlib.sha256(
            b"siaga1" + last + seq.to_bytes(8, "big") + text(kept) + text(audience.encode()) + (digest or b"")
        ).digest()
        check_eq(chain, last, "hash of %d" % seq)


def copy_log(feed, to):
    """A copy of the log as of now, as an administrator may have one."""
    source = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    target = sqlite3.connect(to)
    source.backup(target)
    target.close()
    source.close()


def put_back(feed, copy):
    for tail in ("", "-wal", "-shm"):
        path = os.path.join(feed.dir, "log.db" + tail)
        if os.path.exists(path):
            os.remove(path)
    os.rename(copy, os.path.join(feed.dir, "log.db"))


def told_mark(desk):
    """The last seq that a console was told of, and its mark."""
    last = [f for f in desk.frames if f["t"] in ("events", "live") and "mark" in f][-1]
    return last["head"] if last["t"] == "live" else last["events"][-1]["seq"], last["mark"]


def test_log_that_was_put_back_and_went_on_is_noticed():
    feed = start_feed()
    for _ in range(3):
        feed.alarm()
    copy = os.path.join(feed.home, "copy.db")
    copy_log(feed, copy)
    desk = Feed(feed, "ayu", after=0)
    for _ in range(3):
        desk.until_seq(feed.alarm()["seq"])
    seq, mark = told_mark(desk)
    desk.close()
    feed.stop()
    feed.start()
    back = Feed(feed, "ayu", follow=False)
    back.wait("welcome")
    back.send({"t": "follow", "after": seq, "mark": mark})
    back.wait("live")
    back.close()
    feed.stop()
    put_back(feed, copy)
    feed.start()
    while feed.head() <= seq:
        feed.alarm()
    back = Feed(feed, "ayu", follow=False)
    back.wait("welcome")
    back.send({"t": "follow", "after": seq, "mark": mark})
    got = back.wait("diverged")
    check(got["head"] > seq, got)
    back.follow()
    back.wait("live")
    back.close()
    # What both logs have in common is no reason for an alarm.
    back = Feed(feed, "ayu", after=0)
    first = [f for f in back.frames if f["t"] == "events"]
    check(first and len(first[0]["mark"]) == 16, first)
    feed.stop()


def test_events_that_cannot_be_read_do_not_keep_the_feed_from_starting():
    feed = start_feed()
    fire = feed.alarm(kind="fire")
    feed.stop()
    count = 10050  # more than are read at once
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    (head,) = db.execute("SELECT max(seq) FROM event").fetchone()
    db.executemany("INSERT INTO event(seq, at_ms, incident, number, type, body, hash) VALUES(?, 0, ?, 1, 'x', '{}', ?)",
                   [(head + 1 + n, fire["incident"], bytes(32)) for n in range(count)])
    db.execute("UPDATE incident SET last_seq = ?", (head + count,))
    db.commit()
    db.close()
    feed.start()
    check_eq(feed.read_errors().decode().count("%d events of open incidents cannot be read" % count), 1, feed.errors)
    later = feed.alarm(kind="medical")
    check_eq(later["number"], 2)
    path = "/v1/alarms/" + fire["alarm"]
    check_eq(feed.http("POST", path + "/updates", "app", {"note": "Masih menyala"}).status, 200, "the first one lives")
    feed.stop()


run(globals())
