"""What one step of work produces, under construction: everything here is committed at once, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.model.finding import Finding
from gateway.model.journal import (
    AcknowledgmentRecord,
    ArrivalOutcome,
    DocumentRecord,
    Event,
    Expectation,
    FilingChange,
    FindingRecord,
    FleetChange,
    Gathered,
    NewWork,
    ProcessingResult,
    Reference,
)
from gateway.model.occasion import Happening
from gateway.model.stages import Arrival, Delivery


@dataclass(slots=True)
class Result:
    """A `ProcessingResult` in the making, for one arrival processed at `now`."""

    arrival: Arrival
    now: datetime
    agreement: str = ""
    documents: list[DocumentRecord] = field(default_factory=list)
    findings: list[FindingRecord] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    acknowledgments: list[AcknowledgmentRecord] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    filings: list[FilingChange] = field(default_factory=list)
    work: list[NewWork] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    gathered: list[Gathered] = field(default_factory=list)

    def tell(self, step: str, text: str, *, document: str = "", delivery: str = "", filing: str = "") -> None:
        """Add a sentence to the timeline of the arrival and of whatever else it is about."""
        self.events.append(Event(self.now, step, text, self.arrival.id, document, delivery, filing))

    def find(self, findings: Sequence[Finding], document: str = "") -> None:
        """Keep findings, of a document or of the arrival as a whole."""
        self.findings += [FindingRecord(self.arrival.id, finding, document) for finding in findings]

    def done(self, state: str) -> ProcessingResult:
        """Return all of it, with what became of the arrival in a word or two."""
        return replace(self.made(), arrival=ArrivalOutcome(self.arrival.id, state, self.agreement))

    def observed(self, fleet: FleetChange, happenings: Sequence[Happening], again: NewWork) -> ProcessingResult:
        """Return all of it as what a round of the watch over the vessels changed, with the work of the next round."""
        return replace(self.made(), fleet=fleet, happenings=tuple(happenings), work=(*self.work, again))

    def made(self) -> ProcessingResult:
        """Return all of it, with no word on the arrival."""
        return ProcessingResult(
            documents=tuple(self.documents),
            findings=tuple(self.findings),
            references=tuple(self.references),
            deliveries=tuple(self.deliveries),
            acknowledgments=tuple(self.acknowledgments),
            expectations=tuple(self.expectations),
            filings=tuple(self.filings),
            work=tuple(self.work),
            events=tuple(self.events),
            happenings=tuple(self.happenings),
            gathered=tuple(self.gathered),
        )
