"""Too much of everything: who asks too often is told so and loses nothing, and nobody else notices; a
token that is revoked opens nothing any more."""

import json
import os
import select
import socket
import threading
import time
import uuid

from siaga_test import (
    BALAI_KOTA,
    SLOW,
    Closed,
    Feed,
    Refused,
    check,
    check_eq,
    deadline,
    eventually,
    figure,
    left,
    run,
    start_feed,
    takes,
)

# Bad requests of each sort; a campaign asks for more.
FLOOD = int(os.environ.get("SIAGA_FLOOD", "1000"))

BODY = '{"lat":%f,"lon":%f}' % BALAI_KOTA


def request(method, path, token=None, body=""):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: x"]
    if token:
        lines.append("Authorization: Bearer " + token)
    if method == "POST":
        lines += ["Content-Type: application/json", "Content-Length: %d" % len(body)]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Pipe:
    """A kept connection, one request after the other, as fast as they are answered."""

    def __init__(self, feed):
        self.socket = socket.create_connection(("127.0.0.1", feed.port), timeout=20 * SLOW)
        self.data = b""

    def ask(self, text):
        """(status, headers, body)"""
        self.socket.sendall(text)
        while b"\r\n\r\n" not in self.data:
            self._more()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        size = int(headers.get("content-length", 0))
        while len(self.data) < size:
            self._more()
        body, self.data = self.data[:size], self.data[size:]
        return int(lines[0].split(" ")[1]), headers, body

    def _more(self):
        more = self.socket.recv(65536)
        if not more:
            raise Closed()
        self.data += more

    def close(self):
        self.socket.close()


def metric(feed, name):
    text = feed.http("GET", "/metrics").body.decode()
    return [float(line.split(" ")[1]) for line in text.split("\n") if line.startswith(name + " ")][0]


@takes(120)
def test_a_flood_of_bad_requests_leaves_good_ones_served():
    feed = start_feed()
    ayu = Feed(feed, "ayu")
    bad = (
        ("no token", request("POST", "/v1/alarms", None, BODY)),
        ("wrong token", request("POST", "/v1/alarms", "siaga_" + "x" * 43, BODY)),
        ("wrong path", request("GET", "/nowhere")),
        ("no such role", request("POST", "/v1/alarms", feed.tokens["ayu"], BODY)),
        ("bad JSON", request("POST", "/v1/alarms", feed.tokens["app"], "{" * 30)),
    )
    counts = {}

    def flood(what, text):
        counts[what] = {}
        pipe = Pipe(feed)
        for _ in range(FLOOD):
            try:
                status = pipe.ask(text)[0]
            except (Closed, ConnectionError):
                pipe = Pipe(feed)
                continue
            counts[what][status] = counts[what].get(status, 0) + 1

    threads = [threading.Thread(target=flood, args=one, daemon=True) for one in bad]
    for thread in threads:
        thread.start()
    late = 0.0
    taken = []
    while any(thread.is_alive() for thread in threads):
        begun = time.monotonic()
        taken.append(feed.alarm(note="di tengah banjir")["incident"])
        late = max(late, time.monotonic() - begun)
    for thread in threads:
        thread.join(60 * SLOW)
    for it in taken:
        ayu.event("incident.raised", incident=it)
    ayu.do("acknowledge", taken[0])
    check(late < 2 * SLOW, "a good one waited %.2f s" % late)
    for what in ("no token", "wrong token", "wrong path"):
        check(counts[what].get(429, 0) > FLOOD * 0.8, what, counts)
    check_eq(set(counts["no such role"]), {403}, "a token of another role")
    check(set(counts["bad JSON"]) <= {400, 429}, counts)
    check(metric(feed, 'siaga_limited_total{of="address"}') > FLOOD * 2, "metric")
    feed.stop()


def test_strangers_hear_when_to_come_back_and_tokens_are_let_in_meanwhile():
    feed = start_feed()
    answers = [feed.http("POST", "/v1/alarms", "siaga_guess", {"lat": 1, "lon": 1}) for _ in range(60)]
    check_eq(answers[0].status, 401, "at first")
    check_eq(answers[-1].status, 429, "at last")
    check_eq(answers[-1].json["error"], "too_many", "code")
    check(int(answers[-1].headers["Retry-After"]) >= 1, "when", answers[-1].headers)
    try:
        Feed(feed, "siaga_guess", follow=False)
        check(False, "let in")
    except Refused as refused:
        check_eq(refused.status, 429, "upgrade")
        check(int(refused.headers.get(b"retry-after", 0)) >= 1, "when", refused.headers)
    feed.alarm()
    Feed(feed, "ayu")
    feed.token("baru", "operator")
    Feed(feed, "baru")  # made a moment ago, from an address that is out of favour
    check_eq(feed.http("GET", "/healthz").status, 200, "health")

    def forgiven():
        return feed.http("POST", "/v1/alarms", "siaga_guess").status == 401

    eventually(forgiven, "it is forgiven after a while")
    feed.stop()


