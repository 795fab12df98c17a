"""Strangers' text on its way through the feed, and in files, names and arguments: what the programs say of it on
standard output and in errors is harmless, and what they keep is clean."""

import json
import os
import shutil
import socket
import subprocess

from fake_feed import FakeFeed
from hostile import BYTES, LONG, TEXTS, Terminal, check_database, check_deep, check_lines, check_text
from plain_console import Plain
from siaga_test import (BALAI_KOTA, DATA, SIAGA, SIAGAD, SLOW, Console, Feed, Siagad, check, check_eq, environment,
                        eventually, figure, run, scope, start_feed, takes)

NAMES = list(TEXTS)
ALL = os.environ.get("SIAGA_FOREIGN_ALL", "") == "1"
# A program is started for each: some together, unless there is time for one by one.
TOGETHER = 1 if ALL else 6
ARGUMENTS = ["".join(list(TEXTS.values())[at : at + TOGETHER]) for at in range(0, len(TEXTS), TOGETHER)]


def quiet(argv, home, **env):
    """Runs a program to its end; all that it says is harmless. Exit status, output, errors."""
    done = subprocess.run(
        [word.encode("utf-8", "surrogatepass") for word in argv], env=dict(environment(home), **env), stdin=subprocess.DEVNULL,
        capture_output=True, timeout=30 * SLOW, check=False)
    check(done.returncode >= 0, argv, "ended by a signal:", done.returncode)
    check_lines(done.stdout, "what %r says" % argv[1:])
    check_lines(done.stderr, "the errors of %r" % argv[1:])
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# --- through the feed ---


def raw_json(members):
    return json.dumps(members, ensure_ascii=False).encode("utf-8", "surrogatepass")


@takes(120)
def test_what_an_app_posts_is_clean_in_the_log_and_for_everybody():
    feed = start_feed()
    desk = Feed(feed, "sari", after=0)
    ayu = Plain(feed, "ayu")
    ayu.wait("LIVE")
    head, taken = feed.head(), 0
    for number, name in enumerate(NAMES):
        text = TEXTS[name]
        body = {"lat": BALAI_KOTA[0], "lon": BALAI_KOTA[1], "place": "A%02d" % number + text, "note": "O%02d" % number + text,
                "caller": {"name": "W" + text, "phone": text[:8]}, "source": text[:8]}
        got = feed.http("POST", "/v1/alarms", "app", raw_json(body), key="k%d" % number)
        check(got.status in (201, 400), name, "is answered by", got.status)
        check_deep(got.json, "the answer to %r" % name)
        if got.status == 201:
            taken += 1
            path = "/v1/alarms/" + got.json["alarm"]
            check(feed.http("POST", path + "/updates", "app", raw_json({"note": text})).status in (200, 201, 204, 400), name)
            check(feed.http("POST", path + "/cancel", "app", raw_json({"note": text})).status in (200, 201, 204, 400), name)
            check_deep(feed.http("GET", path, "app").json, "what the citizen may know")
        for key in ("kind", "priority", "mode", "occurred_at", text):
            got = feed.http("POST", "/v1/alarms", "app", raw_json({"lat": 0, "lon": 0, key: text}))
            check(got.status in (201, 400), name, "as", key, "is answered by", got.status)
            check_deep(got.json, "the answer to %r as %r" % (name, key))
            taken += got.status == 201
    check(taken >= len(NAMES) - 5, "most are only text, and are taken:", taken)
    for name, data in BYTES.items():
        got = feed.http("POST", "/v1/alarms", "app", b'{"lat":0,"lon":0,"note":"' + data + b'"}')
        check_eq(got.status, 400, name)
        check_deep(got.json, "the answer to %r" % name)
    for name, text in LONG.items():
        for member in ("place", "source"):
            got = feed.http("POST", "/v1/alarms", "app", raw_json({"lat": 0, "lon": 0, member: text}))
            check_eq((got.status, member in got.json["message"]), (400, True), "%s as %s: %r" % (name, member, got.json))
    writer = Feed(feed, "budi", position=TEXTS["title"])
    for name in NAMES:
        writer.ask("note", desk_incident(feed), note=TEXTS[name] or "-")
    desk.until_seq(feed.head(), 30)
    for event in desk.events:
        check_deep(event, "an event")
    check(len(desk.events) > head + taken, "events:", len(desk.events))
    ayu.wait("A%02d" % (len(NAMES) - 1), 20)
    ayu.quit()
    feed.stop()
    check_lines(feed.read_errors(), "the errors of siagad")
    looked = check_database(os.path.join(feed.dir, "log.db")) + check_database(os.path.join(feed.dir, "admin.db"))
    looked += check_database(os.path.join(ayu.state, "cache.db"))
    figure("alarms taken", taken)
    figure("texts in log.db, admin.db and cache.db", looked)


