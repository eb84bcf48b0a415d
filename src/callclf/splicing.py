"""Remarks put into ordinary calls, so that a failure is known by what is said, not by where.

Real calls of one kind seldom show all failures. A model that learns from them comes to take the
kind of call for a sign that nobody is rude in it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from callclf.corpus import Corpus
from callclf.errors import LabelError
from callclf.labels import CallLabels
from callclf.transcript import Role, Transcript, Turn

__all__ = ["PLACES", "check_remarks", "fits", "spliced", "with_remark"]

PLACES = ("before", "after", "instead", "insert")
"""Where a remark goes: before or after what the company says in a turn, in place of it, or, as
turns of its own that begin with the customer, behind that turn."""

BEFORE, AFTER = (4, 8), (0, 4)
"""Turns of the call, at least and at most, that a copy keeps before and after its remark: what is
further away says little of it, and takes as long to learn from."""

_COMPANY = (Role.AGENT, Role.BOT)

_REQUEST = 5
"""Words of a customer's turn that a remark may answer instead: shorter ones may ask for nothing."""


def check_remarks(remarks: Corpus, source: str) -> None:
    """Check that all can be spliced.

    Parameters
    ----------
    remarks
        Short calls whose `meta` says the `place`.
    source
        Where they come from.

    Raises
    ------
    LabelError
        Naming source and remark, and what is wrong with its `place` or its turns.
    """
    for remark in remarks.calls:
        place, roles = remark.meta.get("place"), [turn.role for turn in remark.turns]
        which = f"{source}: remark {remark.id!r}"
        if place not in PLACES:
            raise LabelError(f"{which}: 'place' must be one of {', '.join(PLACES)}, got {place!r}")
        if place == "insert" and (roles[:1] != [Role.CUSTOMER] or roles[-1] not in _COMPANY):
            raise LabelError(
                f"{which}: what is inserted begins with the customer and ends with the agent"
            )
        if place != "insert" and (len(roles) != 1 or roles[0] not in _COMPANY):
            raise LabelError(f"{which}: {place!r} takes one turn of the agent")


def spliced(
    calls: Sequence[Transcript],
    labels: Sequence[CallLabels],
    remarks: Corpus,
    names: Sequence[str],
    share: float,
    seed: int,
) -> list[tuple[int, Transcript, CallLabels]]:
    """Return part of some of the calls once more, with a remark in each.

    A copy is what was said around the remark: `BEFORE` and `AFTER` say how much. It keeps the id
    of its call, which ties the two together, and has the remark's id in its `meta` as "remark".
    Contrast pairs, and calls without a customer's turn before one of the company's, are left alone.

    Parameters
    ----------
    calls, labels
        What remarks may be put into.
    remarks
        Short calls whose `meta` says the `place`.
    names
        The label set.
    share
        Of the calls that come once more.
    seed
        Same seed and calls, same copies.

    Returns
    -------
    list
        Position of the call, the copy, and its labels.
    """
    rng = random.Random(f"{seed} remarks")
    bag: list[int] = []
    copies = []
    for i, (call, known) in enumerate(zip(calls, labels, strict=True)):
        if "pair" in call.meta or rng.random() >= share or not _answers(call):
            continue
        if not bag:  # every remark comes as often as any other
            bag = rng.sample(range(len(remarks)), len(remarks))
        drawn = bag.pop()
        remark, said = remarks.calls[drawn], remarks.labels[drawn]
        at = rng.choice(_answers(call))
        if fits(remark, call, at) and not any(_without_turns(known, n) for n in said.labels):
            copy, shown = with_remark(call, remark, at), _joined(known, said, remark, at, names)
            begin, end = _span(remark, at)
            copies.append(
                (i, *_part(copy, shown, begin - rng.randint(*BEFORE), end + rng.randint(*AFTER)))
            )
    return copies


def fits(remark: Transcript, call: Transcript, at: int) -> bool:
    """Return whether a remark may be put at a turn: one of the company's, after the customer's."""
    if at not in _answers(call):
        return False
    asked = call.turns[at - 1]
    is_request = asked.role is Role.CUSTOMER and len(asked.text.split()) >= _REQUEST
    return remark.meta["place"] != "instead" or is_request


