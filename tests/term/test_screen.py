"""The screen on terminals of many kinds: frames that are right and small, colours that are not needed,
answers, the mouse, and an end that leaves nothing behind."""

import os
import re
import subprocess

from siaga_test import (Console, Screen, check, check_eq, environment, eventually, run, scope,
                        start_feed)

PROBE = os.environ["SCREEN_PROBE"]
TERMS = ("xterm-256color", "tmux-256color", "screen", "xterm", "linux", "vt100")
COLOR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
SYNC_ON, SYNC_OFF = b"\x1b[?2026h", b"\x1b[?2026l"
YES = "\x1b[?2026;2$y"


class Probe(Screen):
    """The screen alone; see screen_probe.c for its keys."""

    def __init__(self, ready="ready", **options):
        self.path = os.path.join(scope.folder(), "wanted")
        self.count = 0
        super().__init__([PROBE, self.path], **options)
        self.wait(ready)

    def press(self, *keys):
        for key in keys:
            self.count += 1
            self.keys(key)
            self.wait("%d key %x." % (self.count, ord(key)))
        return self

    def check_text(self, what):
        with open(self.path, encoding="utf-8") as file:
            wanted = file.read().split("\n")[:-1]
        for number, (got, want) in enumerate(zip(self.dump(), wanted)):
            check_eq(got, want, "%s, row %d" % (what, number))

    def looks(self):
        """What is seen of every cell: its character, colours and attributes, of a blank its ground."""
        seen = []
        for number, text in enumerate(self.dump()):
            cells = []
            for piece in self.ask("attrs", number)["runs"]:
                ground = piece["fg" if piece["reverse"] else "bg"]
                for col in range(piece["col"], piece["col"] + piece["len"]):
                    glyph = text[col] if col < len(text) else " "
                    if glyph == " " and not piece["underline"]:
                        cells.append((" ", piece["reverse"] if ground is None else 0, ground))
                    else:
                        cells.append((glyph, piece["bold"], piece["underline"], piece["reverse"],
                                      piece["fg"] if glyph != " " else ground, piece["bg"]))
            seen.append(cells)
        return seen

    def check_looks(self, what):
        """What came in pieces is what comes at once."""
        before = self.looks()
        self.press("F")
        for number, (got, want) in enumerate(zip(before, self.looks())):
            if number > 0:
                check_eq(got, want, "%s, looks of row %d" % (what, number))

    def quit(self):
        self.keys("q")
        check_eq(self.exited(), (0, None), "exit")
        check(self.is_clean(), "the terminal is as it was", self.state())


def test_changes_add_up_to_the_frame():
    for term in TERMS:
        probe = Probe(term=term, cols=60, rows=16)
        for number in range(12):
            probe.press("a")
            probe.check_text("%s, change %d" % (term, number))
        probe.check_looks(term)
        probe.press("a", "t", "a", "p", "a", "t")
        probe.check_looks(term + " with another theme and a picture")
        probe.quit()


def test_wide_characters_never_shift_a_row():
    probe = Probe(cols=40, rows=12)
    for number in range(25):
        probe.press("w")
        probe.check_text("change %d" % number)
    probe.press("F")
    probe.check_text("anew")
    probe.quit()


def test_a_new_size_is_drawn_anew():
    probe = Probe(cols=60, rows=16)
    for cols, rows in ((100, 30), (30, 8), (60, 16), (1, 1), (80, 24)):
        probe.resize(cols, rows)
        probe.count += 1
        probe.keys("a")
        if cols >= 20:
            probe.wait("%d key 61." % probe.count)
            probe.check_text("%dx%d" % (cols, rows))
        else:
            probe.wait("…")
    probe.quit()


def test_another_theme_is_no_new_screen():
    probe = Probe()
    probe.press("a", "a")
    probe.raw()
    probe.press("t")
    raw = probe.raw()
    check(b"\x1b[2J" not in raw and b"\x1b[H\x1b[J" not in raw, "nothing is cleared")
    probe.check_text("after the theme")
    probe.quit()


