"""What a ship says anew of her voyage: ETA, destination, draught; said twice in a row, it is confirmed.

The first value is no change. An ETA is compared with the one told last, so that a slow drift is told too. A draught
counts as changed after a stop; under way it is a correction. A destination that is not understood changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.model.observation import Particulars
from gateway.model.vessel_event import Destination, EventType, VesselEvent
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL, Claim
from gateway.vessels.eta import resolve
from gateway.vessels.look import Look, amount, line, moment


def voyage(look: Look, said: Particulars) -> Iterator[VesselEvent]:
    """Yield what is new in a ship's words about her voyage, and take it in."""
    if said.eta is not None:
        yield from _eta(look, said.eta)
    if said.destination is not None and (text := line(said.destination)) is not None:
        yield from _destination(look, text)
    if said.draught:
        yield from _draught(look, said.draught)


def _claimed(look: Look, subject: str, value: Any) -> tuple[int, Claim]:
    """Return how far a value is established by being said now, and the claim that it stands by."""
    claims = look.ship.business().claims
    claim = claims.get(subject)
    if claim is not None and claim.values["value"] == value:
        del claims[subject]
        return CONFIRMED, claim
    claim = claims[subject] = Claim({"value": value}, look.at, look.sighting)
    return PROVISIONAL, claim


def _dropped(look: Look, subject: str) -> None:
    if look.ship.affairs is not None:
        look.ship.affairs.claims.pop(subject, None)


def _event(look: Look, type_: EventType, told: int, claim: Claim, *, detail: str, **values: Any) -> VesselEvent:
    """Return the event of a claim; a port that a text was taken for is no surer than the text was understood."""
    confidence = values.pop("confidence", 1.0) * (0.95 if told == CONFIRMED else 0.7)
    return look.event(
        type_,
        told,
        start=claim.start,
        zone=str(claim.values["value"]),
        confidence=confidence,
        detail=detail,
        evidence=(claim.first,) if told == PROVISIONAL else (claim.first, look.sighting),
        **values,
    )


def _eta(look: Look, parts: tuple[int, int, int, int]) -> Iterator[VesselEvent]:
    ship = look.ship
    eta = resolve(parts, look.at)
    if eta is None:
        return
    before = ship.intent.eta_told
    ship.intent = ship.intent._replace(eta=eta, eta_told=eta if before is None else before)
    if before is None or abs(eta - before) < look.site.rules.eta_minutes * 60:
        _dropped(look, "eta")
        return
    told, claim = _claimed(look, "eta", eta)
    if told == CONFIRMED:
        ship.intent = ship.intent._replace(eta_told=eta)
    yield _event(
        look,
        EventType.ETA_CHANGE,
        told,
        claim,
        eta=moment(eta),
        eta_before=moment(before),
        destination=look.destination(),
        detail=f"{look.who} gives her ETA as {moment(eta)}, {_hours(eta - before)} than {moment(before)}",
    )


def _hours(seconds: float) -> str:
    hours, minutes = divmod(round(abs(seconds) / 60), 60)
    return f"{hours}:{minutes:02d} hours {'later' if seconds > 0 else 'earlier'}"


def _destination(look: Look, text: str) -> Iterator[VesselEvent]:
    ship, rules = look.ship, look.site.rules
    if text != ship.intent.destination:
        where = (ship.lon, ship.lat) if ship.at > 0 else (None, None)
        found = look.site.gazetteer.resolve(text, *where, suggesting=False)
        is_known = found.unlocode is not None and found.confidence >= rules.destination_confidence
        ship.intent = ship.intent._replace(
            destination=text,
            unlocode=found.unlocode if is_known else None,
            confidence=found.confidence if is_known else 0.0,
        )
    intent = ship.intent
    if intent.unlocode is None:
        return
    if intent.bound is None or intent.unlocode == intent.bound:
        ship.intent = intent._replace(bound=intent.unlocode, bound_text=text)
        _dropped(look, "destination")
        return
    told, claim = _claimed(look, "destination", intent.unlocode)
    if told == CONFIRMED:
        ship.intent = intent._replace(bound=intent.unlocode, bound_text=text)
    yield _event(
        look,
        EventType.DESTINATION_CHANGE,
        told,
        claim,
        destination=look.destination(),
        destination_before=Destination(text=intent.bound_text, unlocode=intent.bound),
        confidence=intent.confidence,
        eta=None if intent.eta is None else moment(intent.eta),
        detail=f"{look.who} gives her destination as {text!r}, taken for {intent.unlocode}; it was {intent.bound}",
    )


def _draught(look: Look, draught: float) -> Iterator[VesselEvent]:
    ship = look.ship
    before = ship.intent.draught
    changed = before is not None and abs(draught - before) >= look.site.rules.draught_metres - 1e-9
    if before is None or not changed or not ship.stopped:
        ship.intent = ship.intent._replace(draught=draught)
        _dropped(look, "draught")
        return
    told, claim = _claimed(look, "draught", draught)
    if told == CONFIRMED:
        ship.intent = ship.intent._replace(draught=draught)
        ship.stopped = False
    yield _event(
        look,
        EventType.DRAUGHT_CHANGE,
        told,
        claim,
        draught=amount(draught, 1),
        draught_before=amount(before, 1),
        detail=f"{look.who} gives her draught as {draught:.1f} m after a stop; it was {before:.1f} m",
    )
