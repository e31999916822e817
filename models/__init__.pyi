from .layers.adapters import from_functions as from_functions
from .layers.adapters import from_linen as from_linen
from .layers.initializers import SMALL as SMALL
from .layers.positions import ROTARY as ROTARY
from .layers.positions import Absolute as Absolute
from .layers.residual import causal as causal
from .layers.residual import last as last
from .layers.residual import normed as normed
from .layers.residual import project as project
from .layers.residual import take as take
from .layers.transformer import MLP as MLP
from .layers.transformer import Embedding as Embedding
from .layers.transformer import Head as Head
from .layers.transformer import Matrix as Matrix
from .layers.transformer import gain as gain
from .probing.residual_stream import residual_stream as residual_stream
from .spec import Spec as Spec
from .training.plan import Plan as Plan
from .training.plan import Run as Run
from .training.plan import Tokens as Tokens
from .training.train import train as train
from .training_version import TRAINING as TRAINING

__all__ = [
    "Absolute",
    "causal",
    "Embedding",
    "from_functions",
    "from_linen",
    "gain",
    "Head",
    "last",
    "Matrix",
    "MLP",
    "normed",
    "Plan",
    "project",
    "residual_stream",
    "ROTARY",
    "Run",
    "SMALL",
    "Spec",
    "take",
    "Tokens",
    "train",
    "TRAINING",
]
