"""siagad behind TLS: who is let in, what it shows of itself, and what it does with files that are no good."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import warnings

from siaga_test import (BALAI_KOTA, SIAGAD, SLOW, Feed, Siagad, check, check_eq, environment, eventually, figure, run,
                        scope)
from tls_tools import (OPENSSL, Certificates, TlsSiagad, client_context, curl, date, openssl, said, self_signed,
                       write_config)

ALARM = '{"lat": %f, "lon": %f}' % BALAI_KOTA
INSIDE = "--inside"  # this file again, in a network of its own
ELSEWHERE = "192.0.2.1"


def start(**options):
    feed = TlsSiagad(**options)
    feed.token("app", "intake")
    feed.token("ayu", "operator")
    return feed.start()


def serve(listen, *args, data=None):
    """siagad until it ends by itself: (exit status, what it said)."""
    home = scope.folder()
    done = subprocess.run([SIAGAD, "--data", data or os.path.join(home, "feed"), "--listen", listen, *args],
                          env=environment(home), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=20 * SLOW, check=False)
    return done.returncode, done.stderr


# --- where it listens ---


def test_nothing_listens_elsewhere_in_plain_text():
    for listen in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[2001:db8::1]:0"):
        status, text = serve(listen)
        check_eq(status, 1, listen)
        check("plain text is for loopback only" in text and "[tls]" in text, text)
        check("listening" not in text, text)


def in_a_network_of_its_own():
    """A machine with another address than that of loopback, for nobody but this test."""
    feed = TlsSiagad(Certificates("localhost", ELSEWHERE))
    feed.token("app", "intake")
    feed.token("tamu", "observer")
    feed.token("gone", "observer")
    check_eq(feed.admin("token", "revoke", "gone")[0], 0, "revoke")
    config = write_config(os.path.join(feed.home, "siagad.conf"), tls={"certificate": feed.pem, "key": feed.key},
                          limits={"bad_rate": 1, "bad_burst": 10})
    for listen, hosts in (("0.0.0.0:7443", (ELSEWHERE, "127.0.0.1")), ("[::]:7443", ("[2001:db8::1]", "[::1]"))):
        child = scope.start([SIAGAD, "--data", feed.dir, "--listen", listen, "--config", config],
                            env=environment(feed.home), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        lines = [child.stderr.readline()]
        if lines[0].startswith(b"siagad: runs as "):
            lines.append(child.stderr.readline())
        check(b"listening on" in lines[-1], listen, lines)

        def ask(host, path, token=None):
            words = ["curl", "-sk", "--max-time", "10", "-o", "/dev/null", "-w", "%{http_code}"]
            words += ["-H", "Authorization: Bearer " + feed.tokens.get(token, token)] if token else []
            done = subprocess.run([*words, "https://%s:7443%s" % (host, path)], capture_output=True, text=True,
                                  check=False, env=environment(feed.home), timeout=20 * SLOW)
            return done.stdout

        elsewhere, here = hosts
        for path in ("/healthz", "/metrics"):
            check_eq(ask(here, path), "200", "on this machine nobody is asked: " + path)
            check_eq(ask(elsewhere, path), "401", "from another a token is needed: " + path)
            check_eq(ask(elsewhere, path, "siaga_nonsense"), "401", "and a good one: " + path)
            check_eq(ask(elsewhere, path, "gone"), "401", "that was not revoked: " + path)
            check_eq(ask(elsewhere, path, "tamu"), "200", "of any role: " + path)
            check_eq(ask(elsewhere, path, "app"), "200", "of any role: " + path)
        # Guessing is slowed down here, too.
        check(any(ask(elsewhere, "/healthz", "siaga_guess%d" % i) == "429" for i in range(40)), "nobody guesses for ever")
        check_eq(ask(elsewhere, "/healthz", "tamu"), "200", "and who has a token is not harmed")
        child.terminate()
        check_eq(child.wait(timeout=20 * SLOW), 0, "it ends")


def test_health_and_figures_are_for_this_machine_or_a_token():
    addresses = "ip link set lo up && ip addr add %s/32 dev lo && ip addr add 2001:db8::1/128 dev lo nodad" % ELSEWHERE
    words = ["unshare", "-rn", "sh", "-c", addresses + ' && exec "$0" "$@"', sys.executable]
    can = shutil.which("unshare") and shutil.which("ip") and shutil.which("curl")
    if not can or subprocess.run([*words, "-c", ""], capture_output=True, check=False).returncode != 0:
        figure("left out", "no network of its own can be made here (unshare, ip, curl)")
        return
    done = subprocess.run([*words, os.path.abspath(__file__), INSIDE], capture_output=True, text=True, check=False,
                          timeout=50 * SLOW)
    check_eq(done.returncode, 0, done.stdout + done.stderr)


# --- who is let in ---


def shake(feed, context):
    """A handshake: what was agreed on, or None where it failed."""
    try:
        raw = socket.create_connection(("127.0.0.1", feed.port), timeout=10 * SLOW)
        with context.wrap_socket(raw, server_hostname="localhost") as link:
            return link.version(), link.cipher()[0], link.selected_alpn_protocol()
    except (ssl.SSLError, ConnectionError):
        return None


def test_only_tls_of_today_is_spoken():
    warnings.simplefilter("ignore", DeprecationWarning)
    feed = start()
    new = feed.context()
    check_eq(shake(feed, new)[0], "TLSv1.3", "the newest")
    twelve = feed.context()
    twelve.maximum_version = ssl.TLSVersion.TLSv1_2
    version, cipher, _ = shake(feed, twelve)
    check_eq(version, "TLSv1.2", "what is a little older")
    check(cipher.startswith("ECDHE-") and ("GCM" in cipher or "CHACHA20" in cipher), cipher)
    for oldest in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        old = feed.context()
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = oldest
        check_eq(shake(feed, old), None, oldest.name)
    for weak in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"):
        weakened = feed.context()
        weakened.maximum_version = ssl.TLSVersion.TLSv1_2
        weakened.set_ciphers(weak + ":@SECLEVEL=0")
        check_eq(shake(feed, weakened), None, weak)
    alpn = feed.context()
    alpn.set_alpn_protocols(["h2", "http/1.1"])
    check_eq(shake(feed, alpn)[2], "http/1.1", "no HTTP/2")
    feed.stop()


def test_no_session_is_resumed():
    """Who comes again is asked again who it is."""
    feed = start()
    for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context, session = feed.context(), None
        context.maximum_version = newest
        for _ in range(2):
            raw = socket.create_connection(("127.0.0.1", feed.port), timeout=10 * SLOW)
            with context.wrap_socket(raw, server_hostname="localhost", session=session) as link:
                link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                check(link.recv(4096).startswith(b"HTTP/1.1 200"), newest)
                check(not link.session_reused, "not resumed:", newest)
                session = link.session
    feed.stop()


def test_plain_text_to_the_port_of_tls_is_not_answered():
    feed = start()
    for text in (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 600, b"\x16\x03\x01\xff\xff" + b"A" * 600):
        link = Siagad.dial(feed)
        link.sendall(text)
        heard = b""
        try:
            while True:
                more = link.recv(4096)
                if not more:
                    break
                heard += more
        except ConnectionError:
            pass
        # At most an alert.
        check(b"HTTP" not in heard and len(heard) < 16, heard)
        link.close()
    check_eq(feed.http("GET", "/healthz").status, 200, "the others are served")
    feed.stop()


def test_who_does_not_finish_the_handshake_is_cut_off():
    feed = start()
    silent = [Siagad.dial(feed) for _ in range(50)]
    hello = client_hello(feed)
    for link in silent[:25]:
        link.sendall(hello[: len(hello) // 2])
    begun = [feed.http("GET", "/healthz").status for _ in range(5)]
    check_eq(begun, [200] * 5, "others are served meanwhile")
    for link in silent:
        link.settimeout(25 * SLOW)
        try:
            check_eq(link.recv(1), b"", "it is ended")
        except ConnectionError:
            pass
        link.close()
    feed.stop()


def client_hello(feed):
    """The first bytes of somebody who begins TLS."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    link = feed.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        link.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def test_clients_show_a_certificate_where_they_must():
    ours = Certificates(clients=["tmc-1"])
    others = Certificates(clients=["tmc-1"])
    good, bad = ours.client("tmc-1"), others.client("tmc-1")
    feed = start(certificates=ours, tls={"client_ca": ours.ca, "clients": "require"})

    def health(certificate):
        """The answer's status, or None: no connection."""
        try:
            raw = Siagad.dial(feed)
            with client_context(ours.ca, certificate).wrap_socket(raw, server_hostname="localhost") as link:
                link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                heard = link.recv(4096)
                return int(heard.split()[1]) if heard else None
        except (ssl.SSLError, ConnectionError):
            return None

    check_eq(health(good), 200, "with the right one")
    check_eq(health(None), None, "with none")
    check_eq(health(bad), None, "with one that somebody else signed")
    check_eq(health(ours.server), None, "with one that is not for a client")
    if OPENSSL:
        old = ours.sign("old", date(-30), date(-1), usage="clientAuth")
        check_eq(health(old), None, "with one that is over")
    # The certificate opens the door, and the token says who it is.
    status, text = curl(feed, "/v1/alarms", "--cert", good[0], "--key", good[1], "-d", ALARM,
                        "-H", "Content-Type: application/json", "-w", "%{http_code}")
    check_eq((status, text[-3:]), (0, "401"), text)
    feed.stop()
    feed.tls["clients"] = "ask"
    feed.start()
    check_eq(health(good), 200, "asked, and shown")
    check_eq(health(None), 200, "asked, and not shown")
    check_eq(health(bad), None, "asked, and a bad one shown")
    feed.stop()


