"""What `siaga scenario check` says of scenarios: of those that are fine, of broken ones, and of what is no
scenario at all."""

import json
import os
import tempfile

from screens import run as siaga
from siaga_test import check, check_eq, run

HEAD = {"scenario": "latihan", "title": "Latihan", "end": 600}
DESK = {"agency": "damkar", "accept_s": [4, 9], "en_route_s": [8, 18], "on_scene_s": [20, 40], "clear_s": [60, 90]}
FIRE = {"at": 10, "raise": {"key": "api", "kind": "fire", "lat": -7.5694, "lon": 110.7967, "place": "Kabangan",
                            "caller": {"name": "Sri Lestari", "phone": "+62 800-555-0102"}}}
EVENING = [HEAD, DESK, FIRE,
           {"at": 10, "expect": {"did": "acknowledge", "key": "api", "within": 30, "points": 2}},
           {"at": 10, "expect": {"status": "on_scene", "key": "api", "agency": "damkar", "points": 4}},
           {"at": 10, "expect": {"did": "close", "key": "api", "disposition": "fire_out", "points": 3}},
           {"at": 10, "forbid": {"did": "dispatch", "agency": "basarnas"}}]
WORTH = "1 alarm, 4 expectations, 10:00, a perfect run scores 10 of 10 points (100 %), doing nothing 1 (10 %)\n"


