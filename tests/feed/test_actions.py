"""What operators and desks ask of the feed: the whole way of an incident, who may do what, who was first."""

import os
import sqlite3
import uuid

from siaga_test import Feed, Refused, check, check_eq, run, start_feed


def test_the_whole_way_of_an_incident():
    feed = start_feed()
    ayu, budi = Feed(feed, "ayu", position="TMC-1"), Feed(feed, "budi", position="TMC-2")
    crew = Feed(feed, "damkar")
    raised = feed.alarm(kind="fire", note="Api di dapur")
    it = raised["incident"]
    rev = budi.event("incident.raised", incident=it)["rev"]
    ayu.do("acknowledge", it, if_rev=rev)
    event = budi.event("incident.acknowledged", incident=it)
    check_eq(event["by"], {"name": "ayu", "position": "TMC-1"}, "by")
    message = budi.refused("conflict", "acknowledge", it, if_rev=rev)
    check("ayu" in message, "a conflict says who was first:", message)
    ayu.do("verify", it, method="camera", camera="Gladag")
    seq = ayu.do("dispatch", it, agency="damkar")
    ayu.do("dispatch", it, agency="psc119")
    crew.event("dispatch.requested", agency="damkar")
    crew.send({"t": "got", "seq": seq})
    for desk in (ayu, budi):
        desk.event("dispatch.delivered", agency="damkar")
    for action, type_ in (
        ("accept", "dispatch.accepted"),
        ("en_route", "dispatch.en_route"),
        ("on_scene", "dispatch.on_scene"),
        ("clear", "dispatch.cleared"),
    ):
        crew.do(action, it)
        for desk in (ayu, budi):
            desk.event(type_, agency="damkar", incident=it)
    message = ayu.refused("state", "close", it, disposition="fire_out")
    check("psc119" in message, "who is still on it:", message)
    ayu.do("cancel", it, agency="psc119")
    ayu.do("resolve", it)
    ayu.do("close", it, disposition="fire_out")
    check_eq(budi.event("incident.closed", incident=it)["data"]["disposition"], "fire_out")
    for desk in (ayu, budi):
        desk.until_seq(feed.head())
    seen = [[e["type"] for e in desk.events if e.get("incident") == it] for desk in (ayu, budi)]
    check_eq(seen[0], seen[1], "both saw the same")
    feed.stop()


def test_an_action_twice_is_done_once():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    it = feed.alarm()["incident"]
    same = str(uuid.uuid4())
    first = ayu.ask("note", it, id_=same, note="Telepon balik")
    deeds = feed.deeds()
    again = Feed(feed, "ayu").ask("note", it, id_=same, note="Telepon balik")
    check_eq((again["t"], again["seq"]), ("done", first["seq"]), "answer")
    check_eq(feed.deeds(), deeds, "what the log holds")
    feed.restart()
    again = Feed(feed, "ayu").ask("note", it, id_=same, note="Telepon balik")
    check_eq((again["t"], again["seq"]), ("done", first["seq"]), "answer after a restart")
    check_eq(feed.deeds(), deeds, "what the log holds after a restart")
    feed.stop()


def test_additive_actions_never_conflict():
    feed = start_feed()
    ayu, budi = Feed(feed, "ayu"), Feed(feed, "budi")
    it = feed.alarm(kind="fire")["incident"]
    rev = budi.event("incident.raised", incident=it)["rev"]
    ayu.do("acknowledge", it, if_rev=rev)
    budi.do("note", it, if_rev=rev, note="Saya lihat asap")
    budi.do("dispatch", it, if_rev=rev, agency="damkar")
    feed.stop()


def test_who_may_do_what():
    feed = start_feed()
    it = feed.alarm(kind="fire")["incident"]
    guest = Feed(feed, "tamu")
    crew, ambulance, ayu = Feed(feed, "damkar"), Feed(feed, "psc"), Feed(feed, "ayu")
    for action, members in (
        ("acknowledge", {}),
        ("note", {"note": "x"}),
        ("dispatch", {"agency": "damkar"}),
        ("close", {"disposition": "test"}),
    ):
        guest.refused("forbidden", action, it, **members)
    crew.refused("forbidden", "acknowledge", it)
    crew.refused("forbidden", "dispatch", it, agency="damkar")
    ayu.do("acknowledge", it)
    ayu.do("dispatch", it, agency="damkar")
    got = ambulance.ask("accept", it, agency="damkar")
    check_eq(got["t"], "refused", "another agency's dispatch")
    ayu.do("note", it, note="selesai")
    wanted = ["incident.raised", "incident.acknowledged", "dispatch.requested", "incident.noted"]
    ayu.until_seq(feed.head())
    taken = [event["type"] for event in ayu.events if event.get("incident") == it]
    check_eq(taken, wanted, "nothing but the operator's was taken")
    feed.stop()


