"""Who a ship says she is: taken in from types 5, 19 and both parts of 24, held against what she said and is declared.

A value that is not available, or an IMO number whose check digit is wrong, changes nothing. Another value than before
is provisional, and hers when it is said twice in a row; when old and new are said in turn, two ships send this MMSI.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.model.identifiers import imo_check_digit
from gateway.model.observation import Particulars
from gateway.model.vessel import Vessel
from gateway.model.vessel_event import Change, EventType, ObservedVessel, VesselEvent
from gateway.vessels.affairs import CONFIRMED, PROVISIONAL, Claim
from gateway.vessels.look import Look, line
from gateway.vessels.ship import NOBODY, Identity, Ship

_STATIC: Final = 24
_DAY: Final = 86400.0
_IN_TURN: Final = 2  # so many returns of a value that was denied
#: What 24B carries of a ship's identity; 24A has the name.
_DESCRIPTION: Final = ("call_sign", "ship_type", "length", "beam")
#: Fields whose change is told; a ship type is shortened to tens by some feeds.
_TELLING: Final = ("imo", "name", "call_sign", "length", "beam")


def valid_imo(number: int | None) -> int | None:
    """Return an IMO number whose check digit is right, else None."""
    if number is None or not 1_000_000 <= number <= 9_999_999:
        return None
    text = str(number)
    return number if imo_check_digit(text) == text[-1] else None


def values_of(said: Particulars) -> dict[str, Any]:
    """Return what a message says of an identity, without what is not available."""
    values = {
        "imo": valid_imo(said.imo),
        "name": line(said.name),
        "call_sign": line(said.call_sign),
        "ship_type": said.ship_type or None,
        "length": _sum(said.to_bow, said.to_stern),
        "beam": _sum(said.to_port, said.to_starboard),
        "mothership": said.mothership or None,
    }
    return {field: value for field, value in values.items() if value is not None}


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other or None


def speaker(ship: Ship, said: Particulars) -> Ship:
    """Return which of two ships under one MMSI speaks: who was known by these words, else who was never heard."""
    twin = ship.twin
    if twin is None:
        return ship
    values = values_of(said)
    for field in ("imo", "name", "call_sign"):
        value = values.get(field)
        if value is not None and (value == getattr(ship.identity, field)) != (value == getattr(twin.identity, field)):
            return ship if value == getattr(ship.identity, field) else twin
    return twin if twin.identity == NOBODY and ship.identity != NOBODY and "name" in values else ship


def identity(look: Look, said: Particulars) -> Iterator[VesselEvent]:
    """Yield what is new in a ship's words about herself, and take it in."""
    ship, known = look.ship, look.ship.identity
    values = values_of(said)
    changes: dict[str, Any] = {
        field: values[field]
        for field in _TELLING
        if field in values and _differs(field, getattr(known, field), values[field], look.site.rules.length_metres)
    }
    taken = {field: value for field, value in values.items() if getattr(known, field) is None or field not in _TELLING}
    if "name" in values:
        taken["named"] = look.at
    if any(field in values for field in _DESCRIPTION):
        taken["described"] = look.at
    if taken:
        ship.identity = known._replace(**taken)
    yield from _claims(look, said, values, changes)
    if look.site.registry:
        yield from _declared(look)


def _differs(field: str, before: Any, after: Any, metres: float) -> bool:
    if before is None:
        return False
    return abs(before - after) > metres if field in ("length", "beam") else bool(before != after)


def _claims(
    look: Look, said: Particulars, values: Mapping[str, Any], changes: Mapping[str, Any]
) -> Iterator[VesselEvent]:
    """Open, confirm or deny the claim to another identity."""
    if look.ship.affairs is None and not changes:
        return
    claims = look.ship.business().claims
    claim = claims.get("identity")
    if claim is None:
        if changes:
            claims["identity"] = claim = Claim(dict(changes), look.at, look.sighting)
            yield _changed(look, claim, PROVISIONAL, _changes(look.ship.identity, changes))
    elif any(field in claim.values and field not in changes for field in values):
        claim.denied = look.at
    elif any(claim.values.get(field) == value for field, value in changes.items()):
        yield from _said_again(look, said, claim, changes)
    elif (
        changes
        and look.at - claim.start <= look.site.rules.join_minutes * 60
        and claim.values.keys().isdisjoint(changes)
    ):
        claim.values.update(changes)  # the other part of a type 24
    elif changes:
        del claims["identity"]
        yield from _claims(look, said, values, changes)


