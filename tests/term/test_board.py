"""The supervisor board on a terminal: what it counts after a restart, what it does not know, who may see
it."""

import os
import sqlite3

from siaga_test import Console, Feed, run, start_feed


def one_that_ended(feed):
    budi = Feed(feed, "budi")
    it = feed.alarm(kind="fire", place="Pasar Gede")["incident"]
    budi.do("acknowledge", it)
    budi.do("close", it, disposition="handled")
    budi.close()


def live(feed, name, **options):
    console = Console(feed, name, cols=120, rows=40, **options)
    console.wait("LIVE")
    return console


def test_a_restart_forgets_nothing_of_the_shift():
    feed = start_feed()
    ayu = live(feed, "ayu")
    one_that_ended(feed)
    ayu.keys("B").wait("BOARD since")
    ayu.wait("CLOSED 1")
    ayu.quit()
    # It ended two hours ago: out of the queue's sight, but of this shift.
    cache = sqlite3.connect(os.path.join(ayu.state_dir, "cache.db"), isolation_level=None)
    cache.execute("UPDATE incident SET ended_at_ms = ended_at_ms - 7200000")
    cache.close()
    again = live(feed, "ayu", state=ayu.state_dir)
    again.keys("B").wait("RECEIVED 1")
    again.wait("CLOSED 1")
    again.quit()
    feed.stop()


def test_what_ended_before_the_first_start_is_said_to_be_unknown():
    feed = start_feed()
    one_that_ended(feed)
    feed.alarm(place="Pasar Legi")
    ayu = live(feed, "ayu")
    ayu.wait("Pasar Legi")
    ayu.keys("B").wait("is not known here and not counted")
    ayu.wait("RECEIVED 1")
    # The alarm that waits keeps its line.
    ayu.wait("* NEW #2")
    ayu.keys("n").wait("[1 QUEUE")
    ayu.quit()
    feed.stop()


def test_a_desk_has_no_board():
    feed = start_feed()
    desk = live(feed, "damkar")
    desk.keys(":", "board", "Enter").wait("board: not for your role")
    desk.quit()
    feed.stop()


run(globals())
