"""What strangers do to the port: faults known of the library below, and sizes nobody should send."""

import socket

from siaga_test import BALAI_KOTA, Closed, Feed, Refused, check, check_eq, deadline, left, run, start_feed


def talk(feed, *pieces):
    """Sends pieces over one connection, each after something came back for the one before; returns all."""
    until = deadline()
    link = socket.create_connection(("127.0.0.1", feed.port), timeout=left(until))
    heard = b""
    try:
        for piece in pieces:
            link.sendall(piece)
            link.settimeout(left(until))
            part = link.recv(65536)
            heard += part
            if not part:
                break
        link.shutdown(socket.SHUT_WR)
        while True:
            part = link.recv(65536)
            if not part:
                return heard
            heard += part
    except ConnectionError:
        return heard
    finally:
        link.close()


def get(path, *headers):
    lines = ["GET %s HTTP/1.1" % path, "Host: localhost", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


WEBSOCKET = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
)


def alive(feed):
    check_eq(feed.http("GET", "/healthz").json["status"], "ok", "still there")
    check_eq(feed.child.poll(), None, "still running")


def test_an_upgrade_to_something_else_on_a_used_connection_harms_nothing():
    feed = start_feed()
    for _ in range(20):
        talk(feed, get("/healthz"), get("/healthz", "Upgrade: foo", "Connection: Upgrade"))
        heard = talk(feed, get("/healthz"), get("/healthz", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings",
                                                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"))
        check(b"HTTP/1.1 101" not in heard, "no h2c")
    alive(feed)
    feed.stop()


def test_a_websocket_without_our_subprotocol_is_refused():
    feed = start_feed()
    heard = talk(feed, get("/v1/feed", *WEBSOCKET))
    check(not heard.startswith(b"HTTP/1.1 101"), "no subprotocol", heard[:60])
    heard = talk(feed, get("/v1/feed", "Sec-WebSocket-Protocol: chat", *WEBSOCKET))
    check(not heard.startswith(b"HTTP/1.1 101"), "another subprotocol", heard[:60])
    alive(feed)
    feed.stop()


def test_a_websocket_elsewhere_is_not_found():
    feed = start_feed()
    heard = talk(feed, get("/other", "Sec-WebSocket-Protocol: siaga.v1", *WEBSOCKET))
    check(b" 404 " in heard[:16], "answer", heard[:60])
    alive(feed)
    feed.stop()


def test_a_body_without_its_length_is_refused():
    feed = start_feed()
    heard = talk(
        feed,
        b"POST /v1/alarms HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Type: application/json\r\n\r\n",
    )
    check(heard.startswith(b"HTTP/1.1 411"), "answer", heard[:60])
    alive(feed)
    feed.stop()


def test_nobody_gets_in_without_a_token():
    feed = start_feed()
    for token, status in ((None, 401), ("siaga_guess", 401), (feed.tokens["app"], 403)):
        try:
            Feed(feed, token)
            check(False, "let in")
        except Refused as no:
            check_eq(no.status, status)
    alive(feed)
    feed.stop()


def test_messages_too_large_or_too_deep_end_or_are_skipped():
    feed = start_feed()
    large = Feed(feed, "ayu")
    large.send_raw(1, b"[" * 70000)
    try:
        while True:
            large.recv()
    except (Closed, ConnectionError):
        pass
    deep = Feed(feed, "ayu")
    deep.send("[" * 60000)
    deep.wait("refused")
    deep.send_raw(1, b'{"t":"do","id":"\xff\xfe"}')
    deep.wait("refused")
    promised = Feed(feed, "budi")
    promised.socket.sendall(b"\x81\xff" + (1 << 62).to_bytes(8, "big") + b"\0\0\0\0" + b"x" * 100)
    try:
        while True:
            promised.recv()
    except (Closed, ConnectionError):
        pass
    it = feed.alarm(lat=BALAI_KOTA[0], lon=BALAI_KOTA[1])
    deep.event("incident.raised", incident=it["incident"])
    alive(feed)
    feed.stop()


def test_twenty_bad_messages_are_enough():
    feed = start_feed()
    rude = Feed(feed, "ayu")
    try:
        for _ in range(40):
            rude.send("{}")
        while True:
            rude.recv()
    except (Closed, ConnectionError):
        pass
    alive(feed)
    feed.stop()


run(globals())
