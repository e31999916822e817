"""query_model(cells, model, …) -> predictions: a language model answers every question of cells.

What is answered is kept at once, so that the same command goes on where another one stopped.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import UserError
from ..config.run_config import Cell
from ..export.portion import portions
from ..export.prompts import Prompt, Prompts, Style, digest
from ..runner.corpora import Corpora
from .answer_log import AnswerLog
from .chat_endpoint import ChatEndpoint, Endpoint
from .local_model import LocalModel
from .model_reply import LanguageModel, Watch
from .token_costs import Prices, estimate, spent

MAX_TOKENS = {False: 64, True: 1_024}  # written at most, without and with proof
FORMS = "hf:FOLDER, or openai:URL#NAME such as openai:http://127.0.0.1:8000/v1#my-model"


@dataclasses.dataclass(frozen=True)
class Requests:
    """How a model is queried, beside what: the same answers come of any of it but ``body``."""

    max_tokens: int = 0  # 0: MAX_TOKENS of the style
    body: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of a request, beside these
    key_variable: str = "OPENAI_API_KEY"
    per_minute: float = 60.0
    parallel: int = 4
    retries: int = 6
    timeout: float = 120.0

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("--max-tokens", self.max_tokens, 0, 1_000_000),
            ("--per-minute", self.per_minute, 0.01, 1e6),
            ("--parallel", self.parallel, 1, 256),
            ("--retries", self.retries, 0, 100),
            ("--timeout", self.timeout, 0.05, 86_400),
        ):
            if not (math.isfinite(value) and low <= value <= high):
                raise UserError(f"{name} {value:g}: expected {low:g} to {high:g}")


def body_of(words: Sequence[str]) -> dict[str, Any]:
    """``KEY=JSON`` each. Raises UserError for what is none."""
    found = {}
    for word in words:
        key, _, value = word.partition("=")
        try:
            found[key] = json.loads(value)
        except (ValueError, RecursionError):
            key = ""
        if not key or key in ("model", "messages", "stream", "n"):
            raise UserError(
                f"--body {word!r:.80}: expected KEY=JSON, such as temperature=null, of any key "
                "but model, messages, stream and n"
            )
    return found


def model_of(text: str, style: Style, requests: Requests) -> LanguageModel:
    """The model that a user names. Raises UserError where there is none."""
    kind, _, rest = text.partition(":")
    most = requests.max_tokens or MAX_TOKENS[style.proof]
    if kind == "hf" and rest:
        return LocalModel(Path(rest), most, style.proof, requests.parallel)
    if kind == "openai" and rest:
        endpoint = Endpoint.parsed(
            rest,
            requests.key_variable,
            body={"temperature": 0, "max_tokens": most, **requests.body},
            per_minute=requests.per_minute,
            parallel=requests.parallel,
            retries=requests.retries,
            timeout=requests.timeout,
        )
        return ChatEndpoint(endpoint)
    raise UserError(f"--model {text!r:.80}: expected {FORMS}")


@dataclasses.dataclass(frozen=True)
class Queries:
    """All that is to be answered, and by whom."""

    model: LanguageModel
    prompts: Mapping[str, Prompt]  # by id
    run: Mapping[str, Any]  # JSON-ready: what answers of one folder have in common
    max_tokens: int

    @classmethod
    def of(cls, cells: Sequence[Cell], model: str, style: Style, requests: Requests) -> Queries:
        """Of cells with a model from outside. Raises UserError for what cannot be."""
        found = model_of(model, style, requests)
        prompts: dict[str, Prompt] = {}
        with Corpora() as corpora:
            for portion in portions(cells, corpora):
                prompts |= Prompts(portion, style).all()
        run = {
            "model": found.identity(),
            "style": dataclasses.asdict(style),
            "questions": len(prompts),
            "prompts": digest([*prompts.values()]),
        }
        return cls(found, prompts, run, requests.max_tokens or MAX_TOKENS[style.proof])

    def answered(
        self, folder: Path, prices: Prices, watch: Watch, tell: Callable[[str], None]
    ) -> Path:
        """Answers what is not answered in ``folder`` yet; the path of the predictions.

        Raises UserError where the model gives no more, with what is kept and what it took.
        """
        with AnswerLog(folder, self.run) as log:
            ids = [id for id in self.prompts if id not in log.replies]
            left = [self.prompts[id] for id in ids]
            if log.replies:
                tell(f"{len(log.replies):,} answers are there already")
            tell(estimate(left, self.max_tokens, prices))
            whole = len(self.prompts)
            try:
                for place, reply in self.model.replies(left, watch):
                    log.add(ids[place], reply)
                    line = spent(log.replies.values(), prices)
                    watch(f"{len(log.replies):,} of {whole:,} answered: {line}")
            finally:
                line = spent(log.replies.values(), prices)
                tell(f"{len(log.replies):,} of {whole:,} answered: {line}")
            return log.predictions([*self.prompts])
