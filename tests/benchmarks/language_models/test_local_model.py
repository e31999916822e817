"""A language model from a folder: nothing is downloaded, unpickled or run from there.

Needs the extra `torch`: `make test-outside-torch`.
"""

from __future__ import annotations

import json
import sys

import pytest
from zebroid.benchmarks.export.prompts import Prompt
from zebroid.benchmarks.language_models.local_model import LocalModel, answered, ended
from zebroid.errors import MissingExtra, UserError


def test_a_text_ends_with_the_line_of_its_answer():
    assert ended("\n zebra\nQuestion: x", False) == "\n zebra"
    assert ended(" zebra", False) == " zebra" and not answered(" zebra", False)
    proved = "Proof: a. b.\nAnswer: zebra\nQuestion: x\nAnswer: horse\n"
    assert ended(proved, True) == "Proof: a. b.\nAnswer: zebra" and answered(proved, True)
    assert not answered("Proof: a.\nAnswer: zeb", True) and not answered("\n \n", False)


def test_without_the_extra_its_name_is_given(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r'pip install "zebroid\[torch\]"'):
        LocalModel(tmp_path, 8, False, 4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny model from its configuration, and a tokenizer of letters."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    torch.manual_seed(0)
    letters = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    made = tokenizers.Tokenizer(
        tokenizers.models.BPE({"<end>": 0, **{c: i + 1 for i, c in enumerate(sorted(letters))}}, [])
    )
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    path = tmp_path_factory.mktemp("tiny")
    transformers.PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<end>").save_pretrained(
        path
    )
    config = transformers.LlamaConfig(
        vocab_size=257,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4096,
        bos_token_id=None,
        eos_token_id=0,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    return path


PROMPTS = [Prompt((), f"Question: {'x' * n} is ___.\nAnswer:") for n in (30, 1, 12, 5, 80)]


def test_answers_do_not_depend_on_the_batch(folder):
    alone = dict(LocalModel(folder, 6, False, 1).replies(PROMPTS, print))
    together = dict(LocalModel(folder, 6, False, 4).replies(PROMPTS, print))
    assert alone == together and {*alone} == {*range(5)}
    for i, prompt in enumerate(PROMPTS):
        assert alone[i].tokens_in == len(prompt.text().encode())
        assert alone[i].text is not None and alone[i].tokens_out in range(7)


def test_its_identity_changes_with_its_weights(folder, tmp_path):
    model = LocalModel(folder, 6, False, 1)
    before = model.identity()
    assert before == LocalModel(folder, 6, False, 9).identity()
    (folder / "note.txt").write_text("new")
    assert model.identity() != before


def test_prompts_that_do_not_fit_are_one_line(folder):
    with pytest.raises(UserError, match=r"reads 4,096 tokens, the longest prompt and answer have"):
        next(LocalModel(folder, 6, False, 1).replies([Prompt((), "x" * 5000)], print))


def test_weights_that_are_pickled_and_code_of_the_folder_are_refused(folder, tmp_path):
    import shutil

    torch = pytest.importorskip("torch")
    pickled = tmp_path / "pickled"
    shutil.copytree(folder, pickled, ignore=shutil.ignore_patterns("*.safetensors"))
    torch.save({}, pickled / "pytorch_model.bin")
    with pytest.raises(UserError, match=r"expected a folder with config\.json, a tokenizer and"):
        LocalModel(pickled, 6, False, 1)
    coded = tmp_path / "coded"
    shutil.copytree(folder, coded)
    config = json.loads((coded / "config.json").read_text())
    config |= {"model_type": "odd", "auto_map": {"AutoModelForCausalLM": "evil.Model"}}
    (coded / "config.json").write_text(json.dumps(config))
    (coded / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(UserError, match="cannot be loaded"):
        LocalModel(coded, 6, False, 1)
    assert not (tmp_path / "ran").exists()


def test_a_damaged_file_of_weights_is_one_line(folder, tmp_path):
    import shutil

    shutil.copytree(folder, tmp_path / "bad")
    (tmp_path / "bad" / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(UserError, match="cannot be loaded") as error:
        LocalModel(tmp_path / "bad", 6, False, 1)
    assert "\n" not in str(error.value)


def test_a_folder_answers_a_world(folder, zebroid, tmp_path):
    words = ["composition-v1/tiny", "--model", f"hf:{folder}", "--to", "log", "--questions", "2"]
    status, _, err = zebroid("ask", *words, "--closed-book", "--max-tokens", "4")
    assert status == 0 and "answered:" in err
    text = (tmp_path / "log" / "predictions.jsonl").read_text("ascii")
    rows = [json.loads(line) for line in text.splitlines()]
    assert rows and all(isinstance(row["text"], str) for row in rows)
