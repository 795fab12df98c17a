"""The console on a real terminal: what it shows, what it rings for, what it leaves behind."""

import re
import signal

from siaga_test import SIAGA, Console, Feed, Screen, check, check_eq, eventually, run, start_feed

# Escape, CSI in both forms, OSC 52 (the clipboard), a title, bidi, zero width, C1, DEL.
HOSTILE = (
    "AWAL\x1b[31m\x1b]52;c;ZXZpbA==\x07\x1b]0;judul\x07\x9b2J\x9d52;c;ZXZpbA==\x9c"
    "\u202eGNP.EXE\u2066\u200b\ufeff\x7f\x0e\x08AKHIR"
)


def check_clean(screen, what):
    check(screen.is_clean(), what, screen.state())


def live(feed, name, **options):
    console = Console(feed, name, **options)
    console.wait("LIVE")
    return console


def test_shows_an_alarm_and_rings_until_it_is_taken():
    feed = start_feed()
    ayu = live(feed, "ayu")
    ayu.wait("The queue is empty")
    ayu.bells()
    feed.alarm(kind="fire", place="Jalan Slamet Riyadi 12", note="Asap tebal")
    rows = ayu.wait("Jalan Slamet Riyadi 12")
    check(any("P1" in row and "FIRE" in row for row in rows), "priority and kind as text")
    eventually(lambda: ayu.bells() > 0, "it rings")
    ayu.keys("a")
    ayu.wait("ACK")
    ayu.quit()
    check_clean(ayu, "after :quit")
    feed.stop()


def test_old_work_never_rings():
    feed = start_feed()
    ayu = live(feed, "ayu")
    it = feed.alarm(place="Gang Melati")["incident"]
    ayu.wait("Gang Melati")
    ayu.keys("a")
    ayu.wait("ACK")
    feed.kill()
    ayu.wait("LOST")
    ayu.bells()
    feed.start()
    ayu.wait("LIVE", 20)
    Feed(feed, "budi").do("note", it, note="sudah tersambung lagi")
    ayu.keys("Enter")
    ayu.wait("sudah tersambung lagi")
    check_eq(ayu.bells(), 0, "bells for what was acknowledged already")
    again = Console(feed, "ayu", state=ayu.state_dir)
    again.wait("LIVE")
    again.wait("Gang Melati")
    check_eq(again.bells(), 0, "bells of a console that starts anew")
    feed.stop()


def test_each_size_shows_the_alarm():
    feed = start_feed()
    feed.alarm(kind="medical", place="Pasar Gede")
    for cols, rows in ((200, 60), (120, 40), (80, 24), (60, 16), (40, 10)):
        ayu = live(feed, "ayu", cols=cols, rows=rows)
        ayu.wait("#1")
        check(all(len(row) <= cols for row in ayu.dump()), "width")
        ayu.quit()
    ayu = live(feed, "ayu", cols=120, rows=40)
    for cols, rows in ((60, 16), (20, 5), (160, 50), (80, 24)):
        ayu.resize(cols, rows)
        ayu.wait("NEW 1")
    ayu.wait("Pasar Gede")
    ayu.quit()
    check_clean(ayu, "after resizes")
    feed.stop()


def test_colours_are_never_all_that_tells():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    for term, args in (("vt100", ()), ("linux", ()), ("xterm-256color", ("--theme", "mono", "--ascii"))):
        ayu = live(feed, "ayu", term=term, args=args, cols=80, rows=24)
        ayu.wait("P1")
        ayu.wait("NEW 1")
        raw = ayu.raw()
        if term == "vt100":
            check(not re.search(rb"\x1b\[[0-9;]*3[0-9]m|\x1b\[38;", raw), "no colour on a vt100")
        check(not re.search(rb"\x1b\[(?:[0-9;]*;)?5m", raw), "nothing blinks")
        ayu.quit()
    feed.stop()


def test_enter_never_sends_and_the_strip_is_read_first():
    feed = start_feed()
    desk = Feed(feed, "sari")
    ayu = live(feed, "ayu")
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu.wait("Pasar Gede")
    ayu.keys("a").wait("ACK")
    deeds = feed.deeds()
    ayu.keys("F2").wait("SEND")
    # Nobody is at the desk; how to reach them stands in the strip, open before the news came or not.
    ayu.wait("! DAMKAR: desk OFFLINE: ring 113")
    ayu.keys("Enter").wait("SEND")
    ayu.keys("Esc").wait_gone("SEND")
    check_eq(feed.deeds(), deeds, "nothing was sent")
    # Typed before anybody could have read the strip: not an answer to it.
    ayu.keys("F2", "y")
    ayu.wait("SEND")
    check_eq(feed.deeds(), deeds, "nothing was sent")
    ayu.answer("y")
    desk.event("dispatch.requested", agency="damkar")
    ayu.wait("DAM:req")
    ayu.quit()
    feed.stop()


