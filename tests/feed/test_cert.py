"""siagad cert: a CA for tests and what it signs. Nobody takes it for more than that."""

import os
import re
import stat
import subprocess

from siaga_test import SIAGAD, SLOW, check, check_eq, environment, figure, run, scope
from tls_tools import OPENSSL, Certificates, openssl


def cert(*words):
    home = scope.folder()
    done = subprocess.run([SIAGAD, "cert", *words], env=environment(home), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=20 * SLOW, check=False, cwd=home)
    return done.returncode, done.stdout, done.stderr


def contents(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def test_it_makes_what_is_asked_for():
    made = Certificates("feed.example", "*.feed.example", "192.0.2.7", "2001:db8::7", clients=["tmc-1", "psc.2"])
    names = ["ca", "client-psc.2", "client-tmc-1", "server"]
    check_eq(sorted(os.listdir(made.dir)), sorted(n + e for n in names for e in (".key", ".pem")), "files")
    check_eq(stat.S_IMODE(os.stat(made.dir).st_mode), 0o700, "the folder")
    for name in names:
        check_eq(stat.S_IMODE(os.stat(made.path(name + ".key")).st_mode), 0o600, name + ".key")
    check("TEST CA" in made.said and "NOT for a control room" in made.said, made.said)
    if not OPENSSL:
        figure("left out", "no openssl")
        return
    for name, purpose in (("server", "sslserver"), ("client-tmc-1", "sslclient"), ("client-psc.2", "sslclient")):
        openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", made.ca, made.path(name + ".pem"))
    for host in ("feed.example", "a.feed.example"):
        openssl("verify", "-verify_hostname", host, "-CAfile", made.ca, made.path("server.pem"))
    for address in ("192.0.2.7", "2001:db8::7"):
        openssl("verify", "-verify_ip", address, "-CAfile", made.ca, made.path("server.pem"))
    serials = set()
    for name in names:
        text = openssl("x509", "-in", made.path(name + ".pem"), "-noout", "-text")
        check("Siaga TEST, not for a control room" in re.search("Subject: (.*)", text)[1], text)
        check("prime256v1" in text and "ecdsa-with-SHA256" in text, text)
        serials.add(re.search(r"Serial Number:\s*(\S+)", text)[1])
        key = openssl("pkey", "-in", made.path(name + ".key"), "-pubout")
        check_eq(openssl("x509", "-in", made.path(name + ".pem"), "-noout", "-pubkey"), key, "key of " + name)
    check_eq(len(serials), len(names), "each has a number of its own")
    check("CA:TRUE, pathlen:0" in openssl("x509", "-in", made.ca, "-noout", "-text"), "the CA signs no other CA")


def test_days_are_counted():
    if not OPENSSL:
        figure("left out", "no openssl")
        return
    for days in (1, 90, 400):
        made = Certificates("localhost", days=days)
        check("for %d days" % days in made.said, made.said)
        for name in ("ca", "server"):
            openssl("x509", "-in", made.path(name + ".pem"), "-noout", "-checkend", str(days * 86400 - 600))
            try:
                openssl("x509", "-in", made.path(name + ".pem"), "-noout", "-checkend", str(days * 86400 + 600))
            except Exception:
                continue
            check(False, "good for longer than", days, name)


def test_nothing_is_overwritten():
    made = Certificates("localhost", clients=["b"])
    for name in ("ca.pem", "ca.key", "server.pem", "server.key", "client-b.key"):
        folder = scope.folder()
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write("mine")
        status, out, text = cert("--out", folder, "--host", "localhost", "--client", "a", "--client", "b")
        check_eq((status, out), (1, ""), name)
        check(name in text and "not overwritten" in text, text)
        check_eq(contents(folder), {name: b"mine"}, "nothing is made, nothing is changed")
    before = contents(made.dir)
    check_eq(cert("--out", made.dir, "--host", "localhost")[0], 1, "the same again")
    check_eq(contents(made.dir), before, "the files")
    # A link that leads elsewhere is not followed.
    folder, other = scope.folder(), os.path.join(scope.folder(), "elsewhere")
    os.symlink(other, os.path.join(folder, "server.key"))
    check_eq(cert("--out", folder, "--host", "localhost")[0], 1, "a link in the way")
    check(not os.path.exists(other), "nothing is written through a link")


def test_what_makes_no_sense_is_refused():
    out = os.path.join(scope.folder(), "out")
    for words, text in (
        ((), "--out"),
        (("--out", out), "--host"),
        (("--host", "localhost"), "--out"),
        (("--out", out, "--host", ""), "--host"),
        (("--out", out, "--host", "two words"), "--host"),
        (("--out", out, "--host", "a,DNS:evil.example"), "--host"),
        (("--out", out, "--host", "https://feed.example"), "--host"),
        (("--out", out, "--host", "feed.example:7112"), "--host"),
        (("--out", out, "--host", "x" * 254), "--host"),
        (("--out", out, "--host", "localhost", "--client", "../x"), "--client"),
        (("--out", out, "--host", "localhost", "--client", ""), "--client"),
        (("--out", out, "--host", "localhost", "--client", "x" * 65), "--client"),
        (("--out", out, "--host", "localhost", "--days", "0"), "--days"),
        (("--out", out, "--host", "localhost", "--days", "3651"), "--days"),
        (("--out", out, "--host", "localhost", "--days", "ten"), "--days"),
        (("--out", out, "--host", "localhost", "--days", "-1"), "--days"),
        (("--out", out, "--host", "localhost", "more"), "cert --out"),
    ):
        status, _, said = cert(*words)
        check_eq(status, 2, words)
        check(text in said, words, said)
    check(not os.path.exists(out), "nothing is made")
    status, _, said = cert("--out", os.path.join(out, "too", "deep"), "--host", "localhost")
    check_eq(status, 1, "no such folder")
    check("No such file" in said, said)


def test_a_name_that_is_long_is_a_host_all_the_same():
    host = ".".join(["x" * 60] * 4)
    made = Certificates(host)
    if OPENSSL:
        openssl("verify", "-verify_hostname", host, "-CAfile", made.ca, made.path("server.pem"))


if __name__ == "__main__":
    run(globals())
