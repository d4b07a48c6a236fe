"""The size and the form of files, functions and use cases."""

import ast
import io
import re
import tokenize
import tomllib

import pytest

from tests.architecture.rules import prints, skips, use_case_form
from tests.architecture.source import PRODUCT, ROOT, Source, functions, sources

FILE_LINES, USE_CASE_LINES, FUNCTION_LINES = 400, 80, 40
UNFINISHED = re.compile(r"\b(TO-?DO|FIX-?ME|X-?XX)\b")

LONG_FUNCTIONS: dict[str, str] = {  # "path:function": why it is better whole
    "entrypoints/access_services.py:access_services": "what is built from what, as in the container",
}
SUPPORT = {
    "application/access/admission.py": "who may become a user, for registering and for signing in elsewhere",
    "application/access/known_person.py": "which user somebody is whom a provider names",
    "application/access/sign_in_secrets.py": "what the two halves of a sign-in have in common",
    "application/limits/address.py": "which addresses are counted together",
    "application/limits/limit_book.py": "whose limits are which, remembered for a moment",
    "application/limits/limit_gate.py": "what every request passes",
    "application/limits/limited_embedder.py": "an Embedder around another",
    "application/limits/limited_model.py": "a LanguageModel around another",
    "application/limits/limited_relay.py": "a ChatRelay around another",
    "application/limits/spender.py": "on whose account a task works",
    "application/limits/budgets.py": "what is around each call of a model",
    "application/access/credentials.py": "what is remembered of good credentials, for a moment",
    "application/access/login_throttle.py": "counts wrong passwords for every use case that takes one",
    "application/access/login_tokens.py": "what logging in and refreshing have in common",
    "application/access/principals.py": "whom a key or a login stands for, for who lets in and who throws out",
    "application/access/secret_hash.py": "how secrets drawn at random are kept",
    "application/agents/call_numbers.py": "how the calls of an agent's steps are numbered through",
    "application/agents/arguments.py": "what is wrong with the arguments of a call",
    "application/agents/ask_person.py": "how runs and people speak by way of the store",
    "application/agents/nobody_to_ask.py": "in the place of people where nothing is stored",
    "application/agents/persons.py": "what a run with tools asks of people",
    "application/agents/sessions.py": "where sessions are found, and what they may use",
    "application/chat/chat_step.py": "what a chat step says, and the rules of where it goes that need no transaction",
    "application/chat/titles.py": "the queue of conversations that wait for a title",
    "application/chat/question.py": "what asking takes",
    "application/chat/turn_opener.py": "what asking, editing and regenerating have in common",
    "application/chat/whole_answer.py": "what every use case that does not stream does with a stream",
    "application/conversations/attachable.py": "the rule that creating, changing and asking have in common",
    "application/knowledge/document_tools.py": "the search as a tool of agents",
    "application/knowledge/cited_answer.py": "what a model says on its way to the log, where sources are cited",
    "application/knowledge/embed_chunks.py": "what indexing asks of embedders, batch by batch",
    "application/knowledge/housekeeping.py": "what is put in order behind documents, for as long as the server is up",
    "application/knowledge/ingestion_turn.py": "the turn that uploading and trying again have in common",
    "application/knowledge/own_run.py": "how the steps of an ingestion write to the store",
    "application/knowledge/patient_embedder.py": "asks an embedder again",
    "application/knowledge/upload.py": "what is seen of an upload while it passes",
    "application/knowledge/models_in_time.py": "what models say to a search within a limit",
    "application/runs/appender.py": "the one writer that all runs of a process share",
    "application/runs/live_run.py": "what readers of a run share with the worker that executes it",
    "application/runs/patience.py": "waiting for a store that does not answer",
    "application/runs/run_reader.py": "what following a run and answering a turn have in common",
    "application/runs/run_stopper.py": "what cancelling a run and interrupting it have in common",
    "application/runs/run_writer.py": "how a worker writes to a run",
    "application/runs/silence.py": "how the worker's loop judges that others are dead",
    "application/runs/worker.py": "keeps the runs of this process; a use case asks it",
    "application/runs/worker_loop.py": "what a worker does besides its runs, for as long as it lives",
    "application/workflows/workflow_run.py": "what a run keeps of its workflow",
    "application/usage/meter.py": "what every call of a provider has around it",
    "application/usage/metered_embedder.py": "embedders whose calls are in the ledger",
    "application/usage/metered_model.py": "models whose calls are in the ledger",
    "application/usage/metered_relay.py": "relays whose calls are in the ledger",
    "application/usage/usage_recorder.py": "the one writer of what calls that are no run's have cost",
    "application/usage/wanted.py": "what both questions about usage have in common",
    "application/vector_stores/put_in.py": "what adding one file and adding several have in common",
    "application/vector_stores/seen_store.py": "what each use case of a store answers",
    "application/tools/toolbox.py": "all sources of tools as one, for whoever runs agents",
}
GOOD_USE_CASE = """
@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    async def __call__(self): ...
"""
BAD_USE_CASES = {
    "two of them": (GOOD_USE_CASE * 2, "ask_question", "2 classes"),
    "none": ("x = 1", "ask_question", "0 classes"),
    "another name": (GOOD_USE_CASE, "ask", "file of its name"),
    "not frozen": (GOOD_USE_CASE.replace("frozen=True, ", ""), "ask_question", "not a frozen"),
    "by position": (GOOD_USE_CASE.replace(", kw_only=True", ""), "ask_question", "not a frozen"),
    "no dataclass": (GOOD_USE_CASE.replace("@dataclass", "@other"), "ask_question", "not a frozen"),
}


