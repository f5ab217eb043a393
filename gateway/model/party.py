"""The parties of a document."""

from __future__ import annotations

from gateway.model.base import Coded, Line, OptionalPart, Text, wco


class Address(OptionalPart):
    """A structured postal address (WCO class 04A)."""

    street: Text | None = wco("239", "Address. Line. Text")
    city: Line | None = wco("241", "Address. City Name. Text")
    subdivision: Coded | None = wco("243", "Address. Country Sub-Division Name. Text")
    postcode: Line | None = wco("245", "Address. Postcode. Identifier")
    country: Line | None = wco("242", "Address. Country. Code")


class Contact(OptionalPart):
    """Whom to call (WCO class 34A)."""

    id: Line | None = None
    name: Line | None = wco("246", "Contact. Name. Text")
    email: Line | None = wco("240", "Communication. Identification. Identifier")
    phone: Line | None = wco("240", "Communication. Identification. Identifier")
    fax: Line | None = wco("240", "Communication. Identification. Identifier")


class Party(OptionalPart):
    """A party by identifier, by free text, or by name and address; never both kinds of address (Australia)."""

    id: Coded | None = wco("R011", "Party. Identification. Identifier")
    free: Text | None = None
    name: Text | None = wco("R012", "Party. Name. Text")
    address: Address | None = wco("04A", "Address")
    contact: Contact | None = wco("34A", "Contact")
