"""What the demo model answers to what."""

import itertools

import pytest

from adapters.demo.answers import answer_to
from adapters.demo.shows import HELP, SHOWS
from application.ports.language_model import ModelRequest
from domain.conversation import PromptMessage, Role, Text


def asking(*said: str) -> ModelRequest:
    """Questions and answers in turn."""
    roles = itertools.cycle([Role.USER, Role.ASSISTANT])
    messages = tuple(PromptMessage(role, (Text(text),)) for role, text in zip(roles, said, strict=False))
    return ModelRequest(model="parrot", messages=messages)


def test_it_says_that_it_is_a_demo_and_how_to_connect_a_model() -> None:
    for question in ("Hello!", "Why is the sky blue?", "help", "?"):
        answer = answer_to(asking(question)).text
        assert "no real model is connected" in answer
        assert "`OPENAI_API_KEY`" in answer
        assert "`OPENAI_BASE_URL`" in answer


def test_later_in_a_conversation_it_says_so_more_shortly() -> None:
    answer = answer_to(asking("Hello!", "Hi.", "Why is the sky blue?")).text
    assert "no real model is connected" in answer
    assert "OPENAI_API_KEY" not in answer


@pytest.mark.parametrize(
    "question", ["How long is the Nile?", "I like trains.", "{curly} %s", "你好，世界", "x" * 5000]
)
def test_what_it_does_not_know_it_repeats(question: str) -> None:
    assert f"> {question[:200]}" in answer_to(asking(question)).text


def test_it_remembers_what_was_said() -> None:
    answer = answer_to(asking("Ada is here.", "So?", "Bob as well.", "So?", "What did I just say?")).text
    assert "1. Ada is here.\n2. Bob as well." in answer
    assert "What did I" not in answer


def test_with_nothing_said_there_is_nothing_to_remember() -> None:
    assert "first thing you said" in answer_to(asking("what did I say?")).text


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("markdown", ["# ", "\n## ", "   - ", "- [x] ", "|---", "> >", "```python", "](https://", "$$", "[^1]: "]),
        ("Show me some code, please", ["```python", "```typescript", "```sql", "```bash", "```json", "```diff"]),
        ("a table", ["| Bird |"]),
        ("Could you give me a list?", ["     - "]),
        ("footnotes", ["[^1]", "[^2]: "]),
        ("maths", [r"\sum_", "$e^"]),
        ("Arabic", ["שלום", "مرحبا"]),
        ("a long answer", ["## January", "## December"]),
        ("what can you do?", ["`markdown`"]),
    ],
)
def test_it_shows_what_is_asked_for(question: str, shown: list[str]) -> None:
    answer = answer_to(asking(question)).text
    assert [piece for piece in shown if piece not in answer] == []


def test_code_only_is_a_block_and_nothing_else() -> None:
    answer = answer_to(asking("code only")).text
    assert answer.startswith("```")
    assert answer.endswith("```\n")
    assert answer.count("```") == 2


def test_everything_that_help_lists_can_be_had() -> None:
    listed = [line.split("|")[1].split("`")[1::2] for line in HELP.splitlines() if line.startswith("| `")]
    for name in itertools.chain.from_iterable(listed):
        assert answer_to(asking(name)).text != answer_to(asking("x")).text
        assert "> " + name not in answer_to(asking(name)).text


def test_help_lists_everything_but_the_greeting() -> None:
    unlisted = [names[0] for names, show in SHOWS.items() if not any(f"`{name}" in HELP for name in names)]
    assert unlisted == ["hello"]


def test_a_prompt_without_a_question_is_greeted() -> None:
    assert answer_to(asking()).text.startswith("Hello!")
