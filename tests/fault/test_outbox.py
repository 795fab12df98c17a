"""What an operator did while the feed could not hear it: kept, sent once, or put to them again; and two programs
that share it."""

import fcntl
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import time

from fake_feed import FakeFeed
from fault_proxy import Fault, FaultProxy
from plain_console import Plain
from siaga_test import SLOW, Console, Feed, check, check_eq, eventually, figure, has_sanitizer, run, scope, start_feed, takes
from victim import QUICK, Victim, cached, kept, passes, settings

KILLS = int(os.environ.get("SIAGA_KILLS", "12"))
OLD = QUICK + "[dispatch]\nresend = 5s\n"


# --- too old to be sent without asking ---


def test_what_is_older_is_asked_about_on_the_screen_and_sent_or_dropped_once():
    feed = FakeFeed()
    it = feed.alarm(place="Pasar Legi")
    ayu = Console(feed, None, args=settings(OLD))
    ayu.wait("Pasar Legi")
    feed.leave()
    ayu.wait("LOST")
    for text in ("kirim ini", "buang ini"):
        ayu.keys("e").wait("Note")
        ayu.keys(text, "Enter")
    ayu.wait("OUTBOX 2")
    check_eq(sorted(frame["note"] for frame in kept(ayu.state_dir)), ["buang ini", "kirim ini"], "on disk")
    passes(5.5)
    feed.come_back()
    ayu.wait("LIVE", 20)
    ayu.wait("kirim ini")
    check_eq(feed.asked, [], "nothing is sent before it is asked about")
    passes(1.2)  # what comes up by itself is read for longer
    ayu.keys("y")
    ayu.wait("buang ini")
    passes(1.2)
    ayu.keys("d")
    ayu.wait_gone("OUTBOX")
    eventually(lambda: kept(ayu.state_dir) == [], "the outbox is empty")
    check_eq([frame["note"] for frame in feed.asked], ["kirim ini"], "what was sent, and how often")
    check_eq(feed.asked[0]["incident"], it["incident"], "of what")
    ayu.quit()


def test_what_is_young_is_sent_by_itself_and_once():
    victim = Victim(config=OLD)
    victim.feed.alarm(place="Pasar Legi")
    victim.plain.wait("Pasar Legi")
    victim.feed.leave()
    victim.plain.wait("LOST")
    for number in range(5):
        victim.plain.say('note 1 "catatan %d"' % number)
        victim.plain.wait("Kept in the outbox")
    victim.feed.come_back()
    victim.plain.wait("OUTBOX empty", 20)
    check_eq([frame["note"] for frame in victim.feed.asked], ["catatan %d" % n for n in range(5)], "sent, in order")
    victim.relink()
    check_eq(len(victim.feed.asked), 5, "and not again")
    victim.close()


def test_an_answer_that_is_lost_again_and_again_is_done_once():
    victim = Victim(proxy=True)
    victim.feed.alarm(place="Pasar Legi")
    victim.plain.wait("Pasar Legi")
    lost = [Fault("down", "done", at=n % 3, do="reset" if n % 2 else "cut") for n in range(6)]
    victim.proxy.arm(lost[0])
    victim.proxy.next(*lost[1:])
    victim.plain.say('note 1 "sekali saja"')
    for fault in lost:
        check(fault.hit.wait(10), "the answer is lost")
    victim.plain.wait("by budi: sekali saja", 20)
    eventually(lambda: kept(victim.plain.state) == [], "it is done in the end", 20)
    check_eq(len({frame["id"] for frame in victim.feed.asked}), 1, "always the same one")
    check(len(victim.feed.asked) >= 6, "asked each time")
    notes = [event for event in victim.feed.log if event["type"] == "incident.noted"]
    check_eq(len(notes), 1, "notes in the log")
    victim.live()
    victim.close()


