"""GoodsDeclaration: goods placed under a customs procedure (WCO DEC: IM, EX, TRT; CUSDEC).

The class GoodsShipment (67A) of the WCO Data Model is taken into the declaration: one declaration is of one shipment.
"""

from __future__ import annotations

from decimal import Decimal

from gateway.model.base import Coded, CodeName, Line, Measure, Moment, OptionalPart, Part, Text, wco, wco_list
from gateway.model.carriage import Amount, Reference, Remark, Terms
from gateway.model.equipment import Equipment, Seal
from gateway.model.goods import DangerousGoods, ItemEquipment, Packages
from gateway.model.location import Location
from gateway.model.party import Address, ListedParty, Party, RoledParty
from gateway.model.statement import Amendment, Statement
from gateway.model.tax import Money, Tax
from gateway.model.vessel import Voyage


class Authentication(OptionalPart):
    """Who vouches for the declaration, and by what (WCO class 61B)."""

    text: Text | None = wco("104", "Authentication. Authentication. Text")
    name: Line | None = wco("R007", "Authenticator. Name. Text")


class WriteOff(OptionalPart):
    """What a document is written off by (WCO class 22C)."""

    quantity: Measure | None = wco("502", "Write Off. Quantity. Quantity")
    amount: Money | None = wco("503", "Write Off. Amount. Amount")


class SupportingDocument(Part):
    """A paper that goes with the declaration: licence, certificate, invoice (WCO class 02A)."""

    category: Line | None = wco("D031", "Additional Document. Category. Code")
    type: Coded | None = wco("D006", "Additional Document. Type. Code")
    name: Line | None = wco("D028", "Additional Document. Name. Text")
    number: Line | None = wco("D005", "Additional Document. Identification. Identifier")
    dated_at: Moment | None = None
    effective_at: Moment | None = wco("276", "Additional Document. Effective. Date Time")
    expires_at: Moment | None = None
    issued_in: Location | None = None
    issuer: Line | None = wco("R058", "Submitter. Name. Text")
    issuer_role: Line | None = wco("R005", "Submitter. Role. Code")
    exemption: Line | None = wco("360", "Additional Document. LPCO Exemption. Code")
    written_off: WriteOff | None = wco("22C", "Write Off")


class PreviousDocument(Part):
    """A document before this one: manifest, temporary storage, earlier declaration (WCO class 99A)."""

    category: Line | None = wco("D031", "Previous Document. Category. Code")
    type: Line | None = wco("D019", "Previous Document. Type. Code")
    number: Line | None = wco("D018", "Previous Document. Identification. Identifier")
    line: int | None = wco("171", "Previous Document. Line. Numeric")


class Packaging(Part):
    """Packages of one kind, what is marked on them and what they measure (WCO class 93A)."""

    sequence: int | None = wco("006", "Packaging. Sequence. Numeric")
    packages: Packages | None = None
    marks: Text | None = wco("142", "Packaging. Marks Numbers. Identifier")
    material: Text | None = wco("344", "Packaging. Packing Material Description. Text")
    length: Measure | None = wco("367", "Packaging. Length. Measure")
    width: Measure | None = wco("368", "Packaging. Width. Measure")
    height: Measure | None = wco("402", "Packaging. Height. Measure")
    volume: Measure | None = wco("395", "Packaging. Volume. Measure")


class Procedure(Part):
    """A procedure or indicator asked for, and the procedure before it (WCO class 70A)."""

    code: Coded | None = wco("166", "Government Procedure. Current. Code")
    previous: Line | None = wco("161", "Government Procedure. Previous. Code")


class Authorisation(Part):
    """An authorisation that the declaration relies on, by its holder (WCO class 17C)."""

    holder: Coded | None = wco("R144", "Authorisation Holder. Identification. Identifier")
    category: Line | None = wco("R145", "Authorisation Holder. Category. Code")


class RoleParty(Part):
    """A party named by identifier and role alone (WCO classes 16C and 55B)."""

    id: Coded | None = wco("R143", "AEO Mutual Recognition Party. Identification. Identifier")
    role: Line | None = wco("R005", "AEO Mutual Recognition Party. Role. Code")