def test_strip_keeps_to_its_incident():
    feed = start_feed()
    desk = Feed(feed, "sari")
    ayu = live(feed, "ayu")
    first = feed.alarm(kind="fire", place="Pasar Gede")["incident"]
    ayu.wait("Pasar Gede")
    ayu.keys("a").wait("ACK")
    ayu.keys("d").wait("Dispatch whom")
    ayu.keys("d").wait("SEND")
    feed.alarm(kind="fire", place="Pasar Klewer")
    feed.alarm(kind="fire", place="Pasar Legi")
    ayu.wait("NEW 2")
    ayu.answer("y")
    check_eq(desk.event("dispatch.requested", agency="damkar")["incident"], first, "incident")
    ayu.wait("DAM:req")
    ayu.quit()
    feed.stop()


def test_hostile_text_never_reaches_the_terminal():
    feed = start_feed()
    ayu = live(feed, "ayu")
    ayu.raw()
    it = feed.alarm(
        place="T4 " + HOSTILE[:40],
        note=HOSTILE,
        source="app",
        caller={"name": HOSTILE[:60], "phone": "\x1b[5m0812"},
    )["incident"]
    Feed(feed, "budi", position="\x1b]0;x\x07").do("note", it, note=HOSTILE)
    ayu.wait("T4")
    ayu.keys("Enter")
    ayu.wait("AKHIR")
    ayu.keys("Tab", "j", "j", "C-l")
    ayu.wait("HISTORY")
    raw = ayu.raw()
    for what, bad in (
        ("OSC", b"\x1b]"),
        ("clipboard", b"\x1b]52;"),
        ("C1 CSI", "\x9b".encode()),
        ("C1 OSC", "\x9d".encode()),
        ("bidi override", "\u202e".encode()),
        ("bidi isolate", "\u2066".encode()),
        ("zero width", "\u200b".encode()),
        ("byte order mark", "\ufeff".encode()),
        ("delete", b"\x7f"),
    ):
        check(bad not in raw, what, "reached the terminal")
    ayu.quit()
    feed.stop()


def test_text_of_other_scripts_keeps_its_columns():
    feed = start_feed()
    ayu = live(feed, "ayu")
    feed.alarm(place="ꦱꦭ 日本語 e\u0301 Solo", note="ok")
    ayu.wait("日本語")
    ayu.quit()
    feed.stop()


def test_help_and_control_c_never_leave():
    feed = start_feed()
    ayu = live(feed, "ayu", cols=80, rows=24)
    ayu.keys("?").wait("HELP")
    ayu.keys("Esc").wait_gone("HELP")
    ayu.keys("q", "q", "C-c", "C-c")
    ayu.wait(":quit leaves the console")
    ayu.keys(":nonsense", "Enter").wait("no command")
    ayu.quit()
    feed.stop()


def test_terminal_is_clean_after_every_end():
    feed = start_feed()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV, signal.SIGABRT):
        ayu = live(feed, "ayu", cols=80, rows=24)
        check(not ayu.state()["termios"] and ayu.state()["altscreen"], "it has the terminal")
        ayu.kill(number)
        _, died_of = ayu.exited()
        if number in (signal.SIGSEGV, signal.SIGABRT):
            check_eq(died_of, int(number), "a crash stays a crash")
        check_clean(ayu, number.name)
    feed.stop()


def test_closed_terminal_ends_the_console():
    feed = start_feed()
    ayu = live(feed, "ayu", cols=80, rows=24)
    ayu.hangup()
    ayu.exited()
    feed.stop()


def test_bad_start_says_why_and_leaves_the_terminal_alone():
    feed = start_feed()
    path = feed.token_file("ayu")
    for args, status, text in (
        ((), 2, "siaga:"),
        (("--nonsense",), 2, "siaga:"),
        (("--feed", feed.url), 2, "--token-file"),
        (("--feed", feed.url, "--token-file", "/nowhere/token"), 1, "/nowhere/token"),
        (("--feed", "gopher://x", "--token-file", path), 2, "gopher://x"),
    ):
        screen = Screen([SIAGA, *args], 100, 30)
        check_eq(screen.exited(), (status, None), "exit of %r" % (args,))
        check(screen.has(text), args, screen.text())
        check_clean(screen, str(args))
    feed.stop()


def test_refused_token_is_said():
    feed = start_feed()
    feed.tokens["nobody"] = "x" * 43
    ayu = Console(feed, "nobody")
    ayu.wait("REFUSED")
    ayu.wait("NO DATA YET")
    check(not ayu.has("The queue is empty"), "not to know is not the same as nothing to do")
    ayu.quit()
    feed.stop()


def test_a_quiet_console_costs_little():
    feed = start_feed()
    feed.alarm(place="Pasar Gede")
    ayu = live(feed, "ayu", cols=80, rows=24)
    ayu.wait("Pasar Gede")
    ayu.keys("a").wait("ACK")
    ayu.raw()
    feed.alarm(place="Pasar Legi")
    ayu.wait("Pasar Legi")
    raw = ayu.raw()
    check(b"\x1b[2J" not in raw and b"\x1b[H\x1b[J" not in raw, "a change is not a new screen")
    ayu.quit()
    feed.stop()


run(globals())
