"""The eight cameras nearest to an alarm: among 100 000, and how it grows."""

import os
import subprocess

import bench

ROW = "near cameras"
CAMERAS = 100_000
SIZES = (10_000, CAMERAS, 1_000_000)
LIMIT_US = 50


def ask(cameras):
    """{who: (median, p99)} in microseconds; they have all named the same cameras."""
    done = subprocess.run([os.path.join(bench.BIN, "near_bench"), str(cameras)], stdout=subprocess.PIPE, text=True,
                          check=True)
    return {name: (float(median), float(p99)) for name, median, p99 in map(str.split, done.stdout.splitlines())}


def main():
    of = {cameras: ask(cameras) for cameras in SIZES}
    took = of[CAMERAS]
    for place, name in enumerate(("median", "p99")):
        bench.figure(ROW, "8 nearest of 100 000, " + name, took["ours"][place], "us",
                     ("scan with a heap", took["scan"][place]), most=LIMIT_US)
        bench.figure(ROW, "the same, " + name, took["ours"][place], "us",
                     ("SQLite's R*Tree", took["rtree"][place]), most_ratio=1)
    bench.growth(ROW, "8 nearest, median", [(cameras, of[cameras]["ours"][0]) for cameras in SIZES], "us", "size")


main()
