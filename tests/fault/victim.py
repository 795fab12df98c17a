"""A real console, and what has to hold of it whatever the feed or the network does to it."""

import json
import os
import re
import sqlite3
import threading
import time

from fake_feed import FakeFeed
from fault_proxy import FaultProxy
from plain_console import Plain
from siaga_test import SLOW, check, check_eq, deadline, eventually, left, scope

QUICK = "[feed]\nretry = 50ms\n[alarm]\nbell = no\n"
ANSWER_S = 1.0  # to a typed line, whatever the feed does meanwhile
CPU_SHARE = 0.30  # of a core
GROWTH_KB = 40 * 1024  # what a lie may cost in memory: two of the largest messages, parsed
LINK = re.compile(r"(LIVE|SLOW|LOST|NO LINK|REFUSED|CONNECTING|CATCHING UP)")


def settings(text):
    path = os.path.join(scope.folder(), "siaga.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return ("--config", path)


def cached(state):
    """The events that the console has kept, in order."""
    path = os.path.join(state, "cache.db")
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as db:
        return [json.loads(body) for (body,) in db.execute("SELECT body FROM event ORDER BY seq")]


def cpu_s(pid):
    spent = 0
    folder = "/proc/%d/task" % pid
    for task in os.listdir(folder):
        try:
            with open(os.path.join(folder, task, "schedstat"), encoding="ascii") as file:
                spent += int(file.read().split()[0])
        except OSError:
            continue  # a thread that has ended since
    return spent / 1e9


def rss_kb(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def kept(state):
    """The actions in the outbox, on disk."""
    with sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True) as db:
        return [json.loads(frame) for (frame,) in db.execute("SELECT frame FROM outbox")]


def passes(seconds):
    began = time.monotonic()
    eventually(lambda: time.monotonic() - began > seconds, "time passes", seconds + 5)


class Victim:
    """siaga --plain before a fake feed; `proxy`: through a network that can be bad."""

    def __init__(self, proxy=False, config=QUICK, feed=None, state=None, args=()):
        self.feed = feed or FakeFeed()
        self.proxy = FaultProxy(self.feed.port) if proxy else None
        self.where = self.feed if self.proxy is None else self
        self.plain = Plain(self.where, args=(*settings(config), *args), state=state)
        self.figures = {"answer": 0.0, "cpu": 0.0, "kb": 0, "connections": 0, "whole": 0.0, "faults": 0}
        self.retold = False  # it has begun anew, and told anew what is new
        self.live()

    @property
    def url(self):
        return self.proxy.url

    @property
    def token_file(self):
        return self.feed.token_file

    @property
    def pid(self):
        return self.plain.child.pid

    def live(self, seconds=20):
        """It is told all and says so; the newest connection."""

        def is_live():
            self.plain.read(0)
            links = [line for line in self.plain.lines if LINK.search(line) and "> " not in line]
            newest = next((p for p in reversed(self.feed.peers) if p.live and not p.dead.is_set()), None)
            return newest if newest and links and re.search(r"\b(LIVE|SLOW)", links[-1]) else None

        return eventually(is_live, lambda: "live again:\n" + "\n".join(self.plain.lines[-12:]), seconds)

    def relink(self, seconds=20):
        """Everybody connects anew, and is told all."""
        before = list(self.feed.peers)
        (self.proxy or self.feed).cut()
        eventually(lambda: any(peer.live for peer in self.feed.peers if peer not in before), "live anew", seconds)
        return self.live(seconds)

    def ask(self):
        """Types a line that only asks; what it says of the link, and how long that took."""
        plain = self.plain
        plain.read(0)
        before = len(plain.lines)
        asked = time.monotonic()
        plain.say("status")
        until = deadline(10)
        while True:
            plain.read(0.02)
            lines = plain.lines[before:]
            at = next((i for i, line in enumerate(lines) if line.endswith("> status")), None)
            told = lines[at + 1 :] if at is not None else []
            link = next((line for line in told if "overdue" in line and LINK.search(line)), None)
            if link is not None:
                return link, time.monotonic() - asked
            check(left(until) > 0 and not plain.ended, "no answer to a line:\n" + "\n".join(plain.lines[-20:]))

    def endure(self, what, seconds, links=20, cpu=CPU_SHARE, dead_s=None, during=None):
        """Lives with a fault that has begun. It answers, does not spin, does not grow, does not hammer; with
        `dead_s` the link is dead from now on, and is not called live after that."""
        begun, spent, connections = time.monotonic(), cpu_s(self.pid), len(self.feed.times)
        memory = rss_kb(self.pid)
        slowest, most, known = 0.0, memory, None
        while time.monotonic() - begun < seconds:
            link, took = self.ask()
            slowest, most = max(slowest, took), max(most, rss_kb(self.pid))
            live = re.match(r"(.*\W)?LIVE\b", link) is not None
            now = time.monotonic() - begun
            if not live and known is None:
                known = now
            if dead_s is not None and live:
                check(now - took < dead_s * (1 if SLOW == 1 else SLOW), what, "is called live after",
                      round(now, 2), "s:", link)
            if during is not None:
                during()
            time.sleep(0.1)
        lasted = time.monotonic() - begun
        share = (cpu_s(self.pid) - spent) / lasted
        grown, came = most - memory, len(self.feed.times) - connections
        check(slowest < ANSWER_S * SLOW, what, "made it slow to answer:", round(slowest, 2), "s")
        check(share < cpu * SLOW, what, "made it spin:", round(share, 2), "of a core")
        check(came <= links, what, "made it hammer:", came, "connections in", round(lasted, 1), "s")
        check(grown < GROWTH_KB * SLOW, what, "made it grow by", grown, "KB")
        if dead_s is not None:
            check(known is not None, what, "was never noticed")
        figures = self.figures
        figures["answer"] = max(figures["answer"], slowest)
        figures["cpu"] = max(figures["cpu"], share)
        figures["kb"] = max(figures["kb"], grown)
        figures["connections"] = max(figures["connections"], came)
        figures["faults"] += 1
        return known

    def heal(self, seconds=20):
        """The fault is over: it is whole by itself, and the next alarm is there, once."""
        self.feed.always = None
        begun = time.monotonic()
        self.live(seconds)
        self.figures["whole"] = max(self.figures["whole"], time.monotonic() - begun)
        place = "Setelah %d" % (self.feed.head() + 1)
        self.feed.alarm(place=place)
        self.plain.wait(place)

    def close(self):
        """What it has kept is what the feed has said, each once; each alarm was told once; it ends."""
        feed = self.feed
        eventually(lambda: len(cached(self.plain.state)) == feed.head(), lambda: "the cache is whole: %d of %d" % (
            len(cached(self.plain.state)), feed.head()))
        for mine, theirs in zip(cached(self.plain.state), feed.log):
            check_eq(mine, theirs, "an event in the cache")
        self.plain.quit()
        for event in feed.log:
            if event["type"] == "incident.raised":
                place = event["data"]["place"]
                told = self.plain.told(" NEW #%d .*%s(,|$)" % (event["number"], re.escape(place)))
                check(len(told) == 1 or (told and self.retold), "how often %s was told: %r" % (place, told))


def together(victims, work):
    """(victim, item) for all items, the victims side by side; what went wrong is raised here."""
    items, act = work
    wrong = []

    def one(victim, share):
        for item in share:
            try:
                act(victim, item)
            except Exception as error:  # said below, by the thread that may
                wrong.append((item, error))
                return

    threads = [
        threading.Thread(target=one, args=(victim, items[i :: len(victims)]), daemon=True)
        for i, victim in enumerate(victims)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not wrong, "\n".join("%s: %s" % pair for pair in wrong))
