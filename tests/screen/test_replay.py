"""A training without a terminal: the same makes the same, any moment is made anew and never guessed, and nothing
that is typed or written in a scenario does anything else than it says."""

import os
import re
import tempfile

from screens import run as siaga
from siaga_test import check, check_eq, run

LINES = """{"scenario":"coba","title":{"id":"Coba","en":"A try"},"end":120}
{"agency":"damkar","accept_s":[3,9],"en_route_s":[5,15],"on_scene_s":[10,30],"clear_s":[10,30]}
{"at":1,"say":{"id":"Alarm segera masuk. Tekan a.","en":"An alarm comes soon. Press a."}}
{"at":[3,5],"raise":{"key":"a","kind":"fire","lat":-7.5694,"lon":110.7967,"place":"Kabangan","spread_m":300}}
{"after":{"did":"acknowledge","key":"a"},"at":2,"say":{"id":"Bagus.","en":"Good. Now F2 and y."}}
{"at":[20,40],"raise":{"key":"b","kind":"medical","lat":-7.55,"lon":110.82,"place":"Tirtonadi"}}
{"at":60,"link":"down"}
{"at":70,"link":"up"}
"""
KEYS = "wait until 0:08\nkeys a\nwait 2s\nkeys F2 y\nwait 1s\nkeys e\ntype \"catatan\"\nkeys Enter\n"
MORE = "wait until 0:50\nkeys n a j\nwait until 1:30\nkeys k r\n"


def replay(text, *args, lines=LINES, code=0, **changes):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "coba.jsonl")
        with open(file, "w", encoding="utf-8") as target:
            target.write(lines)
        done = siaga(("replay", file) + args, text=text, **changes)
    check_eq(done.returncode, code, "%r: %s" % (text, done.stdout + done.stderr))
    return done.stdout if code == 0 else done.stderr


def test_the_same_file_seed_and_keys_make_the_same_bytes():
    text = KEYS + ":dump -r -\n" + MORE + ":dump -r -\nsize 120x40\n:dump -r -\n"
    first = replay(text, "--seed", "7")
    check(len(first) > 4000, first)
    for _ in range(9):
        check_eq(replay(text, "--seed", "7"), first, "the screens")
    check(replay(text, "--seed", "8") != first, "another seed is another evening")


def test_a_moment_is_the_same_from_both_sides():
    """Played to, gone back to, gone forth to: the same screen, with all that was done until then."""
    for at, seconds in (("0:12", "12"), ("0:55", "55"), ("1:05", "65"), ("1:45", "105")):
        keys = KEYS + (MORE if int(seconds) > 90 else MORE.split("wait until 1:30")[0] if int(seconds) > 50 else "")
        dump = ":dump -r -\n"
        played = replay(keys + "wait until %s\n" % at + dump)
        whole = KEYS + MORE + "wait until 1:50\n"
        back = replay(whole + "seek %s\n" % at + dump)
        forth = replay(whole + "seek 0:02\nseek %s\n" % at + dump)
        again = replay(whole + "seek 0:00\nwait until %s\n" % at + dump)
        check_eq(forth, back, "from both sides at " + at)
        check_eq(again, back, "played on from the start at " + at)
        # What is still to come on the tape is said; all else is as it was when it was played.
        def bare(screen):
            return re.sub(r"TRAINING.*", "", screen)
        if int(seconds) < 90:
            check("AS IT WAS" in back.split("\n")[0], back)
        check_eq(bare(back).split("\n")[1:23], bare(played).split("\n")[1:23], "as played at " + at)


def test_what_was_done_is_done_again_until_somebody_takes_over():
    text = KEYS + "wait until 0:30\nseek 0:05\nexpect \"AS IT WAS\"\nexpect-not \"SENT\"\n" \
        "keys x\nexpect \"T takes over\"\nwait until 0:30\nexpect \"DAM:\"\nexpect-not \"AS IT WAS\"\n"
    replay(text)
    taken = KEYS + "wait until 0:30\nseek 0:09\nexpect \"AS IT WAS\"\nkeys T\nexpect-not \"AS IT WAS\"\n" \
        "wait until 0:30\nexpect-not \"DAM:\"\nexpect \"ACK\"\nkeys F2 y\nwait 3s\nexpect \"DAM:\"\n"
    replay(taken)


def test_it_says_that_it_is_a_training_at_every_size():
    for size in ("200x60", "120x40", "80x24", "60x16", "40x10", "30x5", "20x2", "16x1", "12x16", "9x3", "8x1"):
        for language, word in (("en", "TRAINING"), ("id", "LATIHAN")):
            text = "wait 1s\n:dump -\n" + KEYS + ":dump -\nkeys ?\n:dump -\nkeys Esc B\n:dump -\n"
            rows = int(size.split("x")[1])
            screens = replay(text, "--size", size, "--language", language).split("\n")
            for at in range(0, 4 * rows, rows):
                check(word in screens[at], "%s %s: %s" % (size, word, screens[at]))


def test_what_is_said_stays_until_something_else_is():
    replay("wait 30s\nexpect \"Press a.\"\nkeys a\nwait 1s\nexpect \"Press a.\"\nwait 2s\nexpect \"Now F2 and y\"\n"
           "wait 60s\nexpect \"Now F2 and y\"\n", "--language", "en")
    replay("wait 3s\nexpect \"Tekan a.\"\n", "--language", "id")