def test_one_token_that_floods_is_slowed_down_and_loses_nothing():
    feed = start_feed()
    feed.token("lain", "intake")
    floods = [Pipe(feed) for _ in range(8)]
    ask = request("GET", "/v1/alarms/" + str(uuid.uuid4()), feed.tokens["app"])
    limited = threading.Event()

    def work(pipe):
        for _ in range(3000):
            if pipe.ask(ask)[0] == 429 or limited.is_set():
                limited.set()
                return

    threads = [threading.Thread(target=work, args=(pipe,), daemon=True) for pipe in floods]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50 * SLOW)
    if not limited.is_set():
        # A machine that is slower than the limit never meets it.
        check(SLOW > 1, "the limit was not met")
    # The same key again until it is taken: one alarm.
    post = request("POST", "/v1/alarms", feed.tokens["app"], BODY)
    key = b"Idempotency-Key: sekali-saja\r\nContent-Length"
    post = post.replace(b"Content-Length", key)
    seen = []

    def taken():
        status, headers, body = floods[0].ask(post)
        seen.append(status)
        check(status in (201, 429), status)
        check(status != 429 or int(headers["retry-after"]) >= 1, headers)
        return json.loads(body) if status == 201 else None

    first = eventually(taken, "it is taken in the end")
    check_eq(eventually(taken, "and again")["alarm"], first["alarm"], "one alarm")
    check_eq(feed.head(), 1, "one event")
    feed.alarm("lain")  # who shares the address is served
    feed.stop()


def notes(desk, it, count):
    """Sends so many notes at once; (done, refused) ids by the answers."""
    ids = [str(uuid.uuid4()) for _ in range(count)]
    for number, id_ in enumerate(ids):
        desk.send({"t": "do", "id": id_, "incident": it, "action": "note", "note": "no %d" % number})
    answers = {}
    until = deadline()
    while len(answers) < count:
        frame = desk.recv(left(until) / SLOW)
        if frame["t"] in ("done", "refused"):
            answers[frame["id"]] = frame
    return ids, answers


def test_a_console_that_asks_too_much_is_put_off_and_done_in_order():
    feed = start_feed()
    it = feed.alarm()["incident"]
    ayu, budi = Feed(feed, "ayu"), Feed(feed, "budi")
    ids, answers = notes(ayu, it, 300)
    done = [answers[id_]["t"] == "done" for id_ in ids]
    check(90 <= sum(done) < 300, sum(done), "done at once")
    check_eq(done, sorted(done, reverse=True), "the first ones, and no later one between")
    check_eq({a["code"] for a in answers.values() if a["t"] == "refused"}, {"too_many"}, "code")
    budi.do("note", it, note="orang lain tidak terganggu")
    again = ids[sum(done)]

    def sent_again():
        ask = {"id_": again, "note": "no %d" % sum(done)}
        got = ayu.ask("note", it, **ask)
        check(got["t"] == "done" or got["code"] == "too_many", got)
        return got["t"] == "done"

    eventually(sent_again, "it is done a moment later")
    check(sent_again(), "the same id again")
    ayu.until_seq(feed.head())
    texts = [e["data"]["note"] for e in ayu.events if e["type"] == "incident.noted" and e["by"]["name"] == "ayu"]
    check_eq(texts, ["no %d" % i for i in range(sum(done) + 1)], "each once, in order")
    feed.stop()


def test_links_made_anew_bring_no_more_than_one():
    feed = start_feed()
    it = feed.alarm()["incident"]
    budi = Feed(feed, "budi")
    begun, done = time.monotonic(), 0
    for _ in range(4):
        ayu = Feed(feed, "ayu")  # comes in, and is told what there is, however much was said before
        answers = notes(ayu, it, 150)[1]
        done += sum(answer["t"] == "done" for answer in answers.values())
        ayu.close()
    passed = time.monotonic() - begun
    figure("notes of four links in %.1f s" % passed, done, 100 + 20 * passed)
    check(90 <= done <= 105 + 20 * passed, done, "in %.1f s" % passed)
    budi.do("note", it, note="orang lain tidak terganggu")
    feed.stop()


