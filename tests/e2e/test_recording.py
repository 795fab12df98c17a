"""A shift becomes a scenario: out of the feed's log and out of a console's cache, with nobody's name in it, and
watched it is as it was."""

import datetime
import json
import os
import re
import sqlite3
import subprocess
import time
import uuid

from plain_console import Plain
from siaga_test import (SIAGA, SIAGAD, SLOW, Feed, check, check_eq, environment, run, scope, start_feed)

# Whoever calls; all of it invented.
CALLERS = [
    ("Wiryo Sudarmo", "+62 800-555-0151"),
    ("Lestari Aminah", "0800 555 0152"),
    ("Ratna Ma'ruf", "+62 800\u2011555\u20110153"),
    ("Élan Prasetya", "0271-555154"),
    ("Bonifasius", "55155"),
]
WORKERS = ("ayu", "budi", "sari", "prastowo")
LIMITS = {"session_rate": 5000, "session_burst": 10000, "intake_rate": 5000, "intake_burst": 10000}


def rfc(at_s):
    return datetime.datetime.fromtimestamp(at_s, datetime.timezone.utc).isoformat(timespec="milliseconds")


def siaga(*words, home=None):
    done = subprocess.run([SIAGA, *words], env=environment(home or scope.folder()), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=100 * SLOW, check=False)
    return done.returncode, done.stdout, done.stderr


def export(feed, start, end):
    status, out, errors = feed.admin("export", "--scenario", rfc(start), rfc(end))
    check_eq(status, 0, "export: " + errors)
    return out, errors


def file_of(text, name="recording.jsonl"):
    path = os.path.join(scope.folder(), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def lines_of(text, kind):
    """The lines that have a member of that name: [(seconds, what it holds)]."""
    return [(line.get("at"), line[kind]) for line in map(json.loads, text.splitlines()) if kind in line]


def holds_nobody(text, callers=CALLERS, workers=WORKERS):
    """Not one word of a caller's name, no number of theirs, nobody who worked."""
    words = set(re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold()))
    digits = [re.sub(r"\D", "", run) for run in re.findall(r"\d(?:[ ./()\-]{0,3}\d)+", text)]
    for name, phone in callers:
        for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", name.casefold()):
            check(word not in words, word, "is in it")
        number = re.sub(r"\D", "", phone)
        check(phone not in text and not any(number in run for run in digits), phone, "is in it")
    for worker in workers:
        check(worker not in words, worker, "is in it")


class Evening:
    """Some callers, two operators and two desks, on a real feed."""

    def __init__(self):
        self.feed = start_feed(limits=LIMITS)
        self.feed.token("prastowo", "agency", "polresta")
        self.start = time.time()
        self.ayu = Feed(self.feed, "ayu", position="TMC-1")
        self.budi = Feed(self.feed, "budi", position="TMC-2")
        self.damkar = Feed(self.feed, "damkar")
        self.polresta = Feed(self.feed, "prastowo")
        self.alarms = []

    def call(self, at, **members):
        name, phone = CALLERS[at]
        self.alarms.append(self.feed.alarm(caller={"name": name, "phone": phone}, **members))
        return self.alarms[-1]["incident"]

    def more(self, at, **members):
        got = self.feed.http("POST", "/v1/alarms/%s/updates" % self.alarms[at]["alarm"], "app", members)
        check(got.status < 300, "the update is taken:", got.body)

    @staticmethod
    def got(desk):
        desk.send({"t": "got", "seq": desk.event("dispatch.requested")["seq"]})

    def live(self):
        ayu, budi, damkar = self.ayu, self.budi, self.damkar
        fire = self.call(0, kind="fire", note="Rumah terbakar, saya Wiryo, hub. 0812-3456-7890", place="Rumah Sudarmo")
        again = self.call(1, kind="fire", note="ada api; LESTARI")
        prank = self.call(2, kind="crime")
        flood = self.call(3, kind="flood", note="air naik di \u201cwarung Élan\u201d")
        ayu.do("acknowledge", fire)
        ayu.do("verify", fire, method="camera", camera="Gladag", note="terlihat; ratna ma'ruf juga menelepon")
        ayu.do("dispatch", fire, agency="damkar", note="cepat, kata Budi")
        ayu.do("dispatch", fire, agency="polresta")
        self.got(damkar)
        self.got(self.polresta)
        self.more(0, lat=-7.5699, lon=110.8301, note="api membesar, telepon 0271 712345")
        damkar.do("accept", fire, agency="damkar")
        damkar.do("en_route", fire, agency="damkar")
        self.polresta.do("decline", fire, agency="polresta", note="semua di stadion, tanya Prastowo")
        budi.do("acknowledge", again)
        ayu.until_seq(self.feed.head())
        budi.do("merge", again, into=fire)
        budi.do("acknowledge", prank)
        budi.do("note", prank, note="nomor 55155 tidak diangkat, +62\u00a0800\u00a0555\u00a00153 juga tidak")
        budi.do("reject", prank, reason="prank", note="Bonifasius lagi")
        ayu.do("acknowledge", flood)
        ayu.do("update", flood, priority="P3", place="Warung Bu Lestari, Jurug", lat=-7.5664, lon=110.8612)
        ayu.do("hold", flood, until=rfc(time.time() + 600), note="menunggu BPBD")
        budi.do("claim", flood, note="ayu sibuk")
        self.feed.http("POST", "/v1/alarms/%s/cancel" % self.alarms[3]["alarm"], "app", {"note": "maaf, Élan"})
        damkar.do("on_scene", fire, agency="damkar")
        damkar.do("note", fire, note="butuh air; pemilik Pak Wiryo selamat")
        self.call(4, kind="medical", source="app")
        ayu.do("camera_status", camera="PasarGede", status="down")
        ayu.until_seq(self.feed.head())
        self.end = time.time() + 0.5
        return self


