"""A feed that lies. Whatever it says the console answers its operator, costs little, believes nothing out of
turn, and is whole by itself when the feed tells the truth again."""

import glob
import json
import os
import random
import time
import uuid

from fake_feed import FakeFeed, stamp
from fault_proxy import frame, text_frame
from plain_console import Plain
from siaga_test import check, check_eq, eventually, figure, run, takes
from victim import QUICK, Victim, cached, settings, together

ALL = os.environ.get("SIAGA_FAULT_ALL", "") == "1"
VICTIMS = 10
LASTS_S = 10.0 if ALL else 1.0
MIB = 1 << 20


def told(victims):
    for what in ("answer", "cpu", "whole"):
        figure("most " + what, round(max(victim.figures[what] for victim in victims), 2))
    for what in ("kb", "connections"):
        figure("most " + what, max(victim.figures[what] for victim in victims))
    figure("lies", sum(victim.figures["faults"] for victim in victims))


# --- what is said on a link that stands: lies of one moment ---


def event(feed, seq, **more):
    made = feed.raised(place="BOHONG")
    made.update(seq=seq, **more)
    return {"t": "events", "events": [made]}


def raw_seq(text):
    """The event with this written as its seq, number or not."""

    def lie(feed):
        return json.dumps(event(feed, 424242)).replace("424242", text)

    return lie


def camera(number, **more):
    return dict({"id": "c%d" % number, "owner": "police", "name": "K%d" % number, "lat": -7.5, "lon": 110.8,
                 "status": "ok"}, **more)


def registry(**more):
    return lambda feed: dict(feed.registry, rev=99, **more)


def fragments(count, size=1, end=True):
    """One message in so many pieces."""

    def lie(feed):
        said = frame(b'{"t":"x","x":"', 1, fin=False)
        said += frame(b"y" * size, 0, fin=False) * count
        return said + (frame(b'"}', 0) if end else b"")

    return lie


def many(count, make):
    """So many messages at once."""
    return lambda feed: b"".join(text_frame(make(feed)) for _ in range(count))


def some_id():
    return str(uuid.uuid4())


def beat(**more):
    return lambda feed: feed.beat(**more)


