"""Have nvcc compile and link the extension; CUDA_HOME says where it is."""

import os
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext


class BuildCuda(build_ext):
    """One call of nvcc makes the extension. It links the CUDA runtime statically, so the image needs none."""

    def build_extension(self, extension: Extension) -> None:
        """For the GPUs of tool.neve.cuda.architectures, or for all that the release knows."""
        target = Path(self.get_ext_fullpath(extension.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        nvcc = f"{os.environ.get('CUDA_HOME', '/usr/local/cuda')}/bin/nvcc"
        architectures = os.environ.get("NEVE_CUDA_GENCODE", "-arch=all-major").split()
        headers = [f"-I{directory}" for directory in self.include_dirs]
        options = ["-O3", "-shared", "-Xcompiler", "-fPIC"]
        self.spawn([nvcc, *options, *architectures, *headers, "-o", str(target), *extension.sources])


setup(
    ext_modules=[Extension("cuda_kernel.kernel", ["src/cuda_kernel/kernel.cu"])],
    cmdclass={"build_ext": BuildCuda},
)
