#!/usr/bin/env python3
"""Holds the themes that ship against what an operator has to be able to see, on 256 colours, on 16 and
on 8, and siaga-theme(5) against the table of roles.

    themes.py ROOT
"""

import itertools
import os
import re
import sys

TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0
FEW_CONTRAST = 3.0  # where the terminal has its own idea of the colours
HIGH_CONTRAST = 7.0
GROUND_CONTRAST = 3.0  # of a selected row against the others
# Lab units apart; below some ten two colours pass for one on a bad screen.
APART = 20.0

LINES = {"border", "border.focus", "map.street", "map.water", "map.rail", "map.outline", "map.ring"}
PRIORITIES = ("p1", "p2", "p3", "p4")
# What must not be mixed up even when read without the word beside it.
APART_GROUPS = (
    PRIORITIES,
    ("link.ok", "link.lost"),
    ("camera.ok", "camera.stale", "camera.down"),
    ("overdue.warn", "overdue.alert"),
    ("text", "selection", "mark"),
)
ATTRIBUTES = ("bold", "underline", "reverse")
FOR_EVERY_EYE = {"okabe-ito"}

XTERM = (0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
         0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF)
CONSOLE = (0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA,
           0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF)

# How the three kinds of colour-blind eyes see linear RGB (Machado and others 2009, severity 1).
EYES = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
}

problems = []


def problem(path, line, text):
    problems.append(f"{path}:{line}: {text}" if line else f"{path}: {text}")


# --- colours ---


def linear(rgb):
    out = []
    for shift in (16, 8, 0):
        value = (rgb >> shift & 0xFF) / 255
        out.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return tuple(out)


def luminance(rgb):
    red, green, blue = linear(rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb, eye=None):
    color = linear(rgb)
    if eye:
        color = tuple(min(1.0, max(0.0, sum(w * c for w, c in zip(row, color)))) for row in EYES[eye])
    red, green, blue = color
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(a, b, eye=None):
    return sum((m - n) ** 2 for m, n in zip(lab(a, eye), lab(b, eye))) ** 0.5


