"""ARCHITECTURE.md says what the code is."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator

from pages import ROOT, blocks, section

from gateway import errors

PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
FIRST_COLUMN = re.compile(r"^\| ([^|]+?) +\|", re.MULTILINE)


def named() -> Iterator[str]:
    """Yield every path that the tree names, relative to the root."""
    tree = next(block for block in blocks(PAGE) if block.language == "text").text
    above: list[str] = []
    for line in tree.splitlines():
        names = re.split(r"  +", line.strip())[0].split(" ")
        depth = (len(line) - len(line.lstrip())) // 2
        del above[depth:]
        for name in names:
            yield "".join(above) + name
        above.append(names[0] if names[0].endswith("/") else f"{names[0]}/")


def test_every_path_of_the_tree_exists() -> None:
    missing = [name for name in named() if not (ROOT / name).exists()]
    assert not missing


def test_a_path_of_the_tree_is_a_folder_exactly_where_it_ends_in_a_slash() -> None:
    assert all((ROOT / name).is_dir() == name.endswith("/") for name in named())


def test_the_tree_names_every_module_and_package_of_the_engine() -> None:
    listed = {name.rstrip("/") for name in named()}
    for folder in ("gateway", "gateway/pipeline", "gateway/model", "adapters"):
        for path in (ROOT / folder).iterdir():
            is_module = path.suffix == ".py" and path.stem not in ("__init__", "version")
            if is_module or (path / "__init__.py").exists():
                assert path.relative_to(ROOT).as_posix() in listed


def test_the_layers_are_those_that_the_build_checks() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = next(one for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    shown = next(block for block in blocks(PAGE) if block.language == "layers").text
    assert shown.splitlines() == contract["layers"]


def test_the_path_has_every_step_that_the_code_tells() -> None:
    told = {
        step
        for path in (ROOT / "gateway").rglob("*.py")
        for step in re.findall(r'on_step\("(\w+)"\)', path.read_text("utf-8"))
    }
    steps = {word for cell in FIRST_COLUMN.findall(section(PAGE, "The path of a message")) for word in cell.split(", ")}
    assert told <= steps


def test_every_exception_is_described() -> None:
    raised = {
        name for name, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.GatewayError)
    } - {"GatewayError"}
    assert raised == set(re.findall(r"^\| `(\w+)`", section(PAGE, "Errors"), re.MULTILINE))


def test_every_function_and_method_that_the_path_names_is_in_the_code() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "gateway").rglob("*.py"))
    for name in re.findall(r"`[\w.]+\.(\w+)`", section(PAGE, "The path of a message")):
        assert re.search(rf"\b(def|class) {name}\b", source) or name == "py", name
