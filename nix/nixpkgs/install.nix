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
  ''
  # autoPatchelf forgets $ORIGIN, by which wheels find one another in the environment.
  + lib.optionalString (libraries != null) ''
    ${python.interpreter} -I ${./rpaths.py} remember "$out" > "$NIX_BUILD_TOP/rpaths"
    autoPatchelf -- "$out"
    ${python.interpreter} -I ${./rpaths.py} restore "$out" < "$NIX_BUILD_TOP/rpaths"
  ''
  + ''
    PYTHONHASHSEED=0 ${python.interpreter} -s -S ${../common/compile.py} "$out/${python.sitePackages}"
    runHook postInstall
  '';
  # It would move and pack files (doc, sbin, lib64, man pages) that the wheel's RECORD and its code look for.
  dontFixup = true;
}
// lib.optionalAttrs (libraries != null) {
  nativeBuildInputs = [
    pkgs.autoPatchelfHook
    pkgs.patchelf
  ];
  buildInputs = libraries;
  # Another wheel may bring what is missing, or the driver; the import check sees what nobody brings.
  autoPatchelfIgnoreMissingDeps = [ "*" ];
}