MOMENTS = {
    # the place in the log
    "a gap": lambda f: event(f, f.head() + 5),
    "seq 0": raw_seq("0"),
    "seq -1": raw_seq("-1"),
    "seq 2^53": raw_seq(str(1 << 53)),
    "seq 2^63-1": raw_seq(str((1 << 63) - 1)),
    "seq 2^64": raw_seq(str(1 << 64)),
    "seq of 400 digits": raw_seq("9" * 400),
    "seq 1e3": raw_seq("1e3"),
    "seq of text": raw_seq('"5"'),
    "seq NaN": raw_seq("NaN"),
    "no seq": raw_seq("null"),
    "an old seq, another alarm": lambda f: event(f, f.head()),
    "the last one, fifty times": many(50, lambda f: {"t": "events", "events": [f.log[-1]]}),
    "all of it again": lambda f: {"t": "events", "events": f.log},
    "the wrong way round": lambda f: {"t": "events", "events": f.log[::-1]},
    "the open ones, unasked": lambda f: {"t": "events", "open": True, "events": f.log},
    "no events": {"t": "events", "events": []},
    "5000 events": lambda f: {"t": "events", "events": [f.log[-1]] * 5000},
    "a beat of the past": beat(head=0),
    "a beat of the future": beat(head=1 << 53),
    "a beat at 2^64": beat(head=1 << 64),
    "a beat at -1": beat(head=-1),
    # out of turn
    "a second welcome": lambda f: f.welcome(),
    "a welcome of another feed": lambda f: f.welcome(feed=some_id()),
    "live, and so it was": lambda f: {"t": "live", "head": f.head()},
    "live further on": lambda f: {"t": "live", "head": f.head() + 1000},
    "another log": lambda f: {"t": "diverged", "head": 3},
    "done, for nobody": many(500, lambda f: {"t": "done", "id": some_id(), "seq": 1}),
    "done, of the future": lambda f: {"t": "done", "id": some_id(), "seq": 1 << 53},
    "refused, for nobody": many(500, lambda f: {"t": "refused", "id": some_id(), "code": "conflict", "message": "x"}),
    "refused, for nothing": many(500, lambda f: {"t": "refused", "code": "too_many", "message": "x"}),
    "refused, by no code": {"t": "refused", "id": some_id(), "code": "because", "message": "x"},
    "byes": many(200, lambda f: {"t": "bye", "reason": "\u202e" + "pergi " * 20}),
    # too much
    "64 KiB of brackets": b"[" * 65536,
    "64 KiB of members": b'{"a":' * 13000,
    "deep, and well formed": b'{"t":"live","head":' + b"[" * 500 + b"]" * 500 + b"}",
    "1 MiB of blanks": b" " * MIB,
    "1 MiB and one byte": b'{"t":"bye","reason":"' + b"x" * (MIB - 22) + b'"}',
    "8 MiB": b'{"t":"bye","reason":"' + b"x" * (8 * MIB) + b'"}',
    "a name of 500 KB": b'{"t":"bye","' + b"x" * 500000 + b'":1}',
    "100 000 members": b'{"t":"bye"' + b"".join(b',"m%d":1' % n for n in range(80000)) + b"}",
    "10 000 fragments": fragments(10000),
    "a fragment too many": fragments(1100, 1000),
    "100 000 fragments of nothing": fragments(100000, 0),
    "100 000 cameras": registry(cameras=[camera(n) for n in range(100000)]),
    "6 000 cameras": registry(cameras=[camera(n) for n in range(6000)]),
    "one camera 4 000 times": registry(cameras=[camera(1)] * 4000),
    "cameras at 1e9 degrees": registry(cameras=[camera(1, lat=1e9, lon=-1e9)]),
    "cameras at 1e400 degrees": lambda f: json.dumps(dict(f.registry, cameras=[camera(1, lat=424242)])).replace(
        "424242", "1e400"),
    "a camera with a command": registry(cameras=[camera(1, stream="file:///etc/passwd"), camera(2, stream="; rm -rf /")]),
    "300 agencies": registry(agencies=[{"id": "a%d" % n, "name": "A", "short": "A", "desk": "console"}
                                       for n in range(300)]),
    "agencies of one letter": registry(agencies=[{"id": "a%d" % n, "name": "A", "short": "A", "letter": "d", "fkey": 2,
                                                  "desk": "console"} for n in range(60)]),
    "plans for nobody": registry(plans=[{"kind": "fire", "priority": "*", "agencies": ["none", "none"]}] * 150),
    "a line of 200 000 points": registry(map={"features": [{"kind": "road", "line": [0] * 200000}]}),
    "10 000 people": {"t": "presence", "who": [{"name": "p%d" % n} for n in range(10000)], "desks": {}},
    "1 000 people": {"t": "presence", "who": [{"name": "p%d" % n, "open": some_id()} for n in range(1000)], "desks": {}},
    "100 desks": {"t": "presence", "who": [], "desks": dict(("d%d" % n, "online") for n in range(100))},
    # nonsense
    "an empty message": b"",
    "a list": b"[]",
    "half an object": b'{"t":"beat","head":',
    "two objects": b'{"t":"bye"}{"t":"bye"}',
    "not UTF-8 in a key": b'{"t":"bye","\xff\xfe\xc0\xaf":1}',
    "not UTF-8 in a value": b'{"t":"bye","reason":"\xed\xa0\x80 \xc0\x80 \xf5\x80\x80\x80"}',
    "NUL in a text": b'{"t":"bye","reason":"a\\u0000b"}',
    "NUL in a key": b'{"t":"bye","re\\u0000ason":"b"}',
    "NUL bytes": b'{"t":"bye"}\0\0\0',
    "a key twice": b'{"t":"bye","t":"welcome","reason":"x"}',
    "lone surrogates": b'{"t":"bye","reason":"\\ud800 \\udc00\\ud800"}',
    "an unknown type": {"t": "exec", "command": "rm -rf /"},
    "a type of 10 000 letters": {"t": "x" * 10000},
    "a type that is a list": {"t": ["bye"]},
    "escapes in a type": {"t": "\x1b]0;judul\x07\x1b[2J\u009b2J"},
    "5 000 unknown ones": many(5000, lambda f: {"t": "exec"}),
    "2 000 that are no JSON": lambda f: text_frame(b"%n%s\x1b[2J") * 2000,
    # frames
    "a binary message": lambda f: frame(b"\0\1\2" * 100, 2),
    "a binary beat": lambda f: frame(json.dumps(f.beat()).encode(), 2),
    "5 000 pings": lambda f: frame(b"x" * 125, 9) * 5000,
    "5 000 pongs": lambda f: frame(b"x" * 125, 10) * 5000,
    "a ping of 200 bytes": lambda f: frame(b"x" * 200, 9),
    "a ping in pieces": lambda f: frame(b"x", 9, fin=False) + frame(b"y", 0),
    "a rest without a beginning": lambda f: frame(b"x", 0),
    "a beginning within a message": lambda f: frame(b'{"t":', 1, fin=False) + frame(b'{"t":"bye"}', 1),
    "a close of code 0": lambda f: frame(b"\0\0", 8),
    "a close of code 5000": lambda f: frame(b"\x13\x88" + b"\x1b]0;x\x07\xff" * 10, 8),
    "a close, and more": lambda f: frame(b"\x03\xe8", 8) + text_frame(f.beat()) * 5,
    # clocks
    "the year 9999": beat(now="9999-12-31T23:59:59.999Z"),
    "the year 1970": beat(now="1970-01-01T00:00:00.000Z"),
    "before all time": beat(now="0000-00-00T00:00:00Z"),
    "no time at all": beat(now="sekarang"),
    "a clock that jumps": lambda f: b"".join(
        text_frame(f.beat(now=stamp(time.time() + 3600 * hours))) for hours in (5, -5, 100, -100, 20000, -100000)),
}


