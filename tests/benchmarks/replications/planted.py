"""A finding that holds of pretended trainings: chain deduces, direct reuses."""

PLANTED = """
[finding]
id = "planted"
title = "Chain concludes what direct does not"
source = "none"
published = "planted"
falsified = "no difference"
minutes = 0.1

[[cells]]
name = "chain"
recall = 0.8
world = "composition-v1/tiny"
mode = "chain"
model = "decoder-xs"
plan = "short"
questions = 40
seeds = { world = [0, 1, 2, 3] }

[[cells]]
name = "direct"
recall = 0.5
world = "composition-v1/tiny"
mode = "direct"
model = "decoder-xs"
plan = "short"
questions = 40
seeds = { world = [0, 1, 2, 3] }

[plans.short]
steps = 100
batch = 32
evaluations = 4

[quantities]
high = { cells = "chain", of = "constituent" }
low = { cells = "direct", of = "constituent" }
chain-recall = { cells = "chain", of = "recall" }
direct-recall = { cells = "direct", of = "recall" }

[[claims]]
more = "high"
less = "low"
published = 0.5

[[nulls]]
more = "chain-recall"
less = "direct-recall"
bound = 0.2
"""
