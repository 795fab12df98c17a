"""From the text of a filter to the first page of the queue: with 200 000 incidents in memory, and how it grows."""

import os
import subprocess

import bench

ROW = "filter"
INCIDENTS = 200_000
SIZES = (2_000, 20_000, INCIDENTS)
LIMIT_MS = 20


def ask(incidents):
    """[(filter, ours, ours for all rows, the table's or 0, what the memory costs)] in milliseconds; both have given
    the same page."""
    done = subprocess.run([os.path.join(bench.BIN, "filter_bench"), str(incidents)], stdout=subprocess.PIPE,
                          text=True, check=True)
    rows = [line.split(" ", 5) for line in done.stdout.splitlines()]
    return [(text or "no filter", *(float(word) for word in words)) for *words, _, text in rows]


def main():
    of = {incidents: ask(incidents) for incidents in SIZES}
    for text, ours, _, table, _ in of[INCIDENTS]:
        bench.figure(ROW, text, ours, "ms", ("SQLite in memory", table) if table else None, most=LIMIT_MS)
    for text, ours, rows, *_ in of[INCIDENTS]:
        bench.figure(ROW, text + ": all rows, as a console has them", rows, "ms", ("a page", ours))
    for place, (text, *_) in enumerate(of[INCIDENTS]):
        if text in ("p<=2", "pasar"):
            bench.growth(ROW, text + ", as they grow", [(incidents, of[incidents][place][1]) for incidents in SIZES],
                         "ms", "size", ("reading as much", [of[incidents][place][4] for incidents in SIZES]))


main()
