from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import SettingsError
from gateway.routing import Agreement, Missed
from gateway.settings import load_site
from gateway.triggers import Before, Every

ENVIRON = {"CUSTOMS_KEY": "k-0123456789", "ACME_KEY": "acme-key-123"}
HOUR = timedelta(hours=1)
ROUTE = "    as: wco cargo-report 1 pierhead\n    answer_within: 2 h\n"


def read(folder: Path, old: str, new: str) -> Agreement:
    path = folder / "agreements/acme-manifests.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    found = load_site(folder, environ=ENVIRON).agreement("acme-manifests")
    assert found is not None
    return found


def test_a_route_that_gathers_has_its_times_and_what_becomes_of_missed_ones(folder: Path) -> None:
    made = read(folder, ROUTE, "    as: CUSCAR D16A\n    together: every 1 h\n    missed: all\n")
    assert (made.routes[0].trigger, made.routes[0].gathers) == (Every(HOUR), Missed.ALL)


def test_missed_times_go_once_where_nothing_is_said(folder: Path) -> None:
    made = read(folder, ROUTE, "    as: CUSCAR D16A\n    together: cron 0 6 * * *\n")
    assert made.routes[0].gathers is Missed.ONCE
    assert made.routes[1].gathers is None


@pytest.mark.parametrize(
    ("route", "why"),
    [
        ("as: CUSCAR D16A\n    together: after 1 h", "for times that come again"),
        ("as: CUSCAR D16A\n    together: every 1 h\n    trigger: at once", "leave 'trigger' out"),
        ("as: CUSCAR D16A\n    together: every 1 h\n    order_by: voyage", "have no order by voyage"),
        ("as: CUSCAR D16A\n    together: every 1 h\n    answer_within: 2 h", "has no one answer"),
        ("as: CUSCAR D16A\n    together: every 1 h\n    missed: twice", "not one of once, all"),
        ("as: wco cargo-report 1 pierhead\n    together: every 1 h", "WCO XML holds one document"),
        ("as: CUSCAR D16A\n    trigger: cron 0 0 30 2 *", "never comes"),
    ],
)
def test_what_cannot_go_together_is_refused(folder: Path, route: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        read(folder, ROUTE, f"    {route}\n")


def test_a_reply_goes_by_itself(folder: Path) -> None:
    with pytest.raises(SettingsError, match="goes to whoever filed by itself"):
        read(folder, "    as: CUSRES D96B\n", "    as: CUSRES D96B\n    together: every 1 h\n")


def test_two_routes_that_gather_the_same_cannot_be_told_apart(folder: Path) -> None:
    again = "    as: CUSCAR D16A\n    together: every 1 h\n  - document: CargoReport\n    to: customs-api\n"
    with pytest.raises(SettingsError, match="two routes gather CargoReport to customs-api"):
        read(folder, ROUTE, f"{again}    as: CUSCAR D16A\n    together: every 2 h\n")


DEADLINE = (
    "deadlines:\n  - document: CargoReport\n    by: {}\n    warn: [1 h, 6 h]\n    to: acme-out\n    as: APERAK D96A\n"
)


def test_a_deadline_has_its_warnings_the_longest_first(folder: Path) -> None:
    made = read(folder, "replies:\n", DEADLINE.format("24 h before loading") + "replies:\n")
    (watch,) = made.deadlines
    assert (watch.document, watch.by, watch.warn) == ("CargoReport", Before(24 * HOUR, "loading"), (6 * HOUR, HOUR))
    assert (watch.route.document, watch.route.to) == ("CustomsResponse", "acme-out")


@pytest.mark.parametrize(
    ("by", "why"),
    [("every 1 h", "counted from the voyage"), ("24 h before leaving", "is no deadline"), ("", "needs 'by'")],
)
def test_what_is_no_deadline_is_refused(folder: Path, by: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        read(folder, "replies:\n", DEADLINE.format(by) + "replies:\n")
