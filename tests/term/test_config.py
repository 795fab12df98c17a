"""What is configured: where it is read from, what is said when it is wrong, what it does to the console."""

import os
import shutil
import subprocess

from siaga_test import (SIAGA, Screen, check, check_eq, environment, eventually, run, scope,
                        start_feed)


class Home:
    """A user's folder with or without a configuration."""

    def __init__(self, text=None):
        self.path = scope.folder()
        self.config = os.path.join(self.path, "config", "siaga", "siaga.conf")
        os.makedirs(os.path.dirname(self.config))
        if text is not None:
            self.write(text)

    def write(self, text, path=None):
        path = path or self.config
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, 0o600)
        return path

    def program(self, name):
        """A program that keeps what it was called with; returns its path and that of what it wrote."""
        path, said = os.path.join(self.path, name), os.path.join(self.path, name + ".said")
        self.write("#!/bin/sh\nprintf '%%s|' \"$0\" \"$@\" >>'%s'\n" % said, path)
        os.chmod(path, 0o700)
        return path, said

    def console(self, feed, *args):
        """A console of ayu's in this home, following the feed."""
        return Screen([SIAGA, "--feed", feed.url, "--token-file", feed.token_file("ayu"), *args],
                      160, 45, home=self.path)

    def siaga(self, *args, **env):
        """Runs siaga without a terminal: exit status, what it said, and its errors."""
        done = subprocess.run([SIAGA, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=30, env={**environment(self.path), **env}, check=False)
        return done.returncode, done.stdout, done.stderr


def checked(text):
    home = Home(text)
    code, out, err = home.siaga("--check-config")
    check_eq(out, "", "output of a check that found something")
    check_eq(code, 3, "exit status")
    return err.replace(home.config, "CONF").splitlines()


# --- checking ---


def test_check_without_a_file_is_fine():
    code, out, err = Home().siaga("--check-config")
    check_eq((code, err), (0, ""), "check")
    check(out.startswith("OK"), out)


def test_check_names_the_file_that_it_read():
    home = Home("[console]\nmouse = yes\n")
    code, out, err = home.siaga("--check-config")
    check_eq((code, out, err), (0, "OK %s\n" % home.config, ""), "check")
    other = home.write("[map]\nring = 500\n", os.path.join(home.path, "other.conf"))
    for option in ("--config", "-c"):
        check_eq(home.siaga("-C", option, other)[1], "OK %s\n" % other, option)


def test_check_tells_all_errors_with_their_lines():
    lines = checked(
        "[console]\nmouse = maybe\nthem = mono\ntheme = nosuch\n\n[alarm]\nrepeat = 10\n"
        "[feed]\nurl = http//x\n[bind]\ny = help\nxx = help\ne = note\ne = top\n[colours]\n"
    )
    for wanted in (
        'CONF:2: mouse = "maybe": must be yes or no',
        'CONF:3: [console] has no "them"; did you mean "theme"?',
        'CONF:7: repeat = "10": must be a time from 2s to 10m, such as 90s, 2m or 1h30m',
        'CONF:11: "y" confirms what is armed and nothing else',
        'CONF:12: "xx" is no key; write x, F2, Ctrl-L, Space, PgUp',
        'CONF:14: "e" is bound to note in line 13 already, and here to top',
    ):
        check(wanted in lines, wanted, "is not in", lines)
    check_eq([line.split(" ")[0] for line in lines],
             ["CONF:%d:" % n for n in (2, 3, 4, 7, 9, 11, 12, 14, 15)], "places")


def test_console_does_not_start_on_a_wrong_file():
    home = Home("[console]\nmouse = maybe\nascii = maybe\n")
    code, out, err = home.siaga("--offline")
    check_eq((code, out), (3, ""), "start")
    check_eq(err, 'siaga: %s:2: mouse = "maybe": must be yes or no\n' % home.config, "message")


def test_files_that_can_not_be_read():
    home = Home()
    gone = os.path.join(home.path, "gone.conf")
    check_eq(home.siaga("-C", "--config", gone),
             (3, "", gone + ": No such file or directory\n"), "gone")
    check_eq(home.siaga("-C", "--config", home.path), (3, "", home.path + ": not a file\n"), "folder")
    pipe = os.path.join(home.path, "pipe")
    os.mkfifo(pipe)
    check_eq(home.siaga("-C", "--config", pipe), (3, "", pipe + ": not a file\n"), "pipe")
    check_eq(home.siaga("-C", "--config", "/dev/null")[0], 0, "/dev/null")
    os.symlink(home.config, home.config)
    code, _, err = home.siaga("-C")
    check_eq((code, err.startswith(home.config + ": ")), (3, True), "a link to itself")
    os.unlink(home.config)
    home.write("[console]\n")
    os.chmod(home.config, 0)
    if os.geteuid() != 0:
        check_eq(home.siaga("-C"), (3, "", home.config + ": Permission denied\n"), "unreadable")
    home.write(b"#" * ((1 << 20) + 1))
    check_eq(home.siaga("-C"), (3, "", home.config + ": larger than 1 MiB\n"), "large")
    home.write("# long\nx = " + "y" * 5000 + "\n")
    check_eq(home.siaga("-C"), (3, "", home.config + ":2: the line is longer than 4096 bytes\n"), "line")
    home.write(b"[console]\nposition = \xff\n")
    check_eq(home.siaga("-C"), (3, "", home.config + ":2: the line is not UTF-8\n"), "UTF-8")


def test_token_does_not_belong_into_the_file():
    lines = checked("[feed]\ntoken = s3cret\n")
    check_eq(len(lines), 1, "errors")
    check("token_file" in lines[0] and "s3cret" not in lines[0], lines)


def test_file_that_others_may_write_is_a_warning():
    home = Home("[console]\nmouse = no\n")
    os.chmod(home.config, 0o666)
    code, out, err = home.siaga("-C")
    check_eq((code, out), (0, "OK %s\n" % home.config), "check")
    check("others may change it" in err, err)
    screen = Screen([SIAGA, "--offline"], 100, 30, home=home.path)
    screen.wait("others may change it")
    screen.keys(":quit", "Enter")
    check_eq(screen.exited(), (0, None), "exit")


# --- what goes over what ---


def test_command_line_goes_over_the_file():
    home = Home("[console]\ntheme = nosuch-theme\n")
    check_eq(home.siaga("--list-keys")[0], 3, "the file is wrong")
    home.write("[feed]\nurl = ws://127.0.0.1:1/v1/feed\n")
    code, _, err = home.siaga()
    check_eq((code, "--token-file" in err), (2, True), "a configured feed needs a token: " + err)
    for args in (("--theme", "nosuch"), ("--language", "jv"), ("--feed", "nonsense")):
        code, _, err = home.siaga("--offline", *args)
        check_eq((code, args[1] in err), (2, True), "%s %s" % (args, err))


def test_configured_feed_is_followed():
    feed = start_feed()
    home = Home()
    token = os.path.join(home.path, "token")
    shutil.copy(feed.token_file("ayu"), token)
    os.chmod(token, 0o600)
    home.write("[feed]\nurl = %s\ntoken_file = ~/token\n[console]\nposition = TMC-7\n" % feed.url)
    screen = Screen([SIAGA], 120, 40, home=home.path)
    screen.wait("LIVE")
    screen.wait("TMC-7")
    screen.keys(":quit", "Enter")
    check_eq(screen.exited(), (0, None), "exit")
    # Relative to the file, not to where the console was started.
    home.write("[feed]\nurl = %s\ntoken_file = ../../token\n" % feed.url)
    screen = Screen([SIAGA], 120, 40, home=home.path)
    screen.wait("LIVE")
    screen.keys(":quit", "Enter")
    check_eq(screen.exited(), (0, None), "exit")
    feed.stop()


# --- what it does ---


def leave(screen):
    screen.wait_gone("OUTBOX")  # :quit asks while something is not confirmed
    screen.keys(":quit", "Enter")
    check_eq(screen.exited(), (0, None), "exit")


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_sound_is_played_when_an_alarm_comes():
    feed = start_feed()
    home = Home()
    path, said = home.program("sound")
    home.write('[alarm]\nsound = %s "two words" $(id)\n' % path)
    screen = home.console(feed)
    screen.wait("LIVE")
    check_eq(read(said), "", "before the alarm")
    feed.alarm(kind="fire", place="Pasar Gede")
    screen.wait("Pasar Gede")
    eventually(lambda: read(said), "the sound")
    check(read(said).startswith("%s|two words|$(id)|" % path), read(said))
    leave(screen)
    feed.stop()


def test_sound_that_does_not_work_is_told():
    feed = start_feed()
    screen = Home("[alarm]\nsound = /nowhere/sound\n").console(feed)
    screen.wait("LIVE")
    screen.keys(":test-sound", "Enter")
    screen.wait("NO ALARM SOUND")
    leave(screen)
    feed.stop()


def test_viewer_shows_the_camera():
    feed = start_feed()
    home = Home()
    path, said = home.program("viewer")
    home.write("[camera]\nviewer = %s --id={id} {url}\n" % path)
    screen = home.console(feed)
    screen.wait("LIVE")
    feed.alarm(kind="fire", place="Pasar Gede")
    screen.wait("Pasar Gede")
    screen.keys(":camera", "Enter")
    eventually(lambda: read(said), "the viewer")
    screen.wait("camera viewed")
    check(read(said).startswith("%s|--id=" % path) and "{" not in read(said), read(said))
    screen.wait("camera viewed")  # until then :quit asks again
    leave(screen)
    feed.stop()


def test_readonly_console_sends_nothing():
    feed = start_feed()
    home = Home("[console]\nreadonly = yes\n")
    feed.alarm(kind="fire", place="Pasar Gede")
    deeds = feed.deeds()
    for screen in (home.console(feed), Home().console(feed, "--readonly")):
        screen.wait("LIVE")
        screen.wait("Pasar Gede")
        screen.keys("a")
        screen.wait("READ ONLY: this console only looks")
        leave(screen)
    check_eq(feed.deeds(), deeds, "events")
    feed.stop()


def test_language_that_is_configured_is_spoken():
    home = Home("[console]\nlanguage = id\n")
    screen = Screen([SIAGA, "--offline"], 120, 40, home=home.path)
    screen.wait("BELUM ADA DATA")
    leave(screen)
    screen = Screen([SIAGA, "--offline", "--language", "en"], 120, 40, home=home.path)
    screen.wait("NO DATA YET")
    leave(screen)


# --- what is bound ---


def test_bound_key_does_its_command():
    feed = start_feed()
    feed.alarm(kind="fire", place="Pasar Gede")
    screen = Home("[bind]\nb = acknowledge\na = none\nF12 = pane map\n").console(feed)
    screen.wait("LIVE")
    screen.wait("Pasar Gede")
    deeds = feed.deeds()
    screen.keys("a", "?")
    screen.wait("acknowledge")
    check_eq(feed.deeds(), deeds, "a does nothing")
    check([row for row in screen.dump() if "b " in row and "acknowledge" in row],
          "the help shows the key that is bound")
    screen.keys("Esc", "b")
    eventually(lambda: feed.deeds() > deeds, "acknowledged")
    screen.wait("ACK")
    leave(screen)
    feed.stop()


def test_keys_are_listed_as_they_are_bound():
    home = Home("[bind]\nb = note\nqueue K = none\nmap K = help\n")
    code, out, _ = home.siaga("--list-keys")
    rows = [line.split("\t") for line in out.splitlines()]
    check_eq(code, 0, "exit")
    check(["queue", "room", "b", "note"] in rows, "b is bound")
    check(["queue", "room", "e", "note"] in rows, "e still is")
    check(["map", "desk", "K", "help"] in rows, "K in the map")
    check(["detail", "room", "K", "close"] in rows, "K elsewhere")
    check(not [row for row in rows if row[0] == "queue" and row[2] == "K"], "not in the queue")


# --- lists and completion ---


def test_lists_have_tabs_and_no_empty_names():
    home = Home()
    for name, columns in (("commands", 7), ("keys", 4), ("options", 6), ("roles", 1)):
        code, out, err = home.siaga("--list-" + name)
        check_eq((code, err), (0, ""), name)
        rows = [line.split("\t") for line in out.splitlines()]
        check(len(rows) > 10, name, len(rows))
        for row in rows:
            check_eq(len(row), columns, "columns of %s: %s" % (name, row))
            check(row[0] != "", name, row)
        check_eq(len(rows), len({tuple(row) for row in rows}), name + " has no line twice")


def completed(script, *words):
    """What bash offers for a command line whose last word is to be completed."""
    program = (script + "\nCOMP_WORDS=(%s)\nCOMP_CWORD=%d\n_siaga\nprintf '%%s\\n' \"${COMPREPLY[@]}\"\n"
               % (" ".join("'%s'" % word for word in words), len(words) - 1))
    home = Home()
    done = subprocess.run(["bash", "--norc", "-c", program], capture_output=True, text=True, timeout=30,
                          env=environment(home.path), cwd=scope.folder(), check=True)
    check_eq(done.stderr, "", "errors of bash")
    return done.stdout.split()


def test_completion_of_bash():
    script = Home().siaga("--completion", "bash")[1]
    check_eq(completed(script, "siaga", "--the"), ["--theme"], "options")
    check("--config" in completed(script, "siaga", "--c"), "options")
    check("okabe-ito" in completed(script, "siaga", "--theme", ""), "themes")
    check_eq(completed(script, "siaga", "--language", "i"), ["id"], "languages")
    check_eq(sorted(completed(script, "siaga", "--completion", "")), ["bash", "fish", "zsh"], "shells")
    check_eq(completed(script, "siaga", "--position", ""), [], "a free word")


def test_completion_is_correct_for_the_shells_that_are_here():
    home = Home()
    for shell in ("bash", "zsh", "fish"):
        code, out, err = home.siaga("--completion", shell)
        check_eq((code, err), (0, ""), shell)
        for option in home.siaga("--help")[1].split():
            if option.startswith("--"):
                check(option[2:] in out, shell, "does not know", option)
        if shutil.which(shell):
            path = home.write(out, os.path.join(home.path, "script"))
            done = subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=30, check=False,
                                  env=environment(home.path))
            check_eq((done.returncode, done.stderr), (0, ""), shell + " -n")
    code, _, err = home.siaga("--completion", "tcsh")
    check_eq((code, "tcsh" in err), (2, True), err)


run(globals())
