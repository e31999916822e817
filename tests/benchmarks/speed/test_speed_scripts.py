"""The speed scripts run to their tables, on tiny workloads. What they measure is not asserted."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import types

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid import registry
from zebroid.benchmarks.speed import (
    batched_speed,
    chain_speed,
    closure_speed,
    corpus_speed,
    decoding_speed,
    graph_speed,
    laws_speed,
    published_speed,
    training_speed,
)
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.facts import Facts

RATIO = r"\d+\.\d+x"


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """Room for whole lines of a table."""
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def peer(monkeypatch):
    """reasoning-gym; where it isn't installed (it needs a C compiler), what we call of it."""
    if importlib.util.find_spec("reasoning_gym") is None:
        stub = types.SimpleNamespace(
            create_dataset=lambda name, size, seed: (
                {"question": f"{name} {seed + i}?", "answer": "aunt"} for i in range(size)
            )
        )
        monkeypatch.setitem(sys.modules, "reasoning_gym", stub)


def test_closure_prints_both_ratios_and_their_goals(monkeypatch, capsys, tmp_path):
    edges = Facts.of({"node": 4}, edge=("node node", np.array([[0, 1], [1, 2], [2, 3]])))
    rules = "path(X,Y) :- edge(X,Y).\npath(X,Z) :- path(X,Y), edge(Y,Z)."
    chain = closure_speed.Workload(rules, lambda: edges, 5, 20)
    monkeypatch.setattr(closure_speed, "WORKLOADS", {"chain": chain})
    words = ["closure", "--repeat", "2", "--json", str(tmp_path / "closure.json")]
    monkeypatch.setattr(sys, "argv", words)
    closure_speed.main()
    out = capsys.readouterr().out
    assert re.findall(rf"{RATIO} \(goal (\d+)x\)", out) == ["5", "20"]
    assert "load average" in out
    found = json.loads((tmp_path / "closure.json").read_text())["chain"]
    assert (found["facts"], found["derivations"]) == (9, 6)
    assert len(found["ours_s"]) == len(found["grounding_s"]) == len(found["arrays_s"]) == 2


def test_growth_prints_ratios_and_what_a_derivation_takes(monkeypatch, capsys, tmp_path):
    few = [closure_speed.grown(entities) for entities in (30, 60)]
    assert [one.derivations for one in few] == [30 * 400, 60 * 400]
    assert all(one.wall_s > 0 and one.cpu_s > 0 and one.bytes_each >= 0 for one in few)
    monkeypatch.setattr(closure_speed, "growth", lambda repeat: few * repeat)
    closure_speed.main(["--growth", "--repeat", "2", "--json", str(tmp_path / "growth.json")])
    out = capsys.readouterr().out
    assert "12,000" in out and "24,000" in out and out.count("1.00") >= 2
    assert len(json.loads((tmp_path / "growth.json").read_text())) == 4


def test_corpus_prints_ratios_to_every_peer_as_arrays_and_in_english(peer, capsys, tmp_path):
    names = ["composition-v1/tiny", "inverse-v2/tiny"]
    words = [word for name in names for word in ("--world", name)]
    words += ["--items", "3", "--repeat", "2"]
    corpus_speed.main([*words, "--json", str(tmp_path / "corpus.json")])
    out = capsys.readouterr().out
    for name in names:
        lines = [line for line in out.splitlines() if name in line]
        assert [len(re.findall(RATIO, line)) for line in lines] == [len(corpus_speed.PEERS)] * 2
    assert all(f"/ {name}" in out for name in corpus_speed.PEERS)
    assert out.count("load average") == 2
    found = json.loads((tmp_path / "corpus.json").read_text())
    assert [measured["world"] for measured in found["worlds"]] == names
    for measured, name in zip(found["worlds"], names):
        made = build_corpus(*registry.sized(name))
        assert measured["statements"] == len(made.examples.answer) + len(made.sentences)
        assert measured["questions"] == len(made.prompt)
        items = measured["statements"] + measured["questions"]
        assert measured["certified"]["items"] == items
        assert measured["english"]["items"] == items - np.count_nonzero(made.examples.fact < 0)
        assert measured["english"]["characters"] > items
        assert len(measured["certified"]["seconds"]) == len(measured["english"]["seconds"]) == 2
    assert [*found["peers"]] == [*corpus_speed.PEERS]
    for series in found["peers"].values():
        assert series["items"] == 3 and series["characters"] > 3 and len(series["seconds"]) == 2


