"""Run one command as a process of its own: `measure.py OUT.json LOG COMMAND...`.

Wall seconds from start to end and the peak resident set of the process and of those it waited
for, in MiB, are written to OUT.json with its exit status; what it printed goes to LOG, what it
said on standard error to LOG.err.

A process begins its life with the peak of the one that started it (Linux keeps the high-water mark
over exec), so this file imports next to nothing and stands between the benchmark and each peer.
"""

import json
import os
import sys
import time


def main(out: str, log: str, command: list[str]) -> None:
    """Run, wait, write. The status is that of the command, or minus the signal that ended it."""
    anew = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    into = [
        (os.POSIX_SPAWN_OPEN, number, path, anew, 0o600)
        for number, path in ((1, log), (2, f"{log}.err"))
    ]
    watch = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=into)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - watch
    measured = {
        "seconds": seconds,
        "peak_mib": used.ru_maxrss / 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    with open(out, "w") as file:  # noqa: PTH123  # pathlib costs memory that would be counted
        json.dump(measured, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
