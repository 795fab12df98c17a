"""What the fault tests share: apps that post until they have their 201, and the books that are balanced
against the log, the consoles' screens and their caches."""

import http.client
import json
import random
import socket
import threading
import time

from siaga_test import SLOW, Feed, check, check_eq

SOLO = (-7.5666, 110.8166)


class App(threading.Thread):
    """A citizens' app: posts, and asks again with the same key until it has its 201."""

    def __init__(self, feed, name, pause_s=0.0):
        super().__init__(daemon=True)
        self.feed = feed
        self.who = name
        self.pause_s = pause_s
        self.over = threading.Event()
        self.confirmed = {}  # by key
        self.again = 0
        self.refused = {}  # how often each other status came
        self.strange = []
        self.slowest_s = 0.0
        self.last_s = time.monotonic()  # of the last 201

    def run(self):
        number = 0
        while not self.over.is_set():
            number += 1
            key = "%s-%d" % (self.who, number)
            started = time.monotonic()
            while not self._post(key):
                if self.over.wait(0.02 + random.random() * 0.05):
                    return
                self.again += 1
            self.last_s = time.monotonic()
            self.slowest_s = max(self.slowest_s, self.last_s - started)
            if self.pause_s:
                self.over.wait(self.pause_s)

    def _post(self, key):
        body = {
            "lat": SOLO[0] + random.uniform(-0.03, 0.03),
            "lon": SOLO[1] + random.uniform(-0.03, 0.03),
            "kind": random.choice(("fire", "medical", "accident", "crime", "unknown")),
            "note": key,
            "caller": {"name": "Warga " + key, "phone": "0812345678"},
        }
        link = http.client.HTTPConnection("127.0.0.1", self.feed.port, timeout=5 * SLOW)
        try:
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
        except (OSError, http.client.HTTPException, socket.timeout):
            return False
        finally:
            link.close()
        if got.status == 201:
            self.confirmed[key] = json.loads(answer)
            return True
        self.refused[got.status] = self.refused.get(got.status, 0) + 1
        if got.status != 503 or got.headers.get("Retry-After") is None:
            self.strange.append((got.status, answer))
        return False

    def stop(self):
        self.over.set()
        self.join(20 * SLOW)
        check(not self.is_alive(), "the app ends")
        check_eq(self.strange[:3], [], "answers that no app understands")


def start_apps(feed, count, name="app", **options):
    apps = [App(feed, "%s%d" % (name, number), **options) for number in range(count)]
    for app in apps:
        app.start()
    return apps


def confirmed_by(apps):
    every = {}
    for app in apps:
        every.update(app.confirmed)
    return every


def read_log(feed):
    """Every event of the log, without a gap."""
    head = feed.head()
    desk = Feed(feed, "sari", after=0)
    desk.until_seq(head, 60)
    desk.close()
    events = [event for event in desk.events if event["seq"] <= head]
    check_eq([event["seq"] for event in events], list(range(1, head + 1)), "seq has no gap")
    return events


def balance_alarms(events, confirmed):
    """Every confirmed alarm is in the log once, where its 201 said; none of the others twice."""
    by_note = {}
    raised = [event for event in events if event["type"] == "incident.raised"]
    for event in raised:
        by_note.setdefault(event["data"]["alarm"].get("note"), []).append(event)
    doubled = {key for key, found in by_note.items() if key is not None and len(found) > 1}
    check_eq(doubled, set(), "alarms that are there twice")
    lost = [key for key in confirmed if key not in by_note]
    check_eq(lost, [], "confirmed alarms that are not there")
    for key, answer in confirmed.items():
        event = by_note[key][0]
        check_eq(
            (event["seq"], event["incident"], event["number"], event["data"]["alarm"]["id"]),
            (answer["seq"], answer["incident"], answer["number"], answer["alarm"]),
            "alarm " + key,
        )
    numbers = sorted(event["number"] for event in raised)
    check_eq(numbers, list(range(1, len(raised) + 1)), "numbers have no gap")
