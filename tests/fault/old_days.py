"""What happened a hundred days ago, in a feed and on its consoles: for tests of what forgets it."""

import os
import sqlite3

from plain_console import Plain
from siaga_test import Feed, check_eq, environment, eventually, start_feed

SHIM = os.environ.get("CLOCKSHIFT", "")
DAY_S = 86400

# Of incidents that ended long ago; none of it may be left anywhere.
OLD = ("Aminah", "5550117", "555 0117", "terbakar", "menelepon", "Rahasiawan", "9988776", "belakang", "padamkan")
# Of what is open, or ended lately; all of it stays.
YOUNG = ("Terbukawati", "Barusari", "masihjalan")


def long_ago(env, days=100):
    """The environment of a program that lives so many days ago."""
    options = env.get("ASAN_OPTIONS")
    return dict(
        env,
        LD_PRELOAD=SHIM,
        SIAGA_TEST_CLOCK_S=str(-days * DAY_S),
        ASAN_OPTIONS=(options + ":" if options else "") + "verify_asan_link_order=0",
    )


def found(folder, words):
    """Which of the words stand in the bytes of which files."""
    hits = set()
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        try:
            with open(path, "rb") as file:
                low = file.read().lower()  # the index of words folds letters
        except (FileNotFoundError, IsADirectoryError):
            continue  # it has just been removed, or is no file
        hits |= {(name, word) for word in words if word.lower().encode() in low}
    return hits


def words_in(folder, words):
    return {word for _, word in found(folder, words)}


def old_days(feed):
    """What happened a hundred days ago, and ended."""
    desk = Feed(feed, "ayu", position="TMC-1")
    fire = feed.alarm(
        kind="fire",
        place="Pasar Legi",
        caller={"name": "Siti Aminah", "phone": "+62 271 555 0117"},
        note="kios terbakar",
        key="press-old",
    )["incident"]
    second = feed.alarm(
        kind="fire", caller={"name": "Rahasiawan", "phone": "08129988776"}, note="api di belakang"
    )["incident"]
    open_one = feed.alarm(kind="flood", caller={"name": "Terbukawati"}, note="masihjalan")["incident"]
    desk.do("acknowledge", fire)
    desk.do("verify", fire, method="callback", note="dia menelepon lagi")
    desk.do("dispatch", fire, agency="damkar", note="dari belakang")
    desk.do("merge", second, into=fire)
    desk.do("split", second)
    desk.do("reject", second, reason="prank", note="Rahasiawan tertawa")
    desk.do("cancel", fire, agency="damkar", note="sudah padamkan sendiri")
    desk.do("close", fire, disposition="fire_out", note="Aminah berterima kasih")
    desk.close()
    return fire, second, open_one


def ended_rows(state):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True)
    try:
        return db.execute(
            "SELECT number, kind, place, outcome, caller, phone FROM history ORDER BY number"
        ).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        db.close()


def cached_seq(state):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(state, "cache.db"), uri=True)
    try:
        return (db.execute("SELECT last_seq FROM meta").fetchone() or [0])[0]
    finally:
        db.close()


def purge(feed, *words):
    status, out, errors = feed.admin("purge", "--older-than", "90d", *words)
    check_eq(status, 0, errors)
    return out


def clean(feed):
    status, out, errors = feed.admin("check")
    check_eq(status, 0, out + errors)
    return out


def lived_long_ago(names=("ayu", "tamu")):
    """A feed and consoles' folders with what happened then; the feed is stopped, the clock is ours."""
    feed = start_feed()
    feed.stop()
    feed.wrap = long_ago
    feed.start()
    states = {}
    consoles = []
    for name in names:
        env = long_ago(environment(feed.home))
        plain = Plain(feed, name, env={k: env[k] for k in ("LD_PRELOAD", "SIAGA_TEST_CLOCK_S", "ASAN_OPTIONS")})
        plain.wait("LIVE")
        states[name] = plain.state
        consoles.append(plain)
    ids = old_days(feed)
    for plain in consoles:
        eventually(lambda: cached_seq(plain.state) >= feed.head(), "the console has it", 20)
        eventually(lambda: len(ended_rows(plain.state)) == 2, "rows", 20)
        plain.quit()
    feed.stop()
    feed.wrap = lambda env: env
    return feed, states, ids
