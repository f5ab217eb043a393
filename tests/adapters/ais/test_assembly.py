"""Parts to messages: whatever is lost, late, twice or in another order, no message is made of two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from ais_lines import ALDER, BIRCH, at, heard, messages, position, reasons, static, tagged
from hypothesis import given
from hypothesis import strategies as st

from adapters.ais import Message, Receiver, Reject, encode, message

X1, X2 = static(ALDER, sequence=3)
Y1, Y2 = static(BIRCH, sequence=3)
ALDER_SAYS = message("5", **ALDER)  # type: ignore[arg-type]
BIRCH_SAYS = message("5", **BIRCH)  # type: ignore[arg-type]


def found(*lines: bytes, pace: float = 0.1, **options: Any) -> list[Message]:
    return messages(heard(Receiver("feed", **options), lines, pace))


def test_two_parts_are_one_message() -> None:
    assert found(X1, X2) == [ALDER_SAYS]


def test_parts_in_reversed_order_are_one_message() -> None:
    assert found(X2, X1) == [ALDER_SAYS]


def test_three_parts_are_one_message_in_any_order() -> None:
    one = message("14", mmsi=2110001, text="A" * 120)
    first, second, third = encode(one)
    for lines in ((first, second, third), (third, first, second), (second, third, first)):
        assert found(*lines) == [one]


def test_another_ships_tail_is_never_joined_once_the_window_is_over() -> None:
    receiver = Receiver("feed", window=timedelta(seconds=2))
    kinds = heard(receiver, [X1, Y2], pace=2.5)
    assert messages(kinds) == []
    assert reasons([*kinds, *receiver.close()]) == ["INCOMPLETE", "INCOMPLETE"]


def test_another_ships_tail_is_never_joined_once_the_sequence_numbers_went_round() -> None:
    between = [static(ALDER, sequence=sequence % 10)[0] for sequence in range(4, 13)]
    assert found(X1, *between, Y2, pace=0.05) == []


def test_a_head_that_comes_long_after_a_tail_is_another_ships() -> None:
    assert found(Y2, X1, pace=1.5) == []
    assert found(X2, X1, pace=0.3) == [ALDER_SAYS]


def test_a_second_head_under_the_same_number_gives_the_first_one_up() -> None:
    receiver = Receiver("feed")
    kinds = heard(receiver, [X1, Y1, Y2])
    assert messages(kinds) == [BIRCH_SAYS]
    (reject,) = [one for one in kinds if isinstance(one, Reject)]
    assert (reject.reason.name, reject.content) == ("INCOMPLETE", X1)


def test_parts_heard_again_are_counted_and_make_no_second_message() -> None:
    kinds = heard(Receiver("feed"), [X1, X1, X2, X1, X2])
    assert messages(kinds) == [ALDER_SAYS]
    assert reasons(kinds) == ["REPEATED"] * 3


def test_the_tail_heard_again_does_not_wait_for_the_next_ship() -> None:
    assert found(X1, X2, X2, Y1, Y2) == [ALDER_SAYS, BIRCH_SAYS]


def test_two_stations_on_one_stream_are_kept_apart() -> None:
    lines = [tagged("s:east", X1), tagged("s:west", Y1), tagged("s:west", Y2), tagged("s:east", X2)]
    assert found(*lines) == [BIRCH_SAYS, ALDER_SAYS]
    assert found(tagged("s:east", X1), tagged("s:west", Y2)) == []


def test_two_stations_are_kept_apart_by_what_a_coast_guard_says_behind_a_sentence() -> None:
    lines = [X1 + b",r01EAST,1325394060", Y2 + b",r02WEST,1325394060", X2 + b",r01EAST,1325394061"]
    assert found(*lines) == [ALDER_SAYS]


def test_sources_are_never_joined() -> None:
    assert found(X1) == found(X2) == []


def test_channels_and_talkers_are_kept_apart() -> None:
    assert found(X1, static(BIRCH, sequence=3, channel="B")[1]) == []
    assert found(X1, static(BIRCH, sequence=3, talker="BS")[1]) == []


def test_a_source_may_change_the_talker_between_parts_where_that_is_said() -> None:
    other = static(ALDER, sequence=3, talker="AB")[1]
    assert found(X1, other) == []
    assert found(X1, other, talker_matters=False) == [ALDER_SAYS]


def test_a_group_joins_across_what_stands_between_and_passes_station_and_time_on() -> None:
    lines = [
        tagged("g:1-2-1604,s:pier,c:1418169601", X1),
        tagged("s:pier,c:1418172113", position()),
        tagged("g:2-2-1604", X2),
    ]
    _, one = found(*lines)
    assert one == ALDER_SAYS
    assert one.heard is not None
    assert (one.heard.station, one.heard.sent_at.timestamp()) == ("pier", 1418169601)  # type: ignore[union-attr]


def test_the_part_that_names_the_station_may_come_last() -> None:
    lines = [tagged("g:2-2-1604", X2), tagged("g:1-2-1604,s:pier,c:1418169601", X1)]
    (one,) = found(*lines)
    assert one == ALDER_SAYS
    assert one.heard is not None
    assert (one.heard.station, one.heard.content) == ("pier", (lines[1], lines[0]))


def test_groups_keep_ships_apart_where_sequence_numbers_do_not() -> None:
    lines = [tagged("g:1-2-7,s:pier", X1), tagged("g:1-2-8,s:pier", Y1), tagged("g:2-2-8", Y2), tagged("g:2-2-7", X2)]
    assert found(*lines) == [BIRCH_SAYS, ALDER_SAYS]
    assert found(tagged("g:1-2-7,s:pier", X1), tagged("g:2-2-8,s:pier", Y2)) == []


def test_a_part_without_station_in_a_group_that_two_stations_use_is_nobodys() -> None:
    kinds = heard(Receiver("feed"), [tagged("g:1-2-7,s:east", X1), tagged("g:1-2-7,s:west", Y1), tagged("g:2-2-7", Y2)])
    assert (messages(kinds), reasons(kinds)) == ([], ["AMBIGUOUS"])


def test_a_whole_sentence_of_such_a_group_is_a_message_of_no_known_station() -> None:
    lines = [tagged("g:1-2-7,s:east", X1), tagged("g:1-2-7,s:west", Y1), tagged("g:2-2-7", position())]
    (one,) = found(*lines)
    assert one.heard is not None
    assert one.heard.station is None


def test_a_group_of_whole_sentences_joins_nothing_but_passes_the_station_on() -> None:
    lines = [tagged("g:1-2-5,s:pier", position(mmsi=211000001)), tagged("g:2-2-5", position(mmsi=244000002))]
    both = found(*lines)
    assert [one.mmsi for one in both] == [211000001, 244000002]
    assert [one.heard.station for one in both if one.heard] == ["pier", "pier"]


def test_a_malformed_group_and_one_whose_checksum_is_wrong_say_nothing() -> None:
    assert found(tagged("g:1-2--001", X1), tagged("g:2-2--001", X2)) == [ALDER_SAYS]
    assert found(b"\\g:1-2-7*00\\" + X1, b"\\g:1-2-8*00\\" + X2) == [ALDER_SAYS]


def test_a_part_without_station_belongs_to_the_part_before_it_on_its_line() -> None:
    line = b"\\c:1662052384,s:pier*00\\" + X1 + b"\\g:2-1-1*00\\" + X2
    (one,) = found(line)
    assert one == ALDER_SAYS
    assert one.heard is not None
    assert one.heard.station == "pier"
    assert found(tagged("s:pier", X1), X2) == []


def test_times_of_tag_blocks_may_run_backwards() -> None:
    assert found(tagged("s:pier,c:1698785948", X1), tagged("s:pier,c:1698785947", X2)) == [ALDER_SAYS]


def test_a_time_of_receipt_that_runs_backwards_joins_nothing() -> None:
    receiver = Receiver("feed")
    kinds = [*receiver.receive_line(X1, at(100)), *receiver.receive_line(X2, at(0))]
    assert messages(kinds) == []


def test_a_silent_source_gives_its_open_sets_up() -> None:
    receiver = Receiver("feed")
    assert heard(receiver, [X1]) == []
    assert list(receiver.expire(at(3))) == []
    assert reasons(receiver.expire(at(5))) == ["INCOMPLETE"]
    assert sum(receiver.counts.values()) == 1


def test_open_sets_are_bounded_and_the_oldest_goes_first() -> None:
    receiver = Receiver("feed", most=3)
    lines = [tagged(f"g:1-2-{number},s:pier", X1) for number in range(10)]
    assert reasons(heard(receiver, lines, pace=0)) == ["INCOMPLETE"] * 7
    assert len(list(receiver.close())) == 3


@pytest.mark.parametrize("grouped", [False, True])
@given(data=st.data())
def test_whatever_is_lost_reordered_or_heard_twice_every_message_is_one_that_was_sent(
    data: st.DataObject, grouped: bool
) -> None:
    """Two stations, each at its own pace below a round in a window; parts may be lost, repeated or swapped."""
    sent: list[Message] = []
    lines: list[bytes] = []
    for number in range(data.draw(st.integers(2, 24))):
        station = data.draw(st.sampled_from(("east", "west")))
        one = message("5", mmsi=211000000 + number, name=f"SHIP {number}", destination=f"PORT {number:014}")
        sent.append(one)
        parts = encode(one, sequence=number % 10)
        pair = [
            tagged(f"g:{place}-2-{number},s:{station}" if grouped else f"s:{station}", part)
            for place, part in enumerate(parts, 1)
        ]
        lines += data.draw(st.sampled_from(variants(pair)))
    got = messages(heard(Receiver("feed"), lines, pace=0.45 if not grouped else 0.01))
    assert all(one in sent for one in got)
    assert len(got) == len(set(got))


def variants(pair: Sequence[bytes]) -> list[list[bytes]]:
    first, second = pair
    return [
        [first, second],
        [second, first],
        [first, first],
        [second, second],
        [first, second, second],
        [first, second, first],
    ]