class SecurityItem(Part):
    """An item of the consignment as far as safety and security ask for it (WCO class 29A)."""

    sequence: int | None = wco("006", "Consignment Item. Sequence. Numeric")
    consignor: Party | None = wco("30A", "Consignor")
    freight_payment: Line | None = wco("098", "Freight. Payment Method. Code")


class RoutingCountry(Part):
    """One country of the route, in the order in which it is passed (WCO class 81A)."""

    country: Line | None = wco("064", "Itinerary. Routing Country. Code")


class SecurityConsignment(OptionalPart):
    """The consignment as far as safety and security ask for it (WCO class 28A)."""

    consignor: Party | None = wco("30A", "Consignor")
    freight_payment: Line | None = wco("098", "Freight. Payment Method. Code")
    items: tuple[SecurityItem, ...] = wco_list("29A", "Consignment Item")
    routing: tuple[RoutingCountry, ...] = wco_list("81A", "Itinerary")


class CurrencyExchange(Part):
    """A rate of exchange as declared (WCO class 40A)."""

    currency: Line | None = wco("135", "Currency Exchange. Currency Type. Code")
    rate: Decimal | None = wco("118", "Currency Exchange. Rate. Numeric")


class GoodsLocation(Location):
    """Where the goods can be examined (WCO class 64A)."""

    type: Line | None = wco("L110", "Goods Location. Type. Code")
    address: Address | None = wco("04A", "Address")


class ValueCharge(Part):
    """What is added to the value, or deducted from it (WCO class 58B)."""

    type: Line | None = wco("371", "Charge Deduction. Charges Type. Code")
    amount: Money | None = wco("181", "Charge Deduction. Other Charge Deduction. Amount")


class Valuation(OptionalPart):
    """How the goods are valued (WCO class 41A)."""

    method: Line | None = wco("122", "Customs Valuation. Method. Code")
    freight: Money | None = wco("117", "Customs Valuation. Freight Charge. Amount")
    charges: tuple[ValueCharge, ...] = wco_list("58B", "Charge Deduction")


class Invoice(OptionalPart):
    """The commercial invoice (WCO class 78A)."""

    number: Line | None = wco("D016", "Invoice. Identification. Identifier")
    issued_at: Moment | None = wco("D015", "Invoice. Issue. Date Time")


class Warehouse(OptionalPart):
    """The customs warehouse (WCO class 43B)."""

    id: Coded | None = wco("L019", "Warehouse. Identification. Identifier")
    type: Line | None = wco("L112", "Warehouse. Type. Code")


class Guarantee(Part):
    """Security for duties (WCO class 90A)."""

    number: Line | None = wco("D014", "Obligation Guarantee. Identification. Identifier")
    reference: Line | None = wco("100", "Obligation Guarantee. Reference. Identifier")
    type: Line | None = wco("101", "Obligation Guarantee. Security Details. Code")
    amount: Money | None = wco("492", "Obligation Guarantee. Amount. Amount")
    access_code: Line | None = wco("499", "Obligation Guarantee. Access. Code")
    office: Location | None = wco("14C", "Guarantee Office")


class Origin(Part):
    """Where the goods come from, in the sense that `type` says (WCO class 92A)."""

    country: Line | None = wco("063", "Origin. Country. Code")
    region: Line | None = wco("066", "Origin. Region. Identifier")
    type: Line | None = wco("501", "Origin. Type. Code")


class Classification(Part):
    """A commodity code of another kind than the tariff's, and which kind (WCO class 21A)."""

    code: Line | None = wco("145", "Classification. Identification. Identifier")
    type: Line | None = None


