"""siaga coverage: of what a console has kept, which alarms a working camera was near to, and where one more would
see the most."""

import csv
import datetime
import io
import json
import os
import sqlite3
import shutil
import subprocess
import time

from plain_console import Plain
from siaga_test import SIAGA, SLOW, Feed, check, check_eq, eventually, environment, run, scope, start_feed

GLADAG = (-7.5722, 110.8289)
NOWHERE = (-7.5310, 110.7800)  # in the city, far from every camera of the folder that is made here
CAMERAS = """id,owner,name,lat,lon,status,fictional,stream,snapshot
Gladag,police,Simpang Gladag,-7.5722,110.8289,ok,yes,,
Manahan,dishub,Stadion Manahan,-7.5560,110.8050,ok,yes,,
Jurug,dishub,Jembatan Jurug,-7.5664,110.8612,down,yes,,
"""


def rfc(at_s):
    return datetime.datetime.fromtimestamp(at_s, datetime.timezone.utc).isoformat(timespec="milliseconds")


def coverage(*words, state=None, **env):
    words = ("coverage", *words) if state is None else ("coverage", "--state", state, *words)
    done = subprocess.run([SIAGA, *words], env=dict(environment(scope.folder()), **env), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=100 * SLOW, check=False)
    return done.returncode, done.stdout, done.stderr


def read(state, *words):
    status, out, said = coverage("--json", *words, state=state)
    check_eq((status, said), (0, ""), "coverage")
    return json.loads(out)


def folder_with(cameras):
    folder = os.path.join(scope.folder(), "registry")
    shutil.copytree(os.environ["SIAGA_DATA"], folder)
    with open(os.path.join(folder, "cameras.csv"), "w", encoding="utf-8") as file:
        file.write(cameras)
    return folder


class Month:
    """Alarms near three cameras and near none, some ended and some open, as a console has kept them."""

    def __init__(self):
        self.feed = start_feed()
        self.feed.load_registry(folder_with(CAMERAS))
        self.console = Plain(self.feed, "sari")
        self.console.wait("LIVE")
        self.state = self.console.state
        self.start = time.time()
        self.ayu = Feed(self.feed, "ayu")
        self.raised = 0

    def alarm(self, at, priority, north_m=0, **members):
        self.raised += 1
        lat = round(at[0] + north_m * 9e-6, 7)
        return self.feed.alarm(kind="fire", lat=lat, lon=at[1], priority=priority, **members)["incident"]

    def end(self, incident):
        self.ayu.do("acknowledge", incident)
        self.ayu.do("reject", incident, reason="accidental")

    def live(self):
        self.end(self.alarm(GLADAG, "P1", 100))
        self.alarm(GLADAG, "P2", -200)
        self.end(self.alarm((-7.5560, 110.8050), "P3"))
        self.alarm((-7.5664, 110.8612), "P1", 50)
        for priority, north_m in (("P1", 0), ("P2", 40), ("P4", 120)):
            self.alarm(NOWHERE, priority, north_m)
        self.end(self.alarm(NOWHERE, "P4", 60))
        # Neither a second report of the same, nor an exercise, is one more thing that happens.
        fire, again = self.alarm(GLADAG, "P1"), self.alarm(GLADAG, "P1")
        self.ayu.do("acknowledge", fire)
        self.ayu.do("acknowledge", again)
        self.ayu.do("merge", again, into=fire)
        self.alarm(NOWHERE, "P1", mode="exercise")
        # A camera fails after the console got the registry.
        self.ayu.do("camera_status", camera="Manahan", status="stale")
        self.ayu.until_seq(self.feed.head())
        self.stop()
        return self

    def stop(self):
        self.console.say("status").wait("new")
        self.console.quit()


def test_a_planner_sees_where_no_camera_is():
    month = Month().live()
    got = read(month.state)
    check_eq([got[name] for name in ("incidents", "seen", "stale", "down", "none")], [9, 3, 1, 1, 4], "all")
    check_eq(got["cameras"], {"ok": 1, "stale": 1, "down": 1}, "cameras as they are now")
    check_eq(got["priorities"]["P1"], {"incidents": 4, "seen": 2, "stale": 0, "down": 1, "none": 1}, "P1")
    check_eq(sum(cell["incidents"] for cell in got["cells"]), 9, "in the cells")
    worst, place = got["cells"][0], got["places"][0]
    check_eq((worst["incidents"], worst["none"]), (4, 4), "the worst cell")
    check_eq((place["incidents"], place["urgent"], place["grid"]), (4, 2, worst["grid"]), "the best place")
    check(abs(place["lat"] - NOWHERE[0]) < 0.0025 and abs(place["lon"] - NOWHERE[1]) < 0.0025, place)
    check_eq(len(got["places"]), 1, "nothing else is left")
    check_eq([(mend["camera"], mend["status"], mend["incidents"]) for mend in got["repairs"]],
             [("Manahan", "stale", 1), ("Jurug", "down", 1)], "to be mended")


def test_radius_time_and_another_registry_change_what_is_seen():
    month = Month().live()
    check_eq(read(month.state, "--radius", "150")["seen"], 2, "within 150 m")
    check_eq(read(month.state, "--radius", "5000")["none"], 0, "within 5 km")
    check_eq(read(month.state, "--places", "0")["places"], [], "no place is asked for")
    status, out, said = coverage("--json", "--from", rfc(month.start - 60), state=month.state)
    check_eq((status, json.loads(out)["incidents"]), (0, 9), "since before it began")
    # The console may have come a moment after the log began, and then says so.
    check(said == "" or "is whole from" in said, said)
    status, out, said = coverage("--json", "--from", rfc(month.start - 120), "--to", rfc(month.start - 60),
                                 state=month.state)
    check(status == 0 and json.loads(out)["incidents"] == 0, said)
    check("siaga: no incident was received then\n" in said, "an hour without any:", said)
    more = CAMERAS.replace(",down,", ",ok,") + "Baru,dishub,Simpang Baru,%.4f,%.4f,ok,yes,,\n" % NOWHERE
    better = read(month.state, "--registry", folder_with(more))
    check_eq((better["seen"], better["none"], better["places"]), (8, 0, []), "with one camera more, and one mended")


