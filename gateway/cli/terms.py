"""By whose terms a file is read and judged: a preset's, or those of an agreement of the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from gateway.cli.state import state_of
from gateway.errors import SettingsError
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.policy import PRESETS, Policy
from gateway.yaml_source import nearest

AgreementOption = Annotated[
    str, typer.Option("--agreement", metavar="ID", help="Read and judge as this agreement of the site does.")
]


@dataclass(frozen=True, slots=True)
class Terms:
    """How severe each finding is, and how the partner writes."""

    policy: Policy
    conventions: Conventions = AS_DECLARED


def terms(ctx: typer.Context, policy_name: str, agreement: str) -> Terms:
    """Return the terms of an agreement of the site, or of a preset where none is named; raises `SettingsError`."""
    if not agreement:
        return Terms(Policy(PRESETS[policy_name]))
    source = ctx.get_parameter_source("policy_name")
    if source is not None and source.name == "COMMANDLINE":
        raise SettingsError("give either --policy or --agreement: an agreement has its own policy")
    site = state_of(ctx).site()
    found = site.agreement(agreement)
    if found is None:
        known = [one.id for one in site.agreements]
        said = nearest(agreement, known) or f": it has {', '.join(known) or 'none'}"
        raise SettingsError(f"there is no agreement '{agreement}' in this site{said}")
    return Terms(found.policy, found.conventions)
