#!/usr/bin/env python3
"""A console that opens what it has kept of a year: its first page, a page of its history, a search; and what
memory all of it takes. Beside it programs that are made to look at logs, on the same events as lines of a file."""

import os
import shutil
import statistics
import tempfile

import bench
import caches
from siaga_test import SIAGA, Screen, check, scope
from terminal import COLS, ROWS, Terminal

STARTS = 5
FULL = caches.SIZES[-1]
PEERS = (("lnav", ["-N"], b'"rev"'), ("less", [], b"events.jsonl"))
SEARCHES = (("a common street", "honggowongso"), ("a telephone", "+62 800-555-0101"), ("the beginning of a word", "ko"))


def started(argv, marker):
    """The middle of some starts, in milliseconds, and the memory of the last at its most."""
    took = []
    for _ in range(STARTS):
        terminal = Terminal(argv)
        took.append(terminal.page(marker))
        peak = terminal.peak_mib()
        terminal.close()
    return statistics.median(took), peak


def console(state):
    return [SIAGA, "--offline", "--state", state]


def peers():
    """What each takes for the same events: {name: (milliseconds, MiB)}."""
    lines = os.path.join(bench.made_log(FULL), "events.jsonl")
    got = {}
    for name, options, marker in PEERS:
        if bench.program(name) is None:
            bench.skip("start", "first page beside " + name, name + " is not installed")
        else:
            got[name] = started([bench.program(name), *options, lines], marker)
    return got


def search(state):
    """A search in a console that has just begun: from the Enter to the page on the screen, in milliseconds."""
    screen = Screen(console(state), cols=COLS, rows=ROWS)
    screen.wait("? help")
    screen.keys(":history " + SEARCHES[0][1])
    _, took = screen.react("Enter", "1 of more than 100")
    screen.keys("Esc")
    screen.wait_gone("1 HISTORY")
    screen.keys(":quit", "Enter")
    check(screen.exited()[0] == 0, "the console ends")
    return took


def pages(state):
    """From the Enter to the page on the screen, and then memory at its most."""
    screen = Screen(console(state), cols=COLS, rows=ROWS)
    screen.wait("? help")
    screen.keys(":history")
    _, took = screen.react("Enter", "1 of more than 100")
    bench.figure("start", "first page of the history at 1M, key to screen", took, "ms", most=100)
    for what, words in SEARCHES:
        screen.keys("Esc")
        screen.wait_gone("1 HISTORY")
        screen.keys(":history " + words)
        _, took = screen.react("Enter", "1 of more than 100")
        check(screen.has(words), "the rows are of", words)
        bench.figure("start", "first page of a search at 1M: " + what, took, "ms", most=100)
    peak = bench.peak_mib(screen.pid)
    screen.keys("Esc")
    screen.wait_gone("1 HISTORY")
    screen.keys(":quit", "Enter")
    check(screen.exited()[0] == 0, "the console ends")
    return peak


def main():
    times, memory, searches = [], [], []
    # A start writes there, if only that it has it open.
    os.makedirs(bench.DATA, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="start-", dir=bench.DATA)
    try:
        for size in caches.SIZES:
            state = os.path.join(folder, str(size))
            caches.copy(size, state)
            took, peak = started(console(state), b"help")
            times.append((caches.events(size), took))
            memory.append((caches.events(size), peak))
            searches.append((caches.events(size), statistics.median(search(state) for _ in range(STARTS))))
        others = peers()
        lnav, less = others.get("lnav"), others.get("less")
        bench.figure("start", "first page of 1M events at 120x40", times[-1][1], "ms", most=50)
        if lnav:
            bench.figure("start", "first page of 1M events, beside lnav", times[-1][1], "ms",
                         against=("lnav", lnav[0]), most_ratio=0.05)
        if less:
            bench.figure("start", "first page of 1M events, beside less", times[-1][1], "ms", against=("less", less[0]))
        bench.growth("start", "first page", times, "ms", work="none")
        bench.growth("start", "first page of a search: " + SEARCHES[0][0], searches, "ms", work="size")
        peak = pages(state)
        bench.figure("memory", "console, started on 1M events", memory[-1][1], "MiB",
                     against=("lnav", lnav[1]) if lnav else None, most=40)
        bench.figure("memory", "console, after searches in them", peak, "MiB",
                     against=("less", less[1]) if less else None, most=40)
        bench.growth("memory", "console, started offline", memory, "MiB", work="none")
    finally:
        scope.finish()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
