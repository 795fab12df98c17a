"""What goes down the line to the terminal: the budgets at three sizes, and an operator's ten minutes beside ten
minutes of htop, at true speed and at the same time: both over SSH where there is an sshd, what comes out of it and
what goes over the wire.

BENCH_SESSION_S makes the ten minutes shorter, for trying out.
"""

import os
import sqlite3
import statistics
import time

import bench
from measure_idle import COLS, ROWS, fill
from siaga_test import KEYS, SIAGA, Console, Feed, Screen, check, eventually, scope, start_feed
from ssh_line import Sshd

SIZES = ((80, 24), (120, 40), (200, 60))
TURNS = 5
TICK_BYTES = 32
MOVE_BYTES = 300
PAINT_BYTES = 25000
DESK = "the desk: "

SESSION_S = float(os.environ.get("BENCH_SESSION_S", "600"))
ALARM_EVERY_S = 200  # what one operator gets on a busy evening
LETTER_S = 0.18
PAGE_DOWN = "\x1b[6~"
# What is done about an alarm: by the operator, seconds to think and what is typed then, letter by letter; by the
# fire service, seconds and an action.
DEEDS = (
    (4, "n"), (2, "a"), (3, "Enter"), (3, "c"), (2, "v"), (1, "c"), (3, "F2"), (1.5, "y"), (1, "1"),
    (1, DESK + "accept"), (0.6, "j"), (0.6, "j"), (1.5, "n"), (1, "e"), (0.5, "Warga menunggu di depan"),
    (0.5, "Enter"), (2, DESK + "en_route"),
)
# And when there is time for it, one of these, while the crew arrives and ends its work.
LOOKS = (
    ((1, "2"), (1, "+"), (1, "l"), (1, "-"), (1, "1")),
    ((1, PAGE_DOWN), (2, "g")),
    ((1, "B"), (4, "Esc")),
    ((1, "/"), (0.5, "fire"), (0.5, "Enter"), (3, "Esc")),
)
ENDS = ((1, DESK + "on_scene"), (1, DESK + "clear"))


# --- the budgets ---


def burst(console):
    """The bytes of the next change, all of its frame."""
    size = [eventually(console.bytes, "a change")]
    quiet = [time.monotonic()]

    def is_over():
        size.append(console.bytes())
        if size[-1] > 0:
            quiet[0] = time.monotonic()
        return time.monotonic() - quiet[0] > 0.1

    eventually(is_over, "all of it")
    return sum(size)


def of(console, *acts):
    """The middle of what each of them costs; each comes after a tick, so that none is among it."""
    sizes = []
    for act in acts:
        burst(console)
        act()
        sizes.append(burst(console))
    return statistics.median(sizes)


def keys(console, *names):
    return [lambda name=name: console.keys(name) for name in names]


def budgets(cols, rows):
    feed = start_feed()
    fill(feed)
    console = Console(feed, "ayu", cols=cols, rows=rows)
    console.wait("LIVE")
    console.wait("40 open")
    size = "%dx%d" % (cols, rows)

    def alarm():
        feed.alarm(kind="medical", priority="P4", place="Jl. Veteran")

    bench.figure("bytes", "clock tick, " + size, statistics.median(burst(console) for _ in range(TURNS)), "B",
                 most=TICK_BYTES)
    bench.figure("bytes", "selection move, " + size, of(console, *keys(console, "j", "j", "j", "Down", "k")), "B",
                 most=MOVE_BYTES)
    bench.figure("bytes", "page, " + size, of(console, *keys(console, PAGE_DOWN, "g", PAGE_DOWN, "g")), "B")
    bench.figure("bytes", "new row, " + size, of(console, alarm, alarm, alarm), "B")
    goal = {"most": PAINT_BYTES} if (cols, rows) == SIZES[-1] else {}
    bench.figure("bytes", "full paint, " + size, of(console, *keys(console, "C-l", "C-l", "C-l")), "B", **goal)
    console.quit()
    feed.stop()
    scope.finish()


