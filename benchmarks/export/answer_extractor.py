"""extract(text, names) -> the name that a text answers, or why it answers none.

The rule, all of it:

1. Of the lines of the text those that are not blank count. Where the last one begins with
   ``Answer:``, what follows on that line is the answer. Where the text is one line alone, without
   ``Answer:``, that line is the answer: the completion of a prompt that ends so.
2. Blanks around the answer are left out, then one full stop at its end, then one of ``a``, ``an``
   and ``the`` before it.
3. What is left must be a name that can be an answer, in any case of letters, or ``none``. Where two
   names differ in their case alone, the case counts.

All else is malformed: counted, and never right. Needs the standard library alone.
"""

from __future__ import annotations

from collections.abc import Mapping

MARK = "Answer:"
ARTICLES = ("a ", "an ", "the ")
FOLDED = "\n"  # which no answer has
EMPTY, UNMARKED, UNKNOWN = "no text", "its last line is no `Answer: …`", "no name of the world"


def extract(text: str, names: Mapping[str, int]) -> tuple[int, str]:
    """(the number of the answer, empty), or (-1, why there is none). ``names``: of ``folded``."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return -1, EMPTY
    last = lines[-1]
    if last.startswith(MARK):
        last = last[len(MARK) :]
    elif len(lines) > 1:
        return -1, UNMARKED
    return name_of(last, names)


def name_of(answer: str, names: Mapping[str, int]) -> tuple[int, str]:
    """The same of an answer without its line: rules 2 and 3."""
    word = answer.strip().removesuffix(".").rstrip()
    article = next((a for a in ARTICLES if word.lower().startswith(a)), "")
    for known in (word, word[len(article) :]):
        for key in (known, FOLDED + known.lower()):
            if key in names:
                return names[key], ""
    return -1, UNKNOWN


def folded(names: Mapping[str, int]) -> dict[str, int]:
    """Names, and behind FOLDED, in small letters, those that stand for one alone."""
    small: dict[str, set[int]] = {}
    for name, number in names.items():
        small.setdefault(name.lower(), set()).add(number)
    alone = {FOLDED + n: min(found) for n, found in small.items() if len(found) == 1}
    return alone | dict(names)
