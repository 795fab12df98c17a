"""What is known of the library below: each probe, at the real siagad. Where the library does something
that it should not, siagad does not let it come to that."""

import contextlib
import json
import os
import select
import shutil
import signal
import struct
import subprocess
import time

from raw_client import (
    WEBSOCKET,
    Slow,
    ask,
    bearer,
    connect,
    get,
    gets_in,
    is_closed,
    read_answer,
    request,
    wait_closed,
)
from siaga_test import (
    BALAI_KOTA,
    SIAGAD,
    SLOW,
    Closed,
    Feed,
    Refused,
    Siagad,
    check,
    check_eq,
    deadline,
    environment,
    eventually,
    figure,
    has_sanitizer,
    left,
    need,
    run,
    start_feed,
    takes,
)

BODY = '{"lat":%f,"lon":%f}' % BALAI_KOTA
H2C = ("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")
OURS = "Sec-WebSocket-Protocol: siaga.v1"


def post(feed, body=BODY, *headers):
    return request("POST", "/v1/alarms", bearer(feed, "app"), *headers, body=body)


def alive(feed):
    """It takes alarms, tells consoles, and is the same process."""
    feed.alarm()
    Feed(feed, "ayu").close()
    check_eq(feed.child.poll(), None, "still running")


def memory_kib(feed):
    with open("/proc/%d/status" % feed.child.pid, encoding="ascii") as file:
        return int([line for line in file if line.startswith("VmRSS:")][0].split()[1])


# --- row: `Upgrade: foo` on a kept-alive connection ---


def attack_with_foo(feed, times):
    for number in range(times):
        link = connect(feed)
        # Kept alive, of both protocols' making, and then the upgrade that nobody knows.
        first = get("/healthz") if number % 2 else post(feed)
        check(ask(link, first)[0] in (200, 201), "before the attack")
        status = ask(link, get("/healthz", "Upgrade: foo", "Connection: Upgrade"))[0]
        check(status in (None, 400, 403), "answer", status)
        wait_closed(link)


def test_row_upgrade_foo_on_a_kept_alive_connection():
    feed = start_feed()
    attack_with_foo(feed, 40)
    link = connect(feed)
    link.sendall(get("/healthz") + get("/healthz", "Upgrade: foo", "Connection: Upgrade"))
    wait_closed(link)
    link = connect(feed)
    check(ask(link, get("/v1/feed", "Upgrade: foo", "Connection: Upgrade"))[0] in (None, 400, 403), "the first one")
    alive(feed)
    feed.stop()


@takes(400)
def test_row_upgrade_foo_touches_no_freed_memory():
    need(shutil.which("valgrind"), "there is no valgrind")
    need(not has_sanitizer(), "the program brings its own sanitizer")
    feed = start_feed_slowly()
    attack_with_foo(feed, 12)
    link = connect(feed)
    check(ask(link, get("/healthz"))[0] == 200, "before h2c")
    ask(link, get("/healthz", *H2C))
    wait_closed(link)
    link = connect(feed)
    check(ask(link, get("/v1/feed", *WEBSOCKET))[0] in (400, 403), "no subprotocol")
    wait_closed(link)
    for pieces in ((post(feed) * 3,), (get("/healthz") + post(feed),), (post(feed) + get("/healthz", *H2C),),
                   (get("/healthz") + get("/v1/feed", *WEBSOCKET, OURS, bearer(feed, "ayu")),)):
        read_answer_alone(feed, *pieces)
    for token in ("ayu", "siaga_guess"):
        try:
            Feed(feed, token).close()
        except Refused:
            pass
    feed.alarm()
    status = feed.kill(signal.SIGTERM)
    with open(feed.home + "/valgrind", encoding="utf-8") as file:
        said = file.read()
    check("ERROR SUMMARY: 0 errors from 0 contexts" in said, said[-3000:])
    check_eq(status, 0, "siagad ends cleanly")


