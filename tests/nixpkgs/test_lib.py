"""The stand-in's lib: each function means what nixpkgs' function of the same name does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

HERE = Path(__file__).parent
Instantiate = Callable[[Sequence[str]], str]

# Calls and what they give: the stand-in is held to this in every run, a real tree wherever there is one.
CASES: dict[str, object] = {
    'lib.genAttrs [ "a" "b" ] (name: name + "1")': {"a": "a1", "b": "b1"},
    'lib.getName "hello-world-2.12"': "hello-world",
    'lib.getName { pname = "a"; name = "b-1"; }': "a",
    'lib.getName { name = "b-1"; }': "b",
    'lib.getVersion "hello-2.12"': "2.12",
    'lib.splitString "." "a.b..c"': ["a", "b", "", "c"],
    'lib.splitString "+" "a+b"': ["a", "b"],
    'lib.attrByPath [ "a" "b" ] 5 { a.b = 1; }': 1,
    'lib.attrByPath [ "a" "c" ] 5 { a.b = 1; }': 5,
    'lib.attrByPath [ "a" "b" ] 5 { a = "text"; }': 5,
    "lib.attrByPath [ ] 5 7": 7,
    'lib.hasAttrByPath [ "a" "b" ] { a.b = null; }': True,
    'lib.hasAttrByPath [ "a" "b" "c" ] { a.b = null; }': False,
    'lib.getAttrFromPath [ "a" ] { a = 3; }': 3,
    'lib.makeLibraryPath [ "/x" "/y" ]': "/x/lib:/y/lib",
    'lib.makeBinPath [ { out = "/x"; bin = "/b"; } ]': "/b/bin",
    'lib.makeSearchPath "share" [ "/x" null ]': "/x/share",
    "lib.optional true 1 ++ lib.optionals false [ 2 ]": [1],
    'lib.optionalString false "a" + lib.optionalString true "b"': "b",
    'lib.concatMapStringsSep "," toString [ 1 2 ]': "1,2",
    'lib.concatImapStringsSep " " (n: v: toString n + v) [ "a" "b" ]': "1a 2b",
    'lib.concatLines [ "a" "b" ]': "a\nb\n",
    """lib.escapeShellArg "it's" """: "'it'\\''s'",
    'lib.escapeShellArgs [ "two words" "" "a=b" ]': "'two words' '' 'a=b'",
    'lib.escapeRegex "a.b*c"': "a\\.b\\*c",
    'lib.strings.levenshtein "kitten" "sitting"': 3,
    'lib.strings.levenshtein "" "abc"': 3,
    'lib.strings.levenshteinAtMost 2 "make" "mkae"': True,
    'lib.strings.levenshteinAtMost 2 "make" "gnumake"': False,
    'lib.strings.levenshteinAtMost 3 "make" "gnumake"': True,
    'lib.hasPrefix "ab" "abc" && !lib.hasPrefix "abc" "ab"': True,
    'lib.hasSuffix "bc" "abc" && !lib.hasSuffix "abc" "bc"': True,
    'lib.hasInfix "." "a.b" && !lib.hasInfix "." "ab"': True,
    'lib.removePrefix "a" "abc" + lib.removeSuffix "c" "abc" + lib.removeSuffix "x" "abc"': "bcababc",
    'lib.toUpper "aZ1" + lib.toLower "aZ1"': "AZ1az1",
    'lib.versionAtLeast "25.11" "25.05" && lib.versionOlder "24.11" "25.05"': True,
    'lib.versionAtLeast "25.05" "25.05"': True,
    'lib.versions.majorMinor "3.13.5"': "3.13",
    "lib.take 2 [ 1 2 3 ] ++ lib.drop 2 [ 1 2 3 ] ++ lib.take 9 [ 4 ] ++ lib.drop 9 [ 4 ]": [1, 2, 3, 4],
    "lib.last [ 1 2 ] + lib.head [ 1 2 ]": 3,
    "lib.init [ 1 2 3 ]": [1, 2],
    "lib.flatten [ 1 [ 2 [ 3 ] ] ]": [1, 2, 3],
    "lib.unique [ 1 2 1 ]": [1, 2],
    "lib.subtractLists [ 1 ] [ 1 2 1 3 ]": [2, 3],
    "lib.intersectLists [ 1 3 ] [ 3 2 1 ]": [3, 1],
    "lib.reverseList [ 1 2 ]": [2, 1],
    "lib.range 2 4 ++ lib.range 3 2": [2, 3, 4],
    "lib.sortOn (x: -x) [ 1 3 2 ]": [3, 2, 1],
    'lib.findFirst (x: x > 1) "none" [ 1 2 3 ]': 2,
    'lib.foldr (a: b: a + b) "" [ "x" "y" ]': "xy",
    "lib.zipListsWith (a: b: a + b) [ 1 2 ] [ 10 ]": [11],
    "lib.filterAttrs (name: value: value > 1) { a = 1; b = 2; }": {"b": 2},
    "lib.mapAttrsToList (name: value: name + toString value) { a = 1; b = 2; }": ["a1", "b2"],
    'lib.mapAttrs\' (name: value: lib.nameValuePair "x${name}" value) { a = 1; }': {"xa": 1},
    "lib.concatMapAttrs (name: value: { ${name + name} = value; }) { a = 1; }": {"aa": 1},
    "lib.recursiveUpdate { a.b = 1; c = 1; } { a.d = 2; c = 3; }": {"a": {"b": 1, "d": 2}, "c": 3},
    "lib.mergeAttrsList [ { a = 1; } { a = 2; b = 3; } ]": {"a": 2, "b": 3},
    'lib.setAttrByPath [ "a" "b" ] 1': {"a": {"b": 1}},
    'lib.getOutput "lib" { out = 1; lib = 2; }': 2,
    'lib.getOutput "lib" { out = 1; lib = 2; outputSpecified = true; x = 3; } ? x': True,
    'lib.getExe { type = "derivation"; out = "/x"; meta.mainProgram = "run"; }': "/x/bin/run",
    'lib.getExe\' { type = "derivation"; out = "/x"; bin = "/b"; } "tool"': "/b/bin/tool",
    'lib.isDerivation { type = "derivation"; } && !lib.isDerivation { }': True,
    "lib.toList 1 ++ lib.toList [ 2 ]": [1, 2],
    "lib.pipe 1 [ (x: x + 1) (x: x * 3) ]": 6,
    'lib.boolToString true + lib.fixedWidthString 4 "0" "12"': "true0012",
    "(lib.fix (self: { a = 1; b = self.a + 1; })).b": 2,
    "(lib.fix (lib.extends (final: previous: { a = previous.a + 5; }) (self: { a = 1; b = self.a; }))).b": 6,
    "(lib.makeOverridable ({ a, b ? 2 }: { sum = a + b; }) { a = 1; }).override { b = 5; } ? sum": True,
    "((lib.makeOverridable ({ a, b ? 2 }: { sum = a + b; }) { a = 1; }).override { b = 5; }).sum": 6,
    "lib.callPackageWith { x = 1; y = 2; } ({ x, y }: { z = x + y; }) { y = 5; } ? z": True,
    "(lib.callPackageWith { x = 1; y = 2; } ({ x, y }: { z = x + y; }) { y = 5; }).z": 6,
    "lib.licenses.unfree.free || lib.licenses.nvidiaCuda.free": False,
    "lib.licenses.nvidiaCuda.shortName": "CUDA EULA",
}


# What came to nixpkgs after the oldest tree that NEVE_NIXPKGS may name.
NEWER = {"concatMapAttrsStringSep", "cudnn"}


def _values(tree: Path, instantiate: Instantiate) -> dict[str, object]:
    calls = " ".join(f"({expression})" for expression in CASES)
    text = instantiate(["--eval", "--strict", "--json", "--expr", f"let lib = import {tree}/lib; in [ {calls} ]"])
    return dict(zip(CASES, json.loads(text), strict=True))


def test_the_stand_ins_lib_means_what_it_says(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    assert _values(evaluating_stand_in, nix_instantiate) == CASES


def test_nixpkgs_own_lib_means_the_same(real_nixpkgs: Path, nix_instantiate: Instantiate) -> None:
    assert _values(real_nixpkgs, nix_instantiate) == CASES


def test_nixpkgs_has_every_name_that_the_stand_in_has(real_nixpkgs: Path, nix_instantiate: Instantiate) -> None:
    text = nix_instantiate(
        [
            *("--eval", "--strict", "--json", "--expr"),
            f"let mine = import {HERE}/lib; theirs = import {real_nixpkgs}/lib; "
            "missing = a: b: builtins.filter (name: !(b ? ${name})) (builtins.attrNames a); in "
            "missing mine theirs ++ builtins.concatMap (part: missing mine.${part} theirs.${part}) "
            '[ "lists" "attrsets" "strings" "trivial" "meta" "licenses" ]',
        ]
    )
    assert set(json.loads(text)) <= NEWER


def test_a_path_that_is_not_there_ends_evaluation(evaluating_stand_in: Path, nix_instantiate: Instantiate) -> None:
    with pytest.raises(AssertionError, match=r"a\.b"):
        nix_instantiate(
            ["--eval", "--expr", f'(import {evaluating_stand_in}/lib).getAttrFromPath [ "a" "b" ] {{ a = 1; }}']
        )
