"""The console on terminals of every age and in every environment: it starts, can be read, and leaves the
terminal as it found it."""

import re

from siaga_test import SIAGA, Console, Screen, check, check_eq, eventually, run, scope, start_feed

COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-79]|4[0-79]|38|48|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
# What a program says to a terminal: CSI, OSC, a character set, or one byte after ESC.
SEQUENCE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[ -/]?[0-~])"
)
TERMS = "xterm-256color tmux-256color screen screen-256color linux vt100 vt220 xterm".split()
WORDS = ("P1", "FIRE", "NEW 1", "LIVE", "#1", "Pasar Gede")


def text_of(raw):
    """What is left for the eye of what was written: no sequence, no control."""
    plain = SEQUENCE.sub(b"", raw)
    at = plain.find(b"\x1b")
    check(at < 0, "a sequence that nobody knows:", plain[max(0, at - 20) : at + 40])
    return plain


def shown(feed, term="xterm-256color", cols=80, rows=24, **options):
    """A console that shows the fire, and what it wrote until then."""
    console = Console(feed, "ayu", term=term, cols=cols, rows=rows, **options)
    console.wait("LIVE")
    rows = "\n".join(console.wait("Pasar Gede"))
    for word in WORDS:
        check(word in rows, "%s: %r is not on the screen:\n%s" % (term, word, rows))
    return console, console.raw()


def leave(console, what):
    console.quit()
    check(console.is_clean(), what, "left behind:", console.state())
    raw = console.raw()
    check(b"\x1b[?2004h" not in raw[-200:], what, "paste is still marked")
    text_of(raw)
    return raw


def one_fire():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede", note="Asap tebal")
    return feed


def test_each_terminal():
    feed = one_fire()
    for term in TERMS:
        console, raw = shown(feed, term)
        check(b"FIRE" in text_of(raw) and b"P1" in raw, term, "says it in words")
        check(not re.search(rb"\x1b\[(?:[0-9;]*;)?[56]m", raw), term, "blinks")
        if term in ("vt100", "vt220"):
            check(not COLOUR.search(raw), term, "has no colours: %r" % COLOUR.search(raw))
        else:
            check(COLOUR.search(raw), term, "has colours")
        if term in ("linux", "vt100", "vt220"):
            check(b"\x1b]" not in raw and b"$p" not in raw, term, "is asked what it does not know")
        # It can be driven as well as read.
        console.keys("Down", "Up", "Esc", "?").wait("HELP")
        console.keys("Esc").wait_gone("HELP")
        console.keys(":", "abc").wait(":abc")
        console.keys("Esc").wait_gone(":abc")
        leave(console, term)
    feed.stop()


def test_language_of_nobody():
    feed = one_fire()
    for lang, all_of_it in (("C", None), ("C", "C"), (None, "POSIX"), (None, None)):
        env = {"LANG": lang, "LC_ALL": all_of_it}
        console, raw = shown(feed, env=env)
        if all_of_it is not None:
            text = text_of(raw)
            check(all(byte < 0x80 for byte in text), "only ASCII where nothing else is known:", env)
        leave(console, str(env))
    feed.stop()


def test_a_place_in_another_script_where_only_ascii_is_known():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gedé ꦱꦭ 日本")
    console = Console(feed, "ayu", cols=80, rows=24, env={"LANG": "C", "LC_ALL": "C"})
    rows = "\n".join(console.wait("Pasar Ged"))
    check("#1" in rows and "FIRE" in rows, rows)
    check(all(byte < 0x80 for byte in text_of(console.raw())), "only ASCII")
    console.quit()
    feed.stop()


def test_no_colour():
    feed = one_fire()
    console, raw = shown(feed, env={"NO_COLOR": "1"})
    check(not COLOUR.search(raw), "a colour: %r" % COLOUR.search(raw))
    check(b"\x1b[1m" in raw or b";1m" in raw or b"\x1b[7m" in raw or b";7m" in raw, "weight tells instead")
    leave(console, "NO_COLOR")
    console, raw = shown(feed, env={"NO_COLOR": ""})
    check(COLOUR.search(raw), "an empty NO_COLOR says nothing")
    leave(console, "NO_COLOR empty")
    feed.stop()


def test_frames_are_held_back_where_that_is_possible():
    feed = one_fire()
    for sync in (True, False):
        # 2: it knows the mode, which is off; 0: it has never heard of it.
        console, _ = shown(feed, answer="\x1b[?2026;%d$y" % (2 if sync else 0))
        console.keys("C-l", "?").wait("HELP")
        raw = b""
        for key, mark in (("Esc", "LIVE"), ("C-l", "LIVE"), ("?", "HELP")):
            console.keys(key).wait(mark)
            raw += console.raw()
        marks = re.findall(rb"\x1b\[\?2026([hl])", raw)
        check(bool(marks) == sync, "held back where the terminal said that it can, and only there", marks)
        check_eq(marks, [b"h", b"l"] * (len(marks) // 2), "each that is held back is let go")
        console.keys("Esc")
        leave(console, "sync" if sync else "no sync")
    feed.stop()


def test_terminals_that_cannot():
    for term, words in (("dumb", "cannot show"), ("no-such-terminal", "not known")):
        home = scope.folder()
        screen = Screen([SIAGA, "--offline", "--state", home], 80, 24, term=term, home=home)
        status, _ = screen.exited()
        check(status not in (0, None), term, "ends with an error")
        said = " ".join(row.strip() for row in screen.dump())
        check("siaga:" in said and words in said, term, "is told why:", said)
        check(screen.is_clean(), term, screen.state())


def test_sizes_at_the_edge():
    feed = one_fire()
    for cols, rows in ((1, 1), (2, 40), (200, 1), (10, 2), (500, 200)):
        console = Console(feed, "ayu", cols=cols, rows=rows)
        if cols >= 60:
            console.wait("NEW 1")
        console.keys("j", "k", "F2", "Esc", "?", "Esc", ":", "Esc")
        console.resize(80, 24)
        console.wait("Pasar Gede")
        leave(console, "%dx%d" % (cols, rows))
    feed.stop()


def test_light_ground():
    feed = one_fire()
    console, raw = shown(feed, args=("--theme", "siaga-light"))
    check(COLOUR.search(raw), "colours")
    leave(console, "light")
    feed.stop()


def test_size_that_is_no_size():
    """A serial line knows no size; the console takes the terminal's own, and shows its queue."""
    feed = one_fire()
    console = Console(feed, "ayu", term="vt100", cols=0, rows=0)
    eventually(lambda: console.raw(), "it draws")
    console.resize(80, 24)
    console.wait("Pasar Gede")
    leave(console, "0x0")
    feed.stop()


run(globals())
