"""The console on bad networks: it says so in time, answers its operator all the while, and is whole by itself
when the fault is over."""

import os
import re
import shutil
import signal
import threading
import time

from fake_feed import FakeFeed
from fault_proxy import Fault, FaultProxy, Line
from siaga_test import DATA, SLOW, Console, Feed, check, check_eq, eventually, figure, run, scope, start_feed, takes
from plain_console import Plain
from victim import QUICK, Victim, passes, settings, together

ALL = os.environ.get("SIAGA_FAULT_ALL", "") == "1"
DEAD_S = 2 * 1 + 2  # two beats of a second, and two seconds more


# --- the way there ---


def a_feed_that_is_not_there_is_looked_for_less_and_less():
    victim = Victim(config="[alarm]\nbell = no\n")
    victim.feed.leave()
    victim.endure("nobody listens", 1, links=0, dead_s=1)
    victim.feed.always = lambda peer: peer.close(reset=True)
    victim.feed.come_back()
    victim.endure("everybody is sent away", 5, links=4, dead_s=0)
    gaps = [b - a for a, b in zip(victim.feed.times[1:], victim.feed.times[2:])]
    figure("waits between tries", ", ".join("%.1f s" % gap for gap in gaps))
    victim.heal()
    victim.close()


def no_name(env, what, seconds, least=0):
    home = scope.folder()
    token = os.path.join(home, "token")
    with open(os.open(token, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
        file.write("x" * 43 + "\n")
    plain = Plain(args=("--feed", "wss://feed.invalid:7112/v1/feed", "--token-file", token, *settings(QUICK)), env=env)
    plain.wait("NO LINK.*(the name is not known|no answer)|CONNECTING.*(the name is not known|no answer)", 15)
    begun = time.monotonic()
    threads = 0
    while time.monotonic() - begun < seconds:
        asked = time.monotonic()
        plain.say("status")
        plain.wait("NO LINK|CONNECTING")
        check(time.monotonic() - asked < 1, what, "is waited for")
        threads = max(threads, len(os.listdir("/proc/%d/task" % plain.child.pid)))
        eventually(lambda: time.monotonic() - asked > 0.2, "the next one")
    check(threads <= 8, what, "makes threads:", threads)
    asked = time.monotonic()
    plain.quit()
    check(time.monotonic() - asked < 3, what, "holds it back from leaving")
    return plain


def test_a_name_that_nobody_knows_is_said():
    check(no_name({}, "an unknown name", 2).told("the name is not known"), "it says why")


@takes(120)
def test_a_resolver_that_hangs_holds_nobody_up():
    no_name({"LD_PRELOAD": os.environ["HANGNAME"]}, "a resolver that hangs", 60 if ALL else 2)


# --- lines that are slow, stand still, or come late ---


def a_slow_way_is_live_all_the_same():
    victim = Victim(proxy=True)
    victim.proxy.always = Line(delay_s=0.35)
    victim.relink()
    before = len(victim.feed.times)
    victim.feed.alarm(place="Jauh sekali")
    victim.plain.wait("Jauh sekali")
    for _ in range(8):
        check("LIVE" in victim.ask()[0], "is live, by the feed's beats:", victim.ask()[0])
        eventually(lambda at=time.monotonic(): time.monotonic() - at > 0.4, "a while")
    check_eq(len(victim.feed.times), before, "the link was not dropped for being slow")
    victim.close()


def a_line_of_1200_bytes_a_second():
    victim = Victim(proxy=True, feed=FakeFeed(beat_s=2))
    victim.proxy.always = Line(rate=1200)
    victim.relink()
    before = len(victim.feed.times)
    for number in range(6):
        victim.feed.alarm(place="Pelan %d" % number, note="asap " * 60)
    victim.plain.wait("Pelan 5", 20)
    check_eq(len(victim.feed.times), before, "the link was not dropped for being slow")
    victim.close()


def a_message_that_takes_its_time_is_waited_for():
    """While its bytes come, the line is slow and not dead; it is not called live, for what is new waits behind."""
    victim = Victim(proxy=True)
    victim.proxy.always = Line(rate=6000)
    victim.relink()
    before = len(victim.feed.times)
    many = [dict(victim.feed.registry["cameras"][0], id="C%04d" % n, name="Kamera " + "x" * 80) for n in range(120)]
    victim.feed.registry = dict(victim.feed.registry, rev=2, cameras=many)
    for peer in victim.feed.peers:
        peer.mute = True  # The beats wait behind it.
    big = threading.Thread(target=victim.feed.peers[-1].say, args=(victim.feed.registry,), daemon=True)
    told = victim.proxy.bytes["down"]
    big.start()
    seen = set()
    while victim.proxy.bytes["down"] < told + 20000:
        link, _ = victim.ask()
        seen.add(re.match(r"[A-Z ]+", link).group(0).strip())
        eventually(lambda at=time.monotonic(): time.monotonic() - at > 0.1, "a while")
    big.join(20)
    victim.feed.peers[-1].mute = False
    victim.feed.alarm(place="Sesudahnya")
    victim.plain.wait("Sesudahnya", 20)
    check_eq(len(victim.feed.times), before, "the link was not dropped for being slow; it was %r" % seen)
    check("SLOW" in seen and "LOST" not in seen, "what it was called:", seen)
    check_eq(victim.plain.told("skipped"), [], "and it was taken")
    victim.close()


def what_waits_in_a_slow_tunnel_is_waited_for():
    """The way takes all at once and hands it on slowly: the feed's question whether anybody is there comes behind it."""
    feed = start_feed()
    victim = Through(feed, Line(rate=3000))
    victim.plain.wait("LIVE", 40)
    figure("live after", "%.1f s" % (time.monotonic() - victim.begun))
    feed.alarm(place="Ujung kabel")
    victim.plain.wait("Ujung kabel", 20)
    check_eq(victim.plain.told("LOST|NO LINK"), [], "the link was not dropped for being slow")
    check_eq(feed.metric('siaga_connections_late_total{in="pong"}'), 0, "nor did the feed think so")
    victim.plain.quit()
    feed.stop()


def a_quiet_night():
    """A console that has nothing to say is there for as long as it answers, whatever it was sent before."""
    feed = start_feed(registry=False)
    quiet = [Plain(feed, name) for name in ("ayu", "sari", "tamu")]
    for console in quiet:
        console.wait("LIVE")
    small = os.path.join(scope.folder(), "registry")
    shutil.copytree(DATA, small)
    with open(os.path.join(small, "map.geojson"), "w", encoding="ascii") as file:
        file.write('{"type": "FeatureCollection", "features": []}')
    with open(os.path.join(small, "cameras.csv"), "r+", encoding="utf-8") as file:
        lines = file.readlines()[:30]
        file.seek(0)
        file.truncate()
        file.writelines(lines)
    feed.load_registry(small)
    begun = time.monotonic()
    while time.monotonic() - begun < (100 if ALL else 30):
        for console in quiet:
            console.read(0.1)
    for console in quiet:
        check_eq(console.told("LOST|NO LINK"), [], "the link was not dropped for being silent")
        console.quit()
    check_eq(feed.metric('siaga_connections_late_total{in="pong"}'), 0, "nor did the feed think so")
    feed.stop()


def a_feed_that_stood_still_ends_no_link_of_those_who_were_there():
    feed = start_feed(registry=False)
    quiet = [Plain(feed, name) for name in ("ayu", "sari", "tamu")]
    for console in quiet:
        console.wait("LIVE")
    # Long enough that whoever had not answered would be gone, and short of what a console bears of silence.
    for _ in range(2):
        os.kill(feed.child.pid, signal.SIGSTOP)
        begun = time.monotonic()
        while time.monotonic() - begun < 15:
            for console in quiet:
                console.read(0.1)
        os.kill(feed.child.pid, signal.SIGCONT)
        feed.alarm(place="Sesudahnya %d" % begun)
        for console in quiet:
            console.wait("Sesudahnya %d" % begun)
    for console in quiet:
        check_eq(console.told("LOST|NO LINK"), [], "the link is the one that it was")
        console.quit()
    check_eq(feed.metric('siaga_connections_late_total{in="pong"}'), 0, "nobody was called late")
    feed.stop()


def who_is_gone_when_a_feed_that_stood_still_asks_is_soon_known_to_be():
    feed = start_feed(registry=False)
    silent = Feed(feed, "ayu", hung=True)
    os.kill(feed.child.pid, signal.SIGSTOP)
    passes(15)
    os.kill(feed.child.pid, signal.SIGCONT)
    begun = time.monotonic()
    # It is given six seconds to answer in, and not ten.
    eventually(lambda: feed.metric('siaga_connections_late_total{in="pong"}') == 1, "it is called late", 8.5)
    figure("who does not answer is known after", "%.1f s" % (time.monotonic() - begun))
    silent.close()
    feed.stop()


def who_hangs_after_having_spoken_is_soon_known_to():
    feed = start_feed(registry=False)
    links = [Feed(feed, "ayu", hung=True) for _ in range(3)]
    for link in links:
        passes(2)
        link.send({"t": "look"})
    begun = time.monotonic()
    late = lambda: feed.metric('siaga_connections_late_total{in="pong"}')
    # The first has had the time that one has, and the others not yet.
    eventually(lambda: late() == 1, "the first", 10)
    eventually(lambda: late() == 3, "and all", 14 - (time.monotonic() - begun))
    figure("the last is known after", "%.1f s" % (time.monotonic() - begun))
    for link in links:
        link.close()
    feed.stop()


def half_open_is_known_in_two_beats_and_two_seconds():
    longest = 0.0
    for _ in range(5 if ALL else 1):
        victim = Victim(proxy=True)
        victim.feed.alarm(place="Sebelum")
        victim.plain.wait("Sebelum")
        victim.proxy.hold()
        victim.proxy.always = Line(mute=True)
        known = victim.endure("half open", DEAD_S + 1.5, links=8, dead_s=DEAD_S)
        longest = max(longest, known)
        lost = victim.plain.told("LOST")
        check(lost and "CACHED" in lost[-1] and re.search(r"LOST (<1s|\d|0:)", lost[-1]), "LOST with its age:", lost)
        victim.proxy.always = None
        victim.proxy.cut()
        victim.heal()
        victim.close()
    figure("a dead link is known after", "%.2f s" % longest, "%d s" % DEAD_S)


@takes(120)
def test_half_open_stands_on_the_screen():
    victims = [Victim(proxy=True) for _ in range(3)]

    def hold(victim, size):
        screen = Console(victim, None, cols=size[0], rows=size[1], args=settings(QUICK))
        screen.wait("LIVE")
        victim.feed.alarm(place="Pasar Gede")
        screen.wait("#1")
        begun = time.monotonic()
        victim.proxy.hold()
        victim.proxy.always = Line(mute=True)
        screen.wait("LOST", DEAD_S + 0.5)
        took = time.monotonic() - begun
        figure("%dx%d shows LOST after" % size, "%.2f s" % took, "%d s" % DEAD_S)
        check(took < DEAD_S * SLOW, "known after", took)
        check("LIVE" not in "\n".join(screen.wait("CACHED")), "it is not called live, too")
        first_ms, _ = screen.react("?", "HELP", 2)
        check(first_ms < 1000 * SLOW, "a key is answered:", first_ms)
        screen.keys("Esc").wait_gone("HELP")
        victim.proxy.always = None
        victim.proxy.cut()
        screen.wait("LIVE", 20)
        screen.wait_gone("CACHED")
        screen.quit()
        victim.heal()
        victim.close()

    together(victims, ([(60, 16), (80, 24), (120, 40)], hold))


def test_a_machine_that_slept_does_not_wake_up_live():
    feed = FakeFeed(beat_s=10)
    feed.alarm(place="Pasar Legi")
    slept = os.path.join(scope.folder(), "slept")
    env = {"LD_PRELOAD": os.environ["CLOCKSHIFT"], "SIAGA_TEST_SLEPT": slept,
           "ASAN_OPTIONS": "verify_asan_link_order=0"}
    ayu = Plain(feed, args=settings(QUICK), env=env)
    ayu.wait("Pasar Legi")
    for peer in feed.peers:
        peer.mute = True  # the way back has forgotten us
    feed.always = lambda peer: peer.dead.wait()
    with open(slept, "wb") as file:
        file.truncate(3600)
    woke = time.monotonic()
    lost = ayu.wait("LOST", 5)
    check(time.monotonic() - woke < 2.5 * SLOW, "known only after", time.monotonic() - woke)
    check("asleep" in lost and "CACHED" in lost, lost)
    now, cached = (60 * int(text[:2]) + int(text[3:5]) for text in (lost, lost.split("CACHED ")[1]))
    check((now - cached) % (24 * 60) in (59, 60, 61), "what is shown is from an hour before:", lost)
    feed.always = None
    feed.cut()
    ayu.wait("LIVE; 1 open", 20)
    ayu.quit()


@takes(240)
def test_lines_that_are_slow_or_dead_are_called_so():
    ways = [
        a_feed_that_is_not_there_is_looked_for_less_and_less,
        a_slow_way_is_live_all_the_same,
        a_line_of_1200_bytes_a_second,
        a_message_that_takes_its_time_is_waited_for,
        what_waits_in_a_slow_tunnel_is_waited_for,
        a_quiet_night,
        a_feed_that_stood_still_ends_no_link_of_those_who_were_there,
        who_is_gone_when_a_feed_that_stood_still_asks_is_soon_known_to_be,
        who_hangs_after_having_spoken_is_soon_known_to,
        half_open_is_known_in_two_beats_and_two_seconds,
    ]
    together(ways, (ways, lambda _, way: way()))


def test_what_an_old_connection_says_late_is_done_once():
    """The console's bytes stay in the network; it connects anew and says it again; then the old ones arrive."""
    feed = start_feed()
    it = feed.alarm(place="Pasar Legi")["incident"]
    victims = []
    kinds = ("do", "do", "follow")
    for kind in kinds:
        victim = Through(feed)
        victims.append(victim)
        victim.plain.wait("Pasar Legi")
    for number, (victim, kind) in enumerate(zip(victims, kinds)):
        fault = Fault("up", kind, at=(0, 20)[number % 2] if kind == "do" else 3, do="late")
        if kind == "follow":
            victim.proxy.next(fault)
            victim.proxy.cut()
        else:
            victim.proxy.arm(fault)
        victim.plain.say('note 1 "terlambat %d"' % number)
        check(fault.hit.wait(10), "it came to pass:", kind)
        victim.plain.wait("LIVE", 20)
        victim.plain.wait("by ayu: terlambat %d$" % number)
        victim.proxy.release()
    feed.alarm(place="Pasar Gede")
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(feed.head())
    notes = [event["data"]["note"] for event in desk.events if event["type"] == "incident.noted"]
    check_eq(sorted(notes), ["terlambat %d" % n for n in range(3)], "each note once")
    check(all(event.get("incident") == it for event in desk.events if event["type"] == "incident.noted"), "of it")
    for victim in victims:
        victim.plain.wait("Pasar Gede")
        victim.plain.quit()
    feed.stop()


def test_what_does_not_get_there_is_told_as_not_confirmed_and_done_once():
    victim = Victim(proxy=True)
    victim.feed.alarm(place="Pasar Legi")
    victim.plain.wait("Pasar Legi")
    victim.proxy.arm(Fault("up", "do", at=7, do="wait"))
    victim.plain.say('note 1 "lama"')
    victim.plain.wait("OUTBOX 1, not confirmed")
    check_eq(victim.feed.asked, [], "it did not get there")
    victim.proxy.release()
    victim.plain.wait("OUTBOX empty")
    check_eq([asked["note"] for asked in victim.feed.asked], ["lama"], "what came, and how often")
    victim.close()


class Through:
    """A console of ayu's behind a proxy before the real feed."""

    def __init__(self, feed, line=None):
        self.begun = time.monotonic()
        self.proxy = FaultProxy(feed.port)
        self.proxy.always = line
        self.url = self.proxy.url
        self.token_file = feed.token_file
        self.plain = Plain(self, args=settings(QUICK))


run(globals())
