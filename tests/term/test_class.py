"""A class: several trainees play one scenario at once, each at a terminal of their own, and the trainer looks at
whom they choose. What the class writes down of each is what each has written down."""

import json
import os
import re
import signal
import socket
import subprocess

from siaga_test import (SIAGA, SLOW, Closed, Console, Feed, Refused, Screen, check, check_eq, environment, eventually, run,
                        scope)

LINES = """{"scenario":"kelas","title":"Kelas","end":600}
{"agency":"damkar","accept_s":[20,40],"en_route_s":[20,40],"on_scene_s":[20,40],"clear_s":[20,40]}
{"at":1,"say":{"id":"Tekan a.","en":"Press a to take it."}}
{"at":2,"raise":{"key":"a","kind":"fire","lat":-7.5694,"lon":110.7967,"place":"Kabangan","caller":{"name":"Sri Lestari"}}}
{"at":2,"expect":{"did":"acknowledge","key":"a","points":40}}
{"at":2,"expect":{"did":"dispatch","key":"a","agency":"damkar","points":60}}
{"at":550,"raise":{"key":"later","kind":"medical","lat":-7.55,"lon":110.82,"place":"Tirtonadi"}}
"""

PROCESS = "0b0e7c1e-6d1f-4c39-9a53-1f2d3c4b5a%02d"  # of a trainee's console