def _said_again(look: Look, said: Particulars, claim: Claim, changes: Mapping[str, Any]) -> Iterator[VesselEvent]:
    """Make a claimed identity the ship's own, or find that two are given in turn."""
    ship = look.ship
    if claim.denied is not None and look.at - claim.denied < _DAY:
        claim.returns += 1
        if claim.returns < _IN_TURN:
            claim.denied = None
        elif claim.returns == _IN_TURN:
            yield _in_turn(look, claim)
        return
    del ship.business().claims["identity"]
    claim.values.update(changes)
    differences = _changes(ship.identity, claim.values)
    ship.identity = _renamed(look, said, claim.values)
    yield _changed(look, claim, CONFIRMED, differences)


def _renamed(look: Look, said: Particulars, values: Mapping[str, Any]) -> Identity:
    """Return the identity under new values; what the other part of type 24 said of the old one long ago goes."""
    known = look.ship.identity
    age = look.at - known.described if known.described is not None else 0.0
    if said.type == _STATIC and "name" in values and age > look.site.rules.join_minutes * 60:
        known = known._replace(**dict.fromkeys((*_DESCRIPTION, "described")))
    return known._replace(**values)


def _changes(known: Identity, values: Mapping[str, Any]) -> tuple[Change, ...]:
    return tuple(
        Change(field=field, before=_text(field, getattr(known, field)), after=_text(field, value))
        for field, value in values.items()
    )


def _changed(look: Look, claim: Claim, told: int, changes: tuple[Change, ...]) -> VesselEvent:
    words = ", ".join(f"{one.field} {one.after} (before: {one.before})" for one in changes)
    return look.event(
        EventType.IDENTITY_CHANGE,
        told,
        start=claim.start,
        changes=changes,
        confidence=0.95 if told == CONFIRMED else 0.6,
        detail=f"{look.who} now gives {words}",
        evidence=(claim.first,) if told == PROVISIONAL else (claim.first, look.sighting),
    )


def _in_turn(look: Look, claim: Claim) -> VesselEvent:
    values = claim.values
    named = {"imo": _text("imo", values.get("imo")), "name": values.get("name"), "call_sign": values.get("call_sign")}
    return look.event(
        EventType.IDENTITY_MISMATCH,
        CONFIRMED,
        start=claim.start,
        at=look.at,
        zone="two identities",
        confidence=0.8,
        other=ObservedVessel(
            mmsi=f"{look.ship.mmsi:09d}",
            particulars=Vessel(**named) if any(named.values()) else None,
            length=values.get("length"),
            beam=values.get("beam"),
        ),
        changes=_changes(look.ship.identity, values),
        detail=f"{look.who} gives two identities in turn: this MMSI seems to be used by two ships",
        evidence=(claim.first, look.sighting),
    )


def _declared(look: Look) -> Iterator[VesselEvent]:
    """Hold an identity against the registry; the same difference is told once."""
    ship = look.ship
    known = ship.identity
    declared = look.site.registry.get(ship.mmsi) or (look.site.registry.get(known.imo) if known.imo else None)
    differences = () if declared is None else _differences(known, declared)
    words = "; ".join(f"{one.field} is declared as {one.before} and sent as {one.after}" for one in differences)
    affairs = ship.business()
    if not words:
        affairs.mismatch = None
        return
    told, start = PROVISIONAL, look.at
    if affairs.mismatch is not None and affairs.mismatch[0] == words:
        _, start, before = affairs.mismatch
        if before == CONFIRMED:
            return
        told = CONFIRMED
    affairs.mismatch = (words, start, told)
    yield look.event(
        EventType.IDENTITY_MISMATCH,
        told,
        start=start,
        zone=words,
        changes=differences,
        confidence=0.9 if told == CONFIRMED else 0.6,
        detail=f"{look.who}: {words}",
        evidence=(look.sighting,),
    )


def _differences(known: Identity, declared: Vessel) -> tuple[Change, ...]:
    return tuple(
        Change(field=field, before=before, after=after)
        for field in ("imo", "name", "call_sign")
        if (before := getattr(declared, field)) is not None
        and (after := _text(field, getattr(known, field))) is not None
        and _plain(before) != _plain(after)
    )


def _plain(text: str) -> str:
    """Return a name as it is compared: AIS has capitals only, and no room for points and blanks."""
    return "".join(character for character in text.upper() if character.isalnum())


def _text(field: str, value: Any) -> str | None:
    if value is None:
        return None
    return f"{value:07d}" if field == "imo" else str(value)
