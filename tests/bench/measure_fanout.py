"""Fan-out: events of 400 bytes to 10, 100 and 1 000 websocket consoles, at 100/s, 1 000/s and flat out.

Limit of a thousand at 100/s: a program that does nothing but send(), and another that reads.

siagad's events are alarms that were put on disk first, and their age counts from the press; nats-server and
mosquitto keep nothing, and theirs counts from the publisher's write. It is the same program that follows all three,
on the same two processors; so deliveries a second of the server's own processor time are told, too. And once a
thousand consoles follow siagad over TLS, as those on other machines have to."""

import json
import subprocess

import bench
import feed_peers
from siaga_test import start_feed
from tls_tools import TlsSiagad

ROW = "fan-out"
CONSOLES = (10, 100, 1000)
RATES = (100, 1000, 0)
SECONDS = {100: 3.0, 1000: 1.0, 0: 1.0}  # by the rate: a p99 of 100 events would be one event's
WINDOW = 1000  # events on their way, flat out


def swarm(kind, port, pid, consoles, rate, *tokens):
    words = [feed_peers.tool("swarm"), kind, str(port), str(consoles), str(rate), str(SECONDS[rate]), str(WINDOW), *tokens]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        line = child.stderr.readline()
        if line != "live\n":
            raise RuntimeError("swarm: " + line)
        cpu = bench.cpu_ms(pid)
        told = json.loads(child.stdout.readline())
        told["cpu_ms"] = bench.cpu_ms(pid) - cpu
    if child.returncode != 0:
        raise RuntimeError("swarm ended with %d" % child.returncode)
    told["per_cpu"] = 1000.0 * told["deliveries"] / told["cpu_ms"]
    return told


def ours(consoles, rate):
    feed = feed_peers.free_feed()
    told = swarm("siaga", feed.port, feed.child.pid, consoles, rate, feed.tokens["app"], feed.tokens["ayu"])
    feed.stop()
    if told["missing"] or told["gaps"]:
        raise RuntimeError("%d deliveries are missing, %d gaps" % (told["missing"], told["gaps"]))
    return told


def over_tls(consoles, rate):
    """As consoles do that are on other machines; here they, too, have to be paid for by the same two processors,
    and read twice for each message, as OpenSSL does where it is not told otherwise."""
    feed = start_feed(make=lambda **options: TlsSiagad(limits=feed_peers.FREE, **options))
    told = swarm("siaga-tls", feed.port, feed.child.pid, consoles, rate, feed.tokens["app"], feed.tokens["ayu"])
    feed.stop()
    if told["missing"] or told["gaps"]:
        raise RuntimeError("over TLS %d deliveries are missing, %d gaps" % (told["missing"], told["gaps"]))
    return told


def theirs(make, consoles, rate):
    with make() as peer:
        return swarm(peer.KIND, peer.port, peer.pid, consoles, rate)


def say(what, told, peers, consoles, rate):
    def name(make):
        lost = 100.0 * peers[make]["missing"] / (peers[make]["taken"] * consoles)
        return make.PROGRAM + (" (lost or late: %.0f %%)" % lost if peers[make]["missing"] else "")

    for make in peers:
        goal = {"least_ratio": 1.0} if rate == 0 and consoles >= 100 else {}
        if rate == 0:
            bench.figure(ROW, "%s, against %s" % (what, make.PROGRAM), told["deliveries_per_s"], "deliveries/s",
                         (name(make), peers[make]["deliveries_per_s"]), **goal)
        if peers[make]["p99_us"] > 0:  # else nothing arrived that was sent after the warming up
            bench.figure(ROW, "%s, p99, against %s" % (what, make.PROGRAM), told["p99_us"] / 1000.0, "ms",
                         (name(make), peers[make]["p99_us"] / 1000.0))
        bench.figure(ROW, "%s, of the server's processor, against %s" % (what, make.PROGRAM), told["per_cpu"],
                     "deliveries a second of it", (name(make), peers[make]["per_cpu"]))
    if rate != 0:
        bench.figure(ROW, what + ", delivered", told["deliveries_per_s"], "deliveries/s",
                     ("asked for", float(consoles * rate)))
    goal = {"most": 20.0} if (consoles, rate) == (1000, 100) else {}
    bench.figure(ROW, what + ", p99", told["p99_us"] / 1000.0, "ms", **goal)


def say_limit(p99_ms):
    limit = feed_peers.told([feed_peers.tool("send_limit"), "1000", "100", str(SECONDS[100])])
    bench.figure(ROW, "1000 consoles, 100/s, p99, against bytes alone", p99_ms, "ms",
                 ("send() and recv()", limit["p99_us"] / 1000.0))
    bench.figure(ROW, "a round of 1000 send() alone, median", limit["round_us"] / 1000.0, "ms")


def say_tls(plain):
    told = over_tls(1000, 100)
    bench.figure(ROW, "1000 consoles over TLS, 100/s, p99", told["p99_us"] / 1000.0, "ms")
    bench.figure(ROW, "1000 consoles over TLS, 100/s, of the server's processor", told["per_cpu"],
                 "deliveries a second of it", ("in plain text", plain["per_cpu"]))


def main():
    makes = []
    for make in (feed_peers.Nats, feed_peers.Mosquitto):
        if bench.program(make.PROGRAM):
            makes.append(make)
        else:
            bench.skip(ROW, "against " + make.PROGRAM, "it is not installed")
    costs = []
    for consoles in CONSOLES:
        for rate in RATES:
            told = ours(consoles, rate)
            if rate == 100:
                costs.append((consoles, told["cpu_ms"] / told["seconds"]))
            peers = {make: theirs(make, consoles, rate) for make in makes}
            if (consoles, rate) == (1000, 100):
                say_limit(told["p99_us"] / 1000.0)
                say_tls(told)
            say("%d consoles, %s" % (consoles, "%d/s" % rate if rate else "flat out"), told, peers, consoles, rate)
    bench.growth(ROW, "siagad's processor time a second, 100 events/s", costs, "ms", work="size")


if __name__ == "__main__":
    try:
        main()
    finally:
        feed_peers.finish()
