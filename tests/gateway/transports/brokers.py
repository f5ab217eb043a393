"""Real MQTT brokers on the loopback, each in a folder of its own: NATS with JetStream, and mosquitto where it is."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

_NATS = """
server_name: pierhead-test
listen: "127.0.0.1:{nats_port}"
max_payload: 8MB
jetstream {{ store_dir: "{folder}/store", sync_interval: {sync} }}
websocket {{ listen: "127.0.0.1:{web_port}", no_tls: true }}
mqtt {{ listen: "127.0.0.1:{port}", ack_wait: "{ack_wait}", max_ack_pending: {window}
  {tls}
}}
"""
_NATS_TLS = 'tls {{ cert_file: "{0}/server.pem", key_file: "{0}/server.key", ca_file: "{0}/ca.pem", verify: true }}'
_MOSQUITTO = """
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class RunningBroker:
    """A broker that can be killed and started again on what it kept."""

    command: Sequence[str]
    port: int
    folder: Path
    scheme: str = "mqtt"
    web_port: int = 0
    nats_port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    @property
    def nats_url(self) -> str:
        return f"nats://127.0.0.1:{self.nats_port}"

    def start(self) -> None:
        with (self.folder / "broker.log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        if self.scheme == "mqtt":
            await_broker(self.port, self.process)
        else:
            await_port(self.port, self.process)

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def forget(self) -> None:
        """Lose everything that it kept."""
        shutil.rmtree(self.folder / "store", ignore_errors=True)


def nats(
    folder: Path, *, window: int = 1000, ack_wait: str = "30s", sync: str = "2m", certificates: Path | None = None
) -> RunningBroker:
    """A NATS server with its MQTT listener (3.1.1); not started. `sync` "always" is for a machine that may fail."""
    port, web_port, nats_port = free_port(), free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nats.conf"
    tls = _NATS_TLS.format(certificates) if certificates else ""
    config.write_text(
        _NATS.format(
            folder=folder,
            port=port,
            web_port=web_port,
            nats_port=nats_port,
            window=window,
            ack_wait=ack_wait,
            tls=tls,
            sync=sync,
        )
    )
    program = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or "nats-server"
    scheme = "mqtts" if certificates else "mqtt"
    return RunningBroker([program, "-c", str(config)], port, folder, scheme, web_port, nats_port)


def mosquitto_program() -> str | None:
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def mosquitto(folder: Path) -> RunningBroker:
    """A mosquitto broker (MQTT 5 and 3.1.1); not started."""
    program = mosquitto_program()
    assert program is not None
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "mosquitto.conf"
    config.write_text(_MOSQUITTO.format(folder=folder, port=port))
    return RunningBroker([program, "-c", str(config)], port, folder)


def await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except ConnectionRefusedError:
            Event().wait(0.02)
        else:
            return
    raise AssertionError(f"the broker ended with {process.returncode}")


def await_broker(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the broker accepts a connection; JetStream comes up a little after the port."""
    while True:
        await_port(port, process)
        if _accepts(port):
            return
        Event().wait(0.05)


def _accepts(port: int) -> bool:
    done: list[bool] = []
    client = Client(CallbackAPIVersion.VERSION2, "probe", protocol=MQTTProtocolVersion.MQTTv311)
    client.on_connect = lambda _c, _u, _f, reason, _p: done.append(not reason.is_failure)
    try:
        client.connect("127.0.0.1", port, 10)
        while not done and client.loop(0.5) == 0:
            pass
        client.disconnect()
    except OSError:
        return False
    finally:
        client._reset_sockets()
    return done == [True]


class Publisher:
    """A client that publishes at QoS 1 and knows what the broker has confirmed, across reconnects."""

    def __init__(self, port: int, name: str = "publisher") -> None:
        self.client = Client(
            CallbackAPIVersion.VERSION2, name, clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        self.client.max_inflight_messages = 200
        self.client.reconnect_delay_set(1, 1)
        self.confirmed = 0
        self._all = Event()
        self._wanted = 0
        self.client.on_publish = self._on_publish
        self.client.connect("127.0.0.1", port, 10)
        self.client.loop_start()

    def _on_publish(self, *_: object) -> None:
        self.confirmed += 1
        if self.confirmed >= self._wanted:
            self._all.set()

    def publish(self, topic: str, payloads: Sequence[bytes], *, wait: bool = True) -> None:
        self._wanted += len(payloads)
        self._all.clear()
        for payload in payloads:
            self.client.publish(topic, payload, 1)
        if wait:
            self.await_confirmed()

    def await_confirmed(self) -> None:
        """Wait until the broker has taken everything."""
        if self.confirmed < self._wanted:
            assert self._all.wait(60)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Wire:
    """A connection in between that can be cut: what a failing network does."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"mqtt://127.0.0.1:{self._listener.getsockname()[1]}"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads: list[Thread] = []
        self._start(self._serve)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = Thread(target=target, args=args)
        thread.start()
        self._threads.append(thread)

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            self._pairs.append((near, far))
            self._start(self._copy, near, far)
            self._start(self._copy, far, near)

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                target.sendall(data)
        except OSError:
            return
        finally:
            for one in (source, target):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for one in pair:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join()
        self.cut()


def eventually(fact: Callable[[], bool], seconds: float = 60, every: float = 0.02) -> None:
    """Wait until a fact holds; the time only bounds a test that fails."""
    pause = Event()
    for _ in range(int(seconds / every)):
        if fact():
            return
        pause.wait(every)
    raise AssertionError("it did not come true")
