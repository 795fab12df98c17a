#!/usr/bin/env python3
"""What an event costs a console, the more incidents are open: what is linear in it makes a console fall behind."""

import os
import subprocess

import bench

OPEN = (100, 1000, 10000)
USUAL_MS = 18_000  # between two alarms: a hundred come in half an hour, for so long another may be of the same
HALF_HOUR_MS = 1_700_000
WHAT = (("a note, taken and told", "none"), ("an alarm, taken and told", "none"),
        ("a look over all, once a second", "size"))


def run(count, apart_ms, *where):
    got = subprocess.run([os.path.join(bench.BIN, "app_bench"), str(count), str(apart_ms), *where],
                         stdout=subprocess.PIPE, text=True, check=True)
    return [float(word) for word in got.stdout.split()]


def main():
    rows = [run(count, USUAL_MS) for count in OPEN]
    for i, (what, work) in enumerate(WHAT):
        bench.growth("backlog", "console with so many open: " + what,
                     [(count, row[i]) for count, row in zip(OPEN, rows)], "us", work=work)
    # It is held against each of the others: that much there is to do.
    for what, where in (("all over the city", []), ("of one place", ["here"])):
        bench.growth("backlog", "so many, all of the last half hour and %s: an alarm" % what,
                     [(count, run(count, HALF_HOUR_MS // count, *where)[1]) for count in OPEN], "us", work="size")


if __name__ == "__main__":
    main()
