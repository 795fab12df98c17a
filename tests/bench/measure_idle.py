"""A minute in which nothing happens: the console with forty incidents open, and htop at its default delay, in the
same minute on the same terminal."""

import os
import time

import bench
from siaga_test import Console, Feed, Screen, eventually, scope, start_feed

COLS, ROWS = 120, 40
OPEN = 40
MINUTE_S = float(os.environ.get("BENCH_MINUTE_S", "60"))
PLACES = ("Pasar Gede", "Stasiun Balapan", "Jl. Slamet Riyadi", "Taman Sriwedari", "Pasar Klewer")
KINDS = ("fire", "medical", "accident", "crime", "flood", "traffic", "rescue", "other")


def fill(feed):
    """So many incidents that somebody works on."""
    budi = Feed(feed, "budi")
    for i in range(OPEN):
        it = feed.alarm(kind=KINDS[i % len(KINDS)], priority="P%d" % (1 + i % 4),
                        place="%s %d" % (PLACES[i % len(PLACES)], i), lat=-7.57 + 0.001 * i, lon=110.80 + 0.001 * i)
        budi.do("acknowledge", it["incident"])
    budi.close()


def rest(screen):
    """It has said all that it has to say just now."""
    quiet = [time.monotonic()]

    def is_quiet():
        if screen.bytes() > 0:
            quiet[0] = time.monotonic()
        return time.monotonic() - quiet[0] > 0.3

    eventually(is_quiet, "it rests", 30)


class Spent:
    """What a program has used so far."""

    def __init__(self, screen):
        self.cpu_ms = screen.cpu_ms()
        self.wakeups = screen.wakeups()
        screen.bytes()

    def until_now(self, screen):
        return screen.cpu_ms() - self.cpu_ms, screen.wakeups() - self.wakeups, screen.bytes()


def htop():
    """htop on such a terminal, or None where it is not installed."""
    path = bench.program("htop")
    if path is None:
        return None
    screen = Screen([path], COLS, ROWS)
    screen.wait("Load average")
    return screen


def main():
    feed = start_feed()
    fill(feed)
    screens = [Console(feed, "ayu", cols=COLS, rows=ROWS), htop()]
    screens[0].wait("%d open" % OPEN)
    screens[0].wait("LIVE")
    rest(screens[0])
    screens = [screen for screen in screens if screen is not None]
    start = [Spent(screen) for screen in screens]
    began = time.monotonic()
    eventually(lambda: time.monotonic() - began >= MINUTE_S, "the minute passes", MINUTE_S + 10)
    took = time.monotonic() - began
    ours, *theirs = [spent.until_now(screen) for spent, screen in zip(start, screens)]
    per = 60 / took
    row = "idle"
    peer = [("htop", value) for value in (theirs[0][0] * per, theirs[0][1] * per, theirs[0][2] / took)] if theirs else [
        None] * 3
    bench.figure(row, "processor, a minute", ours[0] * per, "ms", peer[0], most=30)
    if theirs:
        bench.figure(row, "processor, beside htop", ours[0] * per, "ms", peer[0], most_ratio=0.5)
    else:
        bench.skip(row, "processor, beside htop", "htop is not installed")
    bench.figure(row, "wake-ups, a minute", ours[1] * per, "", peer[1], most=70)
    bench.figure(row, "bytes to the terminal, a second", ours[2] / took, "B", peer[2], most=40)


if __name__ == "__main__":
    try:
        main()
    finally:
        scope.finish()
