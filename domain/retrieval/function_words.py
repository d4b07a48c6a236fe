"""Words that make a question a question and say nothing of what it is about, in the languages that are known here.

A question has "what", "did" and "how", which texts that answer it seldom have: rare words, that would count for much.
Without them, questions of the set `general` find 0.93 of their gold characters instead of 0.90; on SciFact's claims,
which ask nothing, nDCG@10 goes from 0.692 to 0.694. Words that also name things are not among them, be it in another
language that a short question may be taken for: "may", "will" and "I", "or" and "but", which are gold and a goal.
"""

_WORDS = {
    "en": """the this that these those there me my we our you your he him his she her it its they them their who whom
        whose what which when where why how many much am is are was were be been do does did has have had can
        could would should and nor than then so because while whether although of in on at by for with from to
        into about between through upon per not any some also very please tell explain""",
    "de": """der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem ich mir mich
        wir uns unser unsere du dir dich ihr euch er ihn ihm sie es sich wer wen wem wessen welcher welche
        welches welchen welchem wann wo woher wohin warum wieso weshalb wie wieviel bin ist sind war waren sei
        wird werden wurde wurden hat habe haben hatte hatten kann können konnte soll sollte und oder aber wenn
        dass ob als weil von vom im auf für mit aus zu zum zur bei beim nach über unter durch nicht kein keine
        auch sehr""",
    "fr": """le la les un une des du de ce cet cette ces je me mon ma mes nous notre nos tu te ta tes vous votre vos
        il elle ils elles leur leurs qui que quoi dont où quand comment pourquoi combien quel quelle quels
        quelles lequel laquelle lesquels lesquelles est sont était étaient être ai ont avait avaient peut peuvent
        doit doivent et ou mais si dans en sur sous à au aux par avec sans chez vers ne pas aussi très""",
    "es": """el la los las un una unos unas del de esta estos estas ese esa esos esas yo mi mis nos nuestro nuestra
        nuestros nuestras tu tus su sus él ella ellos ellas lo le les se quién quiénes qué que cuál cuáles cuándo
        cuando dónde donde cómo como cuánto cuánta cuántos cuántas porqué es son eran fue fueron ser está están
        ha han había puede pueden debe deben hace y o pero si en a al por con sin para no muy también""",
    "it": """il lo la gli le un uno una del dello della dei degli delle di questo questa questi queste quello quella
        quelli quelle mio mia noi nostro nostra tuo tua voi vostro vostra suo sua lui lei loro si chi che cosa
        quale quali quando dove come perché quanto quanta quanti quante è sono erano fu essere ha hanno aveva può
        possono deve devono e o ma se in nel nella nei nelle su sul sulla a al alla ai alle da dal dalla con per
        non anche molto""",
    "pt": """o os as um uma uns umas do da dos das de este esta estes estas esse essa isso eu meu minha nós nosso
        nossa seu sua seus suas ele ela eles elas se quem que qual quais quando onde como porque quanto quanta
        quantos quantas é eram foi foram ser está estão tem têm havia pode podem deve devem faz e ou mas em no na
        nos nas ao aos à às por pelo pela com sem para não muito também""",
    "nl": """de het een deze dit die dat ik mij mijn wij we ons onze jij je jouw u uw hij hem zijn zij ze hun wie wat
        welke welk wanneer waar waarom hoe hoeveel is ben was waren wordt worden werd werden heeft hebben had kan
        kunnen moet moeten en of maar als omdat van op voor met uit te naar door over niet geen ook zeer""",
    "ru": """я мне мы нас нам наш наша наши ты тебе вы вас вам ваш ваша ваши он его ему она её ей они их им это этот
        эта эти этого кто кого кому что чего чему какой какая какое какие каких когда где куда откуда почему
        зачем как сколько чей есть был была было были быть может могут ли и или но а если чтобы в во на с со к ко
        от из у о об по для за при не ни также очень""",
}
FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}


def is_function_word(word: str, language: str) -> bool:
    """`word` as it was written: one in capitals is an abbreviation, and WHO is no question."""
    return not (len(word) > 1 and word.isupper()) and word.casefold() in FUNCTION_WORDS.get(language, ())
