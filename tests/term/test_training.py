"""A training on a terminal: it is played, steered and left; nothing of it reaches a feed, a cache or a network."""

import os
import re
import signal
import socket

from siaga_test import SIAGA, Screen, check, check_eq, eventually, run, scope

LINES = """{"scenario":"coba","title":"Coba","end":600}
{"agency":"damkar","accept_s":[2,3],"en_route_s":[2,3],"on_scene_s":[5,9],"clear_s":[9,12]}
{"at":1,"say":{"id":"Tekan a.","en":"Press a to take it."}}
{"at":2,"raise":{"key":"a","kind":"fire","lat":-7.5694,"lon":110.7967,"place":"Kabangan"}}
{"after":{"did":"acknowledge","key":"a"},"say":{"id":"Bagus.","en":"Well done."}}
{"at":300,"raise":{"key":"b","kind":"medical","lat":-7.55,"lon":110.82,"place":"Tirtonadi"}}
"""


def start(*args, lines=LINES, home=None, **options):
    home = home or scope.folder()
    file = os.path.join(home, "coba.jsonl")
    with open(file, "w", encoding="utf-8") as target:
        target.write(lines)
    return Screen([SIAGA, "replay", file, *args], home=home, **options)


def leave(screen):
    screen.keys(":quit", "Enter")
    check_eq(screen.exited(), (0, None), "exit of the training")
    check(screen.is_clean(), "the terminal", screen.state())


def at(screen):
    """Seconds since the start, as the status line says."""
    found = re.search(r"TRAINING +(\d+):(\d\d)", screen.dump()[0])
    check(found, screen.dump()[0])
    return 60 * int(found.group(1)) + int(found.group(2))


def test_an_alarm_is_taken_and_sent_as_on_the_street():
    screen = start()
    screen.wait("Press a to take it.")
    screen.wait("Kabangan")
    check(screen.bells() > 0, "it rings")
    screen.keys("a").wait("Well done.")
    screen.keys("F2").wait("y send")
    screen.answer("y")
    screen.wait("DAM:way")
    leave(screen)


def test_time_stops_runs_faster_and_goes_to_any_moment():
    screen = start("--speed", "4")
    screen.wait("x4")
    screen.keys("P").wait("PAUSED")
    stopped = at(screen)
    ticks = screen.wakeups()
    eventually(lambda: screen.wakeups() >= ticks, "it is looked at again")
    check_eq(at(screen), stopped, "the time stands")
    screen.keys("E").wait("PAUSED")
    screen.keys(":seek 4:50", "Enter")
    eventually(lambda: at(screen) == 290, "where it is")
    screen.wait("PAUSED")
    check("Tirtonadi" not in screen.text(), "too early")
    screen.keys("E").wait("Tirtonadi")
    check_eq(at(screen), 300, "the next thing that happens")
    screen.keys("(").wait("4:30")
    screen.wait_gone("Tirtonadi")
    screen.keys("T").wait_gone("AS IT WAS")
    screen.keys("P", ">", ">", ">", ">").wait("x64")
    screen.wait("Tirtonadi")
    screen.keys("P", ":restart", "Enter").wait("0:00")
    check("Kabangan" not in screen.text(), "from the start")
    leave(screen)


def test_the_score_waits_until_what_is_being_written_is_written():
    screen = start()
    screen.wait("Kabangan")
    screen.keys(":seek 9:59", "Enter").wait("9:59")
    screen.keys(":spe")
    screen.wait("10:00 OVER")
    seen = screen.wakeups()
    eventually(lambda: screen.wakeups() > seen + 3, "it was looked at again")
    screen.keys("ed 2", "Enter").wait("x2")
    screen.wait("What went wrong")
    leave(screen)


def test_the_score_comes_up_in_the_place_of_a_strip_that_nobody_answers():
    screen = start()
    screen.wait("Kabangan")
    screen.keys(":seek 9:58", "Enter").wait("9:58")
    screen.keys("F2").wait("y send")
    screen.wait("10:00 OVER")
    screen.wait("What went wrong")
    leave(screen)


def test_a_paused_training_costs_nothing():
    screen = start()
    screen.wait("Kabangan")
    screen.keys("P").wait("PAUSED")
    before = screen.wakeups()
    written = screen.bytes()
    # Half a second of somebody else's time.
    other = start()
    other.wait("Kabangan")
    leave(other)
    check(screen.wakeups() - before < 5, "it woke up so often:", screen.wakeups() - before)
    check(screen.bytes() - written < 10, "it wrote:", screen.bytes() - written)
    leave(screen)


def test_no_feed_that_is_configured_is_ever_asked():
    home = scope.folder()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listener.setblocking(False)
    token = os.path.join(home, "token")
    with open(token, "w", encoding="ascii") as file:
        file.write("x" * 43 + "\n")
    os.chmod(token, 0o600)
    folder = os.path.join(home, "config", "siaga")
    os.makedirs(folder)
    with open(os.path.join(folder, "siaga.conf"), "w", encoding="ascii") as file:
        file.write("[feed]\nurl = ws://127.0.0.1:%d/v1/feed\ntoken_file = %s\n" % (listener.getsockname()[1], token))
    screen = start(home=home)
    screen.wait("Kabangan")
    screen.keys("a").wait("Well done.")
    leave(screen)
    try:
        listener.accept()
        check(False, "the feed was asked")
    except BlockingIOError:
        pass
    check(not os.path.exists(os.path.join(home, "state", "siaga", "cache.db")), "a cache was made")


def test_the_end_shows_the_score():
    screen = start("--speed", "64", lines=LINES.replace('"end":600', '"end":20'))
    screen.wait("OVER")
    screen.wait("SCORE")
    screen.keys("Esc")
    screen.wait_gone("SCORE ")
    screen.keys("W").wait("SCORE")
    screen.keys("q")
    leave(screen)


def test_it_may_end_in_any_way():
    for number in (signal.SIGTERM, signal.SIGHUP):
        screen = start()
        screen.wait("Kabangan")
        screen.kill(number)
        check_eq(screen.exited(), (128 + number, None), "exit")
        check(screen.is_clean(), "the terminal", screen.state())
    screen = start()
    screen.wait("Kabangan")
    screen.hangup()
    screen.exited()


def test_the_screen_may_have_any_size_at_any_time():
    screen = start()
    screen.wait("Kabangan")
    for cols, rows in ((120, 40), (20, 2), (16, 1), (60, 16), (200, 60), (80, 24)):
        screen.resize(cols, rows)
        screen.wait("TRAINING")
        eventually(lambda: "TRAINING" in screen.dump()[0], "it is said in the first row")
    leave(screen)


run(globals())
