"""CargoReport: what a carrier tells customs of the cargo on a voyage (manifest; WCO CRI and CRE, FAL 2)."""

from __future__ import annotations

from gateway.model.base import (
    Coded,
    CodeName,
    Line,
    Measure,
    Moment,
    OptionalPart,
    Part,
    Text,
    wco,
    wco_list,
)
from gateway.model.location import Location
from gateway.model.party import Party


class Vessel(OptionalPart):
    """The ship: IMO number, call sign, or an identifier of another list."""

    imo: Line | None = wco("T006", "Border Transport Means. Identification. Identifier")
    call_sign: Line | None = wco("T006", "Border Transport Means. Identification. Identifier")
    id: Coded | None = wco("T006", "Border Transport Means. Identification. Identifier")
    name: Line | None = wco("T005", "Border Transport Means. Name. Text")
    flag: Line | None = wco("T014", "Border Transport Means. Registration Nationality. Code")


class Voyage(OptionalPart):
    """The voyage that carries the cargo over the border (WCO class 15A)."""

    number: Line | None = wco("149", "Border Transport Means. Journey. Identifier")
    mode: Line | None = wco("T022", "Border Transport Means. Mode. Code")
    means: Coded | None = wco("T010", "Border Transport Means. Type. Code")
    carrier: Coded | None = wco("R011", "Carrier. Identification. Identifier")
    vessel: Vessel | None = None
    departure: Location | None = None
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    arrival: Location | None = None
    next_port: Location | None = None
    last_port: Location | None = None
    eta: Moment | None = wco("172", "Border Transport Means. Arrival. Date Time")
    etd: Moment | None = wco("156", "Border Transport Means. Departure. Date Time")
    ata: Moment | None = None
    atd: Moment | None = None


class Seal(Part):
    """A seal on equipment, and who affixed it (WCO class 44B)."""

    number: Line | None = wco("165", "Seal. Identification. Identifier")
    party: CodeName | None = None


class Temperature(Part):
    """A temperature setting; `kind` as coded in the standard (EDIFACT 6245, 2 = transport)."""

    kind: CodeName | None = None
    value: Measure | None = None


class Equipment(Part):
    """A container or other transport equipment on this voyage (WCO class 31B)."""

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


class Packages(OptionalPart):
    """How many packages of which type (UN/ECE Recommendation 21)."""

    quantity: int | None = wco("144", "Packaging. Quantity. Quantity")
    type: Coded | None = wco("141", "Packaging. Type. Code")
    name: Line | None = None


class DangerousGoods(Part):
    """Dangerous goods of an item (WCO class 12C; IMDG Code)."""

    imdg_class: Line | None = None
    page: Line | None = None
    un_number: Line | None = wco("506", "Dangerous Goods. UNDG. Identifier")
    flashpoint: Measure | None = None
    packing_group: CodeName | None = None
    ems: Line | None = None


class ItemEquipment(Part):
    """The link from an item to the equipment it is stowed in, with the packages stowed there."""

    equipment: Line | None = wco("159", "Transport Equipment. Identification. Identifier")
    packages: int | None = None


class Item(Part):
    """A goods item of a bill (WCO class 29A)."""

    sequence: int | None = wco("006", "Consignment Item. Sequence. Numeric")
    packages: Packages | None = wco("93A", "Packaging")
    description: Text | None = wco("137", "Commodity. Description. Text")
    gross: Measure | None = wco("126", "Goods Measure. Gross Mass. Measure")
    net: Measure | None = wco("128", "Goods Measure. Net Net Weight. Measure")
    volume: Measure | None = None
    equipment: tuple[ItemEquipment, ...] = wco_list("31B", "Transport Equipment")
    dangerous_goods: tuple[DangerousGoods, ...] = wco_list("12C", "Dangerous Goods")
    marks: Text | None = wco("142", "Packaging. Marks Numbers. Identifier")
    commodity: Coded | None = wco("145", "Classification. Identification. Identifier")


class TransportDocument(OptionalPart):
    """A bill of lading or waybill: its number, and which kind of bill it is (master, house, ...)."""

    number: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    type: CodeName | None = wco("D024", "Transport Contract Document. Type. Code")


class Totals(OptionalPart):
    """Control totals as declared, not as computed."""

    gross: Measure | None = wco("131", "Consignment. Total Gross Mass. Measure")
    pieces: int | None = None
    packages: int | None = wco("146", "Consignment. Total Package. Quantity")
    equipment: int | None = None
    consignments: int | None = None


class HouseConsignment(Part):
    """A house bill under a master bill, with its own goods (WCO class 21C)."""

    transport_document: TransportDocument | None = wco("30B", "Transport Contract Document")
    totals: Totals | None = None
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    origin_loading: Location | None = None
    transhipment: Location | None = None
    receipt: Location | None = wco("66A", "Goods Receipt Place")
    delivery: Location | None = None
    destination: Location | None = None
    storage: Location | None = None
    office: Location | None = None
    procedure: CodeName | None = None
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    notify: Party | None = wco("89A", "Notify Party")
    forwarder: Party | None = None
    carrier: Party | None = wco("18A", "Carrier")
    items: tuple[Item, ...] = wco_list("29A", "Consignment Item")


class Consignment(HouseConsignment):
    """A consignment under one master (or only) bill, with the house bills below it (WCO class 28A)."""

    houses: tuple[HouseConsignment, ...] = wco_list("21C", "House Consignment")


class CargoReport(Part):
    """A cargo report (manifest) of one voyage (WCO class 42A).

    `reference` is the message's own number and the declarant's LRN; `intent` says what the declarant wants
    (submit, replace, amend, cancel, ...), rendered per profile and never passed through.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    manifest_number: Line | None = wco("D014", "Declaration. Identification. Identifier")
    own_reference: Line | None = None
    previous_reference: Line | None = None
    office: Location | None = None
    sender: Party | None = wco("17B", "Submitter")
    carrier: Party | None = None
    agent: Party | None = wco("05A", "Agent")
    declarant: Party | None = wco("57B", "Declarant")
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    procedure: CodeName | None = None
    equipment: tuple[Equipment, ...] = wco_list("31B", "Transport Equipment")
    totals: Totals | None = None
    consignments: tuple[Consignment, ...] = wco_list("28A", "Consignment")
