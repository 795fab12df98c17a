"""siagad doctor: each thing that can be wrong with a feed is really wrong here, and is said."""

import hashlib
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess

from faultdisk import Disk
from siaga_test import (SIAGAD, SLOW, Feed, Siagad, check, check_eq, environment, eventually, need, run, scope,
                        start_feed)
from test_doctor import Findings, contents, sql
from tls_tools import OPENSSL, Certificates, TlsSiagad, make_chain, write_config

ALARM = {"lat": -7.5701, "lon": 110.83}


def doctor(feed, *args, listen=None, prefix=(), folder=None):
    words = [*prefix, SIAGAD, "doctor", "--data", folder or feed.dir, *args]
    if listen is not None:
        words += ["--listen", listen]
    done = subprocess.run(words, env=environment(feed.home), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=40 * SLOW, check=False)
    check_eq(done.stderr, "", "errors of doctor")
    found = Findings(done.returncode, done.stdout)
    for token in feed.tokens.values():
        found.has_not(token)
    return found


def there(feed, name):
    return os.path.join(feed.dir, name)


def without_shared_memory(found):
    """What SQLite keeps in a file only to share it between programs comes and goes."""
    return {name: value for name, value in found.items() if not name.endswith("-shm")}


def what_is_kept(found):
    """Without what a program that was refused a file may leave beside it: the lock, an empty -wal."""
    empty = hashlib.sha256(b"").hexdigest()
    return {name: value for name, value in without_shared_memory(found).items()
            if name != "lock" and not (name.endswith("-wal") and value[0] == empty)}


def test_a_feed_that_works_has_little_to_do():
    feed = start_feed()
    feed.alarm()
    desk = Feed(feed, "ayu")
    desk.do("acknowledge", feed.alarm()["incident"])
    before = contents(feed.dir)
    found = doctor(feed, listen="127.0.0.1:%d" % feed.port).ends(0)
    found.has("OK folder: " + feed.dir).has("OK disk: ", "MiB free").has("OK files: ")
    found.has("OK siagad: it runs on this folder (process %d)" % feed.child.pid)
    found.has("OK log: each event follows on the one before it, up to ").has("OK TLS: none")
    found.has("OK log: whole, schema ").has("OK log: ", "2 incidents are open")
    found.has("OK registry: rev 1, ").has("OK tokens: 1 intake, 2 operator, 1 supervisor, 2 agency, 1 observer")
    found.has("OK limits: ", "for 4096 connections")
    found.has("OK port: siagad listens on 127.0.0.1 port %d" % feed.port)
    found.has("OK siagad: it is well, and says so in ").has("OK clock: 20")
    check(any(line.startswith(("OK disk: 4 KiB are safe after ", "WARN disk: 4 KiB are safe"))
              for line in found.lines), found.text)
    # Beside it nothing was changed, and it goes on.
    check_eq(without_shared_memory(contents(feed.dir)), without_shared_memory(before), "what is kept")
    check_eq(feed.head(), feed.alarm()["seq"] - 1, "events")
    # It finds the port by itself.
    doctor(feed).ends(0).has("OK port: siagad listens on 127.0.0.1 port %d" % feed.port)
    feed.stop()
    before = without_shared_memory(contents(feed.dir))
    found = doctor(feed, listen="127.0.0.1:%d" % feed.port).ends(0)
    found.has("OK siagad: none runs on this folder").has("OK port: 127.0.0.1 port %d is free" % feed.port)
    check_eq(without_shared_memory(contents(feed.dir)), before, "what is kept")


def as_owner(feed):
    """Whoever siagad runs as, as a shell of that user would start it."""
    owner = os.stat(feed.dir)
    if os.geteuid() != 0:
        return ()
    need(shutil.which("setpriv"), "there is no setpriv")
    return ("setpriv", "--reuid", str(owner.st_uid), "--regid", str(owner.st_gid), "--clear-groups", "--")


