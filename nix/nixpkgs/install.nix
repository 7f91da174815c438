# The attributes of a derivation that unpacks a wheel into a store path of its own, finds the libraries of its machine
# code, and compiles it to byte code.
{ lib, pkgs, ... }:
{
  python,
  wheel, # the file, in the words of the shell
  libraries, # where sonames are looked for; null where there is no machine code
  forgotten ? [ ], # store paths that only compile: what is installed refers to none of them
  beside ? [ ], # wheels whose libraries it may need
}:
{
  dontConfigure = true;
  installPhase = ''
    runHook preInstall
    ${python.interpreter} -I ${./install_wheel.py} ${wheel} "$out" ${python.sitePackages}
  ''
  + lib.optionalString (forgotten != [ ]) ''
    . ${./forget.sh}
    forget "$out" $forgotten
    for number in "''${!autoPatchelfLibs[@]}"; do
      case " $forgotten " in *" ''${autoPatchelfLibs[$number]%/lib} "*) unset "autoPatchelfLibs[$number]" ;; esac
    done
  ''
  + lib.optionalString (beside != [ ]) ''
    addAutoPatchelfSearchPath $beside
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
// lib.optionalAttrs (forgotten != [ ]) {
  inherit forgotten;
  disallowedReferences = forgotten;
}
// lib.optionalAttrs (beside != [ ]) { inherit beside; }
