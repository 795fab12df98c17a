"""A client of HTTP and websocket that says what it is told to, well-formed or not."""

import select
import socket
import time

from siaga_test import SLOW, check, deadline, left, scope

WEBSOCKET = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
)


def connect(feed, address="127.0.0.1"):
    """From that address of the loopback network; closed when the test ends."""
    link = socket.create_connection(("127.0.0.1", feed.port), 10 * SLOW, source_address=(address, 0))
    scope.closes(link)
    return link


def request(method, path, *headers, body=""):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: localhost", *headers]
    if body and not any(line.startswith("Content-Length") for line in headers):
        lines.append("Content-Length: %d" % len(body))
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def get(path, *headers):
    return request("GET", path, *headers)


def bearer(feed, name):
    return "Authorization: Bearer " + feed.tokens.get(name, name)


def read_answer(link, data=b""):
    """One whole answer: (status, headers, body, what came behind it). Status None: it was closed."""
    until = deadline()
    try:
        while b"\r\n\r\n" not in data:
            link.settimeout(max(0.001, left(until)))
            more = link.recv(65536)
            if not more:
                return None, {}, data, b""
            data += more
        head, data = data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        size = int(headers.get("content-length", 0))
        while len(data) < size:
            more = link.recv(65536)
            check(more, "an answer is cut off:", head)
            data += more
    except ConnectionError:
        return None, {}, data, b""
    return int(lines[0].split(" ")[1]), headers, data[:size], data[size:]


def ask(link, text):
    """(status, headers, body) of the one answer to it."""
    try:
        link.sendall(text)
    except ConnectionError:
        return None, {}, b""
    return read_answer(link)[:3]


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


def wait_closed(link, seconds=5):
    """Reads until the other side ends it."""
    until = deadline(seconds)
    try:
        while True:
            link.settimeout(max(0.001, left(until)))
            if not link.recv(1 << 16):
                return
    except ConnectionError:
        pass


def gets_in(feed, address="127.0.0.1"):
    """Is a request from there answered?"""
    link = connect(feed, address)
    try:
        return ask(link, get("/healthz"))[0] == 200
    finally:
        link.close()


class Slow:
    """Says `first`, then a byte of `rest` every so often, and is watched until it is cut off."""

    def __init__(self, feed, name, first=b"", rest=b"", every_s=1.0, answers=0):
        self.link = connect(feed)
        self.name, self.rest, self.every_s = name, rest, every_s
        if first:
            self.link.sendall(first)
        for _ in range(answers):
            check(read_answer(self.link)[0] == 200, name, "is answered first")
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