class Class:
    """Whoever keeps the class: a program without a terminal."""

    def __init__(self, *args, lines=LINES, file=None):
        self.home = scope.folder()
        self.file = file or os.path.join(self.home, "kelas.jsonl")
        self.scores = os.path.join(self.home, "scores")
        os.mkdir(self.scores)
        self.paths = {"trainer": os.path.join(self.home, "trainer"), "trainee": os.path.join(self.home, "class")}
        self.port = 0
        self.args = args
        if file is None:
            self.write(lines)
        self.start()

    def write(self, lines):
        with open(self.file, "w", encoding="utf-8") as target:
            target.write(lines)

    def start(self):
        self.child = scope.start(
            [SIAGA, "replay", self.file, "--listen", "127.0.0.1:%d" % self.port, "--trainer-token", self.paths["trainer"],
             "--class", self.paths["trainee"], "--score", self.scores, *self.args],
            env=environment(self.home), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        os.set_blocking(self.child.stdout.fileno(), False)
        self.said = ""
        self.port = int(self.says(r"port (\d+)").group(1))
        self.url = "ws://127.0.0.1:%d/v1/feed" % self.port
        self.tokens = {}
        for name, path in self.paths.items():
            with open(path, encoding="ascii") as file:
                self.tokens[name] = file.readline().strip()
        self.tokens["wrong"] = self.tokens["trainee"][:-1] + "!"

    def _hear(self, pattern):
        try:
            self.said += os.read(self.child.stdout.fileno(), 65536).decode()
        except BlockingIOError:
            pass
        return re.search(pattern, self.said)

    def says(self, pattern):
        return eventually(lambda: self._hear(pattern), lambda: "it says %r; it said %r" % (pattern, self.said))

    def end(self, number=signal.SIGTERM):
        self.child.send_signal(number)
        status = self.child.wait(timeout=20 * SLOW)
        self._hear("")
        return status

    def dial(self, small=False):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def token_file(self, name):
        return self.paths[name]

    def trainee(self, name, *args, cols=120, rows=24, language="en"):
        screen = Screen([SIAGA, "replay", "--join", self.url, "--token-file", self.paths["trainee"], "--trainee", name,
                         "--language", language, *args], cols=cols, rows=rows)
        screen.wait("LATIHAN  0:" if language == "id" else "TRAINING  0:")
        screen.wait("KELAS" if language == "id" else "CLASS")
        return screen

    def trainer(self, **options):
        console = Console(self, "trainer", **options)
        console.wait("pelatih")
        console.wait("TRAINING")
        return console

    def score(self, name):
        with open(os.path.join(self.scores, name + ".json"), encoding="utf-8") as file:
            return file.read()


def leave(screen):
    screen.keys(":quit", "Enter")
    check_eq(screen.exited(), (0, None), "exit of the training")
    check(screen.is_clean(), "the terminal", screen.state())


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_each_has_a_score_of_their_own_and_the_class_has_the_same():
    host = Class()
    home = scope.folder()
    ayu = host.trainee("ayu", "--score", os.path.join(home, "ayu"))
    budi = host.trainee("budi", "--score", os.path.join(home, "budi"))
    ayu.wait("Kabangan")
    budi.wait("Kabangan")
    ayu.keys("a").wait("ACK")
    ayu.keys("v")
    ayu.wait("call back")
    ayu.answer("b").wait("VERIFIED")
    ayu.keys("F2").wait("y send")
    ayu.answer("y")
    ayu.wait("DAM:del")
    budi.keys("j", "k", "1", "2")
    check("DAM:" not in budi.text(), "budi has done nothing of it", budi.text())
    leave(ayu)
    leave(budi)
    host.says("ayu is gone")
    host.says("budi is gone")
    check_eq(host.end(), 0, "end of the class")
    for name in ("ayu", "budi"):
        check_eq(host.score(name), read(os.path.join(home, name + ".json")), "the score of " + name)
        check_eq(read(os.path.join(host.scores, name)), read(os.path.join(home, name)), "the page of " + name)
    check_eq([json.loads(host.score(name))["points"] for name in ("ayu", "budi")], [100, 0], "points")
    beside = subprocess.run([SIAGA, "score", *(os.path.join(host.scores, name + ".json") for name in ("ayu", "budi"))],
                            env=environment(home), capture_output=True, text=True, timeout=20 * SLOW, check=True).stdout
    check("ayu" in beside and "budi" in beside and "100" in beside, "side by side", beside)


def test_the_trainer_looks_at_whom_they_choose():
    host = Class()
    trainer = host.trainer()
    trainer.wait("Nobody has joined yet")
    ayu = host.trainee("ayu")
    trainer.wait(">ayu")
    trainer.wait("Kabangan")
    budi = host.trainee("budi")
    trainer.wait("budi 0/")
    budi.wait("Kabangan")
    budi.keys("a").wait("ACK")
    trainer.wait("budi 40/100")
    check("ACK" not in trainer.text(), "ayu has not taken it", trainer.text())
    trainer.keys(":trainee b", "Tab", "Enter")
    trainer.wait(">budi")
    trainer.wait("ACK")
    trainer.wait("budi, 40 of 100 points")
    ayu.keys("a").wait("ACK")
    ayu.keys("v").wait("call back")
    ayu.answer("b").wait("VERIFIED")
    trainer.keys("L").wait("TRAINEE")
    trainer.wait(">budi")
    trainer.wait("OPEN")
    trainer.keys("k", "Enter")
    trainer.wait(">ayu")
    trainer.wait("VERIFIED")
    trainer.keys(":trainee nobody", "Enter").wait('no trainee "nobody"')
    budi.kill(signal.SIGKILL)
    trainer.wait("budi 40/100 GONE")
    leave(ayu)
    trainer.wait("ayu 40/100 GONE")
    trainer.keys(":say Halo", "Enter").wait("ayu is not there")
    trainer.keys(":say! Halo", "Enter").wait("no trainee is there")
    trainer.quit()
    host.end()


def test_what_is_asked_of_one_reaches_that_one_and_of_all_reaches_all():
    host = Class()
    ayu, budi = host.trainee("ayu"), host.trainee("budi")
    trainer = host.trainer()
    trainer.wait("budi 0/")
    trainer.wait(">ayu")
    trainer.keys(":inject later", "Enter")
    ayu.wait("Tirtonadi")
    trainer.wait("Tirtonadi")
    trainer.keys(":say! Kepada semua", "Enter")
    ayu.wait("Kepada semua")
    budi.wait("Kepada semua")
    check("Tirtonadi" not in budi.text(), "only ayu was sent it", budi.text())
    trainer.keys(":inject! flood", "Enter")
    ayu.wait("FLOOD")
    budi.wait("FLOOD")
    trainer.keys(":training-link down", "Enter")
    ayu.wait("LOST")
    check("LOST" not in budi.text(), "budi has a link", budi.text())
    trainer.keys(":training-link up", "Enter")
    trainer.keys(":pause", "Enter")
    ayu.wait("PAUSED")
    check("PAUSED" not in budi.text(), "budi goes on", budi.text())
    # One goes on, one does not: all stop. Then all go on.
    trainer.keys(":pause!", "Enter")
    budi.wait("PAUSED")
    ayu.wait("PAUSED")
    citra = host.trainee("citra")
    citra.wait("PAUSED")
    trainer.keys(":pause!", "Enter")
    for screen in (ayu, budi, citra):
        screen.wait_gone("PAUSED")
    trainer.keys(":speed! 4", "Enter")
    for screen in (ayu, budi, citra):
        screen.wait("x4")
    trainer.keys(":training-decline 7 damkar", "Enter").wait("ayu: no incident #7")
    trainer.keys(":trainee! budi", "Enter").wait("no command")
    trainer.keys(":restart!", "Enter")
    for screen in (ayu, budi, citra):
        screen.wait_gone("FLOOD")
        leave(screen)
    trainer.quit()
    host.end()


def test_a_moment_before_is_made_anew_in_the_class_too():
    host = Class()
    home = scope.folder()
    ayu = host.trainee("ayu", "--score", os.path.join(home, "ayu"))
    trainer = host.trainer()
    ayu.wait("Kabangan")
    ayu.keys("a").wait("ACK")
    trainer.wait("ACK")
    ayu.keys(":seek 0:00", "Enter").wait("AS IT WAS")
    trainer.wait("AS IT WAS")
    ayu.keys("T").wait_gone("AS IT WAS")
    trainer.wait("NEW 1")
    trainer.wait("ayu, 0 of 100 points")
    ayu.keys(":seek 9:30", "Enter").wait("Tirtonadi")
    trainer.wait("Tirtonadi")
    ayu.keys(":seek 10:00", "Enter").wait("OVER")
    host.says("ayu has come to the end, 0 of 100 points")
    leave(ayu)
    trainer.quit()
    host.end()
    check_eq(host.score("ayu"), read(os.path.join(home, "ayu.json")), "the score")


def test_a_class_that_is_gone_is_found_again_and_hears_the_rest():
    host = Class()
    home = scope.folder()
    ayu = host.trainee("ayu", "--score", os.path.join(home, "ayu"))
    ayu.wait("Kabangan")
    ayu.keys("a").wait("ACK")
    host.end(signal.SIGKILL)
    ayu.wait("CLASS LOST")
    ayu.keys("v").wait("call back")
    ayu.answer("b").wait("VERIFIED")
    host.start()
    ayu.wait_gone("CLASS LOST")
    trainer = host.trainer()
    trainer.wait("VERIFIED")
    trainer.wait("ayu, 40 of 100 points")
    leave(ayu)
    trainer.quit()
    check_eq(host.end(), 0, "end of the class")
    check_eq(host.score("ayu"), read(os.path.join(home, "ayu.json")), "the score")


def test_a_class_that_ends_or_plays_something_else_is_left_and_played_on_without():
    host = Class()
    ayu = host.trainee("ayu")
    ayu.wait("Kabangan")
    check_eq(host.end(), 0, "end of the class")
    ayu.wait("CLASS LOST")
    ayu.wait("The class is over")
    ayu.keys("a").wait("ACK")
    host.write(LINES.replace("Kabangan", "Purwosari"))
    host.start()
    ayu.wait("CLASS LEFT")
    ayu.wait("plays something else")
    ayu.keys("v").wait("call back")
    ayu.answer("b").wait("VERIFIED")
    leave(ayu)
    check(ayu.has("the class has not heard all"), "they hear that their score is not there", ayu.text())
    host.end()


def test_who_leaves_while_the_class_is_lost_hears_that_it_has_not_heard_all():
    host = Class()
    ayu, budi = host.trainee("ayu"), host.trainee("budi")
    ayu.wait("Kabangan")
    leave(budi)
    check(not budi.has("has not heard"), "it has heard all", budi.text())
    host.end(signal.SIGKILL)
    ayu.wait("CLASS LOST")
    ayu.keys("a").wait("ACK")
    leave(ayu)
    check(ayu.has("the class has not heard all"), "they hear that their score is not there", ayu.text())


def test_a_script_that_the_class_did_not_hear_has_failed():
    from fake_feed import FakeFeed

    fake = FakeFeed()
    token = fake.token_file()
    home = scope.folder()
    keys, own = os.path.join(home, "keys"), os.path.join(home, "own")
    with open(keys, "w", encoding="utf-8") as file:
        file.write("wait 3s\nkeys a\n")

    def deaf(peer):
        peer.upgrade()
        peer.message()
        for frame in (lesson(LINES), part(LINES), past(), {"t": "had", "made": 0, "count": 0, "at_ms": 0}):
            peer.say(json.dumps(frame))
        peer.message()
        peer.say('{"t":"bye","why":"differs"}')
        peer.message()

    fake.next(deaf)
    done = subprocess.run([SIAGA, "replay", "--join", fake.url, "--token-file", token, "--trainee", "ayu", "--script", keys,
                           "--score", own], env=environment(home), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60 * SLOW, check=False)
    check_eq(done.returncode, 1, done.stderr)
    check("the class has not heard all" in done.stderr, "it says so", done.stderr)
    check(os.path.exists(own + ".json"), "the score is here")


def scripted(host, keys, *args):
    """A trainee without a terminal: the keys of a script."""
    return subprocess.run([SIAGA, "replay", *args, "--trainee", "ayu", "--script", keys], env=environment(host.home),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60 * SLOW, check=False)


def test_a_lesson_has_the_same_score_alone_in_a_class_and_at_the_class():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "training")
    for lesson_ in ("01-first-alarm", "05-medical-round", "07-link-lost"):
        host = Class(file=lesson_)
        keys = os.path.join(folder, lesson_ + ".keys")
        alone, own = os.path.join(host.home, "alone"), os.path.join(host.home, "own")
        done = scripted(host, keys, lesson_, "--score", alone)
        check_eq(done.returncode, 0, done.stderr)
        done = scripted(host, keys, "--join", host.url, "--token-file", host.paths["trainee"], "--score", own)
        check_eq(done.returncode, 0, done.stderr)
        host.says("ayu has come to the end, 100 of 100 points")
        host.end()
        for end in ("", ".json"):
            check_eq(read(own + end), read(alone + end), "alone and in a class " + end)
            check_eq(read(os.path.join(host.scores, "ayu" + end)), read(alone + end), "alone and at the class " + end)


