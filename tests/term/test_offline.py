"""With the feed gone: all can still be read, the screen says how old it is, nothing is lost in silence."""

import os

from siaga_test import Console, Feed, check, check_eq, eventually, run, start_feed


def live(feed, name):
    console = Console(feed, name, cols=200, rows=50)
    console.wait("LIVE")
    return console


def test_offline_reads_the_cache():
    feed = start_feed()
    ayu = live(feed, "ayu")
    it = feed.alarm(kind="fire", place="Pasar Gede", note="Asap dari lantai dua")["incident"]
    feed.alarm(kind="medical", place="Stasiun Balapan")
    ayu.wait("Stasiun Balapan")
    Feed(feed, "budi").do("note", it, note="Pemilik kios menelepon")
    ayu.wait("Pasar Gede")
    deeds = feed.deeds()
    ayu.quit()
    feed.stop()
    alone = Console(args=("--offline",), state=ayu.state_dir, cols=200, rows=50)
    rows = alone.wait("OFFLINE")
    text = "\n".join(rows)
    check("CACHED" in text, "says that it is cached:\n" + text)
    check("Pasar Gede" in text and "Stasiun Balapan" in text, text)
    check("LIVE" not in text, text)
    alone.keys(":1", "Enter")
    alone.wait("Asap dari lantai dua")
    alone.keys("Tab", "j", "j", "j", "j", "j", "j", "j", "j")
    alone.wait("Pemilik kios menelepon")
    check(alone.has("Pasar Gede"), "detail")
    alone.keys("Esc", "6").wait("DAMKAR")
    alone.keys("4").wait("Balai")
    check(not alone.has("skipped"), "what is its own is no message that was skipped")
    alone.keys("Esc", "a")
    alone.wait("nothing can be sent")
    alone.quit()
    for name in os.listdir(ayu.state_dir):
        mode = os.stat(os.path.join(ayu.state_dir, name)).st_mode & 0o077
        check_eq(mode, 0, name + " is readable by others")
    feed.restart()
    check_eq(feed.deeds(), deeds, "nothing was sent")
    feed.stop()


def test_offline_without_a_cache_says_so():
    alone = Console(args=("--offline",), cols=80, rows=24)
    alone.wait("NO DATA YET")
    check(not alone.has("The queue is empty"), "an empty cache is no empty queue")
    alone.quit()


def test_lost_feed_keeps_the_screen_and_comes_back_whole():
    feed = start_feed()
    ayu, budi = live(feed, "ayu"), live(feed, "budi")
    feed.alarm(kind="fire", place="Pasar Gede")
    for console in (ayu, budi):
        console.wait("Pasar Gede")
    feed.kill()
    for console in (ayu, budi):
        console.wait("LOST")
        check(console.has("Pasar Gede"), "the queue stays")
        check(console.has("CACHED"), "and is marked:\n" + console.text())
    feed.start()
    feed.alarm(kind="medical", place="Stasiun Balapan")
    for console in (ayu, budi):
        console.wait("LIVE", 20)
        console.wait("Stasiun Balapan")
        console.wait_gone("CACHED")
        console.quit()
    feed.stop()


def test_action_without_a_link_is_kept_and_said():
    feed = start_feed()
    ayu = live(feed, "ayu")
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu.wait("Pasar Gede")
    ayu.keys("a").wait("ACK")
    feed.kill()
    ayu.wait("LOST")
    ayu.keys("F2").wait("SEND")
    ayu.answer("y").wait("NOT SENT")
    ayu.wait("OUTBOX 1")
    feed.start()
    desk = Feed(feed, "sari", after=0)
    event = desk.event("dispatch.requested", 20, agency="damkar")
    check_eq(event["by"]["name"], "ayu", "by")
    ayu.wait_gone("OUTBOX", 20)
    asked = [e for e in desk.events if e["type"] == "dispatch.requested"]
    check_eq(len(asked), 1, "sent once")
    ayu.quit()
    feed.stop()


def test_unsent_action_outlives_the_console():
    feed = start_feed()
    ayu = live(feed, "ayu")
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu.wait("Pasar Gede")
    ayu.keys("a").wait("ACK")
    feed.kill()
    ayu.wait("LOST")
    ayu.keys("e").keys("Warga sudah keluar", "Enter")
    ayu.wait("OUTBOX 1")
    ayu.keys(":quit", "Enter").wait(":quit!")
    ayu.kill(9)
    ayu.exited()
    feed.start()
    again = Console(feed, "ayu", state=ayu.state_dir)
    desk = Feed(feed, "sari", after=0)
    again.wait("LIVE")
    # Young enough it goes by itself; on a slow machine the operator is asked.
    eventually(
        lambda: again.has("NOT SENT for") or any(e["type"] == "incident.noted" for e in drained(desk)),
        "sent, or put to the operator",
    )
    if again.has("NOT SENT for"):
        again.answer("y")
    desk.event("incident.noted", note="Warga sudah keluar")
    feed.stop()


def drained(desk):
    """The events so far, after asking for one answer: a note that is refused costs nothing."""
    desk.ask("note", "00000000-0000-4000-8000-000000000000", note="x")
    return desk.events


def test_another_log_is_never_mixed_in():
    feed = start_feed()
    ayu = live(feed, "ayu")
    feed.alarm(place="Pasar Gede")
    ayu.wait("Pasar Gede")
    ayu.quit()
    feed.stop()
    other = start_feed()
    other.alarm(place="Alun-alun Utara")
    again = Console(other, "ayu", state=ayu.state_dir)
    again.wait("LIVE")
    again.wait("Alun-alun Utara")
    check(not again.has("Pasar Gede"), "the old log's incident is gone")
    again.quit()
    other.stop()


def test_damaged_cache_is_set_aside():
    feed = start_feed()
    ayu = live(feed, "ayu")
    feed.alarm(place="Pasar Gede")
    ayu.wait("Pasar Gede")
    ayu.quit()
    path = os.path.join(ayu.state_dir, "cache.db")
    with open(path, "r+b") as file:
        file.write(b"this is not what it was" * 100)
    again = Console(feed, "ayu", state=ayu.state_dir)
    again.wait("LIVE")
    again.wait("Pasar Gede")
    check(len([n for n in os.listdir(ayu.state_dir) if n.startswith("cache.db.")]) > 0, "kept aside")
    again.quit()
    feed.stop()


run(globals())
