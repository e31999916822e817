"""Receipts that somebody made to harm or to deceive: refused in one line, within bounds."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zebroid.benchmarks import canonical, confined, parquet
from zebroid.benchmarks.cell import Cell
from zebroid.benchmarks.cite import citation
from zebroid.benchmarks.leaderboard import leaderboard
from zebroid.benchmarks.run import Corpora
from zebroid.benchmarks.verify import verify
from zebroid.registry import UserError

PREDICTIONS, CURVES = "predictions.parquet", "curves.parquet"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
QUICK = settings(deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])


@pytest.fixture(scope="module")
def kept():
    return {}


@pytest.fixture
def folder(kept, zebroid, suite, trained, tmp_path, tmp_path_factory):
    """The folder of a finished suite, which was run once; not to be changed."""
    if not kept:
        out = tmp_path_factory.mktemp("kept")
        zebroid("run", suite(), "--out", out)
        (kept["done"],) = out.glob("tiny-*")
    return kept["done"]


@pytest.fixture
def done(folder, tmp_path):
    """A copy to change."""
    return Path(shutil.copytree(folder, tmp_path / "done"))


@pytest.fixture
def drawn(monkeypatch):
    """Corpora are drawn once for all receipts of a test."""
    exams, exam = {}, Corpora.exam

    def once(self, cell):
        if cell.exam not in exams:
            exams[cell.exam] = exam(self, cell)
        return exams[cell.exam]

    monkeypatch.setattr(Corpora, "exam", once)


def read(folder):
    return json.loads((folder / "receipt.json").read_text())


def consistent(content):
    """Gives all cells, and the suite, the digests that their content has."""
    for cell in content["cells"]:
        cell["digest"] = Cell.of(cell["cell"]).digest
    content["suite"]["digest"] = canonical.digest([c["cell"] for c in content["cells"]])
    return content


def replaced(folder, name, sql):
    """Puts another table there, whose digest the receipt has."""
    path, draft = folder / name, folder / "draft"
    with duckdb.connect(config={"threads": 2}) as db:
        db.execute(f"CREATE VIEW old AS SELECT * FROM '{path}'")
        db.execute(f"COPY ({sql}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd)")
    draft.replace(path)
    content = read(folder)
    content["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "receipt.json").write_text(json.dumps(content))


def outcome(folder):
    """The checks that did not pass, or the line by which the receipt was refused."""
    try:
        found = list(verify(folder))
    except UserError as error:
        return str(error)
    return {f.check: f.found for f in found if not f.passed}


def row(content, kind="model", label="direct"):
    rows = content["panels"][0]["rows"]
    return next(r for r in rows if (r["kind"], r["label"]) == (kind, label))


def _twice(content):
    better = copy.deepcopy(row(content))
    better["rungs"]["instance"]["accuracy"]["mean"] = 1.0
    content["panels"][0]["rows"].append(better)


def _infinite(content):
    row(content)["rungs"]["instance"]["accuracy"] |= dict.fromkeys(("mean", "low", "high"), 9e999)


def _panel_twice(content):
    content["panels"].append(content["panels"][0])


def _cell_twice(content):
    content["cells"].append(content["cells"][0])


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (_twice, "model row 'direct' stands twice"),
        (_infinite, "a number is Infinity"),
        (_panel_twice, "panel 'composition-v1/tiny' stands twice"),
        (_cell_twice, "stands twice"),
        (lambda c: c["panels"][0]["profiles"].append(c["panels"][0]["profiles"][0]), "profile"),
        (lambda c: c.update(files={}), "files names no predictions.parquet"),
        (lambda c: c["files"].pop(CURVES), "files names no curves.parquet"),
    ],
)
def test_a_receipt_that_contradicts_itself_is_not_verified_and_on_no_board(
    zebroid, inside, done, edit, why
):
    content = read(done)
    edit(content)
    (done / "receipt.json").write_text(json.dumps(content))
    status, out, _ = zebroid("verify", done)
    assert status == 1 and why in out and out.splitlines()[-1].startswith("NOT verified")
    for command in ("leaderboard", "cite", "plot", "forecast"):
        status, out, err = zebroid(command, done)
        assert (status, out, err.count("\n")) == (2, "", 1) and why in err


def _name(name):
    return lambda c: c["files"].update({name: "0" * 64})


@pytest.mark.parametrize(
    "edit",
    [
        lambda c: c.update(versions={}),
        lambda c: c["versions"].update(zebroid="1}\n\\input{x}"),
        lambda c: c["suite"].update(id="a\x1b[2J\x1b]0;x\x07"),
        lambda c: c["panels"][0]["profiles"][0]["systematicity"].update(value="high"),
        lambda c: c.update(scaling=json.loads("[" * 500 + "]" * 500)),
        lambda c: c.update(cells=[]),
        lambda c: c["cells"][0].update(cell={}),
        lambda c: c["cells"][0].update(parameters=1.5),
        lambda c: c["cells"][0]["cell"]["exposure"].update(coverage="all"),
        lambda c: c["cells"][0]["cell"]["exposure"].update(wordings=10**9),
        lambda c: c["cells"][0]["cell"]["recipe"].update(steps=10**18),
        lambda c: c["cells"][0]["cell"]["recipe"].update(evaluations=10**9),
        lambda c: c["cells"][0]["cell"].update(questions=10**9),
        lambda c: c["cells"][0]["cell"].update(questions=True),
        lambda c: c["cells"][0]["cell"]["seeds"].update(world=-1),
        lambda c: c["cells"][0]["cell"].update(world=7),
        lambda c: c["panels"][0].update(name="\u202eeht"),
        lambda c: c["panels"][0]["holes"].append({"label": "direct"}),
        lambda c: c["times"].update(finished="soon"),
        lambda c: c.update(commit="\\x"),
        _name("../predictions.parquet"),
        _name("/etc/passwd"),
        _name(".."),
        _name("a/b"),
        _name(""),
    ],
)
def test_what_no_run_wrote_is_one_line_for_every_command(zebroid, inside, done, edit):
    content = read(done)
    edit(content)
    (done / "receipt.json").write_text(json.dumps(content))
    for command in ("verify", "leaderboard", "cite", "plot", "forecast"):
        status, out, err = zebroid(command, done)
        assert (status, out, err.count("\n")) == (2, "", 1), (command, out, err)
        assert not CONTROL.search(err)


def test_a_world_that_is_a_file_is_never_run(zebroid, inside, done, monkeypatch):
    monkeypatch.chdir(done)
    (done / "evil.py").write_text('import pathlib; pathlib.Path("EXECUTED").write_text("")\n')
    content = read(done)
    for cell in content["cells"]:
        cell["cell"]["world"] = "./evil.py"
    (done / "receipt.json").write_text(json.dumps(consistent(content)))
    for words in (("verify",), ("verify", "--allow-plugins")):
        status, out, _ = zebroid(*words, done)
        assert status == 1 and "a file that a receipt names is not run" in out
        assert "NOT verified" in out
    for command in ("leaderboard", "cite", "plot", "forecast"):
        zebroid(command, done)
    assert not (done / "EXECUTED").exists()


def test_a_plugin_is_loaded_only_where_it_is_allowed_and_named_first(zebroid, inside, done, acme):
    content = read(done)
    for cell in content["cells"]:
        cell["cell"]["world"] = "acme.harbour-v1"
    (done / "receipt.json").write_text(json.dumps(consistent(content)))
    for command in ("leaderboard", "cite", "plot", "forecast", "verify"):
        _, out, _ = zebroid(command, done)
        assert "acme_plugin" not in sys.modules, command
    assert "of the plugin acme-plugin 1.2.3, which was not loaded; --allow-plugins loads it" in out
    assert out.splitlines()[-1].startswith("NOT verified")
    status, out, _ = zebroid("verify", "--allow-plugins", done)
    first = "loading world acme.harbour-v1 = 'acme_plugin.harbour' of the plugin acme-plugin 1.2.3"
    assert out.splitlines()[0] == first
    assert status == 1 and "acme_plugin" in sys.modules  # its corpora are others


@pytest.mark.parametrize(
    ("name", "sql", "why"),
    [
        (PREDICTIONS, "SELECT 1 AS cell FROM range(2_000_000)", "2,000,000 rows"),
        (PREDICTIONS, "SELECT * EXCLUDE (answer) FROM old", "no column answer"),
        (PREDICTIONS, "SELECT * REPLACE (1 AS answer) FROM old", "column answer is of INTEGER"),
        (PREDICTIONS, "SELECT * REPLACE (NULL::VARCHAR AS answer) FROM old", "rows have no answer"),
        (PREDICTIONS, "SELECT * REPLACE ('zebra' AS answer) FROM old", "no answer to be had"),
        (PREDICTIONS, "SELECT *, {'a': 1} AS more FROM old", "column more is of STRUCT"),
        (PREDICTIONS, "SELECT * REPLACE (repeat('a', 1_000_000) AS mode) FROM old", "texts of"),
        (
            PREDICTIONS,
            "SELECT * REPLACE (list_resize(right_answers, 1_000, 'a') AS right_answers) FROM old",
            "values in a column",
        ),
        (
            PREDICTIONS,
            "SELECT * FROM old UNION ALL SELECT * REPLACE ('0' AS cell) FROM old",
            "cell",
        ),
        (CURVES, "SELECT * FROM old UNION ALL SELECT * FROM old", "stands twice"),
        (CURVES, "SELECT * REPLACE ('nan'::DOUBLE AS accuracy) FROM old", "is no share"),
        (CURVES, "SELECT * REPLACE ('inf'::DOUBLE AS accuracy) FROM old", "is no share"),
        (CURVES, "SELECT * FROM old WHERE \"group\" <> 'instance'", "no curves of it"),
    ],
)
def test_a_table_that_no_run_wrote_is_not_verified(done, drawn, name, sql, why):
    replaced(done, name, sql)
    found = outcome(done)
    assert isinstance(found, dict) and any(why in line for line in found.values()), found


def test_a_row_that_no_answers_give_is_not_verified(done, drawn):
    content = read(done)
    content["panels"][0]["rows"].append(row(content) | {"label": "better"})
    (done / "receipt.json").write_text(json.dumps(content))
    found = outcome(done)
    assert isinstance(found, dict) and "that no answers give" in found["scores"]


def test_a_file_beside_it_that_is_none_is_refused_without_waiting(done):
    (done / CURVES).unlink()
    os.mkfifo(done / CURVES)
    assert "pipe or device" in outcome(done)["files"]
    (done / CURVES).unlink()
    (done / CURVES).symlink_to("/etc/passwd")
    assert "symbolic link" in outcome(done)["files"]


def test_one_bad_receipt_is_named_below_the_board_of_the_others(zebroid, done, folder):
    content = read(done)
    content["versions"] = {"zebroid": "<b>\x1b[31m"}
    (done / "receipt.json").write_text(json.dumps(content))
    (done / "folder").mkdir()
    status, out, err = zebroid("leaderboard", done, folder, done / "folder", done / "none.json")
    assert status == 1 and not err and not CONTROL.search(out.replace("\n", ""))
    table, _, below = out.partition("Refused, and in no table:")
    assert "decoder-xs, direct (short)" in table
    assert sum(line.startswith("- ") for line in below.splitlines()) == 3


def test_a_name_is_no_markup_of_a_board_or_a_citation(zebroid, done):
    content = read(done)
    for cell in content["cells"]:
        cell["cell"]["plan"] = "a|b [x](y) <i>"
    content["versions"]["evil"] = "1}} @misc{x, source 0"
    (done / "receipt.json").write_text(json.dumps(consistent(content)))
    status, out, _ = zebroid("leaderboard", done)
    assert status == 0 and r"(a\|b \[x\](y) \<i\>)" in out
    assert zebroid("cite", done)[1].partition("note = ")[2].count("}") == 2


def test_many_panels_take_no_longer_than_many_lines(folder, tmp_path):
    content = read(folder)
    first = content["cells"][0]
    content["cells"] = []
    for number in range(2_000):
        cell = copy.deepcopy(first)
        cell["cell"]["exposure"]["coverage"] = (number + 1) / 4_000
        cell["digest"] = f"{number:064x}"
        content["cells"].append(cell)
    (tmp_path / "receipt.json").write_text(json.dumps(content))
    begin = time.perf_counter()
    with pytest.raises(UserError):
        leaderboard([tmp_path])
    assert time.perf_counter() - begin < 20


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["", "composition-v1", "./x.py", "direct", "small", "\x1b[2J", 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


def mutated(content, chance, value):
    """One place of a receipt changed: replaced, removed, doubled, or given another key."""
    place, key = content, None
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            key = None
            break
        key = chance.choice(list(keys))
        if not isinstance(place[key], (dict, list)) or chance.random() < 0.15:
            break
        place = place[key]
    kind = chance.randrange(4)
    if kind == 0 and key is not None:
        del place[key]
    elif kind == 1 and isinstance(place, list) and key is not None:
        place.append(copy.deepcopy(place[key]))
    elif kind == 2 and isinstance(place, dict):
        place[f"{key}?"] = value
    elif key is not None:
        place[key] = value
    return content


def survive(folder, content, full):
    """All that reads a receipt, of changed content: a result, or one line."""
    (folder / "receipt.json").write_text(json.dumps(content))
    refused = []
    for look in (citation, lambda path: leaderboard([path])):
        try:
            look(folder)
        except UserError as error:
            refused.append(error)
    if full:
        outcome(folder)
    return len(refused)


@settings(QUICK, max_examples=300)
@given(seed=st.integers(0, 2**32), value=VALUES)
def test_no_change_of_a_receipt_ends_in_a_traceback(done, folder, seed, value):
    survive(done, mutated(read(folder), random.Random(seed), value), full=False)


@settings(QUICK, max_examples=40)
@given(seed=st.integers(0, 2**32), value=VALUES)
def test_no_change_of_a_receipt_ends_verify_in_a_traceback(done, folder, drawn, seed, value):
    survive(done, mutated(read(folder), random.Random(seed), value), full=True)


@pytest.mark.slow
@settings(QUICK, max_examples=1_500)
@given(seed=st.integers(0, 2**32), value=VALUES)
def test_many_changes_of_a_receipt_end_in_no_traceback(done, folder, drawn, seed, value):
    survive(done, mutated(read(folder), random.Random(seed), value), full=True)


def spoilt(data, chance):
    """A file with some bytes changed, removed or added, most often where its metadata are."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        least = chance.choice((0, max(0, len(data) - 3_000)))
        at = chance.randrange(least, len(data))
        kind = chance.randrange(10)
        if kind < 8:
            data[at] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
        elif kind == 8:
            del data[at : at + chance.randrange(1, 40)]
        else:
            data[at:at] = chance.randbytes(chance.randrange(1, 20))
    return bytes(data)


