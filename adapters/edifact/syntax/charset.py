"""The character sets of UNB 0001: how to decode them, and which bytes they allow (ISO 9735, annexes)."""

from __future__ import annotations

from dataclasses import dataclass

_LEVEL_A = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/='+:?!\"%&*;<>"
_LOWER = b"abcdefghijklmnopqrstuvwxyz"
_ASCII = bytes(range(0x20, 0x7F))
_HIGH = bytes(range(0xA0, 0x100))
_ANY_HIGH = bytes(range(0x80, 0x100))
_LINE_BREAKS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Charset:
    """A character set: Python's codec for it and the bytes that may occur (line breaks are transport noise)."""

    code: str
    codec: str
    allowed: bytes

    def intruders(self, raw: bytes, service: bytes = b"") -> bytes:
        """Return the bytes of a message that the set does not hold, service characters apart."""
        return raw.translate(None, self.allowed + service)


def _charset(code: str, codec: str, allowed: bytes) -> Charset:
    return Charset(code, codec, allowed + _LINE_BREAKS)


CHARSETS = {
    charset.code: charset
    for charset in (
        _charset("UNOA", "latin-1", _LEVEL_A),
        _charset("UNOB", "latin-1", _LEVEL_A + _LOWER),
        _charset("UNOC", "latin-1", _ASCII + _HIGH),
        _charset("UNOD", "iso8859-2", _ASCII + _HIGH),
        _charset("UNOE", "iso8859-5", _ASCII + _HIGH),
        _charset("UNOF", "iso8859-7", _ASCII + _HIGH),
        _charset("UNOG", "iso8859-3", _ASCII + _HIGH),
        _charset("UNOH", "iso8859-4", _ASCII + _HIGH),
        _charset("UNOI", "iso8859-6", _ASCII + _HIGH),
        _charset("UNOJ", "iso8859-8", _ASCII + _HIGH),
        _charset("UNOK", "iso8859-9", _ASCII + _HIGH),
        _charset("UNOL", "iso8859-15", _ASCII + _HIGH),
        _charset("UNOW", "utf-8", _ASCII + _ANY_HIGH),
        _charset("UNOX", "iso2022_jp_2", _ASCII + b"\x1b"),
        _charset("UNOY", "utf-8", _ASCII + _ANY_HIGH),
        # not of ISO 9735, but met in airline, Korean and customs traffic; SIRE is published nowhere, and read as UNOC
        _charset("IATA", "latin-1", _LEVEL_A),
        _charset("IATB", "latin-1", _LEVEL_A + _LOWER),
        _charset("KECA", "euc_kr", _ASCII + _ANY_HIGH),
        _charset("SIRE", "latin-1", _ASCII + _HIGH),
    )
}
#: For a message whose set is not declared: every byte is taken as it is.
UNDECLARED = Charset("", "latin-1", bytes(range(256)))


def charset(code: str) -> Charset | None:
    """Return the character set of UNB 0001, or None when it is not known."""
    return CHARSETS.get(code)
