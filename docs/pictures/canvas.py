"""A small canvas for pictures that read on a phone and in the dark: text, boxes and arrows as SVG.

Every picture is 480 units wide, so 15-unit text stays legible at 350 pixels, and brings a ground of
its own, light or dark by what the reader's system prefers.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

WIDTH = 480
SIZES = {"title": 16, "text": 15, "small": 13, "mono": 13, "glyph": 17}
NARROW = 0.53  # of its size a letter is wide, on average, in the widest common fonts
MONO = 0.6

CSS = """
.ground{fill:#fbfaf7}.box{fill:#fff;stroke:#999}.stated{fill:#e6eef8;stroke:#3b6ea5}
.new{fill:#fdebd8;stroke:#c46a12}.right{fill:#e3f2e6;stroke:#2f7d43}.mute{fill:#eee;stroke:#aaa}
text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1c1c1c}
.title{font-size:16px;font-weight:600}.text{font-size:15px}.small{font-size:13px;fill:#555}
.mono{font-size:13px;font-family:ui-monospace,Menlo,Consolas,monospace}.glyph{font-size:17px}
.line{stroke:#555;fill:none;stroke-width:1.6}.curve{stroke:#1c1c1c;fill:none;stroke-width:2.2}
.dash{stroke:#777;fill:none;stroke-dasharray:4 4}.head{fill:#555}.dot{fill:#1c1c1c}
.band{fill:#888;opacity:.3}
@media (prefers-color-scheme:dark){
.ground{fill:#1f2124}.box{fill:#2a2d31;stroke:#888}.stated{fill:#22344a;stroke:#6d9bd1}
.new{fill:#4a3219;stroke:#dd9a4f}.right{fill:#1f3d28;stroke:#68b57d}.mute{fill:#333;stroke:#777}
text{fill:#eee}.small{fill:#b9b9b9}.line{stroke:#bbb}.curve{stroke:#eee}.dash{stroke:#999}
.head{fill:#bbb}.dot{fill:#eee}}
""".strip()


class Canvas:
    """Shapes in the order in which they are drawn."""

    def __init__(self, title: str, description: str, height: int) -> None:
        self.title, self.description, self.height = title, description, height
        self._parts: list[str] = []

    def text(
        self, x: float, y: float, words: str, kind: str = "text", anchor: str = "start"
    ) -> None:
        """One line of text; raises ValueError where it would leave the picture."""
        wide = len(words) * SIZES[kind] * (MONO if kind == "mono" else NARROW)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
        if left < 4 or left + wide > WIDTH - 4 or not 8 < y < self.height:
            raise ValueError(
                f"{words!r} leaves the picture: {left:.0f} to {left + wide:.0f}, y {y}"
            )
        more = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(f'<text class="{kind}" x="{x:g}" y="{y:g}"{more}>{escape(words)}</text>')

    def lines(self, x: float, y: float, *words: str, kind: str = "text", step: int = 20) -> None:
        for number, line in enumerate(words):
            self.text(x, y + step * number, line, kind)

    def box(self, x: float, y: float, w: float, h: float, kind: str = "box") -> None:
        self._parts.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="7"/>'
        )

    def card(self, x: float, y: float, w: float, kind: str, *words: str, head: str = "") -> float:
        """A box around lines of text; returns where it ends."""
        every = [(head, "title")] if head else []
        every += [(line, "text") for line in words]
        height = 12 + 20 * len(every)
        self.box(x, y, w, height, kind)
        for number, (line, style) in enumerate(every):
            if len(line) * SIZES[style] * NARROW > w - 14:
                raise ValueError(f"{line!r} leaves its box of {w}")
            self.text(x + 10, y + 21 + 20 * number, line, style)
        return y + height

    def arrow(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A straight arrow, downwards or to the right."""
        self._parts.append(f'<path class="line" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>')
        down = abs(y2 - y1) >= abs(x2 - x1)
        head = f"{x2 - 5:g},{y2 - 8:g} {x2 + 5:g},{y2 - 8:g}"
        side = f"{x2 - 8:g},{y2 - 5:g} {x2 - 8:g},{y2 + 5:g}"
        self._parts.append(
            f'<polygon class="head" points="{x2:g},{y2:g} {head if down else side}"/>'
        )

    def path(self, points: list[tuple[float, float]], kind: str = "curve") -> None:
        where = "L".join(f"{x:g} {y:g}" for x, y in points)
        self._parts.append(f'<path class="{kind}" d="M{where}"/>')

    def area(self, points: list[tuple[float, float]]) -> None:
        where = " ".join(f"{x:g},{y:g}" for x, y in points)
        self._parts.append(f'<polygon class="band" points="{where}"/>')

    def dot(self, x: float, y: float) -> None:
        self._parts.append(f'<circle class="dot" cx="{x:g}" cy="{y:g}" r="4.5"/>')

    def svg(self) -> str:
        """The picture as a document."""
        size = f'viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" height="{self.height}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        about = f"<title>{escape(self.title)}</title><desc>{escape(self.description)}</desc>"
        ground = f'<rect class="ground" width="{WIDTH}" height="{self.height}" rx="10"/>'
        return "\n".join([head, about, f"<style>{CSS}</style>", ground, *self._parts, "</svg>", ""])
