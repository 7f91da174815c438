# The Python environment: interpreter, console scripts, the project. It reads its dependencies where they lie, so that a
# change of the project makes this small directory anew and nothing else.
{ pkgs, ... }:
{
  python,
  dependencies,
  project ? null, # the store path of the project's wheel
}:
pkgs.runCommand "${python.libPrefix}-environment"
  {
    inherit dependencies;
    project = if project == null then "" else project;
    # nix run and what else asks for the program of a package.
    meta.mainProgram = "python";
  }
  ''
    mkdir "$out"
    # A copy, not links: the project has real files. Its byte code is made anew, as it names where the source lies.
    if [ -n "$project" ]; then
      cp -r "$project/." "$out"
      chmod -R u+w "$out"
      PYTHONHASHSEED=0 ${python.interpreter} -s -S ${../common/compile.py} "$out/${python.sitePackages}"
    fi
    ${python.interpreter} -I ${./make_environment.py} "$out" ${python.interpreter} \
      ${python.sitePackages} "$dependencies"
  ''
