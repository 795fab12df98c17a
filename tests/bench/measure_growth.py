"""Instructions by size: no clock and no cache of the machine has a part in them."""

import math
import os

import bench

ROW = "instructions, as it grows"
SIZES = (2_000, 20_000, 200_000)


def program(name):
    return os.path.join(bench.BIN, name)


def filters():
    for text in ("p<=2", "pasar"):
        counts = [(size, bench.instructions("ask_queue", program("filter_bench"), str(size), text, "7")) for size in SIZES]
        bench.growth(ROW, "filter: %s, by incidents" % text, counts, "instructions", "size")


def coverage():
    """Cameras are half as many; a tree of them, and the incidents put in order, are sorts."""
    counts = [(size, bench.instructions("coverage_compute", program("coverage_bench"), str(size // 2), str(size),
                                        "alone"))
              for size in SIZES]
    work = ("n log n", [size * math.log2(size) for size in SIZES])
    bench.growth(ROW, "coverage, by incidents", counts, "instructions", work)


def main():
    if bench.program("valgrind") is None:
        bench.skip(ROW, "all of them", "valgrind is not installed")
        return
    filters()
    coverage()


main()
