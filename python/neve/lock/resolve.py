"""Making a Lock: the only stage that resolves. It may use the network and time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from neve.bases.base import find_base
from neve.lock.build_pins import Built, build_pins, compile_build_requires
from neve.lock.model import BuildLock, Lock

if TYPE_CHECKING:
    from neve.bases.debian.mirror import Mirrors
    from neve.components.plan import Plan
    from neve.fetch import Fetcher
    from neve.lock.interpreter import InterpreterPin
    from neve.progress import Progress
    from neve.python.uv import Uv


@dataclass(frozen=True, kw_only=True)
class Resolver:
    """What resolving works with."""

    mirrors: Mirrors
    fetcher: Fetcher
    uv: Uv
    progress: Progress

    def resolve(self, plan: Plan, held: Lock | None = None, *, upgrade: bool = False) -> Lock:
        """Every pin for ``plan``; ``held`` is an older lock whose pins may stay where the base has a choice, unless
        ``upgrade`` asks for newer ones.

        Raises NeveError, TransientError where a mirror or an index does not answer.
        """
        with ThreadPoolExecutor(1) as pool:  # uv waits for its index while the base waits for its own
            build_pylock = pool.submit(self._build_pylock, plan)
            interpreter = self._interpreter(plan, held, upgrade=upgrade) if plan.managed else None
            base, tools = find_base(plan.base).resolve(self, plan, held, interpreter, upgrade=upgrade)
            pylock, targets = build_pylock.result(), find_base(plan.base).targets(base, plan, building=True)
            where = "build-system.requires"
            built = build_pins(pylock, targets, own=plan.machine, where=where) if pylock else Built()
        return Lock(
            version=1,
            inputs=plan.lock_inputs(),
            base=base,
            tools=tools,
            interpreter=interpreter,
            build=BuildLock(requires=plan.build_requires, wheels=built.wheels, lacking=dict(built.lacking)),
        )

    def _interpreter(self, plan: Plan, held: Lock | None, *, upgrade: bool) -> InterpreterPin:
        from neve.interpreter.resolve import Asked, resolve_interpreter

        asked = Asked(uv=self.uv, fetcher=self.fetcher, progress=self.progress)
        return resolve_interpreter(plan, held.interpreter if held else None, asked, upgrade=upgrade)

    def _build_pylock(self, plan: Plan) -> str:
        return compile_build_requires(self.uv, plan.build_requires, python=plan.python)


__all__ = ["Resolver"]
