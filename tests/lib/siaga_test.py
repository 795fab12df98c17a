"""What the tests of the real programs share: a feed, HTTP, a websocket console, a terminal, TAP.

Programs come from the environment: SIAGA, SIAGAD, VTDRIVE; SIAGA_DATA is the registry that ships.
Everything runs on loopback in a directory of its own and is gone after the test; nothing waits
without a deadline.
"""

import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

TEST_S = 100  # one test; meson ends the whole file after 120
WAIT_S = 10  # one thing to happen


class Failed(Exception):
    """Something is not as it has to be."""


def check(condition, text):
    if not condition:
        raise Failed(text() if callable(text) else text)


def equal(found, wanted, what):
    check(found == wanted, f"{what}: {found!r}, wanted {wanted!r}")


def program(name):
    path = os.environ.get(name, "")
    check(path, f"{name} is not in the environment")
    return os.path.abspath(path)


def environment(home):
    """The same on every machine."""
    env = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": home,
        "TMPDIR": home,
        "TERM": "xterm-256color",
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        env[f"XDG_{name}_HOME"] = os.path.join(home, name.lower())
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    return env


def wait_until(condition, what, seconds=WAIT_S):
    """Asks again and again; for what offers nothing to wait on."""
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, f"not within {seconds} s: {what}")
        select.select([], [], [], 0.02)


