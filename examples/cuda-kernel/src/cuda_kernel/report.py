"""The command: y = a x + y on the GPU, compared with NumPy."""

import argparse
import sys

import numpy as np

from cuda_kernel import kernel

SIZE = 1 << 24
TOLERANCE = 1e-5  # the GPU rounds once, NumPy twice


def main() -> int:
    """Print the device and the largest difference; 1 where there is no GPU, or where it computes otherwise."""
    parser = argparse.ArgumentParser(prog="cuda-kernel", description=__doc__)
    parser.add_argument("--cpu", action="store_true", help="compute with NumPy alone")
    on_cpu = parser.parse_args().cpu
    random = np.random.default_rng(0)
    x, y = (random.random(SIZE, dtype=np.float32) for _ in range(2))
    wanted = np.float32(2.5) * x + y
    if on_cpu:
        print(f"NumPy {np.__version__}: the sum of {SIZE} numbers is {wanted.sum(dtype=np.float64):.3f}")
        return 0
    try:
        device = kernel.device()
        kernel.saxpy(2.5, x, y)
    except RuntimeError as error:
        print(f"no GPU to compute on: {error}", file=sys.stderr)
        return 1
    difference = float(np.abs(y - wanted).max())
    print(f"{device}: {SIZE} numbers, the largest difference to NumPy is {difference:.2g}")
    return 0 if difference <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
