"""`pierhead retry`, `resend`, `abandon` and `skip`: what a person may do about what does not go by itself."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from gateway import app
from gateway.cli.journal import opened_store
from gateway.cli.output import REJECTED, AsJson, counted, err, out, print_json, rows
from gateway.cli.who import By, Why, person, reason
from gateway.store import Store

Id = Annotated[str, typer.Argument(metavar="ID", help="A delivery.")]


def retry(
    ctx: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="A delivery, or an arrival whose processing failed.")] = "",
    why: Why = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Queue a dead or quarantined delivery again, or the processing of an arrival; without an id, list what waits.

    A delivery is sent with the same bytes and idempotency key. Exits with 1 when it does not wait for a person.
    """
    with opened_store(ctx) as (_, store):
        if not id_:
            _list_dead(store, as_json=as_json)
            return
        who, because, now = person(by), reason(why), app.now()
        done = store.retry(id_, now, who, because) or any(
            store.revive(int(letter.id), now, who, because)
            for letter in store.dead_letters()
            if letter.kind == "work" and letter.subject == id_
        )
    _told(id_, f"{id_} is queued again" if done else "", "neither dead nor quarantined", as_json=as_json)


def resend(ctx: typer.Context, id_: Id, why: Why = "", by: By = "", as_json: AsJson = False) -> None:
    """Send the bytes of a delivery again as a new one, under a new idempotency key.

    For a counterparty that lost what it had confirmed. A delivery that waited for a person is thereby abandoned.
    Exits with 1 when it is still to go by itself.
    """
    with opened_store(ctx) as (_, store):
        new = store.resend(id_, app.now(), person(by), reason(why))
    _told(id_, f"{id_} is sent again as {new}" if new else "", "no delivery that is settled or stuck", as_json=as_json)


def abandon(ctx: typer.Context, id_: Id, why: Why = "", by: By = "", as_json: AsJson = False) -> None:
    """Give a delivery up that is queued, dead or quarantined: nothing is sent, and what waits for it goes on.

    Exits with 1 when it is something else.
    """
    with opened_store(ctx) as (_, store):
        done = store.abandon(id_, app.now(), person(by), reason(why))
    _told(id_, f"{id_} is abandoned" if done else "", "neither queued, dead nor quarantined", as_json=as_json)


def skip(ctx: typer.Context, id_: Id, why: Why = "", by: By = "", as_json: AsJson = False) -> None:
    """Let what waits for a dead or quarantined delivery go before it; it stays for a later retry.

    Exits with 1 when it is neither.
    """
    with opened_store(ctx) as (_, store):
        done = store.skip(id_, app.now(), person(by), reason(why))
    _told(
        id_,
        f"{id_} is skipped: what waited for it may go" if done else "",
        "neither dead nor quarantined",
        as_json=as_json,
    )


def _told(id_: str, done: str, otherwise: str, *, as_json: bool) -> None:
    """Say what was done; exits with 1 when nothing was."""
    if as_json:
        print_json({"id": id_, "done": bool(done), "what": done or f"{id_} is {otherwise}"})
    elif done:
        out().print(done)
    else:
        err().print(Text(f"{id_} is {otherwise}", style="red"))
    if not done:
        raise typer.Exit(REJECTED)


def _list_dead(store: Store, *, as_json: bool) -> None:
    letters, blocking = store.dead_letters(), {one.delivery: one.waiting for one in store.blocking()}
    if as_json:
        waiting = [
            {
                "kind": x.kind,
                "id": x.subject,
                "state": x.state,
                "endpoint": x.endpoint,
                "reason": x.reason,
                "at": x.at.isoformat(),
                "blocks": blocking.get(x.subject, 0),
            }
            for x in letters
        ]
        print_json({"waiting": waiting})
        return
    lines = (
        (x.kind, x.subject, x.state, x.endpoint, f"{x.at:%Y-%m-%d %H:%M}", blocking.get(x.subject, ""), x.reason)
        for x in letters
    )
    columns = ("kind", "id", "state", "endpoint", "time (UTC)", "#blocks", "reason")
    out().print(rows("waits for a person", columns, lines))
    out().print(counted(len(letters), "dead letter"))
