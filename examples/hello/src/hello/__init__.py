"""Say what runs here."""

import platform

import numpy as np
import requests
from rich.console import Console


def main() -> None:
    """Print the versions and a number that numpy computed."""
    eigenvalues = np.linalg.eigvalsh(np.array([[2.0, 1.0], [1.0, 2.0]]))
    console = Console(width=100, highlight=False)
    console.print(f"Hello from Python {platform.python_version()} on {platform.freedesktop_os_release()['PRETTY_NAME']}")
    console.print(f"numpy {np.__version__} finds the eigenvalues {eigenvalues.round(6).tolist()}, requests is {requests.__version__}")
