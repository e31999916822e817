"""Templates of reports: every value is text, none may be missing, and a table is set as it says."""

from __future__ import annotations

import dataclasses
import re

import jinja2
import pytest
from zebroid.benchmarks.report.html_templates import FOLDER, STYLE, Grid, environment, render
from zebroid.benchmarks.report.panel_section import SHARES, Section
from zebroid.eval.scoring.controls import Controls, ExceptionScore

pytestmark = pytest.mark.smoke
HOSTILE = "a | <script>alert(1)</script> \"'&"
ESCAPED = "a | &lt;script&gt;alert(1)&lt;/script&gt; &#34;&#39;&amp;"
TEMPLATES = sorted(FOLDER.glob("*.html"))


@dataclasses.dataclass
class Sketch:
    shows: str = "a ladder"
    svg: str = '<?xml?><!DOCTYPE svg><svg width="1"><g/></svg>'


def page(**parts):
    given = {"name": "n", "sentence": "s", "scores": None, "notes": []}
    return render("panel.html", panel=Section(**given | parts))


def grid(*rows, **options):
    text = page(scores=Grid("c", ["", "recall"], rows, **options))
    return "".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize(
    "parts",
    [
        {"name": HOSTILE},
        {"notes": [HOSTILE]},
        {"laws": HOSTILE},
        {"drawings": [Sketch(HOSTILE)]},
        {"scores": Grid(HOSTILE, [""], [["x"]])},
        {"verdicts": Grid("c", [HOSTILE], [["x"]])},
        {"controls": Grid("c", [""], [[HOSTILE]])},
        {"reach": Grid("c", ["", ""], [["x", f"1\n{HOSTILE}"]])},
        {"written": {"proofs": Grid("c", [""], [["x"]], kinds=[HOSTILE])}},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_what_looks_like_markup_stays_text(parts):
    text = page(**parts)
    assert "<script" not in text
    assert (ESCAPED if "drawings" not in parts else f"A{ESCAPED[1:]}") in text


def test_a_value_that_is_not_given_is_an_error():
    with pytest.raises(jinja2.UndefinedError, match="'panel' is undefined"):
        render("panel.html")
    with pytest.raises(jinja2.UndefinedError, match="suite"):
        render("report.html", panels=[])
    with pytest.raises(jinja2.UndefinedError, match="has no attribute 'nmae'"):
        environment().from_string("{{ panel.nmae }}").render(panel=Sketch())


def test_only_style_and_drawings_are_not_escaped():
    safe = [
        (path.name, expression.strip(" -"))
        for path in TEMPLATES
        for expression in re.findall(r"\{\{([^}]*\bsafe\b[^}]*)\}\}", path.read_text("utf-8"))
    ]
    assert safe == [
        ("elements.html", 'drawing.svg.partition("<svg")[2] | safe'),
        ("report.html", "style | safe"),
    ]
    assert not any("autoescape" in path.read_text("utf-8") for path in TEMPLATES)


def test_the_style_needs_nothing_from_elsewhere():
    style = (FOLDER / STYLE).read_text("utf-8")
    assert "http" not in style and "@import" not in style and "url(" not in style
    assert style.count("{") == style.count("}") > 20
    assert "</" not in style  # it would end its element


def test_a_line_break_sets_the_rest_below_and_a_mark_hangs_outside():
    text = grid(["direct", ".12±.04°\non 40 questions"])
    assert '<td>.12±.04<span class="mark">°</span><small>on 40 questions</small></td>' in text
    assert "<td>°C</td>" in grid(["direct", "°C"])
    assert "<td></td>" in grid(["direct", ""])


def test_the_first_row_of_a_kind_has_a_rule_above_but_not_the_first_of_all():
    text = grid(*[["x", "1"]] * 4, kinds=["chance", "model", "model", "proof"])
    found = re.findall(r"<tr(?: class=\"([^\"]*)\")?>", text)
    assert found == ["", "chance", "model first", "model", "proof first"]
    assert re.findall(r"<tr[^>]*>", grid(["x", "1"])) == ["<tr>", "<tr>"]


def test_columns_of_sentences_are_set_as_text():
    assert '<td class="text">1</td>' in grid(["x", "1"], text=(1,))
    assert '<th scope="col" class="text">recall</th>' in grid(["x", "1"], text=(1,))
    assert "text" not in re.sub("context", "", grid(["x", "1"]))


def test_a_drawing_stands_in_the_page_and_is_named_for_those_who_cannot_see_it():
    text = page(scores=Grid("c", [""], [["x"]]), drawings=[Sketch()])
    assert '<svg role="img" aria-label="A ladder." width="1"><g/></svg>' in text
    assert text.count("<svg") == 1 and "DOCTYPE" not in text and "<?xml" not in text
    assert "<figcaption>A ladder.</figcaption>" in text


def test_parts_that_a_panel_lacks_leave_no_heading_behind():
    text = page()
    assert "<table" not in text and "<details" not in text and "<figure" not in text
    assert page(apart=Grid("c", [""], [["x"]])).count("<details") == 1


def test_shares_of_the_controls_are_named_after_fields_that_exist():
    fields = {f.name for kind in (Controls, ExceptionScore) for f in dataclasses.fields(kind)}
    assert {*SHARES} <= fields
