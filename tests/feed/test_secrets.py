"""Tokens are in the heads of those who have them, in their own files, and nowhere else: not in what is
said, kept, asked, answered, or left behind by a crash."""

import base64
import contextlib
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import urllib.parse

from plain_console import Plain
from raw_client import ask, bearer, connect, get, request
from siaga_test import (
    BALAI_KOTA,
    SIAGA,
    SIAGAD,
    SLOW,
    Feed,
    Refused,
    check,
    check_eq,
    environment,
    eventually,
    figure,
    need,
    run,
    scope,
    start_feed,
    stats_of,
)

BODY = '{"lat":%f,"lon":%f}' % BALAI_KOTA


def forms(secret):
    """As it is, and as it would look in a URL, in base64 or in hex."""
    text = secret.encode()
    return {
        text,
        text[len(b"siaga_") :],
        urllib.parse.quote(secret).encode(),
        base64.b64encode(text).rstrip(b"="),
        text.hex().encode(),
    }


class Search:
    """Looks for the secrets in everything that it is shown."""

    def __init__(self, secrets):
        self.forms = {form: name for name, secret in secrets.items() for form in forms(secret)}
        self.bytes = 0

    def look(self, data, where):
        data = data.encode() if isinstance(data, str) else data
        self.bytes += len(data)
        for form, name in self.forms.items():
            check(form not in data, "the token of", name, "is in", where)

    def look_below(self, folder, but=()):
        seen = 0
        for path, st in stats_of(folder).items():
            if path in but or not stat.S_ISREG(st.st_mode):
                continue
            with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
                self.look(file.read(), path)
                seen += 1
        check(seen > 0, "there is something in", folder)

    def look_at_process(self, pid, what):
        """What others see of it; nothing where the system does not let us."""
        for name in ("cmdline", "environ", "status", "maps"):
            try:
                with open("/proc/%d/%s" % (pid, name), "rb") as file:
                    self.look(file.read(), "%s of %s" % (name, what))
            except PermissionError:
                check(name != "cmdline", "everybody sees the command line")


def test_a_token_is_in_nothing_that_is_said_kept_or_answered():
    feed = start_feed()
    guess = "siaga_" + "g" * 44
    search = Search(dict(feed.tokens, guess=guess))
    console = Plain(feed, "ayu")
    console.wait("LIVE|live")
    link = Feed(feed, "budi")
    for name in [*feed.tokens, "guess"]:
        token = guess if name == "guess" else feed.tokens[name]
        asked = [
            request("POST", "/v1/alarms", "Authorization: Bearer " + token, body=BODY),
            request("POST", "/v1/alarms", "Authorization: Bearer " + token, body="{"),
            request("POST", "/v1/alarms", "Authorization: Bearer " + token, "Content-Type: text/plain", body=BODY),
            request("POST", "/v1/alarms", "Authorization: Bearer " + token, "Content-Length: 999999"),
            request("DELETE", "/v1/alarms", "Authorization: Bearer " + token),
            get("/v1/alarms/" + token, "Authorization: Bearer " + token),
            get("/v1/feed?token=" + token, "Authorization: Bearer " + token),
            get("/metrics", "Authorization: Bearer " + token),
            get("/healthz", "Authorization: Basic " + token, "Authorization: Bearer " + token),
            get("/healthz", "X-Long: " + token * 300),
            get("/" + token, "Authorization: Bearer " + token, "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
                "Sec-WebSocket-Protocol: siaga.v1"),
        ]
        for text in asked:
            status, headers, body = ask(connect(feed), text)
            search.look(repr(headers) + repr(body), "an answer: %s" % status)
        try:
            desk = Feed(feed, token)
            search.look(repr(desk.frames), "frames")
            desk.close()
        except Refused:
            pass
    it = feed.alarm(note="catatan")["incident"]
    link.do("acknowledge", it)
    search.look(repr(link.frames), "frames")
    for words in (("token", "list"), ("token", "revoke", "tamu"), ("token", "add", "ayu", "--role", "operator"),
                  ("token", "add", "x y", "--role", "operator"), ("registry", "load", "/tidak-ada")):
        status, said, errors = feed.admin(*words)
        search.look(said + errors, "what siagad says to " + " ".join(words))
    feed.metric("siaga_head_seq")
    search.look_at_process(feed.child.pid, "siagad")
    search.look_at_process(console.child.pid, "siaga")
    console.say("status")
    console.quit()
    search.look(console.data + console.child.stderr.read(), "what siaga says")
    search.look_below(feed.dir)
    search.look_below(console.home)
    feed.kill()
    search.look_below(feed.dir)  # with what a crash leaves
    search.look(feed.read_errors(), "what siagad said")
    files = {os.path.join(feed.home, name) for name in os.listdir(feed.home) if name.endswith(".token")}
    check(files, "a console's own file")
    search.look_below(feed.home, but=files)
    figure("bytes looked through", search.bytes)


def dumps_core(argv, env, ready, **options):
    """Does it leave a core when it crashes? Where every program may."""

    def crash_may_dump():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    child = scope.start(argv, env=env, preexec_fn=crash_may_dump, **options)
    ready(child)
    child.send_signal(signal.SIGSEGV)
    _, status = os.waitpid(child.pid, 0)
    child.returncode = -signal.SIGSEGV
    check(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV, "it crashed: %d" % status)
    return os.WCOREDUMP(status)


