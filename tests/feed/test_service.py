"""The unit that ships: systemd has nothing to say against it, and siagad works in the sandbox that it
describes."""

import os
import platform
import pwd
import re
import shutil
import signal
import subprocess
import sys

from siaga_test import (
    SIAGAD,
    SLOW,
    Feed,
    Siagad,
    check,
    check_eq,
    eventually,
    figure,
    has_sanitizer,
    need,
    run,
    scope,
)

UNIT = os.environ["SIAGA_UNIT"]
DIST = os.environ["SIAGA_DIST"]
CONFIG = os.path.join(DIST, "siagad.conf")
SYSUSERS = os.environ["SIAGA_SYSUSERS"]
SANDBOX = os.path.join(os.path.dirname(os.path.abspath(sys.modules["siaga_test"].__file__)), "sandbox.py")


def unit_to_check():
    """The unit as installed, but for the place of the program, which is not installed yet."""
    need(shutil.which("systemd-analyze"), "there is no systemd-analyze")
    with open(UNIT, encoding="utf-8") as file:
        text = file.read()
    path = os.path.join(scope.folder(), "siagad.service")
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=" + SIAGAD, text))
    return path


def analyze(*words):
    done = subprocess.run(["systemd-analyze", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=50 * SLOW, check=False)
    return done.returncode, done.stdout + done.stderr


def test_systemd_has_nothing_to_say_against_it():
    said = analyze("verify", "--man=no", unit_to_check())
    check_eq(said, (0, ""), "systemd-analyze verify")


def test_it_is_closed_as_far_as_it_works():
    path = unit_to_check()
    status, said = analyze("security", "--offline=yes", "--threshold=15", path)
    found = re.search(r"Overall exposure level for siagad.service: ([0-9.]+)", said)
    check(found, "systemd-analyze security:", said[-500:])
    figure("exposure of siagad.service, 0 to 10", found[1], 1.5)
    check_eq(status, 0, "exit status: " + said[-200:])


def test_what_is_installed_is_what_it_names():
    with open(UNIT, encoding="utf-8") as file:
        text = file.read()
    check("@" not in re.sub(r"=~?@\S.*", "", text), "nothing is left to fill in")
    start = re.search(r"(?m)^ExecStart=(\S+)$", text)
    check(start and os.path.isabs(start[1]) and start[1].endswith("/siagad"), "no option goes over siagad.conf")
    user = re.search(r"(?m)^User=(\S+)$", text)[1]
    with open(SYSUSERS, encoding="utf-8") as file:
        check(re.search(r"(?m)^u %s " % user, file.read()), "the user is made:", user)
    done = subprocess.run([SIAGAD, "--check-config", "--config", CONFIG], capture_output=True, text=True,
                          timeout=20 * SLOW, check=False)
    check_eq((done.returncode, done.stderr), (0, ""), "siagad.conf")
    with open(CONFIG, encoding="utf-8") as file:
        config = file.read()
    check_eq(re.search(r"(?m)^data = (\S+)", config)[1], "/var/lib/" + re.search(r"StateDirectory=(\S+)", text)[1])
    # All that can be said stands in it, and what is only told is what holds without it.
    done = subprocess.run([SIAGAD, "--list-options"], capture_output=True, text=True, timeout=20 * SLOW, check=True)
    for section, key, _, initial, _, _ in (line.split("\t") for line in done.stdout.splitlines()):
        if key != "user":
            found = re.search(r"(?m)^(#?)%s = (.+)$" % key, config)
            check(found, "siagad.conf does not have", key)
            check(section != "limits" or (found[1], found[2]) == ("#", initial), key, "is", found[2], "and was", initial)


def test_a_value_in_siagad_conf_wins():
    with open(UNIT, encoding="utf-8") as file:
        words = re.search(r"(?m)^ExecStart=(.+)$", file.read())[1].split()[1:]
    with open(CONFIG, encoding="utf-8") as file:
        text = file.read()
    feed = Siagad()
    feed.token("ayu", "operator")
    for was, now in (("data = /var/lib/siaga", "data = " + feed.dir), ("listen = 127.0.0.1:7112", "listen = 127.0.0.1:0"),
                     ("#mode = exercise", "mode = exercise"), ("#per_address = 512", "per_address = 7")):
        check(was in text, "siagad.conf does not say", was)
        text = text.replace(was, now)
    config = os.path.join(feed.home, "siagad.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(config, 0o644)
    # As the service starts it, but for where the file is.
    feed.command = [SIAGAD, *words, "--config", config]
    feed.start()
    ayu = Feed(feed, "ayu")
    check_eq(ayu.welcome["mode"], "exercise", "the mode")
    check(feed.port != 7112, "the port is the one of the file:", feed.port)
    feed.stop()


def test_an_installation_leaves_the_configuration_that_is_there():
    root = scope.folder()
    target = os.path.join(root, "etc", "siaga", "siagad.conf")

    def installed():
        subprocess.run([os.path.join(DIST, "install-config"), CONFIG, "/etc/siaga"], env={**os.environ, "DESTDIR": root},
                       capture_output=True, timeout=20 * SLOW, check=True)
        with open(target, encoding="utf-8") as file:
            return file.read()

    with open(CONFIG, encoding="utf-8") as file:
        check_eq(installed(), file.read(), "what ships")
    with open(target, "w", encoding="utf-8") as file:
        file.write("[feed]\nlisten = [::1]:7112\n")
    check_eq(installed(), "[feed]\nlisten = [::1]:7112\n", "what an administrator wrote")


def test_siagad_works_in_its_sandbox():
    need(os.geteuid() == 0, "only root can build a sandbox")
    need(platform.machine() == "x86_64" and os.path.exists("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
         "the numbers of the system calls are known for x86_64 only")
    path = unit_to_check()
    need(not has_sanitizer(), "a sanitizer asks for more than the program")
    feed = Siagad()
    owner = pwd.getpwuid(os.stat(feed.dir).st_uid)
    for name, role in (("app", "intake"), ("ayu", "operator")):
        feed.token(name, role)
    python = os.path.realpath(sys.executable)
    feed.prefix = [python, SANDBOX, path, owner.pw_name, feed.dir]
    feed.start_s = 40
    feed.start()
    check(b"MDWE" not in feed.read_errors(), feed.errors)
    with open("/proc/%d/status" % feed.child.pid, encoding="ascii") as file:
        has = dict(line.split(":", 1) for line in file if ":" in line)
    check_eq(has["Seccomp"].strip(), "2", "the filter is in force")
    ayu = Feed(feed, "ayu")
    for number in range(50):
        it = feed.alarm(kind="fire", key="kunci-%d" % number)["incident"]
        ayu.event("incident.raised", incident=it)
    ayu.do("acknowledge", it)
    ayu.do("dispatch", it, agency="damkar")
    check_eq(feed.http("GET", "/metrics").status, 200, "metrics")
    check_eq(feed.http("POST", "/v1/alarms", "siaga_guess", {"lat": 1, "lon": 1}).status, 401, "a stranger")
    feed.token("baru", "operator")
    Feed(feed, "baru").close()
    feed.load_registry(os.environ["SIAGA_DATA"])
    ayu.wait("registry")
    feed.stop()
    feed.start()
    late = Feed(feed, "ayu", after=0)
    check_eq(len([e for e in late.events if e["type"] == "incident.raised"]), 50, "all of it is kept")
    feed.stop()


def test_the_sandbox_of_this_test_closes_something():
    need(os.geteuid() == 0, "only root can build a sandbox")
    need(platform.machine() == "x86_64" and os.path.exists("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
         "the numbers of the system calls are known for x86_64 only")
    path, folder = unit_to_check(), scope.folder()
    python = os.path.realpath("/usr/bin/python3")
    need(os.path.exists(python), "there is no python3 that everybody may run")
    os.chmod(folder, 0o777)
    for what, ends in (
        ("open(%r, 'w')" % (folder + "/ours"), 0),
        ("open('/tmp/siaga-not-ours', 'w')", 1),
        ("import socket; socket.socket(socket.AF_UNIX)", 1),
        ("import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)", -signal.SIGSYS),
        ("import ctypes; ctypes.CDLL(None).unshare(0x10000000)", -signal.SIGSYS),
        ("import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)", 1),
    ):
        done = subprocess.run([python, SANDBOX, path, "nobody", folder, python, "-S", "-c", what],
                              capture_output=True, text=True, timeout=40 * SLOW, check=False)
        check_eq(done.returncode, ends, what + ": " + done.stderr[-300:])


run(globals())