class DeclaredItem(Part):
    """A goods item of a declaration (WCO class 68A).

    `origin` is the country of origin, `origins` are countries in other senses; `commodity` is the code of the tariff,
    `classifications` are others where a message has any number of them.
    """

    sequence: int | None = wco("006", "Government Agency Goods Item. Sequence. Numeric")
    commodity: Coded | None = wco("145", "Classification. Identification. Identifier")
    second_classification: Coded | None = None
    third_classification: Coded | None = None
    classifications: tuple[Classification, ...] = wco_list("21A", "Classification")
    description: Text | None = wco("137", "Commodity. Description. Text")
    remarks: tuple[Remark, ...] = ()
    statements: tuple[Statement, ...] = wco_list("03A", "Additional Information")
    dangerous_goods: tuple[DangerousGoods, ...] = wco_list("12C", "Dangerous Goods")
    gross: Measure | None = wco("126", "Goods Measure. Gross Mass. Measure")
    net: Measure | None = wco("128", "Goods Measure. Net Net Weight. Measure")
    tariff_quantity: Measure | None = wco("130", "Goods Measure. Tariff. Quantity")
    origin: Line | None = wco("063", "Origin. Country. Code")
    origin_region: Line | None = wco("066", "Origin. Region. Identifier")
    origins: tuple[Origin, ...] = wco_list("92A", "Origin")
    export_country: Line | None = wco("062", "Export Country. Country. Code")
    destination_country: Line | None = wco("465", "Destination. Country. Code")
    destination_region: Line | None = wco("477", "Destination. Region. Identifier")
    packagings: tuple[Packaging, ...] = wco_list("93A", "Packaging")
    equipment: tuple[ItemEquipment, ...] = wco_list("31B", "Transport Equipment")
    procedures: tuple[Procedure, ...] = wco_list("70A", "Government Procedure")
    transaction_nature: Line | None = wco("103", "Government Agency Goods Item. Transaction Nature. Code")
    amounts: tuple[Amount, ...] = ()
    customs_value: Money | None = wco("108", "Government Agency Goods Item. Customs Value. Amount")
    statistical_value: Money | None = wco("114", "Government Agency Goods Item. Statistical Value. Amount")
    invoice_amount: Money | None = wco("112", "Invoice Line. Item Charge. Amount")
    valuation: Valuation | None = wco("41A", "Customs Valuation")
    valuation_adjustment: Line | None = wco("188", "Valuation Adjustment. Addition. Code")
    references: tuple[Reference, ...] = wco_list("99A", "Previous Document")
    previous_documents: tuple[PreviousDocument, ...] = wco_list("99A", "Previous Document")
    own_reference: Line | None = wco("009", "UCR. Trader Assigned Reference. Identifier")
    unique_reference: Line | None = wco("016", "UCR. Identification. Identifier")
    documents: tuple[SupportingDocument, ...] = wco_list("02A", "Additional Document")
    taxes: tuple[Tax, ...] = wco_list("50A", "Duty Tax Fee")
    consignor: Party | None = wco("30A", "Consignor")
    consignee: Party | None = wco("27A", "Consignee")
    buyer: Party | None = wco("16A", "Buyer")
    seller: Party | None = wco("09B", "Seller")
    manufacturers: tuple[ListedParty, ...] = wco_list("86A", "Manufacturer")
    refund_recipients: tuple[ListedParty, ...] = wco_list("59B", "Refund Recipient Party")
    mutual_recognition: tuple[RoleParty, ...] = wco_list("16C", "AEO Mutual Recognition Party")
    tax_parties: tuple[RoleParty, ...] = wco_list("55B", "Domestic Duty Tax Party")


class DeclarationTotals(OptionalPart):
    """Control totals as declared, not as computed."""

    items: int | None = wco("228", "Declaration. Goods Item. Quantity")
    packages: int | None = wco("146", "Declaration. Total Package. Quantity")
    loading_lists: int | None = wco("013", "Declaration. Loading List. Quantity")
    gross: Measure | None = wco("131", "Declaration. Total Gross Mass. Measure")
    net: Measure | None = None
    invoice: Money | None = wco("109", "Declaration. Invoice. Amount")


