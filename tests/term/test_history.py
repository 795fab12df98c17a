"""What the console keeps of incidents that are over: one short row each, to be found again."""

import os
import sqlite3

from siaga_test import Console, Feed, check, check_eq, eventually, run, start_feed


def rows_of(console):
    """The rows of the history as they are on disk: number, state, outcome, caller, phone, words."""
    cache = sqlite3.connect("file:%s?mode=ro" % os.path.join(console.state_dir, "cache.db"), uri=True)
    try:
        return cache.execute(
            "SELECT number, state, outcome, caller, phone, agencies, words FROM history ORDER BY key"
        ).fetchall()
    finally:
        cache.close()


def change(console, text):
    cache = sqlite3.connect(os.path.join(console.state_dir, "cache.db"), isolation_level=None)
    try:
        cache.executescript(text)
    finally:
        cache.close()


def live(feed, name, **options):
    console = Console(feed, name, **options)
    console.wait("LIVE")
    return console


def one_that_ended(feed):
    """A fire that was handled; its id."""
    budi = Feed(feed, "budi")
    caller = {"name": "Sri Wahyuni", "phone": "+62 800-555-0101"}
    it = feed.alarm(kind="fire", place="Pasar Gede", note="Asap tebal", caller=caller)["incident"]
    budi.do("acknowledge", it)
    budi.do("dispatch", it, agency="damkar")
    budi.do("note", it, note="pemilik kios bernama Wiryo")
    budi.do("cancel", it, agency="damkar")
    budi.do("close", it, disposition="handled")
    budi.close()
    return it


def test_an_incident_leaves_a_row():
    feed = start_feed()
    ayu, tamu = live(feed, "ayu"), live(feed, "tamu")
    one_that_ended(feed)
    for console, caller, phone in ((ayu, "Sri Wahyuni", "+62 800-555-0101"), (tamu, "S***", "***01")):
        ended = lambda: [row for row in rows_of(console) if row[1] == "closed"]
        row = eventually(ended, "%s has it" % caller)[0]
        check_eq(row[:6], (1, "closed", "handled", caller, phone, "damkar"), "row")
        check("Wiryo" in row[6] and "Asap" in row[6], "the words to find it by: " + row[6])
        check("Wahyuni" not in row[6] or console is ayu, "an observer finds nobody by name")
        console.quit()
    feed.stop()


def test_a_cache_of_an_older_console_is_summed_up_at_the_start():
    feed = start_feed()
    ayu = live(feed, "ayu")
    one_that_ended(feed)
    eventually(lambda: [row for row in rows_of(ayu) if row[1] == "closed"], "the row")
    ayu.quit()
    change(
        ayu,
        "DROP TABLE history; DROP TABLE history_words; DROP TABLE history_count; DROP TABLE behind;"
        "DROP INDEX event_personal; ALTER TABLE event DROP COLUMN personal;"
        "ALTER TABLE meta DROP COLUMN mark; ALTER TABLE meta DROP COLUMN forget_ms;"
        "ALTER TABLE meta DROP COLUMN forgot_ms;"
        "PRAGMA user_version = 1",
    )
    alone = Console(args=("--offline",), state=ayu.state_dir)
    alone.wait("CACHED")
    check_eq(len(rows_of(alone)), 1, "rows")
    check_eq(rows_of(alone)[0][:4], (1, "closed", "handled", "Sri Wahyuni"), "row")
    alone.quit()
    feed.stop()


def test_what_is_said_later_of_an_old_one_is_kept():
    feed = start_feed()
    it = one_that_ended(feed)
    ayu = live(feed, "ayu")
    budi = Feed(feed, "budi", after=0)
    # It had ended before this console came, and is not in its memory when it goes on.
    budi.do("reopen", it)
    budi.do("note", it, note="api menyala lagi")
    # It asks for all that is open, and there it is, from its first event on.
    ayu.wait("Pasar Gede")
    check_eq(rows_of(ayu), [], "what is open is in the queue, not in the history")
    budi.do("close", it, disposition="fire_out")
    words = lambda: [row for row in rows_of(ayu) if "menyala" in row[6]]
    row = eventually(words, "the note is found")[0]
    check_eq(row[:3], (1, "closed", "fire_out"), "row")
    budi.do("reopen", it)
    eventually(lambda: not rows_of(ayu), "it is open again")
    ayu.quit()
    feed.stop()


def test_what_cannot_be_read_from_the_cache_is_asked_for_again():
    feed = start_feed()
    ayu = live(feed, "ayu")
    feed.alarm(place="Pasar Gede")
    feed.alarm(place="Pasar Legi")
    ayu.wait("Pasar Legi")
    ayu.quit()
    change(ayu, "UPDATE event SET body = 'no longer JSON' WHERE seq = 1")
    again = live(feed, "ayu", state=ayu.state_dir)
    again.wait("Pasar Gede")
    again.wait("Pasar Legi")
    again.quit()
    feed.stop()


def test_closed_incidents_are_looked_up_with_h():
    feed = start_feed()
    ayu = live(feed, "ayu", cols=120, rows=40)
    one_that_ended(feed)
    feed.alarm(kind="medical", place="Pasar Legi")
    ayu.wait("Pasar Legi")
    ayu.keys("H").wait("HISTORY")
    ayu.wait("handled")
    # An alarm that waits stays in sight, though the queue is not.
    ayu.wait("* NEW #2")
    ayu.keys("Enter").wait("pemilik kios bernama Wiryo")
    ayu.keys("Esc", "Esc").wait("[1 QUEUE")
    ayu.keys(":", "history wiryo", "Enter").wait("HISTORY: wiryo")
    ayu.wait("Pasar Gede")
    ayu.keys("Esc").wait("[1 QUEUE")
    ayu.keys(":", "history nobody", "Enter").wait("The cache holds nothing of that")
    ayu.keys("Esc")
    # Opened again from there it is in the queue.
    ayu.keys("H").wait("handled")
    ayu.keys("Enter").wait("pemilik kios bernama Wiryo")
    ayu.keys("R", "Esc", "Esc").wait("[1 QUEUE 2 open")
    ayu.quit()
    # Without the feed it can be read all the same.
    alone = Console(args=("--offline",), state=ayu.state_dir)
    alone.wait("OFFLINE")
    alone.keys("H").wait("HISTORY")
    alone.quit()
    feed.stop()


run(globals())
