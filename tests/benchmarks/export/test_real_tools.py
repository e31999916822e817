"""Each format is run by the tool that it is for, offline, with the tool's own stand-in of a model.

Needs the extra `export`: `make test-outside-export`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from zebroid.benchmarks.export import portion
from zebroid.benchmarks.export.export import export

TOOLS = ("datasets", "mlcroissant", "lm_eval", "inspect_ai")
pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in TOOLS), reason="needs the extra export"
)
NAME = "zebroid_composition_v1_tiny_seed_0"


def made(tmp_path, format):
    cells = portion.cells_of("composition-v1/tiny", "", questions=12)
    export(cells, tmp_path / format, format)
    return tmp_path / format


# the mock model counts its tokens by an encoding that tiktoken would fetch
COUNTED = """
try:
    import tiktoken
    words = type("Words", (), {"encode": lambda _, text, **more: text.split()})
    tiktoken.get_encoding = lambda name: words()
except ImportError:
    pass
"""


def run(tmp_path, *words):
    """The output of a tool, which reaches no network and keeps nothing elsewhere."""
    (tmp_path / "start").mkdir(exist_ok=True)
    (tmp_path / "start" / "sitecustomize.py").write_text(COUNTED)
    here = {name: str(tmp_path / "home") for name in ("HF_HOME", "HOME", "XDG_DATA_HOME")}
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "NO_COLOR": "1"}
    offline["PYTHONPATH"] = str(tmp_path / "start")
    environment = {**os.environ, **here, **offline}
    found = subprocess.run(
        words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, f"{found.stdout[-3000:]}{found.stderr[-3000:]}"
    return found.stdout


def tool(name):
    return str(Path(sys.executable).with_name(name))


def test_datasets_loads_every_configuration(tmp_path):
    folder = made(tmp_path, "hf")
    code = (
        "import datasets, json, sys\n"
        "names = datasets.get_dataset_config_names(sys.argv[1])\n"
        "found = {n: datasets.load_dataset(sys.argv[1], n, split=n) for n in names}\n"
        "print(json.dumps({n: [len(d), d.column_names] for n, d in found.items()}))\n"
    )
    found = json.loads(run(tmp_path, sys.executable, "-c", code, folder).splitlines()[-1])
    assert {*found} == {"train", "questions", "key"}
    assert found["questions"][1] == ["id", "prompt", "prompt_in_context"]
    lines = {n: folder / f"{n}.jsonl" for n in ("train", "questions")}
    assert all(found[n][0] == path.read_text().count("\n") for n, path in lines.items())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # within rdflib
def test_croissant_metadata_is_valid_and_reads_the_rows(tmp_path):
    import mlcroissant  # pyright: ignore  # of the extra

    folder = made(tmp_path, "hf")
    dataset = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    first = next(iter(dataset.records("questions")))
    row = json.loads((folder / "questions.jsonl").read_text().splitlines()[0])
    assert first["questions/prompt"].decode() == row["prompt"]


def test_the_harness_runs_the_task_with_its_dummy(tmp_path):
    folder = made(tmp_path, "lm-eval")
    words = (tool("lm_eval"), "--model", "dummy", "--include_path", folder, "--tasks", NAME)
    run(tmp_path, *map(str, words), "--limit", "9", "--output_path", "out", "--log_samples")
    (results,) = (tmp_path / "out").rglob("results_*.json")
    found = json.loads(results.read_text())["results"][NAME]
    assert found["malformed,none"] == 1.0 and found["exact_match,none"] == 0.0
    (samples,) = (tmp_path / "out").rglob("samples_*.jsonl")
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    assert len(rows) == 9 and rows[0]["doc"]["prompt"].endswith("Answer:")


def test_the_harness_counts_a_right_name(tmp_path):
    folder = made(tmp_path, "lm-eval")
    sys.path.insert(0, str(folder))
    try:
        code = importlib.import_module(f"{NAME}_code")
    finally:
        sys.path.remove(str(folder))
    doc = json.loads((folder / f"{NAME}.questions.jsonl").read_text().splitlines()[0])
    right = code.results(doc, [f" {doc['names'][0]}"])
    wrong = code.results(doc, [" none" if doc["names"] != ["none"] else " lol"])
    assert right == {"exact_match": 1.0, "malformed": 0.0} and wrong["exact_match"] == 0.0


def test_inspect_runs_the_task_with_its_mock(tmp_path):
    folder = made(tmp_path, "inspect")
    task = (folder / NAME / "task.py").relative_to(tmp_path)
    words = (tool("inspect"), "eval", task, "--model", "mockllm/model")
    options = ("--limit", "7", "--log-dir", "logs", "--log-format", "json", "--display", "plain")
    run(tmp_path, *map(str, words), *options)
    (log,) = (tmp_path / "logs").glob("*.json")
    found = json.loads(log.read_text())
    assert found["status"] == "success" and len(found["samples"]) == 7
    assert all(s["scores"]["exact_name"]["value"] == 0.0 for s in found["samples"])
    explained = {s["scores"]["exact_name"]["explanation"] for s in found["samples"]}
    assert explained == {"no name of the world"}


def test_inspect_counts_a_right_name(tmp_path):
    folder = made(tmp_path, "inspect")
    code = (
        "import sys; from inspect_ai import eval\n"
        "from inspect_ai.model import ModelOutput, get_model\n"
        "sys.path.insert(0, sys.argv[1])\n"
        f"from {NAME}.task import {NAME}\n"
        f"task = {NAME}()\n"
        "name = 'Reasons.\\nAnswer: ' + list(task.dataset)[0].target[0]\n"
        "out = [ModelOutput.from_content('mockllm/model', name)]\n"
        "model = get_model('mockllm/model', custom_outputs=out)\n"
        "(log,) = eval(task, model=model, limit=1, log_dir='logs', display='none')\n"
        "print(log.samples[0].scores['exact_name'].value)\n"
    )
    assert run(tmp_path, sys.executable, "-c", code, folder).split()[-1] == "1.0"
