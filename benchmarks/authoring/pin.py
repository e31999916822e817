"""``zebroid pin``: writes into a world's class what its corpora are, so that none moves unseen.

A pin is replaced only where the class declares a greater ``content`` than the pin was made for, or
where ``new`` says that nobody has results on the world yet.
"""

from __future__ import annotations

import ast
import inspect
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ... import registry
from ...errors import UserError, suggest
from ...worlds.corpus.build import build_corpus
from ...worlds.world import World, content_of
from ..conformance.worlds.golden import built_in, pin_of, pins_of
from ..runner import atomic_write

DEFAULT = ("tiny", "small")  # as `zebroid check` looks at
NEWLINE = re.compile("\r\n|\r|\n")
INSTALLED = ("site-packages", "dist-packages")


def pin(name: str, sizes: Sequence[str] = (), new: bool = False) -> str:
    """Pins the world of an id or a Python file at these sizes; what was done, as text.

    Without sizes: at tiny, small, and whatever is pinned already. Raises UserError, and writes
    nothing, where content moved under an equal version or the file is not one to write into.
    """
    world = registry.make(name)
    file, content, known = _file(world), content_of(world), pins_of(world)
    before = file.read_bytes()
    for size in sizes:
        if size not in world.sizes:
            raise suggest(f"size of {world.id}", size, world.sizes)
    usual = [size for size in world.sizes if size in DEFAULT or size in known]
    wanted = [*dict.fromkeys(sizes or usual or world.sizes)]
    found = {size: build_corpus(world, size).digest for size in wanted}
    for size, digest in found.items():
        if not new:
            _allow(world, size, known.get(size), content, digest)
    made = known | {size: (content, digest) for size, digest in found.items()}
    if made != known:
        pins = {size: pin_of(*made[size]) for size in world.sizes if size in made}
        after = written(before, type(world).__name__, pins, str(file))
        if file.read_bytes() != before:
            raise UserError(f"{file} was changed while its corpora were drawn; pin it again")
        with atomic_write.file(file) as draft:
            draft.write_bytes(after)
            shutil.copymode(file, draft)
    message = ", ".join(f"{size} {digest[:12]}" for size, digest in found.items())
    return f"{file}: content {content} of {world.id} is pinned: {message}"


def _allow(
    world: World, size: str, known: tuple[int, str] | None, content: int, digest: str
) -> None:
    """Raises UserError where a pin must not be replaced."""
    if known is None or known == (content, digest) or known[0] < content:
        return
    at, pinned = known
    if at > content:
        raise UserError(
            f"{world.id}/{size} is pinned as content {at} and declares content {content}; set "
            f"content = {at} or more"
        )
    raise UserError(
        f"{world.id}/{size} gives {digest[:12]}, and its content {at} was pinned as {pinned[:12]}; "
        f"write content = {content + 1} into the class and pin again, or give --new if nobody has "
        "results on it"
    )


def _file(world: World) -> Path:
    """The file of a world's class, if it is one that its author edits."""
    if built_in(world):
        raise UserError(
            f"{world.id} is built in, its digests are golden.json; store them with "
            "python -m pytest tests/benchmarks/conformance/test_golden.py --update-golden"
        )
    try:
        file = Path(inspect.getfile(type(world))).resolve()
    except (OSError, TypeError):
        file = None
    if file is None or file.suffix != ".py" or {*file.parts} & {*INSTALLED}:
        raise UserError(
            f"{world.id} is installed from {file or 'no file'}; pin the file that its package is "
            "built from, as zebroid pin ./NAME.py"
        )
    return file


