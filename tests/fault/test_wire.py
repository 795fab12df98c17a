"""What lies between the console and the feed breaks in every way there is. The console comes back by itself,
holds each event once and in order, does each action once, and never says LIVE of what is not.

SIAGA_FAULT_ALL=1 cuts behind every byte instead of a choice of them.
"""

import json
import os
import sqlite3
import threading
import time

from fault_proxy import Fault, FaultProxy, text_frame
from plain_console import Plain
from siaga_test import QUIET, Feed, check, check_eq, eventually, figure, run, scope, start_feed, takes

ALL = os.environ.get("SIAGA_FAULT_ALL", "") == "1"
STEP = 1 if ALL else 11
CONSOLES = 6
QUICK = "[feed]\nretry = 50ms\n[alarm]\nbell = no\n"


def settings(text):
    path = os.path.join(scope.folder(), "siaga.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return ("--config", path)


class Through:
    """A feed as it looks from behind a proxy."""

    def __init__(self, feed, proxy):
        self.url = proxy.url
        self.token_file = feed.token_file


class Desk:
    """A console behind a proxy of its own."""

    def __init__(self, feed, name="ayu", config=QUICK):
        self.proxy = FaultProxy(feed.port)
        self.plain = Plain(Through(feed, self.proxy), name, args=settings(config))
        self.live()
        self.longest_s = 0.0
        self.cuts = 0

    def live(self):
        """The newest connection has told it all, and it stands."""

        def is_live():
            self.plain.read(0)
            newest = self.proxy.connections[-1:]
            return newest and not newest[0].dead.is_set() and newest[0].has("down", "live") and newest[0]

        return eventually(is_live, lambda: "live again:\n" + "\n".join(self.plain.lines[-9:]), 20)

    def whole(self, fault):
        """The fault has happened, and is over."""
        check(fault.hit.wait(10), "the fault came to pass:", fault, self.proxy.connections[-1].seen)
        begun = time.monotonic()
        self.live()
        self.longest_s = max(self.longest_s, time.monotonic() - begun)
        self.cuts += 1

    def relink(self, fault):
        """A new connection, and what becomes of it."""
        self.proxy.next(fault)
        self.proxy.cut()
        self.whole(fault)

    def dones(self):
        return sum(k == "done" for c in self.proxy.connections for k, _ in c.seen["down"])

    def size(self, side, kind):
        """Of such a message, as it was last."""
        return next(n for c in reversed(self.proxy.connections) for k, n in reversed(c.seen[side]) if k == kind)


def offsets(size, most=None):
    """Behind which bytes to cut: the first ones, the last ones, and a choice between."""
    step = STEP if most is None or ALL else max(1, size // most)
    if most is not None and ALL:
        step = max(1, size // 400)
    return sorted({0, 1, 2, size - 1, size} | set(range(0, size, step)))


def together(desks, work):
    """The same on all of them at once, each with its share of the work; what went wrong is raised here."""
    wrong = []

    def one(desk, share):
        try:
            for item in share:
                work[1](desk, item)
        except Exception as error:  # said below, by the thread that may
            wrong.append(error)

    threads = [
        threading.Thread(target=one, args=(desk, work[0][i :: len(desks)]), daemon=True)
        for i, desk in enumerate(desks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def deeds(events):
    """Without those who came, went and looked: a console that begins later has not all of them."""
    return [event for event in events if event["type"] not in QUIET]


def cached(desk):
    """What the console has kept: its events, in order."""
    path = os.path.join(desk.plain.state, "cache.db")
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as db:
        bodies = db.execute("SELECT body FROM event ORDER BY seq")
        return deeds(json.loads(body) for (body,) in bodies)


def logged(feed):
    """All that the log holds."""
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(feed.head())
    desk.close()
    return [{k: v for k, v in event.items() if k != "open"} for event in desk.events]


def check_books(feed, desks):
    """Every console holds what the log holds: each event once, in order, word by word."""
    head = feed.head()
    want = logged(feed)
    check_eq([event["seq"] for event in want][:head], list(range(1, head + 1)), "the log")
    want = deeds(want)
    for desk in desks:
        eventually(lambda: len(cached(desk)) == len(want), lambda: "the cache is whole: %d of %d" % (
            len(cached(desk)), len(want)), 20)
        got = cached(desk)
        for mine, theirs in zip(got, want):
            check_eq(mine, theirs, "an event in the cache")
        desk.plain.read()
        check_eq(desk.plain.told("skipped"), [], "a cut is no bad message")
        desk.plain.quit()
        for line in set(desk.plain.told(" NEW #")):
            check_eq(desk.plain.lines.count(line), 1, line)
    return want


def summary(desks):
    figure("cuts", sum(desk.cuts for desk in desks))
    figure("longest until whole again", "%.2f s" % max(desk.longest_s for desk in desks))


# --- cut behind every byte ---


@takes(900)
def test_cut_behind_every_byte_of_a_beginning():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Legi")
    desks = [Desk(feed) for _ in range(CONSOLES)]
    first = desks[0]
    work = []
    for side, kind, most in (
        ("up", "http", None),
        ("down", "http", None),
        ("down", "welcome", None),
        ("up", "follow", None),
        ("down", "registry", 12),
        ("down", "presence", 12),
        ("down", "live", None),
    ):
        work += [(side, kind, at) for at in offsets(first.size(side, kind), most)]

    def cut(desk, item):
        side, kind, at = item
        desk.relink(Fault(side, kind, at=at, do="reset" if at % 3 == 2 else "cut"))

    together(desks, (work, cut))
    summary(desks)
    feed.alarm(kind="medical", place="Stasiun Balapan")
    for desk in desks:
        desk.plain.wait("Stasiun Balapan")
        desk.plain.quit()
        for place in ("Pasar Legi", "Stasiun Balapan"):
            check(len(desk.plain.told(" NEW #.*" + place)) <= 2, "not told again and again")
    feed.stop()


@takes(900)
def test_cut_behind_every_byte_of_an_event():
    feed = start_feed()
    desks = [Desk(feed) for _ in range(CONSOLES)]
    feed.alarm(place="Nol")
    for desk in desks:
        desk.plain.wait("Nol")
    todo = offsets(desks[0].size("down", "events"))
    for number in range(0, len(todo), CONSOLES):
        faults = [
            desk.proxy.arm(Fault("down", "events", at=at, do="reset" if at % 3 == 2 else "cut"))
            for desk, at in zip(desks, todo[number : number + CONSOLES])
        ]
        feed.alarm(place="Tempat %d" % number, kind="fire")
        for desk, fault in zip(desks, faults):
            desk.whole(fault)
    for at in offsets(len(text_frame({"t": "beat", "head": 1, "now": "2026-01-31T12:34:56.789Z"}))):
        # siagad says a beat every ten seconds only: this one is the proxy's, as far as it comes.
        beat = text_frame({"t": "beat", "head": feed.head(), "now": "2026-01-31T12:34:56.789Z"})
        for desk in desks[at % CONSOLES :: CONSOLES]:
            fault = desk.proxy.arm(Fault("down", "events", at=0, do="forge", data=beat[:at]))
        feed.alarm(place="Detak %d" % at, kind="medical")
        desks[at % CONSOLES].whole(fault)
    summary(desks)
    check_books(feed, desks)
    feed.stop()


@takes(900)
def test_an_action_that_is_cut_is_done_once():
    feed = start_feed()
    desks = [Desk(feed) for _ in range(CONSOLES)]
    feed.alarm(place="Pasar Legi")
    for desk in desks:
        desk.plain.wait("Pasar Legi").strip()
        desk.plain.say('note 1 "first"')
        desk.plain.wait("note, by ayu: first")
    sizes = {"do": desks[0].size("up", "do") + 20, "done": desks[0].size("down", "done")}
    work = [("up", "do", at) for at in offsets(sizes["do"])]
    work += [("down", "done", at) for at in offsets(sizes["done"])]

    def act(desk, item):
        side, kind, at = item
        before = desk.dones()
        fault = desk.proxy.arm(Fault(side, kind, at=at, do="reset" if at % 3 == 2 else "cut"))
        desk.plain.say('note 1 "cut %s at %d"' % (kind, at))
        desk.whole(fault)
        if (kind, at) != ("done", sizes["done"]):
            # It was not told that it is done, and asked again; of what was cut off just behind its end it may have been.
            eventually(lambda: desk.live().has("down", "done") or (kind == "do" and desk.dones() > before), "done in the end")
        desk.plain.wait("by ayu: cut %s at %d$" % (kind, at), 20)

    together(desks, (work, act))
    summary(desks)
    events = check_books(feed, desks)
    notes = [event["data"]["note"] for event in events if event["type"] == "incident.noted"]
    check_eq(sorted(set(notes)), sorted(["first"] + ["cut %s at %d" % (k, at) for _, k, at in work]), "notes")
    check_eq(len(notes), CONSOLES + len(work), "none of them twice")
    feed.stop()


@takes(600)
def test_a_desk_whose_receipt_is_cut_receives_once():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    desk = Desk(feed, "damkar")
    taken = []
    size = 0
    todo = [None]
    while todo:
        at = todo.pop(0)
        it = feed.alarm(kind="fire", place="Kios %s" % at)["incident"]
        ayu.do("acknowledge", it)
        ayu.until_seq(feed.head())
        fault = Fault("up", "got", at=at or 0)
        if at is not None:
            desk.proxy.arm(fault)
        ayu.do("dispatch", it, agency="damkar")
        if at is not None:
            desk.whole(fault)
        ayu.event("dispatch.delivered", incident=it, agency="damkar")
        taken.append(it)
        if not size:
            size = eventually(lambda: desk.size("up", "got"), "a receipt")
            todo = offsets(size)
    delivered = [e["incident"] for e in ayu.events if e["type"] == "dispatch.delivered"]
    check_eq(sorted(delivered), sorted(taken), "each delivered once")
    summary([desk])
    desk.plain.quit()
    feed.stop()


run(globals())
