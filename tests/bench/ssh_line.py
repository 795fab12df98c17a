"""Terminals over a real sshd on loopback, with keys made for it, and what goes over the wire."""

import getpass
import os
import shlex
import socket
import subprocess

import bench
from fault_proxy import FaultProxy, Line
from siaga_test import Screen, environment, eventually, scope

SSHD_RUN = "/run/sshd"  # sshd of root insists on it


class Sshd:
    """`is_there` is False where it is not installed."""

    def __init__(self):
        self.ssh, self.sshd = bench.program("ssh"), bench.program("sshd")
        self.is_there = None not in (self.ssh, self.sshd, bench.program("ssh-keygen"))
        if self.is_there:
            self._start()

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _start(self):
        self.folder = scope.folder()
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._path(name)], check=True)
        os.rename(self._path("user.pub"), self._path("authorized"))
        if os.geteuid() == 0:
            os.makedirs(SSHD_RUN, mode=0o755, exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with open(self._path("config"), "w", encoding="ascii") as file:
            file.write("ListenAddress 127.0.0.1:%d\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\n"
                       "UsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPrintMotd no\nPrintLastLog no\n"
                       % (self.port, self._path("host"), self._path("authorized")))
        scope.start([self.sshd, "-D", "-f", self._path("config"), "-E", self._path("log")])
        eventually(self._answers, "sshd answers")

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                return link.recv(4) == b"SSH-"
        except OSError:
            return False

    def screen(self, argv, cols, rows):
        """The program on a terminal there, and on one here that shows it."""
        wire, home = FaultProxy(self.port), scope.folder()
        wire.always = Line(raw=True)
        command = ["exec", "env", "-i", *("%s=%s" % pair for pair in environment(home).items()), *argv]
        screen = Screen(
            [self.ssh, "-F", "none", "-tt", "-p", str(wire.port), "-i", self._path("user"), "-o", "IdentitiesOnly=yes",
             "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
             getpass.getuser() + "@127.0.0.1", " ".join([command[0], *map(shlex.quote, command[1:])])],
            cols, rows, home=home)
        screen.wire = wire
        return screen
