"""A console and a feed over TLS, and all that can be wrong between them: the console says why in words, sends
no token to whom it does not trust, and comes back by itself when the fault is gone.
"""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

from fault_proxy import Fault, FaultProxy, Line
from plain_console import Plain
from siaga_test import (SIAGAD, SLOW, Console, Feed, check, check_eq, environment, eventually, figure, run, scope,
                        takes)
from tls_tools import (OPENSSL, Certificates, Stranger, TlsSiagad, curl, date, said, self_signed, write_config)

QUICK = {"feed": {"retry": "50ms"}, "alarm": {"bell": "no"}}


def start(certificates=None, **options):
    feed = TlsSiagad(certificates, **options)
    feed.token("app", "intake")
    feed.token("ayu", "operator")
    return feed.start()


class Address:
    """Where a console is to go, with the token of somebody whom the feed there may not know."""

    def __init__(self, url, token_file):
        self.url = url
        self._token_file = token_file

    def token_file(self, _):
        return self._token_file


SECRET = "siaga_" + "A" * 44


def somewhere(port, host="localhost"):
    path = os.path.join(scope.folder(), "token")
    with open(path, "w", encoding="ascii") as file:
        file.write(SECRET + "\n")
    os.chmod(path, 0o600)
    return Address("wss://%s:%d/v1/feed" % (host, port), path)


def console(feed, ca=None, certificate=None, config=QUICK):
    """A console that trusts this CA and shows this certificate."""
    path = write_config(os.path.join(scope.folder(), "siaga.conf"), **config)
    args = ["--config", path]
    args += ["--ca", ca] if ca else []
    args += ["--certificate", certificate[0], "--key", certificate[1]] if certificate else []
    return Plain(feed, "ayu", args=args)


def distrusts(stranger, ca, text, host="localhost"):
    """A console that comes there says this, and nothing else."""
    plain = console(somewhere(stranger.port, host), ca)
    line = plain.wait(r"No link, TLS: ")
    check(text in line, text, "is not what it says:", line)
    # It is told in the line of the link, too, and once, however often it is tried.
    check(plain.told(r"(NO LINK|CONNECTING).*" + re.escape(text)) or plain.wait("(NO LINK|CONNECTING).*" + re.escape(text)),
          plain.lines)
    came = stranger.came
    eventually(lambda: stranger.came >= came + 2 and not plain.read(0), "it is tried again")
    plain.read()
    check_eq(len(plain.told("No link, TLS: ")), 1, "how often it is told: %r" % plain.lines)
    check(not plain.told(r"LIVE"), plain.lines)
    check_eq(stranger.told, b"", "what it tells a stranger")
    plain.child.kill()


# --- when all is well ---


def test_a_control_room_works_over_tls():
    feed = start()
    desk = console(feed, feed.certificates.ca)
    desk.wait("LIVE")
    screen = Console(feed, "ayu", args=["--ca", feed.certificates.ca])
    screen.wait("LIVE")
    status, text = curl(feed, "/v1/alarms", "-H", "Authorization: Bearer " + feed.tokens["app"],
                        "-H", "Content-Type: application/json", "-d", '{"lat": -7.57, "lon": 110.83, "place": "Gladag"}')
    check_eq(status, 0, text)
    desk.wait("#1 .*Gladag")
    screen.wait("#1")
    desk.say("ack 1")
    other = Feed(feed, "ayu")
    other.event("incident.acknowledged")
    desk.quit()
    screen.quit()
    feed.stop()


def test_much_comes_through_tls():
    """More than a record of TLS, and than its buffers hold at once."""
    feed = start()
    writer = Feed(feed, "ayu")
    for number in range(80):
        feed.alarm(place="Pasar %d" % number, note="n" * 900, key="k%d" % number)
    begun = time.monotonic()
    desk = console(feed, feed.certificates.ca)
    desk.wait("LIVE; 80 open", 20)
    figure("80 alarms of 1 KB at the start", "%.2f s" % (time.monotonic() - begun))
    writer.until_seq(80)
    incident = writer.events[-1]["incident"]
    for number in range(60):
        writer.do("note", incident, note="last %d " % number + "x" * 900)
    desk.wait("last 59 ")
    check_eq(len(desk.told(r"last \d+ ")), 60, "each is told once")
    desk.quit()
    feed.stop()


# --- whom it does not trust ---


def test_a_certificate_of_somebody_else():
    theirs, ours = Certificates(), Certificates()
    distrusts(Stranger(*theirs.server), ours.ca, "the feed's certificate is not signed by " + ours.ca)