class GoodsDeclaration(Part):
    """A customs declaration of goods (WCO class 42A).

    `reference` is the declarant's LRN, `registration` the authority's number (MRN); `type` is the kind of declaration
    as its authority codes it, `intent` what the declarant wants, rendered per profile and never passed through.
    `procedure` says what is declared (import, export, transit, with its type), `voyage` is the means of transport that
    crosses the border.
    """

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    registration: Line | None = wco("D014", "Declaration. Identification. Identifier")
    version: Line | None = wco("383", "Declaration. Version. Identifier")
    own_reference: Line | None = wco("009", "UCR. Trader Assigned Reference. Identifier")
    previous_reference: Line | None = None
    unique_reference: Line | None = wco("016", "UCR. Identification. Identifier")
    bill: Line | None = wco("D023", "Transport Contract Document. Identification. Identifier")
    manifest_number: Line | None = None
    references: tuple[Reference, ...] = wco_list("99A", "Previous Document")
    previous_documents: tuple[PreviousDocument, ...] = wco_list("99A", "Previous Document")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    procedure: Coded | None = wco("166", "Government Procedure. Current. Code")
    procedures: tuple[Procedure, ...] = ()
    specific_circumstances: Line | None = wco("504", "Declaration. Specific Circumstances. Code")
    transaction_nature: Line | None = wco("103", "Goods Shipment. Transaction Nature. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    issued_in: Location | None = wco("D012", "Declaration. Issue Location. Identifier")
    accepted_at: Moment | None = wco("023", "Declaration. Acceptance. Date Time")
    presented_at: Moment | None = None
    exit_at: Moment | None = wco("024", "Goods Shipment. Exit. Date Time")
    office: Location | None = wco("065", "Declaration. Declaration Office. Identifier")
    entry_office: Location | None = wco("G004", "Entry Office. Identification. Identifier")
    exit_office: Location | None = wco("G005", "Exit Office. Identification. Identifier")
    presentation_office: Location | None = wco("G015", "Presentation Office. Identification. Identifier")
    supervising_office: Location | None = wco("G012", "Supervising Office. Identification. Identifier")
    export_country: Location | None = wco("062", "Export Country. Identification. Identifier")
    destination_country: Location | None = wco("465", "Destination. Country. Code")
    destination_region: Line | None = wco("477", "Destination. Region. Identifier")
    loading: Location | None = wco("83A", "Loading Location")
    discharge: Location | None = wco("38B", "Unloading Location")
    goods_location: GoodsLocation | None = wco("64A", "Goods Location")
    warehouse: Warehouse | None = wco("43B", "Warehouse")
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
    carrier: Party | None = wco("18A", "Carrier")
    parties: tuple[RoledParty, ...] = ()
    payers: tuple[ListedParty, ...] = wco_list("56B", "Payer")
    sureties: tuple[ListedParty, ...] = wco_list("19B", "Surety")
    mutual_recognition: tuple[RoleParty, ...] = wco_list("16C", "AEO Mutual Recognition Party")
    tax_parties: tuple[RoleParty, ...] = wco_list("55B", "Domestic Duty Tax Party")
    authorisations: tuple[Authorisation, ...] = wco_list("17C", "Authorisation Holder")
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    departure_transport: Voyage | None = wco("46A", "Departure Transport Means")
    arrival_transport: Voyage | None = wco("10A", "Arrival Transport Means")
    inland_transport: Voyage | None = None
    security: SecurityConsignment | None = wco("28A", "Consignment")
    terms: Terms | None = wco("22B", "Trade Terms")
    invoice: Invoice | None = wco("78A", "Invoice")
    valuation: Valuation | None = wco("41A", "Customs Valuation")
    amounts: tuple[Amount, ...] = ()
    exchange_rates: tuple[CurrencyExchange, ...] = wco_list("40A", "Currency Exchange")
    guarantees: tuple[Guarantee, ...] = wco_list("90A", "Obligation Guarantee")
    remarks: tuple[Remark, ...] = wco_list("03A", "Additional Information")
    statements: tuple[Statement, ...] = wco_list("03A", "Additional Information")
    amendments: tuple[Amendment, ...] = wco_list("06A", "Amendment")
    documents: tuple[SupportingDocument, ...] = wco_list("02A", "Additional Document")
    packagings: tuple[Packaging, ...] = ()
    containerised: CodeName | None = wco("096", "Consignment. Container. Code")
    equipment: tuple[Equipment, ...] = wco_list("31B", "Transport Equipment")
    seals: tuple[Seal, ...] = wco_list("44B", "Seal")
    totals: DeclarationTotals | None = None
    items: tuple[DeclaredItem, ...] = wco_list("68A", "Government Agency Goods Item")
    taxes: tuple[Tax, ...] = wco_list("50A", "Duty Tax Fee")
