"""What is true, what is stated, what is queried.  No JAX.

A plugin subclasses ``World`` and hands out ``Facts``; ``world.py`` and ``exposure.py`` are the
contract. Names stand in ``__init__.pyi`` and are loaded on first use.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
