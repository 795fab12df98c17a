#!/usr/bin/env python3
"""Holds the texts an operator reads against the catalogues: every one is translated, fits its column,
and is marked for translation where it is written.

    messages.py ROOT
"""

import json
import os
import re
import subprocess
import sys

# The columns that a list of words has on the screen; the function in ui/words.c that holds it.
WIDTHS = {"word_desk": 8, "word_kind": 8, "word_state": 9, "word_step_short": 4}

# Where a literal is shown as it stands: these functions draw, or say something to the operator.
SHOWN = {
    "src/app": {"err_set", "notice_add"},
    "src/console": {"runtime_notice"},
    "src/model": {"err_set"},
    "src/net": {"down", "err_set"},
    "src/store": {"err_set"},
    "src/ui": {"add", "buf_add_str", "buf_printf", "err_set", "put", "put_line", "put_text", "say",
               "say_keys", "snprintf", "surface_printf", "surface_text", "view_frame", "view_say"},
}
# These speak to the administrator of the feed.
FEED_ONLY = {"src/net/server.c", "src/net/server_listen.c", "src/net/server_tls.c", "src/store/admin.c", "src/store/log.c",
             "src/store/log_answer.c"}
# Words that are the same in every language: priorities, keys, units, marks on the map, names, and what
# is said to the terminal.
ALLOWED = {"Enter", "Esc", "F", "P", "SIAGA", "Siaga", "Tab", "c", "d", "kf", "km", "m", "notify", "o",
           "theme", "x"}

DIRECTIVE = re.compile(r"%(?:\d+\$)?[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|ll|[hljztL])?[a-zA-Z%]")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|\w+|[()]|\S', re.S)

problems = []


def problem(text):
    problems.append(text)


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


# --- catalogues ---


class Message:
    def __init__(self):
        self.files = []
        self.fuzzy = self.c_format = False
        self.text = {}  # "msgid", "msgid_plural", "msgstr" or "msgstr[0]" -> text

    @property
    def key(self):
        return self.text.get("msgid", "")

    @property
    def translations(self):
        return [text for name, text in self.text.items() if name.startswith("msgstr")]

    @property
    def where(self):
        return " ".join(self.files) or "?"


def unquote(line):
    return json.loads(line)


def parse(text):
    """The messages of a catalogue by their msgid, and how many obsolete entries it has."""
    messages, obsolete = {}, 0
    for block in re.split(r"\n\s*\n", text):
        message, name = Message(), None
        for line in block.split("\n"):
            if line.startswith("#~"):
                obsolete += line.startswith("#~ msgid ")
            elif line.startswith("#:"):
                message.files += line[2:].split()
            elif line.startswith("#,"):
                message.fuzzy = message.fuzzy or "fuzzy" in line
                message.c_format = message.c_format or "c-format" in line.split(", ")
            elif line.startswith('"') and name:
                message.text[name] += unquote(line)
            elif not line.startswith("#") and '"' in line:
                name, rest = line.split(None, 1)
                message.text[name] = unquote(rest)
        if message.text:
            messages[message.key] = message
    return messages, obsolete


def directives(text):
    """The types that a format takes, in the order of its arguments."""
    found = []
    for at, text_of in enumerate(re.findall(DIRECTIVE, text)):
        if text_of.endswith("%"):
            continue
        place = re.match(r"%(\d+)\$", text_of)
        kind = re.sub(r"^%(?:\d+\$)?[-+ #0]*\d*(?:\.\d+)?", "", text_of)
        found.append((int(place[1]) if place else at + 1, kind))
    return [kind for _, kind in sorted(found)]


def margins(text):
    return re.match(r"\s*", text)[0], re.search(r"\s*$", text)[0]


def check_translation(path, source, message):
    """One message of the catalogue against what the source has."""
    for text in message.translations:
        what = f"{path}: {quoted(source.key)} ({source.where}): "
        if margins(text) != margins(source.key):
            problem(what + f"blanks at the beginning or end differ in {quoted(text)}")
        if source.c_format and directives(text) != directives(source.key):
            problem(what + f"{quoted(text)} takes {directives(text)}, not {directives(source.key)}")
        if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
            problem(what + f"a control character in {quoted(text)}")


