"""A trainer at another terminal: sees what the trainee sees and does, takes part by commands, and is the only one
who may."""

import json
import os
import re
import socket

from siaga_test import SIAGA, Closed, Console, Feed, Refused, Screen, check, check_eq, eventually, run, scope

LINES = """{"scenario":"coba","title":"Coba","end":600}
{"agency":"damkar","accept_s":[20,20],"en_route_s":[20,20],"on_scene_s":[20,20],"clear_s":[20,20]}
{"at":1,"say":{"id":"Tekan a.","en":"Press a to take it."}}
{"at":2,"raise":{"key":"a","kind":"fire","lat":-7.5694,"lon":110.7967,"place":"Kabangan","caller":{"name":"Sri Lestari"}}}
{"at":2,"expect":{"did":"acknowledge","key":"a","points":40}}
{"at":550,"raise":{"key":"hanya-pelatih","kind":"crowd","lat":-7.55,"lon":110.82,"place":"Manahan"}}
{"at":500,"raise":{"key":"later","kind":"medical","lat":-7.55,"lon":110.82,"place":"Tirtonadi"}}
"""


class Training:
    """A trainee's console with a door for a trainer."""

    def __init__(self, *args):
        self.home = scope.folder()
        self.file = os.path.join(self.home, "coba.jsonl")
        with open(self.file, "w", encoding="utf-8") as target:
            target.write(LINES)
        self.token_path = os.path.join(self.home, "token")
        self.screen = Screen([SIAGA, "replay", self.file, "--listen", "127.0.0.1:0", "--trainer-token", self.token_path,
                              "--trainee", "ayu", *args], cols=120, home=self.home)
        rows = "\n".join(self.screen.wait("A trainer may come: port "))
        self.port = int(re.search(r"port (\d+)", rows).group(1))
        self.url = "ws://127.0.0.1:%d/v1/feed" % self.port
        with open(self.token_path, encoding="ascii") as file:
            self.token = file.readline().strip()
        self.tokens = {"trainer": self.token, "wrong": self.token[:-1] + "!", "none": ""}

    def dial(self, small=False):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def token_file(self, _name):
        return self.token_path

    def trainer(self):
        console = Console(self, "trainer")
        console.wait("pelatih")
        console.wait("TRAINING")
        return console

    def leave(self):
        self.screen.keys(":quit", "Enter")
        check_eq(self.screen.exited(), (0, None), "exit of the training")
        check(self.screen.is_clean(), "the terminal", self.screen.state())


def test_the_trainer_sees_what_is_seen_and_done():
    training = Training()
    trainer = training.trainer()
    trainer.wait("Kabangan")
    trainer.wait("ayu, 0 of 40 points: Press a to take it.")
    training.screen.keys("a").wait("ACK")
    trainer.wait("ACK")
    trainer.wait("ayu, 40 of 40 points")
    trainer.keys("a")
    trainer.wait("your role only looks")
    trainer.quit()
    training.leave()


def test_the_trainer_takes_part():
    training = Training()
    screen, trainer = training.screen, training.trainer()
    trainer.wait("Kabangan")
    trainer.keys(":say Lihat kamera dulu", "Enter")
    screen.wait("Lihat kamera dulu")
    trainer.keys(":inject later", "Enter")
    screen.wait("Tirtonadi")
    trainer.keys(":inject hanya", "Tab")
    trainer.wait("hanya-pelatih")
    trainer.keys("Esc")
    trainer.keys(":inject flood", "Enter")
    screen.wait("FLOOD")
    trainer.keys(":inject nothing", "Enter").wait("no alarm of the scenario")
    screen.keys("g", "a").wait("ACK")
    screen.keys("F2").wait("y send")
    screen.answer("y")
    screen.wait("DAM:del")
    trainer.wait("DAM:del")
    trainer.keys(":training-decline 1 damkar", "Enter")
    screen.wait("DAM:DEC")
    trainer.keys(":training-decline 9 damkar", "Enter").wait("no incident #9")
    trainer.keys(":training-desk damkar offline", "Enter")
    screen.keys("6").wait("DAMKAR     OFFLINE")
    trainer.keys(":training-desk damkar asleep", "Enter").wait("not normal, decline")
    trainer.keys(":training-link down", "Enter")
    screen.wait("LOST")
    trainer.keys(":training-link up", "Enter")
    screen.wait("LIVE")
    trainer.quit()
    training.leave()


