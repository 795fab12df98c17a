"""Who has seen what is in the log, and makes no noise on anybody's screen."""

import os
import re
import sqlite3
import time

from siaga_test import Console, Feed, check, check_eq, eventually, run, start_feed

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def logged(feed, *types):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(feed.dir, "log.db"), uri=True)
    try:
        sql = (
            "SELECT type, json_extract(body, '$.by.name'), json_extract(body, '$.by.position'),"
            " json_extract(body, '$.data.role'), json_extract(body, '$.data.agency'), audience, number,"
            " json_extract(body, '$.rev') FROM event WHERE type IN (%s) ORDER BY seq"
        ) % ", ".join("?" * len(types))
        return db.execute(sql, types).fetchall()
    finally:
        db.close()


def views(feed):
    return [(name, number) for _, name, _, _, _, _, number, _ in logged(feed, "incident.viewed")]


def pass_time(seconds):
    until = time.monotonic() + seconds
    eventually(lambda: time.monotonic() >= until, "time passes", seconds + 5)


def who(feed, *words):
    status, out, errors = feed.admin("who", *words)
    check_eq(status, 0, errors)
    lines = [re.match(r"(%s)  (\w+) +(\S+) *(.*)$" % STAMP, line) for line in out.splitlines()]
    check(all(lines), out)
    stamps = [line.group(1) for line in lines]
    return [(line.group(2), line.group(3), line.group(4)) for line in lines], stamps


def test_every_console_that_comes_and_goes_is_in_the_log():
    feed = start_feed()
    links = [Feed(feed, "ayu", position="TMC-1"), Feed(feed, "tamu"), Feed(feed, "sari"), Feed(feed, "damkar")]
    silent = Feed(feed, "budi", follow=False)
    eventually(lambda: len(logged(feed, "link.up")) == 4, "they came")
    for link in links:
        link.close()
    silent.close()
    eventually(lambda: len(logged(feed, "link.down")) == 4, "they went")
    for type_ in ("link.up", "link.down"):
        check_eq(
            sorted(row[1:6] for row in logged(feed, type_)),
            [
                ("ayu", "TMC-1", "operator", None, ""),
                ("damkar", None, "agency", "damkar", "damkar"),
                ("sari", None, "supervisor", None, ""),
                ("tamu", None, "observer", None, ""),
            ],
            type_,
        )
    feed.stop()


def test_what_is_open_for_a_while_was_seen():
    feed = start_feed()
    first, second = feed.alarm()["incident"], feed.alarm()["incident"]
    ayu, tamu = Feed(feed, "ayu", position="TMC-1"), Feed(feed, "tamu")
    rev = ayu.revs[first]
    ayu.send({"t": "look", "open": first})
    tamu.send({"t": "look", "open": first})
    pass_time(0.5)
    tamu.send({"t": "look", "open": second})  # passed over
    eventually(lambda: len(views(feed)) == 2, "they have seen", 6)
    check_eq(sorted(views(feed)), [("ayu", 1), ("tamu", 2)])
    rows = logged(feed, "incident.viewed")
    check_eq({row[3] for row in rows}, {"operator", "observer"}, "their roles")
    check_eq({(row[5], row[7]) for row in rows}, {("", rev)}, "who may see it; the rev is as it was")
    # To and fro is told once.
    for _ in range(2):
        for incident in (second, first):
            ayu.send({"t": "look", "open": incident})
            pass_time(2.6)
    check_eq(sorted(views(feed)), [("ayu", 1), ("ayu", 2), ("tamu", 2)])
    # Nobody has seen what is not there, and a desk what it was not sent to.
    crew = Feed(feed, "damkar")
    crew.send({"t": "look", "open": first})
    tamu.send({"t": "look", "open": "00000000-0000-4000-8000-000000000000"})
    ayu.do("acknowledge", first)
    pass_time(2.6)
    check_eq(len(views(feed)), 3)
    # Another console of the same person is another.
    again = Feed(feed, "ayu", position="TMC-2")
    again.send({"t": "look", "open": first})
    eventually(lambda: len(views(feed)) == 4, "on the other console, too", 6)
    feed.stop()


def test_it_makes_no_noise_on_the_screen():
    feed = start_feed()
    it = feed.alarm(kind="fire", place="Pasar Gede")["incident"]
    ayu = Console(feed, "ayu", args=("--position", "TMC-1"), cols=160, rows=50)
    ayu.wait("LIVE")
    ayu.keys("a")
    ayu.wait("ACK")
    eventually(lambda: ("ayu", 1) in views(feed), "it is open here", 8)
    ayu.bells()
    rows = ayu.dump()
    log_lines = [row for row in rows if "acknowledged" in row]
    check(log_lines, "\n".join(rows))
    tamu = Feed(feed, "tamu")
    tamu.send({"t": "look", "open": it})
    eventually(lambda: ("tamu", 1) in views(feed), "tamu has seen it", 8)
    ayu.wait("seen by tamu")
    text = ayu.text()
    check("seen by ayu" not in text and "seen tamu" not in text, "once, and of others:\n" + text)
    check("link up" not in text, "who comes is not told:\n" + text)
    check_eq(ayu.bells(), 0, "bells")
    # A deed of somebody is drawn at once; a look waits for the clock's next tick.
    budi = Feed(feed, "budi")
    pass_time(1.5)
    frames = ayu.frames()
    count = len(logged(feed, "link.up", "link.down"))
    for _ in range(5):
        Feed(feed, "sari").close()
    eventually(lambda: len(logged(feed, "link.up", "link.down")) == count + 10, "ten events")
    began = time.monotonic()
    pass_time(2.0)
    check(ayu.frames() - frames <= 2 + 2 + (time.monotonic() - began), "it draws for what is not shown")
    budi.close()
    ayu.quit()
    feed.stop()


