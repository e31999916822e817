"""Names with parameters, ``small[entities=40,relations=8]``: written in one way, and read back.

A size of a world and a preset of a model may be given with some of their values changed. The name
then says which: keys in order of the alphabet, values as JSON without spaces, ``none`` for None.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .errors import UserError, suggest

_NAME = re.compile(r"(?P<name>.*?)\[(?P<values>\w+=.*)\]", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][\w.+-]*", re.ASCII)
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a word",
    tuple: "a list",
}


def spelled(name: str, values: Mapping[str, Any]) -> str:
    """The name with these values; the name alone where there are none.

    >>> spelled("small", {"relations": 8, "entities": 40})
    'small[entities=40,relations=8]'
    """
    text = ",".join(f"{key}={written(value)}" for key, value in sorted(values.items()))
    return f"{name}[{text}]" if text else name


def split(name: str) -> tuple[str, dict[str, Any]]:
    """The name alone, and its values.

    >>> split("small[levels=[2,3],exceptions=0.2]")
    ('small', {'levels': [2, 3], 'exceptions': 0.2})
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return name, {}
    found: dict[str, Any] = {}
    for part in re.split(r",(?=\w+=)", match["values"]):
        key, _, text = part.partition("=")
        if key in found:
            raise UserError(f"{name!r} gives {key!r} twice; give it once")
        found[key] = read(text)
    return match["name"], found


def written(value: Any) -> str:
    """A value as it stands in a name. Raises UserError for one that cannot."""
    if value is None:
        return "none"
    if isinstance(value, str):
        if read(value) != value:
            raise UserError(f"value {value!r}: quote no number, true, false or none")
        return value
    try:
        return json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError):
        raise UserError(
            f"value {value!r:.80}: expected a number, true, false, a word, none or a list of these"
        ) from None


def read(text: str) -> Any:
    """The value that a text stands for: JSON, ``none`` or a word. Raises UserError for others.

    >>> read("0.2"), read("none"), read("muon"), read("[1,2]")
    (0.2, None, 'muon', [1, 2])
    """
    if text == "none":
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"value {text!r:.80}: expected a finite number")
    if isinstance(value, str) and not _WORD.fullmatch(value):
        raise UserError(
            f"value {text!r:.80}: expected a number, true, false, none, a list or one word"
        )
    return value


def fitted(
    kind: str, values: Mapping[str, Any], known: Mapping[str, Iterable[Any]]
) -> dict[str, Any]:
    """``values``, each a key of ``known`` and of the kind of one of the examples that stand there.

    Whole numbers serve where the example is no whole one, and lists become tuples. Without an
    example, or with None alone, any value fits. Raises UserError for an unknown key, with the
    nearest known one, and for a value of another kind.
    """
    found = {}
    for key, value in values.items():
        if key not in known:
            raise suggest(kind, key, known)
        found[key] = _fit(f"{kind} {key!r}", _plain(value), [*known[key]])
    return found


def _plain(value: Any) -> Any:
    return tuple(_plain(item) for item in value) if isinstance(value, (list, tuple)) else value


def _fit(what: str, value: Any, examples: list[Any]) -> Any:
    kinds = {type(_plain(example)) for example in examples if example is not None}
    if not kinds or (value is None and None in examples) or type(value) in kinds:
        return value
    if type(value) is int and float in kinds:
        return float(value)
    if type(value) is float and int in kinds and value.is_integer():
        return int(value)
    expected = " or ".join(sorted(_KINDS.get(kind, kind.__name__) for kind in kinds))
    raise UserError(f"{what} is {value!r:.80}; expected {expected}")
