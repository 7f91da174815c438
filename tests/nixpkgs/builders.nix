# What nixpkgs has to make small derivations, and shells. Each says in `recorded` how it was called.
{
  lib,
  pkgs,
  record,
}:
let
  build =
    stdenv: function: local: name: environment: buildCommand:
    record function { inherit name environment buildCommand; } (
      stdenv.mkDerivation (
        {
          enableParallelBuilding = true;
          inherit name buildCommand;
          passAsFile = [ "buildCommand" ] ++ environment.passAsFile or [ ];
        }
        // lib.optionalAttrs local {
          preferLocalBuild = true;
          allowSubstitutes = false;
        }
        // removeAttrs environment [ "passAsFile" ]
      )
    );
  silent = build pkgs.stdenvNoCC "runCommand" true;

  nameOf = arguments: arguments.name or "${arguments.pname}-${arguments.version}";
in
rec {
  runCommand = build pkgs.stdenvNoCC "runCommand" false;
  runCommandLocal = build pkgs.stdenvNoCC "runCommandLocal" true;
  runCommandCC = build pkgs.stdenv "runCommandCC" false;

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
      allowSubstitutes ? false,
      preferLocalBuild ? true,
      derivationArgs ? { },
    }@arguments:
    record "writeTextFile" arguments (
      silent name
        (
          {
            inherit
              text
              executable
              checkPhase
              meta
              passthru
              allowSubstitutes
              preferLocalBuild
              ;
            passAsFile = [ "text" ];
          }
          // derivationArgs
        )
        ''
          target=$out${lib.escapeShellArg destination}
          mkdir -p "$(dirname "$target")"
          if [ -e "$textPath" ]; then mv "$textPath" "$target"; else printf %s "$text" > "$target"; fi
          if [ -n "$executable" ]; then chmod +x "$target"; fi
          eval "$checkPhase"
        ''
    );
  writeText =
    name: text:
    record "writeText" { inherit name text; } (writeTextFile {
      inherit name text;
    });
  writeTextDir =
    path: text:
    writeTextFile {
      name = baseNameOf path;
      destination = "/${path}";
      inherit text;
    };
  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };
  writeScriptBin =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
      destination = "/bin/${name}";
      meta.mainProgram = name;
    };
  writeShellScript = name: text: writeScript name "#!${pkgs.runtimeShell}\n${text}\n";
  writeShellScriptBin = name: text: writeScriptBin name "#!${pkgs.runtimeShell}\n${text}\n";
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      runtimeEnv ? null,
      meta ? { },
      passthru ? { },
      checkPhase ? null,
      excludeShellChecks ? [ ],
      extraShellCheckFlags ? [ ],
      bashOptions ? [
        "errexit"
        "nounset"
        "pipefail"
      ],
      derivationArgs ? { },
      inheritPath ? true,
    }@arguments:
    record "writeShellApplication" arguments (writeTextFile {
      inherit name passthru derivationArgs;
      executable = true;
      destination = "/bin/${name}";
      meta = {
        mainProgram = name;
      }
      // meta;
      text = lib.concatLines (
        [ "#!${pkgs.runtimeShell}" ]
        ++ map (option: "set -o ${option}") bashOptions
        ++ lib.optionals (runtimeEnv != null) (
          lib.mapAttrsToList (name: value: "export ${name}=${lib.escapeShellArg value}") runtimeEnv
        )
        ++ lib.optional (
          runtimeInputs != [ ]
        ) ''export PATH="${lib.makeBinPath runtimeInputs}${lib.optionalString inheritPath ":$PATH"}"''
        ++ [ text ]
      );
    });

  concatText = name: files: runCommandLocal name { inherit files; } ''cat $files > "$out"'';
  concatTextFile =
    {
      name,
      files,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
    }:
    concatText name files;
  emptyFile = runCommandLocal "empty-file" { } ''touch "$out"'';
  emptyDirectory = runCommandLocal "empty-directory" { } ''mkdir "$out"'';

  symlinkJoin =
    {
      paths,
      postBuild ? "",
      preferLocalBuild ? true,
      allowSubstitutes ? false,
      ...
    }@arguments:
    record "symlinkJoin" arguments (
      runCommand (nameOf arguments)
        (
          removeAttrs arguments [
            "name"
            "postBuild"
          ]
          // {
            inherit preferLocalBuild allowSubstitutes;
            passAsFile = [ "paths" ];
          }
        )
        ''
          mkdir -p "$out"
          for path in $(cat "$pathsPath"); do
            linkTree "$path" "$out"
          done
          ${postBuild}
        ''
    );

  linkFarm =
    name: entries:
    let
      list =
        if builtins.isAttrs entries then
          lib.mapAttrsToList (name: path: { inherit name path; }) entries
        else
          entries;
    in
    record "linkFarm" { inherit name entries; } (
      runCommand name
        {
          preferLocalBuild = true;
          allowSubstitutes = false;
          passthru.entries = lib.listToAttrs (map (entry: lib.nameValuePair entry.name entry.path) list);
        }
        ''
          mkdir -p "$out"
          cd "$out"
          ${lib.concatMapStrings (entry: ''
            mkdir -p "$(dirname ${lib.escapeShellArg entry.name})"
            ln -s ${lib.escapeShellArg "${entry.path}"} ${lib.escapeShellArg entry.name}
          '') list}
        ''
    );
  linkFarmFromDrvs =
    name: packages:
    linkFarm name (
      map (package: {
        inherit (package) name;
        path = package;
      }) packages
    );

  buildEnv = lib.makeOverridable (
    {
      name ? nameOf arguments,
      pname ? null,
      version ? null,
      paths,
      manifest ? "",
      ignoreCollisions ? false,
      checkCollisionContents ? true,
      pathsToLink ? [ "/" ],
      extraOutputsToInstall ? [ ],
      includeClosures ? false,
      extraPrefix ? "",
      nativeBuildInputs ? [ ],
      buildInputs ? [ ],
      postBuild ? "",
      passthru ? { },
      meta ? { },
    }@arguments:
    record "buildEnv" arguments (
      runCommand name
        {
          inherit
            buildInputs
            extraPrefix
            ignoreCollisions
            meta
            nativeBuildInputs
            passthru
            paths
            pathsToLink
            ;
        }
        ''
          target=$out$extraPrefix
          mkdir -p "$target"
          for path in $paths; do
            for part in $pathsToLink; do
              [ ! -d "$path/$part" ] || linkTree "$path/$part" "$target/$part"
            done
          done
          ${postBuild}
        ''
    )
  );

  closureInfo =
    { rootPaths }@arguments:
    record "closureInfo" arguments (
      pkgs.stdenvNoCC.mkDerivation {
        name = "closure-info";
        __structuredAttrs = true;
        exportReferencesGraph.closure = rootPaths;
        preferLocalBuild = true;
        nativeBuildInputs = [ pkgs.jq ];
        empty = rootPaths == [ ];
        buildCommand = ''
          out=''${outputs[out]}
          mkdir "$out"
          if [ -n "$empty" ]; then
            echo 0 > "$out/total-nar-size"
            touch "$out/registration" "$out/store-paths"
          else
            jq '[.closure[].narSize] | add' "$NIX_ATTRS_JSON_FILE" > "$out/total-nar-size"
            jq -r '.closure[].path' "$NIX_ATTRS_JSON_FILE" > "$out/store-paths"
            jq -r '.closure[] | .path, .narHash, .narSize, "", (.references | length), .references[]' \
              "$NIX_ATTRS_JSON_FILE" > "$out/registration"
          fi
        '';
      }
    );
  writeClosure =
    paths:
    runCommandLocal "runtime-deps" {
      info = closureInfo { rootPaths = paths; };
    } ''cp "$info/store-paths" "$out"'';
  writeReferencesToFile = path: writeClosure [ path ];

  makeSetupHook =
    {
      name ? lib.warn "makeSetupHook takes a name" "hook",
      propagatedBuildInputs ? [ ],
      propagatedNativeBuildInputs ? [ ],
      depsTargetTargetPropagated ? [ ],
      meta ? { },
      passthru ? { },
      substitutions ? { },
    }@arguments:
    script:
    record "makeSetupHook" (arguments // { inherit script; }) (
      runCommand name
        (
          substitutions
          // {
            strictDeps = true;
            inherit
              meta
              passthru
              propagatedBuildInputs
              propagatedNativeBuildInputs
              ;
          }
        )
        ''
          mkdir -p "$out/nix-support"
          cp ${script} "$out/nix-support/setup-hook"
          chmod u+w "$out/nix-support/setup-hook"
          substituteAllInPlace "$out/nix-support/setup-hook"
          recordPropagatedDependencies
        ''
    );

  mkShell = lib.makeOverridable (shell "mkShell") { inherit (pkgs) stdenv; };
  mkShellNoCC = mkShell.override { stdenv = pkgs.stdenvNoCC; };
  # Other attributes become variables of the shell, as in nixpkgs.
  shell =
    function:
    { stdenv }:
    {
      name ? "nix-shell",
      packages ? [ ],
      inputsFrom ? [ ],
      nativeBuildInputs ? [ ],
      buildInputs ? [ ],
      propagatedBuildInputs ? [ ],
      propagatedNativeBuildInputs ? [ ],
      shellHook ? "",
      ...
    }@arguments:
    let
      of = kind: lib.subtractLists inputsFrom (lib.flatten (lib.catAttrs kind inputsFrom));
    in
    record function arguments (
      stdenv.mkDerivation (
        removeAttrs arguments [
          "packages"
          "inputsFrom"
        ]
        // {
          inherit name;
          nativeBuildInputs = packages ++ nativeBuildInputs ++ of "nativeBuildInputs";
          buildInputs = buildInputs ++ of "buildInputs";
          propagatedBuildInputs = propagatedBuildInputs ++ of "propagatedBuildInputs";
          propagatedNativeBuildInputs = propagatedNativeBuildInputs ++ of "propagatedNativeBuildInputs";
          shellHook = lib.concatStringsSep "\n" (
            lib.catAttrs "shellHook" (lib.reverseList inputsFrom ++ [ arguments ])
          );
          phases = [ "buildPhase" ];
          buildPhase = ''
            export >> "$out"
          '';
          preferLocalBuild = true;
        }
      )
    );
}
