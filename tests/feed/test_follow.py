"""What a console is sent: all of it, once, in order, however fast or slow it reads."""

import http.client
import json
import os
import select
import shutil
import sqlite3
import threading
import time
import uuid

from siaga_test import BALAI_KOTA, DATA, SLOW, Closed, Feed, check, check_eq, eventually, figure, run, scope, start_feed

CLIENTS = 8


def post_many(feed, count, note):
    """Alarms from several links at once; all of them have to be taken."""
    taken = []

    # Each with a token of its own: one alone would be slowed down.
    for number in range(CLIENTS):
        if "app%d" % number not in feed.tokens:
            feed.token("app%d" % number, "intake")

    def work(number):
        link = http.client.HTTPConnection("127.0.0.1", feed.port, timeout=30 * SLOW)
        head = {
            "Authorization": "Bearer " + feed.tokens["app%d" % number],
            "Content-Type": "application/json",
        }
        body = json.dumps({"lat": BALAI_KOTA[0], "lon": BALAI_KOTA[1], "note": note})
        for _ in range(number, count, CLIENTS):
            link.request("POST", "/v1/alarms", body, head)
            got = link.getresponse()
            answer = got.read()
            if got.status == 201:
                taken.append(json.loads(answer)["seq"])
        link.close()

    threads = [threading.Thread(target=work, args=(i,), daemon=True) for i in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60 * SLOW)
    check_eq(len(taken), count, "alarms taken")
    return taken


def seqs(desk, first):
    return [event["seq"] for event in desk.events if event["seq"] >= first]


def test_the_server_speaks_first_and_says_who_you_are():
    feed = start_feed(mode="test")
    # Asked before: a desk that comes is an event itself.
    head = feed.head()
    crew = Feed(feed, "damkar", follow=False)
    welcome = crew.wait("welcome")
    check_eq((welcome["v"], welcome["head"]), (1, head), "welcome")
    check_eq(welcome["you"]["name"], "damkar")
    check_eq(welcome["you"]["role"], "agency")
    check(welcome["beat_s"] > 0 and welcome["now"].endswith("Z"), welcome)
    check_eq(len(welcome["feed"]), 36, "the log's name")
    crew.follow()
    registry = crew.wait("registry")
    check(len(registry["cameras"]) >= 120 and registry["plans"], "registry")
    check(registry["map"]["credit"], "whose map it is")
    crew.wait("live")
    again = Feed(feed, "ayu")
    check_eq(again.welcome["feed"], welcome["feed"], "one log, one name")
    feed.restart()
    check_eq(Feed(feed, "ayu").welcome["feed"], welcome["feed"], "the log keeps its name")
    feed.stop()


