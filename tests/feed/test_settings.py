"""siagad.conf: what it says is done, what is wrong in it is told with its place, and the command line wins."""

import os
import signal
import subprocess

from siaga_test import SIAGAD, SLOW, Feed, Siagad, check, check_eq, environment, eventually, run, scope


class Room:
    """A folder with a siagad.conf."""

    def __init__(self, text=""):
        self.home = scope.folder()
        self.config = os.path.join(self.home, "siagad.conf")
        self.write(text)

    def write(self, text, mode=0o600):
        with open(self.config, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(self.config, mode)
        return self

    def run(self, *words):
        done = subprocess.run([SIAGAD, *words, "--config", self.config], env=environment(self.home),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20 * SLOW,
                              check=False, cwd=self.home)
        return done.returncode, done.stdout, done.stderr

    def check(self):
        return self.run("--check-config")


def test_a_good_file_is_good():
    room = Room("# the whole of it\n[feed]\ndata = feed\nlisten = 127.0.0.1:7112\nmode = exercise\n"
                "[limits]\nconnections = 100\nper_address = 60000\n; no more\n")
    check_eq(room.check(), (0, "OK %s\n" % room.config, ""), "--check-config")
    check_eq(Room().check()[0], 0, "an empty one")
    check_eq(Room("\ufeff[feed]\r\nmode = test\r\n").check()[0], 0, "as another system writes it")


def test_all_errors_are_told_with_their_lines():
    room = Room("data = x\n[feed]\nmode = peace\nmood = test\nlisten\n[fed]\ndata = x\n"
                "[limits]\nconnections = many\nintake_rate = 0\nbad_rate = 1\nbad_rate = 2\n"
                "certificate = x\n[tls]\nclients = perhaps\n[feed\n")
    status, out, text = room.check()
    check_eq((status, out), (3, ""), text)
    lines = text.splitlines()
    for line, *parts in (
        (1, '"data" stands before the first [section]'),
        (3, 'mode = "peace": must be one of actual, exercise, test'),
        (4, '[feed] has no "mood"; did you mean "mode"?'),
        (5, '"listen" is neither'),
        (6, "there is no section [fed]", 'did you mean "feed"?'),
        (9, 'connections = "many": must be a number from 1 to 60000'),
        (10, 'intake_rate = "0": must be a number from 1 to 100000'),
        (12, '"bad_rate" is in line 11 already'),
        (13, '"certificate" belongs into [tls], not [limits]'),
        (15, 'clients = "perhaps": must be one of no, ask, require'),
        (16, "the ] of the section is missing"),
    ):
        place = "siagad: %s:%d: " % (room.config, line)
        check(any(said.startswith(place) and all(part in said for part in parts) for said in lines), line, parts, text)
    check_eq(len(lines), 11, text)
    # Nothing is done with half of a configuration.
    for words in (("--data", "feed", "--listen", "127.0.0.1:0"), ("token", "list", "--data", "feed")):
        status, out, said = room.run(*words)
        check_eq((status, out), (3, ""), words)
        check_eq(said, text, "the same is told")
    check(not os.path.exists(os.path.join(room.home, "feed")), "nothing is made")


def test_what_does_not_go_together_is_told():
    for text, part in (
        ("[tls]\ncertificate = a.pem\n", "certificate and key go together: there is no key"),
        ("[tls]\nkey = a.key\n", "certificate and key go together: there is no certificate"),
        ("[tls]\nclients = require\n", "clients is of no use without certificate"),
        ("[tls]\nclient_ca = ca.pem\n", "client_ca is of no use without certificate"),
        ("[tls]\ncertificate = a.pem\nkey = a.key\nclients = ask\n", "clients = ask needs client_ca"),
        ("[tls]\ncertificate = a.pem\nkey = a.key\nclient_ca = ca.pem\n", "client_ca is of no use with clients = no"),
    ):
        room = Room(text)
        status, _, said = room.check()
        check_eq(status, 3, text)
        check(part in said and room.config in said, said)


def test_files_that_cannot_be_read():
    room = Room()
    status, out, text = Room.run(room, "--check-config")
    check_eq(status, 0, text)
    os.unlink(room.config)
    status, out, text = room.check()
    check_eq((status, out, text), (3, "", "siagad: %s: No such file or directory\n" % room.config), "missing")
    os.mkdir(room.config)
    check_eq(room.check(), (3, "", "siagad: %s: not a file\n" % room.config), "a folder")
    os.rmdir(room.config)
    os.mkfifo(room.config)
    check_eq(room.check(), (3, "", "siagad: %s: not a file\n" % room.config), "a pipe")
    os.unlink(room.config)
    room.write(b"[feed]\nmode = \xff\n")
    check("siagad.conf:2: the line is not UTF-8" in room.check()[2], "not UTF-8")
    room.write("[feed]\ndata = " + "x" * 5000 + "\n")
    check("siagad.conf:2: the line is longer than" in room.check()[2], "a long line")
    room.write("[feed]\ndata = " + "x" * 2000 + "\n")
    check("data: longer than 1023 bytes" in room.check()[2], "a long value")
    room.write("#" * (1 << 20) + "x")
    check("larger than 1 MiB" in room.check()[2], "a large file")
    room.write("[feed]\nmode = test\n", 0o622)
    status, out, text = room.check()
    check_eq(status, 0, text)
    check("others may change it; chmod go-w " + room.config in text, text)


class Configured(Siagad):
    """A siagad that is told where and how by its file."""

    def __init__(self, config):
        super().__init__(registry=False)
        self.config = config

    def begin(self, *words):
        self.child = scope.start([SIAGAD, "--config", self.config, *words], env=environment(self.home),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        os.set_blocking(self.child.stderr.fileno(), False)
        line = eventually(self._listening, lambda: "siagad listens; it said %r" % self.errors)
        self.port = int(line.rsplit(b":", 1)[1])
        return self


def test_the_file_says_where_and_how():
    room = Room("[feed]\ndata = kept\nlisten = 127.0.0.1:0\nmode = exercise\n"
                "[limits]\nintake_burst = 3\nintake_rate = 1\n")
    # What works on the data needs no --data, and a path begins at the file.
    status, token, text = room.run("token", "add", "app", "--role", "intake")
    check_eq(status, 0, text)
    check(os.path.exists(os.path.join(room.home, "kept", "admin.db")), "a relative path begins at the file")
    status, operator, text = room.run("token", "add", "ayu", "--role", "operator")
    check_eq(room.run("token", "list")[1].count("\n"), 2, "the tokens")
    feed = Configured(room.config)
    feed.tokens = {"app": token.strip(), "ayu": operator.strip()}
    feed.begin()
    feed.alarm()
    desk = Feed(feed, "ayu")
    check_eq(desk.events[0]["data"].get("mode", desk.events[0].get("mode")), "exercise", desk.events[0])
    statuses = [feed.http("GET", "/v1/alarms/x", "app").status for _ in range(6)]
    check(429 in statuses, "the limit of the file is in force:", statuses)
    feed.stop()


def test_the_command_line_wins():
    room = Room("[feed]\ndata = kept\nlisten = 127.0.0.1:1\nmode = exercise\n")
    data = os.path.join(room.home, "other")
    status, token, text = room.run("token", "add", "app", "--role", "intake", "--data", data)
    check_eq(status, 0, text)
    operator = room.run("token", "add", "ayu", "--role", "operator", "--data", data)[1]
    feed = Configured(room.config)
    feed.tokens = {"app": token.strip(), "ayu": operator.strip()}
    feed.begin("--data", data, "--listen", "127.0.0.1:0", "--mode", "test")
    feed.alarm()
    event = Feed(feed, "ayu").events[0]
    check_eq(event["data"].get("mode", event.get("mode")), "test", event)
    check(not os.path.exists(os.path.join(room.home, "kept")), "the folder of the file is left alone")
    feed.stop()


def test_a_hangup_without_tls_does_nothing():
    room = Room("[feed]\ndata = kept\nlisten = 127.0.0.1:0\n")
    feed = Configured(room.config).begin()
    feed.child.send_signal(signal.SIGHUP)
    check_eq(feed.http("GET", "/healthz").status, 200, "it goes on")
    feed.stop()
    said = [line for line in feed.errors.splitlines() if not line.startswith(b"siagad: runs as ")]
    check_eq(len(said), 1, feed.errors)


def test_what_is_missing_is_asked_for():
    room = Room("[feed]\nlisten = 127.0.0.1:0\n")
    status, _, text = room.run()
    check_eq(status, 2, text)
    check("--data" in text, text)
    room.write("[feed]\ndata = kept\n")
    status, _, text = room.run()
    check_eq(status, 2, text)
    check("--listen" in text, text)


def test_what_can_be_configured_is_listed():
    room = Room()
    status, out, text = room.run("--list-options")
    check_eq((status, text), (0, ""), "--list-options")
    rows = [line.split("\t") for line in out.splitlines()]
    check(all(len(row) == 6 and all(row[i] for i in (0, 1, 2, 4, 5)) for row in rows), out)
    check_eq([row[:4] for row in rows if row[1] == "clients"], [["tls", "clients", "word", "no"]], out)


if __name__ == "__main__":
    run(globals())
