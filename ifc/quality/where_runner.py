"""What the judge of the WHERE rules wants from pytest, without pytest.

ifcopenshell compiles each WHERE rule into a Python assertion, and asks ``_pytest.assertion`` to give every assertion
a text, for it reports ``error.args[0]``. That is all it takes from pytest. Here every assertion gets the text
`VIOLATED`, so that a rule that does not hold can be told from one that broke down while it was computed.
"""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

VIOLATED = "does not hold"
_NAMES = ("_pytest", "_pytest.assertion")


def explain_assertions(mod: ast.Module, source: str) -> None:
    """Give every assertion of a module without a text the text `VIOLATED`.

    Args:
        mod: The module, changed in place.
        source: Its text; not needed, but part of the call that this stands in for.
    """
    del source
    for node in ast.walk(mod):
        if isinstance(node, ast.Assert) and node.msg is None:
            node.msg = ast.copy_location(ast.Constant(VIOLATED), node)


@contextmanager
def assertions_explained() -> Iterator[None]:
    """Stand in for ``_pytest.assertion`` as long as the context lasts."""
    before = {name: sys.modules.get(name) for name in _NAMES}
    package, assertion, rewrite = (ModuleType(name) for name in (*_NAMES, "rewrite"))
    rewrite.rewrite_asserts = explain_assertions  # type: ignore[attr-defined]
    assertion.rewrite = rewrite  # type: ignore[attr-defined]
    package.assertion = assertion  # type: ignore[attr-defined]
    sys.modules.update(zip(_NAMES, (package, assertion), strict=True))
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
