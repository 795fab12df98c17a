"""A city's worth of consoles and alarms: all of them are told in time, memory stays flat, whoever does not read
harms nobody.

SIAGA_CROWD=1000 SIAGA_RATE=200 SIAGA_SECONDS=300 is the whole; a little of it is the ordinary test.
"""

import json
import os
import subprocess
import threading

from siaga_test import Closed, Feed, check, check_eq, environment, figure, run, scope, start_feed, takes

CROWD = os.environ["CROWD"]
CONSOLES = int(os.environ.get("SIAGA_CROWD", "100"))
RATE = int(os.environ.get("SIAGA_RATE", "50"))
SECONDS = int(os.environ.get("SIAGA_SECONDS", "5"))
WHOLE = CONSOLES >= 1000
SLEEPERS = 4
EACH = 15  # incidents that an operator ends in a second: the feed takes no more of one


def memory_kib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])


def cpu_s(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wake_up(feed, sleeper, head):
    """One that read nothing all the time: it has everything in the end, cut off meanwhile or not."""
    events, first = [], sleeper.seen + 1
    while True:
        try:
            sleeper.until_seq(head, 60)
        except Closed:
            pass
        events += [event["seq"] for event in sleeper.events if first <= event["seq"] <= head]
        sleeper.close()
        if sleeper.seen >= head:
            return events
        sleeper = Feed(feed, "sari", after=sleeper.seen)


@takes(900)
def test_everybody_is_told_in_time():
    feed = start_feed()
    operators = ["ops%d" % number for number in range(RATE // EACH + 1)]
    for name in operators:
        feed.token(name, "operator")
    sleepers = [Feed(feed, "sari") for _ in range(SLEEPERS)]
    crowd = scope.start(
        [CROWD, str(feed.port), str(CONSOLES), str(RATE), str(SECONDS), feed.tokens["app"],
         *(feed.tokens[name] for name in (*operators, "sari", "tamu"))],
        env=environment(feed.home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = crowd.stderr.readline()
    check_eq(line, "live\n", "all consoles are live")
    memory = [memory_kib(feed.child.pid)]
    spent = cpu_s(feed.child.pid)
    answer = []
    reader = threading.Thread(target=lambda: answer.append(crowd.stdout.read()), daemon=True)
    reader.start()
    over = threading.Event()
    while not answer:
        over.wait(0.5)
        memory.append(memory_kib(feed.child.pid))
        check(crowd.poll() in (None, 0), "the crowd ended:", crowd.stderr.read() if crowd.poll() else "")
    got = json.loads(answer[0])
    spent = cpu_s(feed.child.pid) - spent
    figure("consoles", CONSOLES)
    for name, value in got.items():
        figure(name, value)
    figure("processor of siagad", "%.0f %%" % (100 * spent / got["seconds"]))
    half = memory[len(memory) // 2]
    figure("memory of siagad, KiB: first, in the middle, most, last",
           "%d, %d, %d, %d" % (memory[0], half, max(memory), memory[-1]))
    check_eq((got["gaps"], got["missing"], got["broken"], got["drained"]), (0, 0, 0, True), "deliveries")
    check_eq(got["taken"], got["posted"], "every alarm was taken")
    check_eq(got["deliveries"], got["taken"] * CONSOLES, "each to each console, once")
    if WHOLE:
        check_eq(got["late"], 0, "alarms later than a second")
    # What it holds for the last events is full by the middle; from there on nothing grows.
    if SECONDS >= 60:
        check(memory[-1] < half * 1.1 + 4096, "memory grows:", half, memory[-1])
    head = feed.head()
    for sleeper in sleepers:
        first = sleeper.seen + 1
        events = wake_up(feed, sleeper, head)
        check_eq(events, list(range(first, head + 1)), "what one who slept gets in the end")
    feed.stop()


@takes(240)
def test_more_than_a_frame_holds_are_there_and_nobody_is_told_nonsense():
    feed = start_feed()
    crowd = scope.start(
        [CROWD, str(feed.port), "1010", "1", "120", feed.tokens["app"], *[feed.tokens["tamu"]] * 3],
        env=environment(feed.home), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )
    check_eq(crowd.stderr.readline(), "live\n", "all are there")
    ayu = Feed(feed, "ayu", position="meja 1")
    sari = Feed(feed, "sari", position="meja akhir")

    def both(frame):
        return {"meja 1", "meja akhir"} <= {who.get("position") for who in frame["who"]}

    frame = ayu.wait("presence", both, 30)
    check_eq(len(frame["who"]), 1000, "as many as a console takes; who may have claimed something is among them")
    check_eq(len(frame["desks"]), len(Feed(feed, "damkar").wait("presence")["desks"]), "and every desk")
    sari.close()
    crowd.kill()
    feed.stop()


run(globals())
