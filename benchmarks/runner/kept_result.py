"""A kept result as two files, read back: whole and of the cell that is wanted, or one line why not.

``cell.json`` says what it is a result of, ``answers.npz`` holds the arrays. Nothing is unpickled.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import numpy as np
import pydantic

from ... import canonical
from ...errors import UserError
from ...models.training.plan import Run, Samples
from ..config.run_config import Cell

ABOUT, ANSWERS = FILES = ("cell.json", "answers.npz")
MOST = 2**20  # bytes of cell.json: a thousand times what is ever written
# array -> kind of its numbers, and its axes: S seeds, K checkpoints, Q questions, T tokens
ARRAYS = {
    "steps": (np.int64, "K"),
    "flops": (np.float64, "K"),
    "answer": (np.int32, "SKQ"),
    "bits": (np.float32, "SKQ"),
    "generated": (np.int32, "SQT"),
    "loss": (np.float32, "SK"),
}
SAMPLED = {  # of cells that sample: N samples of each question; what chains wrote besides
    "samples": (np.int32, "SNQ"),
    "sampled": (np.int32, "SNQT"),
}
NAMES = ("plan", "model")  # in a record for people: a recipe or a spec under another name is equal
GROUPS = 128  # groups of questions: rungs by cue, impure ones and controls included
WORDS = 4_096  # tokens of what is written in answer to a question
SAMPLED_BYTES = 2**34  # of all samples
DISPLAYED = 60  # characters of a value in a message

Digest = Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{64}$")]
Line = Annotated[str, pydantic.AfterValidator(lambda text: _printable(text))]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False
    )


class Scalars(_Strict):
    """What a ``Run`` holds beside its arrays."""

    seeds: list[list[int]]
    parameters: int = pydantic.Field(ge=0)
    seconds: float = pydantic.Field(ge=0)
    failed: Line
    vmap_size: int = pydantic.Field(default=1, ge=1)


class About(_Strict):
    """The content of ``cell.json``."""

    cell: dict[str, Any]
    # what made it, as found when the training began
    training: str = pydantic.Field(pattern=r"^training-[0-9]{1,9}$")
    versions: dict[Line, Line]
    commit: str = pydantic.Field(pattern=r"^[0-9a-f]{0,64}$")
    dirty: bool
    corpus: Digest
    device: Line
    predictions: Digest
    run: Scalars
    weights: Digest | None = None  # of the file of weights; None: not kept


def arrays_of(cell: Cell) -> dict[str, tuple[Any, str]]:
    """The arrays of a result: kind of their numbers, and axes."""
    if not cell.recipe.samples:
        return ARRAYS
    return ARRAYS | {n: how for n, how in SAMPLED.items() if n == "samples" or cell.writes}


def read_about(folder: Path, cell: Cell) -> About | None:
    """What ``folder`` says that it holds; None where there is no such folder.

    Raises UserError where that is damaged, or the result of a cell other than ``cell``.
    """
    if not folder.exists():
        return None
    try:
        with (folder / ABOUT).open("rb") as file:
            text = file.read(MOST + 1)
        if len(text) > MOST:
            damaged(folder / ABOUT, f"it has more than {MOST:,} bytes")
        about = About.model_validate(json.loads(text.decode("ascii")))
        found = canonical.text(_identity(about.cell))
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        damaged(folder / ABOUT, f"{where}: {first['msg']}", error)
    except OSError as error:
        damaged(folder / ABOUT, error.strerror or "it cannot be read", error)
    except (ValueError, RecursionError, TypeError) as error:
        damaged(folder / ABOUT, f"not JSON of ours: {error}", error)
    if found != canonical.text(_identity(cell.record())):
        raise UserError(
            f"{folder} holds the result of another cell: {_named(about.cell)}, expected {cell}"
            f" ({_difference(about.cell, cell.record())}); delete it and run again"
        )
    return about


def read_run(folder: Path, about: About, cell: Cell) -> Run:
    """The run that ``about`` describes; raises UserError where the arrays are not those of it."""
    try:
        # opened here: np.load leaves a damaged file open
        with (
            (folder / ANSWERS).open("rb") as handle,
            np.load(handle, allow_pickle=False) as file,
        ):
            unfolded = sum(entry.file_size for entry in file.zip.infolist())
            if unfolded > (most := _most_bytes(cell)):
                raise ValueError(f"it unfolds to {unfolded:,} bytes, at most {most:,}")
            arrays: dict[str, Any] = {name: file[name] for name in arrays_of(cell)}
    except (
        Exception
    ) as error:  # zip and NumPy raise a dozen kinds for bytes that are none of theirs
        damaged(folder / ANSWERS, f"{type(error).__name__}: {error}", error)
    seeds = ((cell.seeds.init, cell.seeds.order),)
    if about.run.seeds != [list(pair) for pair in seeds]:
        damaged(folder / ABOUT, f"run.seeds: {about.run.seeds}, expected {list(seeds)}")
    flaw = _misshapen(arrays, cell)
    if flaw:
        damaged(folder / ANSWERS, flaw)
    drawn = {name: arrays.pop(name) for name in SAMPLED if name in arrays}
    run = _run(arrays, drawn, about, seeds)
    if predictions_of(run) != about.predictions:
        damaged(folder / ANSWERS, f"its digest is not that of {ABOUT}")
    return run


def predictions_of(run: Run) -> str:
    """Digest of all answers and bits at all checkpoints, and of sampled answers."""
    more = {} if run.samples is None else {"samples": run.samples.answer}
    return canonical.digest_arrays(answer=run.answer, bits=run.bits, **more)


def _run(arrays: dict[str, Any], drawn: dict[str, Any], about: About, seeds: Any) -> Run:
    rest = about.run
    return Run(
        **arrays,
        samples=Samples(drawn["samples"], drawn.get("sampled")) if drawn else None,
        seeds=seeds,
        parameters=rest.parameters,
        seconds=rest.seconds,
        failed=rest.failed,
        vmap_size=rest.vmap_size,
    )


def _most_bytes(cell: Cell) -> int:
    """Bytes that the arrays of a cell have at most: answers and bits, a word of a proof at a time
    besides."""
    points = cell.recipe.evaluations
    count = points if isinstance(points, int) else len(points) + 1
    words = 1 + WORDS * (cell.writes)
    drawn = min(cell.questions * GROUPS * cell.recipe.samples * 4 * words, SAMPLED_BYTES)
    return 2**24 + cell.questions * GROUPS * (8 * count + 4 * WORDS) + drawn


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """As ``np.savez_compressed`` does, but for the hour: a clock that stands before 1980 is none
    that a zip may name, and the same arrays are the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            about = zipfile.ZipInfo(f"{name}.npy")
            about.compress_type = zipfile.ZIP_DEFLATED
            with file.open(about, "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asanyarray(array), allow_pickle=False)


def _misshapen(arrays: Mapping[str, Any], cell: Cell) -> str:
    """What is wrong with the kinds and sizes of arrays; empty if nothing is."""
    sizes = {"S": 1, "N": cell.recipe.samples}
    for name, (kind, axes) in arrays_of(cell).items():
        array = arrays[name]
        if not isinstance(array, np.ndarray) or array.dtype != kind or array.ndim != len(axes):
            got = f"{array.dtype} {list(array.shape)}" if isinstance(array, np.ndarray) else "bytes"
            return f"{name} is {got}, expected {np.dtype(kind)} [{', '.join(axes)}]"
        for axis, size in zip(axes, array.shape):
            if sizes.setdefault(axis, size) != size:
                return f"{name} has {size} along {axis}, expected {sizes[axis]}"
    steps = arrays["steps"]
    if not len(steps) or np.any(np.diff(steps) <= 0) or steps[0] < 1:
        return "steps do not ascend from 1"
    if cell.recipe.steps is not None and not np.array_equal(steps, cell.recipe.checkpoints):
        return "steps are not the checkpoints of the plan"
    return ""


def _identity(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in NAMES}


def _named(record: Mapping[str, Any]) -> str:
    """A cell as it is called in lines, of a record that may hold anything."""
    seeds = record.get("seeds")
    numbers = seeds.values() if isinstance(seeds, dict) else ()
    world = f"{_short(record.get('world'))}/{_short(record.get('size'))}"
    rest = " ".join(_short(record.get(key)) for key in ("mode", "model", "plan"))
    return f"{world} {rest} seeds {','.join(map(_short, numbers))}"


def _difference(found: Any, wanted: Any, place: str = "") -> str:
    """The first place where two records differ, with both values."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        for key in sorted({*found, *wanted}):
            if not place and key in NAMES:
                continue
            if key not in found or key not in wanted:
                lacks = "is not known here" if key in found else "is missing"
                return f"{_short(place + key)} {lacks}"
            if canonical.text(found[key]) != canonical.text(wanted[key]):
                return _difference(found[key], wanted[key], f"{place}{key}.")
    return f"{place.rstrip('.')}: {_short(found)}, expected {_short(wanted)}"


def _short(value: Any) -> str:
    """A value on one line of a terminal, whatever it is."""
    text = value if isinstance(value, str) else canonical.text(value)
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= DISPLAYED else f"{text[: DISPLAYED - 1]}…"


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected one line that can be printed")
    return text


def damaged(path: Path, why: str, cause: BaseException | None = None) -> NoReturn:
    line = "".join(c if c.isprintable() else "?" for c in " ".join(why.split()))
    raise UserError(
        f"{path} is damaged ({line[:300]}); delete the folder {path.parent} and run again"
    ) from cause
