"""What 100 000 cameras see of 200 000 incidents, and ten places for more; and how that grows."""

import os
import subprocess
import sys

import bench

ROW = "coverage"
CAMERAS, INCIDENTS = 100_000, 200_000
SIZES = ((1_000, 2_000), (10_000, 20_000), (CAMERAS, INCIDENTS))


def ask(cameras, incidents):
    """Milliseconds of it, those of a scan, how many incidents that looked at, and those of a mere sort."""
    done = subprocess.run([os.path.join(bench.BIN, "coverage_bench"), str(cameras), str(incidents)],
                          stdout=subprocess.PIPE, text=True, check=True)
    took, scanned, sample, sort = done.stdout.split()
    return float(took), float(scanned), int(sample), float(sort)


def main():
    of = [ask(*size) for size in SIZES]
    took, scanned, sample, _ = of[-1]
    # A scan of all cameras for each incident would take minutes: its time of a sample is scaled up.
    print("coverage: the scan looked at %d incidents of %d" % (sample, INCIDENTS), file=sys.stderr)
    bench.figure(ROW, "100 000 cameras, 200 000 incidents, 10 places", took, "ms",
                 ("scan, scaled up", scanned), most_ratio=0.1)
    bench.growth(ROW, "the whole, by incidents", [(size[1], row[0]) for size, row in zip(SIZES, of)], "ms",
                 ("a sort of them", [row[3] for row in of]))


main()
