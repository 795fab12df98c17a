"""`siaga score`: the sheet of a run that was kept, several runs side by side, and what it says of files that are
none."""

import copy
import json
import os
import subprocess

from hostile import TEXTS, check_lines
from siaga_test import SIAGA, SLOW, check, check_eq, environment, run, scope

TIME = {"count": 1, "median_ms": 4000, "p90_ms": 4000, "judged": 1, "met": 1, "target_ms": 10000, "target_to_ms": 10000}
TASK = {"count": 1, "median": 2}
SCORE = {
    "siaga_score": 1, "scenario": "01-first-alarm", "title": {"id": "Alarm pertama", "en": "The first alarm"},
    "trainee": "Ayu", "language": "id", "seed": 7, "at_ms": 600000, "end_ms": 600000, "over": True, "pass": 80,
    "not_begun": {"count": 0, "points": 0},
    "expected": [
        {"line": 5, "forbid": False, "text": {"id": "Terima alarmnya", "en": "Take the alarm"}, "verdict": "met",
         "from_ms": 0, "due_ms": 10000, "at_ms": 4000, "points": 4, "got": 4},
        {"line": 6, "forbid": False, "text": {"id": "Kirim Damkar", "en": "Send the fire service"}, "verdict": "late",
         "from_ms": 0, "due_ms": 60000, "at_ms": 75500, "points": 6, "got": 0}],
    "alarms_real": 1, "alarms_known": 1, "times": {"acknowledge": TIME, "verify": TIME, "dispatch": TIME},
    "faults": [{"fault": "missing_agency", "number": 1, "key": "kebakaran", "agency": "psc119"}],
    "keys": {"all": 12, "acknowledge": TASK, "verify": TASK, "dispatch": TASK, "close": TASK},
    "recorded": False, "alarms": [{"key": "kebakaran", "number": 1, "at_ms": 2000, "acknowledge_ms": 4000}],
}


def score(*args, code=0, **env):
    done = subprocess.run([SIAGA, "score", *args], env=dict(environment("/nonexistent"), **env), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=30 * SLOW, check=False)
    check_eq(done.returncode, code, "the end of %r: %r" % (args, done.stderr))
    check_lines(done.stdout, "the score of %r" % (args,))
    check_lines(done.stderr, "the errors of %r" % (args,))
    return (done.stderr if code != 0 else done.stdout).decode()


class Files:
    def __init__(self):
        self.folder = scope.folder()

    def raw(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def keep(self, name, **changes):
        return self.raw(name, json.dumps(dict(SCORE, **changes)).encode())


def improved():
    better = copy.deepcopy(SCORE["expected"])
    better[1].update(verdict="met", at_ms=50000, got=6)
    return better


def test_one_file_is_its_sheet():
    said = score(Files().keep("a.json"), "--language", "en")
    for text in ("Score:\n  The first alarm, 01-first-alarm\n", "Trainee: Ayu; seed 7",
                 "4 of 10 points, 40 %: not passed. 80 % were needed.", "4/4     0:04  met", "Take the alarm",
                 "0/6     1:15  late", "due at 1:00: 0:15.5 too late", "#1 kebakaran: psc119 was needed, and not sent"):
        check(text in said, text, "is not in", said)


def test_the_language_is_that_of_whoever_reads():
    path = Files().keep("a.json")
    check("Terima alarmnya" in score("--language", "id", path), "the scenario's own words")
    check("Terima alarmnya" in score(path, LC_ALL="id_ID.UTF-8", LANGUAGE=""), "the locale's language")
    check("zz: there is no such language" in score("--language", "zz", path, code=2), "a language that is none")


def test_runs_stand_side_by_side_in_their_order():
    files = Files()
    said = score(files.keep("a.json"), files.keep("b.json", trainee="Budi"), files.keep("c.json", expected=improved()))
    rows = {line[:24].strip(): line[24:].split() for line in said.split("\n\n")[0].splitlines()}
    check_eq(rows["trainee"], ["Ayu", "Budi", "Ayu"])
    check_eq(rows["percent"], ["40", "%", "40", "%", "100", "%"])
    check_eq(rows["result"], ["not", "passed", "not", "passed", "passed"])
    check_eq(rows["acknowledge, median"], ["0:04.0"] * 3)
    check_eq(rows["missing agencies"], ["1"] * 3)
    change = {line[:24].strip(): line[24:].split() for line in said.split("\n\n")[1].splitlines()}
    check_eq(change["trainee"], ["Ayu"])
    check_eq(change["percent"], ["+60", "%"])
    check_eq(change["keys in all"], ["0"])


def test_the_same_files_make_the_same_bytes():
    files = Files()
    paths = [files.keep("%d.json" % i, trainee="Peserta %d" % i) for i in range(6)]
    check_eq(score(*paths), score(*paths))


def test_what_is_missing_or_broken_is_named():
    files = Files()
    good = files.keep("good.json")
    whole = json.dumps(SCORE).encode()
    broken = {
        "none.json": (None, "No such file"),
        "empty.json": (b"", "empty"),
        "half.json": (whole[:200], "not JSON: it ends too early"),
        "text.json": (b"Score:\n", "not JSON"),
        "list.json": (b"[]", "not a JSON object"),
        "other.json": (b'{"t":"welcome"}', "siaga_score: missing"),
        "newer.json": (json.dumps(dict(SCORE, siaga_score=2)).encode(), "siaga_score: out of range 1..1"),
        "member.json": (json.dumps(dict(SCORE, times=dict(SCORE["times"], verify=5))).encode(),
                        "times.verify: not an object"),
        "deep.json": (b'{"a":' * 500 + b"1" + b"}" * 500, "not JSON"),
    }
    for name, (data, error) in broken.items():
        path = files.raw(name, data) if data is not None else os.path.join(files.folder, name)
        said = score(good, path, code=1)
        check("siaga: %s: " % path in said and error in said, name, "is told by", said)
    check("not a file" in score(files.folder, code=1), "a folder")
    os.mkfifo(os.path.join(files.folder, "pipe"))
    check("not a file" in score(os.path.join(files.folder, "pipe"), code=1), "a pipe that nobody writes")


def test_large_files_are_not_read():
    path = Files().raw("large.json", b"{")
    os.truncate(path, 40 << 20)
    check("larger than 32 MiB" in score(path, code=1), "a large file")


def test_what_has_nothing_to_do_with_it_is_refused():
    path = Files().keep("a.json")
    for args in (["--demo"], ["--state", "/tmp"], ["--script", "x"]):
        said = score(path, *args, code=2)
        check(args[0] in said, args, said)
    check("siaga score" in score(code=2), "no file at all")


def test_strangers_text_is_harmless():
    files = Files()
    for number, text in enumerate(TEXTS.values()):
        try:
            data = json.dumps(dict(SCORE, trainee=text[:8], title={"id": text[:40]})).encode()
        except UnicodeEncodeError:
            continue
        path = files.raw("%d.json" % number, data)
        done = subprocess.run([SIAGA, "score", path, path], env=environment("/nonexistent"), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=30 * SLOW, check=False)
        check(done.returncode in (0, 1), text, done.returncode)
        check_lines(done.stdout, "a score of %r" % text)
        check_lines(done.stderr, "the errors of %r" % text)


if __name__ == "__main__":
    run(globals())
