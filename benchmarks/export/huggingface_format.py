"""The format hf: a folder that ``datasets.load_dataset`` reads, with a card and Croissant metadata.

Configurations: ``train`` and ``questions``, and ``key`` where it is not held back.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ... import __version__
from .plain_formats import KEY, write_json
from .portion import Portion

CARD = """\
---
license: apache-2.0
language: [en]
tags: [synthetic, reasoning, out-of-distribution]
configs:
{configs}---

# {name}

A corpus of the synthetic world `{world}/{size}`, written by zebroid {version}. All names are made
up, all facts are drawn at random, and it is known of every question which novelty its answer takes.

- `train`: what the corpus states and demonstrates, in English. Draw rows in proportion to
  `weight`.
- `questions`: `prompt` is for a model that was trained on `train`; `prompt_in_context` brings
  facts and rules. What follows either is one name, or `none`.
{key}
Score predictions, one JSON line a question with `id` and `text`, by

    zebroid score predictions.jsonl --world {world}/{size}
"""
WITH_KEY = "- `key`: right answers, rung and proofs. Keep it from the model.\n"
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
FIELDS = {
    "train": {"kind": "Text", "text": "Text", "text_with_proof": "Text", "weight": "Integer"},
    "questions": {"id": "Text", "prompt": "Text", "prompt_in_context": "Text"},
}


def describe(portion: Portion, folder: Path, keyless: bool) -> None:
    """Card and metadata of a folder whose files are there."""
    parts = {"train": "train.jsonl", "questions": "questions.jsonl"}
    if not keyless:
        parts["key"] = f"{KEY}/key.jsonl"
    configs = "".join(
        f"- config_name: {name}\n  data_files:\n  - split: {name}\n    path: {path}\n"
        for name, path in parts.items()
    )
    cell = portion.cell
    words = {"name": portion.name, "world": cell.named_world, "size": cell.size}
    words |= {"version": __version__, "configs": configs, "key": "" if keyless else WITH_KEY}
    (folder / "README.md").write_text(CARD.format(**words), "utf-8")
    write_json(folder / "croissant.json", _croissant(portion, folder, parts))


def _croissant(portion: Portion, folder: Path, parts: dict[str, str]) -> dict[str, Any]:
    cell = portion.cell
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": portion.name,
        "description": f"A corpus of the synthetic world {cell.named_world}/{cell.size}.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": "https://www.apache.org/licenses/LICENSE-2.0",
        "url": "https://example.org/zebroid",
        "version": "1.0.0",
        "datePublished": "2026-01-01",
        "citeAs": f"zebroid {__version__}, {portion.name}",
        "creator": {"@type": "Organization", "name": "zebroid"},
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "encodingFormat": "application/jsonlines",
                "sha256": hashlib.sha256((folder / path).read_bytes()).hexdigest(),
            }
            for path in parts.values()
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": name,
                "name": name,
                "field": [_field(name, column, kind) for column, kind in columns.items()],
            }
            for name, columns in FIELDS.items()
        ],
    }


def _field(name: str, column: str, kind: str) -> dict[str, Any]:
    source = {"fileObject": {"@id": f"{name}.jsonl"}, "extract": {"column": column}}
    text = {"@type": "cr:Field", "@id": f"{name}/{column}", "name": column}
    return {**text, "dataType": f"sc:{kind}", "source": source}
