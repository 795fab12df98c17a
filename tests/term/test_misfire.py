"""A dispatch goes to the incident that stood on the strip, or nowhere: whatever happens between the key
that arms and the key that sends."""

import signal
import time

from siaga_test import Console, Feed, check, check_eq, eventually, run, start_feed

# What a mail, a chat or a log may hold when it is pasted by mistake.
POISON = "y\x1bOQy\x1bORyD y\r y\x1b[15~y:dispatch\ryy"


class Room:
    """Two fires that ayu has taken, the first under her cursor, and somebody who reads the log."""

    def __init__(self, **options):
        self.feed = start_feed()
        self.budi = Feed(self.feed, "budi", after=0)
        self.first = self.alarm("Pasar Gede")
        self.second = self.alarm("Pasar Legi")
        self.ayu = Console(self.feed, "ayu", **options)
        self.ayu.wait("LIVE")
        for number in (1, 2):
            self.ayu.keys(":%d" % number, "Enter")
            self.ayu.wait("#%d" % number)
            self.ayu.keys("a")
            it = (self.first, self.second)[number - 1]
            self.budi.event("incident.acknowledged", incident=it)
        self.ayu.keys(":1", "Enter")
        self.ayu.wait_gone("OUTBOX")

    def alarm(self, place, **members):
        return self.feed.alarm(kind="fire", place=place, **dict({"priority": "P2"}, **members))["incident"]

    def arm(self, key="F2"):
        """Arms and waits until the strip can be read; the strip."""
        self.ayu.keys(key)
        return self.strip()

    def strip(self):
        rows = self.ayu.wait("SEND")
        check(any("SEND" in row for row in rows), "the strip went away by itself:\n" + "\n".join(rows))
        return "\n".join(rows[next(i for i, row in enumerate(rows) if "SEND" in row) :])

    def sent(self):
        """Every dispatch that the log holds, after all that the console had to say: (incident, agency)."""
        mark = "penanda %d" % self.feed.head()
        for _ in range(3):
            self.ayu.keys("Esc")
        self.ayu.keys("e")
        self.ayu.keys(mark, "Enter")
        self.budi.event("incident.noted", 20, note=mark)
        # The feed may have it before the screen is drawn: an old strip is not the next one.
        self.ayu.wait_gone("SEND")
        return [
            (event["incident"], event["data"]["agency"])
            for event in self.budi.events
            if event["type"] == "dispatch.requested"
        ]

    def nothing_sent(self, what):
        check_eq(self.sent(), [], "dispatches after " + what)

    def close(self):
        self.ayu.quit()
        self.feed.stop()


def test_resort_under_the_cursor():
    room = Room()
    # Before she arms: the other one comes to the top, her cursor stays with the incident.
    room.budi.do("update", room.second, priority="P1")
    room.ayu.wait("P1:1")
    check("#1" in room.arm(), "the strip is for the one she had chosen:", room.strip())
    # And while it is armed, back again.
    room.budi.do("update", room.second, priority="P4")
    room.budi.do("update", room.first, priority="P1")
    room.ayu.answer("y")
    check_eq(room.sent(), [(room.first, "damkar")], "dispatches")
    room.close()


def test_alarm_between_arming_and_sending():
    room = Room()
    room.arm()
    for i in range(3):
        room.alarm("Pasar Klewer %d" % i, priority="P1")
    room.ayu.wait("NEW 3")
    check("#1" in room.strip(), "the strip stands:", room.strip())
    room.ayu.answer("y")
    check_eq(room.sent(), [(room.first, "damkar")], "dispatches")
    room.close()


def test_filtered_away_in_the_moment_of_a_key():
    room = Room()
    third = room.alarm("Balapan", priority="P3")
    room.ayu.wait("Balapan")
    room.ayu.keys(":filter state:new", "Enter", ":3", "Enter")
    room.alarm("Gladag", priority="P3")
    room.ayu.wait(">P3")
    room.ayu.wait("Gladag")
    room.ayu.wait_gone("order held")
    # He takes it, so it goes out of her sight; what moves into its place is not what she saw.
    room.budi.do("acknowledge", third)
    room.ayu.keys("a")
    room.ayu.wait_gone("Balapan")
    room.sent()
    taken = [e["number"] for e in room.budi.events if e["type"] == "incident.acknowledged" and e["by"]["name"] == "ayu"]
    check(4 not in taken, "she took what she had not seen:", taken)
    room.close()


def test_marked_paste():
    room = Room()
    paste = "\x1b[200~" + POISON * 20 + "\x1b[201~"
    room.ayu.keys(paste)
    room.nothing_sent("a paste")
    room.arm()
    room.ayu.keys(paste)
    room.nothing_sent("a paste into the strip")
    # Its end never comes, or it claims to end in the middle.
    room.arm()
    room.ayu.keys("\x1b[200~" + POISON)
    room.ayu.wait("LIVE")
    room.ayu.keys("\x1b[201~")
    room.nothing_sent("a paste in two halves")
    room.close()


def test_paste_that_nobody_marks():
    room = Room()
    room.ayu.keys(POISON * 4)
    room.nothing_sent("a short paste")
    room.close()


def test_answer_that_nobody_can_mean():
    room = Room()
    # More than a terminal hands over at once: what follows the gap looks like an answer.
    room.ayu.keys(("\x1bOQy" * 1000) + "\x1b")
    room.nothing_sent("a long paste")
    room.ayu.keys("nyala api y\x1bOQ" * 2000 + "\x1b")
    room.nothing_sent("a longer paste")
    # Two keys at once, by a hand that slips: the screen is quick, nobody reads so fast.
    room.ayu.react("F2", "SEND")
    room.ayu.keys("y")
    room.nothing_sent("F2 y before anybody can have read")
    # Then a while later it is an answer.
    room.arm()
    room.ayu.react("F3", "SEND")
    room.ayu.wait("SEND")
    room.ayu.answer("y")
    check_eq(len(room.sent()), 1, "dispatches after an answer that was meant")
    room.close()


