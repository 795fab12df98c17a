"""Disks that fail and power that goes: the Python side of faultdisk.c.

    disk = Disk(folder)                 # what fails below it is said by disk.fail(...)
    child = Popen(..., env=disk.env(environment))
    disk.fail("full"); disk.heal()

    power = Power(folder)               # every write is noted
    child = Popen(..., env=power.env(environment))
    child.kill(); power.cut()           # only what was synced is left, and perhaps some of the rest
"""

import os
import random
import shutil
import struct
import tempfile

SHIM = os.environ.get("FAULTDISK", "")
SECTOR = 512

MODES = {
    "full": b"f",
    "full to grow": b"g",
    "room": b"n",
    "kill": b"k",
    "half": b"h",
    "write error": b"w",
    "sync error": b"s",
    "late": b"l",
    "read only": b"r",
    "read error": b"p",  # `room`: the place in the file
}


def preload(env, **more):
    """The environment with the shim in it. A sanitizer's library wants to be first and need not be."""
    env = dict(env, LD_PRELOAD=SHIM, **more)
    options = env.get("ASAN_OPTIONS")
    env["ASAN_OPTIONS"] = (options + ":" if options else "") + "verify_asan_link_order=0"
    return env


class Disk:
    """A folder on a disk that can be made to fail."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor, self.control = tempfile.mkstemp(dir=os.path.dirname(folder))
        os.close(descriptor)
        self._say(b"-")

    def _say(self, words):
        with open(self.control, "r+b", buffering=0) as file:
            file.write(words.ljust(64, b"\0"))

    def fail(self, how, room=None):
        self._say(MODES[how] + (b" %d" % room if room is not None else b""))

    def heal(self):
        self._say(b"-")

    def room(self):
        """What is left of it, after fail("room", ...)."""
        with open(self.control, "rb") as file:
            return int(file.read()[1:].split(b"\0")[0])

    def env(self, env):
        return preload(env, FAULTDISK_DIR=self.folder, FAULTDISK_CONTROL=self.control)


class Record:
    HEAD = struct.Struct("=IIQqqII")
    WRITE, CUT, SYNC, LOST, NAME, GONE = 1, 2, 3, 4, 5, 6

    def __init__(self, data, at):
        self.place = at
        self.type, _, self.inode, self.at, self.old_size, old_len, new_len = self.HEAD.unpack_from(data, at)
        at += self.HEAD.size
        self.old = data[at : at + old_len]
        self.new = data[at + old_len : at + old_len + new_len]
        self.end = at + old_len + new_len
        self.synced = False


class Power:
    """A folder whose machine can lose its power."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor, self.journal = tempfile.mkstemp(dir=os.path.dirname(folder))
        os.close(descriptor)
        self.control = None

    def env(self, env, disk=None):
        """`disk`: of the same folder, so that syncs can fail as well."""
        more = {"FAULTDISK_CONTROL": disk.control} if disk else {}
        return preload(env, FAULTDISK_DIR=self.folder, FAULTDISK_UNDO=self.journal, **more)

    def _records(self):
        with open(self.journal, "rb") as file:
            data = file.read()
        at, by_inode, waiting = 0, {}, {}
        while at + Record.HEAD.size <= len(data):
            record = Record(data, at)
            if record.end > len(data):
                break  # killed while it was noted: it was not done either
            at = record.end
            if record.type == Record.GONE:
                waiting.pop(record.inode, None)
                by_inode.pop(record.inode, None)
                continue
            mine = waiting.setdefault(record.inode, [])
            if record.type in (Record.SYNC, Record.LOST):
                for old in mine:
                    # After a sync that failed the kernel takes the pages for clean: no later sync
                    # brings them to the disk.
                    old.synced = old.place < record.at and record.type == Record.SYNC
                waiting[record.inode] = [old for old in mine if old.place >= record.at]
            else:
                mine.append(record)
                by_inode.setdefault(record.inode, []).append(record)
        return by_inode

    def cut(self, seed=None):
        """Takes from the files what was not synced; with a seed some of it, sector by sector, is there
        all the same. All programs on the folder have to be dead. Returns how many writes were taken."""
        chance = random.Random(seed) if seed is not None else None
        by_inode = self._records()
        for record in (record for records in by_inode.values() for record in records):
            if record.type == Record.NAME and not record.synced and not (chance and chance.random() < 0.5):
                self._take_name(record.new.decode())
        paths = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith("-shm"):
                    os.unlink(path)
                else:
                    paths[os.stat(path).st_ino] = path
        taken = 0
        for inode, records in by_inode.items():
            if inode in paths:
                taken += self._restore(paths[inode], records, chance)
        os.truncate(self.journal, 0)
        return taken

    @staticmethod
    def _take_name(path):
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.unlink(path)

    def _restore(self, path, records, chance):
        first = next((i for i, record in enumerate(records) if not record.synced), None)
        if first is None:
            return 0
        records = records[first:]
        descriptor = os.open(path, os.O_RDWR)
        try:
            for record in reversed(records):
                os.pwrite(descriptor, record.old, record.at)
                os.ftruncate(descriptor, record.old_size)
            for record in records:
                self._again(descriptor, record, chance)
        finally:
            os.close(descriptor)
        return sum(not record.synced for record in records)

    @staticmethod
    def _again(descriptor, record, chance):
        if record.type == Record.CUT:
            if record.synced or (chance and chance.random() < 0.5):
                os.ftruncate(descriptor, record.at)
            return
        if record.synced:
            os.pwrite(descriptor, record.new, record.at)
            return
        at, end = record.at, record.at + len(record.new)
        while chance and at < end:
            stop = min(end, at - at % SECTOR + SECTOR)
            if chance.random() < 0.5:
                os.pwrite(descriptor, record.new[at - record.at : stop - record.at], at)
            at = stop
