"""Which language a text is taken for."""

import pytest

from domain.retrieval.language import FREQUENT, language_of

SENTENCES = {
    "en": "The rabbits are eating in the garden, and it is not for them.",
    "de": "Die Häuser sind nicht auf dem Berg, sondern in der Stadt.",
    "fr": "Les maisons sont dans la rue et le jardin est à côté.",
    "es": "El perro no está en la casa, pero los gatos sí.",
    "pt": "Este livro não é meu, mas é dos meus pais.",
    "it": "Il gatto è nella casa e non vuole uscire per la pioggia.",
    "nl": "Het huis is niet groot, maar de tuin is van ons.",
    "sv": "Det är inte så att jag har en katt och en hund.",
    "pl": "To nie jest mój dom, ale się w nim dobrze czuję.",
    "cs": "To není můj dům, ale je to pro mě a jsou tam všichni.",
    "tr": "Bu ev çok büyük ve bir bahçe için de yer var.",
    "ru": "Дома стоят на горе, и это не так далеко.",
    "uk": "Будинки стоять на горі, і це не так далеко.",
    "ar": "هذا الكتاب من في المكتبة على الطاولة",
    "fa": "این کتاب را از آن کتابخانه گرفته است",
    "hi": "यह एक वाक्य है और हिन्दी में है",
    "ja": "今日は東京の天気がいいですね",
    "zh": "水是生命之源，人人都需要它",
    "ko": "학교에서 공부를 합니다",
    "th": "สวัสดีครับ ยินดีต้อนรับ",
    "el": "Ο σκύλος είναι στο σπίτι",
    "he": "שלום עולם",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items(), ids=SENTENCES)
def test_a_sentence_is_enough(language: str, sentence: str) -> None:
    assert language_of(sentence) == language


@pytest.mark.parametrize("text", ["Rabbits eat carrots", "def parse(x): return x", "name;price\nbolt;3"])
def test_few_words_in_latin_letters_are_taken_for_english(text: str) -> None:
    assert language_of(text) == "en"


@pytest.mark.parametrize("text", ["", "1 2 3", "!?", "ꮳꮃꭹ ꭶꮼꮒꭿꮝꮧ"])
def test_nothing_is_said_of_what_nobody_knows(text: str) -> None:
    assert language_of(text) == ""


def test_every_language_is_told_by_its_own_frequent_words() -> None:
    for languages in FREQUENT.values():
        for language, frequent in languages.items():
            assert language_of(frequent) == language
