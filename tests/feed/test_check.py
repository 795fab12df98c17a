"""siagad check: what was tampered with shows, and what was not is clean. siagad backup: a copy that is
whole, or none."""

import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import threading

import hostile
from siaga_test import SIAGAD, SLOW, Feed, Refused, Siagad, check, check_eq, environment, eventually, figure, run, scope, start_feed

HEAD = re.compile(r"^head (\d+:[0-9a-f]{64})$", re.M)


def a_day(feed):
    """A log in which nearly everything has happened."""
    desk = Feed(feed, "ayu", position="TMC-1")
    fire = feed.alarm(
        kind="fire",
        caller={"name": "Siti Aminah", "phone": "+62 271 555 0117"},
        note="asap tebal",
        place="Pasar Legi",
        key="press-1",
    )["incident"]
    twin = feed.alarm(kind="fire", caller={"name": "Budi Santoso"}, note="api besar")["incident"]
    desk.do("acknowledge", fire)
    desk.do("verify", fire, method="callback", note="dia menelepon lagi")
    desk.do("dispatch", fire, agency="damkar", note="lewat belakang")
    desk.do("dispatch", fire, agency="psc119")
    desk.do("cancel", fire, agency="psc119", note="salah")
    desk.do("dispatch", fire, agency="psc119")
    desk.do("merge", twin, into=fire)
    desk.do("split", twin)
    desk.do("reject", twin, reason="prank", note="suara anak")
    for agency in ("damkar", "psc119"):
        for step in ("accept", "en_route", "on_scene", "clear"):
            desk.do(step, fire, agency=agency)
    desk.do("resolve", fire)
    desk.do("close", fire, disposition="fire_out", note="padam")
    desk.do("note", fire, note="sesudahnya")
    desk.do("reopen", fire)
    desk.refused("conflict", "acknowledge", twin, if_rev=1)
    desk.do("close", fire, disposition="handled")
    late = feed.alarm(kind="medical", caller={"name": "Tri"})["incident"]
    desk.do("acknowledge", late)
    desk.do("camera_viewed", late, camera="Gladag", note="ramai")
    desk.close()
    return fire, twin, late


def folder_of(feed):
    """A copy of the stopped feed's data folder, to be spoiled."""
    home = scope.folder()
    shutil.copytree(feed.dir, os.path.join(home, "feed"))
    other = Siagad(registry=False)
    other.dir = os.path.join(home, "feed")
    return other


def looked(feed, *words):
    status, out, errors = feed.admin("check", *words)
    return status, out + errors


def clean(feed, *words):
    status, said = looked(feed, *words)
    check_eq(status, 0, "a clean log: " + said)
    check(said.startswith("OK "), said)
    return HEAD.search(said).group(1)


def spoil(feed, *statements):
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    changed = 0
    for sql in statements:
        changed += db.execute(sql).rowcount
    db.commit()
    db.close()
    check(changed > 0, "it changed something: %r" % (statements,))


def kept_day():
    feed = start_feed()
    a_day(feed)
    feed.stop()
    return feed


def test_clean_log_is_clean_while_the_feed_runs_and_when_it_does_not():
    feed = start_feed()
    a_day(feed)
    before = os.stat(os.path.join(feed.dir, "log.db")).st_mtime_ns
    clean(feed)
    check_eq(os.stat(os.path.join(feed.dir, "log.db")).st_mtime_ns, before, "it was only read")
    feed.stop()
    clean(feed)
    status, _, errors = Siagad(registry=False).admin("check")
    check_eq(status, 1, "nothing there: " + errors)
    check("siagad: " in errors, errors)


def test_empty_log_is_clean():
    feed = start_feed()
    feed.stop()
    status, said = looked(feed)
    check_eq(status, 0, said)


