#!/usr/bin/env python3
"""Writes the schemas of a WCO profile from a list of the paths of its documents.

    python tools/wco_schemas.py FACTS [OUT]

FACTS holds `WCO_DEC_PATHS_uk_dms.tsv` and `WCO_RES_PATHS_uk_dms.tsv`: for each path of a document how often it may
stand, its WCO id, its format and its data type. From them come the schemas of `xsd/uk-dms`, with names, order, lengths
and ids, and no text of anybody. The same facts give the same bytes.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

OUT = Path(__file__).resolve().parents[1] / "xsd" / "uk-dms"
WCO = "urn:wco:datamodel:WCO"
XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'

#: By file: the facts, the namespace of the document and that of its data types.
DOCUMENTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "declaration": ("WCO_DEC_PATHS_uk_dms.tsv", f"{WCO}:DEC-DMS:2", f"{WCO}:Declaration_DS:DMS:2"),
        "response": ("WCO_RES_PATHS_uk_dms.tsv", f"{WCO}:RES-DMS:2", f"{WCO}:Response_DS:DMS:2"),
    }
)
#: Documents whose texts may be blank.
BLANK = frozenset(("response",))
ENVELOPE = f"{WCO}:DocumentMetaData-DMS:2"
#: Header elements of the envelope, in order, with their data types.
HEADER = (
    ("WCODataModelVersionCode", "Code"),
    ("WCOTypeName", "Text"),
    ("ResponsibleCountryCode", "Code"),
    ("ResponsibleAgencyName", "Text"),
    ("AgencyAssignedCustomizationCode", "Code"),
    ("AgencyAssignedCustomizationVersionCode", "Code"),
)
#: Values that a path is limited to, where its format alone does not say so.
CODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "/Declaration/FunctionCode": ("9", "13", "14"),
        "/Declaration/GoodsShipment/Consignment/ContainerCode": ("0", "1"),
    }
)

_SCHEME = (
    "schemeID",
    "schemeName",
    "schemeAgencyID",
    "schemeAgencyName",
    "schemeVersionID",
    "schemeDataURI",
    "schemeURI",
)
_LIST = (
    "listID",
    "listAgencyID",
    "listAgencyName",
    "listName",
    "listVersionID",
    "name",
    "languageID",
    "listURI",
    "listSchemeURI",
)
#: By data type (UN/CEFACT unqualified data types): what the value is made of, and its attributes.
TYPES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ID": ("xs:string", _SCHEME),
        "Code": ("xs:token", _LIST),
        "Text": ("xs:string", ("languageID",)),
        "Amount": ("xs:decimal", ("currencyID",)),
        "Measure": ("xs:decimal", ("unitCode",)),
        "Quantity": ("xs:decimal", ("unitCode",)),
        "Numeric": ("xs:decimal", ()),
    }
)
#: Data types of attributes that are no plain text.
ATTRIBUTES: Mapping[str, str] = MappingProxyType({"currencyID": "Currency", "unitCode": "Unit"})
_KIND = re.compile(r"(ID|Code|Text|Amount|Measure|Quantity|Numeric|DateTime)Type$")
_FORMAT = re.compile(r"(an|a|n)(\.\.)?(\d+)(?:,(\d+))?")


@dataclass
class Place:
    """One line of the facts, with the lines below it."""

    path: str
    is_class: bool
    least: str
    most: str
    id: str
    format: str
    type: str
    below: list[Place] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The tag."""
        return self.path.rpartition("/")[2]


def read(file: Path) -> Place:
    """Return the document class of one list of paths, with everything below it."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found: dict[str, Place] = {}
    for row in rows:
        made = Place(
            row["path"], row["kind"] == "class", row["min"], row["max"], row["wco_id"], row["format"], row["type"]
        )
        found[made.path] = made
        parent = found.get(made.path.rpartition("/")[0])
        if parent is not None:
            parent.below.append(made)
    return found[rows[0]["path"]]


@dataclass
class Types:
    """The data types that a document uses, named by what they allow; equal ones have one name."""

    blank: bool
    made: dict[str, str] = field(default_factory=dict)

    def of(self, path: Place) -> str:
        """Return the name of a value's type."""
        kind = _KIND.search(path.type)
        if kind is None:
            raise SystemExit(f"{path.path} is of no data type that is known: {path.type!r}")
        if kind[1] == "DateTime":
            self.made["DateTime"] = _DATE
            return "DateTime"
        codes = CODES.get(path.path, ())
        name = "-".join((kind[1], path.format.replace(",", "."), *codes))
        self.made[name] = _value_type(name, kind[1], path.format, codes, blank=self.blank)
        return name

    def text(self) -> str:
        """Return every type, in the order of their names."""
        return "".join(self.made[name] for name in sorted(self.made))


_DATE = """  <xs:complexType name="DateTime">
    <xs:sequence>
      <xs:element name="DateTimeString">
        <xs:complexType>
          <xs:simpleContent>
            <xs:extension base="Digits">
              <xs:attribute name="formatCode" type="FormatCode" use="required"/>
            </xs:extension>
          </xs:simpleContent>
        </xs:complexType>
      </xs:element>
    </xs:sequence>
  </xs:complexType>
"""
_COMMON = r"""  <xs:simpleType name="Digits">
    <xs:restriction base="xs:string">
      <xs:pattern value="20[0-9]{6}([0-9]{6}(Z|[+\-][0-9]{2})?)?"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="FormatCode">
    <xs:restriction base="xs:token">
      <xs:enumeration value="102"/>
      <xs:enumeration value="304"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="Currency">
    <xs:restriction base="xs:token">
      <xs:pattern value="[A-Z]{3}"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="Unit">
    <xs:restriction base="xs:string">
      <xs:minLength value="1"/>
      <xs:maxLength value="5"/>
    </xs:restriction>
  </xs:simpleType>
"""


