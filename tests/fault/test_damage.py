"""Caches that are broken, each in another way: set aside, what was not sent taken out of them where it can be
read, and the console is live and whole all the same."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess

from fault_proxy import FaultProxy, Line
from faultdisk import Disk
from plain_console import Plain
from siaga_test import (SIAGA, SLOW, Console, Feed, check, check_eq, environment, eventually, figure, run,
                        scope, start_feed, takes)

SET_ASIDE = "are set aside"


def cache_of(state):
    return os.path.join(state, "cache.db")


def rows(path, sql):
    link = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        return link.execute(sql).fetchall()
    finally:
        link.close()


def aside(state):
    return sorted(name for name in os.listdir(state) if ".aside-" in name)


def checkpoint(state):
    """Everything into the main file."""
    link = sqlite3.connect(cache_of(state))
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()


def a_desk_with_something_unsent(closed=30):
    """A feed, and the folder of a console that had written a note when the feed was gone."""
    feed = start_feed()
    desk = Feed(feed, "budi", after=0)
    ayu = Console(feed, "ayu")
    ayu.wait("LIVE")
    for number in range(closed):
        it = feed.alarm(place="Pasar Legi %d" % number, note="asap " * 60)["incident"]
        desk.do("acknowledge", it)
        desk.do("close", it, disposition="handled")
    feed.alarm(place="Pasar Gede")
    ayu.wait("Pasar Gede")
    feed.kill()
    ayu.wait("LOST")
    ayu.keys("n", "e").wait("Note")
    ayu.keys("belum terkirim", "Enter").wait("OUTBOX 1")
    ayu.keys(":quit!", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    checkpoint(ayu.state_dir)
    feed.start()
    return feed, ayu.state_dir


def overwrite(path, at, data):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(data)


def page_of(state, name):
    return rows(cache_of(state), "SELECT rootpage FROM sqlite_schema WHERE name = '%s'" % name)[0][0]


def truncated(state):
    os.truncate(cache_of(state), os.path.getsize(cache_of(state)) // 2 // 4096 * 4096)


def cut_within_a_page(state):
    """Not the last one: the end of that may be nothing that anybody reads."""
    os.truncate(cache_of(state), os.path.getsize(cache_of(state)) // 2 // 4096 * 4096 + 1000)


def zeroed_page(state):
    overwrite(cache_of(state), 4096 * (page_of(state, "event") - 1), b"\0" * 4096)


def zeroed_outbox(state):
    overwrite(cache_of(state), 4096 * (page_of(state, "outbox") - 1), b"\0" * 4096)


def garbage_header(state):
    overwrite(cache_of(state), 0, os.urandom(100))


def zero_length(state):
    os.truncate(cache_of(state), 0)


def main_file_gone(state):
    os.rename(cache_of(state), cache_of(state) + "-wal")


def a_folder(state):
    os.remove(cache_of(state))
    os.mkdir(cache_of(state))


def no_database(state):
    with open(cache_of(state), "wb") as file:
        file.write(b"Siaga wrote this? No.\n" * 1000)


def other_application(state):
    link = sqlite3.connect(cache_of(state))
    link.execute("PRAGMA application_id=4711")
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()


def table_gone(state):
    link = sqlite3.connect(cache_of(state))
    link.execute("DROP TABLE incident")
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()


def bad_wal(state):
    """What is behind the last good commit is not read; that is no damage, and nothing is lost."""
    with open(cache_of(state) + "-wal", "wb") as file:
        file.write(os.urandom(9000))


# Each with: is it set aside?
DAMAGES = (
    (truncated, True),
    (cut_within_a_page, True),
    (zeroed_page, True),
    (zeroed_outbox, True),
    (garbage_header, True),
    (zero_length, True),
    (main_file_gone, True),
    (a_folder, True),
    (no_database, True),
    (other_application, True),
    (table_gone, True),
    (bad_wal, False),
)


def note_sent(feed):
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(feed.head())
    desk.close()
    return [event for event in desk.events if event["data"].get("note") == "belum terkirim"]


def is_whole(feed, state):
    return (rows(cache_of(state), "SELECT last_seq FROM meta") == [(feed.head(),)]
            and rows(cache_of(state), "PRAGMA integrity_check") == [("ok",)])


def test_every_damage_is_set_aside_and_the_console_is_live_and_whole():
    feed, whole = a_desk_with_something_unsent()
    for damage, is_aside in DAMAGES:
        what = damage.__name__
        state = os.path.join(scope.folder(), "state")
        shutil.copytree(whole, state)
        damage(state)
        ayu = Console(feed, "ayu", state=state, cols=120, rows=30)
        ayu.wait("LIVE")
        ayu.wait("Pasar Gede")
        if ayu.has("NOT SENT for"):  # it is older than half a minute by now
            eventually(lambda: ayu.keys("y") and not ayu.has("NOT SENT for"), what, 20)
        ayu.wait_gone("OUTBOX")
        kept = aside(state)
        check_eq(bool(kept), is_aside, what + ": %r" % kept)
        if is_aside:
            ayu.keys("5").wait(SET_ASIDE)
        check(len(note_sent(feed)) <= 1, what, "it was sent twice")
        eventually(lambda: is_whole(feed, state), what + ": whole", 20)
        ayu.quit()
        check_eq(aside(state), kept, "what was set aside is still there")
        again = Console(feed, "ayu", state=state, cols=120, rows=30)
        again.wait("LIVE")
        again.quit()
        check_eq(aside(state), kept, what + ": once")
    feed.stop()


def test_what_was_not_sent_is_taken_out_of_a_damaged_cache():
    feed, whole = a_desk_with_something_unsent(closed=8)
    feed.stop()
    for damage in (zeroed_page, other_application, table_gone, bad_wal):
        state = os.path.join(scope.folder(), "state")
        shutil.copytree(whole, state)
        damage(state)
        alone = Console(args=("--offline",), state=state, cols=120, rows=30)
        alone.wait("OUTBOX 1")
        alone.keys(":quit!", "Enter")
        check_eq(alone.exited(), (0, None), "exit")
        kept = rows(cache_of(state), "SELECT frame FROM outbox")
        check(len(kept) == 1 and "belum terkirim" in kept[0][0], damage.__name__, kept)
        check_eq(len([name for name in aside(state) if name.endswith("Z")]), int(damage is not bad_wal),
                 "set aside")


def test_two_consoles_set_it_aside_once():
    feed, whole = a_desk_with_something_unsent(closed=8)
    for damage in (zeroed_page, garbage_header, a_folder):
        state = os.path.join(scope.folder(), "state")
        shutil.copytree(whole, state)
        damage(state)
        both = [Console(feed, name, state=state, cols=100, rows=30) for name in ("ayu", "budi")]
        for console in both:
            console.wait("LIVE")
            console.wait("Pasar Gede")
        check_eq(len([name for name in aside(state) if name.endswith("Z")]), 1, damage.__name__)
        for console in both:
            console.kill(15)
            console.exited()
        check_eq(rows(cache_of(state), "PRAGMA integrity_check"), [("ok",)], "integrity")
    feed.stop()


def test_a_file_of_somebody_else_is_in_the_way():
    if os.geteuid() != 0:
        print("# skipped: only root can make a file of somebody else's")
        return
    nobody = 65534
    home = scope.folder()
    state = os.path.join(home, "state")
    os.mkdir(state, 0o700)
    shutil.copy(os.path.join(home_cache(), "cache.db"), state)
    for path in (home, state):
        os.chown(path, nobody, nobody)

    def start():
        done = subprocess.run([SIAGA, "--plain", "--offline", "--state", state], env=environment(home),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, user=nobody,
                              timeout=20 * SLOW, check=False)
        return done.returncode, done.stdout + done.stderr

    os.chmod(cache_of(state), 0o600)
    status, said = start()
    check_eq(status, 0, said)
    check(SET_ASIDE in said, said)
    check_eq(len(aside(state)), 1, "kept")
    # One's own with a wrong mode is only given the right one.
    os.chmod(cache_of(state), 0o000)
    status, said = start()
    check_eq((status, SET_ASIDE in said), (0, False), said)
    check_eq(os.stat(cache_of(state)).st_mode & 0o777, 0o600, "mode")


def home_cache():
    """A folder with a cache that a console has made."""
    home = scope.folder()
    done = subprocess.run([SIAGA, "--plain", "--offline", "--state", os.path.join(home, "state")],
                          env=environment(home), stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=20 * SLOW, check=False)
    check_eq(done.returncode, 0, done.stderr)
    checkpoint(os.path.join(home, "state"))
    return os.path.join(home, "state")


def test_damage_that_is_met_while_it_is_in_use():
    feed, state = a_desk_with_something_unsent(closed=30)
    ayu = Console(feed, "ayu", state=state, cols=120, rows=30)
    ayu.wait("LIVE")
    if ayu.has("NOT SENT for"):
        eventually(lambda: ayu.keys("y") and not ayu.has("NOT SENT for"), "answered", 20)
    ayu.wait_gone("OUTBOX")
    checkpoint(state)
    overwrite(cache_of(state), 4096 * (page_of(state, "history") - 1), b"\xff" * 4096)
    ayu.keys("H").wait("damaged")
    ayu.keys("Esc")
    # It lives on.
    feed.alarm(place="Alun-alun Utara")
    ayu.wait("Alun-alun Utara")
    doctor = subprocess.run([SIAGA, "doctor", "--offline", "--state", state], env=environment(scope.folder()),
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20 * SLOW,
                            check=False)
    check("FAIL cache: " in doctor.stdout and "damaged" in doctor.stdout, doctor.stdout)
    ayu.keys(":quit!", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    again = Console(feed, "ayu", state=state, cols=120, rows=30)
    again.wait("LIVE")
    again.wait("Alun-alun Utara")
    check(aside(state), "the next start has mended it")
    eventually(lambda: is_whole(feed, state), "whole", 20)
    again.quit()
    feed.stop()


def test_damage_in_a_file_that_is_gone_is_not_noted_beside_the_new_one():
    feed, state = a_desk_with_something_unsent(closed=30)
    ayu = Console(feed, "ayu", state=state, cols=120, rows=30)
    ayu.wait("LIVE")
    if ayu.has("NOT SENT for"):
        eventually(lambda: ayu.keys("y") and not ayu.has("NOT SENT for"), "answered", 20)
    ayu.wait_gone("OUTBOX")
    checkpoint(state)
    overwrite(cache_of(state), 4096 * (page_of(state, "history") - 1), b"\xff" * 4096)
    for name in os.listdir(state):
        if name.startswith("cache.db"):
            os.unlink(os.path.join(state, name))
    ayu.keys("H").wait("malformed")
    ayu.keys("Esc")
    eventually(lambda: os.path.exists(cache_of(state)), "it goes on in a new file")
    feed.alarm(place="Alun-alun Utara")
    ayu.wait("Alun-alun Utara")
    eventually(lambda: any("Alun-alun Utara" in body for (body,) in rows(cache_of(state), "SELECT body FROM event")),
               lambda: "it is kept:\n" + ayu.text(), 20)
    check(not os.path.exists(os.path.join(state, "cache.suspect")), "the new one is not suspect")
    ayu.keys(":quit!", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    again = Console(feed, "ayu", state=state, cols=120, rows=30)
    again.wait("Alun-alun Utara")
    check_eq(aside(state), [], "and not set aside")
    again.quit()
    feed.stop()


def test_what_is_done_after_it_was_set_aside_or_removed_is_kept_in_the_new_one():
    def set_aside(state):
        with open(os.path.join(state, "cache.suspect"), "w", encoding="ascii"):
            pass
        other = Plain(feed, "budi", state=state)
        other.wait("set aside as")
        other.child.kill()

    def removed(state):
        for name in os.listdir(state):
            os.unlink(os.path.join(state, name))

    feed = start_feed()
    feed.alarm(place="Pasar Gede")
    for taken_away in (set_aside, removed):
        ayu = Plain(feed, "ayu")
        ayu.wait("Pasar Gede")
        feed.kill()
        ayu.wait("LOST")
        ayu.say('note 1 "sebelum %s"' % taken_away.__name__)
        ayu.wait("Kept in the outbox")
        taken_away(ayu.state)
        ayu.say('note 1 "sesudah %s"' % taken_away.__name__)
        ayu.wait("NOT SENT and NOT KEPT")
        ayu.wait("kept on this machine again", 20)
        ayu.child.kill()
        kept = [json.loads(frame)["note"] for (frame,) in rows(cache_of(ayu.state), "SELECT frame FROM outbox")]
        check_eq(sorted(kept), ["%s %s" % (when, taken_away.__name__) for when in ("sebelum", "sesudah")], "kept")
        feed.start()
        again = Plain(feed, "ayu", state=ayu.state)
        again.wait("OUTBOX empty", 20)
        again.quit()
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(feed.head())
    notes = [event["data"]["note"] for event in desk.events if event["type"] == "incident.noted"]
    check_eq(len(notes), 4, "each sent, once: %r" % notes)
    feed.stop()


def test_a_live_console_goes_on_in_a_new_file_when_its_own_is_removed():
    feed = start_feed()
    feed.alarm(place="Pasar Gede")
    ayu = Plain(feed, "ayu")
    ayu.wait("Pasar Gede")
    for name in os.listdir(ayu.state):
        os.unlink(os.path.join(ayu.state, name))
    feed.alarm(place="Pasar Legi")
    ayu.wait("NEW #2 .*Pasar Legi")
    ayu.wait("kept on this machine again", 20)
    ayu.wait("LIVE; 2 open", 20)
    feed.alarm(place="Pasar Kliwon")
    ayu.wait("NEW #3 .*Pasar Kliwon")
    eventually(lambda: is_whole(feed, ayu.state), "whole", 20)
    ayu.quit()
    feed.stop()


class Behind:
    def __init__(self, feed, proxy):
        self.url = proxy.url
        self.token_file = feed.token_file


@takes(120)
def test_what_ended_while_the_cache_was_begun_anew_is_not_shown_as_open():
    feed = start_feed()
    proxy = FaultProxy(feed.port)
    its = [feed.alarm(place="Jalan %d" % number)["incident"] for number in range(140)]
    ayu = Plain(Behind(feed, proxy), "ayu")
    ayu.wait("LIVE; 140 open", 20)
    for name in os.listdir(ayu.state):
        os.unlink(os.path.join(ayu.state, name))
    feed.alarm(place="Pasar Legi")
    ayu.wait("NOTHING IS KEPT HERE")
    proxy.always = Line(mute=True)
    ayu.wait("LOST .*to fill the cache", 20)
    desks = [Feed(feed, "budi") for _ in range(4)]  # of one console the feed takes only so many
    for number, it in enumerate(its):
        desks[number % 4].do("reject", it, reason="prank")
    proxy.always = None
    proxy.cut()
    ayu.wait("LIVE; 1 open, 1 new", 20)
    reasons = "SELECT count(*) FROM incident WHERE ended_at_ms IS NOT NULL"
    eventually(lambda: rows(cache_of(ayu.state), reasons) == [(140,)], "each is told of in the end", 60)
    ayu.say("status")
    ayu.wait("LIVE; 1 open, 1 new")
    check_eq(ayu.told("takes no more|too many messages|skipped"), [], "the feed is not asked too much")
    check_eq(len(ayu.told("LOST")), 1, "and the link stays")
    for desk in desks:
        desk.close()
    ayu.quit()
    feed.stop()


def start_alone(state, env=None):
    """A console without a feed, to the end of its input: what it said, and whether it was killed."""
    home = scope.folder()
    done = subprocess.run([SIAGA, "--plain", "--offline", "--state", state],
                          env=env(environment(home)) if env else environment(home), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=20 * SLOW, check=False)
    check(done.returncode in (0, -signal.SIGKILL), done.stdout + done.stderr)
    return done.stdout + done.stderr, done.returncode != 0


def unsent(state):
    return [json.loads(frame)["note"] for (frame,) in rows(cache_of(state), "SELECT frame FROM outbox")]


def a_damaged_copy(whole, damage=zeroed_page):
    state = os.path.join(scope.folder(), "state")
    shutil.copytree(whole, state)
    damage(state)
    return state


def moved_aside(state):
    return [name for name in aside(state) if name.endswith("Z") or name[-2] == "-"]


def test_what_was_not_sent_stays_where_the_disk_is_full_at_the_start():
    feed, whole = a_desk_with_something_unsent(closed=4)
    feed.kill()
    states = []
    # From nothing at all to what a new cache takes.
    for room in (0, 20, 60, 4096, 100000, 200000, 300000):
        state = a_damaged_copy(whole)
        disk = Disk(state)
        disk.fail("room", room)
        ayu = Plain(feed, "ayu", state=state, env=disk.env({}))
        ayu.wait("NOTHING IS KEPT HERE|OUTBOX 1", 20)
        disk.heal()
        what = "%d bytes" % room
        eventually(lambda: ayu.read() or ayu.told(SET_ASIDE), lambda: what + ":\n" + "\n".join(ayu.lines), 20)
        ayu.child.kill()
        ayu.child.wait()
        check_eq(unsent(state), ["belum terkirim"], what)
        check_eq(len(moved_aside(state)), 1, what + ": %r" % aside(state))
        check_eq([name for name in os.listdir(state) if "rescue" in name], [], what)
        states.append(state)
    feed.start()
    for state in states:
        sent(feed, state)
    check_eq(len(note_sent(feed)), 1, "in the log, once")
    feed.stop()


def sent(feed, state):
    """What was not sent in that folder is, whatever it asks about that first."""
    ayu = Plain(feed, "ayu", state=state)
    ayu.wait("LIVE")
    asked = []

    def is_sent():
        ayu.read()
        # What is older than half a minute is asked about first.
        if not asked and ayu.told("NOT SENT for"):
            asked.append(ayu.say("send"))
        return not unsent(state)

    eventually(is_sent, "sent", 20)
    ayu.child.kill()
    ayu.child.wait()


def test_what_was_not_sent_stays_where_the_start_is_killed():
    feed, whole = a_desk_with_something_unsent(closed=4)
    feed.kill()
    states = []
    kills = 0
    for room in (0, 20, 60, 4096, 20000, 60000, 100000, 150000, 200000, 250000, 300000):
        state = a_damaged_copy(whole)
        disk = Disk(state)
        disk.fail("kill", room)
        said, killed = start_alone(state, disk.env)
        what = "killed after %d bytes" % room
        kills += killed
        check(killed or SET_ASIDE in said, what, said)
        disk.heal()
        more, _ = start_alone(state)
        check_eq(unsent(state), ["belum terkirim"], what)
        check(SET_ASIDE in said + more, what, said + more)
        check_eq(len(moved_aside(state)), 1, what + ": %r" % aside(state))
        check_eq([name for name in os.listdir(state) if "rescue" in name], [], what)
        check(SET_ASIDE not in start_alone(state)[0], what, "it is told once")
        states.append(state)
    figure("starts that were killed", "%d of %d" % (kills, len(states)))
    check(kills > 0, "none was killed")
    feed.start()
    for state in states:
        sent(feed, state)
    check_eq(len(note_sent(feed)), 1, "in the log, once")
    feed.stop()


def test_what_was_not_sent_is_in_the_wal_of_one_that_was_half_moved():
    """Killed between two renames: the main file has its new name, and what was written last has not."""
    feed, whole = a_desk_with_something_unsent(closed=4)
    feed.stop()
    state = os.path.join(scope.folder(), "state")
    shutil.copytree(whole, state)
    link = sqlite3.connect(cache_of(state))
    link.execute("PRAGMA wal_autocheckpoint=0")
    (frame,) = link.execute("SELECT frame FROM outbox").fetchone()
    with link:
        link.execute("INSERT INTO outbox(id, at_ms, frame) VALUES('0190aaaa-0000-7000-8000-000000000001', 1, ?)",
                     (frame.replace("belum terkirim", "terakhir"),))
    for name in ("cache.db", "cache.db-wal"):
        shutil.copy(os.path.join(state, name), os.path.join(state, name + ".kept"))
    link.close()
    for name in ("cache.db", "cache.db-wal"):
        os.replace(os.path.join(state, name + ".kept"), os.path.join(state, name))
    name = "cache.db.aside-20251128T000000Z"
    with open(os.path.join(state, "cache.rescue"), "w", encoding="ascii") as file:
        file.write(name + "\n")
    os.rename(cache_of(state), os.path.join(state, name))
    said, _ = start_alone(state)
    check(SET_ASIDE in said, said)
    check_eq(sorted(unsent(state)), ["belum terkirim", "terakhir"], "both")
    check_eq(sorted(moved_aside(state)), [name], "under one name")
    check(os.path.exists(os.path.join(state, name + "-wal")), aside(state))


def test_what_was_not_sent_is_taken_out_of_all_that_had_to_be_set_aside():
    """The new one was damaged, too, before what was in the old one had been put there."""
    feed, whole = a_desk_with_something_unsent(closed=4)
    feed.stop()
    state = a_damaged_copy(whole)
    first = "cache.db.aside-20251128T000000Z"
    with open(os.path.join(state, "cache.rescue"), "w", encoding="ascii") as file:
        file.write(first + "\ncache.db.as")  # and killed while it wrote there
    os.rename(cache_of(state), os.path.join(state, first))
    with open(cache_of(state), "wb") as file:
        file.write(b"Siaga wrote this? No.\n" * 1000)
    said, _ = start_alone(state)
    check(SET_ASIDE in said, said)
    check_eq(unsent(state), ["belum terkirim"], "of the first")
    check_eq(len(moved_aside(state)), 2, aside(state))
    check_eq([name for name in os.listdir(state) if "rescue" in name], [], "done")


def test_who_still_has_the_damaged_file_open_says_nothing_of_the_new_one():
    feed = start_feed()
    feed.alarm(place="Pasar Gede")
    ayu = Plain(feed, "ayu")
    ayu.wait("Pasar Gede")
    feed.kill()
    ayu.wait("LOST")
    checkpoint(ayu.state)
    overwrite(cache_of(ayu.state), 4096 * (page_of(ayu.state, "outbox") - 1), b"\xff" * 4096)
    link = sqlite3.connect(cache_of(ayu.state))
    with link:  # What it has read before it reads again.
        link.execute("UPDATE meta SET saved_at_ms = saved_at_ms + 1")
    link.close()
    said, _ = start_alone(ayu.state)
    check(SET_ASIDE in said, said)
    ayu.say('note 1 "sesudah"')
    ayu.wait("NOT KEPT")
    ayu.wait("kept on this machine again", 20)
    check(not os.path.exists(os.path.join(ayu.state, "cache.suspect")), "the new one is not the one")
    ayu.child.kill()
    ayu.child.wait()
    said, _ = start_alone(ayu.state)
    check(SET_ASIDE not in said, said)
    check_eq(len(moved_aside(ayu.state)), 1, aside(ayu.state))
    check_eq(unsent(ayu.state), ["sesudah"], "kept")


run(globals())
