"""Words of a command at random: it does it, or says in one line why not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ..fuzzing import fuzz

# commands that are given a name and, with a name of nothing, do nothing
COMMANDS = ("check", "check-model", "show", "forecast", "verify", "cite", "board", "plot")
WORD = st.text(st.characters(exclude_characters="/\\"), min_size=1, max_size=12)
WORDS = st.lists(
    WORD.map("?{}".format)  # the name of nothing, and no option
    | st.sampled_from(["--size", "--json", "--rung", "--help", "tiny", "-1", "--", "--out"]),
    max_size=4,
)


@fuzz(60)
@given(st.sampled_from(COMMANDS), WORDS)
def test_no_words_end_in_a_traceback(zebroid, command, words):
    status, out, err = zebroid(command, *words)
    assert status in (0, 1, 2) and "Traceback" not in out + err
    if status == 0:
        assert "--help" in words and "Usage" in out
    else:
        assert err