def test_no_color_means_none():
    for term, env in (("xterm-256color", {"NO_COLOR": "1"}), ("linux", {"NO_COLOR": "1"}), ("vt100", {})):
        probe = Probe(term=term, env=env)
        probe.press("a", "t", "a", "p", "t", "a", "F")
        found = COLOR.search(probe.raw())
        check(not found, term, "colour in spite of all", found)
        probe.quit()
    probe = Probe(env={"NO_COLOR": ""})
    check(COLOR.search(probe.raw()), "an empty NO_COLOR says nothing")
    probe.quit()


def test_eight_colours_are_enough():
    for term in ("linux", "screen", "xterm"):
        probe = Probe(term=term)
        probe.press("a", "t", "a", "p", "t", "a")
        check(not re.search(rb"[;\[][34]8;5", probe.raw()), term, "one of 256 colours")
        probe.quit()


def test_a_locale_without_utf8_gets_ascii():
    probe = Probe(env={"LC_ALL": "C", "LANG": "C"})
    probe.press("a", "w", "p", "F")
    raw = probe.raw()
    check(all(byte < 0x80 for byte in raw), "only ASCII", raw)
    probe.quit()


def test_a_picture_has_colours_where_there_are_some():
    probe = Probe()
    probe.press("p")
    check(any("▀" * 12 in row for row in probe.dump()), "half blocks")
    colors = {run["fg"] for run in probe.ask("attrs", 5)["runs"]}
    check(len(colors) > 8, "colours", colors)
    probe.quit()
    probe = Probe(term="vt100")
    probe.press("p")
    row = probe.dump()[5]
    check(re.fullmatch(r" {4}[ .:=+*#%@-]{3,12}", row), "a grey ramp of characters", repr(row))
    probe.quit()


# --- what the terminal is asked ---


def test_a_frame_is_held_back_where_the_terminal_can():
    probe = Probe(cols=120, rows=40, answer=YES)
    probe.press("a")
    probe.raw()
    probe.press("F")
    raw = probe.raw()
    check(raw.startswith(SYNC_ON) and raw.endswith(SYNC_OFF), "begin and end", raw[:20], raw[-20:])
    check_eq(raw.count(SYNC_ON), 1, "once")
    probe.press("b")
    check(SYNC_ON not in probe.raw(), "a small change needs no such thing")
    probe.quit()


def test_no_answer_is_no_and_costs_no_time():
    for answer in ("", "\x1b[?2026;0$y", "\x1b[?2026;4$y", None):
        # The first frame is there before anybody could have answered.
        probe = Probe(cols=120, rows=40, answer=answer)
        probe.press("a", "F")
        check(SYNC_ON not in probe.raw(), "held back although it cannot:", answer)
        probe.quit()


def test_what_is_typed_beside_the_answer_arrives():
    probe = Probe("2 key 79.", cols=120, rows=40, answer="x" + YES + "y")
    probe.count = 2
    probe.press("a", "a", "F")
    check(SYNC_ON in probe.raw(), "the answer was understood")
    probe.quit()


def test_plain_terminals_are_not_asked():
    for term in ("linux", "vt100"):
        probe = Probe(term=term)
        probe.press("n")
        raw = probe.raw()
        check(b"2026" not in raw and b"\x1b]" not in raw, term, "was asked or told")
        probe.quit()


def test_an_unknown_sequence_is_no_key():
    probe = Probe()
    probe.keys("\x1b[1;5y", "\x1b[?64;1;2c", "\x1b[99;99;99z", "\x1b[I", "k")
    probe.wait("1 key 6b.")
    probe.count = 1
    probe.keys("Esc")
    probe.wait("2 key 1b.")
    probe.quit()


