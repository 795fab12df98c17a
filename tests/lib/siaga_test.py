"""What the tests of the whole programs share: a real siagad, a real console on a terminal of its own,
an HTTP and websocket client, and a runner that speaks TAP.

Nothing here sleeps for a guess: everything that takes time is polled with a deadline.
"""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import select
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import uuid
import weakref

SIAGA = os.environ.get("SIAGA", "siaga")
SIAGAD = os.environ.get("SIAGAD", "siagad")
VTDRIVE = os.environ.get("VTDRIVE", "vtdrive")
DATA = os.environ.get("SIAGA_DATA", "")

DEADLINE_S = 10.0
# Sanitized builds and slow machines; deadlines grow, nothing else does.
SLOW = float(os.environ.get("SIAGA_TEST_SLOW", "1"))

# Actions that change an incident's state: they say on which rev they were decided.
STATE_ACTIONS = ("acknowledge", "verify", "reject", "merge", "split", "resolve", "close", "reopen")

# Events that tell who came, went and looked; of most consoles nothing is told on a screen.
QUIET = ("link.up", "link.down", "incident.viewed")

BALAI_KOTA = (-7.5701, 110.8300)
GLADAG = (-7.5718, 110.8292)


def environment(home, term="xterm-256color"):
    """The whole environment of a program under test: nothing of the caller's leaks in."""
    env = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": term,
        "TZ": "UTC",
        "XDG_CACHE_HOME": os.path.join(home, "cache"),
        "XDG_CONFIG_HOME": os.path.join(home, "config"),
        "XDG_DATA_HOME": os.path.join(home, "data"),
        "XDG_RUNTIME_DIR": home,
        "XDG_STATE_HOME": os.path.join(home, "state"),
    }
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "SIAGA_TEST_SLOW"):
        if name in os.environ:
            env[name] = os.environ[name]
    return env


class Failure(Exception):
    """An expectation that did not hold."""


class Skipped(Exception):
    """What the test needs is not here."""


def need(ok, *what):
    """The rest of the test is for machines that have it; elsewhere it is skipped, and why is said."""
    if not ok:
        raise Skipped(" ".join(str(part) for part in what))


def has_sanitizer():
    """Is siagad built with one? Then it asks for more memory, and for more of the system, than it does itself."""
    with open(SIAGAD, "rb") as file:
        return b"__asan_init" in file.read()


def check(ok, *what):
    if not ok:
        raise Failure(" ".join(str(part) for part in what))


def check_eq(got, want, what=""):
    if got != want:
        raise Failure("%s: got %r, want %r" % (what or "value", got, want))


def deadline(seconds=DEADLINE_S):
    return time.monotonic() + seconds * SLOW


def left(until):
    return max(0.0, until - time.monotonic())


def eventually(probe, what, seconds=DEADLINE_S):
    """Asks until the answer is true; each probe has to be cheap. Returns the answer."""
    until = deadline(seconds)
    while True:
        answer = probe()
        if answer:
            return answer
        if left(until) == 0:
            raise Failure("not in time: %s" % (what() if callable(what) else what))
        select.select([], [], [], 0.01)


# --- the end of every test: nothing of it stays ---


class Scope:
    """Temporary folders and children of the running test."""

    def __init__(self):
        self.folders = []
        self.children = []
        self.others = []

    def closes(self, thing):
        """Something with a close(), for the end of the test."""
        self.others.append(thing)

    def folder(self):
        path = tempfile.mkdtemp(prefix="siaga-test-")
        if os.geteuid() == 0:
            # Root's siagad becomes somebody else, who has to pass to its own folder below.
            os.chmod(path, 0o711)
        self.folders.append(path)
        return path

    def start(self, *args, **kwargs):
        child = subprocess.Popen(*args, **kwargs)
        self.children.append(child)
        return child

    def finish(self):
        for thing in self.others:
            thing.close()
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        pass
        for path in self.folders:
            shutil.rmtree(path, ignore_errors=True)
        self.__init__()


scope = Scope()


