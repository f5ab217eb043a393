"""A real RabbitMQ on the loopback, in a folder of its own; Debian's package has the program, started here as it is."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from brokers import free_port

from gateway.transports.amqp_broker import AmqpBroker

_PLACES = ("/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/local/sbin")


def program() -> str | None:
    own = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    return shutil.which("rabbitmq-server") or (str(own[-1]) if own else None)


@contextlib.contextmanager
def rabbitmq(folder: Path) -> Iterator[AmqpBroker]:
    """A broker that is up; skips the test where there is none."""
    found = program()
    if found is None:
        pytest.skip("no rabbitmq-server: install Debian's package of that name to run these tests")
    port, distribution, names = free_port(), free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    with (folder / "out.log").open("wb") as log:
        daemon = shutil.which("epmd")  # Erlang would start one that outlives the test
        epmd = subprocess.Popen([daemon], env=environment, stdout=log, stderr=log) if daemon else None
        broker = subprocess.Popen([found], cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _await(folder / "out.log", broker)
        yield AmqpBroker(f"amqp://127.0.0.1:{port}", timeout_seconds=20.0)
    finally:
        for process in (broker, epmd):
            if process is not None:
                process.kill()
                process.wait()


def _await(log: Path, broker: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while b"Starting broker... completed" not in log.read_bytes():
        if broker.poll() is not None or time.monotonic() > until:
            raise AssertionError(log.read_text(errors="replace")[-2000:])
        Event().wait(0.1)
