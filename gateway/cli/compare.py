"""`pierhead compare`: two documents side by side, whatever formats they come in."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway import app
from gateway.cli.content import open_content
from gateway.cli.output import REJECTED, AsJson, out, print_json, row, severity, table
from gateway.cli.reading import FileArgument, PolicyName, Understood, understand
from gateway.cli.state import state_of
from gateway.cli.terms import terms
from gateway.errors import SettingsError
from gateway.model.base import Part
from gateway.model.finding import Severity
from gateway.pipeline.standards import Standards
from gateway.relations import COMPARISONS
from gateway.relations import compare as differences

Other = Annotated[str, typer.Argument(metavar="OTHER", help="What to compare it with, in any of the same formats.")]


def compare(ctx: typer.Context, file: FileArgument, other: Other, as_json: AsJson = False) -> None:
    """Compare two documents: a stowage plan or a discharge report with a manifest, in either order.

    Exits with 1 when one of the differences is an error.
    """
    standards = app.standards(state_of(ctx).folder)
    documents = [_only_document(ctx, standards, name) for name in (file, other)]
    found = differences(*documents)
    if found is None:
        kinds = " and ".join(type(document).__name__ for document in documents)
        pairs = sorted({f"{c.first.__name__} and {c.second.__name__}" for c in COMPARISONS})
        raise SettingsError(f"{kinds} have nothing to be compared in: give {', or '.join(pairs)}")
    if as_json:
        print_json([finding.as_dict() for finding in found])
    elif not found:
        out().print("no difference")
    else:
        listed = table("severity", "finding", "place", "difference")
        for finding in found:
            row(listed, severity(finding.severity), finding.code, finding.path, finding.text)
        out().print(listed)
    if any(finding.severity is Severity.ERROR for finding in found):
        raise typer.Exit(REJECTED)


def _only_document(ctx: typer.Context, standards: Standards, name: str) -> Part:
    by = terms(ctx, PolicyName.REPORT_ONLY, "")
    items = understand(standards, open_content(name), by)
    found = [item.document for item in items if isinstance(item, Understood) and item.document is not None]
    if len(found) != 1:
        raise SettingsError(f"{name}: there are {len(found)} documents in it, and one is compared")
    return found[0]
