"""The reference of receipts: fields of the JSON, columns of the tables, and README's table in SQL.

    <!-- receipt-reference fields -->
    <!-- end of receipt-reference -->

All is made of the models that read a receipt and of the tables that write it. Beside them lies
``receipt.schema.json``, a JSON Schema that the package ships.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..receipts import receipt
from ..receipts.tables.all_tables import KNOWN
from ..receipts.tables.parquet_writing import SCHEMA
from ..runner import atomic_write
from .writing import doc_blocks
from .writing.markdown_table import markdown_table

SCHEMA_FILE = Path(receipt.__file__).with_name("receipt.schema.json")
KIND = "receipt-reference"
# README's table of scores, to the letter: models but the MLP in the first panel of composition
QUERY = """\
WITH scored AS (
  SELECT *, printf('%.2f ± %.2f', mean, greatest(high - mean, mean - low)) || CASE
      WHEN coalesce(answers_high, high) < uniform AND NOT untrained THEN '↓'
      WHEN rung = 'recall' THEN ''
      WHEN normalised IS NULL THEN '≈'
      WHEN normalised_low <= 0 THEN '°' ELSE '' END AS score,
    printf('%.2f±%.2f', normalised, greatest(normalised_high - normalised,
      normalised - normalised_low)) AS above
  FROM 'scores.parquet'
  WHERE kind = 'model' AND headline AND panel LIKE 'composition%' AND model NOT LIKE 'mlp%'),
printed AS (
  SELECT *, CASE WHEN untrained THEN '(' || score || ', untrained)' ELSE score END || CASE
      WHEN rung = 'recall' THEN ''
      WHEN floor > 0.9 THEN ', reuse by likeness'
      WHEN untrained THEN ', normalised –'
      WHEN normalised IS NULL THEN ', normalised ≈'
      WHEN normalised < 0 THEN ', below the floor'
      WHEN normalised = 0 THEN ', normalised 0'
      ELSE ', normalised ' || replace(above, '0.', '.') END AS cell
  FROM scored)
SELECT '`' || instrument || '`' AS rung,
  any_value(CASE WHEN rung = 'recall' THEN '–'
    ELSE printf('%.2f, %s', floor, strategy) END) AS floor,
  coalesce(max(cell) FILTER (mode = 'direct'), '–') AS direct,
  coalesce(max(cell) FILTER (mode = 'chain'), '–') AS chain
FROM printed GROUP BY instrument ORDER BY min(place)
"""


def json_schema() -> str:
    """JSON Schema of ``receipt.json``, as text."""
    schema = receipt.Receipt.model_json_schema(by_alias=True)
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"schema {SCHEMA} of the receipts of zebroid",
    }
    return json.dumps(about | _untitled(schema), indent=1, ensure_ascii=True) + "\n"


def _untitled(node: Any) -> Any:
    """Without the titles that repeat the names of fields."""
    if isinstance(node, list):
        return [_untitled(part) for part in node]
    if not isinstance(node, dict):
        return node
    titled = isinstance(node.get("title"), str)
    return {k: _untitled(v) for k, v in node.items() if not (titled and k == "title")}


def fields(_: str = "") -> Iterator[str]:
    """A table for each record of the JSON."""
    schema = receipt.Receipt.model_json_schema(by_alias=True)
    parts: dict[str, Any] = schema.pop("$defs")
    for name, part in {"Receipt": schema, **parts}.items():
        yield f"### {name}"
        yield ""
        yield part["description"]
        yield ""
        rows = [
            [f"`{field}`", _type(about), _meaning(about)]
            for field, about in part["properties"].items()
        ]
        yield from markdown_table(["field", "type", "meaning"], rows)
        yield ""


def _meaning(field: Mapping[str, Any]) -> str:
    inner = field.get("additionalProperties", field)
    inner = inner.get("items", inner) if isinstance(inner, dict) else field
    properties = inner.get("properties", {}) if inner is not field or "items" in field else {}
    if not properties:
        return field["description"]
    parts = [f"`{name}` {_lowered(_meaning(part))}" for name, part in properties.items()]
    return f"{field['description']} Fields: {'; '.join(parts)}."


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _type(field: Mapping[str, Any]) -> str:
    """The type as a reader of JSON knows it; patterns and bounds stand in the JSON Schema."""
    if "anyOf" in field:
        return " or ".join(_type(part) for part in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "const" in field:
        return str(field["const"])
    if "enum" in field:
        return " or ".join(map(str, field["enum"]))
    kind = str(field["type"])
    if kind == "array":
        return f"list of {_type(field['items'])}"
    more = field.get("additionalProperties")
    if kind == "object" and isinstance(more, dict):
        return f"object of {_type(more)}"
    return kind


def tables(_: str = "") -> Iterator[str]:
    """A table for each Parquet file: its columns with type, unit and meaning."""
    for table in KNOWN:
        yield f"### {table.file}"
        yield ""
        yield f"One row: {table.meaning}. Order of rows: {table.order}."
        yield ""
        rows = [[f"`{c.name}`", f"`{c.type}`", c.unit, c.meaning] for c in table.columns]
        yield from markdown_table(["column", "type", "unit", "meaning"], rows)
        yield ""


def query(_: str = "") -> Iterator[str]:
    """The statement that gives README's table."""
    yield "```sql"
    yield QUERY.rstrip()
    yield "```"


BLOCKS: Mapping[str, doc_blocks.Make] = {"fields": fields, "tables": tables, "query": query}


def main(pages: list[str]) -> int:
    """Writes the JSON Schema and fills the pages named; 0, or 2 after one line."""
    with atomic_write.file(SCHEMA_FILE) as draft:
        draft.write_text(json_schema(), "ascii")
    return max(doc_blocks.fill(Path(page), KIND, BLOCKS) for page in pages)
