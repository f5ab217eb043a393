"""The peers of the benchmark: pydifact in this process, npm's `edifact` in one of Node that is asked file by file.

Each is measured at what it does at its fastest, tokens without any check, and makes nothing that lasts.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from pydifact.parser import Parser

HERE = Path(__file__).resolve().parent


def pydifact(content: bytes) -> int:
    """Return the number of segments that pydifact's parser yields; it takes UNA for one."""
    return sum(1 for _ in Parser().parse(content.decode("ascii"))) - content.startswith(b"UNA")


class NodeEdifact:
    """npm's `edifact`, in a process that lives until `close`."""

    def __init__(self) -> None:
        command = [_tool("node"), str(HERE / "node_edifact.js")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def parse(self, path: Path) -> tuple[int, float]:
        """Return the segments in a file and the processor seconds it took to find them, reading the file excluded."""
        if self._process.stdin is None or self._process.stdout is None:
            raise SystemExit("the process of Node has no pipes")
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["segments"], answer["seconds"]


def node_edifact() -> NodeEdifact | str:
    """Return npm's `edifact`, installed beside this file if need be, or why it is absent."""
    absent = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if absent:
        return f"no {' and no '.join(absent)} on this machine"
    if not (HERE / "node_modules" / "edifact").is_dir():
        install = ["install", "--prefix", str(HERE), "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run([_tool("npm"), *install], capture_output=True, text=True, check=False)
        if done.returncode:
            return (
                f"npm could not install it: {done.stderr.strip().splitlines()[0] if done.stderr else 'no reason given'}"
            )
    return NodeEdifact()


def _tool(name: str) -> str:
    return shutil.which(name) or name
