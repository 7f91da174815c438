"""The Plan: what the image needs, merged from the components. A pure function of the Project."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from neve.bases.base import Cuda, find_base
from neve.components.component import GROUPS, Component, Contribution
from neve.components.registry import COMPONENTS
from neve.errors import DefectError, NeveError
from neve.project.project import Project

ARCHITECTURES = {"linux/amd64": "x86_64", "linux/arm64": "aarch64"}
LOCK_INPUTS = 1  # raised when what neve locks for the same wishes changes


@dataclass(frozen=True, kw_only=True)
class User:
    """The user that an image runs as, and the entry that passwd(5) gets."""

    name: str
    uid: int
    gid: int
    home: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the image needs. ``packages`` are names of the base by group, bottom layer first.

    ``platforms`` are the architectures that it is for, ``machine`` the one that builds; ``architecture`` is the
    machine's own where the image is for it, else the first of the platforms.
    """

    project: Project
    base: str
    release: str
    python: str
    freethreaded: bool
    managed: bool  # whether uv's own Python is taken, not the base's
    architecture: str
    machine: str
    platforms: tuple[str, ...]
    components: tuple[tuple[str, str], ...]
    packages: Mapping[str, tuple[str, ...]]
    env: Mapping[str, str]
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    volumes: tuple[str, ...]
    ports: tuple[int, ...]
    entrypoint: tuple[str, ...]
    cmd: tuple[str, ...]
    user: User | None
    workdir: str
    shell: bool
    cuda: Cuda | None
    reference: str
    compression: str
    max_layers: int

    @property
    def architectures(self) -> tuple[str, ...]:
        """Those that neve.lock needs pins of: the platforms', and the machine's, whose programs build."""
        return tuple(dict.fromkeys((*self.platforms, self.machine)))

    @property
    def build_requires(self) -> tuple[str, ...]:
        """What the project's own build needs (PEP 518)."""
        return self.project.build_system.requires if self.project.build_system else ()

    @property
    def starts(self) -> str:
        """The program that the image starts, where it says so; else Python, which every image has but those without."""
        return (self.entrypoint or self.cmd or ("python",))[0]

    def lock_inputs(self) -> str:
        """A digest of all that decides what neve.lock holds: equal while the lock is fresh."""
        own = find_base(self.base).wishes(self)
        wishes = [LOCK_INPUTS, self.base, self.release, self.python, *own, sorted(self.build_requires)]
        return hashlib.sha256(json.dumps(wishes, sort_keys=True).encode()).hexdigest()


def make_plan(project: Project, *, architecture: str = "x86_64") -> Plan:
    """Merge the components for ``project``, to be built on ``architecture``.

    Raises NeveError where no release has the Python that it asks for.
    """
    config = project.config
    base = find_base(config.base)
    choice = base.choose(config, project.python, project.requires_python)
    contributions = _contributions(COMPONENTS, project, choice.python + "t" * choice.freethreaded)
    own = [base.contribution(component.name, choice) for component, _ in contributions]
    merged = _merged([*own, *(contribution for _, contribution in contributions)])
    image = config.image
    entrypoint, cmd = _start(project)
    name = image.name or project.name
    platforms = tuple(dict.fromkeys(ARCHITECTURES[platform] for platform in config.platforms)) or (architecture,)
    return Plan(
        project=project,
        base=base.name,
        release=choice.release,
        python=choice.python,
        freethreaded=choice.freethreaded,
        managed=choice.managed,
        architecture=architecture if architecture in platforms else platforms[0],
        machine=architecture,
        platforms=platforms,
        components=tuple((component.name, contribution.note) for component, contribution in contributions),
        packages=merged.packages,
        env=merged.env,
        labels=merged.labels,
        annotations=_annotations(project, f"{base.name} {choice.release}"),
        volumes=merged.volumes,
        ports=merged.ports,
        entrypoint=entrypoint,
        cmd=cmd,
        user=_user(image.user),
        workdir=image.workdir,
        shell=image.shell,
        cuda=base.cuda(config, choice.release),
        reference=f"{name}:{image.tag}",
        compression=image.compression,
        max_layers=image.max_layers,
    )


def _contributions(
    components: Sequence[Component], project: Project, python: str
) -> list[tuple[Component, Contribution]]:
    by_name = {component.name: component for component in components}
    sorter = TopologicalSorter({component.name: component.requires for component in components})
    try:
        order = list(sorter.static_order())
    except CycleError as error:
        raise DefectError("components require one another in a circle", why=str(error.args[1])) from error
    found = []
    for name in order:
        contribution = by_name[name].contribute(project, python)
        if contribution is not None:
            found.append((by_name[name], contribution))
    return found


def _merged(contributions: Sequence[Contribution]) -> Contribution:
    packages: dict[str, dict[str, None]] = {group: {} for group in GROUPS}
    env: dict[str, str] = {}
    labels: dict[str, str] = {}
    volumes: dict[str, None] = {}
    ports: dict[int, None] = {}
    for contribution in contributions:
        for group, names in contribution.packages.items():
            packages[group].update(dict.fromkeys(names))
        env.update(contribution.env)
        labels.update(contribution.labels)
        volumes.update(dict.fromkeys(contribution.volumes))
        ports.update(dict.fromkeys(contribution.ports))
    return Contribution(
        packages={group: tuple(names) for group, names in packages.items()},
        # In an order of their own: two spellings of one configuration make one image.
        env=dict(sorted(env.items())),
        labels=dict(sorted(labels.items())),
        volumes=tuple(volumes),
        ports=tuple(ports),
    )


def _start(project: Project) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Entry point and default arguments: what is configured, the only console script, or Python."""
    image = project.config.image
    if image.entrypoint is not None:
        return image.entrypoint, image.cmd or ()
    if project.kind == "script":
        return ("python", project.files[0]), image.cmd or ()
    if len(project.scripts) == 1:
        return project.scripts, image.cmd or ()
    if project.has_python:
        return (), image.cmd or ("python",)
    if project.config.base == "nixpkgs" and not (image.cmd or image.shell):
        raise NeveError(
            "nothing says what the image starts",
            where="tool.neve.image.entrypoint",
            why="a project of plain sources asks for no Python, and an image on nixpkgs has no shell of its own",
            fixes=["give `entrypoint` or `cmd`", "or `shell = true`", 'or ask for an interpreter: python = "3.13"'],
        )
    return (), image.cmd or ("sh",)


def _annotations(project: Project, base: str) -> dict[str, str]:
    """The standard annotations (OCI image-spec, annotations.md) that the metadata has an answer to."""
    prefix = "org.opencontainers.image."
    urls = project.urls
    values = {
        "title": project.name if project.named else None,
        "version": project.version,
        "description": project.description,
        "licenses": project.license,
        "source": urls.get("source") or urls.get("repository"),
        "documentation": urls.get("documentation"),
        "url": urls.get("homepage"),
    }
    found = {prefix + key: value for key, value in values.items() if value}
    return dict(sorted({**found, "dev.neve.base": base, **project.config.image.annotations}.items()))


def _user(text: str | None) -> User | None:
    name, _, group = (text or "root").partition(":")
    if name == "root" or (name.isdecimal() and int(name) == 0):
        return None
    uid = int(name) if name.isdecimal() else 1000
    name = "app" if name.isdecimal() else name
    return User(name=name, uid=uid, gid=int(group) if group else uid, home=f"/home/{name}")


__all__ = ["ARCHITECTURES", "Plan", "User", "make_plan"]
