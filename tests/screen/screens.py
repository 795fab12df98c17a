"""Scripts of the console and the screens that they must make.

NAME.script says in the comments of its head at which sizes it runs, with which characters and in which
languages; what it writes to standard output is kept in NAME@WxH[.ascii][.LANGUAGE].txt.

    # sizes: 80x24 120x40
    # glyphs: utf8 ascii
    # languages: en id
    # scenario: quiet.jsonl
"""

import difflib
import os
import subprocess

from siaga_test import environment

HERE = os.path.dirname(os.path.abspath(__file__))
SIAGA = os.environ.get("SIAGA", os.path.join(HERE, "..", "..", ".build", "src", "siaga"))
SLOW = float(os.environ.get("SIAGA_TEST_SLOW", "1"))

DEFAULTS = {"sizes": ["80x24"], "glyphs": ["utf8"], "languages": ["en"], "scenario": []}


def run(args, text=None, language="en", stdout=subprocess.PIPE, **changes):
    """Runs siaga as a script's runner should: with a home that does not exist, and no terminal."""
    env = environment("/nonexistent")
    env.update({"LANGUAGE": language, "TERM": "dumb", **changes})
    if text is not None:
        args = ["--script", "/dev/stdin", *args]
    return subprocess.run([SIAGA, *args], input=text or "", stdout=stdout, stderr=subprocess.PIPE, text=True,
                          encoding="utf-8", env=env, cwd=HERE, timeout=60 * SLOW, check=False)


class Screens:
    """One script at one size, with one set of characters, in one language."""

    def __init__(self, script, head, size, glyphs, language):
        self.args = ["--script", script, "--size", size]
        self.args += ["--ascii"] if glyphs == "ascii" else []
        self.args += ["--scenario", head["scenario"][0]] if head["scenario"] else []
        self.language = language
        ends = [".ascii"] if glyphs == "ascii" else []
        ends += ["." + language] if language != "en" else []
        self.name = script.removesuffix(".script") + "@" + size + "".join(ends)
        self.path = os.path.join(HERE, self.name + ".txt")

    def play(self):
        """What it wrote, and what it said where it did not run to its end."""
        done = run(self.args, language=self.language)
        return done.stdout, done.stderr if done.returncode != 0 or done.stderr else ""

    def kept(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def difference(self):
        """Nothing where it is as it should be."""
        kept, (got, said) = self.kept(), self.play()
        if said:
            return said.rstrip("\n")
        if kept is None:
            return "%s.txt is missing: tests/screen/update %s" % (self.name, self.name.split("@")[0])
        return "\n".join(difflib.unified_diff(kept.split("\n"), got.split("\n"), self.name + ".txt",
                                              "now", lineterm=""))


def read_head(script):
    head = dict(DEFAULTS)
    with open(os.path.join(HERE, script), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                break
            key, colon, values = line[1:].partition(":")
            if colon and key.strip() in head:
                head[key.strip()] = values.split()
    return head


def every(names=()):
    """All that is kept, or what belongs to the scripts named."""
    for script in sorted(os.listdir(HERE)):
        if not script.endswith(".script") or (names and script.removesuffix(".script") not in names):
            continue
        head = read_head(script)
        for size in head["sizes"]:
            for glyphs in head["glyphs"]:
                for language in head["languages"]:
                    yield Screens(script, head, size, glyphs, language)
