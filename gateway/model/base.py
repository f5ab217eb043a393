"""What every canonical document is made of: frozen parts in one normal form, and texts that can be written.

Normal form: no empty text, no optional part without fields, absent lists are empty tuples. So two
documents that mean the same are equal, whichever standard they came from.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: One line of text: no control character, none of the private-use characters that stand for released
#: service characters on the hot path, no white space at either end.
Line = Annotated[
    str,
    StringConstraints(
        min_length=1,
        pattern=r"^[^\x00-\x20\x7f\ue000-\uf8ff]([^\x00-\x1f\x7f\ue000-\uf8ff]*[^\x00-\x20\x7f\ue000-\uf8ff])?$",
    ),
]

#: Text of several paragraphs, separated by a line feed.
Text = Annotated[
    str,
    StringConstraints(
        min_length=1,
        pattern=r"^[^\x00-\x20\x7f\ue000-\uf8ff]([^\x00-\x09\x0b-\x1f\x7f\ue000-\uf8ff]*[^\x00-\x20\x7f\ue000-\uf8ff])?$",
    ),
]

#: A name from one of our code tables, or "?" and the raw code when the table does not know it.
CodeName = Line

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d)?)?((?<=:\d\d)(Z|[+-]\d\d:\d\d))?")


def _moment(value: str) -> str:
    if not _MOMENT.fullmatch(value):
        msg = "a moment is YYYY-MM-DD, with Thh:mm or Thh:mm:ss, with an offset only if one was given"
        raise ValueError(msg)
    datetime.fromisoformat(value)  # raises ValueError for the 30th of February
    return value


#: A local time as a document states it: date, minutes or seconds precision, offset only if given.
#: Never completed: "2025-03-14" and "2025-03-14T00:00" are different moments.
Moment = Annotated[str, AfterValidator(_moment)]


def identified(wco_id: str, wco_name: str) -> dict[str, Any]:
    """Return field metadata: the WCO Data Model id and name of a field, where it has them."""
    return {"wco_id": wco_id, "wco_name": wco_name}


def wco(wco_id: str, wco_name: str) -> Any:
    """Declare an optional field that carries a WCO Data Model element."""
    return Field(default=None, json_schema_extra=identified(wco_id, wco_name))


def wco_list(wco_id: str, wco_name: str) -> Any:
    """Declare a repeating field that carries a WCO Data Model class."""
    return Field(default=(), json_schema_extra=identified(wco_id, wco_name))


class Part(BaseModel):
    """A frozen piece of a canonical document."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class OptionalPart(Part):
    """A part that must hold something: an empty one is written as absent, unless it is an entry of a list."""

    is_entry: ClassVar[bool] = False

    @model_validator(mode="after")
    def _not_empty(self) -> OptionalPart:
        if self.is_entry or any(self.__dict__.values()):
            return self
        if all(v is None or v == () for v in self.__dict__.values()):
            msg = f"an empty {type(self).__name__} must be left out"
            raise ValueError(msg)
        return self


class Coded(Part):
    """A value of a code list, with the list and the agency that keeps it (EDIFACT 1131, 3055)."""

    value: Line
    list: Line | None = None
    agency: Line | None = None


class Measure(Part):
    """A measured value with its unit (UN/ECE Recommendation 20, as written)."""

    value: Decimal
    unit: Line | None = None