def say(peer, lie):
    said = lie(peer.feed) if callable(lie) else lie
    if isinstance(said, bytes) and not callable(lie):
        said = text_frame(said)
    peer.raw(said if isinstance(said, bytes) else text_frame(said))


@takes(900)
def test_lies_on_a_link_that_stands():
    victims = [Victim() for _ in range(VICTIMS)]
    for victim in victims:
        victim.feed.alarm(place="Satu")
        victim.feed.alarm(place="Dua", kind="medical")
        victim.plain.wait("Dua")

    def tell(victim, name):
        say(victim.live(), MOMENTS[name])
        victim.endure(name, LASTS_S, links=6)
        victim.heal()

    together(victims, (list(MOMENTS), tell))
    for victim in victims:
        victim.close()
        check_eq(victim.plain.told("BOHONG|judul|PWNED"), [], "what was never so")
        check_eq(victim.plain.told("REFUSED"), [], "refused is what was asked")
    told(victims)


@takes(120)
def test_an_event_that_cannot_be_read_hides_no_other():
    victim = Victim()
    victim.feed.alarm(place="Satu")
    victim.plain.wait("Satu")
    links = len(victim.feed.times)
    for text in ("incident.foretold", "incident.noted", None):
        strange = victim.feed.make(text, str(uuid.uuid4()), 0, "x", note=7)
        with victim.feed.lock:
            victim.feed.log.append(strange)
            following = victim.feed.raised(place="Sesudah %s" % text)
            victim.feed.log.append(following)
            for peer in victim.feed.peers:
                peer.say({"t": "events", "events": [strange, following]})
        victim.plain.wait("Sesudah %s" % text)
    check(victim.plain.told("skipped: event 2: "), "it is told that there was one")
    check_eq(len(victim.feed.times), links, "the link stands")
    # The same from the beginning, and from the cache.
    victim.feed.cut()
    victim.heal()
    for text in ("incident.foretold", "incident.noted", None):
        check_eq(len(victim.plain.told("NEW .*Sesudah %s" % text)), 1, "told once")
    victim.plain.quit()
    check_eq([event["seq"] for event in cached(victim.plain.state)], [1, 3, 5, 7, 8], "what is kept")


# --- how a link begins: the same lie to everybody who comes ---


def begin(*said, follow=True):
    """Welcomes in this way, and says this when it is asked to follow."""

    def lie(peer):
        if not peer.upgrade():
            return
        for message in said:
            say(peer, message)
        while not peer.dead.is_set():
            message = peer.message()
            if message is None:
                return
            if follow and message["t"] == "follow":
                peer.feed.tell(peer, message.get("after"))

    return lie


def welcome(**wrong):
    return begin(lambda f: {k: v for k, v in f.welcome(**wrong).items() if v is not None})


def after_follow(tell):
    """A right welcome; then this, with what the console says that it holds."""

    def lie(peer):
        if not peer.upgrade():
            return
        peer.say(peer.feed.welcome())
        message = peer.message()
        while message is not None and message["t"] != "follow":
            message = peer.message()
        if message is not None:
            tell(peer, message.get("after") or 0)
        while peer.message() is not None:
            pass

    return lie


