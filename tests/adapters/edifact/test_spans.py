"""What an envelope says of the bytes it stands for, and of who exactly exchanges them: by this repeats are known."""

from __future__ import annotations

import pytest

from adapters.edifact.adapter import EdifactAdapter
from gateway.model.stages import Envelope, Interchange, Party

ADAPTER = EdifactAdapter()
ONE = b"UNA:+.? '\nUNB+UNOC:3+A:ZZ+B:ZZ+261102:0815+R1'\nUNH+1+APERAK:D:96B:UN'BGM+313+X+9'UNT+3+1'\nUNZ+1+R1'"
TWO = b"UNB+UNOC:3+A:ZZ+B:ZZ+261102:0815+R2'UNH+1+APERAK:D:96B:UN'BGM+313+X+9'UNT+3+1'UNZ+1+R2'"
CUT = TWO[: TWO.index(b"UNZ")]


def spans(content: bytes) -> list[bytes]:
    """The bytes of each interchange, as decoding has them."""
    ends = (item for item in ADAPTER.decode([content]) if isinstance(item, Interchange))
    return [cut(content, end.envelope) for end in ends]


def cut(content: bytes, envelope: Envelope) -> bytes:
    assert envelope.span is not None
    return content[slice(*envelope.span)]


@pytest.mark.parametrize(
    ("content", "interchanges"),
    [
        (ONE, [ONE]),
        (b"\r\n" + ONE + b"\r\n\r\n", [ONE]),
        (ONE + TWO, [ONE, TWO]),
        (ONE + b"\r\n" + TWO + b"\n" + ONE, [ONE, TWO, ONE]),
    ],
    ids=["alone", "white space around", "side by side", "white space between"],
)
def test_each_interchange_has_its_own_bytes(content: bytes, interchanges: list[bytes]) -> None:
    assert spans(content) == interchanges
    assert cut(content, ADAPTER.envelope(content)) == interchanges[0]


def test_an_interchange_that_does_not_end_goes_up_to_the_next() -> None:
    content = CUT + ONE
    assert spans(content)[1] == ONE
    assert spans(content)[0].rstrip() == CUT == cut(content, ADAPTER.envelope(content)).rstrip()


def test_the_internal_sub_identifications_of_version_4_belong_to_the_parties() -> None:
    content = TWO.replace(b"UNOC:3+A:ZZ+B:ZZ", b"UNOC:4+A:ZZ:I1:BRANCH+B:ZZ::DESK")
    envelope = ADAPTER.envelope(content)
    assert (envelope.sender, envelope.recipient) == (Party("A", "ZZ", "BRANCH"), Party("B", "ZZ", "DESK"))
