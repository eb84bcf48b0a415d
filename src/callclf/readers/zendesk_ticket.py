"""Zendesk: comments of a ticket.

Written by: Zendesk's `GET /api/v2/tickets/{id}/comments.json`, best with `?include=users`, and
exports that keep the `comments` within the ticket.

Recognised by: `comments` with `author_id` and a body.

Roles: the author's `role` in `users` (end-user, agent, admin). Without it the ticket's
`requester_id` is the customer, and the other authors need `speakers={"8812": "agent"}`, by id or by
name. Comments with `public: false` are internal notes and become system turns.

Times: `created_at`, ISO 8601, counted from the first comment, which also gives the order.

The text is `plain_body`, else `body`, else `html_body` without its markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._markup import plain_text
from callclf.readers._meta import plain
from callclf.readers._notes import NOTE, note_by
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, iso
from callclf.transcript import Transcript

__all__ = ["READER"]

_BODIES = ("plain_body", "body", "html_body")


def _sniff(value: object) -> bool:
    comments = value.get("comments") if isinstance(value, dict) else None
    first = comments[0] if isinstance(comments, list) and comments else None
    if not isinstance(first, dict) or "author_id" not in first:
        return False
    return any(body in first for body in _BODIES)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    ticket = mapping(record.get("ticket") or record, "ticket")
    requester = identifier(ticket.get("requester_id"), "requester_id")
    users = {
        identifier(user.get("id"), f"{where}.id"): user
        for where, user in objects(record.get("users") or [], "users")
    }
    comments = each(record, "comments")
    starts = from_first([iso(comment.get("created_at")) for _, comment in comments])
    rows = []
    for i, (where, comment) in enumerate(comments):
        author = identifier(comment.get("author_id"), f"{where}.author_id")
        user = users.get(author, {})
        role = string(user.get("role"), f"role of user {author}")
        if role is None and author is not None and author == requester:
            role = "requester"
        speaker = string(user.get("name"), f"name of user {author}") or author
        if comment.get("public") is False:
            role, speaker = NOTE, note_by(speaker)
        rows.append(Row(i, _body(comment, where), role, speaker, starts[i]))
    meta = plain({"subject": ticket.get("subject"), "status": ticket.get("status")})
    if record.get("next_page"):
        meta["warnings"] = ["this is one page of several; the others hold more comments"]
    id = ticket.get("id") or comments[0][1].get("ticket_id") if comments else None
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=identifier(id),
        channel=_channel(ticket, comments),
        meta=meta,
    )


def _body(comment: dict[str, Any], where: str) -> str | None:
    for name in _BODIES:
        if text := string(comment.get(name), f"{where}.{name}"):
            # Entities come in the plain body too.
            return text if name == "body" else plain_text(text)
    return None


def _channel(ticket: dict[str, Any], comments: list[tuple[str, dict[str, Any]]]) -> str | None:
    for part in (ticket, *(comment for _, comment in comments[:1])):
        via = part.get("via")
        channel = via.get("channel") if isinstance(via, dict) else None
        if isinstance(channel, str) and channel:
            return channel
    return None


READER = Reader(
    name="zendesk_ticket",
    title="Zendesk, ticket comments",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