def test_an_alarm_is_posted_by_curl():
    feed = start()
    words = ("-H", "Authorization: Bearer " + feed.tokens["app"], "-H", "Content-Type: application/json", "-d", ALARM)
    status, text = curl(feed, "/v1/alarms", *words, "-w", "%{http_code}")
    check_eq((status, text[-3:]), (0, "201"), text)
    check_eq(curl(feed, "/v1/alarms", *words, ca=Certificates().ca)[0], 60, "curl trusts nobody else")
    desk = Feed(feed, "ayu")
    check(desk.events[0]["type"] == "incident.raised", desk.events)
    feed.stop()


# --- its files ---


def test_files_that_are_no_good_are_named():
    certificates = Certificates(clients=["tmc-1"])
    folder = scope.folder()
    pem, key = certificates.server

    def copy(path, name, mode=0o600):
        shutil.copyfile(path, os.path.join(folder, name))
        os.chmod(os.path.join(folder, name), mode)
        return os.path.join(folder, name)

    def text(name, content):
        return copy(write_text(os.path.join(folder, "tmp"), content), name)

    nowhere = os.path.join(folder, "nowhere.pem")
    empty, garbage = text("empty.pem", ""), text("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n")
    cases = [
        ("missing", nowhere, key, {}, [nowhere, "No such file"]),
        ("key missing", pem, nowhere, {}, [nowhere, "No such file"]),
        ("a folder", folder, key, {}, [folder, "not a file"]),
        ("empty", empty, key, {}, [empty, "no certificate"]),
        ("garbage", garbage, key, {}, [garbage, "no certificate"]),
        ("key for certificate", key, key, {}, [key, "no certificate"]),
        ("certificate for key", pem, copy(pem, "pem.key"), {}, ["pem.key", "no key"]),
        ("another key", pem, certificates.path("ca.key"), {}, ["ca.key", "is not the key of", pem]),
        ("a client's", *certificates.client("tmc-1"), {}, ["client-tmc-1.pem", "not for a server"]),
        ("readable by all", pem, copy(key, "open.key", 0o604), {}, ["open.key", "others may read it"]),
        ("no client CA", pem, key, {"client_ca": nowhere, "clients": "ask"}, [nowhere, "No such file"]),
        ("empty client CA", pem, key, {"client_ca": empty, "clients": "ask"}, [empty, "no certificate"]),
    ]
    if OPENSSL:
        old, early = certificates.sign("old", date(-30), date(-1)), certificates.sign("early", date(2), date(30))
        locked = os.path.join(folder, "locked.key")
        openssl("pkey", "-in", key, "-aes128", "-passout", "pass:x", "-out", locked)
        os.chmod(locked, 0o600)
        cases += [
            ("expired", *old, {}, ["old.pem", "has expired, on 20"]),
            ("of tomorrow", *early, {}, ["early.pem", "is the clock right?"]),
            ("a key with a password", pem, locked, {}, [locked, "without a password"]),
        ]
    for name, certificate, private, more, parts in cases:
        config = write_config(os.path.join(folder, "siagad.conf"), tls=dict(certificate=certificate, key=private, **more))
        status, said_ = serve("127.0.0.1:0", "--config", config)
        check_eq(status, 1, name)
        check(all(part in said_ for part in parts), name, said_)
        check("listening" not in said_, name, said_)
        done = subprocess.run([SIAGAD, "--check-config", "--config", config], env=environment(folder),
                              capture_output=True, text=True, check=False, timeout=20 * SLOW)
        check_eq((done.returncode, done.stdout), (3, ""), "--check-config: " + name)
        check(all(part in done.stderr for part in parts), "--check-config:", name, done.stderr)
    # A key may belong to a group of its own.
    config = write_config(os.path.join(folder, "siagad.conf"), tls={"certificate": pem, "key": copy(key, "group.key", 0o640)})
    done = subprocess.run([SIAGAD, "--check-config", "--config", config], env=environment(folder), capture_output=True,
                          text=True, check=False, timeout=20 * SLOW)
    check_eq((done.returncode, done.stdout, done.stderr), (0, "OK %s\n" % config, ""), "a group's key")