def test_what_may_be_done_is_not_called_never_sent():
    feed = FakeFeed()
    feed.alarm(place="Pasar Legi")
    ayu = Plain(feed, args=settings(OLD))
    ayu.wait("Pasar Legi")
    for text in ("dijawab hilang", "tidak pernah keluar"):
        if text == "dijawab hilang":  # the feed does it, and its answer is lost
            hear, feed.do = feed.do, lambda peer, message: (feed.asked.append(message), feed.leave())
            ayu.say('note 1 "%s"' % text)
            ayu.wait("LOST")
            feed.do = hear
        else:
            feed.leave()
            ayu.wait("LOST")
            ayu.say('note 1 "%s"' % text)
            ayu.wait("Kept in the outbox")
        ayu.say("quit!")  # and the next one knows as much of it
        ayu.exited()
        passes(5.5)
        feed.come_back()
        ayu = Plain(feed, args=settings(OLD), state=ayu.state)
        asked = ayu.wait("%s.*Is it still right" % text, 20)
        tried = text == "dijawab hilang"
        check_eq(("NOT CONFIRMED" in asked, "NOT SENT" in asked), (tried, not tried), asked)
        passes(1.2)
        ayu.say("drop")
        ayu.wait("Dropped: it is not sent again, but may be done" if tried else "Dropped: it was never sent")
        eventually(lambda: kept(ayu.state) == [], "gone")
    check_eq([frame["note"] for frame in feed.asked], ["dijawab hilang"], "sent")
    ayu.quit()


def test_what_an_older_siaga_kept_without_a_word_of_it_may_be_done():
    feed = FakeFeed()
    it = feed.alarm(place="Pasar Legi")
    ayu = Plain(feed, args=settings(OLD))
    ayu.wait("Pasar Legi")
    feed.leave()
    ayu.wait("LOST")
    ayu.say('note 1 "dari siaga lama"')
    ayu.wait("Kept in the outbox")
    ayu.say("quit!")
    ayu.exited()
    frame = kept(ayu.state)[0]
    check_eq(frame.pop("tried"), False, "it is kept that it was not sent")
    check_eq(frame["incident"], it["incident"], "of what")
    with sqlite3.connect(os.path.join(ayu.state, "cache.db")) as db:
        db.execute("UPDATE outbox SET frame = ?", (json.dumps(frame),))
    db.close()
    passes(5.5)
    feed.come_back()
    ayu = Plain(feed, args=settings(OLD), state=ayu.state)
    asked = ayu.wait("dari siaga lama.*Is it still right", 20)
    check("NOT CONFIRMED" in asked and "NOT SENT" not in asked, asked)
    passes(1.2)
    ayu.say("drop")
    ayu.wait("Dropped: it is not sent again, but may be done")
    check_eq(feed.asked, [], "sent")
    ayu.quit()


def test_what_cannot_be_read_out_of_the_outbox_is_said():
    feed = FakeFeed()
    ayu = Plain(feed, args=settings(QUICK))
    ayu.wait("LIVE")
    ayu.quit()
    with sqlite3.connect(os.path.join(ayu.state, "cache.db")) as db:
        db.execute("INSERT INTO outbox VALUES('17140e97-e02f-447c-b1fa-43cd4b96437b', 1, ?)", ('{"t":"do","id":1}',))
    db.close()
    again = Plain(feed, args=settings(QUICK), state=ayu.state)
    again.wait("1 unsent action cannot be read: it stays in the outbox")
    again.wait("LIVE")
    again.quit()
    check_eq(len(kept(ayu.state)), 1, "it stays")


# --- leaving ---


