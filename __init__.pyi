from .benchmarks.runner.trained import load as load
from .errors import UserError as UserError
from .eval.question_sets.predictions import Predictions as Predictions
from .eval.question_sets.question_set import QuestionSet as QuestionSet
from .eval.scoring.score import score as score
from .models.probing.residual_stream import residual_stream as residual_stream
from .models.training.plan import Plan as Plan
from .models.training.train import train as train
from .registry import make as make
from .registry import model as model
from .worlds.corpus.build import build_corpus as build_corpus
from .worlds.datalog.facts import Facts as Facts
from .worlds.encoding.encode import encode as encode
from .worlds.encoding.encode import sample_questions as sample_questions
from .worlds.exposure import Exposure as Exposure
from .worlds.file_facts import facts_of_files as facts_of_files
from .worlds.file_facts import facts_of_names as facts_of_names
from .worlds.file_facts import ids_of_names as ids_of_names
from .worlds.file_facts import rows_of_file as rows_of_file
from .worlds.handed_split import HandedSplit as HandedSplit
from .worlds.world import World as World

__version__: str

__all__ = [
    "build_corpus",
    "encode",
    "Exposure",
    "Facts",
    "facts_of_files",
    "facts_of_names",
    "HandedSplit",
    "ids_of_names",
    "load",
    "make",
    "model",
    "Plan",
    "Predictions",
    "QuestionSet",
    "residual_stream",
    "rows_of_file",
    "sample_questions",
    "score",
    "train",
    "UserError",
    "World",
]
