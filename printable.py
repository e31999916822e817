"""Texts of strangers as they may be printed: on a terminal, in Markdown, in BibTeX, in CSV."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

LONGEST = 2_000  # characters of a text that are printed
TEXT = 20_000  # characters of one string of a receipt
JOINERS = "\u200c\u200d\u00ad"  # scripts and emoji need them, and they move no cursor
NONE = "\ufffe\uffff"  # no characters at all, and forbidden in XML
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, formats such as bidi overrides, surrogates
# all that may be hidden: the first pass over a text, which most texts do not get beyond
ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u0600-\u061c\u06dd\u070f\u0890-\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000110bd-\U000e007f]"
)
# what spreadsheets take for the beginning of a formula, wide forms and signs before it included
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def printable(text: str, most: int = LONGEST) -> str:
    r"""``text`` on one line, as it may be printed: what steers a terminal or hides is spelled out.

    C0 and C1 controls (line ends too), bidi marks and overrides, lone surrogates and line
    separators become ``\x1b``; of more than ``most`` characters the last are left out.

    >>> printable("a\x1b[2Jb\n")
    'a\\x1b[2Jb\\n'
    """
    if len(text) > most:
        text = text[: most - 1] + "…"
    return ODD.sub(lambda m: _spelled(m[0]), text)


def brief(value: Any, most: int = 60) -> str:
    """A value as a message has it, however long it is; of a large number how large it is.

    >>> brief(10**30), brief("a"), brief([1, 2] * 99, 9)
    ('a number of 31 digits', "'a'", '[1, 2, 1…')
    """
    if isinstance(value, int) and value.bit_length() > 90:
        return f"a number of {int(math.log10(abs(value))) + 1:,} digits"
    return printable(repr(value), most)


def many(number: int, noun: str) -> str:
    """How many of what.

    >>> many(1, "question"), many(2_000, "question")
    ('1 question', '2,000 questions')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


def visible(text: str) -> str:
    """The whole of ``text``, spelled out like ``printable``, where line breaks and tabs stay."""
    return ODD.sub(lambda m: m[0] if m[0] in "\n\t" else _spelled(m[0]), text)


def _spelled(sign: str) -> str:
    return sign.encode("unicode_escape").decode() if hidden(sign) else sign


def hidden(sign: str) -> bool:
    """Whether a character is none that is seen: a control, a format, half of a surrogate pair; or
    none that XML may have."""
    return sign in NONE or (unicodedata.category(sign) in HIDDEN and sign not in JOINERS)


def markdown(text: str) -> str:
    """``text`` for a cell or a line of Markdown: no markup, no HTML, no new column."""
    return re.sub(r"([\\|<>\[\]`*])", r"\\\1", printable(text))


def bibtex(text: str) -> str:
    r"""``text`` for a field of BibTeX, whose end a brace would be, set by LaTeX as text.

    >>> bibtex("100% of a_b {x}~^")
    '100\\% of a\\_b (x)\\char126 \\char94 '
    """
    plain = printable(text).translate({ord("{"): "(", ord("}"): ")", ord("\\"): "/"})
    plain = re.sub(r"([%&#$_])", r"\\\1", plain)
    return re.sub("[~^]", lambda m: rf"\char{ord(m[0])} ", plain)


def clean(content: Any) -> Any:
    """JSON-ready ``content`` with every text printable, as a receipt is written."""
    if isinstance(content, dict):
        return {printable(key, TEXT): clean(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [clean(value) for value in content]
    return printable(content, TEXT) if isinstance(content, str) else content


def csv_rows(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Writes the names of the columns, and a line for each row. Texts pass ``unformulated``;
    numbers, negative ones too, are left as they are."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(unformulated, names))
    writer.writerows(map(unformulated, row) for row in rows)


def unformulated(value: Any) -> Any:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula.

    >>> unformulated("=1+1"), unformulated("a=b"), unformulated(-1.5)
    ("'=1+1", 'a=b', -1.5)
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value
