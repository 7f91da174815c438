# neve, from this source.
{
  lib,
  python,
  pyproject,
  source,
  requirements,
  ...
}:
let
  inherit (pyproject) project;
  required = requirements project.dependencies;
  version = builtins.head (
    builtins.match ".*\n__version__ = \"([^\"]+)\".*" (
      builtins.readFile ../${pyproject.tool.hatch.version.path}
    )
  );
in
python.pkgs.buildPythonApplication {
  pname = project.name;
  inherit version;
  pyproject = true;

  src = source [
    "python"
    "nix"
    "templates"
    "pyproject.toml"
    "README.md"
    "LICENSE"
  ];

  build-system = (requirements pyproject.build-system.requires).packages;
  dependencies = required.packages;
  pythonRelaxDeps = required.old;
  pythonRemoveDeps = required.names;
  makeWrapperArgs = [
    "--prefix"
    "PATH"
    ":"
    (lib.makeBinPath required.programs)
  ];
  pythonImportsCheck = [ project.name ];

  meta = {
    inherit (project) description;
    license = lib.licenses.mit;
    mainProgram = project.name;
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
