"""The disk of the tests does what it says: else what is proved with it would be worth nothing."""

import json
import os
import signal
import sqlite3
import subprocess
import sys

from faultdisk import Disk, Power
from siaga_test import check, check_eq, environment, eventually, run, scope


def program(env, text):
    """A program that does what it is told line by line, in the folder that the shim watches."""
    child = scope.start(
        [sys.executable, "-c", text],
        env=dict(env, PYTHONDONTWRITEBYTECODE="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return child


def told(child):
    line = child.stdout.readline()
    check(line, "the program ended")
    return json.loads(line)


WRITER = """
import json, os, sys
folder = %r
def try_(what):
    try:
        return what()
    except OSError as error:
        return os.strerror(error.errno)
fd = os.open(os.path.join(folder, "file"), os.O_RDWR | os.O_CREAT, 0o600)
for line in sys.stdin:
    print(json.dumps(try_(lambda: eval(line))), flush=True)
"""


class Writer:
    def __init__(self, env, folder):
        self.child = program(env, WRITER % folder)

    def do(self, text):
        self.child.stdin.write((text + "\n").encode())
        self.child.stdin.flush()
        return told(self.child)

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()


def content(folder):
    with open(os.path.join(folder, "file"), "rb") as file:
        return file.read()


def test_each_fault_is_what_the_program_sees():
    home = scope.folder()
    disk = Disk(os.path.join(home, "disk"))
    writer = Writer(disk.env(environment(home)), disk.folder)
    check_eq(writer.do("os.pwrite(fd, b'0123456789', 0)"), 10, "a fine disk")
    for how, answer in (
        ("full", "No space left on device"),
        ("write error", "Input/output error"),
        ("read only", "Read-only file system"),
    ):
        disk.fail(how)
        check_eq(writer.do("os.pwrite(fd, b'xxxx', 0)"), answer, how)
        check_eq(writer.do("os.write(fd, b'xxxx')"), answer, how)
        check_eq(writer.do("os.ftruncate(fd, 100)"), answer, how)
        check_eq(writer.do("os.fsync(fd)"), None, how)
    disk.fail("full to grow")
    check_eq(writer.do("os.pwrite(fd, b'AB', 0)"), 2, "what is there can be written over")
    check_eq(writer.do("os.pwrite(fd, b'xxxx', 8)"), "No space left on device", "but no more than that")
    disk.fail("half")
    check_eq(writer.do("os.pwrite(fd, b'CDEF', 2)"), 2, "half")
    disk.fail("room", 3)
    check_eq(writer.do("os.pwrite(fd, b'EFGH', 4)"), 3, "the room that there is")
    check_eq(writer.do("os.pwrite(fd, b'H', 7)"), "No space left on device", "and then none")
    disk.fail("sync error")
    check_eq(writer.do("os.fsync(fd)"), "Input/output error", "fsync")
    check_eq(writer.do("os.fdatasync(fd)"), "Input/output error", "fdatasync")
    disk.heal()
    check_eq(writer.do("os.fsync(fd)"), None, "healed")
    check_eq(writer.do("os.pwrite(fd, b'!', 10)"), 1, "healed")
    check_eq(content(disk.folder), b"ABCDEFG789!", "only what was told as written is there")
    writer.kill()


def test_program_dies_in_the_middle_of_a_write():
    home = scope.folder()
    disk = Disk(os.path.join(home, "disk"))
    writer = Writer(disk.env(environment(home)), disk.folder)
    disk.fail("kill", 6)
    check_eq(writer.do("os.pwrite(fd, b'0123', 0)"), 4, "so much fits")
    writer.child.stdin.write(b"os.pwrite(fd, b'4567', 4)\n")
    writer.child.stdin.flush()
    check_eq(writer.child.wait(timeout=20), -signal.SIGKILL, "killed")
    check_eq(content(disk.folder), b"012345", "and half of it was written")


def test_other_folders_are_left_alone():
    home = scope.folder()
    disk = Disk(os.path.join(home, "disk"))
    os.mkdir(os.path.join(home, "diskette"))
    disk.fail("full")
    writer = Writer(disk.env(environment(home)), os.path.join(home, "diskette"))
    check_eq(writer.do("os.pwrite(fd, b'0123456789', 0)"), 10, "a folder whose name only begins so")
    writer.kill()


def test_power_cut_takes_what_was_not_synced():
    home = scope.folder()
    power = Power(os.path.join(home, "disk"))
    writer = Writer(power.env(environment(home)), power.folder)
    writer.do("os.pwrite(fd, b'synced', 0)")
    writer.do("os.fsync(fd)")
    writer.do("os.pwrite(fd, b'UNSYNCED', 2)")
    writer.do("os.ftruncate(fd, 1)")
    check_eq(content(power.folder), b"s", "before")
    writer.kill()
    check_eq(power.cut(), 2, "writes taken")
    check_eq(content(power.folder), b"synced", "after")


def test_power_cut_takes_names_whose_folder_was_not_synced():
    home = scope.folder()
    power = Power(os.path.join(home, "disk"))
    writer = Writer(power.env(environment(home)), power.folder)
    for name in ("kept", "gone"):
        writer.do("os.mkdir(folder + '/%s')" % name)
        writer.do("os.fsync(fd)")
        writer.do("os.link(folder + '/file', folder + '/%s/file')" % name)
        if name == "kept":
            for path in ("", "/kept"):
                writer.do("os.fsync(os.open(folder + '%s', os.O_RDONLY))" % path)
    writer.do("os.link(folder + '/file', folder + '/kept/other')")
    writer.kill()
    power.cut()
    check_eq(sorted(os.listdir(power.folder)), ["file", "kept"], "folders")
    check_eq(os.listdir(os.path.join(power.folder, "kept")), ["file"], "names")


def test_power_cut_may_leave_some_of_it():
    home = scope.folder()
    power = Power(os.path.join(home, "disk"))
    left = set()
    for seed in range(8):
        writer = Writer(power.env(environment(home)), power.folder)
        writer.do("os.pwrite(fd, b'-' * 4096, 0)")
        writer.do("os.fdatasync(fd)")
        writer.do("os.pwrite(fd, b'x' * 4096, 0)")
        writer.kill()
        power.cut(seed)
        now = content(power.folder)
        check_eq(len(now), 4096, "size")
        for at in range(0, 4096, 512):
            check(now[at : at + 512] in (b"-" * 512, b"x" * 512), "a sector is whole")
        left.add(now)
    check(len(left) > 2, "it is another part each time")


def test_sync_that_failed_saves_nothing_later():
    home = scope.folder()
    folder = os.path.join(home, "disk")
    disk, power = Disk(folder), Power(folder)
    writer = Writer(power.env(environment(home), disk), folder)
    writer.do("os.pwrite(fd, b'first', 0)")
    disk.fail("sync error")
    writer.do("os.fsync(fd)")
    disk.heal()
    writer.do("os.pwrite(fd, b'second', 10)")
    check_eq(writer.do("os.fsync(fd)"), None, "the next sync says that all is well")
    writer.kill()
    power.cut()
    check_eq(content(folder), b"\0" * 10 + b"second", "and what it did not write is gone")


COMMITTER = """
import json, os, sqlite3, sys
db = sqlite3.connect(os.path.join(%r, "db"), isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA synchronous=%s")
db.execute("PRAGMA wal_autocheckpoint=20")
db.execute("CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY)")
n = db.execute("SELECT coalesce(max(n), 0) FROM t").fetchone()[0]
while True:
    n += 1
    db.execute("INSERT INTO t VALUES(?)", (n,))
    print(n, flush=True)
"""


def committed(power, home, level, seed):
    """Commits until it is killed: (the last that was told as done, the last that is there)."""
    child = program(power.env(environment(home)), COMMITTER % (power.folder, level))
    first = told(child)
    eventually(lambda: told(child) >= first + 50, "some commits")
    child.send_signal(signal.SIGKILL)
    last = [json.loads(line) for line in child.stdout.read().split()][-1:]
    child.wait()
    power.cut(seed)
    db = sqlite3.connect(os.path.join(power.folder, "db"))
    check_eq(db.execute("PRAGMA integrity_check").fetchone()[0], "ok", "integrity")
    there = db.execute("SELECT max(n), count(*) FROM t").fetchone()
    db.close()
    check_eq(there[0], there[1], "no hole")
    return (last or [first + 50])[0], there[0]


def test_database_that_waits_for_the_disk_keeps_what_it_confirmed():
    home = scope.folder()
    power = Power(os.path.join(home, "disk"))
    for seed in (None, 1, 2, 3):
        said, there = committed(power, home, "FULL", seed)
        check(there >= said, "confirmed %d, kept %d" % (said, there))


def test_database_that_does_not_wait_loses_it():
    home = scope.folder()
    power = Power(os.path.join(home, "disk"))
    # A kill in the moment after a checkpoint takes nothing; that does not happen each time.
    tries = [committed(power, home, "NORMAL", None) for _ in range(4)]
    check(any(there < said for said, there in tries), "confirmed and kept %r: the shim takes nothing" % tries)


run(globals())