def test_log_is_clean_at_any_moment_of_a_rush():
    feed = start_feed()
    over = threading.Event()

    def rush():
        while not over.is_set():
            feed.alarm(caller={"name": "Siti"}, note="cepat")

    threads = [threading.Thread(target=rush, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: feed.head() > 0, "the rush begins")
    try:
        heads = [int(clean(feed).split(":")[0]) for _ in range(4)]
    finally:
        over.set()
        for thread in threads:
            thread.join()
    check(heads[-1] > heads[0], "it grew meanwhile: %r" % heads)
    figure("events in the last look", heads[-1])
    feed.stop()


# What is done to one event of each kind, by column.
TAMPERED = {
    "seq": ["UPDATE event SET seq = 1000 WHERE seq = {seq}"],
    "at_ms": ["UPDATE event SET at_ms = at_ms + 1 WHERE seq = {seq}"],
    "incident": ["UPDATE event SET incident = '00000000-0000-4000-8000-000000000000' WHERE seq = {seq}"],
    "number": ["UPDATE event SET number = number + 1 WHERE seq = {seq}"],
    "type": ["UPDATE event SET type = 'incident.held' WHERE seq = {seq}"],
    "body": ["UPDATE event SET body = replace(body, 'Aminah', 'Rahayu') WHERE seq = {seq}"],
    "body, time": ["UPDATE event SET body = replace(body, 'Z', '0Z') WHERE seq = {seq}"],
    "masked": ["UPDATE event SET masked = body WHERE seq = {seq}"],
    "masked, none": ["UPDATE event SET masked = NULL WHERE seq = {seq}"],
    "bare": ["UPDATE event SET bare = replace(bare, 'Legi', 'Gede') WHERE seq = {seq}"],
    "bare, none": ["UPDATE event SET bare = NULL WHERE seq = {seq}"],
    "salt": ["UPDATE event SET salt = randomblob(16) WHERE seq = {seq}"],
    "salt, none": ["UPDATE event SET salt = NULL WHERE seq = {seq}"],
    "digest": ["UPDATE event SET digest = randomblob(32) WHERE seq = {seq}"],
    "digest, none": ["UPDATE event SET digest = NULL WHERE seq = {seq}"],
    "hash": ["UPDATE event SET hash = randomblob(32) WHERE seq = {seq}"],
    "hash, none": ["UPDATE event SET hash = NULL WHERE seq = {seq}"],
    "audience": ["UPDATE event SET audience = audience || ' psc119' WHERE seq = {seq}"],
    "purged_at_ms": ["UPDATE event SET purged_at_ms = 1 WHERE seq = {seq}"],
    "forgotten in secret": [
        "UPDATE event SET body = bare, bare = NULL, masked = NULL, salt = NULL, purged_at_ms = 1"
        " WHERE seq = {seq}"
    ],
}


def test_every_column_of_an_event_that_is_changed_shows():
    whole = kept_day()
    (seq,) = [
        row[0]
        for row in sqlite3.connect(os.path.join(whole.dir, "log.db")).execute(
            "SELECT seq FROM event WHERE body LIKE '%Aminah%' AND type = 'incident.raised'"
        )
    ]
    columns = {
        row[1]
        for row in sqlite3.connect(os.path.join(whole.dir, "log.db")).execute("PRAGMA table_info(event)")
    }
    check_eq(columns - {name.split(",")[0] for name in TAMPERED}, set(), "columns without a test")
    for name, statements in TAMPERED.items():
        feed = folder_of(whole)
        spoil(feed, *(sql.format(seq=seq) for sql in statements))
        status, said = looked(feed)
        check_eq(status, 1, "%s: %s" % (name, said))
        check("FAULT event %d: " % seq in said, name, said)
    # Of an event with nothing personal, too.
    for sql in ("body = replace(body, 'ayu', 'budi')", "audience = '*'", "bare = body", "salt = hash"):
        feed = folder_of(whole)
        spoil(feed, "UPDATE event SET %s WHERE type = 'incident.resolved'" % sql)
        check_eq(looked(feed)[0], 1, sql)


def test_events_that_change_places_go_or_come_show():
    whole = kept_day()
    columns = "at_ms, incident, number, type, body, masked, bare, salt, digest, hash, audience, purged_at_ms"
    for name, seq, statements in (
        (
            "swap",
            9,
            [
                "UPDATE event SET seq = -9 WHERE seq = 9",
                "UPDATE event SET seq = 9 WHERE seq = 10",
                "UPDATE event SET seq = 10 WHERE seq = -9",
            ],
        ),
        ("delete", 9, ["DELETE FROM event WHERE seq = 9"]),
        (
            "delete and close up",
            9,
            ["DELETE FROM event WHERE seq = 9"]
            + ["UPDATE event SET seq = %d WHERE seq = %d" % (seq - 1, seq) for seq in range(10, 80)],
        ),
        (
            "one more at the end",
            None,
            [
                "INSERT INTO event(seq, %s) SELECT (SELECT max(seq) + 1 FROM event), %s FROM event"
                " WHERE seq = 9" % (columns, columns)
            ],
        ),
        ("the first", 1, ["DELETE FROM event WHERE seq = 1"]),
        ("another feed's name", 1, ["UPDATE meta SET value = '00000000-0000-4000-8000-000000000000'"]),
    ):
        feed = folder_of(whole)
        spoil(feed, *statements)
        status, said = looked(feed)
        check_eq(status, 1, "%s: %s" % (name, said))
        check("FAULT event %s" % ("" if seq is None else "%d: " % seq) in said, name, said)


ANSWER = "id, at_ms, refused, seq, code, message, incident, alarm, number"


def test_tables_that_do_not_agree_with_the_events_show():
    whole = kept_day()
    for sql in (
        "UPDATE incident SET number = 77 WHERE number = 1",
        "UPDATE incident SET first_seq = first_seq + 1 WHERE number = 1",
        "UPDATE incident SET last_seq = last_seq + 1 WHERE number = 1",
        "UPDATE incident SET last_seq = last_seq - 1 WHERE number = 1",
        "UPDATE incident SET ended_seq = NULL WHERE number = 1",
        "UPDATE incident SET ended_seq = ended_seq - 1 WHERE number = 1",
        "UPDATE incident SET ended_seq = last_seq WHERE number = 3",
        "DELETE FROM incident WHERE number = 2",
        "INSERT INTO incident SELECT upper(id), 99, first_seq, last_seq, ended_seq FROM incident LIMIT 1",
        "DELETE FROM alarm WHERE id = (SELECT min(id) FROM alarm)",
        "UPDATE alarm SET incident = (SELECT max(incident) FROM alarm)",
        "INSERT INTO alarm SELECT upper(id), incident FROM alarm LIMIT 1",
        "DELETE FROM sent WHERE agency = 'damkar'",
        "UPDATE sent SET seq = seq + 1 WHERE agency = 'psc119'",
        "INSERT INTO sent SELECT 'pln', incident, seq, 0 FROM sent LIMIT 1",
        "UPDATE sent SET caller = 1 - caller WHERE agency = 'damkar'",
        "UPDATE answer_new SET number = 9 WHERE incident <> ''",
        "UPDATE answer_new SET seq = 100000 WHERE incident = ''",
        "INSERT INTO answer SELECT %s FROM answer_new WHERE incident = '' LIMIT 1" % ANSWER,
        "INSERT INTO answer_new(%s) SELECT %s FROM answer_new WHERE incident = '' LIMIT 1" % (ANSWER, ANSWER),
        "INSERT INTO answer SELECT upper(id), at_ms, refused, seq, code, message, incident, alarm, 9 FROM answer_new"
        " WHERE incident <> '' LIMIT 1",
    ):
        feed = folder_of(whole)
        spoil(feed, sql)
        status, said = looked(feed)
        check_eq(status, 1, "%s: %s" % (sql, said))
        check("table " in said, sql, said)


def test_events_that_replay_to_something_else_show_even_in_a_whole_chain():
    """Somebody who makes the chain anew: it is whole, and yet not what the reducer writes."""
    import hashlib

    def text(value):
        return len(value).to_bytes(8, "big") + value

    whole = kept_day()
    feed = folder_of(whole)
    db = sqlite3.connect(os.path.join(feed.dir, "log.db"))
    (seq, body) = db.execute("SELECT seq, body FROM event WHERE type = 'incident.resolved'").fetchone()
    rev = int(re.search(r'"rev":(\d+)', body).group(1))
    db.execute("UPDATE event SET body = ? WHERE seq = ?", (body.replace('"rev":%d' % rev, '"rev":%d' % (rev + 3)), seq))
    (uuid,) = db.execute("SELECT value FROM meta WHERE key = 'feed'").fetchone()
    last = hashlib.sha256(b"siaga1" + text(uuid.encode())).digest()
    for row in db.execute("SELECT seq, body, bare, digest, audience FROM event ORDER BY seq").fetchall():
        kept = (row[2] if row[2] is not None else row[1]).encode()
        last = hashlib.sha256(
            b"siaga1" + last + row[0].to_bytes(8, "big") + text(kept) + text(row[4].encode()) + (row[3] or b"")
        ).digest()
        db.execute("UPDATE event SET hash = ? WHERE seq = ?", (last, row[0]))
    db.commit()
    db.close()
    status, said = looked(feed)
    check_eq(status, 1, said)
    check("hash" not in said.replace("head", ""), said)
    check("FAULT event %d: rev %d, where replaying gives %d" % (seq, rev + 3, rev) in said, said)
    # It is clean in itself but for that, and still another one than was known.
    head = clean(whole)
    status, said = looked(feed, "--expect", head)
    check("not the one expected" in said, said)


def test_cut_off_tail_shows_only_against_what_was_known():
    feed = start_feed()
    a_day(feed)
    feed.stop()
    known = clean(feed)
    short = folder_of(feed)
    feed.start()
    feed.alarm()
    feed.alarm()
    feed.stop()
    clean(feed, "--expect", known)
    longer = clean(feed)
    clean(short)
    status, said = looked(short, "--expect", longer)
    check_eq(status, 1, said)
    check("the log ends here" in said, said)
    status, said = looked(feed, "--expect", known[:-1] + ("0" if known[-1] != "0" else "1"))
    check_eq(status, 1, said)
    check("not the one expected" in said, said)
    for wrong in ("12", "12:ab", "x:" + known.split(":")[1], known + "0", "0:" + known.split(":")[1]):
        status, said = looked(feed, "--expect", wrong)
        check_eq(status, 2, wrong + ": " + said)


def test_damage_of_the_file_itself_shows():
    whole = kept_day()
    feed = folder_of(whole)
    path = os.path.join(feed.dir, "log.db")
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event_by_incident'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with open(path, "r+b") as file:
        file.seek(page * size - 40)
        file.write(b"\0" * 40)
    status, said = looked(feed)
    check_eq(status, 1, said)
    check("FAULT the file: " in said, said)
    feed = folder_of(whole)
    path = os.path.join(feed.dir, "log.db")
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) // 2)
    status, said = looked(feed)
    check_eq(status, 1, said)
    feed = folder_of(whole)
    db = sqlite3.connect(os.path.join(feed.dir, "admin.db"))
    db.execute("UPDATE registry SET json = '{'")
    db.execute("UPDATE token SET role = 'king' WHERE name = 'ayu'")
    db.commit()
    db.close()
    status, said = looked(feed)
    check_eq(status, 1, said)
    check("admin.db: the registry" in said and "token ayu" in said, said)