# How the five stand at the end, in the words of the queue, and what their callers are told.
SHOWN = ("ON SCENE", "MERGED", "FALSE", "ON HOLD", "NEW")
TOLD = ["on_scene", "on_scene", "false_alarm", "acknowledged", "new"]


def watched(path, until, *more):
    """The screen of a replay that does again what was done."""
    keys = file_of("wait until %d:%02d\n:dump -\n" % divmod(until, 60), "keys.script")
    status, out, errors = siaga("replay", path, "--watch", "--script", keys, "--size", "120x40", *more)
    check_eq((status, errors), (0, ""), "replay")
    return out


def test_a_shift_is_exported_and_nobody_is_in_it():
    evening = Evening().live()
    text, said = export(evening.feed, evening.start, evening.end)
    holds_nobody(text)
    check_eq(said, "siagad: 5 alarms, 18 actions\n", "what is said")
    raised = lines_of(text, "raise")
    check_eq([body["key"] for _, body in raised], ["a1", "a2", "a3", "a4", "a5"], "the alarms")
    check_eq(raised[1][1]["caller"], {"name": "Pelapor 2", "phone": "+62 800-555-0002"}, "a caller")
    check(all(0 <= at <= evening.end - evening.start for at, _ in raised), "times are relative")
    truth = {line["raise"]["key"]: line.get("truth") for line in map(json.loads, text.splitlines())
             if "raise" in line}
    check_eq(truth["a1"], {"real": True, "needs": ["damkar"], "may": ["polresta"]}, "the fire")
    check_eq(truth["a2"], {"real": True, "same_as": "a1"}, "told of twice")
    check_eq(truth["a3"], {"real": False}, "the prank")
    check_eq(truth["a5"], None, "nobody knows yet")
    status, out, errors = siaga("scenario", "check", file_of(text))
    check(status == 0 and "OK, 5 alarms" in out, status, out, errors)
    shown = watched(file_of(text), 20)
    told = [evening.feed.http("GET", "/v1/alarms/" + alarm["alarm"], "app").json["state"] for alarm in evening.alarms]
    check_eq(told, TOLD, "the evening itself")
    for number, state in enumerate(SHOWN, 1):
        check(re.search(r"#%d .*%s" % (number, state), shown), number, state, shown)
    check_eq(watched(file_of(text), 20), shown, "the same each time")


