"""GoodsDeclaration: what a trader declares of goods to customs (WCO DEC: IM, EX, TRT; CUSDEC).

The class GoodsShipment (67A) of the WCO Data Model is taken into the declaration: one declaration is of one shipment.
"""

from __future__ import annotations

from decimal import Decimal

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, OptionalPart, Part, Text, wco, wco_list
from gateway.model.duty import Amount, Duty
from gateway.model.equipment import Equipment
from gateway.model.goods import DangerousGoods, ItemEquipment
from gateway.model.location import Location
from gateway.model.party import Address, ListedParty, Party
from gateway.model.statement import Amendment, Statement
from gateway.model.vessel import Voyage


class Authentication(OptionalPart):
    """Who vouches for the declaration, and by what (WCO class 61B)."""

    text: Text | None = wco("104", "Authentication. Authentication. Text")
    name: Line | None = wco("R007", "Authenticator. Name. Text")


class DeclarationTotals(OptionalPart):
    """Control totals as declared, not as computed."""

    items: int | None = wco("228", "Declaration. Goods Item. Quantity")
    packages: int | None = wco("146", "Declaration. Total Package. Quantity")
    equipment: int | None = None
    loading_lists: int | None = wco("013", "Declaration. Loading List. Quantity")
    gross: Measure | None = wco("131", "Declaration. Total Gross Mass. Measure")
    net: Measure | None = None
    invoiced: Amount | None = wco("109", "Declaration. Invoice. Amount")


class WriteOff(OptionalPart):
    """What a document is written off by (WCO class 22C)."""

    quantity: Measure | None = wco("502", "Write Off. Quantity. Quantity")
    amount: Amount | None = wco("503", "Write Off. Amount. Amount")


class AdditionalDocument(Part):
    """A licence, certificate, permit or other document that goes with the goods (WCO class 02A)."""

    category: Line | None = wco("D031", "Additional Document. Category. Code")
    type: Line | None = wco("D006", "Additional Document. Type. Code")
    number: Line | None = wco("D005", "Additional Document. Identification. Identifier")
    name: Line | None = wco("D028", "Additional Document. Name. Text")
    effective_at: Moment | None = wco("276", "Additional Document. Effective. Date Time")
    exemption: Line | None = wco("360", "Additional Document. LPCO Exemption. Code")
    issuer: Line | None = wco("R058", "Submitter. Name. Text")
    issuer_role: Line | None = wco("R005", "Submitter. Role. Code")
    written_off: WriteOff | None = wco("22C", "Write Off")


class Authorisation(Part):
    """An authorisation that the declaration relies on, by its holder (WCO class 17C)."""

    holder: Coded | None = wco("R144", "Authorisation Holder. Identification. Identifier")
    category: Line | None = wco("R145", "Authorisation Holder. Category. Code")


class RoleParty(Part):
    """A party named by identifier and role alone (WCO classes 16C and 55B)."""

    id: Coded | None = wco("R143", "AEO Mutual Recognition Party. Identification. Identifier")
    role: Line | None = wco("R005", "AEO Mutual Recognition Party. Role. Code")


class TransportMeans(OptionalPart):
    """The means of transport that brings the goods or takes them away (WCO classes 10A and 46A)."""

    id: Coded | None = wco("T002", "Arrival Transport Means. Identification. Identifier")
    name: Line | None = wco("T001", "Arrival Transport Means. Name. Text")
    type: Line | None = wco("T008", "Arrival Transport Means. Type. Code")
    mode: Line | None = wco("T020", "Arrival Transport Means. Mode. Code")
    nationality: Line | None = None
    journey: Line | None = None


class SecurityItem(Part):
    """An item of the consignment as far as safety and security ask for it (WCO class 29A)."""

    sequence: int | None = wco("006", "Consignment Item. Sequence. Numeric")
    consignor: Party | None = wco("30A", "Consignor")
    freight_payment: Line | None = wco("098", "Freight. Payment Method. Code")


class RoutingCountry(Part):
    """One country of the route, in the order in which it is passed (WCO class 81A)."""

    country: Line | None = wco("064", "Itinerary. Routing Country. Code")


