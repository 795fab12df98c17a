"""What scripts can say, what they cannot, and that nothing but the script decides what comes out."""

import os
import tempfile

from screens import run as siaga
from siaga_test import check, check_eq, run

FIRE = 'raise {"kind":"fire","priority":"P1","lat":-7.5694,"lon":110.7967,"place":"Kabangan",' \
       '"caller":{"name":"Sri Lestari","phone":"+62 800-555-0102"}}\n'
QUIET = ("--scenario", "/dev/null")


def play(text, *args, **changes):
    done = siaga(args, text=text, **changes)
    check_eq(done.returncode, 0, done.stdout + done.stderr)
    return done.stdout


def refused(text, *args, code=1, **changes):
    done = siaga(args, text=text, **changes)
    check_eq(done.returncode, code, "%r: %s" % (text, done.stdout + done.stderr))
    return done.stderr


def test_the_same_script_makes_the_same_bytes():
    text = ("wait 40s\nkeys n a D y\nlink down\nwait 5s\nkeys e\ntype \"catatan\"\nkeys Enter\n"
            "link up\nwait 3m\n:dump -r -\nsize 120x40\n:dump -r -\n")
    first = play(text)
    check(len(first) > 4000, first)
    for _ in range(9):
        check_eq(play(text), first, "the screens")


def test_a_wrong_line_is_named_and_nothing_runs():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "screen.txt")
        said = refused(":dump %s\nwait 1s\nkeys Nonsense\nkeys a\n" % file)
        check("/dev/stdin:3: " in said and '"Nonsense"' in said, said)
        check_eq(os.listdir(folder), [], "what was written")


def test_every_wrong_line_says_what_is_wrong():
    wrong = {
        "dance": "no step", "keys": "which keys", 'keys "a': "not closed", "keys F13": "F13",
        'type ""': "empty", "type a": "double quotes", 'type "a" b': "too much", "paste": "double quotes",
        ":dump": "which file", ":dump a b": "too much", ":dump -r": "which file",
        "wait": "how long", "wait 5": "how long", "wait 50ms": "steps of", "wait until 5": "minutes",
        "wait until 1:60": "minutes", "wait 2s\nwait until 0:01": "is over",
        "size 120": "120x40", "size 0x5": "120x40", "size 9999x5": "120x40", "size 5x5x": "120x40",
        "link": "link up or", "link up": "already", "link down\nlink down": "already",
        "desk damkar": "desk AGENCY", "bells": "how often", "bells x": "how often",
        "event {}": "event: ", "event [": "event: ", "raise {}": "raise: ", 'raise {"lat":1}': "lon",
        "role operator\nrole king": "king", "role agency": "missing", "wait 1s\nrole observer": "before all",
        "mode real": "real", 'expect ""': "empty", "expect": "double quotes",
        "as": "no action", "as budi dance 1": "dance", "as budi raise 1": "no action",
        "as budi note x": "number", "as budi verify 1 magic": "magic", "as budi close 1 magic": "magic",
        "as budi reject 1 magic": "magic", "as budi note 1 \"a\" b": "too much", "as budi merge 1": "number",
        'as budi note 1 "a': "not closed", 'as budi reject 1 magic "a"': "magic", "print": "double quotes",
    }
    for text, words in wrong.items():
        said = refused("# a comment\n\n" + text + "\n")
        line = 3 + text.count("\n")
        check("siaga: /dev/stdin:%d: " % line in said and words in said, "%r: %s" % (text, said))


def test_bytes_that_are_no_text_are_refused():
    with tempfile.NamedTemporaryFile(suffix=".script") as file:
        file.write(b'wait 1s\ntype "\xff"\n')
        file.flush()
        done = siaga(["--script", file.name])
        check_eq(done.returncode, 1, "exit")
        check(file.name + ":2: not valid UTF-8" in done.stderr, done.stderr)


def test_an_expectation_that_fails_shows_the_screen():
    said = refused('wait 3s\nexpect "nothing of this"\n:dump -\n')
    check("siaga: /dev/stdin:2: expected \"nothing of this\" on the screen" in said, said)
    check("Slamet Riyadi" in said, said)
    said = refused('wait 3s\nexpect-not "Slamet Riyadi"\n')
    check(":2: expected \"Slamet Riyadi\" not to be on the screen" in said, said)
    check(":2: it rang 1 times, not 7" in refused("wait 3s\nbells 7\n"), "bells")


