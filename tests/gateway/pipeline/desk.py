"""The example site with a real store and real folders for counterparties, worked by hand with a clock that is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from gateway import app
from gateway.app import parts
from gateway.cli.samples import copy_example_site, samples
from gateway.model.finding import Severity
from gateway.model.policy import Policy
from gateway.model.stages import Arrival
from gateway.pipeline.processing import Processor
from gateway.pipeline.runner import Runner
from gateway.pipeline.standards import Standards
from gateway.plugin import Accepted
from gateway.settings import load_site
from gateway.store import Filing, Store
from gateway.store.outbox import StoredDelivery
from gateway.transports.folder import FolderOut, FolderTransport

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
LINE, CUSTOMS, COMMUNITY = "blue-anchor-inbox", "customs-api", "port-community-api"
AGENCY = "foreign-agency-api"  # whose copy waits for the ship


@cache
def standards() -> Standards:
    """The adapters and maps, compiled once for all desks."""
    return app.standards()


@dataclass(slots=True)
class Desk:
    """One site at work; `now` is its clock, `errors` what its runner told of faults of ours."""

    folder: Path
    now: datetime = NOON
    errors: list[tuple[str, BaseException]] = field(default_factory=list)
    runner: Runner = field(init=False)
    store: Store = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        site_folder = self.folder / "site"
        copy_example_site(site_folder)
        for path in (site_folder / "endpoints").glob("*.yaml"):
            text = path.read_text("utf-8").replace("transport: http", "transport: folder")
            path.write_text(re.sub(r"send_to: http\S+", f"send_to: exchange/{path.stem}", text), encoding="utf-8")
        site = load_site(site_folder)
        self.store = parts.open_store(site)
        clock = lambda: self.now  # noqa: E731  # a clock is a function
        transports = {
            endpoint.id: FolderTransport(endpoint.way, clock)
            for endpoint in site.endpoints.values()
            if isinstance(endpoint.way, FolderOut)
        }
        policies = {endpoint.id: parts.Policy(endpoint) for endpoint in site.endpoints.values()}
        processor = parts.processor(site, self.store)
        processor = replace(processor, outputs=replace(processor.outputs, standards=standards()))
        told = lambda what, error: self.errors.append((what, error))  # noqa: E731  # as above
        self.runner = Runner(self.store, processor, transports, policies, clock, "desk", on_error=told)

    def close(self) -> None:
        self.store.close()

    @property
    def processor(self) -> Processor:
        return self.runner.processor

    def route(self, agreement: str, to: str, **changes: Any) -> None:
        """Change the routes of an agreement to an endpoint, as a site's owner would."""
        self.runner.processor = replace(
            self.processor,
            agreements=[
                replace(one, routes=tuple(replace(r, **changes) if r.to == to else r for r in one.routes))
                if one.id == agreement
                else one
                for one in self.processor.agreements
            ],
        )

    def judge(self, agreement: str, code: str, severity: Severity) -> None:
        """Have the policy of an agreement name the severity of a finding."""
        policy = Policy(codes={code: severity})
        self.runner.processor = replace(
            self.processor,
            agreements=[
                replace(one, policy=policy) if one.id == agreement else one for one in self.processor.agreements
            ],
        )

    # what comes

    def arrival(self, content: bytes, partner: str = "blue-anchor") -> Arrival:
        self._count += 1
        return Arrival(f"arrival-{self._count:03d}", "http", self.now, content, {"principal": partner})

    def accept(self, content: bytes, partner: str = "blue-anchor") -> Accepted:
        """Take a message in; the clock goes on by a minute."""
        accepted = self.runner.accept(self.arrival(content, partner))
        self.now += timedelta(minutes=1)
        return accepted

    def work(self) -> None:
        """Do everything that is due."""
        while self.runner.process() + self.runner.deliver():
            pass

    def take(self, content: bytes, partner: str = "blue-anchor") -> str:
        """Take a message in and do all that follows; return its id."""
        accepted = self.accept(content, partner)
        self.work()
        return accepted.id

    # what became of it

    def state(self, arrival: str) -> str:
        stored = self.store.arrival(arrival)
        assert stored is not None
        return stored.state

    def codes(self, arrival: str) -> set[str]:
        return {record.finding.code for record in self.store.findings(arrival=arrival)}

    def sent(self, arrival: str) -> Mapping[str, list[StoredDelivery]]:
        """The deliveries made for an arrival, by endpoint."""
        found: dict[str, list[StoredDelivery]] = {}
        for stored in self.store.deliveries(arrival=arrival):
            found.setdefault(stored.delivery.endpoint, []).append(stored)
        return found

    def inbox(self, endpoint: str) -> list[bytes]:
        """What lies in a counterparty's folder."""
        folder = self.folder / "site" / "exchange" / endpoint
        if not folder.exists():
            return []
        return [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]

    def told(self, subject: str) -> str:
        """The timeline of an arrival, document, delivery or filing as one text."""
        return "\n".join(f"{event.step}: {event.text}" for event in self.store.timeline(subject))


def sample(name: str) -> bytes:
    return (samples() / name).read_bytes()


def manifest(name: str = "full") -> bytes:
    return sample(f"edifact/cuscar/{name}.edi")


def answer(lrn: str = "", verdict: str = "29", inside: str = "", mrn: str = "", reference: str = "EXR-1") -> bytes:
    """An answer of customs in WCO XML."""
    named = f"<FunctionalReferenceID>{lrn}</FunctionalReferenceID>" if lrn else ""
    registered = f"<ID>{mrn}</ID>" if mrn else ""
    return (
        '<?xml version="1.0"?><Response xmlns="urn:pierhead:profile:response:1">'
        f"<FunctionCode>{verdict}</FunctionCode><FunctionalReferenceID>{reference}</FunctionalReferenceID>{inside}"
        f"<Declaration>{named}{registered}</Declaration></Response>"
    ).encode()


def status(code: str) -> str:
    return f"<Status><NameCode>{code}</NameCode></Status>"


def fault(text: str, *steps: tuple[int, str, str]) -> str:
    """A fault of customs at a WCO pointer: number and class of each step, and the attribute at the end."""
    pointers = "".join(
        f"<Pointer><SequenceNumeric>{number}</SequenceNumeric><DocumentSectionCode>{section}</DocumentSectionCode>"
        + (f"<TagID>{tag}</TagID>" if tag else "")
        + "</Pointer>"
        for number, section, tag in steps
    )
    return f"<Error><Description>{text}</Description><ValidationCode>EX120</ValidationCode>{pointers}</Error>"


def said(filing: Filing) -> str:
    """How a filing stands, and who said so."""
    return f"{filing.state} by {filing.said_by}" if filing.said_by else filing.state
