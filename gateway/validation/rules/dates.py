"""The order of the voyage's times, and of the report's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from gateway.validation.cargo_index import CargoIndex
from gateway.validation.moments import elapsed, is_later
from gateway.validation.rule import Fault

LONGEST_VOYAGE = timedelta(days=120)
FURTHEST_FROM_ESTIMATE = timedelta(days=30)
FURTHEST_FROM_ISSUE = timedelta(days=365)

#: Clocks of the issuer and of a port differ by this much at most: UTC-12 to UTC+14.
ANYWHERE = timedelta(hours=26)

_NAMES = {"eta": "estimated arrival", "etd": "estimated departure", "ata": "arrival", "atd": "departure"}


def estimates_ordered(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield an estimated departure after the estimated arrival."""
    yield from _departs_after(cargo, "etd", "eta")


def actuals_ordered(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a departure after the arrival."""
    yield from _departs_after(cargo, "atd", "ata")


def voyage_length(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield a voyage longer than `LONGEST_VOYAGE`."""
    voyage = cargo.voyage
    departure, arrival = voyage.atd or voyage.etd, voyage.ata or voyage.eta
    if departure and arrival and (lasts := elapsed(departure, arrival)) > LONGEST_VOYAGE:
        name = "ata" if voyage.ata else "eta"
        text = f"from departure {departure} to arrival {arrival} the voyage lasts {lasts.days} days"
        yield Fault(f"voyage.{name}", arrival, text)


def actual_near_estimate(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield an actual time more than `FURTHEST_FROM_ESTIMATE` from its estimate."""
    for actual, estimate in (("ata", "eta"), ("atd", "etd")):
        happened, expected = getattr(cargo.voyage, actual), getattr(cargo.voyage, estimate)
        if happened and expected and (off := abs(elapsed(expected, happened))) > FURTHEST_FROM_ESTIMATE:
            text = f"{_NAMES[actual]} {happened} is {off.days} days off the {_NAMES[estimate]} {expected}"
            yield Fault(f"voyage.{actual}", happened, text)


def actual_before_issue(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield an actual time that lies after the report was issued."""
    issued = cargo.report.issued_at
    for name in ("ata", "atd"):
        happened = getattr(cargo.voyage, name)
        if issued and happened and is_later(happened, issued, ANYWHERE):
            text = f"{_NAMES[name]} {happened} is stated as a fact by a report issued earlier, {issued}"
            yield Fault(f"voyage.{name}", happened, text)


def estimate_after_issue(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield an estimated arrival that was past when the report was issued, and no actual one beside it."""
    issued, voyage = cargo.report.issued_at, cargo.voyage
    if issued and voyage.eta and voyage.ata is None and is_later(issued, voyage.eta, ANYWHERE):
        text = f"estimated arrival {voyage.eta} was past when the report was issued, {issued}"
        yield Fault("voyage.eta", voyage.eta, text)


def issued_near_voyage(cargo: CargoIndex) -> Iterator[Fault]:
    """Yield an issue date more than `FURTHEST_FROM_ISSUE` from the voyage."""
    issued, voyage = cargo.report.issued_at, cargo.voyage
    moment = voyage.ata or voyage.eta or voyage.atd or voyage.etd
    if issued and moment and (off := abs(elapsed(issued, moment))) > FURTHEST_FROM_ISSUE:
        text = f"the report was issued on {issued}, {off.days} days from the voyage's {moment}"
        yield Fault("issued_at", issued, text)


def _departs_after(cargo: CargoIndex, departure: str, arrival: str) -> Iterator[Fault]:
    left, came = getattr(cargo.voyage, departure), getattr(cargo.voyage, arrival)
    if left and came and is_later(left, came):
        yield Fault(f"voyage.{departure}", left, f"{_NAMES[departure]} {left} is after the {_NAMES[arrival]} {came}")
