#!/usr/bin/env python3
"""Holds the ways in and out for strangers' text: each is one place in the sources, and a second one is an error
here, so that whoever adds it has to think of it.

    gates.py ROOT
"""

import os
import re
import sys

# What it is; the pattern; the files in which it may stand.
GATES = [
    ("a text out of JSON, unread",
     r"\bjson_object_(get_string|to_json_string|to_file|to_fd)\w*\(", {"src/wire/read.c", "src/wire/scenario.c"}),
    ("JSON that is parsed", r"\bjson_(tokener_parse|tokener_parse_ex|object_from_f\w+)\(", {"src/wire/read.c"}),
    ("the name of a JSON member, unread", r"\bjson_object_iter_peek_name\(|\bjson_object_object_foreach\b",
     {"src/wire/read.c", "src/wire/server_frame.c"}),
    # A raw text is only compared with words; who wants to keep one uses read_text(), read_note() or read_id().
    # But for class_frame.c: a part of a scenario, which is read as any file once it is whole.
    ("a raw text out of JSON", r"\bread_raw\(",
     {"src/wire/class_frame.c", "src/wire/client_frame.c", "src/wire/geojson.c", "src/wire/read.c", "src/wire/read.h",
      "src/wire/registry_json.c", "src/wire/server_frame.c"}),
    ("a field of a CSV file", r"\bcsv_(parse|init|fini)\(", {"src/wire/csv_table.c"}),
    ("the gate of texts itself", r"\btext_clean\(",
     {"src/app/modal_keys.c", "src/base/err.c", "src/base/ini.c", "src/base/report.c", "src/base/text.c",
      "src/console/frames.c", "src/console/history_read.c", "src/console/plain_in.c", "src/console/runtime.c",
      "src/console/replay.c", "src/console/script_play.c", "src/console/spawn.c", "src/feed/check.c", "src/model/filter.c",
      "src/net/probe_tls.c", "src/net/tls_chain.c", "src/store/admin.c", "src/store/cache_save.c", "src/ui/input.c",
      "src/ui/osc.c", "src/wire/read.c", "src/wire/registry_csv.c"}),
    ("a text out of a database", r"\bsqlite3_column_text\w*\(", {"src/store/log_check.c", "src/store/query.c"}),
    ("a shell", r"\b(system|popen|wordexp)\(", set()),
    ("a program that is started", r"\b(fork|vfork|exec[lv]\w*|fexecve|posix_spawnp?)\(",
     {"src/console/spawn.c", "src/console/demo.c"}),
    # A training opens none: what it is linked to is inside the process, and a class is no feed.
    ("a link to a feed", r"\blink_create\(",
     {"src/console/doctor_link.c", "src/console/join.c", "src/console/player.c", "src/console/runtime.c",
      "src/net/client_link.c"}),
    ("a library that is loaded", r"\bdlopen\(", set()),
    ("a sequence of the terminal", r"\\033|\\x1b|\\x9b|\\u009b",
     {"src/ui/input.c", "src/ui/osc.c", "src/ui/screen.c", "src/ui/screen_ask.c", "src/ui/screen_describe.c",
      "src/ui/screen_look.c", "src/ui/screen_paint.c"}),
    ("what curses writes", r"\b(tputs|putp|addstr|addnstr|waddstr|printw|wprintw|addch|waddch|initscr|newterm)\(", set()),
    ("bytes for the terminal", r"\bscreen_write\(",
     {"src/ui/screen.c", "src/ui/screen_paint.c", "src/ui/screen_private.h"}),
    ("a format that was not written here", r"\b(v?f?printf|err_set|notice_add|buf_printf)\((stdout, |stderr, |err, |app, \w+, |&?\w+, )?"
     r"(text|word|name|line|err->text|err\.text|message)\)", set()),
    ("standard output or errors", r"(?<!\w)(printf|vprintf|puts|putchar)\(|\b(std(out|err))\b",
     {"src/base/mem.c", "src/base/report.c", "src/base/setting.c", "src/console/class.c", "src/console/completion.c",
      "src/console/coverage_command.c", "src/console/lists.c",
      "src/console/options.c", "src/console/record_command.c", "src/console/replay.c", "src/console/scenario_command.c",
      "src/console/score_command.c", "src/console/script_play.c",
      "src/daemon/backup.c", "src/daemon/cert.c",
      "src/daemon/check.c", "src/daemon/export.c", "src/daemon/options.c", "src/daemon/purge.c", "src/daemon/registry.c",
      "src/daemon/token.c", "src/daemon/who.c", "src/feed/book.c", "src/feed/certificate.c", "src/feed/feed.c",
      "src/feed/trouble.c", "src/feed/watch.c", "src/feed/witness.c", "src/feed/writer.c", "src/siaga.c",
      "src/siagad.c"}),
]

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def sources(root):
    for folder, _, names in os.walk(os.path.join(root, "src")):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.join(folder, name)


def main():
    root = sys.argv[1]
    problems = []
    found = [set() for _ in GATES]
    for path in sources(root):
        with open(path, encoding="utf-8") as file:
            text = COMMENT.sub(lambda match: "\n" * match.group(0).count("\n"), file.read())
        short = os.path.relpath(path, root)
        for at, (what, pattern, allowed) in enumerate(GATES):
            for match in re.finditer(pattern, text):
                if short in allowed:
                    found[at].add(short)
                else:
                    line = text.count("\n", 0, match.start()) + 1
                    problems.append("%s:%d: %s: %s" % (short, line, what, match.group(0)))
    for (what, _, allowed), there in zip(GATES, found):
        for short in sorted(allowed - there):
            problems.append("%s: has no longer %s: take it off the list in tests/lint/gates.py" % (short, what))
    print("\n".join(problems) if problems else "%d gates" % len(GATES))
    sys.exit(1 if problems else 0)


main()
