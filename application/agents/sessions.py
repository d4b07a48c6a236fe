"""What all use cases of agents' sessions share: where one is found, and what its runs may use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from application.ports.clock import Now
from application.ports.storage import ReadTransaction
from application.ports.tools import ToolProvider
from domain.access import OwnerId
from domain.conversation import Conversation, ConversationId, ConversationKind
from domain.errors import ConversationNotFound, InvalidInput, SessionNotFound
from domain.run import RunSettings

SessionId = NewType("SessionId", int)
"""A session is a conversation of its own kind, and has its id."""

TOOLS, MODEL = "tools", "model"
"""The names under which a session keeps what its runs are to use, in the metadata of its conversation."""


async def find_session(
    tx: ReadTransaction, id: SessionId, *, owner: OwnerId, idle_since: datetime | None
) -> Conversation:
    """Raise SessionNotFound, also for one that has been idle since `idle_since`; one that works is not idle."""
    try:
        found = await tx.conversations.get(ConversationId(id), owner=owner)
    except ConversationNotFound as missing:
        raise SessionNotFound(id) from missing
    if found.kind is not ConversationKind.SESSION:
        raise SessionNotFound(id)
    if idle_since and found.updated_at < idle_since and await tx.runs.active(found.id, owner=owner) is None:
        raise SessionNotFound(id)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """What the operator lets sessions do."""

    toolbox: ToolProvider
    now: Now
    idle_seconds: float | None

    def idle_since(self) -> datetime | None:
        """Who said nothing since then is forgotten; None when nobody is."""
        return self.now() - timedelta(seconds=self.idle_seconds) if self.idle_seconds else None

    async def settings(self, wanted: tuple[str, ...] | None) -> RunSettings:
        """Those of a run that may use these tools, or all there are. Raise InvalidInput naming `tools`."""
        known = [tool.name for tool in await self.toolbox.tools()]
        for name in wanted or ():
            if name not in known:
                raise InvalidInput("tools", f"there is no {name[:100]!r}; there are: {', '.join(known)}")
        return RunSettings(server_tools=tuple(known) if wanted is None else wanted)


def kept_in(conversation: Conversation) -> tuple[tuple[str, ...] | None, str | None]:
    """The tools and the model that the session was started with."""
    tools = conversation.metadata.get(TOOLS)
    return None if tools is None else tuple(tools.split()), conversation.metadata.get(MODEL)
