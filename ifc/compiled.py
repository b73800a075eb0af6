"""Functions compiled to machine code, once per installation.

The code is kept beside the module, in the folder that `NUMBA_CACHE_DIR` names, or in the cache of the user, whichever
can be written first; where none can, every process compiles for itself. Modules that use this are imported late:
the compiler is not loaded by who only imports `ifc`.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.cgutils import get_null_value
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

_MODULES = ("compiled", "blake2b", "step_numbers", "step_scan", "step_reduce", "digest_kernel", "placement_kernel")

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Return `function`, compiled when it is first called; a decorator."""
    return _compiled(function, forceinline=False)


def inlined(function: F) -> F:
    """Return `function`, compiled into whatever compiled function calls it; a decorator."""
    return _compiled(function, forceinline=True)


def _compiled(function: F, *, forceinline: bool) -> F:
    options = {"nogil": True, "forceinline": forceinline}
    try:
        found = njit(cache=True, **options)(function)
    except RuntimeError:  # no folder to keep the code in
        return cast("F", njit(**options)(function))
    found._cache._cache_file._source_stamp = _stamp()  # noqa: SLF001 - there is no other way in
    return cast("F", found)


@cache
def _stamp() -> tuple[float, int]:
    """Return what tells one version of all compiled modules from another: the kept code of one holds that of others.

    The compiler itself looks at the module of a function only, and would go on with old helpers.
    """
    stats = [Path(__file__).with_name(f"{name}.py").stat() for name in _MODULES]
    return max(item.st_mtime for item in stats), sum(item.st_size for item in stats)


@intrinsic  # type: ignore[untyped-decorator]
def borrowed(typingctx: Any, array: Any) -> Any:
    """Return an argument of a compiled function as an array that is not counted, for use in its helpers.

    Counting references is atomic and costs more than the helpers do. The caller holds the array as long as the
    function runs, so it is for arguments only, never for arrays made inside.
    """

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        view = make_array(signature.return_type)(context, builder, args[0])
        view.meminfo = get_null_value(view.meminfo.type)
        view.parent = get_null_value(view.parent.type)
        return view._getvalue()  # noqa: SLF001 - so do all extensions of the compiler

    return array(array), code
