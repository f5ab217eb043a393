"""Bits as the printable characters of a sentence and as text, six to a character (ITU-R M.1371, IEC 61162-1).

Both alphabets are base64 with other characters, so that the standard library's base64 does the work.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64

from adapters.ais.bits import Bits

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ARMOUR = bytes((*range(0x30, 0x58), *range(0x60, 0x78)))
_TEXT = bytes((*range(0x40, 0x60), *range(0x20, 0x40)))
#: Turns the armour into base64.
FROM_ARMOUR = bytes.maketrans(_ARMOUR, _BASE64)
_TO_ARMOUR = bytes.maketrans(_BASE64, _ARMOUR)
_FROM_TEXT = bytes.maketrans(_TEXT, _BASE64)
#: Turns base64 into text.
TO_TEXT = bytes.maketrans(_BASE64, _TEXT)
_PADDING = (b"", b"AAA", b"AA", b"A")
#: The six bits of each character of the armour.
SIX_BITS = {character: bits for bits, character in enumerate(_ARMOUR)}
#: Every character that text may have, `@` first: it ends a text.
ALPHABET = _TEXT.decode("ascii")


def dearmour(payload: bytes, fill: int) -> Bits:
    """Return the bits of a payload of armour characters without its last `fill` bits, which only fill a character."""
    length = 6 * len(payload) - fill
    return Bits(_value(payload.translate(FROM_ARMOUR)) >> fill, length)


def armour(bits: Bits) -> tuple[bytes, int]:
    """Return the payload of bits, and how many bits fill its last character."""
    fill = -bits.length % 6
    return _characters(Bits(bits.value << fill, bits.length + fill)).translate(_TO_ARMOUR), fill


def text_of(bits: Bits) -> str:
    """Return the characters of bits, all of them; what is left of a character at the end is none."""
    left = bits.length % 6
    return _characters(Bits(bits.value >> left, bits.length - left)).translate(TO_TEXT).decode("ascii")


def bits_of(text: str) -> Bits:
    """Return the bits of a text that has only characters of `ALPHABET`."""
    return Bits(_value(text.encode("ascii").translate(_FROM_TEXT)), 6 * len(text))


def _value(base64: bytes) -> int:
    padding = _PADDING[len(base64) % 4]
    return int.from_bytes(a2b_base64(base64 + padding)) >> 6 * len(padding)


def _characters(bits: Bits) -> bytes:
    count = bits.length // 6
    padding = -count % 4
    whole = (bits.value << 6 * padding).to_bytes((count + padding) * 3 // 4)
    return b2a_base64(whole, newline=False)[:count]
