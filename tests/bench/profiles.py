"""What time is spent on, by perf's samples: under the loads of those goals that are hard to meet.

    tests/bench/run --profile fanout       or: flatout, filter, idle, intake, intake8, intake64

Says for each thread by whom its time was taken: the kernel, a library, a function. perf is in the package linux-perf;
with strace, where it is installed, the calls of `intake` are timed.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import bench
import feed_peers
import measure_fanout
import measure_idle
from siaga_test import Console, scope, start_feed

SECONDS = 6
TOP = 14


@contextlib.contextmanager
def pressed(clients):
    """siagad while so many clients press as fast as they are answered."""
    feed = feed_peers.free_feed()
    words = [feed_peers.tool("press"), str(feed.port), str(clients), str(3 * SECONDS), feed.tokens["app"]]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as press:
        time.sleep(1)  # warm
        try:
            yield feed.child.pid
        finally:
            press.kill()
    feed.stop()


@contextlib.contextmanager
def told(consoles, per_s):
    """siagad that tells so many consoles of so many events a second; 0: as many as it can."""
    feed = feed_peers.free_feed()
    words = [feed_peers.tool("swarm"), "siaga", str(feed.port), str(consoles), str(per_s), str(3 * SECONDS),
             str(measure_fanout.WINDOW), feed.tokens["app"], feed.tokens["ayu"]]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as swarm:
        if swarm.stderr.readline() != "live\n":
            raise RuntimeError("the swarm is not live")
        try:
            yield feed.child.pid
        finally:
            swarm.kill()
    feed.stop()


@contextlib.contextmanager
def resting():
    """A console with forty open incidents in which nothing happens."""
    feed = start_feed()
    measure_idle.fill(feed)
    console = Console(feed, "ayu", cols=measure_idle.COLS, rows=measure_idle.ROWS)
    console.wait("%d open" % measure_idle.OPEN)
    console.wait("LIVE")
    measure_idle.rest(console)
    yield console.pid
    feed.stop()


@contextlib.contextmanager
def asked():
    """The queue that is asked for p<=2 among 200 000, again and again."""
    words = [feed_peers.tool("filter_bench"), "200000", "p<=2", "1000000"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as asking:
        if asking.stdout.readline() != "asking\n":
            raise RuntimeError("filter_bench does not ask")
        try:
            yield asking.pid
        finally:
            asking.kill()


LOADS = {
    "fanout": (lambda: told(1000, 100), SECONDS, 1000),
    "flatout": (lambda: told(100, 0), SECONDS, 1000),
    "filter": (asked, SECONDS, 1000),
    "idle": (resting, 60, 8000),
    "intake": (lambda: pressed(1), SECONDS, 4000),
    "intake8": (lambda: pressed(8), SECONDS, 2000),
    "intake64": (lambda: pressed(64), SECONDS, 1000),
}


def record(path, pid, seconds, per_s):
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", str(per_s), "-o", path, "-p", str(pid), "--",
                    "sleep", str(seconds)], check=True, stderr=subprocess.DEVNULL)


def report(path, sort):
    """[(percent, what)], the most first."""
    words = ["perf", "report", "-i", path, "--stdio", "--sort", sort]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    rows = re.findall(r"^\s+([\d.]+)%\s+(.*?)\s*$", done.stdout, re.M)
    return [(float(percent), re.sub(r"\s+- +-$", "", what)) for percent, what in rows]


def say(path):
    for title, sort in (("thread", "pid"), ("thread and whose code", "pid,dso"), ("function", "dso,symbol")):
        print("\n  %s:" % title)
        for percent, what in report(path, sort)[:TOP]:
            print("  %6.2f %%  %s" % (percent, re.sub(r"\s{2,}", "  ", what)))


def say_calls(pid):
    """How long each call took, waiting and all."""
    if bench.program("strace") is None:
        print("\n  calls: left out, strace is not installed")
        return
    with subprocess.Popen(["strace", "-f", "-w", "-c", "-S", "time", "-p", str(pid)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as trace:
        time.sleep(SECONDS)
        trace.send_signal(signal.SIGINT)
        lines = trace.stderr.read().splitlines()
    print("\n  calls, by the time until they return (strace makes each slower):")
    for line in [line for line in lines if re.match(r"^[% -]|^ *\d", line)][:TOP]:
        print("  " + line)


def main(name):
    if name not in LOADS:
        raise SystemExit("no profile %s; there are %s" % (name, ", ".join(LOADS)))
    if bench.program("perf") is None:
        raise SystemExit("perf is not installed: package linux-perf")
    load, seconds, per_s = LOADS[name]
    folder = tempfile.mkdtemp(prefix="siaga-profile-")
    try:
        with load() as pid:
            path, before = os.path.join(folder, "perf.data"), bench.cpu_ms(pid)
            record(path, pid, seconds, per_s)
            print("%s: %.0f ms of a processor in %d s" % (name, bench.cpu_ms(pid) - before, seconds))
            if name == "intake":
                say_calls(pid)
        say(path)
    finally:
        shutil.rmtree(folder)
        feed_peers.finish()
        scope.finish()


if __name__ == "__main__":
    main(sys.argv[1])