def write_text(path, content):
    with open(path, "w", encoding="ascii") as file:
        file.write(content)
    return path


def test_a_certificate_that_ends_soon_is_told():
    feed = start(certificates=Certificates(days=20))
    said(feed, "expires in 20 days")
    check(feed.pem.encode() in feed.errors, feed.errors)
    feed.certificates = Certificates(days=60)
    feed.use(*feed.certificates.server)
    feed.child.send_signal(signal.SIGHUP)
    said(feed, "read again")
    check_eq(feed.errors.count(b"expires"), 1, "nothing more to tell")
    figures = feed.http("GET", "/metrics").body.decode()
    ends = int(re.search(r"^siaga_certificate_expires_seconds (\d+)$", figures, re.M)[1])
    check(abs(ends - time.time() - 60 * 86400) < 100, "the figure is of the new one:", ends)
    feed.stop()


def shown(feed):
    """The serial number of the certificate that a new connection gets."""
    raw = Siagad.dial(feed)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(raw, server_hostname="localhost") as link:
        return link.getpeercert(binary_form=True)


def test_a_new_certificate_comes_without_ending_a_link():
    feed = start()
    desk = Feed(feed, "ayu")
    first = shown(feed)
    second = Certificates()
    feed.use(*second.server)
    check_eq(shown(feed), first, "nothing changes before it is asked for")
    feed.child.send_signal(signal.SIGHUP)
    said(feed, "certificate and key were read again")
    check(shown(feed) != first, "another one now")
    with open(second.server[0], encoding="ascii") as file:
        check_eq(shown(feed), ssl.PEM_cert_to_DER_cert(file.read()), "the new one")
    feed.certificates = second
    feed.alarm()
    desk.event("incident.raised")
    # One of another kind, too.
    if OPENSSL:
        pem, key = os.path.join(feed.home, "rsa.pem"), os.path.join(feed.home, "rsa.key")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", pem, "-days", "50",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
        feed.use(pem, key)
        feed.child.send_signal(signal.SIGHUP)
        with open(pem, encoding="ascii") as file:
            rsa = ssl.PEM_cert_to_DER_cert(file.read())
        eventually(lambda: shown(feed) == rsa, "the RSA one is shown")
    desk.do("note", desk.event("incident.raised")["incident"], note="still here")
    feed.stop()