def written(source: bytes, name: str, pins: Mapping[str, str], file: str) -> bytes:
    """``source`` with these pins in the class ``name``, and otherwise as it was, byte by byte.

    ``file`` names it in errors. Where the class assigns no pins, the line follows that of
    ``content`` or else of ``id``. Raises UserError where there is no one place to write to.
    """
    try:
        text = source.decode("utf-8")
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UserError(f"{file} cannot be read as UTF-8 Python: {error}; mend it") from None
    mark, text = ("\ufeff" if text.startswith("\ufeff") else ""), text.removeprefix("\ufeff")
    lines = _lines(text)
    body = _class(tree, name, lines, file).body
    found = [node for node in body if "pins" in _targets(node)]
    if len(found) > 1:
        raise UserError(f"{file}:{found[1].lineno}: pins is assigned twice; keep one of them")
    end = lines[0][1] or "\n"
    if found:
        value = _value(found[0], file)
        indent = _indent(lines[found[0].lineno - 1][0])
        made = _literal(pins, indent, end)
        start = _offset(lines, value.lineno, value.col_offset)
        stop = _offset(lines, value.end_lineno or 0, value.end_col_offset or 0)
    else:
        at = _after(body)
        indent = _indent(lines[body[0].lineno - 1][0])
        made = f"{indent}pins = {_literal(pins, indent, end)}{end}"
        if at == len(lines) and not lines[-1][1]:  # the file ends without a newline
            made = f"{end}{made}"
        start = stop = _offset(lines, at + 1, 0)
    raw = text.encode()
    after = raw[:start] + made.encode() + raw[stop:]
    if not _alone(tree, after, name, pins):
        raise UserError(
            f"{file} has no place for pins that is plain to see; write them into {name} by hand: "
            f"pins = {dict(pins)}"
        )
    return mark.encode() + after


def _class(
    tree: ast.Module, name: str, lines: Sequence[tuple[str, str]], file: str
) -> ast.ClassDef:
    found = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == name]
    if len(found) != 1:
        raise UserError(
            f"{file} has {len(found)} statements `class {name}`; expected one, pins go into it"
        )
    first = found[0].body[0]
    if lines[first.lineno - 1][0].encode()[: first.col_offset].strip():
        raise UserError(
            f"{file}:{first.lineno}: the body of {name} begins beside its head; "
            "write it on lines of its own"
        )
    return found[0]


def _targets(node: ast.stmt) -> list[str]:
    """Names that a statement assigns to."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _value(node: ast.stmt, file: str) -> ast.expr:
    value = getattr(node, "value", None)
    if value is None or isinstance(node, ast.AugAssign):
        raise UserError(f"{file}:{node.lineno}: pins has no value; write pins = {{}} there")
    return value


def _after(body: Sequence[ast.stmt]) -> int:
    """The line after which a new statement of the class may stand: outside of all others."""
    named = [n for name in ("content", "id") for n in body if name in _targets(n)]
    line = (named or [*body])[0].end_lineno or 0
    for node in body:  # another may begin on the line where that one ends
        if node.lineno <= line < (node.end_lineno or 0):
            line = node.end_lineno or 0
    return line


def _lines(text: str) -> list[tuple[str, str]]:
    """(line, its end) as Python counts them."""
    parts, ends = NEWLINE.split(text), [*NEWLINE.findall(text), ""]
    return list(zip(parts, ends))


def _offset(lines: Sequence[tuple[str, str]], line: int, column: int) -> int:
    """Bytes before a place that is given by line, from 1, and bytes within it."""
    return sum(len(f"{text}{end}".encode()) for text, end in lines[: line - 1]) + column


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _literal(pins: Mapping[str, str], indent: str, end: str) -> str:
    """A dictionary, a size a line."""
    rows = [
        f"{indent}{indent}{_string(size)}: {_string(made)},{end}" for size, made in pins.items()
    ]
    return f"{{{end}{''.join(rows)}{indent}}}"


def _string(text: str) -> str:
    """As the house writes it: in double quotes, unless they stand in it."""
    return repr(text) if '"' in text or not text.isprintable() else f'"{repr(text)[1:-1]}"'


def _alone(tree: ast.Module, after: bytes, name: str, pins: Mapping[str, str]) -> bool:
    """Whether the source that was written holds these pins, and all else is as it was."""
    try:
        found = ast.parse(after.decode())
    except SyntaxError:
        return False
    held: list[ast.stmt] = []
    rest = []
    for module in (tree, found):
        (kind,) = (n for n in ast.walk(module) if isinstance(n, ast.ClassDef) and n.name == name)
        held = [n for n in kind.body if "pins" in _targets(n)]
        kind.body = [n for n in kind.body if n not in held]
        rest.append(ast.dump(module))
    values = [
        ast.dump(node.value)
        for node in held
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
    ]
    wanted = ast.dump(ast.parse(repr(dict(pins)), mode="eval").body)
    return rest[0] == rest[1] and values == [wanted]
