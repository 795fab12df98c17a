"""Catch-up: 100 consoles come back at once, each 10 000 events behind, while 100 alarms a second come in from a
program of its own. They are whole so soon that few alarms come meanwhile, so they come back several times.
Limit: a server that answers after the sync of a page and does nothing else, while two other programs send and read
as many bytes, in pieces of the same size."""

import json
import signal
import subprocess

import bench
import feed_peers

ROW = "catch-up"
CONSOLES, BEHIND, RATE = 100, 10000, 100
TIMES = 10
ALONE_S = 5  # of alarms alone, to compare with
AT_MOST_S = 60
MESSAGE, EVENT = 48 << 10, 400  # bytes


def press(feed, seconds, clients=16, rate=RATE):
    return [feed_peers.tool("press"), str(feed.port), str(clients), str(seconds), feed.tokens["app"], str(rate)]


def press_bare(port, seconds):
    return [feed_peers.tool("press"), str(port), "16", str(seconds), "any", str(RATE)]


def bare():
    """What press says of bare answers, alone and while others, that begin meanwhile, need the two processors."""
    rounds = BEHIND * EVENT // MESSAGE
    with feed_peers.Bare() as server:
        before = feed_peers.told(press_bare(server.port, ALONE_S))
        with subprocess.Popen(press_bare(server.port, AT_MOST_S), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as app:
            try:
                app.stderr.readline()
                feed_peers.told([feed_peers.tool("send_limit"), str(CONSOLES), str(rounds), "0.5", str(MESSAGE)])
            finally:
                app.send_signal(signal.SIGINT)
            during = json.loads(app.stdout.readline())
    return before, during


def swarm(feed):
    return [feed_peers.tool("swarm"), "siaga", str(feed.port), str(CONSOLES), "0", "0", "0", feed.tokens["app"],
            feed.tokens["ayu"], str(BEHIND)]


def come_back(feed):
    """While alarms come in: (what the consoles' program says, what the app's says of its alarms until then)."""
    with subprocess.Popen(swarm(feed), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as consoles:
        if consoles.stderr.readline() != "ready\n":
            raise RuntimeError("swarm does not begin: " + consoles.stderr.read())
        with subprocess.Popen(press(feed, AT_MOST_S) + ["each"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as app:
            try:
                app.stderr.readline()
                consoles.stdin.write("go\n")
                consoles.stdin.flush()
                told = consoles.stdout.readline()
            finally:
                app.send_signal(signal.SIGINT)
            during = app.stdout.readline()  # before all of them leave at once
        consoles.stdin.close()
        said = consoles.stderr.read()
    if consoles.returncode != 0:
        raise RuntimeError("swarm ended with %d: %s" % (consoles.returncode, said))
    return json.loads(told), json.loads(during)


def main():
    feed = feed_peers.free_feed()
    while feed.head() < BEHIND:
        feed_peers.told(press(feed, 1, 64, 0))
    before = feed_peers.told(press(feed, ALONE_S))
    whole_s, each_us = [], []
    for _ in range(TIMES):
        told, during = come_back(feed)
        if told["gaps"] or during["refused"]:
            raise RuntimeError("%d gaps, %d alarms refused" % (told["gaps"], during["refused"]))
        whole_s.append(told["caught_up_s"])
        each_us += during["each_us"]
    feed.stop()
    p99_us = sorted(each_us)[len(each_us) * 99 // 100]
    what = "%d consoles, %d events each, at %d alarms/s" % (CONSOLES, BEHIND, RATE)
    bench.figure(ROW, what + ": all whole after, the slowest of %d times" % TIMES, max(whole_s), "s", most=5)
    bench.figure(ROW, what + ": intake p99", p99_us / 1000.0, "ms", ("before", before["p99_us"] / 1000.0),
                 most_ratio=2)
    bare_before, bare_during = bare()
    if bare_during["refused"]:
        raise RuntimeError("%d were not answered" % bare_during["refused"])
    bench.figure(ROW, what + ": intake p99 before, against answers alone", before["p99_us"] / 1000.0, "ms",
                 ("HTTP and the sync of a page", bare_before["p99_us"] / 1000.0))
    bench.figure(ROW, what + ": intake p99, against answers alone", p99_us / 1000.0, "ms",
                 ("HTTP and the sync of a page", bare_during["p99_us"] / 1000.0))


if __name__ == "__main__":
    try:
        main()
    finally:
        feed_peers.finish()