def test_a_rush_comes_whole_and_in_few_messages():
    feed = start_feed()
    desks = [Feed(feed, name, after=0) for name in ("ayu", "budi", "tamu")]
    post_many(feed, 1000, "x" * 300)
    head = feed.head()
    for desk in desks:
        desk.until_seq(head, 30)
        check_eq(seqs(desk, 1), list(range(1, head + 1)), "seq")
    late = Feed(feed, "sari", after=0)
    late.until_seq(head, 30)
    messages = [frame for frame in late.frames if frame["t"] == "events"]
    check(len(messages) <= head // 10, "a burst is few messages, not", len(messages))
    feed.stop()


def read_slowly(feed, desk, head):
    """What one who read nothing for a while gets in the end; cut off meanwhile, it comes back."""
    events = []
    while True:
        try:
            desk.until_seq(head, 60)
        except Closed:
            pass
        events += [event for event in desk.events if event["seq"] <= head]
        if desk.seen >= head:
            return events
        desk = Feed(feed, "ayu", after=desk.seen)


def test_a_slow_reader_loses_nothing_and_delays_nobody():
    feed = start_feed()
    slow, quick = Feed(feed, "ayu"), Feed(feed, "budi")
    reader = threading.Thread(target=quick.until_seq, args=(9001, 60), daemon=True)
    reader.start()
    # More than the feed keeps at hand: the slow one is served from the log in the end.
    post_many(feed, 9000, "x" * 1000)
    it = feed.alarm(note="nanti")["incident"]
    reader.join(60 * SLOW)
    head = feed.head()
    quick.until_seq(head)
    quick.event("incident.raised", 30, incident=it)
    events = read_slowly(feed, slow, head)
    first = events[0]["seq"]
    check_eq([e["seq"] for e in events], list(range(first, head + 1)), "seq of the slow one")
    first = max(first, quick.events[0]["seq"])
    check_eq([e for e in events if e["seq"] >= first],
             [e for e in quick.events if first <= e["seq"] <= head], "both hold the same")
    feed.stop()


def test_what_many_are_told_together_each_of_them_has_once_and_in_order():
    feed = start_feed()
    consoles = [Feed(feed, ("ayu", "budi")[i % 2]) for i in range(40)]
    first = feed.head()
    for i in range(20):
        feed.alarm(note="alarm %d" % i)
    head = feed.head()
    for console in consoles:
        console.until_seq(head)
        seqs = [event["seq"] for event in console.events if event["seq"] > first]
        check_eq(seqs, list(range(first + 1, head + 1)), "seq")
    together = feed.metric("siaga_messages_together_total")
    check(together == 0 or together >= 40, "that many went out together:", together)
    feed.stop()


def test_more_than_the_log_holds_gives_the_picture_instead():
    feed = start_feed()
    it = feed.alarm()["incident"]
    ayu = Feed(feed, "ayu", after=1000000)
    check(it in [event.get("incident") for event in ayu.events], "what is open")
    feed.stop()


def test_beats_come_by_themselves_with_a_second_of_the_clock():
    before = time.monotonic()
    first = start_feed()
    takes = time.monotonic() - before
    # The other one half a second later: what is counted from the start cannot be right for both.
    eventually(lambda: time.monotonic() >= before + 0.5, "half a second passes")
    feeds = (first, start_feed())
    check(takes < 0.5 * SLOW, "both take as long to start:", takes)
    for feed, ayu in [(feed, Feed(feed, "ayu")) for feed in feeds]:
        beat = ayu.wait("beat", seconds=ayu.welcome["beat_s"] + 3)
        check_eq(beat["head"], feed.head(), "head")
        check(float(beat["now"][-5:-1]) <= 0.2 * min(SLOW, 2), "it comes with a second:", beat["now"])
        feed.stop()


def test_a_new_registry_reaches_everybody_without_a_restart():
    feed = start_feed()
    ayu, crew = Feed(feed, "ayu"), Feed(feed, "damkar")
    old = [frame for frame in ayu.frames if frame["t"] == "registry"][-1]
    folder = scope.folder() + "/registry"
    shutil.copytree(DATA, folder)
    with open(folder + "/cameras.csv", "a", encoding="utf-8") as file:
        file.write("Baru-1,dishub,Kamera baru,-7.5601,110.8101,ok,yes,,\n")
    feed.load_registry(folder)
    for desk in (ayu, crew):
        new = desk.wait("registry")
        check(new["rev"] > old["rev"], "rev")
        check_eq(len(new["cameras"]), len(old["cameras"]) + 1, "cameras")
        desk.event("registry.changed")
    it = feed.alarm()["incident"]
    ayu.do("acknowledge", it)
    ayu.do("verify", it, method="camera", camera="Baru-1")
    feed.stop()


def test_a_register_that_cannot_be_read_is_told_once_and_stops_nobody():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    old = [frame for frame in ayu.frames if frame["t"] == "registry"][-1]

    def spoil(text):
        db = sqlite3.connect(os.path.join(feed.dir, "admin.db"))
        db.execute("UPDATE registry SET rev = rev + 1, json = ?", (text,))
        db.commit()
        db.close()

    def told():
        return feed.read_errors().decode().count("the registry cannot be read now")

    for number, text in enumerate(("{", "[]"), 1):
        spoil(text)
        eventually(lambda count=number: told() == count, "it is told")
        for _ in range(20):
            feed.alarm()
        eventually(lambda until=time.monotonic() + 0.6: time.monotonic() > until, "it is looked at some more")
        check_eq(told(), number, "once for each")
    feed.token("wati", "operator")
    Feed(feed, "wati").do("camera_status", camera=old["cameras"][0]["id"], status="down")
    check_eq(feed.admin("token", "revoke", "budi")[0], 0, "revoke")
    check_eq(feed.http("GET", "/v1/alarms", "budi").status, 401, "and one that is revoked opens nothing")
    check_eq([frame["rev"] for frame in ayu.frames if frame["t"] == "registry"], [old["rev"]], "nobody got another")
    feed.load_registry(DATA)
    check_eq(ayu.wait("registry")["rev"], old["rev"] + 3, "the next one")
    ayu.event("registry.changed")
    feed.stop()


def camera_of(desk, name):
    """A camera, as the register says that this console got last."""
    last = [frame for frame in desk.frames if frame["t"] == "registry"][-1]
    return [camera for camera in last["cameras"] if camera["id"] == name][0]


def test_a_camera_stays_as_it_was_told_when_the_feed_starts_again():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    names = [camera["id"] for camera in [f for f in ayu.frames if f["t"] == "registry"][-1]["cameras"][:3]]
    for status in ("down", "stale", "down"):
        ayu.do("camera_status", camera=names[0], status=status)
    ayu.do("camera_status", camera=names[1], status="stale")
    before = [camera_of(Feed(feed, "budi"), name)["status"] for name in names]
    check_eq(before[:2], ["down", "stale"], "as told")
    feed.restart()
    ayu = Feed(feed, "ayu")
    check_eq([camera_of(ayu, name)["status"] for name in names], before, "after a restart")
    head = feed.head()
    ayu.do("camera_status", camera=names[0], status="down")
    check_eq([e for e in ayu.events if e["seq"] > head and e["type"] == "camera.status"], [], "it was so already")
    ayu.do("camera_status", camera=names[0], status="ok")
    ayu.event("camera.status", camera=names[0], status="ok")
    # A register that is loaded later changes none of it.
    feed.load_registry(DATA)
    ayu.wait("registry")
    check_eq([camera_of(ayu, name)["status"] for name in names], ["ok", *before[1:]], "with a new register")
    feed.stop()


def test_what_is_open_on_a_console_is_told_to_the_others():
    feed = start_feed()
    ayu, budi = Feed(feed, "ayu", position="TMC-1"), Feed(feed, "budi")
    it = feed.alarm()["incident"]
    ayu.send({"t": "look", "open": it})

    def open_at_ayu(frame):
        return [who.get("open") for who in frame["who"] if who["name"] == "ayu"]

    budi.wait("presence", lambda frame: open_at_ayu(frame) == [it])
    ayu.close()
    budi.wait("presence", lambda frame: open_at_ayu(frame) == [])
    feed.stop()


def test_who_is_there_is_told_however_many_come_and_go():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    over = threading.Event()

    def come_and_go():
        while not over.is_set():
            Feed(feed, "tamu").close()

    busy = threading.Thread(target=come_and_go, daemon=True)
    busy.start()
    try:
        sari = Feed(feed, "sari", position="meja 9")
        ayu.wait("presence", lambda frame: any(who.get("position") == "meja 9" for who in frame["who"]))
    finally:
        over.set()
        busy.join(30 * SLOW)
    sari.close()
    feed.stop()


def test_a_desk_that_hangs_is_offline_soon_and_one_that_answers_is_not():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    crew = Feed(feed, "psc")
    hung = Feed(feed, "damkar", hung=True)
    hung.send({"t": "look"})  # it was there; from now on nobody reads here, and nothing is closed
    begun = time.monotonic()
    ayu.wait("presence", lambda frame: frame["desks"]["damkar"] == "online")
    desks = ayu.wait("presence", lambda frame: frame["desks"]["damkar"] != "online", 20)["desks"]
    passed = time.monotonic() - begun
    figure("a desk that hangs is offline after", "%.1f s" % passed, 15)
    check(10 < passed < 15 * SLOW, "it is offline after %.1f s" % passed)
    check_eq(desks["psc119"], "online", "the one that answers")
    ayu.event("link.down", agency="damkar")
    check_eq(feed.metric('siaga_connections_late_total{in="pong"}'), 1, "metric")
    hung.close()
    feed.stop()


def test_a_desk_that_comes_late_receives_what_it_was_asked():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    it = feed.alarm(kind="fire")["incident"]
    ayu.do("acknowledge", it)
    ayu.do("dispatch", it, agency="damkar")
    crew = Feed(feed, "damkar")
    asked = crew.event("dispatch.requested", incident=it, agency="damkar")
    check(not any(e["type"] == "dispatch.delivered" for e in ayu.events), "sent is not delivered")
    crew.send({"t": "got", "seq": asked["seq"] - 1})
    crew.send({"t": "got", "seq": asked["seq"]})
    crew.send({"t": "got", "seq": asked["seq"]})
    ayu.event("dispatch.delivered", incident=it, agency="damkar")
    crew.do("decline", it, note="Semua mobil di luar")
    declined = ayu.event("dispatch.declined", incident=it)
    check_eq(declined["data"].get("note"), "Semua mobil di luar", "why")
    delivered = [e for e in ayu.events if e["type"] == "dispatch.delivered"]
    check_eq(len(delivered), 1, "delivered once")
    feed.stop()


def is_turned_away(link):
    """Reads what is there: does the feed take no more?"""
    while link.data or select.select([link.socket], [], [], 0)[0]:
        frame = link.recv()
        if frame["t"] == "refused" and frame["code"] == "unavailable":
            return True
    return False


def test_what_a_desk_has_received_is_said_also_where_the_writer_had_no_time_for_it():
    feed = start_feed(limits={"session_burst": 20000})
    ayu, budi, crew = Feed(feed, "ayu"), Feed(feed, "budi"), Feed(feed, "damkar")
    it = feed.alarm(kind="fire")["incident"]
    ayu.do("acknowledge", it)
    ayu.do("dispatch", it, agency="damkar")
    asked = crew.event("dispatch.requested", incident=it, agency="damkar")
    # Something holds the log for a moment, and more comes in than may wait.
    holder = sqlite3.connect(feed.dir + "/log.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    number = 0
    while not is_turned_away(budi):
        for number in range(number, number + 100):
            budi.send({"t": "do", "id": str(uuid.uuid4()), "incident": it, "action": "note", "note": "%d" % number})
        check(number < 20000, "all of it is taken")
        feed.head()  # it has read them
    crew.send({"t": "got", "seq": asked["seq"]})
    crew.ask("note", it, note="sudah diterima")
    holder.execute("ROLLBACK")
    holder.close()
    ayu.event("dispatch.delivered", 25, incident=it, agency="damkar")
    feed.stop()


def test_a_desk_that_says_a_thousand_times_what_it_has_received_is_written_once():
    feed = start_feed(limits={"session_burst": 20000})
    ayu = Feed(feed, "ayu")
    it = feed.alarm(kind="fire")["incident"]
    ayu.do("acknowledge", it)
    ayu.do("dispatch", it, agency="damkar")
    post_many(feed, 300, "ramai")
    ayu.until_seq(feed.head())
    crew = Feed(feed, "damkar", after=0)
    # Nothing is written for a moment.
    holder = sqlite3.connect(feed.dir + "/log.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for seq in range(1, crew.seen + 1):
        crew.send({"t": "got", "seq": seq})
    crew.send({"t": "nothing"})
    crew.wait("refused")  # it has read them
    waiting = feed.metric("siaga_queue_depth")
    # And it goes, with its newest word not written.
    crew.close()
    eventually(lambda: feed.metric('siaga_sessions{role="agency"}') == 0, "it is gone")
    holder.execute("ROLLBACK")
    holder.close()
    check(waiting <= 2, "so many wait for the log:", waiting)
    ayu.event("dispatch.delivered", incident=it, agency="damkar")
    feed.stop()


def test_who_looked_for_two_seconds_has_seen_it_also_when_going_on_at_once():
    feed = start_feed()
    it = feed.alarm()["incident"]
    guest = Feed(feed, "tamu")
    desks = []
    for name in ("ayu", "budi", "sari"):
        desk = Feed(feed, name)
        desk.send({"t": "look", "open": it})
        desk.refused("invalid", "note", it)  # the feed has heard it
        begun = time.monotonic()
        desks.append((name, desk, begun))
        eventually(lambda begun=begun: time.monotonic() - begun >= 0.08, "the next one comes a little later")
    for name, desk, begun in desks:
        eventually(lambda begun=begun: time.monotonic() - begun >= 2.0, "two seconds")
        if name == "sari":
            desk.close()
        else:
            desk.send({"t": "look", "open": None})

    def have_seen():
        names = {e["by"]["name"] for e in guest.events if e["type"] == "incident.viewed"}
        return names == {"ayu", "budi", "sari"} or (guest.recv() and False)

    eventually(have_seen, "the log has that all three have seen it")
    feed.stop()


def test_a_console_that_follows_anew_sits_where_it_sat():
    feed = start_feed()
    budi = Feed(feed, "budi")
    tamu = Feed(feed, "tamu", position="TMC-1")
    budi.event("link.up")
    tamu.follow(position="TMC-9")
    tamu.wait("live")
    tamu.close()

    def left_from():
        gone = [e["by"] for e in budi.events if e["type"] == "link.down" and e["by"]["name"] == "tamu"]
        return gone or (budi.recv() and None)

    check_eq([by.get("position") for by in eventually(left_from, "it left")], ["TMC-1"], "where it came")
    feed.stop()


def test_a_desk_whose_token_is_revoked_is_offline_at_once_and_soon_gone():
    feed = start_feed(limits={"session_burst": 5000})
    ayu = Feed(feed, "ayu")
    it = feed.alarm(kind="fire")["incident"]
    ayu.do("acknowledge", it)
    crew = Feed(feed, "damkar", small=True)
    ayu.do("dispatch", it, agency="damkar")
    # It shows that it lives, and reads nothing.
    for _ in range(150):
        ayu.do("note", it, note="x" * 1500)
    begun = time.monotonic()
    check_eq(feed.admin("token", "revoke", "damkar")[0], 0, "revoke")
    ayu.wait("presence", lambda frame: frame["desks"]["damkar"] != "online" and "damkar" not in str(frame["who"]), 3)

    def is_gone():
        return any(e["type"] == "link.down" for e in ayu.events) or (ayu.recv() and False)

    eventually(is_gone, "its link is gone", 8)
    passed = time.monotonic() - begun
    figure("its link is gone after", "%.1f s" % passed, 8)
    check(passed < 8 * SLOW, "its link is gone after %.1f s" % passed)
    feed.stop()


run(globals())
