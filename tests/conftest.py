"""Worlds and models of third parties, as files and as installed packages."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tomllib
import venv
from importlib import metadata
from pathlib import Path

import pytest

# Compiled programs are kept between tests, workers and runs, as `zebroid run` keeps a user's: two
# thirds of what tests of training take is compilation. Said before JAX is imported.
KEPT = Path(__file__).parents[1] / ".pytest_cache"
os.environ["XDG_CACHE_HOME"] = str(KEPT)
os.environ["JAX_COMPILATION_CACHE_DIR"] = str(KEPT / "zebroid" / "jax")
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0.05"
# so is bytecode: what tests start as processes, and each worker, would else compile the package
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ACME = Path(__file__).parent / "plugins" / "acme"


# files that take long, the longest first: what is begun first ends beside all others
LONG = (
    "test_smoke.py",
    "test_world_guide.py",
    "test_ranking.py",
    "test_sweep_section.py",
    "test_reference_checks.py",
    "test_history.py",
    "test_local_workers.py",
    "test_train.py",
    "test_plot.py",
    "test_rungs.py",
    "test_corpus.py",
    "test_trained.py",
    "test_run.py",
    "test_floors_report.py",
    "test_weight_files.py",
    "test_plateau_tables.py",
    "test_verify.py",
    "test_changed_run.py",
)


def pytest_collection_modifyitems(items):
    place = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="store today's golden digests")


@pytest.fixture
def world_file(tmp_path):
    """world_file(text) -> path of a Python file."""

    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """plugin(package, entry points, modules): installs a package as pip would lay it out."""
    before = {*sys.modules}

    def install(package, points, version="1.0", **modules):
        site = tmp_path / package
        info = site / f"{package}-{version}.dist-info"
        info.mkdir(parents=True)
        metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata)
        (info / "entry_points.txt").write_text(points)
        for name, text in modules.items():
            (site / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(str(site))
        return site

    yield install
    _forget(before)


@pytest.fixture
def acme(plugin, monkeypatch):
    """The package below plugins/, as pip would install it in editable mode; acme() removes it."""
    project = tomllib.loads((ACME / "pyproject.toml").read_text())["project"]
    before, path = {*sys.modules}, str(ACME)
    points = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in of.items())
        for group, of in project["entry-points"].items()
    ]
    site = plugin(project["name"], "\n".join(points), project["version"])
    monkeypatch.syspath_prepend(path)

    def remove():
        sys.path[:] = [place for place in sys.path if place not in (path, str(site))]
        _forget(before)

    return remove


PREAMBLE = """set -eu
pip() { local verb=$1; shift; local flags=""
  [ "$verb" = uninstall ] || flags="--no-deps --no-build-isolation --no-index"
  python -m pip "$verb" --quiet --disable-pip-version-check $flags "$@"; }
"""


@pytest.fixture
def environment(tmp_path):
    """environment(bash) -> its output: run in tmp_path, in an environment of its own in which this
    one's packages can be imported too. What `pip install` there needs is here: nothing is loaded
    from elsewhere, and nothing of it stays."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    here = str(metadata.distribution("numpy").locate_file(""))
    # a .pth file alone would add the folder, and not follow editable installs in it
    (site / "here.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    script = f"#!{home}/bin/python\nfrom zebroid.cli import main\nmain()\n"
    (home / "bin" / "zebroid").write_text(script)
    (home / "bin" / "zebroid").chmod(0o755)
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    clean["PATH"] = f"{home / 'bin'}{os.pathsep}{clean['PATH']}"

    def bash(text):
        found = subprocess.run(
            ["bash", "-c", PREAMBLE + text],
            cwd=tmp_path,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, f"{text}\n{found.stdout}{found.stderr}"
        return found.stdout

    return bash


def _forget(before):
    """Unloads what was imported of third parties since then."""
    for name in {*sys.modules} - before:
        if name.startswith("acme"):
            del sys.modules[name]


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """shared(name, make) -> what ``make(folder)`` leaves in a new folder, whose path below it it
    returns: made once for all workers. Not to be changed."""

    def folder(name, make):
        top = tmp_path_factory.getbasetemp()
        if "PYTEST_XDIST_WORKER" in os.environ:
            top = top.parent
        with (top / f"{name}.lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.seek(0)
            if not (place := lock.read()):
                (top / name).mkdir()
                place = str(make(top / name))
                lock.write(place)
        return Path(place)

    return folder


@pytest.fixture(scope="session")
def receipt_of():
    """receipt_of(patch, folder, *words) -> the folder of the receipt that a command makes there."""
    from zebroid import cli  # after the environment is set

    def made(patch, folder, *words):
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["zebroid", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
        (path,) = folder.glob("runs/*/receipt.json")
        return path.parent

    return made
