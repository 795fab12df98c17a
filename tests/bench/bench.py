"""What the measurements share: how a figure is said, what it is held against, and the data of a year.

A measurement is a program measure_NAME.py that prints one JSON object a line; tests/bench/run starts it as
often as it is told to and makes one table of all. It says what it saw: nothing here passes or fails for a time.
"""

import json
import os
import shutil
import subprocess
import tempfile

BIN = os.environ.get("BENCH_BIN", "")  # the programs of this folder, built
DATA = os.environ.get("BENCH_DATA", "")  # what is made once and read by every run
SOLO = os.environ.get("SIAGA_DATA", "")
EVENTS_EACH = 5  # of an incident in a made log
OPEN = 40  # incidents of a made log that have not ended


def say(**members):
    print(json.dumps(members), flush=True)


def figure(row, what, value, unit, against=None, **goal):
    """One figure. `against` is (name, value) of a limit or a peer, measured in the same run.

    At most one goal, all in the figure's unit: most=, least=; or against the other: most_over= (may be so much
    more), most_ratio=, least_ratio=.
    """
    assert len(goal) <= 1, goal
    say(row=row, what=what, value=value, unit=unit, against=against, goal=goal)


def growth(row, what, values, unit, work=None):
    """The same at several sizes: [(size, value)]. With `work` the goal is that it grows no faster than its work,
    which for "size" is the size (a log ten times as long may take ten times as long), for "none" is nothing, and
    else is (name, [value at each size]) of what does the same or stands for it."""
    say(row=row, what=what, growth=values, unit=unit, work=work)


def skip(row, what, why):
    """A figure that cannot be had here, for instance because a peer is not installed."""
    say(row=row, what=what, skip=why)


def instructions(function, *command):
    """That a program takes while it is in that function, as valgrind counts them: the same every time."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        subprocess.run(["valgrind", "-q", "--tool=callgrind", "--toggle-collect=" + function,
                        "--callgrind-out-file=" + out, *command], stdout=subprocess.DEVNULL, check=True)
        with open(out, encoding="utf-8") as file:
            count = int(next(line for line in file if line.startswith("totals:")).split()[1])
    if count == 0:
        raise RuntimeError("%s has no function %s of its own" % (command[0], function))
    return count


def program(name):
    """A peer's program, or None where it is not installed."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/games"
    return shutil.which(name, path=path)


def made(name, make):
    """A folder of that name with what `make(folder)` puts there; made once, and only ever read."""
    folder = os.path.join(DATA, name)
    if not os.path.isdir(folder):
        os.makedirs(DATA, exist_ok=True)
        half = tempfile.mkdtemp(prefix=name + "-", dir=DATA)
        try:
            make(half)
            os.rename(half, folder)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    return folder


def made_log(incidents, days=365):
    """The log of a year with so many incidents: FOLDER/log is siagad's, FOLDER/events.jsonl has every event."""

    def make(folder):
        subprocess.run(
            [os.path.join(BIN, "make_log"), os.path.join(folder, "log"), str(incidents), str(OPEN), SOLO,
             os.path.join(folder, "events.jsonl"), str(days)],
            stdout=subprocess.DEVNULL, check=True)

    return made("log-%d" % incidents + ("" if days == 365 else "-%d-days" % days), make)


def copy_log(incidents, to, days=365):
    """A siagad's folder `to` with that log in it, which may be written."""
    os.makedirs(to, mode=0o700, exist_ok=True)
    for name in ("log.db",):
        subprocess.run(
            ["cp", "--reflink=auto", os.path.join(made_log(incidents, days), "log", name), os.path.join(to, name)],
            check=True)


def percentile(values, percent):
    """Of a list that is not empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100.0))]


# --- what the kernel says of a process ---


def _status(pid, name):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(next(line for line in file if line.startswith(name + ":")).split()[1])


def peak_mib(pid):
    return _status(pid, "VmHWM") / 1024.0


def resident_mib(pid):
    return _status(pid, "VmRSS") / 1024.0


def cpu_ms(pid):
    """To the nanosecond, of all threads; a tick of stat's is ten milliseconds."""
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e6


def wakeups(pid):
    """How often its threads went to sleep and were woken."""
    return sum(_status_of_task(pid, task) for task in os.listdir("/proc/%d/task" % pid))


def _status_of_task(pid, task):
    with open("/proc/%d/task/%s/status" % (pid, task), encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("voluntary_ctxt")).split()[1])
