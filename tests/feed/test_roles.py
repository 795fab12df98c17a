"""Who may do what, and who is shown what: every role against every action and every endpoint, and every byte
that goes out to those who do not see all."""

import json
import os
import shutil
import sqlite3
import uuid

from siaga_test import DATA, Feed, Refused, check, check_eq, run, scope, start_feed

ROOM = {"operator", "supervisor"}
DESK = {"agency"}
# Which role may ask for which action: the rule as the manual has it, not as the program has it.
MAY = {
    "accept": ROOM | DESK,
    "acknowledge": ROOM,
    "camera_status": ROOM | {"trainer"},
    "camera_viewed": ROOM | DESK | {"observer"},
    "cancel": ROOM,
    "claim": ROOM,
    "clear": ROOM | DESK,
    "close": ROOM,
    "decline": ROOM | DESK,
    "dispatch": ROOM,
    "en_route": ROOM | DESK,
    "hold": ROOM,
    "merge": ROOM,
    "note": ROOM | DESK,
    "on_scene": ROOM | DESK,
    "reject": ROOM,
    "release": ROOM,
    "reopen": ROOM,
    "resolve": ROOM,
    "split": ROOM,
    "update": ROOM,
    "verify": ROOM,
}
# Words of the log that are nobody's to ask for by a console.
NOBODY = ("raise", "withdraw", "deliver", "expire", "registry_changed", "link_up", "link_down", "explode")
MEMBERS = {
    "camera_status": {"camera": "Gladag", "status": "stale"},
    "camera_viewed": {"camera": "Gladag"},
    "claim": {"note": "giliran saya"},
    "close": {"disposition": "handled"},
    "decline": {"note": "armada habis"},
    "hold": {"until": "2036-01-31T12:00:00Z"},
    "note": {"note": "catatan"},
    "reject": {"reason": "prank"},
    "update": {"priority": "P3"},
    "verify": {"method": "callback"},
}
# What has to be done before, so that the action itself is in order.
BEFORE = {
    "acknowledge": (),
    "cancel": ("acknowledge", "dispatch"),
    "claim": ("acknowledge",),
    "clear": ("acknowledge", "dispatch", "accept"),
    "en_route": ("acknowledge", "dispatch", "accept"),
    "hold": ("acknowledge",),
    "on_scene": ("acknowledge", "dispatch", "accept"),
    "reject": (),
    "reopen": ("acknowledge", "close"),
    "close": ("acknowledge",),
    "dispatch": ("acknowledge",),
    "merge": (),
    "release": ("acknowledge",),
    "resolve": ("acknowledge", "verify"),
    "split": ("merge",),
    "update": (),
    "verify": ("acknowledge",),
}
AGENCY = ("accept", "cancel", "clear", "decline", "dispatch", "en_route", "on_scene")
ROLES = ("operator", "supervisor", "observer", "agency", "trainer")


def start_all(**options):
    """A feed with a token of every role, named by it."""
    feed = start_feed(**options)
    for role in ("intake", *ROLES):
        feed.token(role, role, "damkar" if role == "agency" else None)
    feed.token("gone", "supervisor")
    check_eq(feed.admin("token", "revoke", "gone")[0], 0, "revoked")
    return feed


def members_of(action, incident, other):
    members = dict(MEMBERS.get(action, {}))
    if action in AGENCY:
        members["agency"] = "damkar"
    if action == "merge":
        members["into"] = other
    return members


def ready(feed, ayu, action):
    """An incident at which the action is in order, for any role that may ask for it: the desk of damkar was
    sent to it wherever that can be."""
    it, other = feed.alarm(kind="fire")["incident"], feed.alarm(kind="fire")["incident"]
    for step in BEFORE.get(action, ("acknowledge", "dispatch")):
        ayu.do(step, it, **members_of(step, it, other))
    return it, other


def seen(feed, ayu):
    """Up to here the one who sees all has seen it."""
    head = feed.head()
    ayu.until_seq(head)
    return head


def asked_for(feed, ayu, head):
    """What came into the log behind `head`, but for who comes and goes, which nobody asks for."""
    seen(feed, ayu)
    return [event["type"] for event in ayu.events
            if event["seq"] > head and not event["type"].startswith("link.") and event["type"] != "incident.viewed"]


