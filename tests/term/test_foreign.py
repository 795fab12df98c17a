"""Strangers' text on its way out by the screen, the lines, the notification, the programs that are started and the
cache: every text of the corpus in every place that a feed can put text, shown, and harmless."""

import os
import sqlite3
import threading

from fake_feed import FakeFeed
from hostile import BYTES, LONG, TEXTS, Terminal, check_database, check_deep, check_lines, check_terminal, check_text
from plain_console import Plain
from siaga_test import BALAI_KOTA, SIAGA, Console, check, check_eq, environment, eventually, figure, run, scope, takes

ALL = os.environ.get("SIAGA_FOREIGN_ALL", "") == "1"
SIZES = ((60, 16), (80, 24), (120, 40))
NAMES = list(TEXTS)


def fit(text, size):
    """As much of it as a member of so many bytes takes."""
    data = text.encode("utf-8", "surrogatepass")[:size]
    return data.decode("utf-8", "ignore")


def marked(number, size, kind="A"):
    """The text of that number, with a sign at its beginning that has to be seen."""
    return fit("%s%02d%s" % (kind, number, TEXTS[NAMES[number]]), size)


class StrangersFeed(FakeFeed):
    """Each text of the corpus has an incident, an agency as far as there is room, a camera, a street and a person."""

    def __init__(self, **more):
        super().__init__(beat_s=2, registry=self.make_registry(), name=marked(0, 40, "N"), **more)
        self.incidents = [self.tell_of(number) for number in range(len(NAMES))]

    @staticmethod
    def make_registry():
        lat, lon = BALAI_KOTA
        return {
            "t": "registry",
            "rev": 1,
            "agencies": [
                dict({"id": "a%d" % n, "name": marked(n, 120, "G"), "short": marked(n, 30, "G"),
                      "phone": marked(n, 38, "T"), "desk": "console"},
                     **({"letter": chr(97 + n)} if n < 26 else {}), **({"fkey": 2 + n} if n < 8 else {}))
                for n in range(min(60, len(NAMES)))
            ],
            "cameras": [
                {"id": "c%d" % n, "owner": "police", "name": marked(n, 90, "K"), "status": "ok",
                 "lat": lat + (n % 8 - 4) * 1e-4, "lon": lon + (n // 8 - 4) * 1e-4,
                 "stream": "http://127.0.0.1/$(touch,PWNED);'&PWNED=%d" % n}
                for n in range(len(NAMES))
            ],
            "plans": [{"kind": "fire", "priority": "*", "agencies": ["a%d" % n for n in range(8)]}],
            "map": {
                "credit": marked(8, 250, "C"),
                "features": [
                    {"kind": "road", "class": "arterial", "name": marked(n, 62, "J"),
                     "line": [int((lat + n * 2e-4) * 1e7), int((lon - 0.01) * 1e7), int((lat + n * 2e-4) * 1e7),
                              int((lon + 0.01) * 1e7)]}
                    for n in range(len(NAMES))
                ],
            },
        }

    def tell_of(self, number):
        """An incident of which everything is a stranger's."""
        raised = self.raised(
            place=marked(number, 158), kind=("fire", "medical", "unknown")[number % 3],
            priority="P%d" % (number % 4 + 1),
            alarm={"caller": {"name": marked(number, 94, "W"), "phone": marked(number, 38, "T")},
                   "source": marked(number, 30, "S"), "place": marked(number, 158), "note": marked(number, 1900, "O")})
        spot = self.registry["cameras"][number]
        raised["data"].update(lat=spot["lat"], lon=spot["lon"])
        self.log.append(raised)
        by = {"name": marked(number, 46, "N"), "position": marked(number, 46, "M")}
        agency = "a%d" % (number % 60)
        for rev, (type_, data) in enumerate((
            ("incident.acknowledged", {}),
            ("incident.noted", {"note": marked(number, 1900, "E")}),
            ("dispatch.requested", {"agency": agency, "note": marked(number, 190, "E")}),
            ("dispatch.declined", {"agency": agency, "note": marked(number, 190, "D")}),
        )):
            event = self.make(type_, raised["incident"], raised["number"], 1 + rev, **data)
            self.log.append(dict(event, by=by))
        return raised

    def tell(self, peer, after):
        super().tell(peer, after)
        peer.say({
            "t": "presence",
            "who": [{"name": marked(n, 46, "N"), "position": marked(n, 46, "M"), "open": one["incident"]}
                    for n, one in enumerate(self.incidents)],
            "desks": {"a0": "online", "a1": "offline"},
        })

    def do(self, peer, message):
        """Everything is refused, each time by another text."""
        self.asked.append(message)
        peer.say({"t": "refused", "id": message["id"], "code": "conflict",
                  "message": fit(marked(len(self.asked) % len(NAMES), 150, "R"), 150)})


def config(text):
    path = os.path.join(scope.folder(), "siaga.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return ("--config", path)


def seen(console, bag, what):
    """What was sent to the terminal since the last time is our painter's; what is on it goes into the bag."""
    console.sent.take(console.raw(), what)
    text = console.text()
    check_text(text, what, allowed="\n")
    bag.append(text)


def pasted(text):
    return "\x1b[200~%s\x1b[201~" % text


def walk(cols, rows):
    """Through all that can be seen, at one size."""
    feed = StrangersFeed()
    ayu = Console(feed, None, cols=cols, rows=rows, args=config("[feed]\nretry = 200ms\n[alarm]\nnotify = osc777\nbell = yes\n"))
    ayu.sent = Terminal(notifications=True)
    ayu.wait("LIVE", 20)
    bag = []
    seen(ayu, bag, "the start")
    for number, one in enumerate(feed.incidents):
        what = "%r at %dx%d" % (NAMES[number], cols, rows)
        ayu.keys("1", ":%d" % one["number"], "Enter")
        ayu.wait("#%d " % one["number"])
        seen(ayu, bag, what)
        if ALL or cols >= 120 or number % 3 == 0:
            ayu.keys("3")
            ayu.wait("#%d " % one["number"])
            seen(ayu, bag, what)
        for key in ("G", "z", "q") if ALL or number % 7 == 0 else ():
            ayu.keys(key)
            if key == "z" and cols >= 120:
                ayu.wait("K%02d" % number)  # the camera beside it
            seen(ayu, bag, what)
    for keys in (
        ("1",), ("2",), ("V",), ("+", "+"), ("V",), ("V",), ("3",), ("G",), ("4",), ("G",), ("5",), ("G",), ("6",), ("G",), ("z",), ("q",),
        ("B",), ("q",), ("H",), ("q",), ("?",), ("/", "A0", "Enter"), ("q", "q"),
        (":", "Tab"), ("Tab", "Tab"), ("C-c",), (":d 1 ", "Tab"), ("Tab",), ("C-c",), (":camera ", "Tab"), ("C-c",),
        (":theme ", "Tab"), ("C-c",), ("1", "g", "d"), ("Esc",), ("F2",), ("Esc",), ("F4",), ("Esc",), ("D",), ("Esc",),
        ("v",), ("Esc",), ("x",), ("Esc",), ("m",), ("Esc",), ("r",), ("Esc",), ("K",), ("Esc",), ("c",), ("/", "kind:fire", "Enter"), ("Esc",),
        ("q", "q"), ("T",), ("t",),
    ):
        ayu.keys(*keys)
        seen(ayu, bag, "%r at %dx%d" % (keys, cols, rows))
    ayu.keys("C-c", "q", "q", "q")
    for number in range(0, len(NAMES), 1 if ALL else 4):
        ayu.keys("e").wait("Note")
        ayu.keys(pasted(TEXTS[NAMES[number]].replace("\x1b[201~", "")))
        seen(ayu, bag, "pasted: %r" % NAMES[number])
        ayu.keys("x", "Enter")
        asked = number // (1 if ALL else 4) + 1
        eventually(lambda: len(feed.asked) >= asked, "it was asked", 5)
        ayu.wait("REFUSED")
        seen(ayu, bag, "refused")
    for frame in feed.asked:
        check_deep(frame, "what was typed and sent")
    for number in range(0, len(NAMES), 1 if ALL else 8):
        peer = feed.peers[-1]
        bye = fit("B%02d%s" % (number, TEXTS[NAMES[number]]), 190)
        # What a goodbye says stands until the link is back, which is not before it was seen.
        was_seen = threading.Event()
        feed.next(lambda again, was_seen=was_seen: was_seen.wait(20) and feed.serve(again))
        peer.say({"t": "bye", "reason": bye})
        peer.raw(b"\x88" + bytes([2 + len(fit(bye, 120).encode())]) + b"\x0f\xa1" + fit(bye, 120).encode())
        ayu.wait("B%02d" % number)
        seen(ayu, bag, "bye: %r" % NAMES[number])
        was_seen.set()
        eventually(lambda old=peer: feed.peers[-1] is not old and feed.peers[-1].live, "it comes back", 20)
        seen(ayu, bag, "back")
    ayu.wait_gone("OUTBOX", 20)
    feed.alarm(place=marked(9, 158, "Z"), note="baru")
    ayu.wait("Z09")
    seen(ayu, bag, "a new alarm")
    ayu.keys(":quit", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    ayu.sent.take(ayu.raw(), "the end")
    ayu.sent.end("the end")
    check(ayu.is_clean(), "the terminal is left as it was")
    return "\n".join(bag)


def everything(text, kind, least):
    """So many of the texts of that kind were really seen."""
    there = [n for n in range(len(NAMES)) if "%s%02d" % (kind, n) in text]
    check(len(there) >= least, "texts of kind", kind, "that were seen:", len(there), "of", len(NAMES))


@takes(600)
def test_every_text_in_every_place_of_the_screen():
    wrong, bags = [], {}

    def one(size):
        try:
            bags[size] = walk(*size)
        except Exception as error:  # said below, by the thread that may
            wrong.append("%r: %s" % (size, error))

    threads = [threading.Thread(target=one, args=(size,), daemon=True) for size in SIZES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not wrong, "\n".join(wrong))
    for size, text in bags.items():
        everything(text, "A", len(NAMES))  # places
    large = bags[(120, 40)]
    for kind, least in (("W", 40), ("O", 20), ("E", 8), ("K", 5), ("G", 30), ("N", 10), ("T", 10), ("R", 10), ("B", 8)):
        everything(large, kind, least)
    figure("texts", len(NAMES))
    figure("screens looked at", sum(text.count("\n") for text in bags.values()) // 24)


# --- lines ---


@takes(240)
def test_every_text_in_every_line():
    feed = StrangersFeed()
    # One that has told nothing yet tells every event; what it then tells of is asked for line by line.
    empty, feed.log = feed.log, []
    ayu = Plain(feed, args=config("[feed]\nretry = 50ms\n[alarm]\nbell = no\n"))
    ayu.wait("LIVE")
    for event in empty:
        feed.add(event)
    ayu.wait("A%02d" % (len(NAMES) - 1), 20)
    for number, one in enumerate(feed.incidents):
        ayu.say("show %d" % one["number"], "cameras %d" % one["number"], 'note %d "%s"' % (one["number"], TEXTS[NAMES[number]].replace("\n", " ").replace('"', "'")))
    ayu.say("queue", "agencies", "cameras 1", "cameras 40", "log 500", "map", "map A1", "status", "help", "history", "d 1 a0", "y", "x 1", "no")
    for number in range(0, len(NAMES), 6):
        peer = feed.peers[-1]
        peer.say({"t": "bye", "reason": fit("B%02d%s" % (number, TEXTS[NAMES[number]]), 190)})
        ayu.wait("B%02d" % number, 30)
        peer.close()
        eventually(lambda old=peer: feed.peers[-1] is not old and feed.peers[-1].live, "it comes back", 20)
    ayu.say("quit!")
    ayu.exited(60)
    text = ayu.data.decode()
    check_lines(text, "the lines")
    check_lines(ayu.child.stderr.read(), "its errors")
    for kind, least in (("A", len(NAMES)), ("W", 60), ("O", 60), ("E", 60), ("K", len(NAMES)), ("G", 55), ("N", 60), ("T", 55), ("R", 8), ("B", 10), ("S", 60)):
        everything(text, kind, least)
    figure("bytes of lines", len(ayu.data))


def test_texts_that_are_too_long_or_none_are_refused_and_harm_nothing():
    feed = FakeFeed()
    ayu = Plain(feed, args=config("[feed]\nretry = 50ms\n[alarm]\nbell = no\n"))
    ayu.wait("LIVE")
    peer = feed.peers[-1]
    for text in LONG.values():
        event = feed.raised(place="x", note="y")
        event["data"]["place"] = text
        feed.log.append(event)  # what stands in the log cannot be read, and what follows it has its own place
        peer.say({"t": "events", "events": [event]})
        peer.say({"t": "bye", "reason": text})
        peer.say({"t": "presence", "who": [{"name": text}], "desks": {}})
    for data in BYTES.values():
        peer.raw(b"\x81\x7e" + (len(data) + 24).to_bytes(2, "big") + b'{"t":"bye","reason":"' + data + b'"} ')
        peer.say({"t": data.decode("latin-1")})
    feed.alarm(place="Pasar Legi", note="".join(LONG["a word of 1 000"]) + LONG["a stack of 200"])
    ayu.wait("Pasar Legi", 20)
    ayu.quit()
    check_lines(ayu.data, "the lines")
    check("w" * 1000 in ayu.data.decode(), "a note of a thousand letters is told whole")


# --- what stays on the disk ---


def test_the_cache_keeps_clean_text():
    feed = StrangersFeed()
    one = feed.incidents[3]
    feed.log.append(feed.make("incident.rejected", one["incident"], one["number"], 9, reason="prank", note=marked(3, 900)))
    ayu = Plain(feed, args=config("[alarm]\nbell = no\n"))
    ayu.wait("LIVE")
    ayu.say('note 1 "\x1b]52;c;eA==\x07\u202etxt\x9b2J"')
    eventually(lambda: ayu.read() or feed.asked, "it was asked")
    feed.leave()
    ayu.wait("LOST")
    ayu.say('note 1 "\x1b]52;c;eA==\x07\u202etxt\x9b2J"')
    ayu.wait("Kept in the outbox")
    ayu.say("quit!")
    ayu.exited()
    looked = check_database(os.path.join(ayu.state, "cache.db"))
    figure("texts looked at", looked)
    check(looked > 300, "the cache holds texts:", looked)


def test_a_cache_that_somebody_wrote_into_shows_text_all_the_same():
    feed = FakeFeed()
    for number in range(len(NAMES)):
        one = feed.alarm(place="Pasar %d" % number)
        feed.add(feed.make("incident.rejected", one["incident"], one["number"], 9, reason="prank"))
    ayu = Plain(feed, args=config("[alarm]\nbell = no\n"))
    ayu.wait("LIVE")
    ayu.quit()
    feed.leave()
    with sqlite3.connect(os.path.join(ayu.state, "cache.db")) as db:
        for number, name in enumerate(NAMES):
            text = "A%02d" % number + TEXTS[name].encode("utf-8", "replace").decode()
            db.execute("UPDATE history SET place = ?, caller = ?, phone = ?, agencies = ?, camera = ? WHERE number = ?",
                       (text, text, text, text, text, number + 1))
        name = TEXTS["title"] + TEXTS["bidi override"]
        db.execute("UPDATE meta SET name = ?, agency = ?, mark = ?", (name, name, name[:16]))
    db.close()
    lines = Plain(args=("--offline",), state=ayu.state)
    lines.say("history", "status", "show 3", "quit!")
    lines.exited()
    check_lines(lines.data, "the lines")
    for cols, rows in SIZES:
        console = Console(args=("--offline",), state=ayu.state, cols=cols, rows=rows)
        console.sent, bag = Terminal(), []
        console.keys("H")
        console.wait("A68")
        for number in range(len(NAMES) - 1, 0, -5):
            console.wait("A%02d" % number)
            seen(console, bag, "the history at %dx%d" % (cols, rows))
            console.keys("jjjjj")
        console.keys("q", ":quit", "Enter")
        console.exited()
        everything("\n".join(bag), "A", len(NAMES) - 25)


# --- the notification, and programs that are started ---


def program(folder, name):
    """A program that keeps what it was called with."""
    path, said = os.path.join(folder, name), os.path.join(folder, name + ".said")
    with open(path, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nfor word in \"$0\" \"$@\"; do printf '%%s\\n' \"$word\"; done >>'%s'\nprintf '%%s\\n' '--' >>'%s'\n"
                   % (said, said))
    os.chmod(path, 0o700)
    return path, said


def calls(said):
    if not os.path.exists(said):
        return []
    with open(said, encoding="utf-8") as file:
        return [call.splitlines() for call in file.read().split("--\n")[:-1]]


def test_notifications_and_programs_get_words_and_no_shell():
    feed = StrangersFeed()
    folder = scope.folder()
    (sound, rang), (viewer, viewed), (snapshot, shot) = (program(folder, name) for name in ("sound", "viewer", "snapshot"))
    ayu = Console(feed, None, cols=160, rows=45, args=config(
        "[alarm]\nnotify = osc9\nsound = %s alarm\nrepeat = 2s\n[camera]\nviewer = %s --title={id} {url}\nsnapshot = %s {id} {url} {cols} {height}\n"
        % (sound, viewer, snapshot)))
    ayu.wait("LIVE", 20)
    raw = b""
    for number in range(len(NAMES)):
        feed.alarm(place=marked(number, 158), note=TEXTS[NAMES[number]], alarm={"caller": {"name": marked(number, 90, "W")}})
        raw += ayu.raw()
    ayu.wait("NEW %d" % len(NAMES))
    for number in (1, 20, 40, 60):
        ayu.keys("1", ":%d" % number, "Enter")
        ayu.wait("#%d " % number)
        ayu.keys(":camera", "Enter")
        ayu.wait("Showing c%d" % (number - 1))
    eventually(lambda: len(calls(viewed)) == 4, "four cameras were shown")
    eventually(lambda: calls(rang), "it rang")
    raw += ayu.raw()
    check_terminal(raw, "the terminal", notifications=True)
    check(raw.count(b"\x1b]9;") >= 10, "notifications that were sent:", raw.count(b"\x1b]9;"))
    for call in calls(rang):
        check_eq(call, [sound, "alarm"], "the sound")
    for call, number in zip(calls(viewed), (0, 19, 39, 59)):
        check_eq(call, [viewer, "--title=c%d" % number, "http://127.0.0.1/$(touch,PWNED);'&PWNED=%d" % number], "the viewer")
    for call in calls(shot):
        check_eq((len(call), call[2].startswith("http://127.0.0.1/$(touch,PWNED)")), (5, True), "the picture")
    for place in (folder, os.getcwd(), ayu.home):
        check(not any("PWNED" in name for name in os.listdir(place)), "nothing ran in", place)
    ayu.keys(":quit", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    figure("notifications", raw.count(b"\x1b]9;"))
    figure("programs started", len(calls(rang)) + len(calls(viewed)) + len(calls(shot)))


def test_addresses_that_are_none_are_not_taken():
    for bad in ("file:///etc/passwd", "-rf", "; touch PWNED", "http://x/ y", "http://x/\x1b[2J", "javascript:alert(1)",
                "http://x/\u202e", "gopher://x", "HTTP:/x", "//x/y", "http://" + "x" * 300):
        for member in ("stream", "snapshot"):
            registry = StrangersFeed.make_registry()
            registry["cameras"] = registry["cameras"][:1]
            registry["cameras"][0][member] = bad
            feed = FakeFeed(registry=registry)
            feed.alarm(place="Pasar Legi")
            ayu = Plain(feed, args=config("[alarm]\nbell = no\n"))
            ayu.wait("skipped.*%s" % member)
            ayu.say("cameras 1", "agencies")
            ayu.quit()
            check_lines(ayu.data, "the lines")


run(globals())