@pytest.mark.long  # two programs to compile
def test_chain_prints_what_parts_bring_and_what_they_answer(capsys, tmp_path):
    name = chain_speed.newest()[1].replace("small", "tiny")
    words = ["--world", name, "--model", "decoder-xs", "--batch", "8", "--steps", "1"]
    chain_speed.main([*words, "--repeat", "1", "--json", str(tmp_path / "chain.json")])
    out = capsys.readouterr().out
    assert len(re.findall(RATIO, out)) == 1 and out.count("recall") == 2
    (found,) = json.loads((tmp_path / "chain.json").read_text())["worlds"].values()
    assert found["tokens"]["parts"] < 0.8 * found["tokens"]["padded"]
    assert found["flops"]["parts"] < found["flops"]["padded"]
    assert all(0 <= share <= 1 for way in found["right"].values() for share in way.values())


def test_english_costs_besides(peer):
    found = corpus_speed.compare([registry.sized("composition-v1/tiny")], items=1, repeat=1)
    (measured,) = found.worlds
    assert measured.english.seconds[0] > measured.certified.seconds[0]


def test_every_built_in_world_is_measured_at_a_size_that_it_has(peer, acme):
    found = corpus_speed.sized([])
    assert [world.id for world, _ in found] == [id for id in registry.worlds() if "." not in id]
    assert all(size in world.sizes and size != "tiny" for world, size in found)
    assert {*corpus_speed.SIZES} <= {world.id for world, _ in found}


def test_a_missing_peer_is_one_line_with_the_cure(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "reasoning_gym", None)
    with pytest.raises(SystemExit) as left:
        corpus_speed.main(["--world", "composition-v1/tiny"])
    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install" in line and "[bench]" in line


@pytest.mark.parametrize(
    "words",
    [["--world", "zebra-v2/huge"], ["--items", "0"], ["--repeat", "0", "--world", "zebra-v2"]],
)
def test_what_cannot_be_measured_is_refused(words, peer, capsys):
    with pytest.raises(SystemExit) as left:
        corpus_speed.main(words)
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_graph_is_drawn_or_read_and_its_corpus_built(capsys, tmp_path):
    graph_speed.main(["--facts", "900", "--relations", "4"])
    out = capsys.readouterr().out
    assert "900 facts about" in out and re.search(r"corpus in \d+\.\d s.*peak [\d,]+ MB", out, re.S)
    path = tmp_path / "own.tsv"
    path.write_text("a\tborn in\tb\nb\tpart of\tc\n")
    assert len(graph_speed.graph(path).closure("small", 0).rule)
    graph_speed.main(["--path", str(graph_speed.draw(path, 600, 3))])
    assert re.match(r"\d+ facts about \d+ constants read", capsys.readouterr().out)


def test_laws_prints_every_law_and_the_whole(capsys):
    laws_speed.main(["--curves", "1", "--draws", "2", "--jobs", "1"])
    out = capsys.readouterr().out
    assert all(law.name in out for law in (*laws_speed.CURVES, *laws_speed.SURFACES))
    assert re.search(r"all laws: \d+\.\d s with 1 processes", out) and "load average" in out
    with pytest.raises(SystemExit):
        laws_speed.main(["--curves", "0"])


@pytest.mark.long  # five processes compile
def test_batched_speed_prints_every_way_and_what_saving_costs(capsys, tmp_path):
    words = ["--model", "mlp-xs", "--world", "composition-v1/tiny", "--members", "2"]
    words += ["--batch", "8", "--steps", "2", "--saved", "mlp-xs"]
    batched_speed.main([*words, "--json", str(tmp_path / "batched.json")])
    out = capsys.readouterr().out
    found = json.loads((tmp_path / "batched.json").read_text())
    assert [len(parts) for parts in found["ways"].values()] == [1, 1, 1, 2]
    assert all(f"│ {way}" in out for way in found["ways"]) and len(re.findall(RATIO, out)) == 4
    for parts in found["ways"].values():
        for part in parts:
            assert 0 < part["again_s"] < part["first_s"] and part["peak_mb"] > 100
    assert "load average" in out and "saving mlp-xs" in out
    size, wait, whole = found["saved"]["mlp-xs"]
    assert size > 0 and wait < whole
    with pytest.raises(SystemExit):
        batched_speed.main(["--members", "1"])


@pytest.fixture
def small(monkeypatch):
    """A training of little, against a peer that takes a second for every update."""
    module = types.SimpleNamespace(
        Decoder=lambda *sizes: sizes,
        trainer=lambda model, rows, batch, compiled, place: lambda n: n * (1.0 + compiled),
    )
    monkeypatch.setitem(sys.modules, "zebroid.benchmarks.speed.torch_peer", module)
    monkeypatch.setattr(
        training_speed, "SHAPES", {"little": training_speed.Shape(16, 1, 4, 8, 4, 1.5)}
    )
    monkeypatch.setattr(training_speed, "SECONDS", 0.01)
    monkeypatch.setattr(training_speed, "peak", lambda: 1e12)