def test_every_role_against_every_action():
    feed = start_all(limits={"session_burst": 5000})
    desks = {role: Feed(feed, role) for role in ROLES}
    ayu = Feed(feed, "ayu")
    done, status = 0, "ok"
    for action, roles in MAY.items():
        for role in ROLES:
            it, other = ready(feed, ayu, action)
            head = seen(feed, ayu)
            rev = ayu.revs[it]
            members = members_of(action, it, other)
            if action in ("acknowledge", "verify", "reject", "merge", "split", "resolve", "close", "reopen"):
                members["if_rev"] = rev
            if action == "camera_status":
                # Asked for what is so already nothing is done, and nobody can tell the two apart.
                members["status"] = status = "down" if status == "stale" else "stale"
            got = desks[role].ask(action, None if action == "camera_status" else it, **members)
            what = "%s asks for %s: %r" % (role, action, got)
            if role in roles:
                check_eq(got["t"], "done", what)
                check(asked_for(feed, ayu, head), "it is in the log:", what)
                done += 1
            else:
                check_eq((got["t"], got.get("code")), ("refused", "forbidden"), what)
                check_eq(asked_for(feed, ayu, head), [], "nothing is in the log: " + what)
    check_eq(done, sum(len(roles) for roles in MAY.values()), "pairs that may")
    feed.stop()


def test_what_no_console_may_ask_for():
    feed = start_all()
    it = feed.alarm()["incident"]
    ayu = Feed(feed, "ayu")
    for role in ROLES:
        desk = Feed(feed, role)
        head = seen(feed, ayu)
        for action in NOBODY:
            got = desk.ask(action, it)
            check_eq(got["t"], "refused", "%s asks for %s" % (role, action))
            check(got["code"] in ("invalid", "forbidden"), got)
        check_eq(asked_for(feed, ayu, head), [], "nothing of it is in the log")
        desk.close()
    feed.stop()


def follow_status(feed, token):
    try:
        Feed(feed, token, follow=False).close()
        return 101
    except Refused as refused:
        return refused.status


def test_every_role_against_every_endpoint():
    feed = start_all()
    alarm = feed.alarm()["alarm"]
    body = {"lat": -7.57, "lon": 110.83}
    nobody = (None, "gone", "siaga_" + "x" * 43, "Bearer", "'; DROP TABLE token; --")
    wants = (
        ("POST", "/v1/alarms", body, {"intake": 201}, 403),
        ("POST", "/v1/alarms/%s/updates" % alarm, {"note": "x"}, {"intake": 200}, 403),
        ("GET", "/v1/alarms/%s" % alarm, None, {"intake": 200}, 403),
        ("POST", "/v1/alarms/%s/cancel" % alarm, {}, {"intake": 200}, 403),
    )
    for method, path, sent, right, other in wants:
        for role in ("intake", *ROLES):
            head = feed.head()
            got = feed.http(method, path, role, sent).status
            check_eq(got, right.get(role, other), "%s %s as %s" % (method, path, role))
            check_eq(feed.head() > head, method == "POST" and got < 300, "in the log")
        for token in nobody:
            head = feed.head()
            check_eq(feed.http(method, path, token, sent).status, 401, "%s %s as %r" % (method, path, token))
            check_eq(feed.head(), head, "nothing in the log")
    check_eq(follow_status(feed, "intake"), 403, "an app does not follow")
    for role in ROLES:
        check_eq(follow_status(feed, role), 101, role)
    for token in ("", *nobody[1:]):
        check_eq(follow_status(feed, token), 401, "who is nobody does not follow: %r" % token)
    for path in ("/healthz", "/metrics"):
        for token in ("intake", *ROLES, *nobody[:3]):
            check_eq(feed.http("GET", path, token).status, 200, path + " on this machine")
    feed.stop()


# --- what goes out ---

NAME, PHONE = "Wiryo Sudarmo", "+62 812 5550 1234"
# As it may be written in a note.
TRACES = ("wiryo", "sudarmo", "0812-5550-1234", "081255501234", "(0812) 5550 1234")


def heard(desk):
    """Every byte that this console got, but for the registry."""
    return json.dumps([frame for frame in desk.frames if frame["t"] != "registry"]).lower()


