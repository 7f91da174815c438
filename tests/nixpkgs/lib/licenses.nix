# Licences by the names that nixpkgs gives them; `free` decides whether config must allow them.
let
  free = fullName: spdxId: {
    inherit fullName spdxId;
    shortName = spdxId;
    free = true;
  };
in
{
  mit = free "MIT License" "MIT";
  bsd3 = free "BSD 3-clause License" "BSD-3-Clause";
  asl20 = free "Apache License 2.0" "Apache-2.0";
  gpl3Plus = free "GNU General Public License v3.0 or later" "GPL-3.0-or-later";
  unfree = {
    fullName = "Unfree";
    shortName = "unfree";
    free = false;
  };
  nvidiaCuda = {
    fullName = "CUDA EULA";
    shortName = "CUDA EULA";
    free = false;
  };
  cudnn = {
    fullName = "cuDNN EULA";
    shortName = "cuDNN EULA";
    free = false;
  };
}
