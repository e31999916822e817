"""What stands in a Markdown page: its blocks of code, and how long its sentences are."""

from __future__ import annotations

import re


def blocks(page: str) -> list[tuple[str, str, str]]:
    """(language, name or "", text) of each block of code that has a language."""
    return re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def sentences(page: str) -> list[str]:
    """The prose of a page: no code, tables, headings, comments or pictures."""
    text = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!-- ([a-z-]+) .*?<!-- end of \1 -->", "", text, flags=re.DOTALL)
    text = re.sub(r"^:::.*$|^\{.*$|^(\||#|<).*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`[^`]*`", "code", text)
    text = re.sub(r"^\s*(?:[-*]|\d+\.) ", "\n\n", text, flags=re.MULTILINE)
    parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    found = [s for part in parts for s in re.split(r"(?<=[.!?:])[*_”\"]*\s+", part.strip())]
    return [s for s in found if re.search(r"\w", s)]


def mean_length(page: str) -> float:
    """Words of a sentence, on average."""
    found = sentences(page)
    return sum(len(s.split()) for s in found) / len(found)
