"""From speakers without a role to speakers with one, or to a reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from callclf.features.ngrams import hash_words
from callclf.role_inference.model import RoleModel, load_roles
from callclf.transcript import Role, Transcript, Turn

__all__ = ["infer_roles"]

_COMPANY = (Role.AGENT, Role.BOT)
LEAST_WORDS = 15
"""Fewer words than these, of two speakers together or of one judged alone, decide nothing."""

_NAMED = 5
"""Speakers listed in a warning before it says how many more there are."""


@dataclass(frozen=True)
class _Guess:
    role: Role
    confidence: float


def infer_roles(call: Transcript, model: RoleModel | None = None) -> Transcript:
    """Give speakers of unknown role the one that their words suggest, where that is clear.

    All turns of a speaker are judged together, by their text alone: neither names nor who speaks
    first count. Of two speakers one is the agent and the other the customer; of three and more
    each is judged alone. A speaker that is not clear enough stays unknown, and so do a speaker who
    talks to nobody and turns without a speaker. Roles that the source or the caller gave are never
    changed. A machine that speaks for the company is called an agent: words do not tell.

    What was inferred stands in `meta["inferred_roles"]`, as `{"spk_0": {"role": "agent",
    "confidence": 0.998}}`, and in `meta["warnings"]`.

    Parameters
    ----------
    call
        A transcript.
    model
        None for the shipped one.
    """
    unknown = [turn for turn in call.turns if turn.role is Role.UNKNOWN]
    if not unknown:
        return call
    model = model or load_roles()
    names = list(dict.fromkeys(turn.speaker for turn in unknown if turn.speaker))
    nameless = sum(not turn.speaker for turn in unknown)
    parties = len({(t.role, t.speaker) for t in call.turns if t.role is not Role.SYSTEM})
    guesses = (
        _of_two(call, names, model)
        if parties == 2 and not nameless
        else {name: _alone(_said(call, name), model) for name in names if parties > 1}
    )
    sure = {name: guess for name, guess in guesses.items() if guess.confidence >= model.least}
    turns = [_with_role(turn, sure) for turn in call.turns]
    meta = dict(call.meta)
    if sure:
        meta["inferred_roles"] = {
            name: {"role": guess.role.value, "confidence": guess.confidence}
            for name, guess in sure.items()
        }
    unsure = [name for name in names if name not in sure]
    meta["warnings"] = [*meta.get("warnings", []), *_warnings(sure, unsure, nameless)]
    return Transcript(turns, call.id, call.channel, meta)


def _of_two(call: Transcript, names: Sequence[str], model: RoleModel) -> dict[str, _Guess]:
    said = [_said(call, name) for name in names]
    known = [turn for turn in call.turns if turn.role in (*_COMPANY, Role.CUSTOMER)]
    if known:
        said.append([turn.text for turn in known])
    if _too_few(said[0] + said[1]):
        return {}
    agent = model.first_is_agent(model.evidence(said[0]) - model.evidence(said[1]))
    if not known:
        return {names[0]: _guess(agent), names[1]: _guess(1 - agent)}
    guess = _guess(agent)
    # The other side's role is known: where the words disagree with it, they decide nothing.
    fits = (guess.role is Role.AGENT) != (known[0].role in _COMPANY)
    return {names[0]: guess} if fits else {}


def _alone(said: Sequence[str], model: RoleModel) -> _Guess:
    return _guess(0.5 if _too_few(said) else model.is_agent(model.evidence(said)))


def _too_few(texts: Sequence[str]) -> bool:
    return len(hash_words(texts).hashes) < LEAST_WORDS


def _guess(agent: float) -> _Guess:
    role, confidence = (Role.AGENT, agent) if agent >= 0.5 else (Role.CUSTOMER, 1 - agent)
    return _Guess(role, min(round(confidence, 4), 0.9999))  # nothing that is learned is certain


def _said(call: Transcript, speaker: str) -> list[str]:
    return [t.text for t in call.turns if t.role is Role.UNKNOWN and t.speaker == speaker]


def _with_role(turn: Turn, sure: dict[str, _Guess]) -> Turn:
    if turn.role is Role.UNKNOWN and turn.speaker in sure:
        return replace(turn, role=sure[turn.speaker].role)
    return turn


def _warnings(sure: dict[str, _Guess], unsure: Sequence[str], nameless: int) -> Iterable[str]:
    if sure:
        listed = [f"{name!r} is the {g.role.value} ({g.confidence})" for name, g in sure.items()]
        yield f"roles inferred from the text: {_listed(listed)}; speakers={{...}} overrules"
    if unsure:
        listed = [repr(name) for name in unsure]
        yield f"roles not inferred, the text is not clear enough: {_listed(listed)}"
    if nameless:
        turns = f"{nameless} turn" if nameless == 1 else f"{nameless} turns"
        yield f"roles not inferred where the source gives no speaker ({turns})"


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    return ", ".join(items[:_NAMED]) + more
