"""LocalModel: a language model from a folder in the form of Hugging Face; nothing is downloaded.

Weights are safetensors alone and no code of the folder is run. Answers are the likeliest tokens,
one by one: equal for equal folders.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import MissingExtra, UserError
from ...printable import printable
from ..export.prompts import Prompt
from .model_reply import Reply, Watch, shortened

EXTRA = 'hf: needs PyTorch and transformers; install the extra: pip install "zebroid[torch]"'


class LocalModel:
    """A causal language model and its tokenizer. Raises UserError where the folder is none."""

    def __init__(self, folder: Path, max_tokens: int, proof: bool, batch: int) -> None:
        self.folder, self.max_tokens, self.proof, self.batch = folder, max_tokens, proof, batch
        if not (folder / "config.json").is_file() or not [*folder.glob("*.safetensors")]:
            raise UserError(
                f"--model hf:{folder}: expected a folder with config.json, a tokenizer and "
                "*.safetensors, as save_pretrained writes them; nothing is downloaded"
            )
        try:
            torch: Any = importlib.import_module("torch")
            transformers: Any = importlib.import_module("transformers")
        except ImportError:
            raise MissingExtra(EXTRA) from None
        transformers.utils.logging.set_verbosity_error()
        transformers.utils.logging.disable_progress_bar()
        self.torch = torch
        options = {"local_files_only": True, "trust_remote_code": False}
        try:
            self.tokenizer: Any = transformers.AutoTokenizer.from_pretrained(
                str(folder), padding_side="left", **options
            )
            self.model: Any = transformers.AutoModelForCausalLM.from_pretrained(
                str(folder), use_safetensors=True, dtype="auto", **options
            )
        except Exception as error:  # whatever these files make of them
            why = printable(" ".join(str(error).split()), 200)
            raise UserError(f"--model hf:{folder} cannot be loaded ({why})") from None
        self.model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token or self.tokenizer.unk_token
        if self.tokenizer.pad_token is None:
            raise UserError(
                f"--model hf:{folder}: its tokenizer has no token to pad with; name one"
            )
        self.chat = bool(getattr(self.tokenizer, "chat_template", None))

    def identity(self) -> Mapping[str, Any]:
        """The folder, and what is in it now."""
        files = sorted(p for p in self.folder.iterdir() if p.is_file())
        stats = {p.name: (p.stat().st_size, p.stat().st_mtime_ns) for p in files}
        digest = hashlib.sha256(json.dumps(stats).encode()).hexdigest()
        return {"hf": str(self.folder.resolve()), "files": digest, "max_tokens": self.max_tokens}

    def replies(self, prompts: Sequence[Prompt], watch: Watch) -> Iterator[tuple[int, Reply]]:
        """Of every prompt, batches of about equal lengths together."""
        encoded = [self._encoded(prompt) for prompt in prompts]
        longest = max(map(len, encoded), default=0) + self.max_tokens
        room = getattr(self.model.config, "max_position_embeddings", None)
        if isinstance(room, int) and longest > room:
            raise UserError(
                f"--model hf:{self.folder} reads {room:,} tokens, the longest prompt and answer "
                f"have {longest:,}; lower --shots or --max-tokens, or give --closed-book"
            )
        order = sorted(range(len(prompts)), key=lambda i: len(encoded[i]))
        for first in range(0, len(order), self.batch):
            mine = order[first : first + self.batch]
            yield from zip(mine, self._generated([encoded[i] for i in mine]))

    def _encoded(self, prompt: Prompt) -> list[int]:
        if not self.chat:
            return self.tokenizer(prompt.text())["input_ids"]
        found = self.tokenizer.apply_chat_template(
            prompt.messages(), add_generation_prompt=True, return_dict=True
        )
        return found["input_ids"]

    def _generated(self, rows: Sequence[list[int]]) -> Iterator[Reply]:
        padded = self.tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self.model.device)
        length, end = padded["input_ids"].shape[1], self._end(padded["input_ids"].shape[1])
        with self.torch.inference_mode():
            out = self.model.generate(
                input_ids=padded["input_ids"],
                attention_mask=padded["attention_mask"],
                max_new_tokens=self.max_tokens,
                do_sample=False,
                pad_token_id=self.tokenizer.pad_token_id,
                stopping_criteria=[] if self.chat else [end],
            )
        for row, given in zip(out[:, length:].tolist(), rows):
            text = self.tokenizer.decode(row, skip_special_tokens=True)
            written = len([*filter(lambda t: t != self.tokenizer.pad_token_id, row)])
            text = text if self.chat else ended(text, self.proof)
            yield Reply(shortened(text), len(given), written)

    def _end(self, length: int) -> Callable[..., Any]:
        """Whether each row has its answer: a model of plain text would go on to other questions."""

        def there(ids: Any, scores: Any, **_: Any) -> Any:
            texts = self.tokenizer.batch_decode(ids[:, length:], skip_special_tokens=True)
            found = [answered(text, self.proof) for text in texts]
            return self.torch.tensor(found, device=ids.device)

        return there


def answered(text: str, proof: bool) -> bool:
    """Whether the line with the answer is whole."""
    return ended(text, proof) != text


def ended(text: str, proof: bool) -> str:
    r"""A text up to the end of the line with its answer: the first, after a proof the marked one.

    >>> ended(" zebra\nQuestion: …", False), ended("Proof: …\nAnswer: zebra\nQuestion: …", True)
    (' zebra', 'Proof: …\nAnswer: zebra')
    """
    at = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        mine = line.startswith("Answer:") if proof else line.strip()
        if mine and line.endswith("\n"):
            return text[:at].rstrip("\n")
    return text
