from .board.board import build_board as build_board
from .citations.citation import citation as citation
from .config.run_config import Cell as Cell
from .config.suite import Suite as Suite
from .config.suite import load_suite as load_suite
from .conformance.models.model_checks import check_model as check_model
from .conformance.worlds.world_checks import check_world as check_world
from .receipts.receipt import Receipt as Receipt
from .replications.finding import Computed as Computed
from .replications.finding import Finding as Finding
from .runner.result_store import Store as Store
from .runner.trained import load as load
from .verification.verify import verify as verify

__all__ = [
    "build_board",
    "Cell",
    "check_model",
    "check_world",
    "citation",
    "Computed",
    "Finding",
    "load",
    "load_suite",
    "Receipt",
    "Store",
    "Suite",
    "verify",
]
