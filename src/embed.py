#!/usr/bin/env python3
"""Writes files as a C table: embed.py OUT.c [FUNCTION] FILE|NAME=FILE...

FUNCTION is the name of the lookup function to define, declared by whoever uses it; without one it is
embedded_find(). Files are found by NAME, or by their own names without a folder.
"""

import os
import sys


def c_bytes(data):
    lines = []
    for start in range(0, len(data), 24):
        lines.append("\t" + "".join(f"{b}," for b in data[start : start + 24]))
    lines.append("\t0")
    return "\n".join(lines)


def main():
    out_path, rest = (sys.argv[1:2] or [""])[0], sys.argv[2:]
    function = rest.pop(0) if rest and rest[0].isidentifier() else "embedded_find"
    if not rest:
        sys.exit("usage: embed.py OUT.c [FUNCTION] FILE|NAME=FILE...")
    named = [item.split("=", 1) if "=" in item else (os.path.basename(item), item) for item in rest]
    names, paths = [name for name, _ in named], [path for _, path in named]
    if len(set(names)) != len(names):
        sys.exit("embed.py: two files of the same name")
    parts = ["#include <string.h>\n\n#include <siaga/base/embed.h>\n\n"]
    if function != "embedded_find":
        parts.append(f"const struct embedded_file *{function}(const char *name);\n\n")
    table = []
    for number, (name, path) in enumerate(zip(names, paths)):
        if not all(c.isalnum() or c in "._-" for c in name):
            sys.exit(f"embed.py: {name}: not a plain file name")
        with open(path, "rb") as source:
            data = source.read()
        parts.append(f"static const unsigned char file_{number}[] = {{\n{c_bytes(data)}\n}};\n\n")
        table.append(f'\t{{"{name}", file_{number}, {len(data)}}},\n')
    parts.append("static const struct embedded_file files[] = {\n" + "".join(table) + "};\n\n")
    parts.append(
        f"const struct embedded_file *{function}(const char *name)\n{{\n"
        "\tfor (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {\n"
        "\t\tif (strcmp(files[i].name, name) == 0) {\n"
        "\t\t\treturn &files[i];\n\t\t}\n\t}\n\treturn NULL;\n}\n"
    )
    with open(out_path, "w", encoding="ascii") as out:
        out.write("".join(parts))


main()
