"""siaga doctor and siagad doctor: each thing that can be wrong is really wrong here, and is said."""

import base64
import datetime
import fcntl
import hashlib
import json
import os
import pty
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import termios
import threading

from siaga_test import (SIAGA, SLOW, Console, Feed, Screen, check, check_eq, environment,
                        eventually, run, scope, start_feed)

COLUMNS = 80


def unwrap(text):
    """The lines as they were before they were made to fit."""
    lines = []
    for line in text.rstrip("\n").split("\n"):
        check(len(line) <= COLUMNS, "wider than a terminal:", repr(line))
        if line.startswith("     ") and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(re.sub(r"^(\w+) +", r"\1 ", line))
    return lines


class Findings:
    def __init__(self, code, text):
        self.code = code
        self.text = text
        self.lines = unwrap(text)

    def has(self, *parts):
        """A line that begins with the first and has the others."""
        check(any(line.startswith(parts[0]) and all(part in line for part in parts[1:])
                  for line in self.lines), parts, "is not among:\n" + self.text)
        return self

    def has_not(self, part):
        check(not any(part in line for line in self.lines), part, "is among:\n" + self.text)
        return self

    def ends(self, code):
        check_eq(self.code, code, "exit status of\n" + self.text)
        return self


class Desk:
    """A user's home with a configuration, a token, and what the console keeps."""

    def __init__(self, url=None, token=None, more=""):
        self.home = scope.folder()
        self.state = os.path.join(self.home, "kept")
        self.config = os.path.join(self.home, "config", "siaga", "siaga.conf")
        self.token_file = os.path.join(self.home, "token")
        os.makedirs(os.path.dirname(self.config))
        text = "[console]\nstate = %s\n[camera]\nviewer = true {url}\n" % self.state
        if url is not None:
            text += "[feed]\nurl = %s\ntoken_file = %s\n" % (url, self.token_file)
        self.write(self.config, text + more)
        if token is not None:
            self.write(self.token_file, token + "\n")

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)

    def doctor(self, *args, program=SIAGA, user=None, **env):
        whole = {**environment(self.home), **env}
        done = subprocess.run([program, "doctor", *args], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=40 * SLOW, check=False, user=user,
                              start_new_session=True,
                              env={name: value for name, value in whole.items() if value is not None})
        check_eq(done.stderr, "", "errors of doctor")
        return Findings(done.returncode, done.stdout)

    def make_cache(self):
        """What a console leaves that was started without a feed."""
        done = subprocess.run([SIAGA, "--plain", "--offline"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=20 * SLOW, check=False,
                              env=environment(self.home))
        check_eq(done.returncode, 0, done.stderr)
        return os.path.join(self.state, "cache.db")

    def on_terminal(self, *args, cols=80, rows=40, **options):
        screen = Screen([SIAGA, "doctor", "--offline", *args], cols, rows, home=self.home, **options)
        screen.wait("OK, ")
        text = "\n".join(line.rstrip() for line in screen.dump()).strip("\n")
        code, _ = screen.exited()
        check_eq(screen.is_clean(), True, "the terminal is as it was")
        return Findings(code, text)


def sql(path, text):
    link = sqlite3.connect(path)
    link.executescript(text)
    link.close()


def contents(folder):
    """Every file with its bytes and mode."""
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            found[name] = (hashlib.sha256(file.read()).hexdigest(), os.stat(path).st_mode)
    return found


# --- all is well ---


def test_a_desk_that_works_has_nothing_to_do():
    feed = start_feed()
    desk = Desk(feed.url, feed.tokens["ayu"])
    feed.alarm()
    console = Console(feed, "ayu", state=desk.state)
    console.wait("LIVE")
    console.wait("#1")
    console.quit()
    before = contents(desk.state)
    found = desk.doctor().ends(0)
    found.has("OK config: " + desk.config).has("OK theme: siaga-dark")
    found.has("OK program for camera.viewer: true").has("OK characters: UTF-8")
    found.has("OK language: en").has("OK time zone: UTC").has("OK state: ", desk.state)
    found.has("OK disk: ", "MiB free").has("OK cache: whole, schema ", " events, 0 incidents")
    found.has("OK cache: saved at ", " for ayu (operator), ").has("OK outbox: everything is sent")
    found.has("OK token: " + desk.token_file).has("OK feed: " + feed.url)
    found.has("OK name: 127.0.0.1 is 127.0.0.1").has("OK connection: 127.0.0.1 port %d" % feed.port)
    found.has("OK feed: it is well").has("OK token: the feed knows you as ayu, operator")
    found.has("OK feed: ", "mode actual, ", " events").has("OK clock: ")
    found.has_not("FAIL ").has_not(feed.tokens["ayu"])
    check(any(re.match(r"(OK|WARN) disk: 4 KiB are safe after \d+\.\d ms", line)
              for line in found.lines), found.text)
    check_eq(contents(desk.state), before, "what is kept")
    # The feed has heard nothing but a hello.
    check_eq(feed.deeds(), 1, "events of the log")
    feed.stop()


def test_beside_a_console_nothing_is_in_its_way():
    feed = start_feed()
    desk = Desk(feed.url, feed.tokens["ayu"])
    console = Console(feed, "ayu", state=desk.state)
    console.wait("LIVE")
    desk.doctor().ends(0).has("OK cache: whole")
    feed.alarm()
    console.wait("#1")
    console.quit()
    feed.stop()


def test_a_desk_that_speaks_indonesian():
    found = Desk(more="[feed]\n").doctor("--language", "id").ends(1)
    found.has("OK konfigurasi: ").has("OK bahasa: id").has("FAIL token: berkasnya tidak disebut")
    found.has("FAIL server: tidak disebut: tulis url")


def test_words():
    desk = Desk()
    for args, wanted in ((("doctor", "now"), "now: not an option"), (("nurse",), "nurse: not an option"),
                         (("doctor", "--demo"), "doctor looks over the console itself")):
        done = subprocess.run([SIAGA, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=environment(desk.home), timeout=20 * SLOW, check=False)
        check_eq((done.returncode, done.stdout), (2, ""), args)
        check(wanted in done.stderr, done.stderr)
    for shell, wanted in (("bash", "words='coverage doctor record replay scenario score --feed"), ("bash", "replay|score|check)"),
                          ("zsh", "'1: :((coverage"),
                          ("fish", "complete -c siaga -a doctor ")):
        done = subprocess.run([SIAGA, "--completion", shell], capture_output=True, text=True,
                              env=environment(desk.home), timeout=20 * SLOW, check=True)
        check(wanted in done.stdout, shell, done.stdout)
    # Without the link where it is not wanted.
    desk.doctor("--offline").ends(0).has_not("feed")


# --- configuration and place ---


def test_what_is_wrong_in_the_configuration():
    desk = Desk(more="[console]\nthem = mono\nmouse = maybe\n[bind]\ne = note\ne = top\n[alarm]\n"
                     "sound = no-such-player {x}\n[camera]\nsnapshot = no-such-camera\n")
    found = desk.doctor("--offline").ends(1)
    found.has("FAIL config: %s:6: [console] has no \"them\"; did you mean \"theme\"?" % desk.config)
    found.has("FAIL config: ", ":7: ", "must be yes or no").has("FAIL config: ", "is bound to note")
    found.has("FAIL config: ", "{x}").has("WARN program for camera.snapshot: no-such-camera is not there")
    # All the rest is looked at, too.
    found.has("OK config: ").has("OK characters: ")
    desk = Desk(more="[console]\ntheme = nosuch\n")
    desk.doctor("--offline").ends(1).has("FAIL config: ", "nosuch")
    desk = Desk()
    os.chmod(desk.config, 0o666)
    desk.doctor("--offline").ends(0).has("WARN config: ", "chmod go-w")
    desk.doctor("--offline", "--config", os.path.join(desk.home, "gone")).ends(1).has("FAIL config: ", "gone")


def test_locale_time_zone_and_environment():
    desk = Desk()
    found = desk.doctor("--offline", LC_ALL="C", LANG="C", TZ="Asia/Nowhere", NO_COLOR="1", COLUMNS="20",
                        XDG_STATE_HOME="state").ends(0)
    found.has("WARN characters: the locale has ANSI_X3.4-1968", "set LANG=C.UTF-8")
    found.has("WARN time zone: TZ=Asia/Nowhere is not known here")
    found.has("OK environment: NO_COLOR is set").has("OK environment: COLUMNS and LINES are not read")
    found.has("WARN environment: XDG_STATE_HOME does not begin with /")
    found = desk.doctor("--offline", LC_ALL="xx_YY.UTF-8", TZ="WIB-7").ends(0)
    found.has("WARN locale: this machine does not have xx_YY.UTF-8").has("OK characters: UTF-8")
    found.has("OK time zone: WIB, UTC+0700")


def test_terminal():
    desk = Desk()
    found = desk.on_terminal(answer="\033[?2026;2$y").ends(0)
    found.has("OK terminal: xterm-256color, 256 colours").has("OK size: 80x40, ")
    found.has("OK synchronized output: the terminal shows whole frames only")
    found = desk.on_terminal(term="vt100", cols=80, rows=30).ends(0)
    found.has("OK terminal: vt100, no colours").has("OK size: 80x30, ")
    found = desk.on_terminal(term="nonsense").ends(1)
    found.has("FAIL terminal: the terminal type 'nonsense' (TERM) is not known here", "set TERM")
    found = desk.on_terminal(env={"TMUX": "/tmp/x,1,0"}).ends(0)
    found.has("WARN terminal: inside tmux TERM is tmux-256color or screen-256color, not xterm-256color")
    found = desk.on_terminal(term="screen-256color", env={"STY": "1.pts"}).ends(0)
    found.has("OK terminal: inside screen")
    desk.doctor("--offline").has("WARN terminal: there is none here")


def on_own_terminal(desk, answers, rows, cols):
    """The findings on a terminal that we play: what it says to a question."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(SIAGA, [SIAGA, "doctor", "--offline"], environment(desk.home))
    os.set_blocking(fd, False)
    text = b""
    ended = []

    def step():
        nonlocal text, answers
        try:
            text += os.read(fd, 65536)
        except BlockingIOError:
            pass
        except OSError:
            ended.append(os.waitpid(pid, 0)[1])
            return True
        if answers and b"\033[c" in text:
            os.write(fd, answers)
            answers = b""
        return False

    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    eventually(step, "doctor ends", 20)
    os.close(fd)
    shown = re.sub(r"\r?\u00e9?\033\[[?\d;$]*[A-Za-z]", "", text.decode().replace("\r\n", "\n"))
    return Findings(os.waitstatus_to_exitcode(ended[0]), shown.replace("p\033[c", "").replace("\r", ""))


def test_terminals_that_answer_otherwise():
    desk = Desk()
    # It counted two bytes as two characters, and knows nothing of mode 2026.
    found = on_own_terminal(desk, b"\033[7;3R\033[?1;2c", 8, 40).ends(1)
    found.has("FAIL characters: the terminal does not read UTF-8")
    found.has("OK synchronized output: the terminal does not have it")
    found.has("WARN size: 40x8 shows the counts and one alarm: make it 80x24 or larger")
    found = on_own_terminal(desk, b"", 0, 0).ends(0)
    found.has("WARN terminal: no answer to a question").has("WARN size: the terminal does not say")


# --- what is kept ---


def test_the_token_file():
    desk = Desk("ws://127.0.0.1:9/v1/feed")
    desk.doctor().ends(1).has("FAIL token: %s: No such file" % desk.token_file)
    desk.write(desk.token_file, "\n")
    desk.doctor().has("FAIL token: ", "holds no token")
    secret = "siaga_" + "a" * 44
    desk.write(desk.token_file, secret + "\n")
    os.chmod(desk.token_file, 0o644)
    desk.doctor().has("FAIL token: ", "others may read it; chmod 600").has_not(secret)
    os.chmod(desk.token_file, 0o600)
    desk.doctor().has("OK token: " + desk.token_file).has_not(secret)
    desk.write(desk.token_file, secret + " \n")
    desk.doctor().has("WARN token: what ", "copy it again").has_not("aaaa")
    if os.geteuid() == 0:
        desk.write(desk.token_file, secret)
        os.chown(desk.token_file, 65534, -1)
        desk.doctor().has("WARN token: ", "belongs to somebody else (user 65534)")
    desk = Desk("ws://127.0.0.1:9/v1/feed")
    desk.write(desk.config, "[feed]\nurl = ws://127.0.0.1:9/v1/feed\n[console]\nstate = %s\n" % desk.state)
    desk.doctor().ends(1).has("FAIL token: no file is named", "token_file under [feed]")


def test_the_folder_of_what_is_kept():
    desk = Desk()
    desk.doctor("--offline").ends(0).has("OK state: %s is not there yet" % desk.state)
    os.mkdir(desk.state, 0o755)
    os.chmod(desk.state, 0o755)
    found = desk.doctor("--offline").ends(0).has("WARN state: others may look into", "chmod 700")
    found.has("OK cache: there is none yet")
    check_eq(os.listdir(desk.state), [], "what doctor left")
    os.rmdir(desk.state)
    desk.write(desk.state, "x")
    desk.doctor("--offline").ends(1).has("FAIL state: ", "is no folder")
    desk.doctor("--offline", "--state", desk.state + "/below").ends(1).has("FAIL state: ", "Not a directory")
    desk.doctor("--offline", "--state", "/dev/shm").has("WARN state: it is on tmpfs")
    desk.write(desk.config, "")
    desk.doctor("--offline", HOME=None, XDG_STATE_HOME=None, XDG_CONFIG_HOME=None).ends(1).has(
        "FAIL state: HOME is not set")


def test_a_folder_that_may_not_be_written():
    desk = Desk()
    desk.make_cache()
    user, program = None, SIAGA
    if os.geteuid() == 0:
        # The superuser may write everywhere: somebody else looks.
        user, program = 65534, os.path.join(desk.home, "siaga")
        shutil.copy(SIAGA, program)
        os.chmod(program, 0o755)
        for path in (desk.home, os.path.join(desk.home, "config"), os.path.dirname(desk.config)):
            os.chmod(path, 0o755)
        os.chmod(desk.config, 0o644)
    os.chmod(desk.state, 0o555)
    for name in os.listdir(desk.state):
        os.chmod(os.path.join(desk.state, name), 0o444)
    found = desk.doctor("--offline", program=program, user=user).ends(1)
    found.has("FAIL state: nothing can be written: ", "Permission denied").has("OK cache: whole")
    found.has("WARN cache: others may read it", "chmod 600")
    found.has("WARN state: ", "belongs to somebody else" if user else "others may look into")
    found = desk.doctor("--offline", "--state", desk.state + "/new", program=program, user=user).ends(1)
    found.has("FAIL state: ", "cannot be made")
    os.chmod(desk.state, 0o700)
    for name in os.listdir(desk.state):
        os.chmod(os.path.join(desk.state, name), 0 if name == "cache.db" else 0o600)
    os.chmod(desk.state, 0o755)
    desk.doctor("--offline", program=program, user=user).ends(1).has("FAIL cache: it cannot be read: ")


def test_the_cache():
    desk = Desk()
    cache = desk.make_cache()
    sql(cache, "INSERT INTO outbox VALUES('a', 1790000000000, '{}')")
    before = contents(desk.state)
    found = desk.doctor("--offline").ends(0)
    found.has("WARN outbox: 1 action is not sent, since 2026-09-21")
    sql(cache, "INSERT INTO outbox VALUES('b', 1790000001000, '{}')")
    desk.doctor("--offline").has("WARN outbox: 2 actions are not sent, the oldest since 2026-09-21")
    check_eq(set(contents(desk.state)), set(before), "files")
    whole = os.path.join(desk.home, "whole")
    shutil.copy(cache, whole)

    for statement, wanted in (("PRAGMA user_version=99", "written by a newer siaga (schema 99"),
                              ("PRAGMA application_id=7", "not the cache.db of a siaga")):
        sql(cache, statement)
        before = contents(desk.state)
        found = desk.doctor("--offline").ends(1).has("FAIL cache: ", wanted)
        check_eq(contents(desk.state), before, "what is kept")
        shutil.copy(whole, cache)
    sql(cache, "PRAGMA user_version=1")
    before = contents(desk.state)
    desk.doctor("--offline").ends(0).has("OK cache: ", "schema 1, of an older siaga", "brings it up to date")
    check_eq(contents(desk.state), before, "what is kept")
    with open(cache, "r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 8000)
    before = contents(desk.state)
    found = desk.doctor("--offline").ends(1)
    found.has("FAIL cache: ", "damaged", "sets it aside, saves what was not sent")
    check_eq(contents(desk.state), before, "what is kept")


# --- the way to the feed ---


class Liar:
    """Answers on a port: HTTP as it is told to, and one frame to whoever wants a websocket."""

    def __init__(self, health=b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", upgrade=None, frame=None):
        self.health, self.upgrade, self.frame = health, upgrade, frame
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "ws://127.0.0.1:%d/v1/feed" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        kept = []
        try:
            while True:
                link, _ = self.socket.accept()
                kept.append(link)
                asked = b""
                while b"\r\n\r\n" not in asked:
                    more = link.recv(4096)
                    if not more:
                        break
                    asked += more
                self.answer(link, asked)
        except OSError:
            pass

    def answer(self, link, asked):
        if b"Upgrade: websocket" not in asked or self.upgrade is not None:
            answer = self.upgrade if b"Upgrade: websocket" in asked else self.health
            link.sendall(answer)
            if answer:
                link.close()
            return
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", asked)[1]
        proof = base64.b64encode(hashlib.sha1(key + Feed.GUID).digest())
        body = json.dumps(self.frame).encode()
        link.sendall(b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Protocol: siaga.v1\r\nSec-WebSocket-Accept: " + proof + b"\r\n\r\n"
                     + bytes([0x81, 126, len(body) >> 8, len(body) & 255]) + body)


def welcome(hours=0, feed="aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", head=5, name="ayu"):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return {"t": "welcome", "v": 1, "feed": feed, "head": head, "beat_s": 10, "mode": "exercise",
            "now": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "you": {"name": name, "role": "operator"}}


TOKEN = "siaga_" + "b" * 44


def test_a_port_where_nobody_is():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    desk = Desk("ws://127.0.0.1:%d/v1/feed" % port, TOKEN)
    found = desk.doctor().ends(1)
    found.has("FAIL connection: 127.0.0.1 port %d: Connection refused" % port, "see that siagad")
    found.has("OK state: ").has_not(TOKEN)


def test_a_name_that_nobody_has():
    # A label this long is in no name: nobody outside need be asked.
    desk = Desk("wss://%s.example/v1/feed" % ("a" * 70), TOKEN)
    desk.doctor().ends(1).has("FAIL name: ", "correct the address, or see to the resolver")
    desk = Desk("ws://feed.example/v1/feed", TOKEN)
    desk.doctor().ends(1).has("FAIL config: ", "plain text is for this machine only")


def test_a_port_where_somebody_else_is():
    for answer, wanted in ((b"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"), (b"", "timed out"),
                           (b"HTTP/1.1 404 No\r\nConnection: close\r\n\r\n", "/healthz answers 404")):
        found = Desk(Liar(health=answer, upgrade=b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n").url, TOKEN)
        found.doctor().ends(1).has("FAIL feed: ", wanted).has_not(TOKEN)


def test_what_the_feed_says_of_the_token():
    feed = start_feed()
    for token, wanted in ((TOKEN, "the feed does not know it, or it was revoked"),
                          (feed.tokens["app"], "it is no console's")):
        Desk(feed.url, token).doctor().ends(1).has("FAIL token: ", wanted).has_not(token)
    desk = Desk(feed.url, feed.tokens["damkar"])
    desk.doctor().ends(0).has("OK token: the feed knows you as damkar, agency, damkar")
    feed.admin("token", "revoke", "damkar")
    desk.doctor().ends(1).has("FAIL token: the feed does not know it, or it was revoked")
    feed.stop()
    for status, wanted in ((429, "FAIL link: the feed has too many requests"),
                           (503, "FAIL link: the feed cannot work now"),
                           (404, "FAIL link: ")):
        refusal = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status
        desk = Desk(Liar(upgrade=refusal).url, TOKEN)
        desk.doctor().ends(1).has(wanted)
    sick = Liar(health=b"HTTP/1.1 503 No\r\nConnection: close\r\n\r\n", frame=welcome())
    Desk(sick.url, TOKEN).doctor().ends(1).has("FAIL feed: it says that it cannot keep anything now")


def test_a_feed_with_another_time():
    desk = Desk(Liar(frame=welcome(hours=1)).url, TOKEN)
    found = desk.doctor().ends(0)
    found.has("WARN clock: this machine's is 3", "s behind the feed's: set it")
    found.has("OK feed: aaaaaaaa-", "mode exercise, 5 events")
    desk = Desk(Liar(frame=welcome(hours=-2)).url, TOKEN)
    desk.doctor().ends(0).has("WARN clock: this machine's is 7", "s ahead of the feed's: set it")


def test_a_feed_with_another_log():
    desk = Desk(Liar(frame=welcome()).url, TOKEN)
    sql(desk.make_cache(), "INSERT INTO meta(id, feed, last_seq, saved_at_ms, name, role, agency) VALUES"
        "(1, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 9, 1790000000000, 'ayu', 'operator', '')")
    desk.doctor().ends(0).has("WARN cache: the feed has 5 events and the cache saw 9: ", "rolled back")
    sql(os.path.join(desk.state, "cache.db"), "UPDATE meta SET feed='bbbbbbbb-aaaa-4aaa-8aaa-aaaaaaaaaaaa'")
    desk.doctor().ends(0).has("WARN cache: it is of another feed (bbbbbbbb-")


def test_a_feed_that_says_something_else():
    for frame, wanted in (({"t": "bye", "reason": "full\u202e\x1b[2J"}, "full"),
                          ({"t": "live", "head": 1}, "does not say welcome"), ({"t": 5}, "FAIL link")):
        found = Desk(Liar(frame=frame).url, TOKEN).doctor().ends(1).has("FAIL link: ")
        check(wanted in found.text and "\x1b" not in found.text and "\u202e" not in found.text, found.text)


if __name__ == "__main__":
    run(globals())
