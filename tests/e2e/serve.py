"""Serve a site; with STEP and COUNT, die by SIGKILL when STEP has ended for the COUNT-th time.

usage: serve.py SITE [STEP COUNT]
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import structlog

from gateway.app import service
from gateway.cli.site import told_to_stop
from gateway.settings import load_site


def main() -> None:
    step, count = (sys.argv[2], int(sys.argv[3])) if len(sys.argv) > 2 else ("", 0)
    seen = 0
    lock = threading.Lock()

    def on_step(name: str) -> None:
        nonlocal seen
        with lock:
            seen += name == step
            if step and seen == count:
                os.kill(os.getpid(), signal.SIGKILL)

    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=sys.stderr))
    gateway = service.build(load_site(Path(sys.argv[1])), on_step)
    with told_to_stop() as wait:
        gateway.start()
        print(gateway.http_port, flush=True)
        wait()
        gateway.stop()
    os._exit(0)  # everything is closed; to take the directories in memory apart object by object takes long


if __name__ == "__main__":
    main()
