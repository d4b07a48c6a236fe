"""The shape of answers: what models are told of it, what is read, and the fence that some put around it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversation import PromptMessage, Role, Text
from domain.shape import Unfenced, asked_again, instructions_for, json_in, told_of_shape
from domain.tool import ANY_OBJECT, JsonSchema

BIRD = JsonSchema("bird", {"type": "object", "properties": {"name": {"type": "string"}}})
ASKED = (PromptMessage(Role.SYSTEM, (Text("Be brief."),)), PromptMessage(Role.USER, (Text("Which bird?"),)))


def test_a_model_is_told_of_the_shape_among_its_first_instructions() -> None:
    system, question = told_of_shape(ASKED, BIRD)
    assert system.text.startswith("Be brief.\n\n")
    assert json.dumps(BIRD.schema) in system.text
    assert question is ASKED[1]
    assert [message.role for message in told_of_shape(ASKED[1:], BIRD)] == [Role.SYSTEM, Role.USER]
    assert "{" not in instructions_for(ANY_OBJECT)


def test_asking_again_shows_the_answer_what_is_wrong_with_it_and_the_shape() -> None:
    again = asked_again(ASKED, '{"name": 5}', "$.name: 5 is not of type 'string'", BIRD)
    assert again[:2] == ASKED
    assert [message.role for message in again[2:]] == [Role.ASSISTANT, Role.USER]
    assert again[2].text == '{"name": 5}'
    assert "$.name: 5 is not of type 'string'" in again[3].text
    assert json.dumps(BIRD.schema) in again[3].text


def test_an_empty_answer_is_not_shown_again() -> None:
    assert [message.role for message in asked_again(ASKED, " ", "it is empty")[2:]] == [Role.USER]


@given(st.text("` \njson{}", max_size=30), st.lists(st.integers(1, 5), min_size=1))
def test_a_fence_is_taken_off_however_the_answer_was_cut(inner: str, cuts: list[int]) -> None:
    content = "{" + inner.replace("```", "") + "}"
    for text, shown in (
        (content, content),
        (f"```json\n{content}\n```", content),
        (f"\n```\n{content}\n```\n", content),
    ):
        unfenced, said, rest = Unfenced(), "", text
        while rest:
            for cut in cuts:
                said += unfenced.feed(rest[:cut])
                rest = rest[cut:]
        assert said + unfenced.close() == shown


@pytest.mark.parametrize("text", ["", "  ", "`", "``", "```", "```python is a language", "```json", "no fence", "`a`"])
def test_what_is_no_fence_is_shown_as_it_is(text: str) -> None:
    unfenced = Unfenced()
    assert "".join(map(unfenced.feed, text)) + unfenced.close() == text


@pytest.mark.parametrize(
    "answer",
    [
        '{"a": [1]}',
        ' \n{"a": [1]}\n',
        '```json\n{"a": [1]}\n```',
        '```\n{"a": [1]}\n```',
        '```JSON \n{"a":\n[1]}\n  ```',
    ],
)
def test_json_is_read_bare_or_in_a_fence(answer: str) -> None:
    assert json_in(answer) == {"a": [1]}


@pytest.mark.parametrize(
    "answer",
    ["", "Here you are: {}", '{"a": ', '{"a": NaN}', '["\\ud800"]', "[" * 100_000, "```json\n{}\n``` Anything else?"],
)
def test_what_is_not_json_that_can_be_sent_on_is_a_value_error(answer: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_in(answer)