class Folder:
    """A folder with scenarios in it."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory()

    def __enter__(self):
        self.path = self.temporary.name
        return self

    def __exit__(self, *error):
        self.temporary.cleanup()

    def write(self, name, lines):
        path = os.path.join(self.path, name)
        with open(path, "wb") as file:
            file.write(lines if isinstance(lines, bytes) else
                       "".join(json.dumps(line) + "\n" for line in lines).encode())
        return path


def look(*names, code=0, options=(), **changes):
    done = siaga(["scenario", "check", *names, *options], **changes)
    check_eq(done.returncode, code, done.stdout + done.stderr)
    return done.stdout, done.stderr


def test_a_scenario_that_is_fine_has_a_line():
    with Folder() as folder:
        path = folder.write("a.jsonl", EVENING)
        check_eq(look(path), (path + ": OK, " + WORTH, ""), "what was said")


def test_one_that_ships_is_found_by_its_name():
    out, err = look("demo")
    check_eq((out, err), ("demo: OK, 18 alarms, 0 expectations, 11:00\n", ""), "the demo")
    _, err = look("demo.jsonl", code=1)
    check_eq(err, "demo.jsonl: No such file or directory\n", "a file of that name")
    _, err = look("./demo", code=1)
    check_eq(err, "./demo: No such file or directory\n", "a file of that name in a folder")


def test_mistakes_name_file_line_and_member():
    with Folder() as folder:
        path = folder.write("a.jsonl", [HEAD, DESK, FIRE, {"at": 20, "update": {"key": "air", "note": "x"}},
                                        {"at": 700, "expect": {"command": "dance"}}])
        out, err = look(path, code=1)
        check_eq(out, "", "standard output")
        check_eq(err, "".join(path + line for line in (
            ':4: update.key: no alarm "air"\n', ':5: expect.command: no command "dance"\n',
            ":5: at: 11:40 at the soonest, after the end at 10:00\n")), "mistakes")


def test_mistakes_in_a_line_come_before_those_between_lines():
    with Folder() as folder:
        path = folder.write("a.jsonl", [HEAD, {"at": -1, "say": "x", "by": "y"}, {"at": 5, "expect": {"did": "note",
                                        "key": "nobody"}}, {"at": 1}])
        _, err = look(path, code=1)
        lines = err.splitlines()
        check_eq(len(lines), 3, err)
        check_eq(lines[0], path + ":2: at: out of range 0..604800", "first")
        check(lines[1].startswith(path + ":2: by: "), lines[1])
        check(lines[2].startswith(path + ":4: none of scenario, "), lines[2])


def test_warnings_do_not_fail():
    with Folder() as folder:
        path = folder.write("a.jsonl", EVENING + [{"at": 20, "chance": 0, "say": "x"}])
        out, err = look(path)
        check_eq(out, path + ": OK, " + WORTH, "standard output")
        check_eq(err, path + ":8: warning: chance: 0: it never happens\n", "warnings")


def test_what_nobody_can_do_is_told():
    with Folder() as folder:
        path = folder.write("a.jsonl", EVENING + [
            {"at": 10, "expect": {"status": "on_scene", "key": "api", "agency": "damkar", "within": 5, "points": 10}}])
        out, err = look(path)
        check_eq(err, path + ":8: warning: expect: a perfect run loses these points, with seed 1\n", "warnings")
        check("a perfect run scores 10 of 20 points (50 %), doing nothing 1 (5 %)\n" in out, out)


def test_the_seed_decides_what_comes():
    group = [dict(line, one_of="g") for line in (
        {"at": 20, "expect": {"did": "note", "key": "api", "points": 5}}, {"at": 20, "say": "x"})]
    with Folder() as folder:
        path = folder.write("a.jsonl", EVENING + group)
        seen = set()
        for seed in range(1, 9):
            out, err = look(path, options=("--seed", str(seed)))
            check_eq(err, "", "warnings")
            check_eq(look(path, options=("--seed", str(seed)))[0], out, "the same seed")
            seen.add(out.split("of ")[1].split(" ")[0])
        check_eq(seen, {"10", "15"}, "points")


def test_every_file_is_looked_at():
    with Folder() as folder:
        good = folder.write("a.jsonl", EVENING)
        bad = folder.write("b.jsonl", [{"at": 1}])
        missing = os.path.join(folder.path, "c.jsonl")
        out, err = look(good, missing, bad, folder.path, "demo", code=1)
        check_eq([line.split(": ")[0] for line in out.splitlines()], [good, "demo"], "those that are fine")
        lines = err.splitlines()
        check_eq(len(lines), 3, err)
        check_eq(lines[0], missing + ": No such file or directory", "missing")
        check(lines[1].startswith(bad + ":1: "), lines[1])
        check_eq(lines[2], folder.path + ": Is a directory", "a directory")


def test_hostile_files_are_named_and_nothing_else():
    texts = [b"\0\0\0", b"\xff\xfe{}", b"[[[[", b"{" * 70000, b'{"at":1,"say":"\x1b[2J"}', b"x" * 200000,
             b'{"scenario":"a"}\n{"scenario":"b"}\n']
    with Folder() as folder:
        for number, text in enumerate(texts):
            path = folder.write("%d.jsonl" % number, text)
            out, err = look(path, code=1)
            check_eq(out, "", repr(text[:20]))
            check(err.startswith(path + ":") and "\x1b" not in err, repr(err))
        strange = folder.write("a\x1b[2J\nb.jsonl", EVENING)
        out, _ = look(strange)
        check("\x1b" not in out and out.count("\n") == 1, repr(out))
        empty = folder.write("empty.jsonl", b"")
        check_eq(look(empty)[0], empty + ": OK, 0 alarms, 0 expectations, 1:00\n", "an empty file")


def test_a_file_without_end_is_not_read_to_its_end():
    _, err = look("/dev/zero", code=1)
    check_eq(err, "/dev/zero: longer than 33554432 bytes\n", "a file without end")


def test_a_wrong_call_says_how_it_is_done():
    for args, words in ((["scenario"], "siaga scenario check FILE..."), (["scenario", "check"], "check FILE..."),
                        (["scenario", "play", "demo"], "scenario play: say siaga scenario check FILE..."),
                        (["scenario", "check", "demo", "--demo"], "--demo does not go with"),
                        (["scenario", "check", "demo", "--feed", "wss://x"], "--feed does not go with"),
                        (["scenario", "check", "demo", "--speed", "2"], "--speed"),
                        (["scenario", "check", "demo", "--seed", "x"], "--seed")):
        done = siaga(args)
        check_eq(done.returncode, 2, repr(args) + done.stderr)
        check(words in done.stderr and done.stdout == "", done.stderr)


def test_nothing_is_configured_for_it():
    with Folder() as folder:
        folder.write("siaga.conf", b"this is no configuration")
        os.mkdir(os.path.join(folder.path, "siaga"))
        os.rename(os.path.join(folder.path, "siaga.conf"), os.path.join(folder.path, "siaga", "siaga.conf"))
        check(look("demo", XDG_CONFIG_HOME=folder.path)[0].startswith("demo: OK"), "a broken configuration")


run(globals())
