from __future__ import annotations

import pytest

from neve.nix.lacking import Lacking, lacking


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("psycopg/psycopg.h:35:10: fatal error: libpq-fe.h: No such file or directory", "header", "libpq-fe.h"),
        ("x.c:1:10: fatal error: openssl/ssl.h: No such file or directory", "header", "openssl/ssl.h"),
        ("x.c:1:10: fatal error: 'ffi.h' file not found", "header", "ffi.h"),
        ("/usr/bin/ld: cannot find -lpq: No such file or directory", "library", "pq"),
        ("/usr/bin/ld: cannot find -lxml2", "library", "xml2"),
        ("Package 'libffi', required by 'virtual:world', not found", "module", "libffi"),
        ("Package libxml-2.0 was not found in the pkg-config search path.", "module", "libxml-2.0"),
        ("No package 'cairo' found", "module", "cairo"),
        ('../meson.build:12:9: ERROR: Dependency "cairo" not found, tried pkgconfig', "module", "cairo"),
        ("  Could NOT find ZLIB (missing: ZLIB_LIBRARY ZLIB_INCLUDE_DIR)", "module", "ZLIB"),
        ("error: command 'gcc' failed: No such file or directory", "program", "gcc"),
        ("error: command '/usr/bin/x86_64-linux-gnu-g++' failed: No such file or directory", "program", "g++"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'cmake'", "program", "cmake"),
        ("/bin/sh: 1: flex: not found", "program", "flex"),
        ("../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang']]", "program", "gcc"),
        ("  No CMAKE_CXX_COMPILER could be found.", "program", "g++"),
        ("error: can't find Rust compiler", "program", "rustc"),
        ("error: linker `cc` not found", "program", "gcc"),
        ("Error: pg_config executable not found.", "program", "pg_config"),
        ("error: command '/usr/local/cuda/bin/nvcc' failed: No such file or directory", "program", "nvcc"),
        ("/bin/sh: 1: /usr/local/cuda/bin/nvcc: not found", "program", "nvcc"),
        ("bash: line 1: ptxas: command not found", "program", "ptxas"),
        ("make[1]: /usr/local/cuda/bin/nvcc: No such file or directory", "program", "nvcc"),
        ("  Failed to find nvcc.", "program", "nvcc"),
        ("  Could not find `nvcc` executable in any searched paths, please set", "program", "nvcc"),
        ("  No CMAKE_CUDA_COMPILER could be found.", "program", "nvcc"),
        ("  Could not find compiler set in environment variable CUDACXX:", "program", "nvcc"),
        ("OSError: CUDA_HOME environment variable is not set. Please set it to", "program", "nvcc"),
        ("RuntimeError: x was requested, but nvcc was not found.", "program", "nvcc"),
        ('x.cu(1): catastrophic error: cannot open source file "cublas_v2.h"', "header", "cublas_v2.h"),
        ("  Could NOT find CUDAToolkit (missing: CUDAToolkit_INCLUDE_DIR)", "module", "CUDAToolkit"),
        ("    CUDA::cublas", "module", "CUDA::cublas"),
        ('  Target "x" links to target "CUDA::cufft" but the target was not found.', "module", "CUDA::cufft"),
        ("ninja: error: '/usr/local/cuda/lib64/libcublas.so', needed by 'x.so', missing", "library", "cublas"),
    ],
)
def test_what_tools_say(line: str, kind: str, name: str) -> None:
    assert [(found.kind, found.name) for found in lacking([line, "and so on", line])] == [(kind, name)]


def test_what_our_own_builder_says() -> None:
    line = "neve: psycopg2 links with libpq.so.5, which the image lacks (package libpq5)"
    assert lacking([line]) == (Lacking("linked", "libpq.so.5", "libpq5"),)
    assert lacking([line.replace("libpq5", "")]) == (Lacking("linked", "libpq.so.5"),)
    line = "neve: fast links with libcudart.so.13, which the image lacks (component nvidia-cuda-runtime)"
    assert lacking([line]) == (Lacking("cuda", "libcudart.so.13", "nvidia-cuda-runtime"),)


def test_what_is_none() -> None:
    lines = [
        "gcc -c x.c",
        "fatal error: ${HOME}: No such file or directory",
        "ModuleNotFoundError: No module named 'x'",
    ]
    assert lacking(lines) == ()


def test_what_is_done_without_comes_last() -> None:
    """CMake says of each package that is not required that it is not there."""
    optional = [
        "-- Could NOT find CUDAToolkit (missing: CUDAToolkit_ROOT)",
        "UserWarning: nvcc was not found, CPU only",
    ]
    fatal = "x.c:1:1: fatal error: libpq-fe.h: No such file or directory"
    assert lacking([*optional, fatal]) == (Lacking("header", "libpq-fe.h"),)
    assert lacking(optional) == (Lacking("module", "CUDAToolkit"), Lacking("program", "nvcc"))
    assert lacking([optional[1], "  Failed to find nvcc."]) == (Lacking("program", "nvcc"),)
