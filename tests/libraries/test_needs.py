from __future__ import annotations

import pytest

from neve.libraries.elf import Elf
from neve.libraries.needs import Need, find_needs, newest_glibc
from neve.libraries.sonames import is_drivers, is_foreign, is_loaders
from neve.libraries.wheel import WheelFiles


def an_elf(*needed: str, soname: str | None = None, machine: int = 62, program: bool = False, **more: object) -> Elf:
    return Elf(bits=64, little=True, machine=machine, program=program, soname=soname, needed=needed, **more)  # type: ignore[arg-type]


def needs(files: dict[str, Elf], *others: dict[str, Elf], python: str = "3.13") -> dict[tuple[str, str], bool]:
    wheels = {f"w{number}.whl": WheelFiles(files=each, unreadable={}) for number, each in enumerate((files, *others))}
    found = find_needs(wheels, architecture="x86_64", python=python)
    assert list(found) == sorted(found, key=lambda need: (need.wheel, need.soname))
    return {(need.wheel, need.soname): need.certain for need in found}


def test_what_an_extension_module_needs_is_certain() -> None:
    found = needs(
        {
            "cv2/cv2.abi3.so": an_elf("libQt5Gui-12ab.so.5", "libc.so.6", "ld-linux-x86-64.so.2"),
            "opencv_python.libs/libQt5Gui-12ab.so.5": an_elf("libGL.so.1", "libQt5Core-34cd.so.5"),
            "opencv_python.libs/libQt5Core-34cd.so.5": an_elf("libglib-2.0.so.0"),
            "cv2/qt/plugins/platforms/libqxcb.so": an_elf("libX11.so.6", "libGL.so.1", "libQt5Gui-12ab.so.5"),
        }
    )
    assert found == {
        ("w0.whl", "libGL.so.1"): True,
        ("w0.whl", "libX11.so.6"): False,
        ("w0.whl", "libc.so.6"): True,
        ("w0.whl", "libglib-2.0.so.0"): True,
    }


def test_by_names_who_needs_it_the_certain_one_first() -> None:
    files = {"a/plugins/x.so": an_elf("libGL.so.1"), "b/_m.cpython-313-x86_64-linux-gnu.so": an_elf("libGL.so.1")}
    found = find_needs({"w": WheelFiles(files=files, unreadable={})}, architecture="x86_64", python="3.13")
    assert found == (Need(wheel="w", soname="libGL.so.1", by="b/_m.cpython-313-x86_64-linux-gnu.so", certain=True),)


def test_another_wheel_may_have_it_by_its_soname_or_its_file_name() -> None:
    torch = {"torch/_C.cpython-313-x86_64-linux-gnu.so": an_elf("libcudart.so.12", "libnccl.so.2", "libcudnn.so.9")}
    runtime = {
        "nvidia/lib/libcudart.so.12.8.90": an_elf(soname="libcudart.so.12"),
        "nvidia/lib/libnccl.so.2": an_elf("libpthread.so.0"),
    }
    assert needs(torch, runtime) == {("w0.whl", "libcudnn.so.9"): True, ("w1.whl", "libpthread.so.0"): True}


@pytest.mark.parametrize(
    ("path", "python", "certain"),
    [
        ("a/_b.cpython-313-x86_64-linux-gnu.so", "3.13", True),
        ("a/_b.cpython-312-x86_64-linux-gnu.so", "3.13", False),
        ("a/_b.cpython-313t-x86_64-linux-gnu.so", "3.13t", True),
        ("a/_b.cpython-313t-x86_64-linux-gnu.so", "3.13", False),
        ("a/_b.abi3.so", "3.14", True),
        ("a-1.data/platlib/_b.so", "3.13", True),
        ("a/lib_b.so", "3.13", False),
        ("a/plugins/b.so", "3.13", False),
        ("a/libb.so.1", "3.13", False),
        ("a/b.pypy311-pp73-x86_64-linux-gnu.so", "3.13", False),
    ],
)
def test_what_python_imports(path: str, python: str, certain: bool) -> None:
    assert needs({path: an_elf("libGL.so.1")}, python=python) == {("w0.whl", "libGL.so.1"): certain}


def test_a_program_is_no_module() -> None:
    assert needs({"a-1.data/scripts/tool.so": an_elf("libGL.so.1", program=True)}) == {("w0.whl", "libGL.so.1"): False}


def test_what_is_for_other_machines_does_not_count() -> None:
    files = {
        "a/_b.abi3.so": an_elf("libc.so.6"),
        "a/arm.abi3.so": an_elf("libarm.so.1", soname="libc.so.6", machine=183),
        "a/alpine.abi3.so": an_elf("libc.musl-x86_64.so.1", "libother.so.1"),
    }
    assert needs(files) == {("w0.whl", "libc.so.6"): True}


def test_a_ring_of_libraries_ends() -> None:
    files = {"a/_b.abi3.so": an_elf("libx.so"), "libx.so": an_elf("liby.so"), "liby.so": an_elf("libx.so", "libz.so.1")}
    assert needs(files) == {("w0.whl", "libz.so.1"): True}


def test_the_newest_glibc() -> None:
    files = {
        "a": an_elf(versions=("GLIBC_2.2.5", "GLIBC_2.34", "GLIBCXX_3.4.30")),
        "b": an_elf(versions=("GLIBC_2.9", "GLIBC_PRIVATE", "GLIBC_2.99999")),
    }
    wheels = {"w": WheelFiles(files=files, unreadable={}), "v": WheelFiles(files={"c": an_elf()}, unreadable={})}
    assert newest_glibc(wheels, architecture="x86_64") == {"w": (2, 34)}


def test_whose_a_soname_is() -> None:
    drivers = [
        "libcuda.so.1",
        "libnvidia-ml.so.1",
        "libcudadebugger.so.1",
        "libnvidia-glcore.so.535.54.03",
        "libcuda.so",
    ]
    assert all(map(is_drivers, [*drivers, "libGLX_nvidia.so.0", "libnvcuvid.so.1"]))
    assert not any(
        map(is_drivers, ["libcudart.so.12", "libGL.so.1", "libcudnn.so.9", "libnvrtc.so.12", "libcuda.so.1x"])
    )
    assert all(map(is_loaders, ["ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "linux-vdso.so.1"]))
    assert not any(map(is_loaders, ["libdl.so.2", "ld-linux.sot"]))
    assert is_foreign("libc.musl-aarch64.so.1")
    assert not is_foreign("libc.so.6")
