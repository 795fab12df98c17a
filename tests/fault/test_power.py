"""The power goes: what was confirmed, or shown as kept, was on the disk before that was said."""

import os
import random
import signal
import sqlite3
import subprocess

from books import balance_alarms, confirmed_by, read_log, start_apps
from faultdisk import Power
from siaga_test import (SIAGAD, Console, Siagad, check, check_eq, environment, eventually, figure, run, scope,
                        start_feed, takes)

CUTS = int(os.environ.get("SIAGA_CUTS", "4"))


def ask_database(path, question):
    db = sqlite3.connect(path)
    try:
        return db.execute(question).fetchall()
    finally:
        db.close()


def check_database(path):
    check_eq(ask_database(path, "PRAGMA integrity_check"), [("ok",)], path)


def some(turn):
    """Every other time a part of what was not synced has reached the disk, in any order."""
    return None if turn % 2 == 0 else random.randrange(1 << 30)


@takes(60 + 5 * CUTS)
def test_alarm_with_its_201_outlives_the_power():
    feed = start_feed()
    feed.stop()
    power = Power(feed.dir)
    feed.wrap = power.env
    feed.start()
    confirmed, taken = {}, 0
    for turn in range(CUTS):
        apps = start_apps(feed, 8, "app%d-" % turn)
        wanted = random.randrange(20, 300)
        eventually(lambda: len(confirmed_by(apps)) >= wanted, "%d are confirmed" % wanted, 40)
        feed.kill()
        for app in apps:
            app.stop()
        confirmed.update(confirmed_by(apps))
        taken += power.cut(some(turn))
        for name in ("log.db", "admin.db"):
            check_database(os.path.join(feed.dir, name))
        feed.start()
        balance_alarms(read_log(feed), confirmed)
    figure("power cuts", CUTS)
    figure("writes that the cuts took", taken)
    figure("alarms confirmed, all there once", len(confirmed))
    feed.stop()


ANSWERS = 5000  # of which most are put in order when there is nothing else to do


def answers(feed):
    """(the ids of all, how many of them are in order)"""
    path = os.path.join(feed.dir, "log.db")
    settled = ask_database(path, "SELECT id FROM answer")
    return sorted(settled + ask_database(path, "SELECT id FROM answer_new")), len(settled)


@takes(60 + 5 * CUTS)
def test_answers_outlive_the_power_while_they_are_put_in_order():
    feed = start_feed()
    feed.stop()
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    db.executemany("INSERT INTO answer_new(id, at_ms, refused, seq, code, message, incident, alarm, number)"
                   " VALUES(?, 1, 1, 0, 'conflict', '', '', '', 0)",
                   [("k:%064x" % random.getrandbits(256),) for _ in range(ANSWERS)])
    db.commit()
    db.close()
    power = Power(feed.dir)
    feed.wrap = power.env
    taken, (ids, settled) = 0, answers(feed)
    check_eq((len(ids), settled), (ANSWERS, 0), "answers")
    for turn in range(CUTS):
        feed.start()
        wanted = settled + random.randrange(1, 2 * ANSWERS // (3 * CUTS))
        eventually(lambda: answers(feed)[1] >= wanted, "%d are in order" % wanted, 40)
        feed.kill()
        taken += power.cut(some(turn))
        check_database(os.path.join(feed.dir, "log.db"))
        now, settled = answers(feed)
        check_eq(len(now), ANSWERS, "answers")
        check_eq(now == ids, True, "the same ones")
    figure("writes that the cuts took", taken)
    figure("answers in order by then", settled)
    status, said, _ = feed.admin("check")
    check_eq(status, 0, said)


def token_under(power, feed):
    """As feed.token(), and the power may go after it."""
    made = subprocess.run([SIAGAD, "token", "add", "app", "--role", "intake", "--data", feed.dir], check=True,
                          env=power.env(environment(feed.home)), capture_output=True, text=True, timeout=20)
    feed.tokens["app"] = made.stdout.strip()


def test_first_alarm_of_a_new_folder_outlives_the_power():
    for who in ("administrator", "feed"):
        feed = Siagad(registry=False)
        power = Power(os.path.join(feed.home, "disk"))
        os.chmod(power.folder, 0o711)
        feed.dir = os.path.join(power.folder, "srv", "siaga", "feed")
        feed.wrap = power.env
        if who == "administrator":
            token_under(power, feed)
        feed.start()
        if who == "feed":
            token_under(power, feed)
        alarm = feed.alarm(place="Pasar Gede")
        feed.kill()
        power.cut()
        check(os.path.isdir(feed.dir), "the folder that was made by the", who)
        feed.start()
        check_eq(feed.http("GET", "/v1/alarms/" + alarm["alarm"], "app").status, 200, "the alarm")
        feed.stop()


def outbox(state):
    rows = ask_database(os.path.join(state, "cache.db"), "SELECT frame FROM outbox")
    return [row[0] for row in rows]


@takes(60 + 5 * CUTS)
def test_action_that_shows_as_kept_outlives_the_power():
    feed = start_feed()
    state = os.path.join(scope.folder(), "state")
    power = Power(state)
    first = Console(feed, "ayu", state=state, wrap=power.env)
    first.wait("LIVE")
    feed.alarm(place="Pasar Gede")
    first.wait("Pasar Gede")
    feed.kill()
    first.quit()
    taken = 0
    for turn in range(CUTS):
        console = Console(feed, "ayu", state=state, wrap=power.env)
        console.wait("Pasar Gede")
        console.keys("e").wait("Note")
        console.keys("catatan %03d" % turn, "Enter")
        console.wait("OUTBOX %d" % (turn + 1))
        console.kill(signal.SIGKILL)
        console.exited()
        taken += power.cut(some(turn))
        check_database(os.path.join(state, "cache.db"))
        kept = outbox(state)
        for number in range(turn + 1):
            found = [frame for frame in kept if "catatan %03d" % number in frame]
            check_eq(len(found), 1, "action %d of %d is kept, once: %r" % (number, turn, kept))
    figure("writes that the cuts took", taken)


run(globals())
