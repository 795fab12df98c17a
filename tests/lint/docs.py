#!/usr/bin/env python3
"""Holds the manual against the programs, both ways: what they have is described, what is described they
have.

    docs.py ROOT SIAGA SIAGAD
"""

import os
import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*[a-z])")

# The sections of siaga-keys(7): who has what stands there, and in which panes.
KEY_SECTIONS = {
    "Everywhere": ("all", "any"),
    "In the queue": ("all", "queue"),
    "In the map": ("all", "map"),
    "In the cameras": ("all", "cameras"),
    "In the control room": ("room", "any"),
    "For an agency's desk": ("desk", "any"),
    "In a training": ("training", "any"),
    "For a trainer": ("trainer", "any"),
}

problems = []


def problem(path, text):
    problems.append(f"{path}: {text}")


def read_page(root, path):
    """The text of a manual page or the README, mdoc's options as the reader sees them."""
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        problem(path, "is missing")
        return ""
    return re.sub(r"Fl (?:Fl|-) ?", "--", text)


def ask(program, *args):
    """What a program prints, with no configuration of anybody's."""
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    done = subprocess.run([program, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=20, check=True, env=env)
    return done.stdout


def rows(program, *args):
    return [line.split("\t") for line in ask(program, *args).splitlines()]


def plain(text):
    """mdoc's escapes taken away."""
    return text.replace(r"\&", "").replace(r"\-", "-").replace('"', "")


def compare(path, has, named, what):
    """Two tables, name -> what is said of it."""
    for name in sorted(set(has) - set(named)):
        problem(path, f"does not have the {what} {name}")
    for name in sorted(set(named) - set(has)):
        problem(path, f"has the {what} {name}, which the program does not")
    for name in sorted(set(has) & set(named)):
        if has[name] != named[name]:
            problem(path, f"the {what} {name}: says {named[name]}, the program says {has[name]}")


def check_commands(root, siaga):
    path = "man/siaga-keys.7"
    has, named, section = {}, {}, None
    for name, alias, side, panes, keys, usage, _ in rows(siaga, "--list-commands"):
        # What is in all panes but one is described where it is at home.
        place = (side, "any" if "," in panes else panes)
        has[name] = (place, [a for a in alias.split(",") if a], usage, keys.split())
    for line in read_page(root, path).splitlines():
        if line.startswith((".Ss ", ".Sh ")):
            section = line[4:]
        found = re.match(r"\.It Cm (\S+)((?: , \S+)*)(?: Ar (\"[^\"]*\"))?(?: Pq Ic (.*))?$", line)
        if found and section in KEY_SECTIONS:
            keys = [plain(key) for key in (found[4] or "").split(" , ") if key]
            named[found[1]] = (KEY_SECTIONS[section], found[2].split(" , ")[1:], plain(found[3] or ""),
                               keys)
        elif line.startswith(".It ") and section in KEY_SECTIONS:
            problem(path, f"{line}: not .It Cm NAME [, ALIAS] [Ar \"USAGE\"] [Pq Ic KEY , KEY]")
    compare(path, has, named, "command")


def check_keys(siaga):
    """The keys that are in force are those of the table."""
    table = {(name, key) for name, _, _, _, keys, _, _ in rows(siaga, "--list-commands")
             for key in keys.split()}
    force = {(name, key) for _, _, key, name in rows(siaga, "--list-keys", "--config", "/dev/null")}
    for name, key in sorted(table ^ force):
        problem("siaga --list-keys", f"{key} for {name} is in one of the lists only")


def check_config(root, path, program):
    has, named, section = {}, {}, None
    for part, key, kind, initial, _, _ in rows(program, "--list-options"):
        has[f"[{part}] {key}"] = (kind, initial)
    for line in read_page(root, path).splitlines():
        if line.startswith((".Ss ", ".Sh ")):
            section = line[4:]
        found = re.match(r"\.It Cm (\S+) No = Ar (\S+)(?: , No default Cm (.*))?$", line)
        if found:
            named[f"{section} {found[1]}"] = (found[2], plain(found[3] or ""))
    compare(path, has, named, "option")


def check_example(root, manual, program, may=()):
    """The example of a manual is one that the program takes; `may` be said of it on another machine."""
    text = read_page(root, manual)
    example = plain(text[text.index(".Sh EXAMPLES"):].split(".Bd -literal -offset indent\n")[1].split(".Ed")[0])
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"siaga-docs-{os.getpid()}.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(example)
    try:
        done = subprocess.run([program, "--check-config", "--config", path], capture_output=True, text=True,
                              timeout=20, check=False, stdin=subprocess.DEVNULL,
                              env={"LC_ALL": "C.UTF-8", "HOME": "/nonexistent"})
    finally:
        os.unlink(path)
    for line in done.stderr.splitlines():
        if "chmod" not in line and not any(words in line for words in may):
            problem(manual, f"the example: {line}")


def check_roles(root, siaga):
    path = "man/siaga-theme.5"
    text = read_page(root, path)
    for name, in rows(siaga, "--list-roles"):
        if not re.search(rf"^\.It .*(?<![\w.]){re.escape(name)}(?![\w.])", text, re.M):
            problem(path, f"does not have the role {name}")


def check_options(root, siaga, siagad):
    has = {"man/siaga.1": set(OPTION.findall(ask(siaga, "--help"))),
           "man/siagad.8": set(OPTION.findall(ask(siagad, "--help")))}
    for path, options in has.items():
        named = set(OPTION.findall(read_page(root, path)))
        for name in sorted(options - named):
            problem(path, f"does not name --{name}")
        for name in sorted(named - options):
            problem(path, f"names --{name}, which --help does not")
    every = set().union(*has.values())
    for path in ("README.md", "man/siaga-feed.7", "man/siagad.conf.5"):
        for name in sorted(set(OPTION.findall(read_page(root, path))) - every):
            problem(path, f"names --{name}, which neither program has")


def check_words(root, siaga, siagad):
    """The commands beside the options stand in the synopsis."""
    for path, program in (("man/siaga.1", siaga), ("man/siagad.8", siagad)):
        name = os.path.basename(path).split(".")[0]
        page = read_page(root, path)
        has = set(re.findall(rf"^(?:Usage:|      ) {name} ([a-z]+)", ask(program, "--help"), re.M))
        for word in sorted(has):
            if not re.search(rf"^\.Cm {word}\b", page, re.M):
                problem(path, f"does not have the command {word}")


def main():
    root, siaga, siagad = sys.argv[1:4]
    check_commands(root, siaga)
    check_keys(siaga)
    check_config(root, "man/siaga.conf.5", siaga)
    check_example(root, "man/siaga.conf.5", siaga)
    check_config(root, "man/siagad.conf.5", siagad)
    check_example(root, "man/siagad.conf.5", siagad, may=["/feed.pem: No such file"])
    check_roles(root, siaga)
    check_options(root, siaga, siagad)
    check_words(root, siaga, siagad)
    for text in problems:
        print(text)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