def test_the_mouse_is_off_until_it_is_wanted():
    probe = Probe()
    check_eq(probe.state()["mouse"], 0, "mouse at the start")
    probe.press("m")
    check(probe.state()["mouse"] != 0, "the mouse is on")
    probe.keys("\x1b[<0;5;3M")
    probe.wait("mouse press 4,2")
    probe.keys("\x1b[<64;1;1M")
    probe.wait("mouse up 0,0")
    probe.keys("\x1b[<65;80;24M")
    probe.wait("mouse down 79,23")
    probe.press("m")
    check_eq(probe.state()["mouse"], 0, "the mouse is off again")
    probe.press("m")
    probe.quit()


def test_a_crash_takes_mouse_and_paste_back():
    probe = Probe(answer=YES)
    probe.press("m", "a", "i")
    probe.keys("c")
    check_eq(probe.exited()[1], 6, "it crashed")
    check(probe.is_clean(), "the terminal is as it was", probe.state())
    raw = probe.raw()
    for what in (b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?1006l", SYNC_OFF):
        check(what in raw, what, "is taken back")


def test_a_paste_stays_one_text():
    probe = Probe()
    probe.keys("\x1b[200~yq\x1bOQ\ny\x1b[201~")
    probe.wait("paste yq")
    probe.press("a")
    probe.quit()


def test_a_notification_is_one_sequence():
    probe = Probe()
    probe.raw()
    probe.press("n")
    check(b"\x1b]9;P1 \xef\xbf\xbdFIRE, \xef\xbf\xbd E5\x07" in probe.raw(), "OSC 9")
    probe.press("N")
    check(b"\x1b]777;notify;Siaga;P1 FIRE\x07" in probe.raw(), "OSC 777")
    probe.press("b")
    eventually(lambda: probe.bells() > 0, "the bell")
    probe.quit()
    probe = Probe(env={"TMUX": "/run/tmux,1,0"})
    probe.press("N")
    check(b"\x1bPtmux;\x1b\x1b]777;notify;Siaga;P1 FIRE\x07\x1b\\" in probe.raw(), "for tmux")
    probe.quit()


def test_a_terminal_that_cannot_is_refused():
    for term, text in (("dumb", "cannot show a screen"), ("no-such-terminal", "is not known here"),
                       ("", "is not known here")):
        screen = Screen([PROBE, "/dev/null"], term=term)
        check_eq(screen.exited(), (1, None), "exit with TERM=%s" % term)
        check(screen.has(text), screen.text())
        check(screen.is_clean(), "the terminal is as it was")


def test_without_a_terminal_it_says_so():
    done = subprocess.run([PROBE], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
                          env=environment(scope.folder()), start_new_session=True)
    check_eq(done.returncode, 1, "exit")
    check("there is no terminal" in done.stderr, done.stderr)
    check_eq(done.stdout, "", "nothing is drawn elsewhere")


# --- what it costs ---


def test_few_bytes_for_small_changes():
    feed = start_feed()
    for number in range(8):
        feed.alarm(kind="medical", place="Pasar %d" % number)
    ayu = Console(feed, "ayu", cols=120, rows=40)
    ayu.wait("LIVE")
    ayu.wait("Pasar 0")
    ayu.bytes()
    ayu.keys("C-l")
    ayu.ask("wait", 300, "no such text")
    check(0 < ayu.bytes() <= 12000, "a full paint")
    feed.stop()


def test_the_clock_costs_next_to_nothing():
    feed = start_feed()
    ayu = Console(feed, "ayu", cols=120, rows=40)
    ayu.wait("The queue is empty")
    ayu.raw()
    ayu.bytes()
    ticks = 4
    ayu.ask("wait", ticks * 1000, "no such text")
    got = ayu.bytes()
    check(0 < got <= (ticks + 1) * 32, "%d ticks took %d bytes" % (ticks, got), ayu.raw())
    feed.stop()


run(globals())
