"""CustomsResponse: what customs answers to a report or declaration (WCO class 07B, CUSRES)."""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Moment, OptionalPart, Part, Text, wco, wco_list
from gateway.model.location import Location
from gateway.model.party import Party
from gateway.model.statement import Amendment, PointerStep, Statement
from gateway.model.tax import Money, Tax
from gateway.model.vessel import Voyage


class SegmentPointer(OptionalPart):
    """A place in an EDIFACT message, as an ERP segment gives it.

    `segment` is the position of the segment in its message, UNH = 1 (0096), `tag` its tag. Where we point,
    `item` is the position of the element in it counting the tag as 1 (0098), and `sub_item` that of
    the component (0104); other senders put an item number of their own there (docs/adr/0006).
    """

    section: CodeName | None = None
    item: Line | None = None
    sub_item: int | None = None
    tag: Line | None = None
    segment: Line | None = None


class Fault(Part):
    """One error that customs found (WCO class 53A; ERP, RFF, ERC, FTX)."""

    code: Coded | None = wco("377", "Error. Validation. Code")
    text: Text | None = wco("488", "Error. Description. Text")
    pointer: tuple[PointerStep, ...] = wco_list("97A", "Pointer")
    place: SegmentPointer | None = None
    bill: Line | None = None
    equipment: Line | None = None


class Status(Part):
    """One status that customs gave (WCO class 12B; GIS, GEI)."""

    code: Coded | None = wco("379", "Status. Name. Code")
    effective_at: Moment | None = wco("380", "Status. Effective. Date Time")
    released_at: Moment | None = wco("277", "Status. Release. Date Time")
    pointer: tuple[PointerStep, ...] = wco_list("97A", "Pointer")


class Subject(OptionalPart):
    """The document that is answered: the declarant's LRN, and the registration number (MRN).

    `secondary` is a further reference of customs (RFF+AFM).
    """

    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    registration: Line | None = wco("D014", "Declaration. Identification. Identifier")
    secondary: Line | None = None
    version: Line | None = wco("383", "Declaration. Version. Identifier")
    accepted_at: Moment | None = wco("023", "Declaration. Acceptance. Date Time")
    cancelled_at: Moment | None = wco("373", "Declaration. Cancellation. Date Time")
    rejected_at: Moment | None = wco("374", "Declaration. Rejection. Date Time")


class Bank(OptionalPart):
    """Where duties are to be paid (WCO class 14A)."""

    id: Coded | None = wco("R069", "Bank. Reference. Identifier")
    account: Line | None = wco("372", "Bank. Account Identification. Identifier")


class PaymentGuarantee(Part):
    """Security that a payment is taken from (WCO class 90A)."""

    reference: Line | None = wco("100", "Obligation Guarantee. Reference. Identifier")


class Payment(Part):
    """A payment that customs asks for or confirms, for all duties together (WCO classes 50A and 94A)."""

    reference: Line | None = wco("014", "Payment. Reference. Identifier")
    assessed: Money | None = wco("120", "Payment. Tax Assessed. Amount")
    payable: Money | None = wco("378", "Payment. Payment. Amount")
    due_at: Moment | None = wco("376", "Payment. Due. Date Time")
    guarantees: tuple[PaymentGuarantee, ...] = wco_list("90A", "Obligation Guarantee")


class AssessedItem(Part):
    """The duties that customs found for one goods item (WCO class 68A)."""

    sequence: int | None = wco("006", "Government Agency Goods Item. Sequence. Numeric")
    taxes: tuple[Tax, ...] = wco_list("50A", "Duty Tax Fee")


class CustomsResponse(Part):
    """An answer of customs, or of another recipient's application (CUSRES, APERAK, WCO Response).

    `verdict` is accepted, rejected, received, released, held, ... as the profile's table names it;
    `reference` identifies the answer itself (de-duplicate on it), `subject` what it answers, and
    `previous_reference` the message that is answered or an earlier one (RFF+ACW). `status_text` is what the status
    means in words (FTX+AHN), `fault_count` how many faults customs counted (CNT+55).
    """

    type: Line | None = None
    type_name: Line | None = None
    verdict: CodeName | None = wco("017", "Response. Function. Code")
    reference: Line | None = wco("D026", "Response. Functional Reference. Identifier")
    issued_at: Moment | None = wco("D029", "Response. Issue. Date Time")
    status_text: Text | None = None
    fault_count: int | None = None
    text: Text | None = wco("225", "Additional Information. Statement Description. Text")
    subject: Subject | None = wco("42A", "Declaration")
    previous_reference: Line | None = None
    manifest_number: Line | None = None
    cargo_control_number: Line | None = None
    voyage: Voyage | None = None
    office: Location | None = wco("G002", "Contact Office. Identification. Identifier")
    recipient: Party | None = None
    sender: Party | None = None
    appeal_office: Location | None = wco("07A", "Appeal Office")
    bank: Bank | None = wco("14A", "Bank")
    statements: tuple[Statement, ...] = wco_list("03A", "Additional Information")
    amendments: tuple[Amendment, ...] = wco_list("06A", "Amendment")
    payments: tuple[Payment, ...] = wco_list("94A", "Payment")
    items: tuple[AssessedItem, ...] = wco_list("68A", "Government Agency Goods Item")
    statuses: tuple[Status, ...] = wco_list("12B", "Status")
    faults: tuple[Fault, ...] = wco_list("53A", "Error")