def test_the_trainer_steers_the_time():
    training = Training()
    screen, trainer = training.screen, training.trainer()
    trainer.wait("Kabangan")
    trainer.keys("P")
    screen.wait("PAUSED")
    trainer.wait("PAUSED")
    trainer.keys("P")
    screen.wait_gone("PAUSED")
    trainer.keys(":speed 16", "Enter")
    screen.wait("x16")
    trainer.keys(":seek 8:19", "Enter")
    screen.wait("Tirtonadi")
    # It is another log for who follows: they come back by themselves.
    trainer.wait("Tirtonadi")
    trainer.keys(":restart", "Enter")
    screen.wait_gone("Tirtonadi")
    trainer.wait_gone("Tirtonadi")
    trainer.keys("W").wait("That is the trainee's to do")
    trainer.quit()
    training.leave()


def test_what_a_trainer_did_is_done_again_at_its_time():
    training = Training("--speed", "4")
    screen, trainer = training.screen, training.trainer()
    trainer.keys(":inject later", "Enter")
    screen.wait("Tirtonadi")
    trainer.keys(":say Baik sekali", "Enter")
    screen.wait("Baik sekali")
    screen.keys(":seek 0:00", "Enter").wait_gone("Tirtonadi")
    screen.wait("Tirtonadi")
    screen.wait("Baik sekali")
    trainer.quit()
    training.leave()


def test_a_trainer_who_comes_back_is_let_in_again():
    training = Training()
    screen, trainer = training.screen, training.trainer()
    trainer.wait("Kabangan")
    state = trainer.state_dir
    trainer.keys(":inject kebakaran besar", "Enter").wait("training-raise KEY")
    trainer.quit()
    screen.keys("a").wait("ACK")
    again = Console(training, "trainer", state=state)
    again.wait("LIVE")
    again.wait("ACK")
    again.keys(":say Selamat datang lagi", "Enter")
    screen.wait("Selamat datang lagi")
    again.quit()
    training.leave()
    # Another training with the same seed is another log, whatever the trainer's console has kept.
    other = Training()
    other.screen.wait("Kabangan")
    console = Console(other, "trainer", state=state)
    console.wait("LIVE")
    console.wait("NEW 1")
    console.quit()
    other.leave()


def test_each_moment_that_is_made_anew_is_told():
    training = Training()
    training.screen.wait("Kabangan")
    feeds = set()
    for _ in range(12):
        link = Feed(training, "trainer")
        feeds.add(link.welcome["feed"])
        link.send({"t": "train", "ask": "restart"})
        link.wait("bye")
        link.close()
    check_eq(len(feeds), 12, "logs")
    training.leave()


def test_times_and_speeds_that_nobody_can_wait_for_are_refused():
    training = Training()
    training.screen.wait("Kabangan")
    link = Feed(training, "trainer")
    for number in (0, 3, 2**53 - 1):
        link.send({"t": "train", "ask": "speed", "number": number})
        frame = link.wait("training", lambda frame: frame.get("note"))
        check("a speed of" in frame["note"], frame)
    link.send({"t": "train", "ask": "seek", "number": 2**52})
    training.screen.wait("OVER")
    link.close()
    training.leave()


