"""Programs that neve itself needs: found on PATH, or fetched, verified and run from neve's cache."""

from neve.tools.tool import BUBBLEWRAP, BUSYBOX, NIX, REGISTRY, SKOPEO, Tool, python
from neve.tools.toolbox import Toolbox

__all__ = ["BUBBLEWRAP", "BUSYBOX", "NIX", "REGISTRY", "SKOPEO", "Tool", "Toolbox", "python"]
