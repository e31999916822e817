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
        "rung": ("VARCHAR", "recall or an instrument"),
        "needed": ("INTEGER", "calls of the shortest trace of a right answer; -1: there is none"),
        "questions": ("BIGINT", "how many there are"),
        "right": ("BIGINT", "of these"),
        "none": ("BIGINT", "of these, answered by none"),
        "calls": ("BIGINT", "made in all"),
        "malformed": ("BIGINT", "of these, such that no tool was queried"),
        "flops": ("DOUBLE", "of the training"),
        "floor": ("DOUBLE", "of the whole instrument, the best score without the rule"),
    },
    (*round_tables.WHO, "plan", "lies", "rung", "needed"),
)
