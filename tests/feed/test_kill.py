"""The promise of the feed: what was confirmed is there, once, whatever ends the program."""

import http.client
import json
import os
import socket
import threading

from siaga_test import SLOW, BALAI_KOTA, Feed, check, check_eq, eventually, run, start_feed, stats_of

CLIENTS = 16
POSTS = 2000


class Poster(threading.Thread):
    """An app that posts on one link and goes away when the feed does."""

    def __init__(self, feed, number, count):
        super().__init__(daemon=True)
        self.feed = feed
        self.keys = ["%d-%d" % (number, i) for i in range(count)]
        self.confirmed = {}
        self.strange = []

    def run(self):
        link = http.client.HTTPConnection("127.0.0.1", self.feed.port, timeout=20 * SLOW)
        try:
            for key in self.keys:
                body = {"lat": BALAI_KOTA[0], "lon": BALAI_KOTA[1], "note": key}
                link.request(
                    "POST",
                    "/v1/alarms",
                    json.dumps(body),
                    {
                        "Authorization": "Bearer " + self.feed.tokens["app"],
                        "Content-Type": "application/json",
                        "Idempotency-Key": key,
                    },
                )
                got = link.getresponse()
                answer = got.read()
                if got.status == 201:
                    self.confirmed[key] = json.loads(answer)
                else:
                    self.strange.append((got.status, answer))
        except (OSError, http.client.HTTPException, socket.timeout):
            pass
        finally:
            link.close()


def post(feed):
    posters = [Poster(feed, number, POSTS // CLIENTS) for number in range(CLIENTS)]
    for poster in posters:
        poster.start()
    return posters


def confirmed_by(posters):
    all_ = {}
    for poster in posters:
        all_.update(poster.confirmed)
    return all_


def books(feed, confirmed):
    """Every confirmed alarm is in the log, once, where the answer said; the log has no gap."""
    head = feed.head()
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(head, 30)
    events = [event for event in desk.events if event["seq"] <= head]
    check_eq([event["seq"] for event in events], list(range(1, head + 1)), "seq")
    raised = [event for event in events if event["type"] == "incident.raised"]
    check_eq(len({event["incident"] for event in raised}), len(raised), "each incident is raised once")
    check_eq(
        sorted(event["number"] for event in raised), list(range(1, len(raised) + 1)), "numbers have no gap"
    )
    by_note = {}
    for event in raised:
        by_note.setdefault(event["data"]["alarm"]["note"], []).append(event)
    for key, answer in confirmed.items():
        check_eq(len(by_note.get(key, [])), 1, "alarm " + key)
        event = by_note[key][0]
        check_eq(
            (event["seq"], event["incident"], event["number"], event["data"]["alarm"]["id"]),
            (answer["seq"], answer["incident"], answer["number"], answer["alarm"]),
            "alarm " + key,
        )
    desk.close()
    return events


def test_kill_in_the_middle_of_a_rush_loses_nothing_confirmed():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    posters = post(feed)
    eventually(lambda: len(confirmed_by(posters)) >= POSTS // 4, "a quarter is confirmed", 30)
    feed.kill()
    for poster in posters:
        poster.join(30 * SLOW)
    confirmed = confirmed_by(posters)
    check_eq([p.strange for p in posters if p.strange], [], "answers that are not 201")
    check(len(confirmed) < POSTS, "it died in the middle")
    ayu.closed()
    held = list(ayu.events)
    feed.start()
    events = books(feed, confirmed)
    by_seq = {event["seq"]: event for event in events}
    for event in held:
        check_eq(by_seq.get(event["seq"]), event, "a console was shown only what lasts")
    back = Feed(feed, "ayu", after=held[-1]["seq"] if held else 0)
    back.until_seq(len(events))
    got = held + [event for event in back.events if event["seq"] <= len(events)]
    check_eq(got, [e for e in events if e["seq"] >= got[0]["seq"]], "the console is whole again")
    again = post(feed)
    for poster in again:
        poster.join(60 * SLOW)
    whole = confirmed_by(again)
    check_eq(len(whole), POSTS, "everything is taken in the end")
    for key, answer in confirmed.items():
        check_eq(whole[key], answer, "the same answer to the same key")
    events = books(feed, whole)
    check_eq(len([e for e in events if e["type"] == "incident.raised"]), POSTS, "incidents")
    feed.stop()


def test_sigterm_in_the_middle_of_a_rush_keeps_everything_too():
    feed = start_feed()
    posters = post(feed)
    eventually(lambda: len(confirmed_by(posters)) >= 200, "some are confirmed", 30)
    feed.stop()
    for poster in posters:
        poster.join(30 * SLOW)
    feed.start()
    books(feed, confirmed_by(posters))
    feed.stop()


def test_log_belongs_to_its_owner_and_one_feed_at_a_time():
    feed = start_feed()
    for path, st in stats_of(feed.dir).items():
        check_eq(st.st_mode & 0o077, 0, path + " is readable by others")
    status, _, errors = feed.admin("--listen", "127.0.0.1:0")
    check(status != 0, "a second feed on the same folder is refused")
    check(errors.startswith("siagad: "), errors)
    feed.stop()


run(globals())