def received(crew, seq):
    """Reads on to there and says of each message that it has come, as a desk does."""
    while crew.seen < seq:
        before = crew.seen
        crew.recv()
        if crew.seen > before:
            crew.send({"t": "got", "seq": crew.seen})


def test_desks_of_one_agency_that_say_what_they_have_received_keep_nobody_waiting():
    feed = start_feed(limits={"session_rate": 1, "session_burst": 10})
    ayu, crews = Feed(feed, "ayu"), [Feed(feed, "damkar") for _ in range(3)]
    alarm = feed.alarm(kind="fire")
    it = alarm["incident"]
    ayu.do("acknowledge", it)
    ayu.do("dispatch", it, agency="damkar")
    for number in range(30):
        news = {"note": "kabar %d" % number}
        check_eq(feed.http("POST", "/v1/alarms/%s/updates" % alarm["alarm"], "app", news).status, 200, "news")
        for crew in crews:
            received(crew, feed.head())
    crews[0].do("accept", it)
    refused = [frame for crew in crews for frame in crew.frames if frame["t"] == "refused"]
    check_eq(len(refused), 0, "nobody is put off")
    # To say the same again and again is to ask too much.
    for _ in range(30):
        crews[1].send({"t": "got", "seq": crews[1].seen})
    crews[1].wait("refused", lambda frame: frame["code"] == "too_many")
    feed.stop()


def test_a_console_that_does_not_listen_is_sent_away():
    feed = start_feed(limits={"session_rate": 1, "session_burst": 5})
    ayu, budi = Feed(feed, "ayu"), Feed(feed, "budi")
    ask = {"t": "do", "incident": str(uuid.uuid4()), "action": "note", "note": "x"}
    for _ in range(60):
        ayu.send(dict(ask, id=str(uuid.uuid4())))
    check_eq(ayu.closed(), 4429, "close code")
    check_eq([f["reason"] for f in ayu.frames if f["t"] == "bye"], ["too many messages"], "bye")
    it = feed.alarm()["incident"]
    budi.event("incident.raised", incident=it)
    Feed(feed, "ayu").do("note", it, note="kembali")
    feed.stop()


def test_one_that_says_too_much_does_not_silence_the_others_of_its_token():
    feed = start_feed()
    it = feed.alarm()["incident"]
    wild, ayu = Feed(feed, "ayu"), Feed(feed, "ayu")
    over = threading.Event()

    def rave():
        link = wild
        while not over.wait(0.01):
            try:
                link.send({"t": "look", "open": None})
            except OSError:
                link = Feed(feed, "ayu", follow=False)

    raving = threading.Thread(target=rave, daemon=True)
    raving.start()
    wild.wait("refused", lambda frame: frame["code"] == "too_many")
    # As a console does that is put off, it pauses and asks again.
    for number in range(6):
        ayu.do("note", it, note="%d" % number)
    over.set()
    raving.join()
    refused = sum(frame["t"] == "refused" for frame in ayu.frames)
    figure("put off while another raves", "%d of %d" % (refused, refused + 6))
    check(refused <= 6, "put off", refused, "times")
    feed.stop()


def memory_kib(feed):
    with open("/proc/%d/status" % feed.child.pid, encoding="ascii") as file:
        return int([line for line in file if line.startswith("VmRSS:")][0].split()[1])


def test_who_asks_again_and_again_and_reads_nothing_costs_no_memory():
    feed = start_feed(limits={"session_burst": 5000})
    Feed(feed, "budi").close()
    deaf = [Feed(feed, "ayu", follow=False, small=True) for _ in range(4)]
    before = memory_kib(feed)
    for desk in deaf:
        for _ in range(600):
            desk.send({"t": "follow"})
    it = feed.alarm()["incident"]
    budi = Feed(feed, "budi")
    budi.do("acknowledge", it)
    grown = memory_kib(feed) - before
    check(grown < 12000 * SLOW, "memory grew by %d KiB" % grown)
    # And one that reads on has everything, of each the newest.
    deaf[0].event("incident.acknowledged", incident=it)
    kinds = [frame["t"] for frame in deaf[0].frames]
    check(kinds.count("registry") < 60, "copies of the registry:", kinds.count("registry"))
    feed.stop()


def test_a_console_that_takes_no_answers_is_let_go_and_hears_why():
    feed = start_feed(limits={"session_burst": 5000})
    ayu = Feed(feed, "ayu", small=True)
    ask = {"t": "do", "incident": str(uuid.uuid4()), "action": "note", "note": "x"}
    try:
        for _ in range(4000):
            ayu.send(dict(ask, id=str(uuid.uuid4())))
    except OSError:
        pass
    check_eq(ayu.closed(), 4008, "close code")
    refused = sum(frame["t"] == "refused" for frame in ayu.frames)
    check(refused < 4000, "what waited for it is gone: %d came" % refused)
    feed.stop()


