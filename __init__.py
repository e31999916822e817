"""zebroid: does ability level off when the corpus is exhausted, or go on rising?

The arrow, by name: ``make`` a world, ``build_corpus`` of it, ``sample_questions`` for a
``QuestionSet``, ``encode`` tokens, ``train`` a ``model`` by a ``Plan``, and ``score`` its
``Predictions``. Names stand in ``__init__.pyi`` and are loaded on first use, so that
``import zebroid`` imports no JAX.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
