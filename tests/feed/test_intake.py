"""The door by which alarms come in: HTTP statuses, what they say, and that nothing is half taken."""

import json
import os
import socket
import uuid

from siaga_test import BALAI_KOTA, DATA, Feed, Siagad, check, check_eq, run, scope, start_feed

GOOD = {"lat": BALAI_KOTA[0], "lon": BALAI_KOTA[1]}


def test_alarm_is_confirmed_with_its_place_in_the_log():
    feed = start_feed()
    got = feed.http("POST", "/v1/alarms", "app", dict(GOOD, kind="fire", note="Asap tebal"))
    check_eq(got.status, 201)
    check(got.headers.get("content-type", got.headers.get("Content-Type", "")).startswith("application/json"))
    check_eq(sorted(got.json), ["alarm", "incident", "number", "seq"])
    uuid.UUID(got.json["alarm"])
    uuid.UUID(got.json["incident"])
    check_eq(got.json["number"], 1)
    check_eq(feed.head(), got.json["seq"], "head")
    desk = Feed(feed, "ayu", after=0)
    event = desk.event("incident.raised", incident=got.json["incident"])
    check_eq(event["data"]["kind"], "fire")
    check_eq(event["data"]["alarm"]["id"], got.json["alarm"])
    check_eq(event["data"]["alarm"]["note"], "Asap tebal")
    feed.stop()


def test_same_key_gives_one_incident_and_the_same_answer():
    feed = start_feed()
    first = feed.http("POST", "/v1/alarms", "app", GOOD, key="press-1")
    head = feed.head()
    again = feed.http("POST", "/v1/alarms", "app", GOOD, key="press-1")
    check_eq((again.status, again.json), (201, first.json), "answer")
    check_eq(feed.head(), head, "head")
    feed.restart()
    again = feed.http("POST", "/v1/alarms", "app", GOOD, key="press-1")
    check_eq((again.status, again.json), (201, first.json), "answer after a restart")
    other = feed.http("POST", "/v1/alarms", "app", GOOD, key="press-2")
    check(other.json["incident"] != first.json["incident"], "another key is another incident")
    feed.stop()


def test_key_belongs_to_its_token():
    feed = start_feed()
    feed.token("app2", "intake")
    feed.restart()
    first = feed.http("POST", "/v1/alarms", "app", GOOD, key="same")
    other = feed.http("POST", "/v1/alarms", "app2", GOOD, key="same")
    check(first.json["incident"] != other.json["incident"], "each app has keys of its own")
    feed.stop()


def without(*names):
    return {name: value for name, value in GOOD.items() if name not in names}


# What is wrong, and the member that the message has to name.
BAD_BODIES = (
    ("not JSON", b"{lat:", ""),
    ("empty", b"", ""),
    ("not an object", b"[1, 2]", ""),
    ("two objects", b"{} {}", ""),
    ("bad UTF-8", b'{"lat": 1, "lon": 1, "note": "\xff\xfe"}', ""),
    ("NUL", b'{"lat": 1, "lon": 1, "note": "a\x00b"}', ""),
    ("too deep", b'{"lat":1,"lon":1,"x":' + b"[" * 60 + b"]" * 60 + b"}", ""),
    ("no latitude", without("lat"), "lat"),
    ("no longitude", without("lon"), "lon"),
    ("latitude is text", dict(GOOD, lat="-7.5"), "lat"),
    ("north of the pole", dict(GOOD, lat=90.1), "lat"),
    ("south of the pole", dict(GOOD, lat=-91), "lat"),
    ("east of the earth", dict(GOOD, lon=180.5), "lon"),
    ("far off", dict(GOOD, lon=1e300), "lon"),
    ("not a number", b'{"lat": NaN, "lon": 110.8}', ""),
    ("unknown kind", dict(GOOD, kind="dragon"), "kind"),
    ("kind is a number", dict(GOOD, kind=7), "kind"),
    ("unknown priority", dict(GOOD, priority="P9"), "priority"),
    ("unknown mode", dict(GOOD, mode="war"), "mode"),
    ("negative accuracy", dict(GOOD, accuracy_m=-1), "accuracy_m"),
    ("vast accuracy", dict(GOOD, accuracy_m=1000000), "accuracy_m"),
    ("time without a zone", dict(GOOD, occurred_at="2026-01-01 10:00"), "occurred_at"),
    ("time is a number", dict(GOOD, occurred_at=12), "occurred_at"),
    ("long place", dict(GOOD, place="x" * 121), "place"),
    ("long note", dict(GOOD, note="x" * 2001), "note"),
    ("note is a list", dict(GOOD, note=["x"]), "note"),
    ("caller is text", dict(GOOD, caller="Budi"), "caller"),
    ("long name", dict(GOOD, caller={"name": "x" * 81}), "caller.name"),
    ("long phone", dict(GOOD, caller={"phone": "1" * 33}), "caller.phone"),
    ("long source", dict(GOOD, source="x" * 25), "source"),
)


def test_bad_body_is_named_and_nothing_is_taken():
    feed = start_feed()
    head = feed.head()
    for what, body, member in BAD_BODIES:
        got = feed.http("POST", "/v1/alarms", "app", body)
        check_eq(got.status, 400, "%s: %r" % (what, got.body))
        check_eq(got.json["error"], "invalid", what)
        check(got.json["message"].startswith(member + ":") or not member, what, got.json["message"])
        check(got.json["message"], what, "says what is wrong")
        check_eq(feed.head(), head, what + ": head")
    feed.alarm()
    feed.stop()


