"""What a document says, for a prompt: all of it where that fits, else what has to do with the question."""

from dataclasses import dataclass

from application.knowledge.search_documents import QUESTION_CHARACTERS, SearchDocuments
from application.ports.metering import Charge
from application.ports.storage import BeginRead
from domain.access import Need, Principal, may
from domain.errors import Forbidden, InvalidInput
from domain.knowledge import DocumentId, DocumentStatus
from domain.prompt import CHARACTERS_PER_TOKEN
from domain.retrieval.shown_file import LEFT_OUT, shown_file
from domain.usage import Purpose

PASSAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDocument:
    """`whole_tokens` is the most that a document shown whole may have, four characters each."""

    read: BeginRead
    search: SearchDocuments
    whole_tokens: int

    async def __call__(self, principal: Principal, id: DocumentId, question: str) -> str:
        """Framed under its name. Without a question, its beginning stands for one that is too long.

        Raise Forbidden, DocumentNotFound, InvalidInput for one that is not ready, and what SearchDocuments raises.
        """
        if not may(principal, Need.DOCUMENTS, looks=True):
            raise Forbidden("This key may not look at documents: it needs the scope documents or read")
        room = self.whole_tokens * CHARACTERS_PER_TOKEN
        async with self.read() as tx:
            document = await tx.documents.get(id, owner=principal.owner)
            reading = await tx.documents.reading(id, owner=principal.owner)
        if reading is None or document.status is not DocumentStatus.READY:
            raise InvalidInput("file_id", f"the file has not been read: it is {document.status.value}")
        if len(reading.text) <= room:
            return shown_file(document.filename, reading.text)
        if not question.strip():
            return shown_file(document.filename, f"{reading.text[:room]}\n{LEFT_OUT}")
        findings = await self.search(
            question[:QUESTION_CHARACTERS],
            owner=principal.owner,
            documents=[id],
            limit=PASSAGES,
            quotes=False,
            charge=Charge.to(principal, Purpose.SEARCH),
        )
        inside = sorted((found.passage.chunk for found in findings.found), key=lambda chunk: chunk.start)
        passages = f"\n{LEFT_OUT}\n".join(chunk.shown for chunk in inside)
        return shown_file(document.filename, f"{LEFT_OUT}\n{passages[:room]}\n{LEFT_OUT}")
