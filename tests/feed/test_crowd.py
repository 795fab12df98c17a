"""Too many, and too slow: how many may be connected, how long each may take, and that whoever has
business with the feed notices nothing of the rest."""

import os
import random
import resource
import select
import socket
import threading
import time

from raw_client import connect, gets_in, is_closed
from siaga_test import (
    BALAI_KOTA,
    SLOW,
    Feed,
    Siagad,
    check,
    check_eq,
    eventually,
    figure,
    has_sanitizer,
    run,
    start_feed,
    takes,
)

# Bad requests in all; a campaign asks for 50000.
FLOOD = int(os.environ.get("SIAGA_FLOOD", "3000"))
BEHIND = 2000  # events that were missed
LORIS = 600  # connections that never finish what they say

BODY = '{"lat":%f,"lon":%f}' % BALAI_KOTA

resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)


def memory_kib(feed):
    with open("/proc/%d/status" % feed.child.pid, encoding="ascii") as file:
        return int([line for line in file if line.startswith("VmRSS:")][0].split()[1])


def cpu_s(feed):
    with open("/proc/%d/stat" % feed.child.pid, encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- how many ---


def test_the_machines_own_proxy_or_tunnel_may_bring_more():
    feed = start_feed()
    crowd = [connect(feed) for _ in range(700)]
    eventually(lambda: feed.metric("siaga_connections") >= 700, "all of them are in")
    check(not any(is_closed(link) for link in crowd), "and stay in")
    feed.stop()


def test_all_together_have_so_many_and_a_console_that_is_in_stays_served():
    feed = Siagad()
    feed.prefix = ["prlimit", "--nofile=256:256", "--"]
    for name, role in (("app", "intake"), ("ayu", "operator")):
        feed.token(name, role)
    feed.start()
    check(b"siagad: 192 connections at most: the limit of open files is 256\n" in feed.read_errors(), feed.errors)
    ayu = Feed(feed, "ayu")
    app = connect(feed)
    crowd, taken = [], 0
    begun, used = time.monotonic(), cpu_s(feed)
    post = "POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (
        feed.tokens["app"], len(BODY), BODY)
    while time.monotonic() - begun < 4:
        # From everywhere, and there again as soon as one is turned away.
        for link in [link for link in crowd if is_closed(link)]:
            link.close()
            crowd.remove(link)
        crowd += [connect(feed, "127.0.0.%d" % random.randrange(2, 100)) for _ in range(220 - len(crowd))]
        app.sendall(post.encode())
        check(app.recv(65536).startswith(b"HTTP/1.1 201"), "a connection that is in is served")
        taken += 1
        while not any(event.get("number") == taken for event in ayu.events[-20:]):
            ayu.recv(3)
    spent = (cpu_s(feed) - used) / (time.monotonic() - begun)
    for link in crowd:
        link.close()
    eventually(lambda: gets_in(feed, "127.0.0.1"), "when they are gone, there is room again")
    check(feed.metric('siaga_connections_refused_total{of="all"}') > 20, "metric")
    check(feed.metric("siaga_connections") <= 192, "metric")
    check(spent < 0.8, "it spins: %.2f of a processor" % spent)
    feed.stop()


# --- how long ---


def test_a_client_that_is_only_far_away_is_served():
    feed = start_feed()
    link = connect(feed)
    post = "POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (
        feed.tokens["app"], len(BODY), BODY)
    for at in range(0, len(post), 20):
        link.sendall(post[at : at + 20].encode())
        select.select([], [], [], 0.3)
    check(link.recv(65536).startswith(b"HTTP/1.1 201"), "three seconds for a request")
    feed.stop()


def test_hundreds_who_never_finish_leave_good_ones_served():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    start = b"POST /v1/alarms HTTP/1.1\r\nHost: x\r\n"
    crowd, worst, good, replaced = [], 0.0, 0, 0
    begun = time.monotonic()
    while time.monotonic() - begun < 6.5:
        staying = []
        for link in crowd:
            try:
                link.sendall(b"X-%d: y\r\n" % random.randrange(1000))
                staying.append(link)
            except ConnectionError:
                replaced += 1
                link.close()
        crowd = staying
        while len(crowd) < LORIS:
            link = connect(feed, "127.0.0.%d" % random.randrange(1, 4))
            try:
                link.sendall(start)
            except ConnectionError:
                pass
            crowd.append(link)
        asked = time.monotonic()
        it = feed.alarm()["incident"]
        ayu.event("incident.raised", 5, incident=it)
        worst = max(worst, time.monotonic() - asked)
        good += 1
    figure("connections that dribble", LORIS)
    figure("closed and there again", replaced)
    figure("good requests", good)
    figure("slowest of them, to the console", "%.3f s" % worst, 1)
    check(replaced >= LORIS, "each is closed in time: %d" % replaced)
    check(worst < 1.0 * SLOW, "a good one waited %.2f s" % worst)
    feed.stop()


