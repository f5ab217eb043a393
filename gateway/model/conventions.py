"""How two partners agreed to write, where a standard leaves it open or a partner departs from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a decoder must know beforehand, since the bytes do not say it, or say it wrongly.

    `charset` (UNOC) is read in place of what the envelope declares; `decimal` holds the decimal marks that count
    where the envelope names none; `repetition` is False where a partner uses the repetition separator as data;
    `profiles` names the profiles that lie over the directory, in order, beside those that a message names itself.
    """

    charset: str = ""
    decimal: str = ""
    repetition: bool = True
    profiles: tuple[str, ...] = ()


#: Nothing agreed: what the bytes say holds.
AS_DECLARED = Conventions()
