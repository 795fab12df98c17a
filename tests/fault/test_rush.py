"""Much is said in a moment. The console saves it in few pieces, and whatever ends it in the middle: what it has told
anybody to be here is here, the rest is asked for again, and in the end each event is kept once."""

import os
import random
import sqlite3
import struct
import threading

from fake_feed import FakeFeed
from plain_console import Plain
from siaga_test import check, check_eq, eventually, figure, run, scope
from victim import QUICK, cached, settings

KILLS = int(os.environ.get("SIAGA_RUSH_KILLS", "6"))
SEED = int(os.environ.get("SIAGA_SEED", str(random.randrange(1 << 30))))
INCIDENTS = 100  # in a rush, of four events each
NOTES = 120  # fewer than fill the -wal file, which would begin anew
MOST = 2000  # incidents, however late the kill comes


class Busy(FakeFeed):
    """Says each event in a message of its own, as fast as it is taken."""

    def welcome(self, **other):
        said = super().welcome(**other)
        if self.role == "agency":
            said["you"]["agency"] = "damkar"
        return said

    def one(self, number):
        """An incident from its alarm to a word after its end."""
        of = self.alarm(place="Jalan %d" % number)
        for rev, (what, data) in enumerate((("acknowledged", {}), ("closed", {"disposition": "handled"})), 2):
            with self.lock:
                self.add(self.make("incident." + what, of["incident"], of["number"], rev, **data))
        self.note("Sudah %d" % number, of)

    def rush(self, incidents=INCIDENTS, until=threading.Event()):
        def work():
            for number in range(incidents):
                if until.is_set():
                    break
                self.one(number)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def got(self):
        """What a desk has said that it has."""
        return max((said["seq"] for peer in self.peers for said in list(peer.heard) if said["t"] == "got"), default=0)


def rows(state, sql):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True, timeout=10)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def last_seq(state):
    return (rows(state, "SELECT last_seq FROM meta") or [(0,)])[0][0]


def commits(state):
    """Transactions that stand in the -wal file."""
    with open(os.path.join(state, "cache.db-wal"), "rb") as file:
        data = file.read()
    page, salts = struct.unpack(">I", data[8:12])[0], data[16:24]
    frames = (data[at : at + 24] for at in range(32, len(data) - page, page + 24))
    return sum(frame[8:16] == salts and frame[4:8] != bytes(4) for frame in frames)


def console(feed, state):
    plain = Plain(feed, args=settings(QUICK), state=state)
    eventually(lambda: plain.read(0) or any(peer.live and not peer.dead.is_set() for peer in feed.peers), "it follows")
    return plain


def fresh(**options):
    feed = Busy(beat_s=10, **options)
    return feed, os.path.join(scope.folder(), "siaga-state")


def whole(feed, state, plain):
    def is_whole():
        plain.read(0)
        return last_seq(state) == feed.head()

    eventually(is_whole, lambda: "all is kept: %d of %d" % (last_seq(state), feed.head()), 20)
    check_eq(cached(state), feed.log, "what is kept")
    ended = sum(event["type"] == "incident.closed" for event in feed.log)
    eventually(lambda: rows(state, "SELECT count(*) FROM behind") == [(0,)], "the history knows all")
    check_eq(rows(state, "SELECT count(*) FROM history"), [(ended,)], "incidents in the history")


def beginning(feed, state):
    """How much is kept: all from the first on, and nothing beyond what is said to be kept."""
    kept = cached(state)
    check_eq(kept, feed.log[: len(kept)], "what is kept")
    check_eq(last_seq(state), len(kept), "what it says is kept")
    return len(kept)


def followed(feed, peers):
    """From where whoever came after them asked to be told on."""

    def asked():
        for peer in feed.peers[peers:]:
            for said in list(peer.heard):
                if said["t"] == "follow":
                    return [said.get("after")]
        return None

    return eventually(asked, "it asks for what is missing")[0]


def test_a_rush_is_saved_in_few_pieces():
    feed, state = fresh()
    plain = console(feed, state)
    of = feed.alarm(place="Jalan 0")
    whole(feed, state, plain)
    before = commits(state)
    for number in range(NOTES):
        feed.note("Kata %d" % number, of)
    whole(feed, state, plain)
    made = commits(state) - before
    figure("transactions for %d messages" % NOTES, made)
    check(0 < made < NOTES / 2, made, "transactions for", NOTES)
    plain.quit()


def test_after_quiet_an_event_is_kept_without_waiting_for_more():
    feed, state = fresh()
    plain = console(feed, state)
    for number in range(5):
        feed.one(number)
        whole(feed, state, plain)  # nothing comes after it
    plain.quit()


def killed_in_a_rush(feed, state, chance):
    """It is killed once some of the rush is kept; how much is, and what it had told the feed it has."""
    plain = console(feed, state)
    over = threading.Event()
    enough = feed.head() + chance.randrange(1, 4 * INCIDENTS)
    thread = feed.rush(MOST, over)
    eventually(lambda: plain.read(0) or last_seq(state) >= enough, "some of it is kept", 20)
    plain.child.kill()
    plain.child.wait()
    over.set()
    thread.join()
    return beginning(feed, state)


def test_nothing_is_missing_after_a_kill_in_a_rush():
    feed, state = fresh()
    chance = random.Random(SEED)
    figure("SIAGA_SEED", SEED)
    cut = []
    for _ in range(KILLS):
        kept = killed_in_a_rush(feed, state, chance)
        cut.append(feed.head() - kept)
        peers = len(feed.peers)
        plain = console(feed, state)
        check_eq(followed(feed, peers), kept, "it asks for what follows on what is kept")
        whole(feed, state, plain)
        plain.quit()
    check(max(cut) > 0, "no kill came before the end of its rush")
    figure("events that were not kept at a kill", max(cut))


def test_a_desk_never_says_that_it_has_what_it_has_not_kept():
    feed, state = fresh(role="agency")
    chance = random.Random(SEED)
    for _ in range(KILLS):
        kept = killed_in_a_rush(feed, state, chance)
        check(0 < feed.got() <= kept, "it had said that it has", feed.got(), "and has kept", kept)
        plain = console(feed, state)
        whole(feed, state, plain)
        eventually(lambda: feed.got() == feed.head(), "it says that it has all")
        plain.quit()


def test_who_leaves_in_a_rush_has_kept_all_that_was_told():
    for leave in (lambda plain: plain.child.terminate(), lambda plain: plain.say("quit")):
        feed, state = fresh()
        plain = console(feed, state)
        thread = feed.rush()
        plain.wait(" NEW #20 ", 20)
        leave(plain)
        plain.exited()
        thread.join()
        kept = beginning(feed, state)
        places = {event["data"]["place"] for event in feed.log[:kept] if event["type"] == "incident.raised"}
        told = [line for line in plain.lines if " NEW #" in line]
        check(len(told) >= 20, told)
        check(len(told) <= len(places), len(told), "alarms were told, and", len(places), "are kept")


def test_a_link_that_breaks_in_a_rush_leaves_no_gap():
    feed, state = fresh()
    plain = console(feed, state)
    thread = feed.rush()
    for part in (1, 2, 3):
        eventually(lambda part=part: plain.read(0) or last_seq(state) >= part * INCIDENTS, "a part is kept", 20)
        peers = len(feed.peers)
        feed.cut()
        after = followed(feed, peers)
        check(after is not None and last_seq(state) >= after, "it asks to go on after", after)
    thread.join()
    whole(feed, state, plain)
    plain.quit()


run(globals())