def test_as_siagads_own_user_a_feed_that_works_is_well():
    feed = start_feed()
    feed.alarm()
    me, listen = as_owner(feed), "127.0.0.1:%d" % feed.port
    found = doctor(feed, listen=listen, prefix=me).ends(0)
    found.has("OK port: siagad listens on 127.0.0.1 port %d" % feed.port)
    found.has("OK siagad: it is well, and says so in ").has("OK user: ").has_not("FAIL ").has_not("is taken")
    # Whose the port is cannot be seen: what there answers otherwise is not it.
    other = start_feed()
    for _ in range(2):
        feed.alarm()
    found = doctor(feed, listen="127.0.0.1:%d" % other.port, prefix=me).ends(1)
    found.has("FAIL port: 127.0.0.1 port %d " % other.port, "it is the siagad of another folder")
    other.stop()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        found = doctor(feed, listen="127.0.0.1:%d" % port, prefix=me).ends(1)
        found.has("FAIL port: 127.0.0.1 port %d " % port, "ss -ltnp as root")
    doctor(feed, prefix=me).has("WARN port: " if me else "OK port: ", "--listen" if me else "")
    feed.stop()


def tls_feed(certificates, **options):
    feed = TlsSiagad(certificates, **options)
    feed.token("ayu", "operator")
    return feed.start()


def test_a_feed_of_tls_is_asked_whoever_asks():
    certificates = Certificates("feed.example")
    feed = tls_feed(certificates)
    listen = "127.0.0.1:%d" % feed.port
    os.chmod(os.path.join(feed.home, "siagad.conf"), 0o644)
    prefixes = [()] if os.geteuid() != 0 else [(), as_owner(feed)]
    for prefix in prefixes:
        found = doctor(feed, *feed.args, listen=listen, prefix=prefix).ends(0)
        found.has("OK port: siagad listens on 127.0.0.1 port %d" % feed.port)
        found.has("OK siagad: it is well, and says so in ").has_not("FAIL ")
        found.has("OK config: " + feed.args[1])
    # The file is new, and nobody has told siagad.
    feed.use(*Certificates("feed.example").server)
    found = doctor(feed, *feed.args, listen=listen)
    found.has("WARN TLS: 127.0.0.1 port %d shows another certificate than %s" % (feed.port, feed.pem), "SIGHUP")
    feed.stop()
    feed = tls_feed(certificates, tls={"client_ca": certificates.ca, "clients": "require"})
    for prefix in prefixes:
        found = doctor(feed, *feed.args, listen="127.0.0.1:%d" % feed.port, prefix=()).ends(0)
        found.has("OK siagad: it speaks TLS and lets nobody in without a certificate")
    feed.stop()


def chain_config(order, days=(90, 90)):
    chain, key, _ = make_chain(order, days)
    config = os.path.join(os.path.dirname(chain), "siagad.conf")
    return write_config(config, tls={"certificate": chain, "key": key}), chain


def test_the_chain_of_certificates():
    need(OPENSSL, "there is no openssl")
    feed = Siagad(registry=False)
    config, chain = chain_config(("server", "between"))
    found = doctor(feed, "--config", config).ends(0)
    found.has("OK TLS: the key ", "belongs to the certificate " + chain)
    found.has("OK TLS: certificate 1, the server, signed by the between behind it, good for 90 days")
    found.has("OK TLS: certificate 2, the between, signed by the root, the CA that consoles have to know, good for 90 days")
    config, chain = chain_config(("server", "between", "root"), days=(12, 90))
    found = doctor(feed, "--config", config).ends(0)
    found.has("WARN TLS: certificate 2 of %s, the between, expires in 12 days" % chain, "SIGHUP")
    found.has("OK TLS: certificate 3, the root, signed by itself, good for 365 days")
    config, chain = chain_config(("server", "root"))
    found = doctor(feed, "--config", config).ends(1)
    found.has("FAIL TLS: certificate 1 of %s, the server, is not signed by the one behind it, but by the between" % chain,
              "put the server's own first")
    config, chain = chain_config(("between", "server"))
    doctor(feed, "--config", config).ends(1).has("FAIL TLS: ", "is not the key of")


