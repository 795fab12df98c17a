"""Texts from strangers, each made to do something to whoever shows it, and what may come out instead: the strict
reader of a terminal's bytes, and of lines."""

import json
import re
import sqlite3
import unicodedata

from siaga_test import check

ESC = "\x1b"

# name: text. Each is short enough for a place (the longest ones say so in their names).
TEXTS = {
    "CSI colour": ESC + "[31;5mMERAH",
    "CSI clear": ESC + "[2J" + ESC + "[H",
    "CSI cursor": ESC + "[1;1H" + ESC + "[10A",
    "CSI scroll": ESC + "[3;5r" + ESC + "D",
    "CSI without an end": ESC + "[" + "1;" * 20,
    "DECSET": ESC + "[?1049l" + ESC + "[?25l" + ESC + "[?1000h",
    "report of status": ESC + "[6n" + ESC + "[c" + ESC + "[>0q",
    "reset": ESC + "c" + ESC + "[!p",
    "title": ESC + "]0;judul\x07" + ESC + "]2;judul" + ESC + "\\",
    "title, without an end": ESC + "]0;judul",
    "link": ESC + "]8;;http://jahat.example/" + ESC + "\\klik" + ESC + "]8;;" + ESC + "\\",
    "clipboard": ESC + "]52;c;cm0gLXJmIH4K\x07",
    "clipboard, asked": ESC + "]52;c;?\x07",
    "notification 9": ESC + "]9;4;1;50\x07",
    "notification 777": ESC + "]777;notify;Siaga;bohong\x07",
    "colours of the terminal": ESC + "]4;1;rgb:00/00/00\x07" + ESC + "]11;?\x07",
    "DCS": ESC + "P1$r0m" + ESC + "\\",
    "sixel": ESC + "Pq#0;2;0;0;0#0~~@@vv" + ESC + "\\",
    "APC": ESC + "_Gf=24,s=1,v=1;AAAA" + ESC + "\\",
    "PM and SOS": ESC + "^x" + ESC + "\\" + ESC + "Xx" + ESC + "\\",
    "tmux through": ESC + "Ptmux;" + ESC + ESC + "]52;c;eA==\x07" + ESC + "\\",
    "charsets": ESC + "(0" + "\x0e" + ESC + "%@",
    "answerback": "\x05\x07\x08\x7f",
    "C1 CSI": "\x9b2J\x9b31m",
    "C1 OSC": "\x9d52;c;eA==\x9c",
    "C1 DCS, APC, PM": "\x90q\x9c\x9fG\x9c\x9ex\x9c",
    "C1, all of them": "".join(chr(c) for c in range(0x80, 0xA0)),
    "C0, all but NUL": "".join(chr(c) for c in range(1, 0x20)) + "\x7f",
    "lines": "satu\ndua\r\ntiga\vempat\flima",
    "CR over the line": "aman\rBAHAYA",
    "backspaces": "aman\b\b\b\bRUSAK",
    "tabs": "\t\t\t\t",
    "U+0085": "a\u0085b",
    "line separators": "a\u2028b\u2029c",
    "bidi override": "\u202egnp.exe\u202c",
    "bidi embedding": "\u202a\u202b\u202dx",
    "bidi isolates": "\u2066x\u2067y\u2068z\u2069",
    "marks of direction": "\u200ex\u200fy\u061cz",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "soft hyphen": "ja\u00adlan",
    "byte order marks": "\ufeff\ufeffx\ufffe",
    "tag characters": "x" + "".join(chr(0xE0000 + ord(c)) for c in "jahat") + "\U000e007f",
    "selectors": "x\ufe0e\ufe0f\U000e0100\U000e01ef",
    "invisible operators": "x\u2061\u2062\u2063\u2064y",
    "fillers": "x\u3164\uffa0\u115f\u1160y",
    "annotations": "x\ufff9y\ufffaz\ufffb",
    "private use": "x\ue000\uf8ff\U000f0000\U0010fffdy",
    "not characters": "x\ufdd0\uffff\U0001ffffy",
    "unassigned": "x\u0378\u0530\U000e0fffy",
    "stack of 20": "e" + "\u0301" * 20,
    "stack of 30, mixed": "Z" + "\u0351\u0334\u035c" * 10,
    "marks without a letter": "\u0301\u0302\u0303",
    "enclosing marks": "a\u20dd\u20e3b",
    "names to the left": "\u0645\u062d\u0645\u062f \u05d3\u05d5\u05d3",
    "wide": "\u65e5\u672c\u8a9e\uff21\uff22",
    "as wide as one says": "\u00a1\u00b1\u2026\u2460\u2500\u25a0\u2605",
    "emoji with joiners": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4\u200d\u2620\ufe0f",
    "emoji with skins": "\U0001f44d\U0001f3fd \U0001f1ee\U0001f1e9",
    "Javanese": "\ua9b1\ua9ad \ua9b1\ua9ba\ua9ad",
    "old Hangul": "\u1112\u1161\u11ab\u1112\u119e",
    "formats": "%n%n%s%s%x%*d%999999d",
    "a shell": "$(touch PWNED) `touch PWNED` ; touch PWNED | & && > PWNED",
    "quotes": "'; DROP TABLE event; -- \" \\",
    "JSON": '","seq":1,"t":"bye"},{"x":"',
    "escapes in words": "\\x1b[2J \\u001b]0;x\\u0007 \\033c ^[[2J",
    "a path": "../../../../etc/passwd",
    "a URL": "javascript:alert(1) file:///etc/passwd",
    "an option": "--help -rf",
    "only blanks": "   \u00a0\u2003\u3000  ",
}