def start_feed_slowly():
    feed = Siagad()
    for name, role in (("app", "intake"), ("ayu", "operator")):
        feed.token(name, role)
    # The log is made by who it is at last, and read by who we are.
    with open(feed.home + "/valgrind", "w", encoding="ascii"):
        os.chmod(feed.home + "/valgrind", 0o666)
    feed.prefix = ["valgrind", "--log-file=%s/valgrind" % feed.home, "--vgdb=no", "--error-exitcode=9",
                   "--leak-check=full", "--errors-for-leak-kinds=definite"]
    feed.start_s = 120
    return feed.start()


# --- row: `Upgrade: h2c` ---


def test_row_upgrade_h2c():
    feed = start_feed()
    for kept in (False, True):
        link = connect(feed)
        if kept:
            check_eq(ask(link, get("/healthz"))[0], 200, "before")
        status, headers, _ = ask(link, get("/healthz", *H2C))
        check(status != 101 and "h2c" not in headers.get("upgrade", ""), status, headers)
        wait_closed(link)
    # Nor by saying so at once.
    link = connect(feed)
    link.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
    heard = link.recv(65536)
    check(not heard[3:4] == b"\4" or heard.startswith(b"HTTP/1"), "no frame of HTTP/2 comes back:", heard[:40])
    alive(feed)
    feed.stop()


# --- rows: subprotocols ---


def test_row_websocket_upgrade_with_no_subprotocol():
    feed = start_feed()
    for path, status in (("/v1/feed", 400), ("/healthz", 404), ("/", 404)):
        got, headers, _ = ask(connect(feed), get(path, *WEBSOCKET, bearer(feed, "ayu")))
        check_eq(got, status, path)
        check("sec-websocket-accept" not in headers, headers)
    alive(feed)
    feed.stop()


def test_row_unknown_subprotocol():
    feed = start_feed()
    for name in ("chat", "http", "siaga.v2", "siaga.v", "", ",", "siaga.v1x, chat", "a" * 5000):
        got = ask(connect(feed), get("/v1/feed", *WEBSOCKET, "Sec-WebSocket-Protocol: " + name, bearer(feed, "ayu")))[0]
        check(got != 101, name, "is taken")
    # Ours among others is ours.
    link = connect(feed)
    got, headers, _ = ask(link, get("/v1/feed", *WEBSOCKET, "Sec-WebSocket-Protocol: chat, siaga.v1", bearer(feed, "ayu")))
    check_eq((got, headers.get("sec-websocket-protocol")), (101, "siaga.v1"))
    alive(feed)
    feed.stop()


def test_row_a_refused_upgrade_takes_nobody_elses_place():
    feed = start_feed()
    ayu = Feed(feed, "ayu", position="TMC-1")
    budi = Feed(feed, "budi", position="TMC-2")
    name = 'siaga_sessions{role="operator"}'
    check_eq(feed.metric(name), 2, "before")
    for token, status in (("siaga_guess", 401), (None, 401), ("app", 403)):
        for _ in range(10):
            try:
                Feed(feed, token)
                check(False, "let in")
            except Refused as no:
                check_eq(no.status, status, token)
    # Also one whose token is right and who is gone before he is told.
    for _ in range(20):
        link = connect(feed)
        link.sendall(get("/v1/feed", *WEBSOCKET, OURS, bearer(feed, "budi")))
        link.setsockopt(1, 13, struct.pack("ii", 1, 0))
        link.close()
    eventually(lambda: feed.metric(name) == 2, "only the two who are there")
    it = feed.alarm()["incident"]
    for desk in (ayu, budi):
        desk.event("incident.raised", incident=it)
    ayu.do("acknowledge", it)
    late = Feed(feed, "sari")
    who = [one["position"] for one in late.wait("presence")["who"] if one.get("position")]
    check_eq(sorted(who), ["TMC-1", "TMC-2"], "who is there")
    feed.stop()


