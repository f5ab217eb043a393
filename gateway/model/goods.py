"""Goods: packages, what is dangerous about them, and the equipment they are stowed in."""

from __future__ import annotations

from typing import ClassVar

from gateway.model.base import Coded, CodeName, Line, Measure, OptionalPart, Part, Text, wco, wco_list
from gateway.model.party import Contact


class Packages(OptionalPart):
    """How many packages of which type (UN/ECE Recommendation 21)."""

    quantity: int | None = wco("144", "Packaging. Quantity. Quantity")
    type: Coded | None = wco("141", "Packaging. Type. Code")
    name: Line | None = None


class EmergencyContact(Contact):
    """Whom to call in an emergency: one of several, of which a message may say nothing but that there is one."""

    is_entry: ClassVar[bool] = True


class DangerousGoods(Part):
    """Dangerous goods of an item (WCO class 12C; IMDG Code).

    `version` is the edition of the code that `imdg_class` is from, `emergency` whom to call.
    """

    imdg_class: Line | None = None
    page: Line | None = None
    un_number: Line | None = wco("506", "Dangerous Goods. UNDG. Identifier")
    flashpoint: Measure | None = None
    packing_group: CodeName | None = None
    ems: Line | None = None
    mfag: Line | None = None
    version: Line | None = None
    subsidiary_risk: Line | None = None
    second_risk: Line | None = None
    third_risk: Line | None = None
    technical_name: Text | None = None
    information: Text | None = None
    net: Measure | None = None
    gross: Measure | None = None
    emergency: tuple[EmergencyContact, ...] = ()


class Dimensions(OptionalPart):
    """Length, width and height of cargo without a container, in `unit`: their own units stay empty."""

    unit: Line | None = None
    length: Measure | None = None
    width: Measure | None = None
    height: Measure | None = None


class ItemEquipment(Part):
    """The link from an item to the equipment it is stowed in, with the packages stowed there and their weight."""

    equipment: Line | None = wco("159", "Transport Equipment. Identification. Identifier")
    packages: int | None = None
    gross: Measure | None = None


class Item(Part):
    """A goods item of a bill (WCO class 29A); `inner` are packages in the packages, `origin` is a country.

    `technical_name` and `hazard_information` are of dangerous goods, where a message states them of the whole item.
    """

    sequence: int | None = wco("006", "Consignment Item. Sequence. Numeric")
    packages: Packages | None = wco("93A", "Packaging")
    inner: Packages | None = None
    description: Text | None = wco("137", "Commodity. Description. Text")
    technical_name: Text | None = None
    hazard_information: Text | None = None
    gross: Measure | None = wco("126", "Goods Measure. Gross Mass. Measure")
    net: Measure | None = wco("128", "Goods Measure. Net Net Weight. Measure")
    volume: Measure | None = None
    equipment: tuple[ItemEquipment, ...] = wco_list("31B", "Transport Equipment")
    dangerous_goods: tuple[DangerousGoods, ...] = wco_list("12C", "Dangerous Goods")
    marks: Text | None = wco("142", "Packaging. Marks Numbers. Identifier")
    commodity: Coded | None = wco("145", "Classification. Identification. Identifier")
    origin: Line | None = wco("063", "Origin. Country. Code")
    value: Measure | None = None
    temperature: Measure | None = None
    dimensions: Dimensions | None = None
