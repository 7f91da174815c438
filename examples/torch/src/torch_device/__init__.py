"""Which GPU there is, and whether it multiplies as the CPU does."""

import sys

import torch

SIZE = 1024
# Sums of 1024 products in single precision, in another order: the difference is in the last digits.
TOLERANCE = 1e-4


def deviation(device: torch.device) -> float:
    """The largest difference between a matrix product on ``device`` and on the CPU, relative to the largest element."""
    generator = torch.Generator().manual_seed(0)
    one, other = (torch.rand(SIZE, SIZE, generator=generator) for _ in range(2))
    expected = one @ other
    found = (one.to(device) @ other.to(device)).cpu()
    return float((found - expected).abs().max() / expected.abs().max())


def main() -> int:
    """Print the report; 1 where the products differ."""
    print(f"torch {torch.__version__}, CUDA {torch.version.cuda}")
    if torch.cuda.is_available():
        major, minor = torch.cuda.get_device_capability()
        print(f"{torch.cuda.get_device_name()}, compute capability {major}.{minor}")
        print(f"torch is built for {' '.join(torch.cuda.get_arch_list())}")
        device = torch.device("cuda")
    else:
        print("no GPU: the product is computed on the CPU, twice")
        device = torch.device("cpu")
    found = deviation(device)
    print(f"{SIZE} x {SIZE}: the products differ by {found:.1e} of the largest element")
    return int(not found < TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
