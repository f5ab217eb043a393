from __future__ import annotations

import re
from pathlib import Path

from gateway.model.finding import Kind
from gateway.settings import Limits, Listen, Retry, Timing, load_site
from gateway.triggers import AtOnce, Delay

PAGE = Path(__file__).parents[3] / "docs/reference/site.md"
CUSTOMS = "id: customs\nidentifiers: CUSTOMS:ZZ\n"


def written(folder: Path) -> None:
    """Write the examples of the page as the files that they stand for."""
    text = PAGE.read_text()
    site, acme, *endpoints, agreement, events = re.findall(r"```yaml[^\n]*\n(.*?)```", text, re.DOTALL)
    files = {
        "site.yaml": site,
        "partners/acme.yaml": acme,
        "partners/customs.yaml": CUSTOMS,
        "agreements/a.yaml": agreement + events.replace("port-community-events", "acme-out"),
    }
    files |= {f"endpoints/{number}.yaml": endpoint for number, endpoint in enumerate(endpoints)}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def test_the_examples_of_the_page_are_one_valid_site_with_the_stated_defaults(tmp_path: Path) -> None:
    written(tmp_path)
    environ = {"ACME_API_KEY": "k1", "CUSTOMS_API_KEY": "k2"}
    site = load_site(tmp_path, environ=environ, triggers={"at once": AtOnce.parse, "after": Delay.parse})
    assert (site.listen, site.limits, site.timing) == (Listen(), Limits(), Timing())
    assert site.endpoints["customs-api"].retry == Retry()
    assert [agreement.id for agreement in site.agreements] == ["acme-manifests"]


def test_the_page_names_every_kind_of_finding() -> None:
    assert all(f"`{kind}`" in PAGE.read_text() for kind in Kind)