def live(peer, **more):
    peer.say(peer.feed.registry)
    peer.say(dict({"t": "live", "head": peer.feed.head()}, **more))


def says(*said):
    def tell(peer, _):
        for message in said:
            say(peer, message)

    return after_follow(tell)


def drip(peer, _):
    """Live, and then one message that never ends."""
    live(peer)
    peer.raw(b"\x81\x7f" + (100000).to_bytes(8, "big") + b'{"t":"beat","x":"')
    while not peer.dead.wait(0.1) and peer.raw(b"x"):
        pass


def only(make, every_s=0.1):
    """Live, and then nothing but this."""

    def tell(peer, _):
        live(peer)
        while not peer.dead.wait(every_s) and peer.raw(make(peer.feed)):
            pass

    return after_follow(tell)


def flap(peer, _):
    live(peer)
    peer.close()


def silent(peer):
    peer.dead.wait()


def no_catching_up(peer, _):
    while not peer.dead.wait(0.2) and peer.say(peer.feed.beat()):
        pass


# name: (lie, seconds after which it is not called live any more or None, connections at most)
BEGINNINGS = {
    "nothing but a beat": (begin(beat()), 1, 8),
    "live at once": (begin(lambda f: {"t": "live", "head": f.head()}), 1, 8),
    "events at once": (begin(lambda f: event(f, f.head() + 1)), 1, 8),
    "a registry at once": (begin(lambda f: f.registry), 1, 8),
    "another log at once": (begin({"t": "diverged", "head": 0}), 1, 8),
    "done at once": (begin({"t": "done", "id": some_id()}), 1, 8),
    "a beat every 0 s": (welcome(beat_s=0), 1, 8),
    "a beat every 0.001 s": (welcome(beat_s=0.001), 1, 8),
    "a beat every -1 s": (welcome(beat_s=-1), 1, 8),
    "a beat every 1e9 s": (welcome(beat_s=1e9), 1, 8),
    "a beat every hour": (welcome(beat_s=3600), 1, 8),
    "a beat every x": (welcome(beat_s="x"), 1, 8),
    "head 2^53+1": (welcome(head=(1 << 53) + 1), 1, 8),
    "head 2^63": (welcome(head=1 << 63), 1, 8),
    "head -1": (welcome(head=-1), 1, 8),
    "head 1.5": (welcome(head=1.5), 1, 8),
    "no head": (welcome(head=None), 1, 8),
    "a feed that is no UUID": (welcome(feed="../../etc/passwd"), 1, 8),
    "protocol 2": (welcome(v=2), 1, 8),
    "a king": (welcome(you={"name": "ayu", "role": "king"}), 1, 8),
    "a name of 10 000 letters": (welcome(you={"name": "x" * 10000, "role": "operator"}), 1, 8),
    "a name of nothing": (welcome(you={"name": "\u200b\u202e", "role": "operator"}), 1, 8),
    "mode war": (welcome(mode="war"), 1, 8),
    "no you": (welcome(you=None), 1, 8),
    "no now": (welcome(now=None), 1, 8),
    "live too early": (says(lambda f: {"t": "live", "head": f.head() + 7}), 1, 8),
    "live too low": (says(lambda f: {"t": "live", "head": f.head() - 1}), 1, 8),
    "live at 2^64": (says({"t": "live", "head": 1 << 64}), 1, 8),
    "a gap": (says(lambda f: event(f, f.head() + 2), lambda f: {"t": "live", "head": f.head() + 2}), 1, 8),
    "the open ones, unasked": (says(lambda f: {"t": "events", "open": True, "events": f.log}), 1, 8),
    "half of it, and gone": (after_follow(lambda peer, _: peer.close()), 1, 8),
    "beats, and never live": (after_follow(no_catching_up), 1, 8),
    "live, and then silence": (says(lambda f: {"t": "live", "head": f.head()}), 4, 8),
    "live, and then pings": (only(lambda f: frame(b"x", 9)), 4, 8),
    "live, and then pongs": (only(lambda f: frame(b"x", 10)), 4, 8),
    "live, and then nonsense": (only(lambda f: text_frame(b"{]")), 4, 8),
    "live, and then old events": (only(lambda f: text_frame({"t": "events", "events": f.log[-1:]})), None, 8),
    "live, and then empty fragments": (only(lambda f: frame(b"", 1, fin=False)), 4, 8),
    "live, and then a message that drips": (after_follow(drip), 4, 8),
    "live, and then beats that tell of more": (only(lambda f: text_frame(f.beat(head=f.head() + 9))), 4.5, 8),
    "live, and gone": (after_follow(flap), None, 14),
}