def test_nothing_that_many_are_told_goes_past_tls():
    feed = start()
    desks = [Feed(feed, "ayu") for _ in range(3)]
    feed.alarm()
    for desk in desks:
        desk.event("incident.raised")
    check_eq(feed.metric("siaga_messages_together_total"), 0, "messages that went out beside it")
    feed.stop()


def test_a_new_certificate_that_is_no_good_changes_nothing():
    feed = start()
    first = shown(feed)
    for number, (spoil, text) in enumerate((
        (lambda: os.unlink(feed.key), "No such file"),
        (lambda: feed.use(feed.certificates.server[0], feed.certificates.path("ca.key")), "is not the key of"),
        (lambda: write_text(feed.pem, "garbage"), "no certificate"),
    )):
        spoil()
        feed.child.send_signal(signal.SIGHUP)
        eventually(lambda want=number + 1: feed.read_errors().count(b"stays") == want, lambda: feed.errors)
        check(text.encode() in feed.errors, text, feed.errors)
        check_eq(shown(feed), first, "the old one stays")
    feed.use(*feed.certificates.server)
    feed.child.send_signal(signal.SIGHUP)
    said(feed, "read again")
    feed.alarm()
    feed.stop()


def test_who_may_come_changes_without_a_restart():
    ours, others = Certificates(clients=["tmc-1"]), Certificates(clients=["tmc-1"])
    ca = os.path.join(scope.folder(), "clients.pem")
    shutil.copyfile(ours.ca, ca)
    feed = start(certificates=ours, tls={"client_ca": ca, "clients": "require"})

    def gets_in(certificates):
        pem, key = certificates.client("tmc-1")
        return curl(feed, "/healthz", "--cert", pem, "--key", key)[0] == 0

    check_eq((gets_in(ours), gets_in(others)), (True, False), "before")
    shutil.copyfile(others.ca, ca)
    feed.child.send_signal(signal.SIGHUP)
    said(feed, "read again")
    check_eq((gets_in(ours), gets_in(others)), (False, True), "after")
    feed.stop()


def test_no_key_and_no_token_is_told():
    pem, key = self_signed() if OPENSSL else Certificates().server
    feed = start()
    feed.alarm()
    feed.use(pem, key)
    feed.child.send_signal(signal.SIGHUP)
    said(feed, "read again")
    feed.stop()
    with open(key, encoding="ascii") as file:
        secret = file.read().split("\n")[1]
    check(secret.encode() not in feed.errors, "the key")
    check(all(token.encode() not in feed.errors for token in feed.tokens.values()), "a token")


if __name__ == "__main__":
    if INSIDE in sys.argv:
        try:
            in_a_network_of_its_own()
        finally:
            scope.finish()
    else:
        run(globals())