# --- the feed's program ---


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Siagad:
    """A siagad on a folder of its own and a port that it picked."""

    def __init__(self, registry=True, mode=None):
        self.home = scope.folder()
        self.dir = os.path.join(self.home, "feed")
        self.port = 0
        self.mode = mode
        self.child = None
        self.errors = b""
        self.tokens = {}
        self.wrap = lambda env: env  # a test may put a shim before the program
        self.prefix = []  # or start it through another program
        self.args = []  # more of the command line
        self.command = None  # or all of it
        self.start_s = DEADLINE_S
        if registry:
            self.load_registry(DATA)

    def admin(self, *words):
        """Runs one of the administrator's commands: (status, stdout, stderr)."""
        done = subprocess.run(
            [SIAGAD, *words, "--data", self.dir],
            env=environment(self.home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20 * SLOW,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def load_registry(self, path):
        status, _, errors = self.admin("registry", "load", path)
        check_eq(status, 0, "registry load: " + errors)

    def token(self, name, role, agency=None):
        words = ["token", "add", name, "--role", role]
        if agency is not None:
            words += ["--agency", agency]
        status, out, errors = self.admin(*words)
        check_eq(status, 0, "token add: " + errors)
        check_eq(len(out.splitlines()), 1, "token add prints the token alone")
        self.tokens[name] = out.strip()
        return self.tokens[name]

    def token_file(self, name):
        path = os.path.join(self.home, name + ".token")
        descriptor = os.open(path + "-new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "w") as file:
            file.write(self.tokens[name] + "\n")
        os.replace(path + "-new", path)  # another console may be reading it
        return path

    def start(self):
        words = [*self.prefix, SIAGAD, "--data", self.dir, "--listen", "127.0.0.1:%d" % self.port]
        if self.command is not None:
            words = [*self.prefix, *self.command]
        if self.mode is not None:
            words += ["--mode", self.mode]
        words += self.args
        self.errors = b""
        self.child = scope.start(
            words,
            env=self.wrap(environment(self.home)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        os.set_blocking(self.child.stderr.fileno(), False)
        line = eventually(self._listening, lambda: "siagad listens; it said %r" % self.errors, self.start_s)
        self.port = int(line.rsplit(b":", 1)[1])
        return self

    def _listening(self):
        self.read_errors()
        for line in self.errors.split(b"\n")[:-1]:
            if line.startswith(b"siagad: listening on 127.0.0.1:"):
                return line
        check(self.child.poll() is None, "siagad ended at once:", self.errors)
        return None

    def read_errors(self):
        try:
            more = os.read(self.child.stderr.fileno(), 65536)
        except BlockingIOError:
            more = b""
        self.errors += more
        return self.errors

    def dial(self, small=False):
        link = socket.socket()
        link.settimeout(15 * SLOW)
        if small:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", self.port))
        return link

    @property
    def url(self):
        return "ws://127.0.0.1:%d/v1/feed" % self.port

    def kill(self, number=signal.SIGKILL):
        self.child.send_signal(number)
        return self.child.wait(timeout=20 * SLOW)

    def stop(self):
        status = self.kill(signal.SIGTERM)
        self.read_errors()
        check_eq(status, 0, "siagad ends cleanly; it said %r" % self.errors)

    def restart(self):
        """Starts again on the same folder and port."""
        if self.child.poll() is None:
            self.stop()
        return self.start()

    def http(self, method, path, token=None, body=None, headers=None, key=None):
        sent = {}
        if token is not None:
            sent["Authorization"] = "Bearer " + self.tokens.get(token, token)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        if key is not None:
            sent["Idempotency-Key"] = key
        sent.update(headers or {})
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15 * SLOW)
        try:
            link.sock = self.dial()
            link.request(method, path, body=body, headers=sent)
            got = link.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        finally:
            link.close()

    def head(self):
        return self.http("GET", "/healthz").json["head"]

    def metric(self, name):
        """A figure of /metrics, by its name with labels."""
        for line in self.http("GET", "/metrics").body.decode().split("\n"):
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        raise Failure("there is no metric " + name)

    def deeds(self):
        """How many events the log holds beside those that say who came, went and looked."""
        db = sqlite3.connect("file:%s?mode=ro" % os.path.join(self.dir, "log.db"), uri=True)
        try:
            sql = "SELECT count(*) FROM event WHERE type NOT IN (%s)" % ", ".join("?" * len(QUIET))
            return db.execute(sql, QUIET).fetchone()[0]
        finally:
            db.close()

    def alarm(self, token="app", key=None, **members):
        """Posts an alarm that is fine; the answer's members."""
        body = {"lat": BALAI_KOTA[0], "lon": BALAI_KOTA[1]}
        body.update(members)
        got = self.http("POST", "/v1/alarms", token, body, key=key)
        check_eq(got.status, 201, "alarm is taken: %r" % got.body)
        return got.json


def stats_of(folder):
    """{path: what lstat says} of all that is below. A feed makes a file at its start, to see whether there is room,
    and removes it."""
    found = {}
    for top, folders, names in os.walk(folder):
        for path in (os.path.join(top, name) for name in (*folders, *names)):
            with contextlib.suppress(FileNotFoundError):
                found[path] = os.lstat(path)
    return found


def start_feed(make=None, limits=None, **options):
    """A running feed with the tokens that nearly every test needs; `limits` are of its configuration."""
    if make is None and os.environ.get("SIAGA_TEST_TLS") == "1":
        from tls_tools import TunnelledSiagad as make  # pylint: disable=import-outside-toplevel
    feed = (make or Siagad)(**options)
    for name, role, agency in (
        ("app", "intake", None),
        ("ayu", "operator", None),
        ("budi", "operator", None),
        ("sari", "supervisor", None),
        ("tamu", "observer", None),
        ("damkar", "agency", "damkar"),
        ("psc", "agency", "psc119"),
    ):
        feed.token(name, role, agency)
    if limits:
        config = os.path.join(feed.home, "siagad.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write("[limits]\n" + "".join("%s = %d\n" % limit for limit in limits.items()))
        feed.args += ["--config", config]
    return feed.start()


# --- a websocket client, small and strict ---


class Refused(Exception):
    """The upgrade was answered by something else than 101."""

    def __init__(self, status, headers):
        super().__init__("HTTP %d" % status)
        self.status = status
        self.headers = headers


class Closed(Exception):
    """The server ended the link."""


class Pulse:
    """Shows for every link of a test that it lives, as the library below a console does whether anybody reads
    or not."""

    EVERY_S = 3

    def __init__(self):
        self.links = weakref.WeakSet()
        self.thread = None

    def add(self, link):
        self.links.add(link)
        if self.thread is None:
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()

    def _run(self):
        never = threading.Event()
        while not never.wait(self.EVERY_S):
            for link in list(self.links):
                link.show_life()


pulse = Pulse()


class Feed:
    """A console's side of `siaga.v1` over a raw socket. Keeps every frame and every event."""

    GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    def __init__(
        self, daemon, token, after=None, follow=True, position="", protocol="siaga.v1", small=False, hung=False
    ):
        """`small`: the network holds little for it, as for one far away; `hung`: it does not show that it
        lives, unless it is read."""
        self.daemon = daemon
        self.socket = daemon.dial(small) if small else daemon.dial()
        self.sending, self.reading = threading.Lock(), threading.Lock()
        self.data = b""
        self.frames = []
        self.events = []
        self.revs = {}
        self.welcome = None
        self.seen = 0  # everything up to this seq is here
        self.close_code = None
        self._upgrade(daemon.tokens.get(token, token), protocol)
        if not hung:
            pulse.add(self)
        if follow:
            self.follow(after, position)
            self.wait("live")

    def _upgrade(self, token, protocol):
        key = base64.b64encode(os.urandom(16))
        lines = [
            "GET /v1/feed HTTP/1.1",
            "Host: 127.0.0.1:%d" % self.daemon.port,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: " + key.decode(),
        ]
        if protocol:
            lines.append("Sec-WebSocket-Protocol: " + protocol)
        if token:
            lines.append("Authorization: Bearer " + token)
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        until = deadline()
        while b"\r\n\r\n" not in self.data:
            self._more(until)
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        status = int(head.split(b" ", 2)[1])
        headers = {}
        for line in head.split(b"\r\n")[1:]:
            name, value = line.split(b":", 1)
            headers[name.strip().lower()] = value.strip()
        if status != 101:
            self.close()
            raise Refused(status, headers)
        want = base64.b64encode(hashlib.sha1(key + self.GUID).digest())
        check_eq(headers.get(b"sec-websocket-accept"), want, "Sec-WebSocket-Accept")
        if protocol:
            check_eq(headers.get(b"sec-websocket-protocol"), protocol.encode(), "subprotocol")

    def _more(self, until):
        self.socket.settimeout(max(0.001, left(until)))
        try:
            with self.reading:
                more = self.socket.recv(262144)
        except (socket.timeout, BlockingIOError):
            raise Failure("nothing came in time; last: %r" % self.frames[-3:]) from None
        except ConnectionError:
            more = b""
        if not more:
            raise Closed()
        self.data += more

    def _take(self, count, until):
        while len(self.data) < count:
            self._more(until)
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def send_raw(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        stream = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")
        with self.sending:
            self.socket.sendall(head + mask + masked)

    def show_life(self):
        """A pong that nobody asked for; never waits. Who reads just now answers by himself, and a TLS link is
        not for two at a time."""
        locks = [lock for lock in (self.reading, self.sending) if lock.acquire(blocking=False)]
        try:
            if len(locks) == 2:
                pong = b"\x8a\x81\x00\x00\x00\x00!"
                if isinstance(self.socket, ssl.SSLSocket):
                    self.socket.send(pong)
                else:
                    os.write(self.socket.fileno(), pong)
        except (OSError, ValueError):
            pass
        finally:
            for lock in locks:
                lock.release()

    def send(self, frame):
        text = frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False)
        self.send_raw(1, text.encode())

    def _message(self, until):
        """One whole text message; answers pings on the way."""
        text = b""
        while True:
            first, second = self._take(2, until)
            check_eq(second & 0x80, 0, "a server never masks")
            size = second & 0x7F
            if size == 126:
                size = struct.unpack("!H", self._take(2, until))[0]
            elif size == 127:
                size = struct.unpack("!Q", self._take(8, until))[0]
            payload = self._take(size, until)
            opcode = first & 0x0F
            if opcode == 8:
                self.close_code = struct.unpack("!H", payload[:2])[0] if size >= 2 else 1005
                raise Closed()
            if opcode == 9:
                self.send_raw(10, payload)
            elif opcode in (0, 1):
                text += payload
                if first & 0x80:
                    return text.decode()

    def recv(self, seconds=DEADLINE_S):
        frame = json.loads(self._message(deadline(seconds)))
        self.frames.append(frame)
        if frame["t"] == "welcome":
            self.welcome = frame
        if frame["t"] == "live":
            self.seen = max(self.seen, frame["head"])
        if frame["t"] == "events":
            for event in frame["events"]:
                self._event(frame, event)
            if "to" in frame:
                check(frame["after"] <= self.seen <= frame["to"], "a part begins where the last one ended")
                self.seen = frame["to"]
        return frame

    def _event(self, frame, event):
        """Gap-free from where it followed, unless the frame is the picture of what is open, or a desk's
        part of the log: that goes up, and what was before it was asked goes up to there."""
        picture = frame.get("open") or frame.get("past")
        if "to" in frame:
            check(self.seen < event["seq"] <= frame["to"], "a part goes up:", event["seq"], frame["to"])
        elif frame.get("past"):
            check(event["seq"] <= self.seen, "what was before:", event["seq"], self.seen)
        elif self.events and not picture and not self.events[-1].get("open"):
            check_eq(event["seq"], self.events[-1]["seq"] + 1, "seq has no gap")
        self.events.append(dict(event, open=True) if picture else event)
        self.revs[event.get("incident")] = event.get("rev")
        if not picture:
            self.seen = event["seq"]

    def wait(self, type_, match=None, seconds=DEADLINE_S):
        """The next frame of this type, from now on."""
        until = deadline(seconds)
        while True:
            check(left(until) > 0, "no %s frame in time" % type_)
            frame = self.recv(left(until) / SLOW)
            if frame["t"] == type_ and (match is None or match(frame)):
                return frame

    def follow(self, after=None, position=""):
        if self.welcome is None:
            self.wait("welcome")
        frame = {"t": "follow"}
        if after is not None:
            frame["after"] = after
            # What lies beyond the head is answered with what is open.
            self.seen = after if after <= self.welcome["head"] else 0
        if position:
            frame["position"] = position
        self.send(frame)

    def event(self, type_, seconds=DEADLINE_S, **members):
        """The first event of this type with these members, already here or yet to come."""
        until = deadline(seconds)
        looked = 0
        while True:
            for event in self.events[looked:]:
                data = dict(event["data"], incident=event.get("incident"), seq=event["seq"])
                if event["type"] == type_ and all(data.get(k) == v for k, v in members.items()):
                    return event
            looked = len(self.events)
            check(left(until) > 0, "no event %s %r in time" % (type_, members))
            self.recv(left(until) / SLOW)

    def until_seq(self, seq, seconds=DEADLINE_S):
        until = deadline(seconds)
        while self.seen < seq:
            self.recv(left(until) / SLOW)

    def ask(self, action, incident=None, id_=None, **members):
        """One `do`; the `done` or `refused` that answers it, once the feed has time for it. A state action is
        decided on what the feed holds now, unless the caller gives `if_rev`."""
        if action in STATE_ACTIONS and "if_rev" not in members and incident is not None:
            self.until_seq(self.daemon.head())
            members["if_rev"] = self.revs.get(incident, 0)
        frame = {"t": "do", "id": id_ or str(uuid.uuid4()), "action": action}
        if incident is not None:
            frame["incident"] = incident
        frame.update(members)
        self.send(frame)
        until = deadline()
        while True:
            got = self.recv(left(until) / SLOW)
            if got["t"] not in ("done", "refused") or got.get("id") != frame["id"]:
                continue
            if got.get("code") != "too_many" or left(until) == 0:
                return got
            select.select([], [], [], 1.0)  # It wants a pause.
            self.send(frame)

    def do(self, action, incident=None, **members):
        got = self.ask(action, incident, **members)
        check_eq(got["t"], "done", "%s: %r" % (action, got))
        return got["seq"]

    def refused(self, code, action, incident=None, **members):
        got = self.ask(action, incident, **members)
        check_eq((got["t"], got.get("code")), ("refused", code), "%s: %r" % (action, got))
        return got["message"]

    def closed(self, seconds=DEADLINE_S):
        """Reads on until the server ends the link; the close code."""
        until = deadline(seconds)
        try:
            while True:
                self.recv(left(until) / SLOW)
        except Closed:
            return self.close_code

    def close(self):
        pulse.links.discard(self)
        with self.sending:
            self.socket.close()


# --- the console on a terminal ---

KEYS = {
    "Enter": "\r",
    "Esc": "\x1b",
    "Tab": "\t",
    "Up": "\x1bOA",
    "Down": "\x1bOB",
    "F1": "\x1bOP",
    "F2": "\x1bOQ",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
    "F5": "\x1b[15~",
    "F9": "\x1b[20~",
    "C-c": "\x03",
    "C-l": "\x0c",
}


class Screen:
    """A program on a terminal that vtdrive keeps."""

    def __init__(
        self, argv, cols=80, rows=24, term="xterm-256color", home=None, env=None, answer=None, wrap=None
    ):
        """`env` adds to the environment, None takes away; `answer` is what the terminal says about
        mode 2026; `wrap` makes another environment of it."""
        self.home = home or scope.folder()
        whole = dict(environment(self.home, term), **(env or {}))
        whole = wrap(whole) if wrap else whole
        self.driver = scope.start(
            [VTDRIVE],
            env={name: value for name, value in whole.items() if value is not None},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        if answer is not None:
            self.ask("answer", answer.encode().hex())
        self.ask("spawn", cols, rows, term, *argv)

    def ask(self, *words):
        line = "\t".join(str(word) for word in words)
        self.driver.stdin.write((line + "\n").encode())
        self.driver.stdin.flush()
        answer = self.driver.stdout.readline()
        check(answer, "vtdrive ended at", words)
        answer = json.loads(answer)
        check("error" not in answer, words, answer.get("error"))
        return answer

    def answer(self, key):
        """Answers what stands on the screen, as fast as somebody reads it."""
        seen = time.monotonic()
        eventually(lambda: time.monotonic() - seen > 0.2, "it was read")
        return self.keys(key)

    def keys(self, *names):
        """Each a name of KEYS or a text that is typed as it stands."""
        typed = "".join(KEYS.get(name, name) for name in names)
        self.ask("keys", typed.encode().hex())
        return self

    def react(self, key, text, seconds=DEADLINE_S):
        """Types the key; milliseconds to the first byte that comes, and to the text on the screen."""
        typed = KEYS.get(key, key).encode().hex()
        got = self.ask("react", int(seconds * SLOW * 1000), typed, text)
        if not got["ok"]:
            raise Failure("%r is no answer to %r:\n%s" % (text, key, "\n".join(got["rows"])))
        return got["first_us"] / 1000, got["shown_us"] / 1000

    def wait(self, text, seconds=DEADLINE_S):
        got = self.ask("wait", int(seconds * SLOW * 1000), text)
        if not got["ok"]:
            raise Failure("%r is not on the screen:\n%s" % (text, "\n".join(got["rows"])))
        return got["rows"]

    def wait_gone(self, text, seconds=DEADLINE_S):
        got = self.ask("waitgone", int(seconds * SLOW * 1000), text)
        if not got["ok"]:
            raise Failure("%r is still on the screen:\n%s" % (text, "\n".join(got["rows"])))

    def dump(self):
        return self.ask("dump")["rows"]

    def text(self):
        return "\n".join(self.dump())

    def has(self, text):
        return text in self.text()

    def bells(self):
        return self.ask("bell")["count"]

    def bytes(self):
        return self.ask("bytes")["count"]

    def frames(self):
        return self.ask("frames")["count"]

    def raw(self):
        """What the program wrote since the last call, byte by byte."""
        return bytes.fromhex(self.ask("raw")["hex"])

    def resize(self, cols, rows):
        self.ask("resize", cols, rows)

    def is_clean(self):
        """The terminal as it was before: settings, screen, cursor."""
        state = self.ask("state")
        return {
            "termios": state["termios"],
            "altscreen": state["altscreen"],
            "cursor": state["cursor"],
            "mouse": state["mouse"],
        } == {"termios": True, "altscreen": False, "cursor": True, "mouse": 0}

    def state(self):
        return self.ask("state")

    def kill(self, number):
        self.ask("kill", int(number))

    def hangup(self):
        self.ask("hangup")

    def exited(self, seconds=DEADLINE_S):
        """(exit status, signal); one of them is None."""
        got = self.ask("exited", int(seconds * SLOW * 1000))
        check(got["ok"], "the program did not end")
        return got["status"], got["signal"]

    @property
    def pid(self):
        return self.ask("pid")["pid"]

    def cpu_ms(self):
        """Processor time of the program so far, all its threads."""
        folder = "/proc/%d/task" % self.pid
        spent = 0
        for task in os.listdir(folder):
            with open(os.path.join(folder, task, "schedstat"), encoding="ascii") as file:
                spent += int(file.read().split()[0])
        return spent / 1e6

    def wakeups(self):
        """How often the program, all its threads, went to sleep to wait for something."""
        folder = "/proc/%d/task" % self.pid
        count = 0
        for task in os.listdir(folder):
            with open(os.path.join(folder, task, "status"), encoding="ascii") as file:
                count += int(file.read().split("\nvoluntary_ctxt_switches:")[1].split()[0])
        return count

    def writes(self):
        """How many calls of the program wrote something, anywhere."""
        with open("/proc/%d/io" % self.pid, encoding="ascii") as file:
            return int(file.read().split("syscw:")[1].split()[0])


class Console(Screen):
    """The real siaga."""

    def __init__(self, daemon=None, name=None, args=(), state=None, cols=120, rows=40, **options):
        home = scope.folder()
        self.state_dir = state or os.path.join(home, "siaga-state")
        argv = [SIAGA]
        if daemon is not None:
            argv += ["--feed", daemon.url, "--token-file", daemon.token_file(name)]
        argv += ["--state", self.state_dir, *args]
        super().__init__(argv, cols, rows, home=home, **options)

    def quit(self):
        self.wait_gone("OUTBOX")  # :quit asks again while something is not confirmed
        self.keys(":quit", "Enter")
        check_eq(self.exited(), (0, None), "exit of the console")


# --- very much at once ---


class Flood:
    """So many events a second from somebody else, until it is left: notes on what is open, and some new
    alarms among them. In a thread, so that the test can watch what that does to a console."""

    STEP_S = 0.05
    EACH = 15  # a second, with one token: of more the feed would have none

    def __init__(self, daemon, incidents, rate, alarms=0):
        self.daemon = daemon
        self.incidents = incidents
        self.rate = rate
        self.alarms = alarms
        self.sent = 0
        self.wrong = None
        self.over = threading.Event()
        self.feeds = []
        for number in range(rate // self.EACH + 1):
            if "banjir%d" % number not in daemon.tokens:
                daemon.token("banjir%d" % number, "operator")
            self.feeds.append(Feed(daemon, "banjir%d" % number))
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.started = time.monotonic()
        self.head = self.daemon.head()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for feed in self.feeds:
            feed.close()
        check(self.wrong is None, "the flood dried up:", self.wrong)

    def per_second(self):
        """Events that the log has really taken."""
        return (self.daemon.head() - self.head) / (time.monotonic() - self.started)

    def _run(self):
        try:
            while not self.over.wait(self._step()):
                pass
        except Exception as error:  # said by the thread that waits for this one
            self.wrong = repr(error)

    def _step(self):
        """One spoonful; the seconds until the next."""
        due = int((time.monotonic() - self.started + self.STEP_S) * self.rate) - self.sent
        for _ in range(min(due, 4 * int(self.rate * self.STEP_S) + 1)):
            self.sent += 1
            if self.alarms and self.sent % (self.rate // self.alarms) == 0:
                self.daemon.alarm(kind="traffic", priority="P4", place="Banjir %d" % self.sent)
                continue
            frame = {
                "t": "do",
                "id": str(uuid.uuid4()),
                "incident": self.incidents[self.sent % len(self.incidents)],
                "action": "note",
                "note": "catatan %d" % self.sent,
            }
            self.feeds[self.sent % len(self.feeds)].send(frame)
        # What comes back is thrown away unread: whoever does not take it would be cut off.
        for feed in self.feeds:
            feed.socket.setblocking(False)
            try:
                while feed.socket.recv(1 << 20):
                    pass
            except BlockingIOError:
                pass
            feed.socket.settimeout(DEADLINE_S * SLOW)
        next_s = self.started + (self.sent + 1) / self.rate - self.STEP_S
        return max(0.0, min(self.STEP_S, next_s - time.monotonic()))


# --- TAP ---


def todo(why):
    """Marks a test of something that is known not to hold yet: it fails without failing the suite."""

    def mark(test):
        test.todo = why
        return test

    return mark


def takes(seconds):
    """A test that needs more than a minute."""

    def mark(test):
        test.seconds = seconds
        return test

    return mark


def figure(what, value, limit=None):
    """A measurement, into the test's output."""
    print("# %s: %s%s" % (what, value, "" if limit is None else " (limit %s)" % limit), flush=True)


def run(names):
    """Runs every test_* of a module's globals in the order written; ends the program."""
    tests = [(name, f) for name, f in names.items() if name.startswith("test_") and callable(f)]
    only = sys.argv[1:]
    if only:
        tests = [(name, f) for name, f in tests if name in only]
    print("1..%d" % len(tests), flush=True)
    failed = 0

    def too_long(*_):
        raise Failure("the test's deadline passed")

    signal.signal(signal.SIGALRM, too_long)
    for number, (name, test) in enumerate(tests, 1):
        label = "%d - %s" % (number, name[len("test_") :].replace("_", " "))
        later = " # TODO " + test.todo if hasattr(test, "todo") else ""
        started = time.monotonic()
        signal.alarm(int(getattr(test, "seconds", 60) * SLOW))
        try:
            test()
            print("ok %s # %.2fs" % (label, time.monotonic() - started), flush=True)
            if later:
                print("# it holds now: take the mark away (%s)" % test.todo, flush=True)
        except Skipped as reason:
            print("ok %s # SKIP %s" % (label, reason), flush=True)
        except Exception as error:  # a broken test fails, and the next one runs
            failed += not later
            print("not ok %s%s" % (label, later))
            text = str(error) if isinstance(error, Failure) else traceback.format_exc()
            where = traceback.extract_tb(error.__traceback__)
            here = [f for f in where if f.name.startswith("test_")]
            if here:
                text = "%s:%d: %s" % (os.path.basename(here[-1].filename), here[-1].lineno, text)
            for line in text.splitlines():
                print("# " + line)
            sys.stdout.flush()
            # The test runner shows what it read of the plan no more, but this it shows.
            print("%s\n%s" % (label, text), file=sys.stderr, flush=True)
        finally:
            signal.alarm(0)
            scope.finish()
    sys.exit(1 if failed else 0)
