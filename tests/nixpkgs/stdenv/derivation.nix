# mkDerivation: the arguments become the environment of a build that runs setup.sh; `recorded` holds them as given.
# As in nixpkgs, a package that config does not allow can be asked for its name, and not for its paths.
{
  lib,
  config,
  record,
  system,
  stdenv,
  shell,
}:
let
  dependencies = [
    "depsBuildBuild"
    "nativeBuildInputs"
    "depsBuildTarget"
    "depsHostHost"
    "buildInputs"
    "depsTargetTarget"
    "propagatedNativeBuildInputs"
    "propagatedBuildInputs"
  ];
  # What only mkDerivation reads.
  ours = [
    "meta"
    "passthru"
    "pos"
    "env"
    "nativeCheckInputs"
    "checkInputs"
    "__structuredAttrs"
  ];

  input =
    name: value:
    if value == null then
      [ ]
    else if builtins.isList value then
      lib.concatMap (input name) value
    else if lib.isDerivation value || builtins.isPath value || builtins.isString value then
      [ value ]
    else
      throw "Dependency is not of a valid type: an element of ${name} is a ${builtins.typeOf value}";

  licences = meta: lib.toList (meta.license or [ ]);
  allowed = (config.allowUnfreePredicate or (_: false));
  problem =
    name: arguments:
    let
      meta = arguments.meta or { };
      unfree = lib.any (licence: !(licence.free or true)) (licences meta);
    in
    if unfree && !(config.allowUnfree or false) && !(allowed arguments) then
      "Package ‘${name}’ has an unfree license (‘${
        lib.concatMapStringsSep ", " (licence: licence.shortName) (licences meta)
      }’), refusing to evaluate."
    else if meta.broken or false && !(config.allowBroken or false) then
      "Package ‘${name}’ is marked as broken, refusing to evaluate."
    else if !(lib.elem system (meta.platforms or [ system ])) then
      "Package ‘${name}’ is not available on ‘${system}’, refusing to evaluate."
    else
      null;

  make =
    arguments: overrideAttrs:
    let
      name =
        arguments.name or (
          if arguments ? pname && arguments ? version then
            "${arguments.pname}-${arguments.version}"
          else
            throw "stdenv.mkDerivation takes either name, or pname and version"
        );
      structured = arguments.__structuredAttrs or false;
      outputs = arguments.outputs or [ "out" ];
      checks = lib.optionalAttrs (arguments.doCheck or false) {
        nativeBuildInputs = (arguments.nativeBuildInputs or [ ]) ++ (arguments.nativeCheckInputs or [ ]);
        buildInputs = (arguments.buildInputs or [ ]) ++ (arguments.checkInputs or [ ]);
      };
      inputs = lib.genAttrs dependencies (kind: input kind ((arguments // checks).${kind} or [ ]));
      environment = arguments.env or { };
      twice = lib.intersectLists (lib.attrNames environment) (lib.attrNames arguments);
      built = builtins.derivation (
        removeAttrs arguments ours
        // inputs
        // (
          if structured then
            {
              env = environment;
              __structuredAttrs = true;
            }
          else
            environment
        )
        // {
          inherit
            name
            outputs
            stdenv
            system
            ;
          builder = arguments.realBuilder or shell;
          args =
            arguments.args or [
              "-e"
              ./source.sh
              (arguments.builder or ./builder.sh)
            ];
          strictDeps = arguments.strictDeps or false;
        }
      );
      wrong =
        if twice != [ ] then
          "The `env` attribute set cannot contain any attributes passed to derivation: ${toString twice}"
        else
          problem name arguments;
      checked = value: if wrong == null then value else throw wrong;
      paths = drv: {
        outPath = checked drv.outPath;
        drvPath = checked drv.drvPath;
      };
      # `recorded` goes first: a function that stands on mkDerivation puts its own in passthru.
      common =
        record "stdenv.mkDerivation" arguments built
        // lib.genAttrs outputs (
          output:
          common
          // passthru
          // {
            inherit (built.${output}) type outputName;
          }
          // paths built.${output}
          // {
            outputSpecified = true;
          }
        )
        // {
          meta = {
            inherit name;
            outputsToInstall = [ (builtins.head outputs) ];
          }
          // arguments.meta or { };
          inherit overrideAttrs;
        }
        // passthru;
      passthru = {
        passthru = arguments.passthru or { };
      }
      // arguments.passthru or { };
    in
    common // paths built;

  mkDerivation =
    given:
    let
      arguments =
        if builtins.isFunction given then given (arguments // { finalPackage = result; }) else given;
      change =
        f: final: previous:
        let
          once = if builtins.isFunction f then f previous else f;
        in
        if builtins.isFunction once then f final previous else once;
      result = make arguments (
        f:
        mkDerivation (
          final:
          let
            previous = if builtins.isFunction given then given final else given;
          in
          previous // change f final previous
        )
      );
    in
    result;
in
mkDerivation
