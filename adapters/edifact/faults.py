"""The codes of syntax findings: those of ISO 9735 (0085) with our own words, and ours for what is tolerated."""

from __future__ import annotations

#: Code list 0085 in our words: what is wrong, for people.
MEANING = {
    "1": "UNA not supported",
    "2": "syntax version or level not supported",
    "3": "message version or release not supported",
    "4": "service segment missing or invalid",
    "5": "trailer does not agree with its header",
    "6": "data segment missing or invalid",
    "7": "not the recipient of the interchange",
    "8": "too many data elements",
    "9": "mandatory data element missing",
    "10": "data element of the wrong form",
    "11": "password invalid",
    "12": "invalid value",
    "13": "missing",
    "14": "value not supported here",
    "15": "not supported here",
    "16": "too many constituents",
    "17": "no agreement",
    "18": "unspecified error",
    "19": "invalid decimal notation",
    "20": "character not usable as a service character",
    "21": "invalid character",
    "22": "invalid service character",
    "23": "unknown sender",
    "24": "too old",
    "25": "test indicator not supported",
    "26": "duplicate",
    "27": "security function not supported",
    "28": "references differ",
    "29": "control count differs",
    "30": "groups and messages mixed",
    "31": "several message types in one group",
    "32": "nothing inside",
    "33": "segment outside message or group",
    "34": "nesting indicator not allowed",
    "35": "segment repeated too often",
    "36": "segment group repeated too often",
    "37": "wrong type of character",
    "38": "no digit before the decimal mark",
    "39": "too long",
    "40": "too short",
    "41": "permanent network error",
    "42": "temporary network error",
    "43": "unknown recipient",
    "45": "trailing separator",
    "46": "character set not supported",
    "47": "envelope functionality not supported",
    "48": "dependency condition violated",
}

_EARLY = frozenset(("1", "3", "4", "5", "6", "8", "9", "10", "11"))
_LATER = frozenset(MEANING) - _EARLY
_OF_4 = frozenset(("45", "46", "47", "48"))
#: The codes of 0085 by the syntax version of CONTRL; those of versions 1 and 2 are read only.
CODES = {
    "2": _EARLY,
    "3": _LATER - _OF_4,
    "4": _LATER - frozenset(("19", "27", "31", "34", "38", "43")),
}

#: Ours: what ISO 9735 has no code for and we read all the same.
LEADING_BYTES = "PH-EDI-1"  # bytes that belong to no interchange
WRAPPED = "PH-EDI-2"  # a line break inside a segment
EMPTY_SEGMENT = "PH-EDI-3"  # a terminator with nothing before it
UNKNOWN_MESSAGE = "PH-EDI-4"  # a message type or directory we have no structure of
UNTERMINATED = "PH-EDI-5"  # the last segment has no terminator
SPACED = "PH-EDI-7"  # spaces between segments
MORE = "PH-EDI-8"  # more findings in one message than are listed
TOO_LONG = "PH-EDI-9"  # a message longer than is read
MISNAMED = "PH-EDI-10"  # the segments of another message than the one named

#: Our codes in a few words.
TOLERATED = {
    LEADING_BYTES: "Bytes belong to no interchange",
    WRAPPED: "Line breaks inside a segment",
    EMPTY_SEGMENT: "Empty segment",
    UNKNOWN_MESSAGE: "Message or directory is unknown",
    UNTERMINATED: "Last segment has no terminator",
    SPACED: "Spaces between segments",
    MORE: "More findings than are listed",
    TOO_LONG: "Longer than is read",
    MISNAMED: "Message has the segments of another",
}