def test_it_is_read_in_two_languages_and_kept_as_a_table():
    month = Month().live()
    status, out, said = coverage(state=month.state, TZ="Asia/Jakarta")
    check_eq((status, said), (0, ""), "English")
    check("With a working camera within 250 m: 3 (33 %)\n" in out, out)
    check("Cameras: 1 work, 1 are stale, 1 are broken\n" in out, out)
    check("  1. " in out and "4 incidents, 2 of them P1 or P2" in out and "stale: Stadion Manahan" in out, out)
    check(all(len(line) <= 100 for line in out.splitlines()), out)
    status, out, said = coverage("--language", "id", state=month.state)
    check_eq((status, said), (0, ""), "Indonesian")
    check("Kamera" in out and "incidents" not in out and "stale" not in out, out)
    status, out, said = coverage("--csv", state=month.state)
    check_eq((status, said), (0, ""), "CSV")
    rows = list(csv.DictReader(io.StringIO(out)))
    check_eq(sum(int(row["incidents"]) for row in rows), 9, "rows")
    check_eq((rows[0]["none"], rows[0]["P4"], rows[0]["P4_seen"]), ("4", "2", "0"), "the worst cell")


def kept_seq(state):
    with sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True, timeout=10) as db:
        return (db.execute("SELECT last_seq FROM meta").fetchone() or (0,))[0]


def test_it_works_beside_a_console_and_writes_nothing():
    month = Month()
    month.end(month.alarm(GLADAG, "P1"))
    month.ayu.until_seq(month.feed.head())
    # What has just come is kept in a moment.
    eventually(lambda: kept_seq(month.state) == month.feed.head(), "it is kept")
    before = sorted(os.listdir(month.state))
    check_eq(read(month.state)["incidents"], 1, "while it runs")
    check_eq(sorted(os.listdir(month.state)), before, "files")
    month.console.quit()


def test_what_is_asked_wrongly_is_said():
    month = Month()
    month.alarm(GLADAG, "P1")
    month.ayu.until_seq(month.feed.head())
    month.stop()
    for words, code, problem in (
            (("--radius", "0"), 2, "--radius: whole metres, 1 to 5000"),
            (("--radius", "250m"), 2, "--radius: whole metres"),
            (("--radius", "99999999999999999999"), 2, "--radius: whole metres"),
            (("--places", "many"), 2, "--places: a number, 0 to 100"),
            (("--from", "gestern"), 2, "--from: a time such as"),
            (("--to", ""), 2, "--to: a time such as"),
            (("--json", "--csv"), 2, "--json and --csv exclude each other"),
            (("--demo",), 2, "--demo: coverage reads what is kept"),
            (("--offline",), 2, "--offline: coverage reads what is kept"),
            (("more",), 2, "more: not an option"),
            (("--from", "2030-01-01 00:00"), 1, "--from is not before --to, or behind all that is kept"),
            (("--from", "2026-01-02 00:00", "--to", "2026-01-01 00:00"), 1, "--from is not before --to"),
            (("--registry", "/nonexistent"), 1, "/nonexistent/agencies.csv: No such file"),
            (("--registry", folder_with(CAMERAS + "x,dishub,X,91,0,ok,yes,,\n")), 1, "cameras.csv:5: lat")):
        status, out, said = coverage(*words, state=month.state)
        check(status == code and out == "" and problem in said, words, status, said)
    status, out, said = coverage(state=scope.folder())
    check(status == 1 and out == "" and "nothing was ever kept there" in said, said)
    status, out, said = coverage(state="/nonexistent/x")
    check(status == 1 and "/nonexistent/x: No such file" in said, said)
    done = subprocess.run([SIAGA, "--offline", "--radius", "250"], env=environment(scope.folder()),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20 * SLOW, check=False)
    check(done.returncode == 2 and "--radius goes with siaga coverage" in done.stderr, done.stderr)
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([SIAGA, "coverage", "--state", month.state], env=environment(scope.folder()),
                              stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=20 * SLOW, check=False)
    check(done.returncode == 1 and "standard output: No space left" in done.stderr, done.stderr)


def test_a_cache_that_knows_only_a_part_says_so():
    month = Month()
    month.end(month.alarm(GLADAG, "P1"))
    late = Plain(month.feed, "budi")
    late.wait("LIVE")
    desk = Plain(month.feed, "damkar")
    desk.wait("LIVE")
    month.ayu.do("acknowledge", month.alarm(GLADAG, "P2"))
    month.ayu.until_seq(month.feed.head())
    month.stop()
    for console, said_there in ((late, "is whole from 20"), (desk, "only what damkar may see")):
        console.say("status").wait("open")
        console.quit()
        status, _, said = coverage("--from", "2026-01-01 00:00", state=console.state)
        check(status == 0 and said_there in said, status, said)
    # Of what was before it came it knows only what was open: that is not counted where nobody asks for it.
    check_eq(read(late.state)["incidents"], 1, "since it came")


if __name__ == "__main__":
    run(globals())
