"""The console before things that are no feed at all: it says so, answers its operator all the while, asks for
little, sends its token nowhere else, and is whole by itself when there is a feed again."""

import os

from fake_feed import FakeFeed
from fault_proxy import status_line
from siaga_test import check, check_eq, figure, run, takes
from victim import Victim, together

ALL = os.environ.get("SIAGA_FAULT_ALL", "") == "1"
VICTIMS = 10
LASTS_S = 20.0 if ALL else 2.0


def told(victims):
    for what in ("answer", "cpu", "whole"):
        figure("most " + what, round(max(victim.figures[what] for victim in victims), 2))
    for what in ("kb", "connections"):
        figure("most " + what, max(victim.figures[what] for victim in victims))
    figure("faults", sum(victim.figures["faults"] for victim in victims))


def says(data, hold=True):
    """Whoever connects and asks is told this; then it is closed, or nothing more comes."""

    def act(peer):
        if peer.head() is not None and peer.raw(data) and hold:
            while peer.recv():
                peer.data = b""

    return act


def says_first(data):
    """The same without having been asked."""

    def act(peer):
        peer.raw(data)
        while peer.recv():
            peer.data = b""

    return act


def echo(peer):
    while peer.recv():
        peer.raw(peer.data)
        peer.data = b""


def silent(peer):
    while not peer.dead.wait(0.2):
        pass


def dripping_head(peer):
    """An answer that goes on and on, a header a tick."""
    peer.head()
    peer.raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
    number = 0
    while not peer.dead.wait(0.05) and peer.raw(b"X-More-%d: yes\r\n" % number):
        number += 1


def flooding_head(peer):
    """The same as fast as it is taken."""
    peer.head()
    peer.raw(b"HTTP/1.1 200 OK\r\n")
    while not peer.dead.is_set() and peer.raw(b"X-More: " + b"y" * 4000 + b"\r\n"):
        pass


def flooding_body(peer):
    peer.head()
    peer.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not peer.dead.is_set() and peer.raw(b"1000\r\n" + b"z" * 4096 + b"\r\n"):
        pass


def upgraded(**wrong):
    """An upgrade with something wrong in it, and behind it all that a feed would say."""

    def act(peer):
        if peer.upgrade(**wrong):
            peer.say(peer.feed.welcome())
            peer.feed.tell(peer, None)
            silent(peer)

    return act


def upgraded_and(data):
    """A right upgrade, and then something else than messages."""

    def act(peer):
        if peer.upgrade():
            peer.raw(data)
            silent(peer)

    return act


NO_FEEDS = {
    "closed at once": lambda peer: None,
    "reset at once": lambda peer: peer.close(reset=True),
    "accepted, and nothing": silent,
    "an echo": echo,
    "NUL without being asked": says_first(b"\0" * 5000),
    "a mail server": says_first(b"220 mail.example ESMTP\r\n"),
    "TLS": says_first(b"\x15\x03\x01\x00\x02\x02\x46"),
    "noise": says(os.urandom(4096)),
    "an empty line": says(b"\r\n\r\n"),
    "half an answer": says(b"HTTP/1.1 1"),
    "an answer that drips": dripping_head,
    "an answer without an end": flooding_head,
    "a body without an end": flooding_body,
    "a header of 100 KB": says(b"HTTP/1.1 101 Ok\r\nX-Fill: " + b"x" * 100000 + b"\r\n\r\n"),
    "status 0": says(b"HTTP/1.1 0 Zero\r\n\r\n"),
    "status 99999999999": says(b"HTTP/1.1 99999999999 Much\r\n\r\n"),
    "200": says(status_line(200, "OK"), hold=False),
    "204": says(b"HTTP/1.1 204 No Content\r\n\r\n", hold=False),
    "400": says(status_line(400), hold=False),
    "404": says(status_line(404), hold=False),
    "407": says(status_line(407), hold=False),
    "426": says(status_line(426), hold=False),
    "429": says(status_line(429), hold=False),
    "500": says(status_line(500), hold=False),
    "502": says(status_line(502), hold=False),
    "503": says(status_line(503), hold=False),
    "503 kept open": says(status_line(503)),
    "an escape in the reason": says(b"HTTP/1.1 503 \x1b]0;judul\x07\x1b[2J\xc2\x9b2J\r\nContent-Length: 0\r\n\r\n"),
    "101 and no more": says(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    "a wrong accept": upgraded(accept="c2FsYWggc2FsYWggc2FsYWg="),
    "no accept": upgraded(accept=""),
    "another subprotocol": upgraded(protocol="chat"),
    "two subprotocols": upgraded(protocol="siaga.v1, chat"),
    "an extension nobody asked for": upgraded(more="Sec-WebSocket-Extensions: x-turn\r\n"),
    "upgraded, and nothing": upgraded_and(b""),
    "upgraded, and noise": upgraded_and(bytes(range(256)) * 8),
    "upgraded, and HTTP": upgraded_and(status_line(503)),
    "upgraded, and a close with rubbish": upgraded_and(b"\x88\x0c\x03\xe8\x1b]0;x\x07\xff\xfe\x9b"),
    "upgraded, and a close of one byte": upgraded_and(b"\x88\x01\x03"),
    "upgraded, and a masked frame": upgraded_and(b"\x81\x82\x01\x02\x03\x04zz"),
    "upgraded, and a frame of 2^63 bytes": upgraded_and(b"\x81\x7f\x7f" + b"\xff" * 7 + b"x" * 4000),
    "upgraded, and reserved bits": upgraded_and(b"\xf1\x02{}"),
    "upgraded, and an unknown opcode": upgraded_and(b"\x83\x02{}"),
}


@takes(900)
def test_what_is_no_feed_is_never_called_live():
    victims = [Victim() for _ in range(VICTIMS)]

    def meet(victim, name):
        victim.feed.always = NO_FEEDS[name]
        victim.feed.cut()
        victim.endure(name, LASTS_S, links=8, dead_s=1)
        victim.feed.cut()
        victim.heal()

    together(victims, (list(NO_FEEDS), meet))
    for victim in victims:
        victim.close()
    told(victims)


def test_a_token_that_is_refused_is_said_and_not_tried_again_and_again():
    for status in (401, 403):
        victim = Victim()
        victim.feed.always = says(status_line(status, "No"), hold=False)
        victim.feed.cut()
        victim.plain.wait("REFUSED")
        victim.endure(status, LASTS_S, links=1, dead_s=1)
        check("CACHED" in victim.ask()[0], "what is shown is marked as old:", victim.ask()[0])
        victim.plain.quit()


def test_nobody_sends_the_console_elsewhere():
    """The address is the operator's; no answer takes it, and the token, to another."""
    other = FakeFeed()
    victims = [Victim() for _ in range(VICTIMS)]

    def send(victim, way):
        where = "%s://127.0.0.1:%d/v1/feed" % (way[1], other.port)
        victim.feed.always = says(
            b"HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (way[0], where.encode()))
        victim.feed.cut()
        victim.endure("%d to %s" % (way[0], where), 0.8, links=8, dead_s=0.6)
        victim.feed.cut()
        victim.heal()

    together(victims, ([(n, scheme) for n in (301, 302, 303, 307, 308) for scheme in ("ws", "http")], send))
    check_eq(len(other.times), 0, "connections to where it pointed")
    for victim in victims:
        victim.close()


run(globals())
