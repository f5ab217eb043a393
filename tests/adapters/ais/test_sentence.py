r"""Lines as feeds send them: checksums, tag blocks, and what hangs on a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ais_lines import ALDER, at, heard, messages, position, reasons, static, tagged, with_checksum

from adapters.ais import Message, Receiver, encode, message
from adapters.ais.tagblock import Group, moment, tag_block

SENTENCE = position(sog=7.5)


def only(line: bytes) -> Message:
    (found,) = messages(heard(Receiver("feed"), [line]))
    return found


def rejected(*lines: bytes) -> list[str]:
    return reasons(heard(Receiver("feed"), lines))


def test_a_sentence_whose_checksum_is_wrong_is_no_message() -> None:
    wrong = b"%02X" % (int(SENTENCE[-2:], 16) ^ 1)
    assert rejected(SENTENCE[:-2] + wrong) == ["CHECKSUM_WRONG"]


def test_every_changed_character_is_found() -> None:
    for place in range(1, len(SENTENCE) - 3):
        changed = SENTENCE[:place] + bytes((SENTENCE[place] ^ 1,)) + SENTENCE[place + 1 :]
        assert rejected(changed)


def test_a_sentence_without_checksum_is_no_message() -> None:
    assert rejected(SENTENCE[:-3]) == ["CHECKSUM_MISSING"]


def test_a_checksum_may_be_in_small_letters() -> None:
    assert only(SENTENCE[:-2] + SENTENCE[-2:].lower())["sog"] == 7.5


@pytest.mark.parametrize("talker", ["AI", "AB", "BS", "SA", "AN"])
@pytest.mark.parametrize("formatter", ["VDM", "VDO"])
@pytest.mark.parametrize("channel", ["A", "B", "", "1", "2"])
def test_every_talker_formatter_and_channel_is_read(talker: str, formatter: str, channel: str) -> None:
    (line,) = encode(message("1", mmsi=211000001), talker=talker, formatter=formatter, channel=channel)  # type: ignore[arg-type]
    found = only(line)
    assert found.heard is not None
    assert (found.heard.talker, found.heard.channel, found.heard.own_ship) == (talker, channel, formatter == "VDO")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"foobar", "TEXT"),
        (b"# heard at the pier", "COMMENT"),
        (b"$GPGGA,184353.07,1929.045,S,02410.506,E,1,04,2.6,100.00,M,-33.9,M,,0000*6D", "OTHER"),
        (b"$PGHP,1,2008,5,9,0,0,0,10,338,2,,1,09*17", "OTHER"),
        (b"!BSVER,1*00", "OTHER"),
        (with_checksum("AIVDM,1,1,,B,,0"), "EMPTY"),
        (with_checksum("AIVDM,1,1,,B,1XYZ,0"), "MALFORMED"),  # X, Y and Z are no armour
        (with_checksum("AIVDM,1,1,,B,1234,6"), "MALFORMED"),
        (with_checksum("AIVDM,1,2,,B,1234,0"), "MALFORMED"),
        (with_checksum("AIVDM,0,0,,B,1234,0"), "MALFORMED"),
        (with_checksum("AIVDM,1,1,,B,1234"), "MALFORMED"),
        (with_checksum("AIVDM,1,1,,B," + "0" * 300 + ",0"), "MALFORMED"),
        (with_checksum("AIVDM,1,1,,B,1234,0"), "TOO_SHORT"),
        (with_checksum("AIVDM,1,1,,B,L0000000000000000000000000,0"), "UNKNOWN_TYPE"),
        (with_checksum("AIVDM,1,1,,B,00000000000000000000000000,0"), "UNKNOWN_TYPE"),
    ],
)
def test_what_is_no_message_is_counted_by_its_reason_and_kept(line: bytes, reason: str) -> None:
    receiver = Receiver("feed")
    (found,) = receiver.receive_line(line + b"\r\n", at(0))
    assert not isinstance(found, Message)
    assert (found.reason.name, found.content.strip()) == (reason, line)
    assert receiver.counts == {found.reason: 1}


@pytest.mark.parametrize("line", [b"", b"\r\n", b"  \t\r\n"])
def test_an_empty_line_is_nothing(line: bytes) -> None:
    assert heard(Receiver("feed"), [line]) == []


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"'", b'"\r\n'])
def test_what_ends_a_line_does_not_matter(end: bytes) -> None:
    assert only(SENTENCE + end)["sog"] == 7.5


def test_several_sentences_on_a_line_are_each_read() -> None:
    line = SENTENCE + tagged("s:one", position(mmsi=244000002)) + b" " + position(mmsi=265000003)
    assert [one.mmsi for one in messages(heard(Receiver("feed"), [line]))] == [211000001, 244000002, 265000003]


def test_text_before_a_sentence_is_counted_and_the_sentence_read() -> None:
    found = heard(Receiver("feed"), [b"heard: " + SENTENCE])
    assert (len(messages(found)), reasons(found)) == (1, ["TEXT"])


def test_the_suffix_of_a_coast_guard_says_who_heard_and_when() -> None:
    found = only(SENTENCE + b",d-109,S2105,t050056.00,T56.13718694,r003669946,1325394060,1325394001")
    assert found.heard is not None
    assert (found.heard.station, found.heard.sent_at) == ("r003669946", datetime(2012, 1, 1, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize("prefix", [b"1550303566167726840", b"1550303566167", b"1550303566"])
def test_the_time_of_a_log_before_a_sentence_is_when_it_was_sent(prefix: bytes) -> None:
    found = only(prefix + b" " + SENTENCE)
    assert found.heard is not None
    assert found.heard.sent_at is not None
    assert found.heard.sent_at.replace(microsecond=0) == datetime(2019, 2, 16, 7, 52, 46, tzinfo=UTC)


def test_a_wrapper_before_a_sentence_is_counted_and_does_not_matter() -> None:
    found = heard(Receiver("feed"), [b"$PGHP,1,2008,5,9,0,0,0,10,338,2,,1,09*17", SENTENCE])
    assert (reasons(found), len(messages(found))) == (["OTHER"], 1)


def test_a_tag_block_says_station_and_time() -> None:
    found = only(tagged("s:pier,c:1599239526,q:u,T:2020-09-04 17.12.06", SENTENCE))
    assert found.heard is not None
    assert (found.heard.station, found.heard.sent_at) == ("pier", datetime(2020, 9, 4, 17, 12, 6, tzinfo=UTC))
    assert found.heard.tag_block is not None
    assert dict(found.heard.tag_block.fields)["T"] == "2020-09-04 17.12.06"


def test_a_wrong_checksum_of_a_tag_block_is_flagged_and_does_not_condemn_the_sentence() -> None:
    found = only(b"\\c:1599239526,s:pier*00\\" + SENTENCE)
    assert found["sog"] == 7.5
    assert found.heard is not None
    assert found.heard.tag_block is not None
    assert not found.heard.tag_block.sound


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1599239526", datetime(2020, 9, 4, 17, 12, 6, tzinfo=UTC)),
        ("1599239526500", datetime(2020, 9, 4, 17, 12, 6, 500_000, tzinfo=UTC)),
        ("12415440354", None),  # a digit too many
        ("", None),
        ("-1", None),
        ("now", None),
        ("99999999999999", None),
        ("9" * 40, None),
    ],
)
def test_times_are_seconds_or_milliseconds_or_none(text: str, time: datetime | None) -> None:
    assert moment(text) == time


@pytest.mark.parametrize(
    ("content", "sound"),
    [(b"g:1-2-73874*", False), (b"g:1-2-73874", False), (b"s:A*8", True), (b"s:A*08", True), (b"s:A*008", False)],
)
def test_the_checksum_of_a_tag_block_has_one_digit_or_two(content: bytes, sound: bool) -> None:
    assert tag_block(content).sound is sound


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("1-2-73874", Group(1, 2, 73874)),
        ("1-2--001", None),
        ("2-1-1", None),
        ("0-1-1", None),
        ("1-2", None),
        ("", None),
    ],
)
def test_a_group_is_number_total_and_id_or_none(text: str, group: Group | None) -> None:
    assert tag_block(b"g:" + text.encode()).group == group


def test_a_text_that_is_a_time_is_one_where_no_time_is_given() -> None:
    assert tag_block(b"t:1599239526").time == datetime(2020, 9, 4, 17, 12, 6, tzinfo=UTC)
    assert tag_block(b"t:1599239526,c:1599239527").time == datetime(2020, 9, 4, 17, 12, 7, tzinfo=UTC)
    assert tag_block(b"t:harbour").time is None


def test_sentences_have_at_most_82_characters_and_the_checksum_they_need() -> None:
    lines = static(ALDER)
    assert [len(line) <= 80 for line in lines] == [True, True]
    assert messages(heard(Receiver("feed"), lines))[0].name == "ALDER"