# --- what somebody else wrote into the databases ---


TEXTS = [text.encode() for text in [*hostile.TEXTS.values(), *hostile.LONG.values()]] + list(hostile.BYTES.values())


def write_tokens(db):
    for number, text in enumerate(TEXTS):
        db.execute("INSERT INTO token VALUES(CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, 0, 0)",
                   (b"%d" % number + text, text, text, b"%032d" % number))


def write_answers(db, table="answer"):
    for number, text in enumerate(TEXTS):
        db.execute("INSERT INTO %s(id, refused, seq, code, message, incident, alarm, number, at_ms)"
                   " VALUES(CAST(? AS TEXT), 1, 0, CAST(? AS TEXT), CAST(? AS TEXT), '', '', 0, 0)" % table,
                   (b"%d" % number + text, text, text))


def write_new_answers(db):
    write_answers(db, "answer_new")


def write_events(db):
    for seq, text in enumerate(TEXTS, 2):
        for column in ("incident", "type", "audience", "masked", "bare"):
            db.execute("UPDATE event SET %s = CAST(? AS TEXT) WHERE seq = ?" % column, (text, seq))


def write_bodies(db):
    for seq, text in enumerate(TEXTS, 1):
        # As JSON has it, so that it is read, and as it is.
        text = json.dumps(text.decode())[1:-1].encode() if text not in hostile.BYTES.values() else text
        db.execute("UPDATE event SET body = replace(body, 'ayu', CAST(? AS TEXT)) WHERE seq = ?", (text, seq))


