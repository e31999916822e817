"""A package of one's own, ready to be installed: what ``zebroid new world acme-worlds`` writes, and
``zebroid new model acme-models``."""

from __future__ import annotations

import importlib.util
import keyword
import re
from pathlib import Path
from string import Template

from ... import __version__
from ...errors import UserError
from ..runner import atomic_write
from . import model_templates
from .pin import pin

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "$package"
version = "0.1.0"
description = "$kinds for zebroid."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["zebroid>=$zebroid"]

[project.optional-dependencies]
test = ["pytest"]

# one line a $kind: $entry
[project.entry-points."zebroid.${kind}s"]
"$id" = "$module.$file$spec"

[tool.setuptools]
packages = ["$module"]
"""

README = """\
# $package

Worlds for zebroid: `$id`.

```
pip install -e ".[test]"
zebroid worlds                        # lists $id among the others
zebroid check $id --size tiny
zebroid show $id
zebroid run smoke --world $id
pytest
```

The world is `$module/$file.py`. Another one is another file, with a line of its own below
`zebroid.worlds` in `pyproject.toml`; install again after adding it.

The attribute `pins` of the world holds the digests of its corpora, and `zebroid check` refuses
content that moved: then write `content = 2` (and so on) into the class and run
`zebroid pin $module/$file.py`. While nobody has a result on it, `zebroid pin --new` is enough.
Another world is `$stem-v2`, in a file of its own. `zebroid plugins` prints the version of this
package, that of the world's content, and its digest; all three belong in a citation.
"""

WORLD = '''\
"""$id: what a member of a guild keeps."""

import numpy as np
from zebroid.worlds import Facts, World


class $title(World):
    """Whoever is a member of a guild keeps the guild's customs.

    Source: what it generalises, or the paper whose setting it follows.
    """

    id = "$id"
    # Datalog in clingo's syntax: a rule is read "head, if body"; variables are capitals
    rules = """
      keeps(M,C,V) :- member(M,G), custom(G,C,V).
    """
    # how a fact reads, its arguments by number; what has no phrase reads as in a rule
    phrases = {
        "member": "{0} is a member of {1}.",
        "custom": "The {1} of {0} is {2}.",
        "keeps": "The {1} that {0} keeps is {2}.",
    }

    def sample(self, rng, members=200, guilds=20, customs=12, values=8):
        """The base facts, drawn from ``rng`` alone; rows count from 0 within each sort."""
        guild, custom = np.divmod(np.arange(guilds * customs), customs)
        value = custom * values + rng.randint(values, size=len(custom))  # each custom has its own
        return Facts.of(
            {"person": members, "guild": guilds, "custom": customs, "value": customs * values},
            member=("person guild", list(enumerate(rng.randint(guilds, size=members)))),
            custom=("guild custom value", np.stack([guild, custom, value], axis=1)),
        )
'''

TEST = '''\
"""What zebroid demands of every world, demanded of this one."""

import pytest
from zebroid.benchmarks import check_world


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_it_keeps_what_every_world_promises(size):
    report = check_world("$id", size)
    assert report.passed, [outcome for outcome in report.outcomes if outcome.passed is False]
'''


# kind -> what stands in a line of its entry points
ENTRIES = {
    "world": "its id, and the module that defines it",
    "model": "its name, and the spec of it",
}
NAMES = {"world": "guild", "model": "net"}  # kind -> the name of its first, if none is given


def new(kind: str, package: str, name: str, out: Path) -> str:
    """Writes the package ``out/package`` with the world or model ``name``; what to do next, as
    text.

    All of it or nothing; raises UserError where a name will not do or the folder is there.
    """
    if kind not in NAMES:
        raise UserError(
            f"cannot write a {kind!r}; expected: zebroid new world {package}, or zebroid new model "
            f"{package}"
        )
    name = name or NAMES[kind]
    module, file = _module(package, "package"), _module(name, kind)
    if re.search(r"-v\d+$", name):
        raise UserError(f"{kind} {name!r} bears a version; leave it out, the first one is v1")
    if name in ("facts", "world"):
        raise UserError(f"{kind} {name!r} would hide what its own file imports; give another name")
    if module == "tests" or importlib.util.find_spec(module) is not None:
        raise UserError(f"there is a Python package {module!r} already; give another name")
    final = out / package
    if final.exists() or final.is_symlink():
        raise UserError(f"{final} is there already; give another name or another --out")
    maker = package.partition("-")[0]
    id = f"{maker}.{name}-v1" if kind == "world" else f"{maker}.{name}"
    words = {
        "kind": kind,
        "kinds": f"{kind}s".capitalize(),
        "entry": ENTRIES[kind],
        "spec": ":SPEC" if kind == "model" else "",
        "package": package,
        "module": module,
        "file": file,
        "stem": f"{maker}.{name}",
        "id": id,
        "title": "".join(part.capitalize() for part in name.split("-")),
        "zebroid": ".".join(__version__.split(".")[:2]),
    }
    texts = (README, WORLD, TEST) if kind == "world" else model_templates.TEXTS
    files = _files(module, file, *texts)
    with atomic_write.folder(final) as draft:
        for path, text in files.items():
            (draft / path).parent.mkdir(exist_ok=True)
            (draft / path).write_text(Template(text).substitute(words), "utf-8")
        if kind == "world":
            pin(str(draft / module / f"{file}.py"))
    check = f"zebroid check {id} --size tiny" if kind == "world" else f"zebroid check-model {id}"
    what = f"the {kind} {id} is {module}/{file}.py"
    return f"{final}: {what}; next:\n  pip install -e {final}\n  {check}"


def _files(module: str, file: str, readme: str, thing: str, test: str) -> dict[str, str]:
    """Path below the package's folder -> template."""
    return {
        "pyproject.toml": PYPROJECT,
        "README.md": readme,
        f"{module}/__init__.py": '"""$kinds for zebroid."""\n',
        f"{module}/{file}.py": thing,
        f"tests/test_{file}.py": test,
    }


def _module(name: str, what: str) -> str:
    """The Python name for it."""
    if not NAME.fullmatch(name):
        raise UserError(
            f"{what} {name!r}: expected small letters, digits and single hyphens, such as "
            + ("'acme-worlds'" if what == "package" else "'guild'")
        )
    if keyword.iskeyword(name):
        raise UserError(f"{what} {name!r} is a word of Python; give another name")
    return name.replace("-", "_")