def _facets(kind: str, format_: str, codes: tuple[str, ...], *, blank: bool) -> Iterator[str]:
    """Yield the facets of a format: n..16,3 of a number, an..35, a2 or n1 of a text, which may be blank or not."""
    form = _FORMAT.fullmatch(format_)
    if kind in ("Amount", "Measure", "Quantity", "Numeric"):
        if form is not None and form[1] == "n":
            yield f'<xs:totalDigits value="{form[3]}"/>'
            yield f'<xs:fractionDigits value="{form[4] or 0}"/>'
        return
    if form is not None:
        yield f'<xs:{"maxLength" if form[2] else "length"} value="{form[3]}"/>'
        characters = {"a": "[A-Za-z]*", "n": "[0-9]*"}.get(form[1], "" if blank else r".*[^\s].*")
        if characters:
            yield f'<xs:pattern value="{characters}"/>'
    for code in codes:
        yield f'<xs:enumeration value="{code}"/>'


def _value_type(name: str, kind: str, format_: str, codes: tuple[str, ...], *, blank: bool = True) -> str:
    """Return a simple type with the facets of a format, and the complex type that adds the attributes."""
    base, attributes = TYPES[kind]
    facets = list(_facets(kind, format_, codes, blank=blank))
    lines = [f'<xs:attribute name="{one}" type="{ATTRIBUTES.get(one, "xs:token")}"/>' for one in attributes]
    return (
        f'  <xs:simpleType name="{name}-value">\n'
        + _derived("restriction", base, facets, "    ")
        + f'  </xs:simpleType>\n  <xs:complexType name="{name}">\n    <xs:simpleContent>\n'
        + _derived("extension", f"{name}-value", lines, "      ")
        + "    </xs:simpleContent>\n  </xs:complexType>\n"
    )


def _derived(tag: str, base: str, lines: list[str], indent: str) -> str:
    if not lines:
        return f'{indent}<xs:{tag} base="{base}"/>\n'
    inside = "".join(f"{indent}  {line}\n" for line in lines)
    return f'{indent}<xs:{tag} base="{base}">\n{inside}{indent}</xs:{tag}>\n'


def _element(path: Place, types: Types, indent: str, *, top: bool = False) -> Iterator[str]:
    """Yield the lines of an element; a class holds what is below it."""
    often = "" if path.least == "1" or top else ' minOccurs="0"'
    often += "" if path.most == "1" or top else f' maxOccurs="{path.most}"'
    if path.name.startswith("od:"):
        yield f'{indent}<xs:element ref="{path.name}"{often}/>\n'
        return
    id_ = f' ph:id="{path.id}"' if path.id else ""
    if not path.is_class:
        yield f'{indent}<xs:element name="{path.name}" type="ds:{types.of(path)}"{often}{id_}/>\n'
        return
    yield f'{indent}<xs:element name="{path.name}"{often}{id_}>\n'
    yield f"{indent}  <xs:complexType>\n{indent}    <xs:sequence>\n"
    for below in path.below:
        yield from _element(below, types, f"{indent}      ")
    yield f"{indent}    </xs:sequence>\n{indent}  </xs:complexType>\n{indent}</xs:element>\n"


def _schema(about: str, namespace: str, more: str, content: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {about} Written by tools/wco_schemas.py. -->\n'
        f'<xs:schema {XS} xmlns="{namespace}" targetNamespace="{namespace}"{more} elementFormDefault="qualified">\n'
        f"{content}</xs:schema>\n"
    )


def schemas(facts: Path) -> dict[str, str]:
    """Return the text of every schema by its file name."""
    texts: dict[str, str] = {}
    for name, (file, namespace, data_types) in DOCUMENTS.items():
        types = Types(blank=name in BLANK)
        root = read(facts / file)
        body = "".join(_element(root, types, "  ", top=True))
        imports = f'  <xs:import namespace="{data_types}" schemaLocation="{name}-types.xsd"/>\n'
        more = f'\n    xmlns:ds="{data_types}" xmlns:ph="urn:pierhead:wco-id:1"'
        if "od:" in body:
            other = DOCUMENTS["declaration"][1]
            imports += f'  <xs:import namespace="{other}" schemaLocation="declaration.xsd"/>\n'
            more += f' xmlns:od="{other}"'
        texts[f"{name}.xsd"] = _schema(f"{root.name}: classes and values.", namespace, more, imports + body)
        texts[f"{name}-types.xsd"] = _schema(f"{root.name}: data types.", data_types, "", _COMMON + types.text())
    texts["document-metadata.xsd"] = _envelope()
    return texts


def _envelope() -> str:
    lines = "".join(f'        <xs:element name="{name}" type="{kind}" minOccurs="0"/>\n' for name, kind in HEADER)
    imports = "".join(
        f'  <xs:import namespace="{namespace}" schemaLocation="{name}.xsd"/>\n'
        for name, (_, namespace, _) in DOCUMENTS.items()
    )
    types = "".join(_value_type(kind, kind, "", ()) for kind in ("Code", "Text"))
    declaration, response = (namespace for _, namespace, _ in DOCUMENTS.values())
    body = f"""  <xs:element name="MetaData">
    <xs:complexType>
      <xs:sequence>
{lines}        <xs:choice>
          <xs:any namespace="{declaration}" processContents="strict"/>
          <xs:any namespace="{response}" processContents="strict" maxOccurs="unbounded"/>
        </xs:choice>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
"""
    return _schema("Document metadata: the envelope.", ENVELOPE, "", imports + types + body)


def main(facts: Path, out: Path) -> None:
    """Write the schemas."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in schemas(facts).items():
        (out / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text)} characters")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
