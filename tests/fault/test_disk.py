"""The disk is full, fails, or may not be written: nothing is lost, nothing is half done, everybody sees it,
and when it is over all goes on by itself."""

import datetime
import os
import sqlite3
import subprocess
import threading
import time
import uuid

from books import balance_alarms, confirmed_by, read_log, start_apps
from faultdisk import Disk
from plain_console import Plain
from siaga_test import (SIAGAD, Console, Feed, check, check_eq, environment, eventually, figure, run,
                        start_feed)

ALARM = {"lat": -7.5701, "lon": 110.83}


def feed_on_a_bad_disk():
    feed = start_feed()
    feed.stop()
    disk = Disk(feed.dir)
    feed.wrap = disk.env
    return feed.start(), disk


def is_refused(feed, why):
    """An alarm is told to come again later, and so is whoever asks how the feed is."""
    got = feed.http("POST", "/v1/alarms", "app", ALARM)
    check_eq((got.status, got.json["error"]), (503, "unavailable"), "an alarm")
    check(int(got.headers["Retry-After"]) >= 1, got.headers)
    check(feed.dir not in got.json["message"], "where the files are is nobody's business:", got.json)
    health = feed.http("GET", "/healthz")
    check_eq((health.status, health.json["status"], health.json["writes"], health.json["why"]),
             (503, "failing", False, why), "health")
    check(health.json["since"].endswith("Z") and "Retry-After" in health.headers, health.json)


def is_well(feed):
    got = feed.http("GET", "/healthz")
    return got.status == 200 and got.json["status"] == "ok"


def pause(seconds):
    until = time.monotonic() + seconds
    eventually(lambda: time.monotonic() > until, "time passes", seconds + 5)


def said(feed, part):
    return feed.read_errors().decode().count(part)


def ends_whole(feed, events, confirmed):
    feed.stop()
    feed.start()
    after = read_log(feed)
    check_eq(after[: len(events)], events, "after a restart it is the same log")
    balance_alarms(after, confirmed)
    feed.stop()


def test_every_fault_is_told_and_passes():
    feed, disk = feed_on_a_bad_disk()
    desk = Feed(feed, "ayu")
    confirmed = {"first": feed.alarm(note="first", key="first")}
    first = confirmed["first"]["incident"]
    slowest = 0
    for how, room, why in (("full", None, "full"), ("full to grow", None, "full"), ("half", None, "full"),
                           ("room", 5000, "full"), ("room", 0, "full"), ("write error", None, "io"),
                           ("sync error", None, "io"), ("read only", None, "read_only")):
        head = feed.head()
        feed.read_errors()
        before = said(feed, "cannot be written")
        number = len(confirmed)
        disk.fail(how, room)
        eventually(lambda: feed.http("POST", "/v1/alarms", "app", ALARM).status == 503, how)
        beat = desk.wait("beat", lambda frame: frame.get("writes") is False)
        check_eq(beat["why"], why, how)
        is_refused(feed, why)
        for _ in range(3):
            is_refused(feed, why)
        check_eq(desk.ask("note", first, note="x").get("code"), "unavailable", how)
        check_eq(said(feed, "cannot be written"), before + 1, "it is said once, not with every request")
        late = Feed(feed, "sari", follow=False)
        check_eq(late.wait("beat")["why"], why, "who comes now is told at once")
        late.close()
        check(feed.head() >= head, "and all that was there can be read")
        disk.heal()
        healed = time.monotonic()
        beat = desk.wait("beat", lambda frame: "writes" not in frame)
        slowest = max(slowest, time.monotonic() - healed)
        check("why" not in beat, beat)
        check(is_well(feed), "health")
        check_eq(said(feed, "can be written again"), before + 1, "its end is said")
        key = "alarm %d" % number
        confirmed[key.replace(" ", "-")] = feed.alarm(note=key.replace(" ", "-"), key=key.replace(" ", "-"))
    figure("faults", 8)
    figure("longest from room on the disk to the word of it", "%.2f s" % slowest)
    desk.close()
    events = read_log(feed)
    balance_alarms(events, confirmed)
    ends_whole(feed, events, confirmed)


