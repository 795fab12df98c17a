#!/usr/bin/env python3
"""A console that comes back and has a year to catch up with: how fast, beside nothing but the writes; what memory
it takes; and how long a key waits for its answer meanwhile."""

import os
import time

import bench
import caches
from siaga_test import SIAGA, Console, check, scope

KEY_SIZE = caches.SIZES[1]  # of the catch-up while which keys are pressed
KEYS_MOST = 300
BETWEEN_S = 0.12  # two keys of somebody in a hurry; at more than 16 a second the frames are what is waited for


def rates():
    """Events a second: {incidents: (console, limit)}; the year's is of when it was made."""
    took, peaks = [], []
    for size in caches.SIZES:
        if size == caches.SIZES[-1]:
            told = caches.filled(size)[1]
            seconds, peak, least = told["seconds"], told["peak_mib"], told["limit"]
        else:
            seconds, peak = caches.caught_up(size, os.path.join(scope.folder(), "state"))
            least = caches.limit(size)
            scope.finish()
        events = caches.events(size)
        took.append((events, seconds))
        peaks.append((events, peak))
        bench.figure("cache ingest", "console without a terminal, %d events%s" % (
            events, ", once" if size == caches.SIZES[-1] else ""), events / seconds, "events/s",
            against=("json-c and SQLite", events / least), least_ratio=0.7)
    bench.growth("cache ingest", "time to catch up", took, "s", work="size")
    bench.growth("memory", "console, catching up", peaks, "MiB", work="none")
    bench.figure("memory", "console, catching up with 1M events", peaks[-1][1], "MiB", most=40)


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
    bench.figure("cache ingest", "key to screen while it catches up, p99 of %d" % len(waits),
                 bench.percentile(waits, 99), "ms", against=("median", bench.percentile(waits, 50)), most=100)
    scope.finish()


def main():
    try:
        rates()
        keys()
    finally:
        scope.finish()


if __name__ == "__main__":
    main()