def check_catalogue(root, language, template):
    path = f"src/po/{language}.po"
    with open(os.path.join(root, path), encoding="utf-8") as file:
        messages, obsolete = parse(file.read())
    if obsolete:
        problems.append(f"{path}: {obsolete} obsolete entries; run src/po/update")
    for key in sorted(set(messages) - set(template)):
        problems.append(f"{path}: {quoted(key)} is in no source any more; run src/po/update")
    for key, source in template.items():
        message = messages.get(key)
        if key == "":
            continue
        if message is None or not all(message.translations):
            problems.append(f"{path}: {quoted(key)} ({source.where}) is not translated; "
                          "run src/po/update and fill in its msgstr")
        elif message.fuzzy:
            problem(f"{path}: {quoted(key)} is marked fuzzy; check it and take the mark away")
        else:
            check_translation(path, source, message)
    return messages


# --- columns ---


def check_widths(root, catalogues):
    path = "src/ui/words.c"
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    for function, width in WIDTHS.items():
        body = re.search(r"\b" + function + r"\(.*?\n}\n", text, re.S)
        words = re.findall(r'N_\("((?:[^"\\]|\\.)*)"\)', body[0]) if body else []
        if not words:
            problem(f"{path}: no words found in {function}()")
        for word in words:
            check_width(path, word, width, function)
            for language, messages in catalogues.items():
                message = messages.get(word)
                for translated in message.translations if message else []:
                    check_width(f"src/po/{language}.po", translated, width, function)


def check_width(path, word, width, function):
    if len(word) > width:
        problem(f"{path}: {quoted(word)} has {len(word)} columns; {function}() has room for {width}")
    if not word.isascii():
        problem(f"{path}: {quoted(word)} of {function}() is not plain ASCII")


# --- sources ---


def literals(text):
    """Every string literal with its line and the name of the function whose argument it is."""
    calls, before, line_at, line = [], "", 0, 1
    for token in TOKEN.finditer(text):
        word = token[0]
        line += text.count("\n", line_at, token.start())
        line_at = token.start()
        if word == "(":
            calls.append(before)
        elif word == ")":
            if calls:
                calls.pop()
        elif word.startswith('"'):
            # A parenthesis without a name before it only groups.
            inner = [name for name in calls if re.fullmatch(r"\w+", name)]
            yield line, word[1:-1], inner[-1] if inner else ""
        if not word.startswith(("//", "/*")):
            before = word


def has_words(literal):
    if literal.startswith(r"\033"):
        return False  # for the terminal, not for its reader
    if "/" in literal and " " not in literal:
        return False  # a path
    plain = re.sub(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|u[0-9a-fA-F]{4}|.)", " ", literal)
    words = re.findall(r"[^\W\d_]+", re.sub(DIRECTIVE, " ", plain))
    return any(word not in ALLOWED for word in words)


def check_source(root, path, shown):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    # What the preprocessor reads is not shown.
    text = re.sub(r"^#.*$", "", text, flags=re.M)
    for line, literal, call in literals(text):
        if call in shown and has_words(literal):
            problem(f'{path}:{line}: "{literal}" in {call}() is shown to people: write _("{literal}")')


def check_sources(root):
    for folder, shown in SHOWN.items():
        for name in sorted(os.listdir(os.path.join(root, folder))):
            if name.endswith(".c") and f"{folder}/{name}" not in FEED_ONLY:
                check_source(root, f"{folder}/{name}", shown)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    made = subprocess.run([os.path.join(root, "src/po/update"), "--template"], check=True,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    template, _ = parse(made.stdout)
    if len(template) < 100:
        problem(f"only {len(template)} messages found in the sources")
    with open(os.path.join(root, "src/po/LINGUAS"), encoding="utf-8") as file:
        languages = file.read().split()
    catalogues = {name: check_catalogue(root, name, template) for name in languages}
    check_widths(root, catalogues)
    check_sources(root)
    for text in problems:
        print(text)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
