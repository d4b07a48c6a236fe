"""What a message is made of, on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from domain.conversation import Image, Part, Phase, Reasoning, Text, ToolCall, ToolResult
from entrypoints.http.sources import SourceOut


def _is_none(value: object) -> bool:
    return value is None


def _is_empty(value: list[SourceOut]) -> bool:
    return not value


class TextOut(BaseModel):
    type: Literal["text"] = "text"
    text: str
    phase: Phase | None = Field(default=None, exclude_if=_is_none, description="where the model said so")
    citations: list[SourceOut] = Field(
        default=[], exclude_if=_is_empty, description="the sources that the text names as `[rank]`"
    )


class ReasoningOut(BaseModel):
    type: Literal["reasoning"] = "reasoning"
    text: str


class ToolCallOut(BaseModel):
    """`arguments` is JSON as the model wrote it, which may be broken."""

    type: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: str


class ToolResultOut(BaseModel):
    type: Literal["tool_result"] = "tool_result"
    call_id: str
    content: str


class ImageOut(BaseModel):
    type: Literal["image"] = "image"
    url: str
    detail: str | None = Field(default=None, exclude_if=_is_none, description="where the caller said so")


PartOut = Annotated[TextOut | ReasoningOut | ToolCallOut | ToolResultOut | ImageOut, Field(discriminator="type")]


def part_out(part: Part) -> PartOut:
    match part:
        case Text(text):
            return TextOut(text=text, phase=part.phase, citations=[SourceOut.of(one) for one in part.citations])
        case Reasoning(text):
            return ReasoningOut(text=text)
        case ToolCall(id, name, arguments):
            return ToolCallOut(id=id, name=name, arguments=arguments)
        case ToolResult(call_id, content):
            return ToolResultOut(call_id=call_id, content=content)
        case Image(url):
            return ImageOut(url=url, detail=part.detail)
