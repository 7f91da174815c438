"""The environment of each kind of project that uv does not lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from neve.errors import DefectError, NeveError, TransientError, collected
from neve.files import explained, write_atomic
from neve.project.text import read_text
from neve.python.pylock import moved, parse_pylock, pylock_text, without_project, without_secrets
from neve.stages.work import own_directory

if TYPE_CHECKING:
    from neve.project.config import Config
    from neve.python.target import Target
    from neve.session import Session
    from neve.stages.environment import Targets

_FOREIGN = {"poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
_RYE_LOCK = "lock it anew: `rye lock` (`rye sync` does so too)"
_RESOLVED = "resolved"  # in the work directory, for the user alone: uv takes versions from it, and answers there


def environment_of(session: Session, targets: Targets, *, held: str | None) -> str:
    """The text of a pylock that holds what the session's project installs on ``targets``, by architecture.

    ``held`` is an older one, whose versions stay where nothing else asks for others. Raises NeveError for what cannot
    be honoured, TransientError where an index does not answer.
    """
    kind = session.project.kind
    if kind in _FOREIGN:
        data = _foreign(session, targets, held)
    elif kind == "rye":
        data = _rye(session, targets, held)
    elif kind == "requirements":
        data = _requirements(session, targets, held)
    elif kind == "setuptools":
        data = _setuptools(session, targets, held)
    else:
        raise DefectError(f"no way to lock projects of kind {kind}")
    return pylock_text(without_secrets(without_project(data)))


def _foreign(session: Session, targets: Targets, held: str | None) -> dict[str, Any]:
    """As the tool's own lock says; without one, what its wishes resolve to."""
    from neve import foreign

    kind, config = session.project.kind, session.project.config
    groups = () if config.groups is None else config.groups
    if (session.directory / _FOREIGN[kind]).is_file():
        text = foreign.convert(
            kind,
            session.directory,
            targets=targets,
            extras=config.extras,
            groups=groups,
            fetcher=session.fetcher,
            uv=session.uv,
            environ=session.environ,
        )
        return parse_pylock(text, where=session.project.files[0])
    lines = foreign.requirements(kind, session.directory, config.extras, groups)
    environ = _index_variables(session)
    return _resolved(session, ["-"], targets, held, given="".join(f"{line}\n" for line in lines), environ=environ)


def _index_variables(session: Session) -> dict[str, str]:
    """The indexes that the tool's own tables name, as uv's variables: URLs may hold credentials, which the words of a
    command would show. Raises NeveError for an index of one package alone, which a lock alone can hold to.
    """
    from neve.foreign.indexes import project_indexes
    from neve.foreign.read import foreign_wishes, read_wishes_data

    kind = session.project.kind
    data = read_wishes_data(kind, session.directory)
    problems = [
        NeveError(
            f"{wish.dependency.name} is asked of the index {wish.reference!r} alone",
            where=wish.where,
            why=f"without a {_FOREIGN[kind]} neve has uv resolve, which would ask the others too",
            fixes=[f"`{kind} lock`, and neve takes {_FOREIGN[kind]}"],
        )
        for wish in foreign_wishes(kind, data).wishes
        if wish.reference is not None
    ]
    if (found := collected(problems)) is not None:
        raise found
    indexes = project_indexes(kind, data, session.environ)
    default = next((index for index in indexes if index.replaces_default), None)
    others = " ".join(index.url for index in indexes if index is not default)
    own = session.environ.get("UV_INDEX", "")
    variables = {"UV_INDEX": f"{own} {others}".strip()} if others else {}
    return {**variables, "UV_DEFAULT_INDEX": default.url} if default is not None else variables


def _rye(session: Session, targets: Targets, held: str | None) -> dict[str, Any]:
    """requirements.lock, which names everything; without it, what pyproject.toml resolves to, as with any."""
    from neve.project.requirements import requirements_of
    from neve.requirements.complete import complete
    from neve.requirements.honour import honoured

    config = session.project.config
    if not (session.directory / "requirements.lock").is_file():
        return _resolved(session, ["pyproject.toml"], targets, held, options=_extras(config))
    if config.extras:
        raise _no_such("extras", "requirements.lock holds those that it was made with: `rye lock --features …`")
    groups = config.groups or ()
    if groups != "all" and set(groups) - {"dev"}:
        raise _no_such("groups", 'Rye knows one, "dev", in requirements-dev.lock')
    name = "requirements-dev.lock" if groups else "requirements.lock"
    asked = requirements_of(session.directory, name)
    data = _resolved(session, [name], targets, None, options=["--no-deps", *_options(asked.prereleases)])
    whole, excluded = _rye_wishes(session, targets, name, development=bool(groups))
    found = honoured(data, asked, targets)
    return complete(found, whole, targets, file=name, fixes=[_RYE_LOCK], excluded=excluded)