def with_remark(call: Transcript, remark: Transcript, at: int) -> Transcript:
    """Return a call with a remark at a turn, said by those who speak in the call."""
    place, host = remark.meta["place"], call.turns[at]
    if place == "insert":
        other = next(turn.speaker for turn in call.turns if turn.role is Role.CUSTOMER)
        new = [
            Turn(turn.role, turn.text, other)
            if turn.role is Role.CUSTOMER
            else Turn(host.role, turn.text, host.speaker)
            for turn in remark.turns
        ]
        turns = [*call.turns[: at + 1], *new, *call.turns[at + 1 :]]
    else:
        text = remark.turns[0].text
        if place == "before":
            text = f"{text} {_uncapitalised(host.text) if text.endswith(',') else host.text}"
        elif place == "after":
            text = f"{host.text} {text}"
        turns = [*call.turns[:at], Turn(host.role, text, host.speaker), *call.turns[at + 1 :]]
    return Transcript(
        [Turn(turn.role, turn.text, turn.speaker) for turn in turns],
        id=call.id,
        channel=call.channel,
        meta={**call.meta, "remark": remark.id},
    )


def _answers(call: Transcript) -> list[int]:
    """Return the turns of the company that come after the customer has spoken."""
    spoken = [k for k, turn in enumerate(call.turns) if turn.role is Role.CUSTOMER]
    first = spoken[0] if spoken else len(call.turns)
    return [k for k, turn in enumerate(call.turns)
            if k > first and turn.role in _COMPANY and turn.text.strip()]  # fmt: skip


def _without_turns(known: CallLabels, name: str) -> bool:
    """Return whether a call has, or may have, a failure, but nobody said in which turn."""
    if name in known.labels:
        return not known.evidence.get(name)
    return name in known.borderline and not known.borderline[name]


def _span(remark: Transcript, at: int) -> tuple[int, int]:
    """Return where in a copy the remark begins, and where it has ended."""
    begin = at + 1 if remark.meta["place"] == "insert" else at
    return begin, begin + len(remark)


def _part(
    call: Transcript, labels: CallLabels, begin: int, end: int
) -> tuple[Transcript, CallLabels]:
    """Return some turns of a call, with the labels that these show."""
    begin = max(begin, 0)
    end = min(end, len(call))
    part = Transcript(call.turns[begin:end], id=call.id, channel=call.channel, meta=call.meta)

    def inside(marks: Sequence[int]) -> tuple[int, ...]:
        return tuple(k - begin for k in marks if begin <= k < end)

    evidence = {n: left for n, marks in labels.evidence.items() if (left := inside(marks))}
    borderline = {n: inside(marks) for n, marks in labels.borderline.items()}
    unsure = {n: left for n, left in borderline.items() if left or not labels.borderline[n]}
    nowhere = [n for n in labels.labels if n not in labels.evidence]  # here, or in another part
    unsure.update(dict.fromkeys(nowhere, ()))
    return part, CallLabels(tuple(evidence), evidence, unsure, labels.annotated)


def _joined(
    known: CallLabels,
    said: CallLabels,
    remark: Transcript,
    at: int,
    names: Sequence[str],
) -> CallLabels:
    """Return the labels of a call with a remark.

    In place of an answer, a remark says nothing of what the answer showed, and leaves open whether
    it ignores the customer.
    """
    begin, end = _span(remark, at)
    grown = end - begin if remark.meta["place"] == "insert" else 0
    replaced = {at} if remark.meta["place"] == "instead" else set()

    def moved(k: int) -> int:
        return k + grown if k > at else k

    evidence = {n: {moved(k) for k in marks} - replaced for n, marks in known.evidence.items()}
    unsure = {n: {moved(k) for k in marks} for n, marks in known.borderline.items()}
    whole = {n for n, marks in unsure.items() if not marks}
    for name in names if replaced else ():
        unsure.setdefault(name, set()).update(replaced)
    for name, marks in said.evidence.items():
        evidence.setdefault(name, set()).update(begin + k for k in marks)
    for name, marks in said.borderline.items():
        unsure.setdefault(name, set()).update(begin + k for k in marks)
    both = dict.fromkeys((*known.labels, *said.labels))
    labels = [n for n in both if n not in evidence or evidence[n]]  # not if its turn was replaced
    return CallLabels(
        tuple(labels),
        {n: tuple(sorted(evidence[n])) for n in labels if n in evidence},
        {
            n: () if n in whole else tuple(sorted(left))
            for n, marks in unsure.items()
            if (left := marks - evidence.get(n, set())) or n in whole
        },
        known.annotated,
    )


def _uncapitalised(text: str) -> str:
    """Return a text that goes on in the middle of a sentence."""
    word = text.split(None, 1)[0]
    return text if word[0:1] == "I" or word.isupper() else text[0].lower() + text[1:]
