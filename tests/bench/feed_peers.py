"""What the measurements of the feed share: a siagad of their own, and the peers beside it. All of them listen on
loopback, live in a folder of their own and are ended by their process id, whatever happens."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

import bench
from siaga_test import scope, start_feed

PEER_USER = "postgres"  # PostgreSQL does not run as root
FREE = {"intake_rate": 100000, "intake_burst": 100000, "per_address": 60000, "connections": 60000}
READY_S = 20


def tool(name):
    return os.path.join(bench.BIN, name)


def told(words):
    """The one JSON object that a program of this folder says."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError("%s ended with %d: %s" % (words[0], done.returncode, done.stderr))
    return json.loads(done.stdout)


def free_feed(**options):
    """A siagad that takes all that comes; what it measures is the work, not the manners."""
    return start_feed(limits=FREE, **options)


def free_port():
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return link.getsockname()[1]


def wait_port(port, child):
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if child.poll() is not None:
                break
            time.sleep(0.02)  # asked again, not guessed
    raise RuntimeError("%s does not listen" % child.args[0])


class Peer:
    """A program with a port; leave it by `with`."""

    def __init__(self):
        self.port, self.folder, self.child = free_port(), tempfile.mkdtemp(prefix="siaga-bench-"), None

    @property
    def pid(self):
        return self.child.pid

    def start(self, words, **options):
        self.child = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        wait_port(self.port, self.child)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.child is not None:
            self.child.terminate()
            self.child.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


class Bare(Peer):
    """The least that an intake can be: an answer to every POST, after the sync of one page."""

    def begin(self):
        self.start([tool("http_limit"), str(self.port), os.path.join(self.folder, "page")])


class Nats(Peer):
    """Its websocket listener; nothing is compressed and nothing is kept."""

    PROGRAM, KIND = "nats-server", "nats"

    def begin(self):
        path = self.write("nats.conf", "host: 127.0.0.1\nport: %d\n"
                          "websocket { host: 127.0.0.1, port: %d, no_tls: true }\n" % (free_port(), self.port))
        self.start([bench.program(self.PROGRAM), "-c", path])


class Mosquitto(Peer):
    """Its websockets listener; it may queue without end, so that nothing is dropped."""

    PROGRAM, KIND = "mosquitto", "mqtt"

    def begin(self):
        # It does not start with nothing but websockets.
        path = self.write("mosquitto.conf", "listener %d 127.0.0.1\nlistener %d 127.0.0.1\nprotocol websockets\n"
                          "allow_anonymous true\nmax_queued_messages 0\nset_tcp_nodelay true\n"
                          "websockets_log_level 0\n" % (free_port(), self.port))
        self.start([bench.program(self.PROGRAM), "-c", path])


class Postgres(Peer):
    """A cluster of its own, fsync on, everything else as Debian's initdb leaves it."""

    INSERT = "INSERT INTO alarm(body) VALUES ('%s');\n"

    @staticmethod
    def find(name):
        folder = "/usr/lib/postgresql"
        versions = sorted(os.listdir(folder), key=float) if os.path.isdir(folder) else []
        path = os.path.join(folder, versions[-1], "bin", name) if versions else ""
        return path if os.access(path, os.X_OK) else None

    def begin(self):
        as_root = os.geteuid() == 0
        options = {"user": PEER_USER, "cwd": "/"} if as_root else {"cwd": "/"}
        if as_root:
            shutil.chown(self.folder, PEER_USER)
        data = os.path.join(self.folder, "data")
        subprocess.run([self.find("initdb"), "-D", data, "-A", "trust", "--no-instructions"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **options)
        self.start([self.find("postgres"), "-D", data, "-p", str(self.port), "-k", self.folder,
                    "-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "max_connections=100"], **options)
        self.user = PEER_USER if as_root else os.environ.get("USER", "")
        self._ready()
        self.script = self.write("insert.sql", self.INSERT % ("x" * 400))

    def _ready(self):
        """It listens before it takes anybody."""
        until = time.monotonic() + READY_S
        words = [self.find("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-q", "-d", "postgres",
                 "-c", "CREATE TABLE IF NOT EXISTS alarm(seq bigserial PRIMARY KEY, body text NOT NULL)"]
        while subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            if time.monotonic() > until:
                raise RuntimeError("PostgreSQL takes nobody")
            time.sleep(0.05)

    def _cpu_s(self):
        """Of the server and of all that have worked for a client and ended."""
        with open("/proc/%d/stat" % self.pid, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def _children(self):
        with open("/proc/%d/task/%d/children" % (self.pid, self.pid), encoding="ascii") as file:
            return len(file.read().split())

    def _wait_gone(self, children):
        """What has worked for a client counts when it has been waited for."""
        until = time.monotonic() + READY_S
        while self._children() > children and time.monotonic() < until:
            time.sleep(0.01)

    def insert(self, clients, seconds):
        """By pgbench, prepared, the connections made before, and without the first second, in which it is slower:
        inserts a second, and a second of its processor."""
        before, children = self._cpu_s(), self._children()
        done = subprocess.run(
            [self.find("pgbench"), "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-n", "-M", "prepared",
             "-c", str(clients), "-j", "1", "-T", str(seconds + 1), "-P", "1", "-f", self.script, "postgres"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
        all_s = next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps = "))
        each = [float(line.split()[3]) for line in done.stderr.splitlines() if line.startswith("progress: ")]
        self._wait_gone(children)
        return statistics.mean(each[1:]), all_s * (seconds + 1) / max(0.01, self._cpu_s() - before)

    def __exit__(self, *_):
        if self.child is not None:
            self.child.send_signal(2)  # what is connected is sent away
            self.child.wait(timeout=30)
            self.child = None
        super().__exit__()


def finish():
    """All that siaga_test has started for us."""
    scope.finish()