# --- rows: frames ---


def test_row_unmasked_client_frame():
    feed = start_feed()
    other, rude = Feed(feed, "budi"), Feed(feed, "ayu")
    it = feed.alarm()["incident"]
    frame = json.dumps({"t": "do", "id": "0190a5d2-7a3c-7000-8000-000000000001", "incident": it,
                        "action": "note", "note": "tanpa topeng"}).encode()
    check(126 <= len(frame) < 65536, len(frame))
    rude.socket.sendall(b"\x81\x7e" + struct.pack("!H", len(frame)) + frame)
    # It is understood as what it says or ends its own link; it is no other message, and no one else's.
    try:
        got = rude.wait("done", seconds=5)
        check_eq(other.event("incident.noted", incident=it)["data"]["note"], "tanpa topeng", "what was said")
        figure("an unmasked frame", "is taken as it is, " + str(got["seq"]))
    except Closed:
        figure("an unmasked frame", "ends its link")
    other.do("note", it, note="yang lain tetap")
    alive(feed)
    feed.stop()


def test_row_invalid_utf8_text_frame():
    feed = start_feed()
    desk, other = Feed(feed, "ayu"), Feed(feed, "budi")
    it = feed.alarm()["incident"]
    bad = (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\0")
    for number, text in enumerate(bad):
        for place in ('"note":"%s"', '"%s":"x"'):
            head = '{"t":"do","id":"0190a5d2-7a3c-7000-8000-%012d","incident":"%s","action":"note",' % (number, it)
            desk.send_raw(1, head.encode() + place.encode() % text + b"}")
            check_eq(desk.wait("refused").get("code"), "invalid", text)
    check_eq(feed.metric("siaga_bad_frames_total"), 2 * len(bad), "metric")
    desk.do("note", it, note="sesudah itu")
    check_eq([e["data"]["note"] for e in Feed(feed, "sari").events if e["type"] == "incident.noted"], ["sesudah itu"])
    other.event("incident.noted", incident=it)
    feed.stop()


def test_row_frame_length_2_to_62():
    feed = start_feed()
    before = memory_kib(feed)
    for size in (1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 32, 65537):
        rude = Feed(feed, "ayu")
        rude.socket.sendall(b"\x81\xff" + struct.pack("!Q", size) + b"\0\0\0\0" + b"x" * 4096)
        code = rude.closed(5)
        check(code in (1009, 1002, None), "%d: close code %r" % (size, code))
        check(size > (1 << 62) or code == 1009, "%d: close code %r" % (size, code))
    # The same in pieces that are small.
    rude = Feed(feed, "ayu")
    try:
        rude.socket.sendall(b"\x01\xfe\x0f\xa0\0\0\0\0" + b"x" * 4000)
        for _ in range(40):
            rude.socket.sendall(b"\x00\xfe\x0f\xa0\0\0\0\0" + b"x" * 4000)
    except ConnectionError:
        pass
    check(rude.closed(5) in (1009, None), "close code", rude.close_code)
    check(memory_kib(feed) - before < 4096 * SLOW, "memory")
    alive(feed)
    feed.stop()


def test_row_deflate_is_never_agreed_on():
    feed = start_feed()
    before = memory_kib(feed)
    for offer in ("permessage-deflate", "permessage-deflate; client_max_window_bits; server_no_context_takeover",
                  "deflate-stream", "x-webkit-deflate-frame"):
        link = connect(feed)
        link.sendall(get("/v1/feed", *WEBSOCKET, OURS, bearer(feed, "ayu"), "Sec-WebSocket-Extensions: " + offer))
        status, headers, _, _ = read_answer(link)
        check_eq(status, 101, "the link is made without it")
        check("sec-websocket-extensions" not in headers, offer, headers)
        # Who compresses all the same is not inflated: what would be 50 MB is 48 KB that mean nothing.
        bomb = os.urandom(1000) * 48
        link.sendall(b"\xc1\xfe" + struct.pack("!H", 48000) + b"\0\0\0\0" + bomb)
        wait_closed(link)
    check(memory_kib(feed) - before < 4096 * SLOW, "memory")
    alive(feed)
    feed.stop()


# --- rows: bodies ---


def read_answer_alone(feed, *pieces):
    """Sends the pieces without waiting; the one answer that comes before it is closed."""
    link = connect(feed)
    try:
        for piece in pieces:
            link.sendall(piece)
    except ConnectionError:
        pass
    answer = read_answer(link)
    link.close()
    return answer


def test_row_post_body_in_pieces_kept_alive_and_pipelined():
    feed = start_feed()
    link = connect(feed)
    text = post(feed)
    for at in range(0, len(text), 37):
        link.sendall(text[at : at + 37])
    check_eq(read_answer(link)[0], 201, "in pieces")
    check_eq(ask(link, text)[0], 201, "the next on the same connection")
    # A client that waits for no answer gets the first, and the connection ends: nothing is mixed up, and
    # what it asks again is taken once.
    keys = ["urut-%d" % number for number in range(60)]
    texts = [post(feed, BODY, "Idempotency-Key: " + key) for key in keys]
    first = read_answer_alone(feed, b"".join(texts))
    check_eq(first[0], 201, "the first of many")
    check_eq(feed.alarm(key=keys[0]), json.loads(first[2]), "the answer is its own")
    check_eq(feed.alarm(key=keys[1])["number"], json.loads(first[2])["number"] + 1, "the second was not taken")
    health, empty = get("/healthz"), request("POST", "/v1/alarms", bearer(feed, "app"), "Content-Length: 0")
    stranger = request("POST", "/v1/alarms", body=BODY)
    upgrade = get("/v1/feed", *WEBSOCKET, OURS, bearer(feed, "ayu"))
    for second in (text, health, empty, stranger, upgrade, b"x" * 20000, text[:60], b"\r\n"):
        for one, status in ((text, 201), (health, 200), (empty, 400), (stranger, 401)):
            for pieces in ((one + second * 3,), (one, second), (one[:-1], one[-1:] + second)):
                got = read_answer_alone(feed, *pieces)[0]
                check(got in (status, 101, None) or status == 401 and got == 429, "answer", got, pieces)
            check_eq(feed.http("GET", "/healthz").status, 200, "the others are served")
    feed.stop()


def test_row_post_chunked_or_without_a_length():
    feed = start_feed()
    for headers in (
        ("Transfer-Encoding: chunked",),
        ("Transfer-Encoding: gzip, chunked", "Content-Type: application/json"),
        (),
        ("Content-Length: -1",),
        ("Content-Length: 1x",),
        ("Content-Length: 99999999999999999999999999",),
        ("Content-Length: ",),
        ("Content-Length: +18",),
        ("Content-Length: 43", "Content-Length: 4"),
    ):
        link = connect(feed)
        got = ask(link, request("POST", "/v1/alarms", bearer(feed, "app"), *headers) + b"12\r\n" + BODY.encode())[0]
        check(got in (400, 411, 413), headers, "answer", got)
        wait_closed(link)
    # Both: the length would be one truth and the chunks another.
    for text in (post(feed, BODY, "Transfer-Encoding: chunked"), get("/healthz", "Transfer-Encoding: chunked")):
        link = connect(feed)
        got = ask(link, text)[0]
        check(got in (400, 411), "a length and chunks: answer", got)
        wait_closed(link)
    check_eq(feed.head(), 0, "nothing was taken")
    alive(feed)
    feed.stop()


def test_row_post_too_large():
    feed = start_feed()
    for size in (65537, 1 << 31, 1 << 40):
        link = connect(feed)
        got = ask(link, request("POST", "/v1/alarms", bearer(feed, "app"), "Content-Length: %d" % size))[0]
        check_eq(got, 413, "before the body: %d" % size)
        wait_closed(link)
    link = connect(feed)
    check_eq(ask(link, post(feed, " " * (65536 - len(BODY)) + BODY))[0], 201, "as large as may be")
    check_eq(feed.head(), 1, "one was taken")
    feed.stop()


def test_row_expect_100_continue():
    feed = start_feed()
    link = connect(feed)
    text = post(feed, BODY, "Expect: 100-continue")
    head, body = text.split(b"\r\n\r\n")
    link.sendall(head + b"\r\n\r\n")
    waited = time.monotonic()
    while select.select([link], [], [], 1.0)[0] and time.monotonic() - waited < 1:
        check(link.recv(65536).startswith(b"HTTP/1.1 100"), "nothing else than to go on")
    link.sendall(body)  # as curl does after a second
    check_eq(read_answer(link)[0], 201, "it is taken")
    feed.stop()


# --- row: slow header, silent, slow body, idle ---


def test_row_slow_header_silent_slow_body_idle():
    feed = start_feed()
    quiet = Feed(feed, "ayu")
    head = b"POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 60000\r\n\r\n"
    head %= feed.tokens["app"].encode()
    health = get("/healthz")
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

# --- row: a header block that is too large ---


def test_row_header_block_too_large():
    feed = start_feed()
    before = memory_kib(feed)
    check_eq(ask(connect(feed), get("/healthz", "X-Long: " + "y" * 3900))[0], 200, "4 KiB are taken")
    long_token = ask(connect(feed), request("POST", "/v1/alarms", "Authorization: Bearer " + "x" * 3000, body=BODY))[0]
    check_eq(long_token, 401, "a token of 3 KiB is just none of ours")
    for text in (
        get("/healthz", "X-Long: " + "y" * 9000),
        get("/healthz", *["X-%d: %s" % (number, "y" * 60) for number in range(500)]),
        get("/" + "x" * 20000),
        get("/healthz", bearer(feed, "y" * 100000)),
        b"GET /healthz HTTP/1.1\r\n" + b"z" * 100000,
    ):
        link = connect(feed)
        status = ask(link, text)[0]
        check(status in (None, 400, 403, 404, 414, 431), "answer", status)
        wait_closed(link)
    check(memory_kib(feed) - before < 2048 * SLOW, "memory")
    alive(feed)
    feed.stop()


# --- row: a flood from one address ---


def test_row_flood_from_one_address():
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

# --- row: the unix socket ---


def test_row_unix_socket_there_is_none():
    """siagad listens on an address and a port only, so there is no path to leave behind or to open to
    others; what else it holds open is no socket of that sort either."""
    feed = start_feed()
    with open("/proc/net/unix", encoding="ascii", errors="replace") as file:
        local = {line.split()[6] for line in file.read().split("\n")[1:] if line}
    mine = []
    try:
        for entry in os.scandir("/proc/%d/fd" % feed.child.pid):
            with contextlib.suppress(FileNotFoundError):  # closed since it was listed
                mine.append(os.readlink(entry.path))
    except PermissionError:
        need(False, "only root sees what siagad has open")
    sockets = [name[len("socket:[") : -1] for name in mine if name.startswith("socket:[")]
    check(sockets, "it listens")
    check_eq([number for number in sockets if number in local], [], "local sockets")
    feed.stop()
    for listen in ("/run/siagad.sock", "+/run/siagad.sock", "unix:/run/siagad.sock", "@siagad:1"):
        done = subprocess.run([SIAGAD, "--data", feed.dir, "--listen", listen], env=environment(feed.home),
                              capture_output=True, text=True, timeout=20 * SLOW, check=False)
        check(done.returncode != 0 and "siagad: " in done.stderr, listen, done)
        check(not os.path.exists("/run/siagad.sock"), "nothing is made")


run(globals())