def test_under_load_nothing_is_half_written():
    feed, disk = feed_on_a_bad_disk()
    apps = start_apps(feed, 6)
    for turn in range(6):
        wanted = 40 * (turn + 1)
        eventually(lambda: len(confirmed_by(apps)) >= wanted, "%d are confirmed" % wanted, 30)
        refused = sum(app.refused.get(503, 0) for app in apps)
        if turn % 2 == 0:
            disk.fail("room", 3000 + 7000 * turn)
        else:
            disk.fail(("full", "write error", "half")[turn // 2])
        eventually(lambda: sum(app.refused.get(503, 0) for app in apps) > refused + 20, "503", 30)
        disk.heal()
        eventually(lambda: is_well(feed), "it is well again")
    for app in apps:
        app.stop()
    confirmed = confirmed_by(apps)
    figure("alarms confirmed, all there once", len(confirmed))
    figure("answers 503", sum(app.refused.get(503, 0) for app in apps))
    figure("longest until an alarm had its 201", "%.2f s" % max(app.slowest_s for app in apps))
    events = read_log(feed)
    balance_alarms(events, confirmed)
    ends_whole(feed, events, confirmed)


def test_what_it_does_in_a_pause_may_fail():
    """Answers that wait to be put in order are none the less given, and given once."""
    feed, disk = feed_on_a_bad_disk()
    first = {key: feed.alarm(key=key)["incident"] for key in ("press-%d" % n for n in range(1300))}
    waiting = lambda: sqlite3.connect(os.path.join(feed.dir, "log.db")).execute(
        "SELECT count(*) FROM answer_new").fetchone()[0]
    room = 30000  # less than a part of them takes
    disk.fail("room", room)
    eventually(lambda: disk.room() < room, "it is tried")
    before = waiting()
    check(before > 1024, before, "wait")
    pause(0.5)
    check_eq(waiting(), before, "none is put in order by halves")
    check_eq(feed.alarm(key="press-7")["incident"], first["press-7"], "what was taken is confirmed all the same")
    eventually(lambda: feed.http("POST", "/v1/alarms", "app", ALARM).status == 503, "what is new is refused")
    disk.heal()
    eventually(lambda: is_well(feed), "it is well again")
    some = {key: first[key] for key in list(first)[::20]}
    check_eq({key: feed.alarm(key=key)["incident"] for key in some}, some, "each is the one that it was")
    eventually(lambda: waiting() < 1024, "they are put in order")
    check_eq({key: feed.alarm(key=key)["incident"] for key in some}, some, "and still are")
    feed.stop()
    check_eq(feed.admin("check")[0], 0, "check")


RED = "THE FEED CANNOT WRITE since "


def test_consoles_show_it_as_long_as_it_is_so():
    feed, disk = feed_on_a_bad_disk()
    ayu = Console(feed, "ayu", cols=80, rows=24)
    sari = Console(feed, "sari", cols=60, rows=16)
    tamu = Console(feed, "tamu", cols=40, rows=8)
    wall = Console(feed, "budi", cols=200, rows=60)
    damkar, budi = Plain(feed, "damkar"), Plain(feed, "budi")
    for console in (ayu, sari, tamu, wall):
        console.wait("LIVE")
    damkar.wait("LIVE")
    budi.wait("LIVE")
    fire = feed.alarm(kind="fire", place="Pasar Gede")
    ayu.wait("Pasar Gede")
    sari.wait("Pasar Gede")
    budi.wait("Pasar Gede")
    disk.fail("full")
    check_eq(feed.http("POST", "/v1/alarms", "app", ALARM).status, 503, "alarm")
    for console in (ayu, sari, wall):
        line = console.wait(RED)[1]
        check(line.startswith(RED) and "disk full" in line, line)
    check("No alarm or action is taken" in ayu.dump()[1], "what it means:", ayu.dump()[1])
    tamu.wait("CANNOT WRITE")
    damkar.wait("! .*" + RED + r"\d\d:\d\d: disk full\. No alarm or action is taken")
    # Neither a strip, nor help, nor another view covers it.
    ayu.keys("?").wait("HELP for QUEUE")
    check(ayu.dump()[1].startswith(RED), ayu.text())
    ayu.keys("Esc", "B")
    ayu.wait(RED)
    ayu.keys("Esc")
    sari.keys("z")
    check(sari.dump()[1].startswith(RED), sari.text())
    # An action is neither lost nor taken for done: it is kept, and goes when it can.
    ayu.keys("a").wait("NOT SENT: the feed cannot write. Kept in the outbox")
    ayu.wait("OUTBOX 1")
    budi.say("note 1 \"tangki penuh\"").wait("NOT SENT: the feed cannot write. Kept in the outbox")
    budi.wait("OUTBOX 1, not confirmed")
    budi.say("status").wait("LIVE")
    budi.wait("! .*" + RED)
    check_eq(feed.head(), feed.http("GET", "/healthz").json["head"], "head")
    disk.heal()
    for console in (ayu, sari, tamu, wall):
        console.wait_gone("CANNOT WRITE")
        check(console.has("LIVE"), "the link was never touched:", console.text())
    ayu.wait_gone("OUTBOX")
    damkar.wait("The feed can write again, after")
    budi.wait("OUTBOX empty")
    desk = Feed(feed, "sari", after=0)
    desk.event("incident.acknowledged", incident=fire["incident"])
    kept = [event for event in read_log(feed) if event["type"] == "incident.acknowledged"]
    check_eq(len(kept), 1, "once")
    for console in (ayu, sari, tamu, wall):
        console.quit()
    damkar.quit()
    budi.quit()
    feed.stop()


def test_dispatch_waits_and_an_old_one_is_asked_about():
    feed, disk = feed_on_a_bad_disk()
    config = os.path.join(feed.home, "siaga.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write("[dispatch]\nresend = 5s\n")
    ayu = Console(feed, "ayu", cols=80, rows=24, args=("--config", config))
    ayu.wait("LIVE")
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu.wait("Pasar Gede")
    disk.fail("write error")
    eventually(lambda: feed.http("POST", "/v1/alarms", "app", ALARM).status == 503, "alarm")
    ayu.wait(RED)
    ayu.keys("F2").wait("! The feed cannot write: with y it waits in the outbox, not sent")
    ayu.answer("y")
    ayu.wait("OUTBOX 2")  # it takes the alarm, too
    pause(5.5)
    check(not ayu.has("NOT SENT for"), "nobody is asked while it cannot be sent")
    disk.heal()
    ayu.wait_gone(RED)
    ayu.wait("NOT SENT for")
    check_eq([e for e in read_log(feed) if e["type"] == "dispatch.requested"], [], "not by itself")
    for action in ("acknowledge", "dispatch"):
        ayu.wait(": %s" % action)
        # It comes by itself, so that it takes no answer at once.
        pause(2)
        ayu.keys("y")
    ayu.wait_gone("OUTBOX")
    check_eq(len([e for e in read_log(feed) if e["type"] == "dispatch.requested"]), 1, "once")
    ayu.quit()
    feed.stop()


def test_what_a_desk_had_received_is_not_forgotten():
    feed, disk = feed_on_a_bad_disk()
    ayu = Feed(feed, "ayu")
    desk = Feed(feed, "damkar")
    fire = feed.alarm(kind="fire")["incident"]
    ayu.do("acknowledge", fire)
    ayu.do("dispatch", fire, agency="damkar")
    seq = desk.event("dispatch.requested", agency="damkar")["seq"]
    disk.fail("full")
    eventually(lambda: feed.http("POST", "/v1/alarms", "app", ALARM).status == 503, "alarm")
    desk.send({"t": "got", "seq": seq})
    check_eq(desk.ask("note", fire, note="x").get("code"), "unavailable", "note")
    disk.heal()
    ayu.event("dispatch.delivered", agency="damkar")
    feed.stop()


def test_a_disk_that_is_full_at_the_start_is_told_before_an_alarm_meets_it():
    feed, disk = feed_on_a_bad_disk()
    it = feed.alarm(place="Pasar Gede")["incident"]
    feed.stop()
    disk.fail("full")
    feed.start()
    ayu = Console(feed, "ayu", cols=80, rows=24)
    ayu.wait(RED)
    ayu.wait("Pasar Gede")
    check_eq(feed.http("GET", "/healthz").status, 503, "health")
    check_eq(said(feed, "cannot be written"), 1, "it is said")
    disk.heal()
    ayu.wait_gone(RED)
    ayu.keys("a").wait_gone("OUTBOX")
    desk = Feed(feed, "sari", after=0)
    desk.event("incident.acknowledged", incident=it)
    ayu.quit()
    feed.stop()


def test_damage_in_the_log_that_is_met_while_it_runs():
    feed = start_feed()
    number = 0
    for number in range(30):
        first = feed.alarm(note="panjang " * 60, key="first") if number == 0 else feed.alarm(note="x " * 400)
    path = os.path.join(feed.dir, "log.db")
    link = sqlite3.connect(path)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = dict(link.execute("SELECT name, rootpage FROM sqlite_schema"))
    link.close()
    # The answers that were given are looked up with every alarm.
    with open(path, "r+b") as file:
        for name in ("answer", "event_by_incident"):
            file.seek(4096 * (pages[name] - 1))
            file.write(b"\xff" * 4096)
    statuses = {feed.http("POST", "/v1/alarms", "app", ALARM, key="new-%d" % i).status for i in range(3)}
    statuses |= {feed.http("GET", "/v1/alarms/" + first["alarm"], "app").status}
    check(statuses <= {200, 201, 503}, "no crash, and no lie:", statuses)
    check_eq(feed.child.poll(), None, "it lives")
    feed.http("GET", "/healthz")
    feed.stop()
    # The next start looks all of it over, refuses it and leaves it as it is.
    with open(path, "rb") as file:
        before = file.read()
    child = subprocess.run([SIAGAD, "--data", feed.dir, "--listen", "127.0.0.1:0"],
                           env=environment(feed.home), capture_output=True, text=True, timeout=20,
                           stdin=subprocess.DEVNULL, check=False)
    check_eq(child.returncode, 1, child.stderr)
    check("damaged" in child.stderr and "put back a copy" in child.stderr, child.stderr)
    with open(path, "rb") as file:
        check(file.read() == before, "it was touched")


def test_who_came_went_and_looked_meanwhile_is_in_the_log_afterwards():
    feed, disk = feed_on_a_bad_disk()
    ayu, budi = Feed(feed, "ayu", position="TMC-1"), Feed(feed, "budi")
    fire, flood = feed.alarm(kind="fire")["incident"], feed.alarm(kind="medical")["incident"]
    disk.fail("full")
    eventually(lambda: feed.http("POST", "/v1/alarms", "app", ALARM).status == 503, "alarm")
    began = time.time()
    sari, tamu, damkar = Feed(feed, "sari"), Feed(feed, "tamu"), Feed(feed, "damkar")
    # Who is gone before it can be written was there all the same.
    for desk, incident in ((sari, fire), (budi, flood), (tamu, fire)):
        desk.send({"t": "look", "open": incident})
    damkar.close()
    pause(3)
    ayu.close()
    tamu.close()
    pause(0.5)
    ended = time.time()
    disk.heal()
    eventually(lambda: is_well(feed), "it is well again")
    tamu = Feed(feed, "tamu")
    wanted = [("connected", "ayu@TMC-1", "operator"), ("connected", "budi", "operator"),
              ("connected", "sari", "supervisor"), ("connected", "tamu", "observer"),
              ("connected", "damkar", "agency damkar"), ("left", "damkar", "agency damkar"),
              ("opened", "sari", "#1 supervisor"), ("opened", "budi", "#2 operator"),
              ("opened", "tamu", "#1 observer"), ("left", "ayu@TMC-1", "operator"),
              ("left", "tamu", "observer"), ("connected", "tamu", "observer")]

    def told():
        status, out, errors = feed.admin("who", "--since", "1h")
        check_eq(status, 0, errors)
        lines = [line.split("  ") for line in out.splitlines()]
        return [[part.strip() for part in line if part.strip()] for line in lines]

    def seen():
        return sorted(tuple(line[1:]) for line in told() if line[1] != "started") == sorted(wanted)

    eventually(seen, lambda: "who: %r" % told())
    for stamp, what, name, *_ in (line for line in told() if len(line) == 4):
        if (what, name) in (("left", "damkar"), ("opened", "sari"), ("opened", "budi")):
            at = datetime.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
            check(began - 1 <= at <= ended, "when it happened:", what, name, stamp)
    order = [event["type"] for event in read_log(feed) if event["by"]["name"] == "damkar"]
    check_eq(order, ["link.up", "link.down"], "in order")
    feed.stop()
    status, out, errors = feed.admin("check")
    check_eq(status, 0, out + errors)


def test_who_goes_at_once_has_come_first():
    feed, disk = feed_on_a_bad_disk()
    desks = ["TMC-%d" % at for at in range(1, 21)]
    for at, desk in enumerate(desks):
        if at == 10:
            disk.fail("write error")
        Feed(feed, "ayu", position=desk).close()
    disk.heal()

    def links():
        told = {}
        for event in read_log(feed):
            if event["type"].startswith("link.") and "position" in event["by"]:
                told.setdefault(event["by"]["position"], []).append(event["type"])
        return told

    eventually(lambda: sum(map(len, links().values())) == 40, lambda: "links: %r" % links())
    check_eq(links(), {desk: ["link.up", "link.down"] for desk in desks}, "each came before it went")
    feed.stop()


def test_a_camera_whose_state_was_not_written_can_be_told_again():
    feed, disk = feed_on_a_bad_disk()
    ayu = Feed(feed, "ayu")
    name = [frame for frame in ayu.frames if frame["t"] == "registry"][-1]["cameras"][0]["id"]
    disk.fail("write error")
    check_eq(ayu.ask("camera_status", camera=name, status="down").get("code"), "unavailable", "on a bad disk")
    disk.heal()
    eventually(lambda: is_well(feed), "it is well again")
    ayu.do("camera_status", camera=name, status="down")
    ayu.event("camera.status", camera=name, status="down")
    feed.stop()


def fail_to_read(feed, disk, table):
    """The root of a table or index of the log cannot be read."""
    link = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page = link.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    size = link.execute("PRAGMA page_size").fetchone()[0]
    disk.fail("read error", size * (page - 1))
    # Whoever has the page in memory reads it anew when somebody else has written.
    link.execute("UPDATE meta SET value = value")
    link.commit()
    link.close()


def test_what_cannot_be_read_now_is_not_unknown_for_ever():
    feed, disk = feed_on_a_bad_disk()
    ayu = Feed(feed, "ayu")
    fire = feed.alarm(kind="fire")
    ayu.do("reject", fire["incident"], reason="accidental")
    fail_to_read(feed, disk, "event_by_incident")
    press, path = str(uuid.uuid4()), "/v1/alarms/" + fire["alarm"]
    for _ in range(3):
        check_eq(ayu.ask("note", fire["incident"], id_=press, note="Salah pencet").get("code"), "unavailable", "note")
        got = feed.http("POST", path + "/updates", "app", {"note": "Maaf"}, key="maaf")
        check_eq((got.status, "Retry-After" in got.headers), (503, True), "an update: %r" % got.body)
        check_eq(feed.http("GET", path, "app").status, 503, "the state")
    check_eq(said(feed, "the log cannot be read"), 1, "it is said once")
    disk.heal()
    check_eq(ayu.ask("note", fire["incident"], id_=press, note="Salah pencet")["t"], "done", "the same note")
    check_eq(feed.http("POST", path + "/updates", "app", {"note": "Maaf"}, key="maaf").status, 200, "the same update")
    check_eq(feed.http("GET", path, "app").json["state"], "false_alarm", "the state")
    kept = [event["data"].get("note") for event in read_log(feed) if event["type"] in ("incident.noted", "incident.updated")]
    check_eq(kept, ["Salah pencet", "Maaf"], "each once")
    feed.stop()


def test_a_look_at_what_cannot_be_read_now_is_told_when_it_can():
    feed, disk = feed_on_a_bad_disk()
    ayu, budi = Feed(feed, "ayu"), Feed(feed, "budi")
    fire = feed.alarm(kind="fire")["incident"]
    ayu.do("reject", fire, reason="accidental")
    eventually(lambda: len([e for e in read_log(feed) if e["type"] == "link.up"]) == 2, "they came")
    fail_to_read(feed, disk, "event_by_incident")
    ayu.send({"t": "look", "open": fire})
    eventually(lambda: said(feed, "the log cannot be read"), "it was tried")
    budi.close()
    disk.heal()
    ayu.event("incident.viewed", incident=fire)
    eventually(lambda: [e for e in read_log(feed) if e["type"] == "link.down"], "budi went")
    check_eq(len([e for e in read_log(feed) if e["type"] == "incident.viewed"]), 1, "once")
    feed.stop()


def many_that_have_ended(feed, desk):
    """So many that their pages are their own, and younger ones that are open."""
    fires = [feed.alarm(kind="fire")["incident"] for _ in range(60)]
    for fire in fires:
        desk.do("reject", fire, reason="accidental")
    for _ in range(30):
        feed.alarm(kind="fire")
    return fires


def fail_to_read_incident(feed, disk, incident):
    """The page of the log with its events; those of others are on other pages."""
    path = os.path.join(feed.dir, "log.db")
    link = sqlite3.connect(path)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = link.execute("PRAGMA page_size").fetchone()[0]
    with open(path, "rb") as file:
        data = file.read()
    leaves = [at for at in range(0, len(data), size) if data[at] == 0x0D]
    bad = [at for at in leaves if incident.encode() in data[at : at + size] and b'"type":"incident' in data[at : at + size]]
    disk.fail("read error", bad[0])
    link.execute("UPDATE meta SET value = value")
    link.commit()
    link.close()


def test_alarms_beside_what_cannot_be_read_are_taken():
    feed, disk = feed_on_a_bad_disk()
    ayu = Feed(feed, "ayu")
    fires = many_that_have_ended(feed, ayu)
    fail_to_read_incident(feed, disk, fires[20])
    answers, notes = [], []

    def post():
        for _ in range(60):
            answers.append(feed.http("POST", "/v1/alarms", "app", ALARM).status)

    apps = [threading.Thread(target=post) for _ in range(4)]
    for app in apps:
        app.start()
    while any(app.is_alive() for app in apps) and len(notes) < 90:
        notes.append(ayu.ask("note", fires[20], note="Sudah selesai?").get("code"))
    for app in apps:
        app.join()
    check_eq(set(notes), {"unavailable"}, "a note about what cannot be read")
    check_eq((set(answers), len(answers)), ({201}, 240), "alarms meanwhile")
    check_eq(said(feed, "the log cannot be read"), 1, "it is said once")
    check_eq(ayu.ask("note", fires[50], note="Ini bisa dibaca")["t"], "done", "a note about another that has ended")
    disk.heal()
    press = str(uuid.uuid4())
    check_eq(ayu.ask("note", fires[20], id_=press, note="Sudah selesai")["t"], "done", "when it can be read")
    feed.stop()
    status, out, errors = feed.admin("check")
    check_eq(status, 0, out + errors)


def test_what_has_ended_and_cannot_be_read_keeps_nobody_from_the_rest():
    feed, disk = feed_on_a_bad_disk()
    ayu = Feed(feed, "ayu")
    fires = many_that_have_ended(feed, ayu)
    fail_to_read_incident(feed, disk, fires[20])
    budi = Feed(feed, "budi")
    for fire in (fires[20], fires[50]):
        budi.send({"t": "tell", "incident": fire})
    budi.event("incident.rejected", incident=fires[50])
    check_eq([e for e in budi.events if e.get("incident") == fires[20]], [], "what cannot be read")
    budi.event("incident.raised", incident=feed.alarm(kind="fire")["incident"])
    check_eq(said(feed, "asks for, cannot be read"), 1, "it is said once")
    disk.heal()
    budi.send({"t": "tell", "incident": fires[20]})
    budi.event("incident.rejected", incident=fires[20])
    feed.stop()


def test_who_lacks_what_is_open_again_and_cannot_be_read_is_sent_to_ask_anew():
    feed, disk = feed_on_a_bad_disk()
    ayu = Feed(feed, "ayu")
    fires = many_that_have_ended(feed, ayu)
    budi = Feed(feed, "budi")
    fail_to_read_incident(feed, disk, fires[20])
    budi.send({"t": "tell", "incident": fires[20]})
    disk.heal()
    ayu.do("reopen", fires[20])
    fail_to_read_incident(feed, disk, fires[20])
    budi.send({"t": "tell", "incident": fires[20]})
    check_eq(budi.closed(), 1011, "he is not called live without it")
    disk.heal()
    Feed(feed, "budi").event("incident.reopened", incident=fires[20])
    feed.stop()


def test_what_a_caller_says_in_the_moment_of_a_split_goes_where_the_alarm_is_then():
    """The disk takes its time, and what is asked meanwhile is decided and written together, one after the other."""
    feed, disk = feed_on_a_bad_disk()
    ayu = Feed(feed, "ayu")
    one, two = feed.alarm(kind="fire"), feed.alarm(kind="fire")
    ayu.do("merge", one["incident"], into=two["incident"])
    ayu.until_seq(feed.head())
    disk.fail("late")
    ayu.send({"t": "do", "id": str(uuid.uuid4()), "incident": two["incident"], "action": "note", "note": "isi"})
    pause(0.2)  # It is on its way to the disk.
    ayu.send({"t": "do", "id": str(uuid.uuid4()), "incident": one["incident"], "action": "split",
              "if_rev": ayu.revs[one["incident"]]})
    path = "/v1/alarms/%s/updates" % one["alarm"]
    answers = []
    caller = threading.Thread(target=lambda: answers.append(
        feed.http("POST", path, "app", {"lat": -7.58, "lon": 110.84, "note": "Saya pindah"})))
    caller.start()
    pause(0.2)
    disk.heal()
    caller.join()
    check_eq(answers[0].status, 200, "the update")
    split = ayu.event("incident.split", incident=one["incident"])
    said = ayu.event("incident.updated", note="Saya pindah")
    check(said["seq"] > split["seq"], "the split was first:", split["seq"], said["seq"])
    check_eq(said["incident"], one["incident"], "where it went")
    feed.stop()


run(globals())