def test_a_console_records_what_it_has_kept():
    evening = Evening()
    console = Plain(evening.feed, "sari")
    console.wait("LIVE")
    evening.start = time.time()
    evening.live()
    console.say("status").wait("1 new")
    console.quit()
    wanted, _ = export(evening.feed, evening.start, evening.end)
    span = (rfc(evening.start), rfc(evening.end))
    status, out, said = siaga("record", *span, "--state", console.state)
    check_eq(status, 0, said)
    check(said.startswith("siaga: alarms: 5, actions: 18\n"), said)
    check_eq(out, wanted, "what the console has kept is what the feed has")
    holds_nobody(out)
    for words, problem in (((span[1], span[0]), "FROM is not before TO"), (("gestern", span[1]), "FROM and TO are times"),
                           (("2020-01-01 00:00", span[1]), "more than a week"),
                           (("2020-01-01 00:00", "2020-01-01 08:00"), "is whole from 20"),
                           (("2035-01-01 00:00", "2035-01-01 08:00"), "no alarm was raised in that time")):
        status, out, said = siaga("record", *words, "--state", console.state)
        check(status != 0 and out == "" and problem in said, words, said)
    status, out, said = siaga("record", *span, "--state", scope.folder())
    check(status == 1 and "nothing was ever kept there" in said, said)
    status, out, said = siaga("record", *span, "--state", "/nonexistent/x")
    check(status == 1 and "/nonexistent/x: No such file" in said, said)


def test_a_cache_that_begins_later_says_since_when():
    evening = Evening()
    old = evening.call(0, kind="fire")
    evening.ayu.do("acknowledge", old)
    evening.call(1, kind="fire")
    evening.budi.do("acknowledge", evening.alarms[1]["incident"])
    evening.budi.do("reject", evening.alarms[1]["incident"], reason="prank")
    console = Plain(evening.feed, "ayu")
    console.wait("LIVE")
    since = time.time()
    evening.ayu.do("note", old, note="x")
    evening.call(2, kind="crime", note="sama dengan laporan Wiryo")
    console.wait("NEW #3")
    console.say("status").wait("1 new")
    console.quit()
    end = rfc(time.time() + 0.1)
    status, out, said = siaga("record", rfc(evening.start - 1), end, "--state", console.state)
    check(status == 1 and out == "" and "is whole from 20" in said and "and not before" in said, said)
    status, out, said = siaga("record", rfc(since), end, "--state", console.state)
    check_eq(status, 0, said)
    check("alarms: 1, actions: 0\n" in said and "began before: 1, with events: 1\n" in said, said)
    holds_nobody(out)


def test_other_eyes_have_kept_less():
    evening = Evening()
    consoles = [Plain(evening.feed, name) for name in ("tamu", "damkar")]
    for console in consoles:
        console.wait("LIVE")
    evening.start = time.time()
    evening.live()
    for console, words in zip(consoles, ("was not shown who called", "only what damkar may see")):
        console.say("status").wait("open")
        console.quit()
        status, out, said = siaga("record", rfc(evening.start), rfc(evening.end), "--state", console.state)
        check(status == 0 and words in said, status, said)
        # Where the feed has told no names, nobody can find them; numbers are numbers.
        holds_nobody(out, [("", phone) for _, phone in CALLERS[:4]])
        watched(file_of(out), 20)


LONG_AGO = ("Kartolo Basuki", "0812-3456-7890")
LATER = ("Prihatini", "0813 9999 8888")


def make_older(path, upto, days):
    """The first events of a log, or of a cache, as if they had been so long ago."""
    db = sqlite3.connect(path)
    for seq, at_ms, body in db.execute("SELECT seq, at_ms, body FROM event WHERE seq <= ?", (upto,)).fetchall():
        event = json.loads(body)
        at_ms -= days * 86400000
        event["at"] = rfc(at_ms / 1000).replace("+00:00", "Z")
        db.execute("UPDATE event SET at_ms = ?, body = ? WHERE seq = ?", (at_ms, json.dumps(event), seq))
    db.commit()
    db.close()


