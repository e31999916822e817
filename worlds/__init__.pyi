from .corpus.audit import audit as audit
from .corpus.build import build_corpus as build_corpus
from .corpus.corpus import Corpus as Corpus
from .datalog.closure import Closure as Closure
from .datalog.engine import close as close
from .datalog.facts import Facts as Facts
from .datalog.parser import parse as parse
from .encoding.encode import MODES as MODES
from .encoding.encode import Tokens as Tokens
from .encoding.encode import encode as encode
from .encoding.encode import sample_questions as sample_questions
from .encoding.proof_checker import valid_proofs as valid_proofs
from .exposure import Exposure as Exposure
from .novelty.rungs import LADDER as LADDER
from .novelty.rungs import RUNGS as RUNGS
from .world import World as World

__all__ = [
    "audit",
    "build_corpus",
    "close",
    "Closure",
    "Corpus",
    "encode",
    "Exposure",
    "Facts",
    "LADDER",
    "MODES",
    "parse",
    "RUNGS",
    "sample_questions",
    "Tokens",
    "valid_proofs",
    "World",
]