def test_a_certificate_that_no_system_knows():
    distrusts(Stranger(*Certificates().server), None, "signed by no CA of this system; a CA of your own is named with ca")


def test_a_certificate_for_another_name():
    certificates = Certificates("feed.example", "192.0.2.9")
    for host in ("localhost", "127.0.0.1"):
        distrusts(Stranger(*certificates.server), certificates.ca,
                  "the feed's certificate is for another name than " + host, host)


def test_a_name_is_looked_at_behind_colons_too():
    """Of an address like ::1 the library below checks nothing at all."""
    certificates = Certificates("feed.example", "192.0.2.9", "2001:db8::9")
    try:
        stranger = Stranger(*certificates.server, host="::1")
    except OSError:
        figure("left out", "no IPv6 here")
        return
    distrusts(stranger, certificates.ca, "the feed's certificate is for another name than ::1", "[::1]")


def test_an_address_with_colons_is_trusted_by_its_certificate():
    certificates = Certificates("::1")
    feed = TlsSiagad(certificates)
    feed.token("ayu", "operator")
    feed.host = "[::1]"
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as free:
            port = free.getsockname()[1]
    except OSError:
        figure("left out", "no IPv6 here")
        return
    config = write_config(os.path.join(feed.home, "siagad.conf"), tls={"certificate": feed.pem, "key": feed.key},
                          feed={"listen": "[::1]:%d" % port, "data": feed.dir})
    child = scope.start([SIAGAD, "--config", config], env=environment(feed.home), stderr=subprocess.DEVNULL)
    feed.port = port
    desk = console(feed, certificates.ca)
    desk.wait("LIVE")
    desk.quit()
    child.terminate()
    check_eq(child.wait(), 0, "it ends")


def test_a_certificate_that_is_over():
    if not OPENSSL:
        figure("left out", "no openssl")
        return
    certificates = Certificates()
    distrusts(Stranger(*certificates.sign("old", date(-30), date(-1))), certificates.ca,
              "the feed's certificate has expired")
    distrusts(Stranger(*certificates.sign("early", date(1), date(30))), certificates.ca,
              "the feed's certificate is not good yet: is the clock right?")


def test_a_certificate_that_nobody_signed():
    if not OPENSSL:
        figure("left out", "no openssl")
        return
    distrusts(Stranger(*self_signed()), Certificates().ca, "the feed's certificate is signed by nobody but itself")


def test_a_certificate_that_is_for_a_client():
    certificates = Certificates("localhost", clients=["tmc-1"])
    if not OPENSSL:
        figure("left out", "no openssl")
        return
    client = certificates.sign("client", date(-1), date(30), usage="clientAuth")
    distrusts(Stranger(*client), certificates.ca, "the feed's certificate is not for a server")


def test_a_server_of_yesterday():
    certificates = Certificates()
    distrusts(Stranger(*certificates.server, old=True), certificates.ca, "does not take TLS 1.2 or newer")


class Plaintext:
    """A server that answers in plain text, whatever it is asked."""

    def __init__(self, text):
        self.text = text
        self.came = 0
        self.told = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        scope.closes(self)

    def _serve(self):
        while True:
            try:
                link = self.listener.accept()[0]
            except OSError:
                return
            self.came += 1
            with link:
                try:
                    heard = link.recv(4096)
                    self.told += heard if SECRET.encode() in heard else b""
                    link.sendall(self.text)
                except OSError:
                    pass

    def close(self):
        self.listener.close()


def test_a_server_that_speaks_no_tls():
    for text in (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 64):
        distrusts(Plaintext(text), Certificates().ca, "what answers there does not speak TLS")


# --- who it is ---


def test_a_feed_that_asks_who_comes():
    ours, others = Certificates(clients=["tmc-1"]), Certificates(clients=["tmc-1"])
    feed = start(ours, tls={"client_ca": ours.ca, "clients": "require"})
    none = console(feed, ours.ca)
    none.wait("No link, TLS: the feed (wants|asked for) a certificate of this console")
    wrong = console(feed, ours.ca, others.client("tmc-1"))
    wrong.wait("No link, TLS: the feed (does not take|saw) the certificate of this console")
    right = console(feed, ours.ca, ours.client("tmc-1"))
    right.wait("LIVE")
    # Again and again they come to nothing, and are not lost on the way.
    for plain in (none, wrong):
        plain.read()
        check(not plain.told("LIVE"), plain.lines)
    feed.stop()
    feed.tls = {}
    feed.start()
    for plain in (none, wrong, right):
        plain.wait("LIVE", 30)
        plain.quit()
    feed.stop()


