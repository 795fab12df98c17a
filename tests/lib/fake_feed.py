"""A feed that says what a test wants. Left alone it is honest and small: it keeps a log in memory, welcomes,
lets follow, beats and answers actions. A test takes over a connection from its first byte, or breaks in on one
that stands.

    feed = FakeFeed()
    feed.next(lambda peer: peer.raw(b"\\0" * 1000))   # the next connection
    feed.always = lie                                # every one, until it is None again
    feed.peers[-1].say({"t": "live", "head": 99})    # one that stands
"""

import base64
import collections
import datetime
import hashlib
import json
import os
import select
import socket
import stat
import struct
import threading
import time
import uuid

from fault_proxy import frame, text_frame, unmask
from siaga_test import BALAI_KOTA, scope

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TOKEN = "siaga_dGhpcyBpcyBubyByZWFsIHRva2VuIGF0IGFsbCwgb25seSB0ZXh0"

REGISTRY = {
    "t": "registry",
    "rev": 1,
    "agencies": [
        {"id": "damkar", "name": "Dinas Pemadam Kebakaran", "short": "DAMKAR", "fkey": 2, "letter": "d",
         "phone": "113", "desk": "console"},
        {"id": "psc119", "name": "PSC 119", "short": "PSC119", "fkey": 3, "letter": "p", "phone": "119",
         "desk": "phone"},
    ],
    "cameras": [
        {"id": "Gladag", "owner": "police", "name": "Bundaran Gladag", "lat": -7.5718, "lon": 110.8292,
         "status": "ok", "stream": "rtsp://127.0.0.1/gladag"},
    ],
    "plans": [{"kind": "fire", "priority": "*", "agencies": ["damkar"]}],
    "map": {"credit": "nobody", "features": []},
}


