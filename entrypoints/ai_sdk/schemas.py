"""What `DefaultChatTransport` sends, as far as Parley reads it: pages hold parts that are none of its business."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictStr, model_validator

from domain.approval import COMMENT_CHARACTERS
from domain.conversation import ALIAS_CHARACTERS, INPUT_MESSAGES
from domain.run import IfBusy
from entrypoints.http.schemas import Body, ModelName, Out, form

PARTS = 10_000
OWN_PATHS = ("/stream", "/stop")

ToolName = Annotated[str, Field(pattern=r"^[\w.-]{1,128}$")]
WireId = Annotated[StrictStr, Field(max_length=512)]


class Open(BaseModel):
    """What later versions add is passed over."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class ApprovalIn(Open):
    """What a person answered to `tool-approval-request`; `id` is the approval's."""

    id: Annotated[StrictStr, Field(max_length=32)]
    approved: StrictBool | None = None
    reason: Annotated[StrictStr, Field(max_length=COMMENT_CHARACTERS)] | None = None


class UIPartIn(Open):
    type: Annotated[StrictStr, Field(min_length=1, max_length=256)]
    text: StrictStr | None = None
    url: StrictStr | None = None
    media_type: StrictStr | None = Field(default=None, alias="mediaType")
    tool_call_id: WireId | None = Field(default=None, alias="toolCallId")
    tool_name: StrictStr | None = Field(default=None, alias="toolName")
    state: StrictStr | None = None
    input: Any = None
    raw_input: Any = Field(default=None, alias="rawInput")
    output: Any = None
    preliminary: StrictBool | None = None
    error_text: StrictStr | None = Field(default=None, alias="errorText")
    provider_executed: StrictBool | None = Field(default=None, alias="providerExecuted")
    approval: ApprovalIn | None = None

    @property
    def tool(self) -> str | None:
        """The name of the tool, if the part is a call of one."""
        if self.tool_call_id is None:
            return None
        if self.type == "dynamic-tool":
            return self.tool_name
        return self.type.removeprefix("tool-") if self.type.startswith("tool-") else None


class UIMessageIn(Open):
    id: WireId = ""
    role: Literal["system", "user", "assistant"]
    parts: Annotated[list[UIPartIn], Field(max_length=PARTS)]
    metadata: Any = None


class ClientTool(Open):
    """A tool that the page runs: `onToolCall` or a person gives its output."""

    description: Annotated[StrictStr, Field(max_length=20_000)] = ""
    input_schema: dict[str, Any] | None = Field(default=None, alias="inputSchema")


Tools = Annotated[dict[ToolName, ClientTool], Field(max_length=128, json_schema_extra={"additionalProperties": False})]
SAID: dict[str, Any] = {
    "id": "q1", "role": "user", "parts": [{"type": "text", "text": "Why does a river bend?"}]
}  # fmt: skip


class ChatStepBody(Body):
    """`messages` as the page has them, or only the last one as `message`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"id": "chat-1", "trigger": "submit-message", "messages": [SAID]}],
            "oneOf": [form("All", "messages", ("message",)), form("The last one", "message", ("messages",))],
        },
    )

    id: Annotated[StrictStr, Field(min_length=1, max_length=ALIAS_CHARACTERS)] = Field(
        description="what the page calls the chat; the first message under it begins a conversation"
    )
    messages: Annotated[list[UIMessageIn], Field(min_length=1, max_length=INPUT_MESSAGES)] | None = None
    message: UIMessageIn | None = Field(default=None, description="the last of the messages, instead of all of them")
    trigger: Literal["submit-message", "regenerate-message"] = "submit-message"
    message_id: WireId | None = Field(
        default=None, alias="messageId", description="the question that is edited, or the answer to be written anew"
    )
    model: ModelName | None = Field(default=None, description="`provider:model`, or a name of the default provider")
    temperature: Annotated[StrictFloat, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    tools: Tools | None = Field(default=None, description="tools that the page runs, by name")
    server_tools: Annotated[list[ToolName], Field(max_length=128)] | None = Field(
        default=None, description="the names of this server's own tools that the model may use"
    )
    if_busy: IfBusy = Field(
        default=IfBusy.REJECT,
        description="while another run answers here: `reject`, `queue` behind it, or `interrupt` it",
    )

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.messages is None and self.message is None:
            raise ValueError("`messages` must be given when there is no `message`")
        if self.messages is not None and self.message is not None:
            raise ValueError("give `messages` or `message`, not both")
        if self.id.endswith(OWN_PATHS):
            raise ValueError("`id` must not end with /stream or /stop")
        return self

    @property
    def said(self) -> list[UIMessageIn]:
        return self.messages or ([self.message] if self.message else [])


class StoppedOut(Out):
    stopped: bool = Field(description="whether there was an answer to stop")
    run_id: int | None
