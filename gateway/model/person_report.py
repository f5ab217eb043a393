"""PersonReport: who is on board (FAL 5 and 6, advance passenger information; PAXLST).

Everything in it is personal data.
"""

from __future__ import annotations

from gateway.model.base import Coded, CodeName, Line, Moment, OptionalPart, Part, wco, wco_list
from gateway.model.location import Location
from gateway.model.party import Address, Party
from gateway.model.port_call import PortCall
from gateway.model.vessel import Voyage


class TravelDocument(Part):
    """A passport, visa or other paper of a person; `issued_in` is a country."""

    type: Coded | None = None
    number: Line | None = None
    expires_at: Moment | None = None
    issued_in: Coded | None = None


class Person(Part):
    """One person on board, passenger or crew, staying or in transit."""

    role: CodeName | None = None
    family_name: Line | None = None
    given_name: Line | None = None
    other_names: Line | None = None
    address: Address | None = None
    sex: Line | None = None
    born_on: Moment | None = None
    birth_country: Coded | None = None
    birth_place: Line | None = None
    nationality: Coded | None = None
    residence: Coded | None = None
    embarkation: Location | None = None
    disembarkation: Location | None = None
    first_clearance: Location | None = None
    rank: Coded | None = None
    reservation: Line | None = None
    own_reference: Line | None = None
    government_reference: Line | None = None
    seat: Line | None = None
    documents: tuple[TravelDocument, ...] = ()


class PersonTotal(OptionalPart):
    """How many persons the report holds, as declared: passengers or crew."""

    of: CodeName | None = None
    count: int | None = None


class PersonReport(Part):
    """A list of the crew or of the passengers of one voyage; `type` says which (745 passengers, 250 crew)."""

    type: Line | None = wco("D013", "Declaration. Type. Code")
    type_name: Line | None = None
    reference: Line | None = wco("D026", "Declaration. Functional Reference. Identifier")
    intent: CodeName | None = wco("017", "Declaration. Function. Code")
    issued_at: Moment | None = wco("D011", "Declaration. Issue. Date Time")
    transaction: Line | None = None
    sender: Party | None = wco("17B", "Submitter")
    recipient: Party | None = None
    carrier: Party | None = None
    voyage: Voyage | None = wco("15A", "Border Transport Means")
    itinerary: tuple[PortCall, ...] = wco_list("81A", "Itinerary")
    persons: tuple[Person, ...] = ()
    total: PersonTotal | None = None
