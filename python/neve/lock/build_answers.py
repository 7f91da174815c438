"""What build backends ask for besides their static requirements (PEP 517, get_requires_for_build_wheel), pinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from neve.lock.build_requires import Need, needed_requirements, resolve_needs
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
) -> dict[str, Pin]:
    """``pins``, by key and with their targets, once their backends have answered what they need besides: resolved anew
    where that is more than they had. Raises NeveError as :func:`resolve_needs`.
    """
    asked: dict[str, tuple[str, ...]] = {}
    more: list[Need] = []
    for key, (pin, targets) in pins.items():
        every = [target for of in targets.values() for target in of]
        where = f"{pin.label}, {pin.backend}"
        asked[key] = needed_requirements(answers[key], every, where=where)
        requires = tuple(dict.fromkeys([*pin.requires, *asked[key]]))
        if requires != pin.requires:
            system = BuildSystem(requires=requires, backend=pin.backend, backend_path=pin.backend_path)
            more.append(
                Need(key=key, name=pin.name, label=pin.label, targets=targets, system=system, requires=requires)
            )
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
