"""The types of what a world declares: each attribute is held to its annotation when it is read.

A set, list or tuple does wherever several names are expected: the class then has what the
annotation says. A string never does, for it would be read letter by letter.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

from ..errors import InvalidWorld
from ..printable import brief

DECLARED: Mapping[str, tuple[str, str]] = MappingProxyType(  # attribute -> its type, an example
    {
        "id": ("text", '"acme.guild-v1"'),
        "rules": ("text", '"grand(X,Z) :- parent(X,Y), parent(Y,Z)."'),
        "content": ("whole number from 1", "2"),
        "pins": ("table of text", '{"tiny": "1:7395…"}, as `zebroid pin` does'),
        "generalises": ("text", '"CLUTRR"'),
        "sizes": ("table of tables", '{"tiny": {"members": 20}, "small": {}}'),
        "axioms": ("set of names", '{"recipe"}'),
        "attribute": ("table of whole numbers", '{"recipe": 1}'),
        "schema": ("table of sets of names", '{1: ("R1", "R2")}'),
        "rungs": ("set of names", '("recall", "instance")'),
        "instruments": ("pairs of a rung and a cue", '[("instance", "keeps")]'),
        "beyond_association": ("pairs of a rung and a cue", '[("instance", "keeps")]'),
        "few_answers": ("set of names", '{"keeps"}'),
        "queries": ("table of sets of whole numbers", '{"keeps": (2,)}'),
        "phrases": ("table of text", '{"keeps": "The {1} that {0} keeps is {2}."}'),
        "entities": ("set of names", '("person",)'),
        "familiar": ("set of names", '{"sum"}'),
        "fixed": ("True or False", "True"),
        "spelled": ("set of names", '("command",)'),
        "episodes": ("text", '"tale"'),
        "like": ("text", '"like(X,Y) :- member(X,G), member(Y,G)."'),
        "exposure": ("Exposure", "Exposure(held=0.2)"),
        "exposures": ("table of Exposures", '{"tiny": Exposure(held=0.2)}'),
        "splits": ("table of functions", '{"length": by_length}'),
        "drawn_as": ("table of text", '{"wide": "base"}'),
    }
)
GOT = ((str, "a string"), (bool, "True or False"), (int, "a number"), (float, "a number"))
GOT += ((Mapping, "a table"), (Set, "a set"), (list, "a list"), (tuple, "a tuple"))


class _Unfit(Exception):
    """A value of another type, and the keys that lead to it."""

    def __init__(self, value: Any, *path: Any) -> None:
        super().__init__(value, *path)
        self.value, self.path = value, path


def fit_attributes(cls: type, hints: Mapping[str, Any]) -> None:
    """Holds the class to ``hints``, attribute -> type, and sets what has another form of it.

    Raises InvalidWorld, one line, for a value of another type. Descriptors, such as properties, are
    the class's own affair.
    """
    for name, hint in hints.items():
        value = next((vars(c)[name] for c in cls.__mro__ if name in vars(c)), None)
        if name not in DECLARED or value is None or hasattr(type(value), "__get__"):
            continue
        try:
            fitted = _fitted(value, hint)
        except _Unfit as odd:
            where = "".join(f"[{brief(key)}]" for key in odd.path)
            kind, example = DECLARED[name]
            article = "" if kind.startswith(("text", "pairs", "True")) else "a "
            article = "an " if kind == "Exposure" else article
            whole = f"{name} to be " if odd.path else ""
            raise InvalidWorld(
                f"{cls.__name__}.{name}{where} = {brief(odd.value)}: got {_got(odd.value)}, "
                f"expected {whole}{article}{kind}; write {name} = {example}"
            ) from None
        if fitted is not value:
            setattr(cls, name, fitted)


def _fitted(value: Any, hint: Any) -> Any:
    """``value`` as ``hint`` has it; raises _Unfit."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or (origin is Callable and callable(value)):
        return value
    if origin is typing.ClassVar:
        return _fitted(value, args[0])
    if origin in (tuple, frozenset):
        return _several(value, origin, args)
    if origin is Mapping and isinstance(value, Mapping):
        made = {_fitted(key, args[0]): _under(key, value[key], args[1]) for key in value}
        return value if made == value else made
    # True is a number to Python, and no number of anything here
    if origin or not isinstance(value, hint) or (isinstance(value, bool) and hint is int):
        raise _Unfit(value)
    return value


def _several(value: Any, kind: type, args: Sequence[Any]) -> Any:
    """A tuple or frozenset; a set becomes a tuple in order, whatever the hash seed."""
    if not isinstance(value, list | tuple | Set):
        raise _Unfit(value)
    if kind is tuple and args[-1] is not Ellipsis:  # a pair
        if isinstance(value, Set) or len(value) != len(args):
            raise _Unfit(value)
        made = tuple(_fitted(one, hint) for one, hint in zip(value, args))
    else:
        members = [_fitted(one, args[0]) for one in value]
        made = kind(sorted(members) if isinstance(value, Set) else members)
    return value if type(value) is kind and made == value else made


def _under(key: Any, value: Any, hint: Any) -> Any:
    try:
        return _fitted(value, hint)
    except _Unfit as odd:
        raise _Unfit(odd.value, key, *odd.path) from None


def _got(value: Any) -> str:
    return next((text for kind, text in GOT if isinstance(value, kind)), type(value).__name__)
