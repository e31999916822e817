"""A self-contained HTML page: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1a; --soft: #5f5e5a; --line: #dcdad3;
  --paper: #fdfcf9; --tint: #f3f1ea; --mark: #0b5c8a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9e7e1; --soft: #a5a39c; --line: #3b3a37;
  --paper: #191918; --tint: #242422; --mark: #7cc0ea; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 62rem; padding: 2.5rem 1.25rem 4rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 Charter, "Bitstream Charter", "Iowan Old Style", Cambria,
  Georgia, serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; text-wrap: balance; }
h2 { font-size: 1.35rem; margin: 3rem 0 .6rem; padding-top: 1.2rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
p, li { max-width: 44rem; }
a { color: var(--mark); }
.by, .note, caption, figcaption, summary, footer { color: var(--soft); font-size: .88rem; }
.lead { font-size: 1.12rem; border-left: 3px solid var(--mark); padding-left: .9rem; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font: .86rem/1.4 system-ui, -apple-system, "Segoe UI",
  "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0 0 .4rem; }
th, td { padding: .28rem .8rem .28rem 0; text-align: right; vertical-align: top;
  border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, .text { text-align: left; }
td.text { white-space: normal; min-width: 11rem; }
thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
small { display: block; font-weight: 400; color: var(--soft); font-size: .78em; }
tbody th { font-weight: 400; }
tr.model th, tr.model td { font-weight: 650; background: var(--tint); }
tr.model td small { font-weight: 400; }
tr.model th { padding-left: .5rem; }
.mark { display: inline-block; width: 0; overflow: visible; }
tr.chance, tr.ceiling { color: var(--soft); }
tr.first th, tr.first td { border-top: 2px solid var(--soft); }
figure { margin: 1.2rem 0; }
figure .scroll { background: #fff; border: 1px solid var(--line); border-radius: 6px; }
figure svg { display: block; width: 100%; min-width: 40rem; height: auto; }
details { margin: .8rem 0; }
summary { cursor: pointer; }
code, pre { font: .85rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { background: var(--tint); padding: .7rem .9rem; overflow-x: auto; border-radius: 6px; }
dt { font-weight: 650; margin-top: .5rem; }
dd { margin: 0 0 0 1rem; overflow-wrap: anywhere; max-width: 44rem; }
@media print { body { max-width: none; } h2 { break-after: avoid; } }
"""


def page(title: str, body: Iterable[str]) -> str:
    """A whole document around ``body``, which is HTML already."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def tag(name: str, text: str, of: str = "") -> str:
    """An element around plain text, with a class."""
    return f"<{name}{f' class={chr(34)}{of}{chr(34)}' if of else ''}>{escape(text)}</{name}>"


def grid(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    kinds: Sequence[str] = (),
    text: Sequence[int] = (),
) -> str:
    """A table of plain text; the first column names its row, columns ``text`` hold sentences.

    A line break in a cell sets what follows it smaller, below. ``kinds`` are classes of rows; the
    first row of each kind has a rule above it.
    """
    out = ['<div class="scroll" tabindex="0"><table>', tag("caption", caption), "<thead><tr>"]
    sides = [' class="text"' if i in text else "" for i in range(len(header))]
    out += [f'<th scope="col"{side}>{_two(n)}</th>' for side, n in zip(sides, header)]
    out.append("</tr></thead><tbody>")
    before = kinds[0] if kinds else ""
    for number, row in enumerate(rows):
        kind = kinds[number] if kinds else ""
        names = f"{kind} first" if kind != before else kind
        before = kind
        cells = [f"<td{side}>{_two(cell)}</td>" for side, cell in zip(sides[1:], row[1:])]
        out.append(f'<tr class="{names}"><th scope="row">{_two(row[0])}</th>{"".join(cells)}</tr>')
    out.append("</tbody></table></div>")
    return "\n".join(out)


def figure(svg: str, message: str) -> str:
    """An SVG document inline, with what it shows told to those who can't see it."""
    drawing = svg[svg.index("<svg") :].replace(
        "<svg", f'<svg role="img" aria-label="{escape(message)}"', 1
    )
    return (
        f'<figure><div class="scroll" tabindex="0">{drawing}</div>'
        f"<figcaption>{escape(message)}</figcaption></figure>"
    )


def fold(summary: str, body: str) -> str:
    """What only some readers want, behind one line."""
    return f"<details><summary>{escape(summary)}</summary>\n{body}\n</details>"


def _two(text: str) -> str:
    """The first line, with its trailing mark hung outside the column, and the rest below it."""
    first, _, below = text.partition("\n")
    mark = first[-1:] if first[-1:] in ("°", "↓") else ""
    displayed = escape(first.removesuffix(mark)) + (
        f'<span class="mark">{mark}</span>' if mark else ""
    )
    return displayed + (f"<small>{escape(below)}</small>" if below else "")