def test_what_only_a_script_can_do_is_not_for_a_class():
    host = Class()
    for text, said in (("wait 3s\nlink down\n", "cannot be told to a class"), ("role agency damkar\n", "one is an operator")):
        keys = os.path.join(host.home, "keys")
        with open(keys, "w", encoding="utf-8") as file:
            file.write(text)
        done = scripted(host, keys, "--join", host.url, "--token-file", host.paths["trainee"])
        check(done.returncode == 1 and said in done.stderr, text, done.stderr)
    host.end()


def test_how_it_is_played_is_the_class_s_to_say():
    host = Class("--speed", "4", "--seed", "7")
    home = scope.folder()
    ayu = host.trainee("ayu", "--score", os.path.join(home, "ayu"))
    ayu.wait("x4")
    ayu.wait("Kabangan")
    leave(ayu)
    host.says("ayu is gone")
    # What somebody has done is kept as soon as they leave, whatever becomes of the class.
    eventually(lambda: os.path.exists(os.path.join(host.scores, "ayu.json")), "the score is there")
    budi = host.trainee("budi")
    budi.wait("Kabangan")
    host.end(signal.SIGKILL)
    check_eq(json.loads(host.score("ayu"))["seed"], 7, "seed")
    check_eq(host.score("ayu"), read(os.path.join(home, "ayu.json")), "the score")
    budi.wait("CLASS LOST")
    host.args = ("--seed", "8")
    host.start()
    budi.wait("plays something else")
    leave(budi)
    host.end()


