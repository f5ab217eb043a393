"""The parties of a document."""

from __future__ import annotations

from typing import ClassVar

from gateway.model.base import Coded, CodeName, Line, OptionalPart, Part, Text, wco


class Address(OptionalPart):
    """A structured postal address (WCO class 04A)."""

    street: Text | None = wco("239", "Address. Line. Text")
    city: Line | None = wco("241", "Address. City Name. Text")
    subdivision: Coded | None = wco("244", "Address. Country Sub-Division. Code")
    subdivision_name: Line | None = wco("243", "Address. Country Sub-Division Name. Text")
    postcode: Line | None = wco("245", "Address. Postcode. Identifier")
    country: Line | None = wco("242", "Address. Country. Code")
    type: Line | None = wco("410", "Address. Type. Code")


class Contact(OptionalPart):
    """Whom to call (WCO class 34A)."""

    id: Line | None = None
    name: Line | None = wco("246", "Contact. Name. Text")
    email: Line | None = wco("240", "Communication. Identification. Identifier")
    phone: Line | None = wco("240", "Communication. Identification. Identifier")
    fax: Line | None = wco("240", "Communication. Identification. Identifier")


class PartyDetails(Part):
    """What is said of a party: identifier, free text, or name and address; never both kinds of address (Australia)."""

    id: Coded | None = wco("R011", "Party. Identification. Identifier")
    free: Text | None = None
    name: Text | None = wco("R012", "Party. Name. Text")
    address: Address | None = wco("04A", "Address")
    contact: Contact | None = wco("34A", "Contact")


class Party(PartyDetails, OptionalPart):
    """A party that has a field of its own in the document."""


class ListedParty(PartyDetails):
    """A party in a list, where an entry without details keeps its place."""


class RoledParty(Party):
    """A party with its role, where a document has no field of its own for it."""

    is_entry: ClassVar[bool] = True
    role: CodeName | None = None
