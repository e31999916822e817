"""The formats lm-eval and inspect: folders that these two harnesses run as they are.

Both hold the questions with facts and rules in context, their right names, and the extractor of
``answer_extractor.py`` as it stands: what a harness prints is what ``zebroid score`` counts.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path

from ...worlds.encoding.vocabulary import Lexicon
from . import answer_extractor, records
from .english_forms import EnglishForms
from .plain_formats import lines
from .portion import Portion

LM_EVAL = """\
task: {task}
custom_dataset: !function {module}.load
output_type: generate_until
test_split: test
doc_to_text: prompt
doc_to_target: "{{{{names[0]}}}}"
target_delimiter: " "
process_results: !function {module}.results
generation_kwargs:
  until: ["\\n"]
  max_gen_toks: 16
  do_sample: false
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
  - metric: malformed
    aggregation: mean
    higher_is_better: false
metadata:
  version: 1
"""
LM_EVAL_CODE = """

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUESTIONS, NAMES = HERE / "{questions}", HERE / "{names}"


def load(**_):
    import datasets

    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    return {{"test": datasets.Dataset.from_list(rows)}}


def results(doc, found):
    names = folded(json.loads(NAMES.read_text("utf-8")))
    answer, why = extract(found[0], names)
    right = {{names[name] for name in doc["names"]}}
    return {{"exact_match": float(answer in right), "malformed": float(bool(why))}}
"""
INSPECT_CODE = """

import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, Target, accuracy, grouped, scorer, stderr
from inspect_ai.solver import TaskState, generate

HERE = Path(__file__).resolve().parent


@scorer(metrics=[grouped(accuracy(), "rung"), stderr()])
def exact_name():
    names = folded(json.loads((HERE / "names.json").read_text("utf-8")))

    async def score(state: TaskState, target: Target) -> Score:
        answer, why = extract(state.output.completion, names)
        right = answer in {names[name] for name in target}
        return Score(value=float(right), answer=state.output.completion, explanation=why)

    return score


@task
def NAME():
    rows = [json.loads(x) for x in (HERE / "questions.jsonl").read_text("utf-8").splitlines()]
    samples = [
        Sample(input=r["prompt"], target=r["names"], id=r["id"], metadata={"rung": r["rung"]})
        for r in rows
    ]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=exact_name())
"""
INSPECT_PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "{package}"
version = "1.0.0"
dependencies = ["inspect-ai"]

[project.entry-points.inspect_ai]
{package} = "{package}.task"

[tool.setuptools]
packages = ["{package}"]

[tool.setuptools.package-data]
"{package}" = ["*.json", "*.jsonl"]
"""


def lm_eval(portion: Portion, folder: Path, mode: str) -> None:
    """``lm_eval --include_path DIR --tasks NAME``."""
    name = module(portion)
    folder.mkdir(parents=True, exist_ok=True)
    questions, names = f"{name}.questions.jsonl", f"{name}.names.json"
    _data(portion, folder / questions, folder / names)
    (folder / f"{name}.yaml").write_text(LM_EVAL.format(task=name, module=f"{name}_code"), "utf-8")
    code = LM_EVAL_CODE.format(questions=questions, names=names)
    (folder / f"{name}_code.py").write_text(_extractor() + code, "utf-8")


def inspect_ai(portion: Portion, folder: Path, mode: str) -> None:
    """``inspect eval DIR/NAME/task.py``; or install DIR and ``inspect eval NAME/NAME``."""
    name = module(portion)
    package = folder / name
    package.mkdir(parents=True, exist_ok=True)
    _data(portion, package / "questions.jsonl", package / "names.json")
    (package / "__init__.py").write_text("", "utf-8")
    code = INSPECT_CODE.replace("NAME", name)
    (package / "task.py").write_text(_extractor() + code, "utf-8")
    (folder / "pyproject.toml").write_text(INSPECT_PROJECT.format(package=name), "utf-8")


def module(portion: Portion) -> str:
    """A name that Python and both harnesses take."""
    return "zebroid_" + portion.name.replace("-", "_")


def names_of(english: EnglishForms) -> dict[str, int]:
    """Everything that names an answer -> its number: constant, vocabulary's word, nonce name.

    What is spelled of several words, and an episode, is never an answer. Where two names clash the
    constant's own holds.
    """
    corpus, lexicon = english.corpus, Lexicon(english.corpus)
    constants = corpus.closure.base.constants
    single = [i for i, token in enumerate(lexicon.token.tolist()) if token >= 0]
    found = {english.names[i]: i for i in single}
    found |= {lexicon.vocabulary[lexicon.token[i]]: i for i in single}
    found |= {constants[i]: i for i in single}
    return found | {"none": corpus.none}


def _data(portion: Portion, questions: Path, names: Path) -> None:
    english = EnglishForms(portion.corpus)
    prompts = records.text_questions(portion, english)
    pairs = zip(prompts, records.key(portion, english), strict=True)
    rows = (
        {
            "id": question["id"],
            "prompt": question["prompt_in_context"],
            "names": found["names"],
            "rung": found["certificate"]["rung"],
        }
        for question, found in pairs
    )
    lines(questions, rows)
    names.write_text(json.dumps(names_of(english), ensure_ascii=False) + "\n", "utf-8")


def _extractor() -> str:
    return inspect.getsource(answer_extractor)
