"""A cargo report laid out flat, once, so that each rule is one loop over what it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from gateway.model.base import Measure, Part
from gateway.model.cargo_report import CargoReport, Consignment, HouseConsignment, Totals
from gateway.model.equipment import Equipment
from gateway.model.goods import Item, ItemEquipment
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Voyage
from gateway.validation.sums import Readings, readings_of, readings_of_all

#: The canonical code names (CodeName) that rules know.
CONTAINER = "container"
FULL, EMPTY = "full", "empty"
WITHDRAWALS = frozenset({"cancel", "delete", "withdraw"})

PORTS_OF_VOYAGE = ("departure", "loading", "discharge", "arrival", "next_port", "first_arrival", "last_port")
PORTS_OF_BILL = ("loading", "discharge")
PLACES_OF_BILL = (
    *("origin_loading", "transhipment", "receipt", "despatch", "delivery", "destination", "final_destination"),
    *("storage", "office"),
)
REPORTERS = ("sender", "carrier", "reporting_carrier", "agent", "declarant")
PARTIES_OF_REPORT = (*REPORTERS, "recipient")
PARTIES_OF_BILL = ("consignor", "consignee", "notify", "forwarder", "carrier")
MASSES_OF_ITEM = ("gross", "net")
MASSES_OF_EQUIPMENT = ("tare", "gross", "net", "verified_gross")

T = TypeVar("T")
#: A part of the document with its canonical path in front.
Placed: TypeAlias = tuple[str, T]


@dataclass(frozen=True)
class CargoIndex:
    """A cargo report and everything that repeats in it, each with its path, in document order.

    `bills` are the masters, each followed by its houses; `items` are those of all bills; `links` the
    items' links to equipment. What only some rules need is laid out when first asked for.
    """

    report: CargoReport
    masters: tuple[Placed[Consignment], ...]
    bills: tuple[Placed[HouseConsignment], ...]
    items: tuple[Placed[Item], ...]
    links: tuple[Placed[ItemEquipment], ...]
    equipment: tuple[Placed[Equipment], ...]

    @classmethod
    def of(cls, report: CargoReport) -> CargoIndex:
        """Lay a report out."""
        masters = tuple(listed("consignments", report.consignments))
        bills = tuple(_bills(masters))
        items = tuple(placed for path, bill in bills for placed in listed(f"{path}.items", bill.items))
        return cls(
            report=report,
            masters=masters,
            bills=bills,
            items=items,
            links=tuple(placed for path, item in items for placed in listed(f"{path}.equipment", item.equipment)),
            equipment=tuple(listed("equipment", report.equipment)),
        )

    @cached_property
    def voyage(self) -> Voyage:
        """The voyage; one without any field where the report has none."""
        return self.report.voyage or Voyage.model_construct()

    @property
    def withdrawn(self) -> bool:
        """Whether the report only takes back an earlier one."""
        return self.report.intent in WITHDRAWALS

    @cached_property
    def houses(self) -> tuple[Placed[HouseConsignment], ...]:
        """The house bills of all masters."""
        return tuple(placed for path, master in self.masters for placed in listed(f"{path}.houses", master.houses))

    @cached_property
    def links_to(self) -> Mapping[str, list[Placed[ItemEquipment]]]:
        """The links by the equipment number they name."""
        links: dict[str, list[Placed[ItemEquipment]]] = {}
        for path, link in self.links:
            if link.equipment:
                links.setdefault(link.equipment, []).append((path, link))
        return links

    @cached_property
    def number_at(self) -> Mapping[str, int]:
        """The place of each equipment number in the report's list, the first where it repeats."""
        numbers: dict[str, int] = {}
        for at, unit in enumerate(self.report.equipment):
            if unit.number:
                numbers.setdefault(unit.number, at)
        return numbers

    @cached_property
    def ports(self) -> tuple[Placed[Location], ...]:
        """The locations that must be ports."""
        return (*_named("voyage.", self.voyage, PORTS_OF_VOYAGE), *_of_each(self.bills, PORTS_OF_BILL))

    @cached_property
    def places(self) -> tuple[Placed[Location], ...]:
        """The locations that need not be ports."""
        return (*_named("", self.report, ("office",)), *_of_each(self.bills, PLACES_OF_BILL))

    @cached_property
    def parties(self) -> tuple[Placed[Party], ...]:
        """The parties of the report and of its bills."""
        others = (placed for path, bill in self.bills for placed in listed(f"{path}.parties", bill.parties))
        return (*_named("", self.report, PARTIES_OF_REPORT), *_of_each(self.bills, PARTIES_OF_BILL), *others)

    @cached_property
    def totals(self) -> tuple[Placed[Totals], ...]:
        """The declared totals of the report and of its bills."""
        return (*_named("", self.report, ("totals",)), *_of_each(self.bills, ("totals",)))

    @cached_property
    def masses(self) -> tuple[Placed[Measure], ...]:
        """The masses of totals, equipment and items."""
        return (
            *_of_each(self.totals, ("gross",)),
            *_of_each(self.equipment, MASSES_OF_EQUIPMENT),
            *_of_each(self.items, MASSES_OF_ITEM),
        )

    @cached_property
    def volumes(self) -> tuple[Placed[Measure], ...]:
        """The volumes of items."""
        return tuple(_of_each(self.items, ("volume",)))

    @cached_property
    def temperatures(self) -> tuple[Placed[Measure], ...]:
        """The flashpoints of dangerous goods and the temperature settings of equipment."""
        goods = (p for path, item in self.items for p in listed(f"{path}.dangerous_goods", item.dangerous_goods))
        settings = (p for path, unit in self.equipment for p in listed(f"{path}.temperatures", unit.temperatures))
        return (*_of_each(goods, ("flashpoint",)), *_of_each(settings, ("value",)))

    @cached_property
    def readings(self) -> tuple[Readings | None, ...]:
        """What the goods of each master add up to; None for one without goods."""
        return tuple(readings_of(master) for _, master in self.masters)

    @cached_property
    def total(self) -> Readings | None:
        """What the goods of the report add up to; None where a bill has no goods."""
        return readings_of_all(self.readings)


def listed(path: str, parts: Iterable[T]) -> Iterator[Placed[T]]:
    """Yield each entry of a list with its path."""
    return ((f"{path}[{at}]", part) for at, part in enumerate(parts))


def item_of(link_path: str) -> str:
    """Return the path of the item that a link belongs to."""
    return link_path.rpartition(".")[0]


def bill_name(bill: HouseConsignment) -> str:
    """Return what people call a bill: its number, or that it has none."""
    document = bill.transport_document
    return f"bill {document.number}" if document and document.number else "a bill without a number"


def _bills(masters: Iterable[Placed[Consignment]]) -> Iterator[Placed[HouseConsignment]]:
    for path, master in masters:
        yield path, master
        yield from listed(f"{path}.houses", master.houses)


def _named(prefix: str, part: Part, names: Iterable[str]) -> Iterator[Placed[Any]]:
    for name in names:
        value = getattr(part, name)
        if value is not None:
            yield prefix + name, value


def _of_each(parts: Iterable[Placed[Part]], names: tuple[str, ...]) -> Iterator[Placed[Any]]:
    for path, part in parts:
        for name in names:
            value = getattr(part, name)
            if value is not None:
                yield f"{path}.{name}", value
