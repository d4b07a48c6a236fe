"""What is answered when documents do not say: a constant sentence, and the sign by which a model asks for it."""

from domain.retrieval.language import language_of

MARKER = "NOT_IN_DOCUMENTS"
"""What a model answers that finds nothing in its sources. It is never shown."""
_BEFORE = " \t\r\n*_`\"'[(<"
ENGLISH = "Your documents do not answer this question."
SENTENCES = {
    "en": ENGLISH,
    "de": "Ihre Dokumente beantworten diese Frage nicht.",
    "fr": "Vos documents ne répondent pas à cette question.",
    "es": "Sus documentos no responden a esta pregunta.",
    "it": "I suoi documenti non rispondono a questa domanda.",
    "pt": "Os seus documentos não respondem a esta pergunta.",
    "nl": "Uw documenten geven geen antwoord op deze vraag.",
    "pl": "Państwa dokumenty nie odpowiadają na to pytanie.",
    "ru": "В ваших документах нет ответа на этот вопрос.",
    "uk": "У ваших документах немає відповіді на це запитання.",
    "zh": "您的文档中没有这个问题的答案。",
    "ja": "お持ちの文書には、この質問への答えがありません。",
    "ko": "문서에 이 질문에 대한 답이 없습니다.",
}


def not_found(question: str) -> str:
    """In the language of the question where it is known here, in English otherwise."""
    return SENTENCES.get(language_of(question), ENGLISH)


class MarkerFilter:
    """Takes an answer in pieces and gives it back without the marker; an answer that begins with it is nothing else.

    Text is held back only as long as it may become the marker.
    """

    def __init__(self) -> None:
        self.is_unsupported = False
        self._begun = False
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be shown by now: nothing of an answer that is unsupported."""
        if self.is_unsupported:
            return ""
        text, self._held = self._held + text, ""
        if not self._begun:
            said = text.lstrip(_BEFORE)
            if said.startswith(MARKER):
                self.is_unsupported = True
                return ""
            if MARKER.startswith(said):
                self._held = text
                return ""
            self._begun = True
        text = text.replace(MARKER, "")
        held = max((n for n in range(1, len(MARKER)) if text.endswith(MARKER[:n])), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def finish(self) -> str:
        """The rest, at the end of the answer."""
        rest, self._held = self._held, ""
        return rest
