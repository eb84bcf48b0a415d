"""One vocabulary of role words for all formats, and the caller's own map on top of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from callclf.errors import ReadError, unknown_name
from callclf.transcript import Role

__all__ = ["fold", "parse_speakers", "role_of"]

_WORDS = {
    # `assistant` and `model` are the company's side of a chat; whether that side is a machine the
    # log does not say. Pass speakers={"assistant": "bot"} where it is.
    Role.AGENT: """
        agent; human agent; any agent; live agent; support agent; service agent; call agent; agt
        rep; representative; sales rep; sales representative; support rep; service rep
        service representative; customer service representative; customer service rep
        customer service agent; customer support agent; customer care agent
        customer service; customer support; customer care; client services; guest services; csr
        advisor; adviser; service advisor; operator; admin; assignee; staff; employee; associate
        consultant; specialist; technician; receptionist; dispatcher; teller; host agent
        support; support team; team; teammate; technical support; tech support; helpdesk; help desk
        service desk
        business; company; brand; assistant; model; gpt
        agente; asesor; asesora; operador; operadora; atendente; operatore; operatrice
        conseiller; conseillère; mitarbeiter; mitarbeiterin; berater; beraterin; medewerker
    """,
    Role.CUSTOMER: """
        customer; cust; caller; client; user; end user; enduser; consumer; external; human; lead
        visitor; guest; contact; requester; patient; member; subscriber; buyer; shopper
        passenger; policyholder; policy holder; account holder; cardholder; card holder
        cliente; kunde; kundin; anrufer; anruferin; klant; appelant; appelante
    """,
    Role.BOT: """
        bot; chatbot; chat bot; voicebot; voice bot; robot; custom bot; answer bot
        automated agent; virtual agent; virtual assistant; digital assistant; automated assistant
        ai; ai agent; ai assistant; voice assistant
    """,
    # A recorded menu is no bot that converses: it is context, like queue messages.
    Role.SYSTEM: """
        system; system message; ivr; acd; queue; announcement; recording; voicemail; voice mail
        hold music; notification; event; automated message; supervisor; whisper; agent assist
        agent assistant; note; notes; internal note; agent note; agent notes; tool; function
        developer; category match; action
    """,
}
# Left out on purpose: "internal" (an employee or a menu, by format), "A" and "B" (how recognisers
# number speakers), "manager" (speaks to the customer or whispers: ask).

_ROLES: dict[str, Role] = {}
"""Folded word -> role; filled below, from the table above."""

_TITLES = frozenset(
    {"agent", "customer", "caller", "rep", "representative", "csr", "advisor", "adviser"}
    | {"operator", "bot", "supervisor"}
)
"""Single words that may stand before a name: "Agent Mike Rivera". A surname is none of them."""

_COUNTED = frozenset({"guest"})
"""Words that with a number are anybody: "Guest-1" is how Azure counts the speakers of a call."""

_TOKENS = re.compile(r"[^\W\d_]+|\d+")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return a word without case, punctuation and spacing, for look-up.

    >>> fold("END_USER"), fold("  Agent-2 ")
    ('end user', 'agent 2')
    """
    return " ".join(_TOKENS.findall(word.casefold())) or word.strip().casefold()


for _role, _words in _WORDS.items():
    for _word in re.split(r"[;\n]", _words):
        if _word.strip():
            _ROLES[fold(_word)] = _role


@lru_cache(maxsize=4096)
def role_of(word: str) -> Role:
    """Return the role that a source's own word or label stands for.

    Known words come with a number ("Agent 2"), before a name ("Agent Mike Rivera") or in brackets
    after one ("Mike Rivera (Agent)"). Anything else, a bare name above all, is `Role.UNKNOWN`.

    >>> [str(role_of(word)) for word in ("AUTOMATED_AGENT", "Agent Mike Rivera", "Sarah Johnson")]
    ['bot', 'agent', 'unknown']
    """
    known = _ROLES.get(fold(word))
    if known is not None:
        return known
    bracketed = _IN_BRACKETS.search(word)
    if bracketed and fold(bracketed[1]) in _ROLES:
        return _ROLES[fold(bracketed[1])]
    tokens = fold(word).split()
    for length in range(len(tokens) - 1, 0, -1):
        start = " ".join(tokens[:length])
        numbered = all(token.isdecimal() for token in tokens[length:])
        if numbered and start in _COUNTED:
            return Role.UNKNOWN
        if start in _ROLES and (numbered or length > 1 or start in _TITLES):
            return _ROLES[start]
    return Role.UNKNOWN


def parse_speakers(speakers: Mapping[str, str]) -> dict[str, Role]:
    """Check the caller's map of speakers.

    Parameters
    ----------
    speakers
        Speaker id, name or role word -> role name. Numbers as ids are fine.

    Returns
    -------
    dict
        Folded key -> role.

    Raises
    ------
    ReadError
        If a value is no role, or two keys are the same but for case and punctuation and differ.
    """
    if not isinstance(speakers, Mapping):
        raise ReadError(
            f"speakers must map speaker to role, such as {{'spk_0': 'agent'}}, "
            f"got {type(speakers).__name__}"
        )
    known = {role.value: role for role in Role}
    parsed: dict[str, Role] = {}
    for key, value in speakers.items():
        if not isinstance(value, str) or value not in known:
            problem = unknown_name("role", value, known)
            raise ReadError(f"speakers[{key!r}]: {problem}")
        folded = fold(str(key))
        if parsed.get(folded, known[value]) is not known[value]:
            raise ReadError(
                f"speakers: {key!r} is given twice, as {parsed[folded].value!r} and {value!r}"
            )
        parsed[folded] = known[value]
    return parsed