class SecurityConsignment(OptionalPart):
    """The consignment as far as safety and security ask for it: who carries it, by which countries (WCO class 28A)."""

    carrier: Party | None = wco("18A", "Carrier")
    consignor: Party | None = wco("30A", "Consignor")
    freight_payment: Line | None = wco("098", "Freight. Payment Method. Code")
    items: tuple[SecurityItem, ...] = wco_list("29A", "Consignment Item")
    routing: tuple[RoutingCountry, ...] = wco_list("81A", "Itinerary")


class CurrencyExchange(Part):
    """A rate of exchange as declared (WCO class 40A)."""

    currency: Line | None = wco("135", "Currency Exchange. Currency Type. Code")
    rate: Decimal | None = wco("118", "Currency Exchange. Rate. Numeric")


class GoodsLocation(OptionalPart):
    """Where the goods can be examined (WCO class 64A)."""

    name: Line | None = wco("L016", "Goods Location. Name. Text")
    id: Coded | None = wco("L017", "Goods Location. Identification. Identifier")
    type: Line | None = wco("L110", "Goods Location. Type. Code")
    address: Address | None = wco("04A", "Address")


class Region(OptionalPart):
    """A country, with a region of it (WCO class 99B)."""

    country: Line | None = wco("465", "Destination. Country. Code")
    region: Line | None = wco("477", "Destination. Region. Identifier")


class Charge(Part):
    """A charge to be added to the value, or deducted from it (WCO class 58B)."""

    type: Line | None = wco("371", "Charge Deduction. Charges Type. Code")
    amount: Amount | None = wco("181", "Charge Deduction. Other Charge Deduction. Amount")


class Valuation(OptionalPart):
    """How the goods are valued (WCO class 41A)."""

    method: Line | None = wco("122", "Customs Valuation. Method. Code")
    freight: Amount | None = wco("117", "Customs Valuation. Freight Charge. Amount")
    charges: tuple[Charge, ...] = wco_list("58B", "Charge Deduction")


class Invoice(OptionalPart):
    """The commercial invoice (WCO class 78A)."""

    number: Line | None = wco("D016", "Invoice. Identification. Identifier")
    issued_at: Moment | None = wco("D015", "Invoice. Issue. Date Time")


class PreviousDocument(Part):
    """A document before this one: manifest, temporary storage, earlier declaration (WCO class 99A)."""

    category: Line | None = wco("D031", "Previous Document. Category. Code")
    type: Line | None = wco("D019", "Previous Document. Type. Code")
    number: Line | None = wco("D018", "Previous Document. Identification. Identifier")
    line: int | None = wco("171", "Previous Document. Line. Numeric")


class TradeTerms(OptionalPart):
    """Terms of delivery, with the place they name (WCO class 22B)."""

    condition: Line | None = wco("090", "Trade Terms. Condition. Code")
    relationship: Line | None = wco("106", "Trade Terms. Country Relationship. Code")
    description: Text | None = wco("089", "Trade Terms. Description. Text")
    place: Coded | None = wco("L002", "Trade Terms. Location. Identifier")
    place_name: Line | None = wco("L001", "Trade Terms. Location Name. Text")


class ConsignmentReference(OptionalPart):
    """The unique consignment reference, and the trader's own (WCO class 35B)."""

    number: Line | None = wco("016", "UCR. Identification. Identifier")
    trader: Line | None = wco("009", "UCR. Trader Assigned Reference. Identifier")


class Warehouse(OptionalPart):
    """The customs warehouse (WCO class 43B)."""

    id: Coded | None = wco("L019", "Warehouse. Identification. Identifier")
    type: Line | None = wco("L112", "Warehouse. Type. Code")


class Guarantee(Part):
    """Security for duties (WCO class 90A)."""

    number: Line | None = wco("D014", "Obligation Guarantee. Identification. Identifier")
    reference: Line | None = wco("100", "Obligation Guarantee. Reference. Identifier")
    type: Line | None = wco("101", "Obligation Guarantee. Security Details. Code")
    amount: Amount | None = wco("492", "Obligation Guarantee. Amount. Amount")
    access_code: Line | None = wco("499", "Obligation Guarantee. Access. Code")
    office: Location | None = wco("14C", "Guarantee Office")