class Siagad:
    """The real feed in a directory of its own, on a port that it picks and then keeps."""

    def __init__(self, home, args=()):
        self.home = home
        self.dir = os.path.join(home, "feed")
        self.args = list(args)
        self.env = environment(home)
        self.process = None
        self.port = 0
        self.said = []

    def command(self, *args, ok=True):
        """Runs siagad with these words to its end."""
        done = subprocess.run(
            [program("SIAGAD"), *args],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        if ok:
            equal(done.returncode, 0, f"siagad {' '.join(args)}: {done.stderr}")
        return done

    def token(self, name, role, agency=None):
        args = ["token", "add", name, "--role", role, "--data", self.dir]
        done = self.command(*args, *(["--agency", agency] if agency else []))
        lines = done.stdout.splitlines()
        check(len(lines) == 1 and len(lines[0]) >= 32, f"token alone on a line: {done.stdout!r}")
        return lines[0]

    def token_file(self, name, role, agency=None):
        path = os.path.join(self.home, f"{name}.token")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self.token(name, role, agency) + "\n")
        return path

    def load_registry(self, path=None, ok=True):
        path = path or program("SIAGA_DATA")
        return self.command("registry", "load", path, "--data", self.dir, ok=ok)

    def start(self):
        listen = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [program("SIAGAD"), "--data", self.dir, "--listen", listen, *self.args],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.port = self._read_port()
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        return self

    def _read_port(self):
        deadline = time.monotonic() + WAIT_S
        text = b""
        fd = self.process.stderr.fileno()
        while True:
            found = re.search(rb"^siagad: listening on (\S+):(\d+)$", text, re.M)
            if found:
                return int(found.group(2))
            left = deadline - time.monotonic()
            check(left > 0, f"siagad does not listen: {text!r}")
            if select.select([fd], [], [], left)[0]:
                more = os.read(fd, 4096)
                check(more, f"siagad ended at once: {text!r}")
                text += more

    def _listen(self, process):
        """Keeps what it says afterwards; a full pipe would stop it."""
        for line in process.stderr:
            self.said.append(line.decode("utf-8", "replace").rstrip())

    def kill(self, signum=signal.SIGKILL):
        self.process.send_signal(signum)
        code = self.process.wait(30)
        self.process = None
        return code

    def restart(self):
        """After a kill: the same directory and port."""
        return self.start()

    def stop(self):
        code = self.kill(signal.SIGTERM)
        equal(code, 0, f"siagad's exit status on SIGTERM ({self.said})")

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    # --- HTTP ---

    def http(self, method, path, token=None, body=None, headers=None, connection=None):
        """(status, answer): the answer as JSON where it is JSON, else as text."""
        head = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            head["Authorization"] = f"Bearer {token}"
        head.update(headers or {})
        head = {name: value for name, value in head.items() if value is not None}
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        link = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.request(method, path, body, head)
            answer = link.getresponse()
            data = answer.read()
        finally:
            if not connection:
                link.close()
        if "json" in (answer.getheader("content-type") or ""):
            return answer.status, json.loads(data)
        return answer.status, data.decode("utf-8", "replace")

    def raw(self, data):
        """Bytes as they are; returns all that comes back until the end or a second of silence."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as link:
            link.sendall(data)
            link.settimeout(1)
            answer = b""
            try:
                while more := link.recv(65536):
                    answer += more
            except (TimeoutError, ConnectionResetError):
                pass
            return answer

    def post(self, token, key=None, connection=None, **members):
        """An alarm that is taken; returns {"alarm", "incident", "number", "seq"}."""
        headers = {"Idempotency-Key": key} if key else None
        body = {"lat": -7.5661, "lon": 110.8283, **members}
        status, answer = self.http("POST", "/v1/alarms", token, body, headers, connection)
        equal(status, 201, f"POST /v1/alarms: {answer}")
        return answer

    def head(self):
        status, answer = self.http("GET", "/healthz")
        equal(status, 200, "GET /healthz")
        return answer["head"]


class Feed:
    """A small RFC 6455 client for siaga.v1; frames are collected by a thread of its own."""

    def __init__(self, port, token, subprotocol="siaga.v1", path="/v1/feed"):
        self.frames = []
        self.closed = None  # close code; 0 when the link just broke
        self.status = 0
        self._taken = 0
        self._more = threading.Condition()
        self._data = b""
        self._link = socket.create_connection(("127.0.0.1", port), WAIT_S)
        self._link.settimeout(WAIT_S)
        self._handshake(port, token, subprotocol, path)
        self._link.settimeout(None)
        self._thread = threading.Thread(target=self._read, daemon=True)
        if self.status == 101:
            self._thread.start()

    def _handshake(self, port, token, subprotocol, path):
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        if subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
        if token:
            lines.append(f"Authorization: Bearer {token}")
        self._link.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            while b"\r\n\r\n" not in self._data:
                more = self._link.recv(4096)
                if not more:
                    break
                self._data += more
        except ConnectionResetError:
            pass
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        found = re.match(rb"HTTP/1\.1 (\d+)", head)
        self.status = int(found.group(1)) if found else 0
        if self.status == 101:
            guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            want = base64.b64encode(hashlib.sha1((key + guid).encode()).digest())
            check(want in head, "Sec-WebSocket-Accept is wrong")

    # --- bytes ---

    def _need(self, count):
        while len(self._data) < count:
            more = self._link.recv(1 << 16)
            if not more:
                raise ConnectionError("closed")
            self._data += more
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def _read_frame(self):
        first, second = self._need(2)
        check(second & 0x80 == 0, "the server masks")
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self._need(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._need(8))
        return first & 0x80, first & 0x0F, self._need(size)

    def _read(self):
        text, code = b"", 0
        try:
            while True:
                final, opcode, data = self._read_frame()
                if opcode == 9:
                    self.send_raw(data, 10)
                elif opcode == 8:
                    code = struct.unpack("!H", data[:2])[0] if len(data) >= 2 else 1005
                    break
                elif opcode in (0, 1):
                    text += data
                    if final:
                        frame = json.loads(text.decode())
                        text = b""
                        with self._more:
                            self.frames.append(frame)
                            self._more.notify_all()
        except (OSError, ValueError, Failed) as error:
            if not isinstance(error, OSError):
                print(f"# websocket: {error}", file=sys.stderr)
        with self._more:
            self.closed = code
            self._more.notify_all()

    def send_raw(self, data, opcode=1, final=True):
        mask = secrets.token_bytes(4)
        head = bytes([(0x80 if final else 0) | opcode])
        if len(data) < 126:
            head += bytes([0x80 | len(data)])
        elif len(data) < 65536:
            head += bytes([0x80 | 126]) + struct.pack("!H", len(data))
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", len(data))
        body = bytes(byte ^ mask[i & 3] for i, byte in enumerate(data))
        self._link.sendall(head + mask + body)

    # --- frames ---

    def send(self, frame):
        self.send_raw(json.dumps(frame).encode())

    def wait(self, wanted, what, seconds=WAIT_S):
        """First frame, from the first one on, of which wanted(frame) holds."""
        deadline = time.monotonic() + seconds
        seen = 0
        with self._more:
            while True:
                for frame in self.frames[seen:]:
                    if wanted(frame):
                        return frame
                seen = len(self.frames)
                left = deadline - time.monotonic()
                check(left > 0, lambda: f"not within {seconds} s: {what}; last {self.frames[-3:]}")
                check(self.closed is None, lambda: f"link ended ({self.closed}) before: {what}")
                self._more.wait(left)

    def wait_closed(self, seconds=WAIT_S):
        with self._more:
            check(self._more.wait_for(lambda: self.closed is not None, seconds), "still open")
        return self.closed

    def welcome(self):
        return self.wait(lambda frame: frame["t"] == "welcome", "welcome")

    def follow(self, after=None, position=""):
        """Follows and waits until it has caught up."""
        frame = {"t": "follow", "position": position}
        if after is not None:
            frame["after"] = after
        self.send(frame)
        return self.wait(lambda frame: frame["t"] == "live", "live", 30)

    def events(self):
        with self._more:
            frames = list(self.frames)
        return [event for frame in frames if frame["t"] == "events" for event in frame["events"]]

    def wait_event(self, kind, seconds=WAIT_S, **members):
        """First event of the type whose members, also those of its data, are these."""

        def is_it(event):
            both = {**event.get("data", {}), **event}
            return event["type"] == kind and all(both.get(k) == v for k, v in members.items())

        def has_it(frame):
            return frame["t"] == "events" and any(map(is_it, frame["events"]))

        frame = self.wait(has_it, f"{kind} {members}", seconds)
        return next(filter(is_it, frame["events"]))

    def wait_seq(self, seq, seconds=WAIT_S):
        """Until the event with this seq has come."""

        def has_it(frame):
            return frame["t"] == "events" and frame["events"][-1]["seq"] >= seq

        self.wait(has_it, f"seq {seq}", seconds)

    def rev(self, incident):
        """Rev of an incident as the events so far tell it."""
        return [event["rev"] for event in self.events() if event.get("incident") == incident][-1]

    def ask(self, action, incident=None, id=None, **members):
        """Sends a `do`; returns the `done` or `refused` that answers it."""
        id = id or new_id()
        frame = {"t": "do", "id": id, "action": action, **members}
        if incident:
            frame["incident"] = incident
        with self._more:
            before = len(self.frames)
        self.send(frame)

        def answers(frame):
            return frame["t"] in ("done", "refused") and frame["id"] == id

        deadline = time.monotonic() + WAIT_S
        with self._more:
            while True:
                for frame in self.frames[before:]:
                    if answers(frame):
                        return frame
                left = deadline - time.monotonic()
                check(left > 0, f"no answer to {action}")
                check(self.closed is None, f"link ended ({self.closed}) on {action}")
                self._more.wait(left)

    def do(self, action, incident=None, **members):
        """The same, and it has to be done; takes the rev that is known where none is said."""
        answer = self.ask(action, incident, **members)
        equal(answer["t"], "done", f"{action}: {answer}")
        return answer

    def change(self, action, incident, **members):
        """A change of state, on the rev as it is known here."""
        answer = self.do(action, incident, if_rev=self.rev(incident), **members)
        self.wait_seq(answer["seq"])
        return answer

    def close(self):
        try:
            self._link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._link.close()


def new_id():
    text = secrets.token_hex(16)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


KEYS = {
    "Enter": "\r",
    "Esc": "\x1b",
    "Tab": "\t",
    "Down": "\x1bOB",
    "Up": "\x1bOA",
    "Backspace": "\x7f",
    "Ctrl-C": "\x03",
    "Ctrl-L": "\x0c",
    "F1": "\x1bOP",
    "F2": "\x1bOQ",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
    "F5": "\x1b[15~",
}


class Console:
    """The real console on a terminal of its own."""

    def __init__(self, home, args, cols=80, rows=24, term="xterm-256color", argv=None, env=None):
        self.driver = subprocess.Popen(
            [program("VTDRIVE")],
            env={**environment(home), **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
        )
        argv = argv or [program("SIAGA"), *args]
        started = self.drive("spawn", cols, rows, term, *argv)
        check(started["ok"], f"{argv[0]}: {started.get('error')}")
        self.pid = started["pid"]

    def drive(self, *fields):
        self.driver.stdin.write("\t".join(str(field) for field in fields) + "\n")
        self.driver.stdin.flush()
        line = self.driver.stdout.readline()
        check(line, f"vtdrive ended on {fields[0]}")
        return json.loads(line)

    def keys(self, *keys):
        """Names of KEYS, or text as it is typed."""
        for key in keys:
            self.drive("keys", KEYS.get(key, key).encode().hex())

    def _waited(self, answer, what):
        if not answer["ok"]:
            rows = "\n".join(answer.get("rows", []))
            raise Failed(f"{what}; ended: {answer.get('ended')}; the screen:\n{rows}")

    def wait(self, *texts, seconds=WAIT_S):
        for text in texts:
            self._waited(self.drive("wait", text, int(seconds * 1000)), f"not shown: {text!r}")

    def wait_gone(self, text, seconds=WAIT_S):
        self._waited(self.drive("waitgone", text, int(seconds * 1000)), f"still there: {text!r}")

    def settle(self, quiet_ms=80, seconds=3):
        self.drive("settle", quiet_ms, int(seconds * 1000))

    def screen(self):
        return self.drive("dump")["rows"]

    def text(self):
        return "\n".join(self.screen())

    def row(self, text):
        """The first row that holds the text."""
        for row in self.screen():
            if text in row:
                return row
        raise Failed(f"no row with {text!r}:\n{self.text()}")

    def bells(self):
        """Rings since it was last asked."""
        return self.drive("bell")["count"]

    def written(self):
        """Bytes that went to the terminal since it was last asked."""
        return bytes.fromhex(self.drive("raw")["hex"])

    def state(self):
        return self.drive("state")

    def line(self, text):
        """A command by name."""
        self.keys(":")
        self.wait(":")
        self.keys(text, "Enter")

    def send(self, signum):
        self.drive("kill", int(signum))

    def ended(self, seconds=WAIT_S):
        """("exit", status) or ("signal", number)."""
        answer = self.drive("exited", int(seconds * 1000))
        self._waited(answer, "does not end")
        return ("signal", answer["signal"]) if "signal" in answer else ("exit", answer["exit"])

    def clean(self):
        """The terminal was left as it was found."""
        state = self.state()
        equal(state["modes_left"], "", "modes left behind")
        check(not state["altscreen"], "still on the alternate screen")
        check(state["cursor"], "the cursor is hidden")

    def close(self):
        if self.driver.poll() is None:
            self.driver.stdin.close()
            try:
                self.driver.wait(10)
            except subprocess.TimeoutExpired:
                self.driver.kill()
                self.driver.wait(10)
        self.driver.stdout.close()


class Case:
    """What one test uses; all of it ends with the test."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="siaga-test-")
        self.open = []

    def keep(self, thing):
        self.open.append(thing)
        return thing

    def siagad(self, registry=True, args=()):
        feed = self.keep(Siagad(self.home, args))
        if registry:
            feed.load_registry()
        return feed.start()

    def feed(self, siagad, token, **options):
        return self.keep(Feed(siagad.port, token, **options))

    def follower(self, siagad, name, role="operator", agency=None, after=None, position=""):
        """A new token and a link with it that has caught up."""
        feed = self.feed(siagad, siagad.token(name, role, agency))
        feed.follow(after, position)
        return feed

    def console(self, args, **options):
        return self.keep(Console(self.home, args, **options))

    def operator(self, siagad, name="ayu", role="operator", agency=None, state=None, **options):
        """A console on the feed that shows LIVE; its token and cache go by its name."""
        path = os.path.join(self.home, f"{name}.token")
        if not os.path.exists(path):
            siagad.token_file(name, role, agency)
        args = [
            *("--feed", f"ws://127.0.0.1:{siagad.port}/v1/feed"),
            *("--token-file", path),
            *("--state", state or os.path.join(self.home, f"{name}.state")),
            *("--position", "meja1"),
        ]
        console = self.console(args, **options)
        console.wait("LIVE")
        return console

    def close(self):
        for thing in reversed(self.open):
            try:
                thing.close()
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                print(f"# closing: {error}")
        shutil.rmtree(self.home, ignore_errors=True)


class Late(Exception):
    pass


def _run_one(test):
    def on_alarm(_signum, _frame):
        raise Late(f"not done after {TEST_S} s")

    signal.signal(signal.SIGALRM, on_alarm)
    signal.alarm(TEST_S)
    case = Case()
    try:
        test(case)
        return None
    except (Exception, KeyboardInterrupt) as error:
        where = "" if isinstance(error, Late) else traceback.format_exc(limit=-3)
        return f"{type(error).__name__}: {error}\n{where}"
    finally:
        signal.alarm(0)
        case.close()


def run(names):
    """Runs every test_* of a module's globals() and prints TAP; arguments pick some by name."""
    tests = [value for name, value in names.items() if name.startswith("test_")]
    if len(sys.argv) > 1:
        tests = [test for test in tests if test.__name__ in sys.argv[1:]]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        error = _run_one(test)
        name = test.__name__[len("test_") :].replace("_", " ")
        print(f"{'not ok' if error else 'ok'} {number} - {name}")
        if error:
            failed += 1
            for line in error.splitlines():
                print(f"# {line}")
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