# --- all at once, and far behind ---


def with_missed_events():
    feed = start_feed(limits={"intake_rate": 100000, "intake_burst": 100000, "session_rate": 100000,
                              "session_burst": 100000})
    app = connect(feed)
    post = ("POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (
        feed.tokens["app"], len(BODY), BODY)).encode()
    for _ in range(BEHIND):
        app.sendall(post)
        check(app.recv(65536).startswith(b"HTTP/1.1 201"), "an alarm is taken")
    return feed


def test_many_who_come_back_far_behind_get_all_of_it_and_an_alarm_is_taken_meanwhile():
    feed = with_missed_events()
    crowd = [Feed(feed, "ayu", follow=False) for _ in range(40)]
    for link in crowd:
        link.send({"t": "follow", "after": 0})
    meanwhile = feed.alarm()["seq"]
    for link in crowd:
        link.until_seq(meanwhile, 30)
        seqs = [event["seq"] for event in link.events]
        check_eq(seqs[:meanwhile], list(range(1, meanwhile + 1)), "all of it, in its order, nothing twice")
        link.wait("live", seconds=30)
    feed.stop()


def test_who_is_nearly_whole_does_not_wait_until_those_far_behind_are():
    """They begin again and again, each at another place; some read and some do not."""
    feed = with_missed_events()
    over = threading.Event()
    herd = [Feed(feed, name, follow=False, hung=True) for name in ("ayu", "tamu", "damkar") for _ in range(6)]

    def read(link):
        while not over.is_set():
            if select.select([link.socket], [], [], 0.05)[0] and not link.socket.recv(1 << 20):
                return

    def begin_again():
        after = 0
        while not over.wait(0.005):
            for link in herd:
                after = (after + 1) % 100
                link.send({"t": "follow", "after": after})

    threads = [threading.Thread(target=read, args=(link,)) for link in herd[1:]]
    threads.append(threading.Thread(target=begin_again))
    for thread in threads:
        thread.start()
    worst = 0.0
    try:
        for name in ("ayu", "tamu", "damkar") * 2:
            started = time.monotonic()
            head = feed.head()
            console = Feed(feed, name, after=head - BEHIND // 2 - 100)
            console.until_seq(head, 10 * SLOW)
            console.close()
            worst = max(worst, time.monotonic() - started)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    figure("nearly whole until whole, beside %d" % len(herd), "%.2f s" % worst)
    check(worst < 5 * SLOW, "one waited %.1f s" % worst)
    feed.stop()


# --- very many ---


def bad_requests(feed):
    """Every sort of request that has no business here: (bytes, statuses that may answer it)."""
    app, ayu = feed.tokens["app"], feed.tokens["ayu"]

    def request(method, path, token=None, body="", *headers):
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: x", *headers]
        if token:
            lines.append("Authorization: Bearer " + token)
        if body and not any(line.startswith("Content-Length") for line in headers):
            lines.append("Content-Length: %d" % len(body))
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    return (
        (request("POST", "/v1/alarms", None, BODY), {401, 429}),
        (request("POST", "/v1/alarms", "siaga_" + "x" * 44, BODY), {401, 429}),
        (request("POST", "/v1/alarms", ayu, BODY), {403, 429}),
        (request("POST", "/v1/alarms", app, "{" * 100), {400, 429}),
        (request("POST", "/v1/alarms", app, '{"lat":1e9,"lon":0}'), {400, 429}),
        (request("POST", "/v1/alarms", app, "", "Content-Length: 99999999"), {413}),
        (request("POST", "/v1/alarms", app, "", "Content-Length: -1"), {411}),
        (request("POST", "/v1/alarms", app, "", "Transfer-Encoding: chunked"), {411}),
        (request("DELETE", "/v1/alarms", app), {405, None}),
        (request("PUT", "/v1/alarms", app, BODY), {405, None}),
        (request("GET", "/v1/feed", ayu), {404, 429}),
        (request("GET", "/" + "x" * 3000), {404, 414, 429, None}),
        (request("GET", "/healthz", None, "", "X: " + "y" * 20000), {None}),
        (request("GET", "/v1/feed", "siaga_falsch", "", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
                 "Sec-WebSocket-Protocol: siaga.v1"), {401, 429}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200), {None, 400, 403, 405}),
        (b"\r\n\r\n\r\n", {None, 400, 403, 405}),
        (b"GET /healthz HTT", {None}),  # and then it goes
        (b"POST /v1/alarms HTTP/1.1\r\nContent-Length: 500\r\n\r\n{\"lat\":", {None}),
    )


