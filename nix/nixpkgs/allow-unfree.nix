# Whether a package without a free licence may be used: one that the project names, or with CUDA one of NVIDIA's.
{
  lib,
  nixpkgs,
  system,
  unfree,
  cuda,
  ...
}:
let
  # The name of a package need not be the last part of its path: elasticsearch7 is an "elasticsearch". It is read from
  # packages that are all allowed, for those of the image ask here.
  everything = import nixpkgs {
    inherit system;
    config.allowUnfree = true;
    overlays = [ ];
  };
  nameOf =
    path:
    let
      package = lib.attrByPath (lib.splitString "." path) null everything;
      found = builtins.tryEval (if lib.isDerivation package then lib.getName package else null);
    in
    if found.success then found.value else null;
  named =
    name:
    builtins.any (path: name == lib.last (lib.splitString "." path)) unfree
    || builtins.any (path: name == nameOf path) unfree;

  licences = [
    "CUDA EULA"
    "cuDNN EULA"
    "cuSPARSELt EULA"
    "cuTENSOR EULA"
  ];
  allowed = licence: licence.free or false || builtins.elem (licence.shortName or null) licences;
in
package:
named (lib.getName package)
|| cuda != null && builtins.all allowed (lib.toList (package.meta.license or { }))
