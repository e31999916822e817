"""The tutorial is run: its files are written, its commands and its Python executed, in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zebroid
from zebroid import registry
from zebroid.benchmarks.config.suite import load_suite
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.empty_rungs import empty_rungs

from .prose import blocks

ROOT = Path(zebroid.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "your-world.md").read_text("utf-8")
BLOCKS = blocks(TEXT)


def save(folder):
    """The files that the tutorial has its reader save."""
    for _, name, text in BLOCKS:
        if name:
            (folder / name).write_text(text)


def test_every_block_is_run_or_says_that_it_is_output():
    kinds = [(kind, bool(name)) for kind, name, _ in BLOCKS]
    assert {*kinds} == {
        ("python", True),
        ("toml", True),
        ("bash", False),
        ("python", False),
        ("text", False),
    }
    assert TEXT.count("```") == 2 * len(BLOCKS)


def test_the_world_is_short_and_has_questions_on_every_rung_that_it_promises(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path)
    (lines,) = re.findall(r"one Python file, here of (\d+)\s+lines", TEXT)
    assert len((tmp_path / "guild.py").read_text().splitlines()) == int(lines)
    corpus = build_corpus(registry.make("./guild.py"), "small")
    assert all(len(corpus.of_rung(rung)) >= 300 for rung in corpus.world.rungs)
    assert {cell.mode for cell in load_suite("first.toml").cells} == {"direct", "chain"}


def test_a_rule_that_rests_on_another_needs_what_the_guide_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path)
    (rule, declared) = re.findall(r"`(pays.+\.)`.*`(exposure = .+?)`", TEXT, re.DOTALL)[0]
    text = (tmp_path / "guild.py").read_text()
    for old, new in (
        ("keeps(M,C,V) :- own(M,C,V).", f"keeps(M,C,V) :- own(M,C,V).\n      {rule}"),
        ('"value": customs * values}', '"value": customs * values, "coin": 9}'),
        ("own=(", 'price=("value coin", list(enumerate(rng.randint(9, size=96)))),\n own=('),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (tmp_path / "flat.py").write_text(text)
    with pytest.raises(UserError, match=r"pays.* set exposure\.demonstrated_height = 2"):
        build_corpus(registry.make("./flat.py"), "tiny")
    text = text.replace("import Facts", "import Exposure, Facts")
    (tmp_path / "tall.py").write_text(text.replace("    like =", f"    {declared}\n    like ="))
    corpus = build_corpus(registry.make("./tall.py"), "tiny")
    assert all(len(corpus.of_rung(rung)) >= 300 for rung in corpus.world.rungs)


def test_the_world_with_rules_as_data_has_axiom_questions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path)
    corpus = build_corpus(registry.make("./trade.py"), "tiny")
    assert corpus.world.axioms == {"recipe"} and not empty_rungs(corpus).keys() & {"axiom"}
    assert len(corpus.of_rung("axiom")) >= 30


def test_the_readings_that_the_guide_counts_are_those_of_its_plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path)
    statements = len(build_corpus(registry.make("./guild.py"), "small").examples.answer)
    plan = load_suite("first.toml").cells[0].recipe
    assert plan.steps is not None
    assert f"here {plan.steps * plan.batch:,}:" in TEXT
    assert f"each of the {statements:,} statements" in TEXT
    assert f"is read {plan.steps * plan.batch / statements:.0f} times" in TEXT


def test_what_is_quoted_of_show_is_what_show_prints(tmp_path, monkeypatch):
    from zebroid.benchmarks.explain.describe_world import describe

    monkeypatch.chdir(tmp_path)
    save(tmp_path)
    message = describe(*registry.sized("./guild.py"))
    (quoted,) = [text for kind, _, text in BLOCKS if kind == "text" and text.startswith("###")]
    assert quoted in message and "- **small**: the defaults of sample" in message


def test_what_is_quoted_of_a_pin_is_what_is_written(tmp_path, monkeypatch):
    from zebroid.benchmarks.authoring.pin import pin

    monkeypatch.chdir(tmp_path)
    save(tmp_path)
    assert "content 1 of acme.guild-v1 is pinned" in pin("./guild.py")
    (quoted,) = [text for kind, _, text in BLOCKS if kind == "text" and "pins = {" in text]
    head, tail = quoted.split("        …\n")
    text = Path("guild.py").read_text()
    assert head in text and tail.rstrip() in text.partition(head)[2]


@pytest.mark.parametrize(
    ("attribute", "kinds"), re.findall(r"^\| (`.*?`) \| (.*?) \|", TEXT, re.MULTILINE)
)
def test_attributes_of_the_table_have_the_types_that_are_checked(attribute, kinds):
    from zebroid.worlds.declared_types import DECLARED

    names = re.findall(r"`(\w+)`", attribute)
    assert list(dict.fromkeys(DECLARED[name][0] for name in names)) == kinds.split("; ")


@pytest.mark.slow
def test_all_blocks_run_in_order(environment, tmp_path):
    message = ""
    for kind, name, text in BLOCKS:
        if name:
            (tmp_path / name).write_text(text)
        elif kind == "bash":
            message += environment(text)
        elif kind == "python":
            (tmp_path / "block.py").write_text(text)
            message += environment("python block.py")
    assert "at tiny." in message and "questions of constituent" in message
    assert "content 1 of acme.guild-v1 is pinned: tiny " in message
    assert "as pinned for content 1" in message
    assert re.search(r"^direct +\S*\d", message, re.MULTILINE)
    assert re.search(r"^chain +\S*\d", message, re.MULTILINE)
    assert re.search(r"^acme.guild-v1 +world +acme-worlds +0.1.0 +1 tiny \w{16} +ok", message, re.M)
    assert list(tmp_path.glob("runs/first-*/receipt.json"))