class Procedure(Part):
    """The procedure asked for, and the one before (WCO class 70A)."""

    current: Line | None = wco("166", "Government Procedure. Current. Code")
    previous: Line | None = wco("161", "Government Procedure. Previous. Code")


class Origin(Part):
    """Where the goods come from, in the sense that `type` says (WCO class 92A)."""

    country: Line | None = wco("063", "Origin. Country. Code")
    region: Line | None = wco("066", "Origin. Region. Identifier")
    type: Line | None = wco("501", "Origin. Type. Code")


class DeclaredPackages(Part):
    """Packages of one kind, with their marks and measures (WCO class 93A)."""

    sequence: int | None = wco("006", "Packaging. Sequence. Numeric")
    quantity: int | None = wco("144", "Packaging. Quantity. Quantity")
    type: Coded | None = wco("141", "Packaging. Type. Code")
    marks: Text | None = wco("142", "Packaging. Marks Numbers. Identifier")
    material: Text | None = wco("344", "Packaging. Packing Material Description. Text")
    length: Measure | None = wco("367", "Packaging. Length. Measure")
    width: Measure | None = wco("368", "Packaging. Width. Measure")
    height: Measure | None = wco("402", "Packaging. Height. Measure")
    volume: Measure | None = wco("395", "Packaging. Volume. Measure")


class Classification(Part):
    """A commodity code, with the list it is of (WCO class 21A)."""

    code: Coded | None = wco("145", "Classification. Identification. Identifier")


class DeclaredItem(Part):
    """A goods item of a declaration (WCO class 68A, Government Agency Goods Item)."""

    sequence: int | None = wco("006", "Government Agency Goods Item. Sequence. Numeric")
    description: Text | None = wco("137", "Commodity. Description. Text")
    classifications: tuple[Classification, ...] = wco_list("21A", "Classification")
    dangerous_goods: tuple[DangerousGoods, ...] = wco_list("12C", "Dangerous Goods")
    gross: Measure | None = wco("126", "Goods Measure. Gross Mass. Measure")
    net: Measure | None = wco("128", "Goods Measure. Net Net Weight. Measure")
    supplementary: Measure | None = wco("130", "Goods Measure. Tariff. Quantity")
    packages: tuple[DeclaredPackages, ...] = wco_list("93A", "Packaging")
    equipment: tuple[ItemEquipment, ...] = wco_list("31B", "Transport Equipment")
    procedures: tuple[Procedure, ...] = wco_list("70A", "Government Procedure")
    origins: tuple[Origin, ...] = wco_list("92A", "Origin")
    export_country: Line | None = wco("062", "Export Country. Country. Code")
    destination: Region | None = wco("99B", "Destination")
    customs_value: Amount | None = wco("108", "Government Agency Goods Item. Customs Value. Amount")
    statistical_value: Amount | None = wco("114", "Government Agency Goods Item. Statistical Value. Amount")
    invoiced: Amount | None = wco("112", "Invoice Line. Item Charge. Amount")
    transaction_nature: Line | None = wco("103", "Government Agency Goods Item. Transaction Nature. Code")
    valuation: Valuation | None = wco("41A", "Customs Valuation")
    valuation_adjustment: Line | None = wco("188", "Valuation Adjustment. Addition. Code")
    duties: tuple[Duty, ...] = wco_list("50A", "Duty Tax Fee")
    documents: tuple[AdditionalDocument, ...] = wco_list("02A", "Additional Document")
    previous_documents: tuple[PreviousDocument, ...] = wco_list("99A", "Previous Document")
    statements: tuple[Statement, ...] = wco_list("03A", "Additional Information")
    ucr: ConsignmentReference | None = wco("35B", "UCR")
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    buyer: Party | None = wco("16A", "Buyer")
    seller: Party | None = wco("09B", "Seller")
    manufacturers: tuple[ListedParty, ...] = wco_list("86A", "Manufacturer")
    refund_recipients: tuple[ListedParty, ...] = wco_list("59B", "Refund Recipient Party")
    mutual_recognition: tuple[RoleParty, ...] = wco_list("16C", "AEO Mutual Recognition Party")
    tax_parties: tuple[RoleParty, ...] = wco_list("55B", "Domestic Duty Tax Party")