BAD_ACTIONS = (
    ("invalid", "method", {"action": "verify"}),
    ("invalid", "method", {"action": "verify", "method": "dream"}),
    ("unknown", "camera", {"action": "verify", "method": "camera", "camera": "Nirwana"}),
    ("invalid", "reason", {"action": "reject"}),
    ("invalid", "disposition", {"action": "close", "disposition": "whatever"}),
    ("unknown", "agency", {"action": "dispatch", "agency": "ghostbusters"}),
    ("invalid", "agency", {"action": "dispatch"}),
    ("invalid", "action", {"action": "explode"}),
    ("invalid", "action", {"action": "raise"}),
    ("invalid", "action", {"action": "link_up"}),
    ("invalid", "if_rev", {"action": "resolve", "if_rev": "seven"}),
    ("invalid", "note", {"action": "note", "note": "x" * 2001}),
    ("invalid", "incident", {"action": "note", "note": "x", "incident": "'; DROP TABLE"}),
    ("unknown", "incident", {"action": "note", "note": "x", "incident": str(uuid.uuid4())}),
    ("invalid", "into", {"action": "merge", "into": 4}),
    ("unknown", "into", {"action": "merge", "into": str(uuid.uuid4())}),
)


def test_bad_actions_are_refused_with_the_field():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    it = feed.alarm()["incident"]
    ayu.do("acknowledge", it)
    head = feed.head()
    for code, member, members in BAD_ACTIONS:
        asked = dict({"incident": it}, **members)
        message = ayu.refused(code, **asked)
        check(message.startswith(member) or member == "incident", members, message)
        check_eq(feed.head(), head, "head after %r" % members)
    ayu.do("note", it, note="masih tersambung")
    feed.stop()


def test_bad_frames_are_skipped_and_a_flood_of_them_ends_the_link():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    it = feed.alarm()["incident"]
    for frame in ("", "{", "[]", "7", '{"t": 7}', '{"t": "dance"}', '{"t":"do"}', '{"t":"got","seq":-1}'):
        ayu.send(frame)
    ayu.do("note", it, note="masih tersambung")
    for _ in range(40):
        try:
            ayu.send('{"t": "dance"}')
        except OSError:
            break
    ayu.closed()
    check("bye" in [frame["t"] for frame in ayu.frames], "the feed says why it ends the link")
    check_eq(feed.http("GET", "/healthz").status, 200, "and lives on")
    feed.stop()


def test_who_may_follow():
    feed = start_feed()
    for token, status in (("", 401), ("x" * 43, 401), ("app", 403)):
        try:
            Feed(feed, token, follow=False)
            check(False, "let in:", token)
        except Refused as refused:
            check_eq(refused.status, status, token)
    feed.stop()


def test_an_oversized_message_ends_only_its_own_link():
    feed = start_feed()
    ayu, budi = Feed(feed, "ayu"), Feed(feed, "budi")
    try:
        ayu.send({"t": "do", "note": "x" * 3000000})
    except OSError:
        pass
    ayu.closed()
    it = feed.alarm()["incident"]
    budi.event("incident.raised", incident=it)
    feed.stop()


def test_a_console_resumes_where_it_was():
    feed = start_feed()
    its = [feed.alarm(note="no %d" % i)["incident"] for i in range(30)]
    whole = Feed(feed, "ayu", after=0)
    head = feed.head()
    whole.until_seq(head)
    check_eq([e["seq"] for e in whole.events], list(range(1, head + 1)), "from the start")
    part = Feed(feed, "budi", after=head - 3)
    part.until_seq(head)
    check_eq([e["seq"] for e in part.events if e["seq"] <= head], [head - 2, head - 1, head])
    whole.do("acknowledge", its[0])
    whole.do("reject", its[0], reason="prank")
    opened = Feed(feed, "sari")
    there = {e.get("incident") for e in opened.events}
    check(its[0] not in there and set(its[1:]) <= there, "without `after`: what is open")
    feed.stop()


def test_merged_alarms_come_apart_again():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    one, two = feed.alarm(kind="fire")["incident"], feed.alarm(kind="fire")["incident"]
    ayu.do("merge", two, into=one)
    added = ayu.event("incident.alarm_added", incident=one)
    check_eq(added["data"].get("from"), two, "where the alarm came from")
    ayu.do("split", two)
    ayu.event("incident.split", incident=two)
    ayu.do("acknowledge", two)
    feed.stop()