def test_revoked_is_revoked_at_once_also_for_open_links():
    feed = start_feed()
    it = feed.alarm()["incident"]
    ayu, budi = Feed(feed, "ayu"), Feed(feed, "budi")
    begun = time.monotonic()
    check_eq(feed.admin("token", "revoke", "ayu")[0], 0, "revoke")
    check_eq(ayu.closed(), 4001, "close code")
    passed = time.monotonic() - begun
    check(passed < 1.5 * SLOW, "it took %.2f s" % passed)
    check_eq([f["reason"] for f in ayu.frames if f["t"] == "bye"], ["the token was revoked"], "bye")
    for _ in range(3):
        try:
            Feed(feed, "ayu", follow=False)
            check(False, "let in again")
        except Refused as refused:
            check_eq(refused.status, 401, "upgrade")
    budi.do("note", it, note="yang lain tetap")
    check_eq(feed.admin("token", "revoke", "app")[0], 0, "revoke")
    eventually(lambda: feed.http("POST", "/v1/alarms", "app", {"lat": 1, "lon": 1}).status == 401, "intake")
    check_eq(metric(feed, "siaga_revoked_total"), 1, "metric")
    feed.stop()


def test_who_still_talks_when_sent_away_reads_why():
    feed = start_feed(limits={"session_burst": 100000})
    it = feed.alarm()["incident"]
    ayu, budi = Feed(feed, "ayu", small=True), Feed(feed, "budi")
    # More than ayu's end of the link takes unread, and less than the feed's end does.
    for _ in range(20):
        budi.do("note", it, note="x" * 900)
    check_eq(feed.admin("token", "revoke", "ayu")[0], 0, "revoke")
    eventually(lambda: metric(feed, "siaga_revoked_total") == 1, "it is known to the feed")
    # Not longer than the feed waits for it to read that and go.
    until = time.monotonic() + 0.5
    try:
        while time.monotonic() < until:
            ayu.send({"t": "look", "open": None})
    except OSError:
        pass
    check_eq(ayu.closed(), 4001, "close code")
    check_eq(sum(event["type"] == "incident.noted" for event in ayu.events), 20, "and all before it")
    feed.stop()


def is_over(link, wait_s=0):
    """The feed has closed its end of the link; it may say nothing more."""
    if not select.select([link.socket], [], [], wait_s)[0]:
        return False
    check_eq(link.socket.recv(4096), b"", "what comes after the close")
    return True


def test_who_is_sent_away_goes_and_else_is_put_out():
    feed = start_feed()
    links = [Feed(feed, "ayu", follow=False) for _ in range(2)]
    check_eq(feed.admin("token", "revoke", "ayu")[0], 0, "revoke")
    for link in links:
        check_eq(link.closed(), 4001, "close code")
    # The close frame of one that has read the feed's, masked with nothing.
    links[0].socket.sendall(b"\x88\x82\0\0\0\0" + (4001).to_bytes(2, "big"))
    check(is_over(links[0], 1.5), "who answers is let go at once")
    check(not is_over(links[1]), "who does not is waited for")
    check(is_over(links[1], 15 * SLOW), "and not for ever")
    feed.stop()


def test_a_name_that_gets_another_role_loses_the_old_link():
    feed = start_feed()
    old = Feed(feed, "ayu")
    token = feed.tokens["ayu"]
    feed.admin("token", "revoke", "ayu")
    feed.token("ayu", "observer")
    check_eq(old.closed(), 4001, "close code")
    try:
        Feed(feed, token, follow=False)
        check(False, "the old token opens the door")
    except Refused as refused:
        check_eq(refused.status, 401, "the old one")
    check_eq(Feed(feed, "ayu").welcome["you"]["role"], "observer", "the new one")
    feed.stop()


def test_no_token_is_ever_said():
    feed = start_feed()
    secrets = dict(feed.tokens, guess="siaga_" + "g" * 43)
    for token in secrets.values():
        feed.http("POST", "/v1/alarms", token, {"lat": 1, "lon": 1})
        feed.http("GET", "/v1/feed?token=" + token, token)
        try:
            Feed(feed, token).close()
        except Refused:
            pass
    feed.admin("token", "revoke", "ayu")
    feed.http("POST", "/v1/alarms", "siaga_%1$s%n", {"lat": 1, "lon": 1})
    feed.stop()
    for name, token in secrets.items():
        check(token.encode() not in feed.read_errors(), name, "is in what siagad said")


run(globals())
