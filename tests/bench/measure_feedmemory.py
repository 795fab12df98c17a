"""Memory of siagad: peak resident size with 10, 100 and 1 000 consoles that are sent alarms, and with logs of ten
thousand, a hundred thousand and a million events."""

import bench
import feed_peers
from measure_fanout import swarm
from siaga_test import Siagad

ROW = "memory of siagad"
CONSOLES = (10, 100, 1000)
INCIDENTS = (2000, 20000, 200000)  # of five events
BASE_MIB, EACH_KIB = 24, 24


def with_consoles(consoles):
    feed = feed_peers.free_feed()
    swarm("siaga", feed.port, feed.child.pid, consoles, 100, feed.tokens["app"], feed.tokens["ayu"])
    peak = bench.peak_mib(feed.child.pid)
    feed.stop()
    return peak


def with_log(incidents):
    feed = Siagad()
    bench.copy_log(incidents, feed.dir)
    feed.start()
    peak = bench.peak_mib(feed.child.pid)
    feed.stop()
    return peak


def main():
    peaks = [(consoles, with_consoles(consoles)) for consoles in CONSOLES]
    for consoles, peak in peaks:
        bench.figure(ROW, "%d consoles" % consoles, peak, "MiB", most=BASE_MIB + consoles * EACH_KIB / 1024.0)
    bench.growth(ROW, "by consoles", peaks, "MiB", work="size")
    logs = [(5 * incidents, with_log(incidents)) for incidents in INCIDENTS]
    for events, peak in logs:
        bench.figure(ROW, "a log of %d events" % events, peak, "MiB", most=BASE_MIB)
    bench.growth(ROW, "by events in the log", logs, "MiB", work="none")


if __name__ == "__main__":
    try:
        main()
    finally:
        feed_peers.finish()
