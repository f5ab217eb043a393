"""The path of a vessel feed: batches to observations to events, each a document that goes out like any other.

Pure but for the journal it asks, and the memory it keeps of ships and feeds between rounds. What a round changed is
committed in one transaction with what it tells, so that a crash leaves neither half: whoever comes next starts from the
store again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from gateway.model.base import Part
from gateway.model.customs_response import CustomsResponse
from gateway.model.journal import (
    DocumentRecord,
    FilingChange,
    FleetChange,
    NewWork,
    ProcessingResult,
    Reference,
    Subject,
    WatchState,
    Work,
)
from gateway.model.occasion import Happening, Occasion
from gateway.model.stages import Arrival
from gateway.model.vessel_event import Certainty, EventType, VesselEvent
from gateway.pipeline import standing
from gateway.pipeline.outputs import Outputs
from gateway.pipeline.references import keys
from gateway.pipeline.result import Result
from gateway.pipeline.telling import Teller
from gateway.plugin import Feed, Journal
from gateway.routing import Agreement, plan_event
from gateway.vessels import Watch

#: The one work item of the watch: who leases it has all ships.
WATCH = "vessels"
_US = "us"
_AGAIN = timedelta(milliseconds=200)
_REPLAYED = 600.0  # seconds that a feed may be behind before its own time counts instead of ours


@dataclass(slots=True)
class Observer:
    """Watches ships for one worker, `owner`.

    `new_watch` gives a watch that knows no ship, `new_feed` the reader of an endpoint's batches, or None where the
    site has no such feed any more.
    """

    owner: str
    new_watch: Callable[[], Watch]
    new_feed: Callable[[str], Feed | None]
    outputs: Outputs
    agreements: Sequence[Agreement]
    journal: Journal
    _watch: Watch | None = None
    _round: int = -1
    _feeds: dict[str, Feed] = field(default_factory=dict)
    _heard: float = 0.0
    _replays: bool = False
    _told: dict[tuple[str, str], int] = field(default_factory=dict)

    def round(
        self,
        batches: Sequence[Arrival],
        state: WatchState,
        ships: Callable[[], Iterable[tuple[int, bytes]]],
        now: datetime,
        *,
        more: bool = False,
    ) -> ProcessingResult:
        """Return what some batches, oldest first, tell of the ships; also when there are none: time tells something.

        Args:
            batches: what no round has seen yet.
            state: how far the watch has come, as stored.
            ships: gives every ship as stored; asked only where our memory is not of now.
            now: our time.
            more: whether there are more batches, so that the next round is due at once.
        """
        if self._watch is None or (state.owner, state.round) != (self.owner, self._round):
            self._take_over(state, ships)
        watch = self._watch
        if watch is None:
            raise RuntimeError("a watch that was taken over is there")
        arrival = batches[-1] if batches else Arrival(state.arrival, "", now, b"")
        result = Result(arrival, now)
        happenings: list[Happening] = []
        time = 0.0
        for batch in batches:
            feed = self._feed(batch.endpoint, state)
            if feed is None:
                continue
            observations = feed.observe(batch)
            time = max((time, *(one.at for one in observations)))
            events = watch.observe(observations, batch.endpoint, partial(feed.sentences, batch), now.timestamp())
            happenings += self._tell_all(result, batch, events)
            self._put_aside(result, batch, feed)
        passed = self._passed(time, now)
        if passed and arrival.id:
            happenings += self._tell_all(result, arrival, watch.elapse(passed))
        self._round = state.round + 1
        pending = {endpoint: feed.pending() for endpoint, feed in self._feeds.items()}
        fleet = FleetChange(
            tuple(batch.id for batch in batches),
            tuple(watch.changed()),
            WatchState(self.owner, self._round, arrival.id, pending),
        )
        again = NewWork(Work.OBSERVE, WATCH, now if more else now + _AGAIN)
        return result.observed(fleet, happenings, again)

    def passed_over(self, batch: Arrival, state: WatchState, now: datetime) -> ProcessingResult:
        """Return the round that passes one batch over, at which the watch failed by our own fault; it stays kept."""
        result = Result(batch, now)
        result.tell("observe", "passed over: the watch failed at it again and again; report it, with the log")
        fleet = FleetChange((batch.id,), (), replace(state, owner=self.owner, round=state.round + 1, arrival=batch.id))
        self.forget()
        return result.observed(fleet, (), NewWork(Work.OBSERVE, WATCH, now))

    def forget(self) -> None:
        """Start from the store in the next round: what this one changed was not kept."""
        self._watch = None

    def _take_over(self, state: WatchState, ships: Callable[[], Iterable[tuple[int, bytes]]]) -> None:
        """Begin with what the store has of ships and feeds."""
        self._watch = self.new_watch()
        self._feeds.clear()
        self._told.clear()
        self._heard = 0.0
        for mmsi, packed in ships():
            self._watch.restore(mmsi, packed)
        for endpoint in state.pending:
            self._feed(endpoint, state)

    def _feed(self, endpoint: str, state: WatchState) -> Feed | None:
        found = self._feeds.get(endpoint)
        if found is None:
            found = self.new_feed(endpoint)
            if found is None:
                return None
            found.resume(state.pending.get(endpoint, b""))
            self._feeds[endpoint] = found
        return found

    def _tell_all(self, result: Result, batch: Arrival, events: Iterable[VesselEvent]) -> list[Happening]:
        """Keep events and send them on; return what deliveries may be waiting for."""
        happenings = []
        for event in events:
            self._tell(result, batch, event)
            if event.certainty is Certainty.CONFIRMED:
                happenings.append(_happening(event, result.now))
        return happenings

    def _tell(self, result: Result, batch: Arrival, event: VesselEvent) -> None:
        record = _record(batch.id, f"{event.id}.{event.certainty}", event, len(result.documents))
        _keep(result, record, event)
        result.tell("observe", event.detail, document=record.id)
        teller = Teller(self.journal, event, result.now)
        if event.certainty is Certainty.CONFIRMED:
            result.find(teller.findings(), record.id)
        number = 0
        for agreement in self.agreements:
            for route in agreement.events:
                if not route.takes(event):
                    continue
                document = teller.document(route.tell)
                if document is None:
                    continue
                number += 1
                kept = record
                if document is not event:
                    kept = _record(batch.id, f"{record.id}.{number}", document, len(result.documents), agreement.id)
                    _keep(result, kept, document)
                planned = plan_event(agreement, route, Occasion(result.now, document, keys(document)))
                self.outputs.write(result, agreement, [planned], kept, document, first=number)

    def _passed(self, heard: float, now: datetime) -> float:
        """Return the time that it is for the ships: ours, or that of a feed which is replayed; 0 before any was heard.

        When a replay ends time stands still: nobody has fallen silent.
        """
        ours = now.timestamp()
        if heard:
            self._replays = ours - heard > _REPLAYED
            self._heard = heard
        if not self._heard:
            return 0.0
        return self._heard if self._replays else ours

    def _put_aside(self, result: Result, batch: Arrival, feed: Feed) -> None:
        """Say what of a batch could not be used, by reason, each with a sample."""
        new = []
        samples = feed.samples()
        for reason, count in feed.rejects.items():
            before = self._told.get((batch.endpoint, reason), 0)
            if count > before:
                self._told[batch.endpoint, reason] = count
                sample = samples.get(reason, b"")[:120].decode("ascii", "backslashreplace")
                new.append(f"{count - before} x {reason} (like {sample})")
        if new:
            result.tell("observe", f"{batch.endpoint} put aside {', '.join(new)}")


def _record(arrival: str, id_: str, document: Part, position: int, agreement: str = "") -> DocumentRecord:
    name = type(document).__name__
    lrn = next((value for kind, value in keys(document) if kind == "lrn"), "")
    filing = f"{_US}/{lrn}" if lrn and not isinstance(document, CustomsResponse) else ""
    return DocumentRecord(
        id=id_,
        arrival=arrival,
        position=position,
        type=f"canonical {name}",
        name=name,
        json=document.model_dump_json(exclude_defaults=True),
        accepted=True,
        agreement=agreement,
        filing=filing,
        reference=lrn,
        version=1 if filing else 0,
    )


def _keep(result: Result, record: DocumentRecord, document: Part) -> None:
    result.documents.append(record)
    if record.filing:
        said = standing.filed(record, result.now, "")
        result.filings.append(FilingChange(record.filing, _US, record.reference, said, agreement=record.agreement))
    result.references += [Reference(kind, value, Subject.DOCUMENT, record.id) for kind, value in keys(document)]


def _happening(event: VesselEvent, now: datetime) -> Happening:
    """Return an event as deliveries wait for it; an approach with its ring."""
    name = str(event.type)
    if event.type is EventType.APPROACH and event.distance_nm is not None:
        name = f"{name} {event.distance_nm:f} nm"
    place = (event.port.unlocode if event.port else None) or ""
    return Happening(name, keys(event), now.astimezone(UTC), place)
