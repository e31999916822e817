"""Checks of any subject: run in the order of what they require, and reported alike."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from zebroid.benchmarks.conformance.framework import Check, Moot, Refused, Report, Rows, run
from zebroid.benchmarks.conformance.models.model_checks import ALL
from zebroid.benchmarks.conformance.worlds.world_checks import CHECKS
from zebroid.errors import UserError


class Source:
    """Of this module: what its code raises is mended here."""

    def divide(self, number):
        return str(1 / number)


def keep(number):
    return f"found {number}"


def refuse(number):
    raise Refused(f"{number} is odd", "double it")


def pass_over(number):
    raise Moot("nothing to hold it against")


def mistake(number):
    raise UserError(f"{number} is no name; give one")


def mistake_without_a_cure(number):
    raise UserError("no name")


def crash(number):
    return Source().divide(number - number)


FORM = (Check("kept", "a number is found", keep), Check("moot", "it is held", pass_over))
CHAIN = (
    Check("first", "it is even", refuse),
    Check("second", "rests on it", keep, ("first",)),
    Check("third", "rests on that", keep, ("second",)),
    Check("apart", "rests on nothing", keep),
)


def outcomes(*checks, **how):
    return [*run(checks, 3, Source(), **how)]


def printed(report):
    file = io.StringIO()
    report.print(Console(file=file, width=100, no_color=True))
    return file.getvalue()


def test_a_kept_and_a_moot_promise_both_pass_and_say_what_was_found():
    kept, moot = outcomes(*FORM)
    assert (kept.result, kept.passed, kept.found, kept.cure) == ("passed", True, "found 3", "")
    assert (moot.result, moot.passed, moot.cure) == ("moot", True, "")
    assert moot.found == "nothing to hold it against" and kept.seconds >= 0


@pytest.mark.parametrize(
    ("function", "found", "cure"),
    [
        (refuse, "3 is odd", "double it"),
        (mistake, "3 is no name", "give one"),
        (mistake_without_a_cure, "no name", "no name"),
    ],
)
def test_a_broken_promise_is_refused_with_its_cure(function, found, cure):
    (outcome,) = outcomes(Check("odd", "it is even", function))
    assert (outcome.result, outcome.passed) == ("refused", False)
    assert (outcome.found, outcome.cure) == (found, cure)


def test_an_exception_names_the_last_line_of_the_source_that_led_to_it():
    (outcome,) = outcomes(Check("crash", "it divides", crash))
    assert outcome.result == "refused" and outcome.found == "ZeroDivisionError: division by zero"
    assert outcome.cure.startswith(f"mend {__file__}:")
    assert outcome.cure.endswith(", return str(1 / number)")


def test_an_exception_in_no_code_of_the_source_is_to_be_reported():
    (outcome,) = run([Check("crash", "it divides", crash)], 3, json.JSONDecoder())
    assert outcome.cure.startswith("report it") and ".py" not in outcome.cure


def test_what_requires_a_failed_check_is_not_reached_nor_what_requires_that():
    first, second, third, apart = outcomes(*CHAIN)
    assert [o.result for o in (first, second, third)] == ["refused", "not reached", "not reached"]
    assert second.passed is None and second.found == "not looked at, since first failed"
    assert third.found == "not looked at, since second failed" and apart.passed


def test_what_failed_before_counts_as_failed():
    (outcome,) = outcomes(Check("second", "rests on it", keep, ("first",)), failed=("first",))
    assert outcome.result == "not reached"


def test_the_next_check_is_named_with_its_size_before_it_runs():
    named = []
    outcomes(*FORM, watch=named.append)
    outcomes(*FORM, size="tiny", watch=named.append)
    assert named == ["kept", "moot", "tiny: kept", "tiny: moot"]


@pytest.mark.parametrize("checks", [CHECKS, ALL], ids=["worlds", "models"])
def test_ids_are_unique_and_every_requirement_stands_before_its_check(checks):
    ids = [check.id for check in checks]
    assert len({*ids}) == len(ids)
    for place, check in enumerate(checks):
        assert {*check.requirements} <= {*ids[:place]}
        assert check.scope in ("whole", "least", "size") and check.promise


def test_a_report_of_kept_promises_says_so_and_exits_with_0():
    report = Report("model", "mine", (), tuple(outcomes(*FORM)))
    text = printed(report)
    assert report.passed and report.exit_code == 0
    assert "mine keeps all 2 promises." in text and "cure" not in text


def test_a_report_of_a_broken_promise_names_the_cure_and_exits_with_1():
    report = Report("world", "mine-v1", ("tiny",), tuple(outcomes(*CHAIN, size="tiny")))
    text = printed(report)
    assert not report.passed and report.exit_code == 1
    assert "mine-v1 at size tiny" in text
    assert "first, size tiny: 3 is odd.\n  promised: it is even\n  cure: double it" in text
    assert "2 more" in text and "not looked at, since first failed: second, third" in text
    assert text.endswith("mine-v1 breaks 1 of 4 promises, 2 not looked at.\n")


def test_json_has_sizes_of_a_world_and_none_of_a_model():
    world = Report("world", "mine-v1", ("tiny",), tuple(outcomes(*CHAIN, size="tiny")))
    model = Report("model", "mine", (), tuple(outcomes(*FORM)))
    found = json.loads(world.json())
    assert (found["world"], found["sizes"], found["passed"]) == ("mine-v1", ["tiny"], False)
    assert [c["passed"] for c in found["checks"]] == [False, None, None, True]
    assert found["checks"][0]["size"] == "tiny" and found["checks"][0]["result"] == "refused"
    found = json.loads(model.json())
    assert found["model"] == "mine" and found["passed"] and "sizes" not in found
    assert [c["name"] for c in found["checks"]] == ["kept", "moot"]
    assert all("size" not in check for check in found["checks"])


def test_a_row_is_written_out_as_soon_as_it_is_ready_to_a_file_too(tmp_path):
    """Nobody waits for the last check to see the first."""
    path = tmp_path / "rows.txt"
    with path.open("w") as file:
        rows = Rows(Console(file=file, width=100), "mine")
        for outcome in outcomes(*FORM):
            rows(outcome)
            assert outcome.found in path.read_text()


@pytest.mark.parametrize("found", ["3 is odd", "no rule `p :- q.`.", "did you mean 'one'?"])
def test_what_was_found_ends_in_one_full_stop(found):
    def odd(number):
        raise Refused(found, "double it")

    text = printed(Report("model", "mine", (), tuple(outcomes(Check("odd", "it is even", odd)))))
    ends = found if found[-1] in ".?" else f"{found}."
    assert f"odd: {ends}\n  promised" in text
