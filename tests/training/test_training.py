"""The course that ships. NAME.keys does all that its scenario asks for with seed 1, and loses no point."""

import json
import os
import re
import subprocess
import tempfile
import textwrap

from siaga_test import SIAGA, SLOW, check, check_eq, environment, need, run

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.environ.get("SIAGA_SCENARIOS", os.path.join(HERE, "..", "..", "src", "data", "solo", "scenarios"))
LESSONS = sorted(name.removesuffix(".jsonl") for name in os.listdir(SCENARIOS) if name.endswith(".jsonl"))
LANGUAGES = ("id", "en")
COACH_ROWS, COACH_COLS = 4, 78  # what is said to a trainee fits them at 80x24
AGAIN = 10


def siaga(args, text=None, language="en"):
    env = environment("/nonexistent")
    env.update({"LANGUAGE": language, "TERM": "dumb"})
    return subprocess.run([SIAGA, *args], input=text or "", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          encoding="utf-8", env=env, cwd=HERE, timeout=60 * SLOW, check=False)


def replay(lesson, script, *args, language="en"):
    """The screens that the script dumped, the score to read and the score to keep, byte for byte."""
    with tempfile.TemporaryDirectory() as folder:
        score = os.path.join(folder, "score")
        done = siaga(["replay", lesson, "--script", "/dev/stdin", "--score", score, "--size", "80x24", *args], script,
                     language)
        check_eq(done.returncode, 0, "%s: %s" % (lesson, done.stderr))
        with open(score, encoding="utf-8") as text, open(score + ".json", encoding="utf-8") as kept:
            return done.stdout, text.read(), kept.read()


def keys(lesson):
    with open(os.path.join(HERE, lesson + ".keys"), encoding="utf-8") as file:
        return file.read()


