"""What ``--set`` gives: ``world.exceptions=0.2``, ``exposure.held=0.2``, and to what."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from ... import parameters, registry
from ...errors import UserError, suggest
from ...worlds.exposure import Exposure
from ...worlds.handed_split import check_split
from ...worlds.world import World
from .suite import with_fields

TARGETS = ("world", "exposure", "model", "plan", "seeds")


def tables_of(
    settings: Sequence[str], targets: Sequence[str] = TARGETS
) -> dict[str, dict[str, Any]]:
    """{"world": {"exceptions": 0.2}, …} of ``--set`` options, of these targets alone.

    Raises UserError for what is none, or is set twice.
    """
    found: dict[str, dict[str, Any]] = {}
    for setting in settings:
        place, equals, text = setting.partition("=")
        target, dot, key = place.partition(".")
        if not (equals and dot and key and text):
            example = f"{targets[0]}.KEY=VALUE"
            raise UserError(f"--set {setting}: expected {example}, such as world.exceptions=0.2")
        if target not in targets:
            raise UserError(f"--set {setting}: {suggest('target of --set', target, targets)}")
        if key in found.setdefault(target, {}):
            raise UserError(f"--set {setting}: {place} is set twice; set it once")
        with of_setting(setting):
            found[target][key] = parameters.read(text)
    return found


def of_world(
    name: str, settings: Sequence[str], targets: Sequence[str] = ("world", "exposure")
) -> tuple[World, str, Exposure]:
    """(world, size, exposure) that a name and settings of the world and its exposure give."""
    tables = tables_of(settings, targets)
    world, size = registry.sized(name)
    with of_setting(*settings):
        size = world.named_size(size, tables.get("world", {}))
        own = world.default_exposure(size)
        exposure = with_fields(own, tables.get("exposure", {}), "exposure", nowhere)
        check_split(world, exposure)
        return world, size, exposure


@contextlib.contextmanager
def of_setting(*settings: str) -> Iterator[None]:
    """Errors in the block are those of these settings."""
    try:
        yield
    except UserError as error:
        if not settings:
            raise
        raise UserError(f"--set {' '.join(settings)}: {error}") from None


def nowhere(*place: str | int) -> contextlib.AbstractContextManager[None]:
    """A place in no file."""
    return contextlib.nullcontext()
