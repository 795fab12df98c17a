"""Durable intake: alarms a second that are on disk before they are answered, by 1, 8 and 64 clients over HTTP.

Limits: how often this disk syncs one page of a file that does not grow; SQLite with synchronous=FULL that only
inserts rows of 400 bytes, as many a transaction as siagad had; and libwebsockets that looks at nothing and answers
all who have posted after the sync of one page for them. Peer: PostgreSQL with rows of the same size from as many
clients, over TCP as well."""

import json
import os
import subprocess
import tempfile
import time

import bench
import feed_peers

ROW = "durable intake"
SECONDS = 4
CLIENTS = (1, 8, 64)


def commits(feed):
    return feed.metric("siaga_commands_total"), feed.metric("siaga_commit_seconds_count")


def press(feed, clients, seconds):
    """Of one run: what press says, alarms a commit, alarms a second of the server's processor."""
    before, cpu = commits(feed), bench.cpu_ms(feed.child.pid)
    told = feed_peers.told([feed_peers.tool("press"), str(feed.port), str(clients), str(seconds), feed.tokens["app"]])
    after, cpu = commits(feed), bench.cpu_ms(feed.child.pid) - cpu
    alarms = after[0] - before[0]
    return told, max(1, round(alarms / (after[1] - before[1]))), 1000.0 * alarms / cpu


def limits(batch):
    """fdatasync: (per second, microseconds of the middle one); SQLite: rows a second in such batches."""
    folder = tempfile.mkdtemp(prefix="siaga-bench-")
    try:
        done = subprocess.run([feed_peers.tool("disk_limit"), folder, "1", str(batch)], stdout=subprocess.PIPE,
                              text=True, check=True)
    finally:
        os.rmdir(folder)
    sync, sqlite = [json.loads(line) for line in done.stdout.splitlines()]
    return sync, sqlite["per_s"]


def quiet(feed):
    """What it has to move when nothing comes any more it has moved."""
    until, before = time.monotonic() + 5, 0
    while bench.cpu_ms(feed.child.pid) - before > 5 and time.monotonic() < until:
        before = bench.cpu_ms(feed.child.pid)
        time.sleep(0.4)


def measure(postgres, bare):
    """In turn, for what else the machine does is the same for all then: {clients: press()}, and the same of the
    peer's insert(), of the bare answers and of limits()."""
    feed, said, peers, answers, least = feed_peers.free_feed(), {}, {}, {}, {}
    press(feed, 8, 1)  # warm: the write-ahead file has its length
    if postgres is not None:
        postgres.insert(8, 1)  # in the same way
    for clients in CLIENTS:
        said[clients] = press(feed, clients, SECONDS)
        quiet(feed)
        if postgres is not None:
            peers[clients] = postgres.insert(clients, SECONDS)
        answers[clients] = feed_peers.told(
            [feed_peers.tool("press"), str(bare.port), str(clients), str(SECONDS), "any"])
        least[clients] = limits(said[clients][1])
    feed.stop()
    return said, peers, answers, least


def main():
    with feed_peers.Bare() as bare:
        if feed_peers.Postgres.find("postgres") and feed_peers.Postgres.find("pgbench"):
            with feed_peers.Postgres() as postgres:
                said, peers, answers, least = measure(postgres, bare)
        else:
            said, peers, answers, least = measure(None, bare)
    goals = {1: {"least_ratio": 0.8}, 64: {"least_ratio": 1.5}}
    for clients in CLIENTS:
        told, batch, per_cpu = said[clients]
        sync, sqlite = least[clients]
        who = "%d client%s" % (clients, "s" if clients > 1 else "")
        if peers:
            bench.figure(ROW, who, told["per_s"], "alarms/s", ("PostgreSQL 15", peers[clients][0]),
                         **goals.get(clients, {}))
        else:
            bench.figure(ROW, who, told["per_s"], "alarms/s")
            bench.skip(ROW, who + " against PostgreSQL", "postgresql is not installed")
        bench.figure(ROW, who + ", p99", told["p99_us"] / 1000.0, "ms", ("fdatasync", sync["p50_us"] / 1000.0),
                     most_ratio=10)
        bench.figure(ROW, who + ", against answers alone", told["per_s"], "alarms/s",
                     ("HTTP and the sync of a page", answers[clients]["per_s"]))
        bench.figure(ROW, who + ", p99 against answers alone", told["p99_us"] / 1000.0, "ms",
                     ("HTTP and the sync of a page", answers[clients]["p99_us"] / 1000.0))
        bench.figure(ROW, who + ", alarms a second against syncs", told["per_s"], "alarms/s",
                     ("fdatasync", sync["per_s"]))
        bench.figure(ROW, who + ", against SQLite alone", told["per_s"], "alarms/s",
                     ("SQLite FULL, as many a commit", sqlite))
        bench.figure(ROW, who + ", alarms a commit", batch, "")
        bench.figure(ROW, who + ", of the server's processor", per_cpu, "alarms a second of it",
                     ("PostgreSQL 15", peers[clients][1]) if peers else None)


if __name__ == "__main__":
    try:
        main()
    finally:
        feed_peers.finish()