def test_files_of_the_console_that_are_no_good():
    ours = Certificates(clients=["tmc-1"])
    feed = start(ours)
    pem, key = ours.client("tmc-1")
    open_key = os.path.join(scope.folder(), "open.key")
    shutil.copyfile(key, open_key)
    os.chmod(open_key, 0o640)
    for ca, certificate, text in (
        ("/nowhere/ca.pem", None, "/nowhere/ca.pem: No such file"),
        (key, None, key + ": there is no certificate in it"),
        (ours.ca, (pem, "/nowhere/key"), "/nowhere/key: No such file"),
        (ours.ca, (pem, open_key), open_key + ": others may read it; chmod 600"),
        (ours.ca, (pem, ours.server[1]), "is not the key of " + pem),
        (ours.ca, ours.server, "the certificate is not for a client"),
    ):
        plain = console(feed, ca, certificate)
        check_eq(plain.exited(), 1, "exit status with " + text)
        errors = plain.child.stderr.read().decode()
        check(text in errors, text, errors)
    plain = console(feed, ours.ca, config={"feed": {"certificate": pem}})
    check_eq(plain.exited(), 1, "a certificate without its key")
    check("go together" in plain.child.stderr.read().decode(), "it says so")
    feed.stop()


def test_a_post_trusts_no_more_than_a_link():
    ours, others = Certificates(clients=["app"]), Certificates("feed.example", clients=["app"])
    feed = start(ours)
    asks = start(ours, tls={"client_ca": ours.ca, "clients": "require"})
    wrong = Stranger(*others.server)
    plain = Plaintext(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def post(port, ca, certificate=(), host="localhost"):
        """How often it was told what came of it, and what: the status, or 0."""
        done = subprocess.run([os.environ["POST_PROBE"], "https://%s:%d/v1/alarms" % (host, port), ca, *certificate],
                              env=environment(feed.home), capture_output=True, text=True, check=False,
                              timeout=30 * SLOW)
        check_eq(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    check_eq(post(feed.port, ours.ca), "1 401", "to whom it trusts")
    check_eq(post(feed.port, others.ca), "1 0", "to one whom somebody else signed")
    check_eq(post(wrong.port, others.ca), "1 0", "to one of another name")
    check_eq(post(feed.port, ""), "1 0", "to one whom the system does not know")
    check_eq(post(feed.port, "/nowhere/ca.pem"), "1 0", "without the CA's file")
    check_eq(post(plain.port, ours.ca), "1 0", "to one that speaks no TLS")
    check_eq((wrong.told, plain.told), (b"", b""), "what strangers are told")
    check_eq(post(asks.port, ours.ca, ours.client("app")), "1 401", "with its certificate")
    for _ in range(2):
        check_eq(post(asks.port, ours.ca), "1 0", "without one, where it must have one")
        check_eq(post(asks.port, ours.ca, others.client("app")), "1 0", "with a wrong one")
    feed.stop()
    asks.stop()


def test_only_the_ca_that_is_named_counts():
    """What the system trusts is nothing where a CA is named."""
    of_the_system, ours = Certificates(), Certificates()
    feed = start(of_the_system)
    env = {"SSL_CERT_FILE": of_the_system.ca}
    free = Plain(feed, "ayu", env=env)
    free.wait("LIVE")
    free.quit()
    bound = Plain(feed, "ayu", args=["--ca", ours.ca], env=env)
    bound.wait("No link, TLS: the feed's certificate is not signed by " + ours.ca)
    bound.child.kill()
    feed.stop()


# --- what breaks on the way ---


@takes(120)
def test_the_handshake_is_cut_anywhere():
    """The pieces of a handshake, cut in two; then the next one goes through."""
    feed = start()
    proxy = FaultProxy(feed.port)
    proxy.always = Line(raw=True)
    through = Address("wss://localhost:%d/v1/feed" % proxy.port, feed.token_file("ayu"))
    desk = console(through, feed.certificates.ca)
    desk.wait("LIVE")
    begun, cuts, longest = time.monotonic(), 0, 0.0
    plan = (
        [("up", 1, at) for at in (0, 1, 5, 43, 200)]  # the client's hello
        + [("down", 1, at) for at in (0, 1, 5, 90, 300, 700)]  # the server's, with the certificate
        + [("up", 2, at) for at in (0, 1, 6, 60)]  # the client's last, and the request with the token
        + [("down", 2, at) for at in (0, 1, 30)]  # the answer
    )
    for number, (side, nth, at) in enumerate(plan):
        fault = Fault(side, None, at=at, nth=nth, do="cut" if number % 2 else "reset")
        proxy.next(Line(raw=True, fault=fault))
        known = len(proxy.connections)
        proxy.cut()
        check(fault.hit.wait(20), "the fault came to pass", fault)
        broken = time.monotonic()
        desk.wait("LIVE", 20)
        eventually(lambda: len(proxy.connections) >= known + 2, "a connection behind the broken one")
        longest = max(longest, time.monotonic() - broken)
        cuts += 1
    figure("cuts, longest time until LIVE", "%d, %.2f s (all in %.0f s)" % (cuts, longest, time.monotonic() - begun))
    feed.alarm(place="Pasar Gede")
    desk.wait("Pasar Gede")
    desk.quit()
    feed.stop()


@takes(120)
def test_a_server_that_stays_silent_is_given_up():
    """It takes the connection and says nothing: at once, or in the middle of the handshake."""
    feed = start()
    proxy = FaultProxy(feed.port)
    proxy.always = Line(raw=True)
    through = Address("wss://localhost:%d/v1/feed" % proxy.port, feed.token_file("ayu"))
    desk = console(through, feed.certificates.ca)
    desk.wait("LIVE")
    for line in (Line(mute=True), Line(raw=True, fault=Fault("down", None, at=200, do="hold"))):
        proxy.next(line)
        proxy.cut()
        begun = time.monotonic()
        desk.wait("LOST")
        desk.wait("LIVE", 25)
        took = time.monotonic() - begun
        figure("silent, until LIVE again", "%.1f s" % took, 12)
        check(2 < took < 12, "the try is given up, and the next one made:", took)
    desk.quit()
    feed.stop()


# --- what somebody repairs ---


def test_a_feed_that_gets_a_good_certificate_is_found_again():
    good = Certificates()
    feed = start(good)
    desk = console(feed, good.ca)
    desk.wait("LIVE")
    # Somebody puts a bad one in: who is there stays, and who comes anew does not trust it.
    feed.use(*Certificates("feed.example").server)
    feed.child.send_signal(signal.SIGHUP)
    said(feed, "read again")
    late = console(feed, good.ca)
    late.wait("No link, TLS: the feed's certificate is not signed by")
    # Posted by what trusts the bad one: the console of before hears it.
    link = feed.dial
    feed.dial = lambda: dial_anybody(feed)
    feed.alarm(place="Pasar Klewer")
    feed.dial = link
    desk.wait("Pasar Klewer")
    check_eq(len(desk.told("NO LINK")), 0, "the link of before is not touched: %r" % desk.lines)
    feed.use(*good.server)
    feed.child.send_signal(signal.SIGHUP)
    begun = time.monotonic()
    late.wait("LIVE", 20)
    figure("LIVE after the certificate was repaired", "%.2f s" % (time.monotonic() - begun))
    late.wait("Pasar Klewer")
    for plain in (desk, late):
        plain.quit()
    feed.stop()


def dial_anybody(feed):
    raw = socket.create_connection(("127.0.0.1", feed.port), timeout=10)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(raw, server_hostname="localhost")


def test_a_console_whose_ca_is_corrected_comes_back():
    good = Certificates()
    feed = start(good)
    ca = os.path.join(scope.folder(), "ca.pem")
    shutil.copyfile(Certificates().ca, ca)
    desk = console(feed, ca)
    desk.wait("No link, TLS: the feed's certificate is not signed by")
    os.unlink(ca)
    desk.wait("No link, TLS: .*ca.pem: No such file")
    shutil.copyfile(good.ca, ca)
    desk.wait("LIVE", 20)
    desk.quit()
    feed.stop()


def test_the_reason_stands_on_the_screen():
    ours = Certificates()
    stranger = Stranger(*Certificates().server)
    screen = Console(somewhere(stranger.port), "ayu", args=["--ca", ours.ca], cols=120, rows=40)
    screen.wait("NO DATA YET")
    screen.wait("the feed's certificate is not signed by")
    check(not screen.has("LIVE"), screen.text())
    screen.keys("5")
    screen.wait("No link, TLS")
    screen.keys(":quit", "Enter")
    screen.exited()


if __name__ == "__main__":
    run(globals())