def write_schema(db):
    """What SQLite finds it tells by names out of the file, and these are anybody's."""
    name = hostile.TEXTS["clipboard"] + hostile.TEXTS["bidi override"]
    db.execute('CREATE INDEX "%s" ON incident(first_seq)' % name)
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_schema SET sql = replace(sql, '(first_seq)', '(last_seq)') WHERE name = ?", (name,))


def test_what_somebody_wrote_into_the_databases_does_nothing_to_the_terminal():
    whole = kept_day()
    for name, write, told in (
        ("admin.db", write_tokens, b"FAULT admin.db: token "),
        ("log.db", write_answers, b"FAULT table answer: "),
        ("log.db", write_new_answers, b"FAULT table answer: "),
        ("log.db", write_events, b"FAULT event 2: "),
        ("log.db", write_bodies, b": the body is not the one that was written"),
        ("log.db", write_schema, b"FAULT the file: "),
    ):
        feed = folder_of(whole)
        with sqlite3.connect(os.path.join(feed.dir, name)) as db:
            write(db)
        db.close()
        for words in (
            ("check",),
            ("token", "list"),
            ("who", "--since", "7d"),
            ("who", "--incident", "1"),
            ("backup", os.path.join(feed.home, "copy")),
            ("purge", "--older-than", "1d", "--dry-run"),
            ("doctor",),
        ):
            done = subprocess.run([SIAGAD, *words, "--data", feed.dir], env=environment(feed.home),
                                  capture_output=True, stdin=subprocess.DEVNULL, timeout=60 * SLOW, check=False)
            for said in (done.stdout, done.stderr):
                hostile.check_lines(said, "siagad " + " ".join(words))
            if words == ("check",):
                check_eq(done.returncode, 1, write.__name__)
                check(told in done.stdout, told, "is not among", done.stdout[:2000])
            if write is write_tokens and words == ("token", "list"):
                check_eq(len(done.stdout.splitlines()), len(TEXTS) + len(whole.tokens), "a line for each token")


