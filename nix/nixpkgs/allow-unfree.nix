# Whether a package without a free licence may be used: one that the project names, or with CUDA one of NVIDIA's.
{
  lib,
  unfree,
  cuda,
  ...
}:
let
  licences = [
    "CUDA EULA"
    "cuDNN EULA"
    "cuSPARSELt EULA"
    "cuTENSOR EULA"
  ];
  allowed = licence: licence.free or false || builtins.elem (licence.shortName or null) licences;
in
package:
builtins.elem (lib.getName package) unfree
|| cuda != null && builtins.all allowed (lib.toList (package.meta.license or { }))
