"""The image's configuration as every base renders it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neve.components.plan import Plan

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
PLATFORMS = {architecture: f"linux/{name}" for architecture, name in ARCHITECTURES.items()}
_VARIANTS = {"aarch64": "v8"}  # as the image-spec's table of platforms has it


def image_config(plan: Plan, architecture: str | None = None) -> dict[str, Any]:
    """The image configuration (OCI image-spec, config.md) without ``rootfs`` and ``history``, for ``architecture``
    (default: the plan's).
    """
    settings: dict[str, Any] = {
        "Env": [f"{name}={value}" for name, value in plan.env.items()],
        "WorkingDir": plan.workdir,
    }
    if plan.entrypoint:
        settings["Entrypoint"] = list(plan.entrypoint)
    if plan.cmd:
        settings["Cmd"] = list(plan.cmd)
    if plan.user:
        settings["User"] = f"{plan.user.uid}:{plan.user.gid}"
        if "HOME" not in plan.env:
            settings["Env"].append(f"HOME={plan.user.home}")
    if plan.ports:
        settings["ExposedPorts"] = {f"{port}/tcp": {} for port in plan.ports}
    if plan.volumes:
        settings["Volumes"] = {path: {} for path in plan.volumes}
    if plan.labels:
        settings["Labels"] = dict(plan.labels)
    architecture = architecture or plan.architecture
    return {
        "created": "1970-01-01T00:00:01Z",
        "architecture": ARCHITECTURES[architecture],
        **({"variant": _VARIANTS[architecture]} if architecture in _VARIANTS else {}),
        "os": "linux",
        "config": settings,
    }


__all__ = ["ARCHITECTURES", "PLATFORMS", "image_config"]
