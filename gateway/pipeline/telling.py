"""What is made of an event of a vessel for whoever is told of it: the event, a notice, a reminder, a disagreement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.finding import Finding
from gateway.model.journal import Subject
from gateway.model.vessel_event import VesselEvent
from gateway.pipeline.outputs import interchange_reference
from gateway.pipeline.references import keys
from gateway.plugin import Journal
from gateway.relations.arrival_notice import arrival_notice
from gateway.relations.declared import Declared
from gateway.relations.disagreement import disagreement, disagreements
from gateway.relations.missing_manifest import missing_manifest
from gateway.routing import Tell

#: For how long a manifest counts as lodged for the next call.
_LODGED_WITHIN = timedelta(days=30)


class Teller:
    """Makes documents of one event; what was declared is looked up once, and only if somebody is told of it."""

    def __init__(self, journal: Journal, event: VesselEvent, now: datetime) -> None:
        self.event = event
        self._journal = journal
        self._now = now

    def document(self, tell: Tell) -> Part | None:
        """Return what is told; None where there is nothing to tell."""
        event = self.event
        if tell is Tell.EVENT:
            return event
        reference = interchange_reference(f"{event.id}.{event.certainty}.{tell}")
        if tell is Tell.ARRIVAL_NOTICE:
            return arrival_notice(event, self.declared, reference)
        if tell is Tell.MISSING_MANIFEST:
            return missing_manifest(event, self.declared, reference)
        return disagreement(event, self.declared, reference)

    def findings(self) -> tuple[Finding, ...]:
        """Return where the observed voyage and the declared one disagree."""
        return disagreements(self.event, self.declared)

    @cached_property
    def declared(self) -> tuple[Declared, ...]:
        """The accepted manifests of the vessel that were lodged lately, newest first."""
        found = {one.id: one for one in self._lodged()}
        return tuple(sorted(found.values(), key=lambda one: (one.received_at, one.id), reverse=True))

    def _lodged(self) -> Iterator[Declared]:
        for kind, value in keys(self.event):
            for hit in self._journal.find(kind, value):
                record = self._journal.document(hit.id) if hit.subject is Subject.DOCUMENT else None
                if record is None or not record.accepted or record.name != CargoReport.__name__:
                    continue
                received_at = self._journal.received_at(record.arrival)
                if received_at is not None and self._now - received_at <= _LODGED_WITHIN:
                    yield Declared(record.id, CargoReport.model_validate_json(record.json), received_at)
