"""siaga doctor on the way over TLS: each thing that can be wrong is really wrong here, and is said."""

import re

from siaga_test import check, figure, need, run, start_feed
from test_doctor import Desk
from tls_tools import OPENSSL, Certificates, Stranger, TlsSiagad, date, make_chain


def desk_of(feed, **keys):
    more = "".join("%s = %s\n" % item for item in keys.items())
    return Desk(feed.url, feed.tokens["ayu"], more="" if not more else "[feed]\n" + more)


class Elsewhere:
    """What looks like a feed in a configuration."""

    tokens = {"ayu": "siaga_" + "A" * 44}

    def __init__(self, port, host="localhost"):
        self.url = "wss://%s:%d/v1/feed" % (host, port)


def start(certificates=None, **options):
    feed = TlsSiagad(certificates, **options)
    feed.token("ayu", "operator")
    return feed.start()


def test_a_way_that_is_good():
    feed = start()
    found = desk_of(feed, ca=feed.certificates.ca).doctor().ends(0)
    found.has("OK TLS: TLSv1.3, localhost is who it says by " + feed.certificates.ca)
    found.has("OK certificate of the feed: for localhost, 127.0.0.1, ::1, signed by Siaga test CA, not for a control "
              "room, good for 90 days")
    found.has("OK feed: it is well").has("OK token: the feed knows you as ayu, operator").has_not("FAIL ")
    found.has_not("certificate of this console").has_not(feed.tokens["ayu"])
    feed.stop()


def test_certificates_that_end_soon():
    certificates = Certificates(clients=["tmc-1"], days=9)
    feed = start(certificates, tls={"client_ca": certificates.ca, "clients": "require"})
    pem, key = certificates.client("tmc-1")
    found = desk_of(feed, ca=certificates.ca, certificate=pem, key=key).doctor().ends(0)
    found.has("WARN certificate of the feed: for localhost", "expires in 9 days: tell whoever runs the feed")
    found.has("WARN certificate of this console: %s expires in 9 days" % pem)
    found.has("OK token: the feed knows you as ayu, operator")
    feed.stop()


def test_who_vouches_for_the_feed_may_end_first():
    need(OPENSSL, "there is no openssl")
    for days, wanted in (((11, 90), "WARN certificate of the between, who vouches for the feed's, expires in 11 days"),
                         ((40, 90), "OK certificates up to the CA: the first to end is that of the between, in 40 days")):
        chain, key, ca = make_chain(("server", "between"), days)
        feed = TlsSiagad()
        feed.token("ayu", "operator")
        feed.use(chain, key)
        feed.start()
        found = desk_of(feed, ca=ca).doctor().ends(0)
        found.has("OK certificate of the feed: for localhost, ", "signed by the between, good for 90 days").has(wanted)
        feed.stop()
    # A feed that shows its own certificate and not the one between.
    feed = TlsSiagad()
    feed.token("ayu", "operator")
    chain, key, ca = make_chain(("server",))
    feed.use(chain, key)
    feed.start()
    desk_of(feed, ca=ca).doctor().ends(1).has("FAIL TLS: ", "not signed by " + ca)
    feed.stop()


def test_a_certificate_of_this_console():
    certificates, others = Certificates(clients=["tmc-1"]), Certificates(clients=["tmc-1"])
    feed = start(certificates, tls={"client_ca": certificates.ca, "clients": "require"})
    pem, key = certificates.client("tmc-1")
    found = desk_of(feed, ca=certificates.ca, certificate=pem, key=key).doctor().ends(0)
    found.has("OK certificate of this console: %s, good for 90 days" % pem)
    found = desk_of(feed, ca=certificates.ca).doctor().ends(1)
    check(re.search(r"FAIL feed: no answer to /healthz: the feed (wants|asked for) a certificate of this console",
                    "\n".join(found.lines)), found.text)
    pem, key = others.client("tmc-1")
    found = desk_of(feed, ca=certificates.ca, certificate=pem, key=key).doctor().ends(1)
    check(re.search(r"FAIL feed: no answer to /healthz: the feed (does not take|saw) the certificate of this console",
                    "\n".join(found.lines)), found.text)
    found = desk_of(feed, ca=certificates.ca, certificate=pem).doctor().ends(1)
    found.has("FAIL TLS: certificate and key of this console go together")
    found = desk_of(feed, ca=certificates.ca, certificate=pem, key="/nowhere/key").doctor().ends(1)
    found.has("FAIL TLS: /nowhere/key: No such file", "correct ca, certificate and key under [feed]")
    feed.stop()


def test_who_is_not_trusted_is_named_and_told_nothing():
    ours, theirs = Certificates(), Certificates("feed.example", "192.0.2.9")
    cases = [
        (theirs.server, ours.ca, "localhost", "the feed's certificate is not signed by " + ours.ca),
        (theirs.server, theirs.ca, "localhost", "the feed's certificate is for another name than localhost"),
        (theirs.server, theirs.ca, "127.0.0.1", "the feed's certificate is for another name than 127.0.0.1"),
        (theirs.server, None, "localhost", "signed by no CA of this system"),
    ]
    if OPENSSL:
        old = theirs.sign("old", date(-30), date(-1), san="DNS:localhost,DNS:feed.example")
        cases.append((old, theirs.ca, "localhost", "the feed's certificate has expired"))
    else:
        figure("left out", "an expired one: no openssl")
    for server, ca, host, text in cases:
        stranger = Stranger(*server)
        where = Elsewhere(stranger.port, host)
        found = desk_of(where, **({"ca": ca} if ca else {})).doctor().ends(1)
        found.has("FAIL TLS: ", text, "feed.example", "signed by Siaga test CA")
        found.has_not("/healthz").has_not("OK token: the feed")
        check(stranger.told == b"", "what a stranger is told:", stranger.told)
        stranger.close()


def test_what_speaks_no_tls():
    feed = start_feed()
    found = desk_of(Elsewhere(feed.port)).doctor().ends(1)
    found.has("FAIL TLS: what answers there does not speak TLS").has_not("/healthz")
    feed.stop()
    yesterday = Certificates()
    stranger = Stranger(*yesterday.server, old=True)
    found = desk_of(Elsewhere(stranger.port), ca=yesterday.ca).doctor().ends(1)
    found.has("FAIL TLS: the server there does not take TLS 1.2 or newer")


def test_a_token_that_is_not_known_there():
    feed = start()
    feed.tokens["ayu"] = Elsewhere.tokens["ayu"]
    found = desk_of(feed, ca=feed.certificates.ca).doctor().ends(1)
    found.has("OK TLS: ").has("FAIL token: the feed does not know it")
    feed.stop()


if __name__ == "__main__":
    run(globals())
