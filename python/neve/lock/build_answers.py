"""What build backends ask for besides their static requirements (PEP 517, get_requires_for_build_wheel), pinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from neve.lock.build_requires import OTHER, Need, needed_requirements, resolve_needs
from neve.lock.build_rules import NO_SETTINGS, BuildSettings
from neve.lock.sdists import BuildPin
from neve.project.project import BuildSystem

if TYPE_CHECKING:
    from neve.lock.build_pins import Targets
    from neve.python.uv import Uv

Pin = TypeVar("Pin", bound=BuildPin)


def with_answers(
    pins: Mapping[str, tuple[Pin, Targets]],
    answers: Mapping[str, Sequence[str]],
    *,
    own: str,
    uv: Uv,
    settings: BuildSettings = NO_SETTINGS,
    fixes: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, Pin]:
    """``pins``, by key and with their targets, once their backends have answered what they need besides: resolved anew
    where that is more than they had. ``fixes`` are the remedies for those that are one's own, by key.

    Raises NeveError as :func:`resolve_needs`.
    """
    asked: dict[str, tuple[str, ...]] = {}
    more: list[Need] = []
    for key, (pin, targets) in pins.items():
        every = [target for of in targets.values() for target in of]
        where = f"{pin.label}, {pin.backend}"
        remedies = tuple(fixes.get(key, (OTHER,)))
        asked[key] = needed_requirements(answers[key], every, where=where, fixes=remedies)
        requires = tuple(dict.fromkeys([*pin.requires, *asked[key]]))
        if requires != pin.requires:
            system = BuildSystem(requires=requires, backend=pin.backend, backend_path=pin.backend_path)
            need = Need(key=key, name=pin.name, label=pin.label, targets=targets, system=system, requires=requires)
            more.append(replace(need, fixes=remedies))
    built = resolve_needs(more, uv, own, settings)
    found: dict[str, Pin] = {}
    needs = {need.key: need for need in more}
    for key, (pin, _) in pins.items():
        asked_before = pin.asked or ()
        changed: dict[str, Any] = {"asked": tuple(dict.fromkeys([*asked_before, *asked[key]]))}
        if key in needs:
            changed |= {
                "requires": needs[key].requires,
                "wheels": built[key].wheels,
                "lacking": dict(built[key].lacking),
            }
        found[key] = pin.model_copy(update=changed)
    return found


__all__ = ["with_answers"]