def test_a_crash_leaves_no_core():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    need(hard == resource.RLIM_INFINITY or os.geteuid() == 0, "cores are not allowed here")
    place = scope.folder()
    os.chmod(place, 0o777)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": place}

    def sleeps(child):
        def asleep():
            with open("/proc/%d/cmdline" % child.pid, "rb") as file:
                return file.read().startswith(b"sleep")

        eventually(asleep, "it runs")

    need(dumps_core(["sleep", "60"], environment(place), sleeps, **quiet), "no program leaves a core here")
    for name in os.listdir(place):
        os.unlink(os.path.join(place, name))
    feed = start_feed()
    feed.stop()

    def listens(child):
        line = b""
        while b"listening" not in line:
            line = child.stderr.readline()
            check(line, "siagad listens")

    argv = [SIAGAD, "--data", feed.dir, "--listen", "127.0.0.1:0"]
    env = environment(feed.home)
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        # A sanitizer that catches the signal makes an exit of it.
        env[name] = ":".join(filter(None, [env.get(name), "handle_segv=0"]))
    check(not dumps_core(argv, env, listens, stderr=subprocess.PIPE, **quiet), "siagad left a core")
    feed.start()
    argv = [SIAGA, "--plain", "--feed", feed.url, "--token-file", feed.token_file("ayu"), "--state", place + "/state"]
    env = dict(environment(feed.home), ASAN_OPTIONS=env["ASAN_OPTIONS"], UBSAN_OPTIONS=env["UBSAN_OPTIONS"])

    def tells(child):
        check(child.stdout.readline(), "siaga says something")

    quiet.update(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    check(not dumps_core(argv, env, tells, stderr=subprocess.DEVNULL, **quiet), "siaga left a core")
    check_eq([name for name in os.listdir(place) if name.startswith("core")], [], "files")
    feed.stop()


def test_no_other_program_of_the_same_user_looks_into_it():
    need(os.geteuid() == 0 and shutil.which("setpriv"), "only root can be two users")
    feed = start_feed()
    owner = os.stat(feed.dir)
    for name in ("environ", "maps", "mem", "auxv"):
        done = subprocess.run(
            ["setpriv", "--reuid", str(owner.st_uid), "--regid", str(owner.st_gid), "--clear-groups", "--",
             "dd", "if=/proc/%d/%s" % (feed.child.pid, name), "of=/dev/null", "count=1"],
            capture_output=True, text=True, timeout=20 * SLOW, check=False)
        check(done.returncode != 0 and "Permission denied" in done.stderr, name, done.stderr)
    feed.stop()


def console_says(feed, *options, env=None):
    """Starts siaga and lets it go; (exit status, what it says)."""
    home = scope.folder()
    done = subprocess.run([SIAGA, "--plain", "--state", os.path.join(home, "state"), *options],
                          env=dict(environment(home), **(env or {})), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=20 * SLOW, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_console_takes_no_token_on_its_command_line_or_in_a_url():
    feed = start_feed()
    token, file = feed.tokens["ayu"], feed.token_file("ayu")
    search = Search({"ayu": token})
    bad = (
        ("--feed", feed.url, "--token", token),
        ("--feed", feed.url, "--token=" + token),
        ("--feed", feed.url + "?token=" + token, "--token-file", file),
        ("--feed", feed.url.replace("ws://", "ws://ayu:%s@" % token), "--token-file", file),
        ("--feed", feed.url.replace("ws://", "ws://%s@" % token), "--token-file", file),
        ("--feed", feed.url + "#" + token, "--token-file", file),
        ("--feed", feed.url, token),
    )
    for words in bad:
        status, said = console_says(feed, *words)
        check(status in (1, 2, 3), "taken:", words[0], words[-1].replace(token, "TOKEN"), status, said)
        search.look(said, "what it says to " + words[-1].replace(token, "TOKEN"))
    status, said = console_says(feed, "--feed", feed.url, env={"SIAGA_TOKEN": token})
    check_eq(status, 2, "no token in the environment: " + said)
    check_eq(feed.metric('siaga_sessions{role="operator"}'), 0, "none of them came in")
    feed.stop()


def test_a_token_that_others_can_read_is_refused():
    feed = start_feed()
    file = feed.token_file("ayu")
    for mode in (0o640, 0o604, 0o644, 0o620, 0o666, 0o610, 0o601):
        os.chmod(file, mode)
        status, said = console_says(feed, "--feed", feed.url, "--token-file", file)
        check_eq(status, 1, "%o: %s" % (mode, said))
        check("others may read it; chmod 600 " + file in said, said)
        check(feed.tokens["ayu"] not in said, "and it is not shown")
    link = os.path.join(feed.home, "link")
    os.symlink(file, link)
    check_eq(console_says(feed, "--feed", feed.url, "--token-file", link)[0], 1, "by a link")
    os.chmod(file, 0o600)
    desk = Plain(feed, "ayu")
    desk.wait("LIVE|live")
    desk.quit()
    feed.stop()


def test_what_siagad_keeps_is_its_own():
    feed = start_feed()
    feed.alarm()
    for path, st in stats_of(feed.dir).items():
        check_eq(st.st_mode & 0o077, 0, path)
    check_eq(os.stat(feed.dir).st_mode & 0o077, 0, "the folder")
    feed.stop()


run(globals())
