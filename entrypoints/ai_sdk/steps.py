"""What a page sends, as the step in its chat that it is."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from application.chat.chat_step import ChatStep, Intent
from domain.access import Principal
from domain.conversation import Image, Part, PromptMessage, Reasoning, Role, Text, ToolCall, ToolResult
from domain.errors import InvalidInput
from domain.idempotency import IdempotencyKey
from domain.run import RunId, RunSettings
from domain.tool import ToolSpec
from entrypoints.ai_sdk.ids import call_id_of, message_id_of
from entrypoints.ai_sdk.schemas import ApprovalIn, ChatStepBody, UIMessageIn, UIPartIn
from entrypoints.ai_sdk.values import text_of_output
from entrypoints.http.schemas import LARGEST_ID

ADDRESSES = ("https://", "http://", "data:image/")
"""What a picture's address may begin with. Parley never opens one."""


def step_of(body: ChatStepBody, caller: Principal, key: IdempotencyKey | None) -> ChatStep:
    """Raise InvalidInput naming `messages`."""
    *before, last = body.said
    question = _question(last, len(before)) if last.role == "user" else None
    if question is None:
        before.append(last)
    answer = next((message for message in reversed(before) if message.role == "assistant"), None)
    results = tuple(_results(answer)) if answer else ()
    earlier = tuple(message for said in before for message in _prompt_messages(said))
    while question is None and earlier and earlier[-1].role is Role.TOOL:
        earlier = earlier[:-1]  # these results are what is new
    named = body.message_id or (last.id if body.trigger == "regenerate-message" and question else None)
    return ChatStep(
        alias=body.id,
        intent=_intent(body, last),
        question=question,
        results=results,
        earlier=earlier,
        below=run_of(answer) if answer else None,
        message_id=message_id_of(named) if named else None,
        model=body.model,
        settings=RunSettings(
            temperature=body.temperature, tools=tuple(_tools(body)), server_tools=tuple(body.server_tools or ())
        ),
        if_busy=body.if_busy,
        key=key or _own_key(body, caller, last),
    )


def _intent(body: ChatStepBody, last: UIMessageIn) -> Intent:
    if body.trigger == "regenerate-message":
        return Intent.AGAIN
    return Intent.EDIT if last.role == "user" and body.message_id == last.id else Intent.NEXT


def _own_key(body: ChatStepBody, caller: Principal, last: UIMessageIn) -> IdempotencyKey | None:
    """A message is asked once: its own name and words are the key. To ask again is what a page says otherwise."""
    if body.trigger != "submit-message" or not last.id:
        return None
    said = [[p.type, p.text, p.url, p.tool_call_id, p.state, text_of_output(p.output)] for p in last.parts]
    named = json.dumps([body.id, last.id, body.message_id == last.id, last.role, said])
    digest = hashlib.sha256(named.encode()).hexdigest()
    return IdempotencyKey(caller.owner, f"ai-sdk:{digest}", digest)


def answers_in(body: ChatStepBody) -> list[ApprovalIn]:
    """What a person has decided in the answer that the page shows last, and that waits for it."""
    last = body.said[-1]
    if last.role != "assistant" or body.trigger != "submit-message":
        return []
    parts = [part for part in last.parts if part.state == "approval-responded"]
    return [part.approval for part in parts if part.approval and part.approval.approved is not None]


def run_of(answer: UIMessageIn) -> RunId | None:
    """As Parley noted it on the message."""
    noted = answer.metadata.get("run_id") if isinstance(answer.metadata, dict) else None
    return RunId(noted) if type(noted) is int and 0 < noted <= LARGEST_ID else None


def _tools(body: ChatStepBody) -> Iterable[ToolSpec]:
    for name, tool in (body.tools or {}).items():
        yield ToolSpec(name, tool.description, tool.input_schema)


def _question(message: UIMessageIn, place: int) -> PromptMessage:
    for number, part in enumerate(message.parts):
        field = f"messages[{place}].parts[{number}]"
        if part.type == "file" and not (part.media_type or "").startswith("image"):
            raise InvalidInput(field, "this model takes text and pictures, no other files")
        if part.type == "file" and not _is_picture(part):
            raise InvalidInput(field, "the address of a picture must begin with https://, http:// or data:image/")
    return PromptMessage(Role.USER, tuple(_said_by_people(message)))


def _said_by_people(message: UIMessageIn) -> Iterable[Part]:
    for part in message.parts:
        if part.type == "text" and part.text and part.text.strip():
            yield Text(part.text)
        elif part.type == "file" and _is_picture(part):
            yield Image(part.url or "")


def _is_picture(part: UIPartIn) -> bool:
    return (part.media_type or "").startswith("image") and (part.url or "").lower().startswith(ADDRESSES)


def _results(answer: UIMessageIn) -> Iterable[ToolResult]:
    """What the page's own tools have given in the last step: what earlier calls gave is stored."""
    for part in _steps(answer)[-1]:
        if part.tool and not part.provider_executed and (result := _result(part)):
            yield result


def _result(part: UIPartIn) -> ToolResult | None:
    call_id = call_id_of(part.tool_call_id or "")
    if part.state == "output-available" and not part.preliminary:
        return ToolResult(call_id, text_of_output(part.output))
    if part.state == "output-error":
        return ToolResult(call_id, text_of_output({"error": part.error_text or "The tool failed"}))
    return None


def _prompt_messages(message: UIMessageIn) -> Iterable[PromptMessage]:
    """What a page holds, as it is stored: a new message at each step, and the results behind the calls."""
    if message.role != "assistant":
        parts = tuple(_said_by_people(message))
        role = Role.USER if message.role == "user" else Role.SYSTEM
        return [PromptMessage(role, parts)] if parts else []
    return [said for step in _steps(message) for said in _step(step)]


def _steps(answer: UIMessageIn) -> list[list[UIPartIn]]:
    steps: list[list[UIPartIn]] = [[]]
    for part in answer.parts:
        if part.type == "step-start":
            steps.append([])
        else:
            steps[-1].append(part)
    return steps


def _step(parts: Sequence[UIPartIn]) -> Iterable[PromptMessage]:
    said, results = list[Part](), list[ToolResult]()
    for part in parts:
        if part.tool:
            call_id = call_id_of(part.tool_call_id or "")
            given = part.raw_input if part.input is None else part.input
            said.append(ToolCall(call_id, part.tool, text_of_output({} if given is None else given)))
            results += [result] if (result := _result(part)) else []
        elif part.type in ("text", "reasoning") and part.text:
            said.append(Text(part.text) if part.type == "text" else Reasoning(part.text))
    if said:
        yield PromptMessage(Role.ASSISTANT, tuple(said))
    for result in results:
        yield PromptMessage(Role.TOOL, (result,))
