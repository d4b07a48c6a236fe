"""Plain text is its own reading."""

from adapters.documents.draft import Draft
from domain.reading import MediaType, Reading


def plain_reading(text: str, max_characters: int) -> Reading:
    draft = Draft(MediaType.TEXT, max_characters)
    draft.add(text)
    return draft.finished()