def stamp(at_s=None):
    at = datetime.datetime.fromtimestamp(time.time() if at_s is None else at_s, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (at.microsecond // 1000)


class Peer:
    """A console that has connected."""

    def __init__(self, feed, link):
        self.feed = feed
        self.link = link
        self.data = b""
        self.lock = threading.Lock()
        self.heard = []  # the messages of the console
        self.dead = threading.Event()
        self.live = False  # it has been told all, and is sent what comes
        self.mute = False  # no beat, no answer, nothing that comes

    def raw(self, data):
        """Bytes as they are; whether they were taken."""
        try:
            with self.lock:
                self.link.sendall(data)
            return True
        except OSError:
            self.dead.set()
            return False

    def say(self, message):
        return self.raw(text_frame(message))

    def close(self, reset=False):
        self.dead.set()
        try:
            if reset:
                self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                self.link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.link.close()

    def recv(self):
        """Waits for more bytes; False when there are none to come."""
        while not self.dead.is_set():
            try:
                if select.select([self.link], [], [], 0.2)[0]:
                    more = self.link.recv(262144)
                    self.data += more
                    return bool(more)
            except (OSError, ValueError):
                return False
        return False

    def head(self):
        """The console's request, and its headers by name; None when it did not come."""
        while b"\r\n\r\n" not in self.data:
            if not self.recv():
                return None
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        return dict((name.lower(), value) for name, value in (line.split(": ", 1) for line in lines[1:]))

    def upgrade(self, accept=None, protocol="siaga.v1", more=""):
        headers = self.head()
        if headers is None:
            return False
        key = headers.get("sec-websocket-key", "").encode()
        right = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Accept: " + (right if accept is None else accept),
        ]
        if protocol is not None:
            lines.append("Sec-WebSocket-Protocol: " + protocol)
        return self.raw(("\r\n".join(lines) + "\r\n" + more + "\r\n").encode())

    def message(self):
        """The console's next text message, or None at the end; pings are answered on the way."""
        while True:
            got = self._frame()
            if got is None:
                return None
            opcode, payload = got
            if opcode == 9 and not self.mute:
                self.raw(frame(payload, 10))
            elif opcode == 8:
                return None
            elif opcode == 1:
                self.heard.append(json.loads(payload))
                return self.heard[-1]

    def _frame(self):
        while True:
            data = self.data
            if len(data) >= 2:
                size, at = data[1] & 0x7F, 2
                if size == 126 and len(data) >= 4:
                    size, at = struct.unpack("!H", data[2:4])[0], 4
                elif size == 127 and len(data) >= 10:
                    size, at = struct.unpack("!Q", data[2:10])[0], 10
                elif size >= 126:
                    size = 1 << 62
                if len(data) >= at + 4 + size:
                    mask, payload = data[at : at + 4], data[at + 4 : at + 4 + size]
                    self.data = data[at + 4 + size :]
                    return data[0] & 0x0F, unmask(payload, mask)
            if not self.recv():
                return None


class FakeFeed:
    def __init__(self, beat_s=1, registry=None, role="operator", name="ayu"):
        self.beat_s = beat_s
        self.registry = registry if registry is not None else REGISTRY
        self.role = role
        self.name = name
        self.id = str(uuid.uuid4())
        self.log = []
        self.done = {}  # the seq that answered an action, by its id
        self.asked = []  # every action that came, as often as it came
        self.lock = threading.RLock()
        self.peers = []
        self.times = []  # when each came
        self.plans = collections.deque()
        self.always = None
        self.over = threading.Event()
        self.port = 0
        self.come_back()
        threading.Thread(target=self._beat, daemon=True).start()
        scope.closes(self)

    # --- as a Siagad looks to a test ---

    @property
    def url(self):
        return "ws://127.0.0.1:%d/v1/feed" % self.port

    def token_file(self, _=None):
        path = os.path.join(scope.folder(), "token")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "w") as file:
            file.write(TOKEN + "\n")
        return path

    def head(self):
        return len(self.log)

    # --- what happens ---

    def come_back(self):
        """Listens, on the port that it had."""
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def leave(self):
        """Nobody listens any more."""
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits there, who would keep the port
        self.listener.close()
        self.cut()

    def next(self, *lies):
        self.plans.extend(lies)

    def cut(self, reset=False):
        for peer in list(self.peers):
            peer.close(reset)

    def make(self, type_, incident=None, number=1, rev=0, **data):
        """The next event of the log, not told yet."""
        event = {"seq": len(self.log) + 1, "at": stamp(), "type": type_, "by": {"name": "budi"}, "data": data}
        if incident is not None:
            event.update(incident=incident, number=number, rev=rev)
        return event

    def raised(self, place="Pasar Legi", kind="fire", priority="P1", note=None, **more):
        """An alarm that is not told yet."""
        number = sum(event["type"] == "incident.raised" for event in self.log) + 1
        alarm = {"id": str(uuid.uuid4()), "received_at": stamp(), "lat": BALAI_KOTA[0], "lon": BALAI_KOTA[1]}
        alarm.update(more.pop("alarm", {}))
        if note is not None:
            alarm["note"] = note
        return self.make("incident.raised", str(uuid.uuid4()), number, 1, kind=kind, priority=priority,
                         place=place, lat=BALAI_KOTA[0], lon=BALAI_KOTA[1], alarm=alarm, **more)

    def add(self, event):
        with self.lock:
            self.log.append(event)
            for peer in list(self.peers):
                if peer.live and not peer.mute and not peer.dead.is_set():
                    peer.say({"t": "events", "events": [event]})
        return event

    def alarm(self, **members):
        with self.lock:
            return self.add(self.raised(**members))

    def note(self, text, of):
        with self.lock:
            return self.add(self.make("incident.noted", of["incident"], of["number"], of["rev"], note=text))

    # --- the honest one ---

    def welcome(self, **other):
        said = {"t": "welcome", "v": 1, "feed": self.id, "head": self.head(), "now": stamp(),
                "you": {"name": self.name, "role": self.role}, "beat_s": self.beat_s, "mode": "actual"}
        said.update(other)
        return said

    def serve(self, peer):
        if not peer.upgrade():
            return
        peer.say(self.welcome())
        while not peer.dead.is_set():
            message = peer.message()
            if message is None:
                return
            if not peer.mute:
                self.hear(peer, message)

    def hear(self, peer, message):
        if message["t"] == "follow":
            self.tell(peer, message.get("after"))
        elif message["t"] == "do":
            self.do(peer, message)
        elif message["t"] == "tell":
            with self.lock:
                told = [event for event in self.log if event.get("incident") == message["incident"]]
                peer.say({"t": "events", "past": True, "events": told})

    def tell(self, peer, after):
        peer.say(self.registry)
        peer.say({"t": "presence", "who": [], "desks": {}})
        with self.lock:
            known = after if after is not None and after <= self.head() else None
            for at in range(known or 0, self.head(), 200):
                some = {"t": "events", "events": self.log[at : at + 200]}
                peer.say(some if known is not None else dict(some, open=True))
            peer.say({"t": "live", "head": self.head()})
            peer.live = True

    def do(self, peer, message):
        with self.lock:
            self.asked.append(message)
            if message["id"] not in self.done:
                of = next(e for e in self.log if e.get("incident") == message.get("incident"))
                self.note(message.get("note", message["action"]), of)
                self.done[message["id"]] = self.head()
            peer.say({"t": "done", "id": message["id"], "seq": self.done[message["id"]]})

    def beat(self, **other):
        return dict({"t": "beat", "head": self.head(), "now": stamp()}, **other)

    def _beat(self):
        while not self.over.wait(self.beat_s / 2):
            for peer in list(self.peers):
                if peer.live and not peer.mute and not peer.dead.is_set():
                    with self.lock:
                        peer.say(self.beat())

    def _accept(self, listener):
        while not self.over.is_set():
            try:
                if not select.select([listener], [], [], 0.2)[0]:
                    continue
                link = listener.accept()[0]
            except (OSError, ValueError):
                return
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.times.append(time.monotonic())
            peer = Peer(self, link)
            self.peers.append(peer)
            act = self.plans.popleft() if self.plans else self.always or self.serve
            threading.Thread(target=self._run, args=(act, peer), daemon=True).start()

    @staticmethod
    def _run(act, peer):
        act(peer)
        peer.close()

    def close(self):
        self.over.set()
        self.listener.close()
        self.cut()