def test_a_key_that_only_root_may_read():
    need(os.geteuid() == 0, "only root has what others may not read")
    feed = TlsSiagad()
    feed.token("ayu", "operator")
    os.chown(feed.key, 0, 0)
    feed.start()
    os.chmod(os.path.join(feed.home, "siagad.conf"), 0o644)
    listen = "127.0.0.1:%d" % feed.port
    found = doctor(feed, *feed.args, listen=listen, prefix=as_owner(feed)).ends(0)
    found.has("WARN TLS: %s may not be read by this user" % feed.key, "run doctor as root")
    found.has("OK siagad: it is well, and says so in ")
    found = doctor(feed, *feed.args, listen=listen).ends(0).has("OK TLS: the key " + feed.key)
    found.has("WARN TLS: %s may not be read by siagad's user" % feed.key, "SIGHUP")
    # Nor may what lies beside it, in a folder of root's; the feed that runs is well all the same.
    os.chown(feed.pem, 0, 0)
    os.chmod(feed.pem, 0o600)
    found = doctor(feed, *feed.args, listen=listen).ends(0)
    found.has("OK siagad: it is well, and says so in ").has_not("another certificate")
    found = doctor(feed, *feed.args, listen=listen, prefix=as_owner(feed)).ends(0)
    found.has("OK siagad: it is well, and says so in ").has("WARN TLS: %s may not be read by this user" % feed.pem)
    feed.stop()
    os.chmod(feed.pem, 0o644)
    doctor(feed, *feed.args, prefix=as_owner(feed)).ends(1).has("FAIL TLS: %s: Permission denied" % feed.key)


