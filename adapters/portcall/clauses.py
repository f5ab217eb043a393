"""The rules that findings on JSON go by, for people: what places are called, where a rule stands, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.portcall import faults
from adapters.portcall.structure import structures
from gateway.model.finding import Finding, Position
from gateway.model.stages import MessageType
from gateway.plugin import Clause, Names

_JSON, _EVENT, _TABLE = "RFC 8259", "CloudEvents 1.0", "table"

#: By code: the meaning in a few words, where the rule stands, and what to do.
_CLAUSES: Mapping[str, tuple[str, str, str]] = {
    faults.NOT_WELL_FORMED: ("JSON is not well-formed", _JSON, "Write JSON with a library, not by joining texts."),
    faults.KEY_TWICE: ("Member stands twice in one object", _JSON, "Send each member once."),
    faults.TOO_LARGE: ("File is too large", "limit", "Send fewer events at once."),
    faults.TOO_DEEP: ("Values are nested too deeply", "limit", "Nest less deeply."),
    faults.ENCODING: ("Text is not UTF-8", _JSON, "Send UTF-8."),
    faults.NO_JSON: ("There is no JSON", _JSON, "Send the event."),
    faults.UNKNOWN_MESSAGE: ("Event is not known", _EVENT, "Send one of the messages known here."),
    faults.UNKNOWN_SCHEMA: ("Schema of the data is not known", _EVENT, "Write the dataschema of the message."),
    faults.SAID_ABSENT: ("Member without a value", _TABLE, "Leave the member out."),
    faults.WHITE_SPACE: ("White space around a text", _TABLE, "Write the value alone."),
    faults.FRACTION: ("Fraction of a second is cut off", _TABLE, "Send whole seconds."),
    faults.MADE_OTHERWISE: ("Value is not the one that is made here", _TABLE, "None, if nobody needs it here."),
    faults.EXTENSION: ("Extension attribute is passed over", _EVENT, "None, if nobody needs it here."),
    faults.UNKNOWN_MEMBER: ("Member is not in the table", _TABLE, "Correct its name, or leave it out."),
    faults.MISSING: ("Member is missing", _TABLE, "Add the member."),
    faults.WRONG_TYPE: ("Value is of the wrong type", _TABLE, "Send a value of the type named."),
    faults.WRONG_LENGTH: ("Text or list is too long or too short", _TABLE, "Send as much as the table allows."),
    faults.NOT_IN_LIST: ("Text is not in its list", _TABLE, "Send one of the texts listed."),
    faults.WRONG_FORM: ("Value does not have the form asked for", _TABLE, "Send a value of the form asked for."),
    faults.NOT_TOGETHER: ("Codes do not go together", _TABLE, "Send codes that go together."),
}


def clause(type_: MessageType, finding: Finding) -> Clause | None:
    """Return the rule of a finding on JSON; None for a code that is not of this adapter."""
    if finding.code not in _CLAUSES:
        return None
    title, where, remedy = _CLAUSES[finding.code]
    found = structures().get(type_.name)
    if where == _TABLE:
        where = found.table.schema if found else "table of the message"
    return Clause(title, where, remedy)


def names(type_: MessageType, position: Position) -> Names:
    """Return the innermost object of a pointer, and the member in it."""
    found = structures().get(type_.name)
    if found is None:
        return Names()
    place = found.places[1]
    steps = [step for step in position.xpath.split("/")[1:] if not step.isdigit()]
    for number, step in enumerate(steps):
        below = found.below(place, step)
        if below is None:
            return Names(place.name, "/".join(steps[number:]))
        place = below
    return Names(place.name)