# --- copies ---


def backed_up(feed, name="copy"):
    path = os.path.join(feed.home, name)
    status, out, errors = feed.admin("backup", path)
    check_eq(status, 0, errors)
    copy = Siagad(registry=False)
    copy.dir = path
    copy.tokens = feed.tokens
    return copy, out


def test_copy_is_whole_private_and_a_data_folder_itself():
    feed = start_feed()
    a_day(feed)
    copy, out = backed_up(feed)
    check_eq(feed.admin("token", "revoke", "budi")[0], 0, "revoke")
    feed.stop()
    later, _ = backed_up(feed, "later")
    for where in (copy, later):
        check_eq(sorted(os.listdir(where.dir)), ["admin.db", "log.db"])
        check_eq(stat.S_IMODE(os.stat(where.dir).st_mode), 0o700)
        for name in os.listdir(where.dir):
            check_eq(stat.S_IMODE(os.stat(os.path.join(where.dir, name)).st_mode), 0o600, name)
        check_eq(clean(where), out.split("head ")[1].strip(), "the same log")
    check_eq(sorted(os.listdir(copy.dir)), ["admin.db", "log.db"], "a look leaves nothing there")
    check_eq([name for name in os.listdir(feed.home) if name.startswith(".")], [], "nothing is left over")
    # Put back: the steps of the manual.
    os.rename(feed.dir, feed.dir + ".old")
    shutil.copytree(copy.dir, feed.dir)
    head = int(clean(feed).split(":")[0])
    feed.start()
    check_eq(feed.head(), head, "it starts where it was")
    desk = Feed(feed, "ayu", after=0)
    desk.until_seq(feed.alarm()["seq"])
    # As the manual warns: what was revoked since is good again, until it is revoked again.
    listed = [dict((line.split()[0], line.split()[-1]) for line in where.admin("token", "list")[1].splitlines())
              for where in (old_folder(feed), feed)]
    check_eq([name for name in listed[0] if (listed[0][name] == "revoked") != (listed[1][name] == "revoked")], ["budi"])
    Feed(feed, "budi").close()
    check_eq(feed.admin("token", "revoke", "budi")[0], 0, "revoke again")
    try:
        Feed(feed, "budi", follow=False)
        check(False, "budi is let in")
    except Refused as refused:
        check_eq(refused.status, 401)
    feed.stop()
    clean(feed)


