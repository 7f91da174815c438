"""Machines that are made up: a tree of files, and programs that answer what they are told to."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from neve.host import Host, Ran

LIBRARIES = f"/usr/lib/{os.uname().machine}-linux-gnu"
_KIND = {"x86_64": "x86-64", "aarch64": "AArch64"}[os.uname().machine]
H100 = {"name": "NVIDIA H100", "capability": [9, 0], "uuid": "GPU-1111", "memory": 80 << 30}
V100 = {"name": "Tesla V100", "capability": [7, 0], "uuid": "GPU-2222", "memory": 16 << 30}
B300 = {"name": "NVIDIA B300", "capability": [10, 3], "uuid": "GPU-3333", "memory": 288 << 30}


@dataclass
class Machine:
    """A tree below ``root``; ``answers`` has what a program prints, by its name and its first argument or its name."""

    root: Path
    environ: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/bin:/usr/sbin", "HOME": "/home/me"})
    answers: dict[str, Ran | None] = field(default_factory=dict)
    ran: list[list[str]] = field(default_factory=list)

    @property
    def host(self) -> Host:
        return Host(root=self.root, environ=self.environ, runner=self._run)

    def _run(self, words: Sequence[str], seconds: float) -> Ran | None:
        assert seconds > 0
        self.ran.append(list(words))
        if words[0] == sys.executable:  # the driver's library, or the trial of a sandbox
            return self.answers.get("libcuda" if words[-1].endswith(".so.1") else "sandbox", Ran(status=0, out=""))
        name = Path(words[0]).name
        return self.answers.get(" ".join([name, *words[1:2]]), self.answers.get(name, Ran(status=127, out="")))

    def write(self, place: str, text: str = "", *, link: str | None = None) -> None:
        path = self.root / place.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if link is not None:
            path.symlink_to(link)
        else:
            path.write_text(text)

    def program(self, name: str, out: str = "", status: int = 0) -> None:
        self.write(f"/usr/bin/{name}")
        (self.root / "usr/bin" / name).chmod(0o755)
        self.answers[name] = Ran(status=status, out=out)

    def driver(
        self, version: str | None, *gpus: Mapping[str, object], library: str | None = "", status: int = 0
    ) -> None:
        """Install one: the kernel module's ``version``, the ``library``'s (default: the same; None: none)."""
        if version is not None:
            self.write("/sys/module/nvidia/version", f"{version}\n")
            for node in ("nvidiactl", "nvidia-uvm", *(f"nvidia{index}" for index in range(len(gpus)))):
                self.write(f"/dev/{node}")
        for index, gpu in enumerate(gpus):
            information = f"Model: \t\t {gpu['name']}\nGPU UUID: \t {gpu['uuid']}\nDevice Minor: \t {index}\n"
            self.write(f"/proc/driver/nvidia/gpus/0000:0{index}:00.0/information", information)
        if library is not None:
            self.libraries(library or str(version))
        self.answers["libcuda"] = Ran(status=0, out=json.dumps({"status": status, "gpus": [] if status else gpus}))

    def libraries(self, version: str) -> None:
        """The driver's user part, in the loader's cache."""
        lines = []
        for name, soname in {
            "cuda": "1",
            "nvidia-ml": "1",
            "nvidia-gpucomp": version,
            "nvidia-glcore": version,
        }.items():
            file = f"lib{name}.so.{version}"
            self.write(f"{LIBRARIES}/{file}", f"{name} {version}")
            if soname != version:
                self.write(f"{LIBRARIES}/lib{name}.so.{soname}", link=file)
            lines.append(f"\tlib{name}.so.{soname} (libc6,{_KIND}) => {LIBRARIES}/lib{name}.so.{soname}")
        lines.append("\tlibc.so.6 (libc6) => /lib32/libc.so.6")
        self.program("ldconfig", "\n".join(lines))

    def cdi(self, version: str, file: str = "/etc/cdi/nvidia.yaml", *, node: str = "/dev/nvidia0") -> None:
        """A specification as nvidia-ctk writes it, of the driver ``version``."""
        library = f"{LIBRARIES}/libcuda.so.{version}"
        if file.endswith(".json"):
            edits = {
                "deviceNodes": [{"path": node}],
                "mounts": [{"hostPath": library, "containerPath": library, "options": ["ro", "bind"]}],
            }
            data = {
                "cdiVersion": "0.5.0",
                "kind": "nvidia.com/gpu",
                "devices": [{"name": "all", "containerEdits": edits}],
            }
            self.write(file, json.dumps(data))
            return
        text = "---\ncdiVersion: 0.5.0\ncontainerEdits:\n  deviceNodes:\n  - path: /dev/nvidiactl\n  mounts:\n"
        text += f"  - containerPath: {library}\n    hostPath: {library}\n    options:\n    - ro\n"
        text += (
            f"devices:\n- containerEdits:\n    deviceNodes:\n    - path: {node}\n  name: all\nkind: nvidia.com/gpu\n"
        )
        self.write(file, text)
