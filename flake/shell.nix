# What `make test` needs, and what its tests compare neve with. scripts/setup.sh takes the environment from here.
{
  package,
  environment,
  formatter,
  pkgs,
  pyproject,
  python,
  ...
}:
let
  # The checkout's neve, whatever the directory is later.
  editable = python.pkgs.mkPythonEditablePackage {
    inherit (package) pname version;
    inherit (pyproject.project) scripts;
    root = "$NEVE_CHECKOUT/python";
  };
  ready = environment [ editable ];
in
pkgs.mkShell {
  packages = ready.programs ++ [
    ready.python
    formatter
    pkgs.bubblewrap
    pkgs.gitMinimal
    pkgs.gnumake
    pkgs.nixfmt
    pkgs.podman
    pkgs.runc
    pkgs.skopeo
  ];
  NEVE_ENVIRONMENT = ready.python;
  shellHook = ''
    export NEVE_CHECKOUT=$PWD
  '';
}
