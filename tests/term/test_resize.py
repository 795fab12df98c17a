"""The terminal changes its size at any moment, also while very much comes in: nothing is lost or torn."""

import random
import re
import time

from siaga_test import Console, Feed, Flood, check, check_eq, eventually, figure, run, start_feed

SIZES = (
    (80, 24), (120, 40), (60, 16), (200, 60), (40, 8), (79, 24), (160, 45), (20, 3), (100, 30), (10, 1),
    (1, 1), (300, 90),
)


def still(text):
    """The screen without what the clock moves: times of day, ages, the age of the link."""
    text = re.sub(r"\d\d:\d\d:\d\d|\d+:\d\d\b", "T", text)
    return re.sub(r"(LIVE|SLOW) [\d.,<]+s|[<>]?\d+(s|m|h\d\d)\b", "T", text)


def at_rest(console):
    """The screen when two looks at it, some frames apart, are the same."""
    looks = []

    def same():
        since = time.monotonic()
        eventually(lambda: time.monotonic() - since > 0.2, "some frames")
        looks.append(still(console.text()))
        return len(looks) > 1 and looks[-1] == looks[-2]

    eventually(same, "the screen rests")
    return looks[-1]


def test_resized_under_load():
    feed = start_feed()
    budi = Feed(feed, "budi")
    taken = []
    for i in range(12):
        taken.append(feed.alarm(kind="fire", place="Pasar Legi %d" % i)["incident"])
        budi.do("acknowledge", taken[-1])
    ayu = Console(feed, "ayu", cols=120, rows=40)
    ayu.wait("12 open")
    dice = random.Random(7)
    sizes = 0
    with Flood(feed, taken, 300, alarms=10):
        until = time.monotonic() + 4
        while time.monotonic() < until:
            ayu.resize(*SIZES[sizes % len(SIZES)])
            sizes += 1
            pause = time.monotonic() + dice.uniform(0, 0.08)
            eventually(lambda: time.monotonic() > pause, "a moment")
            if dice.random() < 0.3:
                ayu.keys(dice.choice(("j", "k", "Tab", "z", "V", "+", "1", "?", "Esc")))
    figure("sizes", sizes)
    check(sizes > 20, "resized")
    # What the terminal shows is what a screen painted anew shows: nothing of an older frame is left.
    for cols, rows in ((80, 24), (120, 40), (200, 60), (60, 16)):
        ayu.keys("Esc")
        ayu.resize(cols, rows)
        before = at_rest(ayu)
        ayu.keys("\x0c")
        check_eq(at_rest(ayu), before, "the screen at %dx%d, painted anew" % (cols, rows))
    ayu.keys("Esc", "Esc", "1", "g")
    ayu.resize(120, 40)
    ayu.wait("LIVE")
    ayu.quit()
    budi.close()
    feed.stop()


run(globals())
