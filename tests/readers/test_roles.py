import pytest

from callclf.errors import ReadError
from callclf.readers.roles import fold, parse_speakers, role_of


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (
            "agent",
            "AGENT, Agent, agent, HUMAN_AGENT, admin, assistant, business, Rep, CSR, Advisor, "
            "Operator, representative, Agent Mike Rivera, Agent 2, agent_2, AGENT-1, "
            "Mike Rivera (Agent), Customer Service, Customer Service Representative, "
            "Customer Support Jane",
        ),
        (
            "customer",
            "CUSTOMER, Customer, END_USER, end-user, external, user, lead, caller, CALLER, human, "
            "visitor, contact, Customer 1, Caller Sarah, Sarah [customer], client",
        ),
        (
            "bot",
            "bot, BOT, AUTOMATED_AGENT, VIRTUAL_AGENT, Virtual Agent Zara, CUSTOM_BOT, chatbot",
        ),
        ("system", "SYSTEM, ivr, IVR, acd, SUPERVISOR, supervisor, note, whisper, AGENT_ASSISTANT"),
        (
            "unknown",
            "spk_0, SPEAKER_00, Speaker 1, A, B, 0, ch_1, Sarah Johnson, Mike, internal, generic, "
            "Guest Smith, Contact Lens, Client Eastwood, manager, ???",
        ),
    ],
)
def test_words_stand_for_roles(role, words):
    assert {word: str(role_of(word)) for word in words.split(", ")} == dict.fromkeys(
        words.split(", "), role
    )


def test_folding_takes_off_case_punctuation_and_spacing():
    assert fold(" End-User ") == fold("END_USER") == fold("end user")
    assert fold("spk_0") != fold("spk_1")
    assert fold("???") == "???"


def test_speakers_may_be_numbers():
    assert parse_speakers({0: "agent", "1": "customer"}) == {"0": "agent", "1": "customer"}


def test_roles_are_only_the_five():
    with pytest.raises(ReadError, match="unknown role 'rep'"):
        parse_speakers({"Jo": "rep"})
    with pytest.raises(ReadError, match="unknown role None"):
        parse_speakers({"Jo": None})