def a_life(feed, ayu, kind="fire", agency="damkar"):
    """An incident from the press to the end, with the caller's name and number wherever somebody may have
    typed them."""
    it = feed.alarm(kind=kind, note="Saya Wiryo, telepon 0812-5550-1234",
                    caller={"name": NAME, "phone": PHONE})["incident"]
    ayu.do("acknowledge", it)
    ayu.do("note", it, note="pak sudarmo minta dihubungi lagi di 081255501234")
    ayu.do("verify", it, method="callback", note="WIRYO membenarkan, (0812) 5550 1234")
    ayu.do("dispatch", it, agency=agency, note="temui Wiryo")
    ayu.do("update", it, place="Pasar Gede", note="Wiryo pindah")
    ayu.do("note", it, note="pukul 14.30 dua mobil, nomor 17")
    return it


def test_observers_trainers_and_desks_do_not_learn_the_caller():
    feed = start_all()
    live = {role: Feed(feed, role) for role in ROLES}
    ayu = Feed(feed, "ayu")
    it = a_life(feed, ayu)
    head = feed.head()
    late = {role: Feed(feed, role) for role in ROLES}
    again = {role: Feed(feed, role, after=0) for role in ROLES}
    for way in (live, late, again):
        for role, desk in way.items():
            if way is live:
                desk.until_seq(head, 15)
            text = heard(desk)
            check(it in text and "pasar gede" in text, role, "was told of it at all")
            check("pukul 14.30 dua mobil, nomor 17" in text, role, "gets notes as they are otherwise")
            found = [trace for trace in TRACES if trace in text]
            if role in ROOM:
                check_eq(found, list(TRACES), role + " has to see who called")
            else:
                check_eq(found, [], role + " is not shown who called")
            check_eq("+62 812 5550 1234" in text, role in ROOM, role + " and the number")
    feed.stop()


def test_who_comes_back_with_others_is_told_what_it_may_see_and_not_what_they_may():
    """Those of one kind who are at one place in the log are sent the same bytes; it is long enough for some."""
    feed = start_all()
    for number in range(250):
        feed.alarm(caller={"name": "Wiryo", "phone": "+62 812 5550 1234"}, note="Wiryo menelepon, " + "lagi " * 20)
    head = feed.head()
    for order in (ROLES, ROLES[::-1]):
        feed.restart()
        for role in order * 2:
            desk = Feed(feed, role, after=0)
            desk.until_seq(head, 15)
            shown = [event for event in desk.events if event["seq"] <= head and "wiryo" in json.dumps(event).lower()]
            check_eq(len(shown), 250 if role in ROOM else 0, role)
            desk.close()
    feed.stop()


def test_a_plan_shows_the_caller_to_whom_it_names():
    folder = os.path.join(scope.folder(), "registry")
    feed = start_all()
    shutil.copytree(DATA, folder)
    with open(os.path.join(folder, "plans.csv"), "w", encoding="ascii") as file:
        file.write("kind,priority,agencies,dispatch_first,caller\n"
                   "medical,*,psc119,no,psc119\n"
                   "flood,*,bpbd,no,observers\n"
                   "fire,*,damkar psc119,yes,\n")
    feed.load_registry(folder)
    ayu, crew, other = Feed(feed, "ayu"), Feed(feed, "psc"), Feed(feed, "damkar")
    guest = Feed(feed, "observer")
    it = a_life(feed, ayu, kind="medical", agency="psc119")
    ayu.do("dispatch", it, agency="damkar")
    crew.event("incident.updated", incident=it)
    raised = [e for e in crew.events if e["type"] == "incident.raised" and e["incident"] == it]
    check_eq(raised[0]["data"]["alarm"]["caller"], {"name": NAME, "phone": PHONE}, "the ambulance may ring back")
    asked = crew.event("dispatch.requested", incident=it)
    check_eq(asked["data"].get("caller"), True, "and the log says that it was shown")
    for after in (None, 0):
        again = Feed(feed, "psc", after=after)
        check("wiryo sudarmo" in heard(again), "also later, follow after", after)
        again.close()
    other.event("dispatch.requested", incident=it, agency="damkar")
    guest.until_seq(feed.head())
    for desk in (other, guest):
        check_eq([t for t in TRACES if t in heard(desk)], [], "nobody else is shown the caller")
    # The same agency at an incident whose plan does not name it.
    fire = feed.alarm(kind="fire", caller={"name": "Sumarni", "phone": "+62 811 4440 9876"})["incident"]
    ayu.do("acknowledge", fire)
    ayu.do("dispatch", fire, agency="psc119")
    crew.event("dispatch.requested", incident=fire)
    check("sumarni" not in heard(crew) and "4440 9876" not in heard(crew), "that plan does not")
    flood = feed.alarm(kind="flood", caller={"name": "Tugimin", "phone": "+62 811 3330 5432"})["incident"]
    guest.event("incident.raised", incident=flood)
    check("tugimin" in heard(guest), "observers, where the plan says so")
    feed.restart()
    for name, word, want in (("psc", "wiryo sudarmo", True), ("psc", "sumarni", False), ("damkar", "wiryo", False)):
        again = Feed(feed, name, after=0)
        again.until_seq(feed.head())
        check_eq(word in heard(again), want, "%s and %s after a restart" % (name, word))
    feed.stop()