def test_training_prints_ratios_goals_and_the_share_of_the_peak(
    small, monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    training_speed.main(["--repeat", "3", "--json", str(tmp_path / "training.json")])
    out = capsys.readouterr().out
    assert re.search(rf"ours +│ +[\d,]+ │ +{RATIO} \(goal 1.5x\) │ +{RATIO} │", out)
    assert re.search(r"eager +│ +8 │ +1.00x │ +2.00x │", out) and "load average" in out
    found = json.loads((tmp_path / "training.json").read_text())
    little = found["shapes"]["little"]
    assert found["peak"] == 1e12 and little["flops"] > 0
    assert [len(took) for took in little["seconds"].values()] == [3] * len(little["seconds"])


def test_training_without_its_peer_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as left:
        training_speed.main([])
    assert left.value.code == 2
    assert "PyTorch, the peer, is not installed: pip install" in capsys.readouterr().err


def test_the_peer_is_the_same_function():
    torch = pytest.importorskip("torch")
    from zebroid.benchmarks.speed.torch_peer import Decoder

    shape = training_speed.Shape(32, 2, 6, 8, None, 1.0)
    graph, state = nnx.split(shape.spec.build(training_speed.WORDS, 5, nnx.Rngs(0)))
    ours, theirs = nnx.to_pure_dict(state), Decoder(32, 2, 4, 4, training_speed.WORDS, 6)
    rows = shape.rows[:8]

    def fill(layer, weight_IO):
        layer.weight.data = torch.tensor(np.asarray(weight_IO).T)

    theirs.embed.weight.data = torch.tensor(np.asarray(ours["embedding"]["embed_VD"]))
    fill(theirs.head, ours["head"]["head_DV"])
    for number, block in enumerate(theirs.blocks):
        own = ours["blocks"][number]
        fill(block.qkv, np.concatenate(np.asarray(own["attention"]["qkv_3DD"]), axis=1))
        fill(block.out, own["attention"]["out_DD"])
        fill(block.up, own["mlp"]["up_DF"])
        fill(block.down, own["mlp"]["down_FD"])
    expected = theirs(torch.tensor(rows.astype(np.int64))).detach().numpy()
    found = nnx.merge(graph, state)(jnp.asarray(rows), np.arange(6))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.long  # two commands, each of which compiles
def test_published_times_each_mode_from_command_to_curve(monkeypatch, capsys, tmp_path):
    suite = registry.suite("quickest").read_text()
    for old, new in (
        ("laptop", "tiny"),
        ("steps = 1000", "steps = 2"),
        ("steps = 600", "steps = 2"),
        ("decoder-s", "mlp-xs"),
    ):
        assert old in suite
        suite = suite.replace(old, new)
    short = tmp_path / "quickest.toml"
    short.write_text(suite)
    monkeypatch.setattr(published_speed.registry, "suite", lambda name: short)
    published_speed.main(["--repeat", "1", "--json", str(tmp_path / "published.json")])
    out = capsys.readouterr().out
    found = json.loads((tmp_path / "published.json").read_text())
    assert all(f"{pairs[0][0]:.1f}" in out for pairs in found.values()) and "load average" in out
    assert all(pairs[0][0] > 1 and 0 <= pairs[0][1] <= 1 for pairs in found.values())
    with pytest.raises(SystemExit):
        published_speed.main(["--repeat", "0"])


@pytest.mark.long
def test_decoding_prints_the_ratio_to_reading_again_and_equal_tokens(capsys, tmp_path, monkeypatch):
    words = ["--model", "decoder-xs", "--questions", "4", "--tokens", "3", "--repeat", "1"]
    decoding_speed.main([*words, "--json", str(tmp_path / "decoding.json")])
    out = capsys.readouterr().out
    assert re.search(rf"{RATIO} \(goal 3x\)", out) and "load average" in out
    found = json.loads((tmp_path / "decoding.json").read_text())["models"]["decoder-xs"]
    assert found["equal"] == 1.0 and found["tokens"] == 12
    forgetful = types.SimpleNamespace(build=lambda *given: object())
    monkeypatch.setattr(decoding_speed.registry, "model", lambda name: forgetful)
    with pytest.raises(SystemExit, match="remembers nothing"):
        decoding_speed.compare("acme.forgetful", 2, 2, 1)