class GoodsDeclaration(Part):
    """A declaration of goods for import, export or transit (WCO class 42A).

    `reference` is the message's own number and the declarant's LRN, `registration` the number that customs gave
    (MRN); `type` is the kind of declaration as its authority codes it, `intent` what the declarant wants (submit,
    amend, cancel, ...), rendered per profile and never passed through.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    registration: Line | None = wco("D014", "Declaration. Identification. Identifier")
    version: Line | None = wco("383", "Declaration. Version. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    issued_in: Location | None = wco("D012", "Declaration. Issue Location. Identifier")
    accepted_at: Moment | None = wco("023", "Declaration. Acceptance. Date Time")
    specific_circumstances: Line | None = wco("504", "Declaration. Specific Circumstances. Code")
    previous_reference: Line | None = None
    manifest_number: Line | None = None
    office: Location | None = wco("065", "Declaration. Declaration Office. Identifier")
    entry_office: Location | None = wco("51A", "Entry Office")
    exit_office: Location | None = wco("56A", "Exit Office")
    presentation_office: Location | None = wco("15C", "Presentation Office")
    supervising_office: Location | None = wco("97B", "Supervising Office")
    authentication: Authentication | None = wco("61B", "Authentication")
    sender: Party | None = wco("17B", "Submitter")
    declarant: Party | None = wco("57B", "Declarant")
    agent: Party | None = wco("05A", "Agent")
    agent_status: Line | None = wco("102", "Agent. Function. Code")
    exporter: Party | None = wco("57A", "Exporter")
    importer: Party | None = wco("74A", "Importer")
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    buyer: Party | None = wco("16A", "Buyer")
    seller: Party | None = wco("09B", "Seller")
    payers: tuple[ListedParty, ...] = wco_list("56B", "Payer")
    sureties: tuple[ListedParty, ...] = wco_list("19B", "Surety")
    mutual_recognition: tuple[RoleParty, ...] = wco_list("16C", "AEO Mutual Recognition Party")
    tax_parties: tuple[RoleParty, ...] = wco_list("55B", "Domestic Duty Tax Party")
    authorisations: tuple[Authorisation, ...] = wco_list("17C", "Authorisation Holder")
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    arrival_means: TransportMeans | None = wco("10A", "Arrival Transport Means")
    departure_means: TransportMeans | None = wco("46A", "Departure Transport Means")
    containerised: CodeName | None = wco("096", "Consignment. Container. Code")
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    goods_location: GoodsLocation | None = wco("64A", "Goods Location")
    warehouse: Warehouse | None = wco("43B", "Warehouse")
    exit_at: Moment | None = wco("024", "Goods Shipment. Exit. Date Time")
    export_country: Line | None = wco("062", "Export Country. Country. Code")
    destination: Region | None = wco("99B", "Destination")
    transaction_nature: Line | None = wco("103", "Goods Shipment. Transaction Nature. Code")
    trade_terms: TradeTerms | None = wco("22B", "Trade Terms")
    valuation: Valuation | None = wco("41A", "Customs Valuation")
    invoice: Invoice | None = wco("78A", "Invoice")
    ucr: ConsignmentReference | None = wco("35B", "UCR")
    totals: DeclarationTotals | None = None
    exchange_rates: tuple[CurrencyExchange, ...] = wco_list("40A", "Currency Exchange")
    guarantees: tuple[Guarantee, ...] = wco_list("90A", "Obligation Guarantee")
    documents: tuple[AdditionalDocument, ...] = wco_list("02A", "Additional Document")
    previous_documents: tuple[PreviousDocument, ...] = wco_list("99A", "Previous Document")
    statements: tuple[Statement, ...] = wco_list("03A", "Additional Information")
    amendments: tuple[Amendment, ...] = wco_list("06A", "Amendment")
    security: SecurityConsignment | None = wco("28A", "Consignment")
    equipment: tuple[Equipment, ...] = wco_list("31B", "Transport Equipment")
    items: tuple[DeclaredItem, ...] = wco_list("68A", "Government Agency Goods Item")