def merge_twice(feed):
    """Three reports of one fire, the first merged into the second and that into the third."""
    ayu = Feed(feed, "ayu")
    first, second, third = (feed.alarm(kind="fire") for _ in range(3))
    ayu.do("merge", first["incident"], into=second["incident"])
    ayu.do("merge", second["incident"], into=third["incident"])
    return ayu, first, second, third


def test_what_a_caller_says_later_goes_where_the_alarm_is_now():
    feed = start_feed()
    ayu, first, second, third = merge_twice(feed)
    ayu.do("acknowledge", third["incident"])
    for turn in ("from memory", "from the log"):
        for alarm in (first, second):
            path = "/v1/alarms/" + alarm["alarm"]
            note = "Api ke atap, %s %s" % (turn, alarm["number"])
            got = feed.http("POST", path + "/updates", "app", {"note": note})
            check_eq(got.status, 200, got.body)
            check_eq(ayu.event("incident.updated", note=note)["incident"], third["incident"], "update " + turn)
            check_eq(feed.http("GET", path, "app").json["state"], "acknowledged", "the caller is told")
        ayu.close()
        feed.restart()
        ayu = Feed(feed, "ayu", after=0)
    path = "/v1/alarms/" + first["alarm"]
    check_eq(feed.http("POST", path + "/cancel", "app", {"note": "Sudah padam"}).status, 200, "cancel")
    check_eq(ayu.event("incident.updated", note="Sudah padam")["incident"], third["incident"], "cancel")
    # Each step back is a step back for what the caller says, too.
    ayu.do("split", second["incident"])
    feed.http("POST", path + "/updates", "app", {"note": "Bau gas"})
    check_eq(ayu.event("incident.updated", note="Bau gas")["incident"], second["incident"], "after a split")
    feed.stop()


def test_a_log_whose_merges_go_round_in_a_circle_holds_nobody_up():
    feed = start_feed()
    _, first, second, third = merge_twice(feed)
    feed.stop()
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    db.execute("UPDATE event SET body = replace(body, ?, ?) WHERE type = 'incident.merged' AND incident = ?",
               (third["incident"], first["incident"], second["incident"]))
    db.commit()
    db.close()
    feed.start()
    path = "/v1/alarms/" + first["alarm"]
    check_eq(feed.http("POST", path + "/updates", "app", {"note": "Halo"}).status, 200, "an update")
    check_eq(feed.http("GET", path, "app").json["state"], "duplicate", "what it is")
    feed.alarm()
    feed.stop()


def test_desks_are_told_apart():
    feed = start_feed()
    ayu = Feed(feed, "ayu", position="TMC-1")

    def state(name):
        return lambda frame: frame["desks"].get("damkar") == name

    crew = Feed(feed, "damkar")
    seen = ayu.wait("presence", state("online"))
    check_eq(seen["desks"].get("pmi"), "phone", "a desk that is reached by phone")
    check(any(who["name"] == "ayu" and who["position"] == "TMC-1" for who in seen["who"]), seen)
    crew.close()
    ayu.wait("presence", state("offline"))
    feed.stop()


def test_a_link_that_does_not_follow_is_nobody_at_a_desk():
    feed = start_feed()
    crew = Feed(feed, "damkar", follow=False)
    crew.wait("welcome")
    budi = Feed(feed, "budi")
    seen = [frame for frame in budi.frames if frame["t"] == "presence"][-1]
    check_eq(seen["desks"].get("damkar"), "offline", "the desk while nobody follows")
    check_eq([who["name"] for who in seen["who"]], ["budi"], "who is there")
    crew.close()
    feed.alarm()
    budi.until_seq(feed.head())
    check_eq([event for event in budi.events if event["by"]["name"] == "damkar"], [], "what the log says of it")
    check("incident.raised" in [event["type"] for event in budi.events], budi.events)
    feed.stop()


def test_mode_is_in_the_welcome_and_in_every_event():
    feed = start_feed(mode="exercise")
    it = feed.alarm()["incident"]
    ayu = Feed(feed, "ayu", after=0)
    check_eq(ayu.event("incident.raised", incident=it).get("mode"), "exercise")
    check_eq(ayu.welcome.get("mode"), "exercise")
    feed.stop()


def test_sigterm_says_goodbye():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    feed.alarm()
    feed.stop()
    ayu.closed()
    check_eq([f["t"] for f in ayu.frames if f["t"] == "bye"], ["bye"], "bye")


run(globals())
