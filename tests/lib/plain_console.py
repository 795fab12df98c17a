"""siaga --plain between two pipes: the cheapest real console there is."""

import os
import re
import select
import subprocess
import unicodedata

from siaga_test import SIAGA, SLOW, check, check_eq, deadline, environment, left, scope


def check_harmless(data):
    """Nothing but text and the ends of lines: no control of a terminal, nothing that turns text round."""
    text = data.decode("utf-8")
    for char in text:
        check(char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs"),
              "a control in the output: %r" % char)
    check(text == "" or text.endswith("\n"), "the last line is whole:", text[-200:])


class Plain:
    """siaga --plain between two pipes; `wait` reads on from what it found last."""

    def __init__(self, feed=None, name="ayu", args=(), state=None, env=None, stdin=None):
        self.home = scope.folder()
        self.state = state or os.path.join(self.home, "siaga-state")
        argv = [SIAGA, "--plain", "--state", self.state]
        if feed is not None:
            argv += ["--feed", feed.url, "--token-file", feed.token_file(name)]
        self.child = scope.start(
            [*argv, *args],
            env=dict(environment(self.home), **(env or {})),
            stdin=subprocess.PIPE if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.set_blocking(self.child.stdout.fileno(), False)
        self.data = b""
        self.at = 0
        self.ended = False

    def read(self, wait_s=0.01):
        if not self.ended and select.select([self.child.stdout], [], [], wait_s)[0]:
            more = os.read(self.child.stdout.fileno(), 1 << 20)
            self.ended = not more
            self.data += more

    @property
    def lines(self):
        whole = self.data[: self.data.rfind(b"\n") + 1]  # the last read may have ended within a character
        return whole.decode("utf-8").split("\n")[:-1]

    def wait(self, pattern, seconds=10.0):
        """The next line in which the pattern is found."""
        until = deadline(seconds)
        while True:
            lines = self.lines
            for at in range(self.at, len(lines)):
                if re.search(pattern, lines[at]):
                    self.at = at + 1
                    return lines[at]
            check(left(until) > 0 and not self.ended,
                  "%r is not told:\n%s" % (pattern, "\n".join(lines[-40:])))
            self.read()

    def say(self, *lines):
        self.child.stdin.write("".join(line + "\n" for line in lines).encode())
        self.child.stdin.flush()
        return self

    def told(self, pattern):
        return [line for line in self.lines if re.search(pattern, line)]

    def exited(self, seconds=15.0):
        """All that it said is read and is harmless; the exit status."""
        until = deadline(seconds)
        while not self.ended:
            check(left(until) > 0, "it does not end:\n" + "\n".join(self.lines[-40:]))
            self.read()
        status = self.child.wait(timeout=10 * SLOW)
        check_harmless(self.data)
        return status

    def quit(self):
        self.say("quit")
        check_eq(self.exited(), 0, "exit status")
