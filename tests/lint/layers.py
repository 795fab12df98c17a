#!/usr/bin/env python3
"""Holds the sources against the house's rules: which layer may include what, how long lines and files
may be.

    layers.py ROOT
"""

import os
import re
import sys

# Which layers a layer may include; itself always.
LAYERS = {
    "base": set(),
    "model": {"base"},
    "wire": {"base", "model"},
    "store": {"base"},
    "net": {"base"},
    "app": {"base", "model"},
    "ui": {"base", "model", "app"},
    "train": {"base", "model", "wire"},
    "feed": {"base", "model", "wire", "store", "net"},
    "console": {"base", "model", "wire", "store", "net", "app", "ui", "train"},
}

# The programs' own files: console/ and siaga.c see the console's layers, daemon/ and siagad.c the feed's.
LAYERS["daemon"] = {"base", "model", "wire", "store", "net", "feed", "train"}
MAINS = {"siaga.c": "console", "siagad.c": "daemon"}

# A library's headers belong to one layer, some to one file of it.
LIBRARIES = [
    (r"(json-c/|json\.h)", "src/wire/"),
    (r"sqlite3", "src/store/"),
    (r"libwebsockets|^uv\.h|^lws", "src/net/"),
    (r"n?cursesw?(\.h|/)|^term\.h", "src/ui/screen"),
    (r"utf8proc", "src/base/"),
    (r"^ut(hash|list|array|string)\.h", "include/siaga/base/"),
    (r"^csv\.h", "src/wire/csv_table.c"),
    (r"^openssl/", ("src/daemon/cert.c", "src/feed/", "src/net/", "src/store/digest.c")),
]

# These layers decide and draw; whatever reaches the world outside is not theirs.
PURE = {"model", "wire", "app", "ui", "train"}
OUTSIDE = re.compile(
    r"^(unistd|fcntl|poll|signal|pthread|termios|time|dirent|netdb|spawn|ftw|sys/(?!types)\w+|"
    r"netinet/\w+|arpa/\w+)\.h$")
PURE_BUT = ("src/ui/screen", "src/ui/theme_files.c")
# The screen shows the hour of the wall it hangs on: it turns times into local ones, and asks no clock.
LOCAL_TIME = {"ui"}

LINE_MAX = 100
TAB = 8
# Above the first number somebody should ask why; above the second it is an error.
SIZES = {".c": (600, 900), ".h": (150, 350)}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

problems = []


def problem(path, line, text):
    problems.append(f"{path}:{line}: {text}" if line else f"{path}: {text}")


def sources(root):
    for top in ("include", "src", "tests"):
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), root)


def layer_of(path):
    parts = path.split("/")
    if parts[:2] == ["include", "siaga"]:
        return parts[2]
    if parts[0] == "src":
        return parts[1] if len(parts) > 2 else MAINS.get(parts[1])
    return None


def check_include(root, path, layer, line, quote, name):
    for pattern, home in LIBRARIES:
        if re.search(pattern, name) and quote == "<" and not path.startswith(home):
            problem(path, line, f"<{name}> is for {home} only")
    local = name == "time.h" and layer in LOCAL_TIME
    if layer in PURE and not path.startswith(PURE_BUT) and OUTSIDE.match(name) and not local:
        problem(path, line, f"<{name}> reaches outside; {layer}/ must not")
    if quote == '"':
        if ".." in name.split("/"):
            problem(path, line, f'"{name}" climbs out of its folder')
        here = os.path.join(root, os.path.dirname(path), name)
        if name != "config.h" and not os.path.exists(here):
            problem(path, line, f'"{name}" is not in this folder')
        return
    if not name.startswith("siaga/"):
        return
    wanted = name.split("/")[1]
    if wanted != layer and wanted not in LAYERS[layer]:
        problem(path, line, f"{layer}/ must not include {wanted}/")
    if not os.path.exists(os.path.join(root, "include", name)):
        problem(path, line, f"<{name}> does not exist")


def check_source(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        lines = file.read().split("\n")
    layer = layer_of(path)
    if layer not in LAYERS and not path.startswith("tests/"):
        problem(path, 0, "belongs to no layer")
        return
    for number, line in enumerate(lines, 1):
        if len(line.expandtabs(TAB)) > LINE_MAX:
            problem(path, number, f"longer than {LINE_MAX} columns")
        if line != line.rstrip():
            problem(path, number, "blanks at the end of the line")
        found = INCLUDE.match(line)
        if found and layer in LAYERS:
            check_include(root, path, layer, number, found[1], found[2])
    ask, never = SIZES[path[-2:]]
    if path.startswith("tests/"):
        return
    if len(lines) > never:
        problem(path, 0, f"{len(lines)} lines; never more than {never}")
    elif len(lines) > ask:
        print(f"note: {path}: {len(lines)} lines")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    for path in sources(root):
        check_source(root, path)
    for text in problems:
        print(text)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
