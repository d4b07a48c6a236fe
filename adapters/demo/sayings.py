"""What the demo model says when it is not showing anything."""

NOTICE = (
    "I am Parley's demo model, a parrot: no real model is connected. To connect one, set `OPENAI_API_KEY`, or "
    "`OPENAI_BASE_URL` for any OpenAI-compatible server, and start Parley again. Ask for `help` to see what I can show."
)
SHORT_NOTICE = "*(A demo: no real model is connected. `help` lists what I can show.)*"
GREETING = "Hello! Say something and I will say it back."

PARROTED_QUESTIONS = (
    "A good question, and I have turned it over. The word that carries it is **{word}**; take it away and little is "
    "left. Whoever knows the answer, I only know the question.",
    "You want to know, and so do I. Words in all: {count}; the one I would look up first: **{word}**.",
    "I have asked myself the same thing ever since you asked it. Perhaps it is all about **{word}**. Perhaps not.",
)
PARROTED_STATEMENTS = (
    "So you say, and I have counted: {count} in all, of which **{word}** is the one that stays with me.",
    "I have thought about it from both sides, and I agree with every letter, above all with **{word}**.",
    "That is well put. I would have said it the same way; in fact I just did. What is it about **{word}**?",
)
REMEMBERED = "You said, in this order:"
NOTHING_TO_REMEMBER = "That was the first thing you said, as far as I was shown."
READ_OUT = (
    "> {quote} [{number}]\n\n*(A demo: no real model is connected. This is the sentence of your documents that has "
    "most of the question's words.)*"
)
CANNOT_TRANSLATE = "The demo model cannot translate into {language}: no real model is connected. These were the words:"