def in_features() -> list[Source]:
    """The files of the folders under application/ that hold use cases."""
    return [
        source
        for source in sources("application")
        if source.name.count("/") == 2
        and source.stem != "__init__"
        and not source.name.startswith("application/ports/")
    ]


def use_cases() -> list[Source]:
    return [source for source in in_features() if source.name not in SUPPORT]


def long_functions(source: Source) -> list[str]:
    return [
        f"{source.name}:{function.name}"
        for function in functions(source.tree)
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    ]


def unfinished(source: Source) -> list[str]:
    """The comments that put off work."""
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT and UNFINISHED.search(token.string)]


def test_no_file_is_long() -> None:
    long = {s.name: s.line_count for s in sources(*PRODUCT, "tests", "scripts") if s.line_count > FILE_LINES}
    assert long == {}


def test_a_use_case_fits_on_a_screen() -> None:
    assert {s.name: s.line_count for s in use_cases() if s.line_count > USE_CASE_LINES} == {}


def test_no_function_is_long_but_those_that_say_why() -> None:
    """Equal, not a subset: a function that has become short leaves the list."""
    assert {name for source in sources(*PRODUCT) for name in long_functions(source)} == set(LONG_FUNCTIONS)


def test_a_long_function_is_noticed() -> None:
    text = "def short():\n" + "    x = 1\n" * 39 + "def long():\n" + "    x = 1\n" * 40
    assert long_functions(Source("some.py", text)) == ["some.py:long"]


@pytest.mark.parametrize("source", use_cases(), ids=lambda source: source.name)
def test_a_use_case_is_one_frozen_dataclass_in_a_file_of_its_name(source: Source) -> None:
    assert use_case_form(source.tree, stem=source.stem) == []


def test_what_supports_use_cases_is_there_and_is_none() -> None:
    support = [source for source in in_features() if source.name in SUPPORT]
    assert {source.name for source in support} == set(SUPPORT)
    assert [s.name for s in support if "0 classes" not in use_case_form(s.tree, stem=s.stem)[0]] == []


def test_a_use_case_in_its_form_is_accepted() -> None:
    assert use_case_form(ast.parse(GOOD_USE_CASE), stem="ask_question") == []


@pytest.mark.parametrize(("text", "stem", "complaint"), BAD_USE_CASES.values(), ids=BAD_USE_CASES)
def test_a_use_case_out_of_its_form_is_noticed(text: str, stem: str, complaint: str) -> None:
    (said,) = use_case_form(ast.parse(text), stem=stem)
    assert complaint in said


def test_nothing_is_left_unfinished() -> None:
    found = [
        (source.name, comment) for source in sources(*PRODUCT, "tests", "scripts") for comment in unfinished(source)
    ]
    assert found == []


def test_work_put_off_in_a_comment_is_noticed() -> None:
    assert unfinished(Source("some.py", "x = 'TO' 'DO'  # TO" + "DO later\n")) != []


def test_only_what_the_operator_starts_prints() -> None:
    ignores = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]["per-file-ignores"]
    may_print = {name for name, rules in ignores.items() if "T20" in rules}
    assert [s.name for s in sources(*PRODUCT) if s.name not in may_print and prints(s.tree)] == []
    assert [name for name in may_print if name.startswith(PRODUCT) and not name.startswith("entrypoints/")] == []


def test_a_print_is_noticed() -> None:
    assert prints(ast.parse("print(1)")) == ["line 1: print"]


def test_no_test_is_skipped() -> None:
    assert [(source.name, line) for source in sources("tests") for line in skips(source.tree)] == []


@pytest.mark.parametrize("text", ["pytest.skip('no')", "@pytest.mark.xfail\ndef f(): ...", "pytest.importorskip('x')"])
def test_a_skip_is_noticed(text: str) -> None:
    assert len(skips(ast.parse(text))) == 1
