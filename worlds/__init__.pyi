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
from .file_facts import facts_of_files as facts_of_files
from .file_facts import facts_of_names as facts_of_names
from .file_facts import ids_of_names as ids_of_names
from .file_facts import rows_of_file as rows_of_file
from .handed_split import HandedSplit as HandedSplit
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
    "facts_of_files",
    "facts_of_names",
    "HandedSplit",
    "ids_of_names",
    "LADDER",
    "MODES",
    "parse",
    "rows_of_file",
    "RUNGS",
    "sample_questions",
    "Tokens",
    "valid_proofs",
    "World",
]
