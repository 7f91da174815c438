"""Which component of a CUDA toolkit has a header, a library, a program or a target of CMake's.

What is called after its component follows from the name: ``cublas.h``, ``libcublas.so``, ``nvcc``, ``CUDA::cublas``.
The tables have all else that a build may name: the files of NVIDIA's wheels (those of CUDA 12.4, 12.8, 12.9, 13.0,
13.1, 13.2 and 13.5 were compared), and the targets of CMake's FindCUDAToolkit. What others may have as well
("profiler.h", "CL/cl.h", a project's "cuda_utils.h") is of no component.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from neve.cuda.components import COMPONENTS, Component

# Without what follows the name: ".h", ".hpp", ".cuh".
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "cccl": r"(cccl|cub|cuda|nv|thrust)/.+",
        "crt": r"crt/.+",
        "cublas": r"cublas(Lt|Xt|_api|_v2)|nvblas",
        "cudart": (
            r"cuda|cuComplex|cooperative_groups(/.+)?|(cuda(EGL|GL|Profiler|VDPAU)?Typedefs|cuda(EGL|GL|VDPAU))"
            r"|cuda_(awbarrier|pipeline)(_helpers|_primitives)?|cuda_(bf16|fp16|fp8|fp6|fp4)|cuda_runtime(_api)?"
            r"|cuda_(device_runtime_api|occupancy|surface_types|texture_types|tf32|tile)|cuda_(egl|gl|vdpau)_interop"
            r"|cudart_platform|builtin_types|channel_descriptor|host_defines|device_(atomic_functions|functions|launch_parameters)"
            r"|driver_(functions|types)|library_types|math_constants|mma|sm_\d\d_(atomic_functions|intrinsics)"
            r"|(surface|texture)_(functions|fetch_functions|indirect_functions|types)|vector_(functions|types)"
        ),
        "cudnn": r"cudnn_(adv|backend|cnn|ext|gnn_ops|graph|ops|subquadratic_ops|version)(_v\d+)?|cudnn_v\d+",
        "cufft": r"cufft(Xt|_device|w)|cudalibxt",
        "cupti": r"cupti_[a-z_]+|nvperf_(common|cuda_host|host|target)|cuda_stdint|generated_[A-Za-z_]+_meta",
        "curand": (
            r"curand_(discrete2?|globals|kernel|lognormal|mrg32k3a|mtgp32\w*|normal(_static)?|philox4x32_x|poisson|precalc"
            r"|uniform)"
        ),
        "cusolver": r"cusolver(Dn|Mg|Rf|Sp|Sp_LOWLEVEL_PREVIEW|_common)",
        "cusparse": r"cusparse_v2",
        "cuxxfilt": r"nv_decode",
        "nccl": r"nccl_device(_wrapper|/.+)?",
        "npp": r"npp(core|defs|[is](_[a-z_]+)?)",
        "nvcc": r"fatbinary_section",
        "nvtx": r"nvtx3/.+|nvToolsExt(Cuda|CudaRt|OpenCL|Sync)?",
        "profiler": r"cudaProfiler|cuda_profiler_api",
        "sanitizer": r"sanitizer(_(barrier|callbacks|driver_cbid|memory|patching|result|runtime_cbid|stream))?",
    }
)
# As the linker has them and as FindCUDAToolkit does; the driver is a stub that comes with nvcc.
_LIBRARIES: Mapping[str, str] = MappingProxyType(
    {
        "cublas": r"cublasLt|nvblas",
        "cudart": r"cudadevrt",
        "cudnn": r"cudnn_(adv|cnn|engines_\w+|ext|graph|heuristic|ops)",
        "cufft": r"cufftw",
        "cufile": r"cu[fF]ile_rdma",
        "cupti": r"nvperf_(host|target)|pcsamplingutil",
        "cusolver": r"cusolverMg|cusolver_(lapack|metis)",
        "npp": r"npp(c|s|i(al|cc|com|dei|f|g|m|st|su|tc))",
        "nvcc": r"cuda|cuda_driver",
        "nvrtc": r"nvrtc[-_]builtins",
        "nvtx": r"nvtx3|nvtx3interop|nvToolsExt|nvtx3_interop",
    }
)
_PROGRAMS: Mapping[str, str] = MappingProxyType(
    {
        "nvcc": r"ptxas|fatbinary|nvlink|bin2c|cudafe\+\+|__nvcc_device_query|nvprune|cu\+\+filt",
        "nvvm": r"cicc",
        "sanitizer": r"compute-sanitizer",
    }
)
# What find_package, pkg-config and Meson call a toolkit.
_MODULES: Mapping[str, str] = MappingProxyType({"nvcc": r"CUDAToolkit|CUDA|cuda"})
# Programs of a toolkit that NVIDIA makes no wheel of; where Debian's own package has nvcc, it has them.
UNSHIPPED = ("cu++filt", "nvprune")

_SUFFIX = re.compile(r"\.(?:h|hpp|cuh|hh)\Z")
_LIBRARY = re.compile(r"(?:lib)?(?P<name>.+?)(?:_static(?:_nocallback)?|_alt)?(?:\.(?:so[.0-9]*|a))?\Z")
_PLAIN = ("cccl", "crt", "opencl", "profiler", "sanitizer")  # words that others have too


def component_with(kind: str, name: str) -> Component | None:
    """The component with the ``name`` that a build lacks: a ``header``, a ``library`` (or ``linked``: its soname), a
    ``program`` or a ``module`` of CMake or pkg-config (``CUDA::cublas``). None where it is of none.
    """
    if kind == "header":
        return _find(_SUFFIX.sub("", name), _HEADERS)
    if kind == "program":
        return _find(name, _PROGRAMS)
    target = name.removeprefix("CUDA::")
    if kind == "module" and target == name:
        return _find(re.sub(r"-\d+\.\d+\Z", "", name), _MODULES)
    if target == "OpenCL":
        return COMPONENTS["opencl"] if target != name else None
    match = _LIBRARY.match(target)
    found = _find(match["name"], _LIBRARIES) if match else None
    return None if found is COMPONENTS["nvml"] else found  # its library is the driver's; the wheel has the header alone


def _find(name: str, table: Mapping[str, str]) -> Component | None:
    own = COMPONENTS.get(name.lower())
    if own is not None and own.name not in _PLAIN:
        return own
    return next((COMPONENTS[key] for key, pattern in table.items() if re.fullmatch(pattern, name)), None)


__all__ = ["UNSHIPPED", "component_with"]