def test_steps_that_cannot_be_done_are_failures():
    check(":1: no incident #1 yet" in refused("as budi acknowledge 1\n", *QUIET), "unknown incident")
    check(":2: no incident #2 yet" in refused(FIRE + "as budi merge 1 2\n", *QUIET), "merge")
    said = refused(FIRE + "as budi dispatch 1 damkar\n", *QUIET)
    check(":2: refused: #1 is new" in said, said)
    check(':1: no agency "nobody"' in refused("desk nobody online\n"), "desk")
    check(':2: no agency "nobody"' in refused("# who\nrole agency nobody\n"), "role")
    check(":1: /nonexistent/x: " in refused(":dump /nonexistent/x\n"), "a file that cannot be written")
    check(":2: the console was left before" in refused(":quit\nkeys a\n"), "left")


def test_options_that_make_no_sense_are_usage():
    for args, words in (
            (["--script", "x", "--demo"], "exclude"), (["--script", "x", "--state", "/tmp"], "--state"),
            (["--size", "80x24", "--demo"], "--size"), (["--scenario", "x", "--offline"], "--scenario"),
            (["--script", "x", "--size", "big"], "120x40"), (["--script"], "value"),
            (["--script", "/dev/null", "--theme", "plaid"], "plaid")):
        done = siaga(args)
        check_eq(done.returncode, 2, args)
        check(words in done.stderr, done.stderr)


def test_files_that_cannot_be_read_are_named():
    for args, words in (
            (["--script", "/nonexistent/a.script"], "/nonexistent/a.script: "),
            (["--script", "/"], "/: "),
            (["--script", "/dev/null", "--scenario", "/nonexistent/b"], "/nonexistent/b: ")):
        done = siaga(args)
        check_eq(done.returncode, 1, args)
        check("siaga: " in done.stderr and words in done.stderr, done.stderr)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write('{"at":1,"say":"a"}\n{"at":2}\n')
        file.flush()
        done = siaga(["--script", "/dev/null", "--scenario", file.name])
        check_eq(done.returncode, 1, "exit")
        check(file.name + ": line 2: " in done.stderr, done.stderr)


def test_a_file_that_is_too_long_is_refused():
    with tempfile.NamedTemporaryFile(suffix=".script") as file:
        file.truncate(5 << 20)
        done = siaga(["--script", file.name])
        check_eq(done.returncode, 1, "exit")
        check("longer than" in done.stderr, done.stderr)


def test_what_cannot_be_written_is_a_failure():
    for step in (":dump -", 'print "a"'):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = siaga([], text=step + "\n", stdout=full)
        check_eq(done.returncode, 1, step)
        check("/dev/stdin:1: -: " in done.stderr, done.stderr)


def test_nothing_is_touched_but_what_the_script_names():
    with tempfile.TemporaryDirectory() as home:
        file = os.path.join(home, "screen.txt")
        play("wait 10s\n:dump %s\n:quit\n" % file, HOME=home, TERM="")
        check_eq(os.listdir(home), ["screen.txt"], "files")
        with open(file, encoding="utf-8") as dump:
            check_eq(len(dump.read().split("\n")), 25, "rows and the last line's end")


def test_another_scenario_makes_another_day():
    check("QUEUE 0 open" in play("wait 5m\n:dump -\n", *QUIET), "a quiet day")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write('{"agency":"damkar","accept_s":[2,2],"en_route_s":[3,3],"on_scene_s":[4,4],'
                   '"clear_s":[5,5]}\n{"at":1,"raise":{"key":"a","kind":"fire","lat":-7.57,"lon":110.82}}\n')
        file.flush()
        play('wait 1s\nkeys n a F2 y\nexpect "DAM:del"\nwait 1900ms\nexpect-not "DAM:acc"\n'
             'wait 100ms\nexpect "DAM:acc"\nwait 3s\nexpect "DAM:way"\n', "--scenario", file.name)


def test_keys_typed_ahead_of_the_strip_send_nothing():
    ready = FIRE + "keys n a\n"
    play(ready + 'ahead F2 y\nexpect "SEND"\nkeys Esc\nexpect-not "del"\n', *QUIET)
    play(ready + 'keys F2 y\nexpect-not "SEND"\nexpect "req"\n', *QUIET)


