"""The wheel: what is in the folders is in it, and it works away from the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import zebroid
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(zebroid.__file__).resolve().parent
FOLDERS = ("worlds", "models", "eval", "benchmarks")
SHIPPED = (".py", ".pyi", ".toml", ".json", ".html", ".css", ".parquet")


def run(*words, cwd, **env):
    """Standard output of a command that must succeed, free of this process's paths."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    found = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=clean | env,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def sources():
    """Everything of the package, as paths within it."""
    found = {"py.typed", "__init__.pyi", *(path.name for path in ROOT.glob("*.py"))}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in SHIPPED and "__pycache__" not in path.parts:
                found.add(str(path.relative_to(ROOT)))
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from a clean copy: a stale build folder would ship files long gone."""
    clean = tmp_path_factory.mktemp("clean")
    for name in sources() | {"pyproject.toml", "README.md", "LICENSE"}:
        (clean / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clean / name)
    out = tmp_path_factory.mktemp("wheel")
    words = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", out, clean)
    run(sys.executable, *words, cwd=out)
    (built,) = out.glob("zebroid-*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_exactly_the_folders(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if ".dist-info/" not in n}
    assert names == {f"zebroid/{name}" for name in sources()}


@pytest.mark.slow
def test_the_installed_wheel_works_from_another_folder(wheel, tmp_path):
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    site = Path(
        run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=tmp_path).strip()
    )
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet"),
        *("--no-deps", "--no-index", wheel),
        cwd=tmp_path,
    )
    # the dependencies of this environment, behind the wheel's own files; a .pth file adds paths
    # only, so the editable install of this environment is not followed
    here = Path(str(metadata.distribution("numpy").locate_file("")))
    (site / "dependencies.pth").write_text(f"{here}\n")
    where = run(python, "-c", "import zebroid; print(zebroid.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(home)
    out = run(home / "bin" / "zebroid", "worlds", cwd=tmp_path)
    assert "zebra-v2" in out and "composition-v1" in out
    assert "smoke" in run(home / "bin" / "zebroid", "suites", cwd=tmp_path)
    assert f"zebroid {zebroid.__version__}" in run(
        home / "bin" / "zebroid", "--version", cwd=tmp_path
    )
    dry = run(home / "bin" / "zebroid", "run", "smoke", "--dry-run", cwd=tmp_path)
    assert "to run" in dry


def test_the_version_has_one_source():
    assert metadata.version("zebroid") == zebroid.__version__
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {zebroid.__version__}\n" in citation
    assert f"## {zebroid.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_licence_is_apache_2():
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert metadata.metadata("zebroid")["License-Expression"] == "Apache-2.0"


def requirements():
    """(extra or "", requirement) of everything that pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = {"": project["dependencies"], **project["optional-dependencies"]}
    return [(extra, Requirement(text)) for extra, texts in found.items() for text in texts]


def test_extras_that_our_requirements_name_exist():
    """Pip only warns of an extra that a package does not have, and installs nothing for it."""
    named_extras = [(named, extra) for _, named in requirements() for extra in named.extras]
    assert ("jax", "cuda13") in [(named.name, extra) for named, extra in named_extras]
    for named, extra in named_extras:
        offered = metadata.metadata(named.name).get_all("Provides-Extra") or []
        assert extra in offered, f"{named.name} offers {offered}"


def test_every_requirement_has_a_floor_that_what_is_installed_and_pinned_keeps():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {
        canonicalize_name(line.split("==")[0]): line.split("==")[1]
        for line in lines
        if not line.startswith("#")
    }
    for extra, named in requirements():
        if named.name in ("zebroid", "jax") and named.extras:
            continue  # what else they bring; their own floors stand elsewhere
        assert [clause.operator for clause in named.specifier] == [">="], named
        assert pinned[canonicalize_name(named.name)] in named.specifier, named
        if not extra:
            assert metadata.version(named.name) in named.specifier, named


def test_readme_names_the_extra_for_gpus():
    assert '".[gpu]"' in (ROOT / "README.md").read_text("utf-8")