def test_quit_asks_while_something_is_not_confirmed():
    feed = FakeFeed()
    feed.alarm(place="Pasar Legi")
    ayu = Console(feed, None, args=settings(QUICK))
    ayu.wait("Pasar Legi")
    plain = Plain(feed, args=settings(QUICK))
    plain.wait("LIVE")
    feed.leave()
    ayu.wait("LOST")
    plain.wait("LOST")
    ayu.keys("e").wait("Note")
    ayu.keys("belum terkirim", "Enter").wait("OUTBOX 1")
    ayu.keys(":quit", "Enter").wait("not confirmed by the feed")
    check(ayu.ask("exited", 300)["ok"] is False, "it stays")
    plain.say('note 1 "juga belum"')
    plain.wait("NOT SENT")
    plain.say("quit")
    plain.wait("not confirmed by the feed")
    check(plain.child.poll() is None, "it stays")
    ayu.keys(":quit!", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    plain.say("quit!")
    plain.exited()
    check_eq([frame["note"] for frame in kept(ayu.state_dir)], ["belum terkirim"], "kept by the screen")
    check_eq([frame["note"] for frame in kept(plain.state)], ["juga belum"], "kept by the lines")
    feed.come_back()
    again = Plain(feed, args=settings(QUICK), state=ayu.state_dir)
    again.wait("by budi: belum terkirim", 20)
    eventually(lambda: kept(ayu.state_dir) == [], "and sent at the next start")
    again.quit()


def test_what_another_user_left_is_not_sent_as_ones_own():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    ayu = Plain(feed, "ayu", args=settings(QUICK))
    ayu.wait("Pasar Legi")
    feed.kill()
    ayu.wait("LOST")
    ayu.say('note 1 "dari ayu"')
    ayu.wait("Kept in the outbox")
    ayu.say("quit!")
    ayu.exited()
    feed.start()
    for name in ("sari", "tamu"):
        other = Plain(feed, name, args=settings(QUICK), state=ayu.state)
        other.wait("LIVE", 20)
        other.wait("1 unsent by ayu: kept for them")
        other.say("status")
        check("OUTBOX" not in other.wait("overdue"), "it is not theirs")
        other.quit()
        check_eq(len(kept(ayu.state)), 1, "it is still kept")
    again = Plain(feed, "ayu", args=settings(QUICK), state=ayu.state)
    again.wait("by ayu: dari ayu", 20)
    eventually(lambda: kept(ayu.state) == [], "and sent, as hers")
    again.quit()
    feed.stop()


# --- killed between the key and the answer ---


@takes(600)
def test_killed_at_any_moment_loses_nothing_that_was_shown():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    state = os.path.join(scope.folder(), "state")
    shown, proxy = [], FaultProxy(feed.port)
    where = Behind(feed, proxy)
    for turn in range(KILLS):
        ayu = Console(where, "ayu", state=state, args=settings(QUICK))
        ayu.wait("LIVE", 20)
        ayu.wait_gone("OUTBOX")
        if turn % 3 == 1:
            proxy.arm(Fault("up", "do", at=5, do="hold"))  # it never gets there
        elif turn % 3 == 2:
            proxy.arm(Fault("down", "done", at=0, do="hold"))  # nor does the answer
        ayu.keys("e").wait("Note")
        ayu.keys("catatan %d" % turn, "Enter")
        passes(random.choice((0, 0.002, 0.01, 0.05, 0.2)))
        rows = ayu.text()
        ayu.kill(signal.SIGKILL)
        ayu.exited()
        if "OUTBOX" in rows or re.search("note ayu.*catatan %d" % turn, rows):
            shown.append("catatan %d" % turn)
    last = Plain(where, "ayu", state=state, args=settings(QUICK))
    last.wait("LIVE", 20)
    eventually(lambda: last.read() or kept(state) == [], "all that was kept is sent", 20)
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(feed.head())
    notes = [event["data"]["note"] for event in desk.events if event["type"] == "incident.noted"]
    check_eq(len(notes), len(set(notes)), "none twice: %r" % notes)
    check_eq([note for note in shown if note not in notes], [], "shown, and lost")
    figure("kills", KILLS)
    figure("shown before the kill", len(shown))
    figure("done in the end", len(notes))
    last.quit()
    feed.stop()


class Behind:
    def __init__(self, feed, proxy):
        self.url = proxy.url
        self.token_file = feed.token_file


# --- two programs on one cache ---


@takes(300)
def test_operator_and_supervisor_share_a_cache_while_the_line_is_bad():
    feed = start_feed()
    state = os.path.join(scope.folder(), "state")
    proxies = [FaultProxy(feed.port) for _ in range(3)]
    ayu = Plain(Behind(feed, proxies[0]), "ayu", state=state, args=settings(QUICK))
    sari = Plain(Behind(feed, proxies[1]), "sari", state=state, args=settings(QUICK))
    screen = Console(Behind(feed, proxies[2]), "sari", state=state, args=settings(QUICK))
    consoles = (ayu, sari)
    for console in consoles:
        console.wait("LIVE")
    screen.wait("LIVE")
    places = ["Pasar pertama"]
    feed.alarm(place=places[0])
    for console in consoles:
        console.wait(places[0])
    turns = 40 if KILLS > 12 else 14
    for turn in range(turns):
        proxy = proxies[turn % 3]
        fault = random.choice((
            Fault("down", "events", at=random.randrange(60), do=random.choice(("cut", "reset", "hold"))),
            Fault("up", "do", at=random.randrange(30), do="cut"),
            Fault("down", "done", at=0, do="cut"),
            None,
        ))
        if fault is not None:
            proxy.arm(fault)
            if fault.do == "hold":
                fault.hit.wait(0.2)
        places.append("Pasar %d" % turn)
        feed.alarm(place=places[-1])
        (ayu if turn % 2 else sari).say('note 1 "catatan %d"' % turn)
        if turn % 5 == 4:
            proxy.cut()
    for proxy in proxies:
        proxy.cut()
    for console in consoles:
        console.wait("LIVE", 30)
    for console in consoles:
        console.say("status")  # behind all that was typed
        console.wait("> status", 30)
        console.wait("LIVE", 30)
    eventually(lambda: [c.read() for c in consoles] and kept(state) == [], lambda: "all is sent: %r" % kept(state), 30)
    feed.alarm(place="Terakhir")
    for console in consoles:
        console.wait("Terakhir")
    screen.wait("Terakhir")
    head = feed.head()
    eventually(lambda: len(cached(state)) == head, lambda: "the cache is whole: %d of %d" % (len(cached(state)), head))
    check_eq([event["seq"] for event in cached(state)], list(range(1, head + 1)), "each event once")
    desk = Feed(feed, "budi", after=0)
    desk.until_seq(head)
    notes = sorted(event["data"]["note"] for event in desk.events if event["type"] == "incident.noted")
    check_eq(notes, sorted("catatan %d" % n for n in range(turns)), "each note once")
    by = {event["data"]["note"]: event["by"]["name"] for event in desk.events if event["type"] == "incident.noted"}
    for turn in range(turns):
        check_eq(by["catatan %d" % turn], "ayu" if turn % 2 else "sari", "who did catatan %d" % turn)
    check_eq(os.path.exists(os.path.join(state, "cache.db")), True, "the cache")
    check_eq([name for name in os.listdir(state) if "aside" in name], [], "nothing was set aside")
    for console in consoles:
        console.quit()
        check_eq(console.told("lock|busy|another feed|another role|cache.db|REFUSED"), [], "trouble that is not theirs")
        for place in places:
            check(len(console.told(" NEW #.*%s(,|$)" % place)) == 1, "told once:", place)
    screen.wait_gone("OUTBOX")
    screen.quit()
    feed.stop()


def test_an_agency_and_an_operator_on_one_cache_hide_nothing_and_show_nothing_of_each_other():
    feed = start_feed()
    state = os.path.join(scope.folder(), "state")
    feed.alarm(place="Pasar Legi", caller={"name": "Bu Tinem", "phone": "081234567890"})
    ayu = Plain(feed, "ayu", args=settings(QUICK), state=state)
    ayu.wait("Pasar Legi")
    desk = Plain(feed, "damkar", args=settings(QUICK), state=state)
    desk.wait("another role: kept aside")
    desk.wait("LIVE")
    feed.alarm(place="Pasar Gede", caller={"name": "Pak Rahasia", "phone": "081234567891"})
    ayu.wait("NEW #2 .*Pasar Gede")
    ayu.wait("Another console keeps here what .*another role may see")
    check("Rahasia" not in json.dumps(cached(state)), "the agency's cache: %r" % cached(state))
    ayu.say("status")
    ayu.wait("NOTHING IS KEPT HERE")  # still
    feed.alarm(place="Pasar Kliwon")
    ayu.wait("NEW #3 .*Pasar Kliwon")
    ayu.quit()
    check_eq(ayu.told("LOST"), [], "the link is not touched")
    desk.quit()
    again = Plain(feed, "ayu", args=settings(QUICK), state=state)
    again.wait("LIVE; 3 open, 3 new")
    again.quit()
    feed.stop()


def test_consoles_of_two_feeds_on_one_cache_leave_each_others_link_alone():
    feeds = [FakeFeed(), FakeFeed()]
    state = os.path.join(scope.folder(), "state")
    for feed, place in zip(feeds, ("Satu", "Dua")):
        feed.alarm(place=place)
    one = Plain(feeds[0], args=settings(QUICK), state=state)
    one.wait("Satu")
    two = Plain(feeds[1], args=settings(QUICK), state=state)
    two.wait("Dua")
    feeds[0].alarm(place="Tiga")
    one.wait("NEW #2 .*Tiga")
    one.wait("Another console keeps here what another feed says")
    passes(4)  # it looks again, and finds it so
    one.say("status")
    one.wait("LIVE; 2 open")
    one.wait("NOTHING IS KEPT HERE")
    check_eq(one.told("LOST|kept on this machine again"), [], "nothing that is not so")
    check_eq([len(feed.times) for feed in feeds], [1, 1], "links")
    check_eq([event["data"]["place"] for event in cached(state)], ["Dua"], "one log in it")
    one.quit()
    two.quit()


def test_a_console_that_was_stopped_while_it_wrote_stops_no_other():
    victim = Victim()
    victim.feed.alarm(place="Pasar Legi")
    victim.plain.wait("NEW #1|#1 ")
    stopped = sqlite3.connect(os.path.join(victim.plain.state, "cache.db"), isolation_level=None)
    stopped.execute("BEGIN IMMEDIATE")
    victim.feed.alarm(place="Pasar Gede")
    victim.plain.wait("NEW #2")
    victim.endure("a lock that is never given back", 6, links=0)
    asked = time.monotonic()
    victim.plain.say('note 1 "meskipun begitu"')
    victim.plain.wait("by budi: meskipun begitu")
    check(time.monotonic() - asked < 1 * SLOW, "a note took", time.monotonic() - asked)
    stopped.execute("ROLLBACK")
    stopped.close()
    victim.plain.wait("kept on this machine again", 20)
    victim.close()
    check_eq(kept(victim.plain.state), [], "the outbox")


def test_a_console_that_was_stopped_while_it_wrote_into_the_new_cache_stops_no_other():
    other = start_feed()
    other.alarm(place="Pasar Kliwon")
    donor = Plain(other, "ayu", args=settings(QUICK))
    donor.wait("Pasar Kliwon")
    eventually(lambda: len(cached(donor.state)) == other.head(), "kept")
    donor.quit()
    other.stop()
    with sqlite3.connect(os.path.join(donor.state, "cache.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    victim = Victim()
    victim.feed.alarm(place="Pasar Legi")
    victim.plain.wait("NEW #1|#1 ")
    path = os.path.join(victim.plain.state, "cache.db")
    for name in os.listdir(victim.plain.state):
        if name.startswith("cache.db"):
            os.unlink(os.path.join(victim.plain.state, name))
    shutil.copy(os.path.join(donor.state, "cache.db"), path)
    stopped = sqlite3.connect(path, isolation_level=None)
    stopped.execute("BEGIN IMMEDIATE")
    victim.feed.alarm(place="Pasar Gede")
    victim.plain.wait("NEW #2")
    victim.endure("a lock in the new cache", 8, links=0)
    stopped.execute("ROLLBACK")
    stopped.close()
    victim.plain.wait("kept on this machine again", 30)
    places = lambda: [event["data"].get("place") for event in cached(victim.plain.state)]
    eventually(lambda: places() == ["Pasar Legi", "Pasar Gede"], "all is kept")
    victim.close()


def test_a_console_that_was_stopped_while_it_began_stops_no_other():
    feed = FakeFeed()
    feed.alarm(place="Pasar Legi")
    first = Plain(feed, args=settings(QUICK))
    first.wait("Pasar Legi")
    first.quit()
    with open(os.path.join(first.state, "cache.lock"), "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ayu = Plain(feed, args=settings(QUICK), state=first.state)
        ayu.wait("another console is opening it")
        ayu.wait("LIVE; 1 open, 1 new")
        ayu.say('note 1 "meskipun begitu"')
        ayu.wait("by budi: meskipun begitu")
        alone = Plain(args=("--offline",), state=first.state)
        check_eq(alone.exited(), 1, "with nothing to show")
        check(b"another console is opening it" in alone.child.stderr.read(), "it says why")
    ayu.wait("kept on this machine again", 20)
    eventually(lambda: len(cached(first.state)) == feed.head(), "all is kept")
    ayu.quit()


# --- a console that reads nothing for a while ---


@takes(300)
def test_a_reader_that_sleeps_costs_little_and_delays_nobody():
    feed = start_feed(limits={"session_burst": 20000})
    it = feed.alarm(place="Pasar Legi")["incident"]
    awake = Feed(feed, "budi")
    sleepers = [Feed(feed, "sari", follow=False, small=True) for _ in range(20)]
    for sleeper in sleepers:
        sleeper.wait("welcome")
        sleeper.follow(after=0)
        sleeper.wait("live")
    before = memory_kb(feed.child.pid)
    writers = [Feed(feed, "ayu") for _ in range(8)]
    slowest = 0.0
    for number in range(400):
        begun = time.monotonic()
        if number % 4 == 0:
            feed.alarm(place="Pasar %d" % number, note="asap " * 100)
        else:
            writers[number % 8].do("note", it, note="catatan %d " % number + "x" * 1500)
        awake.until_seq(feed.head())
        slowest = max(slowest, time.monotonic() - begun)
    grown = memory_kb(feed.child.pid) - before
    figure("sleepers", len(sleepers))
    figure("slowest event for those awake", "%.3f s" % slowest, "1 s")
    figure("the feed grew by", "%d KB" % grown)
    check(slowest < 1 * SLOW, "an event took", slowest)
    check(grown < 24 * 1024 or has_sanitizer(), "the feed grew by", grown, "KB")
    head = feed.head()
    again = 0
    for sleeper in sleepers:
        seqs = []
        while not seqs or seqs[-1] < head:
            try:
                sleeper.until_seq(head, 20)
            except Exception as error:  # it was let go: it comes back where it was
                check(type(error).__name__ == "Closed", error)
                again += 1
                seen = sleeper.events[-1]["seq"]
                sleeper.close()
                old, sleeper = sleeper, Feed(feed, "sari", follow=False)
                sleeper.events = old.events
                sleeper.wait("welcome")
                sleeper.follow(after=seen)
            seqs = [event["seq"] for event in sleeper.events if event["seq"] <= head]
        check_eq(seqs, list(range(1, head + 1)), "all in order")
        sleeper.close()
    figure("of them came back by a new link", again)
    feed.stop()


def memory_kb(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])


run(globals())
