"""The stemmers of https://snowballstem.org, compiled from C in PyStemmer."""

from functools import cache

import Stemmer as Snowball

from application.ports.stemmer import Stemmer
from domain.retrieval.terms import Stem, unstemmed

LANGUAGES = {
    "ar": "arabic",
    "hy": "armenian",
    "eu": "basque",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


class SnowballStemmer(Stemmer):
    def stem_of(self, language: str) -> Stem:
        name = LANGUAGES.get(language)
        return _stem_of(name) if name else unstemmed


@cache
def _stem_of(name: str) -> Stem:
    stem: Stem = Snowball.Stemmer(name).stemWord  # remembers the last words, and holds the interpreter's lock
    return stem
