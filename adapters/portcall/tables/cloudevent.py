"""The envelope: CloudEvents 1.0 in its JSON format, structured mode. What it says of an event, every message says.

`id` is the event's id and how certain it is, so that both tellings of one event are two CloudEvents. `recordedtime`
is a documented extension; `confidence`, `detail`, `zone` and `zonekind` are ours, for what a vocabulary lacks.
"""

from __future__ import annotations

from adapters.portcall.fields import Derived, Fixed, Member, Moment, Object, Sender, Text

SPECVERSION = "1.0"
CONTENT_TYPE = "application/json"
TYPES = r"org\.pierhead\.vessel\.[a-z.]+\.v1"
CERTAINTIES = ("provisional", "confirmed")

CONFIDENCE = Member("confidence", Text(form=r"0(\.\d+)?|1(\.0+)?"), required=True)
DETAIL = Member("detail", required=True)
#: The site's own zone: its id and kind, which no other vocabulary names.
ZONE = (Member("zone"), Member("zonekind"))


def cloudevent(
    schema: str, data: Object, subject: tuple[tuple[str, str], ...], extensions: tuple[Member, ...]
) -> Object:
    """Return the CloudEvent around `data`; `subject` says where the identity of the ship stands."""
    return Object(
        "CloudEvent",
        (
            Fixed("specversion", SPECVERSION),
            Member(
                "id", Text(form=r"(?P<event>.+)\.(?P<certainty>[a-z]+)", written="{event}.{certainty}"), required=True
            ),
            Sender("source"),
            Member("type", Text(form=TYPES), required=True),
            Derived("subject", subject),
            Member("time", Moment()),
            Member("recordedtime", Moment()),
            Fixed("datacontenttype", CONTENT_TYPE, required=False),
            Fixed("dataschema", schema, required=False, checked=False),
            *extensions,
            data,
        ),
        open=True,
    )
