"""What the demo model can show: texts only, so that a chat page can be judged by them."""

from adapters.demo.sayings import GREETING, NOTICE
from adapters.demo.year import LONG

TEXT_MARKS = """\
Words can be **bold**, *italic*, ***both***, ~~struck out~~ or `code`. This is \
[a link to another site](https://example.com/), and this is [a link to this server's own API](/docs).
"""
LISTS = """\
1. Find a branch.
2. Sit on it:
   - left foot first,
   - then the right foot,
     - and only now the beak.
   - No hurry.
3. Say something.
"""
TASKS = """\
- [x] Learn a word
- [x] Say it
- [ ] Know what it means
"""
TABLE = """\
| Bird | Words known | Talks | Remark |
|:-----|------------:|:-----:|--------|
| African grey | 1,000 | yes | asks for *nuts* |
| Budgerigar | 1,700 | yes | fast, and hard to follow |
| Magpie | 12 | a little | `steals.things()` |
| Penguin | 0 | no | listens well |
"""
QUOTE = """\
> A parrot is asked what it thinks.
>
> > What do you think?
>
> It thinks that this is a fair question.
"""
MATH = r"""Euler's identity is $e^{i\pi} + 1 = 0$, and the first $n$ numbers add up to

$$
\sum_{k=1}^{n} k = \frac{n(n+1)}{2}
$$

A matrix, and an integral:

$$
A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}, \qquad \int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}
$$
"""
PYTHON = '''\
```python
def parrot(sentence: str, times: int = 2) -> str:
    """Say it again."""
    return " ".join([sentence] * times)  # a parrot never counts past two


print(parrot("Hello!"))
```
'''
OTHER_CODE = """\
In TypeScript:

```typescript
export const parrot = (sentence: string, times = 2): string =>
  Array.from({ length: times }, () => sentence).join(" ");
```

In SQL, with a line that is too long for any screen:

```sql
SELECT bird, count(*) AS words, max(said_at) AS last_said, min(said_at) AS first_said, avg(length(word)) AS letters \
FROM vocabulary WHERE bird = 'African grey' GROUP BY bird ORDER BY words DESC;
```

In the shell, as JSON and as a diff:

```bash
curl -N localhost:8000/chat/stream -H 'Content-Type: application/json' -d '{"message": "Hello!"}'
```

```json
{"bird": "African grey", "words": 1000, "talks": true, "teacher": null}
```

```diff
- Polly wants a cracker.
+ Polly would like a cracker, please.
```
"""
CODE = f"In Python:\n\n{PYTHON}\n{OTHER_CODE}"
FOOTNOTES = """\
Parrots do not only repeat sounds: they use them to get what they want.[^1] What they hear most, they say first.[^2] \
The first source says so again, in other words.[^1]

[^1]: *The Demo Bird*, p. 12. Invented for this page: "It says nut, and it looks at the nut."
[^2]: *Letters from a Cage*, p. 3. Also invented; see [the example site](https://example.com/).
"""
RIGHT_TO_LEFT = """\
## שלום

אני תוכי. אני חוזר על מה שאומרים לי, מילה במילה, גם כשיש באמצע English ומספרים כמו 42.

1. קודם מקשיבים.
2. אחר כך מדברים.

## مرحبا

أنا ببغاء. أكرر ما يقال لي كلمة بكلمة، حتى لو كانت فيه كلمة Parley أو رقم مثل 42.

- أسمع أولاً.
- ثم أتكلم.

And this paragraph runs from left to right again, with שלום and مرحبا inside it.
"""
THOUGHTS = """\
The question is how many words a parrot needs. Suppose it needs none: then it could not ask for a nut. Suppose it \
needs a thousand: then most parrots would go hungry, and they do not. So the number lies between. One word, said \
while looking at the nut, does everything that two would do. I should check that against a parrot that wants water \
instead: one word again, and another look.
"""
THOUGHT_ANSWER = """\
**One word is enough**, if you look at what you mean while you say it.

What came before this answer was shown as reasoning, apart from it.
"""
MARKDOWN = f"""\
# All of Markdown

{TEXT_MARKS}
## Lists

{LISTS}
{TASKS}
## A table

{TABLE}
## A quotation

{QUOTE}
## Code

{PYTHON}
## Mathematics

{MATH}
---

And a note at the foot of the page.[^1]

[^1]: This one.
"""
HELP = f"""\
{NOTICE}

Ask for one of these:

| Ask for | You get |
|---------|---------|
| `markdown` | everything below in one answer, under headings |
| `list`, `tasks` | nested lists, a list to tick off |
| `table`, `quote`, `link` | one of them alone |
| `code` | blocks in several languages, one with a long line |
| `code only` | a block and not a word around it |
| `math` | formulas, in the line and on their own |
| `footnotes` | numbered notes, as citations look |
| `think` | reasoning before the answer |
| `hebrew and arabic` | text from right to left |
| `long` | an answer that goes on for half a minute |
| `what did I say?` | your earlier messages |

Anything else I repeat, after some thought.
"""

SHOWS = {
    ("hello", "hi", "hey"): f"{GREETING}\n\n{NOTICE}",
    ("help", "what can you do", "what can you show"): HELP,
    ("markdown",): MARKDOWN,
    ("code only", "only code", "just code"): PYTHON,
    ("code",): CODE,
    ("table",): TABLE,
    ("tasks", "task list", "todo"): TASKS,
    ("list", "lists"): LISTS,
    ("quote", "quotation"): QUOTE,
    ("link", "links"): TEXT_MARKS,
    ("math", "maths", "formula", "formulas"): MATH,
    ("footnote", "footnotes", "citation", "citations"): FOOTNOTES,
    ("think", "reasoning", "step by step"): THOUGHT_ANSWER,
    ("hebrew", "arabic", "rtl", "right to left"): RIGHT_TO_LEFT,
    ("long", "long answer"): LONG,
}
"""What to ask for, as words in a row, and what comes."""
AROUND = (
    "a about again all an and answer can could demo example for give in me of please some text the to with write you"
)
ASKING = frozenset(" ".join([AROUND, *(name for names in SHOWS for name in names)]).split())
"""Every word that asking for a show is made of."""
REASONING = {THOUGHT_ANSWER: THOUGHTS}
"""What is thought before an answer."""
