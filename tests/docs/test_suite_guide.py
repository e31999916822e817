"""The guide to suites has every key of a suite with its default, and no other."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import zebroid
from zebroid.benchmarks.config import suite, suite_document
from zebroid.benchmarks.ranking.prediction import Prediction
from zebroid.models.training.plan import Plan
from zebroid.worlds.exposure import Exposure

PAGE = (Path(zebroid.__file__).resolve().parent / "docs/guides/suites.md").read_text("utf-8")
TABLES = {
    "[suite]": suite_document.Head,
    "[[cells]]": suite_document.Grid,
    "seeds": suite_document.Seeding,
    "[[predictions]]": Prediction,
    "exposure": Exposure,
    "[plans.NAME]": Plan,
}


def rows(heading: str) -> dict[str, str]:
    """key -> default, of the table below a heading."""
    (body,) = re.findall(
        rf"^##+ `{re.escape(heading)}`$(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL
    )
    lines = re.findall(r"^\| `(\w+)` \| [^|]* \| ([^|]*) \|", body, re.MULTILINE)
    return {key: default.strip("` ") for key, default in lines}


def defaults(table) -> dict[str, object]:
    if dataclasses.is_dataclass(table):
        return {f.name: _made(f) for f in dataclasses.fields(table)}
    return {
        name: "required" if field.is_required() else field.default
        for name, field in table.model_fields.items()
    }


def _made(field):
    if field.default is not dataclasses.MISSING:
        return field.default
    return dict(field.default_factory())


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_explained_and_none_is_made_up(heading):
    assert list(rows(heading)) == list(defaults(TABLES[heading]))


@pytest.mark.parametrize("heading", ["[suite]", "[[cells]]", "exposure", "[plans.NAME]"])
def test_defaults_are_those_of_the_code(heading):
    for key, value in defaults(TABLES[heading]).items():
        message = rows(heading)[key]
        if value is None:
            assert message.startswith(("none", "1000")), key
        elif isinstance(value, int | float) and not isinstance(value, bool):
            assert float(message) == value, key
        elif isinstance(value, str):
            assert message.strip('"') == value, key
        elif key == "given":
            assert message == "{ exemplified = 1.0 }" and value == {"exemplified": 1.0}


def test_the_example_is_a_suite_of_twelve_trainings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (text,) = re.findall(r"^```toml my-suite\.toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "my-suite.toml").write_text(text)
    assert len(suite.load_suite("my-suite.toml").cells) == 12
