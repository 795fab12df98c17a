"""Starts a program in as much of a systemd unit's sandbox as can be had without systemd:

    sandbox.py UNIT USER FOLDER PROGRAM ARGUMENT...

as USER without capabilities, in a view of the machine where only FOLDER can be written, with the unit's
system calls and address families and nothing written that is executed. What the unit forbids ends the
program with SIGSYS instead of an error, so that nothing is overlooked.
"""

import ctypes
import os
import pwd
import re
import struct
import subprocess
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_SET_MDWE = 38, 22, 65
PR_CAPBSET_DROP, PR_CAPBSET_READ = 24, 23
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
CLONE_NEWNS = 0x20000
AUDIT_ARCH_X86_64 = 0xC000003E
KILL, ALLOW, REFUSE = 0x80000000, 0x7FFF0000, 0x00050001  # the last is EPERM
NUMBERS = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}

libc = ctypes.CDLL(None, use_errno=True)


def must(result, what):
    if result != 0:
        sys.exit("sandbox: %s: %s" % (what, os.strerror(ctypes.get_errno())))


def read_unit(path):
    """{name: [value, ...]} of [Service]."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if "=" in line and not line.startswith("#"):
                name, value = line.rstrip("\n").split("=", 1)
                found.setdefault(name, []).append(value)
    return found


def group(name):
    """The system calls of a group, as systemd has it."""
    done = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    calls = set()
    for line in done.stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            calls |= group(word)
        elif word and not word.startswith("#"):
            calls.add(word)
    return calls


def calls_of(unit):
    """What the unit's filters leave."""
    allowed = group("@default")
    for line in unit["SystemCallFilter"]:
        calls = set()
        for word in line.lstrip("~").split():
            calls |= group(word) if word.startswith("@") else {word}
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def filter_program(allowed, families):
    with open(NUMBERS, encoding="ascii") as file:
        numbers = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", file.read()))

    def op(code, jt, jf, k):
        return struct.pack("HBBI", code, jt, jf, k)

    load, equal, ret = 0x20, 0x15, 0x06
    program = [op(load, 0, 0, 4), op(equal, 1, 0, AUDIT_ARCH_X86_64), op(ret, 0, 0, KILL), op(load, 0, 0, 0)]
    # That is how it comes to be what it is.
    for name in sorted(allowed | {"execve", "execveat"}):
        if name in numbers and name != "socket":
            program += [op(equal, 0, 1, int(numbers[name])), op(ret, 0, 0, ALLOW)]
    program += [op(equal, 1, 0, int(numbers["socket"])), op(ret, 0, 0, KILL), op(load, 0, 0, 16)]
    for family in families:
        program += [op(equal, 0, 1, family), op(ret, 0, 0, ALLOW)]
    program.append(op(ret, 0, 0, REFUSE))
    return b"".join(program), len(program)


def apply_filter(program, length):
    held = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("HxxxxxxQ", length, ctypes.addressof(held))
    must(libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_char_p(fprog), 0, 0), "seccomp")


def only_folder_writable(folder):
    must(libc.unshare(CLONE_NEWNS), "unshare")
    must(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mounts are private")
    must(libc.mount(folder.encode(), folder.encode(), None, MS_BIND, None), "bind " + folder)
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = [line.split()[4].replace("\\040", " ") for line in file]
    for point in points:
        if point != folder and not point.startswith(("/proc", "/sys", "/dev")):
            libc.mount(None, point.encode(), None, MS_REMOUNT | MS_BIND | MS_RDONLY, None)
    try:
        with open("/siaga-may-not", "w", encoding="ascii"):
            sys.exit("sandbox: / can still be written")
    except OSError:
        pass


def main():
    unit, user, folder, argv = read_unit(sys.argv[1]), pwd.getpwnam(sys.argv[2]), sys.argv[3], sys.argv[4:]
    families = [FAMILIES[name] for line in unit["RestrictAddressFamilies"] for name in line.split()]
    program, length = filter_program(calls_of(unit), families)
    only_folder_writable(folder)
    # Opened now: the way to it may be closed to the user.
    image = os.open(argv[0], os.O_RDONLY | os.O_CLOEXEC)
    os.umask(int(unit["UMask"][0], 8))
    cap = 0
    while libc.prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0:
        libc.prctl(PR_CAPBSET_DROP, cap, 0, 0, 0)
        cap += 1
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if unit["MemoryDenyWriteExecute"] == ["yes"] and libc.prctl(PR_SET_MDWE, 1, 0, 0, 0) != 0:
        print("sandbox: this kernel has no MDWE", file=sys.stderr, flush=True)
    apply_filter(program, length)
    os.execve(image, argv, os.environ)


if __name__ == "__main__":
    main()