def test_scores_that_cannot_be_written_are_said():
    host = Class()
    ayu = host.trainee("ayu")
    ayu.wait("Kabangan")
    os.mkdir(os.path.join(host.scores, "ayu"))
    leave(ayu)
    host.says("ayu: not a file")
    check_eq(host.end(), 1, "end of the class")


def test_two_names_that_make_one_file_make_two():
    host = Class()
    first, second = join(host, "a/b"), join(host, "a.b")
    for link in (first, second):
        link.wait("had")
        tape(link, at_ms=1000)
        link.wait("had")
    host.end()
    names = sorted(os.listdir(host.scores))
    check_eq(names, ["a_b", "a_b.2", "a_b.2.json", "a_b.json"], "files")
    check_eq(sorted(json.loads(host.score(name))["trainee"] for name in ("a_b", "a_b.2")), ["a.b", "a/b"], "trainees")


def test_names_that_make_one_file_keep_theirs_when_somebody_makes_room():
    host = Class()
    names = ["idle", "a/b", *("t%d" % number for number in range(29)), "a.b"]
    links = [join(host, name, run=PROCESS % number) for number, name in enumerate(names)]
    for link in links:
        link.wait("had")
    for number in (1, 31):
        tape(links[number], at_ms=1000, entries=[{"at": 500, "type": "key"}])
        links[number].wait("had", lambda frame: frame["at_ms"] == 1000)
    links[0].close()
    host.says("idle is gone")
    join(host, "late", run=PROCESS % 32).wait("had")
    for number, said in ((1, "a/b is gone"), (31, r"a\.b is gone")):
        links[number].close()
        host.says(said)
    check_eq([json.loads(host.score(name))["trainee"] for name in ("a_b", "a_b.2")], ["a/b", "a.b"], "trainees")
    host.end()