def test_the_link_breaks_and_comes_back():
    play(FIRE + 'link down\nwait 3s\nexpect "LOST"\nkeys n a\nexpect "OUTBOX 1"\nlink up\nexpect "LIVE"\n'
         'expect-not "OUTBOX"\nexpect "ACK"\n', *QUIET)
    never = play('link down\nwait 3s\nexpect "NO DATA YET"\nexpect-not "LIVE"\n:dump -\nlink up\n'
                 'expect "LIVE"\nexpect-not "NO DATA YET"\n', *QUIET)
    check("LOST" not in never, never)


def test_colleagues_and_desks_act():
    play(FIRE + 'as budi acknowledge 1\nexpect "budi"\nas budi dispatch 1 damkar\nexpect "del"\n'
         'as budi cancel 1 damkar "salah alamat"\nas budi verify 1 camera Kabangan\n'
         'as budi close 1 handled "selesai"\nexpect-not "SENT"\n', "--size", "160x50")
    play(FIRE + FIRE + 'as budi merge 2 1\nas budi split 2\nas budi reject 2 prank\n'
         'as budi note 1 "halo semua"\nkeys n\nexpect "halo semua"\n', "--size", "160x50", *QUIET)
    play(FIRE + 'keys n a\ndesk damkar offline\nkeys F2\nexpect "OFFLINE"\ndesk damkar online\n'
         'expect-not "OFFLINE"\nkeys y\nexpect "del"\n')


def test_somebody_else_was_first():
    # The console has not heard of it when the key comes: the feed decides.
    play(FIRE + 'keys n v\nas budi acknowledge 1\nkeys Esc\nas budi reject 1 prank\n'
         'keys n a\nexpect-not "ACK "\n', *QUIET)


def test_an_event_of_any_kind_can_be_put_in():
    play(FIRE + 'event {"seq":1,"at":"2026-01-01T00:00:00Z","incident":"00000001-0002-4000-8000-000000000001",'
         '"number":1,"rev":2,"type":"incident.acknowledged","by":{"name":"citra"},"data":{}}\n'
         'expect "citra"\n', *QUIET)


def test_a_desk_and_an_observer_sit_at_the_console():
    play("role agency damkar\n" + FIRE + 'as budi acknowledge 1\nexpect-not "Kabangan"\n'
         'as budi dispatch 1 damkar\nexpect "Kabangan"\nbells 1\nkeys a\nexpect "acc"\n', *QUIET)
    seen = play("role observer\n" + FIRE + "keys n Enter\n:dump -\n", "--size", "160x50", *QUIET)
    check("Kabangan" in seen and "800-555" not in seen and "Lestari" not in seen, seen)
    seen = play(FIRE + "keys n Enter\n:dump -\n", "--size", "160x50", *QUIET)
    check("800-555" in seen, seen)


def test_modes_are_said_on_the_screen():
    check("EXERCISE" in play(":dump -\n"), "an exercise unless said otherwise")
    check("TEST" in play("mode test\n:dump -\n"), "test")
    check("EXERCISE" not in play("mode actual\n" + FIRE + ":dump -\n"), "actual")


def test_a_paste_is_text_and_nothing_else():
    play(FIRE + 'keys n a F2\npaste "yyyy\\ny"\nexpect "SEND"\nkeys Esc e\n'
         'paste "dua \\"orang\\" terjebak"\nexpect "dua \\"orang\\" terjebak"\n', *QUIET)


def test_commands_are_typed_as_an_operator_would():
    play(FIRE + FIRE + ':2\n:acknowledge\nexpect "ACK"\n:nonsense words\nexpect "nonsense"\n:quit\n', *QUIET)


def test_sizes_characters_and_languages():
    text = "wait 12s\n:dump -\n"
    check_eq([len(row) for row in play(text, "--size", "60x16").split("\n")[1:2]], [60], "columns")
    rows = play("size 100x30\n" + text).split("\n")
    check_eq((len(rows), len(rows[1])), (31, 100), "a size that changed")
    check("┌" in play(text), "frames")
    check(play(text, "--ascii").isascii(), "ASCII")
    check(play(text, LC_ALL="C").isascii(), "a locale that is plainly C")
    check(play(text, LANGUAGE="id") != play(text), "Indonesian")
    check("14:00:12" in play(text, TZ="Asia/Jakarta"), "the hour of the wall")


run(globals())