def test_the_street_is_never_shown_as_a_training():
    from fake_feed import FakeFeed

    told = {"t": "training", "at_ms": 5000, "end_ms": 60000, "speed": 100, "paused": False, "watched": False, "over": False,
            "trainee": "ayu", "points": 0, "possible": 0, "said": "Ini latihan"}
    fake = FakeFeed(role="trainer")
    honest, fake.mode = fake.welcome, "exercise"
    fake.welcome = lambda **other: honest(**dict({"mode": fake.mode}, **other))
    fake.alarm()
    console = Console(fake, "ayu")
    console.wait("LIVE")
    fake.peers[-1].say(told)
    console.wait("TRAINING")
    console.wait("Ini latihan")
    fake.mode, fake.role = "actual", "operator"
    fake.cut()
    console.wait("operator")
    console.wait("LIVE")
    console.wait_gone("TRAINING")
    console.wait_gone("Ini latihan")
    fake.peers[-1].say(told)
    fake.alarm(place="Sesudah itu")
    console.wait("Sesudah itu")
    check("TRAINING" not in console.text(), console.text())
    console.quit()


def test_only_who_has_the_token_comes_in():
    training = Training()
    check_eq(os.stat(training.token_path).st_mode & 0o777, 0o600, "the token's file")
    check(len(training.token) >= 64, "the token", training.token)
    for name in ("wrong", "none"):
        try:
            Feed(training, name)
            check(False, "it was let in")
        except Refused as no:
            check_eq(no.status, 401, name)
    training.leave()


def test_nonsense_from_who_follows_harms_nobody():
    training = Training()
    training.screen.wait("Kabangan")
    link = Feed(training, "trainer", follow=True)
    for text in ("{", "[]", '{"t":"train"}', '{"t":"train","ask":"explode"}', '{"t":"train","ask":"seek","number":-1}',
                 '{"t":"train","ask":"say","text":5}', '{"t":"train","ask":"say","text":"' + "x" * 5000 + '"}'):
        link.send_raw(1, text.encode())
        check(link.wait("training", lambda frame: frame.get("note")), "it is told what was wrong")
    # With these it is the twenty-first.
    for _ in range(14):
        link.send_raw(1, b"nonsense")
    check_eq(link.closed(), 4400, "whoever says nothing else is sent away")
    link = Feed(training, "trainer", follow=True)
    for train in ({"ask": "desk", "word": "damkar", "text": "\x1b[31m"}, {"ask": "decline", "number": 1, "word": "nobody"},
                  {"ask": "raise"}, {"ask": "desk"}, {"ask": "say"}, {"ask": "link", "word": "sideways"}):
        link.send(dict(t="train", **train))
    link.send({"t": "train", "ask": "say", "text": "a\x1b[31m\x9b2J\u202e b"})
    training.screen.wait("b")
    eventually(lambda: "\x1b" not in training.screen.text(), "what is said is text")
    incident = link.event("incident.raised")["incident"]
    check("not for your role" in link.refused("forbidden", "acknowledge", incident, if_rev=1), "a trainer does not act")
    link.close()
    training.leave()


def test_addresses_and_files_that_will_not_do_are_named():
    home = scope.folder()
    file = os.path.join(home, "coba.jsonl")
    with open(file, "w", encoding="utf-8") as target:
        target.write(LINES)
    open_to_all = os.path.join(home, "open")
    with open(open_to_all, "w", encoding="ascii") as target:
        target.write("x" * 40 + "\n")
    os.chmod(open_to_all, 0o644)
    for args, said in (
        (("--listen", "127.0.0.1", "--trainer-token", home + "/t"), "address and port"),
        (("--listen", "0.0.0.0:0", "--trainer-token", home + "/t"), "loopback"),
        (("--listen", "127.0.0.1:0", "--trainer-token", "/nonexistent/t"), "/nonexistent/t"),
        (("--listen", "127.0.0.1:0", "--trainer-token", open_to_all), "others may read it"),
        (("--listen", "127.0.0.1:0",), "go together"),
    ):
        screen = Screen([SIAGA, "replay", file, *args], home=home, cols=160)
        screen.wait(said)
        status = screen.exited()
        check(status[0] in (1, 2), args, status)


def test_a_real_feed_is_no_training():
    from siaga_test import start_feed

    feed = start_feed(mode="exercise")
    link = Feed(feed, "ayu")
    link.send({"t": "train", "ask": "pause"})
    frame = link.wait("refused")
    check_eq(frame["code"], "forbidden", json.dumps(frame))
    link.close()
    feed.stop()


run(globals())
