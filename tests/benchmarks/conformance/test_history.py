"""What outlives a draw, or comes from where and when it is made, is refused by the check for it."""

import os
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from zebroid import registry
from zebroid.benchmarks.conformance.framework import Refused
from zebroid.benchmarks.conformance.worlds import history
from zebroid.benchmarks.conformance.worlds.circumstances import Watched
from zebroid.benchmarks.conformance.worlds.subprocesses import DRAWN as SEEDS
from zebroid.benchmarks.conformance.worlds.subprocesses import Elsewhere, digests_of
from zebroid.benchmarks.conformance.worlds.world_checks import DRAWN, ELSEWHERE, run

CHECKS = (*DRAWN, *(check for check in ELSEWHERE if check.id == "history"))

# `free` is drawn anew from every stream; what is wrong, or only looks so, is in `kept`
WORLD = """
import datetime, functools, getpass, os, pathlib, platform, socket, sqlite3, tempfile, time
import numpy as np
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.world import World

CACHE = {{}}
RNG = np.random.RandomState(0)
HOME = {home!r}

class Kept(World):
    id = "kept-v1"
    rules = "both(X,Z) :- free(X,Y), kept(Y,Z)."
    sizes = {{"tiny": {{"n": 8}}, "small": {{"n": {small}}}}}
    store = {{}}

    def sample(self, rng, n):
        free, drawn = rng.permutation(n), rng.permutation(n)
        kept = self.made(rng, n, drawn)
        a = np.arange(n)
        return Facts.of(
            {{"one": n}},
            free=("one one", np.stack([a, free], 1)),
            kept=("one one", np.stack([a, np.asarray(kept)], 1)),
        )

    def made(self, rng, n, drawn):
        {body}

    @functools.lru_cache
    def seeded(self, n, seed):
        return np.random.RandomState(seed).permutation(n)

@functools.lru_cache
def held(n):
    return []

def on_disk(path, drawn):
    path = pathlib.Path(path)
    if not path.exists():
        np.save(path, drawn)
    return np.load(path)
"""


def found(world_file, body, small=12, home=""):
    """Of a world whose rows of `kept` are ``body``: what is refused, by name of the check."""
    path = world_file(WORLD.format(body=body, small=small, home=home))
    with Elsewhere(path, ("tiny", "small"), corpora=()) as elsewhere:
        outcomes = run(CHECKS, registry.make(path), ("tiny", "small"), elsewhere)
        return {(o.name, o.size): o for o in outcomes if o.passed is False}


def cases(of, quick, seldom=()):
    """All of them, those that take other ways to the same end only among the slow or long tests."""
    return [
        pytest.param(
            *([case] if isinstance(case, str) else case),
            id=name,
            marks=[] if name in quick else pytest.mark.long if name in seldom else pytest.mark.slow,
        )
        for name, case in of.items()
    ]


def refusal(world_file, body, **how):
    """What the check of the history says, where it alone refuses; at both sizes, or at the second
    where only that is wrong."""
    refused = found(world_file, body, **how)
    assert refused and {name for name, _ in refused} == {"history"}, refused
    outcome = next(iter(refused.values()))
    assert outcome.cure and "\n" not in outcome.found
    return outcome.found


AFTER = "seed 1 drawn after seed 0 differs from seed 1 drawn first: the facts of kept"
ORDER = {
    "a module's dict, by size": "return CACHE.setdefault(n, drawn)",
    "a class's dict, by size": "return type(self).store.setdefault(n, drawn)",
    "a class's attribute": (
        "type(self).last = getattr(type(self), 'last', {}) or {'drawn': drawn}; "
        "return self.last['drawn'][drawn.argsort()].argsort() if len(drawn) == 8 else drawn"
    ),
    "lru_cache": "held(n) or held(n).append(drawn); return held(n)[0]",
    "a file in the working folder": "return on_disk(f'kept-{n}.npy', drawn)",
    "a file in the temporary folder": (
        "return on_disk(f'{tempfile.gettempdir()}/kept-{n}.npy', drawn)"
    ),
    "the environment": (
        "return np.array(os.environ.setdefault(f'KEPT{n}', ' '.join(map(str, drawn))).split(), int)"
    ),
}


