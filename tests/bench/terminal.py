"""A program on a terminal of 120 columns and 40 rows, and when its first page was whole there."""

import os
import pty
import select
import termios
import time

import bench
import siaga_test
from siaga_test import check, scope

COLS, ROWS = 120, 40
QUIET_S = 0.05  # so long after its last byte a page is whole


class Terminal:
    def __init__(self, argv):
        env = siaga_test.environment(scope.folder())
        self.fd, there = pty.openpty()
        termios.tcsetwinsize(there, (ROWS, COLS))
        # Not by fork(): to copy what this program has of memory takes longer than some of them to begin. Whoever
        # has a session of its own and opens a terminal is controlled by it.
        opened = [(os.POSIX_SPAWN_OPEN, 0, os.ttyname(there), os.O_RDWR, 0)]
        opened += [(os.POSIX_SPAWN_DUP2, 0, to) for to in (1, 2)]
        self.start = time.monotonic()
        self.pid = os.posix_spawnp(argv[0], argv, env, file_actions=opened, setsid=True)
        os.close(there)
        self.ended = False
        scope.closes(self)

    def page(self, marker, seconds=60):
        """Milliseconds from the start to the last byte of the page that has `marker` in it."""
        seen, last, until = b"", None, time.monotonic() + seconds
        while time.monotonic() < until:
            ready, _, _ = select.select([self.fd], [], [], QUIET_S)
            if ready:
                try:
                    seen += os.read(self.fd, 65536)
                except OSError:
                    break
                last = time.monotonic()
            elif marker in seen:
                return (last - self.start) * 1000
        check(False, "there is no", marker, "in", seen[-500:])
        return None

    def peak_mib(self):
        return bench.peak_mib(self.pid)

    def close(self):
        if not self.ended:
            self.ended = True
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
            os.close(self.fd)
