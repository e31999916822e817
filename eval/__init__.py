"""From answers to a verdict.  No JAX: whoever has predictions can score them.

Names stand in ``__init__.pyi`` and are loaded on first use.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