def lines(lesson):
    with open(os.path.join(SCENARIOS, lesson + ".jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip() and not line.startswith("#")]


def until_the_end(lesson):
    seconds = lines(lesson)[0]["end"] + 1
    return "wait until %d:%02d\n" % divmod(seconds, 60)


def looked_over(*args):
    """What `siaga scenario check` said."""
    done = siaga(["scenario", "check", *args])
    need(done.returncode != 2, "siaga scenario check")
    check_eq((done.returncode, done.stderr), (0, ""), done.stdout)
    return done.stdout


def test_the_course_has_eight_lessons_and_a_way_through_each():
    check_eq([name[:3] for name in LESSONS], ["%02d-" % (i + 1) for i in range(len(LESSONS))], LESSONS)
    check(len(LESSONS) >= 8, LESSONS)
    check_eq(LESSONS, sorted(name.removesuffix(".keys") for name in os.listdir(HERE) if name.endswith(".keys")))
    for lesson in LESSONS:
        check_eq(lines(lesson)[0]["scenario"], lesson)


def test_every_lesson_is_clean_with_many_seeds():
    for seed in (1, 2, 3, 4711):
        said = looked_over("--seed", str(seed), *[os.path.join(SCENARIOS, name + ".jsonl") for name in LESSONS])
        check("warning" not in said, said)
        check_eq(len(re.findall(r"scores 100 of 100 points", said)), len(LESSONS), said)


def test_who_makes_no_mistake_gets_all_points():
    for lesson in LESSONS:
        kept = json.loads(replay(lesson, keys(lesson))[2])
        missed = [item["text"]["en"] for item in kept["expected"] if item["verdict"] != "met"]
        check_eq(missed, [], lesson)
        check_eq((kept["points"], kept["possible"], kept["percent"], kept["passed"]), (100, 100, 100, True), lesson)
        check_eq(kept["faults"], [], lesson)
        check(kept["over"], lesson)


def test_who_does_nothing_gets_what_check_foretells():
    for lesson in LESSONS:
        said = looked_over(os.path.join(SCENARIOS, lesson + ".jsonl"))
        foretold = re.search(r"doing nothing (\d+) \((\d+) %\)", said)
        kept = json.loads(replay(lesson, until_the_end(lesson))[2])
        check_eq((kept["points"], kept["percent"]), tuple(int(x) for x in foretold.groups()), said)
        check(not kept["passed"], lesson)


def test_the_same_seed_and_keys_make_the_same_bytes():
    for lesson in LESSONS:
        script = "".join(line + "\n" + (":dump -r -\n" if line.startswith("wait") else "")
                         for line in keys(lesson).splitlines())
        first = replay(lesson, script)
        check(len(first[0]) > 10000, lesson)
        for _ in range(AGAIN - 1 if lesson == LESSONS[1] else 1):
            check_eq(replay(lesson, script), first, lesson)


def test_another_seed_is_another_run():
    for lesson in LESSONS[1:]:
        runs = {replay(lesson, until_the_end(lesson) + ":dump -\n", "--seed", str(seed))[0] for seed in (1, 2, 3)}
        check_eq(len(runs), 3, lesson)


def texts(line):
    for member in ("say", "title"):
        if member in line:
            yield line[member]
    for member in ("expect", "forbid"):
        if member in line:
            yield line[member]["text"]


def test_everything_is_said_in_both_languages_and_fits():
    for lesson in LESSONS:
        for line in lines(lesson):
            for text in texts(line):
                check_eq(sorted(text), sorted(LANGUAGES), text)
                for language in LANGUAGES:
                    rows = textwrap.wrap(text[language], COACH_COLS)
                    check(len(rows) <= COACH_ROWS, "%s: %d rows: %s" % (lesson, len(rows), text[language]))


def test_persons_are_made_up_and_every_alarm_has_its_truth():
    for lesson in LESSONS:
        for line in lines(lesson):
            if "raise" in line:
                check("truth" in line, line)
                check(re.fullmatch(r"\+62 800-555-01\d\d", line["raise"]["caller"]["phone"]), line)
            check(len(re.findall(r"\+\d", json.dumps(line))) == ("raise" in line), line)


def test_points_of_what_always_happens_are_a_hundred():
    for lesson in LESSONS:
        either, sure = {}, 0
        for line in lines(lesson):
            part = line.get("expect") or line.get("forbid")
            if part is None:
                continue
            branch = line.get("after", {}).get("line", "")
            group = [other.get("one_of") for other in lines(lesson) if other.get("id") == branch and branch]
            if group and group[0]:
                either.setdefault(group[0], {}).setdefault(branch, []).append(part["points"])
            else:
                sure += part["points"]
        for name, branches in either.items():
            sums = {sum(points) for points in branches.values()}
            check_eq(len(sums), 1, "%s: %s: %s" % (lesson, name, branches))
            sure += sums.pop()
        check_eq(sure, 100, lesson)


# --- the tutorial, to somebody who does not do what it says ---


def test_the_tutorial_speaks_the_trainees_language():
    lesson = LESSONS[0]
    for language, welcome in (("id", "Selamat datang"), ("en", "Welcome")):
        check(welcome in replay(lesson, "wait 1s\n:dump -\n", language=language)[0], language)


def test_who_presses_enter_before_there_is_an_alarm_is_told_of_it_all_the_same():
    lesson = "01-first-alarm"
    seen, _, _ = replay(lesson, "wait 3s\nkeys Enter\nwait 1s\nkeys Esc j\nwait 3s\n:dump -\n"
                        "keys a\nwait 1s\nexpect \"Press c: the pane CAMERAS\"\n")
    check("The first alarm, and the bell rings" in seen and "press a to TAKE it" in seen, seen)
    check("has brackets now" not in seen, seen)


def test_who_waits_is_told_again():
    replay(LESSONS[0], 'wait 45s\nexpect "The guide waits"\nkeys j\nwait 3s\nkeys a\nwait 45s\n'
           'expect "4 CAMERAS comes up"\nkeys v c\nwait 45s\nexpect "d, then d again"\n')


def test_who_runs_ahead_is_not_held_back():
    replay(LESSONS[0], 'wait 1s\nkeys j\nwait 3s\nkeys v c\nwait 1s\nexpect "Press F2"\nkeys d d y\nwait 1s\n'
           'expect "Sent does not mean accepted"\nwait 20s\nexpect "Press e"\n')


def test_who_sends_somebody_else_is_told_how_to_take_them_back():
    replay(LESSONS[0], 'wait 1s\nkeys j\nwait 3s\nkeys a v c F3 y\nwait 1s\nexpect "It was not DAMKAR"\nkeys u\n'
           'wait 1s\nkeys F2 y\nwait 1s\nexpect "Sent does not mean accepted"\n')


def test_who_throws_the_first_alarm_away_is_told_how_to_open_it_again():
    replay(LESSONS[0], 'wait 1s\nkeys j\nwait 3s\nkeys a x p\nwait 1s\nexpect ":reopen 1 and Enter"\n'
           ':reopen 1\nwait 1s\nkeys v c\nwait 1s\nexpect "Press F2"\n')


run(globals())
