from .floors.ceilings import deducer as deducer
from .floors.ceilings import inductor as inductor
from .floors.ceilings import reuser as reuser
from .floors.tracer import tracer as tracer
from .forecasting.forecast import forecast as forecast
from .question_sets.predictions import Predictions as Predictions
from .question_sets.question_set import Answers as Answers
from .question_sets.question_set import QuestionSet as QuestionSet
from .scaling.fit import fit as fit
from .scoring.profile import profile as profile
from .scoring.score import Row as Row
from .scoring.score import score as score
from .stats.curve import Curve as Curve
from .stats.pass_at_k import pass_at as pass_at
from .verdicts.judge import judge as judge
from .verdicts.replication import Claim as Claim
from .verdicts.replication import Null as Null
from .verdicts.replication import Quantity as Quantity
from .verdicts.verdict import Verdict as Verdict

__all__ = [
    "Answers",
    "Claim",
    "Curve",
    "deducer",
    "fit",
    "forecast",
    "inductor",
    "judge",
    "Null",
    "pass_at",
    "Predictions",
    "profile",
    "Quantity",
    "QuestionSet",
    "reuser",
    "Row",
    "score",
    "tracer",
    "Verdict",
]
