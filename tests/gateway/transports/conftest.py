"""Real HTTP counterparties on the loopback: one that answers as it is told, one that is rude, one that is away."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import entry_points
from pathlib import Path
from threading import Thread

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from amqp_brokers import rabbitmq
from benches import BENCHES, Bench, clock
from brokers import RunningBroker, nats

from gateway.plugin import Transport
from gateway.transports.amqp_broker import AmqpBroker


@dataclass
class Peer:
    """`answers` are given in turn, the last one for good: (status, headers, body)."""

    url: str = ""
    tcp_port: int = 0
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(202, {}, b"taken")])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    ports: set[int] = field(default_factory=set)  # of the clients


@contextmanager
def _peer(context: ssl.SSLContext | None = None) -> Iterator[Peer]:
    made = Peer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            stated = int(self.headers["Content-Length"])
            body = self.rfile.read(stated)
            if len(body) < stated:
                return
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            made.ports.add(self.client_address[1])
            status, headers, answer = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that leaves in the middle is what tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    made.tcp_port = server.server_port
    made.url = f"http{'s' if context else ''}://localhost:{server.server_port}/messages"
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    with _peer() as made:
        yield made


@pytest.fixture
def new_peer() -> Iterator[Callable[..., Peer]]:
    """Another counterparty, over TLS if it gets a context."""
    with ExitStack() as stack:
        yield lambda context=None: stack.enter_context(_peer(context))


@contextmanager
def _rude(*, reset: bool) -> Iterator[str]:
    """A counterparty that reads the request and then resets the connection, or says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.recv(65_536)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        else:
            kept.append(connection)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        thread.join(5)
        listener.close()
        for connection in kept:
            connection.close()


@pytest.fixture
def rude_peer() -> Callable[..., AbstractContextManager[str]]:
    return _rude


@pytest.fixture
def closed_url() -> str:
    """A URL where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"


NAMES = sorted(entry.name for entry in entry_points(group="pierhead.transports"))


@pytest.fixture(params=NAMES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = BENCHES[request.param](request, tmp_path)
    yield made
    made.close()


@pytest.fixture
def transport(bench: Bench) -> Iterator[Transport]:
    made = bench.make(bench.config, clock)
    yield made
    made.close()


@pytest.fixture
def away(bench: Bench) -> Iterator[Transport]:
    made = bench.make(bench.away, clock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    made = nats(tmp_path_factory.mktemp("nats"))
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AmqpBroker]:
    with rabbitmq(tmp_path_factory.mktemp("amqp")) as made:
        yield made