def one_bad(feed, text):
    """Sends it over a connection of its own; the status of the answer, None for none."""
    link = socket.create_connection(("127.0.0.1", feed.port), 15 * SLOW)
    try:
        link.sendall(text)
        if not text.endswith(b"}") and b"\r\n\r\n" not in text or text.endswith(b'"lat":'):
            return None
        got = link.recv(65536)
        return int(got.split(b" ", 2)[1]) if got.startswith(b"HTTP/1.") else None
    except ConnectionError:
        return None
    finally:
        link.close()


@takes(900)
def test_a_flood_of_bad_requests_of_every_sort():
    feed = start_feed()
    feed.token("baik", "intake")
    ayu = Feed(feed, "ayu")
    kinds = bad_requests(feed)
    answered, whole, wrong, lock = {}, 0, [], threading.Lock()
    share = max(1, FLOOD // 4)

    def flood(seed):
        nonlocal whole
        chance = random.Random(seed)
        for number in range(share):
            text, may = kinds[number % len(kinds)] if number < len(kinds) else chance.choice(kinds)
            try:
                status = one_bad(feed, text)
            except (OSError, ValueError) as error:
                status = repr(error)
            with lock:
                answered[status] = answered.get(status, 0) + 1
                # The others end at the door: too large, no length, no websocket for them.
                whole += status in (400, 401, 403, 404, 429) and b"Upgrade" not in text
                if status not in may:
                    wrong.append((text[:60], status))

    # What the program needs once, such as the stacks of its parsers, it needs before it is measured.
    for text, _ in kinds * 3:
        one_bad(feed, text)
    before, waits, taken = memory_kib(feed), [], []
    counted = {name: feed.metric('siaga_intake_total{status="%s"}' % name) for name in ("2xx", "4xx")}
    threads = [threading.Thread(target=flood, args=(seed,), daemon=True) for seed in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        begun = time.monotonic()
        taken.append(feed.alarm("baik")["incident"])
        waits.append(time.monotonic() - begun)
        select.select([], [], [], 0.02)
    for it in (taken[0], taken[-1]):
        ayu.event("incident.raised", 20, incident=it)
    waits.sort()
    grown = memory_kib(feed) - before
    figure("bad requests", sum(answered.values()))
    figure("answers", dict(sorted(answered.items(), key=str)))
    figure("good ones", "%d, half within %.0f ms, slowest %.0f ms" % (
        len(taken), 1000 * waits[len(waits) // 2], 1000 * waits[-1]))
    figure("memory before, and what it grew by", "%d KiB, %d KiB" % (before, grown), 6144)
    check_eq(wrong[:5], [], "answers that are not as they should be (%d)" % len(wrong))
    check(waits[-1] < 2 * SLOW, "a good one waited %.2f s" % waits[-1])
    check(grown < 6144 or has_sanitizer(), "memory grew by %d KiB" % grown)
    # The books: what the feed says it answered is what was heard.
    for name, heard in (("2xx", len(taken)), ("4xx", whole)):
        said = feed.metric('siaga_intake_total{status="%s"}' % name) - counted[name]
        check_eq(said, heard, "answers that the feed counted as " + name)
    check_eq(feed.deeds(), len(taken), "the log")
    eventually(lambda: feed.metric("siaga_connections") <= 2, "no connection stays behind", 30)
    feed.stop()
    lines = feed.errors.decode().split("\n")
    check(len(lines) < 20 * (1 + FLOOD / 10000), "it says little: %d lines" % len(lines))


run(globals())
