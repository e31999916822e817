"""Exports: every format holds corpus and questions, and the key stands apart from them."""

from __future__ import annotations

import collections
import hashlib
import json

import numpy as np
import pytest
from safetensors.numpy import load_file
from zebroid.benchmarks.export import plain_formats, portion
from zebroid.benchmarks.export.english_forms import EnglishForms
from zebroid.benchmarks.export.export import FORMATS, export, write
from zebroid.benchmarks.export.harness_formats import names_of
from zebroid.benchmarks.export.nonce_names import REAL, nonce_names
from zebroid.benchmarks.predictions.collector import Collector
from zebroid.benchmarks.predictions.flaws import Flaws
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.errors import UserError
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.catalog.commands import Commands
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import encode, sample_questions

WORLDS = ("composition-v1/tiny", "prover-v2/tiny", "axioms-v1/tiny")


@pytest.fixture(scope="module")
def corpora():
    with Corpora() as held:
        yield held


@pytest.fixture(scope="module")
def composed(corpora):
    cells = portion.cells_of("composition-v1/tiny", "", questions=20)
    return portion.portions(cells, corpora)[0]


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Format -> the folder that it writes of one portion."""
    top = tmp_path_factory.mktemp("exports")
    cells = portion.cells_of("composition-v1/tiny", "", questions=20)
    for format in FORMATS:
        export(cells, top / format, format)
    return {format: top / format for format in FORMATS}


@pytest.mark.parametrize("world", WORLDS)
def test_every_name_is_a_nonce_word_of_its_own(world, corpora):
    cells = portion.cells_of(world, "", questions=20)
    corpus = portion.portions(cells, corpora)[0].corpus
    names = nonce_names(corpus)
    assert [*names] == [*corpus.closure.base.constants]
    assert len({*names.values()}) == len(names)
    words = {word for name in names.values() for word in name.split()}
    real = {word.lower() for name in names for word in name.split()}
    assert not words & (real | REAL)
    assert all(word.isalpha() and word.islower() and word[1] in "aeiou" for word in words)
    assert names == nonce_names(corpus)


@pytest.mark.parametrize("world", WORLDS)
def test_no_name_of_the_world_stands_in_its_english(world, corpora):
    found = portion.portions(portion.cells_of(world, "", questions=20), corpora)[0]
    english = EnglishForms(found.corpus)
    text = "\n".join([*english.training(0), *english.rules()])
    entity = found.corpus.closure.base.constants[0]
    assert english.name[entity] not in entity and f" {entity} " not in text


def test_an_example_is_stated_queried_and_answered(composed):
    english, corpus = EnglishForms(composed.corpus), composed.corpus
    number = next(i for i, proof in enumerate(english.proofs) if proof)
    text, proved = english.training(number)
    statement, question, answer = text.split("\n")
    name = english.answer(int(corpus.examples.answer[number]))
    assert question.startswith("Question: ") and "___" in question
    blank = question.removeprefix("Question: ").rstrip(".").split("___")[0].strip()
    assert blank.lower().rstrip() in statement.lower() and name in statement
    assert answer == f"Answer: {name}"
    assert [*proved.split("\n")[:2], proved.split("\n")[-1]] == [statement, question, answer]
    assert proved.split("\n")[2].startswith("Proof: ")


def test_statements_come_in_several_wordings(composed):
    english = EnglishForms(composed.corpus)
    first = collections.Counter(english.training(i)[0].split()[0] for i in range(200))
    assert {"The", "It", "Note", "As"} <= {*first} and max(first.values()) < 120


def test_a_stated_rule_is_an_english_sentence(composed):
    rule = "two ?A ?R ?S ?C if one ?A ?R ?B one ?B ?S ?C not one ?C ?_1 entity1 ?A != ?C"
    found = EnglishForms(composed.corpus).sentence(rule.split())
    entity = EnglishForms(composed.corpus).name["entity1"]
    assert found == (
        "If the R of A is B and the S of B is C and it is not the case that the something of C is "
        f"{entity} and A is not C, then the S of the R of A is C."
    )


def test_ids_say_of_which_corpus_they_are_and_nothing_of_the_rung(composed, corpora):
    assert {id[:8] for id in composed.ids} == {composed.corpus.digest[:8]}
    assert len({*composed.ids}) == len(composed.ids)
    other = portion.portions(portion.cells_of("composition-v1/tiny", "", seed=1), corpora)[0]
    assert not {*other.ids} & {*composed.ids}
    more = portion.portions(portion.cells_of("composition-v1/tiny", "", questions=40), corpora)[0]
    assert {*composed.ids} <= {*more.ids}
    rung = composed.corpus.certificate.rung
    ordered = [rung[q] for _, q in plain_formats.records.in_order(composed)]
    assert (np.diff(ordered) < 0).sum() > len(ordered) / 5  # not one rung after the other


def test_tokens_are_what_encode_gives(folders, composed):
    ids = [row["id"] for row in read(folders["tokens"] / "questions.jsonl")]
    of = dict(zip(composed.ids, composed.question_set.questions))
    made = encode(composed.corpus, "direct", np.array([of[id] for id in ids]))
    found = load_file(folders["tokens"] / "tokens.safetensors")
    assert {*found} == {"train", "loss", "weight", "query"}
    for name, array in found.items():
        assert np.array_equal(array, getattr(made, name)), name
    about = json.loads((folders["tokens"] / "tokens.json").read_text())
    assert about["vocabulary"] == [*made.vocabulary] and about["prompt"] == made.prompt
    key = {row["id"]: row["answers"] for row in read(folders["tokens"] / "key" / "key.jsonl")}
    members = load_file(folders["tokens"] / "key" / "members.safetensors")["members"]
    for id, row in zip(ids, members):
        assert {about["answers"][str(t)] for t in row if t >= 0} == {*key[id]}


def test_statements_proofs_and_nontheorems_are_all_there(folders, composed):
    rows = read(folders["jsonl"] / "train.jsonl")
    kinds = collections.Counter(row["kind"] for row in rows)
    examples = composed.corpus.examples
    assert kinds["fact"] == (examples.kind == 0).sum() > 0
    assert kinds["conclusion"] == (examples.kind == 1).sum() > 0
    assert all(row["answer"] == row["arguments"][row["queried"]] for row in rows)
    proofs = [row["proof"] for row in rows if row["kind"] == "conclusion"]
    assert all(len(line) == 4 for proof in proofs for line in proof) and all(proofs)
    assert not any(row["proof"] for row in rows if row["kind"] == "fact")


def test_nontheorems_and_stated_rules_are_rows_of_their_own(corpora):
    found = portion.portions(portion.cells_of("prover-v2/tiny", ""), corpora)[0]
    rows = [*plain_formats.records.training(found.corpus)]
    none = [row for row in rows if row["kind"] == "nontheorem"]
    assert none and all(
        r["answer"] == "none" and r["arguments"][r["queried"]] is None for r in none
    )
    assert all(line[1] == row["arguments"][0] for row in rows for line in row["theory"])
    texts = [*plain_formats.records.text_training(EnglishForms(found.corpus))]
    assert [t["kind"] for t in texts] == [r["kind"] for r in rows]


@pytest.mark.parametrize("format", [f for f in FORMATS if FORMATS[f].keyless])
def test_the_key_stands_apart_and_has_proofs_of_every_answer(format, folders, composed):
    folder = folders[format]
    ids = [row["id"] for row in read(folder / "questions.jsonl")]
    key = read(folder / "key" / "key.jsonl")
    assert [row["id"] for row in key] == ids == sorted(composed.ids)
    seen = "".join(p.read_text() for p in folder.glob("*.jsonl") if p.name != "train.jsonl")
    assert '"rung"' not in seen and '"answers"' not in seen
    assert {row["certificate"]["rung"] for row in key} >= {"recall", "instance", "constituent"}
    derived = [row for row in key if row["certificate"]["rung"] == "instance"]
    assert derived and all(len(row["proofs"]) == len(row["answers"]) for row in derived)
    assert all(len(proof) == 2 for row in derived for proof in row["proofs"])


def test_without_the_key_only_its_digest_is_left(tmp_path, folders, files):
    cells = portion.cells_of("composition-v1/tiny", "", questions=20)
    export(cells, tmp_path / "bare", "text", with_key=False)
    whole = json.loads((folders["text"] / "export.json").read_text())
    bare = json.loads((tmp_path / "bare" / "export.json").read_text())
    assert files(tmp_path / "bare") == ["export.json", "questions.jsonl", "train.jsonl"]
    assert bare["key"] == whole["key"] and "seeds" not in bare and "corpus" not in bare
    data = (folders["text"] / "key" / "key.jsonl").read_bytes()
    assert bare["key"] == {"key.jsonl": hashlib.sha256(data).hexdigest()}
    for name in ("questions.jsonl", "train.jsonl"):
        assert (tmp_path / "bare" / name).read_bytes() == (folders["text"] / name).read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_the_manifest_has_the_digest_of_every_file(format, folders, files):
    manifest = json.loads((folders[format] / "export.json").read_text())
    assert sorted([*manifest["files"], "export.json"]) == files(folders[format])
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folders[format] / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("format", FORMATS)
def test_equal_exports_are_equal_files(format, folders, tmp_path, files):
    cells = portion.cells_of("composition-v1/tiny", "", questions=20)
    export(cells, tmp_path / "again", format)
    for name in files(tmp_path / "again"):
        mine, first = tmp_path / "again" / name, folders[format] / name
        assert mine.read_bytes() == first.read_bytes(), name


def test_the_context_holds_what_an_answer_rests_on(folders):
    rows = {
        row["id"]: row["prompt_in_context"] for row in read(folders["text"] / "questions.jsonl")
    }
    for row in read(folders["text"] / "key" / "key.jsonl"):
        text = rows[row["id"]]
        assert text.endswith("Answer:") and "If the R1 of H is B and" in text
        if row["certificate"]["rung"] in ("instance", "constituent"):
            facts, _, question = text.partition("Question: ")
            assert all(name in facts for name in row["names"])
            assert facts.count("\n") > 20 and "___" in question


def test_every_alias_of_an_answer_names_it(composed):
    english = EnglishForms(composed.corpus)
    names = names_of(english)
    assert names["entity3"] == names[english.name["entity3"]] and "none" in names
    assert len({*names.values()}) == len(composed.corpus.closure.base.constants) + 1


@pytest.mark.parametrize("format", ["tokens", "text"])
def test_answers_of_several_words_are_named_whole(format, tmp_path):
    corpus = build_corpus(Commands(), "tiny")
    questions = QuestionSet(corpus, sample_questions(corpus, 20, 0))
    cell = portion.cells_of("composition-v1/tiny", "")[0]
    found = portion.Portion("commands", cell, questions)
    write(found, tmp_path / "made", format, "direct", with_key=True)
    key = read(tmp_path / "made" / "key" / "key.jsonl")
    names = [row.get("names", row["answers"])[0] for row in key]
    assert any(" " in name for name in names)
    collector = Collector([found], Flaws("made"))
    collector.add({"id": [row["id"] for row in key], "answer": names}, range(1, len(key) + 1))
    collector.end()
    assert questions.right(collector.slots[0, 1].answer).all() and not collector.causes


def test_a_suite_is_a_folder_for_each_corpus(zebroid, tmp_path, suite):
    path = suite(**{"seeds = { init": "seeds = { world = [0, 1], init"})
    status, out, _ = zebroid("export", path, "--to", "whole", "--format", "jsonl")
    parts = json.loads((tmp_path / "whole" / "export.json").read_text())["parts"]
    assert status == 0 and f"{len(parts)} corpora" in out and len(parts) > 1
    assert all((tmp_path / "whole" / part / "key" / "key.jsonl").is_file() for part in parts)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["composition-v1/tiny", "--format", "csv"], "unknown format 'csv'"),
        (["composition-v9/tiny"], "did you mean"),
        (["composition-v1/tiny", "--mode", "chain"], "the format text has no modes; leave --mode"),
        (["composition-v1/tiny", "--format", "tokens", "--mode", "chan"], "did you mean 'chain'?"),
        (
            ["composition-v1/tiny", "--format", "prompts", "--mode", "filler"],
            "unknown mode 'filler'; known: chain, direct",
        ),
        (
            ["composition-v1/tiny", "--format", "inspect", "--without-key"],
            "scores on the spot, by the key; give tokens, jsonl, text, prompts, hf",
        ),
        (["smoke", "--seeds", "2"], "says its seeds, exposures and questions itself; leave out"),
        (["composition-v1/tiny", "--questions", "999999999999"], "expected at most"),
    ],
)
def test_what_cannot_be_exported_is_one_line(zebroid, words, expected, tmp_path):
    status, _, err = zebroid("export", *words, "--to", "new")
    assert status == 2 and expected in err and err.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_there_is_never_written_over(zebroid, tmp_path):
    (tmp_path / "new").mkdir()
    status, _, err = zebroid("export", "composition-v1/tiny", "--to", "new")
    assert status == 2 and "new is there already; give another folder" in err


def test_neither_world_nor_suite_is_refused():
    with pytest.raises(UserError, match="neither a world nor a suite; give one of them"):
        portion.cells_of("", "")
