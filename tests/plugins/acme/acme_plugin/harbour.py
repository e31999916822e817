"""acme.harbour-v1: what a ship is known for."""

import numpy as np
from zebroid.worlds import Facts, World


class Harbour(World):
    """A ship is known for what its harbour is known for."""

    id = "acme.harbour-v1"
    rules = "known(S,K,V) :- home(S,H), fame(H,K,V)."

    def sample(self, rng, ships=60, harbours=12, kinds=8, values=6):
        ship, harbour, kind = np.arange(ships), np.arange(harbours), np.arange(kinds)
        fame = np.stack(np.meshgrid(harbour, kind), -1).reshape(-1, 2)
        value = rng.randint(values, size=len(fame))
        return Facts.of(
            {"ship": ships, "harbour": harbours, "kind": kinds, "value": values},
            home=("ship harbour", np.stack([ship, rng.randint(harbours, size=ships)], 1)),
            fame=("harbour kind value", np.column_stack([fame, value])),
        )
