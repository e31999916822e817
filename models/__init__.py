"""What learns: architectures, their training, what they hold inside.  Knows tokens, never worlds.

The contract of an architecture is ``spec.py``. Names stand in ``__init__.pyi`` and are loaded on
first use: JAX with the first that needs it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