def _rye_wishes(
    session: Session, targets: Targets, name: str, *, development: bool
) -> tuple[dict[str, Any], frozenset[str]]:
    """What the lock ``name`` resolves to together with what pyproject.toml asks for, and what Rye never installs.
    Raises NeveError where they contradict each other.
    """
    from neve.project.pyproject import parse_toml
    from neve.project.requirements import requirements_of

    path = session.directory / "pyproject.toml"
    table = parse_toml(read_text(path), where=path.name) if path.is_file() else {}
    wishes, excluded = (_rye_list(table, key) for key in ("dev-dependencies", "excluded-dependencies"))
    given = "".join(f"{line}\n" for line in wishes) if development and wishes else None
    sources = [name, *(["pyproject.toml"] if "project" in table else []), *(["-"] if given else [])]
    options = _options(requirements_of(session.directory, name).prereleases)
    try:
        whole = _resolved(session, sources, targets, None, options=options, given=given)
    except TransientError:
        raise
    except NeveError as error:
        what = f"{name} does not fit what the project and its packages ask for"
        raise NeveError(what, where=name, why=error.why, fixes=[_RYE_LOCK, *error.fixes]) from None
    return whole, frozenset(excluded.values())


def _rye_list(table: Mapping[str, Any], key: str) -> dict[str, str]:
    """The requirements at ``key`` of `[tool.rye]`, with their names. Raises NeveError."""
    from neve.foreign.requirement import read_requirement

    tool = table.get("tool")
    rye = tool.get("rye") if isinstance(tool, Mapping) else None
    given = rye.get(key, []) if isinstance(rye, Mapping) else []
    try:
        if not isinstance(given, list) or not all(isinstance(text, str) and text.isprintable() for text in given):
            raise ValueError("they are texts, as pip takes them")
        return {text: read_requirement(text).dependency.name for text in given}
    except ValueError as error:
        where = f"pyproject.toml, tool.rye.{key}"
        raise NeveError("not a list of requirements", where=where, why=str(error)[:400], fixes=["mend it"]) from None


def _requirements(session: Session, targets: Targets, held: str | None) -> dict[str, Any]:
    """requirements.txt and all that it includes: uv reads them, and its answer has to be what they say."""
    from neve.project.requirements import NAME, requirements_of
    from neve.requirements.honour import honoured

    config = session.project.config
    problems = [
        _no_such(key, "requirements files have none; for those of the project itself write `-e .[extra]` there")
        for key, value in (("extras", config.extras), ("groups", config.groups))
        if value
    ]
    if (found := collected(problems)) is not None:
        raise found
    asked = requirements_of(session.directory, NAME)
    data = _resolved(session, [NAME], targets, held, options=_options(asked.prereleases))
    return honoured(data, asked, targets)


def _setuptools(session: Session, targets: Targets, held: str | None) -> dict[str, Any]:
    """What setuptools says that the project needs."""
    config = session.project.config
    if config.groups:
        raise _no_such("groups", "setup.py and setup.cfg have none; they have extras")
    there = [name for name in ("setup.py", "pyproject.toml") if (session.directory / name).is_file()]
    if not there:  # uv takes no setup.cfg by itself
        from neve.project.setup_cfg import static_requirements

        lines = static_requirements(session.directory, config.extras)
        return _resolved(session, ["-"], targets, held, given="".join(f"{line}\n" for line in lines))
    if config.extras == "all":
        return _resolved(session, there[:1], targets, held, options=["--all-extras"])
    return _resolved(session, there[:1], targets, held, options=_extras(config))


def _resolved(
    session: Session,
    sources: Sequence[str],
    targets: Targets,
    held: str | None,
    *,
    options: Sequence[str] = (),
    given: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What uv resolves the files ``sources`` of the project to."""
    output = own_directory(session, _RESOLVED) / "pylock.toml"
    with explained("make room for uv's answer", output):
        output.parent.mkdir(exist_ok=True)
        output.parent.chmod(0o700)  # where we are killed, nobody else reads what is left
        output.unlink(missing_ok=True)
    if held is not None:
        with suppress(NeveError):  # one that was broken has no versions to keep
            parse_pylock(held, where=session.pylock.name)
            write_atomic(output, held)
    try:
        session.uv.resolve(
            sources,
            output,
            python=_python(_every(targets)),
            options=options,
            given=given,
            environ=environ,
            fixes=[f"mend what uv names above, in {session.project.files[0]}"],
        )
        data = parse_pylock(read_text(output), where=session.project.files[0])
    finally:
        output.unlink(missing_ok=True)  # URLs in it may hold what the environment has for their variables
    data.pop("created-by", None)
    data = {"lock-version": data.pop("lock-version", "1.0"), "created-by": "neve", **data}
    return moved(data, output.parent.relative_to(session.directory).as_posix(), str(session.directory))


def _every(targets: Targets) -> list[Target]:
    return [target for each in targets.values() for target in each]


def _python(targets: Sequence[Target]) -> str:
    """The minor version of all of ``targets``."""
    major, minor = targets[0].python
    return f"{major}.{minor}"


def _options(prereleases: bool) -> list[str]:
    return ["--prerelease=allow"] if prereleases else []


def _extras(config: Config) -> list[str]:
    extras = ["--all-extras"] if config.extras == "all" else [f"--extra={extra}" for extra in config.extras]
    if config.groups == "all":
        raise _no_such("groups", 'uv resolves groups by name; list them in place of "all"')
    return [*extras, *(f"--group={group}" for group in config.groups or ())]


def _no_such(key: str, why: str) -> NeveError:
    return NeveError(
        f"this kind of project has no such {key}",
        where=f"tool.neve.{key}",
        why=why,
        fixes=[f"take `{key}` out"],
    )


__all__ = ["environment_of"]
