"""Somebody leans on the keyboard: random keys, pastes, mouse reports, nonsense and sizes against the demo.

SIAGA_MONKEY_KEYS says how many, SIAGA_MONKEY_SEED which. What was typed last is told when it fails.
"""

import os
import random

from siaga_test import KEYS, SIAGA, Failure, Screen, check, check_eq, figure, run, takes

COUNT = int(os.environ.get("SIAGA_MONKEY_KEYS", "1500"))
SEED = int(os.environ.get("SIAGA_MONKEY_SEED", "20260131"))
LOOK_EVERY = 250  # keys

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
MARKS = " ?:/#!@$%^&*()-_=+[]{};'\"\\|,.<>~`"
OTHERS = "é漢字🚒ꦱꦭ\u202e\u200b\u0301\ufeff\x7f"
SPECIAL = [
    *KEYS.values(),
    *("\x1b[%d~" % number for number in range(1, 35)),
    *("\x1b[1;%d%s" % (shift, end) for shift in range(2, 9) for end in "ABCDFHPQRS"),
    *("\x1b[" + end for end in "ZHFIO"),
    *(chr(code) for code in range(1, 27) if code not in (3,)),
]
LINES = """
1|2|999999999999999999999|#1|verify|redraw|help|nonsense|claim|merge 1|phone damkar accept|cancel psc119
phone damkar|d 1 damkar|n 1 "catatan"|g C4|g Z99|set|theme mono|theme siaga-dark|theme nowhere|sort age
filter p<=2 kind:fire|filter (|history|history pasar|map|log|cameras|dump /nowhere/x|%s%n%d|'|"
""".replace("\n", "|").strip("|").split("|") + ["x" * 500, "é" * 200]
DISPATCHING = "\x1bOQ \x1bOR D d dd y a v vc x xp r K Kh u m e R M".split()
SIZES = [
    *((80, 24), (120, 40), (200, 60), (60, 16), (40, 10), (100, 30), (160, 45)),
    *((20, 5), (10, 2), (1, 1), (2, 80), (250, 3)),
]


class Monkey:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.line = None  # what stands in the command line, as far as can be told
        self.last = []

    def word(self):
        size = self.dice.randrange(60)
        return "".join(self.dice.choice(LETTERS + MARKS + OTHERS) for _ in range(size))

    def some_bytes(self, low, high):
        return bytes(self.dice.randrange(low, high) for _ in range(self.dice.randrange(1, 30)))

    def garbage(self):
        end = self.dice.choice((b"\x07", b"\x1b\\", b""))
        kind = self.dice.randrange(5)
        if kind == 0:
            return self.some_bytes(0, 256).replace(b"\x03", b"")
        if kind == 1:
            return b"\x1b[" + b";".join(b"%d" % self.dice.randrange(1 << 40) for _ in range(20)) + b"m"
        if kind == 2:
            return b"\x1b]0;" + self.word().encode() + end
        if kind == 3:
            return b"\x1bP" + self.some_bytes(32, 127) + end
        return self.dice.choice(
            (b"\x1b", b"\x1b[", b"\x1bO", b"\xc3", b"\xf0\x9f", b"\x1b[200~", b"\x1b[?2026;2$y")
        )

    def mouse(self):
        button = self.dice.choice((0, 1, 2, 3, 32, 64, 65))
        x, y = self.dice.randrange(300), self.dice.randrange(100)
        if self.dice.random() < 0.8:
            return b"\x1b[<%d;%d;%d%s" % (button, x, y, self.dice.choice((b"M", b"m")))
        return b"\x1b[M" + bytes((32 + button, 33 + x % 200, 33 + y))

    def paste(self):
        text = self.word() + self.dice.choice(("y", "\x1bOQy", "\r", ":quit\r"))
        text *= self.dice.randrange(1, 30)
        return b"\x1b[200~" + text.encode() + self.dice.choice((b"\x1b[201~",) * 9 + (b"",))

    def next(self):
        """What is typed next; leaving is avoided, because there is nothing to be found out there."""
        what = self.dice.random()
        if what < 0.52:
            typed = self.dice.choice(LETTERS + MARKS).encode()
        elif what < 0.66:
            typed = self.dice.choice(SPECIAL).encode()
        elif what < 0.82:
            typed = self.dice.choice(DISPATCHING).encode()
        elif what < 0.87:
            end = self.dice.choice((b"\r", b"\r", b"\t", b"\x1b"))
            typed = b":" + self.dice.choice(LINES).encode() + end
        elif what < 0.90:
            typed = b"/" + self.word().encode() + self.dice.choice((b"\r", b"\x1b"))
        elif what < 0.93:
            typed = self.paste()
        elif what < 0.96:
            typed = self.mouse()
        elif what < 0.98:
            typed = self.garbage()
        else:
            typed = self.dice.choice(OTHERS).encode()
        return self.stay(typed)

    def stay(self, typed):
        line = self.line
        for byte in typed.decode("latin-1"):
            if byte == ":" and line is None:
                line = ""
            elif byte in "\r\n" and line is not None:
                if line.strip().startswith("q"):
                    self.line = None
                    return b"\x1b"
                line = None
            elif byte in "\x1b\x03":
                line = None
            elif line is not None:
                line = line[:-1] if byte in "\x7f\x08" else line + byte
        self.line = line
        return typed

    def play(self, screen, count):
        for _ in range(count):
            if self.dice.random() < 0.02:
                size = self.dice.choice(SIZES)
                self.last.append("resize %dx%d" % size)
                screen.resize(*size)
                continue
            typed = self.next()
            self.last.append(repr(typed))
            screen.ask("keys", typed.hex())
            if self.dice.random() < 0.15:
                # Long enough for a frame: only what was drawn can be answered.
                screen.ask("wait", self.dice.randrange(1, 60), "\x01")
        del self.last[:-60]


