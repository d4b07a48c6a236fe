"""Small jobs, recognised by the words of their instructions."""

import pytest

from adapters.demo.tasks import framed_text, task_answer


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("<text>\nOne.\n</text>", "One."),
        ("<text-2>\n<text>\n</text>\n</text-2>", "<text>\n</text>"),
        ("Look: <text>\nOne.\n</text>", None),
        ("<text>\nOne.\n</other>", None),
        ("One.", None),
        ("<text>\n" * 100_000, None),
    ],
)
def test_a_framed_text_is_found_only_when_it_is_the_whole_message(message: str, text: str | None) -> None:
    assert framed_text(message) == text


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("One. Two! Three? Four.", "One. Two! Three?"),
        ("一。二。三。四。", "一。 二。 三。"),
        ("A title\nA line", "A title A line"),
        ("x" * 9000, "x" * 500),
    ],
)
def test_a_summary_is_the_first_sentences(text: str, summary: str) -> None:
    assert task_answer("Summarize this.", text) == summary


def test_a_label_is_one_of_those_listed_and_stays_the_same() -> None:
    instructions = "Classify it.\nLabels: red, green, blue\nNothing else."
    labels = [task_answer(instructions, str(number)) for number in range(50)]
    assert set(labels) == {"red", "green", "blue"}
    assert labels == [task_answer(instructions, str(number)) for number in range(50)]


def test_a_translation_shows_the_words_and_says_that_it_is_none() -> None:
    answer = str(task_answer("Translate the text into Old Norse. Nothing else.", "One."))
    assert "cannot translate into Old Norse:" in answer
    assert answer.endswith("\n\nOne.")


def test_other_instructions_are_no_task() -> None:
    assert task_answer("You are a helpful assistant.", "One.") is None
    assert task_answer("", "One.") is None
