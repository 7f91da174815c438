# Succeeds where every top-level module of the environment imports, the installed versions satisfy one another, and what
# the image starts is there.
{ lib, pkgs, ... }:
{
  python,
  environment,
  dependencies,
  root,
  directory, # the working directory
  path, # PATH of the image
  command, # what the image starts
  libraries, # whether the image's loader looks in its /lib
  modules ? null, # the names to import; null: all that the distributions list
}:
pkgs.runCommand "import-check"
  {
    inherit
      command
      dependencies
      directory
      environment
      path
      root
      ;
    modules = if modules == null then "" else lib.concatStringsSep " " modules;
  }
  ''
    # uv looks at one directory, in which it follows no links: it is shown all distributions there.
    installed=$NIX_BUILD_TOP/installed
    mkdir -p "$installed/bin" "$installed/${python.sitePackages}"
    ln -s ${python.interpreter} "$installed/bin/python"
    cp "$environment/pyvenv.cfg" "$installed"
    for distribution in {"$dependencies","$environment"}/${python.sitePackages}/*.dist-info; do
      [ ! -e "$distribution" ] || cp -rL "$distribution" "$installed/${python.sitePackages}"
    done
    export checked=$installed/bin/python HOME=$NIX_BUILD_TOP
    env PATH=$environment/bin:$root/bin ${lib.optionalString libraries "LD_LIBRARY_PATH=$root/lib "}\
      "$environment/bin/python" -B ${../common/import_check.py} ${lib.getExe pkgs.uv} | tee "$out"
  ''
