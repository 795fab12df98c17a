#!/usr/bin/env python3
"""What an event costs a console, the more incidents are open: what is linear in it makes a console fall behind."""

import os
import subprocess

import bench

OPEN = (100, 1000, 10000)
WHAT = (("a note, taken and told", "none"), ("an alarm, taken and told", "none"),
        ("a look over all, once a second", "size"))


def main():
    rows = []
    for count in OPEN:
        got = subprocess.run([os.path.join(bench.BIN, "app_bench"), str(count)], stdout=subprocess.PIPE, text=True,
                             check=True)
        rows.append([float(word) for word in got.stdout.split()])
    for i, (what, work) in enumerate(WHAT):
        bench.growth("backlog", "console with so many open: " + what,
                     [(count, row[i]) for count, row in zip(OPEN, rows)], "us", work=work)


if __name__ == "__main__":
    main()
