"""The files of a package with a model of one's own, as ``zebroid new model`` writes them."""

from __future__ import annotations

README = """\
# $package

Models for zebroid: `$id`.

```
pip install -e ".[test]"
zebroid models                        # lists $id among the others
zebroid check-model $id
zebroid run smoke --model $id
pytest
```

The model is `$module/$file.py`. Another one is another file, with a line of its own below
`zebroid.models` in `pyproject.toml`; install again after adding it.

Once somebody has a result on it, what computes something else has `version = 2` in its class. A
field that is added later has a neutral value, with which the model does what it did before.
`zebroid plugins` prints the version of this package, which belongs in a citation.
"""

MODEL = '''\
"""$id: every token and the mean of those before it, mixed once."""

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
from zebroid.models import from_functions


@dataclasses.dataclass(frozen=True)
class $title:
    """B rows, T tokens, D width, V words.

    Source: the paper that it follows, or what it is to find out.
    """

    type: ClassVar[str] = "$id"
    version: ClassVar[int] = 1
    width: int = 64  # D

    def build(self, vocabulary, prompt, rngs):
        """The module: from functions here; Flax NNX and Linen serve as well."""

        def init(key):
            embed, mix, head = jax.random.split(key, 3)
            D = self.width
            return {
                "embed_VD": jax.random.normal(embed, (vocabulary, D)) * 0.5,
                "mix_DD": jax.random.normal(mix, (D, D)) * D**-0.5,
                "head_DV": jax.random.normal(head, (D, vocabulary)) * D**-0.5,
            }

        def apply(weights, tokens_BT):
            x_BTD = weights["embed_VD"][tokens_BT]
            place_T = jnp.arange(1, tokens_BT.shape[1] + 1, dtype=x_BTD.dtype)
            mean_BTD = jnp.cumsum(x_BTD, axis=1) / place_T[None, :, None]
            return (x_BTD + jnp.tanh(mean_BTD @ weights["mix_DD"])) @ weights["head_DV"]

        return from_functions(init, apply, rngs, matrix=lambda name: name == "mix_DD")

    def flops(self, vocabulary, prompt, at):
        """Of one forward pass over one example: every place is computed, whatever is queried."""
        D, T = self.width, max(at) + 1
        return float(2 * D * D * T + 2 * D * vocabulary * T)


SPEC = $title()
'''

TEST = '''\
"""What zebroid demands of every model, demanded of this one."""

from zebroid.benchmarks import check_model


def test_it_keeps_what_every_model_promises():
    report = check_model("$id")
    assert report.passed, [outcome for outcome in report.outcomes if outcome.passed is False]
'''

TEXTS = (README, MODEL, TEST)
