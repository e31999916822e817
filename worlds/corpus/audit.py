"""audit(corpus): every promise of the corpus, checked on every build."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from ...errors import InvalidWorld
from ..datalog.facts import Bools
from ..datalog.isomorphism import theories_up_to_renaming
from ..datalog.row_keys import group, pack
from ..novelty.derivations import Pattern
from ..novelty.proof_contents import tainted
from ..novelty.questions import find_prompts, prompts_of
from ..novelty.rungs import CONTROLS, LADDER, RUNGS
from .corpus import CONCLUSION, FACT, NONTHEOREM, SENTENCE, Corpus
from .examples import false_sentences, stated_of_undescribed


class AuditError(InvalidWorld):
    """A corpus breaks a promise: which, with an instance, and what would mend it."""


class TooLittle(AuditError):
    """The exposure leaves too little to exemplify what it gives as exemplified."""


def audit(corpus: Corpus) -> None:
    """Raise AuditError for the first promise that this corpus breaks."""
    _nothing_false(corpus)
    _given_in_full(corpus)
    _patterns_as_given(corpus)
    _stated_as_given(corpus)
    _as_written(corpus)
    _withheld(corpus)
    _unanswered(corpus)
    _stated_equally_often(corpus)
    _episodes(corpus)
    _certified(corpus)
    _controls(corpus)


def _nothing_false(corpus: Corpus) -> None:
    """Nothing entailed by the corpus is false in the world."""
    truth, gold = corpus.split.truth, corpus.closure
    if truth is gold:
        return
    for predicate in gold.predicates:
        rows = gold.rows(predicate)
        false = truth.find(predicate, rows) < 0
        if false.any():
            fact = [gold.base.constants[a] for a in rows[false][0]]
            raise AuditError(
                f"{corpus.world.id}: the corpus entails {predicate}({', '.join(fact)}), which is "
                "false in the world; state what stands under negation in full"
            )


def _given_in_full(corpus: Corpus) -> None:
    """Predicates under negation, and all that they depend on, are given in full."""
    truth, gold = corpus.split.truth, corpus.closure
    for predicate in sorted(truth.program.negated):
        missing = len(truth.rows(predicate)) - len(gold.rows(predicate))
        if missing:
            raise AuditError(
                f"{corpus.world.id}: {missing} facts of {predicate}, which stands under negation, "
                "do not follow from the corpus; state it and all that it depends on in full"
            )


def _patterns_as_given(corpus: Corpus) -> None:
    """Exemplified exactly where the exposure says so."""
    given = corpus.split.gold.patterns, corpus.split.presentation, corpus.read.exemplified
    missing: list[tuple[int, str]] = []
    for number, (pattern, presentation, demonstrated) in enumerate(zip(*given)):
        if demonstrated == (presentation in ("exemplified", "both")):
            continue
        if demonstrated:
            raise AuditError(
                f"{corpus.world.id}: the pattern {_named(corpus, pattern)} is given as "
                f"{presentation!r} but is exemplified; no demonstrated conclusion may use it: "
                "withhold the conclusions that do"
            )
        missing.append((number, presentation))
    if missing:
        raise TooLittle(f"{corpus.world.id}: {_too_little(corpus, missing)}")


def _named(corpus: Corpus, pattern: Pattern) -> str:
    axioms = " with " + ", ".join(" ".join(a) for a in pattern[1]) if pattern[1] else ""
    return f"{corpus.closure.program.rules[pattern[0]].text}{axioms}"


def _too_little(corpus: Corpus, missing: list[tuple[int, str]]) -> str:
    """Every pattern that lacks an example, those of one rule and cause together; what to set."""
    gold, patterns = corpus.split.gold, corpus.split.gold.patterns
    silent = corpus.split.silent[gold.pattern]  # which nothing demonstrated may use
    barred = functools.cache(lambda height: tainted(gold, silent | (gold.top > height)))
    alike: dict[tuple[int, str, str, str], list[int]] = {}
    for number, presentation in missing:
        why, cure = _unexemplified(corpus, number, barred)
        alike.setdefault((patterns[number][0], presentation, why, cure), []).append(number)
    parts, cures = [], dict[str, None]()
    for (_, presentation, why, cure), numbers in alike.items():
        more = f" (and {len(numbers) - 1:,} more of this rule)" if len(numbers) > 1 else ""
        name = _named(corpus, patterns[numbers[0]])
        parts.append(f"{name}{more} is given as {presentation!r} but is not exemplified: {why}")
        cures[cure] = None
    every = f"of {len(patterns):,} patterns {len(missing):,} lack an example: "
    first = every if len(missing) > 1 else "the pattern "
    return f"{first}{' | '.join(parts)}; {', '.join(cures)}"


def _unexemplified(
    corpus: Corpus, pattern: int, barred: Callable[[float], Bools]
) -> tuple[str, str]:
    """(why nothing demonstrated uses the pattern, what to set)."""
    split, gold, e, c = corpus.split, corpus.split.gold, corpus.exposure, corpus.closure
    heads = np.unique(c.head[gold.counts & (gold.pattern == pattern)])
    if not len(heads):
        return "it derives nothing that does not need itself", "sample facts that it applies to"
    predicates = sorted({c.predicates[p] for p in c.predicate[heads]})
    heads = heads[corpus.world.queried_predicates(c)[c.predicate[heads]]]
    if not len(heads):
        why = f"{predicates[0]} is never queried, and nothing that rests on it is demonstrated"
        place = f"give queries[{predicates[0]!r}] a place or "
        return why, f"{place if c.arity[predicates[0]] else ''}demonstrate what rests on it"
    if split.query_episodes is not None:
        heads = heads[~np.isin(c.arguments[heads, 0], split.query_episodes)]
        if not len(heads):
            return "it is used in queried episodes alone", "set exposure.held lower"
    heads = heads[~c.is_base[heads]]  # others are read off without being demonstrated
    if not (e.demonstrated or e.phi):
        return "nothing is demonstrated", "set exposure.demonstrated above 0"
    if barred(np.inf)[heads].all():
        return (
            "all that it derives can also be derived by a pattern that must not be exemplified",
            "set exposure.given to fewer 'stated' and 'neither'",
        )
    for height in np.unique(gold.top[gold.top > e.demonstrated_height]).tolist():
        if not barred(height)[heads].all():
            return (
                f"what it derives has derivations of up to {height} steps, and "
                f"exposure.demonstrated_height is {e.demonstrated_height}",
                f"set exposure.demonstrated_height = {height}",
            )
    return (
        "all that it derives rests on what is held back",
        "set exposure.held, held_frames or far lower, or exposure.demonstrated higher",
    )


def _stated_as_given(corpus: Corpus) -> None:
    """A pattern stands as a sentence exactly where the exposure says so."""
    split, c = corpus.split, corpus.closure
    examples = corpus.examples
    stated = {
        (c.predicates[c.predicate[f]], *(c.base.constants[a] for a in c.arguments[f] if a >= 0))
        for f in examples.fact[examples.kind == SENTENCE].tolist()
    }
    stated_rules = {
        a for p, yes in zip(split.gold.patterns, split.stated_rules) if yes for a in p[1]
    }
    for fact in sorted(stated ^ stated_rules):
        raise AuditError(
            f"{corpus.world.id}: the rule {' '.join(fact)} is {'' if fact in stated else 'not '}"
            "stated, against its exposure; report it: zebroid is at fault"
        )
    plain = sum(bool(yes) and not p[1] for p, yes in zip(split.gold.patterns, split.stated_rules))
    if plain != len(corpus.sentences):
        raise AuditError(
            f"{corpus.world.id}: {len(corpus.sentences)} rules stand as sentences, {plain} are to "
            "be stated; report it: zebroid is at fault"
        )


def _as_written(corpus: Corpus) -> None:
    """Sentences are true, or in a twin permuted; of what is undescribed nothing is stated."""
    if problem := false_sentences(corpus) or stated_of_undescribed(corpus):
        raise AuditError(f"{corpus.world.id}: {problem}; report it: zebroid is at fault")


def _unanswered(corpus: Corpus) -> None:
    """No example gives away the answer to a question that is not recall."""
    new = np.flatnonzero(corpus.certificate.rung > RUNGS.index("recall"))
    row, _, at = corpus.entries(new)
    answered = np.stack([*(column[new[row]] for column in corpus.prompt.T), corpus.values[at]]).T
    examples = corpus.examples
    telling = examples.kind != NONTHEOREM
    if corpus.exposure.twin == "random labels":
        telling &= examples.kind != CONCLUSION  # which is given away only by chance
    given = np.stack([*examples.prompt[telling].T, examples.answer[telling]]).T
    leaked = find_prompts(answered, given) >= 0
    if leaked.any():
        raise AuditError(
            f"{corpus.world.id}: the example {given[leaked][0].tolist()} answers a question "
            "that is not recall; state it nowhere or tag it so"
        )


def _withheld(corpus: Corpus) -> None:
    """No held fact is used, no held frame demonstrated, nothing demonstrated is too high."""
    split, read = corpus.split, corpus.read
    proves = split.gold.counts & corpus.demonstrated[corpus.closure.head]
    held = np.append(split.held, False)[split.gold.open] & (split.gold.open >= 0)
    broken = {
        "a held fact stands in a derivation of a demonstrated conclusion": (
            held[read.derivations].any()
        ),
        "a held frame is demonstrated": (split.held_frames & read.frames).any(),
        "a demonstrated conclusion is higher than exposure.demonstrated_height": (
            split.handed is None
            and (split.gold.top[proves] > corpus.exposure.demonstrated_height).any()
        ),
        "a demonstrated conclusion is a base fact": (
            corpus.demonstrated & corpus.closure.is_base
        ).any(),
        "a demonstrated conclusion is not eligible": (corpus.demonstrated & ~split.eligible).any(),
    }
    for what, is_so in broken.items():
        if is_so:
            raise AuditError(f"{corpus.world.id}: {what}; report it: zebroid is at fault")


def _stated_equally_often(corpus: Corpus) -> None:
    """Each fact of a predicate is stated once per cue, held and used alike."""
    examples = corpus.examples
    facts = np.flatnonzero((examples.kind == FACT) | (examples.kind == SENTENCE))
    if not len(facts):
        return
    number, first = group(pack([examples.prompt[facts, 0], examples.fact[facts]]))
    times = np.bincount(number)
    if (times != 1).any():
        row = examples.prompt[facts[first[times != 1][0]]]
        raise AuditError(
            f"{corpus.world.id}: the fact behind {row.tolist()} is stated {times.max()} times "
            "and others once; state each once"
        )
    stated = np.zeros(len(corpus.closure.predicate), bool)
    stated[examples.fact[facts]] = True
    has_cue = np.array([any(p == q for q, _ in corpus.cues) for p in corpus.closure.predicates])
    to_state = corpus.stated & ~corpus.split.prompt_only
    if (to_state & has_cue[corpus.closure.predicate] & ~stated).any():
        raise AuditError(f"{corpus.world.id}: a stated fact stands in no example")


def _episodes(corpus: Corpus) -> None:
    """No example is about a queried episode or its theory, and no question about another."""
    split = corpus.split
    if split.query_episodes is None:
        return
    if split.is_queried(corpus.examples.prompt).any() or not split.is_queried(corpus.prompt).all():
        raise AuditError(
            f"{corpus.world.id}: an example is about a queried episode, or a question about "
            "an episode of examples; report it: zebroid is at fault"
        )
    block = corpus.closure.base.sorts[corpus.world.episodes]
    theory = theories_up_to_renaming(corpus.closure, corpus.world.episodes)
    queried = np.isin(np.arange(block.start, block.stop), split.query_episodes)
    for same in np.intersect1d(theory[queried], theory[~queried])[:1]:
        one, other = (np.flatnonzero((theory == same) & side)[0] for side in (queried, ~queried))
        names = [corpus.closure.base.constants[block.start + e] for e in (one, other)]
        raise AuditError(
            f"{corpus.world.id}: {names[0]} is queried and {names[1]} gives examples, and their "
            "theories are the same up to renaming; put both on one side of the split"
        )


def _certified(corpus: Corpus) -> None:
    """Every question has its full answer set, each answer a proof from what is stated."""
    certificate = corpus.certificate
    theorem = np.diff(corpus.offsets) > 0
    unproved = theorem & (certificate.provable >> 15 & 1 == 0)
    if unproved.any():
        row = corpus.prompt[unproved][0].tolist()
        raise AuditError(
            f"{corpus.world.id}: the answer to {row} follows in gold and has no proof from what "
            "is stated; a pattern may be neither stated nor exemplified"
        )
    control = certificate.rung >= LADDER.index("nontheorem")
    if (theorem == control).any():
        raise AuditError(f"{corpus.world.id}: a control has an answer, or a theorem has none")


def _controls(corpus: Corpus) -> None:
    """Nontheorems have no answer in the world; unknowables have, and none in gold."""
    controls = {rung: corpus.of_rung(rung) for rung in CONTROLS}
    if not any(map(len, controls.values())):
        return
    query_cues = [q for q in corpus.cues if q[0] not in corpus.world.axioms]
    known = prompts_of(corpus.split.truth, query_cues, corpus.prompt.shape[1] - 1).prompt
    for rung, mine in controls.items():
        answered = rung == "unknowable"
        if ((find_prompts(known, corpus.prompt[mine]) >= 0) != answered).any():
            raise AuditError(
                f"{corpus.world.id}: a question tagged {rung} "
                f"{'has no' if answered else 'has an'} answer in the world"
            )