def test_whoever_called_or_worked_long_ago_or_later_is_not_in_it():
    feed = start_feed(limits=LIMITS)
    feed.token("nur-aini", "operator")  # is never there
    console = Plain(feed, "sari")
    console.wait("LIVE")
    budi = Feed(feed, "budi")
    old = feed.alarm(kind="fire", caller={"name": LONG_AGO[0], "phone": LONG_AGO[1]})
    budi.do("acknowledge", old["incident"])
    budi.do("reject", old["incident"], reason="prank")
    upto = feed.head()
    start = time.time()
    feed.alarm(kind="fire", caller={"name": "Bo", "phone": "5515"},
               note="kata KARTOLO 0812,3456,7890 dan budi; Prihatini +62 813:9999:8888 juga")
    time.sleep(0.05)
    end = time.time()
    late = feed.alarm(kind="crime", caller={"name": LATER[0], "phone": LATER[1]})
    Feed(feed, "ayu").do("acknowledge", late["incident"], note="x")
    console.say("status").wait("1 new")
    console.quit()
    feed.stop()
    make_older(os.path.join(feed.dir, "log.db"), upto, 3)
    cache = [os.path.join(at, name) for at, _, names in os.walk(console.state) for name in names if name == "cache.db"]
    check_eq(len(cache), 1, "a cache")
    make_older(cache[0], upto, 3)
    text, _ = export(feed, start, end)
    status, kept, said = siaga("record", rfc(start), rfc(end), "--state", console.state)
    check_eq(status, 0, said)
    for out in (text, kept):
        holds_nobody(out, [LONG_AGO, LATER, ("Bo", "5515")])
        check_eq([body["note"] for _, body in lines_of(out, "raise")],
                 ["kata *** *** dan ***; *** +*** juga"], "the note")


def test_names_of_tokens_are_not_in_it():
    feed = start_feed(limits=LIMITS)
    feed.token("nur-aini", "operator")
    start = time.time()
    feed.alarm(kind="fire", note="Nuraini tahu; damkar juga, dan app, kata NUR'AINI")
    text, _ = export(feed, start, time.time() + 0.1)
    check_eq(lines_of(text, "raise")[0][1]["note"], "*** tahu; damkar juga, dan app, kata ***", "the note")


