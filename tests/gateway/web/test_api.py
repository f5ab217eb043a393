from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from served import MANIFEST, Served

PROBLEM = "application/problem+json"


def numbered(number: int) -> bytes:
    """The sample manifest under an interchange reference of its own."""
    return MANIFEST.replace(reference(), f"REF{number:07}".encode())


def reference() -> bytes:
    """The interchange reference of the sample."""
    return MANIFEST.split(b"'")[1 if MANIFEST.startswith(b"UNA") else 0].split(b"+")[5]


@pytest.fixture(scope="module")
def sent(served: Served) -> dict[str, Any]:
    """The sample manifest, sent and processed."""
    answer = served.submit(headers={"Idempotency-Key": "first"})
    assert answer.status_code == 202
    return served.settled(answer.json()["id"])


def test_a_message_is_accepted_and_everything_about_it_can_be_asked(served: Served, sent: dict[str, Any]) -> None:
    here = f"/v1/messages/{sent['id']}"
    status = served.get(here).json()
    assert (status["state"], status["agreement"], status["endpoint"]) == ("accepted", "manifests", "http")
    assert served.get(f"{here}/raw").content == MANIFEST
    steps = [line["step"] for line in served.get(f"{here}/timeline").json()]
    assert steps[0] == "record"
    assert {"identify", "route"} <= set(steps)
    assert served.get(f"{here}/findings").json() == status["findings"]
    (document,) = status["documents"]
    canonical = served.get(f"/v1/documents/{document['id']}")
    assert canonical.headers["content-type"] == "application/json"
    assert canonical.json()["manifest_number"]
    endpoints = {one["endpoint"] for one in served.get(f"{here}/deliveries").json()}
    assert {"blue-anchor-inbox", "customs-api"} <= endpoints
    filing = served.get("/v1/filings", params={"id": document["filing"]}).json()
    assert filing["sender"] == "blue-anchor"
    assert served.get("/v1/filings/timeline", params={"id": document["filing"]}).json()


def test_raw_bytes_are_never_shown_as_a_page(served: Served, sent: dict[str, Any]) -> None:
    answer = served.get(f"/v1/messages/{sent['id']}/raw")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_search_finds_a_message_by_any_of_its_references(served: Served, sent: dict[str, Any]) -> None:
    manifest = served.get(f"/v1/documents/{sent['documents'][0]['id']}").json()["manifest_number"]
    hits = served.get("/v1/search", params={"value": manifest}).json()
    assert sent["documents"][0]["id"] in [hit["id"] for hit in hits]
    assert served.get("/v1/search", params={"value": manifest, "kind": "vessel"}).json() == []
    assert served.get("/v1/search", params={"value": "nothing has this"}).json() == []


def test_a_partner_sees_nothing_of_another_and_an_operator_all(served: Served, sent: dict[str, Any]) -> None:
    document = sent["documents"][0]
    deliveries = served.get(f"/v1/messages/{sent['id']}/deliveries").json()
    theirs = next(one for one in deliveries if one["endpoint"] == "customs-api")
    paths = [f"/v1/messages/{sent['id']}{more}" for more in ("", "/raw", "/timeline", "/findings", "/deliveries")]
    paths += [f"/v1/documents/{document['id']}", f"/v1/filings?id={document['filing']}"]
    for path in paths:
        assert served.get(path, "port-community").status_code == 404, path
        assert served.get(path, "narrow").status_code == 404, path
        assert served.get(path, "operator").status_code == 200, path
    assert served.get("/v1/search", "port-community", params={"value": document["reference"]}).json() == []
    assert served.get(f"/v1/deliveries/{theirs['id']}", "blue-anchor").status_code == 200
    assert served.get(f"/v1/deliveries/{theirs['id']}/raw", "blue-anchor").status_code == 404
    assert served.get(f"/v1/deliveries/{theirs['id']}/raw", "customs").status_code == 200
    assert served.get(f"/v1/deliveries/{theirs['id']}", "port-community").status_code == 404


@pytest.mark.parametrize(
    ("by", "method", "path", "status"),
    [
        ("operator", "POST", "/v1/messages", 403),
        ("narrow", "POST", "/v1/messages", 403),
        ("replays", "POST", "/v1/messages", 403),
        ("prometheus", "GET", "/v1/messages/x", 403),
        ("blue-anchor", "GET", "/v1/site", 403),
        ("blue-anchor", "GET", "/metrics", 403),
        ("blue-anchor", "POST", "/v1/messages/x/replay", 403),
        ("operator", "GET", "/v1/site", 200),
        ("operator", "GET", "/metrics", 200),
        ("prometheus", "GET", "/metrics", 200),
    ],
)
def test_a_key_opens_its_scopes_alone(served: Served, by: str, method: str, path: str, status: int) -> None:
    answer = served.call(method, path, by, content=MANIFEST if method == "POST" else None)
    assert answer.status_code == status
    assert (answer.headers["content-type"] == PROBLEM) == (status != 200)


