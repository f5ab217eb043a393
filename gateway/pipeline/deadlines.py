"""Legal deadlines of filings: looked at before they come and when they have come, told where nothing was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.model.base import Part
from gateway.model.customs_response import CustomsResponse
from gateway.model.documents import DOCUMENTS
from gateway.model.finding import Finding
from gateway.model.journal import DocumentRecord, NewWork, ProcessingResult, Reference, Subject, Work
from gateway.model.occasion import FILING, Occasion
from gateway.model.stages import Arrival
from gateway.pipeline.outputs import Outputs, interchange_reference
from gateway.pipeline.references import keys
from gateway.pipeline.result import Result
from gateway.plugin import Journal
from gateway.relations.deadline_reminder import deadline_finding, deadline_reminder
from gateway.routing import Agreement, DeadlineWatch, plan_deadline

#: What ends the watch over a filing.
_ENOUGH = ("accepted", "registered", "released", "cancelled")
_WITHDRAWN = ("cancel", "withdraw", "delete")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Watches the deadlines that agreements name."""

    outputs: Outputs
    agreements: Sequence[Agreement]
    journal: Journal

    def watch(self, result: Result, agreement: Agreement, record: DocumentRecord, document: Part) -> None:
        """Queue the looks at every deadline of a filing that has come; what gives no time to count from is told."""
        if getattr(document, "intent", None) in _WITHDRAWN:
            return
        for number, watch in enumerate(agreement.deadlines):
            if watch.document != record.name:
                continue
            deadline = watch.by.deadline(document)
            if deadline is None or not record.filing:
                result.find(watch.by.due(Occasion(result.arrival.received_at, document)).findings, record.id)
                text = f"{watch.by} is not watched: the document gives no time for it, or no reference"
            else:
                steps = enumerate(watch.steps(deadline))
                result.work += [NewWork(Work.WARN, f"{record.id}|{number}|{step}", at) for step, at in steps]
                text = f"to be accepted by {deadline:%Y-%m-%dT%H:%M} UTC, {watch.by}"
            result.tell("deadline", text, document=record.id, filing=record.filing)

    def warn(self, subject: str, now: datetime) -> ProcessingResult:
        """Return what is told of a deadline at one of its steps: nothing where the filing is accepted or filed anew."""
        id_, number, step = subject.split("|")
        record = self.journal.document(id_)
        agreement = next((one for one in self.agreements if record and one.id == record.agreement), None)
        if record is None or agreement is None or int(number) >= len(agreement.deadlines):
            return ProcessingResult()
        watch = agreement.deadlines[int(number)]
        document = DOCUMENTS[record.name].model_validate_json(record.json)
        deadline = watch.by.deadline(document)
        if deadline is None or watch.document != record.name or self._settled(record):
            return ProcessingResult()
        steps = watch.steps(deadline)
        if int(step) >= len(steps):
            return ProcessingResult()
        at = steps[int(step)]
        if at > now:  # the agreement has changed
            return ProcessingResult(work=(NewWork(Work.WARN, subject, at),))
        if any(at < later <= now for later in steps):
            return ProcessingResult()
        return self._told(agreement, watch, record, document, deadline, at, f"{record.id}.deadline{number}.{step}")

    def _settled(self, record: DocumentRecord) -> bool:
        """Whether a filing is accepted, or its document has been replaced by a later one."""
        since = self.journal.received_at(record.arrival)
        versions = [one for one in self.journal.filed(record.filing) if one.name == record.name]
        if since is None or (versions and versions[-1].id != record.id):
            return True
        return self.journal.happened(_ENOUGH, (FILING, record.filing), since)

    def _told(
        self,
        agreement: Agreement,
        watch: DeadlineWatch,
        record: DocumentRecord,
        document: Part,
        deadline: datetime,
        at: datetime,
        id_: str,
    ) -> ProcessingResult:
        """Return the reminder; all of it is derived from the step's own time, so that doing it again gives the same."""
        result = Result(Arrival(record.arrival, "", at, b""), at, agreement.id)
        lrn = record.filing.partition("/")[2]
        finding = deadline_finding(lrn, deadline, at, str(watch.by))
        result.find([finding], record.id)
        result.tell("deadline", finding.text, document=record.id, filing=record.filing)
        response = deadline_reminder(finding, document, lrn, deadline, at, interchange_reference(id_))
        kept = _kept(record, response, id_, finding)
        result.documents.append(kept)
        result.references += [Reference(kind, value, Subject.DOCUMENT, id_) for kind, value in keys(response)]
        planned = plan_deadline(agreement, watch, Occasion(at, response, keys(response)))
        self.outputs.write(result, agreement, [planned], kept, response)
        return result.made()


def _kept(record: DocumentRecord, response: CustomsResponse, id_: str, finding: Finding) -> DocumentRecord:
    return DocumentRecord(
        id=id_,
        arrival=record.arrival,
        position=record.position,
        type="canonical CustomsResponse",
        name=type(response).__name__,
        json=response.model_dump_json(exclude_defaults=True),
        accepted=True,
        agreement=record.agreement,
        filing=record.filing,
        reference=finding.code,
    )
