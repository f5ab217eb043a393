"""Recorded lines beside the repository: each gives a message or says why not, and messages go back to the same bits."""

from __future__ import annotations

from collections import Counter

import pytest
from ais_lines import CORPUS, at, messages

from adapters.ais import Message, Receiver, Reject, bits_of, decode, encode
from adapters.ais.armour import dearmour

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")

#: What each file gives: messages, and rejects by reason.
FILES = {
    "gfw/bad-tagblock-group.nmea": (1, {}),
    "gfw/bad-type5.nmea": (0, {"TOO_SHORT": 1, "TOO_LONG": 1, "TEXT": 3, "INCOMPLETE": 2}),
    "gfw/ee-multiline.nmea": (8, {}),
    "gfw/errors.nmea": (1, {"TOO_LONG": 2, "CHECKSUM_WRONG": 2}),
    "gfw/mixed_types.nmea": (99, {}),
    "gfw/multi-part.nmea": (43, {}),
    "gfw/sample.nmea": (3, {}),
    "gfw/spire-test.nmea": (1, {"REPEATED": 2}),
    "gfw/type1-bad-bitcount.nmea": (0, {"TOO_LONG": 12}),
    "libais/tagblock.nmea": (4, {}),
    "libais/typeexamples.nmea": (26, {}),
    "pyais/ais_test_messages": (7, {"COMMENT": 1}),
    "pyais/gatehouse.nmea": (4, {"OTHER": 4, "COMMENT": 1}),
    "pyais/messages.ais": (6, {"COMMENT": 2}),
    "pyais/mixed.txt": (12, {"COMMENT": 5, "OTHER": 6, "TEXT": 2, "CHECKSUM_MISSING": 1}),
    "pyais/nmea_data_sample.txt": (778, {"EMPTY": 100, "INCOMPLETE": 20}),
    "pyais/timestamped.ais": (4, {"OTHER": 4, "COMMENT": 1}),
}


def received(name: str, receiver: Receiver) -> list[Message | Reject]:
    lines = (CORPUS / name).read_bytes().splitlines()
    found = [one for place, line in enumerate(lines) for one in receiver.receive_line(line, at(place / 10))]
    return [*found, *receiver.close()]


@pytest.mark.parametrize(("name", "counts"), FILES.items(), ids=FILES)
def test_every_line_is_a_message_or_counted_by_its_reason(name: str, counts: tuple[int, dict[str, int]]) -> None:
    receiver = Receiver(name)
    found = received(name, receiver)
    assert (len(messages(found)), {reason.name: count for reason, count in receiver.counts.items()}) == counts
    assert Counter(one.reason for one in found if isinstance(one, Reject)) == receiver.counts


@pytest.mark.parametrize("name", [*FILES, "libais/test.aivdm"])
def test_every_message_goes_back_to_the_bits_it_came_from(name: str) -> None:
    for one in messages(received(name, Receiver(name))):
        assert decode(bits_of(one)) == one
        again = [part for line in encode(one) for part in Receiver(name).receive_line(line, at(0))]
        assert again == [one] or len(encode(one)) > 1


def test_over_long_messages_whose_talker_changes_between_parts_are_joined_only_where_the_source_says_so() -> None:
    strict, lenient = Receiver("feed"), Receiver("feed", talker_matters=False)
    received("gfw/bad-type5.nmea", strict)
    found = received("gfw/bad-type5.nmea", lenient)
    assert {reason.name for reason in strict.counts} >= {"INCOMPLETE"}
    assert "INCOMPLETE" not in {reason.name for reason in lenient.counts}
    joined = next(one for one in found if isinstance(one, Reject))
    payload = b"".join(line.split(b",")[-2] for line in joined.content.splitlines())
    assert dearmour(payload, 2).length == 448  # as no type 5 is: said to be too long, and not decoded


def test_a_group_whose_second_part_names_neither_station_nor_time_inherits_both() -> None:
    found = messages(received("gfw/ee-multiline.nmea", Receiver("feed")))
    static = [one for one in found if one.type == 5]
    assert [one.heard.station for one in static if one.heard] == ["66", "66"]
    assert all(one.heard and one.heard.sent_at for one in static)