def test_a_trainee_whose_terminal_died_goes_on_where_they_were():
    host = Class()
    home = scope.folder()
    ayu = host.trainee("ayu")
    trainer = host.trainer()
    ayu.wait("Kabangan")
    ayu.keys("a").wait("ACK")
    trainer.wait("ayu, 40 of 100 points")
    ayu.hangup()
    trainer.wait("ayu 40/100 GONE")
    again = host.trainee("ayu", "--score", os.path.join(home, "ayu"))
    again.wait("ACK")
    trainer.wait_gone("GONE")
    trainer.wait("ayu, 40 of 100 points")
    again.keys("v").wait("call back")
    again.answer("b").wait("VERIFIED")
    trainer.wait("VERIFIED")
    # What was done before is done again at its time, here as there.
    again.keys(":seek 0:00", "Enter").wait("AS IT WAS")
    again.wait_gone("VERIFIED")
    again.wait("VERIFIED")
    trainer.wait("VERIFIED")
    again.wait_gone("AS IT WAS")
    leave(again)
    trainer.quit()
    host.end()
    check_eq(host.score("ayu"), read(os.path.join(home, "ayu.json")), "the score")
    check_eq(json.loads(host.score("ayu"))["points"], 40, "points")


def come_back(host, number):
    """The terminal died: another process of the same trainee, which has nothing and is told what it had."""
    link = join(host, run=PROCESS % number, has=False)
    last = link.wait("past", lambda frame: frame["last"])
    link.wait("had")
    return link, last


def test_what_was_done_is_not_lost_where_the_terminal_dies_again_while_it_is_told_anew():
    host = Class(lines=LINES.replace('"did":"acknowledge","key":"a"', '"command":"help"'))
    link = join(host, run=PROCESS % 1)
    link.wait("had")
    tape(link, at_ms=60000, entries=[{"at": 59000, "type": "command", "word": "help"}])
    link.wait("had", lambda frame: frame["count"] == 1)
    link.close()
    host.says("budi is gone")
    check_eq(json.loads(host.score("budi"))["points"], 40, "points")
    for number, end in ((2, lambda link: link.close()), (3, lambda link: tape(link, made=4, at_ms=50, **{"from": 0}))):
        link, last = come_back(host, number)
        check_eq((last["at_ms"], len(last["entries"])), (60000, 1), "what it had")
        tape(link, made=4, at_ms=1000)
        link.wait("had", lambda frame: frame["at_ms"] == 1000)
        host.said = ""
        end(link)
        host.says("budi is gone")
        check_eq(json.loads(host.score("budi"))["points"], 40, "points")
    # Also where the class ends meanwhile.
    link, last = come_back(host, 4)
    tape(link, made=4, at_ms=1000)
    link.wait("had", lambda frame: frame["at_ms"] == 1000)
    check_eq(host.end(), 0, "end of the class")
    check_eq(json.loads(host.score("budi"))["points"], 40, "points")


def test_whoever_begins_anew_themselves_has_begun_anew():
    host = Class()
    link = join(host, run=PROCESS % 1)
    link.wait("had")
    tape(link, at_ms=60000)
    link.wait("had", lambda frame: frame["at_ms"] == 60000)
    link.close()
    host.says("budi is gone")
    link, last = come_back(host, 2)
    check_eq(last["at_ms"], 60000, "what it had")
    tape(link, made=2, at_ms=1000)
    link.wait("had", lambda frame: frame["at_ms"] == 1000)
    tape(link, made=3, at_ms=1400)
    link.wait("had", lambda frame: frame["at_ms"] == 1400)
    # That is all that there is of it.
    head = Feed(host, "trainer", follow=False).wait("welcome")["head"]
    tape(link, made=3, at_ms=1500, head=head, points=0)
    link.wait("had", lambda frame: frame["at_ms"] == 1500)
    host.said = ""
    link.close()
    host.says("budi is gone")
    check_eq(come_back(host, 3)[1]["at_ms"], 1500, "what it had")
    host.end()


def refused(host, said, token=None, url=None, name="ayu"):
    screen = Screen([SIAGA, "replay", "--join", url or host.url, "--token-file", token or host.paths["trainee"], "--trainee",
                     name], cols=160)
    screen.wait(said)
    check_eq(screen.exited(), (1, None), said)


