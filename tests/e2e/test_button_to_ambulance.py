"""From the button to the ambulance: two operators and a desk of the fire service, each at a real console."""

from siaga_test import GLADAG, Console, Feed, check, check_eq, eventually, run, start_feed


def test_from_the_button_to_the_ambulance():
    feed = start_feed()
    book = Feed(feed, "sari")
    ayu = Console(feed, "ayu", args=("--position", "TMC-1"))
    budi = Console(feed, "budi", args=("--position", "TMC-2"), cols=80, rows=24)
    crew = Console(feed, "damkar", cols=80, rows=24)
    consoles = (ayu, budi, crew)
    for console in consoles:
        console.wait("LIVE")
        console.bells()

    # The button.
    press = {
        "kind": "fire",
        "lat": GLADAG[0],
        "lon": GLADAG[1],
        "place": "Toko di Gladag",
        "note": "Api dari dapur",
        "caller": {"name": "Siti Aminah", "phone": "+62 812 3456 7890"},
    }
    got = feed.http("POST", "/v1/alarms", "app", press, key="press-1")
    check_eq(got.status, 201)
    again = feed.http("POST", "/v1/alarms", "app", press, key="press-1")
    check_eq((again.status, again.json), (201, got.json), "the second press")
    it = got.json["incident"]
    for console in (ayu, budi):
        console.wait("Toko di Gladag")
        eventually(lambda c=console: c.bells() > 0, "it rings")

    # One takes it; the other hears who was first.
    rev = book.event("incident.raised", incident=it)["rev"]
    ayu.keys("a").wait("ACK")
    budi.wait("ACK")
    taken = book.event("incident.acknowledged", incident=it)
    check_eq(taken["by"], {"name": "ayu", "position": "TMC-1"}, "taken by")
    late = Feed(feed, "budi")
    check("ayu" in late.refused("conflict", "acknowledge", it, if_rev=rev), "who was first")
    late.close()

    # Looked at through the nearest camera, and verified by it.
    ayu.keys("Enter").wait("Api dari dapur")
    check(ayu.has("Siti Aminah"), "the caller")
    check(ayu.has("Gladag"), "the nearest camera")
    ayu.keys("v").wait("Verified by which means?")
    ayu.keys("c")
    verified = book.event("incident.verified", incident=it)
    check_eq(verified["data"]["method"], "camera")
    check(verified["data"]["camera"], "which camera")
    budi.wait("VERIFIED")

    # Help is asked for; the desk has it on its screen before it says so.
    ayu.keys("F2").wait("SEND DAMKAR")
    ayu.answer("y")
    book.event("dispatch.requested", incident=it, agency="damkar")
    ayu.keys("F3").wait("SEND PSC119")
    ayu.answer("y")
    book.event("dispatch.requested", incident=it, agency="psc119")
    crew.wait("Toko di Gladag")
    check(not crew.has("Siti Aminah") and not crew.has("7890"), "a desk does not learn the caller")
    book.event("dispatch.delivered", incident=it, agency="damkar")
    for key, type_, seen in (
        ("a", "dispatch.accepted", "accepted"),
        ("w", "dispatch.en_route", "en route"),
        ("s", "dispatch.on_scene", "on scene"),
    ):
        crew.keys(key)
        book.event(type_, incident=it, agency="damkar")
        ayu.wait(seen)
    ayu.wait("ON SCENE")
    budi.wait("ON SCENE")
    state = feed.http("GET", "/v1/alarms/" + got.json["alarm"], "app").json
    check_eq([(a["agency"], a["state"]) for a in state["agencies"]], [("damkar", "on_scene")])

    # The fire is out; nothing is closed over the head of somebody who is still on the way.
    crew.keys("r")
    book.event("dispatch.cleared", incident=it, agency="damkar")
    ambulance = Feed(feed, "psc")
    for action in ("accept", "en_route", "on_scene", "clear"):
        ambulance.do(action, it)
    book.event("dispatch.cleared", incident=it, agency="psc119")
    ayu.keys("r")
    book.event("incident.resolved", incident=it)
    ayu.wait("RESOLVED")
    ayu.keys("K").wait("How did it end?")
    ayu.keys("f")
    closed = book.event("incident.closed", incident=it)
    check_eq(closed["data"]["disposition"], "fire_out")
    for console in (ayu, budi):
        console.wait("CLOSED")
    for console in consoles:
        console.quit()
        check(console.is_clean(), "the terminal is clean:", console.state())
    feed.stop()

    # And all of it can still be read when the feed is gone.
    alone = Console(args=("--offline",), state=ayu.state_dir)
    alone.wait("OFFLINE")
    alone.wait("Toko di Gladag")
    alone.keys(":1", "Enter")
    alone.wait("Api dari dapur")
    alone.quit()


run(globals())