def test_an_event_that_cannot_be_read_hides_no_others():
    feed = start_feed(limits=LIMITS)
    start = time.time()
    for _ in range(9):
        feed.alarm(kind="fire")
    end = time.time() + 0.1
    feed.stop()
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    (head,) = db.execute("SELECT max(seq) FROM event").fetchone()
    db.execute("UPDATE event SET body = '{' WHERE seq = ?", (1 + head // 2,))
    db.commit()
    db.close()
    text, said = export(feed, start, end)
    check_eq(len(lines_of(text, "raise")), 8, "the others")
    check("; 1 events cannot be read, see siagad check" in said, said)


def test_what_cannot_be_exported_is_said():
    feed = start_feed()
    for words, status, problem in (
            (("export",), 2, "export --scenario FROM TO"),
            (("export", "--scenario", "2026-01-01 00:00"), 2, "export --scenario FROM TO"),
            (("export", "2026-01-01 00:00", "2026-01-01 08:00"), 2, "export --scenario FROM TO"),
            (("export", "--scenario", "2026-01-01", "2026-01-02 08:00"), 2, "FROM and TO: times such as"),
            (("export", "--scenario", "2026-01-01 08:00", "2026-01-01 08:00:00"), 2, "FROM is not before TO"),
            (("export", "--scenario", "2026-01-01 08:00", "2026-02-01 08:00:00"), 2, "more than a week"),
            (("export", "--scenario", "2026-01-01 00:00", "2026-01-01T08:00:00+07:00"), 1, "no alarm was raised")):
        got, out, said = feed.admin(*words)
        check(got == status and out == "" and problem in said, words, got, said)
    feed.stop()
    for ending in ("-wal", "-shm"):
        if os.path.exists(os.path.join(feed.dir, "log.db" + ending)):
            os.unlink(os.path.join(feed.dir, "log.db" + ending))
    os.truncate(os.path.join(feed.dir, "log.db"), 1000)
    got, out, said = feed.admin("export", "--scenario", "2026-01-01 00:00", "2026-01-01 08:00")
    check(got == 1 and out == "" and "log.db" in said, said)
    feed.dir = os.path.join(scope.folder(), "none")
    got, out, said = feed.admin("export", "--scenario", "2026-01-01 00:00", "2026-01-01 08:00")
    check(got == 1 and out == "" and "none" in said, said)


# --- a heavy hour ---

WAVE, WAVES = 40, 26


def steps(alarm, at):
    """What is done about an alarm, a step a round: who, action, members. Each tenth stays open."""
    name, phone = "Pelapor%sasli Nomor%s" % (letters(at), letters(at)), phone_of(at)
    yield "ayu", "acknowledge", {"if_rev": 1}
    yield "budi", "verify", {"if_rev": 2, "method": "callback", "note": "%s di %s menjawab" % (name, phone)}
    yield "ayu", "dispatch", {"agency": "damkar"}
    yield "damkar", "accept", {"agency": "damkar"}
    yield "damkar", "en_route", {"agency": "damkar"}
    yield "damkar", "on_scene", {"agency": "damkar"}
    yield "damkar", "clear", {"agency": "damkar"}
    if at % 10:
        yield "ayu", "resolve", {"if_rev": 5}
        yield "budi", "close", {"if_rev": 6, "disposition": "handled", "note": "selesai, kata " + name}


def letters(at):
    return "".join(chr(ord("a") + int(digit)) for digit in "%04d" % at)


def phone_of(at):
    return "+62 800-555-%04d" % (5000 + at)


def live_heavily(feed):
    """More than 10 000 events, as fast as the feed takes them."""
    links = {name: Feed(feed, name) for name in ("ayu", "budi", "damkar")}
    at = 0
    for _ in range(WAVES):
        flows = []
        for _ in range(WAVE):
            name = "Pelapor%sasli Nomor%s" % (letters(at), letters(at))
            alarm = feed.alarm(kind="fire", lat=-7.55 - at % 37 / 1000, lon=110.80 + at % 53 / 1000,
                               caller={"name": name, "phone": phone_of(at)}, note="saya %s" % name.upper())
            flows.append((alarm["incident"], list(steps(alarm, at))))
            at += 1
        for step in range(9):
            asked = {}
            for incident, flow in flows:
                if step < len(flow):
                    who, action, members = flow[step]
                    frame = {"t": "do", "id": str(uuid.uuid4()), "action": action, "incident": incident}
                    links[who].send(dict(frame, **members))
                    asked.setdefault(who, set()).add(frame["id"])
            for who, ids in asked.items():
                while ids:
                    frame = links[who].recv()
                    check(frame["t"] != "refused", frame)
                    ids.discard(frame.get("id"))
    for link in links.values():
        link.close()
    return at


def stretch(feed, seconds):
    """The log as if it had taken so long."""
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    rows = db.execute("SELECT seq, at_ms, body FROM event ORDER BY seq").fetchall()
    first, last = rows[0][1], rows[-1][1]
    for seq, at_ms, body in rows:
        at_ms = first + (at_ms - first) * (seconds * 1000 - 1) // (last - first)
        event = json.loads(body)
        event["at"] = rfc(at_ms / 1000).replace("+00:00", "Z")
        db.execute("UPDATE event SET at_ms = ?, body = ? WHERE seq = ?", (at_ms, json.dumps(event), seq))
    db.commit()
    db.close()
    return first / 1000, len(rows)


def test_an_hour_of_ten_thousand_events_plays_faster_than_64_times():
    feed = start_feed(limits=LIMITS)
    alarms = live_heavily(feed)
    feed.stop()
    first, count = stretch(feed, 3600)
    check(count >= 10000, count, "events")
    text, said = export(feed, first, first + 3600)
    print("# %d events; %s" % (count, said.strip()))
    check_eq(len(lines_of(text, "raise")), alarms, "alarms")
    holds_nobody(text, [("Pelapor%sasli Nomor%s" % (letters(at), letters(at)), phone_of(at)) for at in range(alarms)])
    path = file_of(text)
    status, out, errors = siaga("scenario", "check", path)
    check_eq((status, errors), (0, ""), "check of it")
    for words in (["--watch"], []):
        keys = file_of("wait until 60:00\n:dump -\n", "keys.script")
        began = time.monotonic()
        status, out, errors = siaga("replay", path, "--script", keys, *words)
        took = time.monotonic() - began
        check_eq((status, errors), (0, ""), "replay")
        print("# an hour of %d events %s: %.1f s, %.0f times as fast" % (count, words, took, 3600 / took))
        check(took < 3600 / 64 * SLOW, "slower than 64 times:", took)


test_an_hour_of_ten_thousand_events_plays_faster_than_64_times.seconds = 240


if __name__ == "__main__":
    run(globals())
