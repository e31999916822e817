"""The pictures are those that the committed script draws, and read everywhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import zebroid

FOLDER = Path(zebroid.__file__).resolve().parent / "docs" / "pictures"


@pytest.fixture(scope="module")
def draw():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        spec = importlib.util.spec_from_file_location("draw_pictures", FOLDER / "draw.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
        sys.modules.pop("canvas", None)


def test_the_committed_pictures_are_what_the_script_draws(draw):
    drawn = {f"{name}.svg": make().svg() for name, make in draw.PICTURES.items()}
    kept = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.svg")}
    assert kept == drawn, "run: python docs/pictures/draw.py"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_reads_in_the_dark_on_a_phone_and_by_a_screen_reader(path):
    text = path.read_text("utf-8")
    root = ElementTree.fromstring(text)
    names = [child.tag.rpartition("}")[2] for child in root]
    assert names[:2] == ["title", "desc"] and "prefers-color-scheme:dark" in text
    width = float(root.attrib["viewBox"].split()[2])
    sizes = [int(size) for size in re.findall(r"font-size:(\d+)px", text)]
    assert min(sizes) * 350 / width > 9  # pixels on a phone
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_text_that_leaves_the_picture_or_its_box_is_refused(draw):
    canvas = draw.Canvas("title", "description", 100)
    with pytest.raises(ValueError, match="leaves the picture"):
        canvas.text(400, 50, "a line that is far too long")
    with pytest.raises(ValueError, match="leaves its box"):
        canvas.card(10, 10, 60, "box", "a line that is too long")