def test_the_link_breaks_and_comes_back_by_the_scenario():
    replay("wait until 0:59\nexpect \"LIVE\"\nwait until 1:02\nexpect \"LOST\"\nkeys a\nexpect \"OUTBOX 1\"\n"
           "wait until 1:20\nexpect \"LIVE\"\nexpect-not \"OUTBOX\"\nexpect \"ACK\"\n", "--language", "en")


def test_a_seek_does_not_make_up_what_the_script_did_to_the_feed():
    said = replay("wait 5s\nraise {\"lat\":-7.5,\"lon\":110.8}\nseek 0:02\n", code=1)
    check("cannot be done again" in said, said)
    check("minutes:seconds" in replay("seek 5\n", code=1), "a seek that is no time")


def test_it_is_steered_by_keys():
    replay("wait 10s\nkeys (\nexpect \"0:00\"\nexpect-not \"Kabangan\"\nkeys )\nexpect \"0:30\"\n"
           "keys E\nexpect \"PAUSED\"\nkeys P\nexpect-not \"PAUSED\"\nkeys > >\nexpect \"x4\"\nkeys < < <\n"
           "expect \"x0.5\"\n:speed 16\nexpect \"x16\"\n:speed 3\nexpect \"training-speed NUMBER\"\n:seek 1:40\n"
           "expect \"1:40\"\n:seek x\nexpect \"training-seek TIME\"\n:restart\nexpect \"0:00\"\n", "--language", "en")


def test_a_desk_that_leaves_is_seen_to_leave():
    lines = LINES + '{"at":10,"agency":"damkar","desk":"offline"}\n{"at":20,"agency":"damkar","desk":"normal"}\n'
    replay("wait until 0:09\nkeys 6\nexpect \"DAMKAR     online\"\nwait until 0:12\nexpect \"DAMKAR     OFFLINE\"\n"
           "wait until 0:22\nexpect \"DAMKAR     online\"\n", "--language", "en", lines=lines)


def test_a_moment_behind_the_end_is_the_end():
    replay("wait 1s\n:seek 999:59:59\nexpect \"OVER\"\nexpect \"2:00\"\nseek 700:00\nexpect \"2:00\"\n", "--language", "en")


def test_what_steers_counts_as_used():
    lines = LINES + '{"after":{"command":"training-pause"},"say":{"en":"It stands."}}\n'
    replay("wait 2s\nkeys P P\nexpect \"It stands.\"\n", "--language", "en", lines=lines)
    # Of a moment that was left by a key nothing is still to come.
    replay("wait 30s\nkeys (\nexpect-not \"AS IT WAS\"\nkeys )\nexpect \"0:30\"\n", "--language", "en")


def test_outside_of_a_training_nothing_is_steered():
    done = siaga(("--scenario", "/dev/null", "--language", "en"), text="keys P\nexpect \"only in a training\"\n:seek 0:05\n"
                 "expect \"only in a training\"\nexpect-not \"TRAINING\"\n")
    check_eq(done.returncode, 0, done.stdout + done.stderr)


def test_options_that_make_no_sense_are_usage():
    for args, said in ((("--feed", "ws://127.0.0.1:1/v1/feed"), "no feed"), (("--offline",), "no feed"), (("--demo",), "no feed"),
                       (("--state", "/tmp"), "no feed"), (("--plain",), "no feed"), (("--seed", "x"), "whole number"),
                       (("--seed", ""), "whole number"), (("--speed", "3"), "0.25"), (("--seek", "5"), "minutes:seconds"),
                       (("--speed", "4"), "for a terminal"), (("--seek", "0:05"), "for a terminal")):
        check(said in replay("", *args, code=2), args)
    done = siaga(("--seed", "5"), text="")
    check_eq((done.returncode, "siaga replay" in done.stderr), (2, True), done.stderr)
    done = siaga(("replay",), text="")
    check_eq((done.returncode, "replay FILE" in done.stderr), (2, True), done.stderr)
    done = siaga(("replay", "a", "b"), text="")
    check_eq((done.returncode, "b: not an option" in done.stderr), (2, True), done.stderr)


def test_files_that_are_wrong_are_named_with_line_and_member():
    said = replay("", lines=LINES + '{"at":5,"sey":"x"}\n', code=1)
    check(re.search(r"coba\.jsonl: line 9: none of ", said), said)
    said = replay("", lines='{"at":5,"expect":{"did":"acknowledge","kay":"a"}}\n', code=1)
    check("line 1: expect.kay: not a member of this" in said, said)
    for lines in ("\x00\n", "[" * 5000, '{"at":1e999,"say":"x"}', '{"say":{"xx":"y"},"at":1}'):
        check("line 1: " in replay("", lines=lines, code=1), lines[:20])
    done = siaga(("replay", "/nonexistent/x.jsonl"), text="")
    check_eq((done.returncode, "/nonexistent/x.jsonl: No such file" in done.stderr), (1, True), done.stderr)
    done = siaga(("replay", "/"), text="")
    check_eq((done.returncode, "directory" in done.stderr), (1, True), done.stderr)


run(globals())