def survive_bytes(folder, seed):
    chance = random.Random(seed)
    name = chance.choice((PREDICTIONS, CURVES))
    kinds = {PREDICTIONS: parquet.PREDICTIONS, CURVES: parquet.CURVES}[name]
    try:
        table = parquet.columns(spoilt((folder / name).read_bytes(), chance), name, kinds, 10_000)
    except UserError as error:
        assert "\n" not in str(error)
        return
    parquet.by_cell(table)


@settings(QUICK, max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_no_change_of_the_bytes_of_a_table_ends_in_a_traceback(folder, seed):
    survive_bytes(folder, seed)


@pytest.mark.slow
@settings(QUICK, max_examples=5_000)
@given(seed=st.integers(0, 2**32))
def test_many_changes_of_the_bytes_of_a_table_end_in_no_traceback(folder, seed):
    survive_bytes(folder, seed)


# in a process of its own


def test_an_honest_receipt_is_verified_in_a_process_of_its_own(zebroid, folder):
    status, out, err = zebroid("verify", folder)
    assert (status, err) == (0, ""), out
    assert out.splitlines()[-1].startswith("verified by zebroid 0")


MEASURED = """
import resource, sys
from zebroid.benchmarks import cli
sys.argv = ["zebroid", "verify", sys.argv[1]]
try:
    cli.main()
except SystemExit as left:
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of the process that reads it
    print("peak", used // 1024, int(left.code))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units")
def test_some_bytes_that_unfold_to_many_rows_take_little_memory(done):
    replaced(done, PREDICTIONS, "SELECT 'a' AS cell, 'b' AS answer FROM range(30_000_000)")
    assert (done / PREDICTIONS).stat().st_size < 100_000
    words = [sys.executable, "-c", MEASURED, str(done)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert not ended.stderr and "30,000,000 rows" in ended.stdout
    peak, status = map(int, ended.stdout.split("peak ")[1].split())
    assert status == 1 and peak < 400


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import time; print('{\"ready\": 1}', flush=True); time.sleep(60)", "not done within 1 s"),
        ("import os; os.kill(os.getpid(), 11)", "ended by SIGSEGV"),
        ("raise SystemExit(3)", "left with status 3"),
        ("print('no message')", "left with status 0"),
        ("print('9' * 10**6, flush=True)", "status 0"),
        (
            "import time; print('{\"ready\": 1}', flush=True); a = b'a' * 10**9; time.sleep(60)",
            "memory",
        ),
    ],
)
def test_a_check_that_takes_its_process_down_is_one_that_did_not_pass(
    monkeypatch, tmp_path, script, why
):
    monkeypatch.setattr(confined, "command", lambda path, allowed: [sys.executable, "-c", script])
    monkeypatch.setattr(confined, "MEMORY", 2 * 10**8)
    begin = time.perf_counter()
    (found,) = confined.findings(tmp_path, lambda what: None, None, 1.0)
    assert found.passed is False and why in found.found
    assert time.perf_counter() - begin < 30