def palette_256(index):
    if index >= 232:
        return (8 + 10 * (index - 232)) * 0x010101
    levels = (0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF)
    at = index - 16
    return levels[at // 36] << 16 | levels[at // 6 % 6] << 8 | levels[at % 6]


def nearest(rgb, colors):
    def distance(color):
        return sum((((color >> s) & 0xFF) - ((rgb >> s) & 0xFF)) ** 2 for s in (16, 8, 0))

    return min(range(len(colors)), key=lambda i: distance(colors[i]))


class Color:
    def __init__(self, word):
        parts = word.split("/")
        self.rgb = int(parts[0][1:], 16)
        self.of_256 = int(parts[1]) if len(parts) > 1 else 16 + nearest(
            self.rgb, [palette_256(i) for i in range(16, 256)])
        self.of_16 = int(parts[2]) if len(parts) > 2 else nearest(self.rgb, XTERM[:8])

    def in_256(self, table):
        return palette_256(self.of_256) if self.of_256 >= 16 else table[self.of_256]


class Style:
    def __init__(self, line, fg, bg, attributes):
        self.line, self.fg, self.bg, self.attributes = line, fg, bg, attributes


# --- reading ---


def table(root, path, name, row):
    """The rows of a table of the sources."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    found = re.search(re.escape(name) + r"\[\] = \{(.*?)\n\};", text, re.S)
    if not found:
        sys.exit(f"{path}: has no table {name}")
    return re.findall(row, found[1])


def read_theme(path, text, roles):
    """Role -> Style, with what the file leaves open filled in as the program does it."""
    palette, styles, section = {}, {}, ""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line == "" or line[0] in "#;":
            continue
        if line[0] == "[":
            section = line.strip("[]")
            continue
        key, value = (part.strip() for part in line.split("=", 1))
        if section == "palette":
            palette[key] = Color(value)
        elif section == "role":
            if key not in roles:
                problem(path, number, f"there is no role {key}")
                continue
            words, fg, bg = value.split(), None, None
            attributes = frozenset(w for w in words if w in ATTRIBUTES)
            words = [w for w in words if w not in ATTRIBUTES]
            if "on" in words:
                at = words.index("on")
                bg = palette[words[at + 1]]
                del words[at : at + 2]
            if words:
                fg = palette[words[0]]
            styles[key] = Style(number, fg, bg, attributes)
    return styles


def fill(path, styles, roles, kinds):
    text = styles.get("text", Style(0, None, None, frozenset()))
    colored = text.fg is not None
    out = {}
    for role in roles:
        if role not in styles and colored:
            problem(path, 0, f"does not say how {role} looks")
        source = role
        while source not in styles and source not in ("text", "selection"):
            source = kinds[source]
        style = styles.get(source, text)
        out[role] = Style(style.line, style.fg or text.fg, style.bg or text.bg, style.attributes)
    return out


# --- what an operator has to see ---


def with_8(style):
    """The two indices as a terminal of 8 colours shows them: bold brightens, which the program asks for
    on a dark ground only."""
    fg, bg = style.fg.of_16, style.bg.of_16 % 8
    if fg >= 8:
        return (fg, bg) if bg != 7 else (fg % 8, bg)
    return (fg + 8, bg) if "bold" in style.attributes and fg != 0 and bg != 7 else (fg, bg)


def check_contrast(path, name, role, style):
    if style.fg is None or style.bg is None:
        return
    want = LINE_CONTRAST if role in LINES else TEXT_CONTRAST
    if name == "high-contrast":
        want = HIGH_CONTRAST
    got = contrast(style.fg.rgb, style.bg.rgb)
    if got < want:
        problem(path, style.line, f"{role}: contrast {got:.1f}, wanted {want}")
    for what, colors in (("xterm", XTERM), ("console", CONSOLE)):
        few = (
            ("256", style.fg.in_256(colors), style.bg.in_256(colors)),
            ("16", colors[style.fg.of_16], colors[style.bg.of_16]),
            ("8", *(colors[i] for i in with_8(style))),
        )
        for depth, fg, bg in few:
            got = contrast(fg, bg)
            if got < FEW_CONTRAST:
                problem(path, style.line,
                        f"{role}: contrast {got:.1f} with {depth} colours ({what}), "
                        f"wanted {FEW_CONTRAST}")


def looks(style):
    """The two colours as they appear, reverse video done."""
    pair = (style.fg, style.bg)
    return pair[::-1] if "reverse" in style.attributes else pair


def difference(a, b, eye=None):
    """How far apart two styles are: the farther of letter and ground."""
    best = 0.0
    for one, other in zip(looks(a), looks(b)):
        if one is not None and other is not None:
            best = max(best, apart(one.rgb, other.rgb, eye))
    return best


def check_apart(path, name, styles):
    for group in APART_GROUPS:
        for one, other in itertools.combinations(group, 2):
            a, b = styles[one], styles[other]
            if a.fg is None:
                if a.attributes == b.attributes and one != "link.ok" and group == PRIORITIES:
                    problem(path, b.line, f"{one} and {other} look the same")
                continue
            for eye in [None] + sorted(EYES if name in FOR_EVERY_EYE else ()):
                got = difference(a, b, eye)
                if got < APART:
                    problem(path, b.line,
                            f"{one} and {other} look alike ({got:.0f} of {APART:.0f} apart"
                            + (f" for a {eye} eye)" if eye else ")"))


def check_selection(path, styles):
    text, selected = styles["text"], styles["selection"]
    if text.fg is None:
        if "reverse" not in selected.attributes:
            problem(path, selected.line, "selection: cannot be seen")
        return
    got = contrast(looks(selected)[1].rgb, looks(text)[1].rgb)
    if got < GROUND_CONTRAST:
        problem(path, selected.line,
                f"selection: its ground is too near to the others' ({got:.1f}, "
                f"wanted {GROUND_CONTRAST})")


def check_theme(path, text, roles, kinds):
    name = os.path.basename(path)[: -len(".theme")]
    if f"\nname = {name}\n" not in text:
        problem(path, 0, f"is not called {name} inside")
    styles = fill(path, read_theme(path, text, roles), roles, kinds)
    for role in roles:
        check_contrast(path, name, role, styles[role])
    check_apart(path, name, styles)
    check_selection(path, styles)


def check_manual(root, roles, names):
    path = "man/siaga-theme.5"
    with open(os.path.join(root, path), encoding="utf-8") as file:
        page = file.read()
    part = re.search(r"^\.Sh ROLES\n(.*?)^\.Sh ", page, re.S | re.M)
    listed = re.findall(r"^\.It Cm (\S+)", part[1] if part else "", re.M)
    for role in sorted(set(roles) - set(listed)):
        problem(path, 0, f"does not list the role {role}")
    for role in sorted(set(listed) - set(roles)):
        problem(path, 0, f"lists a role {role} that does not exist")
    for role in sorted({r for r in listed if listed.count(r) > 1}):
        problem(path, 0, f"lists the role {role} twice")
    for name in names:
        if f"Cm {name}" not in page:
            problem(path, 0, f"does not name the theme {name}")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    rows = table(root, "src/ui/surface.c", "role_names", r"\[(\w+)\] = \"([a-z0-9.]+)\"")
    roles = [name for _, name in rows]
    of = dict(rows)
    kinds = {of[a]: of[b] for a, b in table(
        root, "src/ui/theme.c", "kind_of", r"\[(\w+)\] = (\w+)")}
    folder = os.path.join(root, "themes")
    files = sorted(name for name in os.listdir(folder) if name.endswith(".theme"))
    for name in files:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            check_theme(f"themes/{name}", file.read(), roles, kinds)
    check_manual(root, roles, [name[: -len(".theme")] for name in files])
    for text in problems:
        print(text)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