def test_who_may_not_come_in_hears_why():
    host = Class()
    ayu = host.trainee("ayu")
    wrong = os.path.join(host.home, "wrong")
    with open(wrong, "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(host.tokens["wrong"] + "\n")
    refused(host, "does not know this token", token=wrong)
    # A trainer's token is for a trainer: what answers is a feed.
    refused(host, "no class", token=host.paths["trainer"])
    refused(host, "somebody of that name is in the class")
    refused(host, "on this machine", url=host.url.replace("ws:", "wss:"))
    refused(host, "--join", url="http:/nonsense")
    host.says("ayu: taken")
    for name in ("wrong", "none"):
        try:
            Feed(host, name, follow=False)
            check(False, "it was let in")
        except Refused as no:
            check_eq(no.status, 401, name)
    check(not ayu.has("CLASS LOST"), "ayu was not disturbed", ayu.text())
    leave(ayu)
    host.end()
    refused(host, "Unable to connect")


def join(host, name="budi", **members):
    link = Feed(host, "trainee", follow=False)
    frame = {"t": "join", "v": 1, "name": name, "english": True, "run": "0b0e7c1e-6d1f-4c39-9a53-1f2d3c4b5a60", "has": True}
    link.send(dict(frame, **members))
    return link


def tape(link, **members):
    frame = {"t": "tape", "made": 1, "from": 0, "at_ms": 0, "speed": 100, "paused": False, "watched": False, "entries": []}
    link.send(dict(frame, **members))


def ends(link, why):
    check_eq(link.wait("bye")["why"], why, "why it ended")
    check(link.closed() in (4400, 1001), "it was closed", link.close_code)


def test_what_a_stranger_sends_harms_nobody():
    host = Class()
    ayu = host.trainee("ayu")
    ayu.wait("Kabangan")
    for text in ("nonsense", "{}", '{"t":"follow"}', '{"t":"train","ask":"pause"}', '{"t":"tape"}', '{"t":"join","v":1}',
                 '{"t":"join","v":1,"name":"","english":true,"run":"0b0e7c1e-6d1f-4c39-9a53-1f2d3c4b5a60","has":true}'):
        link = Feed(host, "trainee", follow=False)
        link.send_raw(1, text.encode())
        ends(link, "bad")
    ends(join(host, v=2), "version")
    ends(join(host, name="ayu"), "taken")
    entry = {"at": 100, "type": "key"}
    for members, why in (
        ({"made": 0}, "bad"),  # it never begins with that
        ({"from": 3}, "bad"),
        ({"at_ms": 150}, "bad"),
        ({"at_ms": 60100}, "bad"),  # further than one frame may go
        ({"at_ms": 100, "entries": [{"at": 200, "type": "key"}]}, "bad"),
        ({"at_ms": 200, "entries": [{"at": 200, "type": "key"}, entry]}, "bad"),
        ({"at_ms": 200, "entries": [{"at": 150, "type": "key"}]}, "bad"),
        ({"at_ms": 100, "entries": [{"at": 100, "type": "explode"}]}, "bad"),
        ({"at_ms": 100, "entries": [{"at": 100, "type": "do"}]}, "bad"),
        ({"at_ms": 100, "entries": [entry] * 401}, "bad"),
        ({"at_ms": 100, "entries": [{"at": 100, "type": "command", "word": "explode"}]}, "differs"),
        ({"at_ms": 100, "head": 77, "points": 0}, "differs"),
        ({"at_ms": 100, "head": 0, "points": 50}, "differs"),
    ):
        link = join(host)
        link.wait("had")
        tape(link, **members)
        ends(link, why)
    # Back in time, a second join, and what is for the feed alone.
    link = join(host)
    tape(link, at_ms=60000)
    check_eq(link.wait("had", lambda frame: frame["made"] == 1)["at_ms"], 60000, "it has come so far")
    tape(link, at_ms=100)
    ends(link, "bad")
    ends(join(host, name="a" * 500), "bad")
    link = join(host)
    link.send({"t": "join", "v": 1, "name": "budi", "english": True, "run": "0b0e7c1e-6d1f-4c39-9a53-1f2d3c4b5a60", "has": True})
    ends(link, "bad")
    # What is far too large, and far too much.
    link = join(host)
    link.send_raw(1, b'{"t":"tape","entries":"' + b"x" * 70000)
    check_eq(link.closed(), 1009, "a message that is too large")
    link = join(host)
    try:
        for number in range(2000):
            tape(link, made=number + 2)
    except (BrokenPipeError, ConnectionResetError):
        pass
    link.closed()
    host.says("budi: too_much")
    # Whoever comes back at once is not given more.
    link = join(host)
    link.wait("had")
    tape(link, made=9999, at_ms=60000)
    ends(link, "too_much")
    # A name that is more than one.
    link = join(host, name="\x1b[31mcitra\x9b2J\u202e\n")
    link.wait("had")
    host.says("citra.* is there")
    trainer = host.trainer()
    trainer.wait("citra")
    check(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", host.said), "what the class says is text", repr(host.said))
    link.close()
    trainer.quit()
    ayu.keys("a").wait("ACK")
    check(not ayu.has("CLASS LOST"), "ayu was not disturbed", ayu.text())
    leave(ayu)
    host.end()
    check_eq(json.loads(host.score("ayu"))["points"], 40, "points of ayu")


def lesson(text, **members):
    """What a class says of this text."""
    total = 14695981039346656037
    for byte in text.encode():
        total = (total ^ byte) * 1099511628211 % 2**64
    frame = {"t": "lesson", "v": 1, "seed": "1", "size": len(text.encode()), "sum": "%016x" % total, "speed": 100,
             "paused": False}
    return dict(frame, **members)


def part(text, from_=0):
    return {"t": "part", "from": from_, "text": text}


def past(*entries, at_ms=0, last=True):
    return {"t": "past", "at_ms": at_ms, "last": last, "entries": list(entries)}


def test_a_class_that_lies_is_left():
    from fake_feed import FakeFeed

    fake = FakeFeed()
    token = fake.token_file()
    whole = [lesson(LINES), part(LINES)]
    late, soon = {"at": 5000, "type": "key"}, {"at": 100, "type": "key"}
    train = {"at": 0, "type": "train", "train": {"ask": "say", "text": "x" * 600}}
    for frames, said in (
        (["nonsense"], "no class"),
        ([{"t": "beat"}], "no class"),
        ([part(LINES)], "no class"),
        ([{"t": "had", "made": 0, "count": 0, "at_ms": 0}], "no class"),
        ([lesson(LINES, v=2)], "another version"),
        ([lesson(LINES, seed="x")], "no class"),
        ([lesson(LINES), part(LINES, 5)], "did not understand"),
        ([lesson(LINES), part("x" * 40000)], "no class"),
        ([lesson(LINES), part(LINES[:-1]), past()], "did not arrive"),
        ([lesson("{}"), part("{}"), past()], "line 1"),
        (whole + [past(late, soon, at_ms=9000)], "no class"),
        # More than there can have been.
        (whole + [past(*[train] * 60, last=False)] * 250, "did not understand"),
        (whole + [past(late, at_ms=9000, last=False), *whole], "did not understand"),
        (whole + [past(late, at_ms=9000, last=False), past(soon, at_ms=9000)], "did not understand"),
        ([{"t": "bye", "why": "full"}], "the class is full"),
        ([{"t": "bye", "why": "over"}], "the class is over"),
    ):
        def lie(peer, frames=frames):
            peer.upgrade()
            peer.message()
            for frame in frames:
                peer.say(frame if isinstance(frame, str) else json.dumps(frame))
            peer.message()

        fake.next(lie)
        refused(fake, said, token=token)


def test_a_class_that_goes_mad_is_left_and_played_on_without():
    from fake_feed import FakeFeed

    fake = FakeFeed()
    token = fake.token_file()
    heard = []
    had = {"t": "had", "made": 0, "count": 0, "at_ms": 0}

    def mad(peer):
        peer.upgrade()
        peer.message()
        for frame in (lesson(LINES), part(LINES), past({"at": 1000, "type": "command", "word": "explode"}, at_ms=1500), had):
            peer.say(json.dumps(frame))
        while True:
            message = peer.message()
            if message is None:
                return
            heard.append(message)
            if message["t"] == "tape":
                # It says that it has what it was never sent.
                peer.say(json.dumps(dict(had, made=message["made"], count=10**8 - 1, at_ms=604800000)))

    fake.next(mad)
    screen = Screen([SIAGA, "replay", "--join", fake.url, "--token-file", token, "--trainee", "ayu"], cols=120)
    screen.wait("Kabangan")
    peer = fake.peers[-1]
    for train, said in (({"ask": "speed", "number": 3}, "a speed of"), ({"ask": "decline", "number": 7, "word": "damkar"}, "#7"),
                        ({"ask": "watch", "text": "budi"}, "one trainee")):
        peer.say(json.dumps({"t": "asked", "train": train}))
        eventually(lambda said=said: any(said in frame.get("text", "") for frame in heard), said)
    peer.say(json.dumps({"t": "asked", "train": {"ask": "say", "text": "a\x1b[31m\x9b2J\u202e b"}}))
    screen.wait(" b")
    screen.keys("a").wait("ACK")
    peer.say(json.dumps(part("more")))
    screen.wait("CLASS LEFT")
    screen.keys("v").wait("call back")
    screen.answer("b").wait("VERIFIED")
    leave(screen)


def test_a_class_is_full_one_day():
    host = Class()
    links = [join(host, "t%d" % number, run="0b0e7c1e-6d1f-4c39-9a53-1f2d3c4b5a%02d" % number) for number in range(32)]
    for link in links:
        link.wait("had")
    ends(join(host, "one more"), "full")
    # Who came and did nothing makes room.
    links[5].close()
    host.says("t5 is gone")
    late = join(host, "one more")
    late.wait("had")
    trainer = host.trainer()
    trainer.keys("L").wait("one more")
    trainer.keys("Esc")
    trainer.quit()
    for link in links + [late]:
        link.close()
    host.end()


def test_the_class_does_not_believe_a_link_that_is_only_half_there():
    host = Class()
    first = join(host)
    first.wait("had")
    tape(first, at_ms=1000)
    first.wait("had")
    # The same process comes back: its first link had broken, and nobody has noticed yet.
    second = join(host)
    check_eq(second.wait("had")["at_ms"], 1000, "what is there already")
    ends(first, "over")
    tape(second, at_ms=2000)
    check_eq(second.wait("had")["at_ms"], 2000, "it goes on")
    second.close()
    host.end()


def test_what_is_sent_is_the_scenario_whatever_is_in_it():
    long = "".join('{"at":%d,"say":{"id":"Baris %d \u2014 \u00e9\U0001f6a8 %s","en":"x"}}\n' % (400 + n % 100, n, "panjang " * 40)
                   for n in range(800))
    host = Class(lines=LINES + long)
    ayu = host.trainee("ayu", language="id")
    ayu.wait("Tekan a.")
    ayu.keys(":seek 7:00", "Enter").wait("Baris ")
    leave(ayu)
    host.end()


def test_scores_are_in_the_language_of_the_trainee():
    lines = LINES.replace(',"points":60', ',"points":60,"within":30')
    host = Class(lines=lines)
    home = scope.folder()
    ayu = host.trainee("ayu", "--score", os.path.join(home, "ayu"), language="id")
    ayu.wait("Kabangan")
    leave(ayu)
    host.says("ayu is gone")
    host.end()
    check_eq(host.score("ayu"), read(os.path.join(home, "ayu.json")), "the score")
    check_eq(read(os.path.join(host.scores, "ayu")), read(os.path.join(home, "ayu")), "the page")
    check("Peserta" in read(os.path.join(home, "ayu")) or "peserta" in read(os.path.join(home, "ayu")), "it is Indonesian",
          read(os.path.join(home, "ayu")))


def test_options_that_do_not_go_together_are_named():
    home = scope.folder()
    token = os.path.join(home, "t")
    door = ("--listen", "127.0.0.1:0", "--trainer-token", token)
    same = os.path.join(home, "same")
    join_ = ("--join", "ws://127.0.0.1:1/v1/feed", "--token-file", token)
    for args, said in (
        (("demo", "--class", token), "--class needs --listen"),
        (("demo", "--class", token, *door, "--trainee", "ayu"), "nobody is trained"),
        (("demo", "--class", token, *door, "--watch"), "nobody is trained"),
        (("demo", "--class", same, "--listen", "127.0.0.1:0", "--trainer-token", same), "the token of"),
        (("demo", "--class", "/nonexistent/t", *door), "/nonexistent/t"),
        (("nothing-of-that-name", "--class", token, *door), "nothing-of-that-name"),
        ((), "say siaga replay FILE"),
        (("--join", "ws://127.0.0.1:1/v1/feed"), "needs --token-file"),
        (("demo", *join_), "no FILE"),
        ((*join_, "--seed", "4"), "--seed exclude each other"),
        ((*join_, *door), "exclude each other"),
        ((*join_, "--trainee", ""), "wants a name"),
        ((*join_, "--feed", "ws://127.0.0.1:1/"), "no feed"),
        (("demo", "--token-file", token), "no feed"),
    ):
        done = subprocess.run([SIAGA, "replay", *args], env=environment(home), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=20 * SLOW, check=False)
        check(done.returncode in (1, 2) and said in done.stderr, args, done.returncode, done.stderr)


run(globals())
