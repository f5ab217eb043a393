"""`pierhead find`, `trace` and `replay`: what the store knows, and what would come of it today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.text import Text

from gateway import app
from gateway.app import parts
from gateway.cli.output import REJECTED, AsJson, err, out, print_json, rows
from gateway.cli.state import state_of
from gateway.errors import SettingsError
from gateway.model.journal import Event, NewWork, Subject, Work
from gateway.pipeline.differing import changes as changes_between
from gateway.settings import Site
from gateway.store import Store
from gateway.web.desk import stored_result

Id = Annotated[str, typer.Argument(metavar="ID|REFERENCE", help="An id; or a bill, container, LRN, MRN and so on.")]
KindOption = Annotated[
    str, typer.Option("--kind", help="bill, call, container, lrn, mrn, manifest, vessel, voyage, interchange.")
]


@contextmanager
def opened_store(ctx: typer.Context) -> Iterator[tuple[Site, Store]]:
    """Give the site and its open store."""
    site = state_of(ctx).site()
    store = parts.open_store(site)
    try:
        yield site, store
    finally:
        store.close()


def find(
    ctx: typer.Context,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A business key, such as a container number.")],
    kind: KindOption = "",
    as_json: AsJson = False,
) -> None:
    """Find where a business key occurs, newest first. Exits with 1 when it occurs nowhere."""
    with opened_store(ctx) as (_, store):
        found = [_described(store, hit.kind, hit.subject, hit.id) for hit in store.find(kind or None, value)]
    if as_json:
        print_json({"value": value, "found": found})
    elif found:
        lines = ((one["kind"], one["subject"], one["id"], one["what"], one["filing"]) for one in found)
        out().print(rows(value, ("kind", "in", "id", "what", "filing"), lines))
    else:
        err().print(Text(f"{value} occurs nowhere", style="red"))
    if not found:
        raise typer.Exit(REJECTED)


def _described(store: Store, kind: str, subject: Subject, id_: str) -> dict[str, str]:
    made = {"kind": kind, "subject": str(subject), "id": id_, "what": "", "filing": ""}
    if subject is Subject.DOCUMENT:
        document = store.document(id_)
        if document is not None:
            verdict = "accepted" if document.accepted else "rejected"
            made |= {"what": f"{document.type} {document.reference}, {verdict}", "filing": document.filing}
    elif subject is Subject.DELIVERY:
        delivery = store.delivery(id_)
        if delivery is not None:
            said = f", {heard}" if (heard := _heard(store, id_)) else ""
            made["what"] = f"{delivery.delivery.description}, {delivery.state} at {delivery.delivery.endpoint}{said}"
    elif subject is Subject.FILING:
        filing = store.filing(id_)
        made["what"] = filing.state if filing is not None else ""
    return made


def _heard(store: Store, delivery: str) -> str:
    """Return what each layer said last of a delivery and of its messages; "" while nothing has."""
    said = {(one.layer, one.message): one for one in store.acknowledgments(delivery=delivery)}
    return ", ".join(
        f"{layer} {one.verdict}{f' for message {message}' if message else ''}" for (layer, message), one in said.items()
    )


# trace


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of one filing, arrival, document or delivery."""

    id: str
    kind: str
    state: dict[str, Any]
    events: Sequence[Event]
    deliveries: Sequence[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        events = [
            {"at": e.at.isoformat(), "step": e.step, "text": e.text, "document": e.document, "delivery": e.delivery}
            | ({"who": e.who, "why": e.why} if e.who else {})
            for e in self.events
        ]
        return {"id": self.id, "kind": self.kind, **self.state, "events": events, "deliveries": self.deliveries}


def trace(ctx: typer.Context, id_: Id, kind: KindOption = "", as_json: AsJson = False) -> None:
    """Tell the life of a filing or arrival as a timeline. Exits with 1 when nothing of that name is known."""
    with opened_store(ctx) as (_, store):
        lives = [_life(store, kind_of, one) for kind_of, one in _subjects(store, id_, kind)]
    if as_json:
        print_json({"asked": id_, "found": [life.as_dict() for life in lives]})
    for life in lives if not as_json else ():
        _show_life(life)
    if not lives:
        if not as_json:
            err().print(Text(f"nothing is known of {id_}", style="red"))
        raise typer.Exit(REJECTED)


def _subjects(store: Store, text: str, kind: str) -> list[tuple[str, str]]:
    """Return the (kind, id) that a text means: itself if it is an id, else the filings and arrivals with that key."""
    own = _kind_of(store, text)
    if own and not kind:
        return [(own, text)]
    found: dict[tuple[str, str], None] = {}
    for hit in store.find(kind or None, text):
        subject = (str(hit.subject), hit.id)
        if hit.subject is Subject.DOCUMENT:
            document = store.document(hit.id)
            if document is not None:
                subject = ("filing", document.filing) if document.filing else ("arrival", document.arrival)
        found[subject] = None
    return list(found)


def _kind_of(store: Store, id_: str) -> str:
    for kind, look in (
        ("filing", store.filing),
        ("arrival", store.arrival),
        ("document", store.document),
        ("delivery", store.delivery),
    ):
        if look(id_) is not None:
            return kind
    return ""


def _life(store: Store, kind: str, id_: str) -> Life:
    events = store.timeline(id_)
    named = dict.fromkeys(event.delivery for event in events if event.delivery)
    documents = store.documents(filing=id_) if kind == "filing" else store.documents(arrival=id_)
    for document in documents:
        named.update(dict.fromkeys(one.delivery.id for one in store.deliveries(document=document.id)))
    for arrival in dict.fromkeys(document.arrival for document in documents):
        answers = store.deliveries(arrival=arrival, kind="acknowledgment")
        named.update(dict.fromkeys(one.delivery.id for one in answers))
    deliveries = [_delivery(store, one) for one in named]
    return Life(id_, kind, _state(store, kind, id_), events, [one for one in deliveries if one])


def _delivery(store: Store, id_: str) -> dict[str, Any]:
    stored = store.delivery(id_)
    if stored is None:
        return {}
    one = stored.delivery
    return {
        "id": one.id,
        "kind": one.kind,
        "endpoint": one.endpoint,
        "what": one.description,
        "state": str(stored.state),
        "attempts": stored.attempt,
        "acknowledged": _heard(store, id_),
    }


def _state(store: Store, kind: str, id_: str) -> dict[str, Any]:
    if kind == "filing":
        filing = store.filing(id_)
        if filing is not None:
            return {
                "state": f"{filing.state} by {filing.said_by}" if filing.said_by else filing.state,
                "version": filing.version,
                "lrn": filing.lrn,
                "mrn": filing.mrn,
                "bills": ", ".join(filing.bills),
                "agreement": filing.agreement,
                "do_not_load": filing.do_not_load,
                "hold": filing.hold,
            }
    if kind == "arrival":
        stored = store.arrival(id_)
        if stored is not None:
            return {"state": stored.state, "agreement": stored.agreement, "endpoint": stored.arrival.endpoint}
    return {}


def _show_life(life: Life) -> None:
    console = out()
    said = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in life.state.items() if value not in ("", False)
    )
    console.print(Text.assemble((f"{life.kind} {life.id}", "bold"), f"  {said}"), soft_wrap=True)
    lines = ((f"{event.at:%Y-%m-%d %H:%M:%S}", event.step, _said(event)) for event in life.events)
    console.print(rows("", ("time (UTC)", "step", "what happened"), lines))
    if life.deliveries:
        columns = ("id", "what", "endpoint", "state", "attempts", "acknowledged")
        shown = (tuple(delivery[column] for column in columns) for delivery in life.deliveries)
        head = ("id", "what", "endpoint", "state", "#attempts", "acknowledged")
        console.print(rows("\ndeliveries", head, shown))


