"""Samples of maps: found, tried, recorded, shown, and tried again when something changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.text import Text

from gateway.cli.mapping_guides import SAMPLE_SUFFIXES
from gateway.cli.output import counted, err, out
from gateway.pipeline.canonical import to_values
from gateway.pipeline.standards import Standards
from gateway.pipeline.trial import Sample, Trial, try_sample

_RECORDED = ("code", "kind", "severity", "position", "path", "value")


def sample_paths(root: Path) -> list[Path]:
    """Return every message below STANDARD/MESSAGE of a folder, by name."""
    found = (path for path in root.glob("*/*/*") if path.suffix in SAMPLE_SUFFIXES and "." not in path.stem)
    return sorted(found)


def expectations(path: Path) -> tuple[Path, Path]:
    """Return where the document and the findings expected of a sample stand."""
    return path.with_suffix(".canonical.json"), path.with_suffix(".findings.json")


def try_path(standards: Standards, root: Path, path: Path) -> Trial:
    """Return what comes of one sample, with what is expected beside it."""
    beside = (file.read_text(encoding="utf-8") if file.exists() else None for file in expectations(path))
    return try_sample(standards, Sample(path.relative_to(root).as_posix(), path.read_bytes(), *beside))


def trials(standards: Standards, root: Path, name: str) -> Iterator[Trial]:
    """Yield what comes of every sample, or of those that the map `name` reads."""
    for path in sample_paths(root):
        trial = try_path(standards, root, path)
        if not name or name in trial.maps:
            yield trial


def record(root: Path, trial: Trial) -> None:
    """Write what was read, and what was found, beside a sample that expects nothing yet; texts may change."""
    canonical, findings = expectations(root / trial.sample.name)
    if trial.sample.canonical is None:
        values = [to_values(document) for document in trial.documents]
        _keep(canonical, values[0] if len(values) == 1 else values)
    if trial.sample.findings is None and trial.findings:
        found = [finding.as_dict() for finding in trial.findings]
        _keep(findings, [{k: v for k, v in one.items() if k in _RECORDED} for one in found])


def _keep(file: Path, values: Any) -> None:
    file.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def trial_dict(trial: Trial) -> dict[str, Any]:
    """Return a trial as plain values."""
    return {
        "sample": trial.sample.name,
        "maps": list(trial.maps),
        "expected": trial.sample.canonical is not None,
        "findings": len(trial.findings),
        "losses": trial.losses,
        "faults": [{"what": fault.what, "path": fault.path, "text": fault.text} for fault in trial.faults],
    }


def lines(trial: Trial) -> list[Text]:
    """Return what people are told of a trial: its state, and a line for each fault."""
    mark = Text("fails ", style="bold red") if trial.faults else Text("passes ", style="green")
    if not trial.maps and not trial.faults:
        mark = Text("no map ", style="dim")
    expected = "" if trial.sample.canonical is not None else ", no expectation beside it"
    told = f"{trial.sample.name} ({', '.join(trial.maps) or 'no map'}): {counted(len(trial.findings), 'finding')}, "
    told += f"{counted(trial.losses, 'loss').replace('losss', 'losses')}{expected}"
    faults = (f"    {fault.what}: {fault.path} {fault.text}".replace(":  ", ": ") for fault in trial.faults)
    return [mark.append(told, style="default"), *(Text(fault, style="red") for fault in faults)]


def show(found: list[Trial]) -> None:
    """Print every trial, and how many failed."""
    console = out()
    for trial in found:
        for line in lines(trial):
            console.print(line, soft_wrap=True)
    if not found:
        err().print(Text("there is no sample", style="red"))
    failed = sum(bool(trial.faults) for trial in found)
    console.print(summary(len(found), failed), style="bold red" if failed else "bold")


def summary(number: int, failed: int) -> str:
    """Return how many samples there are, and how many failed."""
    return f"{counted(number, 'sample')}, {failed} failed"