def own(desk, agency):
    """The incidents and agencies that this desk was told of."""
    its = {event["incident"] for event in desk.events if event.get("incident")}
    agencies = {event["data"]["agency"] for event in desk.events if event["type"].startswith("dispatch.")}
    check(agencies <= {agency}, "dispatches of others:", agencies)
    return its


def test_a_desk_sees_its_own_dispatches_only():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    before = Feed(feed, "psc")
    both = feed.alarm(kind="fire", place="Pasar Legi", note="asap tebal")["incident"]
    fire = feed.alarm(kind="fire", place="Pasar Gede")["incident"]
    alone = feed.alarm(kind="crime", place="Jebres")["incident"]
    for it in (both, fire, alone):
        ayu.do("acknowledge", it)
        ayu.do("note", it, note="dilihat")
        ayu.send({"t": "look", "open": it})
    for agency in ("damkar", "polresta", "psc119"):
        ayu.do("dispatch", both, agency=agency)
    ayu.do("dispatch", fire, agency="damkar")
    crew = Feed(feed, "damkar")
    crew.do("accept", both)
    crew.do("note", both, note="hidran terdekat?")
    ayu.do("note", fire, note="hanya damkar")
    ayu.do("note", alone, note="hanya ruang kendali")
    head = feed.head()
    late, again, resumed = Feed(feed, "psc"), Feed(feed, "psc", after=0), Feed(feed, "psc", after=6)
    for desk in (before, late, again, resumed):
        desk.until_seq(head, 15)
        check_eq(own(desk, "psc119"), {both}, "incidents")
        text = heard(desk)
        for word in ("pasar gede", "jebres", "hanya damkar", "hanya ruang kendali", fire, alone):
            check(word not in text, "is no business of this desk:", word)
        for word in ("pasar legi", "asap tebal", "dilihat", "hidran terdekat?"):
            check(word in text, "belongs to its incident:", word)
        kinds = [event["type"] for event in desk.events if event.get("incident") == both]
        check_eq(kinds, ["incident.raised", "incident.acknowledged", "incident.noted", "dispatch.requested",
                         "incident.noted"], "what happened, in order")
    check_eq(own(crew, "damkar"), {both, fire}, "the fire service's")
    # What it was not sent to it cannot touch, and is not told of.
    check_eq(before.ask("note", alone, note="halo")["t"], "refused", "not its own")
    feed.stop()


def test_a_desk_is_told_each_thing_once_wherever_it_was_cut():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    its = []
    for number in range(6):
        it = feed.alarm(kind="fire", note="no %d" % number)["incident"]
        ayu.do("acknowledge", it)
        ayu.do("note", it, note="n %d" % number)
        if number % 2:
            ayu.do("dispatch", it, agency="damkar")
            ayu.do("note", it, note="m %d" % number)
            its.append(it)
    head = feed.head()
    whole = None
    for after in range(0, head + 1):
        crew = Feed(feed, "damkar", after=after, follow=False)
        crew.follow(after)
        crew.wait("live")
        crew.until_seq(head)
        crew.close()
        got = [e["seq"] for e in crew.events if e.get("incident")]
        check_eq(len(got), len(set(got)), "each once, after %d" % after)
        check(crew.seen >= head, "and it knows that it has all")
        if after == 0:
            whole = got
            check_eq({e["incident"] for e in crew.events if e.get("incident")}, set(its), "incidents")
        new = [seq for seq in whole if seq > after]
        check(set(new) <= set(got), "nothing of what came after %d misses" % after)
        opened = {e["seq"] for e in crew.events if e.get("open")}
        check_eq(sorted(set(got) - opened), [seq for seq in got if seq > after and seq not in opened], "the rest")
    feed.stop()


