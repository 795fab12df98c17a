"""Terminals over a real sshd on loopback, with keys made for it, and what goes over the wire to them."""

import getpass
import os
import shlex
import socket
import subprocess

import bench
from fault_proxy import FaultProxy, Line
from siaga_test import Screen, environment, eventually, scope

SSHD_RUN = "/run/sshd"  # sshd of root insists on it
HEAD_BYTES = 52  # of a segment: IP 20, TCP 20 and its time stamps 12


class Wire(FaultProxy):
    def __init__(self, port):
        super().__init__(port)
        self.always = Line(raw=True)

    def down(self):
        """Bytes that came so far, with the heads of IP and TCP, as if each piece had been one segment."""
        return self.bytes["down"] + HEAD_BYTES * sum(len(one.seen["down"]) for one in self.connections)


class Sshd:
    """`missing` says what is in the way, or is None."""

    def __init__(self):
        self.ssh, self.sshd = bench.program("ssh"), bench.program("sshd")
        self.made_run = False
        self.missing = None
        if None in (self.ssh, self.sshd, bench.program("ssh-keygen")):
            self.missing = "sshd is not installed"
            return
        self._start()
        done = subprocess.run(self._words(self.port, "true"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              timeout=30, check=False)
        if done.returncode != 0:
            self.missing = "nobody can log in over sshd"

    def close(self):
        if self.made_run:
            os.rmdir(SSHD_RUN)

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _start(self):
        self.folder = scope.folder()
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._path(name)], check=True)
        os.rename(self._path("user.pub"), self._path("authorized"))
        if os.geteuid() == 0 and not os.path.isdir(SSHD_RUN):
            os.mkdir(SSHD_RUN, mode=0o755)
            self.made_run = True
            scope.closes(self)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with open(self._path("config"), "w", encoding="ascii") as file:
            file.write("ListenAddress 127.0.0.1:%d\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\n"
                       "UsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPrintMotd no\nPrintLastLog no\n"
                       % (self.port, self._path("host"), self._path("authorized")))
        scope.start([self.sshd, "-D", "-f", self._path("config"), "-E", self._path("log")], stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL)
        eventually(self._answers, "sshd answers")

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                return link.recv(4) == b"SSH-"
        except OSError:
            return False

    def _words(self, port, command, *more):
        return [self.ssh, "-F", "none", "-p", str(port), "-i", self._path("user"), "-o", "IdentitiesOnly=yes",
                "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "LogLevel=ERROR", *more, getpass.getuser() + "@127.0.0.1", command]

    def screen(self, argv, cols, rows):
        """The program on a terminal there, and on one here that shows it."""
        wire, home = Wire(self.port), scope.folder()
        env = ["%s=%s" % pair for pair in environment(home).items()]
        command = "exec " + " ".join(map(shlex.quote, ["env", "-i", *env, *argv]))
        screen = Screen(self._words(wire.port, command, "-tt"), cols, rows, home=home)
        screen.wire = wire
        return screen
