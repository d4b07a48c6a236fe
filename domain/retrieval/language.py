"""Which language a text is in, as far as stemming needs to know: by its script, then by its most frequent words."""

import re
import unicodedata
from collections import Counter

SAMPLE_CHARACTERS = 8_000
FEWEST_WORDS = 2
"""So many frequent words make a language; fewer are chance."""
LATIN_DEFAULT = "en"
"""What few words in Latin letters are taken for: notes, tables and code, mostly."""

# By the first word of a character's Unicode name. Empty: several languages, told apart below.
SCRIPTS = {
    "LATIN": "",
    "CYRILLIC": "",
    "ARABIC": "",
    "DEVANAGARI": "",
    "GREEK": "el",
    "HEBREW": "he",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
}
FREQUENT = {
    "LATIN": {
        "en": "the of and to is in that for it with was are this which from be have not on by",
        "de": "der die und das ist nicht ein eine mit auf für von den dem des sich auch wird sind im zu",
        "fr": "le la les et des est une dans que pour qui du pas sur avec au sont par plus cette il",
        "es": "el la los las y que una en es por con del para no se su como más lo al pero",
        "pt": "o os um uma e que não do da em para com dos das ao mais por como são foi à",
        "it": "il lo gli di che è una per non con della sono nel alla del più dei anche questo e",
        "nl": "de het een en van is dat niet op zijn met voor aan die ook er bij te wordt naar",
        "sv": "och att det som är en på av för med inte den till ett har om de jag kan var",
        "da": "og at det er en af til på for med ikke den der som de et har var jeg blev",
        "no": "og at det er en av til på for med ikke den som de et har var jeg ble fra",
        "fi": "ja on ei se että oli hän mutta joka kuin tai ovat myös mukaan sekä kun voi ole",
        "hu": "a az és hogy nem is egy van volt ez meg csak de mint már azt még lehet kell vagy",
        "ro": "și în de la cu este pe care nu din sau mai pentru sunt un ca fost prin al ale",
        "tr": "ve bir bu için ile da de olarak çok gibi daha ne var kadar olan değil sonra ama her",
        "pl": "i w nie na się z do to jest że jak o od po co dla przez są oraz tym",
        "cs": "a je se na že v to s z do o i jako za ale pro by být jsou které",
        "ca": "el la els les i que una en és per amb del no es són com més dels aquest ha",
        "id": "yang dan di ini itu dengan untuk dari tidak pada adalah ke akan dalam juga oleh atau sebagai",
        "lt": "ir kad yra tai su bet iš kaip į nuo tik apie jis buvo bei arba taip",
        "et": "ja on ei et see oli mis kui ka aga või tema selle nii ning",
    },
    "CYRILLIC": {
        "ru": "и в не на что с по это как из у за для от он но его к все было",
        "uk": "і в не на що з та це як із у за для від він але його до є бути",
        "bg": "и в не на че с по това как от за е са се да но към който беше",
        "sr": "и у не на да је се са за од који као су али то из што до био",
    },
    "ARABIC": {
        "ar": "في من على أن إلى التي الذي هذا عن مع كان لا ما هو هي",
        "fa": "و در به از که این را با است برای آن یک می تا هم",
        "ur": "کے میں کی ہے اور سے کا کو اس نے پر ہیں یہ کہ",
    },
    "DEVANAGARI": {
        "hi": "के में की है और से का को पर ने यह हैं कि एक भी",
        "mr": "आहे आणि या च्या हे ते मध्ये होते एक नाही तर",
        "ne": "छ र को मा का ले हो पनि छन् यो गरेको भएको",
    },
}
_FREQUENT = {
    script: {language: frozenset(words.split()) for language, words in languages.items()}
    for script, languages in FREQUENT.items()
}
_WORD = re.compile(r"[^\W\d_][\w\u0900-\u0963\u064b-\u065f]*")


def language_of(text: str) -> str:
    """The ISO 639-1 code, by the beginning of the text; empty when nothing is recognised."""
    sample = text[:SAMPLE_CHARACTERS]
    script = _script_of(sample)
    if script in _FREQUENT:
        found = _by_frequent_words(sample, script)
        return found or (LATIN_DEFAULT if script == "LATIN" else "")
    return SCRIPTS.get(script, "")


def _script_of(sample: str) -> str:
    """The script of most letters; a text with a tenth of kana is Japanese, however many of its characters are Han."""
    letters = Counter(character for character in sample if character.isalpha())
    scripts = Counter[str]()
    for character, times in letters.items():
        scripts[unicodedata.name(character, "").partition(" ")[0]] += times
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana * 10 > scripts["CJK"] + kana > 0 and kana + scripts["CJK"] > scripts.total() / 2:
        return "HIRAGANA"
    return scripts.most_common(1)[0][0] if letters else ""


def _by_frequent_words(sample: str, script: str) -> str:
    words = Counter(_WORD.findall(sample.lower()))
    counts = {
        language: sum(times for word, times in words.items() if word in frequent)
        for language, frequent in _FREQUENT[script].items()
    }
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= FEWEST_WORDS else ""
