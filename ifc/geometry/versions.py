"""The versions of the geometry kernels, apart from them: to know a version nobody has to load a kernel."""

from importlib.metadata import version

from ifc.geometry.kernels import HYBRID_LIBRARY

KERNEL_VERSIONS = (
    f"ifclite-geom {version('ifclite-geom')}; ifcopenshell {version('ifcopenshell')} {HYBRID_LIBRARY}; meshes 1"
)
