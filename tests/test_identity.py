"""What an experiment is known by: types, versions and all values; no spelling and no place."""

from __future__ import annotations

import dataclasses
import importlib
import json
import subprocess
import sys
from typing import ClassVar

import numpy as np
import pytest
from zebroid import canonical, identity, registry, sources
from zebroid.benchmarks.config.run_config import Cell
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.verification.verify import verify
from zebroid.errors import UserError
from zebroid.identity import flaw, record, restore
from zebroid.models import spec_records
from zebroid.models.architectures import presets
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.layers.positions import Rotary
from zebroid.models.training.plan import Plan
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.exposure import Exposure

NEUTRAL = dataclasses.field(default=True, metadata={"neutral": False})


def later(kind):
    """The class as a later version has it: with one more field, whose default isn't neutral."""
    names = {name: vars(kind)[name] for name in ("type", "version") if name in vars(kind)}
    made = dataclasses.make_dataclass(
        kind.__name__, [("gated", bool, NEUTRAL)], bases=(kind,), frozen=True, namespace=names
    )
    return lambda thing, gated: made(
        **{f.name: getattr(thing, f.name) for f in dataclasses.fields(thing)}, gated=gated
    )


@pytest.fixture
def other_default(monkeypatch):
    """other_default(name, value): presets as with another default of DecoderSpec."""

    def change(name, value):
        fields = [f.name for f in dataclasses.fields(DecoderSpec)]
        defaults = list(DecoderSpec.__init__.__defaults__ or ())
        defaults[fields.index(name) - len(fields)] = value
        monkeypatch.setattr(DecoderSpec.__init__, "__defaults__", tuple(defaults))
        importlib.reload(presets)

    yield change
    monkeypatch.undo()
    importlib.reload(presets)


def test_presets_and_suites_are_loaded_without_jax():
    code = (
        "import sys, zebroid.models.architectures.presets\n"
        "from zebroid.benchmarks.config.suite import load_suite\n"
        "from zebroid import registry\n"
        "cells = [c for name in registry.suites() for c in load_suite(name).cells]\n"
        "for cell in cells[:9]: cell.load_spec().flops(100, 4, (3,))\n"
        "print(len(cells), *{name.partition('.')[0] for name in sys.modules})"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *names = out.stdout.split()
    assert int(count) > 500 and not {*names} & {"jax", "jaxlib", "flax", "optax"}


def test_another_default_is_another_suite_which_verify_refuses(other_default):
    path = registry.ROOT / "docs" / "receipts" / "headline-v2"

    def message():
        return next(found for found in verify(path) if found.check == "suite")

    first = next(verify(path)).found
    assert first.endswith("training-1, as in this version")
    before = load_suite("headline-v2").digest
    assert message().passed
    other_default("ratio", 8)
    assert load_suite("headline-v2").digest != before
    assert not message().passed


def test_the_order_of_keywords_is_no_part_of_a_model():
    one = DecoderSpec(width=32, layers=2, heads=2)
    two = DecoderSpec(heads=2, ratio=4, width=32, layers=2, positions=Rotary(far=10_000))
    assert canonical.digest(record(one)) == canonical.digest(record(two))
    assert canonical.digest(record(one)) != canonical.digest(record(DecoderSpec(width=64)))


@pytest.mark.parametrize("name", registry.models())
def test_a_spec_is_rebuilt_from_its_record(name):
    spec = registry.model(name)
    assert spec_records.rebuilt(json.loads(canonical.text(record(spec)))) == spec
    assert not flaw(spec, presets.TYPES)


def test_a_field_added_later_leaves_every_digest_while_it_is_neutral(monkeypatch):
    before = {name: load_suite(name).digest for name in registry.suites()}
    grown = {kind: later(kind) for kind in presets.ARCHITECTURES}
    for gated in (False, True):
        own = {n: spec for n, spec in vars(presets).items() if type(spec) in presets.ARCHITECTURES}
        assert len(own) == len(registry.models())
        models = {name: grown[type(spec)](spec, gated) for name, spec in own.items()}
        for name, spec in own.items():
            assert (record(models[name]) == record(spec)) is not gated
        with monkeypatch.context() as patch:
            for name, spec in models.items():
                patch.setattr(presets, name, spec)
            same = [load_suite(name).digest == digest for name, digest in before.items()]
        assert all(same) if not gated else not any(same)
    plan = Plan(batch=8, steps=5)
    bare, gated = later(Plan)(plan, False), later(Plan)(plan, True)
    assert bare.record() == plan.record() != gated.record()


def test_a_field_of_an_exposure_that_is_added_later_leaves_the_corpus(corpus_world):
    world, exposure = corpus_world
    bare, gated = (later(Exposure)(exposure, value) for value in (False, True))
    digests = [build_corpus(world, "tiny", e).digest for e in (exposure, bare, gated)]
    assert digests[0] == digests[1] != digests[2]


@pytest.fixture
def corpus_world():
    world = registry.make("composition-v1")
    return world, world.default_exposure("tiny")


def test_what_a_record_leaves_out_has_its_neutral_value_whatever_the_default():
    kind = type(later(DecoderSpec)(DecoderSpec(), True))
    old, new = record(DecoderSpec()), record(kind())
    assert kind().gated and new["gated"]
    assert restore(kind, old, presets.TYPES).gated is False
    assert restore(kind, new, presets.TYPES).gated is True


def test_exposures_and_plans_leave_out_what_is_neutral_and_come_back():
    assert "wordings" not in Exposure().record()
    assert Exposure(wordings=2).record()["wordings"] == 2
    assert {"microbatch", "flops"} & {*Plan().record()} == set()
    for plan in (Plan(), Plan(flops=1e9), Plan(steps=9, microbatch=4, batch=8, evaluations=(3,))):
        assert restore(Plan, json.loads(json.dumps(plan.record()))) == plan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "version 2 in the record, 1 in this version"),
        ({"heads": None}, "lacks 'heads'"),
        ({"hedas": 4}, "unknown field 'hedas'"),
        ({"width": "wide"}, "spec.width is 'wide'"),
        ({"positions": {"type": "spiral"}}, "None"),
        ({"positions": {"type": "rotary", "version": 7, "far": 1.0}}, "version 7 in the record"),
        ({"query": {"loops": 2}}, "unknown field 'query'"),
    ],
)
def test_a_record_of_another_version_is_refused_in_one_line(change, message):
    changed = {k: v for k, v in {**record(DecoderSpec()), **change}.items() if v is not None}
    if message == "None":  # it may be a plugin's, which is asked for by name
        assert spec_records.rebuilt(changed) is None
        return
    with pytest.raises(UserError) as error:
        spec_records.rebuilt(changed)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_how_a_model_is_queried_is_no_part_of_its_training():
    bare, more = LoopedSpec(width=16, heads=2), LoopedSpec(width=16, heads=2, query_loops=8)
    cell = dataclasses.replace(load_suite("smoke").cells[0], spec=record(bare))
    other = dataclasses.replace(cell, spec=record(more), model="other")
    assert (cell.loops, other.loops) == (4, 8)  # four by default
    assert cell.training == other.training and cell.digest != other.digest
    assert cell.trained == other.trained and other.load_spec() == more
    wide = dataclasses.replace(cell, spec=record(LoopedSpec(width=32, heads=2)))
    assert wide.training != cell.training
    assert dataclasses.replace(cell, spec=record(DecoderSpec())).loops == 0


