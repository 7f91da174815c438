"""Call the build backend of a source directory for its wheel (PEP 517), in the interpreter's own environment.

Usage: build_wheel.py SOURCE OUTPUT; with - as OUTPUT, print what the backend asks for besides its static requirements,
as JSON, in ten minutes at the most. ``$backend`` holds ``build-backend`` and ``backend-path`` as JSON; ``$pretend``,
where it is set, NAME==VERSION for backends that would ask a repository for the version.
"""

import importlib
import importlib.metadata
import itertools
import json
import os
import re
import signal
import sys
import tempfile

LIMIT = 600  # seconds for what a backend asks for besides
running = []  # the process of the hook


def give_up(said):
    """End with what neve reads (python/neve/nix/failure.py)."""
    sys.stderr.flush()
    os.write(2, f"neve: {said}\n".encode())
    os._exit(1)


def give_up_waiting(*_):
    """End what runs when the time is over: who reads our output waits for all that hold it."""
    for child in running:
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:  # it has no group of its own yet
            os.kill(child, signal.SIGKILL)
    give_up(f"the build backend does not answer in {LIMIT} seconds")


def backend_of(source, table):
    """The backend's object; the interpreter is prepared as the backend expects it."""
    sys.path[:0] = [os.path.join(source, path) for path in table["backend-path"]]
    module, _, attributes = table["build-backend"].partition(":")
    cannot = f"build-system.build-backend {json.dumps(table['build-backend'])} cannot be imported"
    try:
        backend = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            raise  # it is there, and lacks another
        give_up(f"{cannot}: no module named {error.name}")
    for name in filter(None, attributes.split(".")):
        try:
            backend = getattr(backend, name)
        except AttributeError:
            give_up(f"{cannot}: {module} has no {attributes}")
    if module == "setuptools.build_meta" and attributes == "__legacy__":
        sys.path.insert(0, source)
        sys.argv[0] = os.path.join(source, "setup.py")
    return backend


def pretend(package):
    """Give a version to what asks git for it (setuptools-scm, hatch-vcs and others): the source has no .git."""
    name, _, version = package.partition("==")
    own = re.sub(r"[-_.]+", "_", name).upper()
    for variable in (
        f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{own}",
        "SETUPTOOLS_SCM_PRETEND_VERSION",
        "PDM_BUILD_SCM_VERSION",
        "POETRY_DYNAMIC_VERSIONING_BYPASS",
        "UV_DYNAMIC_VERSIONING_BYPASS",
        "PBR_VERSION",
    ):
        os.environ[variable] = version


def name_alike():
    """Temporary directories get the same names in each build: compilers and backends write them into what they make."""
    tempfile._name_sequence = map("neve{:04}".format, itertools.count())


def call(work):
    """What ``work()`` returns, as JSON allows it, from a process of its own: PEP 517 has one for each hook."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.close(reader)
        failed = 1
        try:
            with os.fdopen(writer, "w") as file:
                json.dump(work(), file)
            failed = 0
        except SystemExit as end:  # a backend that has said what is wrong: where it ended helps nobody
            if end.code is not None and not isinstance(end.code, int):
                print(end.code, file=sys.stderr)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(failed)
    os.close(writer)
    running.append(child)
    with os.fdopen(reader) as file:
        text = file.read()
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(1)
    return json.loads(text)


def applies(requirement):
    """Whether the marker of a requirement holds; without the library that knows, one with a marker is let through."""
    if ";" not in requirement:
        return True
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return False
    return Requirement(requirement).marker.evaluate({"extra": ""})


def absent(requirements):
    """The requirements of which no distribution is installed, whatever its version."""

    def plain(name):
        return re.sub(r"[-_.]+", "-", name).lower()

    installed = {plain(each.metadata["Name"] or "") for each in importlib.metadata.distributions()}
    names = {each: plain(re.match(r"\s*([\w.-]*)", each)[1]) for each in requirements if applies(each)}
    return sorted(requirement for requirement, name in names.items() if name not in installed)


def main():
    """Build the wheel into OUTPUT; the backend's own words go to standard error."""
    source, output = sys.argv[1:]
    table = json.loads(os.environ.pop("backend"))
    if package := os.environ.pop("pretend", ""):
        pretend(package)
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if path != here]
    os.chdir(source)
    os.environ["PATH"] = f"{sys.prefix}/bin:{os.environ['PATH']}"
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)

    if output == "-":
        signal.signal(signal.SIGALRM, give_up_waiting)
        signal.alarm(LIMIT)
    name_alike()
    backend = backend_of(source, table)  # imported once; what a hook changes ends with its process

    def requires():
        hook = getattr(backend, "get_requires_for_build_wheel", None)
        return list(hook({})) if hook else []

    asked = call(requires)
    if output == "-":
        os.dup2(saved, 1)
        print(json.dumps(asked))
        return
    missing = absent(asked)
    if missing:
        sys.exit(
            f"build_wheel.py: {table['build-backend']} asks for {', '.join(missing)}, which is not locked: `neve lock"
            " --upgrade` asks it again; else add it to build-system.requires, or the program to tool.neve.build.system"
        )
    name = call(lambda: backend.build_wheel(output, {}, None))
    os.dup2(saved, 1)
    print(name)


main()
