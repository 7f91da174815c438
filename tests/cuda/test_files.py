"""What was checked of the tables against every file of NVIDIA's wheels, in small."""

from __future__ import annotations

import re

import pytest

from neve.cuda.components import COMPONENTS
from neve.cuda.files import _HEADERS, _LIBRARIES, _MODULES, _PROGRAMS, component_with

FOUND = {
    "cccl": ["header thrust/device_vector.h", "header cub/cub.cuh", "header cuda/std/span", "header nv/target"],
    "crt": ["header crt/host_config.h"],
    "cublas": ["header cublas_v2.h", "header cublasLt.h", "library cublas", "library cublasLt", "module CUDA::cublas"],
    "cudart": [
        "header cuda_runtime.h",
        "header cuda.h",
        "header cuda_fp16.h",
        "header cooperative_groups/reduce.h",
        "header vector_types.h",
        "library cudart",
        "library cudart_static",
        "library cudadevrt",
        "module CUDA::cudart_static",
    ],
    "cudla": ["header cudla.h"],
    "cudnn": ["header cudnn.h", "header cudnn_ops_v9.h", "library cudnn_cnn", "module CUDNN"],
    "cufft": ["header cufftXt.h", "header cufftw.h", "library cufftw", "module CUDA::cufft_static_nocallback"],
    "cufile": ["header cufile.h", "module CUDA::cuFile", "module CUDA::cuFile_rdma"],
    "culibos": ["module CUDA::culibos", "library culibos"],
    "cuobjdump": ["program cuobjdump"],
    "cupti": ["header cupti.h", "header cupti_activity.h", "module CUDA::nvperf_host"],
    "curand": ["header curand_kernel.h", "header curand.h", "module curand-13.2"],
    "cusolver": ["header cusolverDn.h", "header cusolver_common.h", "library cusolverMg"],
    "cusparse": ["header cusparse_v2.h", "linked libcusparse.so.12"],
    "nccl": ["header nccl.h", "library nccl", "module NCCL"],
    "npp": ["header npp.h", "header nppi_geometry_transforms.h", "library nppial", "module CUDA::npps_static"],
    "nvcc": ["program nvcc", "program ptxas", "program nvprune", "module CUDAToolkit", "module CUDA", "library cuda"],
    "nvdisasm": ["program nvdisasm"],
    "nvfatbin": ["header nvFatbin.h"],
    "nvjitlink": ["header nvJitLink.h", "library nvJitLink", "module CUDA::nvJitLink_static"],
    "nvjpeg": ["header nvjpeg.h"],
    "nvml": ["header nvml.h"],
    "nvptxcompiler": ["header nvPTXCompiler.h", "library nvptxcompiler_static"],
    "nvrtc": ["header nvrtc.h", "library nvrtc-builtins", "module CUDA::nvrtc_builtins", "linked libnvrtc.so.13"],
    "nvtx": ["header nvtx3/nvToolsExt.h", "header nvToolsExt.h", "module CUDA::nvtx3", "library nvToolsExt"],
    "nvvm": ["program cicc", "header nvvm.h", "library nvvm"],
    "opencl": ["module CUDA::OpenCL"],
    "profiler": ["header cuda_profiler_api.h"],
    "sanitizer": ["program compute-sanitizer", "header sanitizer.h"],
}
# Of Debian, of products of their own, of a project; and the library of the driver's that no wheel has.
NOT_OF_CUDA = [
    "header libpq-fe.h",
    "header cuda_utils.h",
    "header profiler.h",
    "header CL/cl.h",
    "header sanitizer/asan_interface.h",
    "header cusparseLt.h",
    "header cudnn_frontend.h",
    "header cublas_utils.h",
    "header nvjpeg2k.h",
    "library OpenCL",
    "library cusparseLt",
    "library nvidia-ml",
    "module CUDA::nvml",
    "module OpenCL",
    "module CUDA::nothing",
    "module ZLIB",
    "program gcc",
]


@pytest.mark.parametrize(("component", "lack"), [(name, lack) for name, lacks in FOUND.items() for lack in lacks])
def test_what_has_it(component: str, lack: str) -> None:
    assert component_with(*lack.split()) is COMPONENTS[component]


@pytest.mark.parametrize("lack", NOT_OF_CUDA)
def test_what_is_of_no_component(lack: str) -> None:
    assert component_with(*lack.split()) is None


def test_the_tables_name_components() -> None:
    for table in (_HEADERS, _LIBRARIES, _PROGRAMS, _MODULES):
        assert set(table) <= set(COMPONENTS)
        assert all(re.compile(pattern) for pattern in table.values())
