# What `nix flake check` runs.
{
  lib,
  environment,
  formatter,
  image,
  package,
  pkgs,
  shell,
  source,
  ...
}:
let
  nix = source [
    "flake.nix"
    "flake"
    "nix"
  ];
  tested = environment [ ];
in
{
  inherit image package shell;

  parse = pkgs.runCommand "neve-parse" { nativeBuildInputs = [ pkgs.nix ]; } ''
    find ${nix} ${../tests/render/golden} -name '*.nix' -exec nix-instantiate --store dummy:// --parse {} + > "$out"
  '';

  format = pkgs.runCommand "neve-format" { nativeBuildInputs = [ formatter ]; } ''
    cd ${nix}
    format --check
    touch "$out"
  '';

  # The tests that need neither a network nor a sandbox.
  unit =
    pkgs.runCommand "neve-unit"
      {
        nativeBuildInputs = tested.programs ++ [
          tested.python
          pkgs.gitMinimal
          pkgs.util-linuxMinimal
        ];
        src = source [
          "flake.nix"
          "flake.lock"
          "flake"
          "CHANGELOG.md"
          "CONTRIBUTING.md"
          "LICENSE"
          "Makefile"
          "README.md"
          "benchmarks"
          "docs"
          "examples"
          "nix"
          "pyproject.toml"
          "python"
          "scripts"
          "templates"
          "tests"
        ];
      }
      ''
        cp -r "$src" source
        chmod -R u+w source
        cd source
        export HOME=$PWD/home PYTHONPATH=$PWD/python
        mkdir "$HOME"
        pytest -q -p no:cacheprovider -m "not build and not network and not nixpkgs" | tee "$out"
      '';

  # The template is a project that neve takes.
  template = pkgs.runCommand "neve-template" { nativeBuildInputs = [ tested.python ]; } ''
    export PYTHONPATH=${
      source [
        "python"
        "nix"
        "templates"
      ]
    }/python
    python - > "$out" << 'END'
    from pathlib import Path
    from neve.components.plan import make_plan
    from neve.project.read import read_project

    print(make_plan(read_project(Path("${../examples/hello}"))).entrypoint)
    END
  '';
}
