"""From the write of an event to the last byte of the changed row on a terminal: for the console, and for a floor,
which is a client that prints each message as a line to a terminal of its own (ws_print.c). Both are told the same
by the same feed in the same run; screen_clock.c writes, reads both terminals and holds the one clock.
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import threading
import uuid

import bench
from fake_feed import REGISTRY, TOKEN, FakeFeed
from siaga_test import SIAGA, Closed, Feed, check, environment, scope, start_feed

COLS, ROWS = 120, 40
OPEN = 40
CHANGING = 12  # of them, those on top of the queue, change their place in turn
QUIET_PER_S, QUIET_S = 10, 15
BUSY_PER_S, BUSY_S = 1000, 8
PRESS_PER_S, PRESS_S = 5, 60
ENDED_AFTER_S = 0.06  # of an alarm that was pressed, away from the next press


class Terminal:
    """A program on a terminal that screen_clock reads."""

    def __init__(self, argv):
        home = scope.folder()
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
        self.child = scope.start(
            argv,
            env=environment(home),
            stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # pylint: disable=subprocess-popen-preexec-fn
        )
        os.close(slave)

    def close(self):
        os.close(self.master)


def console(url, token_file, *args):
    return Terminal([SIAGA, "--feed", url, "--token-file", token_file, "--state",
                     os.path.join(scope.folder(), "state"), *args])


def floor(port, token):
    return Terminal([os.path.join(bench.BIN, "ws_print"), str(port), token])


def clock(terminals, ready, rate, seconds, *words, fds=()):
    """What screen_clock saw; it is started while the terminals still hold all that was written to them."""
    child = scope.start(
        [os.path.join(bench.BIN, "screen_clock"), *(str(it.master) for it in terminals), str(COLS), str(ROWS), ready,
         str(rate), str(seconds), *(str(word) for word in words)],
        pass_fds=[it.master for it in terminals] + list(fds),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    said = child.communicate(timeout=seconds + 60)[0]
    check(child.returncode == 0, "screen_clock failed")
    return json.loads(said)


def milliseconds(values, percent):
    """Of microseconds. What did not come has no time, and a figure without it would be a lie."""
    missing = sum(value < 0 for value in values)
    check(missing == 0, missing, "of", len(values), "events never came to the screen")
    return bench.percentile(values, percent) / 1000


# --- from a feed of our own ---


class OpenIncidents(FakeFeed):
    """Lets two links follow, and then leaves them to somebody who is quicker."""

    def __init__(self):
        super().__init__(beat_s=60, registry=dict(REGISTRY))
        self.always = self.lead
        self.ready = threading.Semaphore(0)
        for number in range(OPEN):
            raised = self.raised(place="Lama", priority="P1" if number < CHANGING else "P3")
            self.log.append(raised)
            self.log.append(self.make("incident.acknowledged", raised["incident"], raised["number"], 2))

    def lead(self, peer):
        if peer.upgrade() and peer.say(self.welcome(beat_s=10)) and peer.message()["t"] == "follow":
            self.tell(peer, None)
            peer.live = False
            self.ready.release()
            self.over.wait()

    def changing(self):
        return [(event["incident"], event["number"]) for event in self.log if event["type"] == "incident.raised"][
            :CHANGING]


def from_feed(what, rate, seconds):
    feed = OpenIncidents()
    terminals = [floor(feed.port, TOKEN)]
    check(feed.ready.acquire(timeout=10), "the floor does not follow")
    terminals.insert(0, console(feed.url, feed.token_file()))
    check(feed.ready.acquire(timeout=10), "the console does not follow")
    links = [feed.peers[1].link.fileno(), feed.peers[0].link.fileno()]
    more = [word for pair in feed.changing() for word in pair] if what == "update" else []
    got = clock(terminals, "LIVE", rate, seconds, what, *links, feed.head() + 1, *more, fds=links)
    for terminal in terminals:
        terminal.close()
    scope.finish()
    return got


# --- from the app, through siagad ---


class Ending:
    """Rejects every alarm soon after it came, so that there is room on the screen for the next."""

    def __init__(self, feed):
        self.link = Feed(feed, "budi")
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            while not self.over.is_set():
                frame = self.link.recv(60)
                for event in frame.get("events", []):
                    if event["type"] == "incident.raised":
                        self.over.wait(ENDED_AFTER_S)
                        self.link.send({"t": "do", "id": str(uuid.uuid4()), "incident": event["incident"],
                                        "if_rev": event["rev"], "action": "reject", "reason": "test"})
        except (Closed, OSError, ValueError):
            pass

    def close(self):
        self.over.set()
        self.link.socket.shutdown(2)
        self.thread.join()
        self.link.close()


def from_press():
    feed = start_feed(limits={"session_rate": 1000, "session_burst": 1000})
    terminals = [console(feed.url, feed.token_file("ayu")), floor(feed.port, feed.tokens["sari"])]
    ending = Ending(feed)
    got = clock(terminals, "LIVE", PRESS_PER_S, PRESS_S, "press", feed.port, feed.tokens["app"],
                os.path.join(feed.home, "synced"))
    ending.close()
    for terminal in terminals:
        terminal.close()
    feed.stop()
    scope.finish()
    return got


def main():
    quiet = from_feed("raise", QUIET_PER_S, QUIET_S)
    busy = from_feed("update", BUSY_PER_S, BUSY_S)
    press = from_press()
    row = "alarm to screen"
    least = milliseconds(quiet["floor_us"], 99)
    bench.figure(row, "quiet, %d/s, p50" % QUIET_PER_S, milliseconds(quiet["console_us"], 50), "ms",
                 ("floor", milliseconds(quiet["floor_us"], 50)))
    bench.figure(row, "quiet, %d/s, p99" % QUIET_PER_S, milliseconds(quiet["console_us"], 99), "ms",
                 ("floor", least), most_over=3)
    bench.figure(row, "%d/s, p50" % BUSY_PER_S, milliseconds(busy["console_us"], 50), "ms",
                 ("floor", milliseconds(busy["floor_us"], 50)))
    bench.figure(row, "%d/s, p99" % BUSY_PER_S, milliseconds(busy["console_us"], 99), "ms",
                 ("floor", milliseconds(busy["floor_us"], 99)), most=60)
    bench.figure(row, "press to screen, p50", milliseconds(press["console_us"], 50), "ms",
                 ("floor told by siagad", milliseconds(press["floor_us"], 50)))
    bench.figure(row, "press to screen, p99", milliseconds(press["console_us"], 99), "ms",
                 ("floor + one fsync", least + milliseconds(press["fsync_us"], 50)), most_over=5)


if __name__ == "__main__":
    try:
        main()
    finally:
        scope.finish()