def told_of(desk, *incidents):
    """What the feed tells of these when it is asked for all of them at once."""
    for incident in incidents:
        desk.send({"t": "tell", "incident": incident})
    return desk.wait("events", lambda frame: frame.get("past"))["events"]


def test_a_console_that_lacks_an_incident_is_told_of_it_within_its_role():
    feed = start_all()
    ayu = Feed(feed, "ayu")
    it = a_life(feed, ayu)
    alone = feed.alarm(kind="crime", place="Jebres")["incident"]
    ayu.do("cancel", it, agency="damkar")
    for incident in (alone, it):
        ayu.do("reject" if incident == alone else "close", incident, reason="prank", disposition="fire_out")
    for role in ROLES:
        desk = Feed(feed, role)
        check_eq(desk.events, [], "nothing is open")
        # What there is not is answered by nothing, and so is what is none of this desk's.
        told = told_of(desk, str(uuid.uuid4()), *((alone,) if role == "agency" else ()), it)
        check_eq({event["incident"] for event in told}, {it}, "the one that it asked for")
        check_eq(told[0]["type"], "incident.raised", "from its beginning")
        check("incident.closed" in [event["type"] for event in told], "to its end")
        text = json.dumps(told).lower()
        check_eq([t for t in TRACES if t in text], list(TRACES) if role in ROOM else [], role + " and the caller")
        if role != "agency":
            kinds = [event["type"] for event in told_of(desk, alone) if event["type"] != "incident.viewed"]
            check_eq(kinds, ["incident.raised", "incident.rejected"], role)
        # And after it as ever.
        ayu.do("note", it, note="sesudah " + role)
        desk.event("incident.noted", incident=it, note="sesudah " + role)
        desk.close()
    feed.stop()


def test_who_asks_for_what_has_ended_has_seen_it():
    feed = start_all()
    ayu = Feed(feed, "ayu")
    old, alone, still = (feed.alarm(kind="fire", note="no %d" % number)["incident"] for number in range(3))
    ayu.do("acknowledge", old)
    ayu.do("dispatch", old, agency="damkar")
    ayu.do("cancel", old, agency="damkar")
    ayu.do("close", old, disposition="fire_out")
    ayu.do("reject", alone, reason="prank")
    want = set()
    for role in ROLES:
        desk = Feed(feed, role)
        want.add((role, old))
        told_of(desk, old)
        told_of(desk, old, still) if role != "agency" else told_of(desk, old)  # and again is no new look
        if role == "agency":
            desk.send({"t": "tell", "incident": alone})  # which is none of its business
            desk.ask("note", old, note="itu saja")
        desk.close()
    while sum(event["type"] == "link.down" for event in ayu.events) < len(ROLES):
        ayu.recv()
    seen_by = [(e["by"]["name"], e["incident"]) for e in ayu.events if e["type"] == "incident.viewed"]
    check_eq((len(seen_by), set(seen_by)), (len(want), want), "who has seen what")
    status, out, _ = feed.admin("who", "--since", "1d")
    check_eq((status, out.count("  opened  ")), (0, len(ROLES)), "siagad who tells it\n" + out)
    feed.stop()


def test_what_cannot_be_told_is_refused():
    feed = start_feed()
    desk = Feed(feed, "ayu", follow=False)
    desk.wait("welcome")
    desk.send({"t": "tell", "incident": str(uuid.uuid4())})
    check_eq(desk.wait("refused")["code"], "invalid", "before it follows")
    desk.follow()
    desk.wait("live")
    for wrong in ({}, {"incident": 7}, {"incident": "7"}):
        desk.send(dict(wrong, t="tell"))
        check_eq(desk.wait("refused")["code"], "invalid", wrong)
    feed.stop()


def test_who_asks_for_more_than_can_wait_is_told_so():
    feed = start_feed(limits={"session_burst": 2000})
    it = feed.alarm(note="x" * 2000)["incident"]
    ayu = Feed(feed, "ayu")
    for _ in range(100):
        ayu.do("note", it, note="catatan " * 200)
    slow = Feed(feed, "budi", small=True)
    for _ in range(400):
        slow.send({"t": "tell", "incident": it})
    # Meanwhile nobody waits for it.
    ayu.do("note", it, note="lanjut")
    check_eq(slow.wait("refused", seconds=30)["code"], "too_many", "and it asks again later")
    feed.stop()


