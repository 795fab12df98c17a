"""Too many, and too slow: how many may be connected, how long each may take, and that whoever has
business with the feed notices nothing of the rest."""

import os
import random
import resource
import select
import socket
import threading
import time

from siaga_test import (
    BALAI_KOTA,
    SLOW,
    Closed,
    Failure,
    Feed,
    Siagad,
    check,
    check_eq,
    deadline,
    eventually,
    figure,
    left,
    need,
    run,
    scope,
    start_feed,
    takes,
)

# Bad requests in all; a campaign asks for 50000.
FLOOD = int(os.environ.get("SIAGA_FLOOD", "3000"))
LORIS = 600  # connections that never finish what they say

BODY = '{"lat":%f,"lon":%f}' % BALAI_KOTA

resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)


def connect(feed, address="127.0.0.1"):
    link = socket.create_connection(("127.0.0.1", feed.port), 10 * SLOW, source_address=(address, 0))
    scope.closes(link)
    return link


def is_closed(link):
    """Has the other side ended it? It says nothing by itself."""
    watch = select.poll()
    watch.register(link, select.POLLIN)
    if not watch.poll(0):
        return False
    try:
        return link.recv(1 << 16) == b""
    except ConnectionError:
        return True


def gets_in(feed, address):
    """Is a request from there answered?"""
    link = connect(feed, address)
    try:
        link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        return link.recv(65536).startswith(b"HTTP/1.1 200")
    except ConnectionError:
        return False
    finally:
        link.close()


def memory_kib(feed):
    with open("/proc/%d/status" % feed.child.pid, encoding="ascii") as file:
        return int([line for line in file if line.startswith("VmRSS:")][0].split()[1])


def cpu_s(feed):
    with open("/proc/%d/stat" % feed.child.pid, encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- how many ---


def test_one_address_has_so_many_connections_and_no_more():
    feed = start_feed()
    crowd = [connect(feed, "127.0.0.2") for _ in range(512)]
    eventually(lambda: feed.metric("siaga_connections") >= 512, "all of them are in")
    for _ in range(20):
        extra = connect(feed, "127.0.0.2")
        eventually(lambda: is_closed(extra), "one more is closed at once", 3)
    check(not any(is_closed(link) for link in crowd), "those who were in stay in")
    check(gets_in(feed, "127.0.0.3"), "another address")
    check(not gets_in(feed, "127.0.0.2"), "and still not that one")
    feed.alarm()
    Feed(feed, "ayu")
    check_eq(feed.metric('siaga_connections_refused_total{of="address"}'), 21, "metric")
    check_eq(feed.metric('siaga_connections_refused_total{of="all"}'), 0, "metric")
    for link in crowd[:10]:
        link.close()
    eventually(lambda: gets_in(feed, "127.0.0.2"), "whoever left makes room")
    feed.stop()
    lines = [line for line in feed.errors.decode().split("\n") if "turned away" in line]
    check_eq(lines, ["siagad: 127.0.0.2: turned away: connections over what one address may have"], "said")


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
    crowd = []
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
        ayu.event("incident.raised", 3, seq=ayu.events[-1]["seq"] if ayu.events else 1)
    spent = (cpu_s(feed) - used) / (time.monotonic() - begun)
    for link in crowd:
        link.close()
    eventually(lambda: gets_in(feed, "127.0.0.1"), "when they are gone, there is room again")
    check(feed.metric('siaga_connections_refused_total{of="all"}') > 20, "metric")
    check(feed.metric("siaga_connections") <= 192, "metric")
    check(spent < 0.8, "it spins: %.2f of a processor" % spent)
    feed.stop()


# --- how long ---


class Slow:
    """Says `first`, then a byte of `rest` every so often, and is watched until it is cut off."""

    def __init__(self, feed, name, first=b"", rest=b"", every_s=1.0, answers=0):
        self.link = connect(feed)
        self.name, self.rest, self.every_s = name, rest, every_s
        if first:
            self.link.sendall(first)
        for _ in range(answers):
            check(self.link.recv(65536).startswith(b"HTTP/1.1 "), name, "is answered first")
        self.begun = self.said = time.monotonic()
        self.closed_s = None

    def turn(self):
        now = time.monotonic()
        try:
            if self.rest and now - self.said > self.every_s:
                self.link.sendall(self.rest[:1])
                self.rest, self.said = self.rest[1:], now
        except ConnectionError:
            self.closed_s = now - self.begun
        if self.closed_s is None and is_closed(self.link):
            self.closed_s = now - self.begun


def test_whoever_is_slow_is_closed_in_time_and_not_before():
    feed = start_feed()
    quiet = Feed(feed, "ayu")
    head = b"POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 60000\r\n\r\n"
    head %= feed.tokens["app"].encode()
    health = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    drip = b"X-Slow: " + b"y" * 100
    slow = (
        (Slow(feed, "a silent one"), 5),
        (Slow(feed, "half a header"), 5),
        (Slow(feed, "a header, a byte a second", b"GET /healthz HTTP/1.1\r\n", drip), 5),
        (Slow(feed, "headers without end", b"GET /healthz HTTP/1.1\r\n", b"A: b\r\n" * 500, 0.02), 5),
        (Slow(feed, "no body", head), 10),
        (Slow(feed, "a body, a byte a second", head, b" " * 100), 10),
        (Slow(feed, "a body, many bytes a second", head, b" " * 1000, 0.05), 10),
        (Slow(feed, "idle between requests", health, answers=1), 20),
        (Slow(feed, "slow in the second request", health, b"GET /healthz HTTP/1.1\r\n" + drip, 4, 1), 20),
    )
    until = deadline(25)
    while any(one.closed_s is None for one, _ in slow) and left(until) > 0:
        for one, _ in slow:
            if one.closed_s is None:
                one.turn()
        select.select([], [], [], 0.02)
    for one, limit in slow:
        check(one.closed_s is not None, one.name, "is never closed")
        figure(one.name, "%.1f s" % one.closed_s, limit)
        least = 3.5 if "second request" in one.name else limit - 0.7
        check(least < one.closed_s < limit + 2 * SLOW, one.name, "is closed after %.1f s" % one.closed_s)
    check_eq(feed.metric('siaga_connections_late_total{in="header"}'), 4, "metric: header")
    check_eq(feed.metric('siaga_connections_late_total{in="body"}'), 3, "metric: body")
    check(feed.metric('siaga_connections_late_total{in="idle"}') >= 1, "metric: idle")
    eventually(lambda: feed.metric("siaga_connections") == 2, "only the console and who asks are left")
    it = feed.alarm()["incident"]
    quiet.event("incident.raised", incident=it)  # a console may be silent for as long as it likes
    feed.stop()


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
    check(grown < 6144 * SLOW, "memory grew by %d KiB" % grown)
    # The books: what the feed says it answered is what was heard.
    for name, heard in (("2xx", len(taken)), ("4xx", whole)):
        said = feed.metric('siaga_intake_total{status="%s"}' % name) - counted[name]
        check_eq(said, heard, "answers that the feed counted as " + name)
    check_eq(feed.head(), len(taken), "the log")
    eventually(lambda: feed.metric("siaga_connections") <= 2, "no connection stays behind", 30)
    feed.stop()
    lines = feed.errors.decode().split("\n")
    check(len(lines) < 20 * (1 + FLOOD / 10000), "it says little: %d lines" % len(lines))


run(globals())
