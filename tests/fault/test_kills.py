"""The worst night: the feed and the consoles are killed at any moment while alarms come in and operators work.
After each kill the books are balanced: every confirmed alarm is in the log once and on every console once, in
order; every action that a console kept is in the log once.

SIAGA_KILLS=200 SIAGA_CONSOLE_KILLS=100 is the whole night; a few of each are the ordinary test.
"""

import json
import os
import random
import re
import signal
import sqlite3
import time

from books import confirmed_by, start_apps
from plain_console import Plain
from siaga_test import Console, Feed, check, check_eq, eventually, figure, run, scope, start_feed, takes

KILLS = int(os.environ.get("SIAGA_KILLS", "5"))
CONSOLE_KILLS = int(os.environ.get("SIAGA_CONSOLE_KILLS", "4"))
SEED = int(os.environ.get("SIAGA_SEED", str(random.randrange(1 << 30))))
APPS = 3
OPEN_MOST = 40  # incidents that stay open, so that the hundredth restart is like the first
BROOM = 50
CONFIG = "[feed]\nretry = 50ms\n[alarm]\nbell = no\n"
WHOLE_S = 30


def config():
    path = os.path.join(scope.folder(), "siaga.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(CONFIG)
    return ("--config", path)


class Log:
    """All that the log holds, as it grows; what was read once has to stay as it was."""

    def __init__(self, feed):
        self.feed = feed
        self.events = []
        self.by_key = {}  # raised alarms
        self.notes = {}  # how often each note
        self.ended = set()

    def read(self):
        head = self.feed.head()
        seq = len(self.events)
        check(head >= seq, "the log is shorter than it was: %d, %d" % (head, seq))
        desk = Feed(self.feed, "sari", after=max(0, seq - 20))
        desk.until_seq(head, WHOLE_S)
        desk.close()
        for event in desk.events:
            event.pop("open", None)
            if event["seq"] <= len(self.events):
                check_eq(event, self.events[event["seq"] - 1], "what was read before")
            elif event["seq"] <= head:
                self._add(event)
        return head

    def _add(self, event):
        check_eq(event["seq"], len(self.events) + 1, "seq has no gap")
        self.events.append(event)
        if event["type"] == "incident.raised":
            key = event["data"]["alarm"]["note"]
            check(key not in self.by_key, "an alarm twice:", key)
            self.by_key[key] = event
        elif event["type"] == "incident.noted":
            note = event["data"]["note"]
            self.notes[note] = self.notes.get(note, 0) + 1
        elif event["type"] == "incident.rejected":
            self.ended.add(event["incident"])

    def open(self):
        return [event for event in self.by_key.values() if event["incident"] not in self.ended]


class Desk:
    """A real console that writes notes, is killed, and comes back to the same cache."""

    def __init__(self, feed, name):
        self.feed = feed
        self.name = name
        self.config = config()
        self.state = os.path.join(scope.folder(), "siaga-state")
        self.surely = set()  # what has to be in the log: the process that was told is not dead
        self.proven = set()  # what of it was found there
        self.maybe = set()  # what the one that was killed may or may not have taken
        self.count = 0
        self.checked = 0
        self.began = None  # where the log was when it was live
        self.start()

    def start(self):
        self.plain = Plain(self.feed, self.name, args=self.config, state=self.state)
        self.looked = 0  # bytes of what it said
        self.news = {}  # incidents that it told as new, and how often
        self.live = False
        self.shown = set()  # notes that are in what it said, typed or done
        self.last = None  # note that it was told to write

    def read(self):
        """Takes in what it says; never all of it anew."""
        self.plain.read(0)
        end = self.plain.data.rfind(b"\n") + 1
        for line in self.plain.data[self.looked : end].decode().splitlines():
            new = re.match(r"\d\d:\d\d:\d\d NEW (#\d+) ", line)
            if new:
                self.news[new[1]] = self.news.get(new[1], 0) + 1
            self.live = self.live or " LIVE" in line
            self.shown.update(re.findall(r"\b%s-\d+\b" % self.name, line))
        self.looked = end

    def has_taken(self):
        """A line is taken when the one before it is done."""
        return self.last is None or self.last in self.shown

    def write(self, number):
        self.count += 1
        note = "%s-%d" % (self.name, self.count)
        self.surely.add(note)
        self.last = note
        try:
            self.plain.say('note #%d "%s"' % (number, note))
        except BrokenPipeError:
            raise AssertionError("the console has ended: %r" % self.plain.child.stderr.read()) from None

    def ask_cache(self, question, *values):
        with sqlite3.connect("file:%s/cache.db?mode=ro" % self.state, uri=True, timeout=10) as db:
            return db.execute(question, values).fetchall()

    def pending(self):
        """What it keeps and has no answer for."""
        return [json.loads(frame) for (frame,) in self.ask_cache("SELECT frame FROM outbox")]

    def kill(self):
        """What it showed or kept is owed; what it was told a moment ago may never have reached it."""
        self.plain.child.kill()
        self.plain.child.wait()
        while not self.plain.ended:
            self.read()
        kept = {frame.get("note") for frame in self.pending()}
        # A line that is shown as typed is not kept yet: that is shown by its event.
        done = set(re.findall(r"by %s: (%s-\d+)\b" % (self.name, self.name), self.plain.data.decode()))
        owed = {note for note in self.surely if note in self.proven or note in done or note in kept}
        self.maybe |= self.surely - owed
        self.surely = owed
        self.check_told()
        self.start()

    def check_told(self):
        check_eq({number for number, times in self.news.items() if times > 1}, set(),
                 "alarms that %s told twice" % self.name)

    def is_whole(self, head):
        return self.has_taken() and self.cached_head() >= head and not self.pending()

    def cached_head(self):
        rows = self.ask_cache("SELECT last_seq FROM meta")
        return rows[0][0] if rows else 0

    def check_cache(self, log):
        """What is new in the cache is what the log has, word by word, once, in order."""
        if self.checked == 0:
            # It followed what was open, and all from there on.
            self.checked = self.ask_cache("SELECT min(seq) FROM event")[0][0] - 1
            check(self.checked <= self.began, "the cache of %s begins where it followed" % self.name)
        for seq, body in self.ask_cache("SELECT seq, body FROM event WHERE seq > ? ORDER BY seq", self.checked):
            if seq > len(log.events):
                break
            check_eq(seq, self.checked + 1, "the cache of %s has no gap" % self.name)
            check_eq(json.loads(body), log.events[seq - 1], "event %d in the cache of %s" % (seq, self.name))
            self.checked = seq
        check_eq(self.checked, len(log.events), "events in the cache of " + self.name)


class Night:
    def __init__(self):
        self.dice = random.Random(SEED)
        figure("seed", SEED)
        self.feed = start_feed(limits={"session_rate": 1000, "session_burst": 20000})
        self.log = Log(self.feed)
        self.desks = [Desk(self.feed, name) for name in ("ayu", "budi")]
        self.screen = Console(self.feed, "sari", args=config())
        self.screen.wait("LIVE")
        eventually(lambda: self._read() and all(desk.live for desk in self.desks), "live")
        for desk in self.desks:
            desk.began = self.feed.head()
        self.apps = start_apps(self.feed, APPS, pause_s=0.08)
        self.longest_s = 0.0
        eventually(lambda: len(confirmed_by(self.apps)) > 5, "alarms come in")

    def work(self):
        """Operators write notes for a moment; the end of it is anywhere in what they do."""
        head = self.log.read()
        eventually(lambda: self._read() and all(desk.cached_head() >= head for desk in self.desks),
                   "consoles know what they are to write of")
        numbers = [event["number"] for event in self.log.open()]
        until = time.monotonic() + self.dice.uniform(0.0, 0.5)
        while True:
            for desk in self.desks:
                # Now and then faster than they are taken.
                if desk.has_taken() or self.dice.random() < 0.2:
                    for _ in range(self.dice.randrange(1, 4)):
                        desk.write(self.dice.choice(numbers))
            if time.monotonic() >= until:
                return
            eventually(lambda: self._read() and self.dice.random() < 0.5, "a moment")

    def _read(self):
        for desk in self.desks:
            desk.read()
        return True

    def balance(self):
        """After a kill: until all are whole again, and then the books."""
        begun = time.monotonic()
        # Each app has a 201 that is younger than the kill.
        eventually(lambda: self._read() and all(app.last_s > begun for app in self.apps),
                   "alarms are taken again", WHOLE_S)
        self.settle()
        self.longest_s = max(self.longest_s, time.monotonic() - begun)
        confirmed = confirmed_by(self.apps)
        self.settle()
        for key, answer in confirmed.items():
            event = self.log.by_key.get(key)
            check(event is not None, "confirmed and not in the log:", key)
            check_eq((event["seq"], event["incident"]), (answer["seq"], answer["incident"]), "alarm " + key)
        for desk in self.desks:
            for note in desk.surely | desk.maybe:
                check(self.log.notes.get(note, 0) <= 1, "an action twice:", note)
            desk.check_cache(self.log)
            desk.check_told()
            desk.proven |= desk.surely
        self.sweep()

    def settle(self):
        """Every action that is owed is in the log, and every console holds all of it."""

        def owed():
            self._read()
            self.log.read()
            return [note for desk in self.desks for note in desk.surely if note not in self.log.notes]

        missing = [None]

        def is_done():
            missing[:] = owed()
            return not missing

        eventually(is_done, lambda: "actions that are owed: %r; %s" % (missing, self._state(missing)), WHOLE_S)
        head = len(self.log.events)
        eventually(lambda: self._read() and all(desk.is_whole(head) for desk in self.desks), self._state, WHOLE_S)

    def _state(self, notes=()):
        """What each console said around the first of these notes."""

        def said(desk):
            lines = desk.plain.lines
            first = next((at for at, line in enumerate(lines) if any(note in line for note in notes)), len(lines))
            return "\n".join([desk.name, "cached %d, last %s, waits %r" % (
                desk.cached_head(), desk.last, desk.pending()), *lines[max(first - 10, 0) : first + 20], "...",
                *lines[-4:]])

        return "all are whole: head %d\n%s" % (len(self.log.events), "\n".join(said(desk) for desk in self.desks))

    def sweep(self):
        """Ends what is older, so that the night does not get slower."""
        opened = self.log.open()
        if len(opened) <= OPEN_MOST:
            return
        old = opened[:-OPEN_MOST]
        for at in range(0, len(old), BROOM):  # the feed takes so many at once
            broom = Feed(self.feed, "sari")
            for event in old[at : at + BROOM]:
                broom.ask("reject", event["incident"], reason="test", if_rev=event["rev"])
            broom.close()
        self.log.read()

    def end(self):
        for app in self.apps:
            app.stop()
        self.settle()
        for desk in self.desks:
            desk.check_cache(self.log)
        for desk in self.desks:
            desk.plain.quit()
            desk.check_told()
        self.screen.wait("%d open" % len(self.log.open()), WHOLE_S)
        self.screen.quit()
        self.feed.stop()
        figure("alarms confirmed, each there once, on each console once", len(confirmed_by(self.apps)))
        figure("actions that were kept, each done once", sum(len(desk.surely) for desk in self.desks))
        figure("actions of killed consoles that nobody had seen, none of them twice",
               sum(len(desk.maybe) for desk in self.desks))
        figure("times that an app had to ask again", sum(app.again for app in self.apps))
        figure("longest until all were whole again", "%.2f s" % self.longest_s)
        figure("events", len(self.log.events))


@takes(3600)
def test_the_feed_is_killed_at_any_moment():
    night = Night()
    for number in range(KILLS):
        night.work()
        night.feed.kill()
        night.feed.start()
        night.balance()
    night.end()
    figure("kills of siagad", KILLS)


@takes(3600)
def test_a_console_is_killed_at_any_moment():
    night = Night()
    for number in range(CONSOLE_KILLS):
        night.work()
        night.desks[number % len(night.desks)].kill()
        night.balance()
        if number % 5 == 4:
            # The one with a screen, too; it leaves the terminal as it is, and comes back to all of it.
            night.screen.kill(signal.SIGKILL)
            night.screen.exited()
            night.screen = Console(night.feed, "sari", args=config(), state=night.screen.state_dir)
            night.screen.wait("LIVE")
    night.end()
    figure("kills of siaga", CONSOLE_KILLS)


run(globals())