@pytest.mark.parametrize(
    "body", cases(ORDER, ("a file in the working folder",), ("a module's dict, by size",))
)
def test_what_is_kept_by_less_than_it_hangs_on_is_refused(body, world_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    for name in ("KEPT8", "KEPT12"):
        monkeypatch.delenv(name, raising=False)
    message = refusal(world_file, body)
    assert message == AFTER


@pytest.mark.long
def test_what_is_kept_by_seed_and_not_by_size_is_refused(world_file):
    """Drawn by equal arguments, the sizes differ by their streams alone."""
    body = "return CACHE.setdefault(('seed', len(CACHE) // 99), drawn)"
    assert "differs from seed" in refusal(world_file, body, small=8)


@pytest.mark.parametrize(
    ("check", "body"),
    [
        ("repeatable", "return RNG.permutation(n)"),
        ("access", "self.drawn = getattr(self, 'drawn', 0) + 1; return np.roll(drawn, self.drawn)"),
    ],
)
def test_what_changes_from_draw_to_draw_is_refused_in_this_process(check, body, world_file):
    assert {name for name, _ in found(world_file, body)} == {check}


CIRCUMSTANCES = {
    "date.today": ("datetime.date.today().toordinal()", "on another day"),
    "datetime.now": ("datetime.datetime.now().year", "on another day"),
    "time.time": ("int(time.time() // 86400)", "on another day"),
    "localtime": ("time.localtime().tm_yday", "on another day"),
    "strftime": ("int(time.strftime('%d%m%Y'))", "on another day"),
    "gethostname": ("sum(socket.gethostname().encode())", "on another host"),
    "node": ("sum(platform.node().encode())", "on another host"),
    "user": ("sum(os.environ.get('USER', '').encode())", "on another host"),
    "hash": ("hash('zebra')", "with another PYTHONHASHSEED"),
    "process": ("os.getpid()", "differs"),
}


@pytest.mark.parametrize(
    ("number", "message"), cases(CIRCUMSTANCES, ("gethostname",), ("date.today",))
)
def test_what_comes_from_the_process_its_day_or_its_host_is_refused(number, message, world_file):
    """Spread over all permutations, so that no two numbers give the same by chance."""
    body = f"return drawn[np.random.RandomState(({number}) % 2**32).permutation(n)]"
    assert message in refusal(world_file, body)


@pytest.mark.long
def test_a_file_named_from_the_working_folder_is_refused(world_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shift.txt").write_text("3")
    body = "return np.roll(drawn, int(pathlib.Path('shift.txt').read_text()))"
    message = refusal(world_file, body)
    assert message.startswith("in another working folder seed 1: FileNotFoundError")


def test_a_file_that_all_processes_share_is_refused(world_file, tmp_path_factory):
    """The first of them writes it, and from then on they agree."""
    home = str(tmp_path_factory.mktemp("home"))
    body = "return on_disk(f'{HOME}/kept-{n}.npy', drawn)"
    first, again = (found(world_file, body, home=home) for _ in range(2))  # then it is there
    assert {name for name, _ in (*first, *again)} == {"history"}
    assert all("which other draws may have written" in o.found for o in again.values())


def test_a_file_that_is_no_part_of_the_world_is_heard(tmp_path):
    """Unchanged since long ago, in no folder of the world, of Python or of the system."""
    for name in ("theirs/data.txt", "beside/data.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("3")
    watched = Watched([], [str(tmp_path / "beside")], [], time.time() + 60)
    with watched.watch():
        for name in ("theirs/data.txt", "beside/data.txt"):
            (tmp_path / name).read_text()
        Path(os.__file__).read_text()
    assert watched.foreign == [str((tmp_path / "theirs" / "data.txt").resolve())]
    assert watched.shared == []


def test_a_world_that_reads_such_a_file_is_refused():
    drawn = {"digests": {}, "error": "", "shared": [], "foreign": ["/data/edges.csv"]}
    draws = {f"tiny:{seed}": drawn for seed in SEEDS}
    elsewhere = SimpleNamespace(drawn=lambda: [draws, draws])
    facts = SimpleNamespace(constants=(), sorts={}, rows={})
    drawn["digests"] = digests_of(facts)  # pyright: ignore
    world = SimpleNamespace(facts=lambda size, seed: facts)
    subject = SimpleNamespace(elsewhere=elsewhere, fresh=lambda: world, size="tiny")
    with pytest.raises(Refused, match=r"reads /data/edges\.csv, which is no part of the world"):
        history.history(subject)  # pyright: ignore


HONEST = """
        seed = int(rng.randint(2**31))  # by all that it hangs on
        cached = self.seeded(n, seed)
        known = CACHE.setdefault((n, seed), np.random.RandomState(seed).permutation(n))
        filed = on_disk(f"{tempfile.gettempdir()}/kept-{n}-{seed}.npy", drawn)
        shift = int(pathlib.Path(__file__).with_name("shift.txt").read_text())  # data of its own
        table = CACHE.setdefault(n, np.arange(n)[::-1])  # the same whenever it is made
        began = time.time(), datetime.datetime.now(), socket.gethostname()  # and not used
        return np.roll(filed[table[known[cached]]], shift)
"""


def test_what_is_kept_honestly_passes(world_file, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "shift.txt").write_text("3")
    os.utime(tmp_path / "shift.txt", (0, 0))  # not written while it is checked
    assert found(world_file, HONEST.strip()) == {}