def desk_incident(feed):
    """Some incident that there is."""
    if not hasattr(feed, "one"):
        feed.one = feed.alarm(place="satu")["incident"]
    return feed.one


def test_what_strangers_put_into_requests_is_not_said_by_the_feed():
    feed = start_feed()
    for text in ARGUMENTS:
        plain = text.encode("utf-8", "surrogatepass").replace(b"\r", b"").replace(b"\n", b"")
        for request in (
            b"GET /v1/feed?" + plain + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /" + plain + b" HTTP/1.1\r\nHost: " + plain + b"\r\n\r\n",
            b"POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + plain + b"\r\nContent-Length: 2\r\n\r\n{}",
            b"GET /v1/feed HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: " + plain + b"\r\nSec-WebSocket-Protocol: " + plain + b"\r\n\r\n",
        ):
            ask(feed, request)
    check_eq(feed.http("GET", "/healthz").status, 200, "it lives")
    feed.stop()
    check_lines(feed.read_errors(), "the errors of siagad")


def ask(feed, request):
    with socket.create_connection(("127.0.0.1", feed.port), timeout=5) as link:
        try:
            link.sendall(request)
            link.settimeout(0.02)
            link.recv(65536)
        except OSError:
            pass


# --- files and arguments of the feed ---


def registry_with(home, agencies=None, cameras=None, geo=None):
    folder = os.path.join(home, "registry")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DATA, folder)
    for name, text in (("agencies.csv", agencies), ("cameras.csv", cameras), ("map.geojson", geo)):
        if text is not None:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
    return folder


@takes(120)
def test_errors_of_a_registry_say_no_more_than_text():
    feed = Siagad(registry=False)
    home = scope.folder()
    loaded = refused = 0
    texts = [text.encode("utf-8", "surrogatepass") for text in ARGUMENTS] + list(BYTES.values())
    for data in texts:
        data = data.replace(b'"', b'""')
        for files in (
            dict(cameras=b'id,owner,name,lat,lon,status,fictional,stream,snapshot\nc1,dishub,"x' + data.replace(b'""', b'')[:60]
                          + b'",-7.5,110.8,ok,no,,\n'),
            dict(agencies=b'id,name,short,fkey,letter,phone,desk\n"' + data + b'",x,x,2,d,1,"' + data + b'"\n'),
            dict(cameras=b'id,owner,name,lat,lon,status,fictional,stream,snapshot\nc1,"' + data + b'",x,"' + data
                          + b'",1,ok,no,"' + data + b'",\n'),
            dict(cameras=b'"' + data + b'",owner\n'),
            dict(geo=b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"' + data.replace(b"\\", b"\\\\")
                          + b'"},"geometry":{"type":"' + data.replace(b"\\", b"\\\\") + b'"}}]}'),
        ):
            folder = registry_with(home, **files)
            code, _, errors = quiet([SIAGAD, "registry", "load", folder, "--data", feed.dir], home)
            loaded += code == 0
            refused += code != 0
            check(code == 0 or errors.startswith("siagad: "), errors)
    figure("loaded, refused", (loaded, refused))
    check(loaded >= 4 and refused > 40, "some of each", loaded, refused)
    check_database(os.path.join(feed.dir, "admin.db"))


def test_words_of_an_administrator_are_said_back_as_text():
    feed = Siagad(registry=False)
    home = scope.folder()
    feed.token("ayu", "operator")
    for text in ARGUMENTS:
        for words in (
            ("token", "add", text, "--role", "operator", "--data", feed.dir),
            ("token", "add", "x", "--role", text, "--data", feed.dir),
            ("token", "add", "x", "--role", "agency", "--agency", text, "--data", feed.dir),
            ("token", "revoke", text, "--data", feed.dir),
            ("--data", feed.dir, "--listen", text),
            ("--data", os.path.join(home, "none", text.replace("/", "_")[:80], "x" * 300), "--listen", "127.0.0.1:0"),
            ("registry", "load", text, "--data", feed.dir),
            (text,),
            ("--" + text,),
        ):
            code, _, errors = quiet([SIAGAD, *words], home)
            check(code != 0 or words[0] == "token", words, "is fine")
            check(code == 0 or errors, words, "says nothing")
    code, out, _ = quiet([SIAGAD, "token", "list", "--data", feed.dir], home)
    check_eq((code, "ayu" in out), (0, True), "token list: %r" % out)


