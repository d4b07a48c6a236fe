"""Perform a reply that has to rest on documents: search, show the model what was found, check what it cites."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.knowledge.check_citations import CheckCitations
from application.knowledge.cited_answer import CitedAnswer
from application.knowledge.find_sources import FindSources
from application.knowledge.rewrite_question import RewriteQuestion
from application.ports.stemmer import Stemmer
from application.runs.execute_run import ExecuteRun
from application.runs.patience import patiently
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage
from domain.retrieval.grounded_prompt import grounded, question_in
from domain.retrieval.language import language_of
from domain.retrieval.not_found import not_found
from domain.run import Run, RunEvent, RunFinished, RunStatus, TextDelta, answer_of
from domain.step import SEARCH_STEP, StepFinished
from domain.usage import Purpose, total_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFromDocuments:
    execute: ExecuteRun
    rewrite: RewriteQuestion
    find: FindSources
    check: CheckCitations
    stemmer: Stemmer

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer. Where nothing relevant is found no model is asked. Waits for a store that does not answer."""
        question, grounding = question_in(prompt), run.settings.grounding
        if grounding is None or not question.strip():
            return await self.execute(run, prompt, writer.append, writer.charge(Purpose.REPLY))
        whole = await patiently(lambda: self.find.whole(owner=run.owner, grounding=grounding))
        query, cost = question, None
        if not whole:
            query, cost = await self.rewrite(prompt, run.model, writer.charge(Purpose.REWRITE, step=SEARCH_STEP))
        charge = writer.charge(Purpose.SEARCH, step=SEARCH_STEP)
        sources, problems = await patiently(lambda: self.find(query, charge, grounding=grounding, whole=whole))
        unsearched = "; ".join(problem.message for problem in problems) or None
        searched = StepFinished(SEARCH_STEP, output=query, problem=unsearched, usage=cost)
        if not sources:
            writer.append([searched, TextDelta(not_found(question))])
            return RunFinished(RunStatus.COMPLETED, "stop", usage=cost)
        before: list[RunEvent] = [searched]

        def append(events: Sequence[RunEvent]) -> None:
            writer.append([*before, *events])  # the search is told with the first words: a refusal comes before it
            before.clear()

        stem = self.stemmer.stem_of(language_of(question))
        answer = CitedAnswer(append, {source.number: source for source in sources}, question, stem)
        outcome = await self.execute(run, grounded(prompt, sources), answer, writer.charge(Purpose.REPLY))
        answer.finish()
        if checked := await self.check(run.owner, answer_of(writer.said), sources):
            writer.append([checked])
        return replace(outcome, usage=total_usage([usage for usage in (cost, outcome.usage) if usage]))