def start():
    screen = Screen([SIAGA, "--demo"], 80, 24)
    screen.wait("LIVE", 30)
    return screen


def look(screen):
    """Five steps back from wherever it is: the queue and the link can be seen, a command can be typed."""
    screen.resize(80, 24)
    # A paste that never ended is over after a while; until then everything is part of it.
    screen.ask("keys", b"\x1b[201~".hex())
    for _ in range(5):
        screen.keys("Esc").ask("wait", 70, "\x01")
    screen.wait("QUEUE")
    rows = screen.wait("LIVE")
    text = "\n".join(rows)
    check("SEND" not in text and "HELP" not in text, "something is still open:\n" + text)
    check_eq(len(rows), 24, "rows")
    for row in rows:
        check(not any(c < " " or c in "\u202e\u200b\ufeff" for c in row), "a control:", repr(row))
    screen.keys(":", "zz").wait(":zz")
    screen.keys("Esc").wait_gone(":zz")


@takes(60 + COUNT / 8)
def test_nothing_that_is_typed_breaks_it():
    monkey = Monkey(SEED)
    screen = start()
    typed = left = 0
    try:
        while typed < COUNT:
            monkey.play(screen, min(LOOK_EVERY, COUNT - typed))
            typed += LOOK_EVERY
            if screen.ask("exited", 0)["ok"]:
                # It found the way out after all: that has to be a clean one.
                check_eq(screen.exited(), (0, None), "exit")
                check(screen.is_clean(), "left behind:", screen.state())
                left += 1
                screen = start()
            look(screen)
        screen.keys(":quit!", "Enter")
        check_eq(screen.exited(20), (0, None), "exit")
        check(screen.is_clean(), "left behind:", screen.state())
        files = [name for name in os.listdir(screen.home) if name.startswith("siaga-demo")]
        check_eq(files, [], "the demo's files")
    except Failure as failure:
        seen = screen.text() if screen.driver.poll() is None else ""
        raise Failure(
            "%s\nseed %d, key %d, the last of them: %s\n%s"
            % (failure, SEED, typed, " ".join(monkey.last), seen)
        ) from None
    figure("keys, and so many times it was left", "%d, %d" % (COUNT, left))


run(globals())