def old_folder(feed):
    other = Siagad(registry=False)
    other.dir = feed.dir + ".old"
    return other


def test_copy_never_replaces_anything():
    feed = start_feed()
    copy, _ = backed_up(feed)
    taken = os.path.join(feed.home, "taken")
    os.mkdir(taken)
    for path in (copy.dir, taken, os.path.join(feed.home, "no", "such"), os.path.join(feed.dir, "log.db")):
        status, _, errors = feed.admin("backup", path)
        check_eq(status, 1, errors)
        check(path in errors or os.path.dirname(path) in errors, errors)
    check_eq(os.listdir(taken), [])
    status, _, errors = feed.admin("backup")
    check_eq(status, 2, errors)
    feed.stop()


def test_copy_of_a_spoiled_log_is_none():
    feed = kept_day()
    spoil(feed, "UPDATE event SET audience = '*' WHERE seq = 5")
    path = os.path.join(feed.home, "copy")
    status, out, errors = feed.admin("backup", path)
    check_eq((status, out), (1, ""), errors)
    check("event 5" in errors, errors)
    check(not os.path.exists(path), "no copy")
    check_eq([name for name in os.listdir(feed.home) if name.startswith(".")], [], "nothing is left over")


def test_copy_on_a_full_disk_leaves_nothing_half():
    feed = start_feed()
    a_day(feed)
    for step in (8, 64, 120):
        path = os.path.join(feed.home, "copy")
        done = subprocess.run(
            ["sh", "-c", "ulimit -f %d; exec \"$@\"" % step, "sh", SIAGAD, "backup", path, "--data", feed.dir],
            env=environment(feed.home),
            capture_output=True,
            text=True,
            timeout=20 * SLOW,
            check=False,
        )
        check_eq(done.returncode, 1, "a disk that takes %d blocks" % step)
        check(done.stderr.startswith("siagad: "), done.stderr)
        check(not os.path.exists(path), "no copy")
        check_eq([name for name in os.listdir(feed.home) if name.startswith(".")], [], "nothing left over")
    feed.stop()


def test_copies_during_a_rush_are_each_of_one_moment():
    feed = start_feed()
    over = threading.Event()

    def rush():
        while not over.is_set():
            feed.alarm(caller={"name": "Siti"}, note="cepat")

    threads = [threading.Thread(target=rush, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: feed.head() > 0, "the rush begins")
    try:
        heads = [int(clean(backed_up(feed, "copy%d" % i)[0]).split(":")[0]) for i in range(3)]
    finally:
        over.set()
        for thread in threads:
            thread.join()
    check(heads[0] < heads[-1], heads)
    feed.stop()


run(globals())