def test_what_is_looked_up_in_the_history_was_seen():
    feed = start_feed()
    budi = Feed(feed, "budi")
    ayu = Console(feed, "ayu", cols=120, rows=40)
    ayu.wait("LIVE")
    feed.alarm(kind="medical", place="Stasiun Balapan", priority="P1")
    ayu.wait("Stasiun Balapan")
    old = feed.alarm(kind="traffic", place="Pasar Legi", caller={"name": "Sri"}, priority="P4")["incident"]
    budi.do("reject", old, reason="prank")
    eventually(lambda: ("ayu", 1) in views(feed), "the selected one", 10)
    check(("ayu", 2) not in views(feed), views(feed))
    ayu.keys("H")
    ayu.wait("Pasar Legi")
    ayu.keys("Enter")
    eventually(lambda: ("ayu", 2) in views(feed), "the old one", 10)
    ayu.keys("Esc", "Esc", "Esc")
    ayu.quit()
    feed.stop()


def test_who_tells_it_in_order():
    feed = start_feed()
    gone = Feed(feed, "sari")
    ayu = Feed(feed, "ayu", position="TMC-1")
    gone.close()
    eventually(lambda: logged(feed, "link.down"), "sari went")
    it = feed.alarm(kind="fire")["incident"]
    other = feed.alarm(kind="flood")["incident"]
    ayu.send({"t": "look", "open": it})
    eventually(lambda: ("ayu", 1) in views(feed), "ayu has seen it", 6)
    tamu = Feed(feed, "tamu")
    tamu.send({"t": "look", "open": other})
    eventually(lambda: ("tamu", 2) in views(feed), "tamu has seen the other", 6)
    ayu.do("acknowledge", it)
    ayu.do("close", it, disposition="handled")
    budi = Feed(feed, "budi")
    eventually(lambda: len(logged(feed, "link.up")) == 4, "budi came")
    lines, stamps = who(feed, "--incident", "1")
    check_eq(
        lines,
        [
            ("connected", "ayu@TMC-1", "operator"),
            ("did", "app", "#1 incident.raised"),
            ("opened", "ayu@TMC-1", "#1 operator"),
            ("connected", "tamu", "observer"),
            ("did", "ayu@TMC-1", "#1 incident.acknowledged"),
            ("did", "ayu@TMC-1", "#1 incident.closed"),
        ],
    )
    check_eq(stamps, sorted(stamps), "in order")
    lines, _ = who(feed, "--since", "1h")
    check_eq([line for line in lines if line[0] != "started"], [
        ("connected", "sari", "supervisor"),
        ("connected", "ayu@TMC-1", "operator"),
        ("left", "sari", "supervisor"),
        ("opened", "ayu@TMC-1", "#1 operator"),
        ("connected", "tamu", "observer"),
        ("opened", "tamu", "#2 observer"),
        ("connected", "budi", "operator"),
    ])
    check_eq(who(feed, "--since", stamps[2])[0][:2], [
        ("connected", "ayu@TMC-1", "operator"), ("opened", "ayu@TMC-1", "#1 operator")], "who was there already")
    budi.close()
    # A feed that was killed could write nothing: whoever was there is gone all the same.
    feed.kill()
    feed.start()
    after = feed.alarm()["number"]
    lines, _ = who(feed, "--incident", str(after))
    check_eq([line for line in lines if line[0] == "connected"], [], "nobody is there any more")
    lines, _ = who(feed, "--since", "1h")
    check("started" in [line[0] for line in lines[1:]], lines)
    feed.stop()
    check_eq(who(feed, "--incident", "#1")[0][0], ("connected", "ayu@TMC-1", "operator"), "without a feed, too")
    # What is ended is looked up as well, and whom it was told is in what was done.
    feed.start()
    crew, ayu, tamu = Feed(feed, "damkar"), Feed(feed, "ayu"), Feed(feed, "tamu")
    late = feed.alarm(kind="fire")
    ayu.do("acknowledge", late["incident"])
    ayu.do("dispatch", late["incident"], agency="damkar")
    crew.send({"t": "look", "open": late["incident"]})
    eventually(lambda: ("damkar", late["number"]) in views(feed), "the crew has seen it", 6)
    ayu.do("cancel", late["incident"], agency="damkar", note="salah")
    ayu.do("close", late["incident"], disposition="handled")
    tamu.send({"t": "look", "open": late["incident"]})
    eventually(lambda: ("tamu", late["number"]) in views(feed), "tamu has seen it afterwards", 6)
    lines, _ = who(feed, "--incident", str(late["number"]))
    number = "#%d " % late["number"]
    check(("connected", "damkar", "agency damkar") in lines, lines)
    check(("did", "ayu", number + "dispatch.requested damkar") in lines, lines)
    check(("opened", "damkar", number + "agency") in lines, lines)
    check_eq(lines[-1], ("opened", "tamu", number + "observer"), "after its end, too")
    feed.stop()
    for words, code in (((), 2), (("--incident", "x"), 2), (("--since", "yesterday"), 2), (("--incident", "99"), 1)):
        status, _, errors = feed.admin("who", *words)
        check_eq(status, code, errors)


run(globals())
