"""Peak memory of a process that validates a generated stream of any size, of which nothing is ever held.

python bench/memory.py CUSCAR 100        prints the peak in MB
"""

from __future__ import annotations

import contextlib
import re
import resource
import subprocess
import sys
from pathlib import Path

from interchanges import FILES

from adapters.edifact.adapter import EdifactAdapter
from gateway import app

#: Sizes of the streams, in MB.
SIZES = (1, 10, 100, 1000)


def peak(name: str, megabytes: float) -> float:
    """Return the peak memory, in MB, of a process that validates a stream of that kind and size."""
    command = [sys.executable, str(Path(__file__)), name, str(megabytes)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Validate, and print the peak of this process."""
    name, megabytes = sys.argv[1], float(sys.argv[2])
    app.tune()
    validate(name, 0.1)
    forget_peak()
    validate(name, megabytes)
    print(highest())


def validate(name: str, megabytes: float) -> None:
    """Decode a stream, message by message."""
    for item in EdifactAdapter().decode(FILES[name](megabytes)):
        if item.findings:
            raise SystemExit(f"the benchmark's own file has a finding: {item.findings[0]}")


def forget_peak() -> None:
    """Let the peak start again at what is in use, where the system can (Linux): reading the directories took more."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def highest() -> float:
    """Return the peak of this process in MB."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
        if found is not None:
            return int(found[1]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
