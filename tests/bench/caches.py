"""Consoles' caches that hold a whole log: how one comes to hold it, and one of each size to be looked at."""

import os
import resource
import shutil
import sqlite3
import subprocess
import time

import bench
import siaga_test
from siaga_test import SIAGA, Siagad, check, scope

SIZES = (2000, 20000, 200000)  # incidents; five events each
NAME = "ayu"
BATCH = 170  # events that a feed puts into one message of such a log, and a console into one transaction


def events(incidents):
    return incidents * bench.EVENTS_EACH


def feed(incidents, days=365):
    """A siagad on a copy of that log, which one operator may follow."""
    daemon = Siagad()
    bench.copy_log(incidents, daemon.dir, days)
    daemon.token(NAME, "operator")
    daemon.start_s = 60
    return daemon.start()


def feed_id(incidents, days):
    path = os.path.join(bench.made_log(incidents, days), "log", "log.db")
    log = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        return log.execute("SELECT value FROM meta WHERE key = 'feed'").fetchone()[0]
    finally:
        log.close()


def first_day(incidents, state, days=365):
    """The cache of a console that was there before the log's first event, and comes back: of a feed that it does
    not know it would ask for what is open, and for no more."""
    subprocess.run([SIAGA, "--offline", "--plain", "--state", state], env=siaga_test.environment(scope.folder()),
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    cache = sqlite3.connect(os.path.join(state, "cache.db"))
    with cache:
        cache.execute("INSERT INTO meta(id, feed, last_seq, saved_at_ms, name, role, agency)"
                      " VALUES(1, ?, 0, ?, ?, 'operator', '')",
                      (feed_id(incidents, days), int(time.time() * 1000), NAME))
    cache.close()
    return state


def check_whole(incidents, state):
    """All of it is there, once."""
    cache = sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True)
    try:
        got = cache.execute("SELECT count(*), max(seq) FROM event WHERE seq <= ?", (events(incidents),)).fetchone()
        check(got == (events(incidents),) * 2, "the cache has every event:", got)
        ended = cache.execute("SELECT count(*) FROM history").fetchone()[0]
        check(ended == incidents - bench.OPEN, "and a row for what has ended:", ended)
        check(cache.execute("SELECT count(*) FROM behind").fetchone()[0] == 0, "nothing is left to be done")
    finally:
        cache.close()


def follow(daemon, state):
    """A console without a terminal, from its start until it is live: seconds, those of the processor, and MiB at
    most."""
    home = scope.folder()
    start = time.monotonic()
    console = scope.start(
        [SIAGA, "--plain", "--feed", daemon.url, "--token-file", daemon.token_file(NAME), "--state", state],
        env=siaga_test.environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for line in console.stdout:
        if b" LIVE" in line:
            break
    took = time.monotonic() - start
    check(console.poll() is None, "the console is live")
    cpu, peak = bench.cpu_ms(console.pid) / 1000, bench.peak_mib(console.pid)
    console.stdin.close()
    check(console.wait(timeout=60) == 0, "the console ends")
    return took, cpu, peak


def limit(incidents):
    """Nothing but the writes, of the same events with as many of them to a transaction: seconds, and those of the
    processor."""
    state = first_day(incidents, os.path.join(scope.folder(), "state"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    got = subprocess.run(
        [os.path.join(bench.BIN, "cache_limit"), os.path.join(state, "cache.db"),
         os.path.join(bench.made_log(incidents), "events.jsonl"), str(BATCH)],
        stdout=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    check_whole(incidents, state)
    return float(got.stdout), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def caught_up(incidents, state, days=365):
    """Fills that folder from a feed of its own: see follow()."""
    daemon = feed(incidents, days)
    got = follow(daemon, first_day(incidents, state, days))
    daemon.stop()
    check_whole(incidents, state)
    return got


def filled(incidents):
    """A console's folder with all of that log, made once."""

    def make(folder):
        caught_up(incidents, os.path.join(folder, "state"))
        scope.finish()

    return os.path.join(bench.made("cache-%d" % incidents, make), "state")


def copy(incidents, to):
    """The same folder, to be written to."""
    shutil.copytree(filled(incidents), to)
