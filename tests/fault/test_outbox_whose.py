"""Whose an action in the outbox is: of which user, of which feed, and of which of two programs that share it; and an
outbox that could not be read at the start."""

import fcntl
import json
import os
import shutil
import sqlite3

from fault_proxy import Fault, FaultProxy, Line
from plain_console import Plain
from siaga_test import Feed, check, check_eq, eventually, run, scope, start_feed, takes
from victim import QUICK, kept, passes, settings

OLD = QUICK + "[dispatch]\nresend = 5s\n"


def notes(feed):
    """What was noted, and by whom."""
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(feed.head())
    return [(event["by"]["name"], event["data"]["note"]) for event in desk.events if event["type"] == "incident.noted"]


def leave_unsent(feed, name, note, config=QUICK):
    """A console that was left with a note in its outbox; the feed is away."""
    console = Plain(feed, name, args=settings(config))
    console.wait("Pasar Legi")
    feed.kill()
    console.wait("LOST")
    console.say('note 1 "%s"' % note)
    console.wait("Kept in the outbox")
    console.say("quit!")
    console.exited()
    return console.state


class Behind:
    def __init__(self, feed, proxy):
        self.url = proxy.url
        self.token_file = feed.token_file


# --- a cache that opens late ---


@takes(120)
def test_what_an_outbox_holds_that_opens_late_is_sent_or_asked_about():
    for young in (True, False):
        feed = start_feed()
        feed.alarm(place="Pasar Legi")
        state = leave_unsent(feed, "ayu", "belum terkirim", OLD)
        passes(0 if young else 5.5)
        feed.start()
        config = QUICK if young else OLD
        with open(os.path.join(state, "cache.lock"), "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            late = Plain(feed, "ayu", args=settings(config), state=state)
            late.wait("another console is opening it")
            late.wait("LIVE", 20)
            check_eq(late.told("OUTBOX"), [], "nobody knows of it yet")
        if not young:
            late.wait("NOT SENT.*belum terkirim.*Is it still right", 20)
            check_eq(notes(feed), [], "nothing is sent before it is asked about")
            passes(1.2)
            late.say("send")
        late.wait("by ayu: belum terkirim", 20)
        eventually(lambda: kept(state) == [], "it is done")
        late.quit()
        check_eq(notes(feed), [("ayu", "belum terkirim")], "sent, and how often")
        feed.stop()


@takes(120)
def test_what_another_user_left_in_an_outbox_that_opens_late_is_not_sent_as_ones_own():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    state = leave_unsent(feed, "budi", "dari budi")
    feed.start()
    with open(os.path.join(state, "cache.lock"), "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        late = Plain(feed, "ayu", args=settings(QUICK), state=state)
        late.wait("LIVE", 20)
    late.wait("kept on this machine again", 20)
    late.say(*('note 1 "catatan %d"' % n for n in range(160)))
    late.wait("The feed takes no more at once", 20)
    late.wait("by ayu: catatan 159", 40)
    eventually(lambda: late.read() or len(kept(state)) == 1, "all of hers is done", 20)
    check_eq(len(late.told("1 unsent by budi: kept for them")), 1, "it is said")
    late.quit()
    check_eq([who for who, note in notes(feed) if note == "dari budi"], [], "not sent")
    again = Plain(feed, "budi", args=settings(QUICK), state=state)
    again.wait("by budi: dari budi", 20)
    eventually(lambda: kept(state) == [], "sent, as his")
    again.quit()
    feed.stop()


# --- two feeds ---


@takes(120)
def test_what_is_done_before_the_feed_is_there_is_ones_own_on_whoevers_cache():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    ayu = Plain(feed, "ayu", args=settings(QUICK))
    ayu.wait("Pasar Legi")
    ayu.quit()
    feed.kill()
    # The shift changes, and the feed is away.
    budi = Plain(feed, "budi", args=settings(QUICK), state=ayu.state)
    budi.wait("NO LINK")
    budi.say('note 1 "dari budi"')
    budi.wait("Kept in the outbox")
    feed.start()
    eventually(lambda: budi.read() or kept(ayu.state) == [], lambda: "it is sent:\n" + "\n".join(budi.lines[-12:]), 20)
    budi.quit()
    check_eq(notes(feed), [("budi", "dari budi")], "whose it is")
    feed.stop()


@takes(180)
def test_what_is_for_another_feed_is_left_to_it():
    for old in (False, True):
        one, two = start_feed(), start_feed()
        one.alarm(place="Pasar Legi")
        two.alarm(place="Pasar Gede")
        state = leave_unsent(one, "ayu", "untuk yang satu")
        frame = kept(state)[0]
        if old:  # as an earlier siaga kept it: it is about the feed that the cache is of
            del frame["feed"]
            with sqlite3.connect(os.path.join(state, "cache.db")) as db:
                db.execute("UPDATE outbox SET frame = ?", (json.dumps(frame),))
            db.close()
        for time_ in ("once", "and again, when the cache has become of this feed"):
            other = Plain(two, "ayu", args=settings(QUICK), state=state)
            other.wait("LIVE", 20)
            other.say("status")
            check("OUTBOX" not in other.wait("overdue"), "it is not for this one", time_)
            check_eq(len(other.told("1 unsent for another feed: kept for it")), 1, "it is said " + time_)
            check_eq(other.told("REFUSED|Is it still right"), [], "it is not sent " + time_)
            left = kept(state)
            check_eq([dict(item, feed="") for item in left], [dict(frame, feed="")], "it stays as it is " + time_)
            other.quit()
        one.start()
        again = Plain(one, "ayu", args=settings(QUICK), state=state)
        again.wait("by ayu: untuk yang satu", 20)
        eventually(lambda: kept(state) == [], "and sent to its own")
        again.quit()
        check_eq(notes(one), [("ayu", "untuk yang satu")], "once")
        one.stop()
        two.stop()


def test_what_was_left_for_another_feed_is_sent_when_that_is_back():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    console = Plain(feed, "ayu", args=settings(QUICK))
    console.wait("Pasar Legi")
    feed.stop()
    console.wait("LOST")
    console.say('note 1 "untuk log yang lama"')
    console.wait("Kept in the outbox")
    # Somebody begins a new log, and sees that it was the wrong thing to do.
    away = scope.folder()
    for name in os.listdir(feed.dir):
        if name.startswith("log.db"):
            shutil.move(os.path.join(feed.dir, name), away)
    feed.start()
    console.wait("1 unsent for another feed: kept for it", 20)
    feed.stop()
    for name in os.listdir(feed.dir):
        if name.startswith("log.db"):
            os.remove(os.path.join(feed.dir, name))
    for name in os.listdir(away):
        shutil.move(os.path.join(away, name), feed.dir)
    feed.start()
    asked = []

    def is_sent():
        console.read()
        if not asked and console.told("NOT SENT for"):
            asked.append(console.say("send"))
        return kept(console.state) == []

    eventually(is_sent, lambda: "it is sent:\n" + "\n".join(console.lines[-12:]), 20)
    console.quit()
    check_eq(notes(feed), [("ayu", "untuk log yang lama")], "once")
    feed.stop()


@takes(120)
def test_what_its_own_console_has_put_a_name_to_is_not_sent_as_anothers():
    feed = start_feed()
    feed.alarm(place="Pasar Legi")
    ayu = Plain(feed, "ayu", args=settings(OLD))
    ayu.wait("Pasar Legi")
    ayu.quit()
    proxy = FaultProxy(feed.port)
    proxy.always = Line(mute=True)
    budi = Plain(Behind(feed, proxy), "budi", args=settings(OLD), state=ayu.state)
    budi.wait("NO LINK|CONNECTING")
    budi.say('note 1 "dari budi"')
    budi.wait("Kept in the outbox")
    check_eq([frame.get("as", "") for frame in kept(ayu.state)], [""], "nobody knows yet whose it is")
    ayu = Plain(feed, "ayu", args=settings(OLD), state=ayu.state)
    ayu.wait("NOT SENT.*dari budi.*Is it still right", 20)
    passes(5.5)
    proxy.always = None
    proxy.cut()
    budi.wait("NOT SENT.*dari budi.*Is it still right", 20)
    check_eq([frame.get("as", "") for frame in kept(ayu.state)], ["budi"], "whose it is")
    ayu.say("send")
    ayu.wait("1 unsent by budi: kept for them")
    check_eq(notes(feed), [], "what was sent")
    budi.say("send")
    budi.wait("by budi: dari budi", 20)
    eventually(lambda: kept(ayu.state) == [], "it is done")
    for console in (ayu, budi):
        console.quit()
    check_eq(notes(feed), [("budi", "dari budi")], "once, and by whom")
    feed.stop()


# --- two consoles of one user ---


class Pair:
    """ayu's console has lost its line, and has a note in the outbox that a second one of hers shares."""

    def __init__(self):
        self.feed = start_feed()
        self.feed.alarm(place="Pasar Legi")
        self.proxy = FaultProxy(self.feed.port)
        self.first = Plain(Behind(self.feed, self.proxy), "ayu", args=settings(OLD))
        self.state = self.first.state
        self.first.wait("Pasar Legi")
        self.cut()
        self.first.say('note 1 "dari ayu"')
        self.first.wait("Kept in the outbox")

    def cut(self):
        self.proxy.always = Line(mute=True)
        self.proxy.cut()
        self.first.wait("LOST")

    def second(self, where=None):
        return Plain(where or self.feed, "ayu", args=settings(OLD), state=self.state)

    def mend(self):
        self.proxy.always = None
        self.proxy.cut()
        self.first.wait("LIVE", 20)

    def close(self, want):
        self.first.quit()
        check_eq(notes(self.feed), want, "what was done")
        check_eq(kept(self.state), [], "the outbox")
        self.feed.stop()


FINISHED = "1 unsent action was finished by another console here"


@takes(120)
def test_what_another_console_of_ones_own_has_sent_is_not_asked_about():
    pair = Pair()
    second = pair.second()
    second.wait("by ayu: dari ayu", 20)
    eventually(lambda: kept(pair.state) == [], "it is done")
    passes(5.5)
    pair.mend()
    pair.first.wait(FINISHED)
    pair.first.wait("OUTBOX empty")
    check_eq(pair.first.told("Is it still right"), [], "nobody is asked")
    second.quit()
    pair.close([("ayu", "dari ayu")])


@takes(120)
def test_what_another_console_of_ones_own_answers_is_answered():
    for answer in ("send", "drop"):
        pair = Pair()
        passes(5.5)
        pair.mend()
        pair.first.wait("NOT SENT.*Is it still right")
        second = pair.second()
        second.wait("NOT SENT.*Is it still right", 20)
        passes(1.2)
        second.say(answer)
        second.wait("by ayu: dari ayu|Dropped: it was never sent")
        eventually(lambda: kept(pair.state) == [], "it is done")
        pair.first.say("drop" if answer == "send" else "send")
        pair.first.wait(FINISHED)
        check_eq(pair.first.told("Dropped"), [], "nothing that is not so")
        second.quit()
        pair.close([("ayu", "dari ayu")] if answer == "send" else [])


@takes(120)
def test_what_another_console_of_ones_own_may_have_sent_is_not_called_never_sent():
    pair = Pair()
    proxy = FaultProxy(pair.feed.port)
    held = Fault("up", "do", at=0, do="hold")
    proxy.next(held)
    second = pair.second(Behind(pair.feed, proxy))
    check(held.hit.wait(20), "it is on its way")
    eventually(lambda: [frame["tried"] for frame in kept(pair.state)] == [True], "and kept so")
    second.child.kill()
    passes(5.5)
    pair.mend()
    pair.first.wait("NOT CONFIRMED.*dari ayu.*Is it still right")
    passes(1.2)
    pair.first.say("drop")
    pair.first.wait("Dropped: it is not sent again, but may be done")
    pair.close([])


@takes(120)
def test_what_was_in_a_cache_that_is_gone_is_still_asked_about():
    pair = Pair()
    for name in os.listdir(pair.state):
        if name.startswith("cache.db"):
            os.unlink(os.path.join(pair.state, name))
    passes(5.5)
    pair.mend()
    pair.first.wait("dari ayu.*Is it still right")
    check_eq(pair.first.told(FINISHED), [], "nobody knows that")
    passes(1.2)
    pair.first.say("send")
    pair.first.wait("by ayu: dari ayu", 20)
    eventually(lambda: pair.first.read() or pair.first.told("kept on this machine again"), "it is kept again", 20)
    eventually(lambda: kept(pair.state) == [], "it is done")
    pair.close([("ayu", "dari ayu")])


run(globals())