def test_who_may_post():
    feed = start_feed()
    head = feed.head()
    for what, token, headers, status in (
        ("no token", None, None, 401),
        ("unknown token", "A" * 43, None, 401),
        ("empty token", None, {"Authorization": "Bearer "}, 401),
        ("other scheme", None, {"Authorization": "Basic YTpi"}, 401),
        ("operator", "ayu", None, 403),
        ("agency", "damkar", None, 403),
        ("observer", "tamu", None, 403),
        ("form", "app", {"Content-Type": "text/plain"}, 415),
        ("key too long", "app", {"Idempotency-Key": "k" * 129}, 400),
    ):
        got = feed.http("POST", "/v1/alarms", token, GOOD, headers)
        check_eq(got.status, status, what)
        check(got.json["message"], what)
    for method, path, status in (
        ("GET", "/v1/alarms", 405),
        ("GET", "/v1/alarms/" + str(uuid.uuid4()), 404),
        ("GET", "/v1/nothing", 404),
        ("POST", "/v1/alarms/%s/updates" % uuid.uuid4(), 404),
        ("GET", "/../../etc/passwd", 404),
    ):
        got = feed.http(method, path, "app", b'{"note": "x"}' if method == "POST" else None)
        check_eq(got.status, status, method + " " + path)
    check_eq(feed.head(), head, "head")
    feed.stop()


def test_oversized_body_is_refused_at_its_length():
    feed = start_feed()
    head = feed.head()
    link = socket.create_connection(("127.0.0.1", feed.port), timeout=10)
    size = 10 * 1024 * 1024
    link.sendall(
        (
            "POST /v1/alarms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (feed.tokens["app"], size)
        ).encode()
    )
    status = link.recv(4096)
    link.close()
    check(status.startswith(b"HTTP/1.1 413"), "answer", status[:60])
    body = json.dumps(dict(GOOD, note="x" * 70000)).encode()
    check_eq(feed.http("POST", "/v1/alarms", "app", body).status, 413, "70 kB")
    check_eq(feed.head(), head, "head")
    feed.stop()


def test_revoked_token_lets_nobody_in():
    feed = start_feed()
    check_eq(feed.admin("token", "revoke", "app")[0], 0, "revoke")
    check_eq(feed.http("POST", "/v1/alarms", "app", GOOD).status, 401)
    listed = feed.admin("token", "list")[1]
    check("ayu" in listed and feed.tokens["ayu"] not in listed, "a list never shows a token")
    feed.stop()


def test_the_caller_says_more_and_hears_the_state():
    feed = start_feed()
    desk = Feed(feed, "ayu")
    alarm = feed.alarm(kind="fire", caller={"name": "Siti Aminah", "phone": "+62 812 3456 7890"})
    path = "/v1/alarms/" + alarm["alarm"]
    got = feed.http("POST", path + "/updates", "app", {"note": "Dua orang di dalam"})
    check_eq(got.status // 100, 2, "update: %r" % got.body)
    check_eq(desk.event("incident.updated", note="Dua orang di dalam")["incident"], alarm["incident"])
    got = feed.http("POST", path + "/updates", "app", {"lat": 200, "lon": 1})
    check_eq(got.status, 400)
    check("lat" in got.json["message"], got.json)
    got = feed.http("POST", path + "/cancel", "app", {"note": "Salah pencet"})
    check_eq(got.status // 100, 2, "cancel: %r" % got.body)
    desk.event("incident.updated", withdrawn=True)
    state = feed.http("GET", path, "app").json
    check_eq(state["state"], "new", "a cancel only asks")
    check_eq(state["agencies"], [])
    desk.do("acknowledge", alarm["incident"])
    desk.do("dispatch", alarm["incident"], agency="damkar")
    crew = Feed(feed, "damkar")
    crew.do("accept", alarm["incident"])
    state = feed.http("GET", path, "app").json
    check_eq([(a["agency"], a["state"]) for a in state["agencies"]], [("damkar", "accepted")])
    feed.stop()


def test_health_and_metrics():
    feed = start_feed()
    feed.alarm()
    health = feed.http("GET", "/healthz")
    check_eq((health.status, health.json["status"], health.json["head"]), (200, "ok", feed.head()))
    text = feed.http("GET", "/metrics").body.decode()
    check("siaga_head_seq %d" % feed.head() in text, text)
    feed.stop()


def test_bad_registry_names_the_place_and_changes_nothing():
    feed = Siagad()
    folder = scope.folder()
    for name in ("agencies.csv", "plans.csv", "cameras.csv", "map.geojson"):
        with open(os.path.join(DATA, name), encoding="utf-8") as file:
            text = file.read()
        if name == "cameras.csv":
            lines = text.splitlines()
            lines[3] = lines[3].replace("-7.", "-97.", 1)
            text = "\n".join(lines) + "\n"
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    status, _, errors = feed.admin("registry", "load", folder)
    check(status != 0, "refused")
    check("cameras.csv:4: lat" in errors, errors)
    feed.token("ayu", "operator")
    feed.start()
    desk = Feed(feed, "ayu")
    registry = [frame for frame in desk.frames if frame["t"] == "registry"][0]
    check(len(registry["cameras"]) >= 120, "the good registry is still there")
    feed.stop()


run(globals())
