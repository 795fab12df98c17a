"""Instructions that one event takes on its way, held against those of tests/bench/counts.txt.

    tests/bench/run --only counts                  now, kept, and the ratio
    tests/bench/run --only counts --keep-counts    writes the file anew

No clock is read: the same sources, compiler and libraries give the same counts, to the half percent that the seed
of json-c's tables makes. Elsewhere the counts are others, and are not compared.
"""

import os
import re
import subprocess
import sys
import tempfile

import bench

ROW = "instructions of one event"
KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "counts.txt")
STEPS = {
    "decide": "decided by the feed",
    "apply": "applied to the world",
    "encode": "encoded, in all its forms",
    "parse": "message parsed by a console",
    "take": "taken by the console",
    "draw": "screen drawn at 120x40",
}
ALLOWED = 1.05
PROGRAM = os.path.join(bench.BIN, "counts")
HEAD = """# Instructions that one event takes, on average over those of an incident from its alarm to its end; see
# counts.c. Written by: tests/bench/run --only counts --keep-counts
# They depend on what they were made with, and are compared only where that is the same:
"""


def made_with():
    said = subprocess.run([PROGRAM, "--made-with"], stdout=subprocess.PIPE, text=True, check=True)
    valgrind = subprocess.run(["valgrind", "--version"], stdout=subprocess.PIPE, text=True, check=True)
    return "%s, %s, %s" % (said.stdout.strip(), valgrind.stdout.strip(), os.uname().machine)


def count():
    """{step: instructions of one event}"""
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "callgrind.out")
        ran = subprocess.run(["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + out, PROGRAM],
                             env=env, stdout=subprocess.PIPE, text=True, check=True)
        told = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out],
                              env=env, stdout=subprocess.PIPE, text=True, check=True)
    found = re.findall(r"^\s*([0-9,]+) .*:step_([a-z]+)", told.stdout, re.MULTILINE)
    return {step: round(int(number.replace(",", "")) / int(ran.stdout)) for number, step in found}


def read_kept():
    """What the file was made with, and {step: instructions}."""
    with open(KEPT, encoding="utf-8") as file:
        lines = file.read().splitlines()
    made = [line[len("# made with "):] for line in lines if line.startswith("# made with ")]
    return made[0], {step: int(number) for step, number in (line.split() for line in lines if line[0] != "#")}


def keep(made, counts):
    with open(KEPT, "w", encoding="utf-8") as file:
        file.write(HEAD + "# made with %s\n" % made)
        file.writelines("%-8s %d\n" % (step, counts[step]) for step in STEPS)


def main():
    if bench.program("valgrind") is None or bench.program("callgrind_annotate") is None:
        bench.skip(ROW, "all of them", "valgrind is not installed")
        return
    made, counts = made_with(), count()
    if os.environ.get("BENCH_KEEP_COUNTS"):
        keep(made, counts)
    kept_with, kept = read_kept()
    if kept_with != made:
        print("counts: made with %s; those kept, with %s" % (made, kept_with), file=sys.stderr)
        bench.skip(ROW, "comparison", "those kept were made with something else")
    for step, what in STEPS.items():
        if kept_with == made:
            bench.figure(ROW, what, counts[step], "instructions", ("kept", kept[step]), most_ratio=ALLOWED)
        else:
            bench.figure(ROW, what, counts[step], "instructions")


main()