def test_who_comes_and_goes_at_an_agency_is_told_to_that_agency_and_the_room():
    feed = start_all()
    feed.token("damkar-2", "agency", "damkar")
    desks = {name: Feed(feed, name) for name in (*ROLES, "psc")}  # that of "agency" is the fire service's
    crew = Feed(feed, "damkar-2", position="Pos 2")
    while not any(e["by"]["name"] == "damkar-2" for e in desks["operator"].events):
        desks["operator"].recv()
    crew.close()
    gone = desks["operator"].event("link.down", agency="damkar")["seq"]
    late = {name: Feed(feed, name, after=0) for name in (*ROLES, "psc")}
    for way in (desks, late):
        for name, desk in way.items():
            desk.until_seq(gone)
            told = {(e["type"], e["by"]["name"]) for e in desk.events
                    if e["type"].startswith("link.") and e["by"]["name"] == "damkar-2"}
            want = {("link.up", "damkar-2"), ("link.down", "damkar-2")}
            check_eq(told, set() if name == "psc" else want, name)
            check_eq("pos 2" in heard(desk), name != "psc", name + " and where")
    feed.stop()
    # As an older siaga has written it.
    log = sqlite3.connect(os.path.join(feed.dir, "log.db"), isolation_level=None)
    log.execute("UPDATE event SET audience = '*' WHERE type LIKE 'link.%'")
    log.close()
    feed.start()
    again = Feed(feed, "psc", after=0)
    again.until_seq(gone)
    check("damkar-2" not in heard(again), "of what is in the log already, no more")
    feed.stop()


def test_an_observer_writes_nothing_beside_the_camera():
    feed = start_all()
    ayu, guest = Feed(feed, "ayu"), Feed(feed, "observer")
    it = feed.alarm()["incident"]
    head = seen(feed, ayu)
    got = guest.ask("camera_viewed", it, camera="Gladag", note="halo semua")
    check_eq((got["t"], got.get("code"), got.get("message")), ("refused", "forbidden", "note: not for your role"), got)
    check_eq(asked_for(feed, ayu, head), [], "nothing is in the log")
    guest.do("camera_viewed", it, camera="Gladag")
    check("note" not in ayu.event("camera.viewed", incident=it)["data"], "the look alone")
    ayu.do("camera_viewed", it, camera="Gladag", note="asap terlihat")
    guest.event("camera.viewed", incident=it, note="asap terlihat")
    feed.stop()


def test_presence_tells_a_desk_of_its_own_agency():
    feed = start_feed()
    ayu = Feed(feed, "ayu", position="TMC-1")
    it = feed.alarm(kind="fire")["incident"]
    crew = Feed(feed, "damkar", position="Pos 1")
    feed.token("damkar-2", "agency", "damkar")
    second = Feed(feed, "damkar-2", position="Pos 2")
    ayu.send({"t": "look", "open": it})
    ayu.wait("presence", lambda frame: any(who.get("open") == it for who in frame["who"]))
    frame = crew.wait("presence", lambda frame: len(frame["who"]) == 2)
    check_eq(sorted(who["name"] for who in frame["who"]), ["damkar", "damkar-2"], "who is there")
    check_eq(frame["desks"]["damkar"], "online", "desks are told to everybody")
    check(it not in heard(crew) + heard(second), "nor what others look at")
    feed.stop()


def test_a_registry_that_shows_the_caller_to_nobody_known_is_refused():
    feed = start_feed()
    folder = os.path.join(scope.folder(), "registry")
    shutil.copytree(DATA, folder)
    plans = os.path.join(folder, "plans.csv")
    for cell, what in (("hantu", "plans.csv:2: caller: no agency hantu in agencies.csv"),
                       ("psc119 psc119", "plans.csv:2: caller: psc119 twice")):
        with open(plans, "w", encoding="ascii") as file:
            file.write("kind,priority,agencies,dispatch_first,caller\nmedical,*,psc119,no,%s\n" % cell)
        status, _, errors = feed.admin("registry", "load", folder)
        check_eq(status, 1, cell)
        check(what in errors, errors)
    with open(plans, "w", encoding="ascii") as file:
        file.write("kind,priority,agencies,dispatch_first\nmedical,*,psc119,no\n")
    feed.load_registry(folder)
    feed.stop()


run(globals())