def test_typed_ahead():
    room = Room()
    room.ayu.keys("F2", "y")
    room.nothing_sent("F2 y in one write")
    # The console is busy and the keys wait for it.
    room.ayu.kill(signal.SIGSTOP)
    room.ayu.keys("F2").keys("y").keys("y")
    room.ayu.kill(signal.SIGCONT)
    room.nothing_sent("keys typed to a busy console")
    room.ayu.keys("d", "d", "y")
    room.nothing_sent("d d y in one write")
    room.ayu.keys("D", "y")
    room.nothing_sent("D y in one write")
    room.close()


def test_pressed_twice():
    room = Room()
    room.arm()
    room.ayu.keys("F2")
    # Another agency's key does not change what the strip says, or changes the strip with it.
    room.ayu.keys("F3")
    agency = "damkar" if "DAMKAR" in room.strip() else "psc119"
    room.ayu.keys("Enter", "Enter")
    check(room.ayu.has("SEND"), "Enter sends nothing and closes nothing")
    room.ayu.answer("y").keys("y", "y")
    check_eq(room.sent(), [(room.first, agency)], "dispatches")
    room.close()


def test_resized_while_armed():
    room = Room(cols=120, rows=40)
    for cols, rows in ((80, 24), (200, 60), (60, 16), (120, 40)):
        room.arm()
        room.ayu.resize(cols, rows)
        strip = room.strip()
        check("#1" in strip and "DAMKAR" in strip, "the strip at %dx%d:" % (cols, rows), strip)
        room.ayu.keys("Esc").wait_gone("SEND")
    # Where the strip has no room, there is nothing to say yes to.
    room.arm()
    room.ayu.resize(12, 3)
    room.ayu.wait_gone("QUEUE")
    room.ayu.answer("y")
    seen = room.ayu.text()
    room.ayu.resize(120, 40)
    room.ayu.wait("LIVE")
    got = room.sent()
    check(got == [] or "SEND" in seen, "sent without being seen:", got, seen)
    check(set(got) <= {(room.first, "damkar")}, "dispatches:", got)
    room.close()


def test_resized_and_sent():
    room = Room(cols=120, rows=40)
    room.arm()
    room.ayu.resize(80, 24)
    check("#1" in room.strip(), "the strip after the resize:", room.strip())
    room.ayu.answer("y")
    check_eq(room.sent(), [(room.first, "damkar")], "dispatches")
    room.close()


def test_link_lost_while_armed():
    room = Room()
    room.arm()
    room.feed.kill()
    room.ayu.wait("LOST")
    check("#1" in room.strip(), "the strip stands:", room.strip())
    room.ayu.answer("y")
    room.ayu.wait("OUTBOX 1")
    # Meanwhile somebody else has another incident come before it.
    room.feed.start()
    room.budi = Feed(room.feed, "budi", after=0)
    room.alarm("Pasar Klewer", priority="P1")
    room.ayu.wait("LIVE", 30)
    room.ayu.wait("Pasar Klewer")
    if room.ayu.has("NOT SENT for"):
        room.ayu.answer("y")
    room.ayu.wait_gone("OUTBOX")
    check_eq(room.sent(), [(room.first, "damkar")], "dispatches")
    room.close()


def test_link_lost_and_back_while_armed():
    room = Room()
    room.arm()
    room.feed.kill()
    room.ayu.wait("LOST")
    room.feed.start()
    room.budi = Feed(room.feed, "budi", after=0)
    room.alarm("Pasar Klewer", priority="P1")
    room.ayu.wait("LIVE", 30)
    # The strip may have gone with the link; if it is there it is still the same one.
    if room.ayu.has("SEND"):
        check("#1" in room.strip(), "the strip:", room.strip())
        room.ayu.answer("y")
    check(set(room.sent()) <= {(room.first, "damkar")}, "dispatches:", room.sent())
    room.close()


def wait_past_fall():
    """A strip that closed by itself takes the keys that were on their way to it, for half a second."""
    since = time.monotonic()
    eventually(lambda: time.monotonic() - since > 0.6, "its time")


def test_closed_by_somebody_else_while_armed():
    room = Room()
    room.arm()
    room.budi.do("reject", room.first, reason="prank")
    room.ayu.wait_gone("SEND")
    room.ayu.answer("y").keys("y")
    wait_past_fall()
    room.ayu.answer("y").keys("y")
    room.ayu.keys(":2", "Enter")
    room.nothing_sent("the end of the incident")
    room.close()


def test_closed_in_the_moment_of_sending():
    room = Room()
    room.arm()
    # She has pressed before she could see it: the feed has the last word.
    room.ayu.kill(signal.SIGSTOP)
    room.budi.do("reject", room.first, reason="prank")
    room.ayu.answer("y")
    room.ayu.kill(signal.SIGCONT)
    room.ayu.wait_gone("SEND")
    eventually(lambda: not room.ayu.has("OUTBOX"), "it is answered")
    room.ayu.keys(":2", "Enter")
    room.nothing_sent("the end of the incident")
    room.close()


def test_merged_by_somebody_else_while_armed():
    room = Room()
    room.arm()
    room.budi.do("merge", room.first, into=room.second)
    room.ayu.wait_gone("SEND")
    room.ayu.answer("y")
    wait_past_fall()
    room.ayu.answer("y")
    room.nothing_sent("the merge")
    room.close()


run(globals())
