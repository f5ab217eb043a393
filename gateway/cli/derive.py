"""`pierhead derive`: a document that follows from others, as canonical JSON for `pierhead convert`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

import typer

from gateway import app
from gateway.cli.content import open_content
from gateway.cli.output import REJECTED, AsJson, err, out, print_json, row, severity, table
from gateway.cli.reading import PolicyName, Understood, understand
from gateway.cli.state import state_of
from gateway.cli.terms import terms
from gateway.errors import SettingsError
from gateway.model.base import Part
from gateway.model.bill_of_lading import BillOfLading
from gateway.model.cargo_report import CargoReport
from gateway.model.finding import Finding, Severity
from gateway.model.stowage_plan import StowagePlan
from gateway.pipeline.canonical import to_values
from gateway.relations import dangerous_goods, manifest_from_bills


class Derived(StrEnum):
    """What can be made of other documents."""

    MANIFEST = "manifest"
    DANGEROUS_GOODS = "dangerous-goods"


Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Bills; or a manifest or stowage plan.")]


def derive(
    ctx: typer.Context,
    what: Annotated[Derived, typer.Argument(help="manifest, from bills; dangerous-goods, from a manifest or plan.")],
    files: Files,
    as_json: AsJson = False,
) -> None:
    """Make a document of others, as canonical JSON. Exits with 1 where something stands in the way of its being one."""
    documents = [found for name in files for found in _documents(ctx, name)]
    made, findings = _MAKERS[what](documents)
    if as_json:
        print_json({"document": to_values(made), "findings": [finding.as_dict() for finding in findings]})
    else:
        out().print(json.dumps(to_values(made), ensure_ascii=False, indent=2), soft_wrap=True, highlight=False)
        if findings:
            listed = table("severity", "finding", "place", "what")
            for finding in findings:
                row(listed, severity(finding.severity), finding.code, finding.path, finding.text)
            err().print(listed)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(REJECTED)


def _documents(ctx: typer.Context, name: str) -> list[Part]:
    standards = app.standards(state_of(ctx).folder)
    items = understand(standards, open_content(name), terms(ctx, PolicyName.REPORT_ONLY, ""))
    return [item.document for item in items if isinstance(item, Understood) and item.document is not None]


def _manifest(documents: Sequence[Part]) -> tuple[Part, Sequence[Finding]]:
    bills = [one for one in documents if isinstance(one, BillOfLading)]
    if not bills or len(bills) != len(documents):
        raise SettingsError("a manifest is made of bills: give files of IFTMCS, or canonical BillOfLading")
    return manifest_from_bills.manifest_from_bills(bills)


def _dangerous_goods(documents: Sequence[Part]) -> tuple[Part, Sequence[Finding]]:
    if len(documents) == 1:
        (one,) = documents
        if isinstance(one, CargoReport):
            return dangerous_goods.from_manifest(one), ()
        if isinstance(one, StowagePlan):
            return dangerous_goods.from_plan(one), ()
    raise SettingsError("dangerous goods are taken from one manifest or one stowage plan: give one such document")


_MAKERS: MappingProxyType[Derived, Callable[[Sequence[Part]], tuple[Part, Sequence[Finding]]]] = MappingProxyType(
    {Derived.MANIFEST: _manifest, Derived.DANGEROUS_GOODS: _dangerous_goods}
)
