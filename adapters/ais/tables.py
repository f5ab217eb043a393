"""The message types 1 to 27 of ITU-R M.1371-5 as tables: each field with its width and kind, in the order sent.

Decoder, encoder and the page of fields are made from these tables and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.ais import fields as f
from adapters.ais.bits import Bits
from adapters.ais.layout import Access, Field, Layout, Presence

_USUAL = Presence.USUAL
_EXTRA = Presence.EXTRA


def _header(number: int) -> tuple[Field, ...]:
    return (Field("type", 6, f.PLAIN, fixed=number), Field("repeat", 2, f.PLAIN), Field("mmsi", 30, f.MMSI))


def _layout(name: str, number: int, *fields: Field, access: Access = Access.NONE) -> Layout:
    return Layout(name, number, (*_header(number), *fields), access)


def _spare(width: int, name: str = "spare", presence: Presence = Presence.REQUIRED) -> Field:
    return Field(name, width, f.SPARE, presence)


_PLACE = (Field("accuracy", 1, f.FLAG), Field("lon", 28, f.LONGITUDE), Field("lat", 27, f.LATITUDE))
_COARSE_PLACE = (Field("lon", 18, f.COARSE_LONGITUDE), Field("lat", 17, f.COARSE_LATITUDE))
_MOTION = (
    Field("sog", 10, f.SPEED),
    *_PLACE,
    Field("cog", 12, f.COURSE),
    Field("heading", 9, f.HEADING),
    Field("second", 6, f.SECOND),
)
_DIMENSIONS = (
    Field("to_bow", 9, f.METRES),
    Field("to_stern", 9, f.METRES),
    Field("to_port", 6, f.METRES),
    Field("to_starboard", 6, f.METRES),
)
_AREA = (
    Field("ne_lon", 18, f.COARSE_LONGITUDE),
    Field("ne_lat", 17, f.COARSE_LATITUDE),
    Field("sw_lon", 18, f.COARSE_LONGITUDE),
    Field("sw_lat", 17, f.COARSE_LATITUDE),
)
_RADIO = Field("radio", 19, f.PLAIN)
_SELECTED_RADIO = (Field("itdma", 1, f.FLAG), _RADIO)
_DESTINATION = Field("dest_mmsi", 30, f.MMSI)
_APPLICATION = (Field("dac", 10, f.PLAIN), Field("fi", 6, f.PLAIN))


def _class_a(number: int, access: Access) -> Layout:
    return _layout(
        str(number),
        number,
        Field("status", 4, f.STATUS),
        Field("rot", 8, f.RATE_OF_TURN),
        *_MOTION,
        Field("maneuver", 2, f.PLAIN),
        _spare(3),
        Field("raim", 1, f.FLAG),
        _RADIO,
        access=access,
    )


def _utc(number: int) -> Layout:
    return _layout(
        str(number),
        number,
        Field("year", 14, f.YEAR),
        Field("month", 4, f.MONTH),
        Field("day", 5, f.DAY),
        Field("hour", 5, f.HOUR),
        Field("minute", 6, f.MINUTE),
        Field("second", 6, f.UTC_SECOND),
        *_PLACE,
        Field("epfd", 4, f.POSITION_DEVICE),
        Field("transmission_control", 1, f.FLAG),
        _spare(9),
        Field("raim", 1, f.FLAG),
        _RADIO,
        access=Access.SOTDMA,
    )


def _acknowledgment(number: int) -> Layout:
    later = (
        field
        for place in (2, 3, 4)
        for field in (
            Field(f"mmsi{place}", 30, f.MMSI, _EXTRA),
            Field(f"seqno{place}", 2, f.PLAIN, _EXTRA),
        )
    )
    return _layout(str(number), number, _spare(2), Field("mmsi1", 30, f.MMSI), Field("seqno1", 2, f.PLAIN), *later)


def _slots(place: int, presence: Presence) -> tuple[Field, ...]:
    return (
        Field(f"offset{place}", 12, f.PLAIN, presence),
        Field(f"number{place}", 4, f.PLAIN, presence),
        Field(f"timeout{place}", 3, f.PLAIN, presence),
        Field(f"increment{place}", 11, f.PLAIN, presence),
    )


def _assigned(place: int) -> tuple[Field, ...]:
    return (
        Field(f"mmsi{place}", 30, f.MMSI),
        Field(f"offset{place}", 12, f.PLAIN),
        Field(f"increment{place}", 10, f.PLAIN),
    )


def _channels(name: str, addressed: int, *middle: Field) -> Layout:
    return _layout(
        name,
        22,
        _spare(2),
        Field("channel_a", 12, f.PLAIN),
        Field("channel_b", 12, f.PLAIN),
        Field("txrx", 4, f.PLAIN),
        Field("low_power", 1, f.FLAG),
        *middle,
        Field("addressed", 1, f.FLAG, fixed=addressed),
        Field("band_a", 1, f.FLAG),
        Field("band_b", 1, f.FLAG),
        Field("zone_size", 3, f.PLAIN),
        _spare(23, "spare2"),
    )


def _static_b(name: str, *dimensions: Field) -> Layout:
    return _layout(
        name,
        24,
        Field("part", 2, f.PLAIN, fixed=1),
        Field("ship_type", 8, f.SHIP_TYPE),
        Field("vendor", 18, f.TEXT),
        Field("model", 4, f.PLAIN),
        Field("serial", 20, f.PLAIN),
        Field("callsign", 42, f.TEXT),
        *dimensions,
        Field("epfd", 4, f.POSITION_DEVICE, _USUAL),
        _spare(2, presence=_USUAL),
    )


def _binary(number: int, addressed: int, structured: int, most: int, *tail: Field, access: Access) -> Layout:
    return _layout(
        f"{number}{' addressed' if addressed else ''}{' structured' if structured else ''}",
        number,
        Field("addressed", 1, f.FLAG, fixed=addressed),
        Field("structured", 1, f.FLAG, fixed=structured),
        *((_DESTINATION,) if addressed else ()),
        *(_APPLICATION if structured else ()),
        Field("data", most - 30 * addressed - 16 * structured, f.BINARY, varies=True),
        *tail,
        access=access,
    )


_TABLES = (
    _class_a(1, Access.SOTDMA),
    _class_a(2, Access.SOTDMA),
    _class_a(3, Access.ITDMA),
    _utc(4),
    _layout(
        "5",
        5,
        Field("ais_version", 2, f.PLAIN),
        Field("imo", 30, f.IMO),
        Field("callsign", 42, f.TEXT),
        Field("name", 120, f.TEXT),
        Field("ship_type", 8, f.SHIP_TYPE),
        *_DIMENSIONS,
        Field("epfd", 4, f.POSITION_DEVICE),
        Field("eta_month", 4, f.MONTH),
        Field("eta_day", 5, f.DAY),
        Field("eta_hour", 5, f.HOUR),
        Field("eta_minute", 6, f.MINUTE),
        Field("draught", 8, f.DRAUGHT),
        Field("destination", 120, f.TEXT),
        Field("dte", 1, f.FLAG, _USUAL),
        _spare(1, presence=_USUAL),
    ),
    _layout(
        "6",
        6,
        Field("seqno", 2, f.PLAIN),
        _DESTINATION,
        Field("retransmit", 1, f.FLAG),
        _spare(1),
        *_APPLICATION,
        Field("data", 920, f.BINARY, varies=True),
    ),
    _acknowledgment(7),
    _layout("8", 8, _spare(2), *_APPLICATION, Field("data", 952, f.BINARY, varies=True)),
    _layout(
        "9",
        9,
        Field("altitude", 12, f.ALTITUDE),
        Field("sog", 10, f.AIRCRAFT_SPEED),
        *_PLACE,
        Field("cog", 12, f.COURSE),
        Field("second", 6, f.SECOND),
        Field("barometric", 1, f.FLAG),
        _spare(7),
        Field("dte", 1, f.FLAG),
        _spare(3, "spare2"),
        Field("assigned", 1, f.FLAG),
        Field("raim", 1, f.FLAG),
        *_SELECTED_RADIO,
        access=Access.SELECTED,
    ),
    _layout("10", 10, _spare(2), _DESTINATION, _spare(2, "spare2")),
    _utc(11),
    _layout(
        "12",
        12,
        Field("seqno", 2, f.PLAIN),
        _DESTINATION,
        Field("retransmit", 1, f.FLAG),
        _spare(1),
        Field("text", 936, f.LONG_TEXT, varies=True),
    ),
    _acknowledgment(13),
    _layout("14", 14, _spare(2), Field("text", 968, f.LONG_TEXT, varies=True)),
    _layout(
        "15",
        15,
        _spare(2),
        Field("mmsi1", 30, f.MMSI),
        Field("type1_1", 6, f.PLAIN),
        Field("offset1_1", 12, f.PLAIN),
        _spare(2, "spare2", _EXTRA),
        Field("type1_2", 6, f.PLAIN, _EXTRA),
        Field("offset1_2", 12, f.PLAIN, _EXTRA),
        _spare(2, "spare3", _EXTRA),
        Field("mmsi2", 30, f.MMSI, _EXTRA),
        Field("type2_1", 6, f.PLAIN, _EXTRA),
        Field("offset2_1", 12, f.PLAIN, _EXTRA),
        _spare(2, "spare4", _EXTRA),
    ),
    _layout("16", 16, _spare(2), *_assigned(1), _spare(4, "spare2", _USUAL)),
    _layout("16 for two", 16, _spare(2), *_assigned(1), *_assigned(2)),
    _layout("17", 17, _spare(2), *_COARSE_PLACE, _spare(5, "spare2"), Field("data", 736, f.BINARY, varies=True)),
    _layout(
        "18",
        18,
        _spare(8),
        *_MOTION,
        _spare(2, "spare2"),
        Field("carrier_sense", 1, f.FLAG),
        Field("display", 1, f.FLAG),
        Field("dsc", 1, f.FLAG),
        Field("band", 1, f.FLAG),
        Field("msg22", 1, f.FLAG),
        Field("assigned", 1, f.FLAG),
        Field("raim", 1, f.FLAG),
        *_SELECTED_RADIO,
        access=Access.SELECTED,
    ),
    _layout(
        "19",
        19,
        _spare(8),
        *_MOTION,
        _spare(4, "spare2"),
        Field("name", 120, f.TEXT),
        Field("ship_type", 8, f.SHIP_TYPE),
        *_DIMENSIONS,
        Field("epfd", 4, f.POSITION_DEVICE),
        Field("raim", 1, f.FLAG),
        Field("dte", 1, f.FLAG),
        Field("assigned", 1, f.FLAG),
        _spare(4, "spare3"),
    ),
    _layout(
        "20",
        20,
        _spare(2),
        *_slots(1, Presence.REQUIRED),
        *(field for place in (2, 3, 4) for field in _slots(place, _EXTRA)),
    ),
    _layout(
        "21",
        21,
        Field("aid_type", 5, f.AID_TYPE),
        Field("name", 120, f.TEXT),
        *_PLACE,
        *_DIMENSIONS,
        Field("epfd", 4, f.POSITION_DEVICE),
        Field("second", 6, f.SECOND),
        Field("off_position", 1, f.FLAG),
        Field("aid_status", 8, f.PLAIN),
        Field("raim", 1, f.FLAG),
        Field("virtual", 1, f.FLAG),
        Field("assigned", 1, f.FLAG),
        _spare(1),
        Field("name_extension", 88, f.LONG_TEXT, varies=True),
    ),
    _channels("22", 0, *_AREA),
    _channels(
        "22 addressed",
        1,
        Field("dest1", 30, f.MMSI),
        _spare(5, "spare3"),
        Field("dest2", 30, f.MMSI),
        _spare(5, "spare4"),
    ),
    _layout(
        "23",
        23,
        _spare(2),
        *_AREA,
        Field("station_type", 4, f.PLAIN),
        Field("ship_type", 8, f.SHIP_TYPE),
        _spare(22, "spare2"),
        Field("txrx", 2, f.PLAIN),
        Field("interval", 4, f.PLAIN),
        Field("quiet", 4, f.PLAIN),
        _spare(6, "spare3"),
    ),
    _layout("24A", 24, Field("part", 2, f.PLAIN, fixed=0), Field("name", 120, f.TEXT), _spare(8, presence=_EXTRA)),
    _static_b("24B", *_DIMENSIONS),
    _static_b("24B auxiliary", Field("mothership_mmsi", 30, f.MMSI)),
    *(_binary(25, a, s, 128, access=Access.NONE) for a in (0, 1) for s in (0, 1)),
    *(_binary(26, a, s, 1004, *_SELECTED_RADIO, access=Access.SELECTED) for a in (0, 1) for s in (0, 1)),
    _layout(
        "27",
        27,
        Field("accuracy", 1, f.FLAG),
        Field("raim", 1, f.FLAG),
        Field("status", 4, f.STATUS),
        *_COARSE_PLACE,
        Field("sog", 6, f.COARSE_SPEED),
        Field("cog", 9, f.COARSE_COURSE),
        Field("late", 1, f.FLAG),
        _spare(1),
    ),
)

#: Every table by its name: the number of the type and, where it has several forms, which.
LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in _TABLES}
#: Types with several forms.
_FORMS = frozenset((16, 22, 24, 25, 26))
_ALONE = {layout.type: layout for layout in _TABLES if layout.type not in _FORMS}


def layout_of(number: int, bits: Bits) -> Layout | None:
    """Return the table of a message, by its type and what in it tells the form; None of an unknown one."""
    return _form(number, bits) if number in _FORMS else _ALONE.get(number)


def _form(number: int, bits: Bits) -> Layout | None:
    if number == 16:
        return LAYOUTS["16 for two" if bits.length >= LAYOUTS["16 for two"].shortest else "16"]
    if number == 22:
        return LAYOUTS["22 addressed" if _at(bits, 139, 1) else "22"]
    if number == 24:
        return _part(_at(bits, 38, 2), _at(bits, 8, 30))
    addressed, structured = _at(bits, 38, 1), _at(bits, 39, 1)
    return LAYOUTS[f"{number}{' addressed' * addressed}{' structured' * structured}"]


def _part(part: int, mmsi: int) -> Layout | None:
    if part == 0:
        return LAYOUTS["24A"]
    if part == 1:  # craft that belong to a ship name it where others have dimensions
        return LAYOUTS["24B auxiliary" if mmsi // 10_000_000 == 98 else "24B"]
    return None


def _at(bits: Bits, start: int, width: int) -> int:
    """Return the number at a place; what a short message lacks counts as 0, and its length is found wrong later."""
    shift = bits.length - start - width
    return (bits.value >> shift if shift >= 0 else bits.value << -shift) & ((1 << width) - 1)