def test_names_of_models_and_plans_are_no_part_of_a_cell():
    cell = load_suite("smoke").cells[0]
    other = dataclasses.replace(cell, model="my-decoder", plan="my-plan")
    assert (other.digest, other.configuration, other.vmap_group) == (
        cell.digest,
        cell.configuration,
        cell.vmap_group,
    )


def test_the_content_version_of_a_world_is_part_of_a_cell_from_the_second_on():
    cell = load_suite("smoke").cells[0]
    second = dataclasses.replace(cell, content=2)
    assert "content" not in cell.record() and second.record()["content"] == 2
    assert second.digest != cell.digest and second.corpus != cell.corpus
    assert Cell.of(second.record()) == second
    assert str(second).startswith(f"{cell.world} content 2/")


@dataclasses.dataclass(frozen=True)
class Odd:
    """Parts that specs may have."""

    type: ClassVar[str] = "acme.odd"
    version: ClassVar[int] = 1
    part: object = None
    rate: float = 1


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (print, "Odd.part is <built-in function print>, which has no record"),
        (float("nan"), "Odd.part is nan, which has no record"),
        (dataclasses.make_dataclass("Part", [], frozen=True)(), "Part declares no type"),
        ((type("Own", (Rotary,), {})(),), "Own declares no type"),
        (3, ""),
        (np.int64(3), ""),
        (Rotary(), ""),
    ],
)
def test_parts_of_a_spec_have_records_too(part, message):
    found = flaw(Odd(part), presets.TYPES)
    assert found.startswith(message) if message else not found


def test_equal_numbers_have_equal_records():
    assert record(Odd(np.int64(3), 1)) == record(Odd(3, 1.0))
    assert record(Odd(rate=1 / 3)) == record(Odd(rate=0.333333333))
    assert identity.record(Odd(True)) != identity.record(Odd("True"))


SOURCE = b'''"""About it."""
import math

class Net:
    "A net."
    width = 8

    def size(self, n=1.5):
        """How large."""
        return f"{self.width:>{n}} is {10**3!r}", b"x", ...
'''


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (b"import math", b"import math  # for pi\n\n", True),
        (b"How large.", b"How very large.", True),
        (b'    "A net."\n', b"", True),
        (b"width = 8", b"width = (8)", True),
        (b"width = 8", b"width = 9", False),
        (b"width = 8", b"width = 8.0", False),
        (b"width = 8", b"width = '8'", False),
        (b" is {", b" was {", False),
        (b'b"x"', b'"x"', False),
        (b"n=1.5", b"m=1.5", False),
        (b"import math", b"import math as maths", False),
    ],
)
def test_comments_and_docstrings_are_no_part_of_a_file(old, new, same):
    assert old in SOURCE
    assert (sources.digest(SOURCE.replace(old, new)) == sources.digest(SOURCE)) is same


def test_docstrings_that_the_code_reads_are_part_of_a_file():
    reads = SOURCE + b"rules = Net.__doc__\n"
    assert sources.digest(reads) != sources.digest(reads.replace(b"A net.", b"Another."))


def test_the_digest_of_a_file_is_the_same_on_every_version_of_python():
    assert sources.digest(SOURCE)[:12] == "fa822b01d33e"
