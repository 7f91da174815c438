# The attributes of a derivation that unpacks a wheel into a store path of its own, finds the libraries of its machine
# code, and compiles it to byte code.
{ lib, pkgs, ... }:
{
  python,
  wheel, # the file, in the words of the shell
  libraries, # where sonames are looked for; null where there is no machine code
}:
{
  dontConfigure = true;
  installPhase = ''
    runHook preInstall
    ${python.interpreter} -I ${./install_wheel.py} ${wheel} "$out" ${python.sitePackages}
    ${python.interpreter} -I -S ${../common/compile.py} "$out"
    runHook postInstall
  '';
  dontStrip = true;
  dontPatchELF = true;
  dontPatchShebangs = true;
}
// lib.optionalAttrs (libraries != null) {
  nativeBuildInputs = [
    pkgs.autoPatchelfHook
    pkgs.patchelf
  ];
  buildInputs = libraries;
  # Another wheel may bring what is missing, or the driver; the import check sees what nobody brings.
  autoPatchelfIgnoreMissingDeps = [ "*" ];
  # autoPatchelf forgets $ORIGIN, by which wheels find one another in the environment.
  dontAutoPatchelf = true;
  postFixup = ''
    ${python.interpreter} -I ${./rpaths.py} remember "$out" > "$NIX_BUILD_TOP/rpaths"
    autoPatchelf -- "$out"
    ${python.interpreter} -I ${./rpaths.py} restore "$out" < "$NIX_BUILD_TOP/rpaths"
  '';
}