# --- files and arguments of the console ---


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def file_name(text):
    return text.replace("/", "_").replace("\0", "")[:60] or "x"


@takes(120)
def test_words_of_a_user_are_said_back_as_text():
    home = scope.folder()
    token = write(os.path.join(home, "token"), "x" * 43 + "\n")
    for text in ARGUMENTS:
        folder = os.path.join(home, file_name(text))
        conf = write(os.path.join(folder, "siaga.conf"), "[console]\n%s = x\ntheme = %s\n[%s]\n" % ((text.replace("\n", " "),) * 3))
        script = write(os.path.join(folder, "script"), text + "\n:" + text + "\n:dump\n")
        theme = write(os.path.join(folder, "x.theme"), "[theme]\nname = %s\n[role]\n%s = %s\n" % ((text.replace("\n", " "),) * 3))
        for words in (
            ("--" + text,),
            (text,),
            ("--feed", text, "--token-file", token),
            ("--feed", "ws://127.0.0.1:1/v1/feed", "--token-file", os.path.join(folder, "none")),
            ("--config", conf, "--check-config"),
            ("--config", os.path.join(folder, "none")),
            ("--plain", "--offline", "--position", text, "--state", os.path.join(folder, "state")),
            ("--plain", "--offline", "--state", os.path.join(folder, "siaga.conf", "state")),
            ("--script", script, "--size", "80x24"),
            ("--script", os.path.join(folder, "none"), "--size", "80x24"),
            ("--theme", text, "--plain", "--offline"),
        ):
            quiet([SIAGA, *words], home)
        themes = os.path.join(home, "config", "siaga", "themes")
        write(os.path.join(themes, file_name(text) + ".theme"), open(theme, "rb").read())
    code, _, _ = quiet([SIAGA, "--plain", "--offline", "--theme", "x"], home)
    figure("themes of strange names", len(os.listdir(themes)))
    # They are completed by name, on the screen.
    console = Console(args=("--offline",), state=os.path.join(home, "kept"), env={"XDG_CONFIG_HOME": os.path.join(home, "config")})
    console.wait("NO DATA YET")
    sent = Terminal()
    for keys in ((":theme ", "Tab"), ("Tab", "Tab", "Tab", "Tab"), ("Enter",), ("t",), ("t",), ("t",)):
        console.keys(*keys)
        sent.take(console.raw(), "themes")
        check_text(console.text(), "the screen", allowed="\n")
    console.keys("C-c", ":quit", "Enter")
    console.exited()
    sent.take(console.raw(), "the end")
    sent.end("the end")


@takes(120)
def test_doctors_say_no_more_than_text():
    home = scope.folder()
    for number, text in enumerate(ARGUMENTS):
        folder = os.path.join(home, file_name(text))
        token = write(os.path.join(folder, "token"), "siaga_" + "b" * 44 + "\n")
        liar = FakeFeed(name="N" + text)
        answers = [
            lambda peer: peer.raw(b"HTTP/1.1 200 " + text.encode("utf-8", "surrogatepass") + b"\r\nConnection: close\r\n\r\n"
                                  + text.encode("utf-8", "surrogatepass")),
            lambda peer: peer.upgrade() and peer.say(peer.feed.welcome(you={"name": text, "role": "operator"})),
        ] if number % 2 else [
            lambda peer: peer.raw(b"HTTP/1.1 503 " + text.encode("utf-8", "surrogatepass") + b"\r\n\r\n"),
            lambda peer: peer.raw(text.encode("utf-8", "surrogatepass")),
        ]
        liar.next(*answers)
        conf = write(os.path.join(folder, "siaga.conf"), "[feed]\nurl = %s\ntoken_file = %s\n[console]\nstate = %s\n[camera]\nviewer = %s {url}\n" % (
            liar.url, token, os.path.join(folder, "kept"), text.replace("\n", " ").replace('"', "")))
        quiet([SIAGA, "doctor", "--config", conf, *(("--offline",) if number % 3 == 2 else ())], home)
        liar.close()


run(globals())
