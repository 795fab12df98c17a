"""Strangers at the port and at the command line: the feed lives on, takes nothing, and says why."""

import contextlib
import os
import socket
import sqlite3

from siaga_test import (
    BALAI_KOTA,
    SLOW,
    Feed,
    Refused,
    Siagad,
    check,
    check_eq,
    deadline,
    left,
    run,
    start_feed,
    stats_of,
)

HEAD = "POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n"
BODY = '{"lat": %f, "lon": %f}' % BALAI_KOTA


def talk(feed, text, seconds=12):
    """Sends bytes, reads until the feed ends the link or falls silent: what it said, and which."""
    data = text if isinstance(text, bytes) else text.encode()
    until = deadline(seconds)
    said = b""
    with socket.create_connection(("127.0.0.1", feed.port), timeout=5 * SLOW) as link:
        try:
            link.sendall(data)
            while left(until) > 0:
                link.settimeout(max(0.01, left(until)))
                more = link.recv(65536)
                if not more:
                    return said, True
                said += more
        except socket.timeout:
            return said, False
        except ConnectionError:
            return said, True
    return said, False


def lives(feed, head):
    """The feed answers, and nothing was taken since."""
    health = feed.http("GET", "/healthz")
    check_eq((health.status, health.json["head"]), (200, head), "health")


def status_of(said):
    first = said.split(b"\r\n", 1)[0].split(b" ")
    return int(first[1]) if len(first) > 1 and first[0].startswith(b"HTTP/") else 0


def test_bodies_need_a_length_and_methods_a_meaning():
    feed = start_feed()
    head = feed.head()
    app = feed.tokens["app"]
    for what, text, status in (
        ("no length", HEAD % (app, ""), 411),
        ("chunked", HEAD % (app, "Transfer-Encoding: chunked\r\n") + "2\r\n{}\r\n0\r\n\r\n", 411),
        ("length in words", HEAD % (app, "Content-Length: many\r\n"), 411),
        ("negative length", HEAD % (app, "Content-Length: -1\r\n"), 411),
        ("vast length", HEAD % (app, "Content-Length: 99999999999999999999\r\n"), 413),
        ("DELETE", "DELETE /v1/alarms HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        ("PUT", "PUT /v1/alarms HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 405),
    ):
        said, _ = talk(feed, text, 1)
        check_eq(status_of(said), status, "%s: %r" % (what, said[:100]))
        lives(feed, head)
    feed.stop()


def test_garbage_harms_nothing():
    feed = start_feed()
    head = feed.head()
    for text in (
        b"\x00" * 5000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + os.urandom(100),
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"/a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X-Fill: " + b"x" * 60000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nAuthorization: Bearer " + b"t" * 3000 + b"\r\n\r\n",
        b"\r\n" * 2000,
    ):
        talk(feed, text, 1)
        lives(feed, head)
    feed.stop()


def test_an_alarm_whose_body_never_ends_is_not_taken():
    feed = start_feed()
    head = feed.head()
    length = "Content-Type: application/json\r\nContent-Length: %d\r\n" % (len(BODY) + 1)
    said, ended = talk(feed, HEAD % (feed.tokens["app"], length) + BODY, 25)
    check(ended, "the link is ended: %r" % said)
    check(status_of(said) != 201, said)
    lives(feed, head)
    feed.stop()


def test_one_who_says_nothing_is_sent_away_and_many_take_no_place():
    feed = start_feed()
    address = ("127.0.0.1", feed.port)
    silent = [socket.create_connection(address, timeout=20 * SLOW) for _ in range(200)]
    feed.alarm()
    for link in silent[:3]:
        try:
            check_eq(link.recv(100), b"", "a silent link is ended")
        except ConnectionError:
            pass
    for link in silent:
        link.close()
    feed.alarm()
    feed.stop()


def test_revoked_tokens_and_other_roles_open_nothing():
    feed = start_feed()
    check_eq(feed.admin("token", "revoke", "ayu")[0], 0, "revoke")
    try:
        Feed(feed, "ayu", follow=False)
        check(False, "a revoked token is let in")
    except Refused as refused:
        check_eq(refused.status, 401)
    feed.stop()


def test_tokens_are_shown_once_and_kept_hashed():
    feed = Siagad(registry=False)
    token = feed.token("ayu", "operator")
    check(len(token) >= 40, "a token that cannot be guessed", token)
    for words, text in (
        (("token", "add", "ayu", "--role", "operator"), "ayu"),
        (("token", "add", "budi", "--role", "king"), "--role"),
        (("token", "add", "budi"), "--role"),
        (("token", "add", "budi", "--role", "agency"), "--agency"),
        (("token", "add", "budi", "--role", "operator", "--agency", "damkar"), "--agency"),
        (("token", "add", "../budi\x1b[2J", "--role", "operator"), "NAME"),
        (("token", "revoke", "nobody"), "nobody"),
    ):
        status, out, errors = feed.admin(*words)
        check(status != 0 and not out, words, out)
        check(errors.startswith("siagad: ") and text in errors, words, errors)
        check("\x1b" not in errors, words, "reach the terminal")
    for path in (path for path in stats_of(feed.dir) if os.path.isfile(path)):
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            check(token.encode() not in file.read(), path, "holds the token itself")


def test_bad_command_lines_say_why():
    feed = start_feed()
    for words, status, text in (
        (("--listen", "nowhere"), 2, "--listen"),
        (("--listen", "127.0.0.1:99999"), 2, "--listen"),
        (("--listen", "127.0.0.1:0", "--mode", "war"), 2, "--mode"),
        (("--nonsense",), 2, "--help"),
        (("dance",), 2, "--help"),
        (("registry", "load", "/nowhere"), 1, "/nowhere"),
    ):
        got, _, errors = feed.admin(*words)
        check_eq(got, status, "%r: %s" % (words, errors))
        check(errors.startswith("siagad: ") and text in errors, words, errors)
    for words in (("--listen", "0.0.0.0:0"), ("--listen", "127.0.0.1:%d" % feed.port)):
        other = Siagad(registry=False)
        status, _, errors = other.admin(*words)
        check_eq(status, 1, "%r: %s" % (words, errors))
        check("listening on" not in errors and errors.startswith("siagad: "), words, errors)
    feed.stop()


def test_a_log_that_is_none_is_refused_and_left_alone():
    feed = start_feed()
    feed.alarm()
    feed.stop()
    path = os.path.join(feed.dir, "log.db")
    with sqlite3.connect(path) as log:
        log.execute("PRAGMA user_version=999")
    log.close()
    with open(path, "rb") as file:
        before = file.read()
    status, _, errors = feed.admin("--listen", "127.0.0.1:0")
    check_eq(status, 1, "a newer log: " + errors)
    with open(path, "rb") as file:
        check_eq(file.read() == before, True, "left alone")
    with open(path, "wb") as file:
        file.write(b"this is not a log" * 1000)
    status, _, errors = feed.admin("--listen", "127.0.0.1:0")
    check_eq(status, 1, "no log at all: " + errors)
    check(os.path.getsize(path) == 17000, "left alone")


run(globals())