@takes(900)
def test_lies_of_a_feed_from_the_beginning():
    victims = [Victim() for _ in range(2 * VICTIMS)]
    for victim in victims:
        victim.feed.alarm(place="Satu")
        victim.plain.wait("Satu")

    def tell(victim, name):
        lie, dead_s, links = BEGINNINGS[name]
        victim.feed.always = lie
        if dead_s is not None and dead_s > 1:
            # Were it the same each time, it would be live again each time, and rightly so.
            victim.feed.next(lie)
            victim.feed.always = silent
        victim.feed.cut()
        victim.endure(name, (dead_s if dead_s is not None and dead_s > 1 else 0) + LASTS_S, links=links, dead_s=dead_s)
        victim.feed.cut()
        victim.heal()

    together(victims, (list(BEGINNINGS), tell))
    for victim in victims:
        victim.close()
        check_eq(victim.plain.told("BOHONG|judul"), [], "what was never so")
    told(victims)



def test_what_ended_while_the_open_ones_came_is_not_shown_as_open():
    """The link breaks when half of the open incidents have come; before it stands again one of those ends."""
    feed = FakeFeed()
    one, two = feed.alarm(place="Satu"), feed.alarm(place="Dua")
    ended = feed.make("incident.rejected", one["incident"], one["number"], 2, reason="prank")
    asked = []

    def half(peer, _):
        peer.say(feed.registry)
        peer.say({"t": "events", "open": True, "events": [one]})
        eventually(lambda: cached(console.state), "it has come")
        peer.close()

    def the_rest(peer, _):
        peer.say(feed.registry)
        peer.say({"t": "events", "open": True, "events": [two]})
        peer.say({"t": "live", "head": 3})
        asked.append(peer.message())
        peer.say({"t": "events", "past": True, "events": [one, ended]})

    feed.always = after_follow(the_rest)
    feed.next(after_follow(half))
    console = Plain(feed, args=settings(QUICK))
    console.wait("LIVE")
    eventually(lambda: [event["seq"] for event in cached(console.state)] == [1, 2, 3], "the end of it is kept, too")
    check_eq(asked, [{"t": "tell", "incident": one["incident"]}], "what it asked for")
    console.say("status")
    console.wait("1 open")
    check_eq(len(feed.times), 2, "connections")
    console.quit()


# --- lies about which log it is ---


def another(**wrong):
    """Welcomes as somebody else each time, tells what there is, and goes."""

    def lie(peer):
        if not peer.upgrade():
            return
        peer.say(peer.feed.welcome(**{name: make() for name, make in wrong.items()}))
        message = peer.message()
        while message is not None:
            if message["t"] == "follow":
                peer.feed.tell(peer, None)
                peer.dead.wait(0.05)
                return
            message = peer.message()

    return lie


def diverged(peer):
    if peer.upgrade():
        peer.say(peer.feed.welcome())
        while peer.message() is not None:
            peer.say({"t": "diverged", "head": 0})


def somebody():
    return {"name": "ayu", "role": random.choice(("operator", "observer", "trainer", "supervisor"))}


OTHERS = {
    "another feed": another(feed=some_id),
    "a head of 0": another(head=lambda: 0),
    "another log": diverged,
    "another role": another(you=somebody),
}


@takes(300)
def test_a_feed_that_is_another_each_time_fills_no_disk():
    victims = [Victim(config="[feed]\nretry = 50ms\n[alarm]\nbell = no\n") for _ in OTHERS]
    for victim in victims:
        for number in range(30):
            victim.feed.alarm(place="Pasar %d" % number, note="asap " * 50)
        victim.plain.wait("Pasar 29")

    def tell(victim, name):
        victim.feed.always = OTHERS[name]
        victim.feed.cut()
        victim.endure(name, 60 if ALL else 4, links=60 if ALL else 12)
        victim.feed.cut()
        victim.retold = True
        victim.heal()
        victim.set_aside = len(glob.glob(os.path.join(victim.plain.state, "cache.db.aside-*")))

    together(victims, (list(OTHERS), tell))
    for victim in victims:
        victim.close()
        check(victim.set_aside <= 10, "files that were set aside:", victim.set_aside)
    figure("files set aside", [victim.set_aside for victim in victims])
    told(victims)


run(globals())