# --- ten minutes ---


def wait_for(seconds, until):
    """True, or False when the time is over before that."""
    at = min(time.monotonic() + seconds, until)
    eventually(lambda: time.monotonic() >= at, "time passes", seconds + 10)
    return at < until


def do(console, desk, incident, deeds, until):
    for seconds, deed in deeds:
        if not wait_for(seconds, until):
            return
        if deed.startswith(DESK):
            desk.do(deed[len(DESK):], incident)
            continue
        # A name of a key, or a text.
        for key in [deed] if deed in KEYS or deed == PAGE_DOWN else deed:
            console.keys(key)
            if len(deed) > 1 and deed not in KEYS and not wait_for(LETTER_S, until):
                return


def count(feed, type_):
    """Of ayu's deeds."""
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(feed.dir, "log.db"), uri=True)
    try:
        return db.execute("SELECT count(*) FROM event WHERE type = ? AND instr(body, '\"ayu\"')", (type_,)).fetchone()[0]
    finally:
        db.close()


class Line:
    """A program that is used over SSH, or where there is none at the terminal itself, and its bytes."""

    def __init__(self, sshd, argv, text):
        make = Screen if sshd.missing else sshd.screen
        self.screen = make(argv, COLS, ROWS)
        self.screen.wait(text, 30)

    def start(self):
        self.screen.bytes()
        self.before = self._wire()

    def _wire(self):
        return self.screen.wire.down() if hasattr(self.screen, "wire") else 0

    def kib(self):
        """To the terminal, and over the wire."""
        return self.screen.bytes() / 1024, (self._wire() - self.before) / 1024


def tell(what, ours, theirs):
    if theirs is None:
        bench.figure("bytes", what, ours, "KiB")
        bench.skip("bytes", what + ", beside htop", "htop is not installed")
    else:
        bench.figure("bytes", what, ours, "KiB", ("htop", theirs), most_ratio=1 / 3)


def session():
    feed = start_feed()
    fill(feed)
    desk, sshd, htop = Feed(feed, "damkar"), Sshd(), bench.program("htop")
    argv = [SIAGA, "--feed", feed.url, "--token-file", feed.token_file("ayu"), "--state", scope.folder() + "/state"]
    ours = Line(sshd, argv, "40 open")
    lines = [ours, Line(sshd, [htop], "Load average")] if htop is not None else [ours]
    wait_for(2, time.monotonic() + 3)
    start, alarms = time.monotonic(), 0
    for line in lines:
        line.start()
    until = start + SESSION_S
    while wait_for(start + alarms * ALARM_EVERY_S - time.monotonic(), until):
        it = feed.alarm(kind="fire", priority="P1", place="Jl. Yosodipuro %d" % alarms, note="Asap dari atap",
                        caller={"name": "Siti Aminah", "phone": "+62 812 3456 7890"})["incident"]
        do(ours.screen, desk, it, DEEDS + LOOKS[alarms % len(LOOKS)] + ENDS, until)
        alarms += 1
    sizes = [line.kib() for line in lines]
    # A session in which nothing was done would be a cheap one.
    for deed in ("incident.acknowledged", "incident.verified", "dispatch.requested", "incident.noted"):
        check(count(feed, deed) >= alarms - 1, deed, "happened", count(feed, deed), "times of", alarms)
    what = "an operator's %s" % ("ten minutes" if SESSION_S == 600 else "%.0f s" % SESSION_S)
    shown, wire = zip(*sizes) if len(sizes) == 2 else ((value, None) for value in sizes[0])
    tell(what, *shown)
    if sshd.missing is None:
        tell(what + ", to it over the wire of SSH", *wire)
    else:
        bench.skip("bytes", what + ", to it over the wire of SSH", sshd.missing)
    feed.stop()
    scope.finish()


def main():
    for cols, rows in SIZES:
        budgets(cols, rows)
    session()


if __name__ == "__main__":
    try:
        main()
    finally:
        scope.finish()