def _said(event: Event) -> str:
    """Return what happened; of what a person did, with who and why."""
    return f"{event.text} (by {event.who}: {event.why})" if event.who else event.text


# replay


def replay(
    ctx: typer.Context,
    arrival: Annotated[str, typer.Argument(metavar="ARRIVAL")],
    send: Annotated[bool, typer.Option("--send", help="Queue it: process it again for real.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute an arrival again with the maps and agreements of today, and show what differs from what was stored.

    Nothing is changed or sent unless --send is given; then it is processed again by a running `serve`, and
    deliveries that were not made before go out. Deliveries that were made keep their bytes and are not sent twice.
    """
    with opened_store(ctx) as (site, store):
        stored = store.arrival(arrival)
        if stored is None:
            raise SettingsError(f"there is no arrival {arrival}: pierhead find KEY tells which there are")
        result = parts.processor(site, store, keeps=False).process(stored.arrival, app.now())
        if result is None:
            raise SettingsError(f"arrival {arrival} repeats one that is not processed yet: wait for that one")
        before = stored_result(store, stored)
        changes = [change.as_dict() for change in changes_between(before, result)]
        if send:
            store.enqueue([NewWork(Work.CONFLICT if stored.first else Work.PROCESS, arrival, app.now())])
    if as_json:
        print_json({"arrival": arrival, "changes": changes, "queued": send})
        return
    console = out()
    if changes:
        lines = ((c["what"], c["id"], c["path"], c["before"], c["after"]) for c in changes)
        console.print(rows(f"arrival {arrival}", ("what", "id", "path", "stored", "now"), lines))
    else:
        console.print(f"arrival {arrival}: nothing differs from what was stored")
    if send:
        console.print("queued: it is processed again as soon as a gateway serves this site")
