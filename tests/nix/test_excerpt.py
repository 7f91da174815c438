"""What is shown of a failed build's log."""

from __future__ import annotations

import pytest

from neve.nix.excerpt import excerpt

FAILED = "error: command '/usr/local/cuda/bin/nvcc' failed with exit code 2"
NVCC_WARNING = """\
/usr/include/python3.13/object.h(191): warning #1160-D: a reduction in alignment is ignored
  } __attribute__((aligned(1 << 2)));
                   ^

Remark: The warnings can be suppressed with "-diag-suppress <warning-number>"
""".splitlines()
NVCC_ERROR = """\
kernel.cu(2): error: identifier "nothing" is undefined
  *a = nothing;
       ^
""".splitlines()
GCC_WARNING = """\
In file included from x.h:1,
                 from x.c:1:
y.h: In function 'f':
y.h:3:7: warning: unused variable 'a' [-Wunused-variable]
    3 |   int a;
      |       ^
y.h:1:1: note: declared here
""".splitlines()
GCC_ERROR = """\
In file included from x.c:2:
z.h:4:5: error: unknown type name 'b'
    4 |     b c;
      |     ^
""".splitlines()
RUST_WARNING = """\
warning: unused variable: `x`
 --> src/lib.rs:3:9
  |
3 |     let x = 1;
  |         ^
""".splitlines()


@pytest.mark.parametrize("warning", [NVCC_WARNING, GCC_WARNING, RUST_WARNING])
@pytest.mark.parametrize("error", [NVCC_ERROR, GCC_ERROR])
def test_errors_go_before_warnings(warning: list[str], error: list[str]) -> None:
    assert excerpt(["running build_ext", *warning * 6, *error, FAILED]) == ["running build_ext", *error, FAILED]
    assert excerpt([*error, *warning * 6, FAILED]) == [*error, FAILED]


def test_warnings_are_shown_where_nothing_else_is() -> None:
    assert excerpt([*NVCC_WARNING, "Killed"]) == [*NVCC_WARNING, "Killed"]


def test_errors_that_others_follow() -> None:
    """Builders that work on several files at once go on."""
    later = [f"[{number}/40] compiling" for number in range(40)]
    assert excerpt([*GCC_ERROR, *GCC_ERROR, *later]) == [GCC_ERROR[1], "…", *later[-15:]]


def test_a_target_of_cmake() -> None:
    log = """\
-- Could NOT find MPI (missing: MPI_CXX_FOUND)
-- Configuring done (0.1s)
CMake Error at CMakeLists.txt:5 (target_link_libraries):
  Target "kernel" links to:

    CUDA::cublas

  but the target was not found.  Possible reasons include:

    * There is a typo in the target name.
    * A find_package call is missing for an IMPORTED target.
    * An ALIAS target is missing.



-- Generating done (0.0s)
CMake Generate step failed.  Build files cannot be regenerated correctly.

*** CMake configuration failed""".splitlines()
    shown = excerpt(log)
    assert len(shown) == 15
    assert shown[0] == "CMake Error at CMakeLists.txt:5 (target_link_libraries):"
    assert shown[1:4] == ['  Target "kernel" links to:', "", "    CUDA::cublas"]
