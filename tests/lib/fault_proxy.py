"""A proxy on loopback that does to connections what networks do: it cuts, delays, holds back, forgets and
makes things up. It stands between a console, or whoever posts, and siagad, and knows where the messages of a
websocket begin and end, so that a test can say "after the third byte of `welcome`".

    proxy = FaultProxy(feed.port)
    proxy.next(Fault("down", "welcome", at=3))   # the next connection
    proxy.arm(Fault("up", "do", at=0))           # the connections that there are
"""

import collections
import dataclasses
import json
import select
import socket
import struct
import threading
import time

from siaga_test import scope

HEAD = "http"  # the kind of a handshake and of its answer
BODY = "body"  # what is behind the head of anything that does not become a websocket
CONTROLS = {8: "close", 9: "ping", 10: "pong"}


@dataclasses.dataclass
class Fault:
    """What happens to one connection, once. `down` is from siagad, `up` is to it.

    side, kind, nth, at: behind `at` bytes of the nth message of that kind; no kind: of any
    do: "cut"    both ends are closed; what was not delivered is gone
        "reset"  the same with a TCP reset
        "hold"   half open: from here on all is swallowed, both ways, and nothing is closed
        "insert" `data` comes in between, then all goes on
        "forge"  `data` comes in between, then both ends are closed
        "late"   whoever connected is cut off; what they have said, all of it, arrives when release() is called
        "wait"   this direction stands still until release()
    """

    side: str = "down"
    kind: str = None
    at: int = 0
    do: str = "cut"
    data: bytes = b""
    nth: int = 1
    hit: threading.Event = dataclasses.field(default_factory=threading.Event)


@dataclasses.dataclass
class Line:
    """How a connection is from its beginning."""

    answer: bytes = b""  # said in place of all that siagad would say; then it is closed
    mute: bool = False  # taken, and nothing is ever said or read
    delay_s: float = 0.0  # every piece comes so much later
    rate: int = 0  # bytes a second, each way; 0: as they come
    raw: bool = False  # nothing to be read in it: each piece that comes is a message, of kind BODY
    fault: Fault = None


def status_line(status, reason="No"):
    """An answer that refuses the upgrade."""
    body = b"{}"
    return b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status, reason.encode(), len(body), body)


class Messages:
    """Cuts a stream into messages: (kind, bytes), the kind of a text message being its `t`."""

    def __init__(self, raw=False):
        self.data = b""
        self.head = b"" if raw else None
        self.websocket = False

    def feed(self, data):
        self.data += data
        while True:
            got = self._next()
            if got is None:
                return
            yield got

    def _next(self):
        if self.head is None:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                return None
            self.head, self.data = self.data[: end + 4], self.data[end + 4 :]
            lower = self.head.lower()
            self.websocket = b"upgrade: websocket" in lower and not lower.startswith(b"http/1.1 4")
            return HEAD, self.head
        if not self.websocket:
            piece, self.data = self.data, b""
            return (BODY, piece) if piece else None
        return self._frame()

    def _frame(self):
        data = self.data
        if len(data) < 2:
            return None
        size, at = data[1] & 0x7F, 2
        if size == 126:
            size, at = (struct.unpack("!H", data[2:4])[0], 4) if len(data) >= 4 else (1 << 62, 4)
        elif size == 127:
            size, at = (struct.unpack("!Q", data[2:10])[0], 10) if len(data) >= 10 else (1 << 62, 10)
        mask = b""
        if data[1] & 0x80:
            mask, at = data[at : at + 4], at + 4
        if len(data) < at + size:
            return None
        frame, self.data = data[: at + size], data[at + size :]
        opcode = frame[0] & 0x0F
        if opcode in CONTROLS:
            return CONTROLS[opcode], frame
        return self._kind(unmask(frame[at:], mask)), frame

    @staticmethod
    def _kind(payload):
        try:
            return json.loads(payload)["t"]
        except (ValueError, KeyError, TypeError):
            return "?"


def unmask(payload, mask):
    if not mask:
        return payload
    stream = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(payload), "big")


