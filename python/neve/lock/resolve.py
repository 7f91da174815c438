"""Making a Lock: the only stage that resolves. It may use the network and time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.lock.model import BuildLock, Lock, WheelPin
from neve.python.select import select_wheels

if TYPE_CHECKING:
    from neve.bases.debian.mirror import Mirrors
    from neve.components.plan import Plan
    from neve.fetch import Fetcher
    from neve.lock.model import BaseLock
    from neve.progress import Progress
    from neve.python.uv import Uv
    from neve.python.wheel import Wheel


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """What resolving works with."""

    mirrors: Mirrors
    fetcher: Fetcher
    uv: Uv
    progress: Progress

    def resolve(self, plan: Plan, held: Lock | None = None) -> Lock:
        """Every pin for ``plan``; ``held`` is an older lock whose pins may stay where the base has a choice.

        Raises NeveError, TransientError where a mirror or an index does not answer.
        """
        with ThreadPoolExecutor(1) as pool:  # uv waits for its index while the base waits for its own
            build_pylock = pool.submit(self._build_pylock, plan)
            base, tools = find_base(plan.base).resolve(self, plan, held)
            wheels = build_wheels(build_pylock.result(), base, plan, where="build-system.requires")
        return Lock(
            version=1,
            inputs=plan.lock_inputs(),
            base=base,
            tools=tools,
            build=BuildLock(requires=plan.build_requires, wheels=wheels),
        )

    def _build_pylock(self, plan: Plan) -> str:
        return self.uv.compile(plan.build_requires, python=plan.python) if plan.build_requires else ""


def build_wheels(pylock: str, base: BaseLock, plan: Plan, *, where: str) -> tuple[WheelPin, ...]:
    """The wheels of the text of a pylock that build for any of the plan's architectures, as neve.lock records them.

    Raises NeveError where one of them has no wheel.
    """
    if not pylock:
        return ()
    found: dict[str, Wheel] = {}
    for targets in find_base(plan.base).targets(base, plan).values():
        found.update((wheel.file, wheel) for wheel in select_wheels(pylock, targets[0], where=where))
    return wheel_pins(sorted(found.values(), key=lambda wheel: (wheel.name, wheel.file)))


def wheel_pins(wheels: Sequence[Wheel]) -> tuple[WheelPin, ...]:
    """``wheels`` as neve.lock records them."""
    return tuple(
        WheelPin(name=w.name, version=w.version, file=w.file, url=w.url, sha256=w.sha256, size=w.size) for w in wheels
    )


__all__ = ["Resolver", "build_wheels", "wheel_pins"]
