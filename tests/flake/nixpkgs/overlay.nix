# What neve's own flake asks of nixpkgs and a small tree lacks, by name: it can be evaluated, not built. What the tree
# has is the tree's, but for the stand-in's Python packages, which have no versions to tell of.
_: prev:
let
  inherit (prev) lib;
  python = prev.python3;
  real = python.pkgs ? toPythonModule;

  program =
    name:
    prev.stdenv.mkDerivation {
      pname = name;
      version = "1";
      meta.mainProgram = name;
    };
  orProgram = name: prev.${name} or (program name);

  # Versions as a nixpkgs might have them: packaging is too old for neve, and rich is.
  versions = {
    packaging = "26.0";
    rich = "13.0";
  };
  module =
    name:
    let
      package = python.pkgs.buildPythonPackage {
        pname = name;
        version = versions.${name} or "99";
        format = "other";
        src = null;
      };
    in
    package // { overridePythonAttrs = changes: package // changes; };
  orModule = name: if real then python.pkgs.${name} or (module name) else module name;

  # A tree may have files under pkgs/build-support that it does not name.
  support = name: prev.path + "/pkgs/build-support/${name}";
  docker = support "docker";
  lacking = lib.filterAttrs (name: optional: !optional && !(prev ? ${name})) (
    builtins.functionArgs (import docker)
  );

  programs = lib.genAttrs [
    "bubblewrap"
    "findutils"
    "gitMinimal"
    "gnumake"
    "nix"
    "nixfmt"
    "patchelf"
    "podman"
    "runc"
    "skopeo"
    "util-linuxMinimal"
  ] orProgram;
  modules = lib.genAttrs [
    "backports-zstd"
    "hatchling"
    "hypothesis"
    "jinja2"
    "jsonschema"
    "mypy"
    "numpy"
    "packaging"
    "pydantic"
    "pysequoia"
    "pytest"
    "pytest-subprocess"
    "rich"
    "ruff"
    "tomlkit"
    "types-jsonschema"
    "urllib3"
    "uv"
  ] orModule;
in
programs
// {
  shellcheck-minimal =
    prev.shellcheck-minimal or (program "shellcheck" // { compiler = program "ghc"; });
  fetchPypi = prev.fetchPypi or (arguments: arguments);
  mkShell = prev.mkShell or (prev.callPackage (support "mkshell") { });
  referencesByPopularity =
    prev.referencesByPopularity or (prev.callPackage (support "references-by-popularity") { });
  dockerTools =
    prev.dockerTools or (prev.callPackage docker (
      lib.mapAttrs (name: _: program name) lacking
      // {
        writePython3 =
          name: _: _:
          program name;
        go = program "go" // {
          GOARCH = if prev.stdenv.hostPlatform.isAarch64 then "arm64" else "amd64";
        };
      }
    ));
  python3 = python // {
    withPackages = choose: module "environment" // { packages = choose python.pkgs; };
    pkgs =
      python.pkgs
      // modules
      // {
        mkPythonEditablePackage =
          {
            pname,
            version,
            root,
            scripts,
          }@arguments:
          module pname // { editable = arguments; };
      };
  };
}
