"""The table ``tools``: answers with a tool in the loop, and without any."""

from __future__ import annotations

from .. import round_tables

TOOLS = round_tables.Shape(
    "tools",
    "answers to the questions of one instrument that need so many calls, with one tool",
    round_tables.WHO
    | {
        "branch": (
            "VARCHAR",
            "who answered the calls; alone: the model itself; without tools: it calls none",
        ),
        "plan": ("VARCHAR", "name of the plan of its training"),
        "lies": ("DOUBLE", "chance that a result is another constant"),
        "allowed": ("INTEGER", "looks at what no text describes that an answer may make"),
        "rung": ("VARCHAR", "recall, an instrument or unknowable"),
        "needed": ("INTEGER", "calls of the shortest trace of a right answer; -1: there is none"),
        "needed_looks": (
            "INTEGER",
            "looks of the shortest way to a right answer, for what is unknowable; -1: none helps",
        ),
        "questions": ("BIGINT", "how many there are"),
        "right": ("BIGINT", "of these"),
        "none": ("BIGINT", "of these, answered by none"),
        "calls": ("BIGINT", "made in all"),
        "malformed": ("BIGINT", "of these, such that no tool was queried"),
        "looks": ("BIGINT", "of these, such that looked at what no text describes"),
        "flops": ("DOUBLE", "of the training"),
        "floor": (
            "DOUBLE",
            "best score without the rule, of the whole instrument; of unknowable without a look",
        ),
    },
    (*round_tables.WHO, "plan", "lies", "allowed", "rung", "needed", "needed_looks"),
)
