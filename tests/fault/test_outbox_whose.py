"""Whose an action in the outbox is: of which user, of which feed, and of which of two programs that share it; and an
outbox that could not be read at the start."""

import fcntl
import json
import os
import sqlite3
import time

from fake_feed import FakeFeed
from fault_proxy import FaultProxy, Line
from plain_console import Plain
from siaga_test import Feed, check, check_eq, eventually, run, scope, start_feed, takes
from victim import QUICK, settings

OLD = QUICK + "[dispatch]\nresend = 5s\n"


def kept(state):
    """The actions in the outbox, on disk."""
    with sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True) as db:
        return [json.loads(frame) for (frame,) in db.execute("SELECT frame FROM outbox")]


def passes(seconds):
    began = time.monotonic()
    eventually(lambda: time.monotonic() - began > seconds, "time passes", seconds + 5)


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
        other = Plain(two, "ayu", args=settings(QUICK), state=state)
        other.wait("LIVE", 20)
        other.say("status")
        check("OUTBOX" not in other.wait("overdue"), "it is not for this one")
        check_eq(len(other.told("1 unsent for another feed: kept for it")), 1, "it is said")
        check_eq(other.told("REFUSED|Is it still right"), [], "it is not sent")
        check_eq(kept(state), [frame], "it stays as it is")
        other.quit()
        one.start()
        again = Plain(one, "ayu", args=settings(QUICK), state=state)
        again.wait("by ayu: untuk yang satu", 20)
        eventually(lambda: kept(state) == [], "and sent to its own")
        again.quit()
        check_eq(notes(one), [("ayu", "untuk yang satu")], "once")
        one.stop()
        two.stop()


run(globals())
