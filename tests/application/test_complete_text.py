"""Small jobs on a text, with a model that says what the test tells it to."""

import json
from collections.abc import AsyncGenerator

import pytest

from adapters.demo.language_model import DemoLanguageModel
from adapters.schemas.json_schema import schema_mismatch
from application.completions.complete_text import EXTRACTION, CompleteText
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from application.shaped_model import ShapedModel
from domain.completion import LABELS, CompletionTask
from domain.errors import InvalidInput, ProviderAnswerInvalid, TargetLanguageMissing
from domain.run import ReasoningDelta, TextDelta

FOUND = {
    "people": ["Ada"],
    "organizations": [],
    "places": ["Rome"],
    "dates": [],
    "amounts": [],
    "key_facts": ["Ada is in Rome."],
}


class AnswersInTurn(LanguageModel):
    """Gives one answer a request and keeps the requests; a reason of None cuts the stream."""

    def __init__(self, *answers: str, reason: str | None = "stop") -> None:
        self.answers, self.reason, self.requests = list(answers), reason, list[ModelRequest]()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        self.requests.append(request)
        yield [ReasoningDelta("Hm. "), TextDelta(self.answers.pop(0))]
        if self.reason:
            yield [ModelFinished(self.reason, "some-model")]

    def models(self) -> tuple[str, ...]:
        return ()


def completing(model: LanguageModel) -> CompleteText:
    shaped = ShapedModel(model=model, schema_mismatch=schema_mismatch)
    return CompleteText(model=shaped, default_model="some:model")


@pytest.mark.parametrize("task", [task for task in CompletionTask if task is not CompletionTask.EXTRACT])
async def test_the_answer_is_the_result_without_the_space_around_it_and_without_reasoning(task: CompletionTask) -> None:
    model = AnswersInTurn("\n An answer. \n")
    assert await completing(model)("A text.", task, target_language="French") == "An answer."
    assert [(request.model, request.json_schema) for request in model.requests] == [("some:model", None)]


@pytest.mark.parametrize("answer", [json.dumps(FOUND), f"```json\n{json.dumps(FOUND, indent=2)}\n```"])
async def test_an_extraction_is_an_object_that_fits_the_schema(answer: str) -> None:
    model = AnswersInTurn(answer)
    assert await completing(model)("Ada is in Rome.", CompletionTask.EXTRACT) == FOUND
    assert model.requests[0].json_schema == EXTRACTION


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ("Certainly!", "not JSON"),
        ('{"people": ["Ada"]}', "'organizations' is a required property"),
        (json.dumps({**FOUND, "people": [5]}), "$.people[0]: 5 is not of type 'string'"),
        (json.dumps({**FOUND, "mood": "good"}), "'mood' was unexpected"),
        ("", "not JSON"),
    ],
)
async def test_an_extraction_that_does_not_fit_is_asked_for_once_more_with_the_reason(first: str, why: str) -> None:
    model = AnswersInTurn(first, json.dumps(FOUND))
    assert await completing(model)("Ada is in Rome.", CompletionTask.EXTRACT) == FOUND
    once, again = model.requests
    assert again.messages[: len(once.messages)] == once.messages
    assert why in again.messages[-1].text


async def test_an_extraction_that_does_not_fit_twice_is_the_providers_failure() -> None:
    model = AnswersInTurn("no", "still no", json.dumps(FOUND))
    with pytest.raises(ProviderAnswerInvalid, match="not JSON"):
        await completing(model)("Ada is in Rome.", CompletionTask.EXTRACT)
    assert len(model.requests) == 2


@pytest.mark.parametrize("task", [CompletionTask.SUMMARIZE, CompletionTask.EXTRACT])
@pytest.mark.parametrize("reason", [None, "length", "content_filter"])
async def test_an_answer_that_was_cut_is_no_result(task: CompletionTask, reason: str | None) -> None:
    model = AnswersInTurn(json.dumps(FOUND), reason=reason)
    with pytest.raises(ProviderAnswerInvalid):
        await completing(model)("A text.", task)
    assert len(model.requests) == 1


async def test_an_empty_answer_is_no_result() -> None:
    with pytest.raises(ProviderAnswerInvalid, match="empty"):
        await completing(AnswersInTurn(" "))("A text.")


async def test_what_is_refused_never_reaches_the_model() -> None:
    model = AnswersInTurn()
    with pytest.raises(InvalidInput):
        await completing(model)("")
    with pytest.raises(TargetLanguageMissing):
        await completing(model)("A text.", CompletionTask.TRANSLATE)
    assert model.requests == []


async def test_every_task_works_on_the_demo_model() -> None:
    complete = completing(DemoLanguageModel(words_per_second=0))
    text = "Ada met Bob. They talked. It rained. That was all."
    assert await complete(text) == "Ada met Bob. They talked. It rained."
    assert await complete(text, CompletionTask.CLASSIFY) in LABELS
    translated = await complete(text, CompletionTask.TRANSLATE, target_language="French")
    assert isinstance(translated, str)
    assert "cannot translate into French" in translated
    assert translated.endswith(text)
    found = await complete(text, CompletionTask.EXTRACT)
    assert isinstance(found, dict)
    assert found["people"] == ["Ada met Bob."]
