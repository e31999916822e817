"""Sources of a world and of a model, as third parties write them."""

WORLD = """
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.world import World

class {name}(World):
    "Edges and their chains."
    id = "{id}"
    rules = "path(X,Z) :- edge(X,Y), edge(Y,Z)."
    sizes = {{"small": {{}}, "big": {{}}}}

    def sample(self, rng):
        return Facts.of({{"node": 3}}, edge=("node node", [[0, 1], [1, 2]]))
"""

SPEC = """
import dataclasses

@dataclasses.dataclass(frozen=True)
class Spec:
    type = "acme.net"
    version = 1
    width: int = 8
    def build(self, vocabulary, prompt, rngs): ...
    def flops(self, vocabulary, prompt, at): return 1.0
"""
MODEL = SPEC + "\nSPEC = Spec()\n"
