"""The console as lines: for screen readers, logs and pipes. The same commands, the same safety, and not one
byte that could do anything to a terminal."""

import os
import re
import signal
import socket
import subprocess
import uuid

from fake_feed import FakeFeed
from plain_console import Plain, check_harmless
from siaga_test import (GLADAG, SIAGA, SLOW, Feed, Screen, check, check_eq, environment,
                        eventually, left, run, scope, start_feed, takes)

TIME = r"\d\d:\d\d:\d\d "


def settings(text):
    path = os.path.join(scope.folder(), "siaga.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return ("--config", path)


def dispatched(desk):
    return [(e["number"], e["data"]["agency"]) for e in desk.events if e["type"] == "dispatch.requested"]


def synced(desk):
    """The other's view, with all that the log holds by now."""
    desk.until_seq(desk.daemon.head())
    return desk


# --- what happens ---


def test_an_alarm_is_one_line():
    feed = start_feed()
    ayu = Plain(feed, args=("--position", "TMC-2"))
    ayu.wait(TIME + "LIVE; 0 open, 0 new")
    feed.alarm(kind="fire", priority="P1", lat=GLADAG[0], lon=GLADAG[1], place="Jl. Merdeka 17",
               accuracy_m=12, note="Api dari dapur", caller={"name": "Siti", "phone": "+62 812 345"})
    line = ayu.wait("NEW #1")
    check(re.match(TIME + r"NEW #1 P1 FIRE Jl\. Merdeka 17, [A-Z]\d+; caller Siti \+62 812 345", line), line)
    check("within 12 m" in line and "says: Api dari dapur" in line, line)
    check(re.search(r"cameras: \S+ \d+ m \w+ (ok|STALE|DOWN), ", line), line)
    ayu.wait(TIME + "BELL$")
    check_eq(len(ayu.told("NEW #1")), 1, "one line")
    ayu.quit()
    feed.stop()


def test_a_burst_is_told_whole():
    feed = start_feed()
    ayu = Plain(feed)
    ayu.wait("LIVE")
    for number in range(200):
        feed.alarm(kind="traffic", priority="P4", place="Simpang %d" % number)
    for number in range(200):
        ayu.wait("NEW #%d P4 TRAFFIC Simpang %d," % (number + 1, number))
    ayu.quit()
    check_eq(len(ayu.told(" NEW #")), 200, "alarms told")
    feed.stop()


def test_what_was_open_before_is_told_once():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    taken = feed.alarm(kind="medical", place="Stasiun Balapan")["incident"]
    Feed(feed, "budi").do("acknowledge", taken)
    ayu = Plain(feed)
    ayu.wait("LIVE; 2 open, 1 new")
    ayu.wait("^#1 P. FIRE NEW .*Pasar Gede")
    ayu.say("queue")
    ayu.wait("2 open, 1 new")
    ayu.wait("^1. #1 P. FIRE NEW .*Pasar Gede")
    ayu.wait("^2. #2 P. MEDICAL ACK .*Stasiun Balapan.*with budi")
    ayu.quit()
    check_eq(ayu.told(TIME + "NEW #"), [], "nothing of before is told as new")
    feed.stop()


def test_hostile_text_is_only_text():
    feed = start_feed()
    ayu = Plain(feed)
    ayu.wait("LIVE")
    poison = ("\x1b[2J\x1b]52;c;eXk=\x07\x9b31m\x90q\x9c\u202egnip\u2066\u200b\r\n"
              "14:00:00 NEW #99 P1 FIRE palsu\n\x01\x07\x08\x7f")
    it = feed.alarm(kind="fire", place="Pasar" + poison, note="Api" + poison,
                    caller={"name": "Siti" + poison, "phone": "0812\x1b[2J\x9b\u202e"})["incident"]
    ayu.wait("NEW #1 .*Pasar")
    budi = Feed(feed, "budi")
    budi.do("note", it, note="Catatan" + poison)
    ayu.wait("#1 note, by budi: Catatan")
    ayu.say("show 1", "cameras 1", "queue", "log", "n 1 kata\x1b]0;x\x07 lain")
    ayu.wait("#1 note, by ayu: kata")
    ayu.quit()
    check_eq([line for line in ayu.lines if line.startswith("14:00:00 NEW #99")], [], "a forged line")
    feed.stop()


def test_in_another_language_and_zone():
    feed = start_feed()
    ayu = Plain(feed, args=("--language", "id"), env={"TZ": "Asia/Jakarta"})
    ayu.wait("LIVE; 0 terbuka, 0 baru")
    feed.alarm(kind="fire", place="Pasar Gede")
    check("BARU #1 P1 TERBAKAR" in ayu.wait("#1 "), "in Indonesian:\n" + "\n".join(ayu.lines))
    ayu.quit()
    feed.stop()


def test_where_characters_are_ascii_only_these_are_written():
    feed = start_feed()
    ayu = Plain(feed, env={"LC_ALL": "C"})
    ayu.wait("LIVE")
    feed.alarm(kind="fire", place="Pasar Gedé ߛ ꦱꦭ")
    ayu.wait("Pasar Ged")
    ayu.quit()
    check(max(ayu.data) < 0x80, "bytes above ASCII, some of which are controls there")
    feed.stop()


# --- what is typed ---


def test_the_whole_life_of_an_incident():
    feed = start_feed()
    desk, crew = Feed(feed, "sari", after=0), Feed(feed, "damkar")
    ayu = Plain(feed, args=("--position", "TMC-2"))
    ayu.wait("LIVE")
    it = feed.alarm(kind="medical", priority="P2", lat=GLADAG[0], lon=GLADAG[1], place="Pasar Gede")["incident"]
    ayu.wait("NEW #1")
    ayu.say("a 1")
    ayu.wait(TIME + "#1 acknowledged, by ayu@TMC-2")
    ayu.say("v 1 camera Gladag")
    ayu.wait("#1 verified camera Gladag, by ayu@TMC-2")
    check_eq(desk.event("incident.verified")["data"]["camera"], "Gladag", "which camera")
    ayu.say("d 1 damkar psc119")
    ayu.wait(r"SEND DAMKAR\+PSC119 to #1 P2 MEDICAL, Pasar Gede, .* \? y sends, anything else cancels; 20 s")
    check_eq(dispatched(synced(desk)), [], "before the answer")
    ayu.say("y")
    ayu.wait("#1 dispatched DAMKAR, by ayu@TMC-2")
    ayu.wait("#1 dispatched PSC119, by ayu@TMC-2")
    for action, word in (("accept", "accepted"), ("en_route", "en route"), ("on_scene", "on scene"),
                         ("clear", "cleared")):
        crew.do(action, it, agency="damkar")
        ayu.wait("#1 %s DAMKAR, by damkar" % word)
    ayu.say("cancel 1 psc119")
    ayu.wait("#1 cancelled PSC119")
    ayu.say('n 1 "Sudah dibawa"', "r 1")
    ayu.wait("#1 note, by ayu@TMC-2: Sudah dibawa")
    ayu.wait("#1 resolved")
    ayu.say("k 1")
    ayu.wait("How did it end.*#1")
    ayu.wait("t  taken to hospital")
    ayu.say("transported")
    ayu.wait("#1 closed taken to hospital")
    check_eq(dispatched(synced(desk)), [(1, "damkar"), (1, "psc119")], "dispatches")
    ayu.quit()
    feed.stop()


def test_what_is_wrong_is_told_and_nothing_is_sent():
    feed = start_feed()
    desk = Feed(feed, "sari", after=0)
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu = Plain(feed)
    ayu.wait("LIVE")
    deeds = feed.deeds()
    for line, answer in (
        ("a 99", "no incident #99 here"),
        ("99", "no incident #99 here"),
        ("show 99", "no incident #99 here"),
        ("cameras abc", "no incident #abc here"),
        ("d 1 nobody", 'no agency "nobody"'),
        ("v 1 camera Nowhere", 'no camera "Nowhere"'),
        ("x 1 because", '"because" is none of these'),
        ("frobnicate 1", 'no command "frobnicate"'),
        ("zoom", "zoom is for the full screen"),
        ("mark 1", "mark is for the full screen"),
        ("help frobnicate", 'no command "frobnicate"'),
        ("map Z99", "Z99"),
        ("wait soon", "wait TIME"),
        ("m 1 77", "no other incident #77"),
        ("n 1 " + "a" * 2000, "too long was not taken"),
        ("y", "y answers a question, and none is open"),
        ("Y", "y answers a question, and none is open"),
        ("", None),
        ("   ", None),
        (":", None),
    ):
        ayu.say(line)
        if answer is not None:
            ayu.wait(re.escape(answer))
    ayu.quit()
    check_eq(feed.deeds(), deeds, "nothing was sent")
    check_eq(dispatched(synced(desk)), [], "dispatches")
    feed.stop()


def test_only_y_sends():
    feed = start_feed()
    desk = Feed(feed, "sari", after=0)
    feed.alarm(kind="fire", priority="P2", place="Pasar Gede")
    ayu = Plain(feed)
    ayu.wait("LIVE")
    for answer in ("Y", "yes", "yy", "", "n", "no", "d", "1", "queue", "y 1", ":y", "y!"):
        ayu.say("d 1 damkar")
        ayu.wait("SEND DAMKAR to #1")
        ayu.say(answer)
        ayu.wait("Cancelled: nothing was sent")
        ayu.say("", "status")  # whatever that opened is left
        ayu.wait("operator; ACTUAL")
    check_eq(dispatched(synced(desk)), [], "dispatches")
    # The line after a command answers it: that is how a file says y.
    ayu.say("d 1 psc119", "y")
    ayu.wait("dispatched PSC119")
    # And it is an answer once.
    ayu.say("y")
    ayu.wait("none is open")
    check_eq(dispatched(synced(desk)), [(1, "psc119")], "dispatches")
    ayu.quit()
    feed.stop()


def test_a_question_that_waits_too_long_is_over():
    feed = start_feed()
    desk = Feed(feed, "sari", after=0)
    feed.alarm(kind="fire", priority="P2", place="Pasar Gede")
    ayu = Plain(feed, args=settings("[dispatch]\nexpire = 5s\n"))
    ayu.wait("LIVE")
    ayu.say("d 1 damkar")
    ayu.wait("anything else cancels; 5 s")
    ayu.wait("Nothing was sent: the strip expired")
    ayu.say("y")
    ayu.wait("none is open")
    check_eq(dispatched(synced(desk)), [], "dispatches")
    ayu.quit()
    feed.stop()


def test_a_question_about_what_has_changed_is_asked_again():
    feed = start_feed()
    budi = Feed(feed, "budi", after=0)
    it = feed.alarm(kind="fire", priority="P2", place="Pasar Gede")["incident"]
    budi.do("acknowledge", it)
    ayu = Plain(feed)
    ayu.wait("LIVE")
    ayu.say("d 1 damkar psc119")
    ayu.wait(r"SEND DAMKAR\+PSC119")
    budi.do("dispatch", it, agency="damkar")
    ayu.wait("It has changed")
    ayu.wait("SEND PSC119 to #1")
    # Answered when it was read; and when all is over, there is nothing to answer.
    ayu.say("y")
    ayu.wait("dispatched PSC119, by ayu")
    ayu.say("d 1 pmi")
    ayu.wait("PMI: .*ring")
    ayu.wait("SEND PMI")
    for agency in ("damkar", "psc119"):
        budi.do("cancel", it, agency=agency)
    budi.do("reject", it, reason="prank")
    ayu.wait("#1 has ended meanwhile: nothing was sent")
    ayu.say("y")
    ayu.wait("none is open")
    check_eq(dispatched(synced(budi)), [(1, "damkar"), (1, "psc119")], "dispatches")
    ayu.quit()
    feed.stop()


def test_menus_and_texts_are_asked_for():
    feed = start_feed()
    desk = Feed(feed, "sari", after=0)
    feed.alarm(kind="medical", priority="P2", lat=GLADAG[0], lon=GLADAG[1], place="Pasar Gede")
    feed.alarm(kind="crime", priority="P3", place="Alun-alun")
    ayu = Plain(feed)
    ayu.wait("LIVE")
    # A dispatch that needs a verification asks how, then whether.
    ayu.say("d 1 psc119")
    ayu.wait("Verified by which means.*#1 .*then send PSC119")
    ayu.wait("  b  call back")
    ayu.say("b")
    ayu.wait(r"SEND PSC119 to #1 .*\? y also takes it, verifies it by call back\. y sends")
    ayu.say("y")
    ayu.wait("#1 acknowledged")
    ayu.wait("#1 verified call back")
    ayu.wait("#1 dispatched PSC119")
    # By the word with its camera, by the agency's letter, by text.
    ayu.say("v 2", "camera Gladag")
    ayu.wait("#2 verified camera Gladag")
    ayu.say("2", "d")
    ayu.wait("^#2 P3 CRIME VERIFIED .*selected")
    ayu.wait("Dispatch whom to #2")
    ayu.wait("  polresta  POLRESTA")
    ayu.say("p", "y")
    ayu.wait("#2 dispatched POLRESTA")
    ayu.say("n 2")
    ayu.wait("Note on.*#2.*an empty line leaves it")
    ayu.say(": tidak ada apa-apa", "n 2", "", "p 2", "P1 life")
    ayu.wait("#2 note, by ayu: : tidak ada apa-apa")
    ayu.wait("#2 changed P1")
    ayu.say("f kind:crime")
    ayu.wait("filter kind:crime, 1 shown")
    ayu.say("f", "")
    ayu.wait("Filter")
    ayu.wait("2 open, 0 new")
    # What is no answer is a command.
    ayu.say("x 2", "a 1")
    ayu.wait("Why is it a false alarm.*#2")
    ayu.wait("acknowledged already")
    synced(desk)
    check_eq([e for e in desk.events if e["type"] == "incident.rejected"], [], "rejected")
    check_eq(len([e for e in desk.events if e["type"] == "incident.noted"]), 1, "notes")
    ayu.quit()
    feed.stop()


def test_what_is_known_can_be_asked():
    feed = start_feed()
    budi = Feed(feed, "budi", after=0)
    it = feed.alarm(kind="fire", priority="P1", lat=GLADAG[0], lon=GLADAG[1], place="Pasar Gede",
                    note="Asap dari lantai dua", caller={"name": "Siti", "phone": "0812"})["incident"]
    old = feed.alarm(kind="crime", priority="P3", place="Alun-alun Utara")["incident"]
    ayu = Plain(feed)
    ayu.wait("LIVE")
    budi.do("reject", old, reason="prank")
    ayu.wait("#2 false alarm prank, by budi")
    budi.do("acknowledge", it)
    budi.do("dispatch", it, agency="damkar")
    ayu.wait("dispatched DAMKAR")
    ayu.say("show 1")
    for part in ("P1 #1 FIRE", "^Pasar Gede$", "not verified", "DAMKAR (requested|delivered)", "Siti 0812",
                 "Asap dari lantai dua", "^HISTORY$", "alarm", "dispatched DAMKAR budi"):
        ayu.wait(part)
    ayu.say("cameras 1", "agencies", "map", "map A1")
    ayu.wait("^1. .* m .*; (DISHUB|police); ")
    ayu.wait("^damkar; .*; OFFLINE; 113; #1 ")
    ayu.wait("^[A-Z]\\d+: .*#1 P1 FIRE")
    ayu.wait("^A1: ")
    ayu.say("history alun-alun", "show 2")
    ayu.wait(" #2 P3 CRIME, Alun-alun Utara; prank")
    ayu.wait("P3 #2 CRIME")
    ayu.say("log 3", "status", "help dispatch", "help", "goto C4", "next", "board")
    ayu.wait("#1 dispatched DAMKAR budi")
    ayu.wait("LIVE; 1 open")
    ayu.wait("ayu operator; ACTUAL")
    ayu.wait(r"^dispatch, d \[NUMBER\] \[AGENCY...\]: ")
    ayu.wait("^wait ")
    ayu.wait(r"^verify, v \[NUMBER\]")
    ayu.wait("^C4: ")
    ayu.wait("^WAITING")
    ayu.quit()
    check_eq(ayu.told("^zoom"), [], "help has no command that does nothing here")
    feed.stop()


def test_a_desk_hears_of_its_own():
    feed = start_feed()
    budi = Feed(feed, "budi")
    crew = Plain(feed, "damkar")
    crew.wait("LIVE")
    it = feed.alarm(kind="fire", place="Pasar Gede", caller={"name": "Siti", "phone": "0812"})["incident"]
    feed.alarm(kind="crime", place="Alun-alun")
    budi.do("acknowledge", it)
    budi.do("dispatch", it, agency="psc119")
    budi.do("dispatch", it, agency="damkar", note="Lewat selatan")
    crew.wait(r"NEW #1 P\d FIRE Pasar Gede, .*by budi.*Lewat selatan")
    crew.wait("BELL")
    crew.say("accept 1")
    crew.wait("#1 accepted DAMKAR, by damkar")
    crew.say("a 1", "d 1 psc119")
    crew.wait("not for your role")
    crew.wait("not for your role")
    crew.quit()
    check_eq(crew.told("#2|PSC119|Siti|0812"), [], "what is not its business")
    feed.stop()


def test_readonly_only_looks():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    deeds = feed.deeds()
    ayu = Plain(feed, args=("--readonly",))
    ayu.wait("LIVE")
    ayu.say("a 1", "d 1 damkar", "y", "show 1")
    ayu.wait("READ ONLY")
    ayu.wait("READ ONLY")
    ayu.wait("none is open")
    ayu.wait("^Pasar Gede$")
    ayu.quit()
    check_eq(feed.deeds(), deeds, "nothing was sent")
    feed.stop()


# --- the link ---


def test_the_link_is_lost_and_comes_back():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu = Plain(feed)
    ayu.wait("LIVE; 1 open")
    feed.kill()
    check("CACHED" in ayu.wait(TIME + r"LOST 0:0\d, retry \d+ s: "), "what is shown is cached")
    ayu.say("a 1")
    ayu.wait("NOT SENT: no link")
    ayu.wait("OUTBOX 1, not confirmed")
    ayu.say("status")
    ayu.wait("LOST .*OUTBOX 1")
    ayu.wait("NOT CONFIRMED for .*acknowledge #1")
    feed.start()
    feed.alarm(kind="medical", place="Stasiun Balapan")
    ayu.wait("NEW #2 .*Stasiun Balapan", 30)
    ayu.wait("LIVE; 2 open", 30)
    ayu.wait("#1 acknowledged, by ayu", 30)
    ayu.quit()
    check("OUTBOX empty" in "\n".join(ayu.lines), "the outbox is empty again")
    check_eq(len(ayu.told(TIME + "NEW #2")), 1, "told once")
    feed.stop()


def test_the_link_is_lost_while_a_question_is_open():
    feed = start_feed()
    feed.alarm(kind="fire", priority="P2", place="Pasar Gede")
    ayu = Plain(feed)
    ayu.wait("LIVE")
    ayu.say("a 1", "d 1 damkar")
    ayu.wait("SEND DAMKAR to #1")
    feed.kill()
    ayu.wait("LOST")
    ayu.say("y")
    ayu.wait("NOT SENT: no link")
    ayu.say("d 1 psc119")
    ayu.wait("! No link: with y it waits in the outbox")
    ayu.wait("SEND PSC119")
    ayu.say("n")
    ayu.wait("Cancelled: nothing was sent")
    feed.start()
    ayu.wait("#1 dispatched DAMKAR, by ayu", 30)
    ayu.quit()
    check_eq(dispatched(synced(Feed(feed, "sari", after=0))), [(1, "damkar")], "dispatches")
    feed.stop()


def test_what_is_too_old_is_put_to_the_operator():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    conf = settings("[dispatch]\nresend = 5s\n")
    ayu = Plain(feed, args=conf)
    ayu.wait("LIVE")
    feed.kill()
    ayu.wait("LOST")
    ayu.say("n 1 Warga sudah keluar", "n 1 Api padam", "wait 7s", "status")
    ayu.wait("OUTBOX 2")
    ayu.wait("NOT CONFIRMED for 0:0[5-9]: note #1: Warga sudah keluar", 15)
    feed.start()
    desk = Feed(feed, "sari", after=0)
    ayu.wait(r"NOT SENT for .*: note #1: Warga sudah keluar; #1 P1 FIRE, .*Is it still right\? send or drop", 30)
    # What comes up by itself is not answered by what may have been meant for something else.
    ayu.say("y", "queue")
    ayu.wait("Not y: send or drop")
    ayu.wait("1 open")
    check_eq([e for e in synced(desk).events if e["type"] == "incident.noted"], [], "notes")
    ayu.say("wait 2s", "send")
    ayu.wait("NOT SENT for .*: note #1: Api padam; .*Is it still right")
    ayu.wait("#1 note, by ayu: Warga sudah keluar")
    ayu.say("a 1", "status", "quit")
    ayu.wait("#1 acknowledged")
    ayu.wait("NOT CONFIRMED for .*: note #1: Api padam")
    ayu.wait("1 not confirmed by the feed")
    ayu.child.stdin.close()
    check_eq(ayu.exited(), 1, "exit status")
    check_eq(len([e for e in synced(desk).events if e["type"] == "incident.noted"]), 1, "notes")
    # The next console puts it to its operator, who drops it.
    again = Plain(feed, args=conf, state=ayu.state)
    again.wait("Is it still right")
    again.say("", "status")
    again.wait("OUTBOX 1")
    again.child.kill()
    again = Plain(feed, args=conf, state=ayu.state)
    again.wait("Is it still right")
    again.say("drop")
    again.wait("Dropped: it was never sent")
    again.quit()
    feed.stop()


def test_offline():
    feed = start_feed()
    ayu = Plain(feed)
    ayu.wait("LIVE")
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu.wait("NEW #1")
    ayu.quit()
    feed.stop()
    alone = Plain(args=("--offline",), state=ayu.state)
    alone.wait(TIME + r"OFFLINE: nothing can be sent; CACHED \d\d:\d\d; 1 open, 1 new")
    alone.say("show 1", "a 1")
    alone.wait("Pasar Gede")
    alone.wait("OFFLINE: nothing can be sent")
    alone.quit()
    check_eq(alone.told("LIVE|BELL"), [], "it is not live and does not ring")
    nothing = Plain(args=("--offline",))
    nothing.wait("OFFLINE: nothing can be sent; NO DATA YET")
    nothing.say("queue")
    nothing.wait("^NO DATA YET")
    nothing.quit()


# --- beginning and end ---


def test_a_file_of_commands_against_the_demo():
    home = scope.folder()
    commands, out = os.path.join(home, "commands"), os.path.join(home, "out")
    with open(commands, "w", encoding="ascii") as file:
        file.write("# the first alarm of the demo comes after two seconds\nwait 4s\na 1\nv 1 callback\n"
                   "d 1 polresta psc119\ny\nqueue\n")
    with open(commands, "rb") as source, open(out, "wb") as target:
        child = scope.start([SIAGA, "--plain", "--demo"], env=environment(home), stdin=source, stdout=target,
                            stderr=subprocess.PIPE)
        status = child.wait(timeout=50 * SLOW)
    with open(out, "rb") as file:
        data = file.read()
    check_harmless(data)
    text = data.decode()
    check_eq((status, child.stderr.read()), (0, b""), text)
    for part in ("NEW #1", "> a 1", "#1 acknowledged, by operator", "#1 verified call back", "SEND ",
                 "#1 dispatched POLRESTA", "#1 dispatched PSC119", "END"):
        check(part in text, part, "is not told:\n" + text)
    check("\n> " not in text and "the first alarm" not in text, text)
    check(all(" EXERCISE " in line for line in text.splitlines() if " NEW " in line), text)


def test_the_input_ends():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu = Plain(feed)
    ayu.say("a 1", "d 1 damkar")
    ayu.wait("SEND DAMKAR")
    ayu.child.stdin.write(b"y")  # not a line: it may be the beginning of one
    ayu.child.stdin.close()
    check_eq(ayu.exited(), 0, "exit status")
    check(ayu.told("Cancelled: nothing was sent"), "\n".join(ayu.lines))
    check(ayu.told("has no end.*not taken"), "\n".join(ayu.lines))
    check_eq(dispatched(synced(Feed(feed, "sari", after=0))), [], "dispatches")
    feed.stop()


def test_the_input_ends_with_something_unsent():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu = Plain(feed)
    ayu.wait("LIVE")
    feed.kill()
    ayu.wait("LOST")
    ayu.say("a 1")
    ayu.wait("NOT SENT")
    ayu.child.stdin.close()
    check_eq(ayu.exited(), 1, "exit status")
    check(re.search("Left with this in the outbox:\nNOT CONFIRMED for .*acknowledge #1\n", "\n".join(ayu.lines)),
          "\n".join(ayu.lines))


def test_commands_wait_for_the_feed_and_for_their_answers():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu = Plain(feed)
    ayu.say("a 1", "v 1 callback", "r 1", "k 1 handled", "reopen 1", "quit")
    check_eq(ayu.exited(), 0, "exit status")
    for word in ("acknowledged", "verified call back", "resolved", "closed handled", "reopened"):
        check(ayu.told("#1 " + word), word, "\n".join(ayu.lines))
    check_eq(ayu.told("REFUSED|OUTBOX"), [], "refused")
    feed.stop()


def test_without_a_feed_commands_do_not_wait_for_ever():
    feed = start_feed()
    feed.stop()
    ayu = Plain(feed)
    ayu.wait("CONNECTING, retry .*NO DATA YET")
    ayu.say("queue")
    ayu.wait("NO DATA YET")
    ayu.quit()


def test_a_token_that_is_refused_is_told():
    feed = start_feed()
    feed.tokens["ayu"] = "x" * 43
    ayu = Plain(feed)
    ayu.wait("REFUSED")
    ayu.say("status")
    ayu.wait("^REFUSED")
    ayu.quit()
    feed.stop()


def test_the_reader_leaves():
    feed = start_feed()
    ayu = Plain(feed)
    ayu.wait("LIVE")
    ayu.child.stdout.close()
    check_eq(ayu.child.wait(timeout=15 * SLOW), 1, "exit status")
    check(b"standard output" in ayu.child.stderr.read(), "it says why")
    feed.stop()


def test_output_that_cannot_be_written():
    with open("/dev/full", "wb") as full:
        child = scope.start([SIAGA, "--plain", "--offline"], env=environment(scope.folder()),
                            stdin=subprocess.PIPE, stdout=full, stderr=subprocess.PIPE)
        check_eq(child.wait(timeout=15 * SLOW), 1, "exit status")
    check(b"standard output: No space left" in child.stderr.read(), "it says why")


def test_a_socket_is_an_output_like_any_other():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = scope.start([SIAGA, "--plain", "--offline"], env=environment(scope.folder()),
                            stdin=theirs, stdout=theirs, stderr=subprocess.PIPE)
        theirs.close()
        ours.settimeout(15 * SLOW)
        ours.sendall(b"status\nlog\n" * 50 + b"quit\n")
        data = b""
        while True:
            more = ours.recv(65536)
            if not more:
                break
            data += more
        check_eq(child.wait(timeout=15 * SLOW), 0, child.stderr.read())
    check_harmless(data)
    check_eq(data.count(b"> status\n"), 50, "commands")


def test_signals_end_it_cleanly():
    feed = start_feed()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        ayu = Plain(feed)
        ayu.wait("LIVE")
        ayu.child.send_signal(number)
        check_eq(ayu.exited(), 128 + number, "exit status")
        check(ayu.lines[-1].endswith("END"), ayu.lines[-1])
    feed.stop()


@takes(120)
def test_a_reader_that_sleeps_loses_no_line():
    feed = start_feed(limits={"session_burst": 5000})
    it = feed.alarm(kind="fire", place="Pasar Gede")["incident"]
    ayu = Plain(feed)
    ayu.wait("LIVE")
    # Much more than pipe and console hold, while nobody reads.
    count = 3500
    budi = Feed(feed, "budi")
    for first in range(0, count, 50):
        for number in range(first, first + 50):
            budi.send({"t": "do", "id": str(uuid.uuid4()), "incident": it, "action": "note",
                       "note": "catatan %d; %s" % (number, "x" * 1900)})
        for _ in range(50):
            budi.wait("done")
    budi.close()
    check(feed.deeds() >= count, "all is in the log")
    held = False
    for number in range(count):
        ayu.wait("#1 note, by budi: catatan %d; " % number, 60)
        ayu.at = 0
        held = held or b"standard output takes no more" in ayu.data
        ayu.data = ayu.data[ayu.data.index(b"catatan %d;" % number):]
        ayu.data = ayu.data[ayu.data.index(b"\n") + 1:]
    check(held, "the feed was left to itself, and that is told")
    feed.alarm(kind="medical", place="Stasiun Balapan")
    ayu.wait("NEW #2", 30)
    ayu.say("status")
    ayu.wait("^LIVE")
    ayu.quit()
    feed.stop()


# --- on a terminal ---


def terminal(feed, *args):
    home = scope.folder()
    argv = [SIAGA, "--plain", "--state", os.path.join(home, "state"), "--feed", feed.url,
            "--token-file", feed.token_file("ayu"), *args]
    return Screen(argv, cols=160, rows=60, home=home)


def test_on_a_terminal_it_stays_as_it_is():
    feed = start_feed()
    ayu = terminal(feed)
    ayu.wait("LIVE")
    bells = ayu.bells()
    feed.alarm(kind="fire", place="Pasar Gede")
    ayu.wait("NEW #1")
    ayu.wait("BELL")
    eventually(lambda: ayu.bells() > bells, "it rings")
    check(not ayu.state()["altscreen"] and ayu.state()["termios"], "no other screen, no other mode")
    ayu.keys("show 1", "Enter").wait("HISTORY")
    ayu.keys("quit", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    check(ayu.is_clean(), "the terminal as it was")
    check(b"\x1b" not in ayu.raw(), "no sequence at all")
    feed.stop()


def test_typed_ahead_is_no_answer():
    feed = start_feed()
    desk = Feed(feed, "sari", after=0)
    feed.alarm(kind="fire", priority="P2", place="Pasar Gede")
    ayu = terminal(feed)
    ayu.wait("LIVE")
    ayu.keys("d 1 damkar\ry\ry\r")
    ayu.wait("Not taken, typed before the question: y")
    check_eq(dispatched(synced(desk)), [], "dispatches")
    ayu.keys("y", "Enter")
    desk.event("dispatch.requested", agency="damkar")
    # A paste is typed ahead, too.
    ayu.keys("d 1 psc119\ry\ry\rd 1 pmi\ry\r" * 5)
    ayu.wait("Not taken, typed before the question: d 1 pmi")
    ayu.keys("C-c").wait("Cancelled: nothing was sent")
    ayu.keys("C-c").wait("quit leaves the console")
    ayu.keys("status", "Enter").wait("operator; ACTUAL")
    check_eq(dispatched(synced(desk)), [(1, "damkar")], "dispatches")
    ayu.keys("quit", "Enter")
    check_eq(ayu.exited(), (0, None), "exit")
    feed.stop()


class SlowFeed(FakeFeed):
    """Tells what a console missed, and takes its time for the last event."""

    def tell(self, peer, after):
        if after is None:
            super().tell(peer, after)
            return
        peer.say({"t": "events", "events": self.log[after:-1]})
        self.over.wait(15)
        peer.say({"t": "events", "events": self.log[-1:]})
        peer.say({"t": "live", "head": self.head()})
        peer.live = True


@takes(40)
def test_how_far_it_is_with_what_it_missed_is_told():
    feed = SlowFeed(beat_s=10)
    feed.alarm()
    ayu = Plain(feed)
    ayu.wait("LIVE")
    ayu.quit()
    for _ in range(4):
        feed.log.append(feed.raised())
    again = Plain(feed, state=ayu.state)
    again.wait(TIME + ".*CATCHING UP 3 of 4 events", 20)
    again.wait("LIVE", 20)
    again.quit()


def test_the_terminal_goes():
    feed = start_feed()
    ayu = terminal(feed)
    ayu.wait("LIVE")
    ayu.hangup()
    check_eq(ayu.exited()[0], 128 + signal.SIGHUP, "exit status")
    other = terminal(feed)
    other.wait("LIVE")
    other.keys("\x04")
    check_eq(other.exited(), (0, None), "the end of the input")
    twice = terminal(feed)
    twice.wait("LIVE")
    twice.keys("C-c").wait("Ctrl-C once more")
    twice.keys("C-c")
    check_eq(twice.exited()[0], 128 + signal.SIGINT, "exit status")
    feed.stop()


def test_options_that_do_not_go_together():
    done = subprocess.run([SIAGA, "--plain", "--script", "/dev/null"], stdin=subprocess.DEVNULL,
                          capture_output=True, env=environment(scope.folder()), timeout=20 * SLOW, check=False)
    check_eq(done.returncode, 2, done.stderr)


run(globals())