def frame(payload, opcode=1, fin=True):
    """A server's frame."""
    size = len(payload)
    first = (0x80 if fin else 0) | opcode
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def text_frame(message):
    text = message if isinstance(message, (bytes, str)) else json.dumps(message, ensure_ascii=False)
    return frame(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


class Connection:
    """One that came in, and the one that was made for it."""

    def __init__(self, proxy, client, line):
        self.proxy = proxy
        self.client = client
        self.line = line
        self.fault = line.fault
        self.server = None
        self.dead = threading.Event()
        self.holding = False  # swallows all, closes nothing
        self.released = threading.Event()
        self.seen = {"down": [], "up": []}  # (kind, size) of the messages that went through whole
        self.said = {"down": b"", "up": b""}  # the newest bytes that were delivered
        self.counts = collections.Counter()
        self.late = []
        self.lock = threading.Lock()

    def run(self):
        if self.line.mute:
            self.dead.wait()
            return
        if self.line.answer:
            self._answer()
            return
        try:
            self.server = socket.create_connection(("127.0.0.1", self.proxy.target), timeout=10)
            self.server.settimeout(None)
        except OSError:
            self.close()
            return
        for peer in (self.client, self.server):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        up = threading.Thread(target=self._pump, args=("up",), daemon=True)
        up.start()
        self._pump("down")
        up.join()
        self.close()

    def has(self, side, kind):
        """Did such a message go through, whole?"""
        return any(seen == kind for seen, _ in self.seen[side])

    def _answer(self):
        data = b""
        while b"\r\n\r\n" not in data:
            more = self._recv(self.client)
            if not more:
                break
            data += more
        try:
            self.client.sendall(self.line.answer)
        except OSError:
            pass
        self.close()

    def _recv(self, source):
        while not self.dead.is_set():
            try:
                if select.select([source], [], [], 0.2)[0]:
                    return source.recv(262144)
            except (OSError, ValueError):
                return b""
        return b""

    def _pump(self, side):
        source, target = (self.server, self.client) if side == "down" else (self.client, self.server)
        messages = Messages(self.line.raw)
        while True:
            data = self._recv(source)
            if not data:
                break
            if self.holding:
                continue
            for kind, piece in messages.feed(data):
                self._pass(side, target, kind, piece)
        if not self.holding and not self.late:
            self._end(target)

    def _end(self, target):
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _pass(self, side, target, kind, piece):
        fault = self._due(side, kind)
        if fault is None or self.holding:
            self._say(side, target, piece)
            self.seen[side].append((kind, len(piece)))
            return
        before, behind = piece[: fault.at], piece[fault.at :]
        self._say(side, target, before)
        if fault.do in ("cut", "reset", "forge"):
            if fault.do == "forge":
                self._say(side, target, fault.data)
            self.close(reset=fault.do == "reset")
        elif fault.do == "hold":
            self.holding = True
        elif fault.do == "insert":
            self._say(side, target, fault.data + behind)
            self.seen[side].append((kind, len(piece)))
        elif fault.do == "wait":
            fault.hit.set()
            while not self.released.wait(0.2) and not self.dead.is_set():
                pass
            self._say(side, target, behind)
        elif fault.do == "late":
            self.late.append(behind)
            self._hang_up(self.client)
        fault.hit.set()

    def _due(self, side, kind):
        """The armed fault when this message is the one that it is for; then it is used up."""
        with self.lock:
            fault = self.fault
            if fault is None or fault.side != side or (fault.kind is not None and fault.kind != kind):
                return None
            self.counts[id(fault)] += 1
            if self.counts[id(fault)] < fault.nth:
                return None
            self.fault = None
            return fault

    def _say(self, side, target, data):
        rate, step = self.line.rate, len(data)
        if self.line.delay_s:
            self.dead.wait(self.line.delay_s)
        if rate:
            step = max(1, rate // 20)
        begun = time.monotonic()
        for at in range(0, len(data), step or 1):
            if self.dead.is_set() or self.holding:
                return
            try:
                target.sendall(data[at : at + step])
            except OSError:
                return
            if rate:
                # By the clock, so that a machine that is busy makes no slower line of it.
                self.dead.wait(max(0, begun + (at + step) / rate - time.monotonic()))
        self.said[side] = (self.said[side] + data)[-262144:]
        self.proxy.bytes[side] += len(data)

    def release(self):
        self.released.set()
        for piece in self.late:
            try:
                self.server.sendall(piece)
            except OSError:
                pass

    @staticmethod
    def _hang_up(peer):
        for act in (lambda: peer.shutdown(socket.SHUT_RDWR), peer.close):
            try:
                act()
            except OSError:
                pass

    def close(self, reset=False):
        self.dead.set()
        for peer in (self.client, self.server):
            if peer is None:
                continue
            if reset:
                try:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    peer.close()
                    continue
                except OSError:
                    pass
            self._hang_up(peer)


class FaultProxy:
    """Between one siagad (or whatever listens on `target`) and those who connect to `port`."""

    def __init__(self, target):
        self.target = target
        self.always = None  # the line of every connection that next() says nothing about
        self.plans = collections.deque()
        self.connections = []
        self.times = []  # when each came
        self.bytes = collections.Counter()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        scope.closes(self)

    @property
    def url(self):
        return "ws://127.0.0.1:%d/v1/feed" % self.port

    def next(self, *plans):
        """What comes of the next connections, one after the other: a Fault or a Line."""
        for plan in plans:
            self.plans.append(Line(fault=plan) if isinstance(plan, Fault) else plan)

    def arm(self, fault):
        """Of the newest connection, when it comes to that."""
        self.connections[-1].fault = fault
        return fault

    def cut(self, reset=False):
        """All that there are, now."""
        for connection in self.connections:
            connection.close(reset)

    def hold(self):
        """All that there are become half open, now."""
        for connection in self.connections:
            connection.holding = True

    def release(self):
        for connection in list(self.connections):
            connection.release()

    def _accept(self):
        while not self.over.is_set():
            try:
                if not select.select([self.listener], [], [], 0.2)[0]:
                    continue
                client = self.listener.accept()[0]
            except (OSError, ValueError):
                return
            self.times.append(time.monotonic())
            line = self.plans.popleft() if self.plans else self.always or Line()
            connection = Connection(self, client, dataclasses.replace(line))
            self.connections.append(connection)
            threading.Thread(target=connection.run, daemon=True).start()

    def close(self):
        self.over.set()
        self.thread.join(2)
        self.listener.close()
        self.cut()
