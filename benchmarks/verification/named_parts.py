"""Whether the worlds and models of a receipt's cells are what their names say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from ... import canonical, identity, parameters, registry
from ...entry_points import built_in
from ...models import spec_records
from ...printable import printable
from ...registry import Plugin
from ...worlds.world import World, content_of
from ..config.outside_model import Outside
from ..config.run_config import Cell
from ..receipts.compare import Comparison, Doubt
from ..receipts.untrusted import NotLoaded, introduced

Announce = Callable[[Plugin], None]


def check_world(cell: Cell, world: World) -> None:
    """Raises Doubt where a cell names a size in another way than a suite does, or another version
    of the world's content."""
    size = world.named_size(cell.size)
    if size != cell.size:
        raise Doubt(f"size of {cell.world}: receipt {cell.size!r}, recomputed {size!r}")
    if content_of(world) != cell.content:
        raise Doubt(
            f"content of {cell.world}: receipt {cell.content}, recomputed {content_of(world)}"
        )


def check_models(cells: Iterable[Cell]) -> str:
    """How many models the receipt itself names, as a part of a line; empty: none.

    A built-in name stands for one spec, and in one spelling. Raises Doubt where it does not, or
    where a name is of nothing that there can be: neither built in, nor a file, nor a plugin.
    """
    named: dict[str, Any] = {cell.model: cell.spec for cell in cells}
    own = []
    for cell in cells:
        if canonical.text(cell.spec) != canonical.text(named[cell.model]):
            raise Doubt(f"model {cell.model!r} stands for two specs")
    outside = 0
    for name, spec in named.items():
        if declared := Outside.of(spec):
            outside += 1
            _check_outside(name, spec, declared)
            continue
        base, _ = parameters.split(name)
        if base in built_in("model"):
            found = registry.find_model(name)
            if found.name != name:
                raise Doubt(f"model: receipt {name!r}, recomputed {found.name!r}")
            comparison = Comparison()
            comparison.values(_plain(spec), _plain(found.record()), f"spec of {name}")
            comparison.settle()
        elif "@" not in base and "." not in base:
            raise Doubt(f"model {name!r} is neither built in, nor a plugin's, nor a file's")
        else:
            own.append(name)
    if outside:
        return f"; {outside} from outside, taken as declared: {next(iter(named))}"
    if not own:
        return ""
    return f"; {len(own)} models by names that no other receipt need share: {own[0]}"


def _check_outside(name: str, spec: Any, declared: Outside) -> None:
    if name != declared.model:
        raise Doubt(f"model: receipt {name!r}, recomputed {declared.model!r}")
    comparison = Comparison()
    comparison.values(_plain(spec), _plain(identity.record(declared)), f"spec of {name}")
    comparison.settle()


def spec_of(cell: Cell, announce: Announce | None) -> Any:
    """The spec of a cell's model, to be traced for its shapes.

    Built-in types alone are made from a record. NotLoaded for a file's own, and for a plugin's
    where ``announce`` does not hear of it before it is loaded.
    """
    spec = spec_records.rebuilt(cell.spec)
    if spec is not None:
        return spec
    if cell.outside:
        raise NotLoaded(
            f"{printable(cell.model, 80)} is from outside: its answers alone are known, and there "
            "is nothing to train it by"
        )
    base, displayed = parameters.split(cell.model)[0], printable(cell.model, 80)
    offers = [p for p in registry.plugins() if (p.kind, p.name) == ("model", base)]
    if not offers:
        raise NotLoaded(
            f"parameters and FLOPs of {displayed} cannot be recomputed: it is of no built-in "
            "type and of no installed plugin; a file that a receipt names is not run"
        )
    for plugin in offers:
        if announce is None:
            raise NotLoaded(
                f"parameters and FLOPs of {displayed} cannot be recomputed without "
                f"{introduced(plugin)}; --allow-plugins loads it"
            )
        announce(plugin)
    return cell.load_spec()


def _plain(record: Any) -> Any:
    return json.loads(canonical.text(record))
