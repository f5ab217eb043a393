"""GoodsDeclaration: goods placed under a customs procedure (WCO DEC, CUSDEC)."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, OptionalPart, Part, Text, wco, wco_list
from gateway.model.carriage import Amount, Reference, Remark, RoledParty, Terms
from gateway.model.equipment import Equipment, Seal
from gateway.model.goods import ItemEquipment, Packages
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.vessel import Voyage


class SupportingDocument(Part):
    """A paper that goes with the declaration: licence, certificate, invoice (WCO class 02A)."""

    type: Coded | None = wco("D006", "Additional Document. Type. Code")
    name: Line | None = wco("D028", "Additional Document. Name. Text")
    number: Line | None = wco("D005", "Additional Document. Identification. Identifier")
    dated_at: Moment | None = None
    expires_at: Moment | None = None
    issued_in: Location | None = None


class Packaging(Part):
    """Packages of one kind and what is marked on them (WCO class 93A)."""

    packages: Packages | None = None
    marks: Text | None = wco("142", "Packaging. Marks Numbers. Identifier")


class Tax(Part):
    """A duty, tax or fee: its type, the rate, what it is reckoned on, and what it comes to (WCO class 50A)."""

    function: Line | None = None
    type: Coded | None = None
    rate: Line | None = None
    base: Line | None = None
    category: Line | None = None
    amount: Measure | None = None
    payment: Coded | None = None


class Procedure(Part):
    """A procedure or indicator asked for: what it concerns, and its code (WCO class 70A)."""

    code: Coded | None = wco("166", "Government Procedure. Current. Code")


class DeclaredItem(Part):
    """A goods item of a declaration (WCO class 68A)."""

    sequence: int | None = wco("006", "Government Agency Goods Item. Sequence. Numeric")
    commodity: Coded | None = wco("145", "Classification. Identification. Identifier")
    second_classification: Coded | None = None
    third_classification: Coded | None = None
    description: Text | None = wco("137", "Commodity. Description. Text")
    remarks: tuple[Remark, ...] = ()
    gross: Measure | None = wco("126", "Goods Measure. Gross Mass. Measure")
    net: Measure | None = wco("128", "Goods Measure. Net Net Weight. Measure")
    tariff_quantity: Measure | None = wco("130", "Goods Measure. Tariff. Quantity")
    origin: Line | None = wco("063", "Origin. Country. Code")
    export_country: Line | None = None
    destination_country: Line | None = None
    packagings: tuple[Packaging, ...] = wco_list("93A", "Packaging")
    equipment: tuple[ItemEquipment, ...] = wco_list("31B", "Transport Equipment")
    procedures: tuple[Procedure, ...] = wco_list("70A", "Government Procedure")
    amounts: tuple[Amount, ...] = ()
    references: tuple[Reference, ...] = wco_list("99A", "Previous Document")
    documents: tuple[SupportingDocument, ...] = wco_list("02A", "Additional Document")
    taxes: tuple[Tax, ...] = wco_list("50A", "Duty Tax Fee")
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")


class DeclarationTotals(OptionalPart):
    """Control totals as declared, not as computed."""

    items: int | None = wco("228", "Declaration. Goods Item. Quantity")
    packages: int | None = wco("146", "Declaration. Total Package. Quantity")
    gross: Measure | None = wco("131", "Declaration. Total Gross Mass. Measure")
    net: Measure | None = None
    invoice: Measure | None = wco("109", "Declaration. Invoice. Amount")


class GoodsDeclaration(Part):
    """A customs declaration of goods (WCO class 42A).

    `reference` is the declarant's LRN, `registration` the authority's number (MRN). `procedure` says what is declared
    (import, export, transit, with its type), `voyage` is the means of transport that crosses the border.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    registration: Line | None = wco("D014", "Declaration. Identification. Identifier")
    own_reference: Line | None = None
    previous_reference: Line | None = None
    unique_reference: Line | None = wco("016", "UCR. Identification. Identifier")
    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    manifest_number: Line | None = None
    references: tuple[Reference, ...] = wco_list("99A", "Previous Document")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    procedure: Coded | None = wco("166", "Government Procedure. Current. Code")
    procedures: tuple[Procedure, ...] = ()
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    accepted_at: Moment | None = wco("023", "Declaration. Acceptance. Date Time")
    presented_at: Moment | None = None
    office: Location | None = wco("065", "Declaration. Declaration Office. Identifier")
    entry_office: Location | None = wco("G004", "Entry Office. Identification. Identifier")
    exit_office: Location | None = wco("G005", "Exit Office. Identification. Identifier")
    export_country: Location | None = wco("062", "Export Country. Identification. Identifier")
    destination_country: Location | None = wco("465", "Destination. Country. Code")
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    goods_location: Location | None = wco("64A", "Goods Location")
    declarant: Party | None = wco("57B", "Declarant")
    agent: Party | None = wco("05A", "Agent")
    exporter: Party | None = wco("57A", "Exporter")
    importer: Party | None = wco("74A", "Importer")
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    buyer: Party | None = wco("16A", "Buyer")
    seller: Party | None = wco("09B", "Seller")
    carrier: Party | None = wco("18A", "Carrier")
    parties: tuple[RoledParty, ...] = ()
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    departure_transport: Voyage | None = wco("46A", "Departure Transport Means")
    arrival_transport: Voyage | None = wco("10A", "Arrival Transport Means")
    inland_transport: Voyage | None = None
    terms: Terms | None = wco("22B", "Trade Terms")
    amounts: tuple[Amount, ...] = ()
    remarks: tuple[Remark, ...] = wco_list("03A", "Additional Information")
    documents: tuple[SupportingDocument, ...] = wco_list("02A", "Additional Document")
    packagings: tuple[Packaging, ...] = ()
    equipment: tuple[Equipment, ...] = wco_list("31B", "Transport Equipment")
    seals: tuple[Seal, ...] = wco_list("44B", "Seal")
    totals: DeclarationTotals | None = None
    items: tuple[DeclaredItem, ...] = wco_list("68A", "Government Agency Goods Item")
    taxes: tuple[Tax, ...] = wco_list("50A", "Duty Tax Fee")
