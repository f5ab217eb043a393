"""Containers and other transport equipment."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, OptionalPart, Part, Text, wco, wco_list
from gateway.model.goods import DangerousGoods, Dimensions, Packages
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Voyage


class Seal(Part):
    """A seal on equipment, and who affixed it (WCO class 44B)."""

    number: Line | None = wco("165", "Seal. Identification. Identifier")
    party: CodeName | None = None
    condition: CodeName | None = None


class Temperature(Part):
    """A temperature setting; `kind` as coded in the standard (EDIFACT 6245, 2 = transport)."""

    kind: CodeName | None = None
    value: Measure | None = None


class Equipment(Part):
    """A container or other transport equipment on this voyage (WCO class 31B), or `units` of one kind together."""

    kind: CodeName | None = None
    number: Line | None = wco("159", "Transport Equipment. Identification. Identifier")
    number_list: Line | None = None
    size_type: Coded | None = wco("152", "Transport Equipment. Characteristic. Code")
    supplier: Line | None = wco("151", "Transport Equipment. Supplier Party Type. Code")
    status: CodeName | None = None
    fullness: CodeName | None = wco("154", "Transport Equipment. Fullness. Code")
    tare: Measure | None = None
    gross: Measure | None = None
    net: Measure | None = None
    verified_gross: Measure | None = None
    seals: tuple[Seal, ...] = wco_list("44B", "Seal")
    procedure: CodeName | None = None
    temperatures: tuple[Temperature, ...] = ()
    units: int | None = None


class Range(OptionalPart):
    """From a least value to a greatest, both in `unit`: their own units stay empty."""

    unit: Line | None = None
    minimum: Measure | None = None
    maximum: Measure | None = None


class Reefer(OptionalPart):
    """How a refrigerated container is set: temperature, the range it may be in, humidity, and fresh air."""

    setting: Measure | None = None
    range: Range | None = None
    humidity: Measure | None = None
    air_flow: Measure | None = None


class OutOfGauge(OptionalPart):
    """How far cargo stands out of its container, on each side."""

    front: Measure | None = None
    back: Measure | None = None
    right: Measure | None = None
    left: Measure | None = None
    height: Measure | None = None


class Attached(Part):
    """What is attached to a container: a generator, a chassis, a flat bundled with it."""

    kind: CodeName | None = None
    number: Line | None = None


class Damage(Part):
    """A damage: what it is, where, how bad, what was done about it, and the component and its material (ISO 9897)."""

    type: Coded | None = None
    area: Coded | None = None
    severity: Coded | None = None
    action: Coded | None = None
    component: Coded | None = None
    material: Coded | None = None


class Handling(Part):
    """How a container must be handled or stowed, by a code of SMDG's list or another."""

    code: Coded | None = None
    text: Line | None = None


class HandledEquipment(Equipment):
    """A container or a piece of cargo without one, as lines, ships and terminals tell each other of it.

    `cell` is where it is stowed on board (see `gateway.model.stowage_plan.Slot`), `units` how many of the same kind are
    meant where none is numbered, `sequence` the order in which to handle them.
    """

    cell: Coded | None = None
    sequence: Line | None = None
    operator: Coded | None = wco("R011", "Carrier. Identification. Identifier")
    carrier: Coded | None = None
    slot_owner: Coded | None = None
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    forwarder: Party | None = None
    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    booking: Line | None = None
    release: Line | None = None
    operator_reference: Line | None = None
    excess_transport: Line | None = None
    customs_number: Line | None = None
    other_reference: Line | None = None
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    optional_discharge: Location | None = None
    final_discharge: Location | None = None
    origin_loading: Location | None = None
    transhipment: Location | None = None
    receipt: Location | None = wco("66A", "Goods Receipt Place")
    delivery: Location | None = None
    destination: Location | None = None
    storage: Location | None = None
    terminal: Location | None = None
    empty_return: Location | None = None
    moved_at: Moment | None = None
    verified_at: Moment | None = None
    earliest_at: Moment | None = None
    latest_at: Moment | None = None
    required_at: Moment | None = None
    collected_at: Moment | None = None
    positioned_at: Moment | None = None
    expires_at: Moment | None = None
    movement: Coded | None = None
    haulage: CodeName | None = None
    estimated_gross: Measure | None = None
    reefer: Reefer | None = None
    out_of_gauge: OutOfGauge | None = None
    dimensions: Dimensions | None = None
    nature: Coded | None = None
    packages: Packages | None = wco("93A", "Packaging")
    handling: tuple[Handling, ...] = ()
    attached: tuple[Attached, ...] = ()
    dangerous_goods: tuple[DangerousGoods, ...] = wco_list("12C", "Dangerous Goods")
    damages: tuple[Damage, ...] = ()
    main_carriage: Voyage | None = None
    inland: Voyage | None = None
    pre_carriage: Voyage | None = None
    on_carriage: Voyage | None = None
    description: Text | None = wco("137", "Commodity. Description. Text")
    information: Text | None = None
    service: Text | None = None
    instruction: Text | None = None
    loading_remark: Text | None = None
    certification: Text | None = None
    damage_remark: Text | None = None
    remark: Text | None = None
