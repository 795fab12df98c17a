"""From the text of a filter to the first page of the queue: with 200 000 incidents in memory, and how it grows.

How it grows is asked of as many incidents in each size, in one world or in many that are asked in turn: who asks the
same 2 000 a thousand times measures how much of them a processor knows by heart. That stands beside it.
"""

import os
import subprocess

import bench

ROW = "filter"
INCIDENTS = 200_000
SIZES = (2_000, 20_000, INCIDENTS)
LIMIT_MS = 20
GROWN = ("p<=2", "grid:C4", "pasar")


def ask_bench(sizes, count):
    """[(filter, value, ...)] with so many values."""
    done = subprocess.run([os.path.join(bench.BIN, "filter_bench"), sizes], stdout=subprocess.PIPE, text=True,
                          check=True)
    rows = [line.split(" ", count) for line in done.stdout.splitlines()]
    return [(text or "no filter", *(float(value) for value in values)) for *values, text in rows]


def ask(incidents):
    """[(filter, ours, ours for all rows, the table's or 0)] in milliseconds; both have given the same page."""
    return [row[:4] for row in ask_bench(str(incidents), 4)]


def ask_in_turn(incidents):
    """{filter: (a small world, the whole, reading a small one, reading the whole)} in milliseconds."""
    return {text: values for text, *values in ask_bench("%dx%d" % (INCIDENTS // incidents, incidents), 4)}


def main():
    of = {incidents: ask(incidents) for incidents in SIZES}
    for text, ours, _, table in of[INCIDENTS]:
        bench.figure(ROW, text, ours, "ms", ("SQLite in memory", table) if table else None, most=LIMIT_MS)
    for text, ours, rows, _ in of[INCIDENTS]:
        bench.figure(ROW, text + ": all rows, as a console has them", rows, "ms", ("a page", ours), most=LIMIT_MS)
    in_turn = {incidents: ask_in_turn(incidents) for incidents in SIZES[:-1]}
    for text in GROWN:
        small, middle = (in_turn[incidents][text] for incidents in SIZES[:-1])
        whole, reading = ((small[i] + middle[i]) / 2 for i in (1, 3))
        bench.growth(ROW, text + ", as they grow", list(zip(SIZES, (small[0], middle[0], whole))), "ms", "size")
        bench.growth(ROW, text + ", only read, as they grow", list(zip(SIZES, (small[2], middle[2], reading))), "ms")
    for place, (text, *_) in enumerate(of[INCIDENTS]):
        if text in GROWN:
            bench.growth(ROW, text + ", the same ones again and again",
                         [(incidents, of[incidents][place][1]) for incidents in SIZES], "ms")


main()
