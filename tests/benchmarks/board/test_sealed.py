"""Sealed questions: nobody can know their seeds before the receipt is in."""

from __future__ import annotations

import dataclasses
import json

import pytest
from zebroid.benchmarks.board.column_scores import places
from zebroid.benchmarks.board.entries import entries
from zebroid.benchmarks.board.sealed import commitment, entry_seeds, listed, sealed_suite
from zebroid.benchmarks.board.standings import standings
from zebroid.errors import UserError

from .conftest import SALT, fresh, retrained


def test_seeds_follow_from_suite_receipt_and_salt_and_are_no_public_ones(ranks):
    found = entry_seeds(ranks, "a" * 64, SALT)
    assert found == entry_seeds(ranks, "a" * 64, SALT)
    assert found != entry_seeds(ranks, "b" * 64, SALT) != entry_seeds(ranks, "a" * 64, "salt")
    drawn = [world for world, _ in found.values()]
    assert len({*drawn}) == 3 and not {*drawn} & {0, 1, 2} and max(drawn) < 2**32
    made = sealed_suite(ranks, "a" * 64, SALT)
    assert len(made.cells) == len(ranks.cells) and made.digest != ranks.digest
    assert {len(seeds) for seeds in places(made)} == {3}
    with pytest.raises(UserError, match="--salt"):
        entry_seeds(ranks, "a" * 64, "")


def test_a_salt_counts_only_if_its_digest_was_published(salts):
    assert isinstance(listed(), tuple)  # the list of the package can be read
    assert listed(salts("a" * 64))[0].salt == SALT
    for wrong, why in (
        ({"salt": "other"}, "its SHA-256 is another"),
        ({"salt": ""}, "give salt and receipt together"),
        ({"sha256": "0"}, "sha256"),
    ):
        with pytest.raises(UserError, match=why):
            listed(salts("a" * 64, **wrong))
    path = salts("a" * 64)
    path.write_text(path.read_text() * 2)
    with pytest.raises(UserError, match="stands twice"):
        listed(path)


def moved(seeds):
    """change(content): its cells read the corpora of these seeds, under other digests."""

    def change(content):
        corpora = {}
        for record in content["cells"]:
            public = record["cell"]["seeds"]
            world, exposure = seeds[public["world"], public["exposure"]]
            public |= {"world": world, "exposure": exposure}
            corpora[record["corpus"]] = f"{world:064x}"
            record["corpus"] = corpora[record["corpus"]]
        fresh(content)
        text = json.dumps(content)
        for old, new in corpora.items():
            text = text.replace(old, new)
        content.clear()
        content.update(json.loads(text))

    return change


def test_a_gap_between_public_and_sealed_seeds_is_printed(ranks, made, collection, salts):
    collection.put(made(), name="public")
    (public,) = collection.read().entered
    salts(public.digest)
    collection.put(made(), moved(entry_seeds(ranks, public.digest, SALT)), "sealed")
    board = standings(ranks, retrained(collection.read().entered))
    assert not board.sealed and any("sealed, and not verified" in r for r in board.left_out)
    collection.verify()
    board = standings(ranks, retrained(collection.read().entered))
    (entry,) = [e for e in board.entries if e.entered.folder.name == "public"]
    found = board.sealed[entry.label]
    assert not board.left_out
    low, high = found.gap.low, found.gap.high
    assert found.gap.mean == pytest.approx(0)
    assert low is not None and high is not None and low < 0 < high
    assert not found.outside and [e.entered.folder.name for e in board.entries] == ["public"]


def test_seeds_of_another_salt_are_not_sealed(ranks, made, collection, salts):
    collection.put(made(), name="public")
    (public,) = collection.read().entered
    salts(public.digest)
    collection.put(made(), moved(entry_seeds(ranks, public.digest, "mine")), "chosen")
    collection.verify()
    board = standings(ranks, collection.read().entered)
    assert not board.sealed
    chosen = next(e for e in collection.read().entered if e.folder.name == "chosen")
    assert not entries(ranks, [chosen])[0]  # nor are they the suite's


def test_a_model_from_outside_is_ranked_by_sealed_answers_alone(ranks, made, collection, salts):
    def outside(content):
        for record in content["cells"]:
            cell = record["cell"]
            cell |= {"model": "outside.mine", "plan": "declared"}
            cell["recipe"] = {"steps": None, "evaluations": None}
            cell["spec"] = {"author": None, "flops": 1e9, "name": "mine", "parameters": 9}
            cell["spec"] |= {"type": "outside", "version": 1}
        for panel in content["panels"]:
            for row in panel["rows"]:
                if row["kind"] == "model":
                    row["label"] = f"mine {row['label']}"
        for panel in content["panels"]:
            panel["profiles"], panel["verdicts"] = [], {}
        fresh(content)

    collection.put(made(), outside, "public")
    (public,) = collection.read().entered
    assert not standings(ranks, [dataclasses.replace(public, verified=True)]).lists
    salts(public.digest)
    seeds = entry_seeds(ranks, public.digest, SALT)

    def both(content):
        moved(seeds)(content)
        outside(content)

    collection.put(made(), both, "sealed")
    collection.verify()
    board = standings(ranks, collection.read().entered)
    (one,) = board.lists
    assert one.kind == "outside" and one.entries[0].model == "mine"
    assert board.sealed[one.entries[0].label].outside


def test_a_checker_draws_publishes_exports_and_scores(zebroid, made, tmp_path):
    suite = made().parents[1] / "ranks.toml"
    status, out, _ = zebroid("seal", made())
    words = out.split()
    assert status == 0 and f'"{commitment(words[1])}"' in out
    given = ("seal", made(), "--salt", words[1], "--suite", suite)
    status, out, _ = zebroid(*given)
    assert status == 0 and out.startswith("ranks@") and out.count("->") == 3
    status, out, _ = zebroid(*given, "--to", tmp_path / "questions", "--mode", "chain")
    assert status == 0
    files = [p.name for p in (tmp_path / "questions").rglob("*")]
    assert "questions.jsonl" in files and "key" not in files
    manifest = next((tmp_path / "questions").rglob("composition*/export.json")).read_text()
    assert "seeds" not in json.loads(manifest)
    for more, why in (
        (("--score", tmp_path / "p.jsonl"), "none from outside"),
        (("--to", tmp_path / "x", "--mode", "filler"), "mode"),
    ):
        status, _, err = zebroid(*given, *more)
        assert status == 2 and why in err and err.count("\n") == 1
