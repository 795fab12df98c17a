#!/usr/bin/env python3
"""A console that comes back and has a year to catch up with: how fast, beside nothing but the writes; what memory
it takes; and how long a key waits for its answer meanwhile."""

import os
import time

import bench
import caches
from measure_idle import rest
from siaga_test import SIAGA, Console, Screen, check, scope
from terminal import COLS, ROWS

KEY_SIZE = caches.SIZES[1]  # of the catch-up while which keys are pressed
DAY_SIZE = 500
KEYS_MOST = 300
BETWEEN_S = 0.12  # two keys of somebody in a hurry; at more than 16 a second the frames are what is waited for


def caught_up(size):
    """(seconds, of the processor, MiB) of the console, (seconds, of the processor) of the limit."""
    console = caches.caught_up(size, os.path.join(scope.folder(), "state"))
    scope.finish()
    limit = caches.limit(size)
    scope.finish()
    return console, limit


def rates():
    took, limits, peaks = [], [], []
    for size in caches.SIZES:
        (seconds, cpu, peak), (least, least_cpu) = caught_up(size)
        events = caches.events(size)
        # Of a second or less the start and the link are a good part.
        goal = {} if size == caches.SIZES[0] else {"least_ratio": 0.7}
        took.append((events, seconds))
        limits.append((events, least))
        peaks.append((events, peak))
        bench.figure("cache ingest", "console without a terminal, %d events" % events, events / seconds, "events/s",
                     against=("json-c and SQLite", events / least), **goal)
        # The same, whatever else the disk and the machine do.
        bench.figure("cache ingest", "events to a second of the processor, %d events" % events, events / cpu,
                     "events/s", against=("json-c and SQLite", events / least_cpu))
    bench.growth("cache ingest", "time to catch up", took, "s",
                 work=("json-c and SQLite", [least for _, least in limits]))
    bench.growth("memory", "console, catching up", peaks, "MiB", work="none")
    bench.figure("memory", "console, catching up with 1M events", peaks[-1][1], "MiB", most=40)


def day():
    """All of a day is in memory, and on a screen: what it takes while the console is live."""
    daemon = caches.feed(DAY_SIZE, days=1)
    state = caches.first_day(DAY_SIZE, os.path.join(scope.folder(), "state"), days=1)
    screen = Screen([SIAGA, "--feed", daemon.url, "--token-file", daemon.token_file(caches.NAME), "--state", state],
                    cols=COLS, rows=ROWS)
    screen.wait(" LIVE")
    rest(screen)
    bench.figure("memory", "console, live after a day of %d incidents" % DAY_SIZE, bench.peak_mib(screen.pid), "MiB",
                 most=12)
    scope.finish()


def keys():
    """Help opens and closes while the console catches up."""
    daemon = caches.feed(KEY_SIZE)
    state = caches.first_day(KEY_SIZE, os.path.join(scope.folder(), "state"))
    console = Console(daemon, caches.NAME, state=state)
    console.wait("CATCHING UP")
    waits = []
    while len(waits) < KEYS_MOST and console.has("CATCHING UP"):
        for key, text in (("?", "HELP for"), ("q", "1 QUEUE")):
            time.sleep(BETWEEN_S)
            waits.append(console.react(key, text)[1])
    check(len(waits) >= 20, "it took long enough to press keys:", len(waits))
    bench.figure("cache ingest", "key to screen while it catches up, p99", bench.percentile(waits, 99), "ms",
                 against=("median", bench.percentile(waits, 50)), most=100)
    scope.finish()


def main():
    try:
        rates()
        day()
        keys()
    finally:
        scope.finish()


if __name__ == "__main__":
    main()