def test_what_is_wrong_in_the_configuration():
    feed = start_feed()
    feed.stop()
    config = os.path.join(feed.home, "siagad.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write("[feed]\ndata = %s\nlissten = 127.0.0.1:1\n[limits]\nconnections = many\nper_address = 7\n" % feed.dir)
    os.chmod(config, 0o666)
    done = subprocess.run([SIAGAD, "doctor", "--config", config], env=environment(feed.home), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=40 * SLOW, check=False)
    check_eq(done.stderr, "", "errors of doctor")
    found = Findings(done.returncode, done.stdout).ends(1)
    found.has("FAIL config: %s:3: " % config, '"lissten"; did you mean "listen"?', "correct it")
    found.has("FAIL config: %s:5: " % config, "connections")
    found.has("WARN config: ", "chmod go-w")
    # What is good in it holds, and all the rest is looked at.
    found.has("OK folder: " + feed.dir).has("OK log: whole")
    write_config(config, tls={"certificate": "x.pem"})
    doctor(feed, "--config", config).ends(1).has("FAIL config: ", "there is no key")
    doctor(feed, "--config", config + ".gone").ends(1).has("FAIL config: %s.gone: " % config)
    with open(config, "w", encoding="utf-8") as file:
        file.write("[feed]\nlissten = 127.0.0.1:1\n")
    done = subprocess.run([SIAGAD, "doctor", "--config", config], env=environment(feed.home), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=40 * SLOW, check=False)
    Findings(done.returncode, done.stdout).ends(1).has("FAIL config: ").has("FAIL folder: none is named")


def test_words():
    feed = Siagad(registry=False)
    nothing = write_config(os.path.join(feed.home, "empty.conf"))
    for words, wanted in ((["doctor", "--config", nothing], "--data DIR is missing"),
                          (["doctor", "now", "--data", feed.dir], "doctor takes no more words")):
        done = subprocess.run([SIAGAD, *words], env=environment(feed.home), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=20 * SLOW, check=False)
        check_eq((done.returncode, done.stdout), (2, ""), words)
        check(wanted in done.stderr, done.stderr)
    check(not os.path.exists(feed.dir), "it makes nothing")


def test_a_folder_that_is_not_there_or_not_one():
    feed = Siagad(registry=False)
    found = doctor(feed).ends(0)
    found.has("OK folder: %s is not there yet" % feed.dir).has("OK log: there is none yet")
    found.has("WARN registry: none is loaded").has("WARN tokens: none has the role intake")
    found.has("WARN tokens: nobody has the role operator")
    check(not os.path.exists(feed.dir), "it makes nothing")
    with open(feed.dir, "w", encoding="utf-8"):
        pass
    doctor(feed).ends(1).has("FAIL folder: %s is no folder" % feed.dir)
    below = os.path.join(feed.dir, "below")
    doctor(feed, folder=below).ends(1).has("FAIL folder: %s: Not a directory" % below)


def test_modes_owners_and_left_overs():
    feed = start_feed()
    feed.stop()
    os.chmod(feed.dir, 0o755)
    os.chmod(there(feed, "admin.db"), 0o644)
    with open(there(feed, "log.db.a1B2c3"), "w", encoding="utf-8"):
        pass
    os.chmod(there(feed, "log.db.a1B2c3"), 0o600)
    found = doctor(feed).ends(0)
    found.has("WARN folder: others may look into", "chmod 700 " + feed.dir)
    found.has("WARN files: others may read or write " + there(feed, "admin.db"), "chmod 600")
    found.has("WARN files: ", "log.db.a1B2c3 was left by a start that was cut off")
    if os.geteuid() == 0:
        found.has("OK user: root, who looks as %s, as siagad does" % pwd.getpwuid(os.stat(feed.dir).st_uid).pw_name)
        owner = os.stat(feed.dir).st_uid
        os.chown(there(feed, "log.db"), 12345, -1)
        doctor(feed).ends(1).has("WARN files: ", "log.db belongs to user 12345, the folder to %d" % owner,
                                 "chown %d " % owner).has(
            "FAIL log: it cannot be read")


def test_disks_that_are_none():
    feed = Siagad(registry=False)
    if os.path.isdir("/dev/shm"):
        folder = "/dev/shm/siaga-test-%d" % os.getpid()
        os.mkdir(folder, 0o700)
        try:
            doctor(feed, folder=folder).ends(0).has("WARN disk: ", "is on tmpfs", "goes with the power")
        finally:
            os.rmdir(folder)


def test_a_log_that_is_damaged_newer_older_or_gone():
    feed = small_feed()
    whole = os.path.join(feed.home, "whole")
    shutil.copytree(feed.dir, whole)
    for spoil, wanted in (
            (lambda feed: cut(there(feed, "log.db"), 5000), "FAIL log: "),
            (lambda feed: zap(there(feed, "log.db")), "FAIL log: "),
            (lambda feed: write(there(feed, "log.db"), b"not a database at all, sorry" * 50), "FAIL log: "),
            (lambda feed: write(there(feed, "log.db"), b""), "FAIL log: "),
            (lambda feed: sql(there(feed, "log.db"), "PRAGMA application_id=7"), "FAIL log: "),
            (lambda feed: sql(there(feed, "admin.db"), "PRAGMA application_id=7"), "FAIL admin.db: "),
            (lambda feed: zap(there(feed, "admin.db")), "FAIL admin.db: "),
            (lambda feed: sql(there(feed, "log.db"), "PRAGMA user_version=99"), "FAIL log: "),
            (lambda feed: sql(there(feed, "admin.db"), "PRAGMA user_version=99"), "FAIL admin.db: ")):
        shutil.rmtree(feed.dir)
        shutil.copytree(whole, feed.dir)
        spoil(feed)
        before = contents(feed.dir)
        found = doctor(feed).ends(1)
        line = [line for line in found.lines if line.startswith(wanted)]
        check(len(line) == 1, wanted, found.text)
        if "newer" in line[0]:
            check("use that siagad" in line[0], line[0])
        else:
            check("put back a copy" in line[0], line[0])
        check_eq(without_shared_memory(contents(feed.dir)), without_shared_memory(before), "what is there")
        # And siagad says so, too, and resets nothing.
        status, _, errors = serve_once(feed)
        check_eq(status, 1, errors)
        check(any(word in errors for word in ("damaged", "newer", "not the ", "not a database")), errors)
        if wanted == "FAIL log: " and "newer" not in errors:
            check("put back a copy" in errors and ".recover" in errors, errors)
        check_eq(what_is_kept(contents(feed.dir)), what_is_kept(before), "what is there")
    shutil.rmtree(feed.dir)
    shutil.copytree(whole, feed.dir)
    os.remove(there(feed, "log.db"))
    write(there(feed, "log.db-wal"), b"left")
    doctor(feed).ends(1).has("FAIL log: ", "though its -wal file is there")


def small_feed():
    """Whole, closed, everything in its main file."""
    feed = start_feed()
    for number in range(40):
        feed.alarm(note="catatan %d " % number + "panjang " * 40)
    feed.stop()
    for name in ("log.db", "admin.db"):
        link = sqlite3.connect(there(feed, name))
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.close()
    return feed


def serve_once(feed):
    done = subprocess.run([SIAGAD, "--data", feed.dir, "--listen", "127.0.0.1:0"], env=environment(feed.home),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20 * SLOW,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def cut(path, size):
    os.truncate(path, size)


def zap(path):
    """A page in the middle is zero."""
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 4096 // 2 * 4096)
        file.write(b"\0" * 4096)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def test_tokens_and_registry():
    feed = start_feed()
    feed.token("pemadam", "agency", "nowhere")
    for name in ("app", "ayu", "budi", "sari"):
        feed.admin("token", "revoke", name)
    found = doctor(feed).ends(0)
    found.has("WARN tokens: none has the role intake", "token add NAME --role intake --data " + feed.dir)
    found.has("WARN tokens: nobody has the role operator")
    found.has("WARN tokens: pemadam is of the agency nowhere, which the registry does not have")
    found.has("OK tokens: 0 intake, 0 operator, 0 supervisor, 3 agency", "4 revoked")
    found.has("WARN registry: polresta has a desk and no token for it", "--agency polresta")
    found.has_not("WARN registry: damkar has").has_not("WARN registry: pmi has")
    found.has_not("a role that this siagad does not know")
    sql(there(feed, "admin.db"), "UPDATE token SET role='king' WHERE name='damkar'; UPDATE registry SET json='{}'")
    doctor(feed).has("WARN tokens: 1 have a role that this siagad does not know", "siagad check names them")
    doctor(feed).ends(1).has("FAIL registry: it cannot be read")
    feed.stop()


def test_who_has_the_port():
    feed = start_feed()
    feed.stop()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        found = doctor(feed, listen="127.0.0.1:%d" % port).ends(1)
        found.has("FAIL port: 127.0.0.1 port %d is taken by process %d" % (port, os.getpid()))
        feed.port = 0
        feed.start()
        found = doctor(feed, listen="127.0.0.1:%d" % port).ends(1).has("FAIL port: ", "is taken by process")
    doctor(feed, listen="127.0.0.1:%d" % port).ends(0).has(
        "WARN port: nobody listens on 127.0.0.1 port %d, though a siagad runs" % port)
    doctor(feed, listen="seven").ends(1).has("FAIL port: --listen seven is not ADDR:PORT")
    feed.stop()


def test_a_siagad_that_hangs_or_cannot_write():
    feed = start_feed()
    feed.stop()
    disk = Disk(feed.dir)
    feed.wrap = disk.env
    feed.start()
    disk.fail("full")
    eventually(lambda: feed.http("POST", "/v1/alarms", "app", ALARM).status == 503, "503")
    doctor(feed).ends(1).has("FAIL siagad: it cannot write its log (full)", "it goes on by itself")
    disk.heal()
    eventually(lambda: feed.http("GET", "/healthz").status == 200, "well")
    doctor(feed).ends(0)
    feed.child.send_signal(19)
    try:
        doctor(feed).ends(1).has("FAIL siagad: 127.0.0.1 port %d does not answer" % feed.port)
    finally:
        feed.child.send_signal(18)
    feed.stop()


def test_too_few_files():
    feed = start_feed()
    feed.stop()
    found = doctor(feed, prefix=("prlimit", "--nofile=1000:1000")).ends(0)
    found.has("WARN limits: 1000 open files are allowed, too few for 4096 connections")


def test_a_clock_that_was_set_back():
    feed = start_feed()
    feed.stop()
    feed.wrap = lambda env: dict(env, LD_PRELOAD=os.environ["CLOCKSHIFT"], SIAGA_TEST_CLOCK_S="7200",
                                  ASAN_OPTIONS=env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
    feed.start()
    feed.alarm()
    feed.stop()
    doctor(feed).ends(0).has("WARN clock: ", "the last event of the log is 7", "was set back")


run(globals())
