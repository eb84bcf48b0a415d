"""Zendesk: comments of a ticket.

Written by: Zendesk's `GET /api/v2/tickets/{id}/comments.json`, best with `?include=users`, and
exports that keep the `comments` within the ticket.

Recognised by: `comments` with `author_id` and a body; in the ticket, beside it, or in `tickets`.

Roles: the author's `role` in `users` (end-user, agent, admin) or in the comment's `author`. Without
it the ticket's requester is the customer and its assignee an agent, and the other authors need
`speakers={"8812": "agent"}`, by id or by name. Comments with `public: false` are internal notes and
become system turns.

Times: `created_at`, ISO 8601, counted from the first comment, which also gives the order.

The text is `plain_body`, else `body`, else `html_body` without its markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._markup import plain_text
from callclf.readers._meta import plain
from callclf.readers._notes import NOTE, note_by
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import from_first, iso
from callclf.transcript import Transcript

__all__ = ["READER"]

_BODIES = ("plain_body", "body", "html_body")


def _sniff(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return some(value.get("tickets"), _has_comments) or any(map(_has_comments, _holders(value)))


def _has_comments(record: dict[str, Any]) -> bool:
    return some(record.get("comments"), _is_comment)


def _is_comment(value: dict[str, Any]) -> bool:
    by_somebody = "author_id" in value or isinstance(value.get("author"), dict)
    return by_somebody and any(body in value for body in _BODIES)


def _holders(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the comments may stand in: the record itself, or its ticket."""
    ticket = record.get("ticket")
    return [record, ticket] if isinstance(ticket, dict) else [record]


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    record = mapping(value)
    users = _users(record)
    if not some(record.get("tickets"), _has_comments):
        yield _call(record, users, options)
        return
    for where, ticket in each(record, "tickets"):
        try:
            yield _call(ticket, users, options)
        except ReadError as error:
            place = f"{where}.{error.where}" if error.where else where
            yield ReadError(error.problem, where=place)


def _users(record: dict[str, Any]) -> dict[str | None, dict[str, Any]]:
    listed = objects(record.get("users") or [], "users")
    return {identifier(user.get("id"), f"{where}.id"): user for where, user in listed}


def _call(
    record: dict[str, Any], users: dict[str | None, dict[str, Any]], options: ReadOptions
) -> Transcript:
    ticket = mapping(record.get("ticket") or record, "ticket")
    parts = {name: _person(ticket, name) for name in ("requester", "assignee")}
    comments = each(next(filter(_has_comments, _holders(record)), record), "comments")
    starts = from_first([iso(comment.get("created_at")) for _, comment in comments])
    rows = []
    for i, (where, comment) in enumerate(comments):
        own = mapping(comment.get("author") or {}, f"{where}.author")
        author = identifier(comment.get("author_id") or own.get("id"), f"{where}.author_id")
        user = {**own, **users.get(author, {})}
        role = string(user.get("role"), f"role of user {author}") or _role(author, parts)
        speaker = string(user.get("name"), f"name of user {author}") or author
        if comment.get("public") is False:
            role, speaker = NOTE, note_by(speaker)
        rows.append(Row(i, _body(comment, where), role, speaker, starts[i]))
    meta = plain({"subject": ticket.get("subject"), "status": ticket.get("status")})
    if record.get("next_page"):
        meta["warnings"] = ["this is one page of several; the others hold more comments"]
    id = ticket.get("id") or comments[0][1].get("ticket_id") if comments else None
    return assemble(
        rows,
        options,
        format=READER.name,
        id=identifier(id),
        channel=_channel(ticket, comments),
        meta=meta,
    )


def _person(ticket: dict[str, Any], name: str) -> str | None:
    """Return the id of a ticket's requester or assignee, also where the whole user stands."""
    whole = ticket.get(name)
    id = whole.get("id") if isinstance(whole, dict) else ticket.get(f"{name}_id")
    return identifier(id, f"{name}_id")


def _role(author: str | None, parts: dict[str, str | None]) -> str | None:
    if author is None:
        return None
    # An employee may ask for something too, and work on it.
    return next((part for part in ("requester", "assignee") if parts[part] == author), None)


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
