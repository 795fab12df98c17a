"""Every script makes the screens that are kept beside it."""

import os
import sys

from screens import HERE, every


def main():
    all_screens = list(every(sys.argv[1:]))
    print("1..%d" % (len(all_screens) + 1), flush=True)
    failed = 0
    for number, screens in enumerate(all_screens, 1):
        difference = screens.difference()
        failed += difference != ""
        print("%sok %d - %s" % ("not " if difference else "", number, screens.name))
        for line in difference.split("\n") if difference else []:
            print("# " + line)
        sys.stdout.flush()
    known = {screens.path for screens in every()}
    stale = [name for name in sorted(os.listdir(HERE))
             if "@" in name and os.path.join(HERE, name) not in known]
    print("%sok %d - no screen is kept that no script makes %s" %
          ("not " if stale else "", len(all_screens) + 1, " ".join(stale)))
    sys.exit(1 if failed or stale else 0)


main()
