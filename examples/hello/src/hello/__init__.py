"""Say what runs here."""

import platform

import numpy as np
import requests
from rich.console import Console


def main() -> None:
    """Print the versions and a number that numpy computed."""
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    eigenvalues = np.linalg.eigvalsh(np.array([[2.0, 1.0], [1.0, 2.0]])).round(6).tolist()
    console = Console(width=100, highlight=False)
    console.print(f"Hello from Python {platform.python_version()} on {system}")
    console.print(f"numpy {np.__version__} finds the eigenvalues {eigenvalues}, requests is {requests.__version__}")