def test_nothing_but_health_and_the_interface_is_told_without_a_key(served: Served) -> None:
    document = httpx2.get(f"{served.url}/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            url = f"{served.url}{path.replace('{id}', 'x')}"
            answer = served.client.request(method, url, params={"id": "x", "value": "x"})
            assert (answer.status_code == 401) == ("security" in operation), path


def test_the_same_idempotency_key_and_bytes_give_the_first_answer_again(served: Served, sent: dict[str, Any]) -> None:
    again = served.submit(headers={"Idempotency-Key": "first"})
    assert (again.status_code, again.json()["id"]) == (200, sent["id"])


def test_an_idempotency_key_with_other_bytes_is_refused_and_nothing_recorded(
    served: Served, sent: dict[str, Any]
) -> None:
    other = served.submit(numbered(7), headers={"Idempotency-Key": "first"})
    assert (other.status_code, other.headers["content-type"]) == (422, PROBLEM)
    assert "Idempotency-Key" in other.json()["detail"]
    new = served.submit(numbered(7), headers={"Idempotency-Key": "second"})
    assert new.status_code == 202
    assert new.json()["id"] != sent["id"]


def test_an_idempotency_key_is_its_partners_own(served: Served, sent: dict[str, Any]) -> None:
    answer = served.submit(b"something else", "port-community", headers={"Idempotency-Key": "first"})
    assert answer.status_code == 202
    assert answer.json()["id"] != sent["id"]


def test_a_validation_says_at_once_what_the_queue_makes_of_the_message(served: Served) -> None:
    broken = numbered(8).replace(b"BGM+", b"BGN+", 1)
    answer = served.submit(broken, params={"validate": "true"})
    told = answer.json()["validation"]
    assert answer.status_code == 202
    later = served.settled(answer.json()["id"])
    assert (told["state"], told["agreement"]) == (later["state"], later["agreement"])
    assert [one["code"] for one in told["findings"]] == [one["code"] for one in later["findings"]]
    assert told["findings"]


def test_a_replay_tells_what_differs_and_sends_nothing_twice(served: Served, sent: dict[str, Any]) -> None:
    path = f"/v1/messages/{sent['id']}"
    before = served.get(f"{path}/deliveries").json()
    told = served.call("POST", f"{path}/replay", "replays").json()
    assert told == {"id": sent["id"], "changes": [], "queued": False}
    assert served.call("POST", f"{path}/replay", "operator", params={"send": "true"}).json()["queued"] is True
    while served.gateway.store.counters().work_ready.get("process"):
        pass
    assert [one["id"] for one in served.get(f"{path}/deliveries").json()] == [one["id"] for one in before]


def test_the_site_is_told_without_a_secret(served: Served) -> None:
    answer = served.get("/v1/site", "operator")
    assert {one["id"] for one in answer.json()["partners"]} == {
        "blue-anchor",
        "customs",
        "port-community",
        "foreign-agency",
    }
    for key in served.keys.values():
        assert key not in answer.text
    assert "sqlite" not in answer.text


def test_events_go_on_from_the_last_one_seen_and_only_to_whom_they_concern(
    served: Served, sent: dict[str, Any]
) -> None:
    def heard(by: str, wanted: int, after: int = 0) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        headers = {"X-API-Key": served.keys[by], "Last-Event-ID": str(after)}
        with httpx2.stream("GET", f"{served.url}/v1/events", headers=headers, timeout=60) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            number = 0
            for line in answer.iter_lines():
                number = int(line[4:]) if line.startswith("id: ") else number
                if line.startswith("data: "):
                    told.append(json.loads(line[6:]) | {"number": number})
                    if len(told) == wanted:
                        break
        return told

    first = heard("operator", 3)
    assert [one["number"] for one in first] == sorted(one["number"] for one in first)
    assert heard("operator", 1, first[1]["number"])[0]["number"] == first[2]["number"]
    other = served.submit(b"no standard at all", "port-community").json()["id"]
    assert {one["arrival"] for one in heard("port-community", 2) if one["arrival"]}.isdisjoint({sent["id"]})
    assert served.settled(other)["state"] == "not recognised"


def test_a_server_that_stops_ends_its_streams(tmp_path: Any) -> None:
    from served import served as serving

    with serving(tmp_path / "site") as made:
        headers = {"X-API-Key": made.keys["operator"]}
        with httpx2.stream("GET", f"{made.url}/v1/events", headers=headers, timeout=60) as answer:
            lines = answer.iter_lines()
            assert next(lines) == ": listening"
            made.gateway.http.stop()
            assert not [line for line in lines if line.startswith("data")]


def test_acknowledgments_awaited_are_told_to_whose_message_it_was(served: Served, sent: dict[str, Any]) -> None:
    told = served.get("/v1/acknowledgments").json()
    assert any(one["arrival"] == sent["id"] and one["standing"] == "waiting" for one in told)
    assert served.get("/v1/acknowledgments", params={"overdue": "true"}).json() == []
    assert not [one for one in served.get("/v1/acknowledgments", "narrow").json() if one["arrival"] == sent["id"]]