# Words without a blank and stacks without an end, for what takes more, and for what is to refuse them.
LONG = {
    "a word of 1 000": "w" * 1000,
    "a word of 10 000": "w" * 10000,
    "a stack of 200": "e" + "\u0301" * 200,
    "1 000 wide ones": "\u6f22" * 300,
}

# Text that is none, as bytes within a JSON string.
BYTES = {
    "overlong": b"\xc0\x9b2J\xe0\x80\x9b\xc0\x80",
    "surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80\xf7\xbf\xbf\xbf",
    "cut off": b"\xe2\x80",
    "alone": b"\x9b\x80\xff\xfe",
}

# What a terminal is told by our painter, and nothing else: finals of CSI sequences, and private modes.
CSI_FINALS = set("@ABCDGHJKLMPXdmrSTb")
WINDOW = ("22;0;0", "23;0;0")  # keeps the title and gives it back
MODES = {1, 7, 12, 25, 1000, 1002, 1003, 1006, 1049, 2004, 2026}
OTHER = (ESC + "=", ESC + ">", ESC + "7", ESC + "8", ESC + "M", ESC + "(B", ESC + ")0", ESC + "(0")
CSI = re.compile(r"\x1b\[([?>=!]?)([0-9;:]*)([ -/]*)([@-~])")


def harmless(char):
    """A character that shows what it is, and does nothing else."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs") and char not in "\u2028\u2029\u3164\uffa0\u115f\u1160"


def check_text(text, what="text", allowed=""):
    for at, char in enumerate(text):
        check(char in allowed or harmless(char), what, "holds %r:" % char, repr(text[max(0, at - 40) : at + 40]))
    for mark in re.finditer("[\u0300-\u036f\u20d0-\u20ff]{3,}", text):
        check(False, what, "stacks:", repr(text[max(0, mark.start() - 10) : mark.end()]))


def check_lines(data, what="output"):
    """Lines for a person, without a terminal in between."""
    text = data if isinstance(data, str) else data.decode("utf-8")
    check_text(text, what, allowed="\n")


def check_terminal(raw, what="the terminal", notifications=False):
    """Every byte that went to a terminal is our painter's: text, or one of its own sequences, whole."""
    text = raw.decode("utf-8")  # fails where a character was torn
    at = 0
    shown = []
    while at < len(text):
        char = text[at]
        if char != ESC:
            check(char in "\r\n\b\a\x0e\x0f" or harmless(char), what, "was sent %r:" % char,
                  repr(text[max(0, at - 60) : at + 60]))
            shown.append(char)
            at += 1
            continue
        at = _sequence(text, at, what, notifications)
    check_text("".join(c for c in shown if c not in "\r\n\b\a\x0e\x0f"), what)


class Terminal:
    """What is sent to a terminal, piece by piece: a piece may end within a sequence."""

    def __init__(self, notifications=False):
        self.notifications = notifications
        self.rest = b""

    def take(self, raw, what):
        data = self.rest + raw
        last = max(data.rfind(b"\x1b"), 0)
        check_terminal(data[:last], what, self.notifications)
        self.rest = data[last:]

    def end(self, what):
        check_terminal(self.rest, what, self.notifications)


def _sequence(text, at, what, notifications):
    near = repr(text[max(0, at - 40) : at + 60])
    if text.startswith(OTHER, at):
        return at + len(next(other for other in OTHER if text.startswith(other, at)))
    found = CSI.match(text, at)
    if found is not None:
        private, numbers, between, final = found.groups()
        if private == "?" and final in "hl" and not between:
            check(all(int(n) in MODES for n in numbers.split(";")), what, "mode", numbers, near)
        elif (private, between, final) == ("?", "$", "p"):
            check(numbers == "2026", what, "asked of mode", numbers, near)
        elif (private, between, final) == ("", "", "t"):
            check(numbers in WINDOW, what, "is told of its window:", near)
        else:
            check(private == "" and between == "" and final in CSI_FINALS, what, "a sequence that is not ours:", near)
            check(final != "m" or "5" not in re.split("[;:]", re.sub("[34]8[;:][25][;:][0-9;:]*", "", numbers)), what,
                  "blinks:", near)
        return found.end()
    note = re.compile(r"\x1b\](?:9|777;notify;Siaga);([^\x00-\x1f\x7f-\x9f;]*)\x07").match(text, at)
    check(notifications and note is not None, what, "an escape that is not ours:", near)
    check_text(note.group(1), what)
    return note.end()


def check_deep(value, what):
    """All texts of a JSON value, names of members included."""
    if isinstance(value, dict):
        for name, inner in value.items():
            check_text(name, what)
            check_deep(inner, what)
    elif isinstance(value, list):
        for inner in value:
            check_deep(inner, what)
    elif isinstance(value, str):
        check_text(value, what)


def check_database(path):
    """Every text in every table, and in every JSON text, is clean."""
    looked = 0
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as db:
        names = [name for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND sql NOT LIKE '%VIRTUAL%'")]
        for name in names:
            if name.startswith("history_words"):
                continue
            for row in db.execute("SELECT * FROM %s" % name):
                for value in row:
                    if isinstance(value, str):
                        looked += 1
                        check_text(value, name)
                        if value[:1] == "{":
                            check_deep(json.loads(value), name)
    return looked
